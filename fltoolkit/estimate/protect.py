"""Complementary suppression: what must be hidden so that a hidden count cannot be worked out from those shown.

Works on counts of cells and the sums that tie them (a cell of one breakdown is the sum of the cells of a finer one). It hides
until no sum gives a confidential count away; the linear programme over whole cubes is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

Key = frozenset[tuple[str, str]]
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


def protect(cells: Mapping[Key, Cell], primary: Mapping[Key, str], limit: int, spare: Iterable[Key] = ()) -> dict[Key, str]:
    """All cells to hide, with the reason: the primary ones, and complements until none can be worked out.

    Args:
        cells: every cell shown, by its group values (the total is the empty key).
        primary: cells confidential by themselves.
        limit: the smallest number of cases that may be shown; hidden cells together must leave 1 to limit − 1 possible.
        spare: cells shown elsewhere, so that hiding them here would not help.
    """
    hidden, sums, spared = dict(primary), _sums(cells), set(spare)
    while (found := _exposed(sums, hidden, cells, set(primary), limit)) is not None:
        choice = _complement(found, hidden, cells, spared)
        if choice is None:
            break
        hidden[choice] = COMPLEMENT
    return hidden


def _sums(cells: Mapping[Key, Cell]) -> list[tuple[Key, list[Key]]]:
    """Each cell of a coarser breakdown, shown or not, with the cells of a shown finer one that add up to it."""
    shown: dict[frozenset[str], list[Key]] = {}
    for key in cells:
        shown.setdefault(frozenset(g for g, _ in key), []).append(key)
    sums = []
    for groups, keys in shown.items():
        for size in range(len(groups)):
            for kept in combinations(sorted(groups), size):
                parts: dict[Key, list[Key]] = {}
                for key in keys:
                    parts.setdefault(frozenset((g, v) for g, v in key if g in kept), []).append(key)
                sums += list(parts.items())
    return sums


def _exposed(
    sums: list[tuple[Key, list[Key]]],
    hidden: Mapping[Key, str],
    cells: Mapping[Key, Cell],
    primary: set[Key],
    limit: int,
) -> tuple[Key, list[Key]] | None:
    """A sum that gives a hidden cell away: it has one unknown, or its hidden cells are too few together."""
    known = {k for k in cells if k not in hidden}
    changed = True
    while changed:
        changed = False
        for whole, parts in sums:
            unknown = [k for k in (whole, *parts) if k not in known]
            if len(unknown) == 1:
                if unknown[0] in hidden:
                    return whole, parts
                known.add(unknown[0])
                changed = True
            elif (
                unknown
                and whole in known
                and primary & set(unknown)
                and sum(cells[k].cases for k in unknown if k in cells) < limit - 1
            ):
                if any(k not in hidden for k in parts):
                    return whole, parts
    return None


def _too_few(unknown: list[Key], cells: Mapping[Key, Cell], primary: set[Key], limit: int) -> bool:
    """Hidden cells whose known sum leaves a confidential one less than 1 to limit − 1 to be."""
    return bool(primary & set(unknown)) and sum(cells[k].cases for k in unknown if k in cells) < limit - 1


def _complement(
    found: tuple[Key, list[Key]], hidden: Mapping[Key, str], cells: Mapping[Key, Cell], spared: set[Key]
) -> Key | None:
    """The cell whose loss costs least: of the parts the smallest with cases, else the largest without, else the whole."""
    whole, parts = found
    free = [k for k in parts if k not in hidden and k not in spared and k in cells]
    if with_cases := [k for k in free if cells[k].cases > 0]:
        return min(with_cases, key=lambda k: (cells[k].cases, cells[k].persons, sorted(k)))
    if free:
        return max(free, key=lambda k: (cells[k].persons, sorted(k)))
    return whole if whole in cells and whole not in hidden else None
