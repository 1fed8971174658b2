"""The heights of the rows of a sheet, calculated from their texts.

A spreadsheet program would choose a height that cuts off the last line if a sheet is printed smaller. It would also count cells
that are not printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, inf

from fltoolkit.report.document_formats.column_widths import POINTS, width_of
from fltoolkit.spreadsheets import DIGIT, LETTERS, clean_text

LINE, BESIDE = 12.8, 1.5  # points of a line, and what a row has above and below its lines
SIDES = 2  # pixels of a column beyond its characters that a text can use
CALIBRI = 0.84  # its width as a part of Arial's, with a small reserve
PIXELS = 96 / 2.54 * LETTERS / POINTS * CALIBRI  # of a cell's text, in a centimetre of a table's text
SPACE = width_of(" ") * PIXELS


def height_of(lines: Iterable[int]) -> float:
    """Returns the height of a row in points: as high as its longest cell needs. `lines` is the number of lines of each cell."""
    return max(lines, default=1) * LINE + BESIDE


def lines_in(text: str, width: float) -> int:
    """Returns how many lines a text takes in a column. `width` is the width of the column in characters."""
    room, lines = width * DIGIT + SIDES, 0
    for part in clean_text(text).split("\n"):
        used = inf
        for word in part.split(" "):
            wide = width_of(word) * PIXELS
            if used + wide > room:
                lines, used = lines + max(1, ceil(wide / room)), 0.0
            used += wide + SPACE
    return lines
