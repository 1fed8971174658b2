"""Tests documents in Word: styles, repeated heads, alt texts of pictures, the language, and the same bytes
each time."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from handed import EN, FR, evidence

from fltoolkit.report.document_formats.column_widths import SPARE, least
from fltoolkit.report.document_formats.document_blocks import Bullets, Document, Heading, Paragraph
from fltoolkit.report.document_formats.word_writer import WIDTH, as_word, needs_side
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.report.documents.plan_skeleton import nap_skeleton
from fltoolkit.show.printed_tables.printed_table import of_texts

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(made: bytes) -> Any:
    return docx.Document(BytesIO(made))


@pytest.fixture(scope="module")
def brief() -> bytes:
    return as_word(evidence_brief(evidence(), FR))


def test_headings_are_headings_and_the_title_a_title(brief: bytes) -> None:
    styles = [p.style.name for p in opened(brief).paragraphs]
    assert styles[0] == "Title"
    assert {"Subtitle", "Heading 1", "Heading 2", "Warning", "List Bullet", "Caption", "Table Note"} <= set(
        styles
    )


def test_the_head_of_each_table_repeats_and_no_text_of_a_cell_is_torn(brief: bytes) -> None:
    tables = [t for t in opened(brief).tables if t._tbl.tblPr.find(f"{WORD}tblCaption") is not None]
    assert tables
    for table in tables:
        head, *rest = table.rows
        assert head._tr.trPr.find(f"{WORD}tblHeader") is not None
        assert table._tbl.find(f".//{WORD}cantSplit") is None  # LibreOffice left out the rows of a long table
        assert {p.style.name for cell in head.cells for p in cell.paragraphs} == {"Table Head"}
        assert not any(row._tr.find(f".//{WORD}tblHeader") is not None for row in rest)
    assert opened(brief).styles["Table Text"].paragraph_format.widow_control


def test_a_box_of_warnings_may_break_between_them_and_its_introduction_stays_with_the_first() -> None:
    blocks = (
        Paragraph("Introduction"),
        Paragraph("First", "warning"),
        Paragraph("Second", "warning"),
        Bullets(("item",)),
    )
    word = opened(as_word(Document("skeleton", "Plan", "", "en", blocks)))
    stays = {p.text: p.paragraph_format.keep_with_next for p in word.paragraphs}
    assert (stays["Introduction"], stays["First"], stays["Second"]) == (True, None, None)


def test_pictures_have_words_and_the_document_a_language(brief: bytes) -> None:
    word = opened(brief)
    pictures = word.element.findall(".//{*}docPr")
    assert len(pictures) == 1
    assert all("Prévalence du travail forcé" in p.get("descr") for p in pictures)
    assert word.styles.element.find(".//{*}rPrDefault/{*}rPr/{*}lang").get(f"{WORD}val") == "fr-FR"
    assert word.core_properties.language == "fr"
    assert (
        word.core_properties.subject
        == "Smallland\u202f: ce que l’enquête de 2025 a trouvé sur le travail forcé"
    )


def test_the_same_document_is_the_same_bytes_without_a_time(brief: bytes) -> None:
    assert as_word(evidence_brief(evidence(), FR)) == brief
    with ZipFile(BytesIO(brief)) as parts:
        assert {i.date_time for i in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = opened(brief).core_properties
    assert about.created == about.modified
    assert about.created.year == 1980


def test_columns_fill_the_page() -> None:
    table = of_texts("t", ("a", "b"), (("1", "two words"), ("across",)))
    (made,) = opened(as_word(Document("brief", "t", "s", "en", (table,)))).tables
    assert sum(c.width.cm for c in made.columns) == pytest.approx(17.0, abs=0.01)
    assert [cell.text for cell in made.rows[2].cells] == ["across", "across"]  # one cell, met twice


def test_what_word_wants_in_order_stands_in_order(brief: bytes) -> None:
    order = ["tblStyle", "tblW", "tblInd", "tblLayout", "tblCellMar", "tblLook", "tblCaption"]
    cell = ["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "vAlign"]
    for table in opened(brief).tables:
        names = [e.tag.partition("}")[2] for e in table._tbl.tblPr]
        assert names == sorted(names, key=order.index)
        for properties in table._tbl.findall(".//{*}tcPr"):
            names = [e.tag.partition("}")[2] for e in properties]
            assert names == sorted(names, key=cell.index)


def test_what_xml_cannot_hold_is_left_out() -> None:
    word = opened(as_word(Document("brief", "bell\x07", "s", "en", (Bullets(("\x00null", "<w:p/>")),))))
    assert [p.text for p in word.paragraphs] == ["bell", "s", "null", "<w:p/>"]


def test_a_prompt_can_be_told_from_text_by_its_style() -> None:
    styles = {p.style.name for p in opened(as_word(nap_skeleton(evidence(), EN))).paragraphs}
    assert {"Prompt", "Prompt Bullet"} <= styles


def test_the_page_number_is_at_the_right_margin_apart_from_the_source(brief: bytes) -> None:
    line = opened(brief).sections[0].footer.paragraphs[0]
    (stop,) = line.paragraph_format.tab_stops
    assert (round(stop.position.cm, 1), stop.alignment) == (17.0, WD_TAB_ALIGNMENT.RIGHT)
    assert line.text.startswith("Source")
    assert line.text.endswith("\t")
    assert line.runs[-1]._r[1].text == "PAGE"


def test_a_wide_table_lies_on_its_side_and_takes_its_heading_along() -> None:
    wide = replace(of_texts("w", ("a",), (("1",),)), wide=True)
    word = opened(
        as_word(
            Document(
                "skeleton",
                "t",
                "s",
                "en",
                (Paragraph("before"), Heading("head", 2), wide, Paragraph("after")),
            )
        )
    )
    assert [s.orientation for s in word.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    across = word.sections[1]
    assert across.page_width > across.page_height
    body = list(word.element.body)
    at = [i for i, e in enumerate(body) if e.find(".//{*}sectPr") is not None]
    head = next(body.index(p._p) for p in word.paragraphs if p.text == "head")
    assert at[0] < head < at[1]


def test_a_table_lies_on_its_side_only_if_it_is_too_wide_without_the_reserve_for_another_font() -> None:
    tables = [of_texts("w", ("a", "b"), (("1" * digits, "1" * digits),)) for digits in range(30, 90)]
    sides = [needs_side(table) for table in tables]
    assert sides == sorted(sides)
    assert any(
        WIDTH < least(table) <= SPARE * WIDTH and not side for table, side in zip(tables, sides, strict=True)
    )
    assert any(least(table) > SPARE * WIDTH and side for table, side in zip(tables, sides, strict=True))
