"""Calculates the heights of the rows of a sheet from their texts, and the least widths of its columns.

A spreadsheet program would choose a height that cuts off the last line if a sheet is printed smaller. It
would also count cells that are not printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import ceil, inf

from fltoolkit.report.document_formats.column_widths import in_font_sizes
from fltoolkit.report.workbook.sheet_charts import ROW, ROWS
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow, Styled
from fltoolkit.spreadsheets import DIGIT, LETTERS, PrintedRows, clean_text

ONE_LINE = ("unseen", "across", "hidden")  # styles whose texts are never wrapped
BOLD = ("section", "warn")
TITLE_LINE, TOP_LINE, GAP = (
    19,
    14.5,
    6,
)  # points of the title, of each other line above the table, and of the gap below them
POINTS_IN_PIXEL = 0.75
LINE, BESIDE = 12.8, 1.5  # points of a line, and points above and below the lines of a row
INDENT = 8  # pixels at the left of a text
ARIAL = (
    ("\u2060", 0.0),
    ("ijl’'", 0.22),
    (" ftI.,;:/!\u00a0\u202f", 0.28),
    ("r()-«»", 0.33),
    ("cçksvxyzJ", 0.5),
    ("FTZ", 0.61),
    ("ABEKPSVXYÀÉ", 0.67),
    ("CDHNRUw", 0.72),
    ("GOQ", 0.78),
    ("mM", 0.83),
    ("%", 0.89),
    ("W—@", 1.0),
)
"""The widths of letters in the font of the cells, as a part of its size."""
OTHER, BOLDER = 0.556, 1.08  # the width of digits and most other letters, and how much wider bold letters are
PIXELS = LETTERS * 96 / 72  # the width of a letter that is as wide as the font is high


def height_of(lines: Iterable[int]) -> float:
    """Returns the height of a row in points: as high as its longest cell needs. `lines` is the number of
    lines of each cell."""
    return max(lines, default=1) * LINE + BESIDE


def lines_in(text: str, width: float, *, bold: bool = False) -> int:
    """Returns how many lines a text takes in a column. `width` is the width of the column in characters."""
    room, lines = (width * DIGIT - INDENT) / (BOLDER if bold else 1.0), 0
    for part in clean_text(text).split("\n"):
        used = inf
        for word in part.split(" "):
            wide = _pixels(word)
            if used + wide > room:
                lines, used = lines + max(1, ceil(wide / room)), 0.0
            used += wide + _pixels(" ")
    return lines


def least_width(head: str) -> float:
    """Returns the width in characters at which no word of a column's heading, in bold letters, is broken into
    two lines."""
    return (max(map(_pixels, clean_text(head).replace("/", "/ ").split())) * BOLDER + INDENT) / DIGIT


def width_of_number(value: float, decimals: int) -> float:
    """Returns the width in characters that a number needs with its sign and the space behind it. A
    spreadsheet prints a number that is wider than its column as a row of #."""
    return _pixels(f"0{abs(value):,.{decimals}f}0") / DIGIT


def heights_of(page: Page) -> PrintedRows:
    """Returns the heights of the printed rows of a sheet. A row that begins a page repeats the texts of the
    row above and, with a line of its own, the heading above it."""
    page = replace(page, lines=page.lines[: page.printed_lines])
    top, head = (
        TITLE_LINE + TOP_LINE * (page.head - 1) + GAP,
        [lines_in(c.head, c.width, bold=True) for c in page.printed],
    )
    rows = [height_of(cell_lines(page, line)) for line in page.lines]
    heading = height_of([1]) * any(line.is_heading for line in page.lines)
    again = [
        height_of(cell_lines(page, line.in_full)) + heading * (not line.is_heading) for line in page.lines
    ]
    chart = [ROWS * ROW * POINTS_IN_PIXEL] if page.chart else []
    return PrintedRows(top, height_of(head), [*rows, *chart], [*again, *chart], page.levels)


def cell_lines(page: Page, line: SheetRow) -> list[int]:
    return [_lines_of(cell, about) for cell, about in zip(line.cells, page.printed, strict=False)]


def _lines_of(cell: object, about: Column) -> int:
    """Returns how many lines a cell takes in its column. An empty cell takes one."""
    style = cell.style if isinstance(cell, Styled) else about.style
    value = about.shown(getattr(cell, "value", cell))
    return (
        lines_in(value, about.width, bold=style in BOLD)
        if isinstance(value, str) and style not in ONE_LINE
        else 1
    )


def _pixels(text: str) -> float:
    return PIXELS * in_font_sizes(text, ARIAL, OTHER)
