"""Tests the reference figures: they are those of the ILO, and always have the reason why they are not
comparable."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from fltoolkit.nap.global_estimates import COLUMNS, References, references


def test_every_row_says_that_it_is_not_comparable_and_why() -> None:
    rows = references()
    assert tuple(rows.columns) == COLUMNS
    assert set(rows["comparable"]) == {"no"}
    assert rows["why"].map(str).str.len().min() > 100
    assert rows["source"].str.startswith("ILO").all()


def test_no_row_can_be_made_comparable() -> None:
    with pytest.raises(ValidationError):
        References.model_validate({"comparable": "yes", "why": "the same", "sources": {}, "rows": []})


def test_the_figures_are_the_ilos() -> None:
    """ICLS.md's section 10, from the ILO's Global Estimates (2022; 2017 for 2016)."""
    rows = references().set_index(["place", "year", "measure"])["value"]
    assert rows["World", 2021, "stock"] == 27_600_000
    assert rows["World", 2021, "stock_prevalence"] == 3.5
    assert rows["World", 2016, "stock_prevalence"] == 3.4
    assert rows["Arab States", 2021, "stock_prevalence"] == 5.3
    assert rows["Africa", 2021, "stock"] == 3_800_000
    assert rows["World, State-imposed", 2021, "stock"] == 3_900_000
    assert len(rows) == 19


def test_regions_are_not_ranked() -> None:
    rows = references().query("year == 2021 and measure == 'stock_prevalence' and place != 'World'")
    assert list(rows["place"]) == [
        "Asia and the Pacific",
        "Europe and Central Asia",
        "Africa",
        "Americas",
        "Arab States",
    ]
    assert not rows["value"].is_monotonic_increasing
    assert not rows["value"].is_monotonic_decreasing
