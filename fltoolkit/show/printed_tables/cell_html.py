"""A cell and a text as HTML: markers and terms show their meaning to a reader who points at them."""

from __future__ import annotations

import re
from html import escape

from fltoolkit.languages.html_text import inline
from fltoolkit.show.printed_tables.printed_table import NBSP, PrintedCell

Meanings = tuple[tuple[str, str], ...]
ROOM = '<span class="marker" style="display: inline-block; min-width: 1.9em; text-align: left">{}</span>'
"""The room of a marker behind a number. Its style is its own, since a notebook that is not trusted yet drops style sheets."""


def cell_html(cell: PrintedCell, meanings: Meanings, *, room: bool) -> str:
    """A cell; `room`: its column has markers behind numbers, so that each leaves room for one and the numbers stand below each other."""
    marker = f"{NBSP if cell.text else ''}{explained(cell.bracketed, meanings)}" if cell.marker else ""
    behind = ROOM.format(marker) if room and (cell.text or marker) and cell.is_number else marker
    return f"{inline(cell.text)}{behind}"


def explained(text: str, meanings: Meanings) -> str:
    """A text, escaped, in which each marker and term has its meaning as a title."""
    known = dict(meanings)
    if not known:
        return inline(text)
    parts = re.split(f"({'|'.join(map(re.escape, known))})", text)
    return "".join(
        f'<abbr title="{escape(known[part])}">{escape(part)}</abbr>' if part in known else inline(part) for part in parts
    )
