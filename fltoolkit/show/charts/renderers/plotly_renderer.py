"""Draws a chart from its description with plotly, for notebooks and their pages. It adds no word or
number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from fltoolkit.show.charts.chart_style import (
    GREY,
    INK,
    PALE,
    QUIET,
    Picture,
    figure,
    safe,
    wrap,
)
from fltoolkit.show.charts.descriptions.chart_parts import (
    BAND,
    Axis,
    ChartRow,
    CurveChart,
    DotChart,
    Glyph,
    Mark,
)

LABEL = 40  # letters in a line of a label
ROW = 22  # pixels of a row with one line of words
STUB = 48  # letters of a heading and of a label that stand beside each other on one line
CURVE = 220  # pixels of the height of a drawing with curves
LINE, CLEAR = 17, 6  # pixels of each line of words in a row with several, and between such rows
AROUND = 14  # pixels above a curve, and at its right if no words stand there
PRINTED = 46  # letters in a line of the words at the right of a row
ABSENT = 76  # letters in a line of words in place of a number
WIDE = 7.4  # pixels of a letter in the widest of the fonts
SYMBOLS = {
    Glyph.MEASURED: "circle",
    Glyph.UNRELIABLE: "circle",
    Glyph.NONE_FOUND: "line-ns-open",
    Glyph.PLANNED: "circle",
    Glyph.TARGET: "diamond",
}
SIZES = {Glyph.MEASURED: 11, Glyph.UNRELIABLE: 11, Glyph.NONE_FOUND: 10, Glyph.PLANNED: 3, Glyph.TARGET: 13}


def picture(chart: DotChart | CurveChart) -> Picture:
    """Draws a chart with plotly from its description (rows, numbers, words). Returns the figure with a text
    for people who do not see it."""
    return (
        Picture(_dots(chart), chart.alt)
        if isinstance(chart, DotChart)
        else Picture(_curves(chart), chart.alt, least=460)
    )


def _dots(chart: DotChart) -> Any:
    rows, places = chart.rows, _places(chart.rows)
    labels = ["" if row.heading else _lines(row.label) for row in rows]
    printed = [_lines(row.printed, PRINTED) for row in rows]
    lines = max((text.count("<br>") + 1 for text in (*labels, *printed)), default=1)
    over = 0.9 if chart.names else 0.6
    one = ROW + (4 if chart.series else 0)  # room for two intervals
    headings = {place: row.label for row, place in zip(rows, places, strict=True) if row.heading}
    beside = places[-1] + 1 < len(rows)  # each heading is on the line of its first row
    each = one if lines == 1 else LINE * lines + CLEAR
    left = (
        _widest(labels) + _widest([*headings.values()]) if beside else _widest([*labels, *headings.values()])
    )
    fig = figure(
        chart.title,
        chart.subtitle,
        round(each * (places[-1] + 0.6 + over)),
        notes=chart.notes,
        below=58 if chart.axis.title else 28,
        margin_l=left,
        margin_r=_widest(printed),
    )
    for place, heading in headings.items():
        _words(
            fig,
            0,
            place,
            heading,
            xref="paper",
            xanchor="left",
            xshift=-left,
            font={"size": 14, "color": QUIET},
            bold=True,
        )
        if beside:
            fig.add_shape(
                xref="paper",
                x0=0,
                x1=1,
                y0=place - 0.5,
                y1=place - 0.5,
                line={"color": PALE, "width": 1},
                layer="below",
            )
    if not math.isnan(chart.reference):
        fig.add_vline(x=chart.reference, line={"color": GREY, "width": 2}, layer="below")
    _arrows(fig, chart, places)
    _bands(fig, [(place, mark) for place, row in zip(places, rows, strict=True) for mark in row.marks])
    for glyph, colour in _looks(m for r in rows for m in r.marks):
        there = [
            (i, r, m)
            for i, r in zip(places, rows, strict=True)
            for m in r.marks
            if (m.glyph, m.colour) == (glyph, colour)
        ]
        marks, middles = [chart.cut(m) for *_, m in there], [i for i, *_ in there]
        lanes = [place + chart.lane(row, mark) for place, row, mark in there]
        hover = [_hover(r, m) for _, r, m in there]
        if chart.bars and glyph is not Glyph.NONE_FOUND:
            _bars(fig, marks, middles, hover)
            _intervals(fig, marks, middles, INK)
        else:
            _intervals(fig, marks, lanes, colour)
            _marks(
                fig, marks, [_drawn(m) for m in marks], lanes if glyph is Glyph.NONE_FOUND else middles, hover
            )
    for end in chart.beyond:
        look, row = {"size": 10, "symbol": f"triangle-{end.side}", "color": end.colour}, round(end.at)
        fig.add_scatter(
            x=[end.value],
            y=[places[row] + end.at - row],
            mode="markers",
            marker=look,
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    _absent(fig, chart, places)
    fig.update_xaxes(**_values(chart.axis))
    fig.update_yaxes(**_texts(labels, places, over), automargin=True)
    if any(printed):  # a second axis whose labels are the printed values
        fig.add_scatter(x=[None], y=[None], yaxis="y2", hoverinfo="skip", showlegend=False)
        fig.update_layout(
            yaxis2={"overlaying": "y", "side": "right", **_texts(printed, places, over), "automargin": True}
        )
    fig.update_layout(showlegend=False)
    return fig


def _lines(text: str, width: int = LABEL) -> str:
    """Returns a text as HTML that keeps its line breaks. Lines of more than `width` letters are broken into
    several."""
    return "<br>".join(wrap(part, width) for part in text.split("\n"))


def _places(rows: Sequence[ChartRow]) -> list[int]:
    """Returns the number of the line on which each row stands, from 0 at the top. A heading is on the line of
    the row below it, at the left of its label, if there is room."""
    pairs = list(pairwise(rows))
    widest = {
        kind: max((len(row.label) for row in rows if row.heading is kind), default=0)
        for kind in (True, False)
    }
    fits = (
        sum(widest.values()) <= STUB
        and not rows[-1].heading
        and not any(a.heading and b.heading for a, b in pairs)
    )
    return list(accumulate((not (fits and above.heading) for above, _ in pairs), initial=0))


def _texts(texts: Sequence[str], places: Sequence[int], over: float) -> dict[str, Any]:
    """Returns the settings of an axis that has a text for each row, the first at the top. `places` are the
    lines of the rows, and `over` is the number of empty lines above them."""
    on_line = dict(zip(places, texts, strict=True))  # a heading beside a row has no text of its own
    return {
        "tickvals": list(on_line),
        "ticktext": list(on_line.values()),
        "range": [places[-1] + 0.6, -over],
        "showgrid": False,
        "zeroline": False,
        "ticklabelstandoff": 8,
    }


def _arrows(fig: Any, chart: DotChart, places: Sequence[int]) -> None:
    """Draws the arrows from the first number of a row to the second, and the words of the series above their
    numbers."""
    for arrow in chart.arrows:
        fig.add_annotation(
            x=arrow.end,
            y=places[arrow.at],
            ax=arrow.start,
            ay=places[arrow.at],
            axref="x",
            ayref="y",
            text="",
            showarrow=True,
            arrowhead=2,
            arrowwidth=2 if arrow.heavy else 1.5,
            arrowcolor=arrow.colour,
            standoff=7,
            startstandoff=7,
        )
    for name in chart.names:
        anchor, shift = ("right", 8) if name.side == "left" else ("left", -8)
        font = {"size": 13, "color": name.colour}
        _words(
            fig,
            name.value,
            places[name.at],
            name.words,
            xanchor=anchor,
            xshift=shift,
            yanchor="bottom",
            yshift=8,
            font=font,
        )


def _bands(fig: Any, marks: Sequence[tuple[float, Mark]], *, upright: bool = False) -> None:
    """Draws a grey band from each number to its upper bound, which is the number if all unresolved persons
    (answers don't know, refused, blank) were cases. Only numbers whose upper bound is above their interval
    have a band. `marks` has each number with its place on the other axis."""
    along, across = ("y", "x") if upright else ("x", "y")
    for at, mark in marks:
        if not math.isnan(mark.reach):
            place = {
                f"{along}0": mark.value,
                f"{along}1": mark.reach,
                f"{across}0": at - BAND,
                f"{across}1": at + BAND,
            }
            fig.add_shape(**place, fillcolor=GREY, opacity=0.3, line={"width": 0}, layer="below")


def _intervals(
    fig: Any, marks: Sequence[Mark], places: Sequence[float], colour: str, *, upright: bool = False
) -> None:
    """Draws the intervals of numbers as lines, horizontal or `upright`; these have a cap at each end.
    `places` are their places on the other axis."""
    there = [(m, at) for m, at in zip(marks, places, strict=True) if not math.isnan(m.high)]
    along = [end for m, _ in there for end in (0.0 if m.glyph is Glyph.NONE_FOUND else m.low, m.high, None)]
    across = [end for _, at in there for end in (at, at, None)]
    x, y = (across, along) if upright else (along, across)
    if there:
        ends = {"symbol": "line-ew", "size": 8, "line": {"color": colour, "width": 2}} if upright else None
        fig.add_scatter(
            x=x,
            y=y,
            mode="lines+markers" if upright else "lines",
            line={"color": colour, "width": 2},
            marker=ends,
            hoverinfo="skip",
            showlegend=False,
        )


def _curves(chart: CurveChart) -> Any:
    names = [safe(line.words) for line in chart.lines]
    left, right = _widest([t.words for t in chart.y.ticks]), max(AROUND, _widest(names))
    fig = figure(
        chart.title,
        chart.subtitle,
        CURVE,
        notes=chart.notes,
        above=AROUND,
        below=58 if chart.x.title else 30,
        margin_l=left,
        margin_r=right,
    )
    for point in (point for point in chart.points if point.upright):
        fig.add_scatter(
            x=[point.x, point.x],
            y=[chart.y.low, point.mark.value],
            mode="lines",
            line={"color": GREY, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
    for line in chart.lines:
        style = (
            {"color": GREY, "dash": "dot", "width": 1.5}
            if line.planned
            else {"color": line.colour, "width": 3}
        )
        y = [None if math.isnan(v) or math.isinf(v) else v for v in line.y]
        fig.add_scatter(
            x=list(line.x),
            y=y,
            mode="lines",
            line=style,
            name=safe(line.words),
            hoverinfo="skip" if line.planned else "x+y",
        )
        if line.words and y[-1] is not None:
            _words(
                fig,
                1.0,
                y[-1],
                line.words,
                xref="paper",
                xanchor="left",
                xshift=6,
                font={"color": line.colour, "size": 13},
            )
    _bands(fig, [(p.x, p.mark) for p in chart.points], upright=True)
    # What is planned is below what is measured: a planned dot near the end of an interval would hide that
    # end.
    for glyph, colour in sorted(
        _looks(p.mark for p in chart.points), key=lambda look: look[0] is not Glyph.PLANNED
    ):
        there = [p for p in chart.points if (p.mark.glyph, p.mark.colour) == (glyph, colour)]
        marks = [p.mark for p in there]
        _intervals(fig, marks, [p.x for p in there], colour, upright=True)
        _marks(fig, marks, [p.x for p in there], [m.value for m in marks], [safe(m.words) for m in marks])
    for point in (point for point in chart.points if point.words):
        # Words above the first point begin near it: on a phone, words in its middle would meet the axis.
        above = {"xanchor": "left", "xshift": -12, "yshift": 9} if point is chart.points[0] else {"yshift": 9}
        beside = {"xanchor": "left", "xshift": 9, "yshift": 2} if point.beside else above
        at = point.mark.value if point.height is None else point.height
        _words(
            fig,
            _place(chart.x, point.x),
            at if point.beside else point.mark.end,
            point.words,
            yanchor="bottom",
            **beside,
        )
    fig.update_xaxes(**_values(chart.x))
    fig.update_yaxes(**_values(chart.y))
    fig.update_layout(showlegend=False)
    return fig


def _marks(
    fig: Any, marks: Sequence[Mark], x: Sequence[float], y: Sequence[float], hover: Sequence[str]
) -> None:
    """Draws the signs of numbers that have the same look at their places. `hover` are the words that are
    shown if a reader points at them."""
    glyph, colour = marks[0].glyph, marks[0].colour
    fill = "white" if glyph is Glyph.UNRELIABLE else colour
    fig.add_scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        cliponaxis=False,
        showlegend=False,
        text=list(hover),
        hovertemplate="%{text}<extra></extra>",
        marker={
            "size": SIZES[glyph],
            "symbol": SYMBOLS[glyph],
            "color": fill,
            "line": {"color": colour, "width": 2},
        },
    )


def _bars(fig: Any, marks: Sequence[Mark], places: Sequence[int], hover: Sequence[str]) -> None:
    """Draws bars with the same look from zero to their numbers."""
    fill = "white" if marks[0].glyph is Glyph.UNRELIABLE else f"{marks[0].colour}99"
    fig.add_bar(
        x=[m.value for m in marks],
        y=list(places),
        orientation="h",
        width=0.55,
        showlegend=False,
        hovertext=list(hover),
        hoverinfo="text",
        marker={"color": fill, "line": {"color": marks[0].colour, "width": 1.5}},
    )


def _drawn(mark: Mark) -> float:
    """Returns the value at which the sign of a number is drawn. It is the number, or the upper limit of its
    interval if nobody was found."""
    return mark.high if mark.glyph is Glyph.NONE_FOUND and not math.isnan(mark.value) else mark.value


def _looks(marks: Iterable[Mark]) -> list[tuple[Glyph, str]]:
    return list(dict.fromkeys((mark.glyph, mark.colour) for mark in marks))


def _hover(row: ChartRow, mark: Mark) -> str:
    return "<br>".join(
        part for part in (f"{safe(row.name)}: {safe(mark.words)}", wrap(row.remark, 50)) if part
    )


def _absent(fig: Any, chart: DotChart, places: Sequence[int]) -> None:
    """Writes, in rows without a number, the words that stand in its place. If a reader points at them, the
    reason is shown. No line of the chart crosses the words."""
    for place, row in zip(places, chart.rows, strict=True):
        if row.absent:
            fig.add_annotation(
                x=chart.words_begin,
                xref="x domain",
                y=place,
                text=wrap(row.absent, ABSENT),
                hovertext=wrap(row.remark),
                align="left",
                xanchor="left",
                xshift=8,
                bgcolor="white",
                borderpad=0,
                showarrow=False,
                font={"color": QUIET, "size": 12},
            )


def _words(fig: Any, x: float, y: float, text: str, *, bold: bool = False, **more: Any) -> None:
    words = f"<b>{safe(text)}</b>" if bold else safe(text)
    fig.add_annotation(
        **{"x": x, "y": y, "text": words, "showarrow": False, "font": {"size": 13, "color": INK}, **more}
    )


def _place(axis: Axis, value: float) -> float:
    """Returns a value as plotly needs it to place words on an axis: on a log axis, its logarithm."""
    return math.log10(value) if axis.log else value


def _values(axis: Axis) -> dict[str, Any]:
    """Returns the settings of a value axis, with the limits and ticks that the description of the chart
    says."""
    low, high = (_place(axis, end) for end in (axis.low, axis.high))
    title = {"text": safe(axis.title), "font": {"size": 13, "color": QUIET}}
    return {
        "title": title,
        "type": "log" if axis.log else "linear",
        "range": [low, high],
        "gridcolor": PALE,
        "zerolinecolor": GREY,
        "tickvals": [t.value for t in axis.ticks],
        "ticktext": [safe(t.words) for t in axis.ticks],
        "automargin": True,
        "ticklabelstandoff": 4,
    }


def _widest(texts: Sequence[str]) -> float:
    """Returns the width of the longest line in pixels, or 0 if there are no words."""
    lines = [line for text in texts for line in text.removeprefix("<b>").removesuffix("</b>").split("<br>")]
    return math.ceil(WIDE * max(map(len, lines), default=0)) + (12 if any(lines) else 0)
