"""Sets of persons that no table shows and whose cases follow from what tables show: a population less another, what two age bands share.

Nobody declares them. They are found in the data: two cells whose persons overlap have a part in common and two parts of their own, and
such a part can be worked out where it is a sum and difference of cells.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import lsmr

from fltoolkit.publish.disclosure.cell_counts import CellId, Limits
from fltoolkit.publish.disclosure.cell_system import Floats, Mask

CLOSE = 1e-6
TRIES = 3  # directions in which a part may not lie


class DerivedCell(NamedTuple):
    """A part of two cells: what both hold (`both`), or what the first holds beyond the second (`less`)."""

    one: CellId
    other: CellId
    part: Literal["both", "less"]


AnyCell = CellId | DerivedCell


def derived_cells(
    cells: list[CellId], holds: csr_array[Any], counts: tuple[Floats, Floats], limits: Limits
) -> dict[DerivedCell, NDArray[np.intp]]:
    """The parts of cells that are confidential and can be worked out if every cell is shown.

    Args:
        cells: the cells, in the order of the rows of `holds`.
        holds: cells × kinds of persons, 1 where a kind is in a cell.
        counts: by kind how many persons there are, and how many cases.
        limits: those of cases and of persons who are not cases.

    Returns:
        By part the kinds that it holds; no two hold the same ones, and none those of a cell.
    """
    persons, cases = counts
    shared = _shared(holds, cases).tocoo()  # pairs without a case in common have none that a part of them could give away
    one, other, both = shared.row, shared.col, shared.data
    if not len(both):
        return {}
    own_cases, own_persons = holds @ cases, holds @ persons
    persons_both = _at(_shared(holds, persons), one, other)
    few = {
        "both": _confidential(both, persons_both, limits) & (one < other),
        "less": _confidential(own_cases[one] - both, own_persons[one] - persons_both, limits),
    }
    if not any(found.any() for found in few.values()):
        return {}
    follows = np.ones(len(one), dtype=bool)
    for away in _outside(holds):
        follows &= np.abs(_at(_shared(holds, away), one, other)) < CLOSE
    taken = {holds[[i]].indices.tobytes() for i in range(len(cells))}
    found: dict[DerivedCell, NDArray[np.intp]] = {}
    for part in ("less", "both"):
        for i, j in zip(one[few[part] & follows], other[few[part] & follows], strict=True):
            mine, theirs = holds[[i]].indices, holds[[j]].indices
            kinds = np.intersect1d(mine, theirs) if part == "both" else np.setdiff1d(mine, theirs)
            if kinds.astype(mine.dtype).tobytes() not in taken:
                taken.add(kinds.astype(mine.dtype).tobytes())
                found[DerivedCell(cells[i], cells[j], part)] = kinds.astype(np.intp)
    return found


def _shared(holds: csr_array[Any], values: Floats) -> csr_array[Any]:
    """Cells × cells, the sum of a value over the kinds that are in both."""
    return csr_array(holds @ diags_array(values) @ holds.T)


def _at(matrix: csr_array[Any], rows: NDArray[Any], columns: NDArray[Any]) -> Floats:
    """A matrix's values at some places."""
    return np.asarray(matrix[rows, columns], dtype=float)


def _confidential(cases: Floats, persons: Floats, limits: Limits) -> Mask:
    """Where there are few cases, or cases and few others."""
    few = (cases < limits.cases - CLOSE) | (persons - cases < limits.non_cases - CLOSE)
    return np.asarray((cases > CLOSE) & few)


def _outside(holds: csr_array[Any]) -> list[Floats]:
    """Directions of kinds, drawn at random, in which no cell changes. A set of kinds that is a sum and difference of cells does not change
    either; one that is not changes for sure."""
    draw = np.random.default_rng(0)
    found = []
    for _ in range(TRIES):
        aim = draw.normal(size=holds.shape[1])
        inside = holds.T @ lsmr(holds.T.tocsr(), aim, atol=1e-13, btol=1e-13, maxiter=20 * min(holds.shape))[0]
        found.append(np.asarray(aim - inside))
    return found
