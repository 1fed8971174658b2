"""Checks that the populations, ages and children's module of a survey.yaml fit together."""

from __future__ import annotations

from collections.abc import Mapping

from fltoolkit.survey.spec.groups import AgeGroup, AnyGroup, PopulationSpec


def refuse_ages_of_nobody(
    oldest: int, populations: Mapping[str, PopulationSpec], groups: Mapping[str, AnyGroup]
) -> None:
    """Raise `ValueError` if a population or an age band begins above the oldest possible age (`oldest`, in
    years), so that no person can be in it."""
    ages = {
        f"populations.{name}.age.min": p.age.min for name, p in populations.items() if p.age.min is not None
    }
    ages |= {f"groups.{name}.bands": g.bands[-1] for name, g in groups.items() if isinstance(g, AgeGroup)}
    if too_old := [f"{key} ({age})" for key, age in ages.items() if age > oldest]:
        raise ValueError(f"{too_old[0]} is above age.max ({oldest}): nobody is of such an age")


def refuse_unfit_populations(
    populations: Mapping[str, PopulationSpec], definition: Mapping[str, str], adult: int | None
) -> None:
    """Raise `ValueError` if the populations do not fit the module on children. With such a module, a
    population must have only adults, or only children, or be a sum (`sum_of`) of one of each. Without it, no
    population may be a sum.

    Args:
        populations: the populations, by name.
        definition: for each population, `adults` or `children`, or an empty text if its ages include both.
        adult: the age from which a person is an adult. None: survey.yaml has no module on children.
    """
    for name, population in populations.items():
        where = f"populations.{name}"
        if population.sum_of and adult is None:
            raise ValueError(f"{where}.sum_of adds adults and children, and there is no children:")
        if population.sum_of:
            if sorted(definition.get(part, "") for part in population.sum_of) != ["adults", "children"]:
                raise ValueError(f"{where}.sum_of: name one population of adults and one of children")
        elif adult is not None and not definition[name]:
            raise ValueError(
                f"{where}.age: with children: a population is of adults (min {adult} or more) or of "
                "children "
                f"(max {adult - 1} or less), since their definitions differ; add the two with sum_of"
            )
