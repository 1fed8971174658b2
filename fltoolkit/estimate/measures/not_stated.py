"""Removes the category `not stated` (persons without an answer) from a result. A note gives the number of
persons in this category."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.survey.printed_values import LIMIT, cases_in_words, count_in_words
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL

NotStated = Literal["show", "drop"]
OF_CASES = ("share", "duration", "quantile")


def stated_only(est: Estimates, how: NotStated) -> Estimates:
    """Returns the estimates without the rows of the category `not stated`, if `how` is `drop`. With `show`,
    nothing is removed.

    The other rows and the total do not change: a share is still a share of all cases. In the result,
    `about.not_stated` gives the number of persons in the removed rows (as a count that may be printed), and
    `whole` has the estimates with all rows.
    """
    groups = list(dict.fromkeys(g for b in est.by for g in b if g in est.table))
    gone = (
        np.logical_or.reduce([(est.table[g] == NOT_STATED).to_numpy() for g in groups])
        if groups
        else np.zeros(0, dtype=bool)
    )
    if how == "show" or not gone.any():
        return est
    kept = np.flatnonzero(~gone)
    shares = est.unresolved_shares
    return replace(
        est,
        table=est.table.iloc[kept].reset_index(drop=True),
        influence=est.influence[:, kept],
        design_effects=est.design_effects.iloc[kept].reset_index(drop=True),
        about=replace(est.about, not_stated=_note(est, groups)),
        unresolved_shares=None if shares is None else shares.of_rows(kept),
        whole=est,
    )


def _note(est: Estimates, groups: list[str]) -> str:
    """Returns a sentence that says, for each group, how many persons (or cases) have the category `not
    stated`. The counts are rounded or given as ranges, so that they may be printed. The text is empty if
    there are no such persons."""
    limit = est.design.mask.limit if est.design else LIMIT
    of_cases = est.about.measure in OF_CASES
    words = []
    for group in groups:
        breakdown = next(b for b in est.by if group in b)
        rows = est.table[(est.table[group] == NOT_STATED)]
        rows = rows[np.logical_and.reduce([(rows[g] == TOTAL) == (g not in breakdown) for g in groups])]
        count = int(rows["cases" if of_cases else "n"].sum())
        if count:
            words.append(
                f"{group} not stated by "
                f"{cases_in_words(count, limit) if of_cases else count_in_words(count, limit)} "
                f"{'case(s)' if of_cases else 'person(s)'}"
            )
    return f"left out of the table: {'; '.join(words)}" if words else ""
