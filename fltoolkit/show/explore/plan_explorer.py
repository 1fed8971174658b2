"""The plan explorer: shows how probable it is that a repeat of the survey detects a true fall. The user chooses a row of the
plan, the fall, the year and the sample."""

from __future__ import annotations

from math import log10
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.estimate.power_and_sample_size import power_of_change
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.targets import POWER
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, Picture, axis, figure
from fltoolkit.show.charts.plan_charts import name_of
from fltoolkit.show.explore.explorer_controls import WIDE, dropdown, shell, static
from fltoolkit.show.wording.english_numbers import of_plan
from fltoolkit.show.wording.section_words import Words

CUT, POINTS = 0.25, 60
TICKS = [500, 2_000, 10_000, 50_000, 200_000]  # few enough that their labels do not touch on half a screen


def plan_choices(evidence: Evidence) -> dict[str, int]:
    """Returns the rows of the plan that can be chosen in the plan explorer: those whose change a repeat of the survey could
    detect. Each has a name, and its place in `evidence.targets`.
    """
    rows = evidence.targets[evidence.targets["rate"].between(0, 1, inclusive="neither")]
    return {name_of(r): i for i, r in zip(rows.index, rows.to_dict("records"), strict=True)}


def plan_view(evidence: Evidence, choice: str, *, cut: float, year: int, sample: float) -> tuple[Words, Picture]:
    """Returns the probability that a repeat of the survey detects a true fall: in words, and as a curve over the number of
    persons who answer in the repeat.

    Args:
        choice: one of `plan_choices`.
        cut: the true fall, relative to the baseline.
        year: of the repeat.
        sample: the number of persons who answer and who belong to this row.
    """
    offered = plan_choices(evidence)
    if choice not in offered:
        raise RequestError("no such row of the plan", found=choice, allowed=list(offered))
    row = evidence.targets.loc[offered[choice]].to_dict()

    def chance(n: float) -> float:
        return 100 * power_of_change(row["rate"], row["rate"] * (1 - cut), row["n"], n, deff=row["deff"])

    found, fall = chance(sample), f"a fall by {100 * cut:.0f} %"
    sentence = f"{choice}: of {fall}, a repeat in which {sample:,.0f} persons answer would find something with a chance of **{found:.0f} %**"
    enough = "" if found >= 100 * POWER else f"; {100 * POWER:.0f} % is what makes a target verifiable"
    late = (
        f" But until {row['first_year']:.0f} its look-back window overlaps the baseline's, and nothing is decided."
        if year < row["first_year"]
        else ""
    )
    first, last = min(TICKS[0], sample), max(TICKS[-1], sample)
    sizes = [first * (last / first) ** (i / (POINTS - 1)) for i in range(POINTS)]
    fig = figure(
        f"The chance that a repeat finds {fall}",
        f"{choice}; design effect {row['deff']:.2f}; two-sided at 5 %",
        380,
        showlegend=False,
    )
    fig.add_scatter(x=sizes, y=[chance(n) for n in sizes], mode="lines", line={"color": BLUE, "width": 3})
    fig.add_hline(y=100 * POWER, line={"color": GREY, "dash": "dot"})
    fig.add_scatter(x=[sample], y=[found], mode="markers+text", text=[f"<b>{found:.0f} %</b>"], textposition="top left",
                    marker={"size": 12, "color": INK})  # fmt: skip
    span = [log10(first), log10(1.05 * last)]
    fig.update_xaxes(**axis("persons who answer in the repeat", type="log", tickvals=TICKS, ticktext=[f"{t:,}" for t in TICKS], range=span,
                            ticklabelstandoff=8))  # fmt: skip
    fig.update_yaxes(**axis("chance", range=[0, 105], ticksuffix=" %", tickformat="", ticklabelstandoff=8))
    return Words(f"{sentence}{enough}.{late}"), Picture(
        fig, f"Curve of the chance against the persons who answer. {sentence.replace('**', '')}.{late}"
    )


@of_plan
@checked
def plan(evidence: Evidence, *, interactive: bool = False) -> Any:
    """Shows what a repeat would detect, for a fall, a year and a sample.

    With `interactive` the user chooses the fall, the year and the sample; otherwise they are those of the plan.
    """
    offered = plan_choices(evidence)
    if not offered:
        return static([Words("No row of the plan has a published baseline to calculate from.")])
    choice, row = next(iter(offered)), evidence.targets.loc[next(iter(offered.values()))].to_dict()
    cut = row["cut"] if row["cut"] > 0 else CUT
    year = evidence.plan.last_year if pd.isna(row["target_year"]) else int(row["target_year"])
    if not interactive:
        return static(plan_view(evidence, choice, cut=cut, year=year, sample=row["planned_sample"]))
    return plan_panel(evidence, choice, cut=cut, year=year, sample=row["planned_sample"])


def plan_panel(evidence: Evidence, choice: str, *, cut: float, year: int, sample: float) -> Any:
    """Returns the widget of the plan explorer: controls to choose a row of the plan, the fall, the year and the sample, and below
    them what `plan_view` returns.
    """
    import ipywidgets as widgets

    first = int(evidence.targets["baseline_year"].min()) + 1
    picker = dropdown("Row of the plan", {name: name for name in plan_choices(evidence)}, choice)
    fall = dropdown("True fall", {f"{p} %": p for p in sorted({*range(5, 101, 5), round(100 * cut)})}, round(100 * cut))
    years = range(first, max(evidence.plan.last_year + 5, year, first) + 1)
    when = dropdown("Year of the repeat", {str(y): y for y in years}, max(year, first))
    size = widgets.BoundedIntText(
        round(sample), min=500, max=max(200_000, round(sample)), step=100, description="Persons who answer", **WIDE
    )

    def now() -> tuple[Words, Picture]:
        return plan_view(evidence, picker.value, cut=fall.value / 100, year=when.value, sample=size.value)

    return shell([picker, fall, when, size], now)
