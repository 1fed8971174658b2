"""Checks whether each indicator is specific, measurable, achievable, relevant and time-bound: the five SMART
criteria of the ILO toolkit's results framework (Tool No. 16)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from fltoolkit.languages.reasons import Reason, group_name, has_text, joined_reasons
from fltoolkit.nap.baseline import Baseline, rows_of
from fltoolkit.nap.results_framework import Indicator, Plan
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records

CRITERIA = ("specific", "measurable", "achievable", "relevant", "time_bound")
SMART = ["id", "indicator", "code", "level", "criterion", "met", "missing"]
OF_CATEGORY = {"plan.cut": "plan.of.cut", "plan.eradication": "plan.of.end", "plan.value": "plan.of.value"}
Answer = tuple[str, Any]


def smart(plan: Plan, filled: Baseline, judged: pd.DataFrame) -> pd.DataFrame:
    """Checks each indicator by the five SMART criteria (specific, measurable, achievable, relevant,
    time-bound). Returns a table with one row per indicator and criterion.

    The column `met` is `yes`, `no`, `partly`, or `partners` (only the partner organisations can judge the
    criterion). The column `missing` describes, in words, the missing part. An indicator is measurable if it
    has a baseline and a survey can verify its targets; it is partly so if this is true of some of its
    targets. Without a target, a baseline with wide bounds is not measurable, because no later change could be
    seen in it. An indicator of the partners has its means of verification, but is only partly measurable
    until its baseline is filled in. Only the partners can say whether a target is achievable.

    Args:
        plan: the plan.
        filled: the plan's baseline.
        judged: the plan's targets, as `targets` returns them.
    """
    rows = []
    for statement in plan.framework:
        for indicator in statement.indicators:
            answers = (
                _specific(indicator),
                _measurable(indicator, filled, judged),
                _achievable(indicator, filled),
                _relevant(indicator),
                _time_bound(indicator, plan, filled),
            )
            of_row = {
                "id": indicator.id,
                "indicator": _name(indicator),
                "code": statement.code,
                "level": statement.level,
            }
            rows += [
                {**of_row, "criterion": c, "met": met, "missing": why}
                for c, (met, why) in zip(CRITERIA, answers, strict=True)
            ]
    return pd.DataFrame(rows, columns=SMART)


def _name(indicator: Indicator) -> Reason | str:
    """Returns the name of an indicator. Behind that of a % decrease stands that it is also the prevalence
    itself, because the other tables of the plan have a row for the prevalence, and its targets stand
    there."""
    if indicator.measure != "percent_decrease":
        return indicator.indicator
    return Reason.of("smart.with_base", indicator=indicator.indicator)


def _specific(indicator: Indicator) -> Answer:
    lacks = [] if indicator.definition.unit_of_analysis else ["unit"]
    lacks += [] if indicator.disaggregated_by else ["by"]
    return _answer(_missing("both" if len(lacks) > 1 else lacks[0]) if lacks else "")


def _measurable(indicator: Indicator, filled: Baseline, judged: pd.DataFrame) -> Answer:
    if indicator.measure is None:
        values = filled.table.loc[filled.table["id"] == indicator.id, "baseline_value"]
        given = (values.notna() & (values != "")).any()
        return _answer("") if given else ("partly", _missing("value"))
    rows = rows_of(filled, indicator)
    total = rows.query("group == @TOTAL")
    if total["baseline_value"].isna().all():
        return _answer(_missing("shown", reason=next(filter(has_text, total["reason"]), "")))
    mine = judged[judged["id"].isin(rows["id"])]
    if not indicator.targets and mine.loc[mine["group"] == TOTAL, "baseline_bound"].notna().any():
        return _answer(Reason.of("plan.wide_bounds"))
    mine = mine[mine["target_year"].notna()]
    refused = mine[mine["verifiable"] == "no"]
    open_ = mine[mine["verifiable"] == ""]  # neither yes nor no, so "no" would be wrong
    no = "partly" if (mine["verifiable"] == "yes").any() else "no"
    key, told, met = ("unverified", refused, no) if len(refused) else ("not_judged", open_, "partners")
    if told.empty:
        return _answer("")
    return met, joined_reasons(
        _missing(key, target=_target_in_words(r), reason=r["reason"]) for r in as_records(told)
    )


def _achievable(indicator: Indicator, filled: Baseline) -> Answer:
    """Tool No. 16 asks whether a target can be achieved at a reasonable cost, and a survey cannot tell."""
    return "partners", _missing("partners" if _has_target(indicator, filled) else "target")


def _has_target(indicator: Indicator, filled: Baseline) -> bool:
    """Returns whether a target is set: by the plan, or, for an indicator of the partners, in the columns that
    they fill in."""
    if indicator.measure is not None:
        return bool(indicator.targets)
    mine = filled.table.loc[
        filled.table["id"] == indicator.id, ["target_year_1", "target_year_2", "final_target"]
    ]
    return bool((mine.notna() & (mine != "")).any(axis=None))


def _target_in_words(row: dict[Hashable, Any]) -> Any:
    """Returns a target in words, such as *a cut of 50% by 2030*. If the target is for one category, the words
    also name the group and the category, such as sex and women. `row` is a row of the table of `targets`."""
    if row["group"] == TOTAL:
        return row["target_words"]
    words: Reason = row["target_words"]
    return Reason.of(
        OF_CATEGORY[words.code],
        group=group_name(row["group"]),
        category=row["category"],
        **dict(words.values),
    )


def _relevant(indicator: Indicator) -> Answer:
    return _answer("" if indicator.sdg else _missing("sdg"))


def _time_bound(indicator: Indicator, plan: Plan, filled: Baseline) -> Answer:
    if not _has_target(indicator, filled):
        return _answer(_missing("year"))
    late = sorted({t.year for t in indicator.targets if not plan.first_year <= t.year <= plan.last_year})
    return _answer(
        _missing("late", N=str(late[0]), M=str(plan.first_year), K=str(plan.last_year)) if late else ""
    )


def _missing(what: str, **values: Any) -> Reason:
    """Returns the sentence that says what an indicator lacks to meet a SMART criterion. `what` is the key of
    the sentence under `smart` in the language files; `values` fill its placeholders."""
    return Reason.of(f"smart.{what}", **values)


def _answer(missing: Reason | str) -> Answer:
    return ("no", missing) if missing else ("yes", "")
