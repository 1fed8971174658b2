"""Compares the persons whom two outcomes have in common with a plain loop over the same persons."""

from __future__ import annotations

from typing import Any

import numpy as np

import fltoolkit as fl
from fltoolkit.estimate.totals.outcome_overlaps import read_overlaps
from fltoolkit.estimate.totals.person_patterns import read_patterns

# Cases, and some who answered yes to coercion alone, in four cells of sex and region.
PEOPLE = [
    (
        "case" if i % 3 == 0 else "open" if i % 7 == 0 else "not",
        {"SEX": 1 + i % 2, "R": 1 + i % 4 // 2} | ({"COE": 1} if i % 5 == 0 else {}),
    )
    for i in range(120)
]


def counted(holds: Any) -> list[int]:
    """By sex and region those of whom something holds, in the order of the kinds: men north, men south, women
    north, women south."""
    return [
        sum(holds(what, own) for what, own in PEOPLE if (own["SEX"], own["R"]) == (s, r))
        for s in (1, 2)
        for r in (1, 2)
    ]


def test_each_outcome_and_both_are_counted_by_kind(small: Any) -> None:
    persons = fl.outcome(small(PEOPLE), "coercion")
    groups, populations = ["sex", "region"], ["adults", "workers"]
    kinds = read_patterns(persons, groups, populations).kinds
    assert kinds[groups].to_numpy().tolist() == [
        ["men", "north"],
        ["men", "south"],
        ["women", "north"],
        ["women", "south"],
    ]
    found = read_overlaps(persons, "coercion", ["forced_labour"], groups, populations)
    cases = counted(lambda what, own: what == "case")
    coerced = counted(lambda what, own: what in ("case", "open") or own.get("COE") == 1)
    assert sum(coerced) > sum(cases) > 0
    overlap = found.outcomes["forced_labour"]
    assert overlap.other.tolist() == overlap.both.tolist() == cases
    item = found.characteristics["coercion", "withheld_wages"]  # of cases alone
    assert item.other.tolist() == cases
    back = read_overlaps(persons, "forced_labour", ["coercion"], groups, populations)
    assert back.outcomes["coercion"].other.tolist() == coerced
    assert np.array_equal(back.outcomes["coercion"].both, cases)
    assert not back.characteristics
