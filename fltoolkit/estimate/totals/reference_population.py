"""Finds the reference population of an estimate: the persons who are in its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.errors import RequestError
from fltoolkit.survey.design.survey_design import Design, weight_of
from fltoolkit.survey.engine.columns import WEIGHT

OF_ADULTS = ("involuntary", "same_work", "trafficking", "forced_labour_now")

NOT_CHILDREN = {"forced_labour_now": "they are not asked whether it goes on"}


@dataclass(frozen=True)
class ReferencePopulation:
    """The persons that an estimate is about: those in its denominator.

    Attributes:
        name: the name of the population in survey.yaml; empty for a design without populations.
        weight: the column of the population's weights.
        domain: the true/false column that marks the population's members; None: everybody.
    """

    name: str
    weight: str
    domain: str | None


def population_of(
    design: Design, name: str | None, groups: Sequence[str], outcome: str
) -> ReferencePopulation:
    """Returns the reference population of an estimate. This is the population called `name`. If `name` is
    None and the groups contain a sector or occupation, it is the population of the workers who were asked
    about it. Otherwise it is the default population.

    Args:
        design: a classified survey, or any design.
        name: the name of a population of survey.yaml; None: as above.
        groups: the groups by which the estimate is broken down.
        outcome: the outcome that is estimated.

    Raises:
        RequestError: there is no such population, or the outcome or a group does not apply to it.
    """
    refuse_unclassified(design)
    if not isinstance(design, ClassifiedSurvey):
        if name is not None:
            raise RequestError(
                "only a survey read through survey.yaml has populations",
                where="population",
                found=name,
                do="leave population out, and name the group in by=",
            )
        return ReferencePopulation("", WEIGHT, None)
    spec, groups = design.spec, [*groups, *(group for group, _ in design.domain)]
    bound = {s.population for g, s in spec.jobs.items() if g in groups and s.population}
    chosen = next(iter(bound), spec.default_population) if name is None else name
    if chosen not in spec.populations:
        raise RequestError(
            "no such population",
            found=chosen,
            allowed=list(spec.populations),
            do=f"name one of these, or add it under populations: of {design.path}",
        )
    if (
        (outcome in OF_ADULTS or outcome in design.outcomes)
        and spec.children
        and spec.definition_of(chosen) != "adults"
    ):
        raise RequestError(
            f"{outcome} does not apply to children: {_why_not_children(outcome, design)}",
            where="population",
            found=chosen,
            allowed=[p for p in spec.populations if spec.definition_of(p) == "adults"],
            do="name a population of adults",
        )
    if bound - {chosen}:
        job = next(g for g, s in spec.jobs.items() if g in groups and s.population in bound - {chosen})
        raise RequestError(
            (
                f"{job} was asked of {min(b for b in bound if b)} only; a rate needs numerator and "
                "denominator of the same job"
            ),
            where="population",
            found=chosen,
            allowed=sorted(b for b in bound if b),
            do="leave population out, or name that one",
        )
    return ReferencePopulation(chosen, weight_of(chosen), POPULATION + chosen)


def _why_not_children(outcome: str, persons: ClassifiedSurvey) -> str:
    """Returns, in words, why an outcome does not apply to children."""
    if outcome in persons.outcomes:
        return "the items are those of the adults' definition"
    return NOT_CHILDREN.get(outcome, "their definition has no test of consent")
