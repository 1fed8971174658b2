"""How wide the columns of a printed table are on paper, by what stands in them: no number breaks, and no word does.

Widths are those of Arial, the font of the tables, and a little more, since Word may put another font in its place.
"""

from __future__ import annotations

import re

from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable

POINTS, CENTIMETRES = 8, 2.54 / 72  # of a table's letters, and of a point
SPARE = 1.07  # for another font, and for bold heads
CELL_MARGIN = 0.12  # at each side of a cell
MARKER = 0.55  # room for a marker behind a number
NARROW, WIDE = "iljtfrI.,;:!'’|()[]- \u00a0\u202f", "mwMW%@—"
LETTERS = ((NARROW, 0.31), (WIDE, 0.87), ("ABCDEFGHKLNOPQRSTUVXYZ", 0.69))
OTHER = 0.556  # digits, and most small letters; in parts of the font's size


def widths(table: PrintedTable, page: float) -> tuple[float, ...]:
    """The width of each column in centimetres; together they are as wide as the page.

    Every column gets what its longest number or word needs. What is left goes to the columns of words, until each row stands on one line.
    """
    short, full = _needs(table)
    left, wished = page - sum(short), sum(full) - sum(short)
    if left <= 0:
        return tuple(page * width / sum(short) for width in short)
    if wished <= left:
        return tuple(page * width / sum(full) for width in full)
    return tuple(low + left * (high - low) / wished for low, high in zip(short, full, strict=True))


def least(table: PrintedTable) -> float:
    """The width in centimetres below which a number or a word would break."""
    return sum(_needs(table)[0])


def _needs(table: PrintedTable) -> tuple[list[float], list[float]]:
    """What each column needs, so that no word breaks, and so that no cell takes a second line."""
    body = [row for row in table.rows if len(row) > 1]
    columns = [
        _column(head, [row[place] for row in body], MARKER if table.has_markers(place) else 0.0)
        for place, head in enumerate(table.heads)
    ]
    return [short for short, _ in columns], [full for _, full in columns]


def _column(head: Head, cells: list[PrintedCell], room: float) -> tuple[float, float]:
    """What a column needs; `room` is for markers behind its numbers."""
    numbers = [_width(cell.text if room else cell.printed) + room for cell in cells if cell.is_number]
    words = [cell.printed for cell in cells if not cell.is_number]
    short = max([*numbers, *map(_longest_word, words), _longest_word(head.text) + room])
    full = max([short, *map(_width, words), _width(head.text) + room])
    return short + 2 * CELL_MARGIN, full + 2 * CELL_MARGIN


def _longest_word(text: str) -> float:
    """The width of the longest part of a text that does not break."""
    return max(_width(word) for word in re.split(r"[ \t\n]|(?<=[-–/])", text))


def _width(text: str) -> float:
    """The width of a text in centimetres."""
    parts = sum(next((part for letters, part in LETTERS if letter in letters), OTHER) for letter in text)
    return parts * POINTS * CENTIMETRES * SPARE
