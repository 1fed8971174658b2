"""Tests which cells are confidential by their own counts (primary suppression)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fltoolkit.publish.disclosure.confidential_cells import (
    Cell,
    Limits,
    confidential,
    crossed_groups,
    known_count,
    mean_weights,
    merged,
)


@pytest.mark.parametrize(
    ("few", "why"),
    [
        ({"cases": 4}, "fewer than 5 cases"),
        ({"non_cases": 4}, "fewer than 5 persons who are not cases"),
        ({"psus": 2}, "fewer than 3 sampling points with cases"),
        ({"households": 2}, "fewer than 3 households with cases"),
        ({"persons": 29}, "fewer than 30 persons"),
        ({"cases": 1, "households": 1}, "fewer than 5 cases"),  # the first reason
        (
            {"non_cases": None, "psus": None, "households": None},
            "",
        ),  # what the design does not say is no reason
        ({}, ""),
    ],
)
def test_a_cell_is_confidential_below_any_of_its_limits(few: dict[str, Any], why: str) -> None:
    at_the_limits = {"cases": 5, "persons": 30, "non_cases": 5, "psus": 3, "households": 3}
    assert confidential(Cell(**at_the_limits | few), Limits()) == why


def test_a_cell_without_cases_may_be_shown_if_it_has_enough_persons_and_limits_may_be_higher() -> None:
    assert confidential(Cell(0, 30, non_cases=30, psus=0, households=0), Limits()) == ""
    assert confidential(Cell(0, 29, non_cases=29, psus=0, households=0), Limits()) == "fewer than 30 persons"
    assert confidential(Cell(9, 100), Limits(cases=10)) == "fewer than 10 cases"
    assert (
        confidential(Cell(0, 5), Limits()) == ""
    )  # its persons are cases of a whole: no population that could be too small


def test_cells_merge_into_one_that_holds_the_cases_of_all() -> None:
    some = merged(
        [Cell(2, 50, 48, weighted=20.0, mean_weight=10.0), Cell(3, 80, 77, weighted=45.0, mean_weight=15.0)]
    )
    assert some == Cell(5, 80, weighted=65.0, mean_weight=15.0)
    assert (
        merged([Cell(2, 50, weighted=20.0), Cell(3, 80)]).weighted is None
    )  # what is unknown of a part is unknown of all
    assert merged([]) == Cell(0, 0, weighted=0)


def test_a_count_may_be_unknown() -> None:
    assert [known_count(c) for c in (3.0, float("nan"), pd.NA)] == [3, None, None]


def test_groups_that_a_breakdown_crosses_stand_together() -> None:
    """b and c through one breakdown, c and d through another: all three."""
    assert crossed_groups([["a"], ["b", "c"], [], ["d", "c"]]) == [frozenset("a"), frozenset("bcd")]
    assert crossed_groups([[]]) == []


def test_a_populations_mean_weight_is_that_of_its_cells() -> None:
    cells = {("workers", frozenset[tuple[str, str]]()): Cell(5, 90, mean_weight=20.0)}
    cells |= {
        ("adults", frozenset({("sex", sex)})): Cell(5, 90, mean_weight=w)
        for sex, w in (("men", 10.0), ("women", 12.0))
    }
    assert mean_weights(cells) == {"workers": 20.0, "adults": 12.0}
    assert list(mean_weights(cells)) == ["workers", "adults"]  # the order in which a system numbers them
