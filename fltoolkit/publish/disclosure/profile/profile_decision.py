"""Decides which rows of a profile of cases are hidden. The numbers of cases are decided before.

Each characteristic is decided alone, together with all numbers of cases by the groups of the profile. Other
tables lose no cell because of a profile: only other rows of the same characteristic are hidden to protect a
row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.languages.reasons import Reason, group_name
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Key, Limits, mean_weights
from fltoolkit.publish.disclosure.cell_system import CellSystem, system_of
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT, protect
from fltoolkit.publish.disclosure.derived_cells import AnyCell
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    EVERYBODY,
    FEW_BOTH,
    FEW_MORE,
    NO_CASES,
    WITH,
    WITHOUT,
    CasesByAnswer,
    CharacteristicCells,
    Composition,
    ProfileCells,
    denominator_cells,
    denominator_key,
    denominator_of,
)
from fltoolkit.publish.disclosure.suppression_decision import (
    WITH_BREAKDOWN,
    Decision,
    OutcomeSuppression,
    with_population,
)
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario, OutcomeCells, survey_system
from fltoolkit.survey.spec.groups import NOT_STATED
from fltoolkit.table_records import as_records

SHOWN_NOWHERE = "shown nowhere"
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

    def characteristics(self, scenario: DisclosureScenario) -> Iterator[CharacteristicCells]:
        """Yields the cells of each characteristic of cases, such as debt bondage. Characteristics that
        exclude each other are yielded together."""
        found: dict[str, CharacteristicCells] = {}
        for i, row in zip(self.table.index, as_records(self.table), strict=True):
            characteristic = found.setdefault(self.share_groups[i], CharacteristicCells(self.share_groups[i]))
            characteristic.add(int(i), self.keys[i], row, scenario.limits)
        yield from found.values()


def profile_cells(rows: ProfileRows, groups: Collection[str], scenario: DisclosureScenario) -> ProfileCells:
    """Returns the cells of other tables that the rows of profiles reveal: the numbers of cases, and the cells
    of some groups.

    A profile shows the shares of cases with a characteristic, such as a form of forced labour.

    Args:
        rows: all rows of profiles.
        groups: the groups of characteristics that other tables also show.
        scenario: what the assumed reader knows of the run.
    """
    mine = replace(rows, table=rows.table[[rows.share_groups[i] in groups for i in rows.table.index]])
    found = list(mine.characteristics(scenario)) if len(mine.table) else []
    cells, primary, unresolved_rows = (
        dict(rows.denominators),
        dict[CellId, str](),
        dict[CellId, Sequence[int]](),
    )
    for characteristic in found:
        cells |= characteristic.cells
        primary |= characteristic.primary
        unresolved_rows |= characteristic.unresolved_rows
    return ProfileCells(cells, {c: why for c, why in primary.items() if cells[c].cases}, unresolved_rows)


@dataclass(frozen=True)
class Relations:
    """The relations between characteristics of cases: some contain others, and some together make another
    one. Each is named by its topic and its own name, such as `coercion: threats`.

    Attributes:
        contained: for each characteristic A, the characteristics that it contains. If A contains B, each case
            with B also has A.
        compositions: sets of characteristics (the parts) that together make another characteristic, or all
            cases (the whole). A case has the whole if and only if it has at least one part.
    """

    contained: Mapping[str, Collection[str]] = field(default_factory=dict)
    compositions: Sequence[Composition] = ()


UNRELATED = Relations()


def decide_profile(
    rows: ProfileRows, tables: Decision, scenario: DisclosureScenario, relations: Relations = UNRELATED
) -> Decision:
    """Decides which rows of the profiles (shares of cases with a characteristic) are hidden, and adds this to
    the decision of a run.

    Args:
        rows: rows of profiles under the run's own rule set.
        tables: the decision about all other rows.
        scenario: what the assumed reader knows of the run. The kinds of persons in it differ only in the
            groups of the profiles.
        relations: how the characteristics are related, for example which of them contain others.
    """
    hidden, unresolved_rows, suppressions = (
        set(tables.hidden),
        set(tables.unresolved_hidden),
        list(tables.suppressions),
    )
    coarse, salt = list(tables.coarse), scenario.patterns.salt() if scenario.patterns else b""
    case_counts = _case_counts(rows, tables)
    decided: dict[str, _DecidedCharacteristic] = {}
    for characteristic in sorted(
        rows.characteristics(scenario), key=lambda c: len(relations.contained.get(c.group, ()))
    ):
        parts = [
            decided[name] for name in relations.contained.get(characteristic.group, ()) if name in decided
        ]
        required = _requirements(characteristic, parts, tables, scenario)
        for cell in _few_have_two(characteristic, decided, relations.compositions, scenario.limits):
            required.primary.setdefault(cell, FEW_BOTH)
        decided[characteristic.group] = made = _DecidedCharacteristic(
            characteristic, _suppression(characteristic, required, case_counts, scenario, salt)
        )
        suppressions.append(made.suppression)
        if WITH_BREAKDOWN in made.suppression.hidden.values():
            coarse.append(Reason.of("reasons.among_cases", what=group_name(characteristic.group)))
        hidden |= {
            i for cell, shown in characteristic.rows.items() if cell in made.suppression.hidden for i in shown
        }
        unresolved_rows |= {
            i
            for cell, shown in characteristic.unresolved_rows.items()
            if cell in made.suppression.hidden
            for i in shown
        }
    return replace(
        tables,
        hidden=hidden,
        unresolved_hidden=unresolved_rows - hidden,
        suppressions=suppressions,
        coarse=coarse,
    )


@dataclass(frozen=True)
class _DecidedCharacteristic:
    """One characteristic of cases (such as debt bondage), after the decision: its cells, and which of them
    are hidden (`suppression`)."""

    characteristic: CharacteristicCells
    suppression: OutcomeSuppression


@dataclass(frozen=True)
class _Requirements:
    """The cells of a characteristic that must be hidden or protected, before any cell is hidden to protect
    another.

    Attributes:
        primary: confidential cells, with the reason: because of their own counts, because their denominator
            is confidential in another table, or because subtraction would reveal few cases.
        hidden_anyway: cells that are hidden for another reason, with this reason.
    """

    primary: dict[CellId, str]
    hidden_anyway: dict[CellId, str]


def _requirements(
    characteristic: CharacteristicCells,
    parts: Sequence[_DecidedCharacteristic],
    tables: Decision,
    scenario: DisclosureScenario,
) -> _Requirements:
    """Returns the cells of a characteristic that must be hidden because of other tables, or because of
    characteristics that it contains.

    A characteristic A contains B if every case with B also has A. If A has only a few cases more than B, a
    reader learns that these few have A and not B. If a cell of B is hidden, the same cell of A would show an
    upper limit for it.

    Args:
        characteristic: the cells of the characteristic.
        parts: the characteristics that it contains, already decided.
        tables: the decision about all other rows.
        scenario: what the assumed reader knows of the run.
    """
    without_number = {
        c
        for c in characteristic.cells
        if denominator_of(c, characteristic.group) in tables.hidden_cells["cases"]
    }
    denominators = {
        denominator_of(c, characteristic.group): tables.hidden_cells["cases"][
            denominator_of(c, characteristic.group)
        ]
        for c in without_number
    }
    few = {
        c
        for c, why in denominators.items()
        if tables.cells["cases"][c].cases and why not in (COMPLEMENT, WITH_BREAKDOWN)
    }
    primary = characteristic.primary | dict.fromkeys(few, NO_CASES)
    hidden_anyway = dict.fromkeys(without_number, NO_CASES)
    mine = characteristic.answers()
    for part in parts:
        for denominator, fewer in part.characteristic.answers().items():
            differ = mine[denominator].beyond(fewer) if denominator in mine else {}
            near = [answer for answer, count in differ.items() if 0 < count < scenario.limits.cases]
            primary = (
                dict.fromkeys((characteristic.cell_of(denominator, answer) for answer in near), FEW_MORE)
                | primary
            )
        broken = {
            _breakdown(c, part.characteristic.group)
            for c in part.characteristic.rows
            if c in part.suppression.hidden and part.characteristic.cells[c].cases
        }
        hidden_anyway |= {
            c: FEW_MORE for c in characteristic.cells if _breakdown(c, characteristic.group) in broken
        }
    for cell, other in _cells_in_other_tables(characteristic, tables):
        if len(cell[1]) > 1 or other in tables.hidden_cells["cases"]:
            hidden_anyway[cell] = IN_OTHER_TABLE
        elif (
            0 < tables.cells["cases"][other].cases - characteristic.cells[cell].cases < scenario.limits.cases
        ):
            primary.setdefault(cell, FEW_MORE)
    return _Requirements(primary, hidden_anyway)


def _few_have_two(
    characteristic: CharacteristicCells,
    decided: Mapping[str, _DecidedCharacteristic],
    compositions: Sequence[Composition],
    limits: Limits,
) -> Iterator[CellId]:
    """Yields the cells of a characteristic that would reveal that only a few cases have two characteristics.

    Sometimes two characteristics (the parts) together make another one (the whole). Then the sum of the parts
    minus the whole is the number of cases with both parts. Two more numbers are protected in the same way.
    One is the number of cases that may have both parts (no clear answer counts as *yes*). The other is the
    difference between these two numbers. If there are three or more parts, a case with three of them counts
    twice.

    Args:
        characteristic: the cells of the characteristic.
        decided: the characteristics that were decided before, by name. The calculation also needs their
            cells.
        compositions: the wholes, each with its parts.
        limits: the confidentiality limits.
    """
    for made in compositions:
        others = {*made.parts, made.whole} - {characteristic.group, ""}
        if characteristic.group not in (*made.parts, made.whole) or not others <= decided.keys():
            continue
        answers = {name: decided[name].characteristic.answers() for name in others} | {
            characteristic.group: characteristic.answers()
        }
        for denominator, mine in answers[characteristic.group].items():
            if not all(denominator in found for found in answers.values()):
                continue
            parts, cases = [answers[name][denominator] for name in made.parts], sum(mine)
            whole = answers[made.whole][denominator] if made.whole else CasesByAnswer(cases, 0, 0)
            have_two = sum(part.yes for part in parts) - whole.yes
            may_have = sum(cases - part.no for part in parts) - (cases - whole.no)
            counts = {WITH: have_two, WITHOUT: may_have, NOT_STATED: may_have - have_two}
            yield from (
                characteristic.cell_of(denominator, answer)
                for answer, count in counts.items()
                if 0 < count < limits.cases
            )


def _cells_in_other_tables(
    characteristic: CharacteristicCells, tables: Decision
) -> Iterator[tuple[CellId, CellId]]:
    """Yields pairs of cells that have nearly the same cases: a cell of a worst form of child labour, and a
    cell of the table of the routes or the forms of forced labour. The second cell contains the same cases and
    perhaps others. Yields nothing if `characteristic` is not a worst form of child labour.

    `characteristic` has the cells of the worst form. `tables` is the decision about all tables except
    profiles.
    """
    topic, _, name = characteristic.group.partition(": ")
    if topic != "worst_form":
        return
    wider = [
        ("route", ROUTES["route_iv"]),
        *([("form", SEXUAL)] if name == "commercial_sexual_exploitation" else []),
    ]
    for cell in characteristic.rows:
        population, denominator = denominator_of(cell, characteristic.group)
        for part in wider:
            if (other := (population, denominator | {part})) in tables.cells["cases"]:
                yield cell, other


def _breakdown(cell: CellId, characteristic_group: str) -> tuple[str, frozenset[str]]:
    """Returns a cell's population and its groups, without the group of the characteristic."""
    return cell[0], frozenset(g for g, _ in cell[1] if g != characteristic_group)


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


@dataclass(frozen=True)
class _CaseCounts:
    """The numbers of cases by the groups of the profiles, and which of these numbers are hidden. They are the
    denominators of the shares in the profiles."""

    cells: Mapping[CellId, Cell]
    hidden: Mapping[CellId, str]


def _case_counts(rows: ProfileRows, tables: Decision) -> _CaseCounts:
    """Returns the numbers of cases in the populations and by the groups of the profiles. The groups may be
    alone or crossed. `tables` is the decision about all tables except profiles."""
    groups = {g for population, key in rows.denominators for g, _ in key}
    populations = {population for population, _ in rows.denominators}
    cells = {
        (population, key): cell
        for (population, key), cell in tables.cells["cases"].items()
        if population in populations and groups.issuperset(g for g, _ in key)
    }
    return _CaseCounts(cells, {c: why for c, why in tables.hidden_cells["cases"].items() if c in cells})


def _suppression(
    characteristic: CharacteristicCells,
    required: _Requirements,
    case_counts: _CaseCounts,
    scenario: DisclosureScenario,
    salt: bytes,
) -> OutcomeSuppression:
    """Decides which cells of a characteristic are hidden. If no choice of single cells is enough, all its
    breakdowns are hidden. If this is not enough either, all its cells are hidden.

    Args:
        characteristic: the cells of the characteristic.
        required: the cells that must be hidden or protected.
        case_counts: the numbers of cases in other tables.
        scenario: what the assumed reader knows of the run.
        salt: a secret text that decides between equal choices.
    """
    system = _system(
        characteristic, case_counts, replace(scenario, case_only=frozenset({characteristic.group}))
    )
    # A cell without cases needs no protection, unless hiding it keeps secret that nearly all cases have the
    # characteristic.
    primary: dict[AnyCell, str] = {
        c: why
        for c, why in required.primary.items()
        if c not in characteristic.cells or characteristic.cells[c].cases or why == EVERYBODY
    }
    withheld = [
        dict.fromkeys(characteristic.nearly_all, EVERYBODY),
        dict.fromkeys(characteristic.unshown, SHOWN_NOWHERE),
        required.primary,
        required.hidden_anyway,
        case_counts.hidden,
    ]
    hidden_anyway: dict[AnyCell, str] = {
        c: why for cells in withheld for c, why in cells.items() if c not in primary
    }
    whole, broken = (
        [c for c in characteristic.cells if (len(c[1]) == 1) == alone] for alone in (True, False)
    )
    shown = [c for c in case_counts.cells if c not in case_counts.hidden]
    for more in ([], broken, [*whole, *broken]):
        fixed = hidden_anyway | {
            c: WITH_BREAKDOWN for c in more if c not in primary and c not in hidden_anyway
        }
        made = protect(
            system,
            primary,
            scenario.limits,
            hidden_anyway=fixed,
            always_shown=shown,
            hide_last=whole,
            salt=salt,
        )
        if not made.exposed:
            break
    return OutcomeSuppression("cases", system, made.hidden, mean_weights(characteristic.cells))


def _system(
    characteristic: CharacteristicCells, case_counts: _CaseCounts, scenario: DisclosureScenario
) -> CellSystem[AnyCell]:
    """Returns the system of equations between the cells of a characteristic and the numbers of cases.

    Its unknowns are the survey's kinds of persons. For an estimate without a survey, they are the
    combinations of group values.
    """
    cells = {**case_counts.cells, **characteristic.cells}
    if scenario.patterns is not None:
        return survey_system(OutcomeCells(cells, "cases", scenario), scenario.patterns).system
    (population,) = {population for population, _ in cells}
    return with_population(
        system_of({key: cell for (_, key), cell in cells.items()}, rounding_base=scenario.rounding_base),
        population,
    )
