"""Tests how gates are found from the rows: single gates, gates behind gates, and blanks that are never taken
for a skip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from draft_columns import YES_NO, column

from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.question_gates import Gate, find_gates

KNOWN = {**YES_NO, "8": "Don't know", "9": "Refused"}


def tried(codes: dict[str, str], **cells: list[int | None]) -> tuple[Gate, ...]:
    """The gates of the last of these columns among the others; each has these codes and labels."""
    columns = [
        column(name, codes=codes, rows=len(rows), filled=sum(v is not None for v in rows))
        for name, rows in cells.items()
    ]
    places = {code: i for i, code in enumerate(codes, 1)}
    answers = {
        name: np.array([0 if v is None else places[str(v)] for v in rows], dtype=np.uint8)
        for name, rows in cells.items()
    }
    return find_gates(answers, columns[-1], columns[:-1])


def test_dont_know_and_refused_of_a_gate_are_never_a_skip() -> None:
    """Nobody with 8 or 9 was asked on; that makes them unresolved, not a no."""
    gate, question = [1] * 60 + [2] * 30 + [8] * 6 + [9] * 4, [1, 2] * 30 + [None] * 40
    assert tried(KNOWN, gate=gate, q=question) == (Gate("gate", ("1",), ("2",)),)


def test_a_code_of_a_gate_without_a_clear_label_is_asked() -> None:
    gate, question = [1] * 60 + [2] * 30 + [3] * 10, [1, 2] * 30 + [None] * 40
    assert tried({**YES_NO, "3": "Elsewhere"}, gate=gate, q=question) == (
        Gate("gate", ("1",), ("2",), ("3",)),
    )
    assert tried({"1": "", "2": "", "3": ""}, gate=gate, q=question) == (
        Gate("gate", ("1",), ("2",), ("3",)),
    )


def test_kinds_of_answers_that_skip_a_question_are_asked_and_a_sure_no_goes_before_them() -> None:
    kinds = {"1": "Employee", "2": "Own account", "3": "Employer", "8": "Don't know"}
    status, question = [1] * 60 + [2] * 30 + [3] * 6 + [8] * 4, [1, 2] * 30 + [None] * 40
    assert tried(kinds, status=status, q=question) == (Gate("status", ("1",), (), ("2", "3")),)
    assert (
        tried({**YES_NO, "3": "Elsewhere"}, gate=[2] * 60 + [1] * 40, q=question) == ()
    )  # of yes/no questions a yes skips nothing
    both = {"1": "Yes", "2": "No"}
    columns = [
        column("sure", codes=both, rows=100),
        column("kind", codes=kinds, rows=100),
        column("q", codes=both, rows=100, filled=60),
    ]
    answers = {"sure": [1] * 60 + [2] * 40, "kind": [1] * 60 + [2] * 40, "q": [1, 2] * 30 + [0] * 40}
    placed = {name: np.array(rows, dtype=np.uint8) for name, rows in answers.items()}
    assert [gate.column for gate in find_gates(placed, columns[-1], columns[:-1])] == ["sure"]


def test_a_gate_behind_a_gate_is_named_with_the_gate_before_it() -> None:
    first = [1] * 60 + [2] * 40
    second = [1] * 20 + [2] * 40 + [None] * 40
    question = [1, 2] * 10 + [None] * 80
    chain = tried(KNOWN, first=first, second=second, q=question)
    assert chain == (Gate("first", ("1",), ("2",)), Gate("second", ("1",), ("2",)))
    third = [1, 2] * 5 + [None] * 90
    behind = tried(KNOWN, first=first, second=second, third=question, q=third)
    assert [gate.column for gate in behind] == []  # half of those whom the third let through have no answer
    third = [1 if v == 1 else None for v in question]
    assert [g.column for g in tried(KNOWN, first=first, second=second, third=question, q=third)] == [
        "first",
        "second",
        "third",
    ]


def test_two_gates_that_everybody_answered_are_both_named() -> None:
    one, two = [1] * 50 + [2] * 50, [1, 2] * 50
    question = [1 if a == b == 1 else None for a, b in zip(one, two, strict=True)]
    assert tried(KNOWN, one=one, two=two, q=question) == (
        Gate("one", ("1",), ("2",)),
        Gate("two", ("1",), ("2",)),
    )


def test_an_answer_by_mistake_in_a_hundred_leaves_a_gate_a_gate() -> None:
    gate, question = [1] * 200 + [2] * 203, [1, 2] * 100 + [1] * 2 + [None] * 201
    assert tried(KNOWN, gate=gate, q=question) == (Gate("gate", ("1",), ("2",)),)
    assert tried(KNOWN, gate=gate, q=[1, 2] * 100 + [1] * 3 + [None] * 200) == ()


def test_what_a_question_led_to_is_not_its_gate() -> None:
    """Of those asked one in five said no, and is not in the column that says whether they did: hardly anybody
    among those who are not."""
    asked, led = [1] * 50 + [2] * 1950, [1] * 40 + [2] * 1960
    question = [1] * 40 + [2] * 10 + [None] * 1950
    assert tried(KNOWN, asked=asked, led=led, q=question) == (Gate("asked", ("1",), ("2",)),)


def test_a_column_that_shuts_out_hardly_anybody_of_those_left_is_no_second_gate() -> None:
    first = [1] * 60 + [2] * 40
    second = [1] * 20 + [2] * 40 + [None] * 40
    other = [2] * 2 + [1] * 96 + [2] * 2
    question = [1, 2] * 10 + [None] * 80
    found = tried(KNOWN, other=other, first=first, second=second, q=question)
    assert [gate.column for gate in found] == ["first", "second"]


@pytest.mark.parametrize(
    "cells", [{"gate": [1, 2], "q": [1, 2]}, {"gate": [1, 2], "q": [None, None]}, {"q": [1, None]}]
)
def test_a_question_that_all_or_none_answered_has_no_gate(cells: dict[str, list[int | None]]) -> None:
    assert tried(KNOWN, **cells) == ()


def test_who_was_asked_a_question_is_tried(tmp_path: Path) -> None:
    blank = [None] * 40
    table = pd.DataFrame(
        {
            "worked": [1] * 60 + [2] * 40,
            "also": [1] * 59 + [2] * 41,
            "q": [1, 2] * 30 + blank,
            "once": [1, 2] * 30 + [1] + blank[1:],
            "asked": [1] * 80 + [2] * 20,
            "r": [1, 2] * 30 + blank,
        }
    )
    table.to_csv(tmp_path / "a.csv", index=False)
    data = DataTable(tmp_path / "a.csv")
    columns: dict[str, ColumnContents] = {c.name: c for c in data.columns()}
    gates = [columns["worked"], columns["also"], columns["asked"]]
    rows, worked = data.answers(list(columns.values())), Gate("worked", ("1",), ("2",))
    assert find_gates(rows, columns["q"], gates) == (worked,)
    assert find_gates(rows, columns["once"], gates) == ()  # one who should have skipped it has an answer
    assert find_gates(rows, columns["worked"], gates) == ()  # everybody has an answer
    assert (
        find_gates(rows, columns["r"], [columns["asked"]]) == ()
    )  # 20 of the 80 who were to be asked have none
    nobody = data.answers(list(columns.values()), ("asked", ["2"]))
    assert find_gates(nobody, columns["q"], [columns["worked"]]) == ()  # among these nobody was asked


def test_of_several_gates_the_one_that_explains_most_blanks_is_taken(tmp_path: Path) -> None:
    blanks = 40
    rows = {
        "some": [1] * 60 + [None] * 20 + [2] * 20, "all": [1] * 60 + [2] * blanks,
        "same": [1] * 60 + [2] * blanks, "q": [1, 2] * 30 + [None] * blanks,
    }  # fmt: skip
    pd.DataFrame(rows).astype("Int64").to_csv(tmp_path / "a.csv", index=False)
    data = DataTable(tmp_path / "a.csv")
    found = {c.name: c for c in data.columns()}
    places = data.answers(list(found.values()))
    assert find_gates(places, found["q"], [found["all"], found["some"]]) == (Gate("all", ("1",), ("2",)),)
    assert find_gates(places, found["q"], [found["some"]]) == (
        Gate("some", ("1",), ("2",)),
    )  # where it is blank, an earlier one shut
    assert find_gates(places, found["q"], [found["all"], found["same"]]) == (Gate("same", ("1",), ("2",)),)
    assert find_gates(places, found["q"], []) == ()
