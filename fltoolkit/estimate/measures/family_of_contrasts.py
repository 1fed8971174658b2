"""Tests the differences between all categories of a group together (as one family of tests). If more
differences are tested, a p-value must be smaller to count as a finding."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fltoolkit.estimate.measures.estimates import Estimates, RowName, Wanted
from fltoolkit.estimate.measures.intervals import wald
from fltoolkit.estimate.variance import Array
from fltoolkit.survey.spec.groups import NOT_STATED, TOTAL

PAIR = ("category", "reference")


def holm(p: ArrayLike) -> Array:
    """Returns p-values that are adjusted because several tests are made (Holm 1979; R `p.adjust(method =
    "holm")`).

    The smallest of m values is multiplied by m, the next by m − 1, and so on. No adjusted value is above 1,
    or below the adjusted value of a smaller p-value.

    Args:
        p: the p-values of one family. A missing value counts in the family, and its adjusted value is
            missing.

    Returns:
        The adjusted values, in the order of `p`. If they are compared with a level, the chance of a false
        finding in the family is at most that level. This holds even if the tests depend on each other.
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def pairs_of_categories(est: Estimates, group: str) -> pd.DataFrame:
    """Returns the difference between every two categories of a group (such as men and women), as R's
    svycontrast does. The category `not stated` is in no pair.

    Args:
        est: estimates that contain the breakdown by this group alone.
        group: the name of the group.

    Returns:
        One row per pair, in the order of the survey: `category` and `reference` (labels), `estimate`
        (category minus reference), `se`, `df`.
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
    return pd.DataFrame(pairs, columns=list(PAIR)).assign(
        **{c: found[c].to_numpy() for c in ("estimate", "se", "df")}
    )


def as_one_family(pairs: pd.DataFrame, level: float) -> pd.DataFrame:
    """Tests several differences as one family. The tests use Holm's method, so the risk of a false finding is
    limited for all tests together. The intervals are simultaneous: they contain all true differences with the
    probability `level`.

    Args:
        pairs: one row per difference, with `estimate`, `se` and `df`.
        level: the probability that all intervals hold, such as 0.95.

    Returns:
        The same rows with `p` (two-sided, by t), `p_adjusted` (see `holm`), and `ci_low`, `ci_high`. The
        intervals are Bonferroni's, each at the level 1 − (1 − level)/m for m rows. Holm's test may find a
        difference although its interval contains 0. Then the size of the difference is not known.
    """
    from scipy.special import stdtr

    estimate, se, df = (pairs[c].to_numpy(float) for c in ("estimate", "se", "df"))
    with np.errstate(invalid="ignore"):  # no case in either category: 0 of 0, whose p-value is missing
        p = 2 * stdtr(df, -np.abs(estimate / se))
    each = 1 - (1 - level) / max(len(pairs), 1)
    limits = [wald(value, error, d, each) for value, error, d in zip(estimate, se, df, strict=True)]
    low, high = np.array(limits).reshape(-1, 2).T
    return pairs.assign(p=p, p_adjusted=holm(p), ci_low=low, ci_high=high)
