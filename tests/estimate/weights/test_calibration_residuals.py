"""Tests the residuals of calibrated weights, calculated by hand for two to four patterns of the margins."""

from __future__ import annotations

import numpy as np
import pytest

from fltoolkit.errors import DesignError
from fltoolkit.estimate.weights.calibration_residuals import Margins, dummies, solve


def margins(raked: bool = False) -> Margins:
    """Of three persons, each a unit, the first two are of one category; weights 1, 3 and 1 before, all
    doubled in that category."""
    return Margins(
        unit=np.array([0, 1, 2]),
        pattern=np.array([0, 0, 1]),
        w=np.array([2.0, 6.0, 1.0]),
        before=np.array([4.0, 1.0]),
        g=np.array([2.0, 1.0]),
        n=np.array([2.0, 1.0]),
        category=np.array([[0], [1]]),
        raked=raked,
    )


# Their values u are 5, 1 and 4: weighted influence by unit and by pattern, then unweighted sums by pattern.
BY_UNIT, BY_PATTERN, UNWEIGHTED = [[10.0], [6.0], [4.0]], [[16.0], [4.0]], [[6.0], [4.0]]


@pytest.mark.parametrize("raked", [False, True])
def test_post_stratification_leaves_what_lies_off_the_categorys_weighted_mean(raked: bool) -> None:
    """(1·5 + 3·1)/4 = 2 and 4; without unweighted sums raking is fitted so too, as in R."""
    z = np.array(BY_UNIT + BY_PATTERN)
    assert margins(raked).residual(z, 3).tolist() == [
        [pytest.approx(10 - 2 * 2)],
        [pytest.approx(6 - 6 * 2)],
        [pytest.approx(0)],
    ]


def test_raking_leaves_what_lies_off_the_unweighted_mean() -> None:
    """(5 + 1)/2 = 3 and 4."""
    z = np.array(BY_UNIT + BY_PATTERN + UNWEIGHTED)
    assert margins(raked=True).residual(z, 3).ravel().tolist() == pytest.approx([10 - 2 * 3, 6 - 6 * 3, 0])
    assert margins().residual(z, 3).ravel().tolist() == pytest.approx([6, -6, 0])


@pytest.mark.parametrize("raked", [False, True])
@pytest.mark.parametrize(
    ("u", "left"), [([1, 2, 3, 4], [0, 0, 0, 0]), ([1, 0, 0, 1], [0.5, -0.5, -0.5, 0.5])]
)
def test_two_margins_take_out_what_is_a_sum_of_both_and_nothing_else(
    u: list[float], left: list[float], raked: bool
) -> None:
    """A person in each of the four patterns, of weight 1: what is left is the interaction."""
    one, at = np.ones(4), np.arange(4)
    two = Margins(at, at, one, one, one, one, np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), raked)
    z = np.array(u, dtype=float)[:, None]
    assert two.residual(np.vstack([z, z, z]), 4).ravel().tolist() == pytest.approx(left, abs=1e-12)


def test_without_sums_by_pattern_there_is_no_variance() -> None:
    with pytest.raises(DesignError, match="no variance under calibrated weights"):
        margins().residual(np.array(BY_UNIT + BY_PATTERN[:1]), 3)


def test_margins_that_repeat_their_total_have_a_solution_all_the_same() -> None:
    x = dummies(np.array([[0, 0], [0, 1], [1, 0], [1, 2]]))
    assert x.tolist() == [[1, 0, 1, 0, 0], [1, 0, 0, 1, 0], [0, 1, 1, 0, 0], [0, 1, 0, 0, 1]]
    w, right = (
        np.array([1.0, 2.0, 3.0, 4.0]),
        np.array([[4.0], [6.0], [5.0], [2.0], [3.0]]),
    )  # both margins add up to 10
    b = solve(x, w, right)
    assert x.T @ (w[:, None] * (x @ b)) == pytest.approx(right)
