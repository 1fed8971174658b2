"""What a reader can work out of all that is shown: for each confidential cell a linear programme finds the least and the most.

The reader knows every shown count (cases, and persons who are not cases), every shown weighted number (of cases: a prevalence times
its population; of others: the rest of it), which cells add up to which, that no count is negative, and the mean weight. Of a
confidential cell he must not learn (docs/methods.md §4)

- its cases, if few: 1 to limit − 1 must all remain possible; if many, a range as wide as the limit;
- the same of its persons who are not cases, where those are few;
- its weighted cases (or others): a range of at least `limit` mean weights, or the count would follow from the weight.

What he may know from elsewhere is not weighed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, Sum, sums_of

ROUNDING = 1e-6
Near = list[tuple[Sum, list[Key]]]


@dataclass(frozen=True)
class Quantity:
    """One number of every cell that a reader adds and subtracts.

    Attributes:
        name: `cases`, `non_cases`, `weighted` or `weighted_others`.
        values: by cell; weighted ones in units of `unit`.
        sums: those that hold for it.
        few: confidential cells with so few that 1 to `limit` − 1 must remain possible.
        wide: confidential cells with the width that must remain possible.
        limit: the smallest number that may be shown.
        unit: of the weighted values, the largest mean weight.
    """

    name: str
    values: Mapping[Key, float]
    sums: Sequence[Sum]
    few: frozenset[Key]
    wide: Mapping[Key, float]
    limit: int
    unit: float = 1.0

    def safe(self, key: Key, hidden: Collection[Key]) -> bool:
        """Whether a confidential cell stays secret; half a person for rounding."""
        if key not in self.few and key not in self.wide:
            return True
        low, high = self.range(key, hidden)
        if key in self.few:
            return low < 1.5 and high > self.limit - 1.5
        return high - low > self.wide[key]

    def near(self, key: Key, hidden: Collection[Key]) -> Near:
        """The sums that can tell something about a hidden cell, each with its unknowns: those linked to it by unknowns."""
        open_sums = [(s, [k for k in (s[0], *s[1]) if k in hidden or k not in self.values]) for s in self.sums]
        reached, found = {key}, []
        while more := [entry for entry in open_sums if not reached.isdisjoint(entry[1])]:
            found += more
            open_sums = [entry for entry in open_sums if reached.isdisjoint(entry[1])]
            reached = reached.union(*(unknown for _, unknown in more))
        return found

    def range(self, key: Key, hidden: Collection[Key]) -> tuple[float, float]:
        """The least and the most a hidden cell can have, by what is shown; (0, 0) where what is shown does not add up."""
        from scipy.optimize import linprog

        if not (near := self.near(key, hidden)):
            return 0.0, np.inf
        position = {k: i for i, k in enumerate(dict.fromkeys(k for _, unknown in near for k in unknown))}
        ties, constants = np.zeros((len(near), len(position))), np.zeros(len(near))
        for row, ((whole, parts), unknown) in enumerate(near):
            for k in (whole, *parts):
                sign = -1 if k == whole else 1
                if k in unknown:
                    ties[row, position[k]] = sign
                else:
                    constants[row] -= sign * self.values[k]
        goal = np.zeros(len(position))
        goal[position[key]] = 1
        if self.values[key] > 0 and not constants.any():
            return 0.0, np.inf  # all that is linked is hidden, so that any multiple of the truth is possible
        least, most = (linprog(direction * goal, A_eq=ties, b_eq=constants) for direction in (1, -1))
        if least.status == 2:
            return 0.0, 0.0
        return float(least.fun), np.inf if most.fun is None else -float(most.fun)


def quantities_of(cells: Mapping[Key, Cell], primary: Collection[Key], limits: Limits, sums: Sequence[Sum]) -> list[Quantity]:
    """What is to be kept secret of some cells: each quantity that any of the confidential ones needs."""
    unit = max((c.mean_weight for c in cells.values()), default=1.0)
    at_stake = {k: c for k in primary if (c := cells[k])}
    others = {k: c for k, c in at_stake.items() if c.non_cases is not None and c.non_cases < limits.non_cases}
    made = []
    for name, limit, secret in (
        ("cases", limits.cases, at_stake), ("weighted", limits.cases, at_stake),
        ("non_cases", limits.non_cases, others), ("weighted_others", limits.non_cases, others),
    ):  # fmt: skip
        weights = name.startswith("weighted")
        scale = unit if weights else 1.0
        values = {k: v / scale for k, c in cells.items() if (v := getattr(c, name)) is not None}
        mine = {k: c for k, c in secret.items() if k in values}
        few = frozenset() if weights else frozenset(k for k in mine if values[k] < limit)
        wide = {k: limit * c.mean_weight / unit - ROUNDING if weights else limit - 0.5 for k, c in mine.items() if k not in few}
        holds = [s for s in sums if all(k in values or k not in cells for k in (s[0], *s[1]))]
        if mine:
            made.append(Quantity(name, values, holds, few, wide, limit, scale))
    return made


def audit(
    cells: Mapping[Key, Cell],
    primary: Collection[Key],
    hidden: Collection[Key],
    limits: Limits,
    sums: Sequence[Sum] | None = None,
) -> pd.DataFrame:
    """What a reader can work out of the confidential cells.

    Args:
        cells: every cell, shown or not, by its group values. primary: those confidential by themselves.
        hidden: all that is not shown. limits: the confidentiality limits.
        sums: what ties the cells; by default the sums of their breakdowns.

    Returns:
        A row a confidential cell and quantity: `cell` (its key), `quantity`, `least` and `most` (persons, weighted or not), and
        whether that keeps it `safe`.
    """
    rows = [
        (key, q.name, low * q.unit, high * q.unit, q.safe(key, hidden))
        for q in quantities_of(cells, primary, limits, sums_of(cells) if sums is None else sums)
        for key in sorted(q.few | q.wide.keys(), key=sorted)
        for low, high in [q.range(key, hidden)]
    ]
    return pd.DataFrame(rows, columns=["cell", "quantity", "least", "most", "safe"])


def exposed(
    cells: Mapping[Key, Cell], primary: Collection[Key], hidden: Collection[Key], limits: Limits, sums: Sequence[Sum]
) -> list[Key]:
    """The confidential cells that are not safe, whatever the quantity that tells."""
    found = quantities_of(cells, primary, limits, sums)
    return [key for key in sorted(primary, key=sorted) if not all(q.safe(key, hidden) for q in found)]
