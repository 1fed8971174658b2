"""Decides which cells of a run are hidden: once, for all measures and populations together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.languages.reasons import Name, Reason, crossed_names
from fltoolkit.publish.disclosure.cell_counts import (
    Cell,
    CellId,
    Key,
    Limits,
    confidential,
    disclosed_cells,
    mean_weights,
    merged,
    population_cells,
    population_mean_weight,
    row_cells,
)
from fltoolkit.publish.disclosure.cell_system import CellSystem, system_of
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT, protect
from fltoolkit.publish.disclosure.derived_cells import AnyCell, DerivedCell
from fltoolkit.publish.disclosure.dominance import OVER_HALF, POINTS, dominated, identifying_cells
from fltoolkit.publish.disclosure.profile.characteristic_cells import NO_PROFILE_CELLS, ProfileCells
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario, OutcomeCells, survey_system
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_cells import (
    NO_EARLIER,
    UNRESOLVED_OF,
    EarlierCells,
    EarlierRows,
    earlier_cells,
)
from fltoolkit.publish.reliability import kind_of
from fltoolkit.table_records import as_records

WHOLE: Key = frozenset()
CASES: Key = frozenset({("case", "yes")})
OTHERS: Key = frozenset({("case", "no")})
CASE_STEPS = ("forced labour", *ROUTES.values())
UNRESOLVED_STEPS = ("unresolved", "child, unresolved")
LEFT = "two outcomes differ by too few cases"
FEW_UNRESOLVED = "too few unresolved persons, or too few known not to be cases"
WITH_BREAKDOWN = "hidden with its breakdown"
PART = "a part of cells that are shown"
BEFORE = "hidden in what was published before"
CROWDED = "in a breakdown with too many confidential cells"
UNLISTED = "in a breakdown whose list of categories would tell the cases"
MOST_WORK = 20_000  # confidential cells times cells: each confidential cell takes several programmes with that many cells


@dataclass(frozen=True)
class OutcomeSuppression:
    """The cells of one outcome (such as cases) or of a flowchart, and the hidden ones among them.

    Attributes:
        outcome: `cases`, `now` (cases at the interview), `unresolved`, `now_unresolved` (may be such cases),
            or `flowchart`.
        system: the cells as a system of equations.
        hidden: the hidden cells, with the reason.
        units: by population, the mean weight that is the unit of the system.
    """

    outcome: str
    system: CellSystem[AnyCell]
    hidden: Mapping[AnyCell, str]
    units: Mapping[str, float]


@dataclass
class Decision:
    """The decision about a run: the hidden rows and breakdowns, and the reason for each hidden cell.

    Attributes:
        hidden: index labels of hidden rows.
        unresolved_hidden: rows in which the count of unresolved persons (not known to be cases or not) is
            hidden.
        unlisted: hidden rows that are not even listed. They belong to a breakdown that lists only categories
            with cases, so that the list would tell the number of cases in them.
        coarse: breakdowns hidden as a whole, in words, because no smaller choice of cells protects their
            confidential cells.
        crowded: breakdowns hidden as a whole, in words, because they have too many confidential cells to
            choose among.
        stricter: whether a stricter rule was used: the survey has too many kinds of persons for a linear
            programme.
        cells: by outcome, the cells that the rows reveal.
        hidden_cells: by outcome, the hidden cells, with the reason.
        suppressions: the cells behind the rows, for persons who may see them.
    """

    hidden: set[int] = field(default_factory=set)
    unresolved_hidden: set[int] = field(default_factory=set)
    unlisted: set[int] = field(default_factory=set)
    coarse: list[Reason] = field(default_factory=list)
    crowded: list[Reason] = field(default_factory=list)
    stricter: bool = False
    cells: dict[str, dict[CellId, Cell]] = field(default_factory=dict, compare=False, repr=False)
    hidden_cells: dict[str, dict[CellId, str]] = field(default_factory=dict, compare=False, repr=False)
    suppressions: list[OutcomeSuppression] = field(default_factory=list, compare=False, repr=False)


def decide(
    table: pd.DataFrame,
    keys: list[Key],
    share_groups: list[str],
    scenario: DisclosureScenario,
    profiles: ProfileCells = NO_PROFILE_CELLS,
    *,
    earlier: EarlierRows = NO_EARLIER,
) -> Decision:
    """Decides which rows of a run are hidden, so that no confidential count is shown or can be calculated.

    Args:
        table: the rows, with the columns of `Published.table`.
        keys: the group values of each row.
        share_groups: for a share, the group whose categories have the shares, such as sex; empty for other
            measures.
        scenario: what the assumed reader knows of the rows.
        profiles: what profiles of cases reveal about the cells of other tables.
        earlier: rows published before, which stay as they are. Only new rows can be hidden.
    """
    salt = scenario.patterns.salt() if scenario.patterns else sha256(table.to_csv().encode()).digest()
    by = _Protection(scenario, salt, Decision())
    chart, now = table["measure"] == "flowchart", table["outcome"] == NOW_COLUMN
    rows_of = {"cases": table[~chart & ~now], "now": table[now]}
    cells = {
        outcome: _cells(rows, keys, share_groups, scenario.case_only) for outcome, rows in rows_of.items()
    }
    cells["cases"] = _routes(table[chart]) | cells["cases"]
    cells["cases"] = {**profiles.cells, **cells["cases"]}
    left = _few_who_left(cells["cases"], cells["now"], scenario.limits)
    hidden, hidden_unresolved = dict[str, dict[CellId, str]](), dict[str, dict[CellId, str]]()
    earlier_of = earlier_cells(table, keys, share_groups, earlier)
    of_cases = (
        {c: why for c, why in left.items() if c in earlier_of["now"].shown}
        | dict(profiles.primary)
        | dict(earlier.close)
    )
    also = {"now": left, "cases": of_cases}
    for outcome, rows in rows_of.items():
        found, must_hide = cells[outcome], _primary_cells(cells[outcome], outcome, scenario) | also[outcome]
        small = {c for c, why in must_hide.items() if found[c].cases == 0}
        primary = {c: why for c, why in must_hide.items() if c not in small}
        unlisted = {c for c, why in hidden.get("cases", {}).items() if why == UNLISTED} | earlier_of[
            outcome
        ].unlisted
        before = replace(earlier_of[outcome], unlisted=frozenset(unlisted))
        hidden[outcome] = by.cells_to_hide(found, outcome, primary, {c: must_hide[c] for c in small}, before)
        unresolved = _unresolved_cells(rows[~rows["measure"].isin(PROFILES)], keys)
        few = {c: FEW_UNRESOLVED for c, cell in unresolved.items() if _few_unresolved(cell, scenario.limits)}
        hidden_anyway = {c: why for c, why in hidden[outcome].items() if c in unresolved and c not in few}
        hidden_unresolved[outcome] = by.cells_to_hide(
            unresolved, UNRESOLVED_OF[outcome], few, hidden_anyway, earlier_of[UNRESOLVED_OF[outcome]]
        )
        places = [*zip(rows.index.tolist(), rows["reference_population"].astype(str), strict=True)]
        by.out.hidden |= {
            i
            for i, p in places
            if any((p, k) in hidden[outcome] for k in disclosed_cells(i, keys, share_groups))
        }
        by.out.unresolved_hidden |= {i for i, p in places if (p, keys[i]) in hidden_unresolved[outcome]}
        by.out.unlisted |= {i for i, p in places if hidden[outcome].get((p, keys[i])) == UNLISTED}
    by.out.cells, by.out.hidden_cells = cells, hidden
    by.out.unresolved_hidden |= {
        i for c, shown in profiles.unresolved_rows.items() if c in hidden["cases"] for i in shown
    } - by.out.hidden
    for name, rows in table[chart & (table.index >= earlier.rows)].groupby(
        "reference_population", sort=False
    ):
        tables = _OutcomeTables(
            *(_of_population(str(name), every["cases"]) for every in (cells, hidden, hidden_unresolved))
        )
        by.out.hidden |= _hidden_steps(rows, keys, tables, by)
    return by.out


def _primary_cells(
    cells: Mapping[CellId, Cell], outcome: str, scenario: DisclosureScenario
) -> dict[CellId, str]:
    """Returns the cells that are confidential because of their own counts, with the reason."""
    found = {c: why for c, cell in cells.items() if (why := confidential(cell, scenario.limits))}
    if scenario.patterns is not None and outcome == "cases":
        found |= {c: OVER_HALF for c in cells if c not in found and dominated(scenario.patterns, c)}
        others = {c: cell for c, cell in cells.items() if c not in found and not scenario.is_of_cases(c)}
        found |= dict.fromkeys(identifying_cells(scenario.patterns, others, scenario.rounding_base), POINTS)
    return found


def _few_who_left(
    cases: Mapping[CellId, Cell], now: Mapping[CellId, Cell], limits: Limits
) -> dict[CellId, str]:
    """Returns the cells of `now` (at the interview) that reveal few ended cases (all cases minus the cases of
    `now`)."""
    return {
        c: LEFT for c, cell in now.items() if c in cases and 0 < cases[c].cases - cell.cases < limits.cases
    }


@dataclass(frozen=True)
class _Protection:
    """Chooses cells to hide. `scenario` is what readers know, `salt` decides between equal costs, `out` is
    the choice so far."""

    scenario: DisclosureScenario
    salt: bytes
    out: Decision

    def cells_to_hide(
        self,
        cells: Mapping[CellId, Cell],
        outcome: str,
        primary: Mapping[CellId, str],
        hidden_anyway: Mapping[CellId, str],
        earlier: EarlierCells,
    ) -> dict[CellId, str]:
        """Returns the cells of one outcome to hide, with the reason. If no choice of single cells protects a
        cell, its whole breakdown is hidden. If that is not enough because the breakdown lists only categories
        with cases, it is not listed. Or else all cells are hidden. Cells in `earlier` stay as they are."""
        primary = {c: why for c, why in primary.items() if c not in earlier.shown}
        hidden_anyway = {c: why for c, why in hidden_anyway.items() if c not in earlier.shown} | {
            c: BEFORE for c in cells if c in earlier.hidden and c not in primary
        }
        crowded = _breakdowns_to_hide(primary, cells)
        withheld = {c: CROWDED for c in cells if _breakdown(c) in crowded and c not in earlier.shown}
        self._add_notes(self.out.crowded, withheld)
        # What is withheld is not in the systems, so that they cannot tell what its list of categories
        # reveals.
        withheld |= {
            c: UNLISTED
            for c, cell in cells.items()
            if c in earlier.unlisted or (c in withheld and cell.listed)
        }
        systems = self._systems(
            {c: found for c, found in cells.items() if c not in withheld}, outcome, list(withheld)
        )
        while True:
            found: dict[CellId, str] = {}
            exposed: list[CellId] = []
            suppressions: list[OutcomeSuppression] = []
            for system, parts in systems:
                in_system = system.place.keys()
                to_protect: dict[AnyCell, str] = {c: why for c, why in primary.items() if c in in_system}
                fixed: dict[AnyCell, str] = {c: why for c, why in hidden_anyway.items() if c in in_system}
                whole = [c for c in system.cells if not isinstance(c, DerivedCell) and not c[1]]
                made = protect(
                    system,
                    to_protect | dict.fromkeys(parts, PART),
                    self.scenario.limits,
                    hidden_anyway=fixed,
                    always_shown=[c for c in earlier.shown if c in in_system],
                    hide_last=whole,
                    salt=self.salt,
                )
                suppressions.append(OutcomeSuppression(outcome, system, made.hidden, mean_weights(cells)))
                found |= {c: why for c, why in made.hidden.items() if not isinstance(c, DerivedCell)}
                exposed += [c.one if isinstance(c, DerivedCell) else c for c in made.exposed]
            free = {c: cell for c, cell in cells.items() if c not in earlier.shown}
            # A number of everybody is hidden last: a list of categories goes before it.
            late = any(why == COMPLEMENT and not c[1] for c, why in found.items())
            if told := _told_by_its_list(
                primary if late else exposed, cells, found, earlier.hidden | earlier.shown
            ):
                self._add_notes(self.out.coarse, told)
                withheld |= dict.fromkeys(told, UNLISTED)
                systems = self._systems(
                    {c: cell for c, cell in cells.items() if c not in withheld}, outcome, list(withheld)
                )
                continue
            more = {other for c in exposed for other in _with_its_breakdown(c, free, withheld | found)}
            if not more:
                self.out.suppressions += suppressions
                return withheld | found
            hidden_anyway |= dict.fromkeys(more, WITH_BREAKDOWN)
            self._add_notes(self.out.coarse, more)

    def _add_notes(self, notes: list[Reason], cells: Iterable[CellId]) -> None:
        """Adds to a list of notes one note on each breakdown to which these cells belong."""
        words = dict.fromkeys(_cell_in_words(*c) for c in sorted(cells, key=lambda c: (c[0], sorted(c[1]))))
        notes.extend(text for text in words if text not in notes)

    def _systems(
        self, cells: Mapping[CellId, Cell], outcome: str, withheld: list[CellId]
    ) -> list[tuple[CellSystem[AnyCell], tuple[DerivedCell, ...]]]:
        """Returns systems of equations between the cells: one for all cells of a survey, or else one for each
        population."""
        if not cells:
            return []
        scenario = self.scenario
        if scenario.patterns is not None:
            made = survey_system(OutcomeCells(cells, outcome, scenario, withheld), scenario.patterns)
            self.out.stricter |= made.coarse
            return [(_with_least(made.system, cells), made.parts)]
        found: list[tuple[CellSystem[AnyCell], tuple[DerivedCell, ...]]] = []
        for name in dict.fromkeys(population for population, _ in cells):
            system = system_of(_of_population(name, cells), rounding_base=scenario.rounding_base)
            found.append((_with_least(with_population(system, name), cells), ()))
        return found


def _with_least(system: CellSystem[AnyCell], cells: Mapping[CellId, Cell]) -> CellSystem[AnyCell]:
    """Returns the system, which now knows that a cell that a table lists for its cases has at least one."""
    listed = Counter(_breakdown(c) for c in cells if cells[c].listed)
    known = [not isinstance(c, DerivedCell) and c in cells and cells[c].listed for c in system.cells]
    beside = [0 if isinstance(c, DerivedCell) else max(0, listed[_breakdown(c)] - 1) for c in system.cells]
    return replace(system, least=np.array(known, dtype=float), beside=np.array(beside, dtype=float))


def _told_by_its_list(
    exposed: Iterable[CellId],
    cells: Mapping[CellId, Cell],
    hidden: Mapping[CellId, str],
    published: frozenset[CellId],
) -> set[CellId]:
    """Returns the cells of breakdowns that may not even list their categories, because each listed category
    has a case.

    Args:
        exposed: confidential cells whose number of cases a reader can calculate, or could without a hidden
            number of everybody.
        cells: the cells of the outcome.
        hidden: the hidden cells. Only a breakdown of which no cell is shown is returned.
        published: cells of tables that were published before, which are listed already.
    """
    shown = {_breakdown(c) for c in cells if c not in hidden}
    told = {_breakdown(c) for c in exposed if cells[c].listed} - shown - {_breakdown(c) for c in published}
    return {c for c in cells if _breakdown(c) in told}


def _breakdown(cell: CellId) -> tuple[str, frozenset[str]]:
    """Returns a cell's population, and the groups (without their values) by which the cell is defined."""
    return cell[0], frozenset(g for g, _ in cell[1])


def _breakdowns_to_hide(
    primary: Iterable[CellId], cells: Iterable[CellId]
) -> set[tuple[str, frozenset[str]]]:
    """Returns breakdowns to hide whole, those with most confidential cells first, until the work left is at
    most `MOST_WORK`."""
    confidential_of, cells_of = Counter(map(_breakdown, primary)), Counter(map(_breakdown, cells))
    left, many, found = confidential_of.total(), cells_of.total(), set[tuple[str, frozenset[str]]]()
    for breakdown, count in sorted(
        confidential_of.items(), key=lambda item: (-item[1], item[0][0], sorted(item[0][1]))
    ):
        if left * many <= MOST_WORK:
            break
        found.add(breakdown)
        left, many = left - count, many - cells_of[breakdown]
    return found


def with_population(system: CellSystem[Key], population: str) -> CellSystem[AnyCell]:
    """Returns the system, in which each cell is now named by its population and its group values."""
    return CellSystem(
        **{f.name: getattr(system, f.name) for f in fields(system)}
        | {"cells": tuple((population, k) for k in system.cells)}
    )


def _with_its_breakdown(
    cell: CellId, cells: Mapping[CellId, Cell], hidden: Mapping[CellId, str]
) -> list[CellId]:
    """Returns the shown cells of a cell's breakdown. If no cell of it is shown, returns the shown cells of
    all breakdowns."""
    shown = [c for c in cells if c not in hidden]
    return [c for c in shown if _breakdown(c) == _breakdown(cell)] or shown


def breakdown_of(what: object, population: str) -> Reason:
    """Returns a breakdown of a population in the words of a note: `region of adults`."""
    return Reason.of("reasons.breakdown_of", what=what, population=Name("kit.populations", population))


def _cell_in_words(population: str, key: Key) -> Reason:
    """Returns a cell's breakdown and population in words, such as `region of adults`."""
    groups = crossed_names(sorted(g for g, _ in key)) or Reason.of("categories.whole")
    return breakdown_of(groups, population)


def _few_unresolved(cell: Cell, limits: Limits) -> bool:
    """Returns whether a count of unresolved persons is confidential: few are unresolved, or few are known not
    to be cases."""
    return 0 < cell.cases < limits.cases or (
        cell.cases > 0 and cell.non_cases is not None and cell.non_cases < limits.non_cases
    )


def _of_population(name: str, cells: Mapping[CellId, Any]) -> dict[Key, Any]:
    """Returns the values of the cells of one population, by the group values of each cell."""
    return {k: value for (population, k), value in cells.items() if population == name}


class _OutcomeTables(NamedTuple):
    """One population's tables beside its flowchart: the cells, the hidden cells, the cells with hidden
    unresolved persons."""

    cells: Mapping[Key, Cell]
    hidden: Mapping[Key, str]
    hidden_unresolved: Mapping[Key, str]


def _hidden_steps(chart: pd.DataFrame, keys: list[Key], tables: _OutcomeTables, by: _Protection) -> set[int]:
    """Returns the rows of a flowchart to hide, also because tables hide its cases, routes or unresolved
    persons."""
    (cells, hidden, hidden_unresolved), limits = tables, by.scenario.limits
    steps = {i: str(step) for i, step in zip(chart.index, chart["step"], strict=True) if keys[i]}
    key_of = {
        i: frozenset({("step", s), ("case", "yes" if s in CASE_STEPS else "no")}) for i, s in steps.items()
    }
    key_of |= {i: WHOLE for i in chart.index if not keys[i]}
    counts = {key_of[i]: c for i, c in zip(chart.index, row_cells(chart), strict=True)}
    primary = {k: why for k, c in counts.items() if k and (why := confidential(c, limits))}
    counts = {
        k: replace(c, non_cases=None, weighted_others=None) for k, c in counts.items()
    }  # no sums over the steps
    counts |= {side: merged(c for k, c in counts.items() if side < k) for side in (CASES, OTHERS)}
    elsewhere = {CASES: (WHOLE, hidden)}
    elsewhere |= {
        k: (WHOLE, hidden_unresolved) for i, k in key_of.items() if steps.get(i) in UNRESOLVED_STEPS
    }
    elsewhere |= {
        k: (route, hidden)
        for i, k in key_of.items()
        if (route := frozenset({("route", steps.get(i, ""))})) in cells
    }
    primary |= {k: "hidden in the tables" for k, (key, there) in elsewhere.items() if key in there}
    always_shown = [k for k in (WHOLE, *elsewhere) if k not in primary]
    system = system_of(counts, [k for k in counts if len(k) == 2])
    made = protect(
        system,
        primary,
        limits,
        hidden_anyway={OTHERS: "nowhere shown"},
        always_shown=always_shown,
        salt=by.salt,
    )
    if made.exposed:
        by.out.coarse.append(
            breakdown_of(Reason.of("categories.flow"), str(chart["reference_population"].iloc[0]))
        )
        return set(key_of)
    name = str(chart["reference_population"].iloc[0])
    hidden_in_flowchart: dict[AnyCell, str] = {(name, k): why for k, why in made.hidden.items()}
    units = {name: max(cell.mean_weight for cell in counts.values())}
    by.out.suppressions.append(
        OutcomeSuppression("flowchart", with_population(system, name), hidden_in_flowchart, units)
    )
    return {i for i, k in key_of.items() if k in made.hidden}


def _cells(
    table: pd.DataFrame, keys: list[Key], share_groups: list[str], case_only: frozenset[str]
) -> dict[CellId, Cell]:
    """Returns the distinct cells that the rows reveal, by population and group values."""
    return _by_population(table, lambda rows: population_cells(rows, keys, share_groups, case_only))


def _routes(charts: pd.DataFrame) -> dict[CellId, Cell]:
    """Returns the cells of a table by route of children, made from the flowchart, even if no such table is
    published."""
    steps = charts[charts["step"].isin(ROUTES.values())] if "step" in charts else charts.head(0)
    cells = zip(
        steps["reference_population"].astype(str), steps.get("step", ()), row_cells(steps), strict=True
    )
    return {
        (p, frozenset({("route", str(s))})): replace(c, non_cases=None, weighted_others=None)
        for p, s, c in cells
    }


def _by_population(
    table: pd.DataFrame, cells_of: Callable[[pd.DataFrame], Mapping[Key, Cell]]
) -> dict[CellId, Cell]:
    """Applies a function to the rows of each population. Returns all resulting cells, by population and group
    values."""
    parts = table.groupby("reference_population", sort=False)
    return {(str(population), k): cell for population, rows in parts for k, cell in cells_of(rows).items()}


def _unresolved_cells(table: pd.DataFrame, keys: list[Key]) -> dict[CellId, Cell]:
    """Returns cells whose "cases" are unresolved persons, and whose "non-cases" are persons known not to be
    cases."""
    return (
        _by_population(table, lambda rows: _unresolved_of_population(rows, keys))
        if "unresolved" in table
        else {}
    )


def _unresolved_of_population(rows: pd.DataFrame, keys: list[Key]) -> dict[Key, Cell]:
    """Returns one population's cells of unresolved persons. Their weighted number is the upper bound minus
    the estimate."""
    mean_weight, cells = population_mean_weight(rows), dict[Key, Cell]()
    for i, row in zip(rows.index, as_records(rows), strict=True):
        if pd.isna(row["unresolved"]):
            continue
        count, whole = (
            int(row["unresolved"]),
            float(row["population"]) if kind_of(row) == "proportion" else 1.0,
        )
        weighted = (float(row["bound_high"]) - float(row["estimate"])) * whole
        cells[keys[i]] = Cell(
            count,
            int(row["n"]),
            int(row["n"]) - int(row["cases"]) - count,
            weighted=None if pd.isna(weighted) else max(0.0, weighted),
            mean_weight=mean_weight,
        )
    return cells
