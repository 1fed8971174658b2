"""Tests every table of every document: no number is broken on paper or has more digits than are published,
and no text is incomplete."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import matplotlib
import pytest
from file_texts import lines
from made_documents import LANGUAGES, MADE, document

from fltoolkit.languages.language import Language
from fltoolkit.languages.marked_text import starred
from fltoolkit.report.document_formats.column_widths import CELL_MARGIN, widths
from fltoolkit.report.document_formats.document_blocks import Document
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.document_formats.powerpoint_writer import as_powerpoint
from fltoolkit.report.document_formats.word_writer import WIDTH, as_word
from fltoolkit.show.printed_tables.printed_table import PrintedCell, PrintedTable

RUNS = ("baseline", "later")
CENTIMETRE = 8 / 1000 * 2.54 / 72  # of a thousandth of eight points
HALF_MADE = re.compile(r"nan\b|None\b(?! left)|\{\w*\}|\[\]|\(\)|\ufffd|;\s*;|\bReason\(|<NA>|\.\.(?!\.)|,,")


def documents(run: str, code: str) -> Iterator[Document]:
    for kind in MADE:
        yield document(run, kind, code)


def tables(run: str, code: str) -> Iterator[PrintedTable]:
    for made in documents(run, code):
        yield from (block for block in made.blocks if isinstance(block, PrintedTable))


@cache
def helvetica() -> dict[str, int]:
    """Widths of Helvetica's letters, which are those of Arial, in thousandths of its size (Adobe's metrics,
    which matplotlib brings)."""
    path = Path(matplotlib.get_data_path()) / "fonts/afm/phvr8a.afm"
    found = re.findall(r"^C (\d+) ; WX (\d+)", path.read_text("latin-1"), re.M)
    return {chr(int(code)): int(width) for code, width in found}


def width(text: str) -> float:
    """The width of a text in Arial of eight points, in centimetres; an accent is as wide as its letter."""
    plain = unicodedata.normalize(
        "NFKD", text.replace("\xa0", " ").replace("\u202f", " ").replace("−", "+").replace("–", "n")
    )
    return (
        sum(helvetica().get(letter, 600) for letter in plain if not unicodedata.combining(letter))
        * CENTIMETRE
    )


def unbroken(cell: PrintedCell) -> list[str]:
    """The parts of a cell that must not break, as they are printed: a number whole, of words each."""
    seen = starred(cell.printed)
    return [seen] if cell.is_number else re.split(r"[ \n]|(?<=[-–/])", seen)


@pytest.mark.thorough("all documents of six plans")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", RUNS)
def test_no_number_and_no_word_of_a_table_breaks_on_paper(run: str, code: str) -> None:
    for table in tables(run, code):
        room = widths(table, WIDTH)
        assert sum(room) == pytest.approx(WIDTH)
        for row in table.rows:
            for cell, column in zip(row, room, strict=False):
                parts = unbroken(cell) if len(row) > 1 else []
                assert [p for p in parts if width(p) > column - 2 * CELL_MARGIN] == [], (table.title, column)


@pytest.mark.thorough("all documents of six plans")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", RUNS)
def test_no_number_of_a_table_has_more_digits_than_are_published(run: str, code: str) -> None:
    """One decimal at most; of a number of persons that was estimated three significant digits."""
    mark = re.escape(LANGUAGES[code].number("0.5")[1])
    for table in tables(run, code):
        for row in table.rows:
            for cell, head in zip(row, table.heads, strict=False):
                assert not re.search(rf"\d{mark}\d\d", cell.printed), (table.title, cell)
                if head.key == "total" and cell.number:
                    numbers = [
                        float(re.sub(r"\D", "", n)) for n in re.findall(r"\d(?:[.,\u202f]?\d)*", cell.text)
                    ]
                    assert numbers, (table.title, cell)
                    assert all(float(f"{n:.3g}") == n for n in numbers), (table.title, cell)


@pytest.mark.thorough("all documents of six plans")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", RUNS)
def test_no_document_holds_a_text_that_is_half_made(run: str, code: str, tmp_path: Path) -> None:
    for made in documents(run, code):
        if made.kind == "slides":
            (tmp_path / "slides.pptx").write_bytes(as_powerpoint(made))
        else:
            (tmp_path / f"{made.kind}.docx").write_bytes(as_word(made))
        if made.kind == "brief":
            (tmp_path / "brief.html").write_text(as_html(made), encoding="utf-8")
        assert [line for file in tmp_path.iterdir() for line in lines(file) if HALF_MADE.search(line)] == []


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_what_is_half_made_is_found(language: Language) -> None:
    for text in ("per 1,000 nan", "a {cut} by", "men ()", "not shown: None", "17.2 []"):
        assert HALF_MADE.search(text)
    assert not HALF_MADE.search(language.say("contrasts.where") + language.say("targets.meaning"))


def test_a_marker_travels_with_its_number_and_no_column_holds_markers_alone() -> None:
    for table in tables("later", "en"):
        assert not {"marker", "flag"} & {head.key for head in table.heads}
        assert not [
            text for row in table.texts for text in row if re.search(r"\d \[[a-z]+\]", text)
        ]  # a space that breaks
