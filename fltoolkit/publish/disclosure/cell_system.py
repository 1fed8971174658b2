"""A system of linear equations that links the cells of a run: it shows what a reader could calculate.

A kind of person is all persons who have the same group values and are in the same populations. A reader sees the number of cases
of each cell, but not of each kind of person. So each kind is an unknown (a column), and each cell is the sum of its kinds (a
row). All relations between cells follow from this: nested groups, overlapping populations, age bands. Nobody has to declare them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Generic, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, crossed_groups
from fltoolkit.publish.printed_numbers import nearest

Mask = NDArray[np.bool_]
C = TypeVar("C", bound=Hashable)
CLOSE = 1e-6  # of a case: a smaller difference is the rounding of a linear programme
HEAVIEST = 50.0  # mean weights: an upper limit of one person's weight, used if nothing else is known of the weights


@dataclass(frozen=True)
class Kinds:
    """The kinds of persons that are the columns of the system of equations.

    A kind is all persons who have the same group values and are in the same populations. For each kind: the number of its persons
    (`persons`), and the smallest and the largest weight of a person of this kind in each population (`lightest`, `heaviest`). Weights
    are in units of the population's mean weight (populations × kinds; 0 outside the population).
    """

    persons: Array
    lightest: Array
    heaviest: Array


@dataclass(frozen=True)
class Row(Generic[C]):
    """One cell of a published table, as a row of the system of equations.

    `population` is the number of the cell's population. `cases` is the number of its cases, and `weighted` the weighted number
    (in mean weights; nan: none). `persons` is the number of its persons (inf: not known). A printed weighted number is rounded,
    so several exact numbers fit it: those from `weighted` − `below` to `weighted` + `above`.
    """

    cell: C
    population: int
    cases: float
    weighted: float
    persons: float
    below: float
    above: float


@dataclass(frozen=True)
class Tie:
    """An equation that always holds, whatever is shown: a sum of unknowns whose value is known.

    A tie is needed if two sets of unknowns count the same persons: the cases of a kind, and the same cases by sector.

    The sum of `sign` times the cases is `cases`. For each population in `weighted`, the same sum of weighted cases is the value
    given there.
    """

    sign: Array
    cases: float
    weighted: Mapping[int, float]


@dataclass(frozen=True)
class CellSystem(Generic[C]):
    """A system of linear equations: each published cell is a sum of unknowns. It shows what a reader could calculate.

    A kind of person is all persons with the same group values in the same populations.

    The first unknowns are the numbers of cases of each kind. If the persons of a kind have different weights, the kind has one
    more unknown. It says how much heavier its cases are than its lightest persons (from 0 to the number of cases).

    Attributes:
        cells: the rows, in order.
        count: cells × unknowns; 1 for each kind that is in the cell.
        weight: cells × unknowns; the weight of one unit of each unknown in the cell, in mean weights.
        most: the largest value of each unknown.
        kinds: how many of the unknowns are numbers of cases of a kind. These come first.
        spread: for each further unknown, the kind that it belongs to.
        cases, weighted, persons, below, above: by cell, as in `Row`.
        ties: sums of unknowns that always equal `tied`, whatever is shown.
        tied: the values of these sums.
        weighed: which of the ties are sums of weighted cases.
    """

    cells: tuple[C, ...]
    count: scipy.sparse.csr_array[Any]
    weight: scipy.sparse.csr_array[Any]
    most: Array
    kinds: int
    spread: NDArray[np.intp]
    cases: Array
    weighted: Array
    persons: Array
    below: Array
    above: Array
    ties: scipy.sparse.csr_array[Any]
    tied: Array
    weighed: Mask

    @cached_property
    def programme(self) -> scipy.sparse.csc_array[Any]:
        """Returns the matrix of the equations, which all linear programmes for these cells use.

        Rows: cases by cell, weighted cases by cell, ties, and for each unknown of `spread` the rule that it is not larger than
        its kind. Columns: the unknowns, then by cell the surplus and the deficit of the cases, then of the weighted cases.
        """
        cells, beyond = len(self.cells), len(self.spread)
        change = scipy.sparse.hstack([scipy.sparse.eye_array(cells), -scipy.sparse.eye_array(cells)])
        none = scipy.sparse.csr_array((cells, 2 * cells))
        of_kinds = scipy.sparse.csr_array((np.full(beyond, -1.0), (np.arange(beyond), self.spread)), shape=(beyond, self.kinds))
        blocks = [
            scipy.sparse.hstack([self.count, change, none]),
            scipy.sparse.hstack([self.weight, none, change]),
            scipy.sparse.hstack([self.ties, scipy.sparse.csr_array((self.ties.shape[0], 4 * cells))]),
            scipy.sparse.hstack([of_kinds, scipy.sparse.eye_array(beyond), scipy.sparse.csr_array((beyond, 4 * cells))]),
        ]
        return scipy.sparse.csc_array(scipy.sparse.vstack(blocks))

    @cached_property
    def in_whole(self) -> scipy.sparse.csr_array[Any]:
        """Returns the matrix of the equations between numbers of cases alone: those of the cells, then the ties.

        It is used for programmes in whole numbers. Its columns are the kinds.
        """
        return scipy.sparse.csr_array(scipy.sparse.vstack([self.count, self.ties[~self.weighed]]))[:, : self.kinds]

    @cached_property
    def place(self) -> Mapping[C, int]:
        """Returns the position of each cell among the rows of the system."""
        return {cell: i for i, cell in enumerate(self.cells)}


def assembled(kinds: Kinds, rows: Sequence[Row[C]], holds: scipy.sparse.csr_array[Any], ties: Sequence[Tie]) -> CellSystem[C]:
    """Builds the system of equations in which each cell is a sum of kinds of persons.

    Args:
        kinds: the kinds of persons, whose numbers of cases are the unknowns.
        rows: the cells.
        holds: cells × kinds, 1 for each kind that is in the cell.
        ties: sums of unknowns whose value is known, whatever is shown.
    """
    spread = np.flatnonzero((kinds.heaviest > kinds.lightest).any(axis=0))
    beyond = kinds.heaviest - kinds.lightest
    of = np.array([row.population for row in rows], dtype=np.intp)
    signs = np.array([tie.sign for tie in ties]).reshape(len(ties), len(kinds.persons))
    weighed = [(i, p, value) for i, tie in enumerate(ties) for p, value in tie.weighted.items()]
    which, where = (np.array([part[k] for part in weighed], dtype=np.intp) for k in (0, 1))
    there = holds.tocoo()
    light, more = (
        scipy.sparse.csr_array((w[of[there.row], there.col], (there.row, there.col)), shape=holds.shape)
        for w in (kinds.lightest, beyond)
    )
    return CellSystem(
        tuple(row.cell for row in rows),
        scipy.sparse.csr_array(scipy.sparse.hstack([holds, scipy.sparse.csr_array((len(rows), len(spread)))])),
        scipy.sparse.csr_array(scipy.sparse.hstack([light, more[:, spread]])),
        np.r_[kinds.persons, kinds.persons[spread]],
        len(kinds.persons),
        spread.astype(np.intp),
        np.array([row.cases for row in rows]),
        np.array([row.weighted for row in rows]),
        np.array([row.persons for row in rows]),
        np.array([row.below for row in rows]),
        np.array([row.above for row in rows]),
        scipy.sparse.csr_array(
            np.vstack(
                [
                    np.hstack([signs, np.zeros((len(ties), len(spread)))]),
                    np.hstack([signs[which] * kinds.lightest[where], (signs[which] * beyond[where])[:, spread]]),
                ]
            )
        ),
        np.array([tie.cases for tie in ties] + [value for *_, value in weighed]),
        np.arange(len(ties) + len(weighed)) >= len(ties),
    )


def left_by_rounding(cell: Cell, rounding_base: float, rate_step: float = 0.0) -> tuple[float, float]:
    """Returns how uncertain a reader is about a cell's exact weighted number: how far the numbers that fit the printed one extend
    below and above the exact one, in persons.

    The reader sees a multiple of the rounding base. So the exact number lies at most half a base below or above the printed one.
    If the rate is printed too, the number must fit both, and the interval can become very small.

    Args:
        cell: the cell.
        rounding_base: the rounding base of its number; 0: not rounded.
        rate_step: the step to which its rate is rounded; 0: the rate is not printed.
    """
    if cell.weighted is None or np.isnan(cell.weighted):
        return rounding_base / 2, rounding_base / 2
    below, above = _to_the_ends(cell.weighted, rounding_base)
    whole = cell.weighted + (cell.weighted_others or 0.0)
    if rate_step and cell.weighted_others is not None and whole > 0:
        of_rate = [far * whole for far in _to_the_ends(cell.weighted / whole, rate_step)]
        below, above = (min(pair) for pair in zip((below, above), of_rate, strict=True))
    return below, above


def _to_the_ends(value: float, step: float) -> tuple[float, float]:
    """Returns the distances from a value to the lower and upper end of the interval of all values that are rounded to the same
    multiple.
    """
    middle = float(nearest(value, step)) if step else value
    return max(0.0, value - middle + step / 2), max(0.0, middle + step / 2 - value)


def system_of(cells: Mapping[Key, Cell], finest: Sequence[Key] | None = None, rounding_base: float = 0.0) -> CellSystem[Key]:
    """Builds a system of cells if only the groups are known, not the persons. Any combination of group values may then have
    cases.

    Groups that no table crosses are put into separate blocks. All blocks have the same total. Otherwise even a few groups would
    have too many combinations.

    Args:
        cells: the counts of each cell, by its group values.
        finest: the kinds of persons; by default, all combinations of the groups that cells cross.
        rounding_base: the rounding base: weighted numbers are rounded to its multiples.
    """
    blocks = [list(finest)] if finest is not None else _blocks(cells)
    kinds = [(b, kind) for b, block in enumerate(blocks) for kind in block]
    unit = max((c.mean_weight for c in cells.values()), default=1.0)
    rows, holds = [], np.zeros((len(cells), len(kinds)))
    for i, (key, cell) in enumerate(cells.items()):
        # if no block has the cell, nobody is in it
        home = next((b for b, block in enumerate(blocks) if any(key <= kind for kind in block)), 0)
        holds[i] = [b == home and key <= kind for b, kind in kinds]
        weighted = np.nan if cell.weighted is None else cell.weighted / unit
        persons = np.inf if cell.non_cases is None else float(cell.cases + cell.non_cases)
        below, above = (far / unit for far in left_by_rounding(cell, rounding_base))
        rows.append(Row(key, 0, float(cell.cases), weighted, persons, below, above))
    first, *others = (np.array([b == block for b, _ in kinds], dtype=float) for block in range(len(blocks)))
    many = np.full(len(kinds), np.inf)
    weights = np.zeros((1, len(kinds)))
    return assembled(
        Kinds(many, weights, weights + HEAVIEST),
        rows,
        scipy.sparse.csr_array(holds),
        [Tie(first - other, 0.0, {0: 0.0}) for other in others],
    )


def _blocks(cells: Mapping[Key, Cell]) -> list[list[Key]]:
    """Returns the kinds of persons of each set of groups that cells cross.

    If a shown breakdown lacks a combination, nobody has it.
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
        blocks.append([k for k in every if all(frozenset(part for part in k if part[0] in b) in cells for b in inside)])
    return blocks or [[frozenset()]]
