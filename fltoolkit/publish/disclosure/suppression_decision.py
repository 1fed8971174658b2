"""Which rows of a run may not be shown: decided once on the counts of its cells, for every measure and population together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from typing import Any, NamedTuple

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, confidential, known_count, merged, sums_of
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.disclosure.disclosure_audit import exposed
from fltoolkit.publish.disclosure.linked_tables import Hidden, Protection, Tables, settled
from fltoolkit.publish.disclosure.overlapping_groups import Structure
from fltoolkit.publish.reliability import kind_of

WHOLE: Key = frozenset()
IN_MONTHS = ("stock", "duration")
NOW = ", at the interview"
CASES: Key = frozenset({("case", "yes")})
OTHERS: Key = frozenset({("case", "no")})
CASE_STEPS = ("forced labour", *ROUTES.values())
OPEN_STEPS = ("unresolved", "child, unresolved")


@dataclass
class Decision:
    """What a run may not show.

    Attributes:
        hidden: rows to hide.
        open_hidden: rows whose unresolved count is to be hidden too.
        coarse: breakdowns hidden as a whole, in words, since no smaller choice of cells keeps their confidential ones secret.
    """

    hidden: set[int] = field(default_factory=set)
    open_hidden: set[int] = field(default_factory=set)
    coarse: list[str] = field(default_factory=list)


def decide(table: pd.DataFrame, keys: list[Key], of: list[str], limits: Limits, known: Structure | None = None) -> Decision:
    """What to hide of a run's rows.

    Where two populations differ by a few cases, those few could be told by subtraction: the smaller one's cell is hidden; so where
    one and two disjoint others do. A population that is the sum of others ties their cells to its own.

    Args:
        table: the rows, as `Published.table` will hold them. keys: each row's group values.
        of: the group that each row's share distributes; empty for other measures.
        limits: the confidentiality limits.
        known: of the survey's populations and groups.
    """
    known, out = known or Structure(), Decision()
    parts = {str(name): rows for name, rows in table.groupby("reference_population", sort=False)}
    main = {name: rows[rows["measure"] != "flowchart"] for name, rows in parts.items()}
    cells = {name: _cells(rows, keys, of, known.case_only) for name, rows in main.items()}
    primary = {name: {k: why for k, c in found.items() if (why := confidential(c, limits))} for name, found in cells.items()}
    for name, found in _differences(cells, known, limits).items():
        primary[name] |= found
    by = Protection(known, limits, out.coarse)
    away = settled(cells, primary, {name: {} for name in cells}, by)
    unresolved = {name: _unresolved_cells(rows, keys) for name, rows in main.items()}
    few = {n: {k: "unresolved" for k, c in found.items() if _few_open(c, limits)} for n, found in unresolved.items()}
    gone = {n: {k: why for k, why in away[n].items() if k in unresolved[n]} for n in away}
    blank = settled(unresolved, few, gone, by)
    out.hidden |= {i for name, rows in main.items() for i in rows.index if not away[name].keys().isdisjoint(_tells(i, keys, of))}
    out.open_hidden |= {i for name, rows in main.items() for i in rows.index if keys[i] in blank[name]}
    for name, rows in parts.items():
        chart = rows[rows["measure"] == "flowchart"]
        if len(chart):
            out.hidden |= _hidden_steps(chart, keys, _Beside(cells[name], away[name], blank[name]), by)
    return out


def _differences(cells: Tables, known: Structure, limits: Limits) -> Hidden:
    """Cells of populations by which another population's, less theirs, would tell of a confidential few."""
    found: Hidden = {name: {} for name in cells}
    for small, large in permutations(cells, 2):
        for k in cells[small].keys() & cells[large].keys():
            whole = cells[large][k]
            if small == large + NOW:  # the same persons: those who left are cases of one and others of the other
                whole = replace(whole, non_cases=None)
            if _tells_few(whole, [cells[small][k]], limits):
                found[small][k] = "two populations differ by too few cases"
    for one, other in combinations(cells, 2):
        for large in cells.keys() - {one, other} if frozenset({one, other}) in known.disjoint else ():
            for k in cells[one].keys() & cells[other].keys() & cells[large].keys():
                if _tells_few(cells[large][k], [cells[one][k], cells[other][k]], limits):
                    found[min((one, other), key=lambda name: cells[name][k].cases)][k] = (
                        "three populations differ by too few cases"
                    )
    return found


def _tells_few(large: Cell, less: list[Cell], limits: Limits) -> bool:
    """Whether what is left of a cell without others, if they are its parts, is confidential."""
    cases = large.cases - sum(c.cases for c in less)
    others = [c.non_cases for c in (large, *less)]
    rest = None if None in others else (others[0] or 0) - sum(o or 0 for o in others[1:])
    return cases > 0 and (rest is None or rest >= 0) and bool(confidential(Cell(cases, cases, rest), limits))


def _few_open(cell: Cell, limits: Limits) -> bool:
    """Whether a count of unresolved persons is confidential: few are unresolved, or few are known not to be cases."""
    return 0 < cell.cases < limits.cases or (cell.cases > 0 and cell.non_cases is not None and cell.non_cases < limits.non_cases)


def apart(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with who is in forced labour at the interview as a population of their own: in one cell they are fewer than all cases."""
    now = table["outcome"] == "forced_labour_now"
    return table.assign(reference_population=table["reference_population"] + now.map({True: NOW, False: ""}))


class _Beside(NamedTuple):
    """The tables beside a flowchart: their cells, those that are hidden, and those whose unresolved count is."""

    cells: Mapping[Key, Cell]
    away: Mapping[Key, str]
    blank: Mapping[Key, str]


def _hidden_steps(chart: pd.DataFrame, keys: list[Key], beside: _Beside, by: Protection) -> set[int]:
    """Rows of a flowchart to hide: its steps, tied to the cases, routes and unresolved persons that the tables show or hide."""
    (cells, away, blank), limits = beside, by.limits
    steps = {i: str(step) for i, step in zip(chart.index, chart["step"], strict=True) if keys[i]}
    own = {i: frozenset({("step", s), ("case", "yes" if s in CASE_STEPS else "no")}) for i, s in steps.items()}
    own |= {i: WHOLE for i in chart.index if not keys[i]}
    counts = {own[i]: c for i, c in zip(chart.index, _row_cells(chart), strict=True)}
    first = {k: why for k, c in counts.items() if k and (why := confidential(c, limits))}
    counts = {k: replace(c, non_cases=None, weighted_others=None) for k, c in counts.items()}  # of steps these do not add up
    counts |= {side: merged(c for k, c in counts.items() if side < k) for side in (CASES, OTHERS)}
    elsewhere = {CASES: (WHOLE, away)}
    elsewhere |= {k: (WHOLE, blank) for i, k in own.items() if steps.get(i) in OPEN_STEPS}
    elsewhere |= {k: (route, away) for i, k in own.items() if (route := frozenset({("route", steps.get(i, ""))})) in cells}
    first |= {k: "hidden in the tables" for k, (key, there) in elsewhere.items() if key in there}
    spare = [k for k in (WHOLE, *elsewhere) if k not in first]
    gone = protect(counts, first, limits, gone={OTHERS: "nowhere shown"}, spare=spare)
    if exposed(counts, first, gone, limits, sums_of(counts)):
        by.coarse.append(f"the flowchart of {chart['reference_population'].iloc[0]}")
        return set(own)
    return {i for i, k in own.items() if k in gone}


def decide_beside(table: pd.DataFrame, own: pd.Series, first: Decision, limits: Limits) -> Decision:
    """The same decision with the headlines of other rule sets, which stand beside the run's `own` rows.

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
        (cell,) = _cells(rows, [WHOLE] * len(table), [""] * len(table), frozenset()).values()
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


def _tells(i: int, keys: list[Key], of: list[str]) -> tuple[Key, ...]:
    """The cells whose number of cases a row shows: its own; of a share also the one that it distributes."""
    return (keys[i], frozenset((g, v) for g, v in keys[i] if g != of[i])) if of[i] else (keys[i],)


def _cells(rows: pd.DataFrame, keys: list[Key], of: list[str], case_only: frozenset[str]) -> dict[Key, Cell]:
    """The distinct cells that some rows tell of. Where every person counts as a case there are no non-cases to protect."""
    cells: dict[Key, Cell] = {}
    told: dict[Key, list[dict[Hashable, Any]]] = {}
    for i, row, cell in zip(rows.index, rows.to_dict("records"), _row_cells(rows), strict=True):
        own, *whole = _tells(i, keys, of)
        for k in whole:
            told.setdefault(k, []).append(row)
        if own not in cells or row["measure"] in ("prevalence", "total"):
            apart = not case_only.isdisjoint(g for g, _ in own)  # a sector of cases has no others, and they would not add up
            cells[own] = replace(cell, non_cases=None, weighted_others=None) if apart else cell
    for k, parts in told.items():
        n, population = int(parts[0]["n"]), float(parts[0]["population"])
        psus, homes = (_sum(parts, f"{of}_with_cases") for of in ("psus", "households"))
        cells.setdefault(k, Cell(n, n, psus=psus, households=homes, weighted=population, mean_weight=_mean_weight(rows)))
    return cells


def _row_cells(rows: pd.DataFrame) -> list[Cell]:
    """Each row's own cell."""
    mean_weight = _mean_weight(rows)
    return [_row_cell(row, mean_weight) for row in rows.to_dict("records")]


def _row_cell(row: Mapping[Hashable, Any], mean_weight: float) -> Cell:
    """What a row tells: a proportion times its population is as good as a number of cases. Months tell no weights of cases."""
    kind, cases, n = kind_of(row), int(row["cases"]), int(row["n"])
    population, estimate = float(row["population"]), float(row["estimate"])
    weighted = {"proportion": estimate * population, "number": estimate, "mean": population}[kind]
    others = kind == "number" or (kind == "proportion" and row["measure"] != "share")
    if str(row["measure"]).startswith(IN_MONTHS):
        weighted = float("nan")
    return Cell(
        cases, n, non_cases=n - cases if others else None, psus=known_count(row["psus_with_cases"]),
        households=known_count(row["households_with_cases"]), weighted=None if pd.isna(weighted) else weighted,
        weighted_others=population - weighted if others and not pd.isna(weighted) else None, mean_weight=mean_weight,
    )  # fmt: skip


def _mean_weight(rows: pd.DataFrame) -> float:
    """That of the population, from its largest row; 1 where nothing tells it."""
    if rows.empty:
        return 1.0
    n, population = rows["n"].to_numpy(float), rows["population"].to_numpy(float)
    largest = int(n.argmax())
    mean = float(population[largest]) / max(1.0, float(n[largest]))
    return mean if mean > 0 else 1.0


def _sum(rows: list[dict[Hashable, Any]], column: str) -> int | None:
    counts = [known_count(row[column]) for row in rows]
    return None if None in counts else sum(c or 0 for c in counts)


def _unresolved_cells(rows: pd.DataFrame, keys: list[Key]) -> dict[Key, Cell]:
    """Unresolved persons as cases, those known not to be cases as the others; weighted from the bound that counts them."""
    if "unresolved" not in rows:
        return {}
    mean_weight, cells = _mean_weight(rows), {}
    for i, row in zip(rows.index, rows.to_dict("records"), strict=True):
        if pd.isna(row["unresolved"]):
            continue
        count, whole = int(row["unresolved"]), float(row["population"]) if kind_of(row) == "proportion" else 1.0
        weighted = (float(row["bound_high"]) - float(row["estimate"])) * whole
        cells[keys[i]] = Cell(
            count, int(row["n"]), int(row["n"]) - int(row["cases"]) - count,
            weighted=None if pd.isna(weighted) else max(0.0, weighted), mean_weight=mean_weight,
        )  # fmt: skip
    return cells
