"""Attack: one person has such a large weight that the weighted number of cases is impossible without this
person.

The reader knows the weights of everybody in the cell, and what is printed of its cases.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fltoolkit.publish.disclosure.fitting_sets import PrintedCases, count_fitting_sets, identifies

BASE = 1000.0
OTHERS = np.round(700 * np.exp(0.3 * np.random.default_rng(4).standard_normal(80)), 10)
HEAVY = 80  # the position of the person who weighs more


def sure_cases(weights: NDArray[np.float64], printed: PrintedCases) -> list[int]:
    """Persons without whom the heaviest that may be cases do not reach the printed number."""
    most = len(weights) if printed.most is None else printed.most
    reached = [np.sort(np.delete(weights, i))[-most:].sum() for i in range(len(weights))]
    return np.flatnonzero(np.array(reached) < printed.low).tolist()


def cell(heavy: float) -> tuple[NDArray[np.float64], float]:
    """The weights of 81 persons, and the weighted number of 5 cases: the heavy person and four more."""
    weights = np.append(OTHERS, heavy)
    return weights, float(weights[-5:].sum())


def with_all_digits(total: float) -> PrintedCases:
    return PrintedCases(5, 5, total - 1e-9, total + 1e-9)


def to_the_base(total: float) -> PrintedCases:
    middle = np.rint(total / BASE) * BASE
    return PrintedCases(5, 14, middle - BASE / 2, middle + BASE / 2)


@pytest.mark.parametrize("heavy", [7_000.0, 40_000.0])
def test_all_digits_and_the_number_of_cases_name_the_person(heavy: float) -> None:
    weights, total = cell(heavy)
    assert sure_cases(weights, with_all_digits(total)) == [HEAVY]


def test_a_class_of_cases_and_a_base_leave_the_person_among_others() -> None:
    """Fourteen others weigh as much as ten times the mean."""
    weights, total = cell(7_000.0)
    assert sure_cases(weights, to_the_base(total)) == []
    assert not identifies(count_fitting_sets(weights, to_the_base(total)))


def test_where_no_class_helps_the_cell_is_hidden() -> None:
    """A weight of 57 times the mean: rounding does not protect, so the audit must say so."""
    weights, total = cell(40_000.0)
    assert sure_cases(weights, to_the_base(total)) == [HEAVY]
    assert identifies(count_fitting_sets(weights, to_the_base(total)))
