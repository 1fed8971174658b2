"""Estimates the change between two surveys, or since a published number, with its interval. If the two cannot
be compared, the change is blank, and the column `reason` says why.

The result says whether something changed, never why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.comparability import (
    differences,
    facts_of_one_round,
    given_in_wrong_order,
    is_told_by_dates,
    sums_of_weights_differ,
    window_overlap,
)
from fltoolkit.estimate.change_over_time.difference import (
    COMPARED_DF,
    COVERS_ZERO,
    NO_CHANGE,
    NOT_COMPARABLE,
    NOT_TOLD,
    TOO_FEW,
    TOO_UNLIKE,
    WithLimits,
    difference,
    first_remark,
    is_testable,
    mover,
    size_ratio,
    verdicts,
    without_contradiction,
)
from fltoolkit.estimate.change_over_time.published_baseline import (
    PublishedBaseline,
    doubts,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    COUNT_MEASURES,
    NOT_STATED,
    Matched,
    Positions,
    confirmed_since_publication,
    confirmed_verdicts,
    round_estimates,
)
from fltoolkit.estimate.measures.estimates import About, Estimates, RowName, find_row
from fltoolkit.estimate.measures.stacked_estimates import join_samples
from fltoolkit.estimate.totals.breakdowns import Breakdowns
from fltoolkit.estimate.variance import psu_labels
from fltoolkit.languages.reasons import Reason, Remark, joined_reasons
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed
from fltoolkit.survey.spec.survey_spec import SIDES
from fltoolkit.table_records import HoldsTable, as_records

WEIGHTS_ACCEPTED = "design.weight"  # what an entry under accept: of the later survey.yaml names
SYMMETRIC = {"wald", "woodruff"}  # intervals of means and quantiles
NUMBERS = ("change", "se", "df", "ci_low", "ci_high", "relative_change", "ratio", "ratio_low", "ratio_high")


@dataclass(frozen=True, repr=False)
class Change(HoldsTable):
    """The change between two rounds (the same survey at two times). It contains counts of cases, so it is
    confidential: `publish_change` decides what may be published.

    The columns of `table`:

    - one column for each group. A row is about everybody (`total`) or about one category.
    - `change` (after − before), `se`, `df`, `ci_low`, `ci_high`, and `relative_change` (change / before).
    - `ratio` (after / before), with the limits of its interval, `ratio_low` and `ratio_high`, computed on the
      log scale. The two limits are blank if they contradict the verdict.
    - `method`: `taylor`, or `mover` (an interval made from the intervals of the two rounds).
    - `verdict`: decreased, increased, no detectable change, or not comparable. It depends on the interval of
      `change`. `reason`: why the change is not detectable or not comparable. It is empty for the other two
      verdicts.
    - `attenuated`: whether the look-back windows of the rounds overlap. Such an overlap hides part of a
      change. `overlap`: the share of the window that is in both rounds.
    - the columns of each round, with `_before` or `_after` at the end: `estimate_before`,
      `psus_with_cases_after`.

    Attributes:
        table: one row for the total and for each category that is in at least one of the rounds.
        before: facts about the earlier round's estimates, such as their year and population.
        after: the same facts about the later round's estimates.
        by: the breakdowns, each a tuple of groups.
        unstated: the facts (such as the reference period) that only one of the two rounds states. They could
            not be compared.
        doubts: of `change_from_published`: what contradicts itself in the published numbers, in words.
    """

    table: pd.DataFrame
    before: About
    after: About
    by: Breakdowns
    unstated: tuple[Remark, ...]
    doubts: tuple[Remark, ...] = ()

    def about_it(self) -> list[str]:
        """Returns what changed between which rounds, in lines for a notebook."""
        before, after = self.before, self.after
        what = f"Change: {after.measure} ({before.round or before.year} to {after.round or after.year})"
        return [
            f"{what}, {len(self.table):,} rows",
            "to publish it: fl.publish_change(change, before, after)",
        ]

    @property
    def one_round_only(self) -> int:
        """Returns the number of rows that only one of the two rounds has, for example because a category is
        new."""
        return int((self.table["n_before"].isna() != self.table["n_after"].isna()).sum())


@checked
def change(before: Estimates, after: Estimates, *, shared_psus: bool | None = None) -> Change:
    """Estimate the change between two rounds (the same survey at two times), after − before. Each row of one
    round is compared with the row of the same category in the other round (docs/methods.md §5).

    The interval is the Taylor contrast: the variance comes from the influences (linearised values) of both
    rounds. If the rounds differ much in size, MOVER computes the interval from the intervals of the two
    rounds (see `difference.difference`).

    No change is computed if a definition, the reference period, the population, the measure, the outcome or
    the questionnaire differs. The verdict is then `not comparable`, and the reason gives the values of both
    rounds. If only the look-back windows of the rounds overlap, the change is computed and marked
    `attenuated` (probably too small), and the verdict is also `not comparable`. If a row is in only one
    round, its change is blank. Two designs without survey.yaml are comparable if measure and outcome are the
    same.

    Args:
        before: the earlier round.
        after: the later round.
        shared_psus: whether a PSU with the same stratum and label is the same area in both rounds. With None,
            the later survey.yaml decides (`design.psus_of_earlier_rounds`). If this key is missing, no label
            may be in both rounds, and the rounds count as independent. So do rounds with replicate weights,
            which name no PSU: the variance of the change is then on the safe side.

    Raises:
        RequestError: the confidence levels differ; each round has a breakdown that the other lacks; the later
            round is given first.
        DesignError: see `stack`.
    """
    old, new = before.about, after.about
    _comparable_calls(old, new)
    _same_breakdowns(before.by, after.by)
    groups = list(dict.fromkeys(g for est in (before, after) for b in est.by for g in b))
    first, second = ({key: i for i, key in enumerate(_keys(est.table, groups))} for est in (before, after))
    keys = list(dict.fromkeys([*first, *second]))
    i, j = (np.array([position.get(key, -1) for key in keys], dtype=np.intp) for position in (first, second))
    both, why = (i >= 0) & (j >= 0), [*differences(old, new), *_other_weights(before, after)]
    found = _not_compared(len(keys), joined_reasons(why))
    one_only = first_remark([i < 0, j < 0], [Reason.of("rounds.later"), Reason.of("rounds.earlier")])
    found["reason"] = found["reason"].mask((i < 0) | (j < 0), pd.Series(one_only, dtype=object))
    if both.any() and not why:
        shared = shared_psus
        if shared is None:
            shared = {"kept": True, "new": False}.get(new.psus_of_earlier_rounds)
            # Replicate weights name no PSU. Without the covariance, the variance is on the safe side.
            if not all(psu_labels(est.units) for est in (before, after)):
                shared = False
        scaled, _ = join_samples({"before": before, "after": after}, shared)
        covariance = (scaled[:, i[both]] * scaled[:, len(before.table) + j[both]]).sum(axis=0)
        by_size = not {old.interval, new.interval} & SYMMETRIC
        rows = difference(
            round_estimates(before.table, i[both]),
            round_estimates(after.table, j[both]),
            covariance,
            level=new.level,
            by_size=by_size,
        )
        rows = confirmed_verdicts(rows, Matched(before, after, i[both], j[both], shared), by_size=by_size)
        found.loc[both, rows.columns] = rows.set_axis(np.flatnonzero(both))
    labels = pd.DataFrame(keys, columns=groups, index=range(len(keys)))
    columns_of_rounds = _columns(before.table, i, "before"), _columns(after.table, j, "after")
    table = pd.concat([labels, _with_window_overlap(found, old, new), *columns_of_rounds], axis=1)
    return Change(
        table, old, new, tuple(dict.fromkeys((*before.by, *after.by))), facts_of_one_round(old, new)
    )


@checked
def change_from_published(
    baseline: PublishedBaseline | Mapping[str, Any],
    after: Estimates,
    *,
    row: RowName = "total",
    rho: Annotated[float, Field(ge=-1, le=1)] = 0.0,
) -> Change:
    """Estimate how much one row of `after` changed since a number that is known only from a publication (the
    baseline). MOVER makes the interval from the intervals of the two numbers (`difference.mover`;
    docs/methods.md §5).

    The verdict is `decreased` or `increased` only if both surveys have at least 15 cases in 10 PSUs. If the
    baseline's PSUs were not published, the baseline needs 30 cases, or 15 after division by its design
    effect. With fewer cases, the verdict is `no detectable change`, and the reason is `too few cases`.
    Without this rule, MOVER would falsely say "decreased" with a probability of up to 5%.

    The verdict is also `no detectable change` if the numbers of persons who answered (`n`) differ by more
    than a factor 2. If the baseline does not give `n`, the user must check that the sizes are similar.
    `doubts` of the result says what contradicts itself in the published numbers, such as a rate far from its
    cases divided by `n`.
    Whether the two numbers can be compared, and whether their look-back windows overlap, is decided as in
    `change`, from the facts that the baseline states (such as its reference period).

    Args:
        baseline: a `PublishedBaseline`, or its fields as a mapping.
        after: the later round.
        row: the name of the row of `after` that is compared (see `estimates.find_row`).
        rho: the correlation of the two estimates, if it is known (both surveys may have PSUs in common). 0 is
            the safe choice.

    Raises:
        RequestError: the confidence levels differ; there is no such row; `baseline` has an unknown field.
    """
    if isinstance(baseline, Mapping):
        allowed = [f.name for f in fields(PublishedBaseline)]
        if wrong := sorted(map(str, set(baseline) - set(allowed))):
            raise RequestError(
                "a published baseline has no such field", where="baseline", found=wrong, allowed=allowed
            )
        if gone := [name for name in allowed[:3] if name not in baseline]:
            raise RequestError(
                f"a published baseline needs {', '.join(allowed[:3])}",
                where="baseline",
                found=f"no {', '.join(gone)}",
            )
        baseline = PublishedBaseline(**baseline)
    old, new, at = baseline.about, after.about, find_row(after, row)
    _comparable_calls(old, new)
    _one_scale(baseline, new.measure)
    now = after.table[list(SIDES)].astype(float).iloc[at]
    found = _not_compared(1, why := joined_reasons(differences(old, new)))
    if not why:
        found = confirmed_since_publication(_change_by_mover(baseline, now, rho), baseline, after, at, rho)
    groups = list(dict.fromkeys(g for b in after.by for g in b))
    then = pd.DataFrame({f"{c}_before": [getattr(baseline, c, None)] for c in SIDES}).astype(float)
    labels = after.table[groups].iloc[[at]].reset_index(drop=True)
    by = (tuple(g for g in groups if labels[g].iloc[0] != TOTAL),)
    table = pd.concat(
        [labels, _with_window_overlap(found, old, new), then, _columns(after.table, np.array([at]), "after")],
        axis=1,
    )
    silent = after.unresolved_shares is not None and baseline.unresolved_share is None
    unstated = (*facts_of_one_round(old, new), *((NOT_STATED,) if silent else ()))
    return Change(
        table, old, new, by, unstated, doubts(baseline) if new.measure.endswith("prevalence") else ()
    )


def _one_scale(baseline: PublishedBaseline, measure: str) -> None:
    """Raises an error if the published number and the estimate of the later round are on different scales:
    for example, one is a rate per 1,000 and the other a proportion. `measure` is the measure of the later
    round."""
    is_proportion = measure == "share" or measure.endswith("prevalence")
    fits = (
        baseline.ci_low >= 0 and baseline.ci_high <= 1
        if is_proportion
        else baseline.estimate == 0 or baseline.estimate >= 1
    )
    if (measure in COUNT_MEASURES or is_proportion) and not fits:
        what = "a proportion: 17.2 per 1,000 is 0.0172" if is_proportion else "a number of persons"
        raise RequestError(
            f"like the later round, the published figure must be {what}",
            where="baseline",
            found=(
                f"{baseline.estimate:,.10g} ({baseline.ci_low:,.10g} to {baseline.ci_high:,.10g}) "
                f"beside {measure}"
            ),
            do=(
                "give estimate, ci_low and ci_high in the scale of the later round, or estimate that by "
                "another verb"
            ),
        )


def _change_by_mover(baseline: PublishedBaseline, now: pd.Series, rho: float) -> pd.DataFrame:
    """Returns the change since a published number, and the ratio of the two numbers, as a table with one row.
    Both intervals come from the intervals of the two numbers (the method MOVER, see `difference.mover`). The
    interval of the ratio is computed on the log scale.

    A change is `decreased` or `increased` only if both surveys have enough cases and similar sizes. Otherwise
    the column `reason` says which condition is not met.

    Args:
        baseline: the published number.
        now: the row of the later round: `estimate`, `ci_low`, `ci_high`, `n`, `cases` and others.
        rho: the correlation of the two estimates.
    """
    then = (baseline.estimate, baseline.ci_low, baseline.ci_high)
    later = (float(now["estimate"]), float(now["ci_low"]), float(now["ci_high"]))
    low, high = mover(WithLimits(*then), WithLimits(*later), rho)
    has_cases = baseline.cases is not None
    enough = baseline.has_enough_cases and is_testable(now["cases"], now["psus_with_cases"])
    too_unlike = baseline.n is not None and bool(size_ratio(baseline.n, now["n"]) > COMPARED_DF)
    (verdict,) = verdicts([low], [high], enough and not too_unlike)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio_low, ratio_high = np.exp(mover(WithLimits(*np.log(then)), WithLimits(*np.log(later)), rho))
        ratio = np.float64(now["estimate"]) / baseline.estimate
    gap = now["estimate"] - baseline.estimate
    reason = (
        NOT_TOLD
        if not has_cases
        else TOO_FEW
        if not enough
        else TOO_UNLIKE
        if too_unlike
        else COVERS_ZERO
        if verdict == NO_CHANGE
        else ""
    )
    columns = {
        "change": gap,
        "se": np.nan,
        "df": np.nan,
        "ci_low": low,
        "ci_high": high,
        "relative_change": gap / baseline.estimate if baseline.estimate else np.nan,
        "ratio": ratio if np.isfinite(ratio) else np.nan,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        "method": "mover",
        "verdict": verdict,
        "reason": reason,
    }
    return pd.DataFrame(columns, index=[0])


def _with_window_overlap(found: pd.DataFrame, old: About, new: About) -> pd.DataFrame:
    """Returns the changes with two more columns: `overlap`, the share of the look-back window (the period
    that the questions ask about) that is in both rounds, and `attenuated`. If the windows overlap, the
    verdict becomes `not comparable`. The interval of a ratio that contradicts its verdict becomes blank.

    Args:
        found: the changes, one per row.
        old, new: the facts about the two rounds, such as their reference periods.
    """
    overlap = window_overlap(old, new)
    if overlap > 0:
        months = new.reference_months or 0
        by = "" if is_told_by_dates(old, new) else "_by_years"
        shared = Reason.of(f"rounds.overlap{by}", N=overlap * months, M=months)
        compared = found["change"].notna()
        found = found.assign(
            verdict=found["verdict"].mask(compared, NOT_COMPARABLE),
            reason=found["reason"].mask(compared, shared),
        )
    return without_contradiction(found.assign(attenuated=overlap > 0, overlap=overlap))


def _comparable_calls(old: About, new: About) -> None:
    if old.level != new.level:
        raise RequestError(
            "the two rounds have different confidence levels",
            where="level",
            found=f"{old.level:g} before, {new.level:g} after",
            do="estimate the later round at the level of the earlier one",
        )
    if found := given_in_wrong_order(old, new):
        raise RequestError(
            "the later round is given first",
            where="change",
            found=", then ".join(found),
            do="fl.change(before, after)",
        )


def _other_weights(before: Estimates, after: Estimates) -> list[Reason]:
    """Returns the reason why numbers of persons in two rounds cannot be compared: the weights of everybody
    add up to more than twice as much in one round. The list is empty for rates, for a part of the persons,
    and if the later survey.yaml accepts it."""
    old, new = before.about, after.about
    if new.measure not in COUNT_MEASURES or old.where or new.where or WEIGHTS_ACCEPTED in new.accepted_rounds:
        return []
    sums = [
        est.table.loc[(est.table[list(est.groups)] == TOTAL).all(axis=1), "population"]
        for est in (before, after)
    ]
    found = (
        None if any(one.empty for one in sums) else sums_of_weights_differ(*(float(s.iloc[0]) for s in sums))
    )
    return [found] if found else []


def _same_breakdowns(old: Breakdowns, new: Breakdowns) -> None:
    """Raises an error if each of the two rounds has a breakdown that the other lacks: for example, one is by
    sex and the other by region. No error is raised if only one round has further breakdowns. The change in
    their rows is blank."""
    one, two = ({frozenset(breakdown) for breakdown in by} for by in (old, new))
    if one - two and two - one:
        raise RequestError(
            "the two rounds are broken down by different groups",
            where="by",
            found=f"{_breakdowns_in_words(old)} before; {_breakdowns_in_words(new)} after",
            do="estimate both rounds with the same by",
        )


def _breakdowns_in_words(by: Breakdowns) -> str:
    """Returns breakdowns in words: `(("sex", "region"), ())` becomes `sex × region, total`."""
    return ", ".join(crossed(breakdown) or TOTAL for breakdown in by)


def _keys(table: pd.DataFrame, groups: list[str]) -> list[tuple[str, ...]]:
    """Returns, for each row of a round, its category in each of `groups`. For a group that the round does not
    have, the category is `total`: `("women", "total")`."""
    full = table.assign(**{g: TOTAL for g in groups if g not in table})
    return [tuple(str(row[g]) for g in groups) for row in as_records(full)]


def _not_compared(rows: int, reason: object) -> pd.DataFrame:
    numbers: dict[str, Any] = dict.fromkeys(NUMBERS, np.nan)
    found = pd.DataFrame({**numbers, "method": "", "verdict": NOT_COMPARABLE}, index=range(rows))
    return found.assign(reason=pd.Series([reason] * rows, dtype=object))


def _columns(table: pd.DataFrame, rows: Positions, suffix: str) -> pd.DataFrame:
    """Returns the columns of one round (estimate, interval and others), in the order of the rows of the
    result.

    Args:
        table: the table of the round.
        rows: for each row of the result, its position in `table`. If the round has no such row, the position
            is −1, and the values are blank.
        suffix: `before` or `after`; it is added to the names of the columns.
    """
    own = table[list(SIDES)].reset_index(drop=True).astype(float).reindex(rows).reset_index(drop=True)
    return own.add_suffix(f"_{suffix}")
