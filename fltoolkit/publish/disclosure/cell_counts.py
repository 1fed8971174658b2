"""Defines the counts of a cell, and the confidentiality limits with which these counts are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Key = frozenset[tuple[str, str]]
CellId = tuple[str, Key]  # a population, and group values


@dataclass(frozen=True)
class Cell:
    """The counts of one cell of a table. They decide whether the cell is confidential.

    A cell is all persons of one population with the same values in the groups of a table, for example women in the north. If a
    count does not apply to a cell, it is None.

    Attributes:
        cases: persons who are cases, unweighted.
        persons: all persons, unweighted.
        non_cases: persons who are not cases, unweighted.
        psus: sampling units (PSUs) that have cases.
        households: households that have cases.
        weighted: the sum of the weights of the cases.
        weighted_others: the sum of the weights of all other persons.
        mean_weight: the mean weight of the cell's population. A reader knows nothing else about the weights.
    """

    cases: int
    persons: int
    non_cases: int | None = None
    psus: int | None = None
    households: int | None = None
    weighted: float | None = None
    weighted_others: float | None = None
    mean_weight: float = 1.0


@dataclass(frozen=True)
class Limits:
    """The confidentiality limits: a cell with a smaller count is not shown. docs/methods.md §4 explains them.

    Attributes:
        cases, non_cases: the limits for cases, and for persons who are not cases.
        psus, households: the limits for sampling units and for households with a case.
        persons: the limit for all persons.
    """

    cases: int = 5
    non_cases: int = 5
    psus: int = 3
    households: int = 3
    persons: int = 30


def known_count(count: Any) -> int | None:
    """Returns a count of sampling units or households from a table, or None if the sample design does not give it."""
    return None if pd.isna(count) else int(count)


def confidential(cell: Cell, limits: Limits) -> str:
    """Returns the reason why a cell of a table may not be shown, for example `fewer than 5 cases`, or an empty text if it may be
    shown.

    A cell of too few persons is hidden even if it has no case. If only small cells with cases were hidden, readers would know
    that a hidden small cell has cases.
    """
    if cell.non_cases is not None and cell.persons < limits.persons:
        return f"fewer than {limits.persons} persons"
    if cell.cases == 0:
        return ""
    checks = (
        (cell.cases, limits.cases, "cases"),
        (cell.non_cases, limits.non_cases, "persons who are not cases"),
        (cell.psus, limits.psus, "sampling points with cases"),
        (cell.households, limits.households, "households with cases"),
    )
    failed = [f"fewer than {least} {what}" for count, least, what in checks if count is not None and count < least]
    return failed[0] if failed else ""


def mean_weights(cells: Mapping[CellId, Cell]) -> dict[str, float]:
    """Returns the mean weight of each population's persons, by the name of the population."""
    found: dict[str, float] = {}
    for (population, _), cell in cells.items():
        found[population] = max(cell.mean_weight, found.get(population, 0.0))
    return found


def crossed_groups(breakdowns: Iterable[Iterable[str]]) -> list[frozenset[str]]:
    """Returns sets of groups, sorted by name. If one breakdown crosses two groups, these groups are in the same set.

    Example: the breakdowns sex × region, region × age, and sector give the sets {age, region, sex} and {sector}.
    """
    found: list[frozenset[str]] = []
    for groups in map(frozenset, breakdowns):
        touched = [f for f in found if f & groups]
        found = [f for f in found if not f & groups] + ([groups.union(*touched)] if groups else [])
    return sorted(found, key=sorted)


def merged(cells: Iterable[Cell]) -> Cell:
    """Returns the counts of several cells taken together. The cases and their weights are added.

    The cells may contain the same persons. So the number of persons is that of the largest cell.
    """
    parts = list(cells)
    weights = [c.weighted for c in parts if c.weighted is not None]
    return Cell(
        sum(c.cases for c in parts),
        max((c.persons for c in parts), default=0),
        weighted=sum(weights) if len(weights) == len(parts) else None,
        mean_weight=max((c.mean_weight for c in parts), default=1.0),
    )
