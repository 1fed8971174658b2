"""The base that weighted numbers are rounded to."""

from __future__ import annotations

import pandas as pd
import pytest

from fltoolkit.publish.disclosure.rounding_base import rounding_base


@pytest.mark.parametrize(
    ("mean_weights", "base"),
    [
        ([0.4], 1),
        ([1.0], 1),
        ([1.2], 2),
        ([2.1], 5),
        ([7.3], 10),
        ([80.0], 100),
        ([100.0], 100),
        ([101.0], 200),
        ([300.0, 20.0], 500),
    ],
)
def test_it_is_the_next_of_1_2_and_5_above_the_largest_mean_weight(mean_weights: list[float], base: float) -> None:
    rows = [{"reference_population": str(i), "n": n, "population": w * n} for i, w in enumerate(mean_weights) for n in (1000, 90)]
    assert rounding_base(pd.DataFrame(rows)) == base


def test_the_mean_weight_is_that_of_the_whole_population() -> None:
    rows = [
        {"reference_population": "a", "n": 10, "population": 900.0},
        {"reference_population": "a", "n": 100, "population": 4000.0},
    ]
    assert rounding_base(pd.DataFrame(rows)) == 50
