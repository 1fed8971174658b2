"""Finds the smallest and the largest number of cases that a hidden cell can have, given everything that is
printed (linear programmes, HiGHS in SciPy).

The assumed reader knows every printed number of cases exactly, and every printed weighted number up to
rounding. This reader also knows how many persons of each kind there are, and their weights. A hidden cell may
have any number that agrees with this.

The same programme chooses which other cells to hide. A change of a printed cell has a cost. The cells that
change in the cheapest solution are hidden. Source: Kelly, Golden and Assad 1992, "Cell suppression:
disclosure protection for sensitive tabular data", Networks 22.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import scipy

from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.cell_system import CLOSE, MOST_NODES, CellSystem, Mask

C = TypeVar("C", bound=Hashable)
IN_WHOLE = {"node_limit": MOST_NODES, "mip_rel_gap": 100.0}  # the solution need not be the cheapest
IN_FRACTIONS = {"presolve": False}  # presolving takes longer than it saves
SIMILAR, LEAST_SIMILAR = (
    100,
    20,
)  # kinds of persons to which cases may move: for all goals, and for each at least
FAR = 1_000_000  # cells: no two kinds of persons differ in so many
MANY_PERSONS = 0.1  # cases move to kinds of many persons first: such solutions are mostly in whole numbers


@dataclass(frozen=True)
class Goal:
    """A number of cases that must stay possible for a hidden cell, so that readers cannot calculate its
    number of cases.

    A hidden cell has two goals. Example: a hidden cell has 2 cases, and the limit is 5. Then a reader must
    not be able to exclude that the cell has 1 case or fewer. The reader must also not be able to exclude that
    it has 4 cases or more.

    Attributes:
        row: the position of the cell in the system.
        cases: the number of cases.
        weighted: the weighted number of cases, in mean weights; nan: no goal for it.
        at_least: whether the cell must be able to have these numbers or more (True), or these numbers or
            fewer (False).
    """

    row: int
    cases: float
    weighted: float
    at_least: bool

    def met(self, found: Solution) -> bool:
        """Returns whether the numbers of a solution meet this goal. If the solution is in whole numbers, only
        the cases are compared."""
        sign = 1.0 if self.at_least else -1.0
        far = [sign * (found.cases[self.row] - self.cases), sign * (found.weighted[self.row] - self.weighted)]
        return bool(far[0] > -CLOSE and (found.whole or np.isnan(self.weighted) or far[1] > -CLOSE))


@dataclass(frozen=True)
class Solution:
    """One possible set of true numbers that agrees with everything printed: the cases and weighted cases of
    every cell.

    Attributes:
        cases: the number of cases of each cell.
        weighted: the weighted number of cases of each cell, in mean weights.
        whole: whether the cases are whole numbers. If they are, the search ignored the weighted numbers.
    """

    cases: Array
    weighted: Array
    whole: bool

    def changed_cells(self, system: CellSystem[Any]) -> Mask:
        """Returns, for each cell, whether other numbers would be printed if this solution were the truth."""
        cases = np.abs(self.cases - system.cases) > CLOSE
        if self.whole:
            return np.asarray(cases)
        gap = self.weighted - system.weighted  # nan counts as no change
        return np.asarray(cases | (-gap > system.below + CLOSE) | (gap > system.above + CLOSE))

    def change(self, system: CellSystem[Any]) -> Array:
        """Returns, for each cell, the distance between this solution and the truth. It is the sum of two
        distances: in cases, and in weighted cases."""
        cases = np.abs(self.cases - system.cases)
        return cases if self.whole else cases + np.nan_to_num(np.abs(self.weighted - system.weighted))


@dataclass(frozen=True)
class Terms:
    """The rules of a search for possible numbers (see `solve`): which cells may change, and the cost of a
    change.

    Attributes:
        price: for each cell, the cost of a change of one case; inf: the cell may not change; 0: readers know
            nothing of the cell.
        whole: whether each kind of person must have a whole number of cases. If so, weighted numbers are
            ignored. A search with whole numbers and weighted numbers together would take long. It would
            reveal little more if the rounding base is about one person's weight.
    """

    price: Array
    whole: bool = False


def solve(system: CellSystem[C], goals: Sequence[Goal], terms: Terms) -> Solution | None:
    """Returns the cheapest numbers that meet the goals and agree with everything that readers know.

    Returns None if there are no such numbers, or if the search ends without an answer.

    Args:
        system: the cells as a system of equations.
        goals: numbers of cases that some cells must have at least, or at most.
        terms: the cost of a change of each cell.
    """
    known = terms.price > 0
    limits = _Limits(system, known, terms.whole)
    price = np.where(np.isfinite(terms.price), terms.price, 0.0)
    for goal in goals:
        limits.meet(goal)
        price[goal.row] = 0.0  # without a price the goal must be met
    found = _run(system, limits, price, np.zeros(system.count.shape[1]))
    return (
        None
        if found is None
        else Solution(np.asarray(system.count @ found), np.asarray(system.weight @ found), terms.whole)
    )


def solve_near(system: CellSystem[C], goals: Sequence[Goal], known: Mask, *, whole: bool) -> Solution | None:
    """Returns numbers that meet all goals and agree with the known cells: the true ones (`CellSystem.start`),
    with few changes.

    At first, cases may move only to kinds of persons that are similar to those who have them. That takes a
    tenth of the time. If this finds nothing for a single goal, they may move to all kinds.

    Args:
        system: the cells as a system of equations.
        goals: numbers of cases that some cells must have at least, or at most.
        known: the cells whose numbers readers know. All other cells may have any number.
        whole: whether the numbers of cases must be whole. If so, weighted numbers are ignored.

    Returns:
        None if there are no such numbers, if the search in whole numbers stops at its limit of steps, or if
        several goals need other kinds of persons.
    """
    few = _similar_kinds(system, goals)
    found = _moved(system, goals, (known, few), whole)
    if found is not None or len(goals) > 1 or few.all():
        return found
    return _moved(system, goals, (known, np.ones_like(few)), whole)


def _similar_kinds(system: CellSystem[Any], goals: Sequence[Goal]) -> Mask:
    """Returns the kinds of persons who have cases or whose cases nobody knows, and for each goal those on one
    side of its cell's border that are in nearly the same cells as a kind of cases on the other side."""
    usable = (system.start[: system.kinds] > 0) | (np.arange(system.kinds) >= len(system.true))
    for goal in goals:
        inside = np.zeros(system.kinds, dtype=bool)
        inside[system.count.indices[slice(*system.count.indptr[goal.row : goal.row + 2])]] = True
        from_here = system.unlike[inside[system.with_cases] != goal.at_least]
        far = np.where(inside == goal.at_least, from_here.min(axis=0, initial=FAR), FAR)
        usable[np.argsort(far, kind="stable")[: max(LEAST_SIMILAR, SIMILAR // len(goals))]] = True
    return usable


def _moved(
    system: CellSystem[Any], goals: Sequence[Goal], known_and_usable: tuple[Mask, Mask], whole: bool
) -> Solution | None:
    """Returns what `solve_near` does. Cases may move only to the usable kinds of persons.

    The programme without the condition of whole numbers is solved first, because that takes a tenth of the
    time. If it has no solution, there is no solution in whole numbers. If its solution is in whole numbers,
    this is the answer. Otherwise the search in whole numbers follows.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    (known, usable), start = known_and_usable, system.start
    limits = _Limits(system, known, whole)
    for goal in goals:
        limits.meet(goal)
    is_first = np.arange(len(start)) < system.kinds
    room = np.where(np.r_[usable, usable[system.spread] & (not whole)], system.most - start, 0.0)
    more, fewer = np.flatnonzero(room > 0), np.flatnonzero(start > 0)
    low, high = (limits.all(which) - system.constraints @ start for which in (0, 1))
    signs = np.repeat([1.0, -1.0], [len(more), len(fewer)])
    moves = (system.constraints[:, np.r_[more, fewer]] @ scipy.sparse.diags_array(signs)).tocsr()
    limited = (np.isfinite(low) | np.isfinite(high)) & ((np.diff(moves.indptr) > 0) | (low > 0) | (high < 0))
    programme = {
        "c": np.r_[is_first[more] * (1 + MANY_PERSONS / system.most[more]), np.ones(len(fewer))],
        "constraints": LinearConstraint(moves[limited], low[limited], high[limited]),
        "bounds": Bounds(0.0, np.r_[room[more], start[fewer]]),
    }
    found = milp(**programme, options=IN_FRACTIONS).x
    if whole and found is not None and np.abs(found - np.round(found)).max(initial=0.0) > CLOSE:
        programme["c"] = np.zeros(len(found))  # any solution will do, and is found in half the time
        found = milp(**programme, integrality=1, options=IN_WHOLE).x
    if found is None:
        return None
    found = np.round(found) if whole else found
    unknowns = start.copy()
    unknowns[more] += found[: len(more)]
    unknowns[fewer] -= found[len(more) :]
    return Solution(np.asarray(system.count @ unknowns), np.asarray(system.weight @ unknowns), whole)


def feasible_range(
    system: CellSystem[C], row: int, hidden: Mask
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Returns the smallest and largest number of cases that a hidden cell may have for a reader, then the
    same for its weighted cases (in mean weights).

    A value is nan if its linear programme finds no solution.

    Args:
        system: the cells as a system of equations.
        row: the position of the cell.
        hidden: for each cell, whether it is hidden.
    """
    limits, free = _Limits(system, ~hidden, whole=False), np.zeros(len(system.cells))
    ends = []
    for matrix in (system.count, system.weight):
        of = matrix[[row]].toarray()[0]
        found = [_run(system, limits, free, sign * of) for sign in (1.0, -1.0)]
        ends.append(tuple(np.nan if x is None else float(of @ x) for x in found))
    (least, most), (lightest, heaviest) = ends
    return (least, most), (lightest, heaviest)


class _Limits:
    """The lower and upper limit of each row of the linear programme, given what readers know.

    If the search is in whole numbers, the weighted cases have no limits.
    """

    def __init__(self, system: CellSystem[Any], known: Mask, whole: bool) -> None:
        self.whole = whole
        self.least = system.least
        low, high = _limits(system.cases, (0.0, 0.0), known)
        self.cases = np.where(self.least > 0, np.maximum(low, self.least), low), high
        self.weighted = _limits(
            system.weighted, (system.below, system.above), known & ~np.isnan(system.weighted) & (not whole)
        )
        self.equalities = _limits(system.equal_to, (0.0, 0.0), ~(system.weighed & whole))
        self.within = np.full(len(system.spread), -np.inf), np.zeros(len(system.spread))

    def meet(self, goal: Goal) -> None:
        """Limits a cell to values that meet a goal, such as at least 4 cases."""
        which = int(not goal.at_least)
        for limits, value in (
            (self.cases, goal.cases),
            (self.weighted, np.nan if self.whole else goal.weighted),
        ):
            if not np.isnan(value):
                limits[which][goal.row] = value

    def most_missing(self) -> Array:
        """Returns, for each cell, how many cases a solution may have less than its lower limit, at a price. A
        cell that readers know to have a case never has none."""
        return np.where(self.least > 0, np.maximum(self.cases[0], 0.0) - self.least, np.inf)

    def all(self, which: int) -> Array:
        """Returns the limits of all rows of the programme: the lower limits if `which` is 0, the upper limits
        if it is 1."""
        return np.concatenate(
            [self.cases[which], self.weighted[which], self.equalities[which], self.within[which]]
        )


def _run(system: CellSystem[Any], limits: _Limits, price: Array, aim: Array) -> Array | None:
    """Solves one linear programme. Returns the values of the unknowns that minimise `aim` plus the price of
    the changes.

    Returns None if there is no solution, or if the search stops at its limit of steps.

    Args:
        system: the cells as a system of equations.
        limits: the limits of each row of the programme.
        price: for each cell, the price of a change of one case; 0: the cell may not change.
        aim: the coefficient of each unknown in the function to minimise.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    number, unknowns = len(system.cells), system.count.shape[1]
    kinds = np.arange(unknowns) < system.kinds
    most_change = np.tile(np.where(price > 0, np.inf, 0.0), 4)
    most_change[:number] = np.where(price > 0, limits.most_missing(), 0.0)
    found = milp(
        np.r_[aim, np.tile(price, 4)],
        constraints=LinearConstraint(system.programme, limits.all(0), limits.all(1)),
        bounds=Bounds(0.0, np.r_[np.where(kinds | (not limits.whole), system.most, 0.0), most_change]),
        integrality=np.r_[kinds & limits.whole, np.zeros(4 * number, dtype=bool)],
        options=IN_WHOLE if limits.whole else IN_FRACTIONS,
    )
    return None if found.x is None else np.asarray(found.x[:unknowns])


def _limits(values: Array, far: tuple[Array | float, Array | float], known: Mask) -> tuple[Array, Array]:
    """Returns the lower and upper limit of some sums of cases in a solution.

    Args:
        values: the true values of the sums.
        far: the distances by which a solution may be below and above the true values.
        known: for each sum, whether readers know it. If they do not, it has no limits.
    """
    return np.where(known, values - far[0], -np.inf), np.where(known, values + far[1], np.inf)
