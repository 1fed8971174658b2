"""Tests the variance from replicates, calculated by hand: the centre, replicates without information, and the
rank of their weights."""

from __future__ import annotations

import numpy as np
import pytest

from fltoolkit.estimate.variance import Replicates, ranks

ESTIMATES = np.array([[1.0], [3.0], [5.0], [7.0]])


@pytest.mark.parametrize(("mse", "variance"), [(True, 6.0), (False, 5.0)])
def test_replicates_vary_about_the_estimate_or_about_their_mean(mse: bool, variance: float) -> None:
    """A quarter of 16 + 4 + 0 + 4 about 5, of 9 + 1 + 1 + 9 about 4."""
    replicates = Replicates(np.full(4, 0.25), mse, None)
    z = replicates.influence(ESTIMATES, None, np.array([5.0]))
    assert replicates.variances(z).tolist() == [pytest.approx(variance)]
    assert replicates.covariance(np.hstack([z, -2 * z]))[0, 1] == pytest.approx(-2 * variance)
    assert len(replicates) == 4


def test_a_replicate_that_does_not_count_does_not_move_the_mean() -> None:
    replicates = Replicates(np.array([0.5, 0.5, 0.0]), False, None)
    z = replicates.influence(np.array([[1.0], [3.0], [100.0]]), None, np.array([9.0]))
    assert replicates.variances(z).tolist() == [pytest.approx(0.5 * 1 + 0.5 * 1)]


def test_a_replicate_without_anybody_of_a_domain_adds_nothing_there() -> None:
    """Ratios 1/2, nothing, 3/4: their mean is 5/8."""
    y, x = np.array([[1.0], [0.0], [3.0]]), np.array([[2.0], [0.0], [4.0]])
    replicates = Replicates(np.ones(3), False, None)
    kept = x.copy()
    z = replicates.influence(y, x, np.array([0.5]))
    assert z.ravel().tolist() == [pytest.approx(-1 / 8), 0, pytest.approx(1 / 8)]
    assert (x == kept).all()
    again = replicates.influence(y, x, np.array([0.5]), overwrite_x=True)
    assert (again == z).all()
    assert not (x == kept).all()  # its memory was free to use


def test_replicates_are_the_same_by_their_factors_and_centre() -> None:
    one = Replicates(np.ones(2), True, None)
    assert one.same_as(Replicates(np.ones(2), True, 3))
    assert not one.same_as(Replicates(np.ones(2), False, None))
    assert not one.same_as(Replicates(np.full(2, 0.5), True, None))
    assert not one.same_as(object())


@pytest.mark.parametrize("times", [1, 30], ids=["few rows", "many rows"])
def test_the_rank_of_the_weights_of_a_cell(times: int) -> None:
    """The third replicate is the sum of the others; of cell 1 only one row has a weight, cell 2 has none,
    however large weights are."""
    first = np.array([[1.0, 2, 3], [1e6, 0, 1e6], [4, 1, 5]])
    weights = np.vstack([np.tile(first, (times, 1)), [[2, 0, 2]], [[0, 0, 0]], [[7, 8, 9]]])
    code = np.array([0] * 3 * times + [1, 2, -1])  # the last row is in no cell
    assert ranks(weights, [code], 3).tolist() == [2, 1, 0]
    some = np.array([0, 3 * times, 3 * times + 2])
    assert ranks(weights[some], [np.array([0, 1, 1])], 3).tolist() == [1, 2, 0]
