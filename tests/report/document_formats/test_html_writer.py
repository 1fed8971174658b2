"""Tests documents as HTML pages: they need no other file, can be printed, and show markup in texts as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from handed import EN, FR, evidence

from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    CoverFacts,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.html_writer import as_html, as_slides
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.show.printed_tables.printed_table import of_texts

EVIL = '<b onclick="x">&</b>'
TABLE = of_texts(EVIL, ("name", "value"), ((EVIL,), ("a", EVIL)), (1,), EVIL)


class Seen(HTMLParser):
    """Tags in order, those open at the end, attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "img", "col", "br", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def seen(page: str) -> Seen:
    reader = Seen()
    reader.feed(page)
    assert reader.open == []
    return reader


def document(*blocks: Block, kind: str = "brief") -> Document:
    return Document(kind, EVIL, EVIL, "fr", blocks, EVIL, EVIL)  # type: ignore[arg-type]


EVERY = (
    Heading(EVIL), Paragraph(EVIL, "warning"), Bullets((EVIL, EVIL)), Facts((Fact(EVIL, EVIL, EVIL),)),
    TABLE, Heading(EVIL, 2, new_page=True),
)  # fmt: skip


@pytest.mark.parametrize(("render", "times"), [(as_html, 17), (as_slides, 18)])  # the foot is on both slides
def test_every_text_of_every_block_is_shown_and_not_obeyed(render: object, times: int) -> None:
    page = seen(render(document(*EVERY)))  # type: ignore[operator]
    assert "b" not in page.tags
    assert "onclick" not in dict(page.attributes)
    assert render(document(*EVERY)).count("&lt;b onclick") == times  # type: ignore[operator]


def test_a_page_stands_alone_in_its_language() -> None:
    page = as_html(evidence_brief(evidence(), FR))
    reader = seen(page)
    assert ("lang", "fr") in reader.attributes
    links = [value for name, value in reader.attributes if name in ("src", "href", "srcset", "action")]
    assert links
    assert all(link.startswith("data:image/svg+xml;base64,") for link in links)
    assert "script" not in reader.tags
    assert not re.search(r"url\((?!data:)|@import", page)


def test_tables_have_heads_of_columns_and_groups_and_numbers_stand_right() -> None:
    page = as_html(document(TABLE))
    assert '<th scope="col" class="words">name</th><th scope="col" class="number">value</th>' in page
    assert '<th scope="rowgroup" colspan="2">' in page
    assert '<td class="words" data-head="name">a</td><td class="number' in page


def test_each_picture_has_its_words() -> None:
    reader = seen(as_html(evidence_brief(evidence(), EN)))
    alts = [value for name, value in reader.attributes if name == "alt"]
    assert len(alts) == 1
    assert all(len(alt) > 100 for alt in alts)


def test_the_facts_of_the_first_page_are_a_list_of_names_and_texts() -> None:
    page = as_html(Document("skeleton", "t", "s", "en", (CoverFacts((("Survey", EVIL), ("Contact", "x"))),)))
    assert "<dl><dt>Survey</dt><dd>&lt;b onclick" in page
    assert page.count("<dt>") == page.count("<dd>") == 2
