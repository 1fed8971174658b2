"""The system of a survey's cells: its kinds of persons are the unknowns, so that whatever sums the data have tie its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, vstack

from fltoolkit.estimate.totals.person_patterns import PersonPatterns
from fltoolkit.publish.disclosure.case_only_kinds import PersonKinds, case_only_kinds
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Limits
from fltoolkit.publish.disclosure.cell_system import CellSystem, Floats, Kinds, Mask, Row, Tie, assembled
from fltoolkit.publish.disclosure.derived_cells import CLOSE, AnyCell, DerivedCell, derived_cells, unchanging

MOST = 2000  # kinds of persons in a programme; the cases of the others are then taken as known, which is stricter
HEADLINE = 0.0001  # the digits of a headline's rate


@dataclass(frozen=True)
class SeenCells:
    """Cells of one outcome, and how they are seen.

    Attributes:
        cells: by population and group values. outcome: `cases`, `now` or `unresolved`.
        base: what weighted numbers are rounded to. limits: the confidentiality limits.
        case_only: groups that only cases have.
        away: cells of breakdowns that are hidden as a whole.
    """

    cells: Mapping[CellId, Cell]
    outcome: str
    base: float
    limits: Limits
    case_only: frozenset[str] = frozenset()
    away: Sequence[CellId] = ()


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
    cells = patterns.holds(whole)
    parts = derived_cells(whole, cells, (patterns.persons, true), seen.limits)
    followed = _followed(seen, patterns, cells)
    told = [patterns.holds(followed), *(_one_row(kinds, len(true)) for kinds in parts.values())]
    holds = csr_array(vstack([cells, *told]))
    kept = _kept(patterns.persons, true, _in_few(holds, true, seen.limits))
    own = Kinds(patterns.persons[kept], lightest[:, kept], heaviest[:, kept])
    everybody = PersonKinds(patterns, populations, units, true, known, kept, own)
    rows = _rows(seen, [*whole, *followed, *parts], holds, everybody)
    blocks, kinds, ties = [holds[:, kept]], own, list[Tie]()
    for groups in _crossed(seen):
        mine = {c: found for c, found in only.items() if not groups.isdisjoint(g for g, _ in c[1])}
        more = case_only_kinds(mine, groups, everybody, seen.base)
        before, behind = len(kinds.persons) - len(own.persons), len(more.kinds.persons)
        rows += more.rows
        blocks.append(more.holds)
        ties = [replace(tie, sign=np.r_[tie.sign, np.zeros(behind)]) for tie in ties]
        ties += [replace(t, sign=np.insert(t.sign, [len(own.persons)] * before, 0.0)) for t in more.ties]
        kinds = Kinds(
            np.r_[kinds.persons, more.kinds.persons],
            np.hstack([kinds.light, more.kinds.light]),
            np.hstack([kinds.heavy, more.kinds.heavy]),
        )
    return SurveySystem(assembled(kinds, rows, csr_array(block_diag(blocks)), ties), tuple(parts), not kept.all())


def _followed(seen: SeenCells, patterns: PersonPatterns, cells: csr_array[Any]) -> list[CellId]:
    """The cells of breakdowns hidden as a whole that are sums and differences of the others all the same."""
    away = [c for c in seen.away if seen.case_only.isdisjoint(g for g, _ in c[1])]
    if not away:
        return []
    holds = patterns.holds(away)
    changes = np.abs([holds @ change for change in unchanging(cells)]).max(axis=0)
    return [c for c, change in zip(away, changes, strict=True) if change < CLOSE]


def _one_row(kinds: NDArray[np.intp], many: int) -> csr_array[Any]:
    """A cell of some kinds among so many."""
    return csr_array((np.ones(len(kinds)), (np.zeros(len(kinds), dtype=np.intp), kinds)), shape=(1, many))


def _crossed(seen: SeenCells) -> list[frozenset[str]]:
    """The groups that only cases have, those together that a cell crosses."""
    found: list[frozenset[str]] = []
    for _, key in seen.cells:
        if groups := seen.case_only & {g for g, _ in key}:
            touched = [f for f in found if f & groups]
            found = [f for f in found if not f & groups] + [groups.union(*touched)]
    return sorted(found, key=sorted)


def _rows(seen: SeenCells, cells: Sequence[AnyCell], holds: csr_array[Any], everybody: PersonKinds) -> list[Row[AnyCell]]:
    """Cells of groups that everybody has, and parts of cells, over the kinds of the programme."""
    of = [everybody.populations.index(c.one[0] if isinstance(c, DerivedCell) else c[0]) for c in cells]
    cases = holds @ (everybody.cases * everybody.kept)
    weighted = [holds @ (known * everybody.kept) for known in everybody.known]
    persons = holds @ everybody.patterns.persons
    return [
        Row(cell, p, float(cases[i]), float(weighted[p][i]), float(persons[i]), _rounding(seen, cell) / everybody.units[p])
        for i, (cell, p) in enumerate(zip(cells, of, strict=True))
    ]


def _rounding(seen: SeenCells, cell: AnyCell) -> float:
    """Half of what a cell's weighted number is rounded to."""
    found = None if isinstance(cell, DerivedCell) else seen.cells.get(cell)
    return seen.base / 2 if found is None or isinstance(cell, DerivedCell) else rounding_of(cell, found, seen.base)


def rounding_of(cell: CellId, counts: Cell, base: float) -> float:
    """Half of what a cell's weighted number is rounded to; a headline's rate tells more of it."""
    if cell[1] or counts.weighted is None or counts.weighted_others is None:
        return base / 2
    return min(base, HEADLINE * (counts.weighted + counts.weighted_others)) / 2


def _in_few(holds: csr_array[Any], cases: Floats, limits: Limits) -> Mask:
    """The kinds that are in a cell of few cases."""
    mine = holds @ cases
    return np.asarray(holds.T @ ((mine > 0) & (mine < limits.cases)).astype(float) > 0)


def _kept(persons: Floats, cases: Floats, first: Mask) -> Mask:
    """The kinds of a programme: all, or where there are too many those that come first, then those with cases, then the largest."""
    kept = np.ones(len(persons), dtype=bool)
    if len(persons) > MOST:
        kept[np.lexsort((-persons, cases == 0, ~first))[MOST:]] = False
    return kept
