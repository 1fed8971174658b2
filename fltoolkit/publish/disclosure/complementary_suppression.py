"""Complementary suppression: what must be hidden so that a hidden count cannot be worked out from those shown.

Works on counts of cells and the sums that tie them (a cell of one breakdown is the sum of the cells of a finer one). Cells are hidden
until `disclosure_audit` finds that of every confidential one enough stays possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, Sum, sums_of
from fltoolkit.publish.disclosure.disclosure_audit import Near, quantities_of

COMPLEMENT = "hidden so that another cell cannot be worked out"


def protect(
    cells: Mapping[Key, Cell],
    primary: Mapping[Key, str],
    limits: Limits,
    *,
    gone: Mapping[Key, str] | None = None,
    spare: Iterable[Key] = (),
    sums: Sequence[Sum] | None = None,
) -> dict[Key, str]:
    """All cells to hide, with the reason: the primary ones, and complements until none of them can be worked out.

    Where all that could be hidden is spared, a cell may stay exposed: `disclosure_audit.exposed` tells.

    Args:
        cells: every cell shown, by its group values (the total is the empty key).
        primary: cells confidential by themselves.
        limits: the confidentiality limits.
        gone: cells hidden anyway, whose counts need no protection.
        spare: cells shown elsewhere, so that hiding them here would not help.
        sums: what ties the cells; by default the sums of their breakdowns.
    """
    fixed = {**(gone or {}), **primary}
    hidden, spared = dict(fixed), set(spare)
    quantities = quantities_of(cells, primary, limits, sums_of(cells) if sums is None else sums)
    for key, quantity in product(sorted(primary, key=sorted), quantities):
        # Hiding more never narrows a range: a cell once safe stays so.
        while not quantity.safe(key, hidden):
            if (choice := _complement(quantity.near(key, hidden), cells, hidden, spared)) is None:
                break
            hidden[choice] = COMPLEMENT
    for key in [k for k in hidden if k not in fixed]:
        ranges = (q.range(key, hidden) for q in quantities if key in q.values)
        if all(high - low < 0.5 for low, high in ranges):  # it can be worked out itself, so that hiding it is of no use
            del hidden[key]
    return hidden


def _complement(near: Near, cells: Mapping[Key, Cell], hidden: Mapping[Key, str], spared: set[Key]) -> Key | None:
    """The cell whose loss helps most and costs least; None if all that is near is hidden or spared.

    Of the sum with one unknown, else one whose whole is shown, else the fewest hidden cases: of its parts the smallest with cases,
    else the largest without, else the whole.
    """
    free_in = [(e, [k for k in (e[0][0], *e[0][1]) if k in cells and k not in hidden and k not in spared]) for e in near]
    usable = [(unknown, whole, free) for ((whole, _), unknown), free in free_in if free]
    if not usable:
        return None
    known = {k: c.cases for k, c in cells.items()}
    _, whole, free = min(usable, key=lambda u: (len(u[0]) > 1, u[1] in u[0], sum(known.get(k, 0) for k in u[0]), len(u[0])))
    parts = [k for k in free if k != whole]
    if with_cases := [k for k in parts if cells[k].cases > 0]:
        return min(with_cases, key=lambda k: (cells[k].cases, cells[k].persons, sorted(k)))
    return max(parts, key=lambda k: (cells[k].persons, sorted(k))) if parts else whole
