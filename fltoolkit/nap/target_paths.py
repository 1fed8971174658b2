"""Computes the path from a baseline to a target: the planned value of each year."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.results_framework import Target


def aim(target: Target, baseline: float) -> float:
    """Returns the value that a target asks for, in the row's unit. A cut of 0.5 from a `baseline` of 17.2 gives 8.6."""
    if target.eradicate:
        return 0.0
    return baseline * (1 - target.cut) if target.cut is not None else float(target.value or 0.0)


def words(target: Target, unit: object) -> Reason:
    """Returns a target in the words that a plan uses: `a cut of 50 % by 2030`."""
    if target.eradicate:
        return Reason.of("plan.eradication", N=str(target.year))
    if target.cut is not None:
        return Reason.of("plan.cut", N=100 * target.cut, M=str(target.year))
    return Reason.of("plan.value", N=target.value, unit=unit, M=str(target.year))


def of_row(targets: Sequence[Target], group: str, category: str) -> list[Target]:
    """Returns those of an indicator's targets that are for one row of the baseline (a category, or the total), earliest first."""
    key = ("", "") if group == "total" else (group, category)
    return sorted((t for t in targets if (t.group, t.category) == key), key=lambda t: t.year)


def on_path(targets: Sequence[Target], baseline: float, start: int, year: int) -> float:
    """Returns the planned value of a row of the plan in a year: the value on the path from its baseline to its next target.

    The result is nan for a year before the baseline or after the last target, and if there is no target. Let p0 be the
    value at the start of the path, pT the target, t the years since the start and T the years from start to target. The linear path
    is p0 + (pT − p0)·t/T. The geometric path is p0·(pT/p0)^(t/T).
    """
    here, value = start, baseline
    for target in targets:
        goal = aim(target, baseline)
        if target.year <= start:
            continue
        if here <= year <= target.year:
            share = (year - here) / (target.year - here)
            if target.path == "geometric" and value > 0:
                return float(value * (goal / value) ** share)
            return float(value + (goal - value) * share)
        here, value = target.year, goal
    return float("nan")
