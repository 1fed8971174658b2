"""Tests what a sheet says of itself before it is written: the texts that repeat the row above, and the
paper."""

from __future__ import annotations

from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow
from fltoolkit.spreadsheets import A4, A4_UPRIGHT


def page(*rows: SheetRow, width: float = 30) -> Page:
    columns = (Column("By", width), Column("Category", width, key="category"))
    return Page("rates", "Rates", "", columns, rows, once=(0, 1))


def test_a_text_repeats_the_row_above_if_all_that_is_more_general_does_too() -> None:
    rows = [("sex", "men"), ("sex", "men"), ("sex", "women"), ("region", "women"), (None, "x"), (None, "x")]
    assert page(*map(SheetRow, rows)).repeats == [set(), {0, 1}, {0}, set(), set(), set()]


def test_what_partners_type_never_counts_as_repeated() -> None:
    """It would vanish from their sight."""
    row = SheetRow(("sex", "men"), inputs=("category",))
    assert page(row, row).repeats == [set(), {0}]


def test_a_wide_sheet_is_printed_across() -> None:
    assert [page(width=width).paper for width in (30, 90)] == [A4_UPRIGHT, A4]
