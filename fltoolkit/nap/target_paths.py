"""Computes the path from a baseline to a target: the planned value of each year."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.results_framework import Target


def aim(target: Target, baseline: float) -> float:
    """Returns the target's value in the row's unit, for a row that starts from `baseline`."""
    if target.eradicate:
        return 0.0
    return baseline * (1 - target.cut) if target.cut is not None else float(target.value or 0.0)


def words(target: Target, unit: object) -> Reason:
    """Returns the target as a plan writes it: `a cut of 50 % by 2030`."""
    if target.eradicate:
        return Reason.of("plan.eradication", N=str(target.year))
    if target.cut is not None:
        return Reason.of("plan.cut", N=100 * target.cut, M=str(target.year))
    return Reason.of("plan.value", N=target.value, unit=unit, M=str(target.year))


def of_row(targets: Sequence[Target], group: str, category: str) -> list[Target]:
    """Returns the targets of one row of the baseline, earliest first."""
    key = ("", "") if group == "total" else (group, category)
    return sorted((t for t in targets if (t.group, t.category) == key), key=lambda t: t.year)


def on_path(targets: Sequence[Target], baseline: float, start: int, year: int) -> float:
    """Returns the value of a row in a year, on the path to its next target.

    It is nan before the baseline, after the last target, or without a target. Linear: p0 + (pT − p0)·t/T. Geometric:
    p0·(pT/p0)^(t/T); for a cut r this is p0·(1 − r)^(t/T).
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
