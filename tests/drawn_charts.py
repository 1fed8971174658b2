"""Reads the content of a drawn chart back from the renderer's own objects: words, signs with their places,
and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fltoolkit.show.charts.chart_style import NOTES
from fltoolkit.show.charts.descriptions.chart_parts import DotChart, Glyph

Sign = tuple[int, float, str]  # row from the top, value, look
Interval = tuple[int, float, float]
LOOKS = {
    Glyph.MEASURED: "solid",
    Glyph.UNRELIABLE: "hollow",
    Glyph.NONE_FOUND: "stop",
    Glyph.PLANNED: "tick",
    Glyph.TARGET: "diamond",
}


@dataclass(frozen=True)
class Shown:
    """The content of a dot chart."""

    title: str
    subtitle: str
    notes: str
    labels: tuple[str, ...]
    printed: tuple[str, ...]
    absent: dict[int, str]
    ticks: tuple[tuple[float, str], ...]
    signs: frozenset[Sign]
    intervals: frozenset[Interval]
    joined: frozenset[Interval]  # by an arrow, from the first number to the second
    legend: tuple[str, ...]


def told(chart: DotChart) -> Shown:
    """Returns the content that a chart must have, according to its description."""
    marks = [(i, chart.cut(m)) for i, row in enumerate(chart.rows) for m in row.marks]
    zero = [(i, m, m.glyph is Glyph.NONE_FOUND) for i, m in marks]
    return Shown(
        _flat(chart.title),
        _flat(chart.subtitle),
        _flat(" ".join(chart.notes)),
        tuple(_flat(row.label) for row in chart.rows),
        tuple(_flat(row.printed) for row in chart.rows),
        {i: _flat(row.absent) for i, row in enumerate(chart.rows) if row.absent},
        tuple((_near(t.value), t.words) for t in chart.axis.ticks),
        frozenset((i, _near(m.high if none else m.value), LOOKS[m.glyph]) for i, m, none in zero),
        frozenset(
            (i, 0.0 if none else _near(m.low), _near(m.high)) for i, m, none in zero if m.high == m.high
        ),
        frozenset(
            (i, *map(_near, (r.marks[0].value, r.marks[-1].value)))
            for i, r in enumerate(chart.rows)
            if len(r.marks) > 1
        ),
        tuple(s.words for s in chart.series),
    )


def by_plotly(fig: dict[str, Any]) -> Shown:
    """Returns the content of a figure's JSON."""
    layout = fig["layout"]
    title, _, subtitle = layout["title"]["text"].partition("</b>")
    signs, intervals = set(), set()
    rows = _rows_by_plotly(layout)

    def row(y: float) -> int:
        """The row, from the top, of a place on the vertical axis."""
        return max(i for i, (place, _) in enumerate(rows) if place == round(y))

    for trace in fig["data"]:
        if trace["x"] == [None]:
            continue  # the axis of the printed words
        if trace["mode"] == "lines":
            for i in range(0, len(trace["x"]), 3):
                place = (row(trace["y"][i]), *map(_near, trace["x"][i : i + 2]))
                intervals.add(place)
        elif not trace["marker"]["symbol"].startswith("triangle"):  # the end of an interval that is cut
            for x, y in zip(trace["x"], trace["y"], strict=True):
                signs.add((row(y), _near(x), _look(trace["marker"])))
    axis = layout["xaxis"]
    words = [a for a in layout.get("annotations", []) if "bgcolor" not in a]
    absent = {row(a["y"]): _flat(a["text"]) for a in layout.get("annotations", []) if "bgcolor" in a}
    joined = {(row(a["y"]), _near(a["ax"]), _near(a["x"])) for a in words if a["showarrow"]}
    legend = sorted(a["text"] for a in words if not a["showarrow"] and a.get("xref") != "paper")
    notes = " ".join(a["text"] for a in words if a.get("name") == NOTES)
    right = layout.get("yaxis2", {"tickvals": [], "ticktext": []})
    texts = dict(zip(right["tickvals"], right["ticktext"], strict=True))
    printed = [texts.get(place, "") if i == row(place) else "" for i, (place, _) in enumerate(rows)]
    return Shown(
        _flat(title),
        _flat(subtitle),
        _flat(notes),
        tuple(_flat(label) for _, label in rows),
        tuple(map(_flat, printed)),
        absent,
        tuple((_near(v), t) for v, t in zip(axis["tickvals"], axis["ticktext"], strict=True)),
        frozenset(signs),
        frozenset(intervals),
        frozenset(joined),
        tuple(legend),
    )


def _rows_by_plotly(layout: dict[str, Any]) -> list[tuple[int, str]]:
    """Returns the place and the label of each row, from the top. A heading may be on the line of the row
    below it."""
    labels = list(zip(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"], strict=True))
    named = [a for a in layout.get("annotations", []) if a.get("xref") == "paper" and a.get("name") != NOTES]
    headings = [(a["y"], a["text"]) for a in named]
    return sorted([*headings, *((place, text) for place, text in labels if text)], key=lambda pair: pair[0])


def by_matplotlib(figure: Any, rows: int) -> Shown:
    """Returns the content of a matplotlib figure."""
    (axes,) = figure.axes
    labels, printed, absent = [""] * rows, [""] * rows, {}
    series, joined = [], set()
    for text in axes.texts:
        x, y = text.xy
        if text.arrow_patch is not None:
            joined.add((round(y), _near(text.xyann[0]), _near(x)))
        elif text.xycoords == "data":
            series.append(text.get_text())
        elif x == 1:
            printed[y] = _flat(text.get_text())
        elif text.xyann[0] > 0:
            absent[y] = _flat(text.get_text())
        else:
            labels[y] = _flat(text.get_text())
    signs, intervals = set(), set()
    for line in axes.lines:
        (x, *more), (y, *_) = line.get_xdata(), line.get_ydata()
        if line.get_marker() != "None":
            hollow = line.get_marker() == "o" and line.get_markerfacecolor() == "white"
            look = (
                "hollow"
                if hollow
                else {"o": "solid", "|": "stop", "D": "diamond", ">": "cut", "<": "cut"}[line.get_marker()]
            )
            signs |= {(round(float(y)), _near(x), look)} if look != "cut" else set()
        elif line.get_transform() == axes.transData:  # not the reference
            intervals.add((round(float(y)), _near(x), _near(more[0])))
    title, subtitle, notes, *legend = (_flat(text.get_text()) for text in figure.texts)
    ticks = tuple(
        (_near(v), t.get_text()) for v, t in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    )
    return Shown(
        title,
        subtitle,
        notes,
        tuple(labels),
        tuple(printed),
        absent,
        ticks,
        frozenset(signs),
        frozenset(intervals),
        frozenset(joined),
        (*legend, *sorted(series)),
    )


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Returns the contrast of two colours by WCAG 2.2: from 1 to 21."""

    def light(hexed: str) -> float:
        parts = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    one, two = sorted((light(colour), light(ground)))
    return (two + 0.05) / (one + 0.05)


def _look(marker: dict[str, Any]) -> str:
    looks = {"line-ns-open": "stop", "diamond": "diamond"}
    return looks.get(marker["symbol"]) or ("hollow" if marker["color"] == "white" else "solid")


def _near(value: float) -> float:
    return round(float(value), 6)


def _flat(text: str) -> str:
    """Returns a text without its line breaks."""
    import re
    from html import unescape

    return " ".join(unescape(re.sub(r"<br>|</?b>|</?span[^>]*>", " ", text)).split())
