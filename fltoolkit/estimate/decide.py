"""Which rows of a run may not be shown: decided once on the counts of its cells, for every measure and population together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import permutations
from typing import Any

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.protect import Cell, Key, Limits, Sum, confidential, protect, sums_of

Tables = dict[str, dict[Key, Cell]]
Hidden = dict[str, dict[Key, str]]
Totals = Mapping[str, tuple[str, ...]]
WHOLE: Key = frozenset()
CASES: Key = frozenset({("case", "yes")})
OTHERS: Key = frozenset({("case", "no")})
CASE_STEPS = ("forced labour", *ROUTES.values())
OPEN_STEPS = ("unresolved", "child, unresolved")


def decide(
    table: pd.DataFrame, keys: list[Key], of: list[str], limits: Limits, totals: Totals | None = None
) -> tuple[set[int], set[int]]:
    """Rows to hide, and rows whose unresolved count is to be hidden too.

    Where two populations differ by a few cases, those few could be told by subtraction: the smaller one's cell is hidden.
    A population that is the sum of others ties their cells to its own.

    Args:
        table: the rows, as `Published.table` will hold them. keys: each row's group values.
        of: the group that each row's share distributes; empty for other measures.
        limits: the confidentiality limits.
        totals: populations that are the sum of others, with those.
    """
    parts = {str(name): rows for name, rows in table.groupby("reference_population", sort=False)}
    main = {name: rows[rows["measure"] != "flowchart"] for name, rows in parts.items()}
    cells = {name: _cells(rows, keys, of) for name, rows in main.items()}
    primary = {name: {k: why for k, c in found.items() if (why := confidential(c, limits))} for name, found in cells.items()}
    for small, large in permutations(cells, 2):
        gaps = {k: cells[large][k].cases - c.cases for k, c in cells[small].items() if k in cells[large]}
        primary[small] |= {k: "two populations differ by too few cases" for k, gap in gaps.items() if 0 < gap < limits.cases}
    away = _agree(cells, primary, {name: {} for name in cells}, limits, totals or {})
    unresolved = {name: _unresolved_cells(rows, keys) for name, rows in main.items()}
    few = {n: {k: "unresolved" for k, c in found.items() if 0 < c.cases < limits.cases} for n, found in unresolved.items()}
    gone = {n: {k: why for k, why in away[n].items() if k in unresolved[n]} for n in away}
    blank = _agree(unresolved, few, gone, limits, totals or {})
    hidden = {i for name, rows in main.items() for i in rows.index if not away[name].keys().isdisjoint(_tells(i, keys, of))}
    open_hidden = {i for name, rows in main.items() for i in rows.index if keys[i] in blank[name]}
    for name, rows in parts.items():
        chart = rows[rows["measure"] == "flowchart"]
        if len(chart):
            hidden |= _chart(chart, keys, cells[name], away[name], blank[name], limits)
    return hidden, open_hidden


def apart(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with who is in forced labour at the interview as a population of their own: in one cell they are fewer than all cases."""
    now = table["outcome"] == "forced_labour_now"
    return table.assign(reference_population=table["reference_population"] + now.map({True: ", at the interview", False: ""}))


def _chart(
    chart: pd.DataFrame, keys: list[Key], cells: Mapping[Key, Cell], away: dict[Key, str], blank: dict[Key, str], limits: Limits
) -> set[int]:
    """Rows of a flowchart to hide: its steps, tied to the cases, routes and unresolved persons that the tables show or hide."""
    steps = {i: str(step) for i, step in zip(chart.index, chart["step"], strict=True) if keys[i]}
    own = {i: frozenset({("step", s), ("case", "yes" if s in CASE_STEPS else "no")}) for i, s in steps.items()}
    own |= {i: WHOLE for i in chart.index if not keys[i]}
    counts = {own[i]: c for i, c in zip(chart.index, _row_cells(chart), strict=True)}
    first = {k: why for k, c in counts.items() if k and (why := confidential(c, limits))}
    counts |= {side: _merged([c for k, c in counts.items() if side < k]) for side in (CASES, OTHERS)}
    elsewhere = {CASES: (WHOLE, away)}
    elsewhere |= {k: (WHOLE, blank) for i, k in own.items() if steps.get(i) in OPEN_STEPS}
    elsewhere |= {k: (route, away) for i, k in own.items() if (route := frozenset({("route", steps.get(i, ""))})) in cells}
    first |= {k: "hidden in the tables" for k, (key, there) in elsewhere.items() if key in there}
    spare = [k for k in (WHOLE, *elsewhere) if k not in first]
    gone = protect(counts, first, limits.cases, gone={OTHERS: "nowhere shown"}, spare=spare)
    return {i for i, k in own.items() if k in gone}


def _merged(cells: list[Cell]) -> Cell:
    """The cell that holds the cases of several."""
    return Cell(sum(c.cases for c in cells), max((c.persons for c in cells), default=0))


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


def _agree(tables: Tables, primary: Hidden, gone: Hidden, limits: Limits, totals: Totals) -> Hidden:
    """Cells to hide in each population.

    A cell with as many cases in two populations is taken to hold the same ones: hidden in one, it is hidden in the other.
    """
    while True:
        found: Hidden = {}
        for family in _families(tables, totals):
            found |= _protected(family, tables, primary, gone, limits, totals)
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


def _families(tables: Tables, totals: Totals) -> list[tuple[str, ...]]:
    """Populations that are protected together: each total with its parts, every other by itself."""
    families = [(name, *totals[name]) for name in tables if name in totals and set(totals[name]) <= tables.keys()]
    taken = {name for family in families for name in family}
    return [*families, *((name,) for name in tables if name not in taken)]


def _protected(family: tuple[str, ...], tables: Tables, primary: Hidden, gone: Hidden, limits: Limits, totals: Totals) -> Hidden:
    """`protect` over the cells of a family: the sums within each population, and each total's cell as the sum of its parts'."""

    def tagged(name: str, key: Key) -> Key:
        return key | {("reference_population", name)}

    cells = {tagged(name, k): c for name in family for k, c in tables[name].items()}
    sums: list[Sum] = [
        (tagged(name, whole), tuple(tagged(name, k) for k in parts)) for name in family for whole, parts in sums_of(tables[name])
    ]
    total, *parts = family
    groups = {name: {frozenset(g for g, _ in k) for k in tables[name]} for name in parts}
    for key in tables[total] if parts else ():
        if all(frozenset(g for g, _ in key) in groups[name] for name in parts):
            sums.append((tagged(total, key), tuple(tagged(name, key) for name in parts if key in tables[name])))
    first = {tagged(name, k): why for name in family for k, why in primary[name].items()}
    away = {tagged(name, k): why for name in family for k, why in gone[name].items()}
    hidden = protect(cells, first, limits.cases, gone=away, sums=sums)
    return {name: {k: hidden[t] for k in tables[name] if (t := tagged(name, k)) in hidden} for name in family}


def _tells(i: int, keys: list[Key], of: list[str]) -> tuple[Key, ...]:
    """The cells whose number of cases a row shows: its own; of a share also the one that it distributes."""
    return (keys[i], frozenset((g, v) for g, v in keys[i] if g != of[i])) if of[i] else (keys[i],)


def _cells(rows: pd.DataFrame, keys: list[Key], of: list[str]) -> dict[Key, Cell]:
    """The distinct cells that some rows tell of. Where every person counts as a case there are no non-cases to protect."""
    cells: dict[Key, Cell] = {}
    told: dict[Key, list[dict[Hashable, Any]]] = {}
    for i, row, cell in zip(rows.index, rows.to_dict("records"), _row_cells(rows), strict=True):
        own, *whole = _tells(i, keys, of)
        for k in whole:
            told.setdefault(k, []).append(row)
        if own not in cells or row["measure"] in ("prevalence", "total"):
            cells[own] = cell
    for k, parts in told.items():
        n = int(parts[0]["n"])
        cells.setdefault(k, Cell(n, n, psus=_sum(parts, "psus_with_cases"), households=_sum(parts, "households_with_cases")))
    return cells


def _row_cells(rows: pd.DataFrame) -> list[Cell]:
    """Each row's own cell."""
    return [
        Cell(
            cases=int(row["cases"]), persons=int(row["n"]),
            non_cases=int(row["n"] - row["cases"]) if row["measure"] in ("prevalence", "flowchart") or row["interval"] == "log" else None,
            psus=_count(row["psus_with_cases"]), households=_count(row["households_with_cases"]),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _sum(rows: list[dict[Hashable, Any]], column: str) -> int | None:
    counts = [_count(row[column]) for row in rows]
    return None if None in counts else sum(c or 0 for c in counts)


def _unresolved_cells(rows: pd.DataFrame, keys: list[Key]) -> dict[Key, Cell]:
    counts = rows["unresolved"].dropna() if "unresolved" in rows else pd.Series(dtype=float)
    return {keys[i]: Cell(int(v), 0) for i, v in zip(counts.index, counts, strict=True)}
