"""A chart before it is drawn: its numbers, its words and the meaning of each sign.

A description is made from published tables in one language. A renderer draws it and adds no word or number. So a notebook and a
document show the same chart. Numbers are in the unit of their axis (17.2 per 1,000, not 0.0172).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from fltoolkit.show.charts.chart_style import BLUE, GREY


class Glyph(Enum):
    """The meaning of a number's sign. Each meaning has the same look in every chart."""

    MEASURED = "a solid dot: an estimate"
    UNRELIABLE = "a hollow dot: an unreliable estimate"
    NONE_FOUND = "a line from zero with a stop at its end and no dot: nobody was found"
    PLANNED = "a small grey tick: a value on a planned path, which nobody measures"
    TARGET = "a diamond: a target"


@dataclass(frozen=True)
class Tick:
    """A place on an axis and its words."""

    value: float
    words: str


@dataclass(frozen=True)
class Axis:
    """A value axis from `low` to `high`. If `log` is true, both are above zero."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    title: str = ""
    log: bool = False


@dataclass(frozen=True)
class Mark:
    """One number of a row with its interval.

    Attributes:
        value, low, high: in the unit of the axis; nan if there is no interval.
        glyph: the sign. For NONE_FOUND only the upper limit is drawn.
        words: the number as printed, with its interval.
        colour: the colour of its series.
    """

    value: float
    low: float
    high: float
    glyph: Glyph
    words: str
    colour: str = BLUE

    @property
    def end(self) -> float:
        """The highest value that is drawn."""
        return self.value if math.isnan(self.high) else max(self.value, self.high)


@dataclass(frozen=True)
class ChartRow:
    """One line of a dot chart.

    Attributes:
        label: the words at its left.
        name: like the label, but unique in the chart.
        marks: its numbers, one per series; none for a heading, or if nothing is shown.
        printed: the words at its right: the numbers in digits with their marker, or a verdict.
        absent: the words in place of numbers that are not shown.
        remark: why a number is hidden or unreliable.
        heading: whether the row only names the rows below it.
    """

    label: str
    name: str
    marks: tuple[Mark, ...] = ()
    printed: str = ""
    absent: str = ""
    remark: str = ""
    heading: bool = False


@dataclass(frozen=True)
class Series:
    """An entry of the legend."""

    words: str
    colour: str


@dataclass(frozen=True)
class DescribedChart:
    """The parts that every chart has.

    Attributes:
        name: the name of its file.
        title, subtitle: the words above it.
        notes: the words below it: the meaning of signs and markers, the base (who, how many were asked) and the source.
        alt: the text alternative with everything that the chart shows.
    """

    name: str
    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str


@dataclass(frozen=True)
class DotChart(DescribedChart):
    """A chart of rows from top to bottom, with numbers along one axis.

    Attributes:
        rows, axis: what is drawn.
        series: the legend, if rows have several numbers. The numbers of a row are joined by a line.
        reference: the place of a grey vertical line; nan for none.
        bars: whether each number is a bar from zero instead of a dot. The bar is hollow if the number is unreliable.
    """

    rows: tuple[ChartRow, ...]
    axis: Axis
    series: tuple[Series, ...] = ()
    reference: float = math.nan
    bars: bool = False

    def lane(self, row: ChartRow, mark: Mark) -> int:
        """Returns the place of an interval: −1 above the middle of its row, 1 below it, 0 in the middle.

        So the intervals of two joined dots do not overlap.
        """
        colours = [series.colour for series in self.series]
        return 2 * colours.index(mark.colour) - 1 if len(row.marks) > 1 else 0


@dataclass(frozen=True)
class Line:
    """A curve with words at its right end. `y` is nan where the curve has no value. A planned path is thin, grey and dashed."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    words: str = ""
    colour: str = BLUE
    planned: bool = False


@dataclass(frozen=True)
class Point:
    """One number in a plane with its interval. `words` are above it, or at its right if `beside` is true."""

    x: float
    mark: Mark
    words: str = ""
    beside: bool = False


@dataclass(frozen=True)
class Upright:
    """A dotted vertical line up to `top`, with words at its upper end."""

    x: float
    top: float
    words: str = ""


@dataclass(frozen=True)
class CurveChart(DescribedChart):
    """Curves and points in a plane of two axes."""

    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    points: tuple[Point, ...] = ()
    uprights: tuple[Upright, ...] = ()


def planned_tick(value: float, words: str) -> Mark:
    """Returns the mark of a value that is planned and not measured."""
    return Mark(value, math.nan, math.nan, Glyph.PLANNED, words, GREY)
