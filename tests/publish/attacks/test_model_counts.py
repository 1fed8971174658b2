"""Attack: cases of hidden categories are calculated from a published model.

The reader knows the weights and groups of everybody (a public-use file). Two of four regions are hidden, so that their sum alone follows
from what is shown. A model of region, sex and age has one unknown for its intercept and one for each hidden region; its printed
odds ratios, average marginal effects and shown numbers of cases are equations for these, and then the model foretells the cases of each region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from fltoolkit.estimate.models import likelihood_fit

Floats = NDArray[np.float64]
MEAN, BASE = 700.0, 1000.0
TERMS = ["", "plain", "east", "west", "women", "old"]  # the intercept stands for north, men and young
EAST, WEST = 2, 3
SHOWN, HIDDEN = [1, 4, 5], [0, EAST, WEST]  # whose odds ratios are printed, and what the reader does not know


@dataclass(frozen=True)
class Country:
    """Persons by region, sex and age: the model matrix of the sixteen patterns, weighted persons, and weighted cases."""

    x: Floats
    w: Floats
    y: Floats

    @property
    def n(self) -> float:
        return float(self.w.sum() / MEAN)

    def cases_by_term(self) -> Floats:
        return self.y @ self.x


def make_country() -> Country:
    rng = np.random.default_rng(8)
    region, sex, age = (a.ravel() for a in np.indices((4, 2, 2)))
    x = np.column_stack([np.ones(16), region == 1, region == 2, region == 3, sex, age]).astype(float)
    persons = np.array([200, 150, 60, 70])[region] * (1 + 0.3 * rng.random(16)) / 4
    chance = np.array([0.12, 0.08, 0.15, 0.05])[region] * np.where(sex == 1, 1.4, 0.8) * np.where(age == 1, 0.7, 1.2)
    return Country(x, persons * MEAN, np.maximum(np.rint(persons * chance), 0) * MEAN * (1 + 0.1 * rng.random(16)))


def solve(equations: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Gauss and Newton's steps with a numerical derivative; the nearest where nothing fits."""
    theta = start.copy()
    for _ in range(60):
        off = equations(theta)
        slope = np.column_stack([(equations(theta + 1e-6 * e) - off) / 1e-6 for e in np.eye(len(theta))])
        theta = theta + np.clip(np.linalg.lstsq(slope, -off, rcond=None)[0], -1, 1)
    return theta


def of_ratios_and_cases(country: Country, ratios: Floats, cases: Floats) -> Floats:
    """Weighted cases of each term, out of maximum likelihood's odds ratios and the weighted cases of all, plain, women and the old."""

    def beta_of(theta: Floats) -> Floats:
        beta = np.zeros(6)
        beta[SHOWN], beta[HIDDEN] = np.log(ratios), theta
        return beta

    def foretold(theta: Floats) -> Floats:
        return np.asarray((country.w * expit(country.x @ beta_of(theta))) @ country.x)

    theta = solve(lambda t: (foretold(t)[[0, *SHOWN]] - cases) / MEAN, np.array([logit(cases[0] / country.w.sum()), 0.0, 0.0]))
    return foretold(theta)


def effects_of(country: Country, beta: Floats) -> Floats:
    """Average marginal effects of plain against north, women against men, the old against the young."""
    region, found = [1, 2, 3], []
    for term in SHOWN:
        up, down = country.x.copy(), country.x.copy()
        changed = region if term in region else [term]
        up[:, changed], down[:, changed] = 0, 0
        up[:, term] = 1
        found.append(country.w @ (expit(up @ beta) - expit(down @ beta)) / country.w.sum())
    return np.array(found)


def of_ratios_and_effects(country: Country, ratios: Floats, effects: Floats) -> Floats:
    """Weighted cases of each term out of Firth's odds ratios and effects alone: no number of cases is needed."""

    def beta_of(theta: Floats) -> Floats:
        beta = np.zeros(6)
        beta[SHOWN], beta[HIDDEN] = np.log(ratios), theta
        return beta

    beta = beta_of(solve(lambda t: 100 * (effects_of(country, beta_of(t)) - effects), np.array([-2.5, 0.0, 0.0])))
    mu, w = expit(country.x @ beta), country.w / MEAN
    spread = w * mu * (1 - mu)
    leverage = spread * np.einsum("ij,jk,ik->i", country.x, np.linalg.inv(country.x.T * spread @ country.x), country.x)
    return np.asarray((w * mu - leverage * (0.5 - mu)) @ country.x * MEAN)


def digits(values: Floats, many: int) -> tuple[Floats, Floats]:
    """The intervals in which values printed with so many digits lie."""
    unit = 10 ** (np.floor(np.log10(np.abs(values))) - many + 1)
    return (np.rint(values / unit) - 0.5) * unit, (np.rint(values / unit) + 0.5) * unit


def range_left(country: Country, beta: Floats, many: int, base: float) -> list[tuple[float, float]]:
    """The least and the most weighted cases of each term, in mean weights, that fit all that is printed.

    Printed are odds ratios and effects of so many digits, and numbers of cases to a base. The search starts at the truth, so that it
    can only find too narrow a range.
    """

    def printed(b: Floats) -> Floats:
        return np.concatenate([np.exp(b[SHOWN]), effects_of(country, b), foretold(b)[[0, *SHOWN]]])

    def foretold(b: Floats) -> Floats:
        return np.asarray(country.w * expit(country.x @ b) @ country.x)

    true = printed(beta)
    middle = np.rint(true[6:] / base) * base
    low, high = (np.append(d, middle + side * base / 2) for d, side in zip(digits(true[:6], many), (-1, 1), strict=True))
    scale = high - low
    inside = {"type": "ineq", "fun": lambda b: np.concatenate([(printed(b) - low) / scale, (high - printed(b)) / scale])}

    def least(sign: int, term: int) -> float:
        goal = minimize(
            lambda b: sign * foretold(b)[term] / MEAN, beta, constraints=[inside], method="SLSQP", options={"maxiter": 300}
        )
        return float(sign * goal.fun)

    return [(least(1, term), least(-1, term)) for term in range(6)]


@pytest.fixture(scope="module")
def country() -> Country:
    return make_country()


@pytest.fixture(scope="module")
def ratios(country: Country) -> dict[str, Floats]:
    """The odds ratios of the shown terms, as the package fits them."""
    w, y = country.w / MEAN, country.y / MEAN
    return {f.__name__: np.exp(f(country.x, y, w).beta) for f in (likelihood_fit.fit, likelihood_fit.fit_firth)}


def test_all_digits_of_odds_ratios_and_cases_tell_two_hidden_regions_apart(country: Country, ratios: dict[str, Floats]) -> None:
    cases = country.cases_by_term()
    found = of_ratios_and_cases(country, ratios["fit"][SHOWN], cases[[0, *SHOWN]])
    np.testing.assert_allclose(found, cases, rtol=1e-5)


def test_all_digits_of_odds_ratios_and_effects_tell_all_cases(country: Country, ratios: dict[str, Floats]) -> None:
    effects = effects_of(country, np.log(ratios["fit_firth"]))
    found = of_ratios_and_effects(country, ratios["fit_firth"][SHOWN], effects)
    np.testing.assert_allclose(found, country.cases_by_term(), rtol=1e-5)


def test_all_digits_of_a_model_undo_the_rounding_of_numbers(country: Country, ratios: dict[str, Floats]) -> None:
    """Numbers to the base, odds ratios and effects with six digits: west's cases are told to less than one person."""
    beta = np.log(ratios["fit"])
    low, high = range_left(country, beta, 6, BASE)[WEST]
    assert low <= country.cases_by_term()[WEST] / MEAN <= high
    assert high - low < 1


def test_two_digits_of_a_model_and_numbers_to_the_base_tell_nothing_of_hidden_regions(
    country: Country, ratios: dict[str, Floats]
) -> None:
    """Of 14 or 15 cases in both, each may hold two to thirteen; and no shown number is told much nearer than its base."""
    left = range_left(country, np.log(ratios["fit"]), 2, BASE)
    for low, high in (left[EAST], left[WEST]):
        assert low < 2
        assert high > 13
    for low, high in left:
        assert high - low > 0.3 * BASE / MEAN
