"""Tests cells in which one household or sampling unit has over half of the weighted cases."""

from __future__ import annotations

from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.publish.disclosure.confidential_cells import Cell
from fltoolkit.publish.disclosure.dominance import dominated, identifying_cells

WHOLE = ("adults", frozenset[tuple[str, str]]())


def people(heavy: float) -> list[tuple[str, dict[str, Any]]]:
    """Eight cases in eight sampling units, the first of a weight of its own; and others."""
    cases = [("case", {"P": i, "W": heavy if i == 0 else 10.0, "SEX": 1 + i % 2}) for i in range(8)]
    return cases + [("not", {"P": i % 40, "W": 10.0, "SEX": 1 + i % 2}) for i in range(160)]


@pytest.mark.parametrize(("heavy", "expected"), [(69.0, False), (71.0, True)])
def test_a_unit_with_more_than_the_others_together_dominates(
    heavy: float, expected: bool, small: Any
) -> None:
    """Seven others weigh 70."""
    patterns = read_patterns(small(people(heavy)), ["sex"], ["adults"])
    assert dominated(patterns, WHOLE) is expected
    assert dominated(patterns, ("adults", frozenset({("sex", "women")}))) is False


def test_a_dominated_cell_is_not_published(small: Any) -> None:
    assert fl.publish_run(small(people(10.0))).select("prevalence")["marker"].tolist() != ["c"]
    assert fl.publish_run(small(people(69.0))).select("prevalence")["marker"].tolist() == [
        "c"
    ]  # eight cases that weigh so much hold the heavy one
    assert fl.publish_run(small(people(71.0))).select("prevalence")["marker"].tolist() == ["c"]


def pointed(cases: int, women: int, small: Any, base: float = 10.0) -> bool:
    """Whether what is printed of so many women, all of one weight, points to one of them."""
    cell = ("adults", frozenset({("sex", "women")}))
    people = [("case" if i < cases else "not", {"SEX": 2, "P": i, "W": 10.0}) for i in range(women)]
    persons = small([*people, *(("not", {"SEX": 1, "P": i % 40, "W": 10.0}) for i in range(60))])
    counts = Cell(cases, women, weighted=10.0 * cases, mean_weight=10.0)
    return identifying_cells(read_patterns(persons, ["sex"], ["adults"]), {cell: counts}, base) == [cell]


@pytest.mark.parametrize(
    ("cases", "women", "expected"), [(8, 40, False), (15, 40, False), (20, 40, True), (60, 80, False)]
)
def test_a_cell_of_which_about_half_are_cases_points_to_each_of_them(
    cases: int, women: int, expected: bool, small: Any
) -> None:
    """Of fifteen of forty a person is in 15 of 40 sets, of twenty in half of them. Fifty cases and more are
    not looked at."""
    assert pointed(cases, women, small) is expected


def test_a_cell_that_points_to_persons_is_not_published(small: Any) -> None:
    people = [("case" if i < 20 else "not", {"SEX": 2, "P": i, "W": 10.0}) for i in range(40)]
    people += [("case" if i < 20 else "not", {"SEX": 1, "P": i % 40, "W": 10.0}) for i in range(160)]
    table = [{"measure": "prevalence", "by": [[], "sex"]}]
    assert (
        fl.publish_run(small(people, tables=table))
        .select("prevalence", "sex")
        .set_index("sex")
        .loc["women", "marker"]
        == "c"
    )
    assert fl.publish_run(
        small([(w, o | {"SEX": 1 + i % 2}) for i, (w, o) in enumerate(people)], tables=table)
    ).select("prevalence", "sex")["marker"].tolist() == ["", ""]
