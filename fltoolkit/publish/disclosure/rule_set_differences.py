"""Protects the results of several rule sets. If two results differ by a few persons, subtraction would reveal
these persons."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fltoolkit.publish.disclosure.confidential_cells import Limits, confidential, population_cells
from fltoolkit.publish.disclosure.suppression_decision import WHOLE, Decision


def decide_rule_sets(
    table: pd.DataFrame, in_own_rule_set: pd.Series, run_decision: Decision, limits: Limits
) -> Decision:
    """Decides which headlines (numbers of the whole population) under other rule sets are hidden, and adds
    them to the decision about the run's own rows.

    If the cases under two rule sets differ by a few persons, subtraction would reveal those persons. Then the
    row that is lower in the table is hidden, so that the run's own result stays. A row with as many cases as
    a hidden row is also hidden, because both may have the same cases.

    Args:
        table: the rows of the run, then the headlines under other rule sets.
        in_own_rule_set: for each row, whether it is under the run's own rule set.
        run_decision: the decision about the run's own rows.
        limits: the confidentiality limits.

    Returns:
        The decision about all rows of the table.
    """
    if in_own_rule_set.all():
        return run_decision
    hidden, unresolved_hidden = set(run_decision.hidden), set(run_decision.unresolved_hidden)
    headline = table[
        in_own_rule_set & (table["breakdown"] == "") & table["measure"].isin(["prevalence", "total"])
    ]
    cases, unresolved_counts = _PublishedCounts(limits.cases), _PublishedCounts(limits.cases)
    for i, row in headline.iterrows():
        cases.add(int(row["cases"]), i not in hidden)
        unresolved_counts.add(int(row["unresolved"]), i not in hidden | unresolved_hidden)
    for _, rows in table[~in_own_rule_set].groupby("rule_set", sort=False):
        (cell,) = population_cells(rows, [WHOLE] * len(table), [""] * len(table), frozenset()).values()
        if confidential(cell, limits) or cases.discloses(cell.cases):
            hidden |= set(rows.index)
        unresolved = int(rows["unresolved"].iloc[0])
        if 0 < unresolved < limits.cases or unresolved_counts.discloses(unresolved):
            unresolved_hidden |= set(rows.index)
        cases.add(cell.cases, rows.index[0] not in hidden)
        unresolved_counts.add(unresolved, rows.index[0] not in hidden | unresolved_hidden)
    return replace(run_decision, hidden=hidden, unresolved_hidden=unresolved_hidden)


class _PublishedCounts:
    """Counts of persons in the whole population: those that are printed (`shown`), and those that are hidden
    (`hidden`).

    `limit` is the smallest difference between two counts that does not reveal a few persons.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.shown, self.hidden = limit, set[int](), set[int]()

    def add(self, count: int, is_shown: bool) -> None:
        (self.shown if is_shown else self.hidden).add(count)

    def discloses(self, count: int) -> bool:
        """Returns whether a count would reveal a few persons: it differs from a printed count by fewer
        persons than the limit, or it equals a hidden count."""
        return count in self.hidden or any(0 < abs(count - other) < self.limit for other in self.shown)
