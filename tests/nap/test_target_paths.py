"""Tests the path from a baseline to its targets against formulas: straight lines, and steps of a constant
proportion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fltoolkit.nap.target_paths import Target, planned_value, target_in_words, target_value, targets_of_row


def target(year: int = 2030, **facts: Any) -> Target:
    return Target.model_validate({"year": year, **facts})


@pytest.mark.parametrize(
    ("facts", "value", "told"),
    [
        ({"cut": 0.25}, 30.0, "a cut of 25% by 2030"),
        ({"value": 1250}, 1250.0, "1,250 persons by 2030"),
        ({"eradicate": "true"}, 0.0, "eradication by 2030"),
    ],
)
def test_a_target_is_a_cut_of_the_baseline_a_value_or_nothing_left(
    facts: dict[str, Any], value: float, told: str
) -> None:
    assert target_value(target(**facts), 40.0) == pytest.approx(value)
    assert target_in_words(target(**facts), "persons") == told


def test_a_rows_targets_are_its_own_the_earliest_first() -> None:
    late, early = target(2030, cut=0.5), target(2027, cut=0.2)
    women = target(2028, cut=0.1, group="gender", category="women")
    given = [late, women, early]
    assert targets_of_row(given, "total", "total") == [early, late]
    assert targets_of_row(given, "gender", "women") == [women]
    assert targets_of_row(given, "gender", "men") == []


@pytest.mark.parametrize(
    ("path", "year", "value"),
    [
        ("linear", 2025, 80.0),
        ("linear", 2027, 50.0),
        ("linear", 2029, 20.0),
        ("geometric", 2027, 40.0),
        ("geometric", 2028, 80 * 0.25**0.75),
    ],
)
def test_a_way_is_a_straight_line_or_falls_by_one_proportion_a_year(
    path: str, year: int, value: float
) -> None:
    """From 80 in 2025 to 20 in 2029: 80 − 60·t/4, or 80·(1/4)^(t/4)."""
    assert planned_value([target(2029, cut=0.75, path=path)], 80.0, 2025, year) == pytest.approx(value)


def test_a_second_target_starts_from_the_first_and_is_a_cut_of_the_baseline() -> None:
    """80 in 2025, 40 in 2027, 20 in 2031."""
    both = [target(2027, cut=0.5), target(2031, cut=0.75)]
    assert [planned_value(both, 80.0, 2025, year) for year in (2026, 2027, 2029, 2031)] == pytest.approx(
        [60, 40, 30, 20]
    )


def test_no_year_outside_the_way_has_a_value() -> None:
    one = [target(2029, cut=0.75)]
    assert np.isnan([planned_value(one, 80.0, 2025, year) for year in (2024, 2030)]).all()
    assert np.isnan(planned_value([], 80.0, 2025, 2026))
    passed = [target(2024, value=70), target(2029, value=40)]  # a target before the baseline is no station
    assert planned_value(passed, 80.0, 2025, 2027) == pytest.approx(60)


def test_no_way_leads_upwards() -> None:
    """Before, forced labour was planned to rise from 0 to 20, and from 20 to 30: under *planned to fall*."""
    assert np.isnan(planned_value([target(2029, value=40, path="geometric")], 0.0, 2025, 2027))
    assert np.isnan(planned_value([target(2029, value=40)], 40.0, 2025, 2027))
    down_and_up = [target(2027, value=20), target(2029, value=30)]
    assert planned_value(down_and_up, 40.0, 2025, 2026) == pytest.approx(30)
    assert np.isnan(planned_value(down_and_up, 40.0, 2025, 2028))
