"""Tests the sheet on definitions and methods: first the law, then the plan's measures, and how this run made
its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import families
from handed import EN, FR, evidence

import fltoolkit as fl
from fltoolkit.nap.checklists import checklists
from fltoolkit.report.workbook.sheets.definition_sheets import definitions


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
