"""Finds what a reader can calculate from published counts, by linear algebra and because no count is
negative.

This module does not use the kit's disclosure control. The unknowns are the cells of the full
cross-tabulation. Every count that is shown, of any breakdown, is one equation for them. The algebra is exact:
it uses whole numbers modulo a large prime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

Key = frozenset[tuple[str, str]]
Row = np.ndarray[Any, np.dtype[np.int64]]
PRIME = 2**31 - 1


class Reader:
    """A reader who sees the counts of some cells."""

    def __init__(self, finest: Iterable[Key], shown: Mapping[Key, float]) -> None:
        self.finest = list(finest)
        self.shown = [(self._parts(key), count) for key, count in shown.items()]
        self.basis: list[tuple[int, Row]] = []
        self.possible: list[Any] = []
        for parts, _ in self.shown:
            row = self._reduced(parts)
            if row.any():
                pivot = int(np.flatnonzero(row)[0])
                self.basis.append((pivot, row * pow(int(row[pivot]), -1, PRIME) % PRIME))

    def knows(self, key: Key) -> bool:
        """Returns whether a cell's count is a linear combination of the counts that are shown."""
        return not self._reduced(self._parts(key)).any()

    def range(self, key: Key) -> tuple[float, float]:
        """Returns the smallest and the largest possible count of a cell."""
        goal = self._parts(key)
        ties: dict[str, Any] = (
            {"A_eq": [r for r, _ in self.shown], "b_eq": [c for _, c in self.shown]} if self.shown else {}
        )
        low, high = linprog(goal, **ties), linprog(-goal, **ties)
        self.possible += [end.x for end in (low, high) if end.x is not None]
        return float(low.fun), np.inf if high.fun is None else -float(high.fun)

    def seen(self, key: Key) -> tuple[float, float]:
        """Returns the least and the most that a cell counts in the solutions found so far. Both are in its
        range."""
        counts = [float(self._parts(key) @ x) for x in self.possible]
        return min(counts, default=np.inf), max(counts, default=-np.inf)

    def _parts(self, key: Key) -> Row:
        return np.array([key <= cell for cell in self.finest], dtype=np.int64)

    def _reduced(self, row: Row) -> Row:
        for pivot, base in self.basis:
            row = (row - row[pivot] * base) % PRIME
        return row


def groups_of(table: pd.DataFrame) -> list[str]:
    names = {name for text in table["breakdown"] for name in text.split(" × ") if name}
    return [c for c in table.columns if c in names]


def cells_of(table: pd.DataFrame) -> list[tuple[str, Key]]:
    """Returns the reference population and the group values of each row, without those of the flowchart."""
    names = groups_of(table)
    known = table[names].astype(object).where(table[names].notna(), "total").to_dict("records")
    cells = [frozenset((g, str(row[g])) for g in names if row[g] != "total") for row in known]
    return list(zip(table["reference_population"], cells, strict=True))


def reader(table: pd.DataFrame, full: pd.DataFrame, column: str = "cases") -> Reader:
    """Returns a reader who adds and subtracts one column of a published table, and who sees which cells have
    nobody.

    In a row of a share, `n` is the number of cases that it distributes, and `population` their weighted
    number.
    """
    of_share = {"cases": "n", "weighted": "population"}.get(column)
    distributed = {b for b in table["breakdown"][table["measure"] == "share"] if " × " not in b}
    cells = [cell for _, cell in cells_of(full)]
    values = {
        g: sorted({v for cell in cells for h, v in cell if h == g})
        for g in sorted({g for cell in cells for g, _ in cell})
    }
    shown: dict[Key, float] = {}
    for groups in {frozenset(g for g, _ in cell) for cell in cells}:
        every = (
            frozenset(zip(sorted(groups), v, strict=True))
            for v in product(*(values[g] for g in sorted(groups)))
        )
        shown |= dict.fromkeys((cell for cell in every if cell not in set(cells)), 0)
    for cell, row in zip(cells, table.to_dict("records"), strict=True):
        if pd.notna(row[column]):
            shown[cell] = row[column]
        if row["measure"] == "share" and of_share and pd.notna(row[of_share]):
            of = next(g for g in row["breakdown"].split(" × ") if g in distributed)
            shown[frozenset((g, v) for g, v in cell if g != of)] = row[of_share]
    return Reader((frozenset(zip(values, v, strict=True)) for v in product(*values.values())), shown)


def worked_out(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a published table with the numbers that a reader can calculate for each row: the weighted cases
    (a proportion times its population), the persons who are not cases, and their weighted number. Weighted
    numbers are divided by the mean weight."""
    whole = table.loc[table["n"].astype(float).idxmax()]
    mean_weight = whole["population"] / whole["n"]
    of = table["population"].where(table["measure"] != "total", 1.0)
    weighted = table["estimate"].astype(float) * of
    if "rounding" in table:  # a rate of a printed cell leads back to a multiple of the base
        base = table["rounding"].astype(float)
        weighted = weighted.where(table["breakdown"] == "", (weighted / base).round() * base)
    others = table["measure"] != "share"
    return table.assign(
        weighted=weighted / mean_weight,
        population=table["population"] / mean_weight,
        non_cases=(table["n"] - table["cases"]).where(others),
        weighted_others=((table["population"] - weighted) / mean_weight).where(others),
    )


def told(table: pd.DataFrame, full: pd.DataFrame, limit: int = 5) -> list[str]:
    """Returns the confidential rows about which a published table reveals too much, with the column that
    reveals it (docs/methods.md §4)."""
    table, full, found = worked_out(table), worked_out(full), []
    for column in ("cases", "weighted", "non_cases", "weighted_others"):
        count = "non_cases" if column.endswith("others") else "cases" if column == "weighted" else column
        secret = (full["cases"] > 0) & (full[count] < limit)
        if not secret.any():
            continue
        sees = reader(table, full, column)
        for (_, cell), row, is_secret in zip(cells_of(full), full.to_dict("records"), secret, strict=True):
            if is_secret and not _enough(*sees.seen(cell), column, limit):
                low, high = sees.range(cell)
                found += (
                    []
                    if _enough(low, high, column, limit)
                    else [f"{row['category']}: {column} {low:.2f} to {high:.2f}"]
                )
    return found


def _enough(low: float, high: float, column: str, limit: int) -> bool:
    """Whether a range leaves open enough of a confidential number."""
    return high - low > limit - 0.01 if "weighted" in column else low < 1.5 and high > limit - 1.5


def recovered(table: pd.DataFrame, full: pd.DataFrame, column: str = "cases", limit: int = 5) -> list[str]:
    """Returns the confidential rows that the reader can calculate."""
    sees = reader(table, full, column)
    rows = zip(cells_of(full), full.to_dict("records"), strict=True)
    return [row["category"] for (_, cell), row in rows if 0 < row[column] < limit and sees.knows(cell)]
