"""Computes the planned value of each year from the baseline to a target (the path)."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.results_framework import Target


def target_value(target: Target, baseline: float) -> float:
    """Returns the value that a target asks for, in the unit of `baseline` (such as cases per 1,000 persons). A cut of 0.5 (a
    half) from a baseline of 17.2 gives 8.6. A target to eradicate gives 0."""
    if target.eradicate:
        return 0.0
    return baseline * (1 - target.cut) if target.cut is not None else float(target.value or 0.0)


def target_in_words(target: Target, unit: object) -> Reason:
    """Returns a target in words: *a cut of 50% by 2030*. `unit` is the unit of the target's value."""
    if target.eradicate:
        return Reason.of("plan.eradication", N=str(target.year))
    if target.cut is not None:
        return Reason.of("plan.cut", N=100 * target.cut, M=str(target.year))
    return Reason.of("plan.value", N=target.value, unit=unit, M=str(target.year))


def targets_of_row(targets: Sequence[Target], group: str, category: str) -> list[Target]:
    """Returns the targets that are for one category of an indicator, the earliest first. The group `total` means the whole
    population."""
    key = ("", "") if group == "total" else (group, category)
    return sorted((t for t in targets if (t.group, t.category) == key), key=lambda t: t.year)


def planned_value(targets: Sequence[Target], baseline: float, start: int, year: int) -> float:
    """Returns the planned value of a year, on the path from the baseline to the next target.

    The result is nan for a year before the baseline or after the last target, and if there is no target. Let p0 be the value at
    the start of the path, pT the target, t the years since the start, and T the years from the start to the target. The linear
    path is p0 + (pT − p0)·t/T. The geometric path is p0·(pT/p0)^(t/T), or the linear path if p0 is 0.

    Args:
        targets: the targets for one category of an indicator, the earliest first.
        baseline: the value of the baseline.
        start: the year of the baseline.
        year: the year for which the value is planned.
    """
    here, value = start, baseline
    for target in targets:
        goal = target_value(target, baseline)
        if target.year <= start:
            continue
        if here <= year <= target.year:
            share = (year - here) / (target.year - here)
            if target.path == "geometric" and value > 0:
                return float(value * (goal / value) ** share)
            return float(value + (goal - value) * share)
        here, value = target.year, goal
    return float("nan")
