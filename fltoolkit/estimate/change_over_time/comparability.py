"""Checks whether two surveys measure the same thing, and how much the periods that their questions ask about
overlap."""

from __future__ import annotations

from datetime import date
from functools import reduce

from fltoolkit.estimate.measures.estimates import About
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.printed_values import rounded_sum
from fltoolkit.survey.spec.survey_spec import SurveySpec

FACTS = (
    "country",
    "measure",
    "outcome",
    "rule_set",
    "same_work",
    "age_basis",
    "sector_basis",
    "reference_months",
    "duration_basis",
    "population_label",
    "population_ages",
)
POINT_IN_TIME = ("current", "current_prevalence")
MOST_LISTED = 5
NOT_ASKED = Reason.of("rounds.not_asked")
OTHER_MODE = 0.1  # share of the interviews
TWICE = 2.0


def differences(before: About, after: About) -> list[Reason]:
    """Returns the reasons why two rounds (the same survey at two times) cannot be compared. Each reason names
    a fact that differs between the rounds, such as the reference period, and gives both values. If the rounds
    can be compared, the list is empty."""
    reasons = [
        Reason.of("rounds.changed", fact=fact_in_words(name), old=old, new=new)
        for name in FACTS
        if (old := getattr(before, name)) and (new := getattr(after, name)) and old != new
    ]
    if before.questionnaire and after.questionnaire and before.questionnaire != after.questionnaire:
        reasons.append(
            Reason.of("rounds.questionnaire", what=_questions(before.questionnaire, after.questionnaire))
        )
    if before.where != after.where and not (before.population_label and after.population_label):
        reasons.append(Reason.of("rounds.domain", old=_domain(before), new=_domain(after)))
    old, new = dict(before.interview_modes), dict(after.interview_modes)
    if _other_modes(old, new):
        reasons.append(Reason.of("interviews.modes", old=_mode_shares(old), new=_mode_shares(new)))
    return reasons


def _domain(about: About) -> Reason | str:
    """Returns, in words, the persons whom the estimates of a round are about (the domain): `area: rural`, or
    *everybody*."""
    return "; ".join(f"{group}: {', '.join(labels)}" for group, labels in about.where) or Reason.of(
        "rounds.everybody"
    )


def fact_in_words(name: str) -> Reason:
    """Returns the name of a fact about a survey in words, such as *the reference period*. `name` is a field
    of `About`, such as `reference_months`."""
    return Reason.of(f"rounds.facts.{name}")


def _other_modes(old: dict[str, float], new: dict[str, float]) -> bool:
    """Returns whether the interviews of two rounds were held in different ways: at least a tenth of them
    moved to another mode, such as telephone. Returns false if a round does not state its modes. `old` and
    `new` give the share of each mode."""
    return (
        bool(old and new)
        and sum(abs(old.get(m, 0.0) - new.get(m, 0.0)) for m in {*old, *new}) / 2 >= OTHER_MODE
    )


def _mode_shares(modes: dict[str, float]) -> Reason | str:
    """Returns, in words, the share of each interview mode (such as telephone) in a round.

    The shares are rounded to steps of ten percent, so that they reveal no count.
    """
    shares = [
        Reason.of("interviews.share", what=m, N=round(10 * share) * 10)
        for m, share in modes.items()
        if round(10 * share)
    ]
    return (
        reduce(lambda first, last: Reason.of("interviews.and", first=first, last=last), shares)
        if shares
        else ""
    )


def question_changes(before: SurveySpec, after: SurveySpec) -> dict[str, list[str]]:
    """Returns the differences between the questions of two rounds. Each key is a difference in words. Its
    value lists the questions that differ in this way, as keys of survey.yaml: `{"mode experienced before,
    threatened after": ["items.coercion.debt_bondage"]}`.

    Questions can be added or removed, or differ in label, codes, mode or routing. The names of columns are
    not compared, because a round may rename them. A label that only one round gives is not compared. A round
    may also give new codes to the same answers. So the reader decides whether a question with other codes is
    still the same question.
    """
    old, new = (_by_key(spec) for spec in (before, after))
    found: dict[str, list[str]] = {}
    for key in dict.fromkeys([*old, *new]):
        one, two = old.get(key, []), new.get(key, [])
        if not one or not two:
            reasons = [f"asked only in the {'later' if two else 'earlier'} round"]
        elif len(one) != len(two):
            reasons = [f"{len(one)} questions before, {len(two)} after"]
        else:
            reasons = [_differs(*pair) for pair in zip(one, two, strict=True)]
        for what in dict.fromkeys(reasons):
            if what:
                found.setdefault(what, []).append(key)
    return found


def _by_key(spec: SurveySpec) -> dict[str, list[dict[str, str]]]:
    """Returns the questions of a survey by their key in survey.yaml, such as `items.coercion.debt_bondage`.
    Each question is a mapping of the properties that are compared between rounds: label, mode, routing, what
    a blank means, and the codes of each answer (such as *yes* and *no*)."""
    found: dict[str, list[dict[str, str]]] = {}
    for where, source in spec.questions():
        codes = source.codes(spec.answers)
        kinds = ("yes", "no", "dont_know", "refused", "not_applicable")
        facts = {
            "label": source.label,
            "mode": source.mode,
            "routing": "routed" if source.routing else "asked of all",
            "blank": str(source.blank or ""),
        }
        facts |= {kind: ", ".join(map(str, getattr(codes, kind))) for kind in kinds}
        found.setdefault(where, []).append(facts)
    return found


def _differs(old: dict[str, str], new: dict[str, str]) -> str:
    names = [
        name for name in old if old[name] != new[name] and (name != "label" or (old[name] and new[name]))
    ]
    return "; ".join(f"{name} {old[name] or 'none'} before, {new[name] or 'none'} after" for name in names)


def facts_of_one_round(before: About, after: About) -> tuple[Reason, ...]:
    """Returns the names, in words, of the facts that only one of the two rounds states, such as the reference
    period. Nobody can say whether these facts changed."""
    names = (*FACTS, "questionnaire", "interview_modes")
    return tuple(
        fact_in_words(name) for name in names if bool(getattr(before, name)) != bool(getattr(after, name))
    )


def window_overlap(before: About, after: About) -> float:
    """Returns the share of the look-back window (the period that questions ask about) that lies in the
    windows of both rounds: max(0, T − gap)/T, for a window of T months. The result is nan if T or the dates
    are unknown.

    The gap is the time between the starts of the two windows, in months. If the starts are unknown, the gap
    is the time between the ends of the windows. If the ends are unknown as well, the gap is the time between
    the years of the surveys. The share is 0 for a measure of the state at the interview.
    """
    months = after.reference_months
    if after.measure in POINT_IN_TIME:
        return 0.0
    if not months or before.reference_months != months:
        return float("nan")
    if dates := _common_dates(before, after):
        old, new = map(_months, dates)
    elif before.year is None or after.year is None:
        return float("nan")
    else:
        old, new = 12.0 * before.year, 12.0 * after.year
    return max(0.0, months - round(abs(new - old), 1)) / months


def given_in_wrong_order(before: About, after: About) -> tuple[str, str] | None:
    """Returns the years of two rounds, or the dates of two rounds of one year, if the later round is given as
    the earlier one. Otherwise returns None."""
    if before.year is None or after.year is None or before.year < after.year:
        return None
    if before.year > after.year:
        return str(before.year), str(after.year)
    dates = _common_dates(before, after)
    return (str(dates[0]), str(dates[1])) if dates and dates[0] > dates[1] else None


def is_told_by_dates(before: About, after: About) -> bool:
    """Returns whether both rounds give the first day of their window, or the last. Otherwise only their years
    tell the time between them."""
    return _common_dates(before, after) is not None


def _common_dates(before: About, after: About) -> tuple[date, date] | None:
    for name in ("window_start", "window_end"):
        old, new = getattr(before, name), getattr(after, name)
        if old and new:
            return date.fromisoformat(old), date.fromisoformat(new)
    return None


def sums_of_weights_differ(old: float, new: float) -> Reason | None:
    """Returns a reason with the sums of the weights of two rounds, to two digits, if one is more than twice
    the other. No population changes so much between two rounds, but the unit or the coverage of the weights
    may. Returns None if they are alike."""
    if not (old > 0 and new > 0) or 1 / TWICE <= new / old <= TWICE:
        return None
    return Reason.of("rounds.weights", N=rounded_sum(old), M=rounded_sum(new))


def _months(day: date) -> float:
    return day.year * 12 + day.month + (day.day - 1) / 30.4375


def _questions(before: tuple[str, ...], after: tuple[str, ...]) -> Reason | tuple[Reason, ...]:
    """Returns, in words, the items (such as debt bondage) whose questions differ between two rounds, with the
    questions of each round. If there are many, only the first are listed, and the others are counted.

    Args:
        before, after: the questions of each round, one text per item, from
            `questions_asked.questionnaire_of`.
    """
    old, new = (dict(line.split(": ", 1) for line in lines) for lines in (before, after))
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    reasons = tuple(
        Reason.of("rounds.question", key=key, old=old.get(key, NOT_ASKED), new=new.get(key, NOT_ASKED))
        for key in keys
    )
    return (
        Reason.of("rounds.more", what=reasons[:MOST_LISTED], N=len(reasons) - MOST_LISTED)
        if len(reasons) > MOST_LISTED
        else reasons
    )
