"""Counts, by kind of person, whom two outcomes have in common: forced labour, outcomes of one's own, characteristics of cases.

The tables are microdata, as those of `person_patterns`: they stay in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.classify.answers_as_truths import all_of
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.profile.characteristics import characteristics_of
from fltoolkit.estimate.totals.person_patterns import summed_by_kind
from fltoolkit.estimate.variance.taylor_variance import Array

FORCED_LABOUR = "forced_labour"


@dataclass(frozen=True)
class Overlap:
    """By kind of person, in the order of `PersonPatterns.kinds`: who has another outcome, and who has both."""

    other: Array
    both: Array


@dataclass(frozen=True)
class Overlaps:
    """What an outcome has in common with others.

    Attributes:
        outcomes: by name, with forced labour (`forced_labour`) and other outcomes of one's own.
        characteristics: by topic and name, with the cases of whom a characteristic holds.
    """

    outcomes: Mapping[str, Overlap]
    characteristics: Mapping[tuple[str, str], Overlap]


def read_overlaps(
    persons: ClassifiedSurvey, outcome: str, others: Sequence[str], groups: Sequence[str], populations: Sequence[str]
) -> Overlaps:
    """The overlaps of one outcome, in one pass over the persons.

    Args:
        persons: a classified survey. outcome: a column of truths, such as `forced_labour`. others: other such columns.
        groups, populations: those by which the kinds are made, as `person_patterns.read_patterns` gets them.

    Returns:
        With forced labour itself no characteristics: a profile of its cases is protected against their number.
    """
    mine = nw.col(outcome)
    truths = {("", name): nw.col(name) for name in others}
    if outcome != FORCED_LABOUR:
        found = characteristics_of(persons, children=False)
        truths |= {(c.topic, c.name): all_of([nw.col(FORCED_LABOUR), c.truth]) for c in found}
    pairs = {f"other{k}": truth for k, truth in enumerate(truths.values())}
    pairs |= {f"both{k}": all_of([mine, truth]) for k, truth in enumerate(truths.values())}
    sums = summed_by_kind(persons, groups, populations, pairs)
    made = {key: Overlap(sums[f"other{k}"], sums[f"both{k}"]) for k, key in enumerate(truths)}
    return Overlaps({name: o for (topic, name), o in made.items() if not topic}, {key: o for key, o in made.items() if key[0]})
