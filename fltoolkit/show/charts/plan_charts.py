"""The plan in pictures and tables: its targets and what could verify them, the way to them, and the follow-up against the baseline."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.word_files import BASE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import Plan
from fltoolkit.publish.measure_units import scale
from fltoolkit.show.charts.change_charts import NOTE, signed
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, ORANGE, Picture, Table, axis, figure
from fltoolkit.show.tables import plain
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.english_numbers import NBSP, ROUNDED, Words, ends, markers_used, number, of_plan

PlanRow = dict[Any, Any]
CRITERIA = {
    "specific": "Specific",
    "measurable": "Measurable",
    "achievable": "Achievable",
    "relevant": "Relevant",
    "time_bound": "Time-bound",
}
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
    records, language = evidence.targets.to_dict("records"), read_language(BASE)
    later = {f"In {r['later_year']:.0f}, beside the target" for r in records if r["beside"]}  # the one later round there can be
    body = pd.DataFrame(
        {
            "Indicator": _indicators(records),
            "By": [_by(r) for r in records],
            "Baseline": [_value(r, "baseline_value") for r in records],
            "Target": [r["target_words"] for r in records],
            "Can a survey verify it?": [plan_words.verifiable(language, r) if r["target_words"] else "" for r in records],
            **{head: [_placed(language, r) for r in records] for head in later},
            "Smallest fall found": [_smallest(r) for r in records],
            "Persons in the repeat": [_count(r["planned_sample"]) for r in records],
            "Needed for the target": [_count(r["sample_needed"]) for r in records],
            "Not before": [f"{r['first_year']:.0f}" if pd.notna(r["first_year"]) else "" for r in records],
            "Marker": [f"[{r['marker']}]" if isinstance(r["marker"], str) and r["marker"] else "" for r in records],
            "Remark": [r["reason"] if r["target_words"] or not r["marker"] else "" for r in records],
        }
    )
    about = "with a chance of 80 %, two-sided at 5 %, from the baseline's design effect; values per 1,000 or in persons, as the indicator says"
    notes = [language.say("targets.no_test") if later else "", markers_used(evidence.targets["marker"])]
    return plain(body, "Targets, and what a repeat could verify", about, " ".join(filter(None, notes)))


def _placed(language: Language, row: PlanRow) -> str:
    """`18.8 (12.9 to 26.3): at or below the target`."""
    if not row["beside"]:
        return ""
    number = plan_words.value(language, row["later_value"], row)
    return f"{number} ({plan_words.between(language, row, 'later_ci_low', 'later_ci_high')}): {row['beside']}"


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
    fig = figure(f"{name_of(first)}: from baseline to target", first["unit"], 420)
    fig.add_scatter(
        x=list(steps["year"]), y=list(steps["value"]), mode="lines+markers", name="path, not measured", line={"color": GREY, "dash": "dot"},
        marker={"size": 9, "color": "white", "line": {"color": GREY, "width": 2}},
    )  # fmt: skip
    _point(fig, "baseline", first["baseline_year"], [first[c] for c in ("baseline_value", "ci_low", "ci_high")], BLUE)
    goals = steps[steps["kind"] == "target"]
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
    fig.update_yaxes(**axis(first["unit"]))
    ways = "; ".join(f"{r['year']}: {_value(r, 'value')} ({r['kind']})" for r in steps.to_dict("records"))
    return Picture(fig, f"Line from baseline to target, {first['unit']}. {ways}.{told}")


@of_plan
@checked
def smart(evidence: Evidence) -> Table:
    """Tool No. 16's five criteria, indicator by indicator, and in words what is missing."""
    table = evidence.smart
    met = {"yes": "yes", "no": "no", "partners": "partners"}
    wide = table.assign(met=table["met"].map(met)).pivot(index="id", columns="criterion", values="met")
    lacks = table[table["missing"] != ""].groupby("id")["missing"].agg("; ".join)
    names = table.drop_duplicates("id")
    body = pd.DataFrame({"Level": list(names["code"]), "Indicator": list(names["indicator"])})
    body = body.assign(**{words: list(wide.loc[names["id"], c]) for c, words in CRITERIA.items()})
    body["What is missing"] = [lacks.get(i, "") for i in names["id"]]
    return plain(body, "Is each indicator SMART?", "Tool No. 16 of the ILO toolkit; `partners`: only they can say")


@of_plan
@checked
def follow_up(evidence: Evidence) -> Table | Words:
    """Each row of the baseline beside the later round, with the change, its interval and the verdict; nothing says why it changed."""
    table = evidence.follow_up
    if table.empty:
        return Words(NO_FOLLOW_UP)
    records = table.to_dict("records")
    body = pd.DataFrame(
        {
            "Indicator": _indicators(records),
            "By": [_by(r) for r in records],
            "Baseline": [_value(r, "baseline_value") for r in records],
            "Now": [_value(r, "value") for r in records],
            "Change": [_signed(r, "change") for r in records],
            "Its interval": [_change_limits(r) for r in records],
            "Verdict": [r["light"] for r in records],
            "Marker": [f"[{r['marker']}]" if isinstance(r["marker"], str) and r["marker"] else "" for r in records],
            "Remark": ["; ".join(t for t in (r["verdict_reason"], r["reason"]) if t) for r in records],
        }
    )
    years = table[["year_before", "year"]].dropna()
    when = f"{years['year_before'].iloc[0]:.0f} and {years['year'].iloc[0]:.0f}" if len(years) else ""
    return plain(
        body,
        f"Follow-up against the baseline{f', {when}' if when else ''}",
        NOTE,
        ". ".join(filter(None, (markers_used(table["marker"]), ROUNDED))),
    )


def name_of(row: PlanRow) -> str:
    """A row of the plan as the documents name it: `Number of persons … (gender: women)`."""
    return plan_words.about(read_language(BASE), row)


def _indicators(records: list[PlanRow]) -> list[str]:
    """The name of each indicator, in its first row only."""
    names = [number_words.indicator(read_language(BASE), r) for r in records]
    return [name if i == 0 or records[i - 1]["id"] != records[i]["id"] else "" for i, name in enumerate(names)]


def _by(row: PlanRow) -> str:
    return "" if row["group"] == "total" else f"{row['group']}: {row['category']}".replace("_", " ")


def _value(row: PlanRow, column: str) -> str:
    """A number that stands in the row's unit, rounded as its measure is."""
    return number(row[column] / scale(row["measure"]), row["measure"])


def _signed(row: PlanRow, column: str) -> str:
    return signed(row[column] / scale(row["measure"]), row["measure"])


def _change_limits(row: PlanRow) -> str:
    if pd.isna(row["change_ci_low"]):
        return ""
    low, high = ends(row["beyond_zero"], _signed(row, "change_ci_low"), _signed(row, "change_ci_high"))
    return f"{low}{NBSP}to{NBSP}{high}"


def _smallest(row: PlanRow) -> str:
    if pd.isna(row["planned_sample"]):
        return ""
    if pd.isna(row["smallest_cut"]):
        return "none"
    return f"{100 * row['smallest_cut']:.0f}{NBSP}%{NBSP}(to{NBSP}{_value(row, 'smallest_value')})"


def _count(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def _point(fig: Any, name: str, year: float, numbers: list[float], colour: str) -> None:
    """A measured value with its interval."""
    value, low, high = numbers
    fig.add_scatter(
        x=[year], y=[value], mode="markers", name=name, marker={"size": 12, "color": colour}, error_y_color=colour,
        error_y={"type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low], "thickness": 2, "width": 5},
    )  # fmt: skip
