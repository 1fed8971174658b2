"""Builds a system of linear equations between the cells of a run. It shows what a reader could calculate.

A kind of person is all persons who have the same group values and are in the same populations. A reader sees
the number of cases of each cell, but not of each kind of person. So the cases of each kind are an unknown (a
column), and each cell is a sum of unknowns (a row). All relations between cells follow from this: nested
groups, overlapping populations, age bands.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Generic, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.confidential_cells import Cell, Key, crossed_groups
from fltoolkit.publish.printed_numbers import nearest

Mask = NDArray[np.bool_]
C = TypeVar("C", bound=Hashable)
MOST_NODES = (
    200  # of a search in whole numbers. A limit in seconds would give other results on other machines
)
CLOSE = 1e-6  # of a case: a smaller difference is the rounding of a linear programme
HEAVIEST = (
    50.0  # mean weights: an upper limit of one person's weight, used if nothing else is known of the weights
)


@dataclass(frozen=True)
class Kinds:
    """The kinds of persons that are the columns of the system of equations.

    A kind is all persons who have the same group values and are in the same populations.

    Attributes:
        persons: for each kind, the number of its persons.
        lightest, heaviest: the smallest and the largest weight of a person, as an array of populations ×
            kinds. The unit is the mean weight of the population. Kinds outside the population have 0.
        cases: the true number of cases of the first kinds, if it is known. A search starts from it.
    """

    persons: Array
    lightest: Array
    heaviest: Array
    cases: Array = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Row(Generic[C]):
    """One cell of a published table, as a row of the system of equations. Weights are in units of the
    population's mean weight.

    Attributes:
        cell: the name of the cell.
        population: the position of the cell's population in the list of populations.
        cases: the number of its cases, unweighted.
        weighted: the weighted number of its cases; nan if there is none.
        persons: the number of its persons; inf if it is not known.
        below, above: the limits of what a reader knows. A printed weighted number is rounded, so the exact
        number can be anything from `weighted` − `below` to `weighted` + `above`.
    """

    cell: C
    population: int
    cases: float
    weighted: float
    persons: float
    below: float
    above: float


@dataclass(frozen=True)
class EqualityConstraint:
    """An equation that is always true: a sum of unknowns has a known value, whatever is printed.

    It is needed if two sets of unknowns count the same persons, for example the cases of one kind of person,
    and the same cases by sector.

    Attributes:
        factors: by the position of the unknown, its factor in the sum, such as 1 or −1.
        cases: the value of the sum of factors × cases.
        weighted: by population (its position in the list of populations), the value of the sum of factors ×
            weighted cases.
    """

    factors: Mapping[int, float]
    cases: float
    weighted: Mapping[int, float]


@dataclass(frozen=True)
class CellSystem(Generic[C]):
    """A system of linear equations in which each published cell is a sum of unknowns. It shows what a reader
    could calculate.

    A kind of person is all persons with the same group values in the same populations.

    The first unknowns are the numbers of cases of each kind. If the persons of a kind have different weights,
    the weighted cases are not known from the number of cases alone. Such a kind has a second unknown, from 0
    (all its cases have the smallest weight of the kind) to the number of cases (all have the largest weight).

    Attributes:
        cells: the names of the cells, in the order of the rows.
        count: cells × unknowns; 1 for each kind that is in the cell.
        weight: cells × unknowns; the weight of one unit of each unknown in the cell, in mean weights.
        most: the largest value of each unknown.
        kinds: the number of kinds. The first unknowns are their cases.
        true: the true number of cases of the first kinds. That of the others is not known.
        spread: for each second unknown, the position of its kind.
        cases, weighted, persons, below, above: by cell, as in `Row`.
        equalities: equations × unknowns; sums of unknowns that always have the value in `equal_to`, whatever is
            printed.
        equal_to: the values of these sums.
        weighed: for each of these sums, whether it is a sum of weighted cases.
        least: for each cell, the smallest number of cases that readers know even where the cell is hidden: 1,
            if the table lists only cells that have a case.
        beside: for each cell, the number of other cells of its table that readers know to have a case.
    """

    cells: tuple[C, ...]
    count: scipy.sparse.csr_array[Any]
    weight: scipy.sparse.csr_array[Any]
    most: Array
    kinds: int
    true: Array
    spread: NDArray[np.intp]
    cases: Array
    weighted: Array
    persons: Array
    below: Array
    above: Array
    equalities: scipy.sparse.csr_array[Any]
    equal_to: Array
    weighed: Mask
    least: Array
    beside: Array

    @cached_property
    def constraints(self) -> scipy.sparse.csc_array[Any]:
        """Returns the constraints on the unknowns, one per row: the cases of each cell; the weighted cases of each
        cell; the `equalities`; and, for each kind with two unknowns, the rule that the second is not larger than
        the first."""
        beyond = len(self.spread)
        of_kinds = scipy.sparse.csr_array(
            (np.full(beyond, -1.0), (np.arange(beyond), self.spread)), shape=(beyond, self.kinds)
        )
        rules = scipy.sparse.hstack([of_kinds, scipy.sparse.eye_array(beyond)])
        return scipy.sparse.csc_array(scipy.sparse.vstack([self.count, self.weight, self.equalities, rules]))

    @cached_property
    def programme(self) -> scipy.sparse.csc_array[Any]:
        """Returns the matrix of linear programmes in which shown cells may change. Its rows are the `constraints`.
        Its columns are: the unknowns; then, for each cell, the amounts above and below the true number of cases;
        then, for each cell, the amounts above and below the true weighted number of cases.
        """
        cells, rows = 2 * len(self.cells), self.constraints.shape[0]
        change = scipy.sparse.hstack(
            [scipy.sparse.eye_array(cells // 2), -scipy.sparse.eye_array(cells // 2)]
        )
        of_both = scipy.sparse.block_diag([change, change])
        none = scipy.sparse.csr_array((rows - cells, 2 * cells))
        return scipy.sparse.csc_array(
            scipy.sparse.hstack([self.constraints, scipy.sparse.vstack([of_both, none])])
        )

    @cached_property
    def in_whole(self) -> scipy.sparse.csr_array[Any]:
        """Returns the matrix of only those constraints that are about numbers of cases: first the cells, then
        the `equalities`. Its columns are the kinds of persons. It is used for programmes in whole numbers."""
        return scipy.sparse.csr_array(scipy.sparse.vstack([self.count, self.equalities[~self.weighed]]))[
            :, : self.kinds
        ]

    @cached_property
    def start(self) -> Array:
        """Returns whole numbers of cases that agree with all cells, from which a search starts: the true ones
        of kinds whose number is known. If a search finds none for the other kinds, they have 0. A second unknown
        always has 0."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        known, values = len(self.true), np.r_[self.cases, self.equal_to[~self.weighed]]
        start: Array = np.r_[self.true, np.zeros(len(self.most) - known)]
        if known < self.kinds:
            left = values - self.in_whole[:, :known] @ self.true
            found = milp(
                np.zeros(self.kinds - known),
                constraints=LinearConstraint(self.in_whole[:, known:], left, left),
                bounds=Bounds(0.0, self.most[known : self.kinds]),
                integrality=1,
                options={"node_limit": MOST_NODES},
            ).x
            start[known : self.kinds] = 0.0 if found is None else np.round(found)
        return start

    @cached_property
    def with_cases(self) -> NDArray[np.intp]:
        """Returns the kinds of persons that have cases in `start`."""
        return np.flatnonzero(self.start[: self.kinds] > 0)

    @cached_property
    def unlike(self) -> NDArray[np.int32]:
        """Returns, for each kind of persons that has cases (`with_cases`) and each kind, the number of cells that
        only one of the two is in."""
        holds = self.count[:, : self.kinds].astype(np.int32)
        many = np.asarray(holds.sum(axis=0)).ravel()
        of_cases = scipy.sparse.csc_array(holds)[:, self.with_cases]
        return np.asarray(many[self.with_cases][:, None] + many - 2 * (of_cases.T @ holds).toarray())

    @cached_property
    def place(self) -> Mapping[C, int]:
        """Returns the position of each cell among the rows of the system."""
        return {cell: i for i, cell in enumerate(self.cells)}


def build_system(
    kinds: Kinds,
    rows: Sequence[Row[C]],
    holds: scipy.sparse.csr_array[Any],
    constraints: Sequence[EqualityConstraint],
) -> CellSystem[C]:
    """Builds the system of equations in which each cell is a sum of kinds of persons.

    Args:
        kinds: the kinds of persons, whose numbers of cases are the unknowns.
        rows: the cells.
        holds: cells × kinds; 1 for each kind that is in the cell.
        constraints: equations that are always true, whatever is printed.
    """
    spread = np.flatnonzero((kinds.heaviest > kinds.lightest).any(axis=0))
    beyond = kinds.heaviest - kinds.lightest
    populations = np.array([row.population for row in rows], dtype=np.intp)
    factors = sparse_rows([c.factors for c in constraints], len(kinds.persons))
    weighed = [(i, p, value) for i, c in enumerate(constraints) for p, value in c.weighted.items()]
    which, where = (np.array([part[k] for part in weighed], dtype=np.intp) for k in (0, 1))
    of_weights = factors[which]
    there = holds.tocoo()
    light, more = (
        scipy.sparse.csr_array(
            (there.data * w[populations[there.row], there.col], (there.row, there.col)), shape=holds.shape
        )
        for w in (kinds.lightest, beyond)
    )
    return CellSystem(
        tuple(row.cell for row in rows),
        scipy.sparse.csr_array(
            scipy.sparse.hstack([holds, scipy.sparse.csr_array((len(rows), len(spread)))])
        ),
        scipy.sparse.csr_array(scipy.sparse.hstack([light, more[:, spread]])),
        np.r_[kinds.persons, kinds.persons[spread]],
        len(kinds.persons),
        kinds.cases,
        spread.astype(np.intp),
        np.array([row.cases for row in rows]),
        np.array([row.weighted for row in rows]),
        np.array([row.persons for row in rows]),
        np.array([row.below for row in rows]),
        np.array([row.above for row in rows]),
        _without_zeros(
            scipy.sparse.vstack(
                [
                    scipy.sparse.hstack([factors, scipy.sparse.csr_array((len(constraints), len(spread)))]),
                    scipy.sparse.hstack(
                        [
                            of_weights.multiply(kinds.lightest[where]),
                            of_weights.multiply(beyond[where]).tocsr()[:, spread],
                        ]
                    ),
                ]
            )
        ),
        np.array([c.cases for c in constraints] + [value for *_, value in weighed]),
        np.arange(len(constraints) + len(weighed)) >= len(constraints),
        np.zeros(len(rows)),
        np.zeros(len(rows)),
    )


def sparse_rows(rows: Sequence[Mapping[int, float]], width: int) -> scipy.sparse.csr_array[Any]:
    """Returns a matrix of so many columns from its rows: each has the numbers that are not 0, by column."""
    columns = [column for row in rows for column in row]
    starts = np.cumsum([0, *map(len, rows)])
    values = [value for row in rows for value in row.values()]
    made = scipy.sparse.csr_array(
        (np.array(values, dtype=float), np.array(columns, dtype=np.intp), starts), shape=(len(rows), width)
    )
    made.sort_indices()
    return made


def _without_zeros(matrix: Any) -> scipy.sparse.csr_array[Any]:
    """Returns a matrix that stores no zeros."""
    made = scipy.sparse.csr_array(matrix)
    made.eliminate_zeros()
    return made


def rounding_margins(cell: Cell, rounding_base: float, rate_step: float = 0.0) -> tuple[float, float]:
    """Returns the two margins within which a reader knows a cell's exact weighted number, as distances in
    weighted persons.

    The exact number and all other numbers that would be printed in the same way form an interval. The
    distances go from the exact number down to the lower end of this interval, and up to its upper end. If
    only the number is printed, the interval is one rounding base wide. If the rate is also printed, the
    interval can be much narrower.

    Args:
        cell: the counts of the cell.
        rounding_base: the printed number is a multiple of this number; 0: it is not rounded.
        rate_step: the printed rate is a multiple of this number; 0: no rate is printed.
    """
    if cell.weighted is None or np.isnan(cell.weighted):
        return rounding_base / 2, rounding_base / 2
    below, above = _distances_to_ends(cell.weighted, rounding_base)
    whole = cell.weighted + (cell.weighted_others or 0.0)
    if rate_step and cell.weighted_others is not None and whole > 0:
        of_rate = [far * whole for far in _distances_to_ends(cell.weighted / whole, rate_step)]
        below, above = (min(pair) for pair in zip((below, above), of_rate, strict=True))
    return below, above


def _distances_to_ends(value: float, step: float) -> tuple[float, float]:
    """Returns the distances from a value to the lower and the upper end of its rounding interval. This
    interval is all values that are rounded to the same multiple of `step`."""
    middle = float(nearest(value, step)) if step else value
    return max(0.0, value - middle + step / 2), max(0.0, middle + step / 2 - value)


def system_of(
    cells: Mapping[Key, Cell], finest: Sequence[Key] | None = None, rounding_base: float = 0.0
) -> CellSystem[Key]:
    """Builds a system of cells from the groups of the cells alone, if the persons of the survey are not
    known. Any combination of group values may then have cases.

    Groups that are never crossed in a table are put into separate blocks, because all combinations would be
    too many. The blocks have the same total number of cases.

    Args:
        cells: the counts of each cell, by its group values.
        finest: the combinations of group values that are the unknowns. By default, these are all combinations
            of groups that a table crosses.
        rounding_base: weighted numbers are rounded to multiples of this number.
    """
    blocks = [list(finest)] if finest is not None else _possible_combinations(cells)
    kinds = [(b, kind) for b, block in enumerate(blocks) for kind in block]
    unit = max((c.mean_weight for c in cells.values()), default=1.0)
    rows, holds = [], np.zeros((len(cells), len(kinds)))
    for i, (key, cell) in enumerate(cells.items()):
        # if no block has the cell, nobody is in it
        home = next((b for b, block in enumerate(blocks) if any(key <= kind for kind in block)), 0)
        holds[i] = [b == home and key <= kind for b, kind in kinds]
        weighted = np.nan if cell.weighted is None else cell.weighted / unit
        persons = np.inf if cell.non_cases is None else float(cell.cases + cell.non_cases)
        below, above = (far / unit for far in rounding_margins(cell, rounding_base))
        rows.append(Row(key, 0, float(cell.cases), weighted, persons, below, above))
    of_block = [[k for k, (b, _) in enumerate(kinds) if b == block] for block in range(len(blocks))]
    many = np.full(len(kinds), np.inf)
    weights = np.zeros((1, len(kinds)))
    return build_system(
        Kinds(many, weights, weights + HEAVIEST),
        rows,
        scipy.sparse.csr_array(holds),
        [
            EqualityConstraint(dict.fromkeys(of_block[0], 1.0) | dict.fromkeys(other, -1.0), 0.0, {0: 0.0})
            for other in of_block[1:]
        ],
    )


def _possible_combinations(cells: Mapping[Key, Cell]) -> list[list[Key]]:
    """Returns the combinations of group values that may have cases: one list for each set of groups that
    tables cross.

    If a printed table has no cell for a combination of values, nobody has this combination.
    """
    shown = {frozenset(g for g, _ in key) for key in cells}
    values: dict[str, dict[str, None]] = {}
    for key in cells:
        for g, v in key:
            values.setdefault(g, {})[v] = None
    blocks = []
    for groups in crossed_groups(shown):
        names = sorted(groups)
        every = (frozenset(zip(names, found, strict=True)) for found in product(*(values[g] for g in names)))
        inside = [b for b in shown if b <= groups]
        blocks.append(
            [k for k in every if all(frozenset(part for part in k if part[0] in b) in cells for b in inside)]
        )
    return blocks or [[frozenset()]]
