"""Finds what the numbers of two outcomes tell together: persons with some combination of both, such as those
with the second outcome alone.

A person has an outcome (yes), does not have it (no), or nobody knows (open: the person is unresolved). A reader
adds and subtracts the numbers of persons with either outcome, of unresolved persons, and of all persons.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.estimate.totals.outcome_overlaps import OPEN, YES
from fltoolkit.estimate.totals.person_patterns import PersonPatterns
from fltoolkit.publish.disclosure.cell_system import CLOSE, Mask
from fltoolkit.publish.disclosure.confidential_cells import CellId
from fltoolkit.publish.disclosure.derived_cells import changes_within_cells

Combination = tuple[str, str]  # the answers on the first and on the second outcome
Persons = frozenset[Combination]  # all persons with one of these combinations
Number = tuple[int, str]  # the persons with an answer on the first (0) or second (1) outcome
COUNTED = {"cases": YES, "unresolved": OPEN}  # by block of disclosure control, the answer of its persons


def told_together(
    combinations: Collection[Combination], other: Collection[str]
) -> dict[str, frozenset[Persons]]:
    """Returns the persons whose number a reader can calculate from the numbers of two outcomes, but not from
    those of one of them alone: the smallest such sets.

    Args:
        combinations: the combinations that anybody has. A reader knows from the questionnaire which these are.
        other: the answers on the second outcome of which the reader knows the number of persons (`yes`,
            `open`, or both).

    Returns:
        For `cases`, the sets told by the number of persons with the first outcome. For `unresolved`, those
        for which the number of its unresolved persons is also needed.
    """
    theirs: list[Number] = [(1, answer) for answer in other]
    cases: list[Number] = [(0, YES)]
    every: list[Number] = [*cases, (0, OPEN)]
    alone, by_cases = _told(combinations, theirs), _told(combinations, [*theirs, *cases])
    by_all = _told(combinations, [*theirs, *every]) - by_cases - alone - _told(combinations, every)
    return {"cases": by_cases - alone - _told(combinations, cases), "unresolved": by_all}


def _told(combinations: Collection[Combination], numbers: Sequence[Number]) -> frozenset[Persons]:
    """Returns the smallest sets of combinations whose number of persons is a sum or difference of some
    numbers and the number of all persons."""
    of = sorted(combinations)
    known = np.array([[1.0] * len(of), *([c[which] == answer for c in of] for which, answer in numbers)])
    every = (np.arange(1, 2 ** len(of))[:, None] >> np.arange(len(of)) & 1).astype(float)
    sums = every @ np.linalg.pinv(known) @ known
    found: list[Persons] = []
    for row in sorted(every[np.abs(sums - every).max(axis=1, initial=0.0) < CLOSE], key=lambda r: r.sum()):
        persons = frozenset(c for c, inside in zip(of, row, strict=True) if inside)
        if not any(smaller < persons for smaller in found):
            found.append(persons)
    return frozenset(found)


def readable_cells(cells: Collection[CellId], patterns: PersonPatterns) -> list[CellId]:
    """Returns the cells whose population and groups the kinds of persons have."""
    there = {str(c) for c in patterns.kinds}
    return [c for c in cells if {POPULATION + c[0], *(g for g, _ in c[1])} <= there]


def known_cells(
    cells: Sequence[CellId],
    shown: Collection[CellId],
    patterns: PersonPatterns,
    unions: Mapping[str, tuple[str, tuple[str, ...]]],
) -> Mask:
    """Returns, for each cell, whether its number is a sum or difference of the numbers that are shown.

    Args:
        cells: the cells.
        shown: the cells whose numbers are shown. Those by a group that `patterns` does not have are left out.
        patterns: the kinds of persons.
        unions: the groups of which several labels are taken together in `shown` (see
            `PersonPatterns.with_unions`).
    """
    patterns = patterns.with_unions(unions)
    usable = readable_cells(shown, patterns)
    if not usable:
        return np.zeros(len(cells), dtype=bool)
    holds = patterns.holds(cells)
    changes = [holds @ change for change in changes_within_cells(patterns.holds(usable))]
    return np.asarray(np.abs(changes).max(axis=0) < CLOSE)
