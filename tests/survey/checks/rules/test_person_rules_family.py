"""Tests findings about families, each with a family that causes it and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

import fltoolkit as fl
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.rules.label_rules import labels_of_files
from fltoolkit.survey.checks.rules.person_rules import family_rules
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.printed_values import Mask

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Cells = dict[str, dict[str, Any]]

KEYS: dict[str, Any] = {
    "files.person.key": "who",
    "children": {
        "module": {"column": "cresult", "answered": "done", "not_asked": "out"},
        "third_party": {"done": "c1", "threat": "c2"},
        "with_parents": {"done": "c3", "threat": "c4"},
        "parents": {"line": "line", "columns": ["mother", "father"], "none": "dead", "elsewhere": "away"},
    },
    "populations.children": {"label": "children aged 5 to 17", "age": {"min": 5, "max": 17}},
}
ADULT = {
    "result": "done",
    "cresult": "out",
    "sex": 1,
    "w": 1,
    "stratum": 1,
    "worked": "Y",
    "q1": "N",
    "q2": "N",
}
CHILD = {"result": "out", "cresult": "done", "sex": 1, "w": 1, "stratum": 1, "age": 12, "c1": "N", "c3": "N"}


def home(name: str) -> dict[str, dict[str, Any]]:
    """Parents of 40, and a child of 12 who names them."""
    return {
        f"{name} mother": {**ADULT, "hh": name, "village": name, "line": 1, "age": 40},
        f"{name} father": {**ADULT, "hh": name, "village": name, "line": 2, "age": 40},
        f"{name} child": {**CHILD, "hh": name, "village": name, "line": 3, "mother": 1, "father": 2},
    }


@pytest.fixture
def found(spec: dict[str, Any], write: Write, changed: Change) -> Callable[..., list[tuple[Any, ...]]]:
    """The findings about two families of which the second is as said, and what else survey.yaml says."""

    def read(cells: Cells, keys: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        people = home("h1") | home("h2")
        for who, facts in cells.items():
            people[f"h2 {who}"] |= facts
        table = pd.DataFrame([{"who": who, "c2": "", "c4": "", **facts} for who, facts in people.items()])
        survey = fl.read_survey(write(changed(spec, {**KEYS, **(keys or {})}), people=table))
        told = apply_rules(family_rules(survey, labels_of_files(survey)), survey.frame, Mask(5))
        listed = [f.rows and count_rows(f.rows.frame, {"n": f.rows.condition})["n"] for f in told]
        return [(f.severity, f.check, f.where, f.what, f.count, n) for f, n in zip(told, listed, strict=True)]

    return read


OLD = "parents who are less than 12 years older than the child, or the child itself"
NOBODY = "line numbers of a parent that nobody in the household has"
YOUNG = "parents younger than 18, who have no adults' module"
BLANK = "children without an answer on this parent"
UNKNOWN = (
    "codes under none that mean don't know or refused, under answers or by their label (dk): route (iii) would "
    "be no for these children, and nobody knows"
)
IS_LINE = (
    "codes of no parent, of a parent elsewhere or of no answer that are also the line number of a person of the "
    "household"
)
LINKS = "children.parents"

# What stands in the second family, and the findings: severity, check, where, what, how many, and how many of
# its rows can be listed.
FINDINGS: list[tuple[str, Cells, list[tuple[Any, ...]]]] = [
    ("a family as it should be", {}, []),
    (
        "a parent less than twelve years older",
        {"mother": {"age": 23}},
        [("error", LINKS, "mother", OLD, 1, 1)],
    ),
    ("a parent twelve years older", {"mother": {"age": 24}}, []),
    (
        "a parent younger than the child, who is a child too",
        {"mother": {**CHILD, "age": 9, "mother": "dead", "father": "dead"}},
        [("error", LINKS, "mother", OLD, 1, 1)],
    ),
    ("itself as parent", {"child": {"mother": 3}}, [("error", LINKS, "mother", OLD, 1, 1)]),
    ("a line that nobody has", {"child": {"father": 8}}, [("warning", LINKS, "father", NOBODY, 1, 1)]),
    ("a parent who died and one who lives elsewhere", {"child": {"mother": "dead", "father": "away"}}, []),
    ("no line", {"child": {"father": ""}}, [("note", LINKS, "father", BLANK, 1, None)]),
    (
        "a child of a young mother",
        {"child": {"age": 5}, "mother": {**CHILD, "age": 17, "mother": "dead", "father": "dead"}},
        [("note", LINKS, "mother", YOUNG, 1, None)],
    ),
    ("a parent whose age is not stated", {"mother": {"age": 999}}, []),
    (
        "two persons on one line",
        {"child": {"line": 2}},
        [("error", LINKS, "line", "line numbers that two persons of one household share", 1, 2)],
    ),
    (
        "persons without a line",
        {"child": {"line": ""}, "father": {"line": ""}},
        [("warning", LINKS, "father", NOBODY, 1, 1)],
    ),
    (
        "a child without a household",
        {"child": {"hh": ""}},
        [
            ("error", LINKS, "hh", "children without a household", 1, 1),
            *(("warning", LINKS, who, NOBODY, 1, 1) for who in ("mother", "father")),
        ],
    ),
    (
        "a child who answered the adults' module",
        {"child": {"result": "done", "cresult": "out"}},
        [("error", "module", "age", "persons under 18 who answered the adults' module", 1, 1)],
    ),
    (
        "an adult who answered the children's",
        {"mother": {"result": "out", "cresult": "done"}},
        [("error", "module", "age", "persons of 18 and over who answered the children's module", 1, 1)],
    ),
    ("somebody who answered both", {"child": {"result": "done"}}, []),
    ("a child who was not asked", {"child": {"cresult": "out", "mother": 8, "father": ""}}, []),
]


@pytest.mark.parametrize(("cells", "expected"), [f[1:] for f in FINDINGS], ids=[f[0] for f in FINDINGS])
def test_findings_about_families(
    found: Callable[..., list[Any]], cells: Cells, expected: list[tuple[Any, ...]]
) -> None:
    assert found(cells) == expected


CODES = {"line": "line", "columns": ["mother", "father"], "elsewhere": "away"}
ANSWERS = {"answers.dont_know": "dk", "answers.refused": "7"}


def test_a_code_of_no_answer_is_no_code_of_no_parent(found: Callable[..., list[Any]]) -> None:
    keys = {**ANSWERS, "children.parents": {**CODES, "none": ["dead", "dk"]}}
    child = {"child": {"mother": "dk", "father": "dk"}}
    assert found(child, keys) == [("warning", LINKS, f"{LINKS}.none", UNKNOWN, 1, 1)]
    accepted = {"finding": LINKS, "column": f"{LINKS}.none", "why": "dk is dead in these columns"}
    assert not found({}, {**keys, "accept": accepted})
    missing = {**ANSWERS, "children.parents": {**CODES, "none": "dead", "missing": "dk"}}
    assert found(child, missing) == [("note", LINKS, who, BLANK, 1, None) for who in ("mother", "father")]


def test_a_label_of_no_answer_is_no_label_of_no_parent(
    spec: dict[str, Any], write: Write, changed: Change, tmp_path: Path
) -> None:
    people = [{"who": who, "c2": "", "c4": "", **facts} for who, facts in home("h1").items()]
    table = pd.DataFrame(people).assign(mother=97.0, father=98.0)
    labels = {97: "Deceased", 98: "Don't know"}
    pyreadstat.write_sav(
        table, tmp_path / "people.sav", variable_value_labels={"mother": labels, "father": labels}
    )
    keys = {**KEYS, "files.person.path": "people.sav", "children.parents": {**CODES, "none": [97, 98]}}
    survey = fl.read_survey(write(changed(spec, keys)))
    told = apply_rules(family_rules(survey, labels_of_files(survey)), survey.frame, Mask(5))
    assert [(f.where, str(f.what), f.count) for f in told] == [
        (f"{LINKS}.none", UNKNOWN.replace("dk", "98"), 1)
    ]


def test_a_code_that_is_also_a_line_number_is_asked_about(found: Callable[..., list[Any]]) -> None:
    keys = {"children.parents": {**CODES, "none": "2"}}
    assert found({"child": {"mother": 1, "father": 2}}, keys)[0][:4] == ("warning", LINKS, LINKS, IS_LINE)
    assert not found({}, {"children.parents": {**CODES, "none": "9"}})


def test_several_findings_stand_by_parent_the_worst_first(found: Callable[..., list[Any]]) -> None:
    told = found({"child": {"mother": 3, "father": 8}})
    assert [(severity, where) for severity, _, where, *_ in told] == [
        ("error", "mother"),
        ("warning", "father"),
    ]


def test_where_parents_were_not_asked_for_nothing_is_linked(found: Callable[..., list[Any]]) -> None:
    assert found({"child": {"mother": 3}}, {"children.parents": None}) == []
    wrong = {"child": {"mother": 3, "result": "done", "cresult": "out"}}
    assert [check for _, check, *_ in found(wrong, {"children.parents": None})] == ["module"]


def test_without_a_module_of_their_own_nobody_answers_the_wrong_one(found: Callable[..., list[Any]]) -> None:
    assert found({"child": {"result": "done", "cresult": "out"}}, {"children.module": None}) == []


def test_where_children_were_not_asked_there_is_nothing_to_find(found: Callable[..., list[Any]]) -> None:
    assert found({"child": {"mother": 3}}, {"children": None, "populations.children": None}) == []
