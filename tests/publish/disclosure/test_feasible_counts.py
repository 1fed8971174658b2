"""Tests which counts of a hidden cell remain possible, against answers calculated by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from fltoolkit.publish.disclosure.cell_system import CellSystem, Kinds, Row, build_system, system_of
from fltoolkit.publish.disclosure.confidential_cells import Cell, Key
from fltoolkit.publish.disclosure.feasible_counts import Goal, Terms, feasible_range, solve, solve_near

NAN, INF = float("nan"), float("inf")


def key(value: str = "") -> Key:
    return frozenset({("a", value)} if value else ())


SIXTEEN = system_of(
    {key(): Cell(16, 300), key("1"): Cell(3, 100), key("2"): Cell(4, 100), key("3"): Cell(9, 100)}
)


def known(*shown: int, system: CellSystem[Key] = SIXTEEN) -> np.ndarray:
    """Prices where some cells are shown and may not change, and of the others nothing is known."""
    return np.where(np.isin(np.arange(len(system.cells)), shown), INF, 0.0)


@pytest.mark.parametrize(
    ("cases", "at_least", "possible"), [(7, True, True), (8, True, False), (0, False, True)]
)
def test_two_hidden_cells_share_what_the_total_leaves(cases: int, at_least: bool, possible: bool) -> None:
    """16 less 9: from 0 to 7 cases in either."""
    found = solve(SIXTEEN, [Goal(1, cases, NAN, at_least)], Terms(known(0, 3)))
    assert (found is not None) is possible
    if found:
        assert found.cases[[1, 2]].sum() == pytest.approx(7)
        assert not found.changed_cells(SIXTEEN)[[0, 3]].any()


def test_what_must_change_for_a_goal_is_the_cheapest() -> None:
    """One hidden cell is 3 by subtraction. For it to be 1, either 4 or 9 must change: the first is
    cheaper."""
    prices = np.array([1000.0, 0.0, 5.0, 10.0])
    assert solve(SIXTEEN, [Goal(1, 1, NAN, at_least=False)], Terms(known(0, 2, 3))) is None
    found = solve(SIXTEEN, [Goal(1, 1, NAN, at_least=False)], Terms(prices))
    assert found is not None
    assert np.flatnonzero(found.changed_cells(SIXTEEN)).tolist() == [1, 2]
    assert found.change(SIXTEEN)[2] == pytest.approx(2)


def test_no_change_takes_a_case_that_readers_know_of() -> None:
    """A listed cell keeps its case where another goal asks for all, and one with three for certain keeps
    these, even if it is cheaper to change than the other."""
    listed = replace(SIXTEEN, least=np.array([0.0, 1.0, 1.0, 0.0]))
    assert solve(listed, [Goal(1, 7, NAN, at_least=True)], Terms(known(0, 3))) is None
    assert solve_near(listed, [Goal(2, 0, NAN, at_least=False)], known(0, 3) > 0, whole=True) is None
    three = replace(SIXTEEN, least=np.array([0.0, 0.0, 3.0, 0.0]))
    found = solve(three, [Goal(1, 7, NAN, at_least=True)], Terms(np.array([INF, 0.0, 1.0, 10.0])))
    assert found is not None
    assert found.cases == pytest.approx([16, 7, 3, 6])


def weighed(weights: tuple[float, float], rounding: float = 0.0) -> CellSystem[str]:
    """Two hidden cells of 3 and 14 cases whose persons weigh the same within each; their sums are shown."""
    kinds = Kinds(np.array([50.0, 50.0]), np.array([weights]), np.array([weights]))
    total = 3 * weights[0] + 14 * weights[1]
    rows = [Row("all", 0, 17.0, total, 100.0, rounding, rounding)]
    for i, (name, n) in enumerate((("one", 3), ("other", 14))):
        rows.append(Row(name, 0, float(n), n * weights[i], 50.0, rounding, rounding))
    return build_system(kinds, rows, csr_array(np.array([[1.0, 1], [1, 0], [0, 1]])), [])


def test_cases_and_weighted_cases_are_two_equations_where_weights_are_equal_within_cells() -> None:
    """700 and 900 a person: 17 cases that weigh 14,700 are 3 and 14, and nothing else. With equal weights
    anything goes."""
    goal, terms = [Goal(1, 4, NAN, at_least=True)], Terms(np.array([INF, 0.0, 0.0]))
    assert solve(weighed((0.7, 0.9)), goal, terms) is None
    assert solve(weighed((0.8, 0.8)), goal, terms) is not None


def test_a_base_that_the_sum_is_rounded_to_leaves_room() -> None:
    """Rounded to a person's weight the same sum fits 1 to 5 in the first cell: each exchange weighs 0.2."""
    terms = Terms(np.array([INF, 0.0, 0.0]))
    for cases, possible in ((5, True), (6, False)):
        found = solve(weighed((0.7, 0.9), rounding=0.5), [Goal(1, cases, NAN, at_least=True)], terms)
        assert (found is not None) is possible


def test_a_cell_never_holds_more_cases_than_persons() -> None:
    rows = [Row("all", 0, 9.0, NAN, 52.0, 0.0, 0.0), Row("small", 0, 1.0, NAN, 2.0, 0.0, 0.0)]
    kinds = Kinds(np.array([2.0, 50.0]), np.ones((1, 2)), np.ones((1, 2)))
    small = build_system(kinds, rows, csr_array(np.array([[1.0, 1], [1, 0]])), [])
    terms = Terms(np.array([INF, 0.0]))
    assert solve(small, [Goal(1, 2, NAN, at_least=True)], terms) is not None
    assert solve(small, [Goal(1, 3, NAN, at_least=True)], terms) is None


def ring(*, fourth: bool = False) -> CellSystem[str]:
    """x + y, y + z and z + x are 1 each. The hidden cell is x; or, with a fourth kind u in each sum, x + y +
    z + u."""
    pairs = [(0, 1, 3), (1, 2, 3), (2, 0, 3), (0, 1, 2, 3) if fourth else (0,)]
    rows = [Row(str(i), 0, 1.0, NAN, 90.0, 0.0, 0.0) for i in range(3)] + [
        Row("hidden", 0, 0.5, NAN, 30.0, 0.0, 0.0)
    ]
    persons = np.array([30.0, 30.0, 30.0, 1.0])[: 3 + fourth]
    holds = csr_array(np.array([np.isin(np.arange(len(persons)), some) for some in pairs], dtype=float))
    return build_system(
        Kinds(persons, np.ones((1, len(persons))), np.ones((1, len(persons)))), rows, holds, []
    )


def test_whole_numbers_may_be_fewer_than_fractions() -> None:
    """Halves add up, whole persons do not."""
    goal, prices = Goal(3, 0.5, NAN, at_least=True), np.array([INF, INF, INF, 0.0])
    assert solve(ring(), [goal], Terms(prices)) is not None
    assert solve(ring(), [goal], Terms(prices, whole=True)) is None
    assert solve_near(ring(), [goal], np.isinf(prices), whole=True) is None


def test_whole_numbers_are_found_where_the_cheapest_numbers_are_fractions() -> None:
    """x, y and z are many and so come first: halves. In whole numbers only the one person of the fourth kind
    is the case."""
    system, goal, known = (
        ring(fourth=True),
        Goal(3, 1.0, NAN, at_least=True),
        np.array([True, True, True, False]),
    )
    found = solve_near(system, [goal], known, whole=True)
    assert found is not None
    assert found.whole
    assert found.cases.tolist() == [1, 1, 1, 1]
    assert solve_near(system, [Goal(3, 2.0, NAN, at_least=True)], known, whole=True) is None


@pytest.mark.parametrize(
    ("cases", "at_least", "possible"), [(7, True, True), (8, True, False), (0, False, True)]
)
def test_whole_numbers_without_a_choice_are_those_of_the_linear_programme(
    cases: int, at_least: bool, possible: bool
) -> None:
    found = solve_near(
        SIXTEEN, [Goal(1, cases, NAN, at_least)], np.array([True, False, False, True]), whole=True
    )
    assert (found is not None) is possible
    if found:
        assert found.cases.tolist() == [16, *([7, 0] if at_least else [0, 7]), 9]


def test_a_weighted_goal_is_met_beside_that_of_cases() -> None:
    """Four cases that weigh at least ten: the heavier persons of the cell must be the cases."""
    kinds = Kinds(np.array([9.0, 9.0]), np.array([[1.0, 1.0]]), np.array([[3.0, 3.0]]))
    rows = [Row("all", 0, 8.0, 16.0, 18.0, 0.5, 0.5), Row("one", 0, 4.0, 8.0, 9.0, 0.5, 0.5)]
    system = build_system(kinds, rows, csr_array(np.array([[1.0, 1], [1, 0]])), [])
    terms = Terms(np.array([INF, 0.0]))
    found = solve(system, [Goal(1, 4, 10.0, at_least=True)], terms)
    assert found is not None
    assert found.cases[1] >= 4 - 1e-9
    assert found.weighted[1] >= 10 - 1e-9
    assert solve(system, [Goal(1, 4, 17.0, at_least=True)], terms) is None  # 16.5 in all


def test_the_range_of_a_hidden_cell_is_what_the_others_leave() -> None:
    hidden = np.array([False, True, True, False])
    assert feasible_range(SIXTEEN, 1, hidden)[0] == pytest.approx((0, 7))
    assert feasible_range(SIXTEEN, 1, np.arange(4) == 1)[0] == pytest.approx((3, 3))
    system = weighed((0.7, 0.9), rounding=0.5)
    cases, weights = feasible_range(system, 1, np.array([False, True, True]))
    assert cases == pytest.approx((0.5, 5.5))  # 14.2 to 15.2 in all, of 17 cases
    assert weights == pytest.approx((0.35, 3.85))


def many_kinds(seed: int) -> CellSystem[str]:
    """A survey of 240 kinds of persons, most without cases, in 24 cells of four groups; weights differ."""
    draw = np.random.default_rng(seed)
    persons, cases = draw.integers(1, 5, 240).astype(float), (draw.random(240) < 0.1).astype(float)
    groups = [(n, draw.integers(0, n, 240)) for n in (3, 3, 8, 9)]
    holds = np.vstack([np.ones(240), *(values == k for n, values in groups for k in range(n))])
    light, heavy = draw.uniform(0.3, 1.0, (1, 240)), draw.uniform(1.0, 3.0, (1, 240))
    weighted = (light[0] + heavy[0]) / 2 * cases
    rows = [
        Row(str(i), 0, float(of @ cases), float(of @ weighted), float(of @ persons), 0.4, 0.4)
        for i, of in enumerate(holds)
    ]
    return build_system(Kinds(persons, light, heavy, cases), rows, csr_array(holds), [])


@pytest.mark.parametrize("whole", [False, True])
def test_near_the_true_numbers_the_same_goals_are_possible_as_anywhere(whole: bool) -> None:
    """Whether they are, the programme of all kinds of persons says."""
    answers = []
    for seed in range(6):
        system = many_kinds(seed)
        shown = np.random.default_rng(seed).random(len(system.cells)) < 0.7
        for row in np.flatnonzero(~shown):
            for far in (-2.0, 1.0, 4.0):
                goal = Goal(int(row), max(0.0, system.cases[row] + far), NAN, at_least=far > 0)
                near = solve_near(system, [goal], shown, whole=whole)
                anywhere = solve(system, [goal], Terms(np.where(shown, INF, 0.0), whole=whole))
                assert (near is None) is (anywhere is None)
                if near:
                    assert goal.met(near)
                    assert not near.changed_cells(system)[shown].any()
                answers.append(near is not None)
    assert 0.2 < np.mean(answers) < 1


def test_several_goals_are_met_together() -> None:
    goals = [Goal(1, 5, NAN, at_least=True), Goal(2, 2, NAN, at_least=False)]
    found = solve_near(SIXTEEN, goals, known(0, 3) > 0, whole=True)
    assert found is not None
    assert all(goal.met(found) for goal in goals)


def test_a_search_starts_from_whole_numbers_that_agree_with_all_cells() -> None:
    """Where the cases of a kind of persons are known, those; else any."""
    assert (SIXTEEN.count @ SIXTEEN.start).tolist() == [16, 3, 4, 9]
    system = many_kinds(1)
    assert (system.count @ system.start).tolist() == system.cases.tolist()
    assert (system.start[:240] == system.true).all()
