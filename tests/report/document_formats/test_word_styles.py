"""Tests the look of Word documents: styles, the page and its footer, and elements in the order that Word
requires."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from fltoolkit.report.document_formats.word_styles import (
    TEMPLATE,
    TITLES,
    border,
    element,
    fill,
    set_language,
)

OWN = (
    *TITLES.values(),
    "Prompt Bullet",
    "Number",
    "Number Long",
    "Number Unit",
    "Number Doubt",
    "Sign",
    "Table Head",
    "Table Text",
    "Table Note",
    "Writing Space",
    "Picture",
    "Gap",
    "Source",
    "toc 1",
    "toc 2",
    "TOC Heading",
)
BLUE, QUIET, WARN = "1F5A7A", "55606B", "C2571A"


@pytest.fixture(scope="module")
def word() -> Any:
    made = docx.Document(str(TEMPLATE))
    set_language(made, "fr")
    return made


def names(node: Any) -> list[str]:
    return [child.tag.partition("}")[2] for child in node]


def test_every_style_has_the_font_and_none_of_the_themes(word: Any) -> None:
    for name in ("Normal", "Title", "Heading 1", "Subtitle", "Caption", "List Bullet", *OWN):
        style = word.styles[name]
        assert style.font.name == "Arial"
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert not [a for a in fonts.attrib if "Theme" in a], name
        assert style.element.rPr.find(qn("w:spacing")) is None, name
    assert word.styles["Normal"].font.size == Pt(10)


def test_headings_are_blue_stay_with_what_follows_and_have_no_rule_below(word: Any) -> None:
    title = word.styles["Title"]
    assert (str(title.font.color.rgb), title.font.size, title.paragraph_format.keep_with_next) == (
        BLUE,
        Pt(22),
        True,
    )
    assert title.element.pPr.find(qn("w:pBdr")) is None
    assert not word.styles["Normal"].paragraph_format.keep_with_next
    assert str(word.styles["Quiet"].font.color.rgb) == QUIET


def test_a_warning_has_a_bar_at_its_left_and_a_ground_in_the_order_of_word(word: Any) -> None:
    warning = word.styles["Warning"]
    assert warning.base_style.name == "Normal"
    properties = warning.element.pPr
    assert properties.find(qn("w:pBdr")).find(qn("w:left")).get(qn("w:color")) == WARN
    assert properties.find(qn("w:shd")).get(qn("w:fill")) == "FDF3EC"
    order = ["keepNext", "widowControl", "pBdr", "shd", "spacing", "ind"]  # of CT_PPr in ECMA-376
    assert [n for n in names(properties) if n in order] == [n for n in order if n in names(properties)]
    assert word.styles["Prompt"].element.pPr.find(qn("w:shd")) is None
    assert word.styles["Lead"].element.pPr.find(qn("w:pBdr")) is None


def test_the_document_has_one_language(word: Any) -> None:
    found = word.styles.element.find(".//{*}rPrDefault/{*}rPr").findall(qn("w:lang"))
    assert [lang.get(qn("w:val")) for lang in found] == ["fr-FR"]


def test_a_page_is_a4_and_its_number_a_field(word: Any) -> None:
    section = word.sections[0]
    assert [round(side.cm, 1) for side in (section.page_width, section.page_height, section.left_margin)] == [
        21.0,
        29.7,
        2.0,
    ]
    assert round(section.footer_distance.cm, 1) == 0.9
    (run,) = section.footer.paragraphs[0].runs
    assert names(run._r) == ["fldChar", "instrText", "fldChar"]
    assert run._r[1].text == "PAGE"


def test_the_template_holds_no_text_and_no_style_that_nothing_uses(word: Any) -> None:
    assert [p.text for p in word.paragraphs] == []
    kept = {
        "Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "List Bullet",
        "List Paragraph", "header", "footer", "Default Paragraph Font", "Normal Table", "No List", *OWN,
    }  # fmt: skip
    assert {style.name for style in word.styles} - {"Header", "Footer"} <= kept


@pytest.mark.parametrize("ground_first", [True, False])
def test_the_borders_of_a_cell_stand_before_its_ground(ground_first: bool) -> None:
    cell = docx.Document().add_table(1, 1).cell(0, 0)
    if ground_first:
        fill(cell, "F3F6F8")
    border(cell, bottom=("D7DDE3", 4), top=("1F5A7A", 8))
    sides = cell._tc.tcPr.find(qn("w:tcBorders"))
    assert names(sides) == ["top", "bottom"]
    assert [(side.get(qn("w:color")), side.get(qn("w:sz"))) for side in sides] == [
        ("1F5A7A", "8"),
        ("D7DDE3", "4"),
    ]
    assert names(cell._tc.tcPr)[1:] == (["tcBorders", "shd"] if ground_first else ["tcBorders"])


def test_an_element_has_its_attributes_in_words_namespace() -> None:
    made = element("w:shd", val="clear", fill="FFFFFF")
    assert (made.tag, dict(made.attrib)) == (qn("w:shd"), {qn("w:val"): "clear", qn("w:fill"): "FFFFFF"})
