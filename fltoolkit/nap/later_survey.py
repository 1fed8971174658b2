"""Compares each value of the baseline with a later survey. The verdict says whether a statistical test finds
a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import nan
from typing import Any

import pandas as pd

from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.difference import (
    COVERS_ZERO,
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NOT_COMPARABLE,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    is_unjudged,
    is_unsure,
    reason_after_verdict,
    stated_verdict,
)
from fltoolkit.languages.reasons import Reason, joined_reasons
from fltoolkit.nap.baseline import Baseline, rows_of
from fltoolkit.nap.profile.profile_rows import PROFILE, rows_of_characteristic
from fltoolkit.nap.results_framework import Plan, group_of
from fltoolkit.nap.target_paths import planned_in_print, targets_of_row
from fltoolkit.nap.targets import KEY
from fltoolkit.publish.measure_units import rounded_as_printed, scaled, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records

FOLLOW_UP = [
    *KEY, "baseline_value", "baseline_ci_low", "baseline_ci_high", "baseline_bound", "value", "ci_low",
    "ci_high", "bound", "change", "change_ci_low", "change_ci_high", "beyond_zero", "decrease",
    "decrease_low", "decrease_high", "verdict", "verdict_reason", "light", "changed", "attenuated", "marker",
    "marker_before", "marker_after", "flag_before", "flag_after", "flag", "reason", "milestone",
    "year_before", "year", "round_before", "round", "survey_before", "survey", "interview_conditions_before",
    "interview_conditions",
]  # fmt: skip
SURVEY_COLUMNS = (
    "year_before",
    "year",
    "round_before",
    "round",
    "survey_before",
    "survey",
    "interview_conditions_before",
    "interview_conditions",
)
IN_UNITS = {
    "baseline_value": "estimate_before", "baseline_ci_low": "ci_low_before",
    "baseline_ci_high": "ci_high_before", "baseline_bound": "bound_high_before", "value": "estimate_after",
    "ci_low": "ci_low_after", "ci_high": "ci_high_after", "bound": "bound_high_after", "change": "estimate",
    "change_ci_low": "ci_low", "change_ci_high": "ci_high",
}  # fmt: skip
"""For each number of the follow-up, the column of a published change that has it."""
NUMBERS = (*list(IN_UNITS)[4:], "decrease", "decrease_low", "decrease_high")
UNJUDGED_SIGN = "○"
VERDICT_SIGNS = {DECREASED: "▼", INCREASED: "▲", NO_CHANGE: "–", NOT_COMPARABLE: "×"}
CHANGE_FACTS = (
    "beyond_zero",
    "verdict",
    "verdict_reason",
    "attenuated",
    "marker",
    "marker_before",
    "marker_after",
    "flag_before",
    "flag_after",
    "flag",
    "reason",
)
LATER_COLUMNS = {
    "year": "later_year",
    "value": "later_value",
    "ci_low": "later_ci_low",
    "ci_high": "later_ci_high",
    "bound": "later_bound",
}
LATER_MARKER, LATER_FLAG = "later_marker", "later_flag"
ANSWERS = {"marker_after": LATER_MARKER, "flag_after": LATER_FLAG} | {
    name: name for name in ("changed", "year_before", "milestone")
}
ABOVE, WHOLLY_ABOVE, BELOW, WHOLLY_BELOW = (
    Reason.of(f"plan.beside.{s}") for s in ("above", "wholly_above", "below", "wholly")
)
REACHED, NOT_REACHED, NOT_DUE, BEHIND, INSIDE = (
    Reason.of(f"plan.reached.{s}") for s in ("yes", "no", "not_due", "behind", "inside")
)
UNRELIABLE, UNRELIABLE_BELOW, UNRELIABLE_ABOVE, OPEN = (
    Reason.of(f"plan.reached.{s}") for s in ("unreliable", "unreliable_below", "unreliable_above", "open")
)
SEE_PREVALENCE = Reason.of("plan.reached.prevalence")
NOT_COMPARED = Reason.of("rounds.one")
DECREASE, NOBODY = "percent_decrease", Reason.of("plan.nobody")
FollowUpRow = dict[Any, Any]


def follow_up(plan: Plan, filled: Baseline, changed: Published | None) -> pd.DataFrame:
    """Compare each value of the baseline that comes from a survey with the later survey, and say whether a
    test finds a change.

    Args:
        plan: the plan with its targets.
        filled: the plan's baseline.
        changed: the changes since the baseline (`Rounds.changed`). If it is None, the table is empty.

    Returns:
        One row per indicator and category of the baseline. Numbers are in the unit of the indicator. In the
        row of a % decrease,
        the value of the later survey is the decrease since the baseline, and there is no verdict: the row of
        the prevalence, from which the decrease is computed, has it. The columns are those of `KEY` (which
        name the row), the years and titles of the two surveys, and:

        - the values of the baseline and of the later survey, and the change, each with its interval
        - `baseline_bound` and `bound`: the upper bounds of the two values (all unresolved persons as cases),
          if these are wide bounds
        - `beyond_zero`: `<0` or `>0`, the side of 0 on which the exact limit of the change is, if this limit
          is printed as 0
        - `decrease`: the decrease in % of the baseline, with its interval
        - `verdict`: the result of the test, such as `decreased`, and `verdict_reason`
        - `light`: the verdict with a sign in front (▼ ▲ – ○ ×); blank if the change is not published
        - `changed`: the verdict as the answer to the question whether the number has changed
          (`answer_on_change`)
        - `attenuated`: whether the look-back windows overlap, so that the observed change is smaller than the
          true one
        - `marker`, `flag` and `reason` of the change; `marker_before` and `marker_after`: the markers of the
          two values
        - `milestone`: the planned value for the year of the later survey, on the way to the target
    """
    if changed is None:
        return pd.DataFrame(columns=FOLLOW_UP)
    rows = []
    for _, indicator in plan.measured:
        here = rows_of(filled, indicator)
        for row in as_records(here[here["measure"].notna() & (here["category"] != "")]):
            later_row = _follow_up_row(row, _published_change(changed, row, indicator.of))
            milestone = nan
            if pd.notna(row["baseline_value"]) and pd.notna(later_row["year"]):
                mine = targets_of_row(indicator.targets, row["group"], row["category"])
                milestone = planned_in_print(mine, row, int(later_row["year"]))
            rows.append({**{k: row[k] for k in KEY}, **later_row, "milestone": milestone})
        derived = as_records(here[here["derived_from"] != ""])
        rows += [
            _decrease_row(d, r)
            for d in derived
            for r in rows
            if (r["id"], r["category"]) == (d["derived_from"], TOTAL)
        ]
    return pd.DataFrame(rows, columns=FOLLOW_UP)


def targets_with_results(judged: pd.DataFrame, followed: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Returns the targets of the plan, each with the result of the later survey.

    The new columns are:

    - `later_year`, `later_value` with its interval, `later_bound` (its upper bound, if it has wide bounds),
      `later_marker` and `later_flag`;
    - `changed`: the verdict of the follow-up on whether the number has changed since the year of the earlier
      survey (`year_before`);
    - `beside`: whether the later number is above or below the target, and whether its whole interval is on
      the same side;
    - `reached`: *yes* if the whole interval is at or below the target, and *no* if the whole interval is
      above it in the target's year or later. Before that year, *no* becomes *not yet*, which also says if the
      whole interval is above the planned value of the survey's year. Otherwise the column has the reason why
      neither can be said. It also has this reason if the number is unreliable or has wide bounds. For an
      unreliable number, the reason mentions if the whole interval is on one side of the target.

    The columns are empty if there is no later survey, or if the later number may not be published.

    Args:
        judged: the result of `targets`.
        followed: the result of `follow_up`, with numbers as printed.
        exact: the result of `follow_up` at full precision. This table decides whether a number is above or
            below the target.
    """
    keys, names = ["id", "group", "category"], LATER_COLUMNS | ANSWERS
    later, whole = (
        judged[[*keys, "target_year", "target_value"]].merge(
            t.rename(columns=names)[[*keys, *names.values()]].drop_duplicates(keys), on=keys, how="left"
        )
        for t in (followed, exact)
    )
    beside = [_side_of_target(row) for row in as_records(whole)]
    reached = [
        _target_verdict(*row) for row in zip(as_records(later), as_records(whole), beside, strict=True)
    ]
    return judged.reset_index(drop=True).assign(
        **{c: pd.to_numeric(later[c]) for c in LATER_COLUMNS.values()},
        **{c: later[c].fillna("") for c in (LATER_MARKER, LATER_FLAG)},
        changed=later["changed"].fillna(""),
        year_before=later["year_before"],
        beside=pd.Series(beside, dtype=object),
        reached=pd.Series(reached, dtype=object),
    )


def with_targets(followed: pd.DataFrame, answered: pd.DataFrame, filled: Baseline) -> pd.DataFrame:
    """Returns the follow-up with the earliest target of each row: `target_year`, `target_value`,
    `stated_value`, `cut`, `target_words`, `reached`, `verifiable` and `obstacle`, blank without a target.
    `answered` is the result of `targets_with_results`."""
    keys, numbers = ["id", "group", "category"], ["target_year", "target_value", "stated_value", "cut"]
    texts, aims = (
        ["target_words", "reached", "verifiable", "obstacle"],
        answered[answered["target_year"].notna()],
    )
    first = pd.concat([aims, _as_decreases(aims, filled)]).sort_values("target_year").drop_duplicates(keys)
    found = followed.merge(first[[*keys, *numbers, *texts]], on=keys, how="left")
    return found.assign(**{c: found[c].fillna("") for c in texts})


def _as_decreases(aims: pd.DataFrame, filled: Baseline) -> pd.DataFrame:
    """Returns the targets of a prevalence as those of the % decrease that is computed from it. Whether they
    are reached, only the row of the prevalence says. `aims` are targets of all indicators."""
    of = filled.table.loc[filled.table["derived_from"] != "", ["id", "derived_from"]]
    own = aims.merge(of.rename(columns={"id": "decrease"}), left_on="id", right_on="derived_from").assign(
        id=lambda t: t["decrease"]
    )
    answer = own["reached"].astype(object).map(lambda said: said and SEE_PREVALENCE)
    return own.assign(
        target_value=(100 * own["cut"].astype(float)).round(1), stated_value=nan, reached=answer
    )


def with_decreases(filled: Baseline, followed: pd.DataFrame) -> Baseline:
    """Returns the baseline in which the row of each % decrease, which has no value in a baseline, gives the
    decrease in the later survey as its reason. `followed` is the result of `follow_up`."""
    table = filled.table.copy()
    for row in as_records(followed[followed["measure"] == DECREASE]):
        own = table["id"] == row["id"]
        numbers = {
            k: rounded_as_printed(row[c], DECREASE)
            for k, c in (("N", "value"), ("low", "ci_low"), ("high", "ci_high"))
        }
        known = {k: round(number) for k, number in numbers.items() if pd.notna(number)}
        if known.get("N", 0) < 0:  # the rate is higher: the words say by how much, without a minus
            known = {"N": -known["N"]} | (
                {"low": -known["high"], "high": -known["low"]} if len(known) > 1 else {}
            )
            key = "higher" if len(known) > 1 else "higher_alone"
        else:
            key = {0: "hidden", 1: "alone"}.get(len(known), "found")
        said = (
            Reason.of(f"plan.decrease.{key}", **known, after=round_names(row)[1])
            if pd.notna(row["year"])
            else ""
        )
        doubt = Reason.of("plan.decrease.care") if row["flag_after"] == "caution" else row["reason"]
        reason = joined_reasons([*table.loc[own, "reason"], said, doubt])
        table["reason"] = table["reason"].mask(own, reason)
    return replace(filled, table=table)


def round_names(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Returns the names of two compared surveys: their years. Two surveys of one year also have their rounds,
    such as `2027 (autumn)`, or their titles if not both have a round.

    Args:
        row: a row of the follow-up, or of a published change.
    """
    years = tuple(f"{row[name]:g}" for name in ("year_before", "year"))
    told = [(str(row.get(f"{name}_before", "")), str(row.get(name, ""))) for name in ("round", "survey")]
    labels = next((pair for pair in told if all(pair) and pair[0] != pair[1]), None)
    if years[0] != years[1] or labels is None:
        return years[0], years[1]
    return f"{years[0]} ({labels[0]})", f"{years[1]} ({labels[1]})"


def in_units(found: Mapping[Any, Any], measure: str) -> FollowUpRow:
    """Returns the numbers of a published change in the unit of its measure, by their names in the follow-up.
    Results of an older run have no bounds."""
    return {name: scaled(found.get(column, nan), measure) for name, column in IN_UNITS.items()}


def _target_verdict(row: FollowUpRow, exact: FollowUpRow, beside: Reason | str) -> Reason | str:
    """Returns the column `reached` of `targets_with_results`. `row` has the later number as printed, `exact`
    at full precision, and `beside` is the side of the target on which it is."""
    if not beside:
        return ""
    wide = pd.notna(row["later_bound"])  # then the interval is that of the low end alone
    if row[LATER_MARKER] == "u":
        return (
            UNRELIABLE
            if wide
            else {WHOLLY_BELOW: UNRELIABLE_BELOW, WHOLLY_ABOVE: UNRELIABLE_ABOVE}.get(beside, UNRELIABLE)
        )
    above = NOT_REACHED
    if exact["target_year"] > exact["later_year"]:
        above = BEHIND if exact["later_ci_low"] > exact["milestone"] else NOT_DUE
    return OPEN if wide else {WHOLLY_BELOW: REACHED, WHOLLY_ABOVE: above}.get(beside, INSIDE)


def _side_of_target(row: FollowUpRow) -> Reason | str:
    if pd.isna(row["target_value"]) or pd.isna(row["later_value"]):
        return ""
    if row["later_value"] > row["target_value"]:
        return WHOLLY_ABOVE if row["later_ci_low"] > row["target_value"] else ABOVE
    return (
        BELOW if pd.isna(row["later_ci_high"]) or row["later_ci_high"] > row["target_value"] else WHOLLY_BELOW
    )


def sign_and_verdict(verdict: Reason, reason: object = "", flag: str = "") -> Reason:
    """Returns the verdict on a change with its sign in front: `▼ decreased`. A separate sign is used if the
    change may have no verdict (see `is_unjudged`): `○ not judged (more unresolved answers)`.

    Args:
        verdict, reason: the verdict on the change, and the reason of the verdict.
        flag: the flag of the change. If it is given, the words also say that the size of an unreliable change
            is uncertain.
    """
    sign = UNJUDGED_SIGN if is_unjudged(verdict, reason) else VERDICT_SIGNS[verdict]
    return Reason.of("rounds.light", sign=sign, verdict=stated_verdict(verdict, reason, flag))


def answer_on_change(verdict: Any, reason: Any, flag: str) -> Any:
    """Returns the verdict of a change as the answer to the question whether a number has changed. An
    unreliable number can also have a verdict. Then the answer says that the direction of the change is known
    and its size is uncertain.

    Args:
        verdict, reason: the verdict of the change, and the reason of the verdict.
        flag: the flag of the change.
    """
    why = "" if reason == COVERS_ZERO or is_unsure(verdict, flag) else reason_after_verdict(verdict, reason)
    return (
        Reason.of("rounds.because", verdict=verdict, reason=why)
        if why
        else stated_verdict(verdict, reason, flag)
    )


def _published_change(changed: Published, row: FollowUpRow, of: str | None) -> FollowUpRow | None:
    """Returns the published change of one row of the baseline. Returns None if one of the surveys publishes
    no number for this row.

    Args:
        changed: the published changes since the baseline.
        row: a row of the baseline.
        of: the value of the key `of` in nap.yaml: the group of a share, or the characteristic of a profile.
            None for other measures.
    """
    group = None if row["group"] == TOTAL else group_of(row["group"], changed.groups)
    by = tuple(g for g in (group, of) if g)
    if row["measure"] == PROFILE and of is not None:
        try:
            rows = rows_of_characteristic(
                changed, of, () if group is None else (group,), row["population"], "change_in_profile"
            )
        except RequestError:
            return None
        return next(iter(as_records(rows[rows["category"] == row["category"]])), None)
    try:
        rows = changed.select(f"change_in_{row['measure']}", [by], population=row["population"])
    except RequestError:
        return None
    mine = rows[rows["category"] == row["category"]]
    return mine.iloc[0].to_dict() if len(mine) else None


def _follow_up_row(row: FollowUpRow, found: FollowUpRow | None) -> FollowUpRow:
    """Returns one row of the table of `follow_up`, by column.

    Args:
        row: the row of the baseline.
        found: the published change of this row. If it is None, the change and the verdict are blank.
    """
    before = {
        "baseline_value": row["baseline_value"],
        "baseline_ci_low": row["ci_low"],
        "baseline_ci_high": row["ci_high"],
        "baseline_bound": row["bound_high"] if has_wide_bounds(row) else nan,
    }
    if found is None:
        empty = dict.fromkeys(NUMBERS, nan) | dict.fromkeys(
            ("beyond_zero", "verdict", "verdict_reason", "light", "changed", "flag"), ""
        )
        return {
            **before,
            **empty,
            "attenuated": False,
            "marker": row["marker"] or "x",
            "reason": row["reason"] or NOT_COMPARED,
            "year_before": row["year"],
            "year": nan,
            "round_before": row["round"],
            "round": "",
            "survey_before": row["survey"],
            "survey": "",
            "interview_conditions_before": "",
            "interview_conditions": "",
            "marker_before": row["marker"],
            "marker_after": "",
            "flag_before": row["flag"],
            "flag_after": "",
        }
    decrease = {
        "decrease": scaled(-found["relative_change"], DECREASE),
        "decrease_low": scaled(1 - found["ratio_high"], DECREASE),
        "decrease_high": scaled(1 - found["ratio_low"], DECREASE),
    }
    verdict = found["verdict"]
    facts = {k: found[k] for k in CHANGE_FACTS}
    when = {k: found[k] for k in SURVEY_COLUMNS}
    return {
        **in_units(found, str(row["measure"])),
        **before,
        **decrease,
        **facts,
        **when,
        "light": sign_and_verdict(verdict, found["verdict_reason"]) if verdict else "",
        "changed": answer_on_change(verdict, found["verdict_reason"], str(found["flag"])) if verdict else "",
    }


def _decrease_row(row: FollowUpRow, base: FollowUpRow) -> FollowUpRow:
    """Returns the row of a % decrease in the table of `follow_up`. A decrease that is not shown has the
    marker and the reason of the change; if nobody was found in the baseline, there is no decrease.

    Args:
        row: the row of the % decrease in the baseline.
        base: the row of the prevalence in the table of `follow_up`.
    """
    shown = pd.notna(base["decrease"])
    marker = base["marker"] or ("" if shown else "z")
    reason = (
        NOBODY if base["baseline_value"] == 0 else joined_reasons([base["reason"], base["verdict_reason"]])
    )
    blank = (*IN_UNITS, "decrease", "decrease_low", "decrease_high", "milestone")
    return {
        **base,
        **dict.fromkeys(blank, nan),
        **dict.fromkeys(("beyond_zero", "verdict", "verdict_reason", "light", "changed"), ""),
        **{k: row[k] for k in KEY},
        "measure": DECREASE,
        "unit": unit(DECREASE),
        "value": base["decrease"],
        "ci_low": base["decrease_low"],
        "ci_high": base["decrease_high"],
        "marker": "" if shown else marker,
        "marker_before": row["marker"],
        "flag_before": "",
        "marker_after": marker,
        "flag_after": base["flag"],
        "reason": reason,
    }
