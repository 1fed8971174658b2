"""Gives a model the weighted cases that readers know from printed rates, in place of those of the persons.

The estimates of a logistic regression depend on the cases only through one sum for each column of the model
matrix, such as the weighted cases of all women. If these sums come from printed rates, the estimates tell a
reader nothing that the rates do not tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd

from fltoolkit.errors import RequestError
from fltoolkit.estimate.models.covariate_patterns import Patterns
from fltoolkit.estimate.models.likelihood_fit import aliased, fit
from fltoolkit.estimate.variance import Array

ROUNDS, SETTLED = 1000, 1e-12


def with_printed_cases(p: Patterns, whole: float, printed: Mapping[str, Mapping[str, float]]) -> Patterns:
    """Returns the data of a model, in which hidden categories are merged and the cases follow from printed
    rates.

    All hidden categories of a group become one category. Its cases are those of the whole population without
    those of the shown categories. The cases of single patterns (persons with the same covariate values) are
    raked to these sums, and it does not matter which cases have the same sums.

    Args:
        p: the data of a model whose covariates are groups.
        whole: the printed rate of the population.
        printed: for each group, the printed rates of its shown categories.
    """
    categories = {g: [str(c) for c in p.frame[g].cat.categories] for g in printed}
    hidden = {g: [c for c in categories[g] if c not in printed[g]] for g in printed}
    merged = p.merged({g: parts for g, parts in hidden.items() if parts})
    sums = {g: _printed_sums(merged.frame[g], p.w, whole, rates) for g, rates in printed.items()}
    y = _raked(merged.frame, p.w, whole, sums)
    return replace(merged, y=y, cases=y > 0, others=y < p.w)


def maximum_likelihood(p: Patterns) -> Array:
    """Returns the coefficients of a model by maximum likelihood. A coefficient without a finite estimate is
    nan, as that of a category whose printed rate is 0; all are nan if the printed cases separate persons in
    another way. `p` is what `with_printed_cases` returns."""
    some = ~p.x[:, p.x.T @ p.y == 0].any(axis=1)
    kept, found = ~aliased(p.x[some]), np.full(p.x.shape[1], np.nan)
    with suppress(RequestError):  # it does not converge
        found[kept] = fit(p.x[np.ix_(some, kept)], p.y[some], p.w[some]).beta
    return found


def _printed_sums(column: pd.Series, w: Array, whole: float, rates: Mapping[str, float]) -> Array:
    """Returns the weighted cases of each category of one group, which add up to those of the population.
    Rounding may leave no case for the hidden categories, or no hidden category may exist. Then the shown
    cases are scaled to the whole.

    Args:
        column: the category of each pattern. At most one category is not shown.
        w: the weighted persons of each pattern.
        whole: the printed rate of the population.
        rates: the printed rates of the shown categories.
    """
    names = [str(c) for c in column.cat.categories]
    shown = np.array([c in rates for c in names])
    sums = np.array([rates.get(c, 0.0) for c in names]) * np.bincount(
        column.cat.codes, weights=w, minlength=len(names)
    )
    rest = whole * w.sum() - sums.sum()
    if shown.all() or rest <= 0:
        return np.asarray(sums * whole * w.sum() / sums.sum())
    return np.where(shown, sums, rest)


def _raked(frame: pd.DataFrame, w: Array, whole: float, sums: Mapping[str, Array]) -> Array:
    """Returns weighted cases of each pattern that have the given sums by category (iterative proportional
    fitting).

    Args:
        frame: the categories of each pattern, one column per group.
        w: the weighted persons of each pattern.
        whole: the rate from which the search begins.
        sums: for each group, the weighted cases of its categories.
    """
    y = w * whole
    for _ in range(ROUNDS):
        before = y
        for group, wanted in sums.items():
            codes = frame[group].cat.codes.to_numpy()
            found = np.bincount(codes, weights=y, minlength=len(wanted))
            y = y * np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)[codes]
        if np.abs(y - before).max() <= SETTLED * y.max():
            break
    return np.minimum(y, w)
