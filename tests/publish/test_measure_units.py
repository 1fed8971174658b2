"""Tests the units of measures: the scale of each, and the one rounding that all outputs use."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from handed import FR

from fltoolkit.publish.measure_units import (
    COUNT_MEASURES,
    PERCENTAGES,
    PROFILES,
    SCALES,
    is_rate,
    rounded_as_printed,
    scaled,
    unit,
)
from fltoolkit.survey.spec.groups_and_tables import Measure


@pytest.mark.parametrize(
    ("value", "measure", "read"),
    [
        (6294.4, "total", 6290),
        (6295.6, "total", 6300),
        (123456.0, "stock", 123000),
        (999.6, "total", 1000),
        (12.4, "current", 12),
        (-754.2, "total", -754),
        (14.96694886, "prevalence", 15.0),
        (17.24, "stock_prevalence", 17.2),
        (49.86, "share", 50.0),
        (36.5, "profile", 37.0),
        (-0.04, "prevalence", 0.0),
        (7.06, "duration", 7.1),
    ],
)
def test_persons_have_three_digits_shares_none_and_everything_else_a_decimal(
    value: float, measure: str, read: float
) -> None:
    assert rounded_as_printed(value, measure) == read


def test_what_is_missing_stays_missing() -> None:
    assert math.isnan(rounded_as_printed(float("nan"), "total"))
    assert math.isnan(rounded_as_printed(float("nan"), "prevalence"))


def test_a_proportion_is_scaled_without_digits_of_its_own() -> None:
    assert (scaled(0.0187, "prevalence"), scaled(0.498, "share"), scaled(6300, "total")) == (18.7, 49.8, 6300)


@pytest.mark.parametrize(
    ("measure", "population", "words"),
    [
        ("prevalence", "adults", "per 1,000 adults"),
        ("prevalence", "", "per 1,000"),
        ("total", "adults", "persons"),
        ("share", "", "%"),
        ("stock_prevalence", "adults", "on an average day per 1,000 adults"),
        ("stock_prevalence", "", "on an average day per 1,000"),
        ("current_prevalence", "", "at the time of the interview per 1,000"),
        ("duration", "", "months"),
    ],
)
def test_a_rate_names_whom_it_is_of(measure: str, population: str, words: str) -> None:
    assert str(unit(measure, population)) == words


def test_a_unit_is_told_in_each_language() -> None:
    assert (
        FR.kit(unit("prevalence", "adults")) == "pour 1\u202f000 adults"
    )  # whom it is of are the survey's own words
    assert {FR.kit(unit(measure)) for measure in SCALES if not is_rate(measure)} >= {"personnes", "mois", "%"}


def test_every_measure_has_a_scale() -> None:
    assert set(SCALES) == {*get_args(Measure), "flowchart", "percent_decrease", "mean"}


def test_a_measure_is_a_number_a_rate_a_share_or_months() -> None:
    kinds = [
        set(COUNT_MEASURES),
        {m for m in SCALES if is_rate(m)},
        set(PERCENTAGES),
        {"duration"},
        {"mean", "median"},
    ]
    assert sum(map(len, kinds)) == len(SCALES)
    assert set.union(*kinds) == set(SCALES)
    assert set(PROFILES) <= set(SCALES)
