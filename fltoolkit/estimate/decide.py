"""Which rows of a run may not be shown: decided once on the counts of its cells, for every measure and population together."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import permutations
from typing import Any

import pandas as pd

from fltoolkit.estimate.protect import Cell, Key, Limits, confidential, protect

Hidden = dict[str, dict[Key, str]]
WHOLE: Key = frozenset()
STEPS: tuple[Key, Key] = (frozenset({("step", "forced labour")}), frozenset({("step", "unresolved")}))


def decide(table: pd.DataFrame, keys: list[Key], of: list[str], limits: Limits) -> tuple[set[int], set[int]]:
    """Rows to hide, and rows whose unresolved count is to be hidden too.

    Where two populations differ by a few cases, those few could be told by subtraction: the smaller one's cell is hidden.
    """
    parts = {str(name): rows for name, rows in table.groupby("reference_population", sort=False)}
    main = {name: rows[rows["measure"] != "flowchart"] for name, rows in parts.items()}
    cells = {name: _cells(rows, keys, of) for name, rows in main.items()}
    primary = {name: {k: why for k, c in found.items() if (why := confidential(c, limits))} for name, found in cells.items()}
    for small, large in permutations(cells, 2):
        gaps = {k: cells[large][k].cases - c.cases for k, c in cells[small].items() if k in cells[large]}
        primary[small] |= {k: "two populations differ by too few cases" for k, gap in gaps.items() if 0 < gap < limits.cases}
    away = _agree(cells, primary, {name: {} for name in cells}, limits)
    unresolved = {name: _unresolved_cells(rows, keys) for name, rows in main.items()}
    few = {n: {k: "unresolved" for k, c in found.items() if 0 < c.cases < limits.cases} for n, found in unresolved.items()}
    blank = _agree(unresolved, few, {n: {k: why for k, why in away[n].items() if k in unresolved[n]} for n in away}, limits)
    hidden = {i for name, rows in main.items() for i in rows.index if not away[name].keys().isdisjoint(_tells(i, keys, of))}
    open_hidden = {i for name, rows in main.items() for i in rows.index if keys[i] in blank[name]}
    for name, rows in parts.items():
        chart = rows[rows["measure"] == "flowchart"]
        steps = _cells(chart, keys, of)
        first = {k: why for k, c in steps.items() if k and (why := confidential(c, limits))}
        for step, there in zip(STEPS, (away, blank), strict=True):
            if step in steps and WHOLE in there[name]:
                first[step] = "hidden in the tables"
        gone = protect(steps, first, limits.cases, spare=[k for k in (WHOLE, *STEPS) if k not in first])
        hidden |= {i for i in chart.index if keys[i] in gone}
    return hidden, open_hidden


def decide_beside(
    table: pd.DataFrame, own: pd.Series, hidden: set[int], open_hidden: set[int], limits: Limits
) -> tuple[set[int], set[int]]:
    """The same two sets with the headlines of other rule sets, which stand beside the run's `own` rows.

    Two rule sets that differ by a few persons would give those away by subtraction: of two the one that stands lower is hidden, so
    that the run's own result stays. One with as many cases as a hidden row is taken to hold the same ones.
    """
    if own.all():
        return hidden, open_hidden
    hidden, open_hidden = set(hidden), set(open_hidden)
    first = table[own & (table["breakdown"] == "") & table["measure"].isin(["prevalence", "total"])]
    cases, open_ = _Told(limits.cases), _Told(limits.cases)
    for i, row in first.iterrows():
        cases.add(int(row["cases"]), i not in hidden)
        open_.add(int(row["unresolved"]), i not in hidden | open_hidden)
    for _, rows in table[~own].groupby("rule_set", sort=False):
        (cell,) = _cells(rows, [WHOLE] * len(table), [""] * len(table)).values()
        if confidential(cell, limits) or cases.gives_away(cell.cases):
            hidden |= set(rows.index)
        unresolved = int(rows["unresolved"].iloc[0])
        if 0 < unresolved < limits.cases or open_.gives_away(unresolved):
            open_hidden |= set(rows.index)
        cases.add(cell.cases, rows.index[0] not in hidden)
        open_.add(unresolved, rows.index[0] not in hidden | open_hidden)
    return hidden, open_hidden


class _Told:
    """Counts of the whole population that a reader sees, and those hidden from him."""

    def __init__(self, limit: int) -> None:
        self.limit, self.shown, self.gone = limit, set[int](), set[int]()

    def add(self, count: int, is_shown: bool) -> None:
        (self.shown if is_shown else self.gone).add(count)

    def gives_away(self, count: int) -> bool:
        """Whether it lies a few persons from a count shown, or would tell a hidden one."""
        return count in self.gone or any(0 < abs(count - other) < self.limit for other in self.shown)


def _agree(tables: dict[str, dict[Key, Cell]], primary: Hidden, gone: Hidden, limits: Limits) -> Hidden:
    """Cells to hide in each population.

    A cell with as many cases in two populations is taken to hold the same ones: hidden in one, it is hidden in the other.
    """
    while True:
        found = {name: protect(cells, primary[name], limits.cases, gone=gone[name]) for name, cells in tables.items()}
        same = [
            (name, k, why)
            for name, cells in tables.items()
            for other, theirs in found.items()
            for k, why in theirs.items()
            if k in cells and k not in found[name] and cells[k].cases == tables[other][k].cases
        ]
        if not same:
            return found
        for name, k, why in same:
            gone[name] = gone[name] | {k: why}


def _tells(i: int, keys: list[Key], of: list[str]) -> tuple[Key, ...]:
    """The cells whose number of cases a row shows: its own; of a share also the one that it distributes."""
    return (keys[i], frozenset((g, v) for g, v in keys[i] if g != of[i])) if of[i] else (keys[i],)


def _cells(rows: pd.DataFrame, keys: list[Key], of: list[str]) -> dict[Key, Cell]:
    """The distinct cells that some rows tell of. Where every person counts as a case there are no non-cases to protect."""
    cells: dict[Key, Cell] = {}
    told: dict[Key, list[dict[Hashable, Any]]] = {}
    for i, row in zip(rows.index, rows.to_dict("records"), strict=True):
        own, *whole = _tells(i, keys, of)
        for k in whole:
            told.setdefault(k, []).append(row)
        if own not in cells or row["measure"] in ("prevalence", "total"):
            truth = row["measure"] in ("prevalence", "flowchart") or row["interval"] == "log"
            cells[own] = Cell(
                cases=int(row["cases"]), persons=int(row["n"]), non_cases=int(row["n"] - row["cases"]) if truth else None,
                psus=int(row["psus_with_cases"]), households=_count(row["households_with_cases"]),
            )  # fmt: skip
    for k, parts in told.items():
        homes = [_count(row["households_with_cases"]) for row in parts]
        known = None if None in homes else sum(h or 0 for h in homes)
        n = int(parts[0]["n"])
        cells.setdefault(k, Cell(n, n, psus=sum(int(row["psus_with_cases"]) for row in parts), households=known))
    return cells


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _unresolved_cells(rows: pd.DataFrame, keys: list[Key]) -> dict[Key, Cell]:
    counts = rows["unresolved"].dropna() if "unresolved" in rows else pd.Series(dtype=float)
    return {keys[i]: Cell(int(v), 0) for i, v in zip(counts.index, counts, strict=True)}
