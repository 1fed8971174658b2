"""Makes rows of a Word table, and paragraphs, as XML.

All rows of a table are written as one piece of XML. Writing each cell with python-docx would take several
times as long, because python-docx searches the document for each cell and for each name of a style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from fltoolkit.languages.marked_text import STAR, runs
from fltoolkit.report.document_formats.column_widths import CELL_MARGIN, MARKER, MOVED, is_moved
from fltoolkit.report.document_formats.word_styles import BLUE, GREY, LINE, PALE, REGION
from fltoolkit.show.printed_tables.printed_table import NBSP, Kind, PrintedCell, PrintedTable

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML cannot hold them
SHORT, FIRST = (
    14,
    8,
)  # rows of a table that is never broken, at most, and rows (with headings) that stand above a break, at least
BESIDE = 45  # twips from the end of a number to its marker
NO_WRAP = "<w:noWrap/>"  # a number stays on one line
RIGHT, SPACE = '<w:jc w:val="right"/>', ' xml:space="preserve"'
BEFORE_WORD = re.compile(r"(?<=\d) (?=[^\W\d_])")  # the space between a number and the word behind it
BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>", "\r": "<w:br/>"}


def clean(text: str) -> str:
    """Returns a text without characters that XML does not allow."""
    return FORBIDDEN.sub("", text)


def add(word: Any, text: str, style: str) -> Any:
    """Adds a paragraph with a text at the end of a Word document, and returns the paragraph. `style` is the
    name of its style.

    The style is set by its id, because python-docx needs time to find a style by its name.
    """
    paragraph = word.add_paragraph()
    paragraph._p.style = None if style == "Normal" else style.replace(" ", "")
    write(paragraph, text)
    return paragraph


def write(paragraph: Any, text: str, *, bold: bool = False) -> None:
    """Adds a text to the end of a paragraph of a Word document. Parts of the text that are in another
    language than the document are printed in italics with a star, and marked with their language. No line
    breaks between a number and the word behind it."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    for run in _runs(BEFORE_WORD.sub(NBSP, text), f" {nsdecls('w')}", bold=bold):
        paragraph._p.append(parse_xml(run))


def rows(block: PrintedTable, widths: tuple[float, ...]) -> list[Any]:
    """Returns the head and the rows of a printed table as XML elements of a Word document. `widths` are the
    widths of its columns in centimetres."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    columns = [
        WordColumn(width, head.kind, marked, moved=is_moved(block, place))
        for place, (width, head, marked) in enumerate(zip(widths, block.heads, block.marked, strict=True))
    ]
    above = [replace(columns[0], moved=False), *columns[1:]]
    heads = tuple(PrintedCell(head.text) for head in block.heads)
    across, strong = (
        tuple(len(row) == 1 and (row[0].strong or every) for row in block.rows) for every in (True, False)
    )
    lines = "".join(
        _row(
            line, columns if i else above, is_head=i == 0, stays_with_next=stays_with_next(i, across, strong)
        )
        for i, line in enumerate([heads, *block.rows])
    )
    return list(parse_xml(f"<w:tbl {nsdecls('w')}>{lines}</w:tbl>"))


def stays_with_next(place: int, across: tuple[bool, ...], strong: tuple[bool, ...] = ()) -> bool:
    """Returns whether a row of a Word table must stay on the same page as the row or note after it.

    In a short table, all rows must stay with the next one, so that the table and its note are on one page. A
    longer table breaks only above a heading across it, and never after its first rows or before its last two.
    A short part below a strong heading, with the headings in it, never breaks. A long part below a heading
    also breaks between its rows.

    Args:
        place: the number of the row; the head is 0.
        across: for each row below the head, whether it is a heading across the table.
        strong: for each row, whether it is a strong heading.
    """
    rows = len(across)
    if rows <= SHORT or place < FIRST or place > rows - 2:
        return True
    return any(_is_in_short_part(place, heads) for heads in (across, strong) if any(heads))


def _is_in_short_part(place: int, heads: tuple[bool, ...]) -> bool:
    """Returns whether a row and the next one are in a part of a table that is never broken. `heads` says
    which rows begin a part."""
    begin = max((at for at in range(place) if heads[at]), default=0)
    end = next((at for at in range(place, len(heads)) if heads[at]), len(heads))
    return end > place and end - begin <= SHORT


@dataclass(frozen=True)
class WordColumn:
    """A column of a Word table: its width in centimetres, the kind of its cells (words or numbers), whether
    any cell has a marker (a letter such as [u] behind a number), and whether its cells are moved to the right
    (see `is_moved`)."""

    width: float
    kind: Kind
    marked: bool
    moved: bool = False


def _row(
    line: tuple[PrintedCell, ...], columns: list[WordColumn], *, is_head: bool, stays_with_next: bool
) -> str:
    """Returns one row of a Word table as XML. A row with a single cell is a heading across the table, or a
    grey line of words.

    No row is forbidden to break, because LibreOffice then leaves out the rows of some long tables. The style
    of the cells keeps lines together.

    Args:
        line: the cells.
        columns: the columns of the table.
        is_head: whether it is the row of column headings.
        stays_with_next: whether the row stays on the same page as the next row.
    """
    across = len(line) == 1 and not is_head
    ruled = _ruled(BLUE, 8) if is_head else _ruled(LINE, 4)
    style = "TableHead" if is_head else "TableText"
    keep = "<w:keepNext/>" if stays_with_next or across else ""
    spanned = [WordColumn(sum(c.width for c in columns), "words", marked=False)] if across else columns
    span = f'<w:gridSpan w:val="{len(columns)}"/>' if across and len(columns) > 1 else ""
    ruled += f'<w:shd w:val="clear" w:color="auto" w:fill="{PALE}"/>' if across and line[0].strong else ""
    if across:
        line = (replace(line[0], strong=not line[0].quiet),)
    cells = "".join(
        '<w:tc><w:tcPr><w:tcW w:type="dxa" '
        f'w:w="{_twips(column.width)}"/>{span}{ruled}{NO_WRAP if cell.is_number and not (is_head or across) else ""}</w:tcPr>'
        "<w:p><w:pPr><w:pStyle "
        f'w:val="{style}"/>{keep}{_alignment(cell, column, is_head=is_head)}</w:pPr>{_text(cell, column, is_head=is_head)}</w:p></w:tc>'
        for cell, column in zip(line, spanned, strict=True)
    )
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if is_head else ''}{cells}</w:tr>"


def _alignment(cell: PrintedCell, column: WordColumn, *, is_head: bool) -> str:
    """Returns the alignment of a cell as XML. The text is empty for a cell of words, which is left-aligned.
    Words below a heading, and those behind a number, are moved a little to the right.

    Numbers are right-aligned. If any number in the column has a marker (such as [u]), all numbers end at the
    same place, and the markers are written after this place.
    """
    if column.kind not in ("value", "number") or not (is_head or cell.is_number):
        return f'<w:ind w:left="{_twips(MOVED)}"/>' if column.moved else ""
    if is_head:
        return (f'<w:ind w:right="{_twips(MARKER)}"/>' if column.marked else "") + RIGHT
    if not column.marked:
        return RIGHT
    end = _twips(column.width - 2 * CELL_MARGIN - MARKER)
    return (
        f'<w:tabs><w:tab w:val="right" w:pos="{end}"/><w:tab w:val="left" w:pos="{end + BESIDE}"/></w:tabs>'
    )


def _text(cell: PrintedCell, column: WordColumn, *, is_head: bool) -> str:
    tabs = column.marked and cell.is_number and not is_head
    behind = f"\t{cell.bracketed}" if cell.text and cell.marker else ""
    return "".join(
        _runs(
            f"\t{cell.text or cell.bracketed}{behind}" if tabs else cell.printed,
            bold=cell.strong,
            grey=cell.quiet,
        )
    )


def _ruled(color: str, size: int) -> str:
    return (
        f'<w:tcBorders><w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/></w:tcBorders>'
    )


def _twips(centimetres: float) -> int:
    from docx.shared import Cm

    return int(Cm(centimetres).twips)


def _runs(text: str, namespace: str = "", *, bold: bool = False, grey: bool = False) -> Iterator[str]:
    """Yields a text as the pieces of XML of which a Word paragraph consists (runs). Tabs and line breaks of
    the text become those of Word."""
    for part in runs(clean(text)):
        pieces = re.split(r"([\t\n\r])", part.text)
        inside = "".join(
            BREAKS.get(piece) or f"<w:t{SPACE if piece != piece.strip() else ''}>{escape(piece)}</w:t>"
            for piece in pieces
            if piece
        )
        language = REGION.get(part.language, part.language)
        color = f'<w:color w:val="{GREY}"/>' if grey else ""
        own = ("<w:i/>", f'<w:lang w:val="{language}"/>') if language else ("", "")
        look = "".join(("<w:b/>" if bold else "", own[0], color, own[1]))  # Word needs them in this order
        look = f"<w:rPr>{look}</w:rPr>" if look else ""
        yield f"<w:r{namespace}>{look}{inside}</w:r>"
        if language:
            yield f'<w:r{namespace}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{STAR}</w:t></w:r>'
