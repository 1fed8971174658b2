"""Tests the estimate of whether the first page of a brief is full in Word. If it is too full, no page break
follows."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace

import pytest
from docx import Document as Opened

from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.page_height import fit_on_page
from fltoolkit.report.document_formats.word_styles import TEMPLATE
from fltoolkit.report.document_formats.word_writer import WIDTH, as_word
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import of_texts

LINE = "Fourteen words stand in this line, which is about as long as the page is wide."
FIGURE = SimpleNamespace(get_size_inches=lambda: (6.0, 3.0))
PICTURE = Drawn("picture", FIGURE, "title", "alt", 6.69)
TABLE = of_texts("A table", ("a", "b"), [("x", "1")] * 12)


def fits(*blocks: Block) -> bool:
    return fit_on_page(blocks, [("Title", "A title")], Opened(str(TEMPLATE)), WIDTH)


def lines_beside(*blocks: Block) -> int:
    """How many lines of text fit on a page with these blocks."""
    return next(n for n in range(70) if not fits(*blocks, *[Paragraph(LINE)] * (n + 1)))


@pytest.mark.thorough("a page laid out for each block")
@pytest.mark.parametrize(
    ("block", "least", "most"),
    [
        (Heading("Heading", 2), 1, 3),
        (Bullets((LINE, LINE)), 1, 4),
        (Facts((Fact("9.3", "per 1,000", "95% interval"),) * 3), 3, 6),
        (TABLE, 9, 16),
        (Chart(PICTURE), 12, 18),  # 8.5 cm
        (Charts((Chart(PICTURE),) * 2), 6, 9),
    ],
    ids=lambda given: type(given).__name__,
)
def test_each_block_takes_its_room(block: Block, least: int, most: int) -> None:
    """In lines of 10 points, of which a page has about 44."""
    empty = lines_beside()
    assert 38 <= empty <= 50
    assert least <= empty - lines_beside(block) <= most


def test_a_page_break_stands_only_after_a_page_that_is_not_too_full() -> None:
    for lines, breaks in ((20, True), (60, False)):
        blocks = (*[Paragraph(LINE)] * lines, Heading("The numbers", new_page=True))
        written = Opened(BytesIO(as_word(Document("brief", "A title", "", "en", blocks))))
        assert bool(written.paragraphs[-1].paragraph_format.page_break_before) is breaks
