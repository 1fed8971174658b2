"""What a repeat survey could detect, as curves that can be read before a target is set. Needs numbers only, no survey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.estimate.power_and_sample_size import detectable_change
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BUTTONS, GREY, INK, SERIES, Picture, axis, figure
from fltoolkit.show.wording.english_numbers import Words

SIZES = (2_000, 100_000)
TICKS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
POINTS = 60


@checked
def detectable(
    prevalences: Sequence[float], *, sizes: tuple[float, float] = SIZES, deff: float = 1.5, alpha: float = 0.05, power: float = 0.8,
    response: float = 1.0, planned: float | None = None,
) -> Picture:  # fmt: skip
    """The smallest fall that a repeat of the same size would detect, against that size, one curve a prevalence.

    Args:
        prevalences: of the earlier round, as proportions, at most six.
        sizes: persons drawn in each round, from and to. deff, alpha, power: see `fl.detectable_change`.
        response: share of those drawn who answer. planned: a size to mark.
    """
    n = np.geomspace(*sizes, POINTS)

    def cut(p: float, size: float) -> float:
        return 100 * detectable_change(p, size * response, deff=deff, alpha=alpha, power=power).relative

    curves = {p: [cut(p, size) for size in n] for p in sorted(prevalences)}
    answer = "" if response == 1 else f", {100 * response:g} % of whom answer"
    fig = figure(
        "How large a fall could a repeat survey detect?",
        f"detected with a chance of {100 * power:g} %; design effect {deff:g}",
        480, showlegend=False, hovermode="x unified", margin={"l": 24, "r": 152, "t": 92 + BUTTONS, "b": 56},
    )  # fmt: skip
    for (p, y), colour in zip(curves.items(), SERIES, strict=False):
        _curve(fig, _name(p), n, y, colour)
    if planned is not None:
        _mark(fig, planned, [cut(p, planned) for p in curves])
    ticks = [t for t in TICKS if sizes[0] <= t <= sizes[1]]
    title = f"persons drawn in each round{answer}" if answer else "persons interviewed in each round"
    fig.update_xaxes(
        **axis(
            title,
            type="log",
            tickvals=ticks,
            ticktext=[f"{t:,}" for t in ticks],
            range=list(np.log10(sizes)),
            ticklabelstandoff=8,
        )
    )
    fig.update_yaxes(
        **axis(
            "smallest detectable fall in prevalence",
            range=[0, 104],
            ticksuffix=" %",
            tickformat="",
            ticklabelstandoff=8,
            automargin=True,
            title_standoff=16,
        )
    )
    return Picture(fig, _curves_in_words(list(curves), sizes if planned is None else (planned,), cut, deff, power))


@checked
def repeat(out: Published) -> Picture | Words:
    """What a repeat of this survey could detect: curves from its own prevalence, twice and half of it, at its size and design effect.

    A sentence where the headline itself is not shown, nobody was found, or too few to show a design effect.
    """
    first = out.select("prevalence").iloc[0]
    if pd.isna(first["estimate"]) or first["estimate"] == 0:
        return Words(
            f"There is no published prevalence to plan from ({first['reason']}); `fl.show.detectable` takes one of your own."
        )
    if pd.isna(first["n_eff"]):
        return Words(
            "The design effect of a survey with fewer than 30 cases is not shown; `fl.show.detectable` takes one of your own."
        )
    p, n = float(first["estimate"]), float(first["n"])
    rounded = [round(float(f"{times * p:.2g}"), 6) for times in (0.5, 1, 2)]
    return detectable(
        rounded, sizes=(min(n, SIZES[0]), max(5 * n, 20_000)), deff=round(max(1.0, n / float(first["n_eff"])), 2), planned=n
    )


def _curve(fig: Any, name: str, n: np.ndarray[Any, Any], y: list[float], colour: str) -> None:
    """One line with its name at its right end; where nothing is detectable there is no line."""
    fig.add_scatter(
        x=list(n),
        y=y,
        mode="lines",
        name=name,
        line={"color": colour, "width": 3},
        hovertemplate=f"{name}: %{{y:.0f}} %<extra></extra>",
    )
    if np.isfinite(y[-1]):
        fig.add_annotation(
            x=np.log10(n[-1]),
            y=y[-1],
            text=f"from {name}",
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": colour, "size": 13},
        )


def _mark(fig: Any, planned: float, falls: list[float]) -> None:
    """A line at the planned size, and on each curve what it would detect."""
    there = [(fall, colour) for fall, colour in zip(falls, SERIES, strict=False) if np.isfinite(fall)]
    fig.add_vline(x=planned, line={"color": GREY, "dash": "dot"})
    fig.add_annotation(
        x=np.log10(planned),
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"planned: {planned:,.0f}",
        showarrow=False,
        font={"size": 13, "color": INK},
    )
    fig.add_scatter(
        x=[planned] * len(there), y=[fall for fall, _ in there], mode="markers+text", text=[f"<b>{fall:.0f} %</b>" for fall, _ in there],
        textposition="top right", textfont={"size": 13, "color": INK}, hoverinfo="skip",
        marker={"size": 9, "color": [colour for _, colour in there]},
    )  # fmt: skip


def _name(p: float) -> str:
    return f"{p * scale('prevalence'):g} per 1,000"


def _curves_in_words(
    prevalences: Sequence[float], sizes: Sequence[float], cut: Callable[[float, float], float], deff: float, power: float
) -> str:
    """What the curves say at some sizes of the sample, for whoever does not see them."""
    told = [
        f"From {_name(p)}: {' and '.join(f'{_fall(cut(p, size))} with {size:,.0f} persons in each round' for size in sizes)}"
        for p in prevalences
    ]
    return (
        f"Curves of the smallest fall in prevalence that a repeat survey would detect with a chance of {100 * power:g} % (design effect "
        f"{deff:g}), against the persons in each round: the larger the sample and the higher the prevalence, the smaller it is. {'. '.join(told)}."
    )


def _fall(cut: float) -> str:
    return f"a fall by {cut:.0f} %" if np.isfinite(cut) else "not even a fall to zero"
