"""Which rows of a profile of cases may not be shown, once it is decided which numbers of cases are shown.

Each characteristic is decided by itself, beside the numbers of cases. A reader is taken to know all of these, also the hidden ones, so that
what protects a row are other rows of the same characteristic, and no cell of another table is hidden for a profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Key, mean_weights
from fltoolkit.publish.disclosure.cell_system import CellSystem, system_of
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.disclosure.derived_cells import AnyCell
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    NO_CASES,
    CharacteristicCells,
    ToldByProfiles,
    base_key,
    parent_cells,
)
from fltoolkit.publish.disclosure.suppression_decision import WITH_BREAKDOWN, Decision, Settled, named
from fltoolkit.publish.disclosure.survey_system import Seen, SeenCells, survey_system

NOWHERE = "shown nowhere"
AT_INTERVIEW = "at_interview"


@dataclass(frozen=True)
class ProfileRows:
    """The rows of a profile.

    Attributes:
        table: the rows, nothing hidden yet.
        keys: by row of the whole run its cell. of: by row of the whole run the group that its characteristic is a value of.
    """

    table: pd.DataFrame
    keys: Sequence[Key]
    of: Sequence[str]

    @property
    def parents(self) -> dict[CellId, Cell]:
        """The cells of cases that the rows are shares of."""
        return parent_cells(self.table, self.keys, self.of)

    def characteristics(self, seen: Seen) -> Iterator[CharacteristicCells]:
        """The cells of each characteristic, or of those that exclude each other."""
        found: dict[str, CharacteristicCells] = {}
        for i, row in zip(self.table.index, self.table.to_dict("records"), strict=True):
            own = found.setdefault(self.of[i], CharacteristicCells(self.of[i]))
            own.add(int(i), self.keys[i], row, seen.limits)
        yield from found.values()


def told_by(rows: ProfileRows, groups: Collection[str], seen: Seen) -> ToldByProfiles:
    """What the rows tell of the numbers of cases, and of the cells of some groups.

    Args:
        rows: all rows of profiles. groups: those of their groups by which other tables are made, too. seen: how readers see the run.
    """
    mine = replace(rows, table=rows.table[[rows.of[i] in groups for i in rows.table.index]])
    found = list(mine.characteristics(seen)) if len(mine.table) else []
    cells, primary, opened = dict(rows.parents), dict[CellId, str](), dict[CellId, Sequence[int]]()
    for own in found:
        cells |= own.cells
        primary |= own.primary
        opened |= own.opened
    return ToldByProfiles(cells, {c: why for c, why in primary.items() if cells[c].cases}, opened)


def decide_profile(rows: ProfileRows, first: Decision, seen: Seen) -> Decision:
    """A run's decision with that on the rows of its profiles.

    Args:
        rows: of the run's own rule set.
        first: what is hidden of all other rows.
        seen: how readers see the run; its kinds of persons are by the groups of the profiles alone.
    """
    hidden, opened, settled = set(first.hidden), set(first.open_hidden), list(first.settled)
    coarse, parents = list(first.coarse), rows.parents
    salt = seen.patterns.salt() if seen.patterns else b""
    for own in rows.characteristics(seen):
        away = {c for c in own.cells if (c[0], base_key(c[1], own.group)) in first.away["cases"]}
        made, whole = _settled(own, away, parents, replace(seen, case_only=frozenset({own.group})), salt)
        settled.append(made)
        coarse += [f"{own.group}, among cases"] if whole else []
        hidden |= {i for cell, shown in own.rows.items() if cell in made.hidden or cell in away for i in shown}
        opened |= {i for cell, shown in own.opened.items() if cell in made.hidden or cell in away for i in shown}
    return replace(first, hidden=hidden, open_hidden=opened - hidden, settled=settled, coarse=coarse)


def beside_now(rows: ProfileRows, now: pd.DataFrame, keys: Sequence[Key], found: Decision) -> Decision:
    """The decision with what the number of cases at the interview, and the row `goes on` of a profile, would tell of each other.

    Both are one number. So where one is hidden, the other is.

    Args:
        rows: those of profiles. now: the rows of cases at the interview. keys: by row of the run its cell. found: what is hidden.
    """
    going_on: dict[CellId, list[int]] = {}
    for i in rows.table.index[[rows.of[i].startswith(AT_INTERVIEW) for i in rows.table.index]]:
        going_on.setdefault((str(rows.table.at[i, "reference_population"]), base_key(rows.keys[i], rows.of[i])), []).append(i)
    current: dict[CellId, list[int]] = {}
    for i, population in zip(now.index, now["reference_population"].astype(str), strict=True):
        current.setdefault((population, keys[i]), []).append(i)
    alike = [[*going_on[cell], *current[cell]] for cell in going_on.keys() & current.keys()]
    hidden = {i for same in alike if not found.hidden.isdisjoint(same) for i in same}
    return replace(found, hidden=found.hidden | hidden, open_hidden=found.open_hidden - hidden)


def _settled(
    own: CharacteristicCells, away: set[CellId], parents: Mapping[CellId, Cell], seen: Seen, salt: bytes
) -> tuple[Settled, bool]:
    """The cells of a characteristic to hide; and whether all of its breakdowns are, since no choice of cells protects the others.

    Args:
        own: the cells. away: those of bases that are hidden. parents: the bases. salt: what breaks ties.
    """
    primary = own.primary | {c: NO_CASES for c in away if own.cells[c].cases and c not in own.primary}
    small = {c for c, why in primary.items() if not own.cells[c].cases}  # of nobody nothing has to be kept
    gone = dict.fromkeys(own.nowhere, NOWHERE) | {c: primary[c] for c in small} | {c: NO_CASES for c in away}
    first = {c: why for c, why in primary.items() if c not in small}
    system = _system(own, parents, seen)
    broken = {c for c in own.cells if len(c[1]) > 1}
    for more in (set[CellId](), broken, set(own.cells)):
        withheld = gone | {c: WITH_BREAKDOWN for c in more if c not in gone}
        made = protect(
            system,
            {c: why for c, why in first.items() if c in system.place},
            seen.limits,
            gone={c: why for c, why in withheld.items() if c in system.place and c not in first},
            spare=parents,
            salt=salt,
        )
        if not made.exposed:
            break
    return Settled("cases", system, made.hidden, mean_weights(own.cells)), bool(more)


def _system(own: CharacteristicCells, parents: Mapping[CellId, Cell], seen: Seen) -> CellSystem[AnyCell]:
    """What ties the cells of a characteristic to each other and to the cases; of an estimate by itself only its groups."""
    bases = {(population, base_key(key, own.group)) for population, key in own.cells}
    cells = {c: parents[c] for c in bases} | own.cells
    if seen.patterns is not None:
        return survey_system(SeenCells(cells, "cases", seen), seen.patterns).system
    (population,) = {population for population, _ in cells}
    return named(system_of({key: cell for (_, key), cell in cells.items()}, base=seen.base), population)
