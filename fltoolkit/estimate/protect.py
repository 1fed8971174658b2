"""Complementary suppression: what must be hidden so that a hidden count cannot be worked out from those shown.

Works on counts of cells and the sums that tie them (a cell of one breakdown is the sum of the cells of a finer one). For each
confidential cell a linear programme finds the least and the most it can be, given all that is shown and that no count is
negative; cells are hidden until that range is wide enough. It does not weigh what a reader may know from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

Key = frozenset[tuple[str, str]]
Sum = tuple[Key, tuple[Key, ...]]
COMPLEMENT = "hidden so that another cell cannot be worked out"


@dataclass(frozen=True)
class Cell:
    """What confidentiality is decided on: unweighted counts. None where a count does not apply."""

    cases: int
    persons: int
    non_cases: int | None = None
    psus: int | None = None
    households: int | None = None


@dataclass(frozen=True)
class Limits:
    """Smallest numbers that may be shown (STATISTICS.md §8)."""

    cases: int = 5
    non_cases: int = 5
    psus: int = 3
    households: int = 3


def confidential(cell: Cell, limits: Limits) -> str:
    """Why a cell may not be shown by itself; empty if it may. A cell without cases may."""
    if cell.cases == 0:
        return ""
    checks = (
        (cell.cases, limits.cases, "cases"),
        (cell.non_cases, limits.non_cases, "persons who are not cases"),
        (cell.psus, limits.psus, "sampling points with cases"),
        (cell.households, limits.households, "households with cases"),
    )
    failed = [f"fewer than {least} {what}" for count, least, what in checks if count is not None and count < least]
    return failed[0] if failed else ""


def protect(
    cells: Mapping[Key, Cell],
    primary: Mapping[Key, str],
    limit: int,
    *,
    gone: Mapping[Key, str] | None = None,
    spare: Iterable[Key] = (),
    sums: Sequence[Sum] | None = None,
) -> dict[Key, str]:
    """All cells to hide, with the reason: the primary ones, and complements until none of them can be worked out.

    A confidential count below the limit must leave 1 to limit − 1 possible, a larger one a range as wide as the limit.

    Args:
        cells: every cell shown, by its group values (the total is the empty key).
        primary: cells confidential by themselves.
        limit: the smallest number of cases that may be shown.
        gone: cells hidden anyway, whose counts need no protection.
        spare: cells shown elsewhere, so that hiding them here would not help.
        sums: what ties the cells; by default the sums of their breakdowns.
    """
    fixed = {**(gone or {}), **primary}
    hidden, sums, spared = dict(fixed), sums_of(cells) if sums is None else sums, set(spare)
    for key in sorted(primary, key=sorted):
        # Hiding more never narrows a range: a cell once safe stays so.
        while not _wide(_range(key, near := _near(key, sums, cells, hidden), cells), cells[key].cases, limit):
            if (choice := _complement(near, cells, hidden, spared)) is None:
                break
            hidden[choice] = COMPLEMENT
    for key in [k for k in hidden if k not in fixed]:
        low, high = _range(key, _near(key, sums, cells, hidden), cells)
        if high - low < 0.5:  # it can be worked out itself, so that hiding it is of no use
            del hidden[key]
    return hidden


def sums_of(cells: Mapping[Key, Cell]) -> list[Sum]:
    """Each cell of a coarser breakdown, with the cells of a shown finer one that add up to it.

    A coarser cell that is not shown ties two finer breakdowns together; one that stands in a single sum tells nothing.
    """
    shown: dict[frozenset[str], list[Key]] = {}
    for key in cells:
        shown.setdefault(frozenset(g for g, _ in key), []).append(key)
    sums: dict[Key, list[tuple[Key, ...]]] = {}
    for groups, keys in shown.items():
        for size in range(len(groups)):
            for kept in combinations(sorted(groups), size):
                parts: dict[Key, list[Key]] = {}
                for key in keys:
                    parts.setdefault(frozenset((g, v) for g, v in key if g in kept), []).append(key)
                for whole, those in parts.items():
                    sums.setdefault(whole, []).append(tuple(those))
    return [(whole, parts) for whole, found in sums.items() for parts in found if whole in cells or len(found) > 1]


def _near(key: Key, sums: Sequence[Sum], cells: Mapping[Key, Cell], hidden: Mapping[Key, str]) -> list[tuple[Sum, list[Key]]]:
    """The sums that can tell something about a hidden cell, each with its unknowns: those linked to it by unknowns."""
    open_sums = [(s, [k for k in (s[0], *s[1]) if k in hidden or k not in cells]) for s in sums]
    reached, found = {key}, []
    while more := [entry for entry in open_sums if not reached.isdisjoint(entry[1])]:
        found += more
        open_sums = [entry for entry in open_sums if reached.isdisjoint(entry[1])]
        reached = reached.union(*(unknown for _, unknown in more))
    return found


def _range(key: Key, near: Sequence[tuple[Sum, list[Key]]], cells: Mapping[Key, Cell]) -> tuple[float, float]:
    """The least and the most cases a hidden cell can have, by what is shown."""
    from scipy.optimize import linprog

    if not near:
        return 0.0, np.inf
    position = {k: i for i, k in enumerate(dict.fromkeys(k for _, unknown in near for k in unknown))}
    ties, constants = np.zeros((len(near), len(position))), np.zeros(len(near))
    for row, ((whole, parts), unknown) in enumerate(near):
        total = cells[whole].cases if whole in cells else sum(cells[k].cases for k in parts)
        for k in unknown:
            sign, count = (-1, total) if k == whole else (1, cells[k].cases)
            ties[row, position[k]] = sign
            constants[row] += sign * count
    goal = np.zeros(len(position))
    goal[position[key]] = 1
    least, most = (linprog(direction * goal, A_eq=ties, b_eq=constants).fun for direction in (1, -1))
    return float(least), np.inf if most is None else -float(most)


def _wide(between: tuple[float, float], cases: int, limit: int) -> bool:
    """Whether a range keeps a count secret; half a case for rounding."""
    low, high = between
    return low < 1.5 and high > limit - 1.5 if cases < limit else high - low > limit - 0.5


def _complement(
    near: Sequence[tuple[Sum, list[Key]]], cells: Mapping[Key, Cell], hidden: Mapping[Key, str], spared: set[Key]
) -> Key | None:
    """The cell whose loss helps most and costs least; None if all that is near is hidden or spared.

    Of the sum with one unknown, or the fewest hidden cases: of its parts the smallest with cases, else the largest without,
    else the whole.
    """
    free_in = [(e, [k for k in (e[0][0], *e[0][1]) if k in cells and k not in hidden and k not in spared]) for e in near]
    usable = [(unknown, whole, free) for ((whole, _), unknown), free in free_in if free]
    if not usable:
        return None
    known = {k: c.cases for k, c in cells.items()}
    _, whole, free = min(usable, key=lambda u: (len(u[0]) > 1, sum(known.get(k, 0) for k in u[0]), len(u[0])))
    parts = [k for k in free if k != whole]
    if with_cases := [k for k in parts if cells[k].cases > 0]:
        return min(with_cases, key=lambda k: (cells[k].cases, cells[k].persons, sorted(k)))
    return max(parts, key=lambda k: (cells[k].persons, sorted(k))) if parts else whole
