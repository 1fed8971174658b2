"""Tests the comments at the end of a draft: questions to children, exceptions, select-multiple questions in
one column or several, and columns without a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from draft_columns import YES_NO, column, unused

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import usual_codes
from fltoolkit.authoring.draft.commented_blocks import (
    blocks,
    columns_not_used,
    find_blocks,
    questions_not_placed,
)
from fltoolkit.authoring.draft.question_gates import Gate
from fltoolkit.authoring.draft.question_lines import Questions, find_questions
from fltoolkit.authoring.draft.yaml_lines import YamlLine


def text(lines: Iterable[YamlLine]) -> list[str]:
    return [str(line) for line in lines]


def drawn(
    path: Path,
    rows: Mapping[str, Sequence[object]],
    labels: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[str, str]] | None = None,
) -> list[str]:
    """The commented blocks of a small table with a column of age."""
    held = unused(path, rows, labels, codes)
    age = next((c for c in held.columns if c.name == "age"), None)
    found = find_blocks(held, age)
    return [line for block in blocks(found, find_questions(held, None)) for line in text(block)]


def test_questions_that_no_adult_answered_and_those_on_a_child_go_to_the_children(tmp_path: Path) -> None:
    rows = {
        "age": [10] * 20 + [30] * 20 + [999] * 2,
        "E1": [1, 2] * 10 + [None] * 22,
        "E2": [1, 2] * 21,
        "F": [1, 2] * 21,
    }
    labels = {"E1": "Worked for others", "E2": "The child was locked in", "F": "Was locked in"}
    lines = drawn(tmp_path, rows, labels, dict.fromkeys(labels, YES_NO))
    assert lines == [
        "# Questions on children, or asked of children only. They go under children: (docs/survey_yaml.md):",
        "# children:  # third_party or with_parents: done, threat, by_third_party; or worst_forms",
        "#   <answer>: {column: E1, label: Worked for others}  # 1 Yes, 2 No",
        "#   <answer>: {column: E2, label: The child was locked in}  # 1 Yes, 2 No",
    ]


def test_the_columns_of_a_childs_parents_are_known_by_their_labels(tmp_path: Path) -> None:
    rows = {
        "age": [10] * 20 + [30] * 20,
        "M": [1, 2, 90, 91] * 5 + [None] * 20,
        "P": [1, 90] * 10 + [None] * 20,
    }
    labels = {"M": "Line number of the mother", "P": "Line number of the father"}
    lines = drawn(
        tmp_path,
        rows,
        labels,
        {"M": {"1": "", "2": "", "90": "Died", "91": "Elsewhere"}, "P": {"1": "", "90": "Died"}},
    )
    assert lines[-1] == (
        "#   parents: {line: <answer>, columns: [M, P], none: <answer>, elsewhere: <answer>}  # 90 "
        "Died, 91 Elsewhere; 90 Died"
    )


def test_codes_of_exceptions_each_stand_under_their_kind(tmp_path: Path) -> None:
    codes = {"0": "None", "1": "Military service", "2": "Prison labour", "8": "Don't know"}
    rows = {"X": [0, 1, 2, 8] * 10, "L": [1, 2] * 20, "Q": [1, 2] * 20}
    labels = {"X": "Kind of work", "L": "Work stayed within limits", "Q": "Locked in"}
    lines = drawn(tmp_path, rows, labels, {"X": codes, "L": YES_NO, "Q": YES_NO})
    assert [line.partition("  #")[0] for line in lines[1:]] == [
        "# exceptions:",
        "#   kinds:",
        "#     military_conscription: {column: X, label: Kind of work, dont_know: 8, yes: 1, no: [0, 2]}",
        "#     convict_labour: {column: X, label: Kind of work, dont_know: 8, yes: 2, no: [0, 1]}",
        "#   within_limits: {column: L, label: Work stayed within limits}",
    ]


@pytest.mark.parametrize(
    ("cells", "separator", "options"),
    [
        (["1 3 4", "1", "2 3", "4"], '" "', ["1", "2", "3", "4"]),
        (["1,3", "1", "10,2", ""], '","', ["1", "2", "3", "10"]),
        (["a;c", "b", "a;b", "c"], '";"', ["a", "b", "c"]),
        (["1|2", "1", "2", "2|1"], '"|"', ["1", "2"]),
        (["threats debt", "debt", "threats", "debt"], '" "', ["debt", "threats"]),
    ],
)
def test_one_column_of_codes_is_told_by_its_separator(
    tmp_path: Path, cells: list[str], separator: str, options: list[str]
) -> None:
    lines = drawn(tmp_path, {"P": cells * 30, "n": range(120)}, {"P": "Penalties"})
    assert lines[:2] == [
        "# Questions with several answers. Move the line of an answer under its item, and remove its #.",
        "#   P  # Penalties",
    ]
    written = [f"#     - {{column: P, contains: {o}, separator: {separator}}}" for o in options]
    assert [line.partition("  #")[0] for line in lines[2:]] == written


@pytest.mark.parametrize(
    "cells",
    [
        ["beaten by Q", "no food", "he hit", "sold me"],
        ["Ana Q", "Eva R", "Li S", "Bo T"],
        ["1 1", "2 2", "1 2", "2"],
    ],
)
def test_text_and_names_are_no_codes_and_none_of_their_words_is_written(
    tmp_path: Path, cells: list[str]
) -> None:
    assert drawn(tmp_path, {"P": cells + ["1"] * 36, "n": range(40)}, {"P": "What happened"}) == []


@pytest.mark.parametrize("names", [("Q7_1", "Q7_2"), ("Q7/1", "Q7/2"), ("Q7__1", "Q7__2"), ("Q7.a", "Q7.b")])
def test_columns_of_one_and_nought_that_differ_in_a_number_are_one_question(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    lines = drawn(
        tmp_path,
        {names[0]: [0, 1] * 20, names[1]: [1, 1, None, 1] * 10, "Q8_1": [1, 2] * 20, "Q8_2": [1, 2] * 20},
        {names[0]: "Threats"},
    )
    assert lines[1:] == [
        (
            "#   Q7  # a person who ticked don't know or refused has a 0 here that does not mean no: "
            "docs/how_to.md, Select-multiple"
        ),
        f"#     - {{column: {quoted(names[0])}, yes: 1, no: 0}}  # Threats",
        f"#     - {{column: {quoted(names[1])}, yes: 1, no: 0}}  # what does this answer mean?",
    ]


def quoted(name: str) -> str:
    return f'"{name}"' if "/" in name else name


def asked(placed: Mapping[str, list[ColumnContents]], gates: Mapping[str, Gate] | None = None) -> Questions:
    columns = tuple(c for found in placed.values() for c in found)
    return Questions(
        columns,
        True,
        usual_codes(columns),
        placed,
        {name: (gate,) for name, gate in (gates or {}).items()},
        {},
    )


def test_what_has_no_place_is_listed_and_a_gate_says_whom_it_sends_on(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    g, q, other = (
        column("g", codes=YES_NO),
        column("q", codes=YES_NO),
        column("x", "Shoe size", {str(i): "" for i in range(14)}),
    )
    held.columns, held.used = [g, q, other], {"q"}
    questions = asked({"any_work": [g, q]}, {"q": Gate("g", ("1",), ("2",))})
    assert text(questions_not_placed(held, questions)) == [
        "# Questions not placed. Move a line under any_work or an item of items, and remove its #.",
        "#     - {column: g}  # 1 Yes, 2 No; says who was asked q",
    ]
    assert text(columns_not_used(held, questions)) == [
        "# Columns not used:",
        "#   x  # Shoe size; 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …",
    ]
    held.used = {"g", "q", "x"}
    assert text(questions_not_placed(held, questions)) == text(columns_not_used(held, questions)) == []
