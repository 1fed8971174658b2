"""Tests which questions a survey asks, what counts as item non-response, and which counts may be shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.checks.item_nonresponse import (
    answer_counts,
    frames_with,
    nonresponse,
    questions,
)
from fltoolkit.survey.checks.rules.answer_rules import answer_rules
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.printed_values import Mask

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
WIDE = {
    "episodes": {"wide": ["a", "b"]},
    "items.involuntary.hazardous_work": {"column": "q1_{episode}", "refused": "V"},
    "items.coercion.debt_bondage": "q2",
}


def answer_findings(survey: fl.Survey) -> list[Finding]:
    return apply_rules(answer_rules(survey, Mask()), survey.frame, Mask())


def test_a_question_is_asked_once_for_each_episode_it_names(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    survey = fl.read_survey(write(changed(spec, WIDE), people=people.assign(q1_a="N", q1_b="N")))
    asked = {(q.column, q.episode): q for q in questions(survey)}
    assert set(asked) == {("worked", ""), ("q1_a", "a"), ("q1_b", "b"), ("q2", "")}
    assert asked["q1_b", "b"].codes.refused == ("V",)  # its own
    assert (
        asked["q1_b", "b"].codes.dont_know == asked["q2", ""].codes.dont_know == ("D",)
    )  # those of `answers`
    (held,) = frames_with(survey, ["q1_a", "nowhere", "q2"])
    assert held[1] == ["q1_a", "q2"]


def test_a_blank_is_a_missing_answer_of_who_worked_and_the_gate_let_through(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    people.loc[[0, 1], ["q1", "q2"]] = ""  # of two who worked
    people.loc[[2, 3, 4], "worked"] = "N"
    people.loc[[2, 3], ["q1", "q2"]] = ""  # of two who did not; the third answers all the same
    people.loc[5, "result"] = "out"
    people.loc[5, "q1"] = ""  # of one who was not asked
    keys = {"items.coercion.debt_bondage": {"column": "q2"}}
    counts = pd.DataFrame(answer_counts(fl.read_survey(write(changed(spec, keys), people=people)))).set_index(
        "column"
    )
    assert counts.loc[["q1", "q2"], ["asked", "missing", "unexpected"]].to_numpy().tolist() == [
        [12, 2, 1],
        [12, 2, 0],
    ]


def test_a_column_that_feeds_two_items_is_told_once(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    people.loc[range(6), "q1"] = "D"
    keys = {"items.involuntary.different_job": {"column": "q1", "yes": "Z"}}
    found = answer_findings(fl.read_survey(write(changed(spec, keys), people=people)))
    assert [(f.severity, f.where, f.count) for f in found if f.check != "items"] == [("note", "q1", (6, 0))]


def test_non_response_is_shown_rounded_and_above_the_limit_only(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    people["q1"] = ["D"] * 5 + ["R"] * 2 + ["N"] + [""] * 6 + ["N"] * 2
    people.loc[range(4), "q2"] = "A"
    survey = fl.read_survey(write(spec, people=people))
    kinds = ["dont_know", "refused", "not_applicable", "missing"]
    whole = pd.DataFrame(answer_counts(survey)).set_index("column")[kinds]
    assert whole.loc["q1"].to_list() == [5, 2, 0, 6]
    assert whole.loc["q2"].to_list() == [0, 0, 4, 0]
    shown = nonresponse(survey).set_index("column")[kinds]
    assert shown.loc["q1"].astype(object).where(shown.loc["q1"].notna(), "blank").to_list() == [
        10,
        "blank",
        0,
        10,
    ]
    assert shown.loc["q2"].astype(object).where(shown.loc["q2"].notna(), "blank").to_list() == [
        0,
        0,
        "blank",
        0,
    ]


def test_findings_of_one_kind_are_one_that_lists_its_columns(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    people.loc[range(6), "q1"] = "D"
    people.loc[range(3), "q2"] = "R"
    found = answer_findings(fl.read_survey(write(spec, people=people)))
    assert [(f.severity, f.where, f.count, f.by) for f in found] == [
        ("note", "q1, q2", "", {"": (("q1", (6, 0)), ("q2", (0, 3)))})
    ]


def test_an_item_that_most_say_yes_to_is_a_finding_and_one_that_half_do_is_not(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    for yes, told in ((8, []), (9, [("warning", "items", "q1", 9)])):
        people["q1"] = ["Y"] * yes + ["N"] * (16 - yes)
        found = answer_findings(fl.read_survey(write(spec, people=people)))
        assert [(f.severity, f.check, f.where, f.count) for f in found] == told
    people["q1"] = ["Y"] * 3 + ["D"] * 11 + ["N"] * 2  # of those who answered
    found = answer_findings(fl.read_survey(write(spec, people=people)))
    assert [f.check for f in found] == ["items", "non-response"]
    people["worked"] = "Y"
    people["q1"] = "N"
    assert answer_findings(fl.read_survey(write(spec, people=people))) == []  # that all worked is none


def test_an_answer_past_the_routing_names_the_gates(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    people = people.assign(gate=["H"] * 4 + ["G"] * 12)
    gates = {
        "all": [{"column": "worked", "asked": "Y"}, {"column": "gate", "asked": "G", "skipped": ["H", "J"]}]
    }
    survey = fl.read_survey(
        write(changed(spec, {"items.coercion.debt_bondage.routing": gates}), people=people)
    )
    (past,) = [f for f in answer_findings(survey) if f.check == "routing"]
    assert "(worked asked at Y, skipped at N, A; gate asked at G, skipped at H, J)" in past.do
    assert "asked and skipped are probably swapped" in past.do


@pytest.mark.parametrize(
    ("code", "rows", "says"),
    [
        ("NA", 8, "always with a code that survey.yaml does not name: NA; say missing: [NA] under answers"),
        (".", 8, 'always with a code that survey.yaml does not name: .; say missing: ["."] under answers'),
        ("Ann", 2, "does not name: not printed; say missing: [...] under answers"),
    ],
)
def test_a_code_of_the_file_for_a_blank_is_no_answer_past_the_routing(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, code: str, rows: int, says: str
) -> None:
    people.loc[8 : 7 + rows, ["worked", "q1", "q2"]] = ["N", code, code]
    past = [f for f in answer_findings(fl.read_survey(write(spec, people=people))) if f.check == "routing"]
    assert [f.where for f in past] == ["q1", "q2"]
    for finding in past:
        what, do = says.split("; ")
        assert str(finding.what).endswith(what)
        assert do in finding.do
        assert "swapped" not in finding.do
    people.loc[8, "q1"] = "Y"  # an answer too: the gates may be wrong
    past = [f for f in answer_findings(fl.read_survey(write(spec, people=people))) if f.check == "routing"]
    assert ["swapped" in f.do for f in past] == [True, False]


def test_a_yes_to_work_that_the_person_did_not_do_is_a_finding(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    people.loc[8:, ["worked", "q1", "q2"]] = ["N", "", ""]
    assert (
        list(fl.check(fl.read_survey(write(spec, people=people))).query("where == 'any_work'")["what"]) == []
    )
    people.loc[9, "q1"] = "Y"
    told = fl.check(fl.read_survey(write(spec, people=people))).query("where == 'any_work'")
    assert [(row.severity, row.check, row.count) for row in told.itertuples()] == [
        ("warning", "items", "fewer than 5")
    ]


def test_the_status_of_the_module_is_no_work(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {"any_work": {"column": "result", "yes": "done", "no": ["refused", "other"]}}
    survey = fl.read_survey(write(changed(spec, keys), people=people))
    assert "module" in set(fl.check(survey).query("severity == 'warning'")["check"])
