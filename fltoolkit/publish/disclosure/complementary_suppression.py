"""Hides further cells, so that a hidden count cannot be calculated from the printed ones (complementary
suppression).

For each confidential cell, a linear programme (`feasible_counts`) looks for two solutions that agree with
everything printed: one with few cases in the cell, and one with many. If one of the two does not exist, other
cells are hidden: the cheapest cells that make both solutions possible.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Generic, TypeVar

import numpy as np

from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.cell_system import CellSystem, Mask
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure.feasible_counts import Goal, Solution, Terms, solve, solve_near

COMPLEMENT = "hidden so that another cell cannot be worked out"
SPARSE = 0.2  # of a case: a smaller change has the price of a change of this size, so that few cells change
TOGETHER = 12  # goals: no solution is searched for that meets more of them
MOST_TRIED = 200  # cells: in a larger system no hidden cell is tested for showing it again
LEAVE = 1e-3  # of the cost of a cell: the price of a change if the cell is already hidden to protect another
STEEP = 3  # a higher power rather hides the cells of few persons, but tells more of the order of prices
SMALLEST_DRAW = 2.0**-20  # its price is finite
C = TypeVar("C", bound=object)


@dataclass
class Protected(Generic[C]):
    """The result of `protect`: the cells to hide, each with the reason, and the confidential cells that are
    still exposed.

    A confidential cell is exposed if a reader can calculate it, and no other cell that may be hidden would
    prevent this.
    """

    hidden: dict[C, str]
    exposed: list[C] = field(default_factory=list)


def protect(
    system: CellSystem[C],
    primary: Mapping[C, str],
    limits: Limits,
    *,
    hidden_anyway: Mapping[C, str] | None = None,
    always_shown: Iterable[C] = (),
    hide_last: Collection[C] = (),
    key: bytes,
) -> Protected[C]:
    """Returns all cells to hide, with their reasons: the primary suppressions, and the complementary
    suppressions that protect them.

    Args:
        system: all cells of the tables as a system of equations: each cell is a sum of kinds of persons.
        primary: cells that are confidential because of their own counts, with the reason.
        limits: the confidentiality limits.
        hidden_anyway: cells that are hidden for another reason, with this reason. Their counts need no
            protection.
        always_shown: cells that may not be hidden, because other tables print their numbers.
        hide_last: cells that are hidden only if nothing else is enough, such as the cell of a whole
            population.
        key: the secret key of the survey. The choice depends on it, and not on hidden numbers: else readers
            would learn from the choice more than the printed cells show.
    """
    fixed = {**(hidden_anyway or {}), **primary}
    if not primary:
        return Protected(fixed)
    place = system.place
    last, never = set(hide_last), set(always_shown)
    room = np.minimum(system.count @ system.most, system.persons)
    room = np.where(np.isfinite(room), room, 0.0)  # where no reader knows the persons, only the key decides
    cost = np.array(
        [
            np.inf
            if c in never
            else _price(float(room[i]), draw(key, "price", c)) * (1000 if c in last else 1)
            for c, i in place.items()
        ]
    )
    hidden = np.array([cell in fixed for cell in system.cells])
    in_order = sorted(primary, key=lambda cell: draw(key, "order", cell))
    pairs = [goals_of(system, place[cell], limits, draw(key, "goal", cell)) for cell in in_order]
    search = _Search(system, [goal for pair in pairs for goal in pair], cost, hidden, ~hidden)
    exposed = search.hide()
    search.hide_told_complements()
    if not exposed and len(system.cells) <= MOST_TRIED:
        search.show_again()
    more = {c: COMPLEMENT for c, i in place.items() if not search.shown[i] and c not in fixed}
    return Protected(fixed | more, [system.cells[row] for row in exposed])


def goals_of(system: CellSystem[C], row: int, limits: Limits, draw: float = 0.5) -> tuple[Goal, Goal]:
    """Returns the two goals of a confidential cell: a small and a large number of cases that must both stay
    possible for a reader.

    docs/methods.md §4 gives the rule:

    - If the cell has few cases, the goals are 1 case, and the limit minus 1.
    - If the cell has few persons who are not cases, the goals are the same numbers, but of these persons.
    - Otherwise, the goals are the ends of a range of cases that is as wide as the limit.

    The weighted cases have a separate range. Its width is the limit times the mean weight. For few cases it
    begins at 0, for few other persons it ends at the weight of all persons. It does not begin below the
    weight of the cases that readers know the cell to have, and leaves room for those that they know the other
    cells of its table to have.

    All other ranges lie around the true number, at a place that `draw` decides: a number from 0 to 1 that
    readers do not know. If the true number were always in the middle, both ends of what is possible would
    tell it.
    """
    cases, persons, limit = system.cases[row], system.persons[row], float(limits.cases)
    lightest = _lightest_case(system, row)
    all_weighted = (float(np.nanmax(system.weighted, initial=0.0)) or np.inf) - system.beside[row] * lightest
    heaviest = min(_largest_weighted_cases(system, row), all_weighted)
    if cases < limit:
        low, high, heavy = 1.0, limit - 1, limit
    elif persons - cases < limits.non_cases:
        low, high, heavy = persons - limits.non_cases + 1, persons - 1, heaviest
    else:
        # no cell has more cases than there are in all, and the number of all cases is printed
        high = min(cases + np.round(limit * draw), system.cases.max() - system.beside[row])
        low = max(float(system.least[row]), high - limit)
        heavy = max(0.0, system.weighted[row] - limit * (1 - draw)) + limit
    heavy = min(heavy, heaviest)
    heavy = np.nan if np.isnan(system.weighted[row]) else heavy
    light = np.maximum(system.least[row] * lightest, heavy - limit)
    return Goal(row, low, float(light), at_least=False), Goal(
        row, min(high, persons), float(heavy), at_least=True
    )


def _largest_weighted_cases(system: CellSystem[C], row: int) -> float:
    """Returns the largest possible weighted number of cases of a cell, in mean weights: the number if all its
    persons were cases."""
    weight = system.weight[[row]].toarray()[0]
    weighs = weight > 0
    return float((weight[weighs] * system.most[weighs]).sum())


def _lightest_case(system: CellSystem[C], row: int) -> float:
    """Returns the weight that is taken for a case that readers know of: one mean weight, or the smallest of
    the cell's persons if this is larger."""
    weight = system.weight[[row]].toarray()[0][: system.kinds]
    return max(1.0, float(weight[weight > 0].min(initial=np.inf))) if (weight > 0).any() else 1.0


@dataclass
class _Search(Generic[C]):
    """The search for further cells to hide, so that no confidential count can be calculated.

    Attributes:
        system: the cells.
        goals: for each confidential cell, the numbers of cases that must stay possible for a reader.
        cost: for each cell, the cost of hiding it.
        fixed: for each cell, whether it is hidden from the start.
        shown: for each cell, whether it is still shown. The search changes this.
        pool: the solutions found so far. A solution is one set of numbers of cases that agrees with
            everything that is shown.
        beside: for each complement, other numbers of cases; one of them must stay possible for a reader.
    """

    system: CellSystem[C]
    goals: list[Goal]
    cost: Array
    fixed: Mask
    shown: Mask
    pool: list[Solution] = field(default_factory=list)
    beside: list[list[Goal]] = field(default_factory=list)

    def hide(self) -> list[int]:
        """Hides cells until every goal (a number of cases that must stay possible for readers) is possible,
        first in fractions of cases, then in whole numbers. Changes `shown`.

        For some confidential cells, no choice of cells makes the goals possible. Returns the positions of
        these cells.
        """
        exposed = []
        for whole in (False, True):
            self._try_together(self.goals, whole)
            for goal in self.goals:
                if not self._reached(goal, whole):
                    exposed.append(goal.row)
        return list(dict.fromkeys(exposed))

    def _reached(self, goal: Goal, whole: bool) -> bool:
        """Hides the cheapest cells with which a goal is possible, if it is not possible yet. Changes `shown`.
        Returns whether it is possible now."""
        # The cheapest solution takes longest. So any solution that hides nothing is searched for first. In
        # fractions, it changes only cells that are hidden from the start: their price is 0, so none is cheaper.
        return self._possible(goal, whole, None if whole else ~self.fixed) or self._hide_cheapest(goal, whole)

    def hide_told_complements(self) -> None:
        """Hides further cells until no complement follows from the cells that are shown. (A complement is
        hidden only to protect another cell. That may need only its weighted cases to be unknown.) Changes
        `shown`, and `beside`."""
        looked_at: set[int] = set()
        while left := set(np.flatnonzero(~self.shown & ~self.fixed).tolist()) - looked_at:
            row = min(left)
            looked_at.add(row)
            cases = self.system.cases[row]
            others = [
                Goal(row, cases + far, float("nan"), at_least=far > 0)
                for far in (-1.0, 1.0)
                if cases + far >= 0
            ]
            trial = replace(self, fixed=self.fixed | (np.arange(len(self.fixed)) == row))
            if self._leaves_open(others) or all(trial._reached(others[-1], whole) for whole in (False, True)):
                self.shown = trial.shown
                self.beside.append(others)

    def show_again(self) -> None:
        """Shows hidden cells again if they are not needed. A cell is not needed if all goals stay possible
        without it. (A goal is a number of cases that must stay possible for readers.) The most expensive
        cells are tried first. Changes `shown`."""
        for row in sorted(np.flatnonzero(~self.shown & ~self.fixed), key=lambda i: -self.cost[i]):
            if self.shown[row]:
                continue
            trial = self._showing([int(row)])
            kept = len(trial.pool)
            possible = trial._goals_are_possible()
            self.pool += trial.pool[kept:]  # they agree with fewer shown cells too, and spare later searches
            if not possible:
                continue
            # Other complements may then follow, such as those of another population with the same cases.
            if told := [others[0].row for others in trial.beside if not trial._leaves_open(others)]:
                trial = self._showing([int(row), *told])
                if not trial._goals_are_possible() or not all(map(trial._leaves_open, trial.beside)):
                    continue
            self.shown, self.pool, self.beside = trial.shown, trial.pool, trial.beside

    def _showing(self, rows: Sequence[int]) -> _Search[C]:
        """Returns the same search, in which these cells are shown."""
        usable = [s for s in self.pool if not s.changed_cells(self.system)[rows].any()]
        shown = self.shown | np.isin(np.arange(len(self.shown)), rows)
        beside = [others for others in self.beside if others[0].row not in rows]
        return replace(self, shown=shown, pool=usable, beside=beside)

    def _goals_are_possible(self) -> bool:
        for whole in (False, True):
            self._try_together(self.goals, whole)
            if not all(self._possible(goal, whole) for goal in self.goals):
                return False
        return True

    def _leaves_open(self, others: Sequence[Goal]) -> bool:
        """Returns whether one of several goals is possible in whole numbers."""
        return any(self._possible(goal, whole=True) for goal in others)

    def _terms(self, price: float | Array = np.inf) -> Terms:
        """Returns the prices for a search: the cost of a change of each cell.

        A shown cell has the given price. A cell that was hidden to protect another has a low price, so it
        changes only if this helps. A cell that was hidden from the start costs nothing.
        """
        return Terms(np.where(self.shown, price, np.where(self.fixed, 0.0, LEAVE * self.cost)))

    def _hide_cheapest(self, goal: Goal, whole: bool) -> bool:
        """Hides the cheapest set of cells that makes a goal possible. (A goal is a number of cases that must
        stay possible for readers.) Changes `shown`. Returns whether the goal is possible now."""
        if (found := solve(self.system, [goal], replace(self._terms(self.cost), whole=whole))) is None:
            return False
        if (found.changed_cells(self.system) & self.shown).any():
            # Cells that change anyway are cheap in this second search, so that few cells change.
            few = self._terms(self.cost / (SPARSE + found.change(self.system)))
            found = solve(self.system, [goal], replace(few, whole=whole)) or found
        self.shown = self.shown & ~found.changed_cells(self.system)
        self.pool.append(found)
        return True

    def _try_together(self, goals: Sequence[Goal], whole: bool) -> None:
        """Looks for solutions that meet many goals at the same time: one for all of them, else one for each
        half. Each takes long, but hardly longer for many goals than for one."""
        left = [goal for goal in goals if not self._known(goal, whole)]
        wanted = sorted(left, key=lambda goal: goal.at_least)  # the two goals of a cell exclude each other
        if len(wanted) < 2:
            return
        if len(wanted) <= TOGETHER and (found := solve_near(self.system, wanted, self.shown, whole=whole)):
            self.pool.append(found)
        else:
            self._try_together(wanted[: len(wanted) // 2], whole)
            self._try_together(wanted[len(wanted) // 2 :], whole)

    def _possible(self, goal: Goal, whole: bool, known: Mask | None = None) -> bool:
        """Searches for a solution that meets a goal (a number of cases that must stay possible for readers).
        Returns whether it found one. `known` are the cells that do not change, by default those that are shown.

        If the search stops at its limit of steps, the goal counts as not possible.
        """
        if not self._known(goal, whole):
            known = self.shown if known is None else known
            if (found := solve_near(self.system, [goal], known, whole=whole)) is None:
                return False
            self.pool.append(found)
        return True

    def _known(self, goal: Goal, whole: bool) -> bool:
        """Returns whether a solution found earlier meets the goal (a number of cases that must stay possible
        for readers)."""
        return any(s.whole == whole and goal.met(s) for s in self.pool)


def _price(room: float, draw: float) -> float:
    """Returns the price of hiding a cell.

    Args:
        room: the most cases that the cell could have, by what readers know: its persons.
        draw: a number from 0 to 1 that readers do not know. Of two cells each can be the cheaper one. If one
            has twice the room of the other, the odds are 1 to 8 (an exponential race).
    """
    return (1 + room) * math.pow(-math.log(max(draw, SMALLEST_DRAW)), 1 / STEEP)


def draw(key: bytes, purpose: str, cell: object) -> float:
    """Returns a number from 0 to 1 for a cell. Nobody can tell it without the key, and it is the same on
    every machine."""
    digest = hmac.digest(key, f"{purpose} {_cell_identifier(cell)}".encode(), sha256)
    return int.from_bytes(digest[:8]) / 2**64


def _cell_identifier(cell: object) -> str:
    """Returns a text that identifies a cell. It is the same in every process, so that the same data always
    give the same choice of hidden cells."""
    if isinstance(cell, frozenset):
        return repr(sorted(cell))
    return f"({', '.join(map(_cell_identifier, cell))})" if isinstance(cell, tuple) else repr(cell)
