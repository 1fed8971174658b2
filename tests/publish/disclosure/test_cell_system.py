"""Tests the equations between cells of which only the groups are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from fltoolkit.publish.disclosure.cell_system import (
    EqualityConstraint,
    Kinds,
    Row,
    build_system,
    rounding_margins,
    system_of,
)
from fltoolkit.publish.disclosure.confidential_cells import Cell, Key


def key(**groups: str) -> Key:
    return frozenset(groups.items())


def test_a_cell_is_the_sum_of_the_kinds_in_it() -> None:
    cells = {
        key(): Cell(9, 90),
        key(a="1"): Cell(4, 50),
        key(a="2"): Cell(5, 40),
        key(a="1", b="x"): Cell(4, 50),
    }
    cells |= {key(a="2", b="x"): Cell(2, 20), key(a="2", b="y"): Cell(3, 20)}
    system = system_of(cells)
    assert system.kinds == 3  # a = 1 with b = y has nobody
    assert system.cases.tolist() == [9, 4, 5, 4, 2, 3]
    whole, *_, fine = (system.count[[i]].toarray()[0, :3].sum() for i in (0, 1, 5))
    assert (whole, fine) == (3, 1)


def test_groups_that_no_cell_crosses_make_blocks_with_the_same_total() -> None:
    """Two groups of two values are four kinds and one equality constraint, not four combinations that no table would tell
    apart."""
    cells = {
        key(): Cell(9, 90),
        **{key(a=v): Cell(4, 45) for v in "12"},
        **{key(b=v): Cell(4, 45) for v in "xy"},
    }
    system = system_of(cells)
    assert system.kinds == 4
    assert system.equalities.toarray()[0, :4].tolist() == [1, 1, -1, -1]
    assert system.equal_to.tolist() == [0, 0]


def test_a_cell_of_nobody_holds_no_kind() -> None:
    system = system_of(
        {key(): Cell(4, 40), key(a="1"): Cell(4, 40), key(a="2"): Cell(0, 0), key(a="1", b="x"): Cell(4, 40)}
    )
    assert system.count[[2]].sum() == 0


def test_weights_of_a_kind_lie_between_those_of_its_lightest_and_heaviest_person() -> None:
    """Two cases of a kind that weighs 1 to 3, one of a kind that weighs 2: between 4 and 8 in all."""
    kinds = Kinds(np.array([5.0, 4.0]), np.array([[1.0, 2.0]]), np.array([[3.0, 2.0]]))
    system = build_system(kinds, [Row("all", 0, 3.0, 6.0, 9.0, 0.5, 0.5)], csr_array(np.ones((1, 2))), [])
    assert system.spread.tolist() == [0]  # the second kind's persons weigh the same
    lightest, heaviest = (float((system.weight @ np.array([2.0, 1.0, beyond]))[0]) for beyond in (0.0, 2.0))
    assert (lightest, heaviest) == (4, 8)
    assert system.most.tolist() == [5, 4, 5]


def test_an_equality_constraint_holds_for_cases_and_for_weighted_cases() -> None:
    kinds = Kinds(np.array([5.0, 5.0]), np.array([[2.0, 2.0]]), np.array([[2.0, 3.0]]))
    row = Row("all", 0, 3.0, 6.0, 9.0, 0.5, 0.5)
    system = build_system(
        kinds,
        [row],
        csr_array(np.array([[1.0, 0.0]])),
        [EqualityConstraint({0: 1.0, 1: -1.0}, 1.0, {0: 4.0})],
    )
    assert system.equal_to.tolist() == [1, 4]
    assert system.weighed.tolist() == [False, True]
    assert system.equalities.toarray().tolist() == [[1, -1, 0], [2, -2, -1]]


@pytest.mark.parametrize("cells", [{key(): Cell(3, 40)}, {key(a="1"): Cell(3, 40)}])
def test_one_cell_is_a_system_too(cells: dict[Key, Cell]) -> None:
    system = system_of(cells)
    assert system.kinds == 1
    assert system.programme.shape == (
        3,
        6,
    )  # cases, weighted cases, one spread; two unknowns and four changes


@pytest.mark.parametrize(
    ("weighted", "others", "base", "rate_step", "expected"),
    [
        (1300.0, 838_700.0, 200.0, 0.0, (0.0, 200.0)),  # printed as 1,400: from 1,300 to below 1,500
        (1300.0, 838_700.0, 200.0, 0.0001, (0.0, 2.0)),  # and as 0.0015: below 1,302
        (1390.0, 838_610.0, 200.0, 0.0, (90.0, 110.0)),
        (1300.0, None, 200.0, 0.0001, (0.0, 200.0)),  # of what only cases have no rate is printed
        (None, None, 200.0, 0.0001, (100.0, 100.0)),
        (1300.0, 838_700.0, 0.0, 0.0, (0.0, 0.0)),
    ],
)
def test_a_printed_number_leaves_what_is_rounded_to_it(
    weighted: float | None, others: float | None, base: float, rate_step: float, expected: tuple[float, float]
) -> None:
    cell = Cell(12, 8000, weighted=weighted, weighted_others=others)
    assert rounding_margins(cell, base, rate_step) == pytest.approx(expected, abs=1e-6)
