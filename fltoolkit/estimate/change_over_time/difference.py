"""Computes differences between the estimates of two surveys, with intervals and verdicts. The functions work
on arrays and need no sample design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fltoolkit.estimate.variance import Array
from fltoolkit.languages.reasons import Reason, has_remark

DECREASED, INCREASED = Reason.of("rounds.decreased"), Reason.of("rounds.increased")
NO_CHANGE, NOT_COMPARABLE = Reason.of("rounds.no_change"), Reason.of("rounds.not_comparable")
COVERS_ZERO = Reason.of("rounds.covers")
TOO_FEW, NO_DF, TOO_UNLIKE = (
    Reason.of("rounds.too_few"),
    Reason.of("rounds.no_df"),
    Reason.of("rounds.unlike"),
)
NOT_TOLD = Reason.of("rounds.not_told")
LEAST_CASES, LEAST_PSUS, LEAST_CASES_ALONE = (
    15,
    10,
    30,
)  # below, MOVER falsely says "decreased" in up to 5% (docs/coverage.md)
LIKE, COMPARED, COMPARED_DF = (
    1.25,
    4.0,
    2.0,
)  # ratios of the rounds' sizes: above, false verdicts exceed 3% (docs/coverage.md)


@dataclass(frozen=True)
class RoundEstimates:
    """The estimates of one survey (one round), with the numbers from which the change to another round is
    computed.

    Each field is a column of `Estimates.table`: a number, or an array with one value per row. All arrays have
    the same shape.
    """

    estimate: ArrayLike
    se: ArrayLike
    ci_low: ArrayLike
    ci_high: ArrayLike
    df: ArrayLike
    n: ArrayLike
    cases: ArrayLike
    psus_with_cases: ArrayLike


class WithLimits(NamedTuple):
    """The estimates of one survey, with the limits of their confidence intervals (`low`, `high`). Each field
    is a number, or an array with one value per row."""

    estimate: ArrayLike
    low: ArrayLike
    high: ArrayLike


def mover(before: WithLimits, after: WithLimits, rho: ArrayLike = 0.0) -> tuple[Array, Array]:
    """Returns the confidence interval of a difference p2 − p1, computed from the interval of each estimate
    (the method of variance estimates recovery, MOVER; Zou and Donner 2008).

    With the difference d = p2 − p1 and the limits l and u of each estimate: lower limit d − √((p2 − l2)² +
    (u1 − p1)² − 2ρ(p2 − l2)(u1 − p1)), upper limit d + √((u2 − p2)² + (p1 − l1)² − 2ρ(u2 − p2)(p1 − l1)).

    Args:
        before: p1, l1, u1.
        after: p2, l2, u2, at the same confidence level.
        rho: the correlation of the two estimates.

    Returns:
        Lower and upper limits, in the shape of the arguments.
    """
    p1, l1, u1, p2, l2, u2, r = (np.asarray(v, dtype=float) for v in (*before, *after, rho))

    def spread(a: Array, b: Array) -> Array:
        return np.asarray(np.sqrt(np.maximum(a**2 + b**2 - 2 * r * a * b, 0.0)))

    return np.asarray(p2 - p1 - spread(p2 - l2, u1 - p1)), np.asarray(p2 - p1 + spread(u2 - p2, p1 - l1))


def satterthwaite(v1: ArrayLike, df1: ArrayLike, v2: ArrayLike, df2: ArrayLike) -> Array:
    """Returns the degrees of freedom of a sum of two variances, v1 + v2: (v1 + v2)² / (v1²/df1 + v2²/df2)
    (Satterthwaite 1946). The result is nan if both variances are 0.
    """
    v1, df1, v2, df2 = (np.asarray(v, dtype=float) for v in (v1, df1, v2, df2))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(v1 > 0, v1**2 / df1, 0.0) + np.where(v2 > 0, v2**2 / df2, 0.0)
        return np.asarray((v1 + v2) ** 2 / parts)


def is_testable(cases: ArrayLike, psus_with_cases: ArrayLike) -> NDArray[np.bool_]:
    """Returns, for each estimate, whether it has enough cases for a verdict on its change: 15 cases in 10
    PSUs, or 30 cases if the number of PSUs with cases is unknown (nan)."""
    n, psus = (np.asarray(v, dtype=float) for v in (cases, psus_with_cases))
    return np.asarray(
        np.where(np.isnan(psus), n >= LEAST_CASES_ALONE, (n >= LEAST_CASES) & (psus >= LEAST_PSUS)),
        dtype=bool,
    )


def both_testable(before: RoundEstimates, after: RoundEstimates) -> NDArray[np.bool_]:
    """Returns, row by row, whether both rounds have enough cases for a verdict on the change (see
    `is_testable`). A round without any case passes if the other round has enough cases."""
    ok1, ok2 = (is_testable(s.cases, s.psus_with_cases) for s in (before, after))
    none1, none2 = (np.asarray(s.cases) == 0 for s in (before, after))
    return np.asarray((ok1 & ok2) | (ok1 & none2) | (none1 & ok2))


def size_ratio(a: ArrayLike, b: ArrayLike) -> Array:
    """Returns the ratio of two numbers, the larger divided by the smaller: 2 for 100 and 200, and for 200 and
    100. It is nan if both are 0. The numbers may not be negative."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(a, b) / np.minimum(a, b))


def first_remark(
    where: Sequence[ArrayLike], remarks: Sequence[Any], otherwise: object = ""
) -> NDArray[np.object_]:
    """Returns one remark (such as a verdict or its reason) for each row: the remark that belongs to the first
    condition that the row meets.

    Args:
        where: the conditions. Each is an array with one true/false value per row.
        remarks: one remark for each condition, in the same order.
        otherwise: the remark for rows that meet no condition.
    """
    conditions = [np.asarray(w, dtype=bool) for w in where]
    found = np.full(np.broadcast_shapes(*(c.shape for c in conditions)), otherwise, dtype=np.object_)
    for condition, remark in reversed(list(zip(conditions, remarks, strict=True))):
        found[np.broadcast_to(condition, found.shape)] = remark
    return found


def verdicts(low: ArrayLike, high: ArrayLike, enough: ArrayLike = True) -> NDArray[np.object_]:
    """Returns the verdict on each change, from the limits of its confidence interval. It is `decreased` if
    the upper limit is below 0, `increased` if the lower limit is above 0, and otherwise `no detectable
    change`. If `enough` is false (too few cases, for example), the verdict is always `no detectable change`.
    """
    low, high, may = (
        np.asarray(low, dtype=float),
        np.asarray(high, dtype=float),
        np.asarray(enough, dtype=bool),
    )
    return first_remark([may & (high < 0), may & (low > 0)], [DECREASED, INCREASED], NO_CHANGE)


def without_contradiction(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a change. The interval of a ratio is made blank if it contradicts the verdict.

    The verdict depends on the interval of the difference. The interval of the ratio is computed on the log
    scale. So the two can disagree: for example, the verdict is `decreased`, and the ratio may be up to 1.005.

    Args:
        rows: rows with `verdict`, `ratio_low` and `ratio_high`.
    """
    low, high, verdict = rows["ratio_low"], rows["ratio_high"], rows["verdict"]
    contradicts = (
        has_remark(verdict, DECREASED) & (high >= 1)
        | has_remark(verdict, INCREASED) & (low <= 1)
        | has_remark(verdict, NO_CHANGE) & ((low > 1) | (high < 1))
    )
    return rows.assign(ratio_low=low.mask(contradicts), ratio_high=high.mask(contradicts))


def difference(
    before: RoundEstimates,
    after: RoundEstimates,
    covariance: ArrayLike = 0.0,
    *,
    level: float = 0.95,
    by_size: bool = True,
) -> pd.DataFrame:
    """Returns the change after − before of each row, with interval and verdict (docs/methods.md §5).

    The usual method is the Taylor contrast: SE² = V1 + V2 − 2·C and d ± t·SE, with Satterthwaite's df of V1 +
    V2. Here d is the change, V1 and V2 are the variances of the two rounds, and C is their covariance. If C
    is not 0, the rounds share PSUs. Then df is at most the larger df of the two rounds, so that no PSU counts
    twice.

    For rounds of different size this method is wrong too often. A low estimate of a rare event has a small
    SE. If both rounds have similar sizes, these errors balance. If one round is smaller, its error dominates,
    and "decreased" is found too often. So:

    - If the numbers of persons who answered, or the degrees of freedom, differ by more than a factor 1.25,
      `mover` makes the interval from the two intervals, with the correlation C/(SE1·SE2).
    - If the degrees of freedom differ by more than a factor 2, or if the product of the two factors is above
      4, the verdict is `no detectable change`.
    - `mover` also makes the interval if an SE is 0 although the interval has a width. This happens if a round
      has no case, or only cases. The interval of no case is [0, upper].
    - `mover` gives the verdict `decreased` or `increased` only if both rounds have enough cases (see
      `both_testable`). Otherwise the verdict is `no detectable change`, and the reason is `too few cases`.

    Args:
        before: the rows of the earlier round.
        after: the rows of the later round, matched with `before`.
        covariance: the covariance of the two estimates, one value per row; 0 for independent rounds.
        level: the confidence level of the intervals of both rounds and of the change.
        by_size: whether the sizes of the rounds matter. False for means and other estimates with an interval
            of estimate ± t·SE.

    Returns:
        A table with one row per row of `before`: `change`, `se`, `df` (`se` and `df` are blank if the method
        is `mover`), `ci_low`, `ci_high`, `relative_change` (change / before), `ratio` (after / before), its
        limits `ratio_low` and `ratio_high` (computed on the log scale, never used for the verdict), `method`
        (taylor or mover), `verdict`, and `reason` (why the change is not detectable; else empty).
    """
    from scipy.special import stdtrit

    p1, s1, l1, u1, df1, p2, s2, l2, u2, df2, c = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(v, dtype=float))
            for v in (*_estimate_fields(before), *_estimate_fields(after), covariance)
        )
    )
    df = satterthwaite(s1**2, df1, s2**2, df2)
    df = np.where(c != 0, np.fmin(df, np.fmax(df1, df2)), df)
    bare = ((s1 <= 0) & ~(u1 <= l1)) | ((s2 <= 0) & ~(u2 <= l2))
    unknown = np.isnan(np.asarray(before.psus_with_cases, dtype=float)) | np.isnan(
        np.asarray(after.psus_with_cases, dtype=float)
    )
    n_apart, df_apart = (
        size_ratio(before.n, after.n),
        np.where(unknown, 1.0, size_ratio(df1, df2)),
    )  # replicates have no PSUs
    by_mover = bare | (by_size & ((n_apart > LIKE) | (df_apart > LIKE)))
    too_unlike = by_size & ((df_apart > COMPARED_DF) | (n_apart * df_apart > COMPARED))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(df >= 1, stdtrit(df, 1 - (1 - level) / 2), np.nan)
        se = np.where(by_mover, np.nan, np.sqrt(np.maximum(s1**2 + s2**2 - 2 * c, 0.0)))
        ratio, relative = (np.where(p1 == 0, np.nan, over / p1) for over in (p2, p2 - p1))
        log_se = np.sqrt(np.maximum((s1 / p1) ** 2 + (s2 / p2) ** 2 - 2 * c / (p1 * p2), 0.0))
        spread = np.exp(t * np.where((p1 > 0) & (p2 > 0) & ~bare, log_se, np.nan))
        rho = np.where((s1 > 0) & (s2 > 0), np.clip(c / (s1 * s2), -1, 1), 0.0)
    recovered = mover(WithLimits(p1, l1, u1), WithLimits(p2, l2, u2), rho)
    low, high = (
        np.where(by_mover, recovered[0], p2 - p1 - t * se),
        np.where(by_mover, recovered[1], p2 - p1 + t * se),
    )
    few = by_mover & ~both_testable(before, after)
    verdict = verdicts(low, high, ~few & ~too_unlike)
    reason = first_remark(
        [few, np.isnan(low), too_unlike, verdict == NO_CHANGE], [TOO_FEW, NO_DF, TOO_UNLIKE, COVERS_ZERO]
    )
    columns = {
        "change": p2 - p1,
        "se": se,
        "df": np.where(by_mover, np.nan, df),
        "ci_low": low,
        "ci_high": high,
        "relative_change": relative,
        "ratio": ratio,
        "ratio_low": ratio / spread,
        "ratio_high": ratio * spread,
        "method": np.where(by_mover, "mover", "taylor"),
        "verdict": verdict,
        "reason": reason,
    }
    return pd.DataFrame(columns)


def _estimate_fields(estimates: RoundEstimates) -> tuple[ArrayLike, ...]:
    return estimates.estimate, estimates.se, estimates.ci_low, estimates.ci_high, estimates.df
