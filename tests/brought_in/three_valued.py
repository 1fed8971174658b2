"""Yes, no and unresolved (None) in Kleene's logic, and what the truth of a person holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Truth = bool | None
Answers = Mapping[str, str]  # a person's row: codes as text, "" where the cell is blank


def both(*truths: Truth) -> Truth:
    """No if one is no; else unresolved if one is unresolved; else yes."""
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def either(*truths: Truth) -> Truth:
    """Yes if one is yes; else unresolved if one is unresolved; else no."""
    if any(truth is True for truth in truths):
        return True
    return None if any(truth is None for truth in truths) else False


def opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def code(answer: str, yes: Iterable[str], no: Iterable[str]) -> Truth:
    """What one answer says; don't know, refused and blank say nothing. Codes of one letter may be given as
    one text: "13" is 1 or 3."""
    if answer in {*yes}:
        return True
    return False if answer in {*no} else None


def behind(gate: Truth, answer: str, said: Truth) -> Truth:
    """What a question behind a gate says: an answer counts as it is; a blank is no only if the gate is known
    to be shut."""
    if answer != "":
        return said
    return False if gate is False else None


@dataclass(frozen=True)
class Person:
    """One row of the survey, with its design and what is true of it.

    `outcome` is None for who is unresolved, and for who was not asked (`asked` tells which). `label` is the
    form, or a child's route.
    """

    key: tuple[str, ...]
    population: str
    asked: bool
    outcome: Truth
    stratum: str
    psu: str
    weight: float
    sex: str
    age_group: str
    label: str = ""


@dataclass(frozen=True)
class Counts:
    """Unweighted counts of a population: persons in the denominator, cases, unresolved persons."""

    persons: int
    cases: int
    unresolved: int


def count(people: Iterable[Person], population: str = "") -> Counts:
    """The counts of the persons asked, of one population or of all."""
    asked = [person for person in people if person.asked and population in ("", person.population)]
    cases = sum(person.outcome is True for person in asked)
    return Counts(len(asked), cases, sum(person.outcome is None for person in asked))


BANDS = {0: "0-4", 5: "5-11", 12: "12-14", 15: "15-17", 18: "18-24", 25: "25-54", 55: "55-64", 65: "65+"}


def age_group(age: str) -> str:
    """The standard band of an age; a blank age is a group of its own."""
    return BANDS[max(low for low in BANDS if low <= int(age))] if age else "not stated"
