"""Makes the list of contents of a Word document: a line for each heading, with a link to the heading and the
number of its page."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats.document_blocks import LISTED, Contents
from fltoolkit.report.document_formats.word_rows import clean
from fltoolkit.report.document_formats.word_styles import element


def contents(block: Contents) -> list[Any]:
    """Returns the paragraphs of the list of contents of a Word document as XML elements.

    A page number is a field (PAGEREF), because only the program that shows the document knows the pages. Word
    fills in the number when the document is opened. LibreOffice also does this when it converts the document.
    Word's own list (a TOC field) would have no page numbers in LibreOffice, which fills in such a list only
    if a user asks for it.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    lines = [_paragraph("TOCHeading", f"<w:r><w:t>{escape(clean(block.title))}</w:t></w:r>")]
    for n, head in enumerate(block.headings):
        text = (
            "<w:r><w:t "
            f'xml:space="preserve">{escape(clean(unmarked(head.text)))}</w:t></w:r><w:r><w:tab/></w:r>'
        )
        page = f'<w:fldSimple w:instr="PAGEREF {_name(n)} \\h" w:dirty="true"/>'
        lines.append(
            _paragraph(
                f"TOC{head.level}",
                f'<w:hyperlink w:anchor="{_name(n)}" w:history="1">{text}{page}</w:hyperlink>',
            )
        )
    return list(parse_xml(f"<w:body {nsdecls('w')}>{''.join(lines)}</w:body>"))


def mark_headings(word: Any) -> None:
    """Adds a bookmark to each heading of a Word document (`word`) that its list of contents names. The links
    in the list lead to these bookmarks."""
    styles = tuple(f"Heading{level}" for level in range(1, LISTED + 1))
    heads = [p for p in word.element.body.iterchildren("{*}p") if p.style in styles]
    for n, head in enumerate(heads):
        head.insert(1 if head.pPr is not None else 0, element("w:bookmarkStart", id=str(n), name=_name(n)))
        head.append(element("w:bookmarkEnd", id=str(n)))


def _name(n: int) -> str:
    return f"_Toc{n:06d}"


def _paragraph(style: str, inside: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'
