"""Differences between the categories of a group, tested as one family: the more are tested, the stronger each must be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fltoolkit.estimate.measures.estimates import Estimates, RowName, Wanted
from fltoolkit.estimate.measures.intervals import wald
from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.survey.spec.groups import NOT_STATED, TOTAL

PAIR = ("category", "reference")


def holm(p: ArrayLike) -> Array:
    """P-values adjusted by Holm's method (Holm 1979; R `p.adjust(method = "holm")`).

    The smallest of m values is multiplied by m, the next by m − 1, and so on. No adjusted value is below that of a smaller one, or above 1.

    Args:
        p: the p-values of one family, none missing.

    Returns:
        The adjusted values, in the order of `p`. The chance of one false finding in the family is at most the level that they are
        compared with, whatever the tests have in common.
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def pairs_of_categories(est: Estimates, group: str) -> pd.DataFrame:
    """The difference between every two categories of a group, as R's svycontrast has it. Persons `not stated` are in no pair.

    Args:
        est: estimates that hold the breakdown by this group alone.
        group: its name.

    Returns:
        One row a pair, in the order of the survey: `category` and `reference` (labels), `estimate` (category less reference), `se`, `df`.
    """
    others = [g for g in est.groups if g != group]
    rows = est.table[(est.table[group] != TOTAL) & (est.table[others] == TOTAL).all(axis=1)]
    labels = [str(label) for label in rows[group] if label != NOT_STATED]
    pairs = list(combinations(labels, 2))
    if not pairs:
        return pd.DataFrame(columns=[*PAIR, "estimate", "se", "df"])

    def row(label: str) -> RowName:
        return tuple(label if g == group else TOTAL for g in est.groups)

    wanted: dict[str, Wanted] = {f"{a} − {b}": {row(a): 1.0, row(b): -1.0} for a, b in pairs}
    found = est.contrast(wanted).table
    return pd.DataFrame(pairs, columns=list(PAIR)).assign(**{c: found[c].to_numpy() for c in ("estimate", "se", "df")})


def as_one_family(pairs: pd.DataFrame, level: float) -> pd.DataFrame:
    """Differences as one family: the test of each by Holm's method, and intervals that hold for all of them at once.

    Args:
        pairs: one row a difference, with `estimate`, `se` (above 0) and `df`.
        level: the chance that no interval misses, such as 0.95.

    Returns:
        The same rows with `p` (two-sided, by t), `p_adjusted` (`holm`), and `ci_low`, `ci_high`: Bonferroni's intervals, each at the level
        1 − (1 − level)/m for m rows. Holm's test may find a difference whose interval still holds 0; its size is then not known.
    """
    from scipy.special import stdtr

    estimate, se, df = (pairs[c].to_numpy(float) for c in ("estimate", "se", "df"))
    p = 2 * stdtr(df, -np.abs(estimate / se))
    each = 1 - (1 - level) / max(len(pairs), 1)
    limits = [wald(value, error, d, each) for value, error, d in zip(estimate, se, df, strict=True)]
    low, high = np.array(limits).reshape(-1, 2).T
    return pairs.assign(p=p, p_adjusted=holm(p), ci_low=low, ci_high=high)
