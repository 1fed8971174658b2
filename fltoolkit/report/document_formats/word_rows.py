"""Rows of a Word table, and paragraphs, as XML of one piece: python-docx looks through the document for each cell and each style's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from fltoolkit.languages.marked_text import STAR, runs
from fltoolkit.report.document_formats.document_blocks import DocumentTable
from fltoolkit.report.document_formats.word_styles import BLUE, LINE, REGION

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML cannot hold them
RIGHT, SPACE = '<w:jc w:val="right"/>', ' xml:space="preserve"'
BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>", "\r": "<w:br/>"}


def clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return FORBIDDEN.sub("", text)


def add(word: Any, text: str, style: str) -> Any:
    """A paragraph at the end, in the style of this name. Set by its id: a name is looked up each time."""
    paragraph = word.add_paragraph()
    paragraph._p.style = None if style == "Normal" else style.replace(" ", "")
    write(paragraph, text)
    return paragraph


def write(paragraph: Any, text: str) -> None:
    """Put a text at the end of a paragraph, what is of another language in italics, with its language and a star."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    for run in _runs(text, f" {nsdecls('w')}"):
        paragraph._p.append(parse_xml(run))


def rows(block: DocumentTable, width: float) -> list[Any]:
    """A table's head and rows, so many centimetres wide, as elements."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    lines = "".join(_row(block, i, line, width) for i, line in enumerate([block.columns, *block.rows]))
    return list(parse_xml(f"<w:tbl {nsdecls('w')}>{lines}</w:tbl>"))


def _row(block: DocumentTable, i: int, line: tuple[str, ...], width: float) -> str:
    """One row; the first is the head, and one of a single cell a heading across the table."""
    across = len(line) == 1
    ruled = _ruled(BLUE, 8) if i == 0 else _ruled(LINE, 4)
    style = "TableText" if i and not across else "TableHead"
    kept = "<w:keepNext/>" if i <= 1 or across else ""
    span = f'<w:gridSpan w:val="{len(block.columns)}"/>' if across and len(block.columns) > 1 else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{_twips(width if across else share * width)}"/>{span}{ruled}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{RIGHT if right else ""}</w:pPr>{"".join(_runs(text))}</w:p></w:tc>'
        for text, share, right in zip(line, block.widths, block.numbers, strict=False)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'' if i else '<w:tblHeader/>'}</w:trPr>{cells}</w:tr>"


def _ruled(color: str, size: int) -> str:
    return f'<w:tcBorders><w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/></w:tcBorders>'


def _twips(centimetres: float) -> int:
    from docx.shared import Cm

    return int(Cm(centimetres).twips)


def _runs(text: str, namespace: str = "") -> Iterator[str]:
    """A text as runs, its tabs and line breaks as Word has them."""
    for part in runs(clean(text)):
        pieces = re.split(r"([\t\n\r])", part.text)
        inside = "".join(
            BREAKS.get(piece) or f"<w:t{SPACE if piece != piece.strip() else ''}>{escape(piece)}</w:t>"
            for piece in pieces
            if piece
        )
        language = REGION.get(part.language, part.language)
        look = f'<w:rPr><w:i/><w:lang w:val="{language}"/></w:rPr>' if language else ""
        yield f"<w:r{namespace}>{look}{inside}</w:r>"
        if language:
            yield f'<w:r{namespace}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{STAR}</w:t></w:r>'
