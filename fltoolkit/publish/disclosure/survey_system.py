"""The system of a survey's cells: its kinds of persons are the unknowns, so that whatever sums the data have tie its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fltoolkit.publish.disclosure.case_only_kinds import PersonKinds, case_only_kinds
from fltoolkit.publish.disclosure.cell_counts import Cell, Limits
from fltoolkit.publish.disclosure.cell_system import CellSystem, Floats, Kinds, Mask, Row, Tie, assembled
from fltoolkit.publish.disclosure.derived_cells import AnyCell, CellId, DerivedCell, derived_cells
from fltoolkit.publish.disclosure.person_patterns import PersonPatterns

MOST = 4000  # kinds of persons in a programme; the cases of the others are then taken as known, which is stricter
HEADLINE = 0.0001  # the digits of a headline's rate


@dataclass(frozen=True)
class SeenCells:
    """Cells of one outcome, and how they are seen.

    Attributes:
        cells: by population and group values. outcome: `cases`, `now` or `unresolved`.
        base: what weighted numbers are rounded to. limits: the confidentiality limits.
        case_only: groups that only cases have.
    """

    cells: Mapping[CellId, Cell]
    outcome: str
    base: float
    limits: Limits
    case_only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SurveySystem:
    """The cells of a survey, and the parts of cells that are confidential, as one system.

    Attributes:
        system: rows are the cells, then the parts.
        parts: the parts, which are shown nowhere.
        coarse: whether there are more kinds of persons than a programme takes.
    """

    system: CellSystem[AnyCell]
    parts: tuple[DerivedCell, ...]
    coarse: bool


def survey_system(seen: SeenCells, patterns: PersonPatterns) -> SurveySystem:
    """The system of the cells of one outcome over a survey's kinds of persons."""
    populations = list(dict.fromkeys(population for population, _ in seen.cells))
    units = np.array([max(c.mean_weight for (q, _), c in seen.cells.items() if q == p) for p in populations])
    true = patterns.counts[seen.outcome]
    lightest, heaviest = (
        np.array([ends[p] for p in populations]) / units[:, None] for ends in (patterns.lightest, patterns.heaviest)
    )
    known = np.array([patterns.weighted[p, seen.outcome] for p in populations]) / units[:, None]
    only = {c: found for c, found in seen.cells.items() if not seen.case_only.isdisjoint(g for g, _ in c[1])}
    whole = [c for c in seen.cells if c not in only]
    holds = [patterns.holds(*c) for c in whole]
    parts = derived_cells(whole, np.array(holds), patterns.persons, true, seen.limits) if holds else {}
    kinds_of: list[tuple[AnyCell, Mask]] = [*zip(whole, holds, strict=True), *parts.items()]
    kept = _kept(patterns.persons, true, [kinds for _, kinds in kinds_of if 0 < true[kinds].sum() < seen.limits.cases])
    own = Kinds(patterns.persons[kept], lightest[:, kept], heaviest[:, kept])
    everybody = PersonKinds(patterns, populations, units, true, known, kept, own)
    rows: list[Row[AnyCell]] = [_row(seen, cell, kinds, everybody) for cell, kinds in kinds_of]
    kinds, ties = own, list[Tie]()
    for groups in _crossed(seen):
        mine = {c: found for c, found in only.items() if not groups.isdisjoint(g for g, _ in c[1])}
        more = case_only_kinds(mine, groups, everybody, seen.base)
        before, behind = len(kinds.persons), len(more.kinds.persons)
        rows = [replace(row, holds=np.r_[row.holds, np.zeros(behind, dtype=bool)]) for row in rows]
        rows += [replace(row, holds=np.r_[np.zeros(before, dtype=bool), row.holds]) for row in more.rows]
        ties = [replace(tie, sign=np.r_[tie.sign, np.zeros(behind)]) for tie in ties]
        own_kinds = len(own.persons)
        ties += [replace(t, sign=np.r_[t.sign[:own_kinds], np.zeros(before - own_kinds), t.sign[own_kinds:]]) for t in more.ties]
        kinds = Kinds(
            np.r_[kinds.persons, more.kinds.persons],
            np.hstack([kinds.light, more.kinds.light]),
            np.hstack([kinds.heavy, more.kinds.heavy]),
        )
    return SurveySystem(assembled(kinds, rows, ties), tuple(parts), not kept.all())


def _crossed(seen: SeenCells) -> list[frozenset[str]]:
    """The groups that only cases have, those together that a cell crosses."""
    found: list[frozenset[str]] = []
    for _, key in seen.cells:
        if groups := seen.case_only & {g for g, _ in key}:
            touched = [f for f in found if f & groups]
            found = [f for f in found if not f & groups] + [groups.union(*touched)]
    return sorted(found, key=sorted)


def _row(seen: SeenCells, cell: AnyCell, kinds: Mask, everybody: PersonKinds) -> Row[AnyCell]:
    """A cell of groups that everybody has, or a part of cells, over the kinds of the programme."""
    population = cell.one[0] if isinstance(cell, DerivedCell) else cell[0]
    of = everybody.populations.index(population)
    mine = kinds & everybody.kept
    return Row(
        cell, of, kinds[everybody.kept], float(everybody.cases[mine].sum()), float(everybody.known[of, mine].sum()),
        float(everybody.patterns.persons[kinds].sum()), _rounding(seen, cell) / everybody.units[of],
    )  # fmt: skip


def _rounding(seen: SeenCells, cell: AnyCell) -> float:
    """Half of what a cell's weighted number is rounded to; a headline's rate tells more of it."""
    if isinstance(cell, DerivedCell) or cell[1]:
        return seen.base / 2
    found = seen.cells[cell]
    if found.weighted is None or found.weighted_others is None:
        return seen.base / 2
    return min(seen.base, HEADLINE * (found.weighted + found.weighted_others)) / 2


def _kept(persons: Floats, cases: Floats, secret: Sequence[Mask]) -> Mask:
    """The kinds of a programme: all, or where there are too many those in confidential cells, then those with cases, then the largest."""
    kept = np.ones(len(persons), dtype=bool)
    if len(persons) > MOST:
        first = np.logical_or.reduce(secret) if secret else np.zeros(len(persons), dtype=bool)
        kept[np.lexsort((-persons, cases == 0, ~first))[MOST:]] = False
    return kept
