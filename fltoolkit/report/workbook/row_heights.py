"""The heights of a sheet's rows, calculated from their texts.

The height that a spreadsheet program chooses would cut off the last line if a sheet is printed smaller. It would also take account
of cells that are not printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, inf

from fltoolkit.report.document_formats.column_widths import POINTS, width_of
from fltoolkit.spreadsheets import DIGIT, LETTERS, clean

LINE = 13.2  # points of a line
CALIBRI = 0.85  # its width as a part of Arial's, with a small reserve
PIXELS = 96 / 2.54 * LETTERS / POINTS * CALIBRI  # of a cell's text, in a centimetre of a table's text


def height_of(lines: Iterable[int]) -> float:
    """Returns the height of a row in points: as high as its longest cell needs. `lines` is the number of lines of each cell."""
    return max(lines, default=1) * LINE + 2


def lines_in(text: str, width: float) -> int:
    """Returns how many lines a text takes in a column. `width` is the width of the column in characters."""
    room, lines = width * DIGIT, 0
    for part in clean(text).split("\n"):
        used = inf
        for word in part.split(" "):
            wide = width_of(f"{word} ") * PIXELS
            if used + wide > room:
                lines, used = lines + ceil(wide / room), 0.0
            used += wide
    return lines
