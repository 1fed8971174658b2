"""What makes a cell confidential by itself, and which sums tie cells to each other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, confidential, known_count, merged, same_breakdown, sums_of


def key(**groups: str) -> Key:
    return frozenset(groups.items())


MEN, WOMEN, NORTH, WHOLE = key(sex="men"), key(sex="women"), key(region="north"), key()
CROSSED = [key(sex=sex, region=region) for sex in ("men", "women") for region in ("north", "south")]


@pytest.mark.parametrize(
    ("few", "why"),
    [
        ({"cases": 4}, "fewer than 5 cases"),
        ({"non_cases": 4}, "fewer than 5 persons who are not cases"),
        ({"psus": 2}, "fewer than 3 sampling points with cases"),
        ({"households": 2}, "fewer than 3 households with cases"),
        ({"cases": 1, "households": 1}, "fewer than 5 cases"),  # the first reason
        ({"non_cases": None, "psus": None, "households": None}, ""),  # what the design does not say is no reason
        ({}, ""),
    ],
)
def test_a_cell_is_confidential_below_any_of_four_limits(few: dict[str, Any], why: str) -> None:
    at_the_limits = {"cases": 5, "persons": 10, "non_cases": 5, "psus": 3, "households": 3}
    assert confidential(Cell(**at_the_limits | few), Limits()) == why


def test_a_cell_without_cases_may_be_shown_and_limits_may_be_higher() -> None:
    assert confidential(Cell(0, 3, non_cases=3, psus=0, households=0), Limits()) == ""
    assert confidential(Cell(9, 100), Limits(cases=10)) == "fewer than 10 cases"


def test_a_coarser_cell_is_the_sum_of_the_finer_ones_that_make_it() -> None:
    found = sums_of([WHOLE, MEN, WOMEN])
    assert found == [(WHOLE, (MEN, WOMEN))]
    crossed = {whole: set(parts) for whole, parts in sums_of([MEN, WOMEN, *CROSSED])}
    assert crossed[MEN] == set(CROSSED[:2])
    assert crossed[WOMEN] == set(CROSSED[2:])


def test_a_whole_that_is_not_shown_ties_two_breakdowns_and_alone_tells_nothing() -> None:
    """Men and women, and regions, add up to the same unseen total."""
    assert sums_of([MEN, WOMEN]) == []
    assert sums_of([MEN, WOMEN, NORTH]) == [(WHOLE, (MEN, WOMEN)), (WHOLE, (NORTH,))]
    assert sums_of([MEN, WOMEN], [(WHOLE, (NORTH,))]) == [(WHOLE, (NORTH,)), (WHOLE, (MEN, WOMEN))]


def test_cells_merge_into_one_that_holds_the_cases_of_all() -> None:
    some = merged([Cell(2, 50, 48, weighted=20.0, mean_weight=10.0), Cell(3, 80, 77, weighted=45.0, mean_weight=15.0)])
    assert some == Cell(5, 80, weighted=65.0, mean_weight=15.0)
    assert merged([Cell(2, 50, weighted=20.0), Cell(3, 80)]).weighted is None  # what is unknown of a part is unknown of all
    assert merged([]) == Cell(0, 0, weighted=0)


def test_a_breakdown_is_the_cells_of_the_same_groups_and_a_count_may_be_unknown() -> None:
    cells = dict.fromkeys([WHOLE, MEN, WOMEN, NORTH, *CROSSED], Cell(9, 99))
    assert same_breakdown(cells, MEN) == [MEN, WOMEN]
    assert same_breakdown(cells, CROSSED[0]) == CROSSED
    assert [known_count(c) for c in (3.0, float("nan"), pd.NA)] == [3, None, None]
