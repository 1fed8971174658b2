"""Protects results of several rule sets. If two results differ by a few persons, their difference would reveal those persons."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fltoolkit.publish.disclosure.cell_counts import Limits, confidential
from fltoolkit.publish.disclosure.suppression_decision import WHOLE, Decision, cells_of_population


def decide_rule_sets(table: pd.DataFrame, own: pd.Series, first: Decision, limits: Limits) -> Decision:
    """Decides again, with the headlines of other rule sets added to the run's `own` rows.

    If two rule sets differ by a few persons, subtraction would reveal those persons. Then the lower row of the two is hidden, so
    that the run's own result stays. If a row has as many cases as a hidden row, it is treated as if it had the same cases.
    """
    if own.all():
        return first
    hidden, open_hidden = set(first.hidden), set(first.open_hidden)
    headline = table[own & (table["breakdown"] == "") & table["measure"].isin(["prevalence", "total"])]
    cases, open_ = _Told(limits.cases), _Told(limits.cases)
    for i, row in headline.iterrows():
        cases.add(int(row["cases"]), i not in hidden)
        open_.add(int(row["unresolved"]), i not in hidden | open_hidden)
    for _, rows in table[~own].groupby("rule_set", sort=False):
        (cell,) = cells_of_population(rows, [WHOLE] * len(table), [""] * len(table), frozenset()).values()
        if confidential(cell, limits) or cases.gives_away(cell.cases):
            hidden |= set(rows.index)
        unresolved = int(rows["unresolved"].iloc[0])
        if 0 < unresolved < limits.cases or open_.gives_away(unresolved):
            open_hidden |= set(rows.index)
        cases.add(cell.cases, rows.index[0] not in hidden)
        open_.add(unresolved, rows.index[0] not in hidden | open_hidden)
    return replace(first, hidden=hidden, open_hidden=open_hidden)


class _Told:
    """Counts of the whole population that a reader sees, and counts that are hidden."""

    def __init__(self, limit: int) -> None:
        self.limit, self.shown, self.gone = limit, set[int](), set[int]()

    def add(self, count: int, is_shown: bool) -> None:
        (self.shown if is_shown else self.gone).add(count)

    def gives_away(self, count: int) -> bool:
        """Returns whether a count differs by a few persons from a shown count, or would reveal a hidden one."""
        return count in self.gone or any(0 < abs(count - other) < self.limit for other in self.shown)
