"""Computes confidence intervals that are suitable for rare events (docs/methods.md §3).

The functions take numbers or arrays and return the lower and the upper limits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance import Array

ProportionInterval = Literal[
    "korn_graubard_rare", "korn_graubard", "korn_graubard_nchs", "beta", "logit", "wilson", "asin", "wald"
]
METHODS = (
    "korn_graubard_rare",
    "korn_graubard",
    "korn_graubard_nchs",
    "beta",
    "logit",
    "wilson",
    "asin",
    "wald",
)
DEFAULT: ProportionInterval = "korn_graubard_rare"
EXACT = ("korn_graubard_rare", "korn_graubard", "korn_graubard_nchs", "beta")


@dataclass(frozen=True)
class Confidence:
    """The settings of a confidence interval: the method for a proportion (such as `wald` or `korn_graubard`),
    and the confidence level."""

    method: ProportionInterval = DEFAULT
    level: float = 0.95


@dataclass(frozen=True)
class EstimatedProportion:
    """A proportion estimated from a sample, with the numbers that its interval needs. For many proportions,
    each field is an array, and all arrays have the same shape.

    Attributes:
        p: the estimate.
        se: its standard error.
        n: persons who answered, unweighted.
        df: the design's degrees of freedom.
        deff_at_zero: the design effect that is assumed if there is no case.
        psus_with_cases: how many PSUs have a case; nan if unknown. Only `korn_graubard_rare` uses it.
    """

    p: ArrayLike
    se: ArrayLike
    n: ArrayLike
    df: ArrayLike
    deff_at_zero: ArrayLike = 1.0
    psus_with_cases: ArrayLike = np.nan


@dataclass(frozen=True)
class EstimatedCases:
    """A number of cases estimated from a sample, with the numbers that its interval needs. For many numbers,
    each field is an array.

    Attributes:
        total: the estimate.
        se: its standard error.
        df: its degrees of freedom.
        floor: the lowest possible number: the cases in the sample.
        population: the number of persons who could be cases.
        upper_at_zero: the upper limit of the prevalence if the sample has no case.
    """

    total: ArrayLike
    se: ArrayLike
    df: ArrayLike
    floor: ArrayLike
    population: ArrayLike
    upper_at_zero: ArrayLike


def t_quantile(level: float, df: ArrayLike) -> Array:
    """Returns t, the quantile of Student's distribution for a two-sided interval at this level; nan without
    degrees of freedom. Level 0.95 and many degrees of freedom give 1.96.
    """
    from scipy.special import stdtrit

    return np.asarray(stdtrit(df, 1 - (1 - level) / 2))[()]


def rare_df(df: ArrayLike, psus_with_cases: ArrayLike) -> Array:
    """Returns the degrees of freedom for the interval of a rare event. The result is the smaller of two
    numbers: the design's degrees of freedom, and the number of PSUs with cases minus one. It is at least 1.

    If no PSU has a case, or the number of PSUs with cases is unknown (nan), the design's degrees of freedom
    are returned.
    """
    df, psus = np.asarray(df, dtype=float), np.asarray(psus_with_cases, dtype=float)
    return np.asarray(np.where(psus > 0, np.minimum(df, np.maximum(psus - 1, 1.0)), df))[()]


def clopper_pearson(successes: ArrayLike, n: ArrayLike, level: float) -> tuple[Array, Array]:
    """Returns the exact lower and upper limit (Clopper and Pearson) of a binomial proportion, `successes` of
    `n`. The two numbers need not be whole."""
    from scipy.special import betaincinv

    alpha, x, n = 1 - level, np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    low = np.where(x <= 0, 0.0, betaincinv(x, n - x + 1, alpha / 2))
    high = np.where(x >= n, 1.0, betaincinv(x + 1, n - x, 1 - alpha / 2))
    return low[()], high[()]


def proportion(estimated: EstimatedProportion, confidence: Confidence) -> tuple[Array, Array]:
    """Returns the confidence limits of a proportion, or of many at once.

    The methods are:

    - `korn_graubard`: n_eff = p(1 − p)/SE², n* = min(n, n_eff·(t[n−1]/t[df])²), and Clopper–Pearson limits
      for n*·p of n* (Korn and Graubard 1998)
    - `korn_graubard_rare` (default): the same with the degrees of freedom of `rare_df` (not in R;
      docs/coverage.md)
    - `beta`: the same as `korn_graubard`, but n* may be larger than n (R `svyciprop`)
    - `logit`: as R's `xlogit`; `wilson`: as in R survey 4.5 or later; `asin`, and `wald` (R's `mean`): as in
      R

    If the sample has no case, or only cases, the SE is 0 and these formulas fail. Then the limits are
    Clopper–Pearson's with n_eff = n / max(1, deff_at_zero). The method `korn_graubard_nchs` is
    `korn_graubard` with n_eff = n in this situation (NCHS 2017).

    Returns:
        The lower and the upper limit, numbers or arrays like the input. Both are nan without degrees of
        freedom.

    Raises:
        RequestError: there is no such method.
    """
    method, level = confidence.method, confidence.level
    if method not in METHODS:
        raise RequestError(
            "no such interval",
            where="interval",
            found=method,
            allowed=METHODS,
            do=f"{DEFAULT} is made for rare events",
        )
    given = (np.asarray(getattr(estimated, field.name), dtype=float) for field in fields(estimated))
    p, se, n, df, deff_at_zero, psus_with_cases = np.broadcast_arrays(*given)
    if method == "korn_graubard_rare":
        df = rare_df(df, psus_with_cases)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = t_quantile(level, df)
        flat = (p <= 0) | (p >= 1) | (se <= 0)
        at_zero = n if method == "korn_graubard_nchs" else n / np.maximum(1.0, deff_at_zero)
        n_eff = np.where(flat, at_zero, p * (1 - p) / se**2)
        n_star = n_eff * (t_quantile(level, n - 1) / t) ** 2
        n_star = np.where((method == "beta") & ~flat, n_star, np.minimum(n, n_star))
        low, high = np.full(p.shape, np.nan), np.full(p.shape, np.nan)
        exact = flat | (method in EXACT)
        low[exact], high[exact] = clopper_pearson((n_star * p)[exact], n_star[exact], level)
        rest = ~exact
        low[rest], high[rest] = _by_formula(method, p[rest], se[rest], n_eff[rest], np.asarray(t)[rest])
    usable = (df >= 1) & (n >= 2) & ~np.isnan(p)
    return np.where(usable, low, np.nan)[()], np.where(usable, high, np.nan)[()]


def _by_formula(method: str, p: Array, se: Array, n_eff: Array, t: Array) -> tuple[Array, Array]:
    """Returns the lower and upper limits by one of the methods `logit`, `wilson`, `asin` and `wald`. The
    standard errors must be above 0."""
    if method == "logit":
        from scipy.special import expit

        centre, half = np.log(p / (1 - p)), t * se / (p * (1 - p))
        return expit(centre - half), expit(centre + half)
    if method == "wilson":
        centre, half = p + t**2 / (2 * n_eff), t / (2 * n_eff) * np.sqrt(4 * n_eff * p * (1 - p) + t**2)
        return (centre - half) / (1 + t**2 / n_eff), (centre + half) / (1 + t**2 / n_eff)
    if method == "asin":
        centre, half = np.arcsin(np.sqrt(p)), t * se / (2 * np.sqrt(p * (1 - p)))
        low, high = (
            np.maximum(centre - half, 0.0),
            np.minimum(centre + half, np.pi / 2),
        )  # beyond, sin² turns back (in R too)
        return np.sin(low) ** 2, np.sin(high) ** 2
    return p - t * se, p + t * se


def wald(estimate: ArrayLike, se: ArrayLike, df: ArrayLike, level: float) -> tuple[Array, Array]:
    """Returns the lower and upper limit estimate ± t·SE; nan without degrees of freedom."""
    estimate, df = np.asarray(estimate, dtype=float), np.asarray(df, dtype=float)
    half = np.where(df >= 1, t_quantile(level, df), np.nan) * np.asarray(se)
    return (estimate - half)[()], (estimate + half)[()]


def total_of_cases(estimated: EstimatedCases, level: float) -> tuple[Array, Array]:
    """Returns the lower and upper confidence limit of a number of cases T: T·exp(±t·SE/T). The lower limit is
    at least `estimated.floor`. If the sample has no case, the limits are 0 and `population` ×
    `upper_at_zero`."""
    total, df = np.asarray(estimated.total, dtype=float), np.asarray(estimated.df, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(t_quantile(level, df) * np.asarray(estimated.se) / total)
        low, high = np.maximum(total / spread, estimated.floor), total * spread
    at_zero = np.multiply(estimated.population, estimated.upper_at_zero)
    low, high = np.where(total <= 0, 0.0, low), np.where(total <= 0, at_zero, high)
    return np.where(df >= 1, low, np.nan)[()], np.where(df >= 1, high, np.nan)[()]
