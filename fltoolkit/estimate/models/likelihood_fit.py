"""Fits a logistic regression, by maximum likelihood or Firth's method, and finds separation: coefficients
without a finite estimate.

The data have one row per pattern (all persons with the same covariate values): x (patterns × coefficients), y
(weighted cases), w (weighted persons). The columns of x must be of similar size. The design-based variance is
computed elsewhere (`logistic_model`).
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance import Array

STEPS, SMALL_STEP, LONGEST_STEP = 500, 1e-11, 5.0
RANK, ZERO = 1e-10, 1e-7
UNUSED = "polars", "formulaic"  # statsmodels imports them if they are installed; that takes longer than a fit
WIDEST = 50.0  # on the log-odds scale: an odds ratio of e^50 counts as infinite


class PatternSums(NamedTuple):
    """The sums to which a model is fitted, one row per covariate pattern (combination of covariate values).

    Attributes:
        x: the model matrix (patterns × coefficients).
        y: weighted cases.
        w: weighted persons.
    """

    x: Array
    y: Array
    w: Array


@dataclass(frozen=True)
class Fit:
    """The result of a fit, at the maximum of the likelihood.

    Attributes:
        beta: the coefficients.
        mu: the fitted probability of each pattern.
        inverse: the inverse of the information matrix X'WX.
        likelihood: the log-likelihood; for Firth's method, the penalised one.
    """

    beta: Array
    mu: Array
    inverse: Array
    likelihood: float


def fit(x: Array, y: Array, w: Array, start: Array | None = None) -> Fit:
    """Returns the maximum likelihood estimate of a logistic regression: the coefficients that maximise Σ
    y·log μ + (w − y)·log(1 − μ). statsmodels' GLM does the work.

    Args:
        x: the model matrix (patterns × coefficients). A pattern is a combination of covariate values.
        y: the weighted cases of each pattern.
        w: the weighted persons of each pattern.
        start: the coefficients with which the search begins; None: statsmodels chooses them.

    Raises:
        RequestError: no maximum was found.
    """
    glm = _imported_without("statsmodels.genmod.generalized_linear_model", UNUSED)
    there = w > 0
    model = glm.GLM(y[there] / w[there], x[there], family=glm.families.Binomial(), var_weights=w[there])
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # about separation and rank, which were reported before (`directions_of_separation`, `aliased`)
        found = model.fit(start_params=start, maxiter=STEPS, tol=SMALL_STEP, tol_criterion="params")
    if not found.converged:
        raise _no_convergence()
    beta = np.asarray(found.params, dtype=float)
    mu = np.asarray(model.predict(beta, exog=x), dtype=float)
    return Fit(
        beta, mu, _inverse(x, w * mu * (1 - mu)), float(y @ (x @ beta) - w @ np.logaddexp(0, x @ beta))
    )


def _imported_without(name: str, unused: tuple[str, ...]) -> Any:
    """Imports a module, while the modules in `unused` are hidden from it. A module that is imported already
    is not hidden."""
    hidden = [other for other in unused if other not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        return import_module(name)
    finally:
        for other in hidden:
            del sys.modules[other]


def fit_firth(x: Array, y: Array, w: Array, *, start: Array | None = None, held: int | None = None) -> Fit:
    """Returns Firth's estimate of a logistic regression: the coefficients that maximise the log-likelihood of
    `fit` plus ½ log
    |X'WX| (Firth 1993). statsmodels does not offer this.

    Newton's method uses the modified score X'(y − wμ + h(½ − μ)), where h are the leverages (Heinze and
    Schemper 2002). If x lacks full rank, several steps are possible and the shortest is taken. Quantities
    that can be estimated are still right.

    Args:
        x, y, w: as in `fit`.
        start: the coefficients with which the search begins; None: all are 0.
        held: the position of a coefficient that keeps its value in `start` (for a profile likelihood); None:
            all are fitted.

    Raises:
        RequestError: no maximum was found.
    """
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    free = np.arange(x.shape[1]) != held
    now = _evaluated_at(x, y, w, beta)
    for _ in range(STEPS):
        spread = now.mu * (1 - now.mu)
        h = w * spread * np.einsum("ij,jk,ik->i", x, now.inverse, x)
        score = y - w * now.mu + h * (0.5 - now.mu)
        # This adds h persons to w, half of them cases. With w alone, the steps for a group of one person
        # would never settle.
        within = _inverse(x[:, free], (w + h) * spread)
        step = np.zeros(len(beta))
        step[free] = within @ (x.T @ score)[free]
        step *= min(1.0, LONGEST_STEP / max(np.abs(step).max(), SMALL_STEP))
        nxt = _evaluated_at(x, y, w, now.beta + step)
        while (
            nxt.likelihood < now.likelihood - 1e-12 * abs(now.likelihood) and np.abs(step).max() > SMALL_STEP
        ):
            step = step / 2
            nxt = _evaluated_at(x, y, w, now.beta + step)
        now = nxt
        if np.abs(step).max() < SMALL_STEP:
            return now
    raise _no_convergence()


def _no_convergence() -> RequestError:
    return RequestError(
        "the model's estimates did not converge",
        where="logit",
        do="leave out groups that say almost the same",
    )


def _evaluated_at(x: Array, y: Array, w: Array, beta: Array) -> Fit:
    """Returns, for given coefficients `beta`, the fitted probabilities and Firth's penalised log-likelihood,
    as a `Fit`. Nothing is fitted. The other arguments are as in `fit`."""
    from scipy.special import expit

    eta = x @ beta
    mu = expit(eta)
    v = w * mu * (1 - mu)
    penalty = float(np.linalg.slogdet(x.T @ (v[:, None] * x))[1]) / 2
    return Fit(beta, mu, _inverse(x, v), float(y @ eta - w @ np.logaddexp(0, eta)) + penalty)


def _inverse(x: Array, v: Array) -> Array:
    return np.asarray(np.linalg.pinv(x.T @ (v[:, None] * x), rcond=RANK, hermitian=True))


def profile_likelihood_limits(sums: PatternSums, best: Fit, j: int, drop: float) -> tuple[float, float]:
    """Returns the lower and upper confidence limit of one coefficient, by the profile of Firth's likelihood.

    The coefficient is held at a value, and the others are fitted. At a limit, the log-likelihood is lower
    than its maximum, and twice the difference equals `drop`. If the difference never becomes so large, the
    limit is infinite. Wald limits are wrong under separation, because the likelihood is then far from
    symmetric (Heinze and Schemper 2002).

    Args:
        sums: the data of the model.
        best: the fit at the maximum.
        j: the position of the coefficient.
        drop: twice the difference between the maximum of the log-likelihood and its value at a limit.
    """
    from scipy.optimize import brentq

    def fall(value: float) -> float:
        start = best.beta.copy()
        start[j] = value
        return 2 * (best.likelihood - fit_firth(*sums, start=start, held=j).likelihood) - drop

    def limit(sign: int) -> float:
        reach = 1.0
        while fall(best.beta[j] + sign * reach) < 0:
            reach *= 2
            if reach > WIDEST:
                return sign * np.inf
        return float(brentq(fall, best.beta[j], best.beta[j] + sign * reach, xtol=1e-9))

    return limit(-1), limit(1)


def aliased(x: Array) -> NDArray[np.bool_]:
    """Returns, for each column of x, whether it is a linear combination of earlier columns. Such columns have
    no coefficient; R's `glm` drops the same columns."""
    independent: list[Array] = []
    found = np.zeros(x.shape[1], dtype=bool)
    for j, column in enumerate(x.T):
        rest = column.astype(float)
        for _ in range(2):  # twice, so that no rounding error is left
            for q in independent:
                rest = rest - (q @ rest) * q
        size = np.linalg.norm(rest)
        found[j] = size <= ZERO * float(np.linalg.norm(column))
        if not found[j]:
            independent.append(rest / size)
    return found


def directions_of_separation(x: Array, cases: NDArray[np.bool_], others: NDArray[np.bool_]) -> Array:
    """Returns the directions in which the likelihood rises without end (directions × coefficients). A
    direction is a vector with one number per coefficient. For example, a category without a case gives one
    such direction. If every estimate is finite, there are none.

    A direction b has x'b ≥ 0 in patterns with only cases, x'b ≤ 0 in patterns without cases, and x'b = 0 in
    patterns with both, but not 0 in all patterns (Konis 2007). A linear programme finds it. Patterns with x'b
    ≠ 0 are predicted with certainty. Then the search goes on in the other patterns.

    Args:
        x: the model matrix (patterns × coefficients). A pattern is a combination of covariate values.
        cases: for each pattern, whether it has a case.
        others: for each pattern, whether it has a person who is not a case.
    """
    from scipy.optimize import linprog

    ways: list[Array] = []
    open_, both = np.ones(len(x), dtype=bool), cases & others
    while True:
        pure = ~both & open_
        signed = x[pure] * np.where(cases[pure], 1.0, -1.0)[:, None]
        if not len(signed):
            break
        held = (x[both], np.zeros(both.sum())) if both.any() else (None, None)
        found = linprog(-signed.sum(axis=0), -signed, np.zeros(len(signed)), *held, bounds=(-1, 1)).x
        way = np.where(np.abs(found) > ZERO, found, 0.0)
        new = pure & (np.abs(x @ way) > ZERO)
        if not new.any():
            break
        ways.append(way)
        open_ &= ~new
    return np.array(ways).reshape(-1, x.shape[1])


def predict(x: Array, beta: Array, ways: Array) -> Array:
    """Returns the predicted probability of each row of a model matrix.

    Args:
        x: the model matrix.
        beta: the coefficients.
        ways: the directions in which the likelihood rises without end (see `directions_of_separation`). If
            x'b ≠ 0 for such a direction b, the probability of the row is 1 (x'b > 0) or 0 (x'b < 0). The
            first of these directions decides.
    """
    from scipy.special import expit

    mu = np.asarray(expit(x @ beta))
    for way in ways[::-1]:
        predictor = x @ way
        mu = np.where(np.abs(predictor) > ZERO, predictor > 0, mu)
    return mu
