"""Makes the paragraphs and the tables of slides as XML (DrawingML). Colours are those of the template's theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from fltoolkit.languages.marked_text import STAR, runs
from fltoolkit.report.document_formats.document_blocks import Facts
from fltoolkit.report.document_formats.slide_fit import ABOVE, BESIDE, FittedTable, SlideText, printable
from fltoolkit.report.document_formats.word_styles import REGION
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable

EMU = 914_400  # per inch
CELLS = " | "  # between two cells of a row in the notes
QUIET = '<a:schemeClr val="tx1"><a:lumMod val="75000"/><a:lumOff val="25000"/></a:schemeClr>'
TITLE, STRONG, PALE = (f'<a:schemeClr val="{name}"/>' for name in ("tx2", "accent1", "bg2"))
LINE = '<a:schemeClr val="bg2"><a:lumMod val="85000"/></a:schemeClr>'
NUMBERS = ("value", "number")  # the kinds of columns whose cells are right-aligned
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's table style without lines and colours


def fill(body: Any, texts: Iterable[SlideText], language: str, points: float = 0.0) -> None:
    """Writes paragraphs into the text body of a shape, in place of those that it has. `points` is the size of
    the letters; 0 means that of the shape."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    for old in body.p_lst:
        body.remove(old)
    made = parse_xml(
        f"<a:root {nsdecls('a')}>{''.join(paragraph(t, language, points) for t in texts)}</a:root>"
    )
    body.extend(list(made))


def paragraph(
    text: SlideText, language: str, points: float = 0.0, *, align: str = "", color: str = ""
) -> str:
    """Returns a paragraph. Parts of its text that are in another language than the slide are in italics with
    a star, and marked with their language. No line breaks between a number and the word behind it."""
    level = ' lvl="1"' if text.kind == "bullet" else ""
    color = color or {"quiet": QUIET, "note": QUIET, "strong": TITLE}.get(text.kind, "")
    size = f' sz="{round(100 * text.points(points))}"' if points else ""
    look = size + (' b="1"' if text.kind == "strong" else "")
    inside = "".join(_runs(printable(text.text), language, look, color))
    return f"<a:p><a:pPr{level}{align}/>{inside}</a:p>"


def _runs(text: str, language: str, look: str, color: str) -> Iterator[str]:
    colored = f"<a:solidFill>{color}</a:solidFill>" if color else ""
    for part in runs(text):
        spoken = part.language or language
        about = f'lang="{REGION.get(spoken, spoken)}"{look}'
        for piece in re.split(r"([\n\r])", part.text):
            italics = ' i="1"' if part.language else ""
            if piece in ("\n", "\r"):
                yield "<a:br/>"
            elif piece:
                yield f"<a:r><a:rPr {about}{italics}>{colored}</a:rPr><a:t>{escape(piece)}</a:t></a:r>"
        if part.language:
            yield f'<a:r><a:rPr {about} baseline="30000">{colored}</a:rPr><a:t>{STAR}</a:t></a:r>'


def numbers(
    facts: Facts, widths: tuple[float, ...], height: float, sizes: tuple[float, float], language: str
) -> Any:
    """Returns numbers in large type as a table of one row. `sizes` are the points of the numbers, and of the
    words below them."""
    large, small = sizes
    cells = "".join(
        _cell(
            paragraph(SlideText(fact.number, "strong"), language, large)
            + paragraph(SlideText(fact.unit), language, small)
            + paragraph(SlideText(fact.doubt, "quiet"), language, small),
            f'<a:lnL w="57150"><a:solidFill>{STRONG}</a:solidFill></a:lnL><a:solidFill>{PALE}</a:solidFill>',
            BESIDE * 2,
        )
        for fact in facts.facts
    )
    return _table(f'<a:tr h="{round(height * EMU)}">{cells}</a:tr>', widths)


def rows(table: PrintedTable, fitted: FittedTable, language: str) -> Any:
    """Returns a printed table with the rows that fit. Its first row has the headings, and a row with a single
    cell goes across it."""
    heads = tuple(PrintedCell(head.text, strong=True) for head in table.heads)
    lines = zip([heads, *table.rows], fitted.heights, strict=False)
    made = (
        _row(line, table.heads, fitted, tall, language, is_head=at == 0)
        for at, (line, tall) in enumerate(lines)
    )
    return _table("".join(made), fitted.widths, ' firstRow="1"')


def _row(
    line: tuple[PrintedCell, ...],
    heads: tuple[Head, ...],
    fitted: FittedTable,
    tall: float,
    language: str,
    *,
    is_head: bool,
) -> str:
    across = len(line) == 1 and len(heads) > 1
    rule = f'<a:lnB w="{19050 if is_head else 9525}"><a:solidFill>{STRONG if is_head else LINE}</a:solidFill></a:lnB>'
    cells = ""
    for at, (cell, head) in enumerate(zip(line, heads, strict=False)):
        right = head.kind in NUMBERS and (cell.is_number or is_head) and not across
        text = SlideText(cell.printed, "plain" if cell.quiet or not (cell.strong or across) else "strong")
        inside = paragraph(
            text,
            language,
            fitted.points,
            align=' algn="r"' if right else "",
            color=QUIET if cell.quiet else "",
        )
        left = BESIDE if across or (is_head and at == 0) else fitted.left[at]
        cells += _cell(inside, rule, left, f' gridSpan="{len(heads)}"' if across else "")
    if across:
        cells += (len(heads) - 1) * _cell("<a:p/>", rule, span=' hMerge="1"')
    return f'<a:tr h="{round(tall * EMU)}">{cells}</a:tr>'


def _cell(paragraphs: str, look: str, left: float = BESIDE, span: str = "") -> str:
    before, behind, above = (round(inches * EMU) for inches in (left, BESIDE, ABOVE))
    return (
        f"<a:tc{span}><a:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</a:txBody>"
        f'<a:tcPr marL="{before}" marR="{behind}" marT="{above}" marB="{above}">{look}</a:tcPr></a:tc>'
    )


def _table(rows: str, widths: tuple[float, ...], look: str = "") -> Any:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    columns = "".join(f'<a:gridCol w="{round(width * EMU)}"/>' for width in widths)
    return parse_xml(
        f"<a:tbl {nsdecls('a')}><a:tblPr{look}><a:tableStyleId>{PLAIN}</a:tableStyleId></a:tblPr>"
        f"<a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl>"
    )
