"""Tests the widths of columns on paper, by their content."""

from __future__ import annotations

import pytest

from fltoolkit.languages.marked_text import mark
from fltoolkit.report.document_formats.column_widths import MOVED, least, width_of, widths
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable

PAGE = 17.0
LONG = "to be filled by the partners of the plan when they have met and agreed"


def table(label: str, words: str, number: str = "1,234", marker: str = "") -> PrintedTable:
    heads = (Head("a", "Group", "label"), Head("b", "Value", "value"), Head("c", "What", "words"))
    return PrintedTable(
        "t", heads, ((PrintedCell(label), PrintedCell(number, marker, number=True), PrintedCell(words)),)
    )


def test_columns_fill_the_page_whatever_stands_in_them() -> None:
    for words in ("", "short", LONG, LONG * 5):
        assert sum(widths(table("men", words), PAGE)) == pytest.approx(PAGE)


def test_a_long_text_gives_way_to_numbers_and_labels() -> None:
    label, number, words = widths(table("Non-market services excl. domestic work", LONG * 4), PAGE)
    assert label > 5  # thirty-nine letters of eight points on one line: about 5.1 cm
    assert number < words
    assert words > label


def test_where_there_is_little_room_a_verdict_has_two_lines_before_a_label_has_one() -> None:
    made = table("Non-market services excl. domestic work", "no detectable change")
    page = least(made) + 1
    label, _, words = widths(made, page)
    assert words > width_of("no detectable") > least(table("x", "detectable")) - least(table("x", ""))
    assert label < 5 < widths(made, PAGE)[0]


def test_a_longer_number_and_a_marker_need_more_room() -> None:
    short, long, marked = (
        least(table("men", "x", *more)) for more in (("1",), ("1,234,567 to 2,345,678",), ("1", "u"))
    )
    assert long > short + 2
    assert marked > short


def test_the_sign_of_a_verdict_is_as_wide_as_its_letters_are_high() -> None:
    assert least(table("men", "x", "▼\u00a0−2,800")) > least(table("men", "x", "0\u00a0−2,800")) + 0.1


def test_a_line_across_the_table_needs_no_room() -> None:
    plain = table("men", "x")
    short, across = (
        PrintedTable("t", plain.heads, ((PrintedCell(words),), *plain.rows)) for words in ("sex", LONG * 9)
    )
    assert widths(across, PAGE) == widths(short, PAGE)
    assert abs(least(across) - least(plain) - MOVED) < 1e-9  # labels below it are moved to the right


def test_the_marks_of_another_language_need_no_room_but_its_star_does() -> None:
    plain, starred, marked = (
        least(table(label, "x")) for label in ("Region_5", "Region_5*", mark("Region_5", "en"))
    )
    assert plain < starred
    assert marked == starred


def test_a_dash_that_is_bound_to_its_word_is_a_part_of_it() -> None:
    """Before, Word broke *– not detectabl/e* within the word."""
    bound, loose = (
        least(table("men", words)) for words in ("–\u00a0not\u00a0detectable", "– not detectable")
    )
    assert bound - loose == pytest.approx(width_of("–\u00a0not\u00a0"))
