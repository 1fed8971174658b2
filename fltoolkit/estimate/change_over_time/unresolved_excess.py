"""Tests a change a second time. The question is: would the verdict be the same if the survey with more
unresolved persons had found cases among them? Unresolved persons are those whose answers do not decide
whether they are cases.

Unresolved persons are not counted as cases, so a rate also falls if more people refuse to answer. `decreased`
is tested again if the later survey has the larger share of unresolved persons. `increased` is tested again if
the earlier survey has the larger share. In the second test, the excess (the larger share minus the smaller
one) counts as cases (docs/methods.md §5).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NO_DF,
    NOT_TOLD,
    TOO_FEW,
    TOO_UNLIKE,
    RoundEstimates,
    WithLimits,
    difference,
    first_remark,
    mover,
    verdicts,
)
from fltoolkit.estimate.change_over_time.published_baseline import PublishedBaseline
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.intervals import t_quantile
from fltoolkit.estimate.measures.stacked_estimates import join_samples
from fltoolkit.estimate.variance import Array, as_dense
from fltoolkit.languages.reasons import Reason, has_remark

MORE_UNRESOLVED = Reason.of("rounds.more_unresolved")
UNRESOLVED_NOT_STATED = Reason.of("rounds.unresolved_not_told")
WIDE_BOUNDS = Reason.of("plan.short.wide")
WIDE_IN_BOTH, WIDE_EARLIER, WIDE_LATER = (
    Reason.of(f"rounds.wide.{which}") for which in ("both", "earlier", "later")
)
UNJUDGED_REASONS = (
    MORE_UNRESOLVED,
    UNRESOLVED_NOT_STATED,
    WIDE_IN_BOTH,
    WIDE_EARLIER,
    WIDE_LATER,
    TOO_FEW,
    NO_DF,
    TOO_UNLIKE,
    NOT_TOLD,
)
"""The reasons for which a change is not judged, whatever its interval: too many answers leave the question
open, or the numbers allow no verdict (see `difference`)."""
NOT_STATED = Reason.of("rounds.facts.unresolved_share")
COUNT_MEASURES = ("total", "stock", "current")
Positions = NDArray[np.intp]


def needs_second_test(verdict: ArrayLike, before: ArrayLike, after: ArrayLike) -> NDArray[np.bool_]:
    """Returns, for each verdict, whether it must pass a second test, in which the excess of unresolved
    persons counts as cases. Unresolved persons are those whose answers do not decide whether they are cases.
    The excess is the larger of the two surveys' shares minus the smaller one.

    `decreased` is tested again if the share is larger in the later survey, because this alone lowers the
    rate. `increased` is tested again if the share is larger in the earlier survey.

    Args:
        verdict: the verdicts of the first test.
        before: the weighted shares of unresolved persons in the earlier round; nan if the measure has no
            unresolved persons.
        after: the weighted shares in the later round.
    """
    said, u1, u2 = np.asarray(verdict, dtype=object), np.asarray(before, float), np.asarray(after, float)
    return np.asarray(((said == DECREASED) & (u2 > u1)) | ((said == INCREASED) & (u1 > u2)), dtype=bool)


def unresolved_as_cases(
    estimates: RoundEstimates, more: ArrayLike, se: ArrayLike, level: float
) -> RoundEstimates:
    """Returns the estimates of a round as if all its unresolved persons were cases, with wider intervals. The
    answers of unresolved persons do not decide whether they are cases. If both rounds are changed in this
    way, their difference includes the excess of one round over the other.

    The squared distance of each limit from the estimate grows by t² times the variance that the unresolved
    persons add. This is exact for an interval of estimate ± t·SE. If the unresolved persons lower the
    variance, the distances do not change.

    Args:
        estimates: the estimates of the round.
        more: the amount that the unresolved persons add to each estimate.
        se: the standard error of the estimate with the unresolved persons as cases.
        level: the confidence level of the limits of `estimates`.
    """
    p, low, high, s, df = (
        np.asarray(v, dtype=float)
        for v in (estimates.estimate, estimates.ci_low, estimates.ci_high, estimates.se, estimates.df)
    )
    added = np.maximum(np.asarray(se, dtype=float) ** 2 - s**2, 0.0) * t_quantile(level, df) ** 2
    total = p + np.asarray(more, dtype=float)
    limits = (total - np.sqrt((p - low) ** 2 + added), total + np.sqrt((high - p) ** 2 + added))
    return replace(estimates, estimate=total, se=se, ci_low=limits[0], ci_high=limits[1])


def without_doubtful_verdicts(
    rows: pd.DataFrame,
    unconfirmed: NDArray[np.bool_],
    wide: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    reason: Reason = MORE_UNRESOLVED,
) -> pd.DataFrame:
    """Returns the rows of a change. The verdict becomes `no detectable change` where unresolved persons could
    be its cause; the column `reason` says why.

    Args:
        rows: rows with `verdict` and `reason`.
        unconfirmed: for each row, whether it failed the second test (see `needs_second_test`).
        wide: for each row, whether its estimate is too uncertain in the earlier round, and in the later (see
            `wide_bounds`).
        reason: the reason of rows that failed the second test.
    """
    before, after = wide
    why = first_remark(
        [unconfirmed, before & after, before, after], [reason, WIDE_IN_BOTH, WIDE_EARLIER, WIDE_LATER], None
    )
    falls = has_remark(rows["verdict"], DECREASED, INCREASED) & pd.notna(why)
    reasons = rows["reason"].mask(falls, pd.Series(why, rows.index, dtype=object))
    return rows.assign(verdict=rows["verdict"].mask(falls, NO_CHANGE), reason=reasons)


def is_unjudged(verdict: object, reason: object) -> bool:
    """Returns whether a change is not called an increase or a decrease for another reason than that its
    interval contains 0. It may be too few cases, for example, or unresolved persons, whose answers do not
    decide whether they are cases.

    Args:
        verdict, reason: the verdict on the change, and the reason of the verdict.
    """
    return verdict == NO_CHANGE and reason in UNJUDGED_REASONS


def is_unsure(verdict: Any, flag: object) -> bool:
    """Returns whether the direction of a change is known, but not its size: the test found a change, and the
    estimated change has the flag `unreliable`."""
    return verdict in (DECREASED, INCREASED) and flag == "unreliable"


def stated_verdict(verdict: Any, reason: object, flag: object = "") -> Any:
    """Returns the verdict on a change in the words for readers. If a change may have no verdict (see
    `is_unjudged`), the words are *not judged*, with the reason. *No detectable change* would be wrong,
    because the interval need not contain 0.

    Args:
        verdict, reason: the verdict on the change, and the reason of the verdict.
        flag: the flag of the change. If the change is unsure (see `is_unsure`), the words say so.
    """
    if is_unjudged(verdict, reason):
        return Reason.of("rounds.not_judged", reason=reason)
    return Reason.of("rounds.unsure", verdict=verdict) if is_unsure(verdict, flag) else verdict


def reason_after_verdict(verdict: Any, reason: Any) -> Any:
    """Returns the reason that must be printed after the words of `stated_verdict`. If these words already
    give the reason, the result is an empty text.

    Args:
        verdict, reason: the verdict on the change, and the reason of the verdict.
    """
    return "" if is_unjudged(verdict, reason) else reason


def wide_bounds(bound_high: ArrayLike, ci_high: ArrayLike) -> NDArray[np.bool_]:
    """Returns, for each estimate, whether unresolved persons make it too uncertain for a title or a verdict.
    Unresolved persons are those whose answers do not decide whether they are cases.

    The estimate is too uncertain if `bound_high`, the estimate with all unresolved persons as cases, is above
    the upper limit of its confidence interval. The numbers are compared at full precision. The result is
    false if one of the two is unknown.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.asarray(bound_high, dtype=float) > np.asarray(ci_high, dtype=float), dtype=bool)


@dataclass(frozen=True)
class Matched:
    """The estimates of two rounds, and the pairs of rows that are compared with each other.

    Attributes:
        before, after: the estimates.
        first, second: positions of rows in the two tables. Comparison number i compares row `first[i]` of
            `before` with row `second[i]` of `after`.
        shared: whether PSUs with the same stratum and label are the same area in both rounds; None if this is
            not known.
    """

    before: Estimates
    after: Estimates
    first: Positions
    second: Positions
    shared: bool | None


def confirmed_verdicts(rows: pd.DataFrame, matched: Matched, *, by_size: bool) -> pd.DataFrame:
    """Returns the rows of a change, and replaces verdicts that could be wrong because of unresolved persons.
    The answers of these persons do not decide whether they are cases.

    A verdict stays if it passes a second test, in which the excess of unresolved persons counts as cases (see
    `excess_counted`), and if the estimates of both rounds are certain enough (see `wide_bounds`). Otherwise
    it becomes `no detectable change`, with the reason. Measures without unresolved persons (such as a mean)
    are returned unchanged.

    Args:
        rows: the changes, as `difference` returns them.
        matched: the estimates of both rounds.
        by_size: whether the sizes of the rounds matter, as in `difference`.
    """
    old, new, verdict = (
        matched.before.unresolved_shares,
        matched.after.unresolved_shares,
        rows["verdict"].to_numpy(),
    )
    if old is None or new is None:
        return rows
    again = needs_second_test(verdict, old.share[matched.first], new.share[matched.second])
    if again.any():
        again &= excess_counted(matched, verdict, by_size=by_size)["verdict"].to_numpy() != verdict
    wide = _wide(matched.before.table, matched.first), _wide(matched.after.table, matched.second)
    return without_doubtful_verdicts(rows, again, wide)


def excess_counted(rows: Matched, verdict: NDArray[np.object_], *, by_size: bool) -> pd.DataFrame:
    """Returns the change as if the excess of unresolved persons were cases, in a table with the columns of
    `difference` (docs/methods.md §5). Unresolved persons are those whose answers do not decide whether they
    are cases. The excess is the difference of their shares in the two rounds.

    p is the estimate and u the share of unresolved persons; 1 is the earlier round, 2 the later. For
    `decreased` with u2 > u1 the later estimate becomes p2 + (u2 − u1). For `increased` with u1 > u2 the
    earlier estimate becomes p1 + (u1 − u2). Both differences equal (p2 + u2) − (p1 + u1). The variance comes
    from the sum of the influence values of p and of u in each round.

    For a number of persons, u is multiplied by the population of the round with the excess: the earlier round
    for `increased`, else the later. This population is taken as known.

    Args:
        rows: the estimates of both rounds, and the pairs of rows that are compared.
        verdict: the verdicts of the first test.
        by_size: whether the sizes of the rounds matter, as in `difference`.
    """
    whole = np.where(verdict == INCREASED, _whole(rows.before, rows.first), _whole(rows.after, rows.second))
    (before, z1), (after, z2) = (
        _as_if_cases(est, at, whole) for est, at in ((rows.before, rows.first), (rows.after, rows.second))
    )
    scaled = {
        "before": replace(rows.before, influence=z1),
        "after": replace(rows.after, influence=z2),
    }
    joint, _ = join_samples(scaled, rows.shared)
    covariance = (joint[:, : len(whole)] * joint[:, len(whole) :]).sum(axis=0)
    return difference(before, after, covariance, level=rows.after.about.level, by_size=by_size)


def confirmed_since_publication(
    row: pd.DataFrame, baseline: PublishedBaseline, after: Estimates, at: int, rho: float
) -> pd.DataFrame:
    """Returns the change since a published number, as `confirmed_verdicts` does for two rounds.

    The test uses the published share of unresolved persons. If the publication does not state this share, it
    is taken as 0. Then all unresolved persons of the later round count as excess, and an increase is not
    tested again.

    Args:
        row: the change, a table with one row.
        baseline: the published number.
        after: the estimates of the later round.
        at: the position of the compared row in `after.table`.
        rho: the correlation of the two numbers, as in `mover`.
    """
    shares, rows, stated = after.unresolved_shares, np.array([at]), baseline.unresolved_share
    if shares is None:
        return row
    whole, verdict = _whole(after, rows), row["verdict"].to_numpy()
    before = float(whole[0]) * (stated or 0.0)
    then = WithLimits(baseline.estimate + before, baseline.ci_low + before, baseline.ci_high + before)
    later, _ = _as_if_cases(after, rows, whole)
    second = verdicts(*mover(then, WithLimits(later.estimate, later.ci_low, later.ci_high), rho))
    again = needs_second_test(verdict, stated or 0.0, shares.share[rows]) & (second != verdict)
    wide = wide_bounds([baseline.estimate + before], [baseline.ci_high]), _wide(after.table, rows)
    reason = MORE_UNRESOLVED if stated is not None else UNRESOLVED_NOT_STATED
    return without_doubtful_verdicts(row, again, wide, reason)


def _as_if_cases(est: Estimates, at: Positions, whole: Array) -> tuple[RoundEstimates, Array]:
    """Returns some rows of a round as if its unresolved persons were cases, and their influence values. The
    share of unresolved persons is multiplied by `whole`."""
    shares = est.unresolved_shares
    assert shares is not None
    z = as_dense(est.influence[:, at]) + as_dense(shares.influence[:, at]) * whole
    own, se = round_estimates(est.table, at), np.sqrt(est.units.variances(z))
    return unresolved_as_cases(own, shares.share[at] * whole, se, est.about.level), z


def _whole(est: Estimates, at: Positions) -> Array:
    """Returns, for each row, the population of a number of persons; 1 for a rate."""
    counted = est.about.measure in COUNT_MEASURES
    return est.table["population"].to_numpy(float)[at] if counted else np.ones(len(at))


def round_estimates(table: pd.DataFrame, rows: Positions) -> RoundEstimates:
    """Returns the rows at some positions of a table of estimates (`Estimates.table`), as a `RoundEstimates`.
    This is the form that `difference` needs."""
    return RoundEstimates(
        **{f.name: table[f.name].astype(float).to_numpy()[rows] for f in fields(RoundEstimates)}
    )


def _wide(table: pd.DataFrame, rows: Positions) -> NDArray[np.bool_]:
    return wide_bounds(table["bound_high"].to_numpy(float), table["ci_high"].to_numpy(float))[rows]
