"""Confidence intervals, chosen for rare events (STATISTICS.md §3). Scalars in, (low, high) out."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fltoolkit.errors import RequestError

ProportionInterval = Literal["korn_graubard", "korn_graubard_nchs", "beta", "logit", "wilson", "asin", "wald"]
METHODS = ("korn_graubard", "korn_graubard_nchs", "beta", "logit", "wilson", "asin", "wald")
NONE = (float("nan"), float("nan"))


def t_quantile(level: float, df: float) -> float:
    """Upper two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 1 - (1 - level) / 2))


def clopper_pearson(successes: float, n: float, level: float) -> tuple[float, float]:
    """Exact binomial limits; `successes` and `n` need not be whole."""
    from scipy.special import betaincinv

    alpha = 1 - level
    low = 0.0 if successes <= 0 else float(betaincinv(successes, n - successes + 1, alpha / 2))
    high = 1.0 if successes >= n else float(betaincinv(successes + 1, n - successes, 1 - alpha / 2))
    return low, high


def proportion(
    p: float, se: float, n: float, df: float, level: float, method: ProportionInterval, deff_at_zero: float = 1.0
) -> tuple[float, float]:
    """Interval of a proportion.

    `korn_graubard` (default): n_eff = p(1 − p)/SE², n* = min(n, n_eff·(t[n−1]/t[df])²), Clopper–Pearson on (n*·p, n*)
    (Korn and Graubard 1998). `beta` is R svyciprop's, the same without the cap at n. `logit` is R's xlogit, `wilson` that
    of R survey ≥ 4.5, `asin` and `wald` (R's mean) as there.

    With no case (or only cases) SE is 0 and every method fails: then n_eff = n / max(1, deff_at_zero), and
    `korn_graubard_nchs` takes n_eff = n (NCHS 2017).

    Args:
        p, se: estimate and standard error. n: persons asked, unweighted. df: design degrees of freedom.
        deff_at_zero: design effect assumed where there is no case.

    Returns:
        (low, high); both nan without degrees of freedom.
    """
    if method not in METHODS:
        raise RequestError(
            "no such interval", where="interval", found=method, allowed=METHODS, do="korn_graubard is made for rare events"
        )
    if not (df >= 1 and n >= 2) or np.isnan(p):
        return NONE
    ratio = (t_quantile(level, n - 1) / t_quantile(level, df)) ** 2
    if p <= 0 or p >= 1 or se <= 0:
        n_eff = n if method == "korn_graubard_nchs" else n / max(1.0, deff_at_zero)
        n_star = min(n, n_eff * ratio)
        return clopper_pearson(n_star * p, n_star, level)
    n_eff, t = p * (1 - p) / se**2, t_quantile(level, df)
    if method in ("korn_graubard", "korn_graubard_nchs"):
        n_star = min(n, n_eff * ratio)
        return clopper_pearson(n_star * p, n_star, level)
    if method == "beta":
        return clopper_pearson(n_eff * ratio * p, n_eff * ratio, level)
    if method == "logit":
        from scipy.special import expit

        centre, half = np.log(p / (1 - p)), t * se / (p * (1 - p))
        return float(expit(centre - half)), float(expit(centre + half))
    if method == "wilson":
        centre, half = p + t**2 / (2 * n_eff), t / (2 * n_eff) * np.sqrt(4 * n_eff * p * (1 - p) + t**2)
        return float((centre - half) / (1 + t**2 / n_eff)), float((centre + half) / (1 + t**2 / n_eff))
    if method == "asin":
        centre, half = np.arcsin(np.sqrt(p)), t * se / (2 * np.sqrt(p * (1 - p)))
        low, high = max(centre - half, 0.0), min(centre + half, np.pi / 2)  # beyond, sin² folds back (in R too)
        return float(np.sin(low) ** 2), float(np.sin(high) ** 2)
    return wald(p, se, df, level)


def wald(estimate: float, se: float, df: float, level: float) -> tuple[float, float]:
    """estimate ± t·SE."""
    if not df >= 1 or np.isnan(estimate):
        return NONE
    half = t_quantile(level, df) * se
    return estimate - half, estimate + half


def total_of_cases(
    total: float, se: float, df: float, level: float, *, floor: float, population: float, upper_at_zero: float
) -> tuple[float, float]:
    """Interval of a number of cases: log scale, T·exp(±t·SE/T), never below `floor`; with no case [0, N·upper]."""
    if not df >= 1:
        return NONE
    if total <= 0:
        return 0.0, population * upper_at_zero
    spread = np.exp(t_quantile(level, df) * se / total)
    return float(max(total / spread, floor)), float(total * spread)
