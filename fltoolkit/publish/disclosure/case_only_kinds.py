"""Builds the equations that show what a reader could calculate from tables by groups that only cases have.

Examples of such groups are the sector, the form and the route of forced labour. A public-use file does not
contain these groups. So for a reader of such a file, each case may have any value of these groups. For each
kind of person, only the sum over all values is fixed.
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
from fltoolkit.publish.disclosure.cell_system import Kinds, Mask, Row, Tie, rounding_margins
from fltoolkit.publish.disclosure.derived_cells import AnyCell

OF_CHILD = "fl__of_child"


@dataclass(frozen=True)
class PersonKinds:
    """The persons of a survey by kind, with the number of cases of each kind.

    A kind is all persons who have the same group values and are in the same populations. "Cases" are the
    persons with the outcome that is being protected, for example forced labour.

    Attributes:
        patterns: for each kind, its group values, its populations and its persons.
        populations: the populations of the run.
        units: the mean weight of each population.
        cases: the true number of cases of each kind.
        known: the true weighted number of cases (in mean weights), by population and kind.
        kept: for each kind, whether its number of cases is an unknown (variable) of the linear programme that
            finds what a reader could calculate. For the other kinds, the programme assumes that the reader
            knows this number.
        kinds: the kept kinds, as columns of the system of equations (`cell_system`).
        children: for each kind, whether its persons are children.
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
    """The unknowns and equations that tables by case-only groups add to the system of equations
    (`cell_system`).

    A case-only group is a group that only cases have, such as the sector of their forced labour. The system
    shows what a reader could calculate from the printed cells.

    Attributes:
        kinds: the unknowns. Each is the number of cases of one kind of person with one combination of values
            of these groups.
        rows: the cells of these tables.
        holds: a matrix of cells × unknowns: 1 if the cases of the unknown are in the cell, otherwise 0.
        ties: equations that are always true. Their first columns belong to the kept kinds of `PersonKinds`,
            and their last columns to the unknowns in `kinds`.
    """

    kinds: Kinds
    rows: list[Row[AnyCell]]
    holds: scipy.sparse.csr_array[Any]
    ties: list[Tie]


@dataclass(frozen=True)
class _Column:
    """An unknown of the system of equations: the number of cases of one kind of person with one combination
    of values of the case-only groups.

    A case-only group is a group that only cases have, such as the sector. A kind of person is all persons
    with the same populations and the same values of the other groups.

    Attributes:
        person_kind: the number of the kind of person.
        values: the values of the case-only groups.
    """

    person_kind: int
    values: Key


def case_only_kinds(
    cells: Mapping[CellId, Cell], groups: frozenset[str], person_kinds: PersonKinds, rounding_base: float
) -> CaseOnlyKinds:
    """Builds the equations for tables by groups that only cases have, such as the sector.

    Each cell of such a table is a sum of unknown numbers of cases. The equations show what a reader could
    calculate from the printed cells (`cell_system`). The result has the unknowns, the cells, and the
    equations that link these unknowns to the cases of each kind of person.

    Args:
        cells: the counts of each cell of these groups, alone or crossed with groups that everybody has.
        groups: the groups that only cases have.
        person_kinds: the kinds of persons of the survey.
        rounding_base: weighted numbers are rounded to multiples of this number.
    """
    populations = list(dict.fromkeys(p for p, _ in cells))
    flags = [POPULATION + p for p in populations]
    shared = sorted({g for _, key in cells for g, _ in key} - groups)
    table = person_kinds.patterns.kinds[[*shared, *flags]].assign(
        **{OF_CHILD: person_kinds.children & ("route" in groups)}
    )
    inside = table[flags].any(axis=1).to_numpy()
    code = np.where(inside, table.groupby([*shared, *flags, OF_CHILD], sort=True).ngroup().to_numpy(), -1)
    coarse = [int(c) for c in np.unique(code[inside])]
    facts = {c: table[code == c].iloc[0] for c in coarse}
    columns = [
        _Column(c, values)
        for c in coarse
        for values in _value_combinations(cells, groups)
        if _can_have_cases(facts[c], values, cells, populations)
    ]
    places = [person_kinds.populations.index(p) for p in populations]
    kinds = _kinds(columns, code, person_kinds)
    holds = scipy.sparse.csr_array([_membership(cell, columns, facts) for cell in cells])
    return CaseOnlyKinds(
        kinds,
        [_row(cell, found, person_kinds, rounding_base) for cell, found in cells.items()],
        holds,
        [
            _case_sum(
                c, code, columns, person_kinds, [p for p, f in zip(places, flags, strict=True) if facts[c][f]]
            )
            for c in coarse
        ],
    )


def _value_combinations(cells: Mapping[CellId, Cell], groups: frozenset[str]) -> list[Key]:
    """Returns every combination of values of the groups that only cases have (`groups`). Only values that
    occur in `cells` are combined."""
    values: dict[str, dict[str, None]] = {}
    for _, key in cells:
        for g, v in sorted(key):
            if g in groups:
                values.setdefault(g, {})[v] = None
    names = sorted(values)
    return [frozenset(zip(names, found, strict=True)) for found in product(*(values[g] for g in names))]


def _can_have_cases(
    fact: pd.Series, values: Key, cells: Mapping[CellId, Cell], populations: list[str]
) -> bool:
    """Returns whether cases of one kind of person can have these values of the case-only groups (groups that
    only cases have).

    A kind is here all persons with the same populations and the same values of the groups that these cells
    cross. If a printed table has no cell for a combination of values, nobody has this combination.

    Args:
        fact: the populations and the group values of the kind.
        values: the values of the case-only groups.
        cells: the cells of the printed tables.
        populations: the populations of these cells.
    """
    if not _may_have_routes(values, bool(fact[OF_CHILD])):
        return False
    whole = {*values, *((str(g), fact[g]) for g in fact.index if g != OF_CHILD)}
    for population in populations:
        if not fact[POPULATION + population]:
            continue
        shown = {frozenset(g for g, _ in key) for p, key in cells if p == population}
        if any(
            (population, frozenset(part for part in whole if part[0] in groups)) not in cells
            for groups in shown
        ):
            return False
    return True


def _may_have_routes(values: Key, child: bool) -> bool:
    """Returns whether a person can have these values. Every route to forced labour is possible either for
    children only or for adults only.

    Args:
        values: values of case-only groups; one of them may be a route.
        child: whether the person is a child.
    """
    return all((v in ROUTES.values()) == child for g, v in values if g == "route")


def _kinds(columns: list[_Column], code: NDArray[np.intp], person_kinds: PersonKinds) -> Kinds:
    """Returns three numbers for each unknown number of cases: the number of persons who may be these cases,
    and their smallest and largest weight.

    Args:
        columns: the unknowns. Each belongs to one kind of person.
        code: for each row of the patterns in `person_kinds`, the number of its kind of person.
        person_kinds: the persons of the survey.
    """
    patterns = person_kinds.patterns
    persons, light, heavy = [], [], []
    for column in columns:
        mine = code == column.person_kind
        persons.append(patterns.persons[mine].sum())
        ends = []
        for p, unit in zip(person_kinds.populations, person_kinds.units, strict=True):
            there = mine & (patterns.heaviest[p] > 0)
            ends.append(
                (
                    patterns.lightest[p][there].min(initial=np.inf) / unit,
                    patterns.heaviest[p][there].max(initial=0.0) / unit,
                )
                if there.any()
                else (0.0, 0.0)
            )
        light.append([low for low, _ in ends])
        heavy.append([high for _, high in ends])
    shape = (len(columns), len(person_kinds.populations))
    return Kinds(np.array(persons), np.array(light).reshape(shape).T, np.array(heavy).reshape(shape).T)


def _membership(cell: CellId, columns: list[_Column], facts: Mapping[int, pd.Series]) -> list[float]:
    """Returns, for each unknown number of cases, 1 if these cases are in the cell, and 0 if they are not."""
    population, key = cell

    def has(column: _Column, group: str, value: str) -> bool:
        return (group, value) in column.values or (
            group in facts[column.person_kind] and facts[column.person_kind][group] == value
        )

    return [
        float(facts[c.person_kind][POPULATION + population] and all(has(c, g, v) for g, v in key))
        for c in columns
    ]


def _row(cell: CellId, found: Cell, person_kinds: PersonKinds, rounding_base: float) -> Row[AnyCell]:
    """Returns the counts of a cell as a row of the system of equations.

    `found` has the counts of the cell. `person_kinds` contains the kinds of persons, with the unit in which
    weights are counted. Weighted numbers are rounded to multiples of `rounding_base`, so the equation has a
    tolerance.
    """
    population = person_kinds.populations.index(cell[0])
    unit = person_kinds.units[population]
    weighted = np.nan if found.weighted is None else found.weighted / unit
    below, above = (far / unit for far in rounding_margins(found, rounding_base))
    return Row(cell, population, float(found.cases), weighted, np.inf, below, above)


def _case_sum(
    coarse: int,
    code: NDArray[np.intp],
    columns: list[_Column],
    person_kinds: PersonKinds,
    populations: list[int],
) -> Tie:
    """Returns an equation that is always true for one kind of person. On the left is the sum of its cases
    over all values of the case-only groups. This sum equals the number of cases of the kind. If that number
    is known to the reader, it is on the right-hand side; otherwise it is another unknown of the equation.

    Args:
        coarse: the number of the kind of person.
        code: for each row of the patterns in `person_kinds`, the number of its kind of person.
        columns: the unknowns.
        person_kinds: the persons of the survey.
        populations: the positions of the populations to which the kind belongs.
    """
    mine = code == coarse
    out = mine & ~person_kinds.kept
    sign = np.r_[-mine[person_kinds.kept].astype(float), [float(c.person_kind == coarse) for c in columns]]
    return Tie(
        sign,
        float(person_kinds.cases[out].sum()),
        {p: float(person_kinds.known[p, out].sum()) for p in populations},
    )
