"""Tests the reasons for a classification: the first condition that is not met, the items answered yes, and
the path in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import pyarrow as pa

import fltoolkit as fl
from fltoolkit.classify.classification_path import (
    LEAVES,
    end_of_path,
    items_text,
    short_trace_text,
    trace_text,
)
from fltoolkit.classify.rule_set import Sources
from fltoolkit.survey.spec.questions import Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

One = Callable[..., dict[str, Any]]
Table = Callable[..., dict[str, dict[str, Any]]]
SurveyOf = Callable[..., fl.Survey]

T, F, U = True, False, None
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}
WHOLE = {"episodes.same_work": "same"}
PLAIN = {"same": "J"}


def test_witnessed_and_threatened_coercion_counts_and_the_trace_keeps_the_mode(table: Table) -> None:
    keys = {
        "items.coercion.threats_or_violence": [
            {"column": "own_threat", "mode": "threatened"},
            {"column": "saw", "mode": "witnessed"},
            {"column": "hit"},
        ]
    }
    base = {"hazardous_work": "J", "own_threat": "N", "saw": "N", "hit": "N"}
    got = table("forced_labour trace", {c: {**base, c: "J"} for c in ("own_threat", "saw", "hit")}, keys)
    assert {who: row["forced_labour"] for who, row in got.items()} == {"own_threat": T, "saw": T, "hit": T}
    asked = {"own_threat": "own_threat, threatened", "saw": "saw, witnessed", "hit": "hit"}
    assert {
        who: f"coercion: yes (threats_or_violence [{words}])" in got[who]["trace"]
        for who, words in asked.items()
    } == dict.fromkeys(asked, True)


def test_the_trace_says_why(one: One) -> None:
    persons: dict[str, dict[str, Any]] = {
        "forced": {**FORCED, "very_low_or_no_wages": "J"},
        "open": {"debt_bondage": "J", "hazardous_work": "W", "different_job": ""},
        "free": {},
        "other work": {**FORCED, "same": "N"},
        "perhaps": {"paid": "V", **FORCED, "same": ""},
        "idle": {"paid": "N"},
    }
    got = one("trace", {who: {**PLAIN, **answers} for who, answers in persons.items()}, WHOLE)
    assert got == {
        "forced": "any work: yes → involuntary: yes (hazardous_work [hazardous_work], "
        "very_low_or_no_wages [very_low_or_no_wages]) "
        "→ coercion: yes (debt_bondage [debt_bondage]) → same work: yes → forced labour",
        "open": "any work: yes → involuntary: unresolved (no answer: different_job [different_job], "
        "hazardous_work [hazardous_work]) "
        "→ coercion: yes (debt_bondage [debt_bondage]) → same work: unresolved → unresolved",
        "free": "any work: yes → involuntary: no → coercion: no → same work: no → not involuntary",
        "other work": "any work: yes → involuntary: yes (hazardous_work [hazardous_work]) → coercion: "
        "yes (debt_bondage [debt_bondage]) "
        "→ same work: no → not in the same work",
        "perhaps": "any work: unresolved → involuntary: yes (hazardous_work [hazardous_work]) → "
        "coercion: yes (debt_bondage [debt_bondage]) "
        "→ same work: unresolved → unresolved",
        "idle": "any work: no → no work",
    }


def test_the_trace_says_when_the_same_work_is_assumed(one: One) -> None:
    assert one("trace", {"a": FORCED})["a"].endswith("→ same work: assumed → forced labour")


def told(expression: nw.Expr, rows: list[dict[str, bool | str | None]]) -> list[str]:
    """A text column of a table of truths."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    kinds = {
        name: pa.string() if any(isinstance(v, str) for v in column) else pa.bool_()
        for name, column in columns.items()
    }
    table = pa.table({name: pa.array(column, kinds[name]) for name, column in columns.items()})
    found: list[str] = nw.from_native(table).select(told=expression).to_native()["told"].to_pylist()
    return found


def test_a_person_leaves_at_the_first_condition_that_is_not_met(spec_of: Callable[..., SurveySpec]) -> None:
    names = (
        "forced_labour",
        "forced_labour_abroad",
        "any_work",
        "involuntary",
        "coercion",
        "fl__below",
        "same_work",
    )
    rows = {  # each row fails its own condition and every later one, where it can
        "forced labour": (T, T, F, F, F, T, F),
        "unresolved": (U, T, F, F, F, T, F),
        "forced labour abroad": (F, T, F, F, F, T, F),
        "abroad, unresolved": (F, U, F, F, F, T, F),
        "no work": (F, F, F, F, F, T, F),
        "not involuntary": (F, F, T, F, F, T, F),
        "no coercion": (F, F, T, T, F, T, F),
        "below the rule's thresholds": (F, F, T, T, T, T, F),
        "not in the same work": (F, F, T, T, T, F, F),
        "exception within its limits": (F, F, T, T, T, F, T),
    }
    spec = spec_of()
    assert told(end_of_path(spec), [dict(zip(names, row, strict=True)) for row in rows.values()]) == list(
        rows
    )
    assert set(rows) == set(LEAVES)
    open_coercion = dict(
        zip(names, (F, F, U, U, U, F, F), strict=True)
    )  # an open condition is not one that is not met
    assert told(end_of_path(spec), [open_coercion]) == ["not in the same work"]


SOURCES: Sources = {
    "involuntary": [
        ("q1", "hazardous_work", Source(column="A")),
        ("q2", "hazardous_work", Source(column="B", mode="witnessed")),
    ],
    "coercion": [("q3", "debt_bondage", Source(column="C", mode="threatened"))],
}


def test_an_item_is_named_once_however_many_questions_say_so() -> None:
    rows: list[dict[str, bool | str | None]] = [
        {"q1": T, "q2": T, "q3": F},
        {"q1": U, "q2": T, "q3": T},
        {"q1": F, "q2": U, "q3": T},
        {"q1": F, "q2": F, "q3": U},
    ]
    assert told(items_text(SOURCES), rows) == [
        "hazardous_work",
        "hazardous_work, debt_bondage",
        "debt_bondage",
        "",
    ]
    assert told(items_text({"involuntary": [], "coercion": []}), rows) == [
        ""
    ]  # a rule set none of whose items is asked


def test_open_questions_are_told_only_where_they_leave_their_side_open(
    spec_of: Callable[..., SurveySpec],
) -> None:
    truths = {"any_work": T, "q1": U, "q2": F, "q3": U, "coercion": F, "same_work": T, "step": "the end"}
    rows: list[dict[str, bool | str | None]] = [{**truths, "involuntary": U}, {**truths, "involuntary": F}]
    assert told(trace_text(SOURCES, spec_of()), rows) == [
        f"any work: yes → involuntary: {side} → coercion: no → same work: assumed → the end"
        for side in ("unresolved (no answer: hazardous_work [A])", "no")
    ]


def test_who_began_as_a_child_needs_no_test_of_consent(survey_of: SurveyOf) -> None:
    spec = survey_of({"a": {"began": 16}}, {"age.at_start": "began"})
    truths = {
        "any_work": T,
        "q1": T,
        "q2": F,
        "q3": T,
        "involuntary": T,
        "coercion": T,
        "same_work": T,
        "step": "the end",
    }
    rows: list[dict[str, bool | str | None]] = [
        {**truths, "route": route} for route in ("adult", "adult, a child at the start")
    ]
    path = (
        "any work: yes → involuntary: yes (hazardous_work [A]) → coercion: yes (debt_bondage [C, "
        "threatened]) → same work: assumed"
    )
    assert told(trace_text(SOURCES, spec.spec), rows) == [
        f"{path} → the end",
        f"{path} (a child at the start: no test of consent) → the end",
    ]


def test_a_path_below_the_name_of_its_end_is_short_and_in_words(spec_of: Callable[..., SurveySpec]) -> None:
    truths = {
        "q1": F,
        "q2": F,
        "q3": T,
        "involuntary": F,
        "coercion": T,
        "same_work": F,
        "step": "not involuntary",
    }
    rows: list[dict[str, bool | str | None]] = [
        {**truths, "any_work": T},
        {**truths, "any_work": U},
        {**truths, "any_work": F, "step": "no work"},
    ]
    path = "involuntary: no → coercion: yes (debt bondage [C, threatened]) → same work: assumed"
    assert told(short_trace_text(SOURCES, spec_of()), rows) == [
        path,
        f"any work: unresolved → {path}",
        "any work: no",
    ]
