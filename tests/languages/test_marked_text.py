"""Tests the mark of a text in another language within a sentence."""

from __future__ import annotations

import pytest

from fltoolkit.languages.marked_text import (
    BEGIN,
    END,
    MIDDLE,
    Part,
    languages_marked,
    mark,
    runs,
    starred,
    unmarked,
)
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph
from fltoolkit.report.document_formats.html_writer import inline


def test_the_parts_of_a_sentence_know_their_language() -> None:
    text = f"au total, {mark('the North', 'en')} et {mark('el Sur', 'es')}"
    assert list(runs(text)) == [
        Part("au total, "),
        Part("the North", "en"),
        Part(" et "),
        Part("el Sur", "es"),
    ]
    assert unmarked(text) == "au total, the North et el Sur"
    assert starred(text) == "au total, the North* et el Sur*"
    assert (
        inline(text)
        == 'au total, <i lang="en">the North</i><sup>*</sup> et <i lang="es">el Sur</i><sup>*</sup>'
    )


def test_what_has_no_letter_is_of_every_language() -> None:
    assert mark("150", "en") == "150"
    assert list(runs("")) == []


@pytest.mark.parametrize("text", [BEGIN, f"{BEGIN}fr", f"{BEGIN}{MIDDLE}{END}", f"{END}{BEGIN}"])
def test_stray_signs_are_letters(text: str) -> None:
    assert list(runs(text)) == [Part(text)]
    assert languages_marked(text) == set()


def test_a_hostile_text_gets_no_further_than_its_letters() -> None:
    assert inline(mark("<script>", "en")) == '<i lang="en">&lt;script&gt;</i><sup>*</sup>'
    assert inline(f'{BEGIN}en" onload="x{MIDDLE}y{END}').startswith(BEGIN)


def test_marks_are_found_wherever_a_block_has_text() -> None:
    blocks = (Paragraph("a"), Bullets(("b", mark("c", "es"))))
    assert languages_marked(blocks) == {"es"}
