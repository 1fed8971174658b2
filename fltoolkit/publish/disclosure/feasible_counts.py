"""Finds the smallest and largest number of cases that a hidden cell can have, given everything that is shown (linear programmes, HiGHS in SciPy).

The assumed reader knows every shown number of cases exactly and every shown weighted number up to rounding, and knows how many persons of each
kind there are and their weights. A hidden cell may have any number that agrees with this. The same programme chooses what else to hide: each
shown cell may change at a cost, and those that change in the cheapest solution are hidden (Kelly, Golden and Assad 1992, "Cell suppression:
disclosure protection for sensitive tabular data", Networks 22).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.publish.disclosure.cell_system import CLOSE, CellSystem, Mask

C = TypeVar("C", bound=Hashable)
# Of the search for whole numbers a bound on its nodes, which is the same on every machine, as seconds are not; they need not be the cheapest.
IN_WHOLE = {"node_limit": 200, "mip_rel_gap": 100.0}
IN_FRACTIONS = {"presolve": False}  # which takes longer than it saves


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

    cases: Array
    weighted: Array
    whole: bool

    def moved(self, system: CellSystem[Any]) -> Mask:
        """Cells that would show another number than they do."""
        cases = np.abs(self.cases - system.cases) > CLOSE
        if self.whole:
            return np.asarray(cases)
        gap = self.weighted - system.weighted  # nan is off by nothing
        return np.asarray(cases | (-gap > system.below + CLOSE) | (gap > system.above + CLOSE))

    def change(self, system: CellSystem[Any]) -> Array:
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

    price: Array
    wished: bool = False
    whole: bool = False


def solve(system: CellSystem[C], goals: Sequence[Goal], terms: Terms) -> Solution | None:
    """Finds the cheapest numbers that meet the goals for some cells and agree with everything known. None if there are none, or if
    the search ends without an answer.
    """
    known = terms.price > 0
    limits = _Limits(system, known, terms.whole)
    price = np.where(np.isfinite(terms.price), terms.price, 0.0)
    for goal in goals:
        limits.meet(goal)
        price[goal.row] = float(terms.wished)  # else the goal must be met
    found = _run(system, limits, price, np.zeros(system.count.shape[1]))
    return None if found is None else Solution(np.asarray(system.count @ found), np.asarray(system.weight @ found), terms.whole)


def feasible_range(system: CellSystem[C], row: int, hidden: Mask) -> tuple[tuple[float, float], tuple[float, float]]:
    """The least and the most cases, and the least and the most weighted cases (in mean weights), that a hidden cell may have; nan where no
    programme ends."""
    limits, free = _Limits(system, ~hidden, whole=False), np.zeros(len(system.cells))
    ends = []
    for matrix in (system.count, system.weight):
        of = matrix[[row]].toarray()[0]
        found = [_run(system, limits, free, sign * of) for sign in (1.0, -1.0)]
        ends.append(tuple(np.nan if x is None else float(of @ x) for x in found))
    (least, most), (lightest, heaviest) = ends
    return (least, most), (lightest, heaviest)


class _Limits:
    """The least and the most of each row of the programme, by what is known; in whole numbers without weights."""

    def __init__(self, system: CellSystem[Any], known: Mask, whole: bool) -> None:
        self.whole = whole
        self.cases = _limits(system.cases, (0.0, 0.0), known)
        self.weighted = _limits(system.weighted, (system.below, system.above), known & ~np.isnan(system.weighted) & (not whole))
        self.ties = _limits(system.tied, (0.0, 0.0), ~(system.weighed & whole))
        self.within = np.full(len(system.spread), -np.inf), np.zeros(len(system.spread))

    def meet(self, goal: Goal) -> None:
        """Takes a goal for what is known of its cell."""
        which = int(not goal.at_least)
        for limits, value in ((self.cases, goal.cases), (self.weighted, np.nan if self.whole else goal.weighted)):
            if not np.isnan(value):
                limits[which][goal.row] = value

    def all(self, which: int) -> Array:
        """The least (0) or the most (1) of every row."""
        return np.concatenate([self.cases[which], self.weighted[which], self.ties[which], self.within[which]])


def _run(system: CellSystem[Any], limits: _Limits, price: Array, aim: Array) -> Array | None:
    """The unknowns at the least of their `aim` and of the price of what changes; None where there are none, or none are found within bounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    number, unknowns = len(system.cells), system.count.shape[1]
    kinds = np.arange(unknowns) < system.kinds
    most_change = np.tile(np.where(price > 0, np.inf, 0.0), 4)
    found = milp(
        np.r_[aim, np.tile(price, 4)],
        constraints=LinearConstraint(system.programme, limits.all(0), limits.all(1)),
        bounds=Bounds(0.0, np.r_[np.where(kinds | (not limits.whole), system.most, 0.0), most_change]),
        integrality=np.r_[kinds & limits.whole, np.zeros(4 * number, dtype=bool)],
        options=IN_WHOLE if limits.whole else IN_FRACTIONS,
    )
    return None if found.x is None else np.asarray(found.x[:unknowns])


def _limits(values: Array, far: tuple[Array | float, Array | float], known: Mask) -> tuple[Array, Array]:
    """The least and the most that sums may be: the true ones, so far below and above, if they are known; else anything."""
    return np.where(known, values - far[0], -np.inf), np.where(known, values + far[1], np.inf)
