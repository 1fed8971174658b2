"""Checks that a survey.yaml defines what its tables need."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fltoolkit.survey.classifications.origins import obstacle_of_origins
from fltoolkit.survey.spec.groups import PopulationSpec, TableSpec


@dataclass(frozen=True)
class AllowedTables:
    """The names that `tables:` of survey.yaml may use, for checking them.

    Attributes:
        groups: all groups.
        populations: the populations, by name.
        case_only: the groups that only cases have.
        origins: the groups of single origins, such as countries of birth.
        published_origins: the groups of single origins that survey.yaml publishes.
    """

    groups: set[str]
    populations: Mapping[str, PopulationSpec]
    case_only: Collection[str]
    origins: Collection[str]
    published_origins: Collection[str]


def refuse_unfit_tables(tables: Sequence[TableSpec], allowed: AllowedTables) -> None:
    """Raise `ValueError` if a table of survey.yaml cannot be made: it names an unknown group or population, or it must not be
    published."""
    for i, table in enumerate(tables, 1):
        for group in {g for b in table.by for g in b} | ({table.of} if table.of else set()):
            if group not in allowed.groups:
                raise ValueError(f"table {i} of tables: {group} is not one of the groups{one_of_these(group, allowed.groups)}")
        if table.population and table.population not in allowed.populations:
            near = one_of_these(table.population, set(allowed.populations))
            raise ValueError(f"table {i} of tables, population: {table.population} is not one of populations{near}")
        _refuse_unfit_profile(table, i, allowed.case_only, allowed.populations)
        named = (*table.by, *([(table.of,)] if table.of else []))
        if why := obstacle_of_origins(table.measure, named, allowed.origins, allowed.published_origins):
            raise ValueError(f"table {i} of tables: {why}")


def refuse_unfit_lead(lead: str, groups: set[str], tables: Sequence[TableSpec], allowed: AllowedTables) -> None:
    """Raise `ValueError` if the lead group (`lead`: the group that documents compare first) cannot be used: the prevalence by it
    is not published, or it shows single origins such as nationalities.

    Args:
        lead: the group named.
        groups: the groups under `groups:`, which everybody has.
        tables: the tables of the survey.
        allowed: what tables may name. The first population is the default one.
    """
    if lead not in groups:
        raise ValueError(f"lead: {lead} is not one of groups{one_of_these(lead, groups)}")
    if lead in allowed.origins:
        raise ValueError(f"lead: {lead} shows single origins, which no document compares first; name another group")
    default = (None, next(iter(allowed.populations)))
    if not any(t.measure == "prevalence" and t.population in default and (lead,) in t.by for t in tables):
        raise ValueError(
            f"lead: no table gives the prevalence by {lead} alone; add {{measure: prevalence, by: {lead}}} to tables, or name another group"
        )


def one_of_these(name: str, known: set[str]) -> str:
    """Returns a part of a message about a wrong name: which names are known, and which of them was probably meant."""
    near = difflib.get_close_matches(name, known, n=1)
    return f": {', '.join(sorted(known))}" + (f"; did you mean {near[0]}?" if near else "")


def _refuse_unfit_profile(
    table: TableSpec, number: int, case_only: Collection[str], populations: Mapping[str, PopulationSpec]
) -> None:
    """Raise `ValueError` for a profile (a table that describes the cases) that cannot be made. It cannot be made by a group that
    only cases have, or for a population with adults and children together.

    Args:
        table: one of `tables:`.
        number: its position in the list, from 1.
        case_only: the groups that only cases have.
        populations: the populations of the survey.
    """
    if not table.is_profile:
        return
    if only := sorted({g for b in table.by for g in b} & set(case_only)):
        raise ValueError(f"table {number} of tables: a profile is by a group that everybody has, and only cases have {only[0]}")
    of = populations[table.population or next(iter(populations))]
    if of.sum_of:
        raise ValueError(
            f"table {number} of tables, population: adults and children each have a profile of their own: {', '.join(of.sum_of)}"
        )
