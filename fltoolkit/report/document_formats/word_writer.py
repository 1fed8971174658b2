"""Writes a document as a Word file, from a template. The file has real styles, headings and header rows, and
each picture has a text alternative (a description for people who do not see it).

The same document always gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import singledispatch
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats.column_widths import CELL_MARGIN, SPARE, least, widths
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Contents,
    CoverFacts,
    Document,
    Facts,
    Heading,
    Paragraph,
    WritingSpace,
)
from fltoolkit.report.document_formats.page_height import fit_on_page
from fltoolkit.report.document_formats.word_contents import contents, mark_headings
from fltoolkit.report.document_formats.word_rows import add, clean, rows, write
from fltoolkit.report.document_formats.word_styles import (
    BLUE,
    LINE,
    PALE,
    TEMPLATE,
    TITLES,
    border,
    element,
    fill,
    set_language,
)
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

JOINED = re.compile(r"(?<=\d)–(?=\d)")  # the dash of `2026–2030`, after which no line breaks
NO_TIME = datetime(1980, 1, 1)
WIDTH = 17.0  # of the text, in cm
ACROSS = 25.7  # of the text on a landscape page, in cm
FOOT = 0.6  # below the footer, in cm: a source of two lines does not touch the text above it
TWIPS = 567  # per centimetre
TOGETHER = 4  # items of a list that is never broken, at most
NAMES = 4.5  # the names of the facts on the first page, in cm
BRIEF = {
    "Normal": 9.3,
    "List Bullet": 9.3,
    "Warning": 9.3,
    "Lead": 10.0,
    "Title": 20.0,
    "Subtitle": 10.0,
    "Heading 1": 14.0,
    "Heading 2": 12.0,
}
"""Points of the styles of an evidence brief, whose first page must hold much. Other documents have those of
the template."""
TILE, BETWEEN = 0.2, ("FFFFFF", 48)  # cm beside the text of a number in large type; the border between two


def as_word(document: Document) -> bytes:
    """Returns a document as a Word file (.docx), in bytes."""
    from docx import Document as Opened
    from docx.shared import Pt

    word = Opened(str(TEMPLATE))
    set_language(word, document.language)
    _foot(word.sections[0], document.foot)
    if document.kind == "brief":
        for style, points in BRIEF.items():
            word.styles[style].font.size = Pt(points)
    top = [
        (style, text)
        for style, text in (
            ("Quiet", document.masthead),
            ("Title", document.title),
            ("Subtitle", document.subtitle),
        )
        if text
    ]
    for style, text in top:
        add(word, JOINED.sub("\\g<0>\u2060", text) if style == "Title" else text, style)
    for i, block in enumerate(document.blocks):
        _turn(word, _wide(document.blocks[i : i + 2]))
        if document.kind == "brief" and isinstance(block, Heading) and block.new_page:
            # On a page that is too full, the few lines that it leaves would fill the page before the break.
            block = replace(block, new_page=fit_on_page(document.blocks[:i], top, word, WIDTH))
        put(block, word)
        if (
            isinstance(block, Paragraph)
            and block.style != "warning"
            and _leads_to(*document.blocks[i + 1 : i + 2])
        ):
            word.paragraphs[-1].paragraph_format.keep_with_next = True
    if any(isinstance(block, Contents) for block in document.blocks):
        mark_headings(word)
    return saved(word, document.title, document.subtitle, document.language)


def _foot(section: Any, source: str) -> None:
    """Writes a text (the source of the numbers) at the left of the footer, and moves the template's page
    number to the right margin."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    line = section.footer.paragraphs[0]
    (number,) = line.runs
    line.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    section.footer_distance = Cm(FOOT)
    write(line, source)
    line.add_run("\t")
    line._p.append(number._r)


def _leads_to(after: Block | None = None) -> bool:
    """Returns whether a paragraph must stay on the page of the block after it: a list, a table, a picture or
    a warning."""
    return isinstance(after, Bullets | PrintedTable | Chart) or (
        isinstance(after, Paragraph) and after.style == "warning"
    )


@singledispatch
def put(block: Block, word: Any) -> None:
    """Appends one block of a document (a heading, a table, a chart) to a Word document."""
    raise TypeError(f"no Word for {type(block).__name__}")


@put.register
def _(block: Heading, word: Any) -> None:
    heading = word.add_heading("", block.level)
    heading.paragraph_format.page_break_before = block.new_page or None
    write(heading, block.text)


@put.register
def _(block: Contents, word: Any) -> None:
    for paragraph in contents(block):
        word.element.body.sectPr.addprevious(paragraph)


@put.register
def _(block: Paragraph, word: Any) -> None:
    paragraph = add(word, "" if block.label else block.text, TITLES[block.style])
    if block.label:
        write(paragraph, f"{block.label}\n", bold=True)
        write(paragraph, block.text)


@put.register
def _(block: WritingSpace, word: Any) -> None:
    add(word, f"{block.text}\n", "Writing Space")


@put.register
def _(block: Bullets, word: Any) -> None:
    if block.style == "prompt":
        for item in block.items:
            add(word, item if len(block.items) == 1 else f"•\u00a0{item}", "Prompt Bullet")
        return
    for place, item in enumerate(block.items, 1):
        added = add(word, item, "List Bullet")
        added.paragraph_format.keep_with_next = True if place < len(block.items) <= TOGETHER else None


@put.register
def _(block: Facts, word: Any) -> None:
    table = _grid(word, 1, [WIDTH / len(block.facts)] * len(block.facts), TILE)
    for at, (cell, fact) in enumerate(zip(table.rows[0].cells, block.facts, strict=True)):
        fill(cell, PALE)
        border(cell, top=(BLUE, 18), **({"left": BETWEEN} if at else {}))
        cell.paragraphs[0].style = "Number Long" if block.are_long else "Number"
        write(cell.paragraphs[0], fact.number)
        for text, style in ((fact.unit, "Number Unit"), (fact.doubt, "Number Doubt")):
            paragraph = cell.add_paragraph()
            paragraph.style = style
            write(paragraph, text)
    add(word, "", "Gap")


@put.register
def _(block: CoverFacts, word: Any) -> None:
    table = _grid(word, len(block.facts), [NAMES, WIDTH - NAMES])
    for row, texts in zip(table.rows, block.facts, strict=True):
        for cell, text, style in zip(row.cells, texts, ("Quiet", "Normal"), strict=True):
            border(cell, bottom=(LINE, 4))
            cell.paragraphs[0].style = style
            write(cell.paragraphs[0], text)
    add(word, "", "Gap")


@put.register
def _(block: PrintedTable, word: Any) -> None:
    if block.title:
        add(word, block.title, "Caption")
    shares = widths(block, ACROSS if needs_side(block) else WIDTH)
    table = _grid(word, 0, shares)
    if block.title:  # what a screen reader says first
        table._tbl.tblPr.append(element("w:tblCaption", val=clean(unmarked(block.title))))
    table._tbl.extend(rows(block, shares))
    notes = add(word, block.note, "Table Note")
    notes.paragraph_format.keep_together = True
    for letter, text in block.lettered:
        before = "\n" if letter == block.lettered[0][0] else "   "
        write(notes, f"{before}{letter}" if notes.text else letter, bold=True)
        write(notes, f"\u00a0{text}")


def needs_side(block: Block) -> bool:
    """Returns whether a block of a document needs a landscape page: only a table does that is too wide for a
    portrait page, also without the reserve for a wider font."""
    return isinstance(block, PrintedTable) and (block.wide or least(block) > SPARE * WIDTH)


def _wide(blocks: tuple[Block, ...]) -> bool:
    """Returns whether the first of these blocks needs a landscape page. A heading needs one if the block
    after it is a wide table."""
    return any(needs_side(b) for b in blocks[: 2 if isinstance(blocks[0], Heading) else 1])


def _turn(word: Any, wide: bool) -> None:
    """Starts a new section of a Word document if the orientation of the pages must change. `wide` says
    whether they must now be landscape."""
    from docx.enum.section import WD_ORIENT, WD_SECTION

    if wide == (word.sections[-1].orientation == WD_ORIENT.LANDSCAPE):
        return
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


@put.register
def _(block: Chart, word: Any) -> None:
    if block.number:
        add(word, block.number, "Caption")
    _picture(add(word, "", "Picture"), block.picture, min(WIDTH, 2.54 * block.picture.width))


@put.register
def _(block: Charts, word: Any) -> None:
    each = WIDTH / len(block.charts)
    table = _grid(word, 1, [each] * len(block.charts))
    for cell, chart in zip(table.rows[0].cells, block.charts, strict=True):
        cell.paragraphs[0].style = "Picture"
        _picture(cell.paragraphs[0], chart.picture, each - 0.4)
    add(word, "", "Gap")


def _picture(paragraph: Any, picture: Drawn, width: float) -> None:
    """Adds a picture to a paragraph, with a text alternative for people who do not see it. `width` is in
    centimetres."""
    from docx.shared import Cm

    shape = paragraph.add_run().add_picture(BytesIO(picture.png), width=Cm(width))
    shape._inline.docPr.set("descr", clean(picture.alt))
    shape._inline.docPr.set("name", picture.name)
    for side in (
        "distT",
        "distB",
        "distL",
        "distR",
    ):  # without them some programs leave room beside the picture
        shape._inline.set(side, "0")


def _grid(word: Any, rows: int, widths: Sequence[float], beside: float = CELL_MARGIN) -> Any:
    """Adds a table without borders to a Word document, and returns it. Its edges are those of the text.

    `widths` are the fixed widths of its columns, and `beside` the room at both sides of the text of a cell,
    in centimetres."""
    from docx.shared import Cm

    table = word.add_table(rows, len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    margins = element("w:tblCellMar")
    margin = str(round(beside * TWIPS))
    margins.extend([element("w:left", w=margin, type="dxa"), element("w:right", w=margin, type="dxa")])
    look = table._tbl.tblPr.find("{*}tblLook")
    look.addprevious(margins)  # Word needs its elements in a fixed order
    table._tbl.tblPr.find("{*}tblLayout").addprevious(element("w:tblInd", w=margin, type="dxa"))
    return table


def saved(file: Any, title: str, subject: str, language: str) -> bytes:
    """Returns a document of python-docx or python-pptx as bytes, with its title, subject and language. Fixed
    times stand in place of those at which it was made and each part was written, so that the same document
    always gives the same bytes."""
    about = file.core_properties
    about.title, about.subject = (clean(unmarked(text))[:255] for text in (title, subject))
    about.language = language
    about.author, about.last_modified_by, about.comments, about.keywords = "fltoolkit", "fltoolkit", "", ""
    about.created = about.modified = NO_TIME
    about.revision = 1
    made, whole = BytesIO(), BytesIO()
    file.save(made)
    with ZipFile(made) as old, ZipFile(whole, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), old.read(name), ZIP_DEFLATED)
    return whole.getvalue()
