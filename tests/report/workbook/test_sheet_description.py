"""Tests what a sheet says of itself before it is written: the rows that begin a block, and the paper."""

from __future__ import annotations

from fltoolkit.report.workbook.sheet_description import REPEATED, Column, Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_writer import shown_once
from fltoolkit.spreadsheets import A4, A4_UPRIGHT


def page(*rows: SheetRow, width: float = 30) -> Page:
    return Page(
        "rates", "Rates", "", (Column("By", width), Column("Category", width)), shown_once(rows, 0), once=(0,)
    )


def test_a_row_in_full_has_the_words_of_the_row_above_unless_they_are_long() -> None:
    line = SheetRow(
        (Styled("region", "unseen"), Styled("x" * (REPEATED + 1), "unseen"), Styled("NO", "warn"), 3)
    )
    assert line.in_full.cells == ["region", Styled("x" * (REPEATED + 1), "unseen"), Styled("NO", "warn"), 3]


def test_a_block_is_a_heading_with_its_rows_and_without_headings_a_group() -> None:
    rows = [
        SheetRow((by, who))
        for by, who in (("sex", "men"), ("sex", "women"), ("region", "north"), ("region", "south"))
    ]
    heading = SheetRow((Styled("Rate", "across"), Styled(None, "across")))
    assert page(*rows).levels == ([0, 2], [0, 2], [0, 2])
    assert page(heading, *rows, heading, *rows).levels == (
        [0, 5],
        [0, 3, 5, 8],
        [0, 3, 5, 8],
    )  # none begins directly below a heading


def test_a_wide_sheet_is_printed_across() -> None:
    assert [page(width=width).paper for width in (30, 90)] == [A4_UPRIGHT, A4]
