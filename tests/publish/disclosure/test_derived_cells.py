"""Tests parts of cells that no table shows: all of those that follow from shown cells are found, and no
others."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure.derived_cells import DerivedCell, changes_within_cells, derived_cells


def cell(population: str, **groups: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return population, frozenset(groups.items())


def found(
    cells: dict[tuple[str, frozenset[tuple[str, str]]], set[int]], cases: list[int], persons: int = 90
) -> dict[DerivedCell, list[int]]:
    """The parts of cells over kinds of so many persons each, by the kinds that a part holds."""
    holds = csr_array(np.array([[float(k in kinds) for k in range(len(cases))] for kinds in cells.values()]))
    counts = (np.full(len(cases), float(persons)), np.array(cases, dtype=float))
    return {
        part: kinds.tolist()
        for part, kinds in derived_cells(
            list(cells), holds, counts, Limits(), changes_within_cells(holds)
        ).items()
    }


def test_a_population_less_another_is_a_part_where_few_cases_are_left() -> None:
    adults, workers = cell("adults"), cell("workers")
    cells = {adults: {0, 1}, workers: {0}}
    assert found(cells, [30, 3]) == {DerivedCell(adults, workers, "less"): [1]}
    assert found(cells, [30, 5]) == {}
    assert found(cells, [30, 0]) == {}
    assert found(cells, [30, 88]) == {DerivedCell(adults, workers, "less"): [1]}  # two of 90 who are no cases


def test_what_two_age_bands_share_follows_from_the_others() -> None:
    """18–24, 25–29, 30–49, 50+: 18–29 less 18–24 is 25–29."""
    cells = {
        cell("all", fine="18–24"): {0},
        cell("all", fine="25–49"): {1, 2},
        cell("all", fine="50+"): {3},
        cell("all", wide="18–29"): {0, 1},
        cell("all", wide="30–49"): {2},
        cell("all", wide="50+"): {3},
    }
    assert list(found(cells, [30, 3, 40, 20]).values()) == [[1]]


def test_halves_that_cross_tell_nothing_of_the_quarters() -> None:
    """ab | cd and ac | bd: a follows from neither."""
    cells = {
        cell("all", one="ab"): {0, 1},
        cell("all", one="cd"): {2, 3},
        cell("all", two="ac"): {0, 2},
        cell("all", two="bd"): {1, 3},
    }
    assert found(cells, [3, 20, 20, 20]) == {}


def test_two_populations_and_their_sum_tell_of_a_third() -> None:
    """Adults less workers less the idle: no cell is the part, yet it follows from three."""
    cells = {cell("adults"): {0, 1, 2}, cell("workers"): {0}, cell("idle"): {1}, cell("not idle"): {0, 2}}
    assert [2] in found(cells, [30, 20, 3]).values()


def test_a_part_that_is_a_cell_is_no_part() -> None:
    cells = {cell("all"): {0, 1}, cell("all", sex="men"): {0}, cell("all", sex="women"): {1}}
    assert found(cells, [30, 3]) == {}
