"""Tests tables on pages: kinds of cells, markers with explanations, and heads at each cell for narrow screens."""

from __future__ import annotations

import re

from fltoolkit.report.document_formats.html_writer import html
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable

HEADS = (
    Head("a", "Group", "label"),
    Head("b", "Per 1,000", "value"),
    Head("c", "Interval", "number"),
    Head("d", "Kind", "words"),
)
ROWS = (
    (PrintedCell("sex"),),
    (PrintedCell("men"), PrintedCell("8.0", "u", number=True), PrintedCell("4 to 9", number=True), PrintedCell("a < b")),
    (PrintedCell("women"), PrintedCell("", "c"), PrintedCell(), PrintedCell()),
    (PrintedCell("other"), PrintedCell("to be filled"), PrintedCell("–", number=True), PrintedCell()),
)
MADE = PrintedTable(
    "t", HEADS, ROWS, note="CV: see", footnotes=("high CV",), meanings=(("[u]", "low"), ("[c]", "hidden"), ("CV", "error in %"))
)


def test_a_row_has_its_name_as_head_and_cells_by_kind() -> None:
    page = html(MADE)
    assert '<tr class="across"><th scope="rowgroup" colspan="4">sex</th></tr>' in page
    assert page.count('<th scope="row" class="label">') == 3
    assert re.findall(r'<td class="([^"]+)"', page) == [
        "value number", "number", "words", "value number masked", "number", "words", "value number said", "number", "words",
    ]  # fmt: skip
    assert "a &lt; b" in page
    assert page.count('data-head="Per 1,000"') == 3


def test_markers_and_terms_explain_themselves_wherever_they_stand() -> None:
    page = re.sub(r' style="[^"]*"', "", html(MADE))
    assert '8.0<span class="marker">\xa0<abbr title="low">[u]</abbr></span>' in page
    assert '<span class="marker"><abbr title="hidden">[c]</abbr></span>' in page
    assert page.count('<abbr title="error in %">CV</abbr>') == 2
    assert "<li><b>a</b> high" in page


def test_room_for_a_marker_is_left_only_where_one_stands_behind_a_number() -> None:
    page = html(PrintedTable("t", HEADS[:2], (ROWS[2][:2],)))
    assert 'class="marker"' not in page
    assert "<abbr" not in page  # nothing is said to explain
    assert ">[c]</td>" in page
