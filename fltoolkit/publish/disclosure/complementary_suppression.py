"""Complementary suppression: hides further cells, so that a hidden count cannot be calculated from the shown ones.

For each confidential cell, a linear programme (`feasible_counts`) looks for two solutions that agree with everything shown: one with few cases
in the cell, and one with many. If it does not find both, the cheapest other cells that make them possible are hidden too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Generic, TypeVar

import numpy as np

from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.publish.disclosure.cell_counts import Limits
from fltoolkit.publish.disclosure.cell_system import CellSystem, Mask
from fltoolkit.publish.disclosure.feasible_counts import Goal, Solution, Terms, solve

COMPLEMENT = "hidden so that another cell cannot be worked out"
SPARSE = 0.2  # of a case: a change smaller than this is as dear as one of this size, so that few cells change
MOST_TRIED = 200  # cells of which each complement is tried whether it may be shown again
LEAVE = 1e-3  # of its cost: the price of a change of a cell that is hidden to protect another
C = TypeVar("C", bound=object)


@dataclass
class Protected(Generic[C]):
    """The hidden cells with their reasons, and the confidential cells that stay exposed because no other cell may be hidden for
    them.
    """

    hidden: dict[C, str]
    exposed: list[C] = field(default_factory=list)


def protect(
    system: CellSystem[C],
    primary: Mapping[C, str],
    limits: Limits,
    *,
    gone: Mapping[C, str] | None = None,
    spare: Iterable[C] = (),
    dear: Collection[C] = (),
    salt: bytes = b"",
) -> Protected[C]:
    """All cells to hide, with their reasons: primary suppressions, and complementary ones until no primary cell can be calculated.

    Args:
        system: every cell shown, and what ties them.
        primary: cells confidential by themselves, with the reason.
        limits: the confidentiality limits.
        gone: cells hidden anyway, whose counts need no protection.
        spare: cells shown elsewhere, so that hiding them here would not help.
        dear: cells to hide last, as a headline.
        salt: what breaks ties, unknown to readers. A rule that a reader could follow would tell him more than the cells do.
    """
    fixed = {**(gone or {}), **primary}
    if not primary:
        return Protected(fixed)
    place = system.place
    draws = {cell: _draw(salt, cell) for cell in system.cells}
    last, never = set(dear), set(spare)
    cost = np.array([np.inf if c in never else _cost(system, i, draws[c]) * (1000 if c in last else 1) for c, i in place.items()])
    hidden = np.array([cell in fixed for cell in system.cells])
    pairs = [goals_of(system, place[cell], limits) for cell in sorted(primary, key=draws.__getitem__)]
    search = _Search(system, [goal for pair in pairs for goal in pair], cost, hidden, ~hidden)
    exposed = search.hide()
    if not exposed and len(system.cells) <= MOST_TRIED:
        search.show_again()
    more = {c: COMPLEMENT for c, i in place.items() if not search.shown[i] and c not in fixed}
    return Protected(fixed | more, [system.cells[row] for row in exposed])


def goals_of(system: CellSystem[C], row: int, limits: Limits) -> tuple[Goal, Goal]:
    """The least and the most that must stay possible of a confidential cell (docs/methods.md §4).

    Of few cases: one, and one less than the limit. Of few persons who are not cases: the same of them. Of others a range as wide as
    the limit. Of the weighted cases a range of as many mean weights.
    """
    cases, persons, limit = system.cases[row], system.persons[row], float(limits.cases)
    if cases < limit:
        low, high = 1.0, limit - 1
    elif persons - cases < limits.non_cases:
        low, high = persons - limits.non_cases + 1, persons - 1
    else:
        high = min(cases + np.ceil(limit / 2), system.cases.max())  # a cell never has more than all cases, which are shown
        low = max(0.0, high - limit)
    all_weighted = float(np.nanmax(system.weighted, initial=0.0)) or np.inf
    heavy = np.minimum(max(0.0, system.weighted[row] - limit / 2) + limit, min(_heaviest(system, row), all_weighted))
    heavy = np.where(np.isnan(system.weighted[row]), np.nan, heavy)
    light = np.maximum(0.0, heavy - limit)
    return Goal(row, low, float(light), at_least=False), Goal(row, min(high, persons), float(heavy), at_least=True)


def _heaviest(system: CellSystem[C], row: int) -> float:
    """What all persons of a cell weigh."""
    of = system.weight[[row]].toarray()[0]
    weighs = of > 0
    return float((of[weighs] * system.most[weighs]).sum())


@dataclass
class _Search(Generic[C]):
    """The search for cells to hide.

    Attributes:
        system: the cells. goals: what must stay possible.
        cost: by cell, what its loss costs.
        fixed: cells hidden from the start. shown: those that are still shown.
        pool: numbers found so far that agree with what is shown.
    """

    system: CellSystem[C]
    goals: list[Goal]
    cost: Array
    fixed: Mask
    shown: Mask
    pool: list[Solution] = field(default_factory=list)

    def hide(self) -> list[int]:
        """Hides cells until every goal is possible, and in whole numbers too (changes `shown`); the rows of goals for which no choice does."""
        exposed = []
        for whole in (False, True):
            self._try_many(whole)
            for goal in self.goals:
                # The cheapest whole numbers take longest: any are looked for first.
                found = self._possible(goal, whole) if whole else self._known(goal, whole)
                if not found and not self._hide_cheapest(goal, whole):
                    exposed.append(goal.row)
        return list(dict.fromkeys(exposed))

    def show_again(self) -> None:
        """Shows cells again that need not be hidden after all, the dearest first (changes `shown`)."""
        for row in sorted(np.flatnonzero(~self.shown & ~self.fixed), key=lambda i: -self.cost[i]):
            usable = [s for s in self.pool if not s.moved(self.system)[row]]
            trial = replace(self, shown=self.shown | (np.arange(len(self.shown)) == row), pool=usable)
            if all(trial._possible(goal, whole) for whole in (False, True) for goal in self.goals):
                self.shown, self.pool = trial.shown, trial.pool

    def _terms(self, price: float | Array = np.inf) -> Terms:
        """What cells cost if those that are shown have this price; others that need not be hidden change only where that helps."""
        return Terms(np.where(self.shown, price, np.where(self.fixed, 0.0, LEAVE * self.cost)))

    def _hide_cheapest(self, goal: Goal, whole: bool) -> bool:
        """Hides the cheapest cells by which a goal becomes possible (changes `shown`); whether there are any, or none is needed."""
        if (found := solve(self.system, [goal], replace(self._terms(self.cost), whole=whole))) is None:
            return False
        if (found.moved(self.system) & self.shown).any():
            # What changes anyway is cheap now, so that few cells change.
            few = self._terms(self.cost / (SPARSE + found.change(self.system)))
            found = solve(self.system, [goal], replace(few, whole=whole)) or found
        self.shown = self.shown & ~found.moved(self.system)
        self.pool.append(found)
        return True

    def _try_many(self, whole: bool) -> None:
        """Looks for numbers that meet as many goals at once as they can: all low ones, then all high ones."""
        for at_least in (False, True):
            wanted = [goal for goal in self.goals if goal.at_least == at_least and not self._known(goal, whole)]
            if len(wanted) > 1 and (found := solve(self.system, wanted, replace(self._terms(), wished=True, whole=whole))):
                self.pool.append(found)

    def _possible(self, goal: Goal, whole: bool) -> bool:
        """Whether a goal is found to be possible. Not found within bounds counts as not possible."""
        if not self._known(goal, whole):
            if (found := solve(self.system, [goal], replace(self._terms(), whole=whole))) is None:
                return False
            self.pool.append(found)
        return True

    def _known(self, goal: Goal, whole: bool) -> bool:
        """Whether the numbers at hand meet a goal."""
        return any(s.whole == whole and goal.met(s) for s in self.pool)


def _cost(system: CellSystem[C], row: int, draw: float) -> float:
    """What hiding a cell loses: its cases and one, times a factor between 1 and 2 that readers do not know."""
    return float((system.cases[row] + 1) * 2**draw)


def _draw(salt: bytes, cell: object) -> float:
    """A number from 0 to 1 for each cell, the same for the same data everywhere."""
    return int.from_bytes(sha256(salt + _label(cell).encode()).digest()[:8]) / 2**64


def _label(cell: object) -> str:
    """A cell in words that are the same in every process."""
    if isinstance(cell, frozenset):
        return repr(sorted(cell))
    return f"({', '.join(map(_label, cell))})" if isinstance(cell, tuple) else repr(cell)
