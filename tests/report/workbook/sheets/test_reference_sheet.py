"""Tests the sheet of reference: first the law, then the plan's measures, how this run made its numbers, the
goals by their codes, and figures that are not comparable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import families
import small_country as country
from handed import EN, FR, evidence

import fltoolkit as fl
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.results_framework import Plan
from fltoolkit.report.workbook.sheets.reference_sheet import definitions, reference


def test_the_law_stands_first_and_then_what_the_plan_names() -> None:
    made = evidence()
    rows = definitions(replace(made, plan=made.plan.model_copy(update={"legal_basis": ("C29", "P29")})), EN)
    law = sum(d.kind == "definition" for d in checklists().definitions)
    assert {row[0] for row in rows[:law]} == {"Definition"}
    assert [row[2] for row in rows[law : law + 2]] == ["C29", "P29"]
    assert rows[law + 2][0] == "Measure"


def test_the_methods_are_those_of_the_run() -> None:
    made = evidence()
    limits, row = made.now.limits, made.now.select("prevalence").iloc[0]
    told = {term: text for kind, term, text, _ in definitions(made, EN) if kind == "Method"}
    assert told["Survey"] == row["survey"]  # its title has the year; before: "Labour Force Survey 2027, 2027"
    assert f"fewer than {limits.persons} persons, {limits.cases} cases" in told["Confidentiality"]
    assert told["Interval"].startswith("95% confidence interval")
    assert (
        "use with caution: coefficient of variation above 16.5%, fewer than 30 cases" in told["Reliability"]
    )
    french = {term: text for _, term, text, _ in definitions(made, FR)}
    assert french["Intervalle"].startswith("Intervalle de confiance à 95\u202f%")


def test_where_the_survey_counts_children_their_routes_stand_beside_what_it_counts(tmp_path: Path) -> None:
    """The statistical definition asks whether work was involuntary. No route of children does."""
    made, term = evidence(), "Forced labour (statistics)"
    people = [("by a third party" if i % 10 == 0 else "free", {"P": i % 40}) for i in range(300)]
    people += [("case" if i % 6 == 0 else "not", {"P": i % 40}) for i in range(240)]
    with_children = replace(made, now=fl.publish_run(families.persons(tmp_path, people)))
    told, others = ({row[1]: row[2] for row in definitions(of, EN)}[term] for of in (with_children, made))
    assert told == f"{others} {EN.say('sheet.definition_of_children')}"


def test_an_indicator_stands_at_its_sdg_target_its_goal_or_by_itself() -> None:
    """Tool No. 6 lists 8.7 and 5.1 as targets, 4 and 9 as whole goals, and 6.1 not at all."""
    rows = (
        {"id": "a", "indicator": "A", "sdg": ["8.7", "4.4"]},
        {"id": "b", "indicator": "B", "sdg": ["8.7", "9", "6.1"]},
    )
    page = reference(replace(evidence(), plan=Plan.model_validate(country.with_rows(*rows))), EN)
    told = {str(line.cells[1]): str(line.cells[2]) for line in page.lines if line.cells[0] == "SDG targets"}
    ends = {code: text.partition("Indicators: ")[2] for code, text in told.items()}
    assert (ends["8.7"], ends["4"], ends["9"], ends["6.1"]) == ("A; B.", "A.", "B.", "B.")
    assert ends["5.1, 5.2, 5.4"] == ""
    assert told["6.1"].startswith("Named by the plan; Tool No. 6 does not list it.")
    assert "4.4" not in told


def test_global_figures_are_never_comparable() -> None:
    page = reference(evidence(), EN)
    first, *figures = [line.cells for line in page.lines if line.cells[0] == "Global figures"]
    assert str(first[2]).startswith("Figures of the ILO, for orientation. None may be compared with a number")
    assert "A global model of a stock on an average day" in str(first[2])
    world = str(figures[0][2]).split("\n")[0]
    assert (figures[0][1], world) == (
        "2021",
        "World: 27,600,000 persons on an average day; 3.5 on an average day per 1,000 people",
    )
    assert all(row[3] for row in figures)
