"""What stays possible: numbers of cases that agree with all that is shown, found by a programme (HiGHS, through SciPy).

The reader knows every shown number of cases exactly, every shown weighted number but for its rounding, how many persons of each kind there
are and what they weigh. A hidden cell may hold whatever still agrees with that. The same programme says what else has to be hidden:
each shown cell may change at a cost, and those that change in the cheapest solution are the complements (Kelly, Golden and Assad 1992, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from fltoolkit.publish.disclosure.cell_system import CellSystem, Floats, Mask

C = TypeVar("C", bound=Hashable)
CLOSE = 1e-6
SECONDS = 10.0  # for one programme in whole numbers


@dataclass(frozen=True)
class Goal:
    """Numbers of one cell that must stay possible.

    Attributes:
        row: the cell's.
        cases, weighted: its cases and weighted cases (in mean weights; nan: none) are both at most, or both at least, these.
        at_least: which of the two.
    """

    row: int
    cases: float
    weighted: float
    at_least: bool

    def met(self, found: Solution) -> bool:
        """Whether a solution has them."""
        sign = 1.0 if self.at_least else -1.0
        far = [sign * (found.cases[self.row] - self.cases), sign * (found.weighted[self.row] - self.weighted)]
        return bool(far[0] > -CLOSE and (np.isnan(self.weighted) or far[1] > -CLOSE))


@dataclass(frozen=True)
class Solution:
    """Numbers that agree with what is shown: cases and weighted cases by cell, and whether the kinds hold whole numbers of cases."""

    cases: Floats
    weighted: Floats
    whole: bool

    def moved(self, system: CellSystem[Any]) -> Mask:
        """Cells that would show another number than they do."""
        off = np.abs(self.weighted - system.weighted) > system.rounding + CLOSE  # nan is no number that could be off
        return np.asarray((np.abs(self.cases - system.cases) > CLOSE) | off)

    def change(self, system: CellSystem[Any]) -> Floats:
        """How far each cell is from its true numbers."""
        return np.abs(self.cases - system.cases) + np.nan_to_num(np.abs(self.weighted - system.weighted))


def solve(system: CellSystem[C], goal: Goal, shown: Mask, *, cost: Floats | None = None, whole: bool = False) -> Solution | None:
    """Numbers that meet a goal and agree with all cells that are shown.

    Args:
        system: the cells. goal: what one that is not shown must be.
        shown: the cells that a reader sees.
        cost: by cell, what a change of a shown one costs; inf for one that may not change. None: none may change.
        whole: whether each kind must hold a whole number of cases.

    Returns:
        The cheapest solution; None where there is none, or none is found in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    number, inf = len(system.cells), np.inf
    cases = _limits(system.cases, 0.0, shown)
    weighted = _limits(system.weighted, system.rounding, shown & ~np.isnan(system.weighted))
    for (least, most), value in ((cases, goal.cases), (weighted, goal.weighted)):
        if not np.isnan(value):
            (least if goal.at_least else most)[goal.row] = value
    lower = np.concatenate([cases[0], weighted[0], system.tied, np.full(len(system.spread), -inf)])
    upper = np.concatenate([cases[1], weighted[1], system.tied, np.zeros(len(system.spread))])
    price = np.zeros(number) if cost is None else np.where(shown & np.isfinite(cost), cost, 0.0)
    change = np.tile(np.where(price > 0, inf, 0.0), 4)
    unknowns = system.count.shape[1]
    integer = np.zeros(unknowns + 4 * number)
    integer[: system.kinds] = whole
    found = milp(
        np.r_[np.zeros(unknowns), np.tile(price, 4)],
        constraints=LinearConstraint(system.programme, lower, upper),
        bounds=Bounds(0.0, np.r_[system.most, change]),
        integrality=integer,
        options={"time_limit": SECONDS} if whole else {},
    )
    if found.x is None:
        return None
    x = found.x[:unknowns]
    kinds = x[: system.kinds]
    return Solution(system.count @ x, system.weight @ x, bool(np.abs(kinds - np.round(kinds)).max(initial=0.0) < CLOSE))


def _limits(values: Floats, around: float, shown: Mask) -> tuple[Floats, Floats]:
    """The least and the most that each cell may be: its number, give or take, if it is shown; else anything."""
    return np.where(shown, values - around, -np.inf), np.where(shown, values + around, np.inf)
