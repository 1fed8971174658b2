"""Tests that deleted or inserted rows are reported as such, and a sheet with only changed cells is not."""

from __future__ import annotations

import operator
from typing import Any

import pytest

from fltoolkit.report.workbook.moved_rows import moved

Cells = dict[tuple[int, int], Any]
SHEET = [
    ["Head", "Unit"],
    ["fishing", "%"],
    ["farming", "%"],
    ["building", "persons"],
    ["cleaning", "persons"],
]


def cells(rows: list[list[Any]]) -> Cells:
    """The cells of rows that are numbered from 1, as a spreadsheet numbers them."""
    return {
        (r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row) if value is not None
    }


def told(rows: list[list[Any]], then: list[list[Any]] = SHEET) -> str:
    return moved(cells(then), cells(rows), operator.eq)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([*SHEET[:2], *SHEET[3:]], "row 3 (farming) was deleted, so that all rows below moved up; undo that"),
        (
            [SHEET[0], *SHEET[3:]],
            "rows 2 to 3, from (fishing) on, were deleted, so that all rows below moved up; undo that",
        ),
        (SHEET[:4], "row 5 (cleaning) was deleted; undo that"),
        (SHEET[:3], "rows 4 to 5, from (building) on, were deleted; undo that"),
        (
            [*SHEET[:2], ["new", "x"], *SHEET[2:]],
            "1 row(s) were inserted above what was row 3 (farming); take them out",
        ),
        (
            [SHEET[0], [], [], *SHEET[1:]],
            "2 row(s) were inserted above what was row 2 (fishing); take them out",
        ),
    ],
)
def test_what_happened_to_rows_is_told_by_their_number_and_their_words(
    rows: list[list[Any]], words: str
) -> None:
    assert told(rows) == words


@pytest.mark.parametrize(
    "rows",
    [
        SHEET,
        [*SHEET, ["typed", "below"]],
        [*SHEET[:2], ["FARMING", "%"], *SHEET[3:]],
        [*SHEET[:2], SHEET[3], SHEET[2], SHEET[4]],
        [*SHEET[:4], ["cleaning", None]],
    ],
    ids=["untouched", "a row below", "one cell", "two rows that changed places", "one cell emptied"],
)
def test_where_rows_stand_or_are_only_mixed_up_nothing_is_told_of_rows(rows: list[list[Any]]) -> None:
    assert told(rows) == ""


def test_a_last_row_of_a_single_cell_may_have_been_emptied_by_hand() -> None:
    note = [*SHEET, ["a note"]]
    assert told(SHEET, note) == ""


def test_a_row_is_named_by_its_longest_text_cut_short() -> None:
    long = [*SHEET[:3], ["%", "x" * 61], SHEET[4]]
    assert f"row 4 ({'x' * 57}...) was" in told([*SHEET[:3], SHEET[4]], long)
    as_long_as_fits = [*SHEET[:3], ["%", "x" * 60], SHEET[4]]
    assert f"row 4 ({'x' * 60}) was" in told([*SHEET[:3], SHEET[4]], as_long_as_fits)


def test_values_are_compared_as_the_caller_says() -> None:
    """A spreadsheet may hand back 5 as 5.0, or a text with other line ends."""
    same = [[str(value).upper() for value in row] for row in SHEET]
    assert moved(cells(SHEET), cells(same), lambda one, other: str(one).lower() == str(other).lower()) == ""
    assert moved(
        cells(SHEET), cells(same[:1] + same[2:]), lambda one, other: str(one).lower() == str(other).lower()
    ).startswith("row 2 ")
