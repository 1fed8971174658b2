"""Defines the description of a chart before the chart is drawn: its numbers, its words and the meaning of
each sign.

A description is made from published tables, in one language. A renderer (matplotlib or plotly) draws it, and
adds no word or number. So a notebook and a document show the same chart. Numbers are in the unit of their
axis (17.2 per 1,000, not 0.0172).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, QUIET

LANE = 0.2  # of a row's height: the distance from the arrow between two dots to the interval of each dot
LONGEST_WORDS = 0.4  # of the length of the axis: the longest words in place of a number
TOO_NEAR = 0.02  # of the length of the axis: two dots that are nearer have no arrow between them
BAND = 0.2  # of a row's height: half the height of the grey band up to the number with every unresolved person as a case
Side = Literal["left", "right"]


class Glyph(Enum):
    """The meaning of the sign with which a chart draws a number, for example that the number is unreliable.
    The same meaning has the same look in every chart."""

    MEASURED = "a solid dot: an estimate"
    UNRELIABLE = "a hollow dot: an unreliable estimate"
    NONE_FOUND = "a line from zero with a stop at its end and no dot: no person in forced labour was identified in this sample"
    PLANNED = "a small grey dot: a planned value, which is not measured"
    TARGET = "a diamond: a target"


@dataclass(frozen=True)
class Tick:
    """A tick of an axis: its value, and the words beside it."""

    value: float
    words: str


@dataclass(frozen=True)
class Axis:
    """A value axis of a chart from `low` to `high`. If `log` is true, the axis is logarithmic, and both ends
    are above zero."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    title: str = ""
    log: bool = False


@dataclass(frozen=True)
class Mark:
    """One number in a row of a chart, with its interval and the sign with which it is drawn.

    Attributes:
        value, low, high: the number and the limits of its interval, in the unit of the axis; nan if there is
            none.
        glyph: the sign. For NONE_FOUND only the upper limit is drawn.
        words: the number as printed, with its interval.
        colour: the colour of its series.
        reach: the end of the grey band: the value if every unresolved person were a case. It is nan if this
            value is not above the interval.
    """

    value: float
    low: float
    high: float
    glyph: Glyph
    words: str
    colour: str = BLUE
    reach: float = math.nan

    @property
    def end(self) -> float:
        """Returns the highest value that is drawn for this number: the end of the interval, the end of the
        grey band, or the number itself."""
        return max(end for end in (self.value, self.high, self.reach) if not math.isnan(end))


@dataclass(frozen=True)
class ChartRow:
    """One row of a chart: a label, its numbers (one or several), and the words at its right.

    Attributes:
        label: the words at its left.
        name: like the label, but unique in the chart.
        marks: its numbers, one per series; empty for a heading, or if no number is shown.
        printed: the words at its right: the numbers in digits with their marker, or the result of a test.
        changed: for a row with two numbers, whether the test found a change. The arrow between them is then
            dark.
        absent: the words in place of numbers that are not shown.
        remark: the reason why a number is hidden or unreliable, in words.
        heading: whether the row is only a heading for the rows below it.
    """

    label: str
    name: str
    marks: tuple[Mark, ...] = ()
    printed: str = ""
    absent: str = ""
    remark: str = ""
    heading: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Series:
    """A set of numbers that belong together in a chart, such as the numbers of the later round: its words in
    the legend and its colour."""

    words: str
    colour: str


@dataclass(frozen=True)
class Arrow:
    """An arrow from the first number of a row to the second. `at` is the number of the row, and `start` and
    `end` are values on the axis. The arrow is `heavy` if the test found a change."""

    at: int
    start: float
    end: float
    colour: str
    heavy: bool


@dataclass(frozen=True)
class SeriesName:
    """The words for a series, above one of its numbers, at the left or the right of this number. `at` is the
    number of the row."""

    at: int
    value: float
    words: str
    colour: str
    side: Side


@dataclass(frozen=True)
class CutInterval:
    """An interval that goes on beyond the end of its axis. `at` is its row, and `value` the value at the end
    of the axis. `colour` is the colour of the interval, and `side` the side of the axis."""

    at: float
    value: float
    colour: str
    side: Side


@dataclass(frozen=True)
class DescribedChart:
    """A chart before it is drawn: the parts that every chart has, such as its title and its notes.

    Attributes:
        name: the name of the chart's file.
        title, subtitle: the words above the chart.
        notes: the words below the chart: the meaning of signs and markers, who and how many answered, and the
            source.
        alt: everything that the chart shows, in words, for people who do not see it.
    """

    name: str
    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str


@dataclass(frozen=True)
class DotChart(DescribedChart):
    """A chart of rows from top to bottom. Each row shows one number or several along a common axis, as dots
    or as bars.

    Attributes:
        rows: the rows, from top to bottom.
        axis: the value axis that all rows share.
        series: if rows have two numbers, the words for the first and for the second. They stand above the
            first row with two numbers. An arrow leads from the first number to the second.
        reference: the value at which a grey vertical line is drawn; nan for none.
        bars: whether each number is a bar from zero instead of a dot. The bar is hollow if the number is
            unreliable.
    """

    rows: tuple[ChartRow, ...]
    axis: Axis
    series: tuple[Series, ...] = ()
    reference: float = math.nan
    bars: bool = False

    def lane(self, row: ChartRow, mark: Mark) -> float:
        """Returns the distance of an interval from the middle of its row, as a part of the row's height. It
        is negative above the middle, positive below it, and 0 in the middle.

        If a row has two joined dots, their intervals are drawn at different heights, so that they do not
        overlap.
        """
        colours = [series.colour for series in self.series]
        return LANE * (2 * colours.index(mark.colour) - 1) if len(row.marks) > 1 else 0.0

    def cut(self, mark: Mark) -> Mark:
        """Returns a number with the part of its interval that is on the axis. Where nobody was found and the
        interval goes on beyond the axis, there is no value: the arrow at this end stands in place of the
        sign."""
        low, high = self.axis.low, self.axis.high
        value = math.nan if mark.glyph is Glyph.NONE_FOUND and mark.high > high else mark.value
        return replace(
            mark,
            value=value,
            low=low if mark.low < low else mark.low,
            high=high if mark.high > high else mark.high,
        )

    @property
    def words_begin(self) -> float:
        """Returns where words in place of numbers begin, as a part of the axis: at its start, or at a grey
        line that would cross them."""
        low, high = self.axis.low, self.axis.high
        at = (self.reference - low) / (high - low)
        return at if 0 < at < LONGEST_WORDS and not self.axis.log else 0.0

    @property
    def beyond(self) -> tuple[CutInterval, ...]:
        """Returns the intervals that go on beyond an end of the axis. At this end, an arrow is drawn."""
        marks = [(at + self.lane(row, mark), mark) for at, row in enumerate(self.rows) for mark in row.marks]
        low, high = self.axis.low, self.axis.high
        return (
            *(CutInterval(at, low, mark.colour, "left") for at, mark in marks if mark.low < low),
            *(CutInterval(at, high, mark.colour, "right") for at, mark in marks if mark.high > high),
        )

    @property
    def arrows(self) -> tuple[Arrow, ...]:
        """Returns an arrow for each row with two dots. A row whose dots nearly touch has no arrow."""
        pairs = ((at, row) for at, row in enumerate(self.rows) if len(row.marks) > 1)
        made = (
            Arrow(at, row.marks[0].value, row.marks[1].value, INK if row.changed else GREY, row.changed)
            for at, row in pairs
        )
        return tuple(arrow for arrow in made if abs(arrow.end - arrow.start) > TOO_NEAR * self.axis.high)

    @property
    def names(self) -> tuple[SeriesName, ...]:
        """Returns the words for the two series, above the first row that has two numbers. The words of the
        lower number are at its left, those of the higher number at its right. If there is no such row, the
        result is empty."""
        at, row = next(((at, row) for at, row in enumerate(self.rows) if len(row.marks) > 1), (0, None))
        words = {series.colour: series.words for series in self.series}
        marks = sorted(row.marks, key=lambda mark: mark.value) if row else []
        sides: tuple[Side, ...] = ("left", "right")
        return tuple(
            SeriesName(
                at, mark.value, words[mark.colour], QUIET if mark.colour == GREY else mark.colour, side
            )
            for mark, side in zip(marks, sides, strict=False)
        )


@dataclass(frozen=True)
class Line:
    """A curve in a chart, with words at its right end.

    Attributes:
        x, y: the places on the two axes; y is nan if the curve has no value at a place.
        words: the words at its right end.
        colour: its colour.
        planned: whether it is a path that is only planned: thin, grey and dashed.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    words: str = ""
    colour: str = BLUE
    planned: bool = False


@dataclass(frozen=True)
class Point:
    """One number in a chart of curves, with its interval: a point with a place on both axes. `words` are
    above it, or at its right if `beside` is true: beside its value, or beside another `height`. If `upright`
    is true, a dotted line leads to it from the horizontal axis."""

    x: float
    mark: Mark
    words: str = ""
    beside: bool = False
    height: float | None = None
    upright: bool = False


@dataclass(frozen=True)
class CurveChart(DescribedChart):
    """A chart with two value axes.

    Attributes:
        x, y: the axes.
        lines: the curves.
        points: single numbers with their intervals.
    """

    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    points: tuple[Point, ...] = ()
