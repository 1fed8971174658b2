"""Counts how many persons have two outcomes at the same time, such as forced labour and an outcome that the
user defined. There is one count for each kind of person. A kind is all persons with the same values in all
groups and populations.

The tables are microdata: they stay in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import narwhals as nw

from fltoolkit.classify.characteristics import characteristics_of
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.totals.person_patterns import summed_by_kind
from fltoolkit.estimate.variance import Array
from fltoolkit.survey.answers import all_of

FORCED_LABOUR = "forced_labour"
YES, NO, OPEN = "yes", "no", "open"
COMBINATIONS = [(one, two) for one, two in product((YES, NO, OPEN), repeat=2)]


@dataclass(frozen=True)
class Overlap:
    """Two arrays of counts, with one number per kind of person (all persons with the same values in all
    groups and populations).

    Attributes:
        other: the number of persons with another outcome.
        both: the number of persons with both outcomes.
        combinations: the number of persons by what is known of both outcomes (yes, no or open), for each
            combination that anybody has. Characteristics of cases have none.
    """

    other: Array
    both: Array
    combinations: Mapping[tuple[str, str], Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Overlaps:
    """The overlaps of one outcome: the numbers of persons with this outcome who also have another outcome, or
    a characteristic of cases such as debt bondage.

    Attributes:
        outcomes: the overlap with each other outcome, by its name: `forced_labour`, and outcomes that the
            user defined.
        characteristics: the overlap with each characteristic of cases of forced labour, by topic (such as
            `coercion`) and name.
    """

    outcomes: Mapping[str, Overlap]
    characteristics: Mapping[tuple[str, str], Overlap]


def read_overlaps(
    persons: ClassifiedSurvey,
    outcome: str,
    others: Sequence[str],
    groups: Sequence[str],
    populations: Sequence[str],
) -> Overlaps:
    """Counts, for each other outcome, the persons who have both this outcome and `outcome`. The persons are
    read once.

    Args:
        persons: a classified survey.
        outcome: a true/false column, such as `forced_labour`.
        others: the true/false columns of other outcomes.
        groups, populations: the groups and populations by which persons are counted, as in
            `person_patterns.read_patterns`.

    Returns:
        The counts, one per kind of person (all persons with the same values in all groups and populations).
        If `outcome` is
        forced labour itself, `characteristics` is empty: disclosure control already protects the profile of
        its cases together with their number.
    """
    mine = nw.col(outcome)
    truths = {("", name): nw.col(name) for name in others}
    if outcome != FORCED_LABOUR:
        found = characteristics_of(persons, children=False)
        truths |= {(c.topic, c.name): all_of([nw.col(FORCED_LABOUR), c.truth]) for c in found}
    pairs = {f"other{k}": truth for k, truth in enumerate(truths.values())}
    pairs |= {f"both{k}": all_of([mine, truth]) for k, truth in enumerate(truths.values())}
    pairs |= {
        f"{one}{k}{two}": _answered(mine, one) & _answered(truth, two)
        for k, truth in enumerate(truths.values())
        if k < len(others)
        for one, two in COMBINATIONS
    }
    sums = summed_by_kind(persons, groups, populations, pairs)
    made = {
        key: Overlap(
            sums[f"other{k}"],
            sums[f"both{k}"],
            {c: n for c in COMBINATIONS if (n := sums.get(f"{c[0]}{k}{c[1]}")) is not None and n.any()},
        )
        for k, key in enumerate(truths)
    }
    return Overlaps(
        {name: o for (topic, name), o in made.items() if not topic},
        {key: o for key, o in made.items() if key[0]},
    )


def _answered(truth: nw.Expr, answer: str) -> nw.Expr:
    """Returns whether it is known of a person that a condition holds (yes) or does not hold (no), or whether
    this is not known (open)."""
    return truth.is_null() if answer == OPEN else (truth if answer == YES else ~truth).fill_null(False)
