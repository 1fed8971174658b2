"""Fits a logistic regression to grouped persons, by maximum likelihood or Firth's method, and finds coefficients without an estimate.

Inputs have one row per covariate pattern: x (patterns × coefficients), y (weighted cases), w (weighted persons). Columns of x must be of
similar size. `logistic_model` adds the design-based variance.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance.taylor_variance import Array

STEPS, SMALL_STEP, LONGEST_STEP = 500, 1e-11, 5.0
RANK, ZERO = 1e-10, 1e-7
WIDEST = 50.0  # on the log-odds scale: an odds ratio of e^50 is without bound


class PatternSums(NamedTuple):
    """What a model is fitted to: a row a covariate pattern, with its weighted cases y and weighted persons w."""

    x: Array
    y: Array
    w: Array


@dataclass(frozen=True)
class Fit:
    """A maximum: coefficients, fitted probabilities, inverse of the information X'WX, and the (penalised) log-likelihood."""

    beta: Array
    mu: Array
    inverse: Array
    likelihood: float


def fit(x: Array, y: Array, w: Array, start: Array | None = None) -> Fit:
    """The coefficients that maximise Σ y·log μ + (w − y)·log(1 − μ): statsmodels' GLM on the patterns.

    Raises:
        RequestError: no maximum was found.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    there = w > 0
    model = GLM(y[there] / w[there], x[there], family=Binomial(), var_weights=w[there])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of separation and rank, which are found and told before (`separated`, `aliased`)
        found = model.fit(start_params=start, maxiter=STEPS, tol=SMALL_STEP, tol_criterion="params")
    if not found.converged:
        raise _not_settled()
    beta = np.asarray(found.params, dtype=float)
    mu = np.asarray(model.predict(beta, exog=x), dtype=float)
    return Fit(beta, mu, _inverse(x, w * mu * (1 - mu)), float(y @ (x @ beta) - w @ np.logaddexp(0, x @ beta)))


def fit_firth(x: Array, y: Array, w: Array, *, start: Array | None = None, held: int | None = None) -> Fit:
    """The coefficients that maximise the same plus ½ log |X'WX| (Firth 1993), which statsmodels does not have.

    Newton's steps with the modified score X'(y − wμ + h(½ − μ)), h the leverages (Heinze and Schemper 2002). `held` keeps one
    coefficient at its start, as a profile does. Where x lacks full rank the shortest step is taken, and what is estimable is right.

    Raises:
        RequestError: no maximum was found.
    """
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    free = np.arange(x.shape[1]) != held
    now = _at(x, y, w, beta)
    for _ in range(STEPS):
        spread = now.mu * (1 - now.mu)
        h = w * spread * np.einsum("ij,jk,ik->i", x, now.inverse, x)
        score = y - w * now.mu + h * (0.5 - now.mu)
        # As if h persons, half of them cases, stood beside the w: with w alone the steps of a group of one person go to and fro for ever.
        within = _inverse(x[:, free], (w + h) * spread)
        step = np.zeros(len(beta))
        step[free] = within @ (x.T @ score)[free]
        step *= min(1.0, LONGEST_STEP / max(np.abs(step).max(), SMALL_STEP))
        nxt = _at(x, y, w, now.beta + step)
        while nxt.likelihood < now.likelihood - 1e-12 * abs(now.likelihood) and np.abs(step).max() > SMALL_STEP:
            step = step / 2
            nxt = _at(x, y, w, now.beta + step)
        now = nxt
        if np.abs(step).max() < SMALL_STEP:
            return now
    raise _not_settled()


def _not_settled() -> RequestError:
    return RequestError("the model's estimates did not settle", where="logit", do="leave out groups that say almost the same")


def _at(x: Array, y: Array, w: Array, beta: Array) -> Fit:
    """Firth's likelihood at some coefficients."""
    from scipy.special import expit

    eta = x @ beta
    mu = expit(eta)
    v = w * mu * (1 - mu)
    penalty = float(np.linalg.slogdet(x.T @ (v[:, None] * x))[1]) / 2
    return Fit(beta, mu, _inverse(x, v), float(y @ eta - w @ np.logaddexp(0, eta)) + penalty)


def _inverse(x: Array, v: Array) -> Array:
    return np.asarray(np.linalg.pinv(x.T @ (v[:, None] * x), rcond=RANK, hermitian=True))


def profile(sums: PatternSums, best: Fit, j: int, drop: float) -> tuple[float, float]:
    """Limits of coefficient j where twice the fall of Firth's likelihood reaches `drop`; infinite where it never does.

    Wald limits are wrong under separation, where the likelihood is far from symmetric (Heinze and Schemper 2002).
    """
    from scipy.optimize import brentq

    def fall(value: float) -> float:
        start = best.beta.copy()
        start[j] = value
        return 2 * (best.likelihood - fit_firth(*sums, start=start, held=j).likelihood) - drop

    def limit(side: int) -> float:
        reach = 1.0
        while fall(best.beta[j] + side * reach) < 0:
            reach *= 2
            if reach > WIDEST:
                return side * np.inf
        return float(brentq(fall, best.beta[j], best.beta[j] + side * reach, xtol=1e-9))

    return limit(-1), limit(1)


def aliased(x: Array) -> NDArray[np.bool_]:
    """Columns that are linear combinations of earlier columns. They have no coefficient of their own; R's `glm` drops the same
    ones.
    """
    said: list[Array] = []
    found = np.zeros(x.shape[1], dtype=bool)
    for j, column in enumerate(x.T):
        rest = column.astype(float)
        for _ in range(2):  # twice, so that rounding leaves nothing
            for q in said:
                rest = rest - (q @ rest) * q
        size = np.linalg.norm(rest)
        found[j] = size <= ZERO * float(np.linalg.norm(column))
        if not found[j]:
            said.append(rest / size)
    return found


def separated(x: Array, cases: NDArray[np.bool_], others: NDArray[np.bool_]) -> Array:
    """Directions in which the likelihood rises for ever: directions × coefficients, none where every estimate is finite.

    Konis (2007): a direction b with x'b ≥ 0 in patterns of cases, ≤ 0 in those of others and 0 where both are, not all of them 0. A
    linear programme finds it. Patterns with x'b ≠ 0 are foretold with certainty; the others are searched again.

    Args:
        cases: patterns in which there is a case. others: in which there is somebody who is not.
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
    """Probabilities; under separation the limits 0 and 1 where the first direction that tells says so."""
    from scipy.special import expit

    mu = np.asarray(expit(x @ beta))
    for way in ways[::-1]:
        told = x @ way
        mu = np.where(np.abs(told) > ZERO, told > 0, mu)
    return mu
