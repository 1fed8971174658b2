"""Simulates a reader who looks for the persons behind a weighted number: all sets of persons whose weights
add up to it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray


def sets_with_sum(weights: NDArray[np.int64], size: int, low: int, high: int) -> set[tuple[int, ...]]:
    """Returns the sets of `size` persons, an even number, with low ≤ sum < high.

    Halves of a set are sorted by their sums, and then combined (Horowitz and Sahni 1974).
    """
    halves = np.array(list(combinations(range(len(weights)), size // 2)))
    total = weights[halves].sum(axis=1)
    order = np.argsort(total, kind="stable")
    ranked = total[order]
    first, last = (np.searchsorted(ranked, limit - total, side="left") for limit in (low, high))
    found = set()
    for one in np.flatnonzero(last > first):
        for other in order[first[one] : last[one]]:
            both = sorted({*halves[one].tolist(), *halves[other].tolist()})
            if len(both) == size:
                found.add(tuple(both))
    return found
