"""Decides which cells of a run are hidden: once, for all measures and populations together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.disclosure.confidential_cells import (
    Cell,
    CellId,
    Key,
    Limits,
    confidential,
    disclosed_cells,
    few_unresolved,
    merged,
    population_cells,
    population_mean_weight,
    row_cells,
)
from fltoolkit.publish.disclosure.dominance import OVER_HALF, POINTS, dominated, identifying_cells
from fltoolkit.publish.disclosure.profile.characteristic_cells import NO_PROFILE_CELLS, ProfileCells
from fltoolkit.publish.disclosure.suppression import (
    BEFORE,
    UNLISTED,
    Block,
    EarlierCells,
    OutcomeSuppression,
    Suppressed,
    breakdown_of,
    suppress,
)
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_cells import (
    NO_EARLIER,
    UNRESOLVED_OF,
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
LARGE_STEPS = ("no work", "not involuntary", "child, no work")  # most persons end here, as everybody knows
LEFT = "two outcomes differ by too few cases"
FEW_UNRESOLVED = "too few unresolved persons, or too few known not to be cases"


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
        exposed: whether nothing protects some confidential cell, because of what was published before.
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
    exposed: bool = False
    cells: dict[str, dict[CellId, Cell]] = field(default_factory=dict, compare=False, repr=False)
    hidden_cells: dict[str, Mapping[CellId, str]] = field(default_factory=dict, compare=False, repr=False)
    suppressions: list[OutcomeSuppression] = field(default_factory=list, compare=False, repr=False)

    def add(self, made: Suppressed) -> None:
        """Adds the notes and the cells of a block to the decision."""
        self.suppressions += made.suppressions
        self.coarse += [words for words in made.coarse if words not in self.coarse]
        self.crowded += [words for words in made.crowded if words not in self.crowded]
        self.stricter |= made.stricter


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
    out = Decision()
    chart, now = table["measure"] == "flowchart", table["outcome"] == NOW_COLUMN
    rows_of = {"cases": table[~chart & ~now], "now": table[now]}
    cells = {
        outcome: _cells(rows, keys, share_groups, scenario.case_only) for outcome, rows in rows_of.items()
    }
    cells["cases"] = _routes(table[chart]) | cells["cases"]
    told = {of: {c: cell for c, (cell, _) in found.items()} for of, found in earlier.told.items()}
    cells["cases"] = {**told.get("cases", {}), **profiles.cells, **cells["cases"]}
    left = _few_who_left(cells["cases"], cells["now"], scenario.limits)
    hidden, hidden_unresolved = dict[str, Mapping[CellId, str]](), dict[str, Mapping[CellId, str]]()
    earlier_of = earlier_cells(table, keys, share_groups, earlier, scenario.limits)
    of_cases = (
        {c: why for c, why in left.items() if c in earlier_of["now"].shown}
        | dict(profiles.primary)
        | dict(earlier.close.get("cases", {}))
    )
    also = {"now": left, "cases": of_cases}
    for outcome, rows in rows_of.items():
        found, shown = cells[outcome], earlier_of[outcome].shown
        undecided = {c: cell for c, cell in found.items() if c not in shown}
        must_hide = _primary_cells(undecided, outcome, scenario) | also[outcome]
        small = {c: why for c, why in must_hide.items() if found[c].cases == 0}
        primary = {c: why for c, why in must_hide.items() if c not in small}
        unlisted = {c for c, why in hidden.get("cases", {}).items() if why == UNLISTED} | earlier_of[
            outcome
        ].unlisted
        before = replace(earlier_of[outcome], unlisted=frozenset(unlisted))
        open_ = UNRESOLVED_OF[outcome]
        unresolved = told.get(open_, {}) | _unresolved_cells(rows[~rows["measure"].isin(PROFILES)], keys)
        few = {c: FEW_UNRESOLVED for c, cell in unresolved.items() if few_unresolved(cell, scenario.limits)}
        few |= {c: why for c, why in earlier.close.get(open_, {}).items() if c in unresolved}
        while True:
            made = suppress(Block(outcome, found, primary, small, before), scenario)
            hidden[outcome] = made.hidden
            hidden_anyway = {c: why for c, why in made.hidden.items() if c in unresolved and c not in few}
            of_unresolved = suppress(
                Block(open_, unresolved, few, hidden_anyway, earlier_of[open_]), scenario
            )
            # All persons, less those with this outcome and with its complement, are unresolved.
            protected = (
                primary.keys() | {c for c, why in hidden_anyway.items() if why != BEFORE} | before.shown
            )
            told_anyway = found.keys() & of_unresolved.hidden.keys() - protected
            if not told_anyway or not earlier.has_complement or outcome != "cases":
                break
            primary |= dict.fromkeys(told_anyway, FEW_UNRESOLVED)
        out.add(made)
        out.add(of_unresolved)
        out.exposed |= bool(made.exposed or of_unresolved.exposed)
        hidden_unresolved[outcome] = of_unresolved.hidden
        places = [*zip(rows.index.tolist(), rows["reference_population"].astype(str), strict=True)]
        out.hidden |= {
            i
            for i, p in places
            if any((p, k) in hidden[outcome] for k in disclosed_cells(i, keys, share_groups))
        }
        gone = hidden_anyway.keys() | hidden_unresolved[outcome].keys()
        out.unresolved_hidden |= {i for i, p in places if (p, keys[i]) in gone}
        out.unlisted |= {i for i, p in places if hidden[outcome].get((p, keys[i])) == UNLISTED}
    out.cells, out.hidden_cells = cells, hidden
    out.unresolved_hidden |= {
        i for c, shown in profiles.unresolved_rows.items() if c in hidden["cases"] for i in shown
    } - out.hidden
    for _, rows in table[chart & (table.index >= earlier.rows)].groupby("reference_population", sort=False):
        out.hidden |= _hidden_steps(rows, keys, (out, hidden_unresolved["cases"]), scenario)
    return out


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


def _hidden_steps(
    chart: pd.DataFrame,
    keys: list[Key],
    tables: tuple[Decision, Collection[CellId]],
    scenario: DisclosureScenario,
) -> set[int]:
    """Returns the rows of a flowchart to hide, also because tables hide its cases, routes or unresolved
    persons. `tables` is the decision about the tables, to which this is added, and the cells with hidden
    unresolved persons."""
    out, hidden_unresolved = tables
    population = str(chart["reference_population"].iloc[0])
    whole: CellId = (population, WHOLE)
    steps = {i: str(step) for i, step in zip(chart.index, chart["step"], strict=True) if keys[i]}
    sides = {i: "yes" if step in CASE_STEPS else "no" for i, step in steps.items()}
    cell_of = dict.fromkeys(chart.index, whole) | {
        i: (population, frozenset({("step", step), ("case", sides[i])})) for i, step in steps.items()
    }
    counts = dict(zip(cell_of.values(), row_cells(chart), strict=True))
    primary = {
        c: why for c, cell in counts.items() if c != whole and (why := confidential(cell, scenario.limits))
    }
    counts = {
        c: replace(cell, non_cases=None, weighted_others=None) for c, cell in counts.items()
    }  # no sums over the steps
    cases, others = (population, CASES), (population, OTHERS)
    counts |= {side: merged(cell for c, cell in counts.items() if side[1] < c[1]) for side in (cases, others)}
    elsewhere: dict[CellId, tuple[CellId, Collection[CellId]]] = {cases: (whole, out.hidden_cells["cases"])}
    for i, step in steps.items():
        route = (population, frozenset({("route", step)}))
        if step in UNRESOLVED_STEPS:
            elsewhere[cell_of[i]] = (whole, hidden_unresolved)
        elif route in out.cells["cases"]:
            elsewhere[cell_of[i]] = (route, out.hidden_cells["cases"])
    primary |= {c: "hidden in the tables" for c, (there, hidden) in elsewhere.items() if there in hidden}
    made = suppress(
        Block(
            "flowchart",
            counts,
            primary,
            {others: "nowhere shown"},
            EarlierCells(shown=frozenset({whole, *elsewhere} - primary.keys())),
            hide_last=[cell_of[i] for i, step in steps.items() if step in LARGE_STEPS],
            in_words=lambda _: breakdown_of(Reason.of("categories.flow"), population),
        ),
        DisclosureScenario(scenario.limits, scenario.key),
    )
    out.add(made)
    return {i for i, c in cell_of.items() if made.coarse or c in made.hidden}


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
