"""Tests the report on calibrated weights: the range of g, who has an unusual g, and each benchmark with the
sample's number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fltoolkit.survey.design.calibrated_weights import BEFORE, PERSONS, Calibration, G
from fltoolkit.survey.spec.benchmarks import Margin


def calibration(g: list[float], population: str = "adults") -> Calibration:
    """Regions n and s by men and women: 1, 2, 3 and 4 persons of weight 10 each."""
    patterns = pd.DataFrame(
        {"region": ["n", "n", "s", "s"], "sex": ["m", "f", "m", "f"], PERSONS: [1, 2, 3, 4]}
    )
    margins = (
        Margin(("region",), {("n",): 60.0, ("s",): 35.0}),
        Margin(("region", "sex"), {("n", "f"): 30.0, ("s", "m"): 15.0}),
    )
    category = np.array([[0, -1], [0, 0], [1, 1], [1, -1]])
    patterns = patterns.assign(**{BEFORE: 10.0 * patterns[PERSONS], G: g})
    return Calibration("rake", margins, ("region", "sex"), patterns, category, ("W",), None, population)


def test_the_words_name_the_margins_the_population_and_the_range() -> None:
    found = calibration([0.5, 2.0, 1.0, 0.806])
    assert found.range == (0.5, 2.0)
    assert found.text == "raked to region, region × sex of adults; g from 0.50 to 2.00"
    assert calibration([1.0] * 4, population="").text == "raked to region, region × sex; g from 1.00 to 1.00"


@pytest.mark.parametrize(
    ("g", "outside"),
    [
        ([0.3, 3.0, 1, 1], 0),  # the limits themselves are usual
        ([0.29, 1, 1, 1], 1),
        ([1, 3.01, 1, 1], 2),
        ([0.1, 1, 1, 9.0], 5),
    ],
)
def test_persons_with_an_unusual_g_are_counted_and_told(g: list[float], outside: int) -> None:
    found = calibration(g)
    assert found.outside == outside
    told = (
        f"calibration multiplies some weights by less than 0.3 or more than 3 (from {min(g):.2f} to "
        f"{max(g):.2f})"
    )
    assert found.warning == (told if outside else "")


def test_factors_of_normalised_weights_are_compared_with_their_mean() -> None:
    made = calibration([301.0, 309.0, 305.0, 304.0])
    assert made.outside > 0
    assert replace(made, normalised=True).warning == ""
    assert replace(calibration([30.0, 300.0, 3000.0, 300.0]), normalised=True).outside > 0


def test_the_report_has_each_benchmark_beside_what_the_sample_said() -> None:
    table = calibration([0.5, 2.0, 1.0, 0.8]).report().set_index(["margin", "category"])
    assert table.loc[("region", "n")].to_list() == [
        3,
        60.0,
        30.0,
        2.0,
        0.5,
        2.0,
        2.0,
    ]  # g of persons: 0.5, 2, 2
    assert table.loc[("region", "s")].to_list() == [
        7,
        35.0,
        70.0,
        0.5,
        0.8,
        0.8,
        1.0,
    ]  # three of 1, four of 0.8
    assert table.loc[("region × sex", "n × f")].to_list() == [2, 30.0, 20.0, 1.5, 2.0, 2.0, 2.0]
    assert table.loc[("region × sex", "s × m"), ["persons", "ratio"]].to_list() == [3, 0.5]
    assert list(table) == ["persons", "population", "sample_estimate", "ratio", "g_min", "g_median", "g_max"]
