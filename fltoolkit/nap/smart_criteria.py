"""Tool No. 16's five questions to an indicator: is it specific, measurable, achievable, relevant, time-bound; and what is missing."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from fltoolkit.nap.baseline import Baseline, rows_of
from fltoolkit.nap.results_framework import Indicator, Plan
from fltoolkit.survey.spec.groups import TOTAL

CRITERIA = ("specific", "measurable", "achievable", "relevant", "time_bound")
SMART = ["id", "indicator", "code", "level", "criterion", "met", "missing"]
Answer = tuple[str, str]


def smart(plan: Plan, filled: Baseline, judged: pd.DataFrame) -> pd.DataFrame:
    """Each indicator by each of Tool No. 16's five criteria: `met` is yes, no, or partners where only they can say; `missing` in words.

    Args:
        filled: the plan's baseline. judged: its targets, from `targets`.
    """
    rows = []
    for statement in plan.framework:
        for indicator in statement.indicators:
            answers = (_specific(indicator), _measurable(indicator, filled), _achievable(indicator, filled, judged), _relevant(indicator),
                       _time_bound(indicator, plan, filled))  # fmt: skip
            of_row = {"id": indicator.id, "indicator": indicator.indicator, "code": statement.code, "level": statement.level}
            rows += [
                {**of_row, "criterion": c, "met": met, "missing": why} for c, (met, why) in zip(CRITERIA, answers, strict=True)
            ]
    return pd.DataFrame(rows, columns=SMART)


def _specific(indicator: Indicator) -> Answer:
    lacks = [] if indicator.definition.unit_of_analysis else ["the unit of analysis"]
    lacks += [] if indicator.disaggregated_by else ["by what it is disaggregated"]
    return _answer(f"the definition does not say {' and '.join(lacks)}" if lacks else "")


def _measurable(indicator: Indicator, filled: Baseline) -> Answer:
    rows = rows_of(filled, indicator).query("group == @TOTAL")
    if indicator.measure is None:
        values = filled.table.loc[filled.table["id"] == indicator.id, "baseline_value"]
        given = (values.notna() & (values != "")).any()
        return _answer("" if given else "there is no baseline value yet")
    shown = rows["baseline_value"].notna().any()
    why = next((str(r) for r in rows["reason"] if isinstance(r, str) and r), "")
    return _answer("" if shown else f"the survey shows no baseline: {why}")


def _achievable(indicator: Indicator, filled: Baseline, judged: pd.DataFrame) -> Answer:
    if indicator.measure is None:
        return "partners", "whether it can be reached at its cost is for the partners to say"
    mine = judged[judged["id"].isin(rows_of(filled, indicator)["id"]) & judged["target_year"].notna()]
    if mine.empty:
        return "no", "no target is given"
    refused = mine[mine["verifiable"] == "no"]
    said = [f"{_whose(r)}{r['target_words']} cannot be verified: {r['reason']}" for r in refused.to_dict("records")]
    if said:
        return "no", "; ".join(said)
    open_ = [r for r in mine.to_dict("records") if not r["verifiable"]]  # neither yes nor no: nobody may read a no into it
    return (
        ("partners", "; ".join(f"{_whose(r)}{r['target_words']} is not judged: {r['reason']}" for r in open_))
        if open_
        else ("yes", "")
    )


def _whose(row: dict[Hashable, Any]) -> str:
    return "" if row["group"] == TOTAL else f"for {row['group']} {row['category']}, "


def _relevant(indicator: Indicator) -> Answer:
    return _answer("" if indicator.sdg else "it names no target of the Sustainable Development Goals that it serves")


def _time_bound(indicator: Indicator, plan: Plan, filled: Baseline) -> Answer:
    if indicator.measure is None:
        mine = filled.table.loc[filled.table["id"] == indicator.id, ["target_year_1", "target_year_2"]]
        given = (mine.notna() & (mine != "")).any(axis=None)
        return _answer("" if given else "no target for a year is given")
    if not indicator.targets:
        return "no", "no target for a year is given"
    late = sorted({t.year for t in indicator.targets if not plan.first_year <= t.year <= plan.last_year})
    return _answer(f"the target year {late[0]} lies outside the plan ({plan.first_year} to {plan.last_year})" if late else "")


def _answer(missing: str) -> Answer:
    return ("no", missing) if missing else ("yes", "")
