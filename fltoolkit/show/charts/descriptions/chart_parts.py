"""A chart before it is drawn: its numbers, its words and what each sign means.

A description is made from published tables in one language. A renderer draws it and adds no word and no number of its own. So a
notebook and a document show the same chart. Numbers are in the unit of their axis (17.2 per 1,000, not 0.0172).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from fltoolkit.show.charts.chart_style import BLUE, GREY


class Glyph(Enum):
    """What the sign of a number means. Each has one look in every chart."""

    MEASURED = "a solid dot: an estimate"
    UNRELIABLE = "a hollow dot: an unreliable estimate"
    NONE_FOUND = "a line from zero with a stop at its end and no dot: nobody was found"
    PLANNED = "a small grey tick: a value on a planned path, which nobody measures"
    TARGET = "a diamond: a target"


@dataclass(frozen=True)
class Tick:
    """A place on an axis and the words there."""

    value: float
    words: str


@dataclass(frozen=True)
class Axis:
    """A value axis from `low` to `high`; on a log axis both are above zero."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    title: str = ""
    log: bool = False


@dataclass(frozen=True)
class Mark:
    """One number of a row with its interval.

    Attributes:
        value, low, high: in the unit of the axis; nan where there is no interval.
        glyph: the sign. Of NONE_FOUND only the upper limit is drawn.
        words: the number as it is read, with its interval.
        colour: that of its series.
    """

    value: float
    low: float
    high: float
    glyph: Glyph
    words: str
    colour: str = BLUE

    @property
    def end(self) -> float:
        """The farthest place that is drawn."""
        return self.value if math.isnan(self.high) else max(self.value, self.high)


@dataclass(frozen=True)
class ChartRow:
    """One line of a dot chart.

    Attributes:
        label: what stands at its left. name: the same, and unique in the chart.
        marks: its numbers, one a series; none for a heading and where nothing is shown.
        printed: what stands at its right: the numbers in digits with their marker, or a verdict.
        absent: what stands in place of the numbers that are not shown.
        remark: why a number is hidden or unreliable.
        heading: whether it only names the rows below it.
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
    """What every chart has.

    Attributes:
        name: of its file. title, subtitle: above it.
        notes: below it: what the signs and markers mean, the base (who, how many were asked) and the source.
        alt: all that it shows, for whoever does not see it.
    """

    name: str
    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str


@dataclass(frozen=True)
class DotChart(DescribedChart):
    """Rows from the top, their numbers along one axis.

    Attributes:
        rows, axis: what is drawn.
        series: the legend, where a row has several numbers; those are joined by a line.
        reference: where a grey vertical line stands; nan for none.
        bars: whether a bar from zero stands in place of each dot, hollow where the number is unreliable.
    """

    rows: tuple[ChartRow, ...]
    axis: Axis
    series: tuple[Series, ...] = ()
    reference: float = math.nan
    bars: bool = False

    def lane(self, row: ChartRow, mark: Mark) -> int:
        """Where an interval stands: −1 above the middle of its row, 1 below it, so that those of two joined dots do not lie on each other."""
        colours = [series.colour for series in self.series]
        return 2 * colours.index(mark.colour) - 1 if len(row.marks) > 1 else 0


@dataclass(frozen=True)
class Line:
    """A curve, with words at its right end; nan where it has no value. A planned path is thin, grey and broken."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    words: str = ""
    colour: str = BLUE
    planned: bool = False


@dataclass(frozen=True)
class Point:
    """One number of a plane with its interval; `words` stand above it, or at its right with `beside`."""

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
    """Curves and points over two axes."""

    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    points: tuple[Point, ...] = ()
    uprights: tuple[Upright, ...] = ()


def planned_tick(value: float, words: str) -> Mark:
    """The mark of a value that is planned and not measured."""
    return Mark(value, math.nan, math.nan, Glyph.PLANNED, words, GREY)
