"""Tests the links between groups that only cases have and groups that everybody has. The link is the number
of cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.publish.disclosure.confidential_cells import Cell, Limits
from fltoolkit.publish.disclosure.feasible_counts import Goal, Terms, solve
from fltoolkit.publish.disclosure.survey_system import (
    DisclosureScenario,
    OutcomeCells,
    SurveySystem,
    survey_system,
)

WHOLE = ("adults", frozenset[tuple[str, str]]())
MEN, WOMEN = (("adults", frozenset({("sex", s)})) for s in ("men", "women"))
FARMS, SITES, HOMES = (("adults", frozenset({("sector", s)})) for s in ("farms", "sites", "homes"))
CASES = {WHOLE: 30, MEN: 20, WOMEN: 10, FARMS: 3, SITES: 7, HOMES: 20}


@pytest.fixture
def system(small: Any) -> SurveySystem:
    """Thirty cases, twenty of them men; by sector of their forced labour 3, 7 and 20."""
    people = [("case", {"SEX": 1 + (i >= 20), "P": i, "W": 10.0}) for i in range(30)]
    people += [("not", {"SEX": 1 + i % 2, "P": i % 40, "W": 10.0}) for i in range(170)]
    patterns = read_patterns(small(people), ["sex"], ["adults"])
    cells = {c: Cell(n, 200, weighted=10.0 * n, mean_weight=10.0) for c, n in CASES.items()}
    return survey_system(
        OutcomeCells(
            cells, "cases", DisclosureScenario(Limits(), b"", 10.0, case_only=frozenset({"sector"}))
        ),
        patterns,
    )


def possible(found: SurveySystem, goal: Goal, hidden: set[Any]) -> bool:
    prices = np.array([0.0 if c in hidden else np.inf for c in found.system.cells])
    return solve(found.system, [goal], Terms(prices)) is not None


def test_sectors_add_up_to_the_cases(system: SurveySystem) -> None:
    place = system.system.place
    assert not possible(system, Goal(place[FARMS], 2, float("nan"), at_least=False), {FARMS})
    assert possible(system, Goal(place[FARMS], 10, float("nan"), at_least=True), {FARMS, SITES})
    assert not possible(system, Goal(place[FARMS], 11, float("nan"), at_least=True), {FARMS, SITES})


def test_a_hidden_total_is_told_by_its_sectors_and_by_its_sexes(system: SurveySystem) -> None:
    """The total hidden alone is 30 by either; it is free only where a sex and a sector are hidden too."""
    goal = Goal(system.system.place[WHOLE], 31, float("nan"), at_least=True)
    assert not possible(system, goal, {WHOLE})
    assert not possible(system, goal, {WHOLE, FARMS})
    assert not possible(system, goal, {WHOLE, MEN})
    assert possible(system, goal, {WHOLE, FARMS, MEN})


def test_the_cases_of_the_system_are_those_of_the_cells(system: SurveySystem) -> None:
    found = system.system
    assert dict(zip(found.cells, found.cases.tolist(), strict=True)) == CASES
    assert found.weighted.tolist() == pytest.approx(found.cases.tolist())  # each weighs one mean weight
