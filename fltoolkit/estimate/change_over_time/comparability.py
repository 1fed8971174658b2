"""Whether two rounds measure the same thing, and how much of their look-back windows they share."""

from __future__ import annotations

from datetime import date

from fltoolkit.estimate.measures.estimates import About

FACTS = {
    "country": "country", "measure": "measure", "outcome": "outcome", "rule_set": "definition (rule set)",
    "same_work": "definition (same work)", "age_basis": "definition (age)", "sector_basis": "definition (sector)",
    "reference_months": "reference period in months",
    "duration_basis": "months counted", "population_label": "population", "population_ages": "ages of the population",
}  # fmt: skip
POINT_IN_TIME = ("current", "current_prevalence")
MOST = 5


def differences(before: About, after: About) -> list[str]:
    """Why two rounds cannot be compared: each fact that both state and that changed, with both values."""
    told = [
        f"{words} changed: {old} before, {new} after"
        for name, words in FACTS.items()
        if (old := getattr(before, name)) and (new := getattr(after, name)) and old != new
    ]
    if before.questionnaire and after.questionnaire and before.questionnaire != after.questionnaire:
        told.append(f"questionnaire changed: {_questions(before.questionnaire, after.questionnaire)}")
    return told


def unstated(before: About, after: About) -> tuple[str, ...]:
    """The facts that only one of the two states, so that nobody can say whether they changed."""
    names = {**FACTS, "questionnaire": "questionnaire"}
    return tuple(words for name, words in names.items() if bool(getattr(before, name)) != bool(getattr(after, name)))


def window_overlap(before: About, after: About) -> float:
    """Share of the look-back window T that is in both rounds: max(0, T − gap)/T; nan where T or the dates are not known.

    The gap is that of the windows' starts, else their ends, else the years of the surveys, in months. 0 for what is measured at
    the interview.
    """
    months = after.reference_months
    if after.measure in POINT_IN_TIME:
        return 0.0
    if not months or before.reference_months != months:
        return float("nan")
    for name in ("window_start", "window_end"):
        old, new = getattr(before, name), getattr(after, name)
        if old and new:
            gap = _months(date.fromisoformat(new)) - _months(date.fromisoformat(old))
            break
    else:
        if before.year is None or after.year is None:
            return float("nan")
        gap = 12.0 * (after.year - before.year)
    return max(0.0, months - round(gap, 1)) / months


def _months(day: date) -> float:
    return day.year * 12 + day.month + (day.day - 1) / 30.4375


def _questions(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """The items whose questions changed, with both; cut after a few."""
    old, new = (dict(line.split(": ", 1) for line in lines) for lines in (before, after))
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    told = [f"{key} ({old.get(key, 'not asked')} before, {new.get(key, 'not asked')} after)" for key in keys]
    return ", ".join(told[:MOST]) + (f" and {len(told) - MOST} more" if len(told) > MOST else "")
