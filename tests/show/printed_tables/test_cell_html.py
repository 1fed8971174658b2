"""Tests cells as HTML: markup in texts is shown as text, and markers and terms have explanations."""

from __future__ import annotations

import re

from fltoolkit.show.printed_tables.cell_html import cell_html, explained
from fltoolkit.show.printed_tables.printed_table import PrintedCell

MEANINGS = (("[u]", "low <reliability>"), ("CV", "error in %"))


def test_a_text_is_escaped_and_a_term_explained_wherever_it_stands() -> None:
    assert explained("<b> CV & CV", MEANINGS) == (
        '&lt;b&gt; <abbr title="error in %">CV</abbr> &amp; <abbr title="error in %">CV</abbr>'
    )
    assert explained("<b>", ()) == "&lt;b&gt;"


def test_numbers_of_a_column_with_markers_all_leave_room_for_one() -> None:
    cells = (
        PrintedCell("8.0", "u", number=True),
        PrintedCell("17.2", number=True),
        PrintedCell(),
        PrintedCell("to be <filled>"),
    )
    made = [re.sub(r' style="[^"]*"', "", cell_html(cell, MEANINGS, marker_space=True)) for cell in cells]
    assert made == [
        '8.0<span class="marker">\xa0<abbr title="low &lt;reliability&gt;">[u]</abbr></span>',
        '17.2<span class="marker"></span>',
        "",
        "to be &lt;filled&gt;",
    ]
    assert cell_html(cells[1], MEANINGS, marker_space=False) == "17.2"
