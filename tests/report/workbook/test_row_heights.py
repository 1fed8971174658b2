"""Tests the heights of a sheet's rows: as many lines as the texts of the cells need."""

from __future__ import annotations

import pytest

from fltoolkit.report.workbook.row_heights import LINE, height_of, least_width, lines_in, width_of_number

TEXT = (
    "The baseline is not shown: too few persons or cases, or hidden so that such a cell cannot be worked out."
)


def test_a_text_takes_more_lines_in_a_narrow_column() -> None:
    assert lines_in(TEXT, 120) == 1
    assert lines_in(TEXT, 60) == 2
    assert lines_in(TEXT, 32) == 3  # as LibreOffice prints it, in Calibri
    assert lines_in("one\ntwo", 60) == 2
    assert lines_in("", 10) == lines_in("x", 10) == 1
    assert lines_in("x" * 60, 20) > 1  # a word that is longer than its line


def test_a_row_is_as_high_as_its_longest_cell() -> None:
    assert height_of([1, 3, 2]) == height_of([3])
    assert height_of([3]) - height_of([1]) == pytest.approx(2 * LINE)
    assert height_of([]) == height_of([1])


def test_a_column_holds_each_word_of_its_head_and_each_number() -> None:
    assert least_width("Baseline value") == least_width("Baseline") > least_width("value")
    assert least_width("Objective/Output") == least_width("Objective/")  # a line may end after the stroke
    assert 7 * width_of_number(1_234_000, 0) + 5 > 9 * 7  # nine signs
    assert width_of_number(-4700, 0) == width_of_number(4700, 0) < width_of_number(4700, 1)
