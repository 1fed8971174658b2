"""Tests a change a second time: would the verdict remain if the excess of unresolved persons in one survey were cases?

Unresolved persons are not counted as cases, so a rate also falls when more people refuse to answer. `decreased` is tested again
if the later survey has the larger share of unresolved persons. `increased` is tested again if the earlier survey has it. The
excess of the larger share over the smaller one then counts as cases (docs/methods.md §5).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    RoundEstimates,
    WithLimits,
    chosen,
    difference,
    mover,
    verdicts,
)
from fltoolkit.estimate.change_over_time.published_baseline import PublishedBaseline
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.intervals import t_quantile
from fltoolkit.estimate.measures.stacked_estimates import join_samples
from fltoolkit.estimate.variance.taylor_variance import dense
from fltoolkit.languages.reasons import Reason, holds

MORE_UNRESOLVED = Reason.of("rounds.more_unresolved")
UNRESOLVED_NOT_TOLD = Reason.of("rounds.unresolved_not_told")
WIDE_BOUNDS = Reason.of("plan.short.wide")
WIDE_IN_BOTH, WIDE_EARLIER, WIDE_LATER = (Reason.of(f"rounds.wide.{which}") for which in ("both", "earlier", "later"))
NOT_STATED = Reason.of("rounds.facts.unresolved_share")
COUNTED = ("total", "stock", "current")
Positions = NDArray[np.intp]


def tested_again(verdict: ArrayLike, before: ArrayLike, after: ArrayLike) -> NDArray[np.bool_]:
    """Returns, for each verdict, whether it must pass a second test, in which the excess of unresolved persons counts as cases.

    Unresolved persons are those whose answers do not decide whether they are cases. `decreased` is tested again if their share is
    larger in the later survey, because this alone lowers the rate. `increased` is tested again if their share is larger in the
    earlier survey.

    Args:
        verdict: the verdicts of the first test.
        before: the weighted shares of unresolved persons in the earlier round; nan if the measure has none.
        after: the weighted shares in the later round.
    """
    verdicts, u1, u2 = np.asarray(verdict, dtype=object), np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return np.asarray(((verdicts == DECREASED) & (u2 > u1)) | ((verdicts == INCREASED) & (u1 > u2)), dtype=bool)


def with_unresolved(estimates: RoundEstimates, more: ArrayLike, se: ArrayLike, level: float) -> RoundEstimates:
    """Returns the estimates of a round as if its unresolved persons were cases, with wider intervals. If both rounds are treated
    in this way, their difference includes the excess of unresolved persons.

    The squared distance of each limit from the estimate grows by t² times the variance that the unresolved persons add. This is
    exact for an interval of estimate ± t·SE. If the unresolved persons lower the variance, the limits keep their distance.

    Args:
        estimates: the rows.
        more: what the unresolved persons add to each estimate.
        se: the standard error of the estimate with the unresolved persons, from the sum of both influences.
        level: the confidence level of the limits of `estimates`.
    """
    p, low, high, s, df = (
        np.asarray(v, dtype=float) for v in (estimates.estimate, estimates.ci_low, estimates.ci_high, estimates.se, estimates.df)
    )
    added = np.maximum(np.asarray(se, dtype=float) ** 2 - s**2, 0.0) * t_quantile(level, df) ** 2
    total = p + np.asarray(more, dtype=float)
    limits = (total - np.sqrt((p - low) ** 2 + added), total + np.sqrt((high - p) ** 2 + added))
    return replace(estimates, estimate=total, se=se, ci_low=limits[0], ci_high=limits[1])


def standing(rows: pd.DataFrame, again: NDArray[np.bool_], second: ArrayLike, reason: Reason = MORE_UNRESOLVED) -> pd.DataFrame:
    """Returns the rows of a change after the second test (in which the excess of unresolved persons counts as cases). If the
    second test does not confirm a verdict, it becomes `no detectable change`, with the reason.

    Args:
        rows: rows with `verdict` and `reason`.
        again: which verdicts had to pass the second test (see `tested_again`).
        second: the verdicts of the second test, for all rows.
        reason: the reason given for a verdict that is not confirmed.
    """
    falls = again & (np.asarray(second, dtype=object) != rows["verdict"].to_numpy())
    return rows.assign(verdict=rows["verdict"].mask(falls, NO_CHANGE), reason=rows["reason"].mask(falls, reason))


def wide_bounds(bound_high: ArrayLike, ci_high: ArrayLike) -> NDArray[np.bool_]:
    """Returns whether the unresolved persons (whose answers do not decide) make an estimate too uncertain for a title or a
    verdict. This is so if the upper bound is above the upper limit of the confidence interval. The upper bound is the estimate
    with all unresolved persons as cases.

    Such an estimate says less about the rate than its interval suggests. The numbers are compared at full precision. False if
    either number is unknown.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.asarray(bound_high, dtype=float) > np.asarray(ci_high, dtype=float), dtype=bool)


def without_wide_bounds(rows: pd.DataFrame, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> pd.DataFrame:
    """Returns the rows of a change without some of the verdicts. A row loses its verdict if the unresolved persons leave its
    estimate too uncertain in one of the rounds (see `wide_bounds`). The reason names this round.
    """
    decided = holds(rows["verdict"], DECREASED, INCREASED)
    which = chosen([before & after, before, after], [WIDE_IN_BOTH, WIDE_EARLIER, WIDE_LATER])
    falls = decided & (before | after)
    reason = pd.Series(which, rows.index, dtype=object).where(falls, rows["reason"])
    return rows.assign(verdict=rows["verdict"].mask(falls, NO_CHANGE), reason=reason)


@dataclass(frozen=True)
class Matched:
    """The estimates of two rounds, and which of their rows are compared with each other. Row i of the comparison is row
    `first[i]` of `before` and row `second[i]` of `after`.

    `shared` says whether the rounds share PSUs (see `join_samples`).
    """

    before: Estimates
    after: Estimates
    first: Positions
    second: Positions
    shared: bool | None

    @property
    def has_unresolved(self) -> bool:
        """Returns whether the share of unresolved persons is known in both rounds. Unresolved persons are those whose answers do
        not decide whether they are cases.
        """
        return self.before.unresolved_shares is not None and self.after.unresolved_shares is not None


def decided_again(rows: pd.DataFrame, matched: Matched, *, by_size: bool) -> pd.DataFrame:
    """Returns the rows of a change, as `difference` made them, with only the verdicts that unresolved persons cannot overturn. A
    verdict stays if it passes `second_test`, and if the unresolved persons leave the estimate of neither round too uncertain
    (`wide_bounds`).

    Measures that have no unresolved persons (a mean, a share of cases) are returned unchanged.
    """
    if not matched.has_unresolved:
        return rows
    rows = standing(rows, *second_test(matched, rows["verdict"].to_numpy(), by_size=by_size))
    return without_wide_bounds(rows, _wide(matched.before.table, matched.first), _wide(matched.after.table, matched.second))


def second_test(rows: Matched, verdict: NDArray[np.object_], *, by_size: bool) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Tests the verdicts on a change a second time, as if the excess of unresolved persons (whose answers do not decide) in one
    round were cases (docs/methods.md §5).

    p is the estimate and u the share of unresolved persons; 1 is the earlier round, 2 the later. For `decreased` with u2 > u1 the
    later estimate becomes p2 + (u2 − u1). For `increased` with u1 > u2 the earlier estimate becomes p1 + (u1 − u2). Both
    differences equal (p2 + u2) − (p1 + u1). Its variance comes from the sum of both influences in each round. For a number of
    persons, u is multiplied by the population of the round with the excess; this population is taken as known.

    Returns:
        Which rows are tested again, and the second verdict of each row.
    """
    old, new = rows.before.unresolved_shares, rows.after.unresolved_shares
    assert old is not None
    assert new is not None
    u1, u2 = old.share[rows.first], new.share[rows.second]
    again = tested_again(verdict, u1, u2)
    return again, excess_counted(rows, verdict, by_size=by_size)["verdict"].to_numpy() if again.any() else verdict


def excess_counted(rows: Matched, verdict: NDArray[np.object_], *, by_size: bool) -> pd.DataFrame:
    """Returns the change as if the excess of unresolved persons were cases, in a table with the columns of `difference`.

    Args:
        rows: the rows of both rounds.
        verdict: the first verdicts. For a number of persons they decide which round's population is used.
        by_size: whether the sizes of the rounds matter, as in `difference`.
    """
    rounds, scaled = [], []
    one, two = (
        rows.before.table["population"].to_numpy(float)[rows.first],
        rows.after.table["population"].to_numpy(float)[rows.second],
    )
    whole = np.where(verdict == INCREASED, one, two) if rows.after.about.measure in COUNTED else np.ones(len(one))
    level = rows.after.about.level
    for est, at in ((rows.before, rows.first), (rows.after, rows.second)):
        shares = est.unresolved_shares
        assert shares is not None
        z = dense(est.influence[:, at]) + dense(shares.influence[:, at]) * whole
        se = np.sqrt(est.units.variances(z))
        rounds.append(with_unresolved(round_estimates(est.table, at), shares.share[at] * whole, se, level))
        scaled.append(replace(est, influence=z))
    joint, _ = join_samples(dict(zip(("before", "after"), scaled, strict=True)), rows.shared)
    covariance = (joint[:, : len(one)] * joint[:, len(one) :]).sum(axis=0)
    return difference(rounds[0], rounds[1], covariance, level=level, by_size=by_size)


def decided_since(row: pd.DataFrame, baseline: PublishedBaseline, after: Estimates, at: int, rho: float) -> pd.DataFrame:
    """Returns the change of one row since a published figure, after the second test (`second_test`), in which the excess of
    unresolved persons counts as cases. The interval is made from the two intervals (MOVER).

    The second test uses the published share of unresolved persons. If the publication does not state this share, it is taken as
    0: all unresolved persons of the later round count as excess, and an increase is not tested again.

    Args:
        row: the change.
        baseline: the publication.
        after: the later round.
        at: the position of the row in `after`.
        rho: as in `mover`.
    """
    shares = after.unresolved_shares
    if shares is None:
        return row
    whole = float(after.table["population"].iloc[at]) if after.about.measure in COUNTED else 1.0
    before, verdict = whole * (baseline.unresolved_share or 0.0), row["verdict"].to_numpy()
    z = dense(after.influence[:, [at]]) + dense(shares.influence[:, [at]]) * whole
    own = round_estimates(after.table, np.array([at]))
    later = with_unresolved(own, shares.share[[at]] * whole, np.sqrt(after.units.variances(z)), after.about.level)
    then = WithLimits(baseline.estimate + before, baseline.ci_low + before, baseline.ci_high + before)
    second = verdicts(*mover(then, WithLimits(later.estimate, later.ci_low, later.ci_high), rho))
    again = tested_again(verdict, baseline.unresolved_share or 0.0, shares.share[[at]])
    row = standing(row, again, second, MORE_UNRESOLVED if baseline.unresolved_share is not None else UNRESOLVED_NOT_TOLD)
    return without_wide_bounds(
        row, wide_bounds([baseline.estimate + before], [baseline.ci_high]), _wide(after.table, np.array([at]))
    )


def round_estimates(table: pd.DataFrame, rows: Positions) -> RoundEstimates:
    """Returns some rows of the table of an `Estimates` as a `RoundEstimates`, the form that `difference` needs."""
    return RoundEstimates(**{f.name: table[f.name].astype(float).to_numpy()[rows] for f in fields(RoundEstimates)})


def _wide(table: pd.DataFrame, rows: Positions) -> NDArray[np.bool_]:
    return wide_bounds(table["bound_high"].to_numpy(float), table["ci_high"].to_numpy(float))[rows]
