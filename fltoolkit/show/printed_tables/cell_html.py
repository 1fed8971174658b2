"""Writes a cell and a text as HTML. A reader who points at a marker such as [u], or at a term, sees its
meaning."""

from __future__ import annotations

import re
from html import escape

from fltoolkit.languages.html_text import inline
from fltoolkit.show.printed_tables.printed_table import NBSP, PrintedCell

Meanings = tuple[tuple[str, str], ...]
MARKER_ROOM = "1.9em"
ROOM = (
    f'<span class="marker" style="display: inline-block; min-width: {MARKER_ROOM}; text-align: '
    f'left">{{}}</span>'
)
"""The space for a marker behind a number. The style is inside the tag, because a notebook that is not trusted
yet drops style sheets.
"""


def cell_html(cell: PrintedCell, meanings: Meanings, *, marker_space: bool) -> str:
    """Returns a cell of a printed table as HTML. A reader who points at its marker (such as [u]) sees the
    meaning of the marker.

    If `marker_space` is true, the cell leaves space for a marker, so that the numbers of the column are
    aligned."""
    marker = f"{NBSP if cell.text else ''}{explained(cell.bracketed, meanings)}" if cell.marker else ""
    behind = ROOM.format(marker) if marker_space and (cell.text or marker) and cell.is_number else marker
    text = inline(cell.text)
    return f"{f'<strong>{text}</strong>' if cell.strong else text}{behind}"


def explained(text: str, meanings: Meanings) -> str:
    """Returns a text as HTML. A reader who points at a marker (such as [u]) or a term sees its meaning, if
    `meanings` has it. HTML characters in the text are escaped."""
    known = dict(meanings)
    if not known:
        return inline(text)
    parts = re.split(f"({'|'.join(map(re.escape, known))})", text)
    return "".join(
        f'<abbr title="{escape(known[part])}">{escape(part)}</abbr>' if part in known else inline(part)
        for part in parts
    )
