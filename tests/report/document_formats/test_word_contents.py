"""The list of contents of a Word document: a line for each heading, which leads to it, and a field that Word keeps up to date."""

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
    links = [(link.get(qn("w:anchor")), "".join(t.text for t in link.iter(qn("w:t")))) for link in body.iter(qn("w:hyperlink"))]
    marks = {
        mark.get(qn("w:name")): "".join(t.text for t in mark.getparent().iter(qn("w:t")))
        for mark in body.iter(qn("w:bookmarkStart"))
    }
    assert [text for _, text in links] == ["One", "A & B", "Two"]
    assert [marks[name] for name, _ in links] == ["One", "A & B", "Two"]
    assert len(marks) == 3
    ids = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkEnd"))]
    assert ids == [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]


def test_it_is_a_field_whose_pages_word_fills_in(body: Any) -> None:
    fields = [field.text.strip() for field in body.find(qn("w:sdt")).iter(qn("w:instrText"))]
    assert fields == [r'TOC \o "1-2" \h \z \u', *(rf"PAGEREF _Toc{n:06d} \h" for n in range(3))]
    marks = [mark.get(qn("w:fldCharType")) for mark in body.find(qn("w:sdt")).iter(qn("w:fldChar"))]
    assert marks.count("begin") == marks.count("end") == marks.count("separate") == 4
    assert [p.style for p in body.find(qn("w:sdt")).iter(qn("w:p"))] == ["TOCHeading", "TOC1", "TOC2", "TOC1", "Gap"]


def test_a_document_without_a_list_has_no_marks() -> None:
    made = docx.Document(BytesIO(as_word(Document("brief", "t", "s", "en", HEADS))))
    assert not list(made.element.body.iter(qn("w:bookmarkStart")))
