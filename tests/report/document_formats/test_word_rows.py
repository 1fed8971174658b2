"""Rows of a Word table: what python-docx reads back is what was written, whatever the text."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from fltoolkit.languages.marked_text import mark
from fltoolkit.report.document_formats.document_blocks import Document, DocumentTable, Paragraph
from fltoolkit.report.document_formats.word_rows import add
from fltoolkit.report.document_formats.word_writer import as_word

TEXTS = ("a < b & c > d", ' "quoted" ', "two\nlines", "a\ttab", "", "bell\x07", "  ", "é–[c]", "<w:p/>")


def written(table: DocumentTable) -> Any:
    (made,) = docx.Document(BytesIO(as_word(Document("brief", "t", "s", "en", (table,))))).tables
    return made


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    made = written(DocumentTable("t", ("head", text), ((text, "x"),), (0.5, 0.5), (False, True)))
    wanted = text.replace("\x07", "")
    assert (made.cell(0, 1).text, made.cell(1, 0).text, made.cell(1, 1).text) == (wanted, wanted, "x")


def test_heads_numbers_and_headings_across_are_told_apart() -> None:
    made = written(DocumentTable("t", ("a", "b"), (("1", "2"), ("across",), ("3", "4")), (0.25, 0.75), (False, True)))
    paragraphs = [[p for c in row.cells for p in c.paragraphs] for row in made.rows]
    assert [p[0].style.name for p in paragraphs] == ["Table Head", "Table Text", "Table Head", "Table Text"]
    assert [p[-1].alignment for p in paragraphs] == [
        WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.RIGHT, None, WD_ALIGN_PARAGRAPH.RIGHT,
    ]  # fmt: skip
    assert [p[0].paragraph_format.keep_with_next for p in paragraphs] == [True, True, True, None]
    assert [len(row._tr.tc_lst) for row in made.rows] == [2, 2, 1, 2]
    assert [round(cell.width.cm, 1) for cell in made.rows[1].cells] == [4.2, 12.7]


def test_a_paragraph_has_its_style_and_body_text_none() -> None:
    word = docx.Document(BytesIO(as_word(Document("brief", "t", "s", "en", (Paragraph("a"), Paragraph("b", "prompt"))))))
    assert [p.style.name for p in word.paragraphs] == ["Title", "Subtitle", "Normal", "Prompt"]


def test_text_of_another_language_is_in_italics_with_its_language_and_a_star() -> None:
    word = docx.Document()
    add(word, f"au total, {mark('the North', 'en')}", "Normal")
    runs = word.paragraphs[-1].runs
    assert [(run.text, bool(run.italic), bool(run.font.superscript)) for run in runs] == [
        ("au total, ", False, False), ("the North", True, False), ("*", False, True),
    ]  # fmt: skip
    assert [lang.get(qn("w:val")) for run in runs for lang in run._r.iter(qn("w:lang"))] == ["en-GB"]
