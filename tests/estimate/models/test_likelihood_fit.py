"""Tests logistic regression on groups of persons: closed forms of saturated models, Firth's penalty, limits,
and models without an estimate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fltoolkit.errors import RequestError
from fltoolkit.estimate.models import likelihood_fit
from fltoolkit.estimate.models.likelihood_fit import (
    Fit,
    PatternSums,
    aliased,
    directions_of_separation,
    fit,
    fit_firth,
    predict,
    profile_likelihood_limits,
)

ONE = np.ones((1, 1))
GROUPS = np.array([[1.0, 0.0], [1.0, 1.0]])  # an intercept, and the second group's difference
Y, W = np.array([3.0, 8.0]), np.array([12.0, 20.0])


def log_odds(p: float) -> float:
    return float(np.log(p / (1 - p)))


@pytest.mark.thorough("starts Python anew")
def test_a_fit_imports_nothing_that_it_does_not_use_and_others_still_can() -> None:
    code = """
import sys
import numpy as np
from fltoolkit.estimate.models.likelihood_fit import fit
fit(np.ones((1, 1)), np.array([1.0]), np.array([4.0]))
assert "statsmodels" in sys.modules and not {"polars", "formulaic"} & sys.modules.keys()
import formulaic
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_saturated_model_gives_the_groups_own_rates() -> None:
    found = fit(GROUPS, Y, W)
    assert_allclose(found.beta, [log_odds(3 / 12), log_odds(8 / 20) - log_odds(3 / 12)], rtol=1e-9)
    assert_allclose(found.mu, [0.25, 0.4], rtol=1e-9)
    # Σ y·log μ + (w − y)·log(1 − μ); the inverse information of a rate's log odds is 1 / w·p·(1 − p), of a
    # difference the sum of both.
    assert found.likelihood == pytest.approx(
        3 * np.log(0.25) + 9 * np.log(0.75) + 8 * np.log(0.4) + 12 * np.log(0.6)
    )
    first, second = 1 / (12 * 0.25 * 0.75), 1 / (20 * 0.4 * 0.6)
    assert_allclose(found.inverse, [[first, -first], [-first, first + second]], rtol=1e-8)


@pytest.mark.parametrize("fitted", [fit, fit_firth])
def test_a_fit_that_has_not_settled_after_the_last_step_is_an_error(
    fitted: Callable[..., Fit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likelihood_fit, "STEPS", 2)
    with pytest.raises(RequestError, match="did not converge"):
        fitted(GROUPS, Y, W)


def test_groups_of_no_weight_change_nothing_and_still_have_a_rate() -> None:
    found = fit(np.vstack([GROUPS, [1.0, 2.0]]), np.array([*Y, 0.0]), np.array([*W, 0.0]), start=np.zeros(2))
    assert_allclose(found.beta, fit(GROUPS, Y, W).beta, rtol=1e-9)
    odds = (0.4 / 0.6) ** 2 / (0.25 / 0.75)
    assert found.mu[2] == pytest.approx(odds / (1 + odds))


def test_firths_penalty_adds_half_a_person_to_each_cell_of_a_saturated_model() -> None:
    """Firth (1993): the mode under Jeffreys' prior; of a binomial (y + ½) / (w + 1)."""
    p = [(3 + 0.5) / (12 + 1), (8 + 0.5) / (20 + 1)]
    found = fit_firth(GROUPS, Y, W)
    assert_allclose(found.mu, p, rtol=1e-9)
    information = [w * q * (1 - q) for w, q in zip(W, p, strict=True)]
    plain = sum(y * np.log(q) + (w - y) * np.log(1 - q) for y, w, q in zip(Y, W, p, strict=True))
    assert found.likelihood == pytest.approx(plain + np.log(information[0] * information[1]) / 2)


@pytest.mark.parametrize("persons", [0.3, 1.0, 1.02, 9.0])
def test_firths_rate_of_a_group_is_found_however_few_persons_it_has(persons: float) -> None:
    """Steps of the plain information go to and fro for ever where there is one person, whom the penalty is
    for."""
    assert fit_firth(ONE, np.zeros(1), np.array([persons])).mu[0] == pytest.approx(0.5 / (persons + 1))
    both = fit_firth(GROUPS, np.array([3.0, 0.0]), np.array([43.0, persons]))
    assert_allclose(both.mu, [3.5 / 44, 0.5 / (persons + 1)], rtol=1e-9)


def test_a_coefficient_that_is_held_stays_and_the_others_make_the_best_of_it() -> None:
    start = np.array([0.0, 0.7])
    found = fit_firth(GROUPS, Y, W, start=start, held=1)
    assert found.beta[1] == 0.7
    assert start.tolist() == [0.0, 0.7]
    near = [
        fit_firth(GROUPS, Y, W, start=np.array([found.beta[0] + step, 0.7]), held=None).likelihood
        for step in (-0.1, 0.1)
    ]
    assert found.likelihood < min(near)  # let go, both coefficients do better
    assert found.likelihood == pytest.approx(
        max(likelihood(found.beta[0] + step, 0.7) for step in np.linspace(-0.5, 0.5, 101)), abs=1e-9
    )


def likelihood(*beta: float) -> float:
    """Firth's likelihood of the two groups, written out."""
    p = 1 / (1 + np.exp(-(GROUPS @ np.array(beta))))
    information = GROUPS.T @ np.diag(W * p * (1 - p)) @ GROUPS
    return float(Y @ np.log(p) + (W - Y) @ np.log(1 - p) + np.log(np.linalg.det(information)) / 2)


def test_a_profiles_limits_lie_where_twice_the_fall_is_the_drop() -> None:
    y, w, drop = np.array([4.0]), np.array([30.0]), 3.841
    best = fit_firth(ONE, y, w)
    low, high = profile_likelihood_limits(PatternSums(ONE, y, w), best, 0, drop)
    assert low < best.beta[0] < high

    def at(beta: float) -> float:
        p = 1 / (1 + np.exp(-beta))
        return float(4 * np.log(p) + 26 * np.log(1 - p) + np.log(30 * p * (1 - p)) / 2)

    assert_allclose([2 * (at(best.beta[0]) - at(limit)) for limit in (low, high)], drop, rtol=1e-6)


def test_a_limit_beyond_any_odds_ratio_is_infinite() -> None:
    """Without a case the fall towards no risk at all is one unit a step of the log odds: 60 are never reached
    before 50."""
    y, w = np.zeros(1), np.ones(1)
    low, high = profile_likelihood_limits(PatternSums(ONE, y, w), fit_firth(ONE, y, w), 0, 60.0)
    assert low == -np.inf
    assert 0 < high < 50


def test_columns_that_others_say_already_are_told() -> None:
    x = np.array([[1, 0, 1, 0, 3.0], [1, 1, 3, 0, 1.0], [1, 2, 5, 0, 4.0], [1, 0, 1, 0, 1.0]])
    assert aliased(x).tolist() == [False, False, True, True, False]  # 2·b + 1, and nothing at all
    assert aliased(x[:, ::-1]).tolist() == [False, True, False, False, True]


def test_a_group_without_a_case_is_a_direction_and_groups_with_both_are_none() -> None:
    x = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1.0]])
    both = np.array([True, True, True])
    assert directions_of_separation(x, both, both).shape == (0, 3)
    ways = directions_of_separation(x, np.array([True, False, True]), both)
    assert (np.sign(ways) == [[0, -1, 0]]).all()  # the second group's coefficient falls for ever
    assert (np.sign(directions_of_separation(x, both, np.array([True, True, False]))) == [[0, 0, 1]]).all()
    assert_allclose(predict(x, np.array([log_odds(0.2), 0.0, 0.0]), ways), [0.2, 0.0, 0.2])


def test_only_cases_here_and_only_others_there_separate_everything() -> None:
    x = np.array([[1, 0], [1, 1.0]])
    ways = directions_of_separation(x, np.array([False, True]), np.array([True, False]))
    assert_allclose(predict(x, np.zeros(2), ways), [0.0, 1.0])
    # A number with one crossing: of those below 2 nobody, of those above everybody is a case.
    line = np.column_stack([np.ones(4), [0.0, 1.0, 3.0, 4.0]])
    case = np.array([False, False, True, True])
    assert_allclose(predict(line, np.zeros(2), directions_of_separation(line, case, ~case)), [0, 0, 1, 1])
    mixed = directions_of_separation(
        line, np.array([True, False, True, True]), np.array([True, True, False, True])
    )
    assert mixed.shape == (0, 2)  # both at 0 and at 4 leave no direction


def test_of_several_directions_the_first_that_tells_decides() -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0], [0.0, 0.0]])
    ways = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert_allclose(predict(x, np.array([5.0, 5.0]), ways), [1.0, 1.0, 1.0, 0.5])
    assert isinstance(fit(GROUPS, Y, W), Fit)
