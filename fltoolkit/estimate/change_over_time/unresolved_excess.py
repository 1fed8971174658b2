"""A second test of a change: would the verdict remain if the excess of unresolved persons in one survey were cases?

Unresolved persons are not counted as cases, so a rate also falls when more people refuse to answer. `decreased` is tested again if the later
survey has the larger share of unresolved persons, `increased` if the earlier one has. The excess of that share then counts as cases
(docs/methods.md §5).
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
    Side,
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
    """Which verdicts have to pass the second test: `decreased` where the later share of unresolved persons is the larger, `increased`
    where the earlier is.

    Args:
        verdict: the first test's. before, after: weighted shares of unresolved persons; nan where a measure has none.
    """
    said, u1, u2 = np.asarray(verdict, dtype=object), np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return np.asarray(((said == DECREASED) & (u2 > u1)) | ((said == INCREASED) & (u1 > u2)), dtype=bool)


def with_unresolved(side: Side, more: ArrayLike, se: ArrayLike, level: float) -> Side:
    """Adds unresolved persons as cases to the rows of a round. If both rounds are changed in this way, their difference includes
    the excess.

    The limits keep their distance from the estimate, in squares with what the unresolved add to the variance: exact where the interval
    is estimate ± t·SE. What they take from it is not taken.

    Args:
        side: the rows. more: what the unresolved add to each estimate. se: of the sum, by the sum of both influences.
        level: of the side's limits.
    """
    p, low, high, s, df = (np.asarray(v, dtype=float) for v in (side.estimate, side.ci_low, side.ci_high, side.se, side.df))
    added = np.maximum(np.asarray(se, dtype=float) ** 2 - s**2, 0.0) * t_quantile(level, df) ** 2
    total = p + np.asarray(more, dtype=float)
    limits = (total - np.sqrt((p - low) ** 2 + added), total + np.sqrt((high - p) ** 2 + added))
    return replace(side, estimate=total, se=se, ci_low=limits[0], ci_high=limits[1])


def standing(rows: pd.DataFrame, again: NDArray[np.bool_], second: ArrayLike, reason: Reason = MORE_UNRESOLVED) -> pd.DataFrame:
    """The rows of a change; a verdict that the second test does not confirm is `no detectable change`, with this reason.

    Args:
        rows: with `verdict` and `reason`. again: see `tested_again`. second: the second test's verdicts, for all rows.
        reason: why a verdict falls.
    """
    falls = again & (np.asarray(second, dtype=object) != rows["verdict"].to_numpy())
    return rows.assign(verdict=rows["verdict"].mask(falls, NO_CHANGE), reason=rows["reason"].mask(falls, reason))


def wide_bounds(bound_high: ArrayLike, ci_high: ArrayLike) -> NDArray[np.bool_]:
    """Whether the upper bound, with all unresolved persons as cases, lies further from the estimate than its upper limit does.

    Such an estimate says less of the rate than its interval does: it gets no title and no verdict. Compared at full precision.
    False where either is not known.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.asarray(bound_high, dtype=float) > np.asarray(ci_high, dtype=float), dtype=bool)


def without_wide_bounds(rows: pd.DataFrame, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> pd.DataFrame:
    """The rows of a change; a verdict falls where a round's bounds are wide, and the reason says which round's."""
    decided = holds(rows["verdict"], DECREASED, INCREASED)
    which = chosen([before & after, before, after], [WIDE_IN_BOTH, WIDE_EARLIER, WIDE_LATER])
    falls = decided & (before | after)
    reason = pd.Series(which, rows.index, dtype=object).where(falls, rows["reason"])
    return rows.assign(verdict=rows["verdict"].mask(falls, NO_CHANGE), reason=reason)


@dataclass(frozen=True)
class Matched:
    """The rows of two rounds that are compared, by their positions in both tables; `shared` as in `join_samples`."""

    before: Estimates
    after: Estimates
    first: Positions
    second: Positions
    shared: bool | None

    @property
    def has_unresolved(self) -> bool:
        """Whether both rounds know whom the outcome leaves unresolved."""
        return self.before.unresolved_shares is not None and self.after.unresolved_shares is not None


def decided_again(rows: pd.DataFrame, matched: Matched, *, by_size: bool) -> pd.DataFrame:
    """The rows of `difference`. A verdict stays only if it also holds under `second_test` and `wide_bounds`.

    A measure that leaves nobody unresolved (a mean, a share of cases) stays as it is.
    """
    if not matched.has_unresolved:
        return rows
    rows = standing(rows, *second_test(matched, rows["verdict"].to_numpy(), by_size=by_size))
    return without_wide_bounds(rows, _wide(matched.before.table, matched.first), _wide(matched.after.table, matched.second))


def second_test(rows: Matched, verdict: NDArray[np.object_], *, by_size: bool) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Whether verdicts hold with the excess of unresolved persons over the other round's share counted as cases (docs/methods.md §5).

    For `decreased` with u2 > u1 the later estimate is p2 + (u2 − u1), for `increased` with u1 > u2 the earlier is p1 + (u1 − u2). Both
    differences are (p2 + u2) − (p1 + u1), whose variance is by the sum of both influences in each round. Of a number of persons u is
    multiplied by the population of the round with the excess, which is taken as known.

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
    """The change with the excess counted as cases, as `difference` has it; `verdict` says of a number whose population is meant."""
    sides, scaled = [], []
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
        sides.append(with_unresolved(side_of(est.table, at), shares.share[at] * whole, se, level))
        scaled.append(replace(est, influence=z))
    joint, _ = join_samples(dict(zip(("before", "after"), scaled, strict=True)), rows.shared)
    covariance = (joint[:, : len(one)] * joint[:, len(one) :]).sum(axis=0)
    return difference(sides[0], sides[1], covariance, level=level, by_size=by_size)


def decided_since(row: pd.DataFrame, baseline: PublishedBaseline, after: Estimates, at: int, rho: float) -> pd.DataFrame:
    """The change of one row since a publication, by MOVER. Its verdict is tested again as in `second_test`, with the published
    share of unresolved persons.

    A publication that does not state its share of unresolved persons is taken to have none: the later round's all count as excess, and an
    increase is not tested again.

    Args:
        row: the change. baseline: the publication. after: the later round, at: its row. rho: as in `mover`.
    """
    shares = after.unresolved_shares
    if shares is None:
        return row
    whole = float(after.table["population"].iloc[at]) if after.about.measure in COUNTED else 1.0
    before, verdict = whole * (baseline.unresolved_share or 0.0), row["verdict"].to_numpy()
    z = dense(after.influence[:, [at]]) + dense(shares.influence[:, [at]]) * whole
    own = side_of(after.table, np.array([at]))
    later = with_unresolved(own, shares.share[[at]] * whole, np.sqrt(after.units.variances(z)), after.about.level)
    then = WithLimits(baseline.estimate + before, baseline.ci_low + before, baseline.ci_high + before)
    second = verdicts(*mover(then, WithLimits(later.estimate, later.ci_low, later.ci_high), rho))
    again = tested_again(verdict, baseline.unresolved_share or 0.0, shares.share[[at]])
    row = standing(row, again, second, MORE_UNRESOLVED if baseline.unresolved_share is not None else UNRESOLVED_NOT_TOLD)
    return without_wide_bounds(
        row, wide_bounds([baseline.estimate + before], [baseline.ci_high]), _wide(after.table, np.array([at]))
    )


def side_of(table: pd.DataFrame, rows: Positions) -> Side:
    """Some rows of an `Estimates.table`."""
    return Side(**{f.name: table[f.name].astype(float).to_numpy()[rows] for f in fields(Side)})


def _wide(table: pd.DataFrame, rows: Positions) -> NDArray[np.bool_]:
    return wide_bounds(table["bound_high"].to_numpy(float), table["ci_high"].to_numpy(float))[rows]
