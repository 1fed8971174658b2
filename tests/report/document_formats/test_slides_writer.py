"""Tests a document as slides: the blocks of each slide, opened from the disk, and on paper."""

from __future__ import annotations

import re

from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Document, Heading, Paragraph
from fltoolkit.report.document_formats.html_writer import NARROW, as_slides

BLOCKS = (Heading("One"), Paragraph("a"), Heading("Below", 2), Bullets(("b",)), Heading("Two"), Paragraph("c"))


def document(*blocks: Block, title: str = "Findings") -> Document:
    return Document("slides", title, "for the <workshop>", "fr", blocks, "Source: us & them")


def test_slides_run_offline_and_one_heading_is_one_slide() -> None:
    slides = document(*BLOCKS)
    page = as_slides(slides)
    heads = [b for b in slides.blocks if isinstance(b, Heading) and b.level == 1]
    assert page.count("<section") == len(heads) + 1
    assert "Reveal.initialize" in page
    assert not re.search(r"<link|<script[^>]+src", page)
    assert not re.search(r"url\((?!data:)|@import", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    assert "connect-src" not in page
    assert "default-src 'none'" in page


def test_printed_without_scripts_each_slide_is_a_page() -> None:
    page = as_slides(document(*BLOCKS))
    assert "break-after: page" in page
    assert '<style media="screen and (min-width: 600px)">' in page  # reveal's own sheet for paper is another look


def test_a_telephone_gets_one_page_to_scroll_and_no_slide_that_is_scaled_down() -> None:
    page = as_slides(document(*BLOCKS))
    assert f"if (!matchMedia('{NARROW}').matches) Reveal.initialize" in page
    assert f"@media screen and {NARROW}" in page


def test_a_smaller_heading_stays_on_its_slide_and_what_comes_before_any_has_one() -> None:
    page = as_slides(document(Paragraph("before"), *BLOCKS))
    _, first, *slides = page.split("<section")  # after the head the title's
    assert 'class="title"' in first
    assert [[word for word in ("before", "One", "Below", "Two") if f">{word}<" in slide] for slide in slides] == [
        ["before"],
        ["One", "Below"],
        ["Two"],
    ]


def test_title_subtitle_and_source_are_shown_and_not_obeyed() -> None:
    page = as_slides(document(title="<script>x</script>"))
    assert "<title>&lt;script&gt;x&lt;/script&gt;</title>" in page
    assert '<p>for the &lt;workshop&gt;</p><p class="foot"><span>Source: us &amp; them</span><span>1 / ' in page
    assert page.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert page.count("<section") == 1
