"""Builds the equations that show what a reader could calculate from the tables of a survey (`cell_system`).
Their unknowns are the numbers of cases by kind of person. A kind is all persons with the same group values
and populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from fltoolkit.estimate.totals.person_patterns import PersonPatterns
from fltoolkit.estimate.variance.taylor_variance import Array
from fltoolkit.publish.disclosure.case_only_kinds import PersonKinds, case_only_kinds
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Limits, crossed_groups, is_of, mean_weights
from fltoolkit.publish.disclosure.cell_system import (
    CLOSE,
    CellSystem,
    Kinds,
    Mask,
    Row,
    Tie,
    build_system,
    rounding_margins,
)
from fltoolkit.publish.disclosure.derived_cells import (
    AnyCell,
    DerivedCell,
    changes_within_cells,
    derived_cells,
)
from fltoolkit.publish.printed_numbers import RATE_STEP

MOST_KINDS = 2000  # kinds of persons in a linear programme; the cases of the other kinds are taken as known, which is stricter


@dataclass(frozen=True)
class DisclosureScenario:
    """The knowledge of the assumed reader about a run, and the confidentiality limits.

    Attributes:
        limits: the confidentiality limits.
        rounding_base: weighted numbers are rounded to multiples of this number.
        patterns: the survey's kinds of persons; None for an estimate without a survey, whose cells alone are
            known.
        case_only: groups that only cases have, such as the sector of their forced labour.
        children: the populations of children. Their routes to forced labour differ from the routes of adults.
        in_one_outcome: for each other outcome in the published set, an array by kind of person: the number of
            persons with exactly one of the two outcomes.
    """

    limits: Limits
    rounding_base: float = 0.0
    patterns: PersonPatterns | None = None
    case_only: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    in_one_outcome: tuple[Array, ...] = ()

    def is_of_cases(self, cell: CellId) -> bool:
        """Returns whether a cell is defined by a group that only cases have, such as the sector of the forced
        labour."""
        return is_of(self.case_only, cell[1])


@dataclass(frozen=True)
class OutcomeCells:
    """The cells of one outcome (such as cases at the interview), with the assumed reader's knowledge about
    them.

    Attributes:
        cells: the counts of each cell, by population and group values.
        outcome: `cases`, `now` (cases at the interview) or `unresolved` (persons whose answers do not decide
            whether they are cases).
        scenario: what the reader knows about the run.
        withheld: cells of breakdowns that are hidden as a whole.
    """

    cells: Mapping[CellId, Cell]
    outcome: str
    scenario: DisclosureScenario
    withheld: Sequence[CellId] = ()


@dataclass(frozen=True)
class SurveySystem:
    """The cells of a survey as one system of equations. Its unknowns are the cases of each kind of person.

    The system also has the confidential parts of cells. A part of two cells is the persons in both, or the
    persons in one but not in the other.

    Attributes:
        system: the system; its rows are the cells, then the parts.
        parts: the parts. No table shows them.
        coarse: whether the survey has more kinds of persons than the linear programme may have.
    """

    system: CellSystem[AnyCell]
    parts: tuple[DerivedCell, ...]
    coarse: bool


def survey_system(outcome_cells: OutcomeCells, patterns: PersonPatterns) -> SurveySystem:
    """Builds the system of equations between the cells of one outcome. Each cell is a sum over kinds of
    persons (all persons with the same group values in the same populations).

    Args:
        outcome_cells: the cells, and what readers know about them.
        patterns: the survey's kinds of persons.
    """
    scenario, weights = outcome_cells.scenario, mean_weights(outcome_cells.cells)
    populations, units = list(weights), np.array(list(weights.values()))
    true = patterns.counts[outcome_cells.outcome]
    lightest, heaviest = (
        np.array([ends[p] for p in populations]) / units[:, None]
        for ends in (patterns.lightest, patterns.heaviest)
    )
    known = np.array([patterns.weighted[p, outcome_cells.outcome] for p in populations]) / units[:, None]
    only = {c: found for c, found in outcome_cells.cells.items() if scenario.is_of_cases(c)}
    whole = [c for c in outcome_cells.cells if c not in only]
    cells = patterns.holds(whole)
    directions = changes_within_cells(cells)
    parts = derived_cells(whole, cells, (patterns.persons, true), scenario.limits, directions)
    for differ in scenario.in_one_outcome if outcome_cells.outcome == "cases" else ():
        # A reader who can calculate both outcomes in a part can also calculate how many persons have only one
        # of them.
        parts |= derived_cells(
            whole, cells, (patterns.persons, differ), replace(scenario.limits, non_cases=0), directions
        )
    derivable = _derivable(outcome_cells, patterns, directions)
    more_rows = [patterns.holds(derivable), *(_one_row(kinds, len(true)) for kinds in parts.values())]
    holds = scipy.sparse.csr_array(scipy.sparse.vstack([cells, *more_rows]))
    kept = _kinds_with_unknowns(patterns.persons, true, _in_few(holds, true, scenario.limits))
    own = Kinds(patterns.persons[kept], lightest[:, kept], heaviest[:, kept])
    person_kinds = PersonKinds(
        patterns, populations, units, true, known, kept, own, patterns.in_any(scenario.children)
    )
    rows = _cell_rows(outcome_cells, [*whole, *derivable, *parts], holds, person_kinds)
    blocks, kinds, ties = [holds[:, kept]], own, list[Tie]()
    for groups in crossed_groups(scenario.case_only & {g for g, _ in key} for _, key in only):
        mine = {c: found for c, found in only.items() if not groups.isdisjoint(g for g, _ in c[1])}
        more = case_only_kinds(mine, groups, person_kinds, scenario.rounding_base)
        before, behind = len(kinds.persons) - len(own.persons), len(more.kinds.persons)
        rows += more.rows
        blocks.append(more.holds)
        ties = [replace(tie, sign=np.r_[tie.sign, np.zeros(behind)]) for tie in ties]
        ties += [replace(t, sign=np.insert(t.sign, [len(own.persons)] * before, 0.0)) for t in more.ties]
        kinds = Kinds(
            np.r_[kinds.persons, more.kinds.persons],
            np.hstack([kinds.lightest, more.kinds.lightest]),
            np.hstack([kinds.heaviest, more.kinds.heaviest]),
        )
    return SurveySystem(
        build_system(kinds, rows, scipy.sparse.csr_array(scipy.sparse.block_diag(blocks)), ties),
        tuple(parts),
        not kept.all(),
    )


def _derivable(
    outcome_cells: OutcomeCells, patterns: PersonPatterns, directions: list[Array]
) -> list[CellId]:
    """Some breakdowns are hidden as a whole. Returns those of their cells that a reader could still calculate
    as sums or differences of other cells.

    Args:
        outcome_cells: the cells of an outcome.
        patterns: the survey's kinds of persons.
        directions: random changes of the number of cases of each kind. They leave the number of cases in
            every other cell the same (see `changes_within_cells`).
    """
    withheld = [c for c in outcome_cells.withheld if not outcome_cells.scenario.is_of_cases(c)]
    if not withheld:
        return []
    holds = patterns.holds(withheld)
    changes = np.abs([holds @ change for change in directions]).max(axis=0)
    return [c for c, change in zip(withheld, changes, strict=True) if change < CLOSE]


def _one_row(kinds: NDArray[np.intp], many: int) -> scipy.sparse.csr_array[Any]:
    """Returns a cell as a matrix of one row: 1 for each kind of person in the cell, 0 for all others.

    Args:
        kinds: the positions of the kinds in the cell.
        many: the number of all kinds.
    """
    return scipy.sparse.csr_array(
        (np.ones(len(kinds)), (np.zeros(len(kinds), dtype=np.intp), kinds)), shape=(1, many)
    )


def _cell_rows(
    outcome_cells: OutcomeCells,
    cells: Sequence[AnyCell],
    holds: scipy.sparse.csr_array[Any],
    person_kinds: PersonKinds,
) -> list[Row[AnyCell]]:
    """Returns a row of the system of equations for each cell of groups that everybody has, and for each part
    of cells.

    Args:
        outcome_cells: the cells of an outcome.
        cells: the names of the cells and parts.
        holds: cells × kinds of persons; 1 if the kind is in the cell.
        person_kinds: the kinds of persons. The rows use only the kinds that are unknowns (`kept`).
    """
    populations = [
        person_kinds.populations.index(c.one[0] if isinstance(c, DerivedCell) else c[0]) for c in cells
    ]
    cases = holds @ (person_kinds.cases * person_kinds.kept)
    weighted = [holds @ (known * person_kinds.kept) for known in person_kinds.known]
    persons = holds @ person_kinds.patterns.persons
    margins = [_margins(outcome_cells, cell) for cell in cells]
    units = [person_kinds.units[p] for p in populations]
    return [
        Row(
            cell,
            p,
            float(cases[i]),
            float(weighted[p][i]),
            float(persons[i]),
            margins[i][0] / units[i],
            margins[i][1] / units[i],
        )
        for i, (cell, p) in enumerate(zip(cells, populations, strict=True))
    ]


def _margins(outcome_cells: OutcomeCells, cell: AnyCell) -> tuple[float, float]:
    """Returns the two margins within which a reader knows a cell's exact weighted number, as distances in
    weighted persons (see `rounding_margins`).

    For unresolved persons, a reader must subtract two printed numbers. So half a rounding base is assumed in
    both directions.
    """
    if (
        isinstance(cell, DerivedCell)
        or cell not in outcome_cells.cells
        or outcome_cells.outcome not in ("cases", "now")
    ):
        return outcome_cells.scenario.rounding_base / 2, outcome_cells.scenario.rounding_base / 2
    return margins_of_cell(cell, outcome_cells.cells[cell], outcome_cells.scenario.rounding_base)


def margins_of_cell(cell: CellId, counts: Cell, rounding_base: float) -> tuple[float, float]:
    """Returns the two margins within which a reader knows the exact weighted number of a printed cell, as
    distances in weighted persons (see `rounding_margins`).

    A headline (a cell without groups) also prints a rate. Both printed numbers must fit, so the margins are
    narrower.
    """
    return rounding_margins(counts, rounding_base, 0.0 if cell[1] else RATE_STEP)


def _in_few(holds: scipy.sparse.csr_array[Any], cases: Array, limits: Limits) -> Mask:
    """Returns, for each kind of person, whether it is in a cell that has cases, but fewer than the limit."""
    mine = holds @ cases
    return np.asarray(holds.T @ ((mine > 0) & (mine < limits.cases)).astype(float) > 0)


def _kinds_with_unknowns(persons: Array, cases: Array, preferred: Mask) -> Mask:
    """Returns, for each kind of person, whether its cases are an unknown of the linear programme.

    If there are too many kinds, those marked in `preferred` have priority, then kinds with cases, then the
    largest kinds.
    """
    kept = np.ones(len(persons), dtype=bool)
    if len(persons) > MOST_KINDS:
        kept[np.lexsort((-persons, cases == 0, ~preferred))[MOST_KINDS:]] = False
    return kept
