"""Fits the texts and tables of a slide into their places: it chooses the size of the letters, and says what a
slide has no room for. Letters are measured in Arial, with a reserve for another font."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from fltoolkit.languages.marked_text import starred
from fltoolkit.report.document_formats.column_widths import MOVED, POINTS, is_moved, widths
from fltoolkit.report.document_formats.document_blocks import Fact, Facts
from fltoolkit.report.document_formats.word_rows import BEFORE_WORD, clean
from fltoolkit.show.charts.renderers.matplotlib_sheet import wrapped
from fltoolkit.show.printed_tables.printed_table import NBSP, PrintedTable

SPARE = 1.04  # factor for another font, whose letters may be wider
LEADING = 1.17  # height of a line, as a multiple of the size of its letters
BETWEEN = 6.0  # points above a paragraph
INDENT = 0.25  # inches from a bullet to its text
BESIDE, ABOVE = 0.08, 0.04  # inches beside and above the text of a cell
LEAST, LEAST_OF_TABLE, LEAST_OF_TITLE = 16.0, 12.0, 20.0  # points
STEP = 2.0  # points
NUMBER, LONG_NUMBER = 36.0, 24.0  # points of a number in large type
MANY = 4  # numbers in large type from which they are smaller
INCH = 2.54  # centimetres
MORE = "…"  # behind a text that is cut

Kind = Literal["plain", "quiet", "strong", "bullet", "note"]


@dataclass(frozen=True)
class SlideText:
    """One paragraph of a slide: its text, and how it looks. A `note` explains a table, in its smaller
    letters."""

    text: str
    kind: Kind = "plain"

    def points(self, of_slide: float) -> float:
        """Returns the size of the letters, if other texts of the slide have `of_slide` points."""
        return of_slide * LEAST_OF_TABLE / LEAST if self.kind == "note" else of_slide


@dataclass(frozen=True)
class Room:
    """The width and the height of a place for texts, in inches."""

    width: float
    height: float


def points_that_fit(texts: Sequence[SlideText], room: Room, most: float, least: float) -> float:
    """Returns the largest size of letters, in points, at which all texts fit, from `most` down to `least`. If
    they fit at none, it is `least`."""
    return next(
        (size for size in _sizes(most, least) if height(texts, room.width, size) <= room.height), least
    )


def _sizes(most: float, least: float) -> Iterable[float]:
    return (most - STEP * n for n in range(ceil((most - least) / STEP))) if most > least else ()


def height(texts: Iterable[SlideText], width: float, points: float) -> float:
    """Returns the height of paragraphs below each other, in inches."""
    sizes = ((text, text.points(points)) for text in texts)
    return sum((BETWEEN + _lines(text, width, size) * size * LEADING) / 72 for text, size in sizes)


def _lines(text: SlideText, width: float, points: float) -> int:
    inches = (width - INDENT * (text.kind == "bullet")) / SPARE
    return lines_of(text.text, points, inches, bold=text.kind == "strong")


def lines_of(text: str, points: float, inches: float, *, bold: bool = False) -> int:
    """Returns how many lines a text has at this size of letters and this width."""
    return wrapped(starred(printable(text)), points, inches, bold=bold).count("\n") + 1


def printable(text: str) -> str:
    """Returns a text without characters that XML does not allow, in which no line breaks between a number and
    the word behind it."""
    return BEFORE_WORD.sub(NBSP, clean(text))


def shown_and_rest(
    texts: Sequence[SlideText], room: Room, points: float, more: SlideText
) -> tuple[list[SlideText], list[SlideText]]:
    """Returns the paragraphs that a slide has room for, and those that are left for its notes. If any are
    left, the last paragraph on the slide is `more`, which says where they are. A first paragraph that is too
    long alone is cut between two words."""
    if height(texts, room.width, points) <= room.height:
        return list(texts), []
    left = Room(room.width, room.height - height([more], room.width, points))
    fitting = [n for n in range(1, len(texts)) if height(texts[:n], left.width, points) <= left.height]
    shown = list(texts[: max(fitting)]) if fitting else [cut_text(texts[0], left, points)]
    return [*shown, more], list(texts[max(fitting, default=0) :])


def cut_text(text: SlideText, room: Room, points: float) -> SlideText:
    """Returns a text that fits into its place. A longer one has no words at its end, and its parts in another
    language lose their mark."""
    if height([text], room.width, points) <= room.height:
        return text
    words = starred(text.text).split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = height([_first(text, words, middle)], room.width, points) <= room.height
        low, high = (middle, high) if fits else (low, middle - 1)
    return _first(text, words, low)


def _first(text: SlideText, words: Sequence[str], n: int) -> SlideText:
    return replace(text, text=f"{' '.join(words[:n])} {MORE}")


@dataclass(frozen=True)
class FittedNumbers:
    """Numbers in large type on a slide: the size of the numbers and of the words below them in points, and
    their height in inches."""

    large: float
    points: float
    height: float


def fitted_numbers(block: Facts, width: float, room: float) -> FittedNumbers:
    """Returns numbers in large type in the largest letters at which they are at most `room` inches high, or
    in the smallest. `width` is that of one number, in inches."""
    large = LONG_NUMBER if block.are_long or len(block.facts) >= MANY else NUMBER
    made = [_measured_numbers(block, width, large, points) for points in (LEAST, 14.0, LEAST_OF_TABLE)]
    return next((one for one in made if one.height <= room), made[-1])


def _measured_numbers(block: Facts, width: float, large: float, points: float) -> FittedNumbers:
    inner = width - 4 * BESIDE

    def tall(fact: Fact) -> float:
        words = lines_of(fact.unit, points, inner / SPARE) + lines_of(fact.doubt, points, inner / SPARE)
        number = lines_of(fact.number, large, inner / SPARE, bold=True)
        return (number * large + words * points) * LEADING / 72

    return FittedNumbers(large, points, max(map(tall, block.facts)) + 4 * ABOVE)


@dataclass(frozen=True)
class FittedTable:
    """A table for a slide: the size of its letters in points, and in inches the widths of its columns, the
    room at the left of their texts, and the heights of its rows. The first row has the headings. Rows without
    a height have no room."""

    points: float
    widths: tuple[float, ...]
    left: tuple[float, ...]
    heights: tuple[float, ...]


def fitted_table(table: PrintedTable, width: float, room: float, most: float) -> FittedTable:
    """Returns a table in the largest letters, up to `most` points, at which it is at most `room` inches high,
    or in the smallest without the rows for which there is no room."""
    made = [_measured(table, width, points) for points in (*_sizes(most, LEAST_OF_TABLE), LEAST_OF_TABLE)]
    fitting = next((one for one in made if sum(one.heights) <= room), None)
    if fitting:
        return fitting
    heights, smallest = list(made[-1].heights), made[-1]
    while sum(heights) > room and len(heights) > 2:
        heights.pop()
    return replace(smallest, heights=tuple(heights))


def _measured(table: PrintedTable, width: float, points: float) -> FittedTable:
    scale = points / POINTS
    columns = tuple(scale * w / INCH for w in widths(table, width * INCH / scale))
    left = tuple(BESIDE + scale * MOVED / INCH * is_moved(table, place) for place in range(len(columns)))
    lines = [[head.text for head in table.heads], *([cell.printed for cell in row] for row in table.rows)]
    bold = [True, *(len(row) == 1 or row[0].strong for row in table.rows)]

    def tall(cells: list[str], strong: bool) -> float:
        across = columns if len(cells) > 1 else (sum(columns),)
        most = max(
            lines_of(text, points, (w - before - BESIDE) / SPARE, bold=strong)
            for text, w, before in zip(cells, across, left, strict=False)
        )
        return most * points * LEADING / 72 + 2 * ABOVE

    return FittedTable(points, columns, left, tuple(map(tall, lines, bold)))
