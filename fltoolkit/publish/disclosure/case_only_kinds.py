"""Disclosure control for groups that only cases have, such as the sector, form or route of their forced labour.

A reader of a public-use file does not know the value of these groups for any person. So each case may have any value. For each
kind of person only the sum over the values is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from fltoolkit.classify.children import ROUTES
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.estimate.totals.person_patterns import PersonPatterns
from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Key
from fltoolkit.publish.disclosure.cell_system import Kinds, Mask, Row, Tie, left_by_rounding
from fltoolkit.publish.disclosure.derived_cells import AnyCell

OF_CHILD = "fl__of_child"


@dataclass(frozen=True)
class PersonKinds:
    """The persons of a survey by kind, and how many persons of each kind are cases.

    A kind is all persons who have the same group values and are in the same populations. "Cases" are the persons with the outcome
    that is being protected, for example forced labour.

    Attributes:
        patterns: for each kind, its group values, its populations and its persons.
        populations: the populations of the run.
        units: the mean weight of each population.
        cases: the true number of cases of each kind.
        known: the true weighted number of cases (in mean weights), by population and kind.
        kept: which kinds are unknowns (variables) of the linear programme that finds what a reader could calculate. For the other
            kinds, the programme assumes that the reader knows the number of cases.
        kinds: the kept kinds, as columns of the system of equations (`cell_system`).
        children: which kinds are children.
    """

    patterns: PersonPatterns
    populations: list[str]
    units: Array
    cases: Array
    known: Array
    kept: Mask
    kinds: Kinds
    children: Mask


@dataclass(frozen=True)
class CaseOnlyKinds:
    """The columns and rows that groups which only cases have (such as the sector of the forced labour) add to the system of
    equations. The system shows what a reader could calculate from the printed cells (`cell_system`).

    A column is an unknown: the number of cases of one kind of person with one combination of values of these groups. A row is a
    cell. A tie is an equation that always holds.

    `holds` is a matrix of cells × these columns: 1 if the column is in the cell. In `ties` the columns for the kinds of all
    persons come first, then these columns.
    """

    kinds: Kinds
    rows: list[Row[AnyCell]]
    holds: scipy.sparse.csr_array[Any]
    ties: list[Tie]


@dataclass(frozen=True)
class _Column:
    """An unknown of the system: the cases of one coarse kind of person that have one combination of values in the case-only
    groups (groups that only cases have, such as the sector).
    """

    of: int
    values: Key


def case_only_kinds(
    cells: Mapping[CellId, Cell], groups: frozenset[str], everybody: PersonKinds, rounding_base: float
) -> CaseOnlyKinds:
    """Builds the equations for tables by groups that only cases have, such as the sector. Each cell of such a table is a sum of
    unknown numbers of cases. The equations show what a reader could calculate from the printed cells (`cell_system`).

    It returns the unknowns (columns), the cells (rows), and the equations that link these unknowns to the cases of each kind of
    person.

    Args:
        cells: cells of these groups, alone or crossed with groups that everybody has.
        groups: the groups that only cases have.
        everybody: the kinds of persons.
        rounding_base: the rounding base: weighted numbers are rounded to its multiples.
    """
    populations = list(dict.fromkeys(p for p, _ in cells))
    flags = [POPULATION + p for p in populations]
    shared = sorted({g for _, key in cells for g, _ in key} - groups)
    table = everybody.patterns.kinds[[*shared, *flags]].assign(**{OF_CHILD: everybody.children & ("route" in groups)})
    inside = table[flags].any(axis=1).to_numpy()
    code = np.where(inside, table.groupby([*shared, *flags, OF_CHILD], sort=True).ngroup().to_numpy(), -1)
    coarse = [int(c) for c in np.unique(code[inside])]
    facts = {c: table[code == c].iloc[0] for c in coarse}
    columns = [
        _Column(c, values) for c in coarse for values in _values(cells, groups) if _possible(facts[c], values, cells, populations)
    ]
    places = [everybody.populations.index(p) for p in populations]
    kinds = _kinds(columns, code, everybody)
    holds = scipy.sparse.csr_array([_holds(cell, columns, facts) for cell in cells])
    return CaseOnlyKinds(
        kinds,
        [_row(cell, found, everybody, rounding_base) for cell, found in cells.items()],
        holds,
        [_tie(c, code, columns, everybody, [p for p, f in zip(places, flags, strict=True) if facts[c][f]]) for c in coarse],
    )


def _values(cells: Mapping[CellId, Cell], groups: frozenset[str]) -> list[Key]:
    """Returns every combination of values of the groups that only cases have."""
    values: dict[str, dict[str, None]] = {}
    for _, key in cells:
        for g, v in sorted(key):
            if g in groups:
                values.setdefault(g, {})[v] = None
    names = sorted(values)
    return [frozenset(zip(names, found, strict=True)) for found in product(*(values[g] for g in names))]


def _possible(fact: pd.Series, values: Key, cells: Mapping[CellId, Cell], populations: list[str]) -> bool:
    """Returns whether persons of a coarse kind can be cases with these values of the case-only groups. A coarse kind is all
    persons with the same values in the groups that these cells use.

    If a table that is shown lacks a combination of values, nobody has this combination.
    """
    if not _may_have_routes(values, bool(fact[OF_CHILD])):
        return False
    whole = {*values, *((str(g), fact[g]) for g in fact.index if g != OF_CHILD)}
    for population in populations:
        if not fact[POPULATION + population]:
            continue
        shown = {frozenset(g for g, _ in key) for p, key in cells if p == population}
        if any((population, frozenset(part for part in whole if part[0] in groups)) not in cells for groups in shown):
            return False
    return True


def _may_have_routes(values: Key, child: bool) -> bool:
    """Returns whether a person can have these values, given whether the person is a child. One of the values may be a route to
    forced labour, which only children or only adults can have.

    Readers know which routes belong to children and which to adults.
    """
    return all((v in ROUTES.values()) == child for g, v in values if g == "route")


def _kinds(columns: list[_Column], code: NDArray[np.intp], everybody: PersonKinds) -> Kinds:
    """Returns the number of persons and the weights for each column. They are those of the coarse kind of person to which the
    column belongs.
    """
    patterns = everybody.patterns
    persons, light, heavy = [], [], []
    for column in columns:
        mine = code == column.of
        persons.append(patterns.persons[mine].sum())
        ends = []
        for p, unit in zip(everybody.populations, everybody.units, strict=True):
            there = mine & (patterns.heaviest[p] > 0)
            ends.append(
                (patterns.lightest[p][there].min(initial=np.inf) / unit, patterns.heaviest[p][there].max(initial=0.0) / unit)
                if there.any()
                else (0.0, 0.0)
            )
        light.append([low for low, _ in ends])
        heavy.append([high for _, high in ends])
    shape = (len(columns), len(everybody.populations))
    return Kinds(np.array(persons), np.array(light).reshape(shape).T, np.array(heavy).reshape(shape).T)


def _holds(cell: CellId, columns: list[_Column], facts: Mapping[int, pd.Series]) -> list[float]:
    """Returns, for each column (an unknown number of cases), 1 if its cases are in the cell, and 0 if they are not."""
    population, key = cell

    def has(column: _Column, group: str, value: str) -> bool:
        return (group, value) in column.values or (group in facts[column.of] and facts[column.of][group] == value)

    return [float(facts[c.of][POPULATION + population] and all(has(c, g, v) for g, v in key)) for c in columns]


def _row(cell: CellId, found: Cell, everybody: PersonKinds, rounding_base: float) -> Row[AnyCell]:
    """Returns the row of a cell: its counts, as the system of equations needs them."""
    of = everybody.populations.index(cell[0])
    unit = everybody.units[of]
    weighted = np.nan if found.weighted is None else found.weighted / unit
    below, above = (far / unit for far in left_by_rounding(found, rounding_base))
    return Row(cell, of, float(found.cases), weighted, np.inf, below, above)


def _tie(coarse: int, code: NDArray[np.intp], columns: list[_Column], everybody: PersonKinds, populations: list[int]) -> Tie:
    """Returns the tie (an equation that always holds) of a coarse kind of person: its cases, summed over the values of the
    case-only groups, equal its cases among all persons. The cases of kinds that are not in the programme are taken as known.
    """
    mine = code == coarse
    out = mine & ~everybody.kept
    sign = np.r_[-mine[everybody.kept].astype(float), [float(c.of == coarse) for c in columns]]
    return Tie(sign, float(everybody.cases[out].sum()), {p: float(everybody.known[p, out].sum()) for p in populations})
