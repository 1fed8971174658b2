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
from numpy.typing import NDArray
from scipy.sparse import csr_array

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
    """All persons by kind, with one outcome.

    Attributes:
        patterns: the kinds.
        populations: the populations of the run.
        units: the mean weight of each population.
        cases: number of cases by kind.
        known: weighted cases (in mean weights) by population and kind.
        kept: the kinds that are in the programme.
        kinds: the kept kinds, as columns of the system.
        children: the kinds that are children.
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
    """Columns, rows and ties of groups that only cases have.

    `holds` covers only these columns. In `ties` the columns of all persons come first.
    """

    kinds: Kinds
    rows: list[Row[AnyCell]]
    holds: csr_array[Any]
    ties: list[Tie]


@dataclass(frozen=True)
class _Column:
    """The cases of one coarse kind of person that have one combination of values of the case-only groups."""

    of: int
    values: Key


def case_only_kinds(cells: Mapping[CellId, Cell], groups: frozenset[str], everybody: PersonKinds, base: float) -> CaseOnlyKinds:
    """Builds the columns of case-only groups that cells cross with each other, the rows of these cells, and the ties to the
    columns of all persons.

    Args:
        cells: cells of these groups, alone or crossed with groups that everybody has.
        groups: the groups that only cases have.
        everybody: the kinds of persons.
        base: the rounding base of weighted numbers.
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
    holds = csr_array([_holds(cell, columns, facts) for cell in cells])
    return CaseOnlyKinds(
        kinds,
        [_row(cell, found, everybody, base) for cell, found in cells.items()],
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
    """Returns whether a coarse kind can have cases with these values.

    If a shown breakdown lacks the combination, nobody has it.
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
    """Returns whether the route among the values, if any, fits the age of the person.

    Readers know which routes belong to children and which to adults.
    """
    return all((v in ROUTES.values()) == child for g, v in values if g == "route")


def _kinds(columns: list[_Column], code: NDArray[np.intp], everybody: PersonKinds) -> Kinds:
    """Returns the persons and weights of the columns: those of the coarse kind of each column."""
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
    """Returns a 1 for each column that is in the cell, and a 0 for each other column."""
    population, key = cell

    def has(column: _Column, group: str, value: str) -> bool:
        return (group, value) in column.values or (group in facts[column.of] and facts[column.of][group] == value)

    return [float(facts[c.of][POPULATION + population] and all(has(c, g, v) for g, v in key)) for c in columns]


def _row(cell: CellId, found: Cell, everybody: PersonKinds, base: float) -> Row[AnyCell]:
    """Returns the row of a cell in the system of these columns."""
    of = everybody.populations.index(cell[0])
    unit = everybody.units[of]
    weighted = np.nan if found.weighted is None else found.weighted / unit
    below, above = (far / unit for far in left_by_rounding(found, base))
    return Row(cell, of, float(found.cases), weighted, np.inf, below, above)


def _tie(coarse: int, code: NDArray[np.intp], columns: list[_Column], everybody: PersonKinds, populations: list[int]) -> Tie:
    """Returns the tie of a coarse kind: its cases, summed over the values of the case-only groups, equal its cases among all
    persons. The cases of kinds that are not in the programme are taken as known.
    """
    mine = code == coarse
    out = mine & ~everybody.kept
    sign = np.r_[-mine[everybody.kept].astype(float), [float(c.of == coarse) for c in columns]]
    return Tie(sign, float(everybody.cases[out].sum()), {p: float(everybody.known[p, out].sum()) for p in populations})
