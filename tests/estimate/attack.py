"""What a reader can work out of published counts: by linear algebra, and from no count being negative.

Knows nothing of how `protect` works: the unknowns are the cells of the full cross-tabulation, and every shown count, of
whatever breakdown, is one equation over them. The algebra is exact: whole numbers modulo a large prime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy.optimize import linprog

Key = frozenset[tuple[str, str]]
Row = np.ndarray[Any, np.dtype[np.int64]]
PRIME = 2**31 - 1


class Reader:
    """Someone who sees the counts of some cells."""

    def __init__(self, finest: Iterable[Key], shown: Mapping[Key, float]) -> None:
        self.finest = list(finest)
        self.shown = [(self._parts(key), count) for key, count in shown.items()]
        self.basis: list[tuple[int, Row]] = []
        for parts, _ in self.shown:
            row = self._reduced(parts)
            if row.any():
                pivot = int(np.flatnonzero(row)[0])
                self.basis.append((pivot, row * pow(int(row[pivot]), -1, PRIME) % PRIME))

    def knows(self, key: Key) -> bool:
        """Whether a cell's count is a linear combination of the counts shown."""
        return not self._reduced(self._parts(key)).any()

    def range(self, key: Key) -> tuple[float, float]:
        """The least and the most a cell can count."""
        goal = self._parts(key)
        ties: dict[str, Any] = {"A_eq": [r for r, _ in self.shown], "b_eq": [c for _, c in self.shown]} if self.shown else {}
        low, high = linprog(goal, **ties), linprog(-goal, **ties)
        return float(low.fun), np.inf if high.fun is None else -float(high.fun)

    def _parts(self, key: Key) -> Row:
        return np.array([key <= cell for cell in self.finest], dtype=np.int64)

    def _reduced(self, row: Row) -> Row:
        for pivot, base in self.basis:
            row = (row - row[pivot] * base) % PRIME
        return row
