"""Sets of persons that no table shows and whose cases follow from what tables show: a population less another, what two age bands share.

Nobody declares them. They are found in the data: two cells whose persons overlap have a part in common and two parts of their own, and
such a part can be worked out where it is a sum and difference of cells.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from fltoolkit.publish.disclosure.cell_counts import Key, Limits
from fltoolkit.publish.disclosure.cell_system import Floats, Mask

CellId = tuple[str, Key]
CLOSE = 1e-6
MOST = 5000  # kinds of persons on which sums and differences are looked for; on fewer, more parts pass for such


class DerivedCell(NamedTuple):
    """A part of two cells: what both hold (`both`), or what the first holds beyond the second (`less`)."""

    one: CellId
    other: CellId
    part: Literal["both", "less"]


AnyCell = CellId | DerivedCell


def derived_cells(cells: list[CellId], holds: Mask, persons: Floats, cases: Floats, limits: Limits) -> dict[DerivedCell, Mask]:
    """The parts of cells that are confidential and can be worked out if every cell is shown.

    Args:
        cells: the cells, in the order of the rows of `holds`.
        holds: cells × kinds of persons, whether a kind is in a cell.
        persons, cases: by kind, how many there are.
        limits: those of cases and of persons who are not cases.

    Returns:
        By part the kinds that it holds; no two hold the same ones, and none those of a cell.
    """
    as_number = holds.astype(float)
    both = [(as_number * values) @ as_number.T for values in (persons, cases)]
    whole = [np.diag(b) for b in both]
    few = {
        "both": _confidential(both[1], both[0], limits),
        "less": _confidential(whole[1][:, None] - both[1], whole[0][:, None] - both[0], limits) & (both[0] > 0),
    }
    few["both"] = np.triu(few["both"], 1)
    basis = _Basis(holds, persons)
    taken = {row.tobytes() for row in holds}
    found: dict[DerivedCell, Mask] = {}
    for part in ("less", "both"):
        for i, j in np.argwhere(few[part]):
            kinds = holds[i] & holds[j] if part == "both" else holds[i] & ~holds[j]
            if kinds.tobytes() not in taken and basis.spans(kinds):
                taken.add(kinds.tobytes())
                found[DerivedCell(cells[i], cells[j], part)] = kinds
    return found


def _confidential(cases: Floats, persons: Floats, limits: Limits) -> Mask:
    """Where there are few cases, or cases and few others."""
    few = (cases < limits.cases - CLOSE) | (persons - cases < limits.non_cases - CLOSE)
    return np.asarray((cases > CLOSE) & few)


class _Basis:
    """All sums and differences of the cells, over the kinds of which there are most persons."""

    def __init__(self, holds: Mask, persons: Floats) -> None:
        self.kinds = np.sort(np.argsort(-persons, kind="stable")[:MOST])
        left, size, _ = np.linalg.svd(holds[:, self.kinds].T.astype(float), full_matrices=False)
        self.axes = left[:, size > CLOSE * size.max(initial=1.0)]

    def spans(self, kinds: Mask) -> bool:
        """Whether a set of kinds is one of them."""
        inside = kinds[self.kinds].astype(float)
        return bool(np.abs(inside - self.axes @ (self.axes.T @ inside)).max(initial=0.0) < CLOSE)
