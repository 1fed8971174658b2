"""Protects tables of two outcomes in one published set. If the outcomes differ by a few persons, subtraction
would reveal these persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.totals.outcome_overlaps import FORCED_LABOUR, Overlap, Overlaps, read_overlaps
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, population_mean_weight
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    WITH,
    characteristic_name,
    denominator_key,
)
from fltoolkit.publish.disclosure.run_decision import DecidedRows, EarlierAndNewRows, knowing_groups_of
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
from fltoolkit.publish.measure_units import PROFILES

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
    where the cell is hidden. The third rule applies if all persons with one outcome also have the other: a
    part of the cell has only a few persons with exactly one of the two outcomes.

    A profile is compared only in part: only characteristics that contain the outcome, or that the outcome
    contains.

    Args:
        all_rows: the rows.
        others: the published rows of each other outcome ("" is forced labour).
        persons: the survey.
        outcome: the outcome of the rows.
    """
    table, patterns, only = all_rows.rows.table, all_rows.scenario.patterns, persons.spec.case_only
    counted = ~table["measure"].isin(["flowchart", *PROFILES]) & (table["outcome"] != NOW_COLUMN)
    places = {
        i: (all_rows.rows.populations[i], all_rows.rows.keys[i])
        for i in np.flatnonzero(counted).tolist()
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
    close, in_one_outcome, alike = dict[CellId, str](), list[Array](), dict[str, list[int]]()
    for name, other in others.items():
        overlap = found.outcomes[name or FORCED_LABOUR]
        one, two, both = (
            np.rint(holds @ counts).astype(int).tolist() for counts in (mine, overlap.other, overlap.both)
        )
        hidden_cells = {(other.populations[i], other.keys[i]) for i in other.decision.hidden}
        for cell, a, b in zip(cells, one, two, strict=True):
            if a and b and 0 < abs(a - b) < all_rows.scenario.limits.cases:
                close[cell] = FEW_APART
            elif a and a == b and cell in hidden_cells:
                close[cell] = SAME_PERSONS
        same = {c for c, a, b, ab in zip(cells, one, two, both, strict=True) if a == b == ab and a}
        alike[name] = [i for i in all_rows.new if places.get(i) in same]
        if (differ := _in_exactly_one(mine, overlap)) is not None:
            in_one_outcome.append(differ)
    if "" in others:
        close |= {
            c: FEW_APART for c in _close_to_profiles(all_rows, others[""], found, cells) if c not in close
        }
    earlier_rows = replace(all_rows.earlier_rows, close=close)
    return OutcomeDifferences(
        replace(
            all_rows,
            earlier_rows=earlier_rows,
            scenario=replace(all_rows.scenario, in_one_outcome=tuple(in_one_outcome)),
        ),
        alike,
    )


def with_complements(
    all_rows: EarlierAndNewRows,
    others: Mapping[str, DecidedRows],
    persons: ClassifiedSurvey,
    outcome: str,
    of_outcome: ClassifiedSurvey,
) -> EarlierAndNewRows:
    """Returns the rows, which now know the cells that complements of their outcome show or hide. An outcome is
    a complement if everybody has one of the two, unless it is unresolved: its cases, subtracted from all
    persons, are the cases of this outcome.

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
    decided = patterns.persons - patterns.counts["unresolved"] - patterns.counts["cases"]
    complements = dict[CellId, tuple[Cell, bool]]()
    for other in [
        others[n]
        for n, name in names.items()
        if (found[name].other == decided).all() and not found[name].both.any()
    ]:
        all_rows = knowing_groups_of(all_rows, other, of_outcome)
        complements |= dict(_complement_cells(other, all_rows.scenario))
    return replace(all_rows, earlier_rows=replace(all_rows.earlier_rows, complements=complements))


def _complement_cells(
    other: DecidedRows, scenario: DisclosureScenario
) -> Iterator[tuple[CellId, tuple[Cell, bool]]]:
    """Yields the cells of a complement, each with its counts under the outcome of `scenario`, and whether any
    row of the complement shows it."""
    patterns, is_shown = scenario.patterns, dict[CellId, bool]()
    counted = ~other.table["measure"].isin(["flowchart", *PROFILES]) & (other.table["outcome"] != NOW_COLUMN)
    for i in np.flatnonzero(counted).tolist():
        cell = (other.populations[i], other.keys[i])
        if patterns is not None and not scenario.is_of_cases(cell):
            is_shown[cell] = is_shown.get(cell, False) or i not in other.decision.hidden
    if patterns is None:
        return
    of = np.array(other.populations)
    holds = patterns.holds([*is_shown])
    many, cases = (
        np.rint(holds @ n).astype(int).tolist() for n in (patterns.persons, patterns.counts["cases"])
    )
    for (cell, shown), n, k in zip(is_shown.items(), many, cases, strict=True):
        weight = population_mean_weight(other.table[of == cell[0]])
        yield cell, (Cell(k, n, non_cases=n - k, mean_weight=weight), shown)


def _in_exactly_one(mine: Array, overlap: Overlap) -> Array | None:
    """Returns, for each kind of person, the number of persons with exactly one of two outcomes. Returns None
    if neither outcome contains the other, or if both are the same.

    Args:
        mine: the number of cases of the first outcome, by kind of person.
        overlap: the number of cases of the second outcome, and of both.
    """
    alone, beyond = mine - overlap.both, overlap.other - overlap.both
    return alone + beyond if alone.any() != beyond.any() else None


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
