"""Calculates the widths of a printed table's columns on paper, in centimetres, from the texts of the table.
No number and no word is broken into two lines.

The widths of letters are those of Arial, the font of the tables. A small reserve is added, because Word may
use another font.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fltoolkit.languages.marked_text import starred
from fltoolkit.show.printed_tables.printed_table import PrintedTable

POINTS, CENTIMETRES = 8, 2.54 / 72  # the font size of a table in points, and the centimetres in a point
SPARE = 1.04  # factor for another font, whose letters may be wider
BOLD = 1.08  # factor for a column heading, which is bold
CELL_MARGIN = 0.09  # centimetres at each side of a cell
LABEL = 7.0  # centimetres of the longest label that stays on one line
LINES = (3, 2)  # the most lines of a text in a wide table, and in one with some room
MOVED = 0.25  # centimetres by which a label below a heading, or a word behind a number, is moved to the right
MARKER = 0.48  # centimetres for a marker behind a number
NARROW, WIDE = "iljtfrI.,;:!'’|()[]- \u00a0\u202f", "mwMW%@—"
SIGNS = "▼▲○✓✗"  # before the result of a test; Word takes these from a font in which they are as wide as letters are high
LETTERS = ((NARROW, 0.31), (WIDE, 0.87), (SIGNS, 1.0), ("ABCDEFGHKLNOPQRSTUVXYZ", 0.69))
OTHER = 0.556  # the width of digits and most small letters, as a part of the font size


def widths(table: PrintedTable, page: float) -> tuple[float, ...]:
    """Returns the width of each column of a printed table, in centimetres. The sum of the widths is `page`,
    the width of the page.

    Every column first gets the width of its longest number or word. The width that is left is shared: first
    until each other text fits on three lines, then on two, then until each label fits on one line, then until
    every text of a row does, and last every heading.
    """
    made, *wider = zip(*(_needs(table, place) for place in range(len(table.heads))), strict=True)
    for wished in wider:
        missing = [max(0.0, wish - width) for wish, width in zip(wished, made, strict=True)]
        share = min(1.0, max(0.0, page - sum(made)) / sum(missing)) if any(missing) else 0.0
        made = tuple(width + share * more for width, more in zip(made, missing, strict=True))
    return tuple(page * width / sum(made) for width in made)


def least(table: PrintedTable) -> float:
    """Returns the smallest width of a printed table, in centimetres, at which no number and no word is broken
    into two lines."""
    return sum(_needs(table, place)[0] for place in range(len(table.heads)))


def _needs(table: PrintedTable, place: int) -> tuple[float, ...]:
    """Returns the widths of a column, in centimetres. At the first no word is broken, at the next ones each
    text has at most as many lines as `LINES` says (or is as wide as a label may be), then a label has one
    line, then each text, at the last the heading. `place` is the number of the column, from 0."""
    head, cells = table.heads[place], [row[place] for row in table.rows if len(row) > 1]
    room = MARKER * table.marked[place]
    numbers = [width_of(cell.text if room else cell.printed) + room for cell in cells if cell.is_number]
    words = [cell.printed for cell in cells if not cell.is_number]
    unbroken = max([*numbers, *map(_longest_word, words), BOLD * _longest_word(head.text) + room])
    rows = max([unbroken, *map(width_of, words)])
    full = max(rows, BOLD * width_of(head.text) + room)
    is_label = head.kind == "label" and full <= LABEL
    short = [unbroken if is_label else max(unbroken, min(LABEL, full / lines)) for lines in LINES]
    beside = 2 * CELL_MARGIN + MOVED * is_moved(table, place)
    return tuple(width + beside for width in (unbroken, *short, full if is_label else short[-1], rows, full))


def is_moved(table: PrintedTable, place: int) -> bool:
    """Returns whether the texts of a column are moved to the right. Three kinds of texts are moved: labels
    below headings across the table, words behind a column of numbers, and the value of a later year behind an
    interval."""
    if place == 0:
        return any(len(row) == 1 and not row[0].quiet for row in table.rows)
    return table.heads[place].kind in ("words", "notes", "value") and table.heads[place - 1].kind in (
        "value",
        "number",
    )


def _longest_word(text: str) -> float:
    """Returns the width of the longest part of a text (a word or a number) that is never broken into two
    lines, in centimetres."""
    return max(width_of(word) for word in re.split(r"[ \t\n]|(?<=[-–/])(?!\u00a0)", starred(text)))


def width_of(text: str) -> float:
    """Returns the width of a text in centimetres, in the font and size of a printed table."""
    return in_font_sizes(starred(text), LETTERS, OTHER) * POINTS * CENTIMETRES * SPARE


def in_font_sizes(text: str, letters: Sequence[tuple[str, float]], other: float) -> float:
    """Returns the width of a text as a multiple of the size of its font.

    Args:
        text: the text.
        letters: groups of letters, each with the width of one letter, as a part of the size of the font.
        other: the width of a letter that is in no group.
    """
    return sum(next((width for group, width in letters if letter in group), other) for letter in text)
