"""Defines the counts of a cell, and the confidentiality limits with which these counts are compared. Finds
the cells that the rows of a table reveal."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from fltoolkit.publish.measure_units import PROFILES, is_of_numbers
from fltoolkit.publish.reliability import kind_of
from fltoolkit.table_records import as_records

Key = frozenset[tuple[str, str]]
CellId = tuple[str, Key]  # a population, and group values


@dataclass(frozen=True)
class Cell:
    """The counts of one cell of a table. They decide whether the cell is confidential.

    A cell is all persons of one population with the same values in the groups of a table, for example women
    in the north. If a count does not apply to a cell, it is None.

    Attributes:
        cases: persons who are cases, unweighted.
        persons: all persons, unweighted.
        non_cases: persons who are not cases, unweighted.
        psus: sampling units (PSUs) that have cases.
        households: households that have cases.
        weighted: the sum of the weights of the cases.
        weighted_others: the sum of the weights of all other persons.
        mean_weight: the mean weight of the cell's population. A reader knows nothing else about the weights.
        listed: whether a table has a row for the cell only because the cell has a case, such as a sector of
            forced labour. Then a reader knows this even where the cell is hidden.
    """

    cases: int
    persons: int
    non_cases: int | None = None
    psus: int | None = None
    households: int | None = None
    weighted: float | None = None
    weighted_others: float | None = None
    mean_weight: float = 1.0
    listed: bool = False


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
    """Returns a count of sampling units or households from a table, or None if the sample design does not
    give it."""
    return None if pd.isna(count) else int(count)


def confidential(cell: Cell, limits: Limits) -> str:
    """Returns the reason why a cell of a table may not be shown, for example `fewer than 5 cases`, or an
    empty text if it may be shown.

    A cell of too few persons is hidden even if it has no case. If only small cells with cases were hidden,
    readers would know that a hidden small cell has cases.
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
    failed = [
        f"fewer than {least} {what}" for count, least, what in checks if count is not None and count < least
    ]
    return failed[0] if failed else ""


def few_unresolved(cell: Cell, limits: Limits) -> bool:
    """Returns whether a count of unresolved persons is confidential: few are unresolved, or few are known not
    to be cases."""
    return 0 < cell.cases < limits.cases or (
        cell.cases > 0 and cell.non_cases is not None and cell.non_cases < limits.non_cases
    )


def mean_weights(cells: Mapping[CellId, Cell]) -> dict[str, float]:
    """Returns the mean weight of each population's persons, by the name of the population."""
    found: dict[str, float] = {}
    for (population, _), cell in cells.items():
        found[population] = max(cell.mean_weight, found.get(population, 0.0))
    return found


def crossed_groups(breakdowns: Iterable[Iterable[str]]) -> list[frozenset[str]]:
    """Returns sets of groups, sorted by name. If one breakdown crosses two groups, these groups are in the
    same set.

    Example: the breakdowns sex × region, region × age, and sector give the sets {age, region, sex} and
    {sector}.
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


def disclosed_cells(i: int, keys: list[Key], share_groups: list[str]) -> tuple[Key, ...]:
    """Returns the cells whose number of cases a published row reveals: its own cell and, for a share, the
    cell of the denominator.

    Args:
        i: the position of the row.
        keys: for each row, its group values.
        share_groups: for a share, the group whose categories have the shares, such as sex; empty for other
            measures.
    """
    return (
        (keys[i], frozenset((g, v) for g, v in keys[i] if g != share_groups[i]))
        if share_groups[i]
        else (keys[i],)
    )


def population_cells(
    rows: pd.DataFrame, keys: list[Key], share_groups: list[str], case_only: frozenset[str]
) -> dict[Key, Cell]:
    """Returns one population's cells. `keys`, `share_groups`: as in `decide`. `case_only`: the groups that
    only cases have."""
    cells: dict[Key, Cell] = {}
    share_rows: dict[Key, list[dict[Hashable, Any]]] = {}
    for i, row, cell in zip(rows.index, as_records(rows), row_cells(rows), strict=True):
        row_key, *whole = disclosed_cells(i, keys, share_groups)
        for k in whole if row["measure"] == "share" else ():
            share_rows.setdefault(k, []).append(row)
        if row_key not in cells or row["measure"] in ("prevalence", "total"):
            # such as a sector: its cells have no non-cases
            cells[row_key] = (
                replace(cell, non_cases=None, weighted_others=None, listed=cell.cases > 0)
                if is_of(case_only, row_key)
                else cell
            )
    for k, parts in share_rows.items():
        n, population = int(parts[0]["n"]), float(parts[0]["population"])
        psus, homes = (_sum(parts, f"{units}_with_cases") for units in ("psus", "households"))
        mean_weight = population_mean_weight(rows)
        cell = Cell(
            n,
            n,
            psus=psus,
            households=homes,
            weighted=population,
            mean_weight=mean_weight,
            listed=is_of(case_only, k),
        )
        cells.setdefault(k, cell)
    return cells


def is_of(groups: frozenset[str], key: Key) -> bool:
    """Returns whether a cell is defined by one of these groups."""
    return not groups.isdisjoint(g for g, _ in key)


def row_cells(rows: pd.DataFrame) -> list[Cell]:
    """Returns the cell of each row."""
    mean_weight = population_mean_weight(rows)
    return [_row_cell(row, mean_weight) for row in as_records(rows)]


def _row_cell(row: Mapping[Hashable, Any], mean_weight: float) -> Cell:
    """Returns the cell of a row. A proportion times its population gives the weighted cases. Rows in months
    and of amounts do not give them."""
    kind, cases, n = kind_of(row), int(row["cases"]), int(row["n"])
    population, estimate = float(row["population"]), float(row["estimate"])
    weighted = {"proportion": estimate * population, "number": estimate, "mean": population}[kind]
    others = row["measure"] not in ("share", *PROFILES) and kind != "mean"
    if str(row["measure"]).startswith("stock") or is_of_numbers(row):
        weighted = float("nan")
    return Cell(
        cases,
        n,
        non_cases=n - cases if others else None,
        psus=known_count(row["psus_with_cases"]),
        households=known_count(row["households_with_cases"]),
        weighted=None if pd.isna(weighted) else weighted,
        weighted_others=population - weighted if others and not pd.isna(weighted) else None,
        mean_weight=mean_weight,
    )


def population_mean_weight(rows: pd.DataFrame) -> float:
    """Returns the mean weight of the population, from its largest row; 1 if no row reveals it."""
    if rows.empty:
        return 1.0
    n, population = rows["n"].to_numpy(float), rows["population"].to_numpy(float)
    largest = int(n.argmax())
    mean = float(population[largest]) / max(1.0, float(n[largest]))
    return mean if mean > 0 else 1.0


def _sum(rows: list[dict[Hashable, Any]], column: str) -> int | None:
    counts = [known_count(row[column]) for row in rows]
    return None if None in counts else sum(c or 0 for c in counts)
