"""Protects tables of two outcomes in one published set. If the outcomes differ by a few persons, subtraction
would reveal these persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.totals.outcome_overlaps import (
    FORCED_LABOUR,
    NO,
    OPEN,
    YES,
    Overlap,
    Overlaps,
    read_overlaps,
)
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN, PersonPatterns
from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.confidential_cells import Cell, CellId, population_mean_weight
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    WITH,
    characteristic_name,
    denominator_key,
)
from fltoolkit.publish.disclosure.run_decision import DecidedRows, EarlierAndNewRows, knowing_groups_of
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.outcome_combinations import (
    COUNTED,
    Persons,
    known_cells,
    readable_cells,
    told_together,
)

FEW_APART = "few persons more or fewer than another outcome has"
SAME_PERSONS = "another outcome has the same persons there, and hides them"


@dataclass(frozen=True)
class OutcomeDifferences:
    """The rows and cells of one outcome that must be protected because tables of other outcomes are also
    published.

    An outcome is the condition that makes a person a case: forced labour, or a condition that the user
    defined.

    Attributes:
        all_rows: the rows. `all_rows.earlier_rows.close` has the cells that differ from another outcome by
            only a few persons.
        alike: for each other outcome ("" is forced labour), the positions of new rows that count the same
            persons under both outcomes.
    """

    all_rows: EarlierAndNewRows
    alike: Mapping[str, list[int]]


def protect_from_other_outcomes(
    all_rows: EarlierAndNewRows, others: Mapping[str, DecidedRows], persons: ClassifiedSurvey, outcome: str
) -> OutcomeDifferences:
    """Returns the rows and cells of one outcome that must be protected because tables of other outcomes are
    also published.

    Any of three rules makes a cell confidential. First, its number of cases differs by only a few cases from
    the number under another outcome. Second, its number of cases equals the number under another outcome,
    where the cell is hidden. Third, the numbers of both outcomes and of their unresolved persons together tell
    a few persons with some combination of both, such as those with only one of them, in the cell or in a part
    of it.

    A profile is compared only in part: only characteristics that contain the outcome, or that the outcome
    contains.

    Args:
        all_rows: the rows.
        others: the published rows of each other outcome ("" is forced labour).
        persons: the survey.
        outcome: the outcome of the rows.
    """
    patterns, only = all_rows.scenario.patterns, persons.spec.case_only
    places = {
        i: (all_rows.rows.populations[i], all_rows.rows.keys[i])
        for i in _counts_of_outcome(all_rows.rows.table)
        if only.isdisjoint(g for g, _ in all_rows.rows.keys[i])
    }
    if not places or not others or patterns is None:
        return OutcomeDifferences(all_rows, {})
    names = [name or FORCED_LABOUR for name in others]
    groups = [
        g for g in map(str, patterns.kinds) if g in persons.spec.group_names
    ]  # in the order of the kinds
    found = read_overlaps(
        persons, outcome or FORCED_LABOUR, names, groups, list(dict.fromkeys(all_rows.rows.populations))
    )
    cells = list(dict.fromkeys(places.values()))
    holds, mine = patterns.holds(cells), patterns.counts["cases"]
    close: dict[str, dict[CellId, str]] = {of: {} for of in COUNTED}
    combinations: dict[str, list[Array]] = {of: [] for of in COUNTED}
    alike: dict[str, list[int]] = {}
    sums = dict[CellId, tuple[Cell, bool]]()
    for name, other in others.items():
        overlap = found.outcomes[name or FORCED_LABOUR]
        one, two, both = (
            np.rint(holds @ counts).astype(int).tolist() for counts in (mine, overlap.other, overlap.both)
        )
        hidden_cells = {(other.populations[i], other.keys[i]) for i in other.decision.hidden}
        for cell, a, b in zip(cells, one, two, strict=True):
            if a and b and 0 < abs(a - b) < all_rows.scenario.limits.cases:
                close["cases"][cell] = FEW_APART
            elif a and a == b and cell in hidden_cells:
                close["cases"][cell] = SAME_PERSONS
        same = {c for c, a, b, ab in zip(cells, one, two, both, strict=True) if a == b == ab and a}
        alike[name] = [i for i in all_rows.new if places.get(i) in same]
        for of, told in told_together(overlap.combinations, [YES, OPEN]).items():
            combinations[of] += [_persons_with(overlap, persons_of) for persons_of in told]
        told_cells = _told_by_several(all_rows, other, cells)
        for of, few in _few_together(overlap, other, [*cells, *told_cells], all_rows.scenario).items():
            close[of] |= {c: FEW_APART for c in few if c not in close[of]}
        sums |= {c: cell for c, cell in told_cells.items() if c in close["cases"]}
    if "" in others:
        near = _close_to_profiles(all_rows, others[""], found, cells)
        close["cases"] |= {c: FEW_APART for c in near if c not in close["cases"]}
    return OutcomeDifferences(
        replace(
            all_rows,
            earlier_rows=replace(all_rows.earlier_rows, close=close, told=_with_sums(all_rows, sums)),
            scenario=replace(all_rows.scenario, combinations=combinations),
        ),
        alike,
    )


def _counts_of_outcome(table: pd.DataFrame) -> list[int]:
    """Returns the rows that count the persons with an outcome: not those of flowcharts, profiles and cases at
    the interview."""
    counted = ~table["measure"].isin(["flowchart", *PROFILES]) & (table["outcome"] != NOW_COLUMN)
    return list(map(int, np.flatnonzero(counted)))


def _persons_with(overlap: Overlap, combinations: Persons) -> Array:
    """Returns the number of persons with some combinations, by kind of person."""
    return np.asarray(sum(overlap.combinations[c] for c in combinations))


def _few_together(
    overlap: Overlap, other: DecidedRows, cells: list[CellId], scenario: DisclosureScenario
) -> dict[str, set[CellId]]:
    """Returns the cells in which the numbers of this outcome would tell few persons together with those that
    are shown of another outcome: by the number of cases, and by the number of unresolved persons."""
    found, patterns = {of: set[CellId]() for of in COUNTED}, scenario.patterns
    if patterns is None:
        return found
    known = [
        known_cells(cells, [c for c, shown in _shown(other, of).items() if shown], patterns, other.unions)
        for of in COUNTED
    ]
    holds = patterns.holds(cells)
    for is_known in set(zip(*known, strict=True)):
        answers = [answer for answer, there in zip(COUNTED.values(), is_known, strict=True) if there]
        mine = np.all([one == there for one, there in zip(known, is_known, strict=True)], axis=0)
        for of, told in told_together(overlap.combinations, answers).items():
            for persons_of in told:
                many = holds @ _persons_with(overlap, persons_of)
                few = mine & (many > 0) & (many < scenario.limits.cases)
                found[of] |= {cells[i] for i in np.flatnonzero(few)}
    return found


def _told_by_several(
    all_rows: EarlierAndNewRows, other: DecidedRows, cells: list[CellId]
) -> dict[CellId, tuple[Cell, bool]]:
    """Returns the cells that another outcome's rows show and that are no cell of this outcome, but a sum or
    difference of several, each with its counts: *north* is both sexes of north and south, less south."""
    patterns = all_rows.scenario.patterns
    if patterns is None:
        return {}
    shown = [c for c, is_shown in _shown(other, "cases").items() if is_shown and c not in cells]
    if not (wanted := readable_cells(shown, patterns.with_unions(all_rows.rows.unions))):
        return {}
    known = known_cells(wanted, cells, patterns, all_rows.rows.unions)
    found = [c for c, is_known in zip(wanted, known, strict=True) if is_known]
    return dict(_with_counts(dict.fromkeys(found, False), other, patterns, "cases"))


def _with_sums(
    all_rows: EarlierAndNewRows, sums: Mapping[CellId, tuple[Cell, bool]]
) -> Mapping[str, Mapping[CellId, tuple[Cell, bool]]]:
    """Returns the cells that this outcome's rows must know, with those that several of them tell."""
    told = all_rows.earlier_rows.told
    return {**told, "cases": {**sums, **told.get("cases", {})}}


def _shown(other: DecidedRows, of: str) -> dict[CellId, bool]:
    """Returns the cells of another outcome's rows, each with whether any row shows its number of cases, or of
    unresolved persons (`of`)."""
    found = dict[CellId, bool]()
    unresolved = other.table.get("unresolved", pd.Series(dtype=float)).notna().tolist()
    made = other.decision
    for i in _counts_of_outcome(other.table):
        cell = (other.populations[i], other.keys[i])
        if of == "cases" or unresolved[i]:
            gone = i in made.hidden or (of == "unresolved" and i in made.unresolved_hidden)
            found[cell] = found.get(cell, False) or not gone
    return found


def with_told_cells(
    all_rows: EarlierAndNewRows,
    others: Mapping[str, DecidedRows],
    persons: ClassifiedSurvey,
    outcome: str,
    of_outcome: ClassifiedSurvey,
) -> EarlierAndNewRows:
    """Returns the rows, which now know the cells of this outcome that rows of other outcomes show or hide.

    An outcome is a complement if everybody has one of the two, unless it is unresolved: its cases, subtracted
    from all persons, are the cases of this outcome. Two outcomes may also have the same unresolved persons.

    Args:
        all_rows: the rows.
        others: the published rows of each other outcome ("" is forced labour).
        persons: the survey.
        outcome: the outcome of the rows.
        of_outcome: the survey in which the persons with this outcome are the cases.
    """
    patterns = all_rows.scenario.patterns
    if patterns is None or not others:
        return all_rows
    groups = [g for g in map(str, patterns.kinds) if g in persons.spec.group_names]
    populations = list(dict.fromkeys(all_rows.rows.populations))
    names = {name: name or FORCED_LABOUR for name in others}
    found = read_overlaps(persons, outcome or FORCED_LABOUR, [*names.values()], groups, populations).outcomes
    told: dict[str, dict[CellId, tuple[Cell, bool]]] = {of: {} for of in COUNTED}
    has_complement = False
    for name, other in others.items():
        both = found[names[name]].combinations
        same = {
            "cases": all((mine == NO) == (its == YES) for mine, its in both if mine != OPEN)
            and (OPEN, YES) not in both,
            "unresolved": (OPEN, OPEN) in both and all((mine == OPEN) == (its == OPEN) for mine, its in both),
        }
        has_complement |= same["cases"] and (OPEN, OPEN) in both
        if any(same.values()):
            all_rows = knowing_groups_of(all_rows, other, of_outcome)
        for of in filter(same.__getitem__, COUNTED):
            told[of] |= dict(_told_cells(other, all_rows.scenario, of))
    return replace(
        all_rows,
        earlier_rows=replace(all_rows.earlier_rows, told=told, has_complement=has_complement),
    )


def _told_cells(
    other: DecidedRows, scenario: DisclosureScenario, of: str
) -> Iterator[tuple[CellId, tuple[Cell, bool]]]:
    """Yields the cells of another outcome's rows, each with its counts under the outcome of `scenario`, and
    whether any row shows it. `of` is `cases` or `unresolved`: the persons who are counted."""
    patterns = scenario.patterns
    if patterns is None:
        return
    # All persons, less those with a complement, are this outcome's cases and the unresolved persons.
    nobody = not patterns.counts["unresolved"].any()
    unresolved_shown = _shown(other, "unresolved")
    is_shown = {
        c: shown and unresolved_shown.get(c, nobody)
        for c, shown in _shown(other, of).items()
        if not scenario.is_of_cases(c)
    }
    yield from _with_counts(is_shown, other, patterns, of)


def _with_counts(
    is_shown: Mapping[CellId, bool], other: DecidedRows, patterns: PersonPatterns, of: str
) -> Iterator[tuple[CellId, tuple[Cell, bool]]]:
    """Yields cells of another outcome's rows as `_told_cells` does. `is_shown`: whether any row shows them."""
    populations, holds = np.array(other.populations), patterns.holds([*is_shown])
    counts = (patterns.persons, *(patterns.counts[name] for name in COUNTED))
    numbers = (np.rint(holds @ n).astype(int).tolist() for n in counts)
    for (cell, shown), n, cases, unresolved in zip(is_shown.items(), *numbers, strict=True):
        weight = population_mean_weight(other.table[populations == cell[0]])
        many, others = (cases, n - cases) if of == "cases" else (unresolved, n - cases - unresolved)
        yield cell, (Cell(many, n, non_cases=others, mean_weight=weight), shown)


def _close_to_profiles(
    all_rows: EarlierAndNewRows, cases: DecidedRows, found: Overlaps, cells: list[CellId]
) -> set[CellId]:
    """Returns the cells whose cases differ by only a few persons from the cases with a characteristic in a
    profile: one group contains the other. If both are the same persons, the cell is returned only if the
    profile's row is hidden.

    Args:
        all_rows: the rows of a user-defined outcome.
        cases: the rows of forced labour, with its profiles.
        found: how many persons the outcome has in common with each characteristic.
        cells: the cells of the user-defined outcome's rows.
    """
    patterns, close = all_rows.scenario.patterns, set[CellId]()
    if patterns is None:
        return close
    is_hidden: dict[str, dict[CellId, bool]] = {}
    for i in np.flatnonzero(cases.table["measure"].isin(PROFILES)).tolist():
        denominator = (cases.populations[i], denominator_key(cases.keys[i], cases.share_groups[i]))
        if (cases.share_groups[i], WITH) in cases.keys[i]:
            rows = is_hidden.setdefault(cases.share_groups[i], {})
            rows[denominator] = rows.get(denominator, False) or i in cases.decision.hidden
    holds, mine = patterns.holds(cells), patterns.counts["cases"]
    for (topic, name), overlap in found.characteristics.items():
        hidden = is_hidden.get(characteristic_name(topic, name), {})
        counts = (
            np.rint(holds @ by_kind).astype(int).tolist() for by_kind in (mine, overlap.other, overlap.both)
        )
        for cell, one, two, both in zip(cells, *counts, strict=True):
            is_nested = cell in hidden and both > 0 and both == min(one, two)
            if is_nested and (
                abs(one - two) < all_rows.scenario.limits.cases if one != two else hidden[cell]
            ):
                close.add(cell)
    return close
