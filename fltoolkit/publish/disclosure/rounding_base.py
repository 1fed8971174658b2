"""The base that weighted numbers are rounded to: no less than one person's weight, so that no digit tells of single persons."""

from __future__ import annotations

from math import floor, log10

import pandas as pd


def rounding_base(table: pd.DataFrame) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least the largest mean weight of a run's populations; at least 1.

    Args:
        table: rows with `n` and `population`, of which the largest of each `reference_population` tells its mean weight.
    """
    largest = 1.0
    for _, rows in table.groupby("reference_population", sort=False):
        n, population = rows["n"].to_numpy(float), rows["population"].to_numpy(float)
        whole = int(n.argmax())
        largest = max(largest, float(population[whole]) / max(1.0, float(n[whole])))
    power = 10.0 ** floor(log10(largest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= largest * (1 - 1e-9))
