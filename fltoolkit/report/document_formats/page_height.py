"""Estimates how high the blocks of a document are in Word, so that no page break leaves a page nearly empty.

Word itself breaks the lines, perhaps in another font. So the estimate is on the safe side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from fltoolkit.report.document_formats.column_widths import POINTS, SPARE, width_of, widths
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.word_styles import TITLES
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

LEADING = 1.27  # line height as a multiple of the font size
BULLET, BESIDE = (
    0.64,
    0.5,
)  # cm: the indentation of a bullet, and the space beside the text of a number in large type
ENDS = 1.03  # room at the end of a line that its next word leaves
CENTIMETRES = 2.54 / 72


def fit_on_page(blocks: Sequence[Block], before: Iterable[tuple[str, str]], word: Any, width: float) -> bool:
    """Returns whether blocks fit on one page of a Word document, below some paragraphs.

    Args:
        before: the paragraphs at the top of the page, each with its style and its text.
        word: the document, for its styles and its page.
        width: the width of the text, in centimetres.
    """
    section = word.sections[0]
    page = section.page_height.cm - section.top_margin.cm - section.bottom_margin.cm
    above = sum(_text(word, style, text, width) for style, text in before)
    return bool(above + sum(_height(block, word, width) for block in blocks) <= page)


def _text(word: Any, style: str, text: str, width: float) -> float:
    """Returns the height of a paragraph with its spacing, in centimetres."""
    look = word.styles[style]
    points = look.font.size.pt
    lines = sum(
        max(1, ceil(width_of(line) / SPARE * points / POINTS / width * ENDS)) for line in text.split("\n")
    )
    spacing = sum(
        space.pt for space in (look.paragraph_format.space_before, look.paragraph_format.space_after) if space
    )
    return float((lines * points * LEADING + spacing) * CENTIMETRES)


def _height(block: Block, word: Any, width: float) -> float:
    """Returns the height of a block, in centimetres."""
    match block:
        case Heading():
            return _text(word, f"Heading {block.level}", block.text, width)
        case Paragraph():
            return _text(word, TITLES[block.style], block.text, width)
        case Bullets():
            return sum(_text(word, "List Bullet", item, width - BULLET) for item in block.items)
        case Facts():
            each, number = width / len(block.facts) - BESIDE, "Number Long" if block.are_long else "Number"
            texts = [
                ((number, f.number), ("Number Unit", f.unit), ("Number Doubt", f.doubt)) for f in block.facts
            ]
            return max(sum(_text(word, style, text, each) for style, text in of_fact) for of_fact in texts)
        case PrintedTable():
            return _table(block, word, width)
        case Chart():
            return _picture(block.picture, width) + _text(word, "Gap", "", width)
        case Charts():
            pictures = (_picture(chart.picture, width / len(block.charts)) for chart in block.charts)
            return max(pictures) + _text(word, "Gap", "", width)
    raise TypeError(f"no height for {type(block).__name__}")


def _table(block: PrintedTable, word: Any, width: float) -> float:
    shares = widths(block, width)
    heads = tuple(head.text for head in block.heads)
    rows = sum(
        max(
            _text(word, "Table Text", text, share)
            for text, share in zip(texts, shares if len(texts) > 1 else (width,), strict=True)
        )
        for texts in (heads, *block.texts)
    )
    notes = "\n".join((block.note, "   ".join(f"{letter} {text}" for letter, text in block.lettered)))
    return (
        rows
        + _text(word, "Table Note", notes, width)
        + (_text(word, "Caption", block.title, width) if block.title else 0.0)
    )


def _picture(picture: Drawn, width: float) -> float:
    across, high = picture.figure.get_size_inches()
    return float(min(width, 2.54 * picture.width) * high / across)
