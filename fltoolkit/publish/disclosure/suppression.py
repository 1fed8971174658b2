"""Chooses the cells of one block of tables to hide: the confidential ones, and others that protect them.

A block is all cells of one outcome, such as cases, that readers can add and subtract. What was decided or
published before stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from fltoolkit.languages.reasons import Name, Reason, crossed_names
from fltoolkit.publish.disclosure.cell_system import CellSystem, system_of
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT, protect
from fltoolkit.publish.disclosure.confidential_cells import Cell, CellId, Key, is_of, mean_weights
from fltoolkit.publish.disclosure.derived_cells import AnyCell, DerivedCell
from fltoolkit.publish.disclosure.survey_system import (
    DisclosureScenario,
    OutcomeCells,
    Relation,
    survey_system,
)

WITH_BREAKDOWN = "hidden with its breakdown"
PART = "a part of cells that are shown"
BEFORE = "hidden in what was published before"
CROWDED = "in a breakdown with too many confidential cells"
UNLISTED = "in a breakdown whose list of categories would tell the cases"
MOST_WORK, MOST_WORK_OF_PROFILES = (
    20_000,
    100_000,
)  # confidential cells times cells: each confidential cell takes several programmes with that many cells


@dataclass(frozen=True)
class EarlierCells:
    """The cells of one outcome that earlier tables showed (`shown`), those that they hid (`hidden`), and
    those that they did not even list (`unlisted`). The outcome is what is counted, such as cases."""

    shown: frozenset[CellId] = frozenset()
    hidden: frozenset[CellId] = frozenset()
    unlisted: frozenset[CellId] = frozenset()


def cell_in_words(cell: CellId) -> Reason:
    """Returns a cell's breakdown and population in words, such as `region of adults`."""
    population, key = cell
    return breakdown_of(crossed_names(sorted(g for g, _ in key)) or Reason.of("categories.whole"), population)


def breakdown_of(what: object, population: str) -> Reason:
    """Returns a breakdown of a population in the words of a note: `region of adults`."""
    return Reason.of("reasons.breakdown_of", what=what, population=Name("kit.populations", population))


@dataclass(frozen=True)
class Block:
    """Cells that are decided together.

    Attributes:
        outcome: `cases`, `now` (cases at the interview), `unresolved` or `now_unresolved` (may be such
            cases).
        cells: the counts of the cells, by population and group values.
        primary: the confidential cells, with the reason.
        hidden_anyway: cells that are hidden for another reason, with this reason.
        earlier: cells that were decided before; they stay as they are.
        relations: the differences that readers can calculate between cells of case-only groups.
        hide_last: cells that are hidden only if nothing else is enough, beside the cell of everybody.
        is_profile: whether the cells are characteristics of cases. A cell that no choice protects then hides only
            cells of the same characteristics.
        in_words: returns the breakdown of a cell in the words of a note.
    """

    outcome: str
    cells: Mapping[CellId, Cell]
    primary: Mapping[CellId, str]
    hidden_anyway: Mapping[CellId, str] = field(default_factory=dict)
    earlier: EarlierCells = EarlierCells()
    relations: Sequence[Relation] = ()
    hide_last: Collection[CellId] = ()
    is_profile: bool = False
    in_words: Callable[[CellId], Reason] = cell_in_words


@dataclass(frozen=True)
class OutcomeSuppression:
    """The cells of one outcome (such as cases) or of a flowchart, and the hidden ones among them.

    Attributes:
        outcome: as in `Block`, or `flowchart`.
        system: the cells as a system of equations.
        hidden: the hidden cells, with the reason.
        units: by population, the mean weight that is the unit of the system.
    """

    outcome: str
    system: CellSystem[AnyCell]
    hidden: Mapping[AnyCell, str]
    units: Mapping[str, float]


@dataclass(frozen=True)
class Suppressed:
    """The decision about a block.

    Attributes:
        hidden: the hidden cells, with the reason.
        suppressions: the systems of equations behind them.
        coarse: breakdowns hidden as a whole, in words, because no smaller choice of cells protects their
            confidential cells.
        crowded: breakdowns hidden as a whole, in words, because they have too many confidential cells to
            choose among.
        stricter: whether the survey has too many kinds of persons for a linear programme.
        exposed: the confidential cells that nothing protects, because of what was published before.
    """

    hidden: Mapping[CellId, str]
    suppressions: Sequence[OutcomeSuppression] = ()
    coarse: Sequence[Reason] = ()
    crowded: Sequence[Reason] = ()
    stricter: bool = False
    exposed: Sequence[AnyCell] = ()


def suppress(block: Block, scenario: DisclosureScenario) -> Suppressed:
    """Returns the cells of a block to hide.

    If no choice of single cells protects a cell, its whole breakdown is hidden. If that is not enough because
    the breakdown lists only categories with cases, it is not listed. Or else all cells are hidden.

    Args:
        block: the cells.
        scenario: what the assumed reader knows.
    """
    cells, earlier = block.cells, block.earlier
    primary = {c: why for c, why in block.primary.items() if c not in earlier.shown}
    hidden_anyway = {c: why for c, why in block.hidden_anyway.items() if c not in earlier.shown} | {
        c: BEFORE for c in cells if c in earlier.hidden and c not in primary
    }
    crowded = _breakdowns_to_hide(primary, cells, MOST_WORK_OF_PROFILES if block.is_profile else MOST_WORK)
    withheld = {c: CROWDED for c in cells if breakdown(c) in crowded and c not in earlier.shown}
    crowded_words, coarse_words = _words(block, withheld), dict[Reason, None]()
    # What is withheld is not in the systems, so that they cannot tell what its list of categories
    # reveals.
    withheld |= {
        c: UNLISTED for c, cell in cells.items() if c in earlier.unlisted or (c in withheld and cell.listed)
    }
    stricter, systems = _systems(block, scenario, withheld)
    while True:
        found: dict[CellId, str] = {}
        exposed: list[AnyCell] = []
        suppressions: list[OutcomeSuppression] = []
        for system, parts in systems:
            in_system = system.place.keys()
            to_protect: dict[AnyCell, str] = {c: why for c, why in primary.items() if c in in_system}
            to_protect |= {c: r.reason for r in block.relations for c in r.cells if c in in_system}
            fixed: dict[AnyCell, str] = {c: why for c, why in hidden_anyway.items() if c in in_system}
            whole = [c for c in system.cells if not isinstance(c, DerivedCell) and not c[1]]
            made = protect(
                system,
                to_protect | dict.fromkeys(parts, PART),
                scenario.limits,
                hidden_anyway=fixed,
                always_shown=[c for c in earlier.shown if c in in_system],
                hide_last=[*whole, *block.hide_last],
                key=scenario.key,
            )
            suppressions.append(OutcomeSuppression(block.outcome, system, made.hidden, mean_weights(cells)))
            found |= {c: why for c, why in made.hidden.items() if not isinstance(c, DerivedCell)}
            exposed += made.exposed
        free = [c for c in cells if c not in earlier.shown and c not in withheld and c not in found]
        # A number of everybody is hidden last: a list of categories goes before it.
        late = any(why == COMPLEMENT and not c[1] for c, why in found.items())
        told = _told_by_its_list(primary if late else exposed, cells, found, earlier.hidden | earlier.shown)
        more = {other for c in exposed for other in _with_its_breakdown(c, free, scenario, block.is_profile)}
        if not told and not more:
            return Suppressed(
                withheld | found, suppressions, list(coarse_words), list(crowded_words), stricter, exposed
            )
        coarse_words |= _words(block, told or more)
        if told:
            withheld |= dict.fromkeys(told, UNLISTED)
            _, systems = _systems(block, scenario, withheld)
        else:
            hidden_anyway |= dict.fromkeys(more, WITH_BREAKDOWN)


def _words(block: Block, cells: Iterable[CellId]) -> dict[Reason, None]:
    """Returns the breakdowns of some cells in words, each once."""
    return dict.fromkeys(block.in_words(c) for c in sorted(cells, key=lambda c: (c[0], sorted(c[1]))))


def _systems(
    block: Block, scenario: DisclosureScenario, withheld: Mapping[CellId, str]
) -> tuple[bool, list[tuple[CellSystem[AnyCell], tuple[DerivedCell, ...]]]]:
    """Returns systems of equations between the cells that are not withheld: one for all cells of a survey, or
    else one for each population. Also returns whether the survey has too many kinds of persons for a linear
    programme."""
    cells = {c: found for c, found in block.cells.items() if c not in withheld}
    if not cells:
        return False, []
    if scenario.patterns is not None:
        relations = [r.within(cells) for r in block.relations]
        asked = OutcomeCells(
            cells, block.outcome, scenario, list(withheld), [r for r in relations if r is not None]
        )
        made = survey_system(asked, scenario.patterns)
        return made.coarse, [(_with_least(made.system, cells), made.parts)]
    found: list[tuple[CellSystem[AnyCell], tuple[DerivedCell, ...]]] = []
    for name in dict.fromkeys(population for population, _ in cells):
        mine = {k: cell for (population, k), cell in cells.items() if population == name}
        system = system_of(mine, rounding_base=scenario.rounding_base)
        found.append((_with_least(with_population(system, name), cells), ()))
    return False, found


def _with_least(system: CellSystem[AnyCell], cells: Mapping[CellId, Cell]) -> CellSystem[AnyCell]:
    """Returns the system, which now knows that a cell that a table lists for its cases has at least one."""
    listed = Counter(breakdown(c) for c in cells if cells[c].listed)
    known = [not isinstance(c, DerivedCell) and c in cells and cells[c].listed for c in system.cells]
    beside = [0 if isinstance(c, DerivedCell) else max(0, listed[breakdown(c)] - 1) for c in system.cells]
    return replace(system, least=np.array(known, dtype=float), beside=np.array(beside, dtype=float))


def _told_by_its_list(
    exposed: Iterable[AnyCell],
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
    shown = {breakdown(c) for c in cells if c not in hidden}
    told = {breakdown(c) for e in exposed for c in _cells_of(e)[:1] if c in cells and cells[c].listed} - shown
    told -= {breakdown(c) for c in published}
    return {c for c in cells if breakdown(c) in told}


def _cells_of(cell: AnyCell) -> tuple[CellId, ...]:
    """Returns the cells of the tables that a cell is: itself, or the two of which it is a part."""
    return (cell.one, cell.other) if isinstance(cell, DerivedCell) else (cell,)


def breakdown(cell: CellId) -> tuple[str, frozenset[str]]:
    """Returns a cell's population, and the groups (without their values) by which the cell is defined."""
    return cell[0], frozenset(g for g, _ in cell[1])


def _breakdowns_to_hide(
    primary: Iterable[CellId], cells: Iterable[CellId], most_work: int
) -> set[tuple[str, frozenset[str]]]:
    """Returns breakdowns to hide whole, those with most confidential cells first, until the work left is at
    most `most_work`."""
    confidential_of, cells_of = Counter(map(breakdown, primary)), Counter(map(breakdown, cells))
    left, many, found = confidential_of.total(), cells_of.total(), set[tuple[str, frozenset[str]]]()
    for asked, count in sorted(
        confidential_of.items(), key=lambda item: (-item[1], item[0][0], sorted(item[0][1]))
    ):
        if left * many <= most_work:
            break
        found.add(asked)
        left, many = left - count, many - cells_of[asked]
    return found


def with_population(system: CellSystem[Key], population: str) -> CellSystem[AnyCell]:
    """Returns the system, in which each cell is now named by its population and its group values."""
    return CellSystem(
        **{f.name: getattr(system, f.name) for f in fields(system)}
        | {"cells": tuple((population, k) for k in system.cells)}
    )


def _with_its_breakdown(
    exposed: AnyCell, shown: Sequence[CellId], scenario: DisclosureScenario, is_profile: bool
) -> Sequence[CellId]:
    """Returns the shown cells of an exposed cell's breakdown. If there are none, returns those with one of
    its case-only groups; if there are none of these either, all of them, unless the cell is of a profile."""
    of = _cells_of(exposed)
    groups = scenario.case_only & {g for _, key in of for g, _ in key}
    return (
        [c for c in shown if breakdown(c) == breakdown(of[0])]
        or [c for c in shown if is_of(groups, c[1])]
        or ([] if is_profile else shown)
    )
