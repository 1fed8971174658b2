"""Tests the table of contents of a Word document: a line for each heading with a link, and a field with its
page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from fltoolkit.report.document_formats.document_blocks import Contents, Document, Heading, Paragraph
from fltoolkit.report.document_formats.word_writer import as_word

HEADS = (Heading("One", new_page=True), Heading("A & B", 2), Heading("Below", 3), Heading("Two"))
LISTED = tuple(head for head in HEADS if head.level < 3)


@pytest.fixture(scope="module")
def body() -> Any:
    blocks = (Contents("Contents", LISTED), *(b for head in HEADS for b in (head, Paragraph("text"))))
    return docx.Document(BytesIO(as_word(Document("skeleton", "t", "s", "en", blocks)))).element.body


def test_each_line_leads_to_its_heading(body: Any) -> None:
    links = [
        (link.get(qn("w:anchor")), "".join(t.text for t in link.iter(qn("w:t"))))
        for link in body.iter(qn("w:hyperlink"))
    ]
    marks = {
        mark.get(qn("w:name")): "".join(t.text for t in mark.getparent().iter(qn("w:t")))
        for mark in body.iter(qn("w:bookmarkStart"))
    }
    assert [text for _, text in links] == ["One", "A & B", "Two"]
    assert [marks[name] for name, _ in links] == ["One", "A & B", "Two"]
    assert len(marks) == 3
    ids = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkEnd"))]
    assert ids == [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]


def test_each_line_has_a_field_with_the_page_of_its_heading_which_is_filled_in_when_the_document_is_opened(
    body: Any,
) -> None:
    """A field of Word's own list (TOC) around the lines would keep LibreOffice from filling in the pages."""
    fields = list(body.iter(qn("w:fldSimple")))
    assert [field.get(qn("w:instr")) for field in fields] == [rf"PAGEREF _Toc{n:06d} \h" for n in range(3)]
    assert {field.get(qn("w:dirty")) for field in fields} == {"true"}
    assert not [code.text for code in body.iter(qn("w:instrText")) if "TOC " in code.text]
    lines = [p.style for p in body.iter(qn("w:p")) if (p.style or "").startswith("TOC")]
    assert lines == ["TOCHeading", "TOC1", "TOC2", "TOC1"]


def test_a_document_without_a_list_has_no_marks() -> None:
    made = docx.Document(BytesIO(as_word(Document("brief", "t", "s", "en", HEADS))))
    assert not list(made.element.body.iter(qn("w:bookmarkStart")))
