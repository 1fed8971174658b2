"""Draws pictures of redrawn samples: histograms of their estimates, and their intervals, which may contain
the truth or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fltoolkit.estimate.measures.intervals import ProportionInterval
from fltoolkit.show.charts.chart_style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    Picture,
    axis,
    categories,
    figure,
    wrap,
)
from fltoolkit.teaching.redraw import Redraws

BINS, UNIT = 40, "per 1,000 adults"
HILLS = (
    BLUE,
    GREEN,
)  # of two ways of sampling; orange marks intervals that miss the truth, purple a change that is found
# The range of the pictures of rates and of changes, per 1,000 adults. All pictures have the same axis, so
# that those of different cells can be compared. Values outside widen the axis; nothing is cut.
RATES, CHANGES = (-25.0, 140.0), (-60.0, 60.0)
HILL = 80.0
METHODS = {
    "wald": "Wald",
    "korn_graubard": "Korn–Graubard",
    "korn_graubard_rare": "Korn–Graubard, rare events",
}


def distribution(series: Mapping[str, Redraws], title: str = "Where the estimates fall") -> Picture:
    """Draws one histogram per way of sampling. It shows the estimates of many samples, the true value as a
    line, and the mean of the estimates as a mark below.
    """
    first = next(iter(series.values()))
    values = {name: r.estimate * r.scale for name, r in series.items()}
    most = max(v.max() for v in values.values())
    most = max(most, HILL) if first.rate else most
    step = (
        first.scale / first.n[0]
    )  # the effect of one more case: every bin holds the same number of such steps
    width = step * max(1, round(most / BINS / step))
    edges = np.arange(-step / 2, most + width, width)
    fig = figure(
        title,
        f"{len(first.estimate):,} samples each; line: the truth; diamond: the mean of the estimates",
        120 * len(series),
        below=52,
        margin_r=14,
        showlegend=False,
        bargap=0.06,
        barmode="overlay",
    )
    hills, sentences = {name: np.histogram(v, edges)[0] for name, v in values.items()}, []
    top = max(counts.max() for counts in hills.values())
    for i, (name, v) in enumerate(values.items()):
        colour = HILLS[i % len(HILLS)]
        level = len(values) - 1 - i
        fig.add_bar(
            x=list(np.round(edges[:-1] + width / 2, 4)),
            y=list(np.round(0.8 * hills[name] / top, 4)),
            base=level,
            marker={"color": colour},
            hoverinfo="skip",
        )
        fig.add_scatter(
            x=[v.mean()],
            y=[level - 0.07],
            mode="markers",
            marker={"size": 11, "symbol": "diamond", "color": colour},
        )
        sentences.append(f"{name}: mean {v.mean():.1f}, standard deviation {v.std():.1f}")
    goal = first.truth * first.scale
    fig.add_vline(x=goal, line={"color": INK, "width": 2})
    fig.update_xaxes(
        **axis("estimated " + UNIT if first.rate else "estimated persons", range=[0, 1.03 * most])
    )
    fig.update_yaxes(
        tickvals=[len(values) - 1 - i + 0.3 for i in range(len(values))],
        ticktext=[wrap(n, 18) for n in values],
        automargin=True,
        range=[-0.2, len(values)],
        showgrid=False,
        zeroline=False,
        ticklabelstandoff=8,
    )
    return Picture(fig, f"Histograms of estimates. The truth is {goal:.1f}. {'; '.join(sentences)}.")


def intervals(drawn: Redraws, method: ProportionInterval = "wald", *, zero: bool = False) -> Picture:
    """Draws the 95% intervals of a hundred samples, one line per sample. Intervals that do not contain the
    true value are orange and start with a cross.

    If `zero` is true, the samples estimate a change. Then the intervals that do not contain zero are marked
    instead, in purple: in these samples the test finds a change. The share of marked lines among the hundred
    lines is the same as among all samples. The title gives the number of lines that contain the true value.
    If `zero` is true, it gives the number of marked lines.
    """
    low, high = (side * drawn.scale for side in drawn.interval(method))
    marked = ~drawn.hold(method, 0.0 if zero else None)
    share = round(100 * float(np.mean(marked)))
    words = ("find a change", "find none") if zero else ("miss the truth", "hold the truth")
    colours = (PURPLE, GREY) if zero else (ORANGE, BLUE)
    head = f"{share if zero else 100 - share} of 100 {words[0] if zero else words[1]}"
    about = (
        f"{METHODS[method]} intervals of 95%; 100 of {len(marked):,} samples, in the proportions of "
        "all; line: the truth"
    )
    fig: Any = figure(head, about, 430, above=30, below=52)
    kinds = [np.flatnonzero(marked)[:share], np.flatnonzero(~marked)[: 100 - share]]
    row = {i: y for y, i in enumerate(sorted(np.concatenate(kinds)), 1)}
    for i in (1, 0):
        own, colour = kinds[i], colours[i]
        x = [v for k in own for v in (round(float(low[k]), 2), round(float(high[k]), 2), None)]
        y = [v for k in own for v in (row[k], row[k], None)]
        crosses = {
            "mode": "lines+markers",
            "marker": {"symbol": "x", "color": colour, "size": [6, 0, 0] * len(own)},
        }
        fig.add_scatter(
            x=x,
            y=y,
            name=words[i] + ("" if i else ", with a cross"),
            line={"color": colour, "width": 2.5},
            hoverinfo="skip",
            **({"mode": "lines"} if i else crosses),
        )
    fig.add_vline(x=drawn.truth * drawn.scale, line={"color": INK, "width": 2})
    if zero:
        fig.add_vline(x=0, line={"color": GREY, "dash": "dot", "width": 2})
    least, most = (CHANGES if zero else RATES) if drawn.rate else (np.inf, -np.inf)
    there = list(row)
    span = [float(min(least, low[there].min())), float(max(most, high[there].max()))]
    fig.update_xaxes(
        **axis(
            ("change " if zero else "") + (UNIT if drawn.rate else "persons"), rangemode="normal", range=span
        )
    )
    fig.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)
    return Picture(fig, f"Lines: {about}. {head}; the truth is {drawn.truth * drawn.scale:.1f}.")


def difference(first: tuple[str, float, float], second: tuple[str, float, float]) -> Picture:
    """Draws two estimates with their 95% intervals, and below them their difference with its interval. Each
    estimate is given as its name, its value and its standard error.
    """
    fig: Any = figure(
        "Two groups, and their difference", f"{UNIT}, 95% intervals", 150, below=52, showlegend=False
    )
    gap = ("difference", second[1] - first[1], float(np.hypot(first[2], second[2])))
    rows = [first, second, gap]
    for (name, value, se), colour in zip(rows, (BLUE, BLUE, INK), strict=True):
        fig.add_scatter(
            x=[value],
            y=[name],
            mode="markers",
            marker={"size": 11, "color": colour},
            cliponaxis=False,
            error_x={"type": "data", "array": [1.96 * se], "color": colour, "thickness": 2, "width": 0},
        )
    fig.add_vline(x=0, line={"color": GREY, "dash": "dot"})
    fig.update_xaxes(**axis(UNIT))
    fig.update_yaxes(**categories([name for name, _, _ in rows]))
    intervals = "; ".join(
        f"{name} {value - 1.96 * se:.1f} to {value + 1.96 * se:.1f}" for name, value, se in (first, second)
    )
    return Picture(
        fig,
        (
            f"Dots with intervals: {intervals}; below them their difference, whose interval "
            f"{'leaves zero out' if gap[1] > 1.96 * gap[2] else 'holds zero'}."
        ),
    )
