"""The list of contents of a Word document: a field that Word updates, with links to the headings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats.document_blocks import LISTED, Contents
from fltoolkit.report.document_formats.word_rows import clean
from fltoolkit.report.document_formats.word_styles import element

GALLERY = "Table of Contents"  # the name under which Word offers to update the list


def contents(block: Contents) -> Any:
    """Returns the list of contents of a Word document as an XML element.

    It has no page numbers yet. Word adds them when the document is opened, because only Word knows the pages.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    begin = _mark("begin", dirty="true") + _code(f'TOC \\o "1-{LISTED}" \\h \\z \\u') + _mark("separate")
    lines = "".join(_lines(block, begin))
    return parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="{GALLERY}"/><w:docPartUnique/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{lines}</w:sdtContent></w:sdt>"
    )


def mark_headings(word: Any) -> None:
    """Gives each heading in the list of contents a bookmark. The link in the list leads to it."""
    styles = tuple(f"Heading{level}" for level in range(1, LISTED + 1))
    heads = [p for p in word.element.body.iterchildren("{*}p") if p.style in styles]
    for n, head in enumerate(heads):
        head.insert(1 if head.pPr is not None else 0, element("w:bookmarkStart", id=str(n), name=_name(n)))
        head.append(element("w:bookmarkEnd", id=str(n)))


def _lines(block: Contents, begin: str) -> Iterator[str]:
    """Yields the paragraphs of the list of contents: its title, a line for each heading, and the end of Word's field."""
    yield _paragraph("TOCHeading", f"<w:r><w:t>{escape(clean(block.title))}</w:t></w:r>")
    for n, head in enumerate(block.headings):
        number = f"{_mark('begin')}{_code(_page_of(n))}{_mark('separate')}{_mark('end')}"
        text = f'<w:r><w:t xml:space="preserve">{escape(clean(unmarked(head.text)))}</w:t></w:r><w:r><w:tab/></w:r>'
        yield _paragraph(
            f"TOC{head.level}",
            f'{begin if n == 0 else ""}<w:hyperlink w:anchor="{_name(n)}" w:history="1">{text}{number}</w:hyperlink>',
        )
    yield _paragraph("Gap", _mark("end"))


def _name(n: int) -> str:
    return f"_Toc{n:06d}"


def _page_of(n: int) -> str:
    return f"PAGEREF {_name(n)} \\h"


def _paragraph(style: str, inside: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def _mark(kind: str, **more: str) -> str:
    """Returns one of the three marks of a field in Word's XML: where the field begins, where its result begins, or where it ends."""
    values = {"fldCharType": kind, **more}
    return f"<w:r><w:fldChar {' '.join(f'w:{name}={quoteattr(value)}' for name, value in values.items())}/></w:r>"


def _code(text: str) -> str:
    """Returns the XML of a field's instruction, which tells Word what to insert there."""
    return f'<w:r><w:instrText xml:space="preserve"> {escape(text)} </w:instrText></w:r>'
