"""What stays possible: numbers of cases that agree with all that is shown, found by a programme (HiGHS, through SciPy).

The reader knows every shown number of cases exactly, every shown weighted number but for its rounding, how many persons of each kind there
are and what they weigh. A hidden cell may hold whatever still agrees with that. The same programme says what else has to be hidden:
each shown cell may change at a cost, and those that change in the cheapest solution are the complements (Kelly, Golden and Assad 1992, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from fltoolkit.publish.disclosure.cell_system import CellSystem, Floats, Mask

C = TypeVar("C", bound=Hashable)
CLOSE = 1e-6
NODES = 200  # of the search for whole numbers: a bound that is the same on every machine, as seconds are not
GAP = 100.0  # of the price: whole numbers need not be the cheapest


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
        """Whether a solution has them; of one in whole numbers the cases count alone."""
        sign = 1.0 if self.at_least else -1.0
        far = [sign * (found.cases[self.row] - self.cases), sign * (found.weighted[self.row] - self.weighted)]
        return bool(far[0] > -CLOSE and (found.whole or np.isnan(self.weighted) or far[1] > -CLOSE))


@dataclass(frozen=True)
class Solution:
    """Numbers that agree with what is shown.

    Attributes:
        cases, weighted: by cell. whole: whether they are whole numbers, of cases alone: the weighted ones agree with nothing then.
    """

    cases: Floats
    weighted: Floats
    whole: bool

    def moved(self, system: CellSystem[Any]) -> Mask:
        """Cells that would show another number than they do."""
        cases = np.abs(self.cases - system.cases) > CLOSE
        if self.whole:
            return np.asarray(cases)
        return np.asarray(cases | (np.abs(self.weighted - system.weighted) > system.rounding + CLOSE))  # nan is off by nothing

    def change(self, system: CellSystem[Any]) -> Floats:
        """How far each cell is from its true numbers."""
        cases = np.abs(self.cases - system.cases)
        return cases if self.whole else cases + np.nan_to_num(np.abs(self.weighted - system.weighted))


@dataclass(frozen=True)
class Terms:
    """On what terms numbers are looked for.

    Attributes:
        price: by cell, what a change of it costs, a case; inf: it may not change; 0: nothing is known of it.
        wished: whether goals may be missed, at a price of one a case; else they must be met.
        whole: whether each kind must hold a whole number of cases. Weighted numbers are not looked at then: the two together would
            take long, and with a base of a person's weight tell little more.
    """

    price: Floats
    wished: bool = False
    whole: bool = False


def solve(system: CellSystem[C], goals: Sequence[Goal], terms: Terms) -> Solution | None:
    """Numbers that meet goals of cells of which nothing is known, and agree with all that is known: the cheapest, or None where there are
    none or none are found within bounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    number, unknowns, known = len(system.cells), system.count.shape[1], terms.price > 0
    cases = _limits(system.cases, np.zeros(number), known)
    weighted = _limits(system.weighted, system.rounding, known & ~np.isnan(system.weighted) & (not terms.whole))
    price = np.where(np.isfinite(terms.price), terms.price, 0.0)
    for goal in goals:
        for (least, most), value in ((cases, goal.cases), (weighted, goal.weighted)):
            if not np.isnan(value) and not (terms.whole and least is weighted[0]):
                (least if goal.at_least else most)[goal.row] = value
        price[goal.row] = float(terms.wished)  # else the goal must be met
    beyond = len(system.spread)
    ties = _limits(system.tied, np.zeros(len(system.tied)), ~(system.weighed & terms.whole))
    lower = np.concatenate([cases[0], weighted[0], ties[0], np.full(beyond, -np.inf)])
    upper = np.concatenate([cases[1], weighted[1], ties[1], np.zeros(beyond)])
    most_change = np.tile(np.where(price > 0, np.inf, 0.0), 4)
    kinds = np.arange(unknowns) < system.kinds
    found = milp(
        np.r_[np.zeros(unknowns), np.tile(price, 4)],
        constraints=LinearConstraint(system.programme, lower, upper),
        bounds=Bounds(0.0, np.r_[np.where(kinds | (not terms.whole), system.most, 0.0), most_change]),
        integrality=np.r_[kinds & terms.whole, np.zeros(4 * number, dtype=bool)],
        options={"node_limit": NODES, "mip_rel_gap": GAP}
        if terms.whole
        else {"presolve": False},  # which takes longer than it saves
    )
    if found.x is None:
        return None
    x = found.x[:unknowns]
    return Solution(np.asarray(system.count @ x), np.asarray(system.weight @ x), terms.whole)


def _limits(values: Floats, around: Floats, known: Mask) -> tuple[Floats, Floats]:
    """The least and the most that sums may be: the true ones, give or take, if they are known; else anything."""
    return np.where(known, values - around, -np.inf), np.where(known, values + around, np.inf)
