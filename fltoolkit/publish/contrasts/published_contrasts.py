"""Tests the differences between each category of a group and all others, and decides what may be told of
them.

The comparisons are named before the run: each single group by which survey.yaml asks for the prevalence. So
they do not depend on what the survey found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import FORCED_LABOUR, of_forced_labour
from fltoolkit.estimate.change_over_time.difference import LEAST_CASES_ALONE, first_remark, is_testable
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.estimate.measures.family_of_contrasts import (
    ALL_OTHERS,
    against_all_others,
    holm,
    p_values,
    simultaneous_limits,
)
from fltoolkit.languages.reasons import Reason, has_remark
from fltoolkit.publish.disclosure.run_decision import as_rows
from fltoolkit.publish.measure_units import decimals
from fltoolkit.publish.printed_numbers import (
    DIGITS,
    ENOUGH_CASES,
    EXACT,
    WHOLE_RATE,
    nearest,
    rounding_steps,
    significant,
    to_digits,
)
from fltoolkit.publish.reliability import PublicationProfile, bounds_notes, reliability
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL, groups_of_breakdown, may_compare
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import as_records

HIGHER, LOWER, NO_DIFFERENCE = (Reason.of(f"contrasts.{v}") for v in ("higher", "lower", "none"))
NOT_SHOWN, TOO_FEW = (Reason.of(f"contrasts.{why}") for why in ("hidden", "few"))
FEW_FOR_TITLES, WIDE, UNRESOLVED = (
    Reason.of(f"contrasts.{w}") for w in ("few_for_titles", "wide", "unresolved")
)
UNTESTED = (NOT_SHOWN, TOO_FEW)
MIRRORED: dict[Any, Any] = {HIGHER: LOWER, LOWER: HIGHER}
POPULATION, MEASURE = "reference_population", "prevalence"
KEY = [POPULATION, "group", "category", "reference"]
PUBLISHED = [
    *KEY,
    "family",
    "level",
    "verdict",
    "only_in_tables",
    "ci_low",
    "ci_high",
    "decimals",
    "p_adjusted",
]
LEAST_P = 0.001  # smaller ones are printed as less than this
Row = dict[Any, Any]
Shown = Mapping[tuple[str, str, str], Row]


@dataclass(frozen=True)
class Comparisons:
    """The comparisons of a run, named beforehand. They are confidential: hidden cells are among them.

    Attributes:
        differences: one row per comparison, with `KEY`, `estimate` (category minus reference), `se`, `df` and
            `level`.
        categories, references: the rows of both sides, as `Published.table` has them before any is hidden; in
            the order of `differences`.
    """

    differences: pd.DataFrame
    categories: pd.DataFrame
    references: pd.DataFrame


def comparisons(persons: ClassifiedSurvey, tables: Mapping[str, Sequence[str]]) -> Comparisons:
    """Returns the difference in prevalence between each category and all others, for groups of each
    population. Groups that show nationality, origin, religion, migrant status or disability are left out,
    unless survey.yaml names one as `lead`.

    Args:
        persons: the classified survey.
        tables: for each population, the single groups by which `tables:` of survey.yaml asks for the
            prevalence.
    """
    spec, parts = persons.spec, []
    for population, named in tables.items():
        groups = [g for g in named if _may_compare(spec, g)]
        if not groups:
            continue
        found = against_all_others(of_forced_labour(persons), FORCED_LABOUR, groups, population)
        rows, made = as_rows(found.sides, spec), found.differences
        made = made.assign(reference_population=population, level=found.sides.about.level)
        parts.append((made, rows.iloc[list(found.places)], rows.tail(len(made))))
    if not parts:
        return Comparisons(*(pd.DataFrame(),) * 3)
    return Comparisons(*(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)))


def _may_compare(spec: SurveySpec, group: str) -> bool:
    return group == spec.lead_group or may_compare(group, spec.groups.get(group))


def published_contrasts(
    made: Comparisons, table: pd.DataFrame, rule_set: str, profile: PublicationProfile
) -> pd.DataFrame:
    """Returns the comparisons of each category with all others as they may be published.

    All comparisons named beforehand are one family of m tests (Holm's method), also those that are hidden or
    have too few cases. These are not tested: they count as if their p-value were 1, so no printed p-value
    depends on them.

    - A comparison has no answer if the category is hidden, or if the printed numbers do not give the rate of
      all others.
    - The answer is *too few cases to compare* if a side is unreliable, or has fewer than 15 cases or fewer
      than 10 PSUs with cases (fewer than 30 cases, if the PSUs are not known). PSUs without a case tell
      nothing of the variance of a rare outcome, so they do not count.
    - The verdict is that of the exact numbers. The p-value and the limits are calculated from the *printed*
      rates and the exact standard error of their difference. So they tell nothing more of the counts than the
      printed rates do.

    The columns are `reference_population`, `group`, `category`, `reference`, and:

    - `family`: m
    - `level`: the confidence level
    - `verdict`: the answer
    - `only_in_tables`: the reason why no title, no first page and no slide may have the answer; else empty
    - `ci_low`, `ci_high`: the simultaneous interval of category minus reference, rounded to the coarser step
      of the two rates
    - `decimals`: the decimals of the interval in print
    - `p_adjusted`: the adjusted p-value with two digits; 0 if it is below 0.001; blank if the standard error
      of a side is not printed

    Args:
        made: from `comparisons`.
        table: the run's published table.
        rule_set: the run's own rule set.
        profile: the rules that judge reliability.

    Returns:
        One row per comparison whose category the published table lists.
    """
    if made.differences.empty:
        return pd.DataFrame(columns=PUBLISHED)
    shown, exact = _rates(table, rule_set), made.differences
    keys = [(row[POPULATION], row["group"], row["category"]) for row in as_records(exact)]
    rates = [shown.get(key) for key in keys]
    references = [_printed_reference(shown, row) for row in as_records(exact)]
    hidden = np.array(
        [
            rate is None or pd.isna(rate["estimate"]) or not of
            for rate, of in zip(rates, references, strict=True)
        ]
    )
    unreliable = np.array([rate is not None and rate["flag"] == "unreliable" for rate in rates])
    unreliable |= has_remark(reliability(made.references, profile)["flag"], "unreliable", "suppress")
    few = unreliable | ~_both(made, is_testable)
    can, level, m = ~(hidden | few), float(exact["level"].iloc[0]), len(exact)
    adjusted = _adjusted(exact, can)
    verdicts = first_remark(
        [hidden, few, adjusted >= 1 - level, exact["estimate"] > 0],
        [NOT_SHOWN, TOO_FEW, NO_DIFFERENCE, HIGHER],
        LOWER,
    )
    other, people = np.array([of or (np.nan, np.nan) for of in references]).T
    steps = np.fmax(
        rounding_steps(pd.DataFrame([rate or table.iloc[0].to_dict() for rate in rates])),
        float(table["rounding"].iloc[0]) / people,
    )
    in_print = exact.assign(estimate=[np.nan if r is None else r["estimate"] for r in rates] - other)
    low, high = (to_digits(nearest(limit, steps), steps) for limit in simultaneous_limits(in_print, level, m))
    found = exact[KEY].assign(
        family=m,
        level=level,
        verdict=verdicts,
        only_in_tables=_only_in_tables(made, verdicts),
        ci_low=np.where(can, low, np.nan),
        ci_high=np.where(can, high, np.nan),
        decimals=np.where(can, np.where(steps / 2 >= WHOLE_RATE * (1 - EXACT), 0, decimals(MEASURE)), np.nan),
        p_adjusted=_printed_p(made, in_print, rates, can, adjusted < 1 - level),
    )
    return found[[rate is not None for rate in rates]].reset_index(drop=True)


def with_answers(table: pd.DataFrame, contrasts: pd.DataFrame, rule_set: str) -> pd.DataFrame:
    """Returns the published table with the columns `compared` (the answer of the comparison with all others;
    else empty) and `p_adjusted`. In a group of two categories, both rows have the answer."""
    shown, answers, p = _rates(table, rule_set), [""] * len(table), np.full(len(table), np.nan)
    for row in as_records(contrasts[~has_remark(contrasts["verdict"], NOT_SHOWN)]):
        for side, verdict in (
            ("category", row["verdict"]),
            ("reference", MIRRORED.get(row["verdict"], row["verdict"])),
        ):
            if of := shown.get((row[POPULATION], row["group"], row[side])):
                answers[of["place"]], p[of["place"]] = verdict, row["p_adjusted"]
    return table.assign(compared=pd.Series(answers, table.index, dtype=object), p_adjusted=p)


def _rates(table: pd.DataFrame, rule_set: str) -> Shown:
    """Returns the published rates by population, group and category, each with its position in the table. The
    rate of everybody is that of the group `""`."""
    places = np.flatnonzero(
        (table["measure"] == MEASURE) & (table["rule_set"] == rule_set) & (table["outcome"] == FORCED_LABOUR)
    )
    rows = zip(places.tolist(), as_records(table.iloc[places]), strict=True)
    return {
        (row[POPULATION], row["breakdown"], str(row[row["breakdown"]]) if row["breakdown"] else TOTAL): row
        | {"place": place}
        for place, row in rows
        if len(groups_of_breakdown(row["breakdown"])) < 2
    }


def _printed_reference(shown: Shown, pair: Row) -> tuple[float, float] | None:
    """Returns the rate and the number of all others, as the printed numbers give them: by the other
    categories, or by everybody less the category and those who stated none. Returns None if they do not give
    them."""
    of_group = {
        c: row for (who, group, c), row in shown.items() if (who, group) == (pair[POPULATION], pair["group"])
    }
    category, not_stated = (of_group.pop(c, None) for c in (pair["category"], NOT_STATED))
    parts = [(1, row) for row in of_group.values()]
    if pair["reference"] == ALL_OTHERS and any(pd.isna(row["estimate"]) for _, row in parts):
        less = [(-1, row) for row in (category, not_stated) if row is not None]
        parts = [(1, shown.get((pair[POPULATION], "", TOTAL), {"estimate": np.nan})), *less]
    if not parts or any(pd.isna(row["estimate"]) for _, row in parts):
        return None
    people = sum(sign * row["population"] for sign, row in parts)
    cases = sum(sign * row["population"] * row["estimate"] for sign, row in parts)
    return (cases / people, people) if people > 0 else None


def _both(made: Comparisons, holds: Any) -> NDArray[np.bool_]:
    """Returns, for each comparison, whether a condition on cases and PSUs with cases holds for both sides."""
    counts = [
        [side[c].to_numpy(float, na_value=np.nan) for c in ("cases", "psus_with_cases")]
        for side in (made.categories, made.references)
    ]
    return np.asarray(holds(*counts[0]) & holds(*counts[1]))


def _adjusted(differences: pd.DataFrame, can: NDArray[np.bool_]) -> NDArray[np.float64]:
    return holm(np.where(can, np.nan_to_num(p_values(differences), nan=1.0), 1.0))


def _printed_p(
    made: Comparisons,
    in_print: pd.DataFrame,
    rates: Sequence[Row | None],
    can: NDArray[np.bool_],
    differs: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Returns the adjusted p-values of the printed differences, with two digits. A value is blank without
    both standard errors, if it is that of a comparison without them (an adjusted value may be that of a smaller
    one), or if rounding would let it contradict the verdict."""
    enough = made.references["cases"].to_numpy(float) >= ENOUGH_CASES
    told = can & enough & np.array([rate is not None and pd.notna(rate["se"]) for rate in rates])
    p = _adjusted(in_print, can)
    told &= ~(np.isin(p, p[can & ~told]) & (p < 1)) & ((p < 1 - in_print["level"]) == differs)
    return np.where(told, np.where(p < LEAST_P, 0.0, significant(p, DIGITS)), np.nan)


def _only_in_tables(made: Comparisons, verdicts: NDArray[np.object_]) -> NDArray[np.object_]:
    """Returns, for each comparison, why its answer stands in tables only. A title needs 30 cases in 10 PSUs on
    both sides, no wide bounds, and a difference that stays if all unresolved persons of the side with the lower
    rate were cases."""
    a, b = made.categories, made.references
    unresolved = has_remark(verdicts, HIGHER) & ~(a["estimate"] > b["bound_high"]).to_numpy()
    unresolved |= has_remark(verdicts, LOWER) & ~(b["estimate"] > a["bound_high"]).to_numpy()
    return first_remark(
        [
            has_remark(verdicts, NOT_SHOWN),
            has_remark(verdicts, TOO_FEW),
            ~_both(made, lambda cases, psus: (cases >= LEAST_CASES_ALONE) & is_testable(cases, psus)),
            has_remark(bounds_notes(a), WIDE_BOUNDS) | has_remark(bounds_notes(b), WIDE_BOUNDS),
            unresolved,
        ],
        [*UNTESTED, FEW_FOR_TITLES, WIDE, UNRESOLVED],
    )
