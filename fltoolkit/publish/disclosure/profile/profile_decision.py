"""Decides which rows of a profile of cases are hidden. The numbers of cases are decided before.

All characteristics are decided together, with all numbers of cases by the groups of the profile. Other tables
lose no cell because of a profile: only other rows of profiles are hidden to protect a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from fltoolkit.classify.characteristics import Characteristic
from fltoolkit.classify.children import ROUTES
from fltoolkit.languages.reasons import Reason, group_name
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT
from fltoolkit.publish.disclosure.confidential_cells import Cell, CellId, Key
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    EVERYBODY,
    FEW_MORE,
    NO_CASES,
    ProfileCells,
    denominator_cells,
    denominator_key,
    profile_cells,
    relations_of,
)
from fltoolkit.publish.disclosure.suppression import (
    BEFORE,
    WITH_BREAKDOWN,
    Block,
    EarlierCells,
    suppress,
)
from fltoolkit.publish.disclosure.suppression_decision import Decision
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
from fltoolkit.publish.own_tables.earlier_cells import NO_EARLIER, EarlierRows

IN_OTHER_TABLE = "another table has nearly the same cases"
SEXUAL = "forced_commercial_sexual_exploitation"
AT_INTERVIEW = "at_interview"


@dataclass(frozen=True)
class ProfileRows:
    """The rows of a profile (shares of cases with a characteristic), before any is hidden.

    Attributes:
        table: the rows.
        keys: for each row of the whole run, its group values.
        share_groups: for each row of the whole run, the group that has its characteristic as a value.
    """

    table: pd.DataFrame
    keys: Sequence[Key]
    share_groups: Sequence[str]

    @property
    def denominators(self) -> dict[CellId, Cell]:
        """Returns the denominators of the rows. A row shows a share of some cases; the cell of all these
        cases is its denominator."""
        return denominator_cells(self.table, self.keys, self.share_groups)

    def cells(self, scenario: DisclosureScenario) -> ProfileCells:
        """Returns the cells that the rows reveal, without the denominators."""
        return profile_cells(self.table, self.keys, self.share_groups, scenario.limits)

    def of(self, kept: pd.Series) -> ProfileRows:
        """Returns the rows for which `kept` is True."""
        return replace(self, table=self.table[kept])


def cells_for_other_tables(rows: ProfileRows, scenario: DisclosureScenario) -> ProfileCells:
    """Returns the cells of other tables that the rows of profiles reveal: the numbers of cases, and the cells
    of groups that other tables also show, such as the form of forced labour (`scenario.case_only`)."""
    is_shared = pd.Series(
        [rows.share_groups[i] in scenario.case_only for i in rows.table.index], rows.table.index
    )
    shared = rows.of(is_shared).cells(scenario)
    primary = {c: why for c, why in shared.primary.items() if shared.cells[c].cases}
    return replace(shared, cells=rows.denominators | shared.cells, primary=primary)


def decide_profile(
    rows: ProfileRows,
    tables: Decision,
    scenario: DisclosureScenario,
    characteristics: Sequence[Characteristic] = (),
    earlier: EarlierRows = NO_EARLIER,
) -> Decision:
    """Decides which rows of the profiles (shares of cases with a characteristic) are hidden, and adds this to
    the decision of a run.

    Args:
        rows: rows of profiles under the run's own rule set.
        tables: the decision about all other rows.
        scenario: what the assumed reader knows of the run. The kinds of persons in it differ only in the
            groups of the profiles.
        characteristics: all characteristics, whose questions tell which of them are related.
        earlier: rows published before: what they hide stays hidden, and what they show is hidden last.
    """
    mine, hidden = rows.cells(scenario), set[int]()
    printed = {c: [i for i in found if i < earlier.rows] for c, found in mine.rows.items()}
    before = {c for c, found in printed.items() if found and earlier.hidden.issuperset(found)}
    kept = [c for c, found in printed.items() if found and c not in before]
    groups = {c: next(iter(c[1] - mine.denominators[c][1]))[0] for c in mine.cells}
    primary, hidden_anyway = _requirements(mine, groups, tables, scenario)
    cases, hidden_cases = _case_counts(rows, tables)
    every = {**cases, **mine.cells}
    block = Block(
        "cases",
        every,
        primary,
        {**dict.fromkeys(before - primary.keys(), BEFORE), **hidden_anyway, **hidden_cases},
        EarlierCells(shown=frozenset(cases.keys() - hidden_cases.keys())),
        relations_of(characteristics, every, scenario.limits),
        hide_last=[*(c for c in mine.cells if len(c[1]) == 1), *kept],
        is_profile=True,
        in_words=lambda cell: Reason.of("reasons.among_cases", what=group_name(groups[cell])),
    )
    # Without a survey, the combinations of all characteristics would be too many.
    names = (
        [frozenset(groups.values())]
        if scenario.patterns
        else [frozenset({g}) for g in sorted(set(groups.values()))]
    )
    found, unresolved_rows = (
        replace(tables, coarse=[*tables.coarse], suppressions=[*tables.suppressions]),
        set[int](),
    )
    for of in names:
        part = replace(block, cells={c: n for c, n in every.items() if c in cases or groups[c] in of})
        made = suppress(part, replace(scenario, case_only=of))
        found.add(made)
        hidden |= {i for c in made.hidden for i in mine.rows.get(c, ())}
        unresolved_rows |= {i for c in made.hidden for i in mine.unresolved_rows.get(c, ())}
    hidden |= tables.hidden
    return replace(
        found, hidden=hidden, unresolved_hidden=(tables.unresolved_hidden | unresolved_rows) - hidden
    )


def _requirements(
    mine: ProfileCells, groups: Mapping[CellId, str], tables: Decision, scenario: DisclosureScenario
) -> tuple[dict[CellId, str], dict[CellId, str]]:
    """Returns the cells of profiles that are confidential, and those that are hidden anyway, each with the
    reason: because of their own counts, or because of the decision about other tables.

    Args:
        mine: the cells of the profiles.
        groups: for each cell, the group that has its characteristic as a value.
        tables: the decision about all other rows.
        scenario: what the assumed reader knows of the run.
    """
    counts, hidden = tables.cells["cases"], tables.hidden_cells["cases"]
    without_number = {c for c, of in mine.denominators.items() if of in hidden}
    few = {
        c
        for c in without_number
        if counts[of := mine.denominators[c]].cases and hidden[of] not in (COMPLEMENT, WITH_BREAKDOWN, BEFORE)
    }
    required = mine.primary | dict.fromkeys(few, NO_CASES)
    hidden_anyway = dict.fromkeys(without_number, NO_CASES)
    for cell, other in _cells_in_other_tables(mine, groups, tables):
        if len(cell[1]) > 1 or other in hidden:
            hidden_anyway[cell] = IN_OTHER_TABLE
        elif 0 < counts[other].cases - mine.cells[cell].cases < scenario.limits.cases:
            required.setdefault(cell, FEW_MORE)
    # A cell without cases needs no protection, unless hiding it keeps secret that nearly all cases have the
    # characteristic.
    primary = {c: why for c, why in required.items() if mine.cells[c].cases or why == EVERYBODY}
    hidden_anyway = mine.hidden_anyway | required | hidden_anyway
    return primary, {c: why for c, why in hidden_anyway.items() if c not in primary}


def _cells_in_other_tables(
    mine: ProfileCells, groups: Mapping[CellId, str], tables: Decision
) -> Iterator[tuple[CellId, CellId]]:
    """Yields pairs of cells that have nearly the same cases: a cell of a worst form of child labour, and a
    cell of the table of the routes or the forms of forced labour. The second cell contains the same cases and
    perhaps others."""
    for cell in mine.rows:
        topic, _, name = groups[cell].partition(": ")
        sexual = [("form", SEXUAL)] if name == "commercial_sexual_exploitation" else []
        population, denominator = mine.denominators[cell]
        for part in [("route", ROUTES["route_iv"]), *sexual] if topic == "worst_form" else []:
            if (other := (population, denominator | {part})) in tables.cells["cases"]:
                yield cell, other


def decide_cases_at_interview(
    rows: ProfileRows, now: pd.DataFrame, keys: Sequence[Key], found: Decision
) -> Decision:
    """Hides a number if another table would reveal it: the number of cases at the interview, and the profile
    row `goes on`.

    Both are the number of cases whose forced labour was going on at the interview. So if one is hidden, the
    other is also hidden.

    Args:
        rows: rows of profiles.
        now: rows of cases at the interview.
        keys: for each row of the run, its group values.
        found: the decision so far.
    """
    going_on: dict[CellId, list[int]] = {}
    for i in rows.table.index[[rows.share_groups[i].startswith(AT_INTERVIEW) for i in rows.table.index]]:
        going_on.setdefault(
            (
                str(rows.table.at[i, "reference_population"]),
                denominator_key(rows.keys[i], rows.share_groups[i]),
            ),
            [],
        ).append(i)
    current: dict[CellId, list[int]] = {}
    for i, population in zip(now.index, now["reference_population"].astype(str), strict=True):
        current.setdefault((population, keys[i]), []).append(i)
    alike = [[*going_on[cell], *current[cell]] for cell in going_on.keys() & current.keys()]
    hidden = {i for same in alike if not found.hidden.isdisjoint(same) for i in same}
    return replace(found, hidden=found.hidden | hidden, unresolved_hidden=found.unresolved_hidden - hidden)


def _case_counts(rows: ProfileRows, tables: Decision) -> tuple[dict[CellId, Cell], dict[CellId, str]]:
    """Returns the numbers of cases in the populations and by the groups of the profiles, and which of these
    numbers are hidden. They are the denominators of the shares in the profiles. The groups may be alone or
    crossed. `tables` is the decision about all tables except profiles."""
    groups = {g for population, key in rows.denominators for g, _ in key}
    populations = {population for population, _ in rows.denominators}
    cells = {
        (population, key): cell
        for (population, key), cell in tables.cells["cases"].items()
        if population in populations and groups.issuperset(g for g, _ in key)
    }
    return cells, {c: why for c, why in tables.hidden_cells["cases"].items() if c in cells}
