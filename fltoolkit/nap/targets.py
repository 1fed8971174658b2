"""Finds the targets of a plan that a later survey can verify, and calculates the smallest decrease that this
survey would detect for each indicator and category."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import ceil, exp, floor, isnan, log, nan
from typing import Any

import pandas as pd

from fltoolkit.errors import RequestError, SpecError
from fltoolkit.estimate.change_over_time.difference import COMPARED, LEAST_CASES, LIKE, TOO_FEW, size_ratio
from fltoolkit.estimate.power_and_sample_size import detectable_change, power_of_change, sample_size
from fltoolkit.languages.reasons import Reason, joined_reasons
from fltoolkit.nap.baseline import Baseline, rows_of
from fltoolkit.nap.results_framework import Indicator, Plan
from fltoolkit.nap.target_paths import (
    Target,
    as_planned,
    on_the_way_down,
    planned_in_print,
    target_in_words,
    target_value,
    targets_of_row,
)
from fltoolkit.publish.measure_units import CASE_SHARES, COUNT_MEASURES, is_rate, scale
from fltoolkit.publish.printed_numbers import (
    DIGITS,
    ENOUGH_CASES,
    HEADLINE_DIGITS,
    nearest,
    rounded_up,
    significant,
    to_digits,
)
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records


def short_obstacle(obstacle: str) -> Reason:
    """Returns an obstacle in one or two words. An obstacle is a reason why no survey can verify a target, for
    example that the sample is too small. `obstacle` is its key in the language files."""
    return Reason.of(f"plan.short.{obstacle}")


POWER, HALF = 0.8, 0.5
NOT_TESTED = (*CASE_SHARES, "duration")  # measures of which no detectable change is calculated
TINY = 1e-6  # smaller differences are rounding errors
UNPLANNED = short_obstacle(
    "unplanned"
)  # an `obstacle`; if it is the only one, a survey as planned would do, if held in that year
TOO_WIDE = short_obstacle("unresolved")  # so many answers are unresolved that the baseline has wide bounds
NO_FALL, UNLIKE = short_obstacle("none"), short_obstacle("unlike")
BASELINE, MEASURED, NOT_MEASURED, TARGET = (
    Reason.of(f"plan.kinds.{kind}") for kind in ("baseline", "measured", "not_measured", "target")
)
POINT_IN_TIME = ("current", "current_prevalence")
KEY = ["id", "indicator", "group", "category", "unit", "measure", "decimals"]
TARGETS = [
    *KEY,
    "baseline_year",
    "baseline_value",
    "ci_low",
    "ci_high",
    "baseline_bound",
    "marker",
    "flag",
    "target_year",
    "target_value",
    "stated_value",
    "target_words",
    "cut",
    "path",
    "verifiable",
    "obstacle",
    "power",
    "reason",
    "smallest_cut",
    "smallest_value",
    "smallest_obstacle",
    "sample_needed",
    "sample_each_round",
    "planned_sample",
    "deff",
    "first_year",
    "rate",
    "n",
]
MILESTONES = [*KEY, "year", "value", "stated_value", "kind"]
VERDICT = ("verifiable", "obstacle")
CALCULATED = (
    "power",
    "smallest_cut",
    "smallest_value",
    "sample_needed",
    "sample_each_round",
    "planned_sample",
)
TargetRow = dict[Any, Any]


def targets(plan: Plan, filled: Baseline) -> pd.DataFrame:
    """Calculate, for each row of the baseline (an indicator in one category), the smallest decrease that a
    repeat of the survey could detect. If the row has a target, also say whether the repeat could verify it.

    A target is verifiable if three conditions hold. First, a repeat with the planned sample and the design
    effect of the baseline detects the change with a probability of at least 80 % (two-sided test, level 5%;
    docs/methods.md §6). Second, the repeat can be held so late that its look-back window (the period that the
    questions ask about) does not overlap that of the baseline. Third, the two samples have similar sizes.
    Otherwise a verdict on the change is not allowed (docs/methods.md §5).

    A number of persons is judged as a rate of its population. Targets are judged at full precision. The
    printed results are computed from printed numbers and a rounded design effect. The design effect is
    rounded to three digits (for a category, to two). With fewer than 30 cases, it is rounded up to the next
    half. If these results contradict the judgement, the results at full precision are printed.

    Returns:
        The columns of `KEY`, which name the row; the value of the baseline with its year, interval, marker
        and flag, and `baseline_bound`, its upper bound, if it has wide bounds; `target_year`, `target_value`,
        `stated_value` (the value that the plan states; nan for a cut), `target_words`, `cut` (relative to the
        baseline), `path`; and:

        - `verifiable` (`yes`, `no`, or an empty text if neither can be said), `obstacle` (in a word or two),
          `reason` (in words)
        - `power`: the probability to detect the target, rounded down to a whole percent
        - `smallest_cut`: the smallest relative decrease that would be detected, rounded up to a whole percent
          (nan if no decrease would be detected, or if any would leave too few cases for a verdict, or if the
          samples are too unlike; `smallest_obstacle` says which, in a word or two); `smallest_value`: the
          value after this decrease, in the unit of the indicator (a number of persons is rounded to the base
          of its survey)
        - `sample_needed`: the number of persons of the category who must answer in the repeat;
          `sample_each_round`: the number who must answer in each of two new surveys of equal size;
          `planned_sample`: the persons of the category in the planned sample. These numbers are rounded up to
          two significant digits. Only the `planned_sample` of the whole population is printed as in the plan
        - `deff`: the design effect; `first_year`: the first year in which a repeat can be compared with the
          baseline, because their look-back windows do not overlap; `rate`: the baseline as a rate of its
          population; `n`: the persons who answered

    Raises:
        SpecError: a target is for a category that the indicator does not have.
    """
    table = filled.table
    for _, indicator in plan.measured:
        _refuse_unplaced(plan, indicator, rows_of(filled, indicator))
    asked = [t[t["group"] == "total"].groupby("id")["n"].first() for t in (table, filled.exact)]
    rows, indicators = [], _indicators(plan, filled)
    for row, exact in zip(_rows_with_number(table), _rows_with_number(filled.exact), strict=True):
        indicator = indicators[row["id"]]
        shown, whole = (
            _BaselineValue(r, float(n.get(row["id"], nan)), *_as_rate(r))
            for r, n in zip((row, exact), asked, strict=True)
        )
        planning = replace(shown, deff=_printed_design_effect(whole.deff, exact))
        mine = targets_of_row(indicator.targets, row["group"], row["category"])
        rows += [_target_row(planning, whole, plan, indicator, target) for target in (mine or (None,))]
    return pd.DataFrame(rows, columns=TARGETS).round(
        {"cut": 3}
    )  # printed as a per cent with at most one decimal


@dataclass(frozen=True)
class _BaselineValue:
    """The baseline value of one indicator in one category, with the numbers that are needed to plan a later
    survey.

    Attributes:
        row: the row of the plan's baseline.
        asked: the number of persons who answered in the whole baseline survey.
        p: the baseline value as a proportion of its population.
        deff: the design effect.
    """

    row: TargetRow
    asked: float
    p: float
    deff: float


def _target_row(
    shown: _BaselineValue, whole: _BaselineValue, plan: Plan, indicator: Indicator, target: Target | None
) -> TargetRow:
    """Returns one row of the table of `targets`, computed from the printed numbers. The numbers at full
    precision can give another verdict. Then the verdict and results at full precision are used instead. They
    are also used if a result (such as the needed sample) can be computed from only one of the two sets of
    numbers.

    Args:
        shown: the baseline with printed numbers and a rounded design effect.
        whole: the baseline at full precision.
        plan, indicator, target: the plan, the indicator, and its target; None if it has none.
    """
    printed, judged = (_computed_row(start, plan, indicator, target) for start in (shown, whole))
    alike = all(printed[k] == judged[k] for k in VERDICT) and all(
        isnan(printed[k]) == isnan(judged[k]) for k in CALCULATED
    )
    return (
        printed
        if alike
        else printed | {k: judged[k] for k in (*VERDICT, *CALCULATED, "smallest_obstacle", "reason")}
    )


def _printed_design_effect(deff: float, row: TargetRow) -> float:
    """Returns a design effect (at least 1), rounded for printed results. With a more precise design effect,
    readers could compute the exact standard error. A design effect from a publication is not rounded. `row`
    is the row of the baseline."""
    if row["filled_by"] == "publication" or isnan(deff):
        return deff
    if pd.isna(row["cases"]) or row["cases"] < ENOUGH_CASES:
        return max(
            1.0, ceil(deff / HALF - TINY) * HALF
        )  # rounded up, so that no fall is promised that would not be detected
    return max(1.0, float(significant(deff, HEADLINE_DIGITS if row["group"] == TOTAL else DIGITS)))


def milestones(plan: Plan, filled: Baseline, measured: Collection[int] = ()) -> pd.DataFrame:
    """Returns the planned values from the baseline to each target, one row per year. A target that is no fall
    has none. The columns are those of `KEY` (which name the indicator and the category), `year`, `value` in
    the unit of the indicator, `stated_value` (the value that the plan states for the target of this year; nan
    if there is none) and `kind`.

    `kind` says, in words, what the year is: *baseline*, *target*, *survey held*, *planned survey*, or *not
    measured* (a planned value in a year without a survey). `measured` are the years after the baseline in
    which a survey has been held.
    """
    rows, indicators = [], _indicators(plan, filled)
    for row in _rows_with_number(filled.table):
        if isnan(row["baseline_value"]):
            continue
        start, given = (
            int(row["year"]),
            targets_of_row(indicators[row["id"]].targets, row["group"], row["category"]),
        )
        mine = on_the_way_down(given, row["baseline_value"], start)
        goals = {t.year: nan if t.value is None else t.value for t in mine}
        for year in range(start, max(goals) + 1) if goals else ():
            named = (
                "measured"
                if year in measured
                else "survey"
                if year in plan.planned_surveys
                else "not_measured"
            )
            kind = Reason.of(
                f"plan.kinds.{'baseline' if year == start else 'target' if year in goals else named}"
            )
            value = planned_in_print(mine, row, year)
            rows.append(
                {
                    **{k: row[k] for k in KEY},
                    "year": year,
                    "value": value,
                    "stated_value": goals.get(year, nan),
                    "kind": kind,
                }
            )
    return pd.DataFrame(rows, columns=MILESTONES)


def _rows_with_number(table: pd.DataFrame) -> list[TargetRow]:
    """Returns the rows of a baseline that have a number from a survey or a publication, as mappings by
    column. Rows whose number may not be published are included."""
    there = table[
        table["filled_by"].isin(["survey", "publication"])
        & table["measure"].notna()
        & (table["category"] != "")
    ]
    return as_records(there)


def _refuse_unplaced(plan: Plan, indicator: Indicator, rows: pd.DataFrame) -> None:
    """Raises an error if a target is for a category that is in no row of the indicator. Without the error,
    nobody would notice that the target is not checked."""
    for target in indicator.targets:
        there = list(rows.loc[rows["group"] == target.group, "category"]) if target.group else []
        if target.group and target.category not in there:
            where = f"{plan.path}, targets of {indicator.id}"
            reasons = rows.loc[(rows["group"] == target.group) & (rows["category"] == ""), "reason"]
            do = f"name a category as the survey's {target.group} has it, or take the target out"
            raise SpecError(
                "a target is for a category that is not there",
                where=where,
                found=target.category,
                allowed=[c for c in there if c]
                or f"none, since {next(iter(reasons), f'the row has no {target.group}')}",
                do=do,
            )


def _indicators(plan: Plan, filled: Baseline) -> dict[str, Indicator]:
    """Returns the indicators that a survey measures, by the `id` of their rows in the baseline. An indicator
    that is a % decrease has two keys: the `id` of its own row, and the `id` of the row with the prevalence.
    The decrease is computed from this prevalence."""
    return {
        row_id: indicator for _, indicator in plan.measured for row_id in rows_of(filled, indicator)["id"]
    }


def _computed_row(
    start: _BaselineValue, plan: Plan, indicator: Indicator, target: Target | None
) -> TargetRow:
    """Returns one row of the table of `targets`: the smallest decrease that a repeat of the survey could
    detect, and whether the repeat could verify the target. `start` has the numbers of the baseline. Without a
    `target`, the columns about the target are empty."""
    row, p, deff = start.row, start.p, start.deff
    population = str(row["population"])
    found: TargetRow = {k: row[k] for k in (*KEY, "baseline_value", "ci_low", "ci_high", "marker", "flag")}
    first = _first_year(row)
    found["baseline_bound"] = row["bound_high"] if has_wide_bounds(row) else nan
    found |= {"baseline_year": row["year"], "first_year": first, "power": nan}
    found |= dict.fromkeys(("verifiable", "obstacle", "reason", "smallest_obstacle"), "")
    found |= dict.fromkeys(
        (
            "smallest_cut",
            "smallest_value",
            "sample_needed",
            "sample_each_round",
            "planned_sample",
            "deff",
            "cut",
            "rate",
            "n",
        ),
        nan,
    )
    found |= {"target_year": nan, "target_value": nan, "stated_value": nan, "target_words": "", "path": ""}
    if target is not None:
        found |= {
            "target_year": target.year,
            "target_words": target_in_words(target, row["unit"]),
            "path": target.path,
        }
        if target.value is not None:
            found |= {"target_value": target.value, "stated_value": target.value}
    if isnan(row["baseline_value"]):
        return found | {
            "obstacle": short_obstacle("hidden"),
            "reason": Reason.of("plan.hidden", reason=row["reason"]),
        }
    if target is not None:
        goal = target_value(target, row["baseline_value"])
        found |= {
            "target_value": goal,
            "cut": 1 - goal / row["baseline_value"] if row["baseline_value"] else nan,
        }
    if isnan(p):
        why = "other_measure" if row["measure"] in NOT_TESTED else "no_population"
        return found | {"obstacle": short_obstacle("other"), "reason": Reason.of(f"plan.{why}")}
    if p <= 0:
        return found | {"obstacle": short_obstacle("nobody"), "reason": Reason.of("plan.nobody")}
    planned: float = nan if pd.isna(row["n"]) else plan.planned(population, row["n"], start.asked)
    if isnan(planned):
        return found | {"obstacle": short_obstacle("n"), "reason": Reason.of("plan.no_n")}
    least = detectable_change(p, row["n"], planned, deff=deff)
    refused = (
        NO_FALL if isnan(least.relative) else _why_no_verdict(row["n"], planned, p * (1 - least.relative))
    )
    smallest = nan if refused else ceil(100 * least.relative - TINY) / 100
    left = _value_left(row, smallest)
    if (
        refused == TOO_FEW
        or left == 0
        or _chance_of_cases(row["n"] * p, planned * p * (1 - smallest)) < POWER
    ):
        refused, smallest = NO_FALL, nan
    found |= {
        "smallest_obstacle": refused,
        "planned_sample": planned if row["group"] == TOTAL else rounded_up(planned),
        "deff": deff,
        "rate": p,
        "n": row["n"],
        "smallest_cut": smallest,
        "smallest_value": nan if isnan(smallest) else left,
    }
    if target is None:
        return found
    return found | _verifiability_columns(start, plan, found, planned)


def _value_left(row: TargetRow, cut: float) -> float:
    """Returns the value of a row after a relative decrease, with the digits of the baseline. A number of
    persons is a multiple of the rounding base of its survey, if it is from a survey."""
    value: float = row["baseline_value"] * (1 - cut)
    counted = row["measure"] in COUNT_MEASURES and pd.notna(row["rounding"])
    return float(nearest(value, row["rounding"])) if counted else as_planned(value, row)


def _verifiability_columns(start: _BaselineValue, plan: Plan, found: TargetRow, planned: float) -> TargetRow:
    """Returns the columns of `targets` about the question whether a target can be verified: `verifiable`,
    `obstacle`, `reason`, `power`, `sample_needed`, `sample_each_round`. The result has no `power` and no
    sample sizes if no calculation is needed, as for a target of zero.

    Args:
        start: the baseline.
        plan: the plan.
        found: the columns of the row that are already filled in.
        planned: the number of persons of the category who will answer in the repeat of the survey.
    """
    row, p, deff, first = start.row, start.p, start.deff, found["first_year"]
    cut, year, n = found["cut"], int(found["target_year"]), row["n"]
    if cut <= 0:
        return {
            "verifiable": "no",
            "obstacle": short_obstacle("below"),
            "reason": Reason.of("plan.not_below"),
        }
    if cut >= 1:
        return {
            "verifiable": "no",
            "obstacle": short_obstacle("zero"),
            "reason": Reason.of("plan.never_zero"),
        }
    after = p * (1 - cut)
    power = min(power_of_change(p, after, n, planned, deff=deff), _chance_of_cases(n * p, planned * after))
    needed = rounded_up(_needed_sample(p, cut, deff, n))
    both = rounded_up(float(sample_size(p, cut=cut, deff=deff)))
    percent = min(99, floor(100 * power + TINY))  # no chance is certain
    who = row["reference_population_label"] if row["group"] == TOTAL else row["category"]
    chance = {"who": who or Reason.of("whom.persons"), "N": round(found["planned_sample"]), "M": percent}
    obstacles: dict[Reason, Reason] = {}
    if year <= row["year"]:
        late = Reason.of("plan.not_after", N=f"{row['year']:.0f}")
        return {"verifiable": "no", "obstacle": short_obstacle("before"), "reason": late}
    if has_wide_bounds(row):
        obstacles[TOO_WIDE] = Reason.of("plan.wide_bounds")
    if year < first:
        obstacles[short_obstacle("windows")] = Reason.of("plan.overlap", N=f"{first:.0f}")
    if plan.planned_surveys and year not in plan.planned_surveys:
        obstacles[UNPLANNED] = Reason.of("plan.no_survey", N=str(year))
    refused = _why_no_verdict(n, planned, after)
    if refused == UNLIKE:
        obstacles[UNLIKE] = Reason.of("plan.size", N=COMPARED)
    elif refused == TOO_FEW:
        about = float(significant(planned * after, DIGITS))
        obstacles[TOO_FEW] = Reason.of("plan.cases", N=about, M=LEAST_CASES)
    if power < POWER:
        asked = chance | {"K": round(100 * POWER)}
        # Of a range, the chance is calculated as if no answer were unresolved.
        never, low = (
            ("never_resolved", "chance_low_resolved") if TOO_WIDE in obstacles else ("never", "chance_low")
        )
        small = (
            Reason.of(f"plan.{never}", **asked)
            if isnan(needed)
            else Reason.of(f"plan.{low}", **asked, L=round(needed))
        )
        obstacles[short_obstacle("baseline" if isnan(needed) else "sample")] = small
    reasons = list(obstacles.values())
    if TOO_WIDE in obstacles and power >= POWER:
        reasons.append(Reason.of("plan.chance_resolved", **chance))
    if reasons and row["ci_low"] <= found["target_value"] <= row["ci_high"]:
        reasons.append(Reason.of("plan.inside"))
    return {
        "power": percent / 100,
        "sample_needed": needed,
        "sample_each_round": both,
        "verifiable": "no" if reasons else "yes",
        "obstacle": joined_reasons(obstacles),
        "reason": joined_reasons(reasons) or Reason.of("plan.chance", **chance),
    }


def _needed_sample(p: float, cut: float, deff: float, n: float) -> float:
    """Returns the number of persons who must answer in the repeat of the survey, so that it detects the
    target with the required power and a verdict is allowed. Returns nan if no sample is large enough.

    Args:
        p: the baseline value as a proportion.
        cut: the decrease from `p` to the target, relative to `p`.
        deff: the design effect.
        n: the persons who answered in the baseline.
    """
    try:
        needed = float(sample_size(p, cut=cut, deff=deff, n_before=n))
    except RequestError:
        return nan
    after = p * (1 - cut)
    if n * p < LEAST_CASES:
        needed = max(needed, -log(1 - POWER) / after)  # see `_chance_of_cases`
    if _why_no_verdict(n, needed, after):
        needed = max(needed, float(ceil(min(max(LEAST_CASES / after, n / COMPARED), n / LIKE))))
    return nan if _why_no_verdict(n, needed, after) else needed


def _chance_of_cases(cases: float, expected: float) -> float:
    """Returns the chance that the repeat finds cases, if it finds `expected` cases on average. A repeat
    without cases gives a verdict only if the baseline has enough `cases` (docs/methods.md §5); then the
    chance does not matter, and the result is 1."""
    return 1.0 if cases >= LEAST_CASES else 1 - exp(-expected)


def _why_no_verdict(n: float, planned: float, after: float) -> Reason | str:
    """Returns why a test between the baseline and its repeat may give no verdict on a change, in a word or
    two: the sizes of the two samples differ too much (docs/methods.md §5). The text is empty if a verdict is
    allowed.

    Args:
        n: the persons who answered in the baseline.
        planned: the persons who will be asked in the repeat.
        after: the expected share of cases in the repeat.
    """
    size = float(size_ratio(n, planned))
    if size <= LIKE or (size <= COMPARED and planned * after >= LEAST_CASES):
        return ""
    return UNLIKE if size > COMPARED else TOO_FEW


def _as_rate(row: TargetRow) -> tuple[float, float]:
    """Returns two numbers: the value of a row of the baseline as a proportion of its population, and the
    design effect n·SE²/(p·q), at least 1. SE comes from the coefficient of variation (`cv`). If there is no
    `cv`, the design effect of the row is used. Both results are nan for a share, a profile or a duration."""
    measure = str(row["measure"])
    if measure in NOT_TESTED:
        return nan, nan
    value, of = (
        row["baseline_value"] / scale(measure),
        1.0 if is_rate(measure) else row["weighted_population"],
    )
    p = round(value / of, 12)
    if not is_rate(measure) and pd.notna(row["rounding"]):
        p = float(to_digits(p, row["rounding"] / of))
    if not 0 < p < 1 or pd.isna(row["cv"]):
        return p, max(1.0, float(row["deff"])) if pd.notna(row["deff"]) else 1.0
    return p, max(1.0, row["n"] * row["cv"] ** 2 * p / (1 - p))


def _first_year(row: TargetRow) -> float:
    """Returns the first year in which a later survey can ask about a period that does not overlap the period
    of the baseline (docs/methods.md §5). The look-back window is the period that the questions ask about. The
    result is nan if the year of the baseline is unknown."""
    months = row["reference_months"]
    if isnan(row["year"]):
        return nan
    if row["measure"] in POINT_IN_TIME or months is None or isnan(float(months)):
        return float(row["year"] + 1)
    return float(row["year"] + max(1, ceil(float(months) / 12)))
