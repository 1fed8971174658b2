"""Compares the sums of a survey's weights with each other and with the number of persons. Weights that add up
to the sample make every total wrong, and no other check finds it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.data.fetch_rows import to_sums
from fltoolkit.survey.data.internal_columns import AGE, ASKED, WEIGHT
from fltoolkit.survey.data.person_frame import FACTOR
from fltoolkit.survey.design.survey_design import Survey, weight_of
from fltoolkit.survey.design.weight_scale import FEW_BELOW_ONE, scale_sums
from fltoolkit.survey.spec.groups import PopulationSpec
from fltoolkit.survey.spec.survey_spec import SurveySpec

MEAN_OF_NORMALISED = (
    0.5,
    2.0,
)  # a part of the persons, such as those who answered, has a mean that is not exactly 1


def weight_findings(survey: Survey) -> list[Finding]:
    """Returns findings about sums of weights. The list is empty if survey.yaml says that the weights are
    normalised."""
    if not survey.grosses_up:
        return []
    own, of_populations = _sums_of_weights(survey.spec), _sums_of_populations(survey.spec)
    found = list(map(float, to_sums(survey.frame, [*own, *of_populations], survey.path)))  # in one pass
    return [*_normalised(survey, found[: len(own)]), *_of_populations(survey, found[len(own) :])]


def weight_columns(spec: SurveySpec) -> dict[str, str]:
    """Returns, as {internal weight column: column}, the column of the data that contains this weight: those
    of all populations and that of the design."""
    own = {weight_of(p): v.weight or spec.design.weight for p, v in spec.populations.items() if not v.sum_of}
    return own if spec.design.weight in own.values() else {**own, WEIGHT: spec.design.weight}


def _columns_checked(spec: SurveySpec) -> dict[str, str]:
    """Returns the weights that may be normalised, as {column of the data: internal weight column}. A
    calibration makes totals right, so a survey with one has none. Populations can share a weight."""
    return {} if spec.calibration else {name: inside for inside, name in weight_columns(spec).items()}


def _sums_of_weights(spec: SurveySpec) -> list[nw.Expr]:
    """Returns the four columns that `_normalised` needs the sums of, for each weight."""
    sums: list[nw.Expr] = []
    for inside in _columns_checked(spec).values():
        sums += scale_sums(nw.col(inside) / nw.col(FACTOR))
    return sums


def _normalised(survey: Survey, found: Sequence[float]) -> list[Finding]:
    """Returns a finding for each weight that cannot add up to the population. `found` are the sums of
    `_sums_of_weights`.

    A mean far below 1 is an error: the weights are shares, or in thousands. A mean of about 1 is that of
    normalised weights. If weights are below 1, the finding is an error. If every weight is 1, the data may be
    a census, in which nobody was drawn: the finding is then a warning, but an error if survey.yaml names
    sampling units or replicate weights.
    """
    design, out = survey.spec.design, []
    for i, name in enumerate(_columns_checked(survey.spec)):
        persons, added, below, other = found[4 * i : 4 * i + 4]
        low, high = MEAN_OF_NORMALISED
        if not persons or added / persons > high:
            continue
        do = "say weights: normalised under design: rates are then shown, and no numbers of persons"
        if added / persons < low:
            what = (
                "the weights add up to less than half of the persons of the sample, so they are not "
                "persons of the population"
            )
            more = (
                "if they are in thousands, or divided by another number, multiply them by it in the "
                "data; otherwise"
            )
            out.append(Finding("error", "weights", name, what, int(persons), f"{more} {do}"))
        elif below > FEW_BELOW_ONE * persons or (not other and (design.psu or design.replicates)):
            what = (
                "the mean of the weights is about 1, so they add up to the persons of the sample, not "
                "of the population"
            )
            out.append(
                Finding(
                    "error",
                    "weights",
                    name,
                    what,
                    int(persons),
                    f"{do}; or name weights that add up to the population",
                    acceptable=True,
                )
            )
        elif not other:
            what = (
                "every weight is 1, so the sample counts as the population; this is right for a census only"
            )
            out.append(
                Finding("warning", "weights", name, what, int(persons), f"if persons were drawn, {do}")
            )
    return out


def _plain_populations(spec: SurveySpec) -> dict[str, PopulationSpec]:
    return {name: p for name, p in spec.populations.items() if not p.sum_of and not p.where}


def _sums_of_populations(spec: SurveySpec) -> list[nw.Expr]:
    """Returns the two columns that `_of_populations` needs the sums of, for each population."""
    sums: list[nw.Expr] = []
    for name, population in _plain_populations(spec).items():
        age, low, high = nw.col(AGE), population.age.min or 0, population.age.max or spec.age.max
        eligible = (age >= low) & (age <= high)
        for weight, who in ((WEIGHT, eligible), (weight_of(name), eligible & nw.col(ASKED))):
            sums.append(nw.when(who & nw.col(weight).is_finite()).then(nw.col(weight)).otherwise(0.0))
    return sums


def _of_populations(survey: Survey, added: Sequence[float]) -> list[Finding]:
    """Returns a finding for each population whose sum of weights looks wrong. Two sums are compared: the
    population's own weights, over persons who answered the module on forced labour, and the weights of the
    design, over all persons of the same ages. A warning is given if one sum is at least twice the other, and
    an error if a sum is infinite. `added` are the sums of `_sums_of_populations`."""
    spec, out = survey.spec, []
    for (name, population), whole, asked in zip(
        _plain_populations(spec).items(), added[::2], added[1::2], strict=True
    ):
        if math.isinf(whole) or math.isinf(asked):
            what = f"the weights of {name} add up to more than a number can hold"
            do = "correct them, or divide all by one number"
            out.append(Finding("error", "weights", population.weight or spec.design.weight, what, 0, do))
        elif whole > 0 and asked > 0 and not 0.5 < asked / whole < 2:
            # With all its digits, the number would be a sum of single weights.
            of_asked, of_all = (f"{float(f'{total:.2g}'):,.0f}" for total in (asked, whole))
            what = (
                f"the weights of those who answered add up to about {of_asked}; all such persons of "
                f"the file to about {of_all}"
            )
            do = f"name the weight of the module under populations.{name}.weight, if it has one of its own"
            out.append(Finding("warning", "weights", population.weight or spec.design.weight, what, 0, do))
    return out
