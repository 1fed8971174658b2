"""Units: the scale in which a measure is read, and its words in each language."""

from __future__ import annotations

import pytest
from handed import FR

from fltoolkit.publish.measure_units import SCALES, is_rate, scaled, unit


@pytest.mark.parametrize(
    ("measure", "population", "words"),
    [
        ("prevalence", "adults", "per 1,000 adults"), ("prevalence", "", "per 1,000"), ("total", "adults", "persons"), ("share", "", "%"),
        ("stock_prevalence", "adults", "on an average day per 1,000 adults"), ("stock_prevalence", "", "on an average day per 1,000"),
        ("current_prevalence", "", "at the time of the interview per 1,000"), ("duration", "", "months"),
    ],
)  # fmt: skip
def test_a_rate_names_whom_it_is_of(measure: str, population: str, words: str) -> None:
    assert str(unit(measure, population)) == words


def test_a_unit_is_told_in_each_language() -> None:
    assert FR.kit(unit("prevalence", "adults")) == "pour 1\u202f000 adults"  # whom it is of are the survey's own words
    assert {FR.kit(unit(measure)) for measure in SCALES if not is_rate(measure)} >= {"personnes", "mois", "%"}


def test_a_proportion_becomes_a_number_per_1000_here_only() -> None:
    assert (scaled(0.0187, "prevalence"), scaled(0.5, "share"), scaled(1200, "total")) == (18.7, 50, 1200)
