"""Tests rows of a Word table: python-docx reads back what was written, whatever the text."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from fltoolkit.languages.marked_text import mark
from fltoolkit.report.document_formats.column_widths import CELL_MARGIN
from fltoolkit.report.document_formats.document_blocks import Document, Paragraph
from fltoolkit.report.document_formats.word_rows import FIRST, SHORT, add, stays_with_next
from fltoolkit.report.document_formats.word_writer import as_word
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable

TEXTS = ("a < b & c > d", ' "quoted" ', "two\nlines", "a\ttab", "", "bell\x07", "  ", "é–[c]", "<w:p/>")


def written(table: PrintedTable) -> Any:
    (made,) = docx.Document(BytesIO(as_word(Document("brief", "t", "s", "en", (table,))))).tables
    return made


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    made = written(
        PrintedTable(
            "t",
            (Head("a", "head"), Head("b", text, "number")),
            ((PrintedCell(text), PrintedCell("x", number=True)),),
        )
    )
    wanted = text.replace("\x07", "")
    assert (made.cell(0, 1).text, made.cell(1, 0).text, made.cell(1, 1).text) == (wanted, wanted, "x")


def test_heads_numbers_and_headings_across_are_told_apart() -> None:
    rows = (
        (PrintedCell("1"), PrintedCell("2", number=True)),
        (PrintedCell("across"),),
        (PrintedCell("3"), PrintedCell("4", number=True)),
    )
    made = written(PrintedTable("t", (Head("a", "a"), Head("b", "b", "number")), rows))
    paragraphs = [[p for c in row.cells for p in c.paragraphs] for row in made.rows]
    assert [p[0].style.name for p in paragraphs] == ["Table Head", "Table Text", "Table Text", "Table Text"]
    assert [p[-1].alignment for p in paragraphs] == [
        WD_ALIGN_PARAGRAPH.RIGHT,
        WD_ALIGN_PARAGRAPH.RIGHT,
        None,
        WD_ALIGN_PARAGRAPH.RIGHT,
    ]
    assert [bool(p[0].paragraph_format.left_indent) for p in paragraphs] == [False, True, False, True]
    assert all(
        p[0].paragraph_format.keep_with_next for p in paragraphs
    )  # a short table stays whole, with its note
    assert [len(row._tr.tc_lst) for row in made.rows] == [2, 2, 1, 2]


def test_a_heading_across_is_bold_one_of_the_first_level_is_shaded_and_a_line_of_words_is_grey() -> None:
    lines = (
        PrintedCell("Objective", strong=True),
        PrintedCell("Rate"),
        PrintedCell("Means of verification", quiet=True),
    )
    made = written(
        PrintedTable(
            "t", (Head("a", "a"), Head("b", "b")), (*((line,) for line in lines), (PrintedCell("x"),) * 2)
        )
    )
    first, second, third, row = (made.rows[n]._tr.tc_lst[0] for n in range(1, 5))
    assert [cell.find(f".//{qn('w:b')}") is not None for cell in (first, second, third, row)] == [
        True,
        True,
        False,
        False,
    ]
    assert [cell.find(f".//{qn('w:shd')}") is not None for cell in (first, second, third, row)] == [
        True,
        False,
        False,
        False,
    ]
    assert [cell.find(f".//{qn('w:color')}") is not None for cell in (first, second, third, row)] == [
        False,
        False,
        True,
        False,
    ]


def test_words_behind_a_number_stand_apart_from_it() -> None:
    heads = (Head("a", "a", "label"), Head("b", "b", "value"), Head("c", "c"), Head("d", "d"))
    cells = (PrintedCell("x"), PrintedCell("1", number=True), PrintedCell("by 2030"), PrintedCell("y"))
    made = written(PrintedTable("t", heads, (cells,)))
    moved = [
        [bool(cell.paragraphs[0].paragraph_format.left_indent) for cell in row.cells] for row in made.rows
    ]
    assert moved == [[False, False, True, False]] * 2


def test_a_number_stays_on_one_line_and_a_text_wraps() -> None:
    heads = (Head("a", "A long heading"), Head("b", "Another", "number"))
    made = written(PrintedTable("t", heads, ((PrintedCell("a text"), PrintedCell("▼ −2,800", number=True)),)))
    unbroken = [
        [cell.find(f".//{qn('w:noWrap')}") is not None for cell in row._tr.tc_lst] for row in made.rows
    ]
    assert unbroken == [[False, False], [False, True]]


@pytest.mark.parametrize("rows", [1, SHORT, SHORT + 1, 2 * SHORT])
def test_a_short_table_is_never_broken_and_a_long_one_neither_below_its_head_nor_above_its_note(
    rows: int,
) -> None:
    made = written(
        PrintedTable(
            "t", (Head("a", "a"), Head("b", "b")), tuple((PrintedCell(str(n)),) * 2 for n in range(rows))
        )
    )
    loose = [n for n, row in enumerate(made.rows) if row._tr.find(f".//{qn('w:keepNext')}") is None]
    assert loose == (list(range(FIRST, rows - 1)) if rows > SHORT else [])


def test_a_long_table_breaks_only_above_a_heading_and_a_long_part_between_its_rows() -> None:
    parts = (False, *(True, False, False, False) * 4)
    assert [n for n in range(len(parts) + 1) if not stays_with_next(n, parts)] == [9, 13]
    few = (True, True, False, False, *(True, False, False, False) * 4)
    assert next(n for n in range(len(few)) if not stays_with_next(n, few)) == 8  # not below the first rows
    long = (True, *(False,) * (SHORT + 2), True, False, False)
    assert [n for n in range(len(long) + 1) if not stays_with_next(n, long)] == list(range(FIRST, SHORT + 4))
    strong = tuple(n == 9 for n in range(len(parts)))  # an indicator, whose groups then stay together
    assert [n for n in range(len(parts) + 1) if not stays_with_next(n, parts, strong)] == [9]


def test_numbers_end_at_one_place_and_their_markers_follow() -> None:
    """A tab stop holds the end of the numbers, and the head stands above it."""
    values = (
        PrintedCell("8.0", "u", number=True),
        PrintedCell("17.2", number=True),
        PrintedCell("", "c"),
        PrintedCell("to be filled"),
    )
    table = PrintedTable(
        "t",
        (Head("a", "a", "label"), Head("b", "b", "value")),
        tuple((PrintedCell("x"), value) for value in values),
    )
    head, *cells = (row.cells[1] for row in written(table).rows)
    assert [cell.text for cell in cells] == ["\t8.0\t[u]", "\t17.2", "\t[c]", "to be filled"]
    stops = [[stop.position.cm for stop in cell.paragraphs[0].paragraph_format.tab_stops] for cell in cells]
    assert stops[0] == stops[1] == stops[2]
    end, marker = stops[0]
    assert end < marker < end + 0.1
    assert stops[3] == []
    inside = head.width.cm - 2 * CELL_MARGIN
    assert inside - stops[0][0] == pytest.approx(
        head.paragraphs[0].paragraph_format.right_indent.cm, abs=0.01
    )


def test_a_paragraph_has_its_style_and_body_text_none() -> None:
    word = docx.Document(
        BytesIO(as_word(Document("brief", "t", "s", "en", (Paragraph("a"), Paragraph("b", "prompt")))))
    )
    assert [p.style.name for p in word.paragraphs] == ["Title", "Subtitle", "Normal", "Prompt"]


def test_text_of_another_language_is_in_italics_with_its_language_and_a_star() -> None:
    word = docx.Document()
    add(word, f"au total, {mark('the North', 'en')}", "Normal")
    runs = word.paragraphs[-1].runs
    assert [(run.text, bool(run.italic), bool(run.font.superscript)) for run in runs] == [
        ("au total, ", False, False),
        ("the North", True, False),
        ("*", False, True),
    ]
    assert [lang.get(qn("w:val")) for run in runs for lang in run._r.iter(qn("w:lang"))] == ["en-GB"]
