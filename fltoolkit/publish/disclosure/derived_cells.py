"""Finds sets of persons that are in no table, although a reader can calculate their number. Examples: one
population minus another, or the overlap of two age bands.

Nobody declares these sets: they are found in the data. Two cells with common persons have three parts: the
common persons, and the rest of each cell. A reader can calculate the cases of a part if the part is a sum or
difference of printed cells.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.cell_system import CLOSE, Mask
from fltoolkit.publish.disclosure.confidential_cells import CellId, Limits

TRIES = 3  # random changes; with them a part that is a sum of cells can be distinguished from one that is not
BLOCK = 256  # cells
DIGITS = 6  # decimals to which sums of marks are rounded before they are compared


class DerivedCell(NamedTuple):
    """A set of persons that no table shows but that a reader may calculate: a part of two printed cells.

    Attributes:
        one, other: the two cells.
        part: `both` for the persons in both cells; `less` for the persons in `one` who are not in `other`.
    """

    one: CellId
    other: CellId
    part: Literal["both", "less"]


AnyCell = CellId | DerivedCell


def derived_cells(
    cells: list[CellId],
    holds: scipy.sparse.csr_array[Any],
    counts: tuple[Array, Array],
    limits: Limits,
    directions: list[Array],
) -> dict[DerivedCell, NDArray[np.intp]]:
    """Returns the parts of cells that are confidential and that a reader could calculate if every cell were
    printed.

    A part of two cells is the persons in both, or the persons in one but not in the other.

    Args:
        cells: the cells, in the order of the rows of `holds`.
        holds: cells × kinds of persons; 1 if the kind is in the cell.
        counts: two arrays by kind: the number of persons, and the number of cases.
        limits: the confidentiality limits. Only two of them are used: for cases, and for persons who are not
            cases.
        directions: random changes of the number of cases of each kind. They leave the number of cases in
            every cell the same (see `changes_within_cells`).

    Returns:
        For each part, the positions of its kinds. No two parts have the same kinds, and no part has the same
        kinds as a cell.
    """
    persons, cases = counts
    with_cases = np.flatnonzero(cases > 0)
    few_kinds = holds[:, with_cases]
    shared = scipy.sparse.csr_array(
        few_kinds @ scipy.sparse.diags_array(cases[with_cases]) @ few_kinds.T
    ).tocoo()
    one, other, both = (
        shared.row,
        shared.col,
        shared.data,
    )  # a pair without a common case has no part that reveals a case
    mine, own_persons = (holds @ cases)[one], (holds @ persons)[one]
    mark = np.random.default_rng(1).normal(
        size=len(cases)
    )  # two sets of kinds have different sums of these marks
    persons_both, mark_both, *changes = _over_pairs(holds, (one, other), [persons, mark, *directions])
    derivable = np.logical_and.reduce([np.abs(change) < CLOSE for change in changes])
    taken = set(np.round(holds @ mark, DIGITS).tolist())
    found: dict[DerivedCell, NDArray[np.intp]] = {}
    parts: tuple[tuple[Literal["less", "both"], Array, Array, Array], ...] = (
        ("less", mine - both, own_persons - persons_both, (holds @ mark)[one] - mark_both),
        ("both", both, persons_both, mark_both),
    )
    for part, own_cases, inside, marked in parts:
        few = np.flatnonzero(
            _confidential(own_cases, inside, limits) & derivable & ((one < other) | (part == "less"))
        )
        for k, held in zip(few, np.round(marked[few], DIGITS).tolist(), strict=True):
            if held not in taken:
                taken.add(held)
                first, second = holds[[one[k]]].indices, holds[[other[k]]].indices
                kinds = np.intersect1d(first, second) if part == "both" else np.setdiff1d(first, second)
                found[DerivedCell(cells[one[k]], cells[other[k]], part)] = kinds.astype(np.intp)
    return found


def _over_pairs(
    holds: scipy.sparse.csr_array[Any], pairs: tuple[NDArray[Any], NDArray[Any]], values: list[Array]
) -> list[Array]:
    """Returns, for each pair of cells, the sum of each array of values over the kinds of persons that are in
    both cells.

    Args:
        holds: cells × kinds of persons; 1 if the kind is in the cell.
        pairs: the positions of the first cells, and of the second cells.
        values: arrays by kind of person.

    Returns:
        For each array of `values`, one array with one sum per pair.
    """
    one, other = pairs
    found = [np.zeros(len(one)) for _ in values]
    for start in range(0, holds.shape[0], BLOCK):
        asked = np.flatnonzero((one >= start) & (one < start + BLOCK))
        block = holds[start : start + BLOCK]
        for sums, value in zip(found, values, strict=True):
            sums[asked] = (block @ scipy.sparse.diags_array(value) @ holds.T).toarray()[
                one[asked] - start, other[asked]
            ]
    return found


def _confidential(cases: Array, persons: Array, limits: Limits) -> Mask:
    """Returns, for each set of persons, whether it is confidential. A set is confidential if it has cases,
    and either the cases or the other persons are few.

    Args:
        cases, persons: for each set, its number of cases and of all persons.
        limits: the confidentiality limits.
    """
    few = (cases < limits.cases - CLOSE) | (persons - cases < limits.non_cases - CLOSE)
    return np.asarray((cases > CLOSE) & few)


def changes_within_cells(holds: scipy.sparse.csr_array[Any]) -> list[Array]:
    """Returns random changes of the numbers of cases, with one number for each kind of person. The changes
    leave the number of cases in every cell the same.

    A kind is all persons with the same group values in the same populations. The changes test whether a
    reader can calculate the cases in a set of kinds. If the set is a sum or difference of cells, no change
    alters its number of cases. For any other set, each change alters this number with probability 1.
    """
    draw = np.random.default_rng(0)
    found = []
    for _ in range(TRIES):
        aim = draw.normal(size=holds.shape[1])
        inside = (
            holds.T
            @ scipy.sparse.linalg.lsmr(
                holds.T.tocsr(), aim, atol=1e-13, btol=1e-13, maxiter=20 * min(holds.shape)
            )[0]
        )
        found.append(np.asarray(aim - inside))
    return found
