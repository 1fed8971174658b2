"""Draws a chart from its description with matplotlib, for documents and files. It needs no browser, and adds
no word or number."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

from fltoolkit.show.charts.chart_style import GREY, INK, PALE, QUIET
from fltoolkit.show.charts.descriptions.chart_parts import (
    BAND,
    LANE,
    Axis,
    ChartRow,
    CurveChart,
    DotChart,
    Glyph,
    Mark,
    Point,
)
from fltoolkit.show.charts.renderers.matplotlib_sheet import (
    EDGE,
    LOOK,
    SIDE,
    WIDE,
    Drawn,
    SheetMargins,
    Size,
    letters,
    sheet,
    widest,
    width,
    wrapped,
)

GAP = 0.1  # inches between the axes and the words at their sides
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # words in the drawing that no line crosses


def drawn(chart: DotChart | CurveChart, size: Size = WIDE) -> Drawn:
    """Draws a chart with matplotlib from its description (rows, numbers, words), and returns the picture. The
    picture's name has only letters, digits and underscores, so that it can be the name of a file."""
    import matplotlib

    with matplotlib.rc_context({**LOOK, "font.size": size.font}):
        figure = _dots(chart, size) if isinstance(chart, DotChart) else _curves(chart, size)
    return Drawn(re.sub(r"\W", "_", chart.name), figure, chart.title, chart.alt, size.width)


def _dots(chart: DotChart, size: Size) -> Any:
    printed = [wrapped(row.printed, size.small, size.words * size.width) for row in chart.rows]
    right = widest(printed, size.small) + GAP + EDGE
    labels = [wrapped(row.label, size.font, size.words * size.width, bold=row.heading) for row in chart.rows]
    words = [
        widest([label], size.font, bold=row.heading) for row, label in zip(chart.rows, labels, strict=True)
    ]
    left = max(*words, 0.12 * size.width) + 2 * GAP
    lines = [max(text.count("\n") + 1 for text in pair) for pair in zip(labels, printed, strict=True)]
    most = max(
        (sum(pair) / 2 for pair in pairwise((1, *lines, 1))), default=1.0
    )  # two lines beside one need 1.5 of them
    each = (
        0.35 + 1.15 * most,
        max(1.95, 0.5 + 1.15 * most),
    )  # one label of two lines hardly moves all others apart
    if size.filled:  # as on a slide
        each = each[0], size.filled * most
    names = chart.names
    over = 1.1 if names else 0.6  # rows above the first: room for the words of the series
    least, wanted = ((len(chart.rows) + over) * size.font * high / 72 for high in each)
    around = SheetMargins(left, right, size.font * 0.9 / 72, size.font * 2.1 / 72)
    figure, axes = sheet(chart, size, (least, wanted), around)
    axes.set(ylim=(len(chart.rows) - 0.4, -over), yticks=[])
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    _scale(axes, "x", chart.axis, size)
    if not math.isnan(chart.reference):
        axes.axvline(chart.reference, color=GREY, linewidth=1.6, zorder=0)
    across = size.width - 2 * SIDE - left - right
    for at, row in enumerate(chart.rows):
        _row(axes, at, row, (labels[at], printed[at]), size)
        absent = wrapped(row.absent, size.small, across)
        _words(axes, absent, (chart.words_begin, at), size.small, offset=(3, 0), color=QUIET, bbox=BEHIND)
        for mark in row.marks:
            if chart.bars and mark.glyph is not Glyph.NONE_FOUND:
                _bar(axes, chart.cut(mark), at, size)
            else:
                _mark(axes, chart.cut(mark), at, size, lane=chart.lane(row, mark))
    for end in chart.beyond:
        marker = ">" if end.side == "right" else "<"
        axes.plot(
            [end.value], [end.at], marker=marker, color=end.colour, markersize=size.font * 0.7, clip_on=False
        )
    for arrow in chart.arrows:
        look = {
            "arrowstyle": "-|>",
            "color": arrow.colour,
            "linewidth": size.font / (6 if arrow.heavy else 9),
            "shrinkA": 0.45 * size.font,
            "shrinkB": 0.45 * size.font,
            "mutation_scale": size.font,
        }
        axes.annotate("", (arrow.end, arrow.at), (arrow.start, arrow.at), arrowprops=look, zorder=2.5)
    for name in names:
        before = name.side == "left"
        shift, ha = (0.5 if before else -0.5) * size.font, "right" if before else "left"
        _note(
            axes,
            name.words,
            (name.value, name.at - LANE),
            (shift, 0.5 * size.font),
            size,
            ha=ha,
            va="bottom",
            color=name.colour,
        )
    return figure


def _row(axes: Any, at: int, row: ChartRow, words: tuple[str, str], size: Size) -> None:
    """Draws the words of a row. `words` has two texts: the label at its left, and the printed text at its
    right. `at` is the height of the row."""
    label, printed = words
    if row.heading:
        edge = axes.get_position().x0 * size.width - SIDE
        _words(
            axes,
            label,
            (0, at),
            size.font,
            offset=(-72 * edge, 0),
            font=letters(label, bold=True),
            color=QUIET,
        )
    else:
        _words(axes, label, (0, at), size.font, offset=(-72 * GAP, 0), ha="right")
    _words(axes, printed, (1, at), size.small, offset=(72 * GAP, 0))


def _words(
    axes: Any,
    text: str,
    place: tuple[float, float],
    points: float,
    *,
    offset: tuple[float, float],
    **look: Any,
) -> None:
    """Writes words at the left or right of the drawing, centred on a row.

    `place` is the position: x is a part of the width (0: left edge), and y is the row. `offset` is the
    distance of the words from this position, and `points` is the size of the letters, both in points.
    """
    if text:
        middle = "center" if "\n" in text else "center_baseline"
        axes.annotate(
            text,
            place,
            offset,
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va=middle,
            linespacing=1.15,
            **{"font": letters(text), **look},
            fontsize=points,
        )


def _bar(axes: Any, mark: Mark, at: float, size: Size) -> None:
    """Draws a bar from zero with its interval. The bar is hollow if the number is unreliable. `at` is the
    height of the row."""
    fill = "white" if mark.glyph is Glyph.UNRELIABLE else f"{mark.colour}99"
    axes.barh(
        [at], [mark.value], height=0.55, color=fill, edgecolor=mark.colour, linewidth=size.font / 9, zorder=1
    )
    if not math.isnan(mark.high):
        axes.plot(
            [mark.low, mark.high],
            [at, at],
            color=INK,
            linewidth=size.font / 6,
            solid_capstyle="butt",
            zorder=2,
        )


def _mark(axes: Any, mark: Mark, at: float, size: Size, *, lane: float = 0.0, upright: bool = False) -> None:
    """Draws a number with its interval, along its row or vertically.

    Args:
        axes: the axes of the drawing.
        mark: the number.
        at: the height of the row, or the place on the horizontal axis if `upright` is true.
        size: the size of the picture.
        lane: how far the interval is moved away from the middle of the row.
        upright: whether the interval is vertical.
    """

    def plot(along: list[float], across: float, **look: Any) -> None:
        places = [across] * len(along)
        axes.plot(*((places, along) if upright else (along, places)), color=mark.colour, **look)

    none = mark.glyph is Glyph.NONE_FOUND
    low, high = (0.0 if none else mark.low), mark.high
    if not math.isnan(high):
        thin = {"linewidth": size.font / 8, "alpha": 0.85} if lane else {"linewidth": size.font / 6}
        caps = {"marker": "_", "markersize": size.font * 0.6} if upright else {}
        plot([low, high], at + lane, solid_capstyle="butt", zorder=2, **thin, **caps)
    if not math.isnan(mark.reach):
        fill = axes.fill_betweenx if upright else axes.fill_between
        fill([mark.value, mark.reach], at - BAND, at + BAND, color=GREY, alpha=0.3, linewidth=0, zorder=1)
    edge = {"markeredgecolor": mark.colour, "markeredgewidth": size.font / 6, "zorder": 3, "clip_on": False}
    dot = {**edge, "markersize": size.font * 0.72}
    if none and math.isnan(mark.value):
        return
    if none:
        plot([high], at + lane, marker="_" if upright else "|", **dot)
    elif mark.glyph is Glyph.PLANNED:
        under = {
            **edge,
            "markersize": size.font * 0.3,
            "markeredgewidth": 0,
            "zorder": 1,
        }  # the end of an interval stays visible
        plot([mark.value], at, marker="o", **under)
    elif mark.glyph is Glyph.TARGET:
        plot([mark.value], at, marker="D", **dot)
    else:
        plot(
            [mark.value],
            at,
            marker="o",
            markerfacecolor="white" if mark.glyph is Glyph.UNRELIABLE else mark.colour,
            **dot,
        )


def _curves(chart: CurveChart, size: Size) -> Any:
    left = widest([t.words for t in chart.y.ticks], size.small) + (3.5 if chart.y.title else 1.5) * GAP
    right = max(3 * GAP, widest([line.words for line in chart.lines], size.small) + 1.5 * GAP)
    below = size.font * (4.0 if chart.x.title else 2.4) / 72
    over = size.font * 1.2 / 72
    body = size.width * (0.36 if size.width > 5 else 0.6)
    figure, axes = sheet(chart, size, (body / 2, body), SheetMargins(left, right, over, below))
    axes.tick_params(axis="x", pad=0.7 * size.font)
    for line in chart.lines:
        planned = {"color": GREY, "linewidth": size.font / 9, "linestyle": (0, (4, 3)), "zorder": 1}
        axes.plot(
            line.x,
            line.y,
            **(planned if line.planned else {"color": line.colour, "linewidth": size.font / 4.5}),
        )
        if line.words and math.isfinite(line.y[-1]):
            _note(axes, line.words, (line.x[-1], line.y[-1]), (5, 0), size, va="center", color=line.colour)
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    _scale(axes, "x", chart.x, size)
    _scale(axes, "y", chart.y, size)
    for point in chart.points:
        if point.upright:
            ends = [chart.y.low, point.mark.value]
            axes.plot([point.x, point.x], ends, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
        _mark(axes, point.mark, point.x, size, upright=True)
        _point_words(axes, chart, point, size)
    for side, axis in (("x", chart.x), ("y", chart.y)):
        if axis.title:
            named = getattr(axes, f"set_{side}label")
            named(
                axis.title,
                font=letters(axis.title),
                fontsize=size.small,
                color=QUIET,
                labelpad=size.font * 0.3,
            )
    return figure


def _point_words(axes: Any, chart: CurveChart, point: Point, size: Size) -> None:
    """Writes the words of a point above the point or at its right. Words above the point begin no further
    left than the axis.

    If words at the right would leave the picture or meet the next point, they are written at the lower left
    of the point.
    """
    place = _inches(axes, chart.x, point.x, size)
    if not point.beside:
        beyond = axes.get_position().x0 * size.width - (place - width(point.words, size.small) / 2)
        right = 72 * (beyond + GAP) if beyond > -GAP else 0.0
        _note(
            axes,
            point.words,
            (point.x, point.mark.end),
            (right, size.font * 0.9),
            size,
            ha="center",
            va="bottom",
            bbox=BEHIND,
        )
        return
    end = place + width(point.words, size.small) + GAP
    later = [at for other in chart.points if (at := _inches(axes, chart.x, other.x, size)) > place]
    at_left = end > min([size.width, *later])
    offset = (-0.5 * size.font, -1.4 * size.font) if at_left else (0.7 * size.font, 0.4 * size.font)
    _note(
        axes,
        point.words,
        (point.x, point.mark.value if point.height is None else point.height),
        offset,
        size,
        ha="right" if at_left else "left",
    )


def _inches(axes: Any, axis: Axis, value: float, size: Size) -> float:
    """Returns the distance of a value on the axis from the left edge of the picture, in inches."""
    box = axes.get_position()
    low, high, at = (math.log(x) if axis.log else x for x in (axis.low, axis.high, value))
    return float(box.x0 + (at - low) / (high - low) * box.width) * size.width


def _note(
    axes: Any, text: str, place: tuple[float, float], offset: tuple[float, float], size: Size, **look: Any
) -> None:
    """Writes words beside a point of the drawing, given by its values on the two axes. `place` contains these
    values, and `offset` the distance of the words from there, in points."""
    if text:
        axes.annotate(
            text, place, offset, textcoords="offset points", font=letters(text), fontsize=size.small, **look
        )


def _scale(axes: Any, side: str, axis: Axis, size: Size) -> None:
    """Sets the limits and ticks of one axis (`x` or `y`) as the description of the chart says."""
    if axis.log:
        axes.set(**{f"{side}scale": "log"})
        axes.minorticks_off()
    axes.set(**{f"{side}lim": (axis.low, axis.high)})
    words = [t.words for t in axis.ticks]
    look = {"font": letters("".join(words)), "fontsize": size.small}
    getattr(axes, f"set_{side}ticks")([t.value for t in axis.ticks], words, **look)
