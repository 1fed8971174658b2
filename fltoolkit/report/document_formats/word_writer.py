"""A document as Word: real styles, headings and header rows, words for each picture; the same document is the same bytes."""

from __future__ import annotations

import re
from datetime import datetime
from functools import singledispatch
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Document,
    DocumentTable,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.word_styles import BLUE, LINE, PALE, REGION, TITLES, border, dress, element, fill, page
from fltoolkit.show.charts.static_charts import Drawn

NO_TIME = datetime(1980, 1, 1)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML cannot hold them
WIDTH = 17.0  # of the text, in cm
ACROSS = 25.7  # of a page on its side


def as_word(document: Document) -> bytes:
    """The .docx file."""
    from docx import Document as Blank

    word = Blank()
    dress(word, REGION.get(document.language, document.language))
    page(word.sections[0], _clean(document.foot))
    word.add_paragraph(_clean(document.title), style="Title")
    word.add_paragraph(_clean(document.subtitle), style="Subtitle")
    for i, block in enumerate(document.blocks):
        _turn(word, _wide(document.blocks[i : i + 2]))
        put(block, word)
    about = word.core_properties
    about.title, about.subject, about.language = _clean(document.title)[:255], _clean(document.subtitle)[:255], document.language
    about.author, about.last_modified_by, about.comments, about.keywords = "fltoolkit", "fltoolkit", "", ""
    about.created = about.modified = NO_TIME
    about.revision = 1
    made = BytesIO()
    word.save(made)
    return _timeless(made.getvalue())


@singledispatch
def put(block: Block, word: Any) -> None:
    """Append one block."""
    raise TypeError(f"no Word for {type(block).__name__}")


@put.register
def _(block: Heading, word: Any) -> None:
    word.add_heading(_clean(block.text), block.level).paragraph_format.page_break_before = block.new_page or None


@put.register
def _(block: Paragraph, word: Any) -> None:
    word.add_paragraph(_clean(block.text), style=TITLES[block.style])


@put.register
def _(block: Bullets, word: Any) -> None:
    for item in block.items:
        word.add_paragraph(_clean(item), style="Prompt Bullet" if block.style == "prompt" else "List Bullet")


@put.register
def _(block: Facts, word: Any) -> None:
    from docx.shared import Cm

    table = _grid(word, 1, len(block.facts))
    for column in table.columns:
        column.width = Cm(WIDTH / len(block.facts))
    for cell, fact in zip(table.rows[0].cells, block.facts, strict=True):
        fill(cell, PALE)
        border(cell, top=(BLUE, 18), left=("FFFFFF", 48), right=("FFFFFF", 48))
        for text, style in ((fact.number, "Number"), (fact.unit, "Number Unit"), (fact.doubt, "Number Doubt")):
            paragraph = cell.paragraphs[0] if style == "Number" else cell.add_paragraph()
            paragraph.style, paragraph.text = style, _clean(text)
    word.add_paragraph(style="Gap")


@put.register
def _(block: DocumentTable, word: Any) -> None:
    _table(block, word, ACROSS if block.wide else WIDTH)


def _wide(blocks: tuple[Block, ...]) -> bool:
    """Whether a block needs a page on its side: a wide table, or the heading before one."""
    return any(isinstance(b, DocumentTable) and b.wide for b in blocks[: 2 if isinstance(blocks[0], Heading) else 1])


def _turn(word: Any, wide: bool) -> None:
    """Start a new section where the pages turn."""
    from docx.enum.section import WD_ORIENT, WD_SECTION

    if wide == (word.sections[-1].orientation == WD_ORIENT.LANDSCAPE):
        return
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


def _table(block: DocumentTable, word: Any, width: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    word.add_paragraph(_clean(block.title), style="Caption")
    table = _grid(word, 1 + len(block.rows), len(block.columns))
    table._tbl.tblPr.append(element("w:tblCaption", val=_clean(block.title)))  # what a screen reader says first
    for column, share in zip(table.columns, block.widths, strict=True):
        column.width = Cm(share * width)
    for i, (row, line) in enumerate(zip(table.rows, [block.columns, *block.rows], strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if i == 0:
            properties.append(element("w:tblHeader"))
        cells = row.cells if len(line) > 1 else (row.cells[0].merge(row.cells[-1]),)
        for cell, text, share, right in zip(cells, line, block.widths, block.numbers, strict=False):
            cell.width = Cm(share * width if len(line) > 1 else width)
            border(cell, bottom=(BLUE, 8) if i == 0 else (LINE, 4))
            paragraph = cell.paragraphs[0]
            paragraph._p.style = (
                "TableText" if i and len(line) > 1 else "TableHead"
            )  # by its id: a name is looked up at each cell
            paragraph.text = _clean(text)
            paragraph.paragraph_format.keep_with_next = i <= 1 or len(line) == 1 or None
            if right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    word.add_paragraph(_clean(block.note), style="Table Note")


@put.register
def _(block: Chart, word: Any) -> None:
    _picture(word.add_paragraph(style="Picture"), block.picture, min(WIDTH, 2.54 * block.picture.width))
    if block.caption:
        word.add_paragraph(_clean(block.caption), style="Quiet")


@put.register
def _(block: Charts, word: Any) -> None:
    from docx.shared import Cm

    each = WIDTH / len(block.charts)
    table = _grid(word, 1, len(block.charts))
    for column in table.columns:
        column.width = Cm(each)
    for cell, chart in zip(table.rows[0].cells, block.charts, strict=True):
        cell.paragraphs[0].style = "Picture"
        _picture(cell.paragraphs[0], chart.picture, each - 0.4)
    word.add_paragraph(style="Gap")


def _picture(paragraph: Any, picture: Drawn, width: float) -> None:
    """A picture in a paragraph, with its words."""
    from docx.shared import Cm

    shape = paragraph.add_run().add_picture(BytesIO(picture.png), width=Cm(width))
    shape._inline.docPr.set("descr", _clean(picture.alt))
    shape._inline.docPr.set("name", picture.name)


def _grid(word: Any, rows: int, columns: int) -> Any:
    """A table without borders, whose columns stay as wide as they are set."""
    table = word.add_table(rows, columns)
    table.autofit = False
    margins = element("w:tblCellMar")
    margins.extend([element("w:left", w="70", type="dxa"), element("w:right", w="70", type="dxa")])
    table._tbl.tblPr.find("{*}tblLook").addprevious(margins)  # Word wants its elements in their order
    return table


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _timeless(made: bytes) -> bytes:
    """The same file with every part at one fixed time."""
    whole = BytesIO()
    with ZipFile(BytesIO(made)) as old, ZipFile(whole, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), old.read(name), ZIP_DEFLATED)
    return whole.getvalue()
