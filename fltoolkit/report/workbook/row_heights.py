"""Calculates the heights of the rows of a sheet from their texts, and the least widths of its columns.

A spreadsheet program would choose a height that cuts off the last line if a sheet is printed smaller. It would also count cells
that are not printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, inf

from fltoolkit.report.document_formats.column_widths import in_font_sizes
from fltoolkit.spreadsheets import DIGIT, LETTERS, clean_text

LINE, BESIDE = 12.8, 1.5  # points of a line, and points above and below the lines of a row
INDENT = 8  # pixels at the left of a text
ARIAL = (
    ("ijl’'", 0.22), (" ftI.,;:/!\u00a0\u202f", 0.28), ("r()-«»", 0.33), ("cçksvxyzJ", 0.5), ("FTZ", 0.61), ("ABEKPSVXYÀÉ", 0.67),
    ("CDHNRUw", 0.72), ("GOQ", 0.78), ("mM", 0.83), ("%", 0.89), ("W—@", 1.0),
)  # fmt: skip
"""The widths of letters in the font of the cells, as a part of its size."""
OTHER, BOLD = 0.556, 1.08  # the width of digits and most other letters, and how much wider bold letters are
PIXELS = LETTERS * 96 / 72  # the width of a letter that is as wide as the font is high


def height_of(lines: Iterable[int]) -> float:
    """Returns the height of a row in points: as high as its longest cell needs. `lines` is the number of lines of each cell."""
    return max(lines, default=1) * LINE + BESIDE


def lines_in(text: str, width: float, *, bold: bool = False) -> int:
    """Returns how many lines a text takes in a column. `width` is the width of the column in characters."""
    room, lines = (width * DIGIT - INDENT) / (BOLD if bold else 1.0), 0
    for part in clean_text(text).split("\n"):
        used = inf
        for word in part.split(" "):
            wide = _pixels(word)
            if used + wide > room:
                lines, used = lines + max(1, ceil(wide / room)), 0.0
            used += wide + _pixels(" ")
    return lines


def least_width(head: str) -> float:
    """Returns the width in characters at which no word of a column's heading, in bold letters, is broken into two lines."""
    return (max(map(_pixels, clean_text(head).replace("/", "/ ").split())) * BOLD + INDENT) / DIGIT


def width_of_number(value: float, decimals: int) -> float:
    """Returns the width in characters that a number needs with its sign and the space behind it. A spreadsheet prints a number that
    is wider than its column as a row of #."""
    return _pixels(f"0{abs(value):,.{decimals}f}0") / DIGIT


def _pixels(text: str) -> float:
    return PIXELS * in_font_sizes(text, ARIAL, OTHER)
