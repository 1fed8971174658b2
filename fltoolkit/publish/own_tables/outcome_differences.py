"""Protects two outcomes in one table. If they differ by a few persons, their difference would reveal those persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.exploration.outcomes import in_place_of_forced_labour
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.publish.disclosure.cell_counts import CellId
from fltoolkit.publish.disclosure.run_decision import Decided


def close_to_another(decided: Decided, new: range, others: Mapping[str, Decided], persons: ClassifiedSurvey, own: str) -> Decided:
    """Hides new rows whose cases are nearly those of another outcome in the same cell, and returns the decision.

    A cell is hidden if it has as many cases as a hidden cell of another outcome, or differs from any such cell by fewer cases
    than the limit. Cells of groups that only cases have are left out: other outcomes do not have these groups.

    Args:
        decided: the rows of one outcome.
        new: which of these rows are to be decided.
        others: what was published of other outcomes, by name (forced labour: "").
        persons: the survey.
        own: the outcome of the rows.
    """
    rows = [i for i in new if not persons.spec.case_only & {g for g, _ in decided.keys[i]}]
    cells: list[CellId] = [(decided.populations[i], decided.keys[i]) for i in rows]
    if not cells or not others:
        return decided
    groups = {g for _, key in cells for g, _ in key} | {group for group, _ in decided.unions.values()}
    asked = [g for g in persons.spec.group_names if g in groups]
    populations = list(dict.fromkeys(p for p, _ in cells))

    def counts(outcome: str) -> list[int]:
        swapped = in_place_of_forced_labour(persons, outcome) if outcome else persons
        patterns = read_patterns(swapped, asked, populations).with_unions(decided.unions)
        return [round(float(n)) for n in patterns.holds(cells) @ patterns.counts["cases"]]

    mine, hidden = counts(own), set[int]()
    for name, other in others.items():
        gone = {(other.populations[i], other.keys[i]) for i in other.decision.hidden}
        for i, cell, one, two in zip(rows, cells, mine, counts(name), strict=True):
            few = 0 < abs(one - two) < decided.limits.cases
            if one and two and (few or (one == two and cell in gone)):
                hidden.add(i)
    return replace(decided, decision=replace(decided.decision, hidden=decided.decision.hidden | hidden))
