"""Tests the heights of a sheet's rows: as many lines as the texts of the cells need."""

from __future__ import annotations

import pytest

from fltoolkit.report.workbook.row_heights import LINE, height_of, lines_in

TEXT = "The baseline is not shown: too few persons or cases, or hidden so that such a cell cannot be worked out."


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
