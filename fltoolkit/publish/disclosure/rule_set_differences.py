"""Protects results of several rule sets: where two differ by a few persons, subtraction would reveal those persons."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fltoolkit.publish.disclosure.cell_counts import Limits, confidential
from fltoolkit.publish.disclosure.suppression_decision import WHOLE, Decision, cells_of_population


def decide_rule_sets(table: pd.DataFrame, own: pd.Series, first: Decision, limits: Limits) -> Decision:
    """Decides again with the headlines of other rule sets added to the run's `own` rows.

    Two rule sets that differ by a few persons would give those away by subtraction: of two the one that stands lower is hidden, so
    that the run's own result stays. One with as many cases as a hidden row is taken to hold the same ones.
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
    """Counts of the whole population that a reader sees, and those hidden from him."""

    def __init__(self, limit: int) -> None:
        self.limit, self.shown, self.gone = limit, set[int](), set[int]()

    def add(self, count: int, is_shown: bool) -> None:
        (self.shown if is_shown else self.gone).add(count)

    def gives_away(self, count: int) -> bool:
        """Whether it lies a few persons from a count shown, or would tell a hidden one."""
        return count in self.gone or any(0 < abs(count - other) < self.limit for other in self.shown)
