"""Tests that a correction changes a column in each of its forms, only in the intended rows, and marks
them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from small_surveys import frame_of

from fltoolkit.survey.applied_corrections import (
    BEFORE,
    ENTRY,
    TWICE,
    is_changed,
    with_corrections,
    without_marks,
)
from fltoolkit.survey.spec.corrections import Correction

COLUMNS: dict[str, list[Any]] = {
    "src__ID": ["1", "2", "3", "4"], "src__A": ["5", "7", None, "x"], "num__A": [5.0, 7.0, None, None],
    "fl__code__A": [5, 7, 9, 11], "src__B": ["1", "1", "2", None],
}  # fmt: skip


def made(*corrections: dict[str, Any]) -> pd.DataFrame:
    numbered = [(i, Correction.model_validate({"why": "w", **c})) for i, c in enumerate(corrections, 1)]
    frame = with_corrections(frame_of(**COLUMNS), numbered, ["ID"])
    return frame.sort("src__ID").collect("pandas").to_native()


def listed(column: pd.Series[Any]) -> list[Any]:
    return [None if pd.isna(v) else v for v in column]


@pytest.mark.parametrize(
    ("where", "reached"),
    [
        ({"A": ["5", "x"]}, [1, 0, 0, 1]),
        ({"A": {"min": "5"}}, [1, 1, 0, 0]),
        ({"A": {"max": "6.5"}}, [1, 0, 0, 0]),
        ({"A": {"min": "6", "max": "7"}}, [0, 1, 0, 0]),
        ({"A": {"min": "0"}, "B": "1"}, [1, 1, 0, 0]),
        ({"B": "1", "ID": "2"}, [0, 1, 0, 0]),
    ],
)
def test_a_condition_reaches_the_rows_that_meet_all_of_it(where: dict[str, Any], reached: list[int]) -> None:
    assert listed(made({"where": where, "column": "B", "value": "8"})[ENTRY + "B"]) == reached


@pytest.mark.parametrize("rows", [{"rows": [{"ID": "2"}]}, {"where": {"ID": "2"}}])
@pytest.mark.parametrize(
    ("value", "text", "number", "whole"),
    [
        ("41", "41", 41.0, 41),
        ("missing", None, None, None),
        ("2.5", "2.5", 2.5, "gone"),
        ("08", "08", 8.0, "gone"),
        ("z", "z", None, "gone"),
    ],
)
def test_text_number_and_code_change_together(
    rows: dict[str, Any], value: str, text: str, number: float, whole: object
) -> None:
    table = made({**rows, "column": "A", "value": value})
    assert listed(table["src__A"]) == ["5", text, None, "x"]
    assert listed(table["num__A"]) == [5.0, number, None, None]
    if whole == "gone":  # a code that is no whole number: the column is text
        assert "fl__code__A" not in table
    else:
        assert listed(table["fl__code__A"]) == [5, whole, 9, 11]
    assert listed(table[BEFORE + "A"]) == ["5", "7", None, "x"]


def test_a_later_correction_sees_what_an_earlier_one_made() -> None:
    table = made(
        {"rows": [{"ID": "1"}], "column": "A", "value": "7"},
        {"where": {"A": "7"}, "column": "B", "value": "9"},
    )
    assert listed(table["src__B"]) == ["9", "9", "2", None]


def test_a_cell_that_two_corrections_reach_is_marked_with_both() -> None:
    table = made(
        {"rows": [{"ID": "1"}, {"ID": "4"}], "column": "A", "value": "1"},
        {"where": {"B": "1"}, "column": "A", "value": "2"},
    )
    assert listed(table[ENTRY + "A"]) == [1, 2, 0, 1]
    assert listed(table[TWICE + "A"]) == [2, 0, 0, 0]


def test_marks_go_and_a_change_from_or_to_a_blank_is_one() -> None:
    corrections = [
        (1, Correction(rows=({"ID": "3"},), column="A", value="1", why="w")),
        (2, Correction(rows=({"ID": "1"},), column="A", value="missing", why="w")),
        (3, Correction(rows=({"ID": "2"},), column="A", value="7", why="w")),
    ]
    frame = with_corrections(frame_of(**COLUMNS), corrections, ["ID"])
    told = frame.sort("src__ID").select(is_changed("A").alias("d")).collect("pandas").to_native()
    assert listed(told["d"]) == [True, False, True, False]
    assert sorted(without_marks(frame, ["A"]).collect_schema().names()) == sorted(COLUMNS)
