"""Draws curves of the smallest decrease that a repeat of a survey could detect. Users read them before they set a target.
`detectable` needs no survey, `repeat` starts from the numbers of one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.charts.descriptions.detectable_falls import POWER, SIZES, falls, planned_repeat
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Words


@checked
def detectable(
    prevalences: Sequence[float], *, sizes: tuple[float, float] = SIZES, deff: float = 1.5, alpha: float = 0.05, power: float = POWER,
    response: float = 1.0, planned: float | None = None, title: str = "",
) -> Picture:  # fmt: skip
    """Returns a picture of the smallest decrease in prevalence that two surveys of the same size could detect. It has one
    curve for each prevalence, over the number of persons drawn in each survey.

    Args:
        prevalences: the prevalences of the earlier survey, as proportions (e.g. 0.017), at most six.
        sizes: the smallest and the largest number of persons drawn in each survey.
        deff, alpha, power: see `fl.detectable_change`.
        response: the share of drawn persons who answer.
        planned: a number of persons to mark in the picture.
        title: the title of the picture; empty means a question that the picture answers.
    """
    chart = falls(prevalences, ENGLISH, sizes=sizes, deff=deff, alpha=alpha, power=power, response=response,
                  planned=planned, title=title)  # fmt: skip
    return picture(chart)


@checked
def repeat(out: Published, evidence: Evidence | None = None, *, title: str = "") -> Picture | Words:
    """Returns a picture of the smallest decrease in prevalence that a repeat of this survey could detect, if its design effect
    is the same.

    With a plan, there is one curve over the number of persons who answer in the repeat. It starts from the baseline of the
    plan's first indicator, and the planned sample is marked. The sentence of `fl.show.result.repeat` has the fall that this
    sample can detect. Without a plan there are three curves: for this survey's prevalence, for half of it, and for twice as
    much. The number of persons of this survey is marked.

    Args:
        out: the published numbers of the survey.
        evidence: the plan with its baseline; None without a plan.
        title: the title of the picture; empty means a question that the picture answers.

    Returns:
        The picture. Without a plan, it is a sentence instead of a picture if the prevalence is not shown, if no case was
        found, or if the cases are too few to show a design effect.
    """
    row = evidence and evidence.planned_repeat
    if row:
        return picture(planned_repeat(row, ENGLISH, title=title))
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
        rounded,
        sizes=(min(n, SIZES[0]), max(5 * n, 20_000)),
        deff=round(max(1.0, n / float(first["n_eff"])), 2),
        planned=n,
        title=title,
    )
