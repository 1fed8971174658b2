"""Draws curves of the smallest decrease that a repeat of a survey could detect. Users read them before they
set a target. `detectable` needs no survey, `repeat` starts from the numbers of one."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.arguments import checked
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.charts.descriptions import detectable_falls
from fltoolkit.show.charts.descriptions.detectable_falls import POWER, SIZES
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Sentences, Words


@checked
def detectable(
    prevalences: Sequence[float],
    *,
    sizes: tuple[float, float] = SIZES,
    deff: float = 1.5,
    alpha: float = 0.05,
    power: float = POWER,
    response: float = 1.0,
) -> Picture:
    """Returns a picture of the smallest decrease in prevalence that two surveys of the same size could
    detect. It has one curve for each prevalence, over the number of persons drawn in each survey.

    Args:
        prevalences: the prevalences of the earlier survey, as proportions (e.g. 0.017), at most six.
        sizes: the smallest and the largest number of persons drawn in each survey.
        deff, alpha, power: see `fl.detectable_change`.
        response: the share of drawn persons who answer.
    """
    return picture(
        detectable_falls.falls(
            prevalences, ENGLISH, sizes=sizes, deff=deff, alpha=alpha, power=power, response=response
        )
    )


@checked
def repeat(out: Published, evidence: Evidence | None = None) -> Picture | Words:
    """Returns a picture of the smallest decrease in prevalence that a repeat of this survey could detect, if
    its design effect is the same. It has a curve over the number of persons who answer in the repeat.

    With a plan, the curve starts from the baseline of the plan's first indicator, and the planned sample is
    marked. The sentence of `fl.show.result.repeat` has the fall that this sample can detect. Without a plan,
    the curve starts from the prevalence of this survey, and the number of its persons is marked.

    Args:
        out: the published numbers of the survey.
        evidence: the plan with its baseline; None without a plan.

    Returns:
        The picture. Without a plan, it is a sentence instead of a picture if the prevalence is not shown, if
        no case was found, or if the cases are too few to show a design effect.
    """
    if evidence and (row := evidence.planned_repeat):
        return picture(detectable_falls.planned_repeat(row, ENGLISH, start_of=evidence.start))
    chart = detectable_falls.repeat(out, ENGLISH)
    if chart:
        return picture(chart)
    return Sentences(
        "There is no published prevalence above zero with a design effect, from which a fall could be "
        "counted. `fl.show.detectable` takes "
        "numbers of your own."
    )
