"""Complementary suppression: what must be hidden so that a hidden count cannot be worked out from those shown.

For each confidential cell a programme (`feasible_counts`) finds numbers that agree with all that is shown and give the cell few cases,
and others that give it many. Where there are none, the cheapest cells that would have to change are hidden, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Generic, TypeVar

import numpy as np

from fltoolkit.publish.disclosure.cell_counts import Limits
from fltoolkit.publish.disclosure.cell_system import CellSystem, Floats, Mask
from fltoolkit.publish.disclosure.feasible_counts import Goal, Solution, solve

COMPLEMENT = "hidden so that another cell cannot be worked out"
SPARSE = 0.2  # of a case: a change smaller than this is as dear as one of this size, so that few cells change
C = TypeVar("C", bound=object)


@dataclass
class Protected(Generic[C]):
    """What is hidden, with the reason; and the confidential cells that stay exposed, because all else that could be hidden is spared."""

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
    """All cells to hide, with the reason: the primary ones, and complements until none of them can be worked out.

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
    place = system.place
    shown = np.array([cell not in fixed for cell in system.cells])
    draws = {cell: _draw(salt, cell) for cell in system.cells}
    cost = np.array([_cost(system, i, draws[c]) for c, i in place.items()])
    cost[[place[c] for c in dear if c in place]] *= 1000
    cost[[place[c] for c in spare if c in place]] = np.inf
    found = Protected(fixed)
    pool: list[Solution] = []
    pairs = [goals_of(system, place[cell], limits) for cell in sorted(primary, key=draws.__getitem__)]
    for pair in (p for low, high in pairs for p in ((low, high), (high, low))):
        if _found(pair, pool):
            continue
        solution = prove(system, pair, shown) or _hide_more(system, pair, shown, cost)
        if solution is not None:
            pool.append(solution)
        elif (cell := system.cells[pair[0].row]) not in found.exposed:
            found.exposed.append(cell)
    if not found.exposed:
        fixed_rows = np.array([cell in fixed for cell in system.cells])
        _show_again(system, pairs, _Chosen(shown, fixed_rows, cost, pool))
    found.hidden = fixed | {c: COMPLEMENT for c, i in place.items() if not shown[i] and c not in fixed}
    return found


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
        low = cases - np.floor(limit / 2)
        high = low + limit
    light = np.maximum(0.0, system.weighted[row] - limit / 2)  # nan stays nan
    heavy = np.minimum(light + limit, _heaviest(system, row))
    return Goal(row, low, light, at_least=False), Goal(row, min(high, persons), heavy, at_least=True)


def _heaviest(system: CellSystem[C], row: int) -> float:
    """What all persons of a cell weigh."""
    of = system.weight[[row]].toarray()[0]
    weighs = of > 0
    return float((of[weighs] * system.most[weighs]).sum())


def prove(system: CellSystem[C], pair: tuple[Goal, Goal], shown: Mask) -> Solution | None:
    """A solution that shows that the first goal of a pair is possible: in whole numbers; or twice as far from the other, which leaves
    room for whole numbers in between. None where there is none, or none is found in time: not proven is not safe."""
    goal, _ = pair
    if found := solve(system, _twice(pair), shown):
        return found
    found = solve(system, goal, shown)
    return found if found is None or found.whole else solve(system, goal, shown, whole=True)


def _found(pair: tuple[Goal, Goal], pool: Iterable[Solution]) -> bool:
    """Whether a solution at hand proves the first goal of a pair."""
    far = _twice(pair)
    return any(pair[0].met(s) if s.whole else far.met(s) for s in pool)


def _twice(pair: tuple[Goal, Goal]) -> Goal:
    """The first goal of a pair, as far again from the second."""
    goal, other = pair
    cases, weighted = (2 * a - b for a, b in ((goal.cases, other.cases), (goal.weighted, other.weighted)))
    return Goal(goal.row, max(0.0, cases), np.maximum(0.0, weighted), goal.at_least)


def _hide_more(system: CellSystem[C], pair: tuple[Goal, Goal], shown: Mask, cost: Floats) -> Solution | None:
    """Hides the cheapest cells by which the first goal becomes possible (changes `shown`), and returns what proves it."""
    for whole in (False, True):
        if (first := solve(system, pair[0], shown, cost=cost, whole=whole)) is None:
            return None
        few = cost / (SPARSE + first.change(system))  # a cell that changes anyway is cheap: so that few cells change
        chosen = solve(system, pair[0], shown, cost=few, whole=whole) or first
        shown &= ~chosen.moved(system)
        if found := chosen if chosen.whole else prove(system, pair, shown):
            return found
    return None


@dataclass(frozen=True)
class _Chosen:
    """A choice of cells to hide: those still shown, those that are fixed, what each costs, and the solutions that prove the choice."""

    shown: Mask
    fixed: Mask
    cost: Floats
    pool: list[Solution]


def _show_again(system: CellSystem[C], pairs: Sequence[tuple[Goal, Goal]], chosen: _Chosen) -> None:
    """Shows complements again that are not needed after all, the dearest first (changes `shown` and `pool`)."""
    both = [p for low, high in pairs for p in ((low, high), (high, low))]
    for row in sorted(np.flatnonzero(~chosen.shown & ~chosen.fixed), key=lambda i: -chosen.cost[i]):
        shown = chosen.shown.copy()
        shown[row] = True
        usable = [s for s in chosen.pool if not s.moved(system)[row]]
        for pair in both:
            if not _found(pair, usable):
                if (solution := prove(system, pair, shown)) is None:
                    break
                usable.append(solution)
        else:
            chosen.shown[row] = True
            chosen.pool[:] = usable


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
