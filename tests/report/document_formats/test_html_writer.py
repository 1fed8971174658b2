"""Tests documents as HTML pages: they need no other file, can be printed, and show markup in texts as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from handed import EN, FR, evidence

from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.html_writer import as_html, html
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable, of_texts

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
    Heading(EVIL),
    Paragraph(EVIL, "warning"),
    Bullets((EVIL, EVIL)),
    Facts((Fact(EVIL, EVIL, EVIL),)),
    TABLE,
    Heading(EVIL, 2, new_page=True),
)


def test_every_text_of_every_block_is_shown_and_not_obeyed() -> None:
    page = seen(as_html(document(*EVERY)))
    assert "b" not in page.tags
    assert "onclick" not in dict(page.attributes)
    assert as_html(document(*EVERY)).count("&lt;b onclick") == 17


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


HEADS = (
    Head("a", "Group", "label"),
    Head("b", "Per 1,000", "value"),
    Head("c", "Interval", "number"),
    Head("d", "Kind", "words"),
)
ROWS = (
    (PrintedCell("sex"),),
    (
        PrintedCell("men"),
        PrintedCell("8.0", "u", number=True),
        PrintedCell("4 to 9", number=True),
        PrintedCell("a < b"),
    ),
    (PrintedCell("women"), PrintedCell("", "c"), PrintedCell(), PrintedCell()),
    (PrintedCell("other"), PrintedCell("to be filled"), PrintedCell("–", number=True), PrintedCell()),
)
MADE = PrintedTable(
    "t",
    HEADS,
    ROWS,
    note="CV: see",
    footnotes=("high CV",),
    meanings=(("[u]", "low"), ("[c]", "hidden"), ("CV", "error in %")),
)


def test_a_row_has_its_name_as_head_and_cells_by_kind() -> None:
    page = html(MADE)
    assert '<tr class="across"><th scope="rowgroup" colspan="4">sex</th></tr>' in page
    assert page.count('<th scope="row" class="label">') == 3
    assert re.findall(r'<td class="([^"]+)"', page) == [
        "value number",
        "number",
        "words",
        "value number masked",
        "number",
        "words",
        "value number said",
        "number",
        "words",
    ]
    assert "a &lt; b" in page
    assert page.count('data-head="Per 1,000"') == 3


def test_markers_and_terms_explain_themselves_wherever_they_stand() -> None:
    page = re.sub(r' style="[^"]*"', "", html(MADE))
    assert '8.0<span class="marker">\xa0<abbr title="low">[u]</abbr></span>' in page
    assert '<span class="marker"><abbr title="hidden">[c]</abbr></span>' in page
    assert page.count('<abbr title="error in %">CV</abbr>') == 2
    assert "<li><b>a</b>&nbsp;high" in page


def test_room_for_a_marker_is_left_only_where_one_stands_behind_a_number() -> None:
    page = html(PrintedTable("t", HEADS[:2], (ROWS[2][:2],)))
    assert 'class="marker"' not in page
    assert "<abbr" not in page  # nothing is said to explain
    assert ">[c]</td>" in page
