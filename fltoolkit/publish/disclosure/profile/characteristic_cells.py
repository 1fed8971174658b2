"""The three cells behind each row of a profile: cases with the characteristic, cases without it, and unresolved cases.

The three add up to the number of cases, which is shown. So a reader who knows two of them knows the third. No sum links different
characteristics, because they overlap.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from fltoolkit.classify.profile.characteristics import EXCLUSIVE, FAMILIES, TOPICS, Characteristic
from fltoolkit.classify.rules.rule_set import SIDES
from fltoolkit.publish.disclosure.cell_counts import Cell, CellId, Key, Limits, confidential, known_count
from fltoolkit.publish.disclosure.dominance import OVER_HALF
from fltoolkit.survey.spec.groups import NOT_STATED

WITH, WITHOUT = "yes", "no"
EVERYBODY = "fewer cases without it than the limit: a share of nearly all cases tells about everybody"
NO_CASES = "the number of cases is hidden"
FEW_MORE = "few cases more than have another characteristic, which it contains"
FEW_BOTH = "few cases have two of the characteristics that make it up"
HALF = 0.5


def characteristic_key(key: Key) -> tuple[Key, str]:
    """Returns the cell that a row of a profile shows, and the group of which the row's characteristic is a value.

    A profile shows the shares of cases with a characteristic, such as debt bondage. Characteristics are ordered by topics, such
    as `coercion`. If each case has at most one characteristic of a topic, the topic is the group. Otherwise each characteristic
    is a separate group with the values yes, no and not stated.

    Args:
        key: the row's values by group; one of the groups is a topic.
    """
    topic, name = next((g, v) for g, v in key if g in TOPICS)
    group, value = (topic, name) if topic in EXCLUSIVE else (group_of(topic, name), WITH)
    return frozenset((group, value) if g == topic else (g, v) for g, v in key), group


def group_of(topic: str, name: str) -> str:
    """Returns the name of the group that one characteristic of a topic forms, as `coercion: threats`."""
    return f"{topic}: {name}"


def contained_in(found: Sequence[Characteristic]) -> dict[str, list[str]]:
    """Returns, for each characteristic of cases, the other characteristics that it contains. If A contains B, each case that has
    B also has A.

    A characteristic contains another if its questions include all questions of the other, because one yes is enough to have it.
    For example, a stage contains an item that was asked only about this stage. If two have the same questions, the later one
    contains the earlier one.
    """
    return {
        group_of(c.topic, c.name): [
            group_of(part.topic, part.name)
            for k, part in enumerate(found)
            if part.questions and (part.questions < c.questions or (part.questions == c.questions and k < i))
        ]
        for i, c in enumerate(found)
    }


@dataclass(frozen=True)
class Composed:
    """Characteristics (the parts) that together make up another characteristic, or all cases (the whole). Each case that has the
    whole has at least one part, and each case that has a part has the whole.

    So a reader can subtract the number of cases with the whole from the sum of the parts. With two parts, the result is the
    number of cases that have both.

    Attributes:
        whole: the characteristic that the parts make up; empty for all cases.
        parts: the names of the parts, each as `group_of` gives it.
    """

    whole: str
    parts: tuple[str, ...]


def composed_of(found: Sequence[Characteristic]) -> list[Composed]:
    """Returns which characteristics together make up another one, or all cases. Parts make up a whole if the questions of the
    parts together are the questions of the whole.

    Two kinds of parts are looked for: all characteristics of one topic that another characteristic contains (such as the items of
    a stage), and any two characteristics. Each case answered yes to a question of each side of the definition (involuntary work
    and coercion). So the items of a side make up all cases, and so do its stages.
    """
    of_side = [[c for c in found if c.questions and c.topic in FAMILIES[side]] for side in SIDES]
    return [made for mine in of_side for whole in _wholes(mine) for made in _compositions(whole, mine)]


def _wholes(found: Sequence[Characteristic]) -> list[tuple[str, frozenset[str]]]:
    """Returns what characteristics of a side of the definition can make up: each characteristic of the side and all cases, with
    the questions of each.
    """
    return [
        *((group_of(c.topic, c.name), c.questions) for c in found),
        ("", frozenset[str]().union(*(c.questions for c in found))),
    ]


def _compositions(whole: tuple[str, frozenset[str]], found: Sequence[Characteristic]) -> list[Composed]:
    """Returns which sets of characteristics together make up one characteristic, or all cases: each case that has the whole has
    at least one of the parts, and the reverse.
    """
    name, questions = whole
    inside = [c for c in found if c.questions < questions]
    topics = [[c for c in inside if c.topic == topic] for topic in dict.fromkeys(c.topic for c in inside)]
    tried = [*(parts for parts in topics if len(parts) > 1), *map(list, combinations(inside, 2))]
    makes = {
        tuple(group_of(c.topic, c.name) for c in parts)
        for parts in tried
        if frozenset[str]().union(*(c.questions for c in parts)) == questions
    }
    return [Composed(name, parts) for parts in sorted(makes)]


@dataclass(frozen=True)
class ProfileCells:
    """What profiles of cases reveal about cells that other tables may show, too.

    A profile shows the shares of cases with a characteristic. So it also reveals of how many cases they are shares.

    Attributes:
        cells: the numbers of cases on which the shares in the rows are based, and the cells of case-only groups, such as the
            form.
        primary: those of these cells that are confidential by themselves, with the reason.
        unresolved_rows: for each cell, the rows in which its cases are the unresolved ones (no answer on the characteristic).
    """

    cells: Mapping[CellId, Cell] = field(default_factory=dict)
    primary: Mapping[CellId, str] = field(default_factory=dict)
    unresolved_rows: Mapping[CellId, Sequence[int]] = field(default_factory=dict)


NO_PROFILE_CELLS = ProfileCells()


class CasesByAnswer(NamedTuple):
    """The cases of a base by their answer: how many have a characteristic, how many do not have it, and how many leave it open.
    The base is all cases of which a profile shows shares.
    """

    yes: int
    no: int
    not_stated: int

    def beyond(self, part: CasesByAnswer) -> dict[str, int]:
        """Returns, for each answer, by how many cases this characteristic differs from one that it contains (`part`).

        Each case that has the part has this one, and each case that lacks this one lacks the part. So a reader can subtract. The
        open answers can be compared only if this one contains nothing else that is open.
        """
        return {WITH: self.yes - part.yes, WITHOUT: part.no - self.no, NOT_STATED: part.not_stated - self.not_stated}


@dataclass
class CharacteristicCells:
    """The cells of one characteristic of cases (such as debt bondage), or of all characteristics of a topic if each case has at
    most one of them.

    Attributes:
        group: the group whose values the characteristics are.
        cells: the cells that a row, or a sum of rows, reveals.
        primary: the cells that are confidential by themselves, with the reason. Also cells without a case, if nearly all cases
            are in another cell.
        everybody: the cells that contain nearly all cases of their base. The base of a cell is all cases of which it is a part.
        nowhere: the cells that no row shows: the cases without the characteristic.
        rows: for each cell, the rows that show it.
        unresolved_rows: for each cell, the rows in which its cases are the unresolved ones (no answer on the characteristic).
    """

    group: str
    cells: dict[CellId, Cell] = field(default_factory=dict)
    primary: dict[CellId, str] = field(default_factory=dict)
    everybody: set[CellId] = field(default_factory=set)
    nowhere: set[CellId] = field(default_factory=set)
    rows: dict[CellId, list[int]] = field(default_factory=dict)
    unresolved_rows: dict[CellId, list[int]] = field(default_factory=dict)

    def answers(self) -> dict[CellId, CasesByAnswer]:
        """Returns the cases by their answer (yes, no, open) for each base. Empty if these are several characteristics that
        exclude each other.
        """
        denominators = dict.fromkeys(denominator_of(c, self.group) for c in self.cells if (self.group, WITH) in c[1])
        return {
            denominator: CasesByAnswer(
                *(self.cells[self.cell_of(denominator, answer)].cases for answer in (WITH, WITHOUT, NOT_STATED))
            )
            for denominator in denominators
        }

    def cell_of(self, denominator: CellId, answer: str) -> CellId:
        """Returns the cell of the cases in a base that gave one answer on the characteristic."""
        return denominator[0], denominator[1] | {(self.group, answer)}

    def add(self, i: int, key: Key, row: Mapping[Hashable, Any], limits: Limits) -> None:
        """Adds the cells of one row of a profile (the cases with the characteristic, without it, and unresolved), and notes which
        of these are confidential by themselves.
        """
        population = str(row["reference_population"])
        value = dict(key)[self.group]
        cells = {v: (population, _with_value(key, self.group, v)) for v in (value, WITHOUT, NOT_STATED)}
        counts = dict(zip((value, WITHOUT, NOT_STATED), counts_of(row), strict=True))
        if value != WITH:  # cases without it have another value of the group
            del cells[WITHOUT]
        else:
            self.nowhere.add(cells[WITHOUT])
        for v, cell in cells.items():
            self.cells[cell] = counts[v]
            if why := confidential(counts[v], limits):
                self.primary[cell] = why
        self.rows.setdefault(cells[value], []).append(i)
        self.unresolved_rows.setdefault(cells[NOT_STATED], []).append(i)
        with_it, without = cells[value], cells.get(WITHOUT)
        if counts[value].cases and counts[WITHOUT].cases < limits.cases:
            self.everybody.add(with_it)
            self.primary.setdefault(without or with_it, EVERYBODY)
        if counts[value].cases and float(row["largest_share"]) > HALF:
            self.primary.setdefault(with_it, OVER_HALF)
        if without and counts[WITHOUT].cases and float(row["largest_share_without"]) > HALF:
            self.primary.setdefault(without, OVER_HALF)


def _with_value(key: Key, group: str, value: str) -> Key:
    """Returns the same cell with another value of one group."""
    return frozenset((g, value if g == group else v) for g, v in key)


def counts_of(row: Mapping[Hashable, Any]) -> tuple[Cell, Cell, Cell]:
    """Returns the counts behind a row of a profile (a share of cases with a characteristic): cases with the characteristic, cases
    without it, and unresolved cases.
    """
    n, population = int(row["n"]), float(row["population"])
    unit = population if row["measure"] == "profile" else 1.0
    having, open_ = float(row["estimate"]) * unit, (float(row["bound_high"]) - float(row["estimate"])) * unit

    def cell(cases: str, of: str, weighted: float) -> Cell:
        psus, homes = (known_count(row[f"{units}_{of}"]) if of else None for units in ("psus", "households"))
        return Cell(
            int(row[cases]), n, psus=psus, households=homes, weighted=max(0.0, weighted), mean_weight=population / max(1, n)
        )

    return (
        cell("cases", "with_cases", having),
        cell("cases_without", "without", population - having - open_),
        cell("unresolved", "", open_),
    )


def parent_cells(rows: pd.DataFrame, keys: Sequence[Key], of: Sequence[str]) -> dict[CellId, Cell]:
    """Returns the base of each row of a profile: the cell of all cases of which the row shows a share. Each row reveals the
    number of cases in its base.

    The base has at least as many sampling points and households as its cases with a characteristic, and as its cases without it.
    """
    found: dict[CellId, Cell] = {}
    for i, row in zip(rows.index, rows.to_dict("records"), strict=True):
        cell = (str(row["reference_population"]), denominator_key(keys[i], of[i]))
        n, before = int(row["n"]), found.get(cell)
        psus, homes = (
            _most(row[f"{unit}_with_cases"], row[f"{unit}_without"], getattr(before, unit, None))
            for unit in ("psus", "households")
        )
        found[cell] = Cell(
            n, n, psus=psus, households=homes, weighted=float(row["population"]), mean_weight=float(row["population"]) / max(1, n)
        )
    return found


def denominator_key(key: Key, of: str) -> Key:
    """Returns the group values of a profile row's base. The base is the cell of all cases of which the row shows a share."""
    return frozenset((g, v) for g, v in key if g != of)


def denominator_of(cell: CellId, of: str) -> CellId:
    """Returns the base of a cell: the cell of all cases of which it is a part."""
    return cell[0], denominator_key(cell[1], of)


def _most(*counts: Any) -> int | None:
    """Returns the largest of some counts. Counts that are not known are left out; None if no count is known."""
    known = [c for c in map(known_count, counts) if c is not None]
    return max(known, default=None)
