"""Tests the meaning of the gates and blanks of all questions together, and the message for each mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError, SpecError
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import AnswerCodes, Routing, Source
from fltoolkit.survey.spec.survey_spec import read_spec

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
ITEM = "items.involuntary.hazardous_work"
DEBT = "items.coercion.debt_bondage"
ANSWERS = AnswerCodes.model_validate(
    {
        "yes": "1",
        "no": "2",
        "dont_know": "8",
        "refused": "9",
        "not_applicable": "7",
        "not_applicable_means": "no",
    }
)


def gate(
    keys: dict[str, Any], *sources: dict[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    mapped = MappedQuestions.of([("current", Source.model_validate(s)) for s in sources], ANSWERS)
    codes = mapped.gate_codes(Routing.model_validate({"column": "A", "asked": "1", **keys}), "A")
    return codes.asked, codes.skipped, codes.unknown


def test_a_gate_takes_the_codes_that_it_does_not_give_from_its_question_else_from_answers() -> None:
    assert gate({}) == (("1",), ("2", "7"), ("8", "9"))
    assert gate({"skipped": "3"}) == (("1",), ("3",), ("8", "9"))
    assert gate({"asked": ["1", "8"], "unknown": "5"}) == (("1", "8"), ("2", "7"), ("5", "9"))
    own = {"column": "A", "no": ["0", "2"], "dont_know": "98", "refused": [], "not_applicable": []}
    assert gate({}, own) == (("1",), ("0", "2"), ("98",))
    assert gate({"skipped": ["0", "98"], "why": "as the form says"}, own) == (("1",), ("0", "98"), ())
    assert gate({"asked": ["1", "3"]}, {"column": "A", "contains": "1", "no": ["2", "3"]}) == (
        ("1", "3"),
        (),
        ("8", "9"),
    )
    listed = {"column": "A", "contains": "1", "no": "2", "missing": "97"}
    assert gate({}, listed) == (("1",), (), ("8", "9", "97")), "a blank with a code of its own closes no gate"


MISTAKES: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "don't know that skips",
        {f"{ITEM}.routing": {"column": "g", "asked": "Y", "skipped": ["N", "D"]}},
        [
            f"{ITEM}, routing of column q1: code D of g is don't know or refused",
            "Take it out of skipped",
            "under why:",
        ],
    ),
    (
        "why without a reason to",
        {f"{ITEM}.routing": {"column": "g", "asked": "Y", "skipped": "N", "why": "so"}},
        ["no code under skipped means"],
    ),
    (
        "a no that is asked",
        {f"{ITEM}.routing": {"column": "g", "asked": ["Y", "N"]}},
        ["code N of g means no", "give skipped: here"],
    ),
    (
        "two kinds of no",
        {
            ITEM: [{"column": "q1", "no": "N"}, {"column": "q1", "yes": "X", "no": "Y"}],
            f"{DEBT}.routing": {"column": "q1", "asked": "Z"},
        },
        ["several questions have the column q1, with different codes for no", "give skipped: here"],
    ),
    (
        "its own gate",
        {f"{ITEM}.routing": {"column": "q1", "asked": "Y", "skipped": "N"}},
        [f"{ITEM}, routing: the gate is the question's own column, q1", "name the question before it"],
    ),
    (
        "its own gate among several",
        {
            f"{ITEM}.routing": {
                "all": [{"column": "worked", "asked": "Y"}, {"any": [{"column": "q1", "asked": "Y"}]}]
            }
        },
        ["the gate is the question's own column, q1"],
    ),
    (
        "a circle",
        {
            f"{ITEM}.routing": {"column": "q2", "asked": "Y"},
            f"{DEBT}.routing": {"column": "q1", "asked": "Y"},
        },
        ["the gates form a circle: q1 is behind q2 is behind q1"],
    ),
    (
        "a gate that is skipped in two ways",
        {
            ITEM: [
                {"column": "q1", "routing": {"column": "worked", "asked": "Y"}},
                {"column": "q1", "yes": "X", "no": "Y", "routing": {"column": "g", "asked": "Y"}},
            ],
            f"{DEBT}.routing": {"column": "q1", "asked": "Z", "skipped": "N"},
        },
        ["q1 is the gate, and questions on q1 have different routing or blank", "give the same in each"],
    ),
    (
        "a gate on several codes with skipped",
        {
            ITEM: {"column": "q1", "contains": 1, "no": 2},
            f"{DEBT}.routing": {"column": "q1", "asked": 1, "skipped": 2},
        },
        ["q1 holds several codes", "leave skipped out"],
    ),
    (
        "several codes and one",
        {ITEM: [{"column": "q1", "contains": 1}, "q1"]},
        ["column q1 is read as several codes in one question"],
    ),
    (
        "two separators",
        {ITEM: [{"column": "q1", "contains": 1, "separator": ";"}, {"column": "q1", "contains": 2}]},
        ["q1 has two separators"],
    ),
    (
        "an option that is don't know elsewhere",
        {ITEM: [{"column": "q1", "contains": 1, "dont_know": 8}, {"column": "q1", "contains": 8}]},
        [
            "code 8 of column q1 is an option in one question and don't know",
            "say dont_know: and refused: in each",
        ],
    ),
    ("contains and yes", {ITEM: {"column": "q1", "contains": 1, "yes": 2}}, ["contains replaces yes"]),
    ("separator alone", {ITEM: {"column": "q1", "separator": ";"}}, ["give it together with contains"]),
    (
        "a separator of letters",
        {ITEM: {"column": "q1", "contains": 1, "separator": " and "}},
        ["separator may hold no letter"],
    ),
    (
        "a code ticked that is don't know",
        {ITEM: {"column": "q1", "contains": "D"}},
        [f"{ITEM}: of column q1, code D means both yes and dont_know"],
    ),
    ("a blank without a reason", {ITEM: {"column": "q1", "blank": "no"}}, ["blank: no needs why:"]),
    (
        "a reason without a blank",
        {ITEM: {"column": "q1", "why": "so"}},
        ["why and if_ticked go with blank: no"],
    ),
    (
        "a blank that is yes",
        {ITEM: {"column": "q1", "blank": "yes", "why": "so"}},
        ["hazardous_work", "blank", "'no'"],
    ),
    (
        "an option beside itself",
        {ITEM: {"column": "q1", "blank": "no", "if_ticked": ["q1", "q2"]}},
        ["if_ticked names the other options, not q1 itself"],
    ),
    (
        "an option with several codes",
        {ITEM: [{"column": "q1", "blank": "no", "if_ticked": "q2"}], DEBT: {"column": "q2", "contains": 1}},
        [f"{ITEM}: if_ticked of column q1 names q2, which holds several codes", "give why: or routing:"],
    ),
    (
        "a gate of no episode",
        {
            "episodes": {"wide": ["a", "b"]},
            ITEM: "q1_{episode}",
            DEBT: {
                "column": "q2",
                "routing": {
                    "any": [{"column": "worked", "asked": "Y"}, {"column": "q1_{episode}", "asked": "Y"}]
                },
            },
        },
        [f"{DEBT}: column q2 is asked once of a person, and q1_{{episode}}", "(q1_a, q1_b)"],
    ),
    (
        "an option of no episode",
        {
            "episodes": {"wide": ["a"]},
            ITEM: "q1_{episode}",
            DEBT: {"column": "q2", "blank": "no", "if_ticked": "q1_{episode}"},
        },
        [f"{DEBT}: column q2 is asked once of a person", "(q1_a)"],
    ),
    (
        "a circle through an episode's own column",
        {
            "episodes": {"wide": ["a"]},
            ITEM: {"column": "q1_{episode}", "routing": {"column": "q2", "asked": "Y"}},
            DEBT: {"column": "q2", "routing": {"column": "q1_a", "asked": "Y"}},
        },
        ["the gates form a circle: q2 is behind q1_a is behind q2"],
    ),
    (
        "blanks of the whole file",
        {"answers.blank": "no"},
        ["blank: no is for single questions", "take it out of answers"],
    ),
    (
        "a blank of any work",
        {"any_work": {"column": "worked", "blank": "no", "why": "so"}},
        ["any_work: a blank of column worked cannot mean no"],
    ),
    (
        "a blank of the same work",
        {"episodes": {"same_work": {"column": "same", "blank": "no", "why": "so"}}},
        ["episodes.same_work: a blank of column same cannot mean no"],
    ),
    (
        "a number of rows",
        {"episodes": {"same_work": "assumed", "exists": {"number": "jobs"}}},
        ["exists.number counts the episodes of wide or long"],
    ),
    (
        "a number of each episode",
        {"episodes": {"wide": ["a"], "exists": {"number": "n_{episode}"}}, ITEM: "q1_{episode}"},
        ["exists.number is one column of the person"],
    ),
]


@pytest.mark.parametrize(("keys", "said"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_with_what_to_do(
    spec: dict[str, Any], write: Write, changed: Change, keys: dict[str, Any], said: list[str]
) -> None:
    with pytest.raises(SpecError) as error:
        read_spec(write(changed(spec, keys)))
    assert [words for words in said if words not in str(error.value)] == [], str(error.value)


def test_a_gate_whose_column_is_not_in_the_file_is_named_with_its_key(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    gates = {"all": [{"column": "worked", "asked": "Y"}, {"column": "gatee", "asked": "Y"}]}
    with pytest.raises(DataError, match=r"gatee.*items\.involuntary\.hazardous_work\.routing"):
        fl.read_survey(write(changed(spec, {f"{ITEM}.routing": gates}), people=people.assign(gate="Y")))


def test_a_gate_may_name_the_column_of_one_episode_and_reads_it_as_its_question_does() -> None:
    """Its codes, and a skip of its own, are those of the question that has `{episode}` in its column."""
    first = Source.model_validate(
        {
            "column": "A_{episode}",
            "no": ["2", "3"],
            "routing": {"all": [{"column": "B_{episode}", "asked": "1"}]},
        }
    )
    mapped = MappedQuestions.of([("current", first)], ANSWERS, ["x", "y"])
    assert mapped.gate_codes(Routing.model_validate({"column": "A_y", "asked": "1"}), "A_y").skipped == (
        "2",
        "3",
        "7",
    )
    read = mapped.blank_read_by("A_y")
    assert read is not None
    assert read.routing is not None
    assert (read.column, read.routing.columns()) == ("A_y", ["B_y"])
    assert mapped.blank_read_by("A_z") is None
