"""The plan in pictures and tables: its targets and what could verify them, the way to them, and the follow-up against the baseline."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.language import BASE, Language, read_language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.targets import TARGET
from fltoolkit.publish.measure_units import scale
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, ORANGE, Picture, Table, axis, figure
from fltoolkit.show.printed_tables import change_tables, framework_tables, target_tables
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording import plan_words
from fltoolkit.show.wording.english_numbers import Words, number, of_plan

PlanRow = dict[Any, Any]
NO_TARGETS = "nap.yaml gives no `targets:` yet. The table says what a repeat would find, before anyone types one."
NO_FOLLOW_UP = "This survey is the plan's baseline, so that there is nothing to follow up yet."


@checked
def named(plan: Plan | None) -> Words:
    """Which plan it is; or that there is none, so that what follows stays empty."""
    if plan is None:
        return Words(
            "There is no plan: none is named, and no nap.yaml lies beside survey.yaml. The cells below that need one say so."
        )
    return Words(f"The plan: **{plan.title}**, {plan.country}, {plan.first_year} to {plan.last_year}.")


@of_plan
@checked
def warnings(evidence: Evidence) -> Words:
    """What must be known before the targets are printed, as the documents say it: each that no repeat could verify, and why; or that all can be."""
    given = evidence.targets[evidence.targets["target_year"].notna()]
    if given.empty:
        return Words(NO_TARGETS)
    ordered = sorted(given.to_dict("records"), key=lambda r: r["verifiable"] == "yes")
    return Words("\n\n".join(_warned(read_language(BASE), r) for r in ordered))


def _warned(language: Language, row: PlanRow) -> str:
    if row["verifiable"] == "no":
        return f"**Warning.** {plan_words.warning(language, row)}"
    if row["verifiable"] != "yes":
        return f"**Warning.** {name_of(row)}: {row['target_words']} is not judged: {row['reason']}."
    promised = f"{name_of(row)}: {plan_words.promise(language, row)}"
    beside = f" {plan_words.later(language, row)}" if row["beside"] in plan_words.UNDER else ""
    return f"{promised}. It can be verified: {row['reason']}.{beside}"


@of_plan
@checked
def targets(evidence: Evidence) -> Table:
    """Every row that a survey fills: its target, what stands in the way of verifying it, and the smallest fall that a repeat of the planned sample would find.

    Where there is a later round, its number stands beside each target: a place, and no test.
    """
    return in_notebook(target_tables.every_row(read_language(BASE), evidence))


@of_plan
@checked
def path(evidence: Evidence, row: str = "") -> Picture | Words:
    """The way of one indicator from its baseline to its target: milestones are hollow, since no survey measures them.

    Args:
        row: the id of a row of the baseline; by default the first with a target.
    """
    steps = evidence.milestones[evidence.milestones["group"] == "total"]
    if steps.empty:
        return Words(NO_TARGETS if evidence.milestones.empty else "No target of a whole indicator has a baseline that is shown.")
    steps = steps[steps["id"] == (row or steps["id"].iloc[0])]
    first = (
        evidence.targets[(evidence.targets["id"] == steps["id"].iloc[0]) & (evidence.targets["group"] == "total")]
        .iloc[0]
        .to_dict()
    )
    later = evidence.follow_up[(evidence.follow_up["id"] == first["id"]) & (evidence.follow_up["group"] == "total")]
    fig = figure(f"{name_of(first)}: from baseline to target", str(first["unit"]), 420)
    fig.add_scatter(
        x=list(steps["year"]), y=list(steps["value"]), mode="lines+markers", name="path, not measured", line={"color": GREY, "dash": "dot"},
        marker={"size": 9, "color": "white", "line": {"color": GREY, "width": 2}},
    )  # fmt: skip
    _point(fig, "baseline", first["baseline_year"], [first[c] for c in ("baseline_value", "ci_low", "ci_high")], BLUE)
    goals = steps[steps["kind"] == TARGET]
    fig.add_scatter(x=list(goals["year"]), y=list(goals["value"]), mode="markers", name="target",
                    marker={"size": 14, "symbol": "diamond", "color": ORANGE})  # fmt: skip
    told = ""
    if len(later) and pd.notna(later["value"].iloc[0]):
        found = later.iloc[0].to_dict()
        _point(
            fig,
            f"{found['year']:.0f}: {found['verdict']}",
            found["year"],
            [found[c] for c in ("value", "ci_low", "ci_high")],
            INK,
        )
        told = f" In {found['year']:.0f}: {_value(found, 'value')}, {found['verdict']}."
    fig.update_xaxes(tickformat="d", dtick=1, automargin=True)
    fig.update_yaxes(**axis(str(first["unit"])))
    ways = "; ".join(f"{r['year']}: {_value(r, 'value')} ({r['kind']})" for r in steps.to_dict("records"))
    return Picture(fig, f"Line from baseline to target, {first['unit']}. {ways}.{told}")


@of_plan
@checked
def smart(evidence: Evidence) -> Table:
    """Tool No. 16's five criteria, indicator by indicator; footnotes say what is missing."""
    return in_notebook(framework_tables.smart(read_language(BASE), evidence))


@of_plan
@checked
def follow_up(evidence: Evidence) -> Table | Words:
    """Each row of the baseline beside the later round, with the change, its interval and the verdict; nothing says why it changed."""
    rows = evidence.follow_up
    return Words(NO_FOLLOW_UP) if rows.empty else in_notebook(change_tables.follow_up(read_language(BASE), rows))


def name_of(row: PlanRow) -> str:
    """A row of the plan as the documents name it: `Number of persons … (gender: women)`."""
    return plan_words.about(read_language(BASE), row)


def _value(row: PlanRow, column: str) -> str:
    """A number that stands in the row's unit, rounded as its measure is."""
    return number(row[column] / scale(row["measure"]), row["measure"])


def _point(fig: Any, name: str, year: float, numbers: list[float], colour: str) -> None:
    """A measured value with its interval."""
    value, low, high = numbers
    fig.add_scatter(
        x=[year], y=[value], mode="markers", name=name, marker={"size": 12, "color": colour}, error_y_color=colour,
        error_y={"type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low], "thickness": 2, "width": 5},
    )  # fmt: skip
