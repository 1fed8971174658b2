"""Checks that the tables that a survey.yaml asks for (`tables:`) can be made and may be published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fltoolkit.errors import did_you_mean
from fltoolkit.survey.classifications.origins import obstacle_of_origins
from fltoolkit.survey.spec.groups import PopulationSpec, TableSpec


@dataclass(frozen=True)
class AllowedTables:
    """The names of groups and populations that `tables:` of survey.yaml may use.

    Attributes:
        groups: the names of all groups.
        populations: the populations, by name.
        case_only: the names of the groups that only persons in forced labour have, such as the form of forced
            labour.
        origins: the names of the groups whose categories are single origins, such as each country of birth.
        published_origins: the names in `origins` of the groups that may be published, because survey.yaml
            gives a reason.
        amounts: the names under `amounts`.
    """

    groups: set[str]
    populations: Mapping[str, PopulationSpec]
    case_only: Collection[str]
    origins: Collection[str]
    published_origins: Collection[str]
    amounts: Collection[str] = ()


def refuse_unfit_tables(tables: Sequence[TableSpec], allowed: AllowedTables, *, grosses_up: bool) -> None:
    """Raise `ValueError` if a table of survey.yaml names an unknown group or population, or cannot be made,
    or must not be published. `grosses_up` says whether the weights of the survey add up to the population."""
    for i, table in enumerate(tables, 1):
        if table.counts_persons and not grosses_up:
            raise ValueError(
                f"table {i} of tables, measure: {table.measure} is a number of persons, which weights: "
                "normalised (under design) cannot "
                "give; take the table out, or name weights that add up to the population"
            )
        if table.of_amount and table.of not in allowed.amounts:
            known = known_names_in_words(table.of or "", set(allowed.amounts)) if allowed.amounts else ""
            raise ValueError(
                f"table {i} of tables, measure: {table.measure}, of: {table.of} is not one of "
                f"amounts{known}; define it: amounts: {{{table.of}: {{column: …, unit: …}}}}"
            )
        grouped = [*table.by, *([(table.of,)] if table.of and not table.of_amount else [])]
        for group in {g for b in grouped for g in b}:
            if group not in allowed.groups:
                raise ValueError(
                    f"table {i} of tables: {group} is not one of the "
                    f"groups{known_names_in_words(group, allowed.groups)}"
                )
        if table.population and table.population not in allowed.populations:
            near = known_names_in_words(table.population, set(allowed.populations))
            raise ValueError(
                f"table {i} of tables, population: {table.population} is not one of populations{near}"
            )
        _refuse_unfit_profile(table, i, allowed.case_only, allowed.populations)
        if why := obstacle_of_origins(table.measure, grouped, allowed.origins, allowed.published_origins):
            raise ValueError(f"table {i} of tables: {why}")


def refuse_unfit_lead(
    lead: str, groups: set[str], tables: Sequence[TableSpec], allowed: AllowedTables
) -> None:
    """Raise `ValueError` if the lead group (the group that documents compare first) cannot be used: no table
    shows the prevalence by this group, or its categories are single origins such as nationalities.

    Args:
        lead: the name of the lead group in survey.yaml.
        groups: the names of the groups under `groups:`. Every person has a category in each of these groups,
            not only the cases.
        tables: the tables of the survey.
        allowed: the names that tables may use. The first of its populations is the default population.
    """
    if lead not in groups:
        raise ValueError(f"lead: {lead} is not one of groups{known_names_in_words(lead, groups)}")
    if lead in allowed.origins:
        raise ValueError(
            f"lead: {lead} shows single origins, which no document compares first; name another group"
        )
    default = (None, next(iter(allowed.populations)))
    if not any(t.measure == "prevalence" and t.population in default and (lead,) in t.by for t in tables):
        raise ValueError(
            f"lead: no table gives the prevalence by {lead} alone; add "
            f"{{measure: prevalence, by: {lead}}} to tables, or name another group"
        )


def known_names_in_words(name: str, known: set[str]) -> str:
    """Returns the end of an error message about a wrong name. The text gives the known names, and the name
    that was probably meant: `: region, sex; did you mean sex?`."""
    return f": {', '.join(sorted(known))}{did_you_mean(name, known)}"


def _refuse_unfit_profile(
    table: TableSpec, number: int, case_only: Collection[str], populations: Mapping[str, PopulationSpec]
) -> None:
    """Raise `ValueError` if a table is a profile (it describes the persons in forced labour) that cannot be
    made. A profile cannot be made by a group that only these persons have, or for a population that adds
    adults and children. Other tables are not checked.

    Args:
        table: one of `tables:`.
        number: the position of this table in the list, from 1.
        case_only: the names of the groups that only persons in forced labour have.
        populations: the populations of the survey.
    """
    if not table.is_profile:
        return
    if only := sorted({g for b in table.by for g in b} & set(case_only)):
        raise ValueError(
            f"table {number} of tables: a profile is by a group that everybody has, and only cases have "
            f"{only[0]}"
        )
    of = populations[table.population or next(iter(populations))]
    if of.sum_of:
        raise ValueError(
            f"table {number} of tables, population: adults and children each have a profile of their "
            f"own: {', '.join(of.sum_of)}"
        )
