"""Defines the three cells of each row of a profile of cases: the cases with a characteristic, without it, and
unresolved (no answer).

The three add up to the number of cases, which is printed. So a reader who knows two of them knows the third.
Characteristics are also related: one may contain another, and several together may make another one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

import pandas as pd

from fltoolkit.classify.characteristics import EXCLUSIVE, FAMILIES, TOPICS, Characteristic
from fltoolkit.classify.rule_set import SIDES
from fltoolkit.publish.disclosure.confidential_cells import (
    Cell,
    CellId,
    Key,
    Limits,
    confidential,
    known_count,
)
from fltoolkit.publish.disclosure.derived_cells import DerivedCell
from fltoolkit.publish.disclosure.dominance import OVER_HALF
from fltoolkit.publish.disclosure.survey_system import Relation
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.table_records import as_records

WITH, WITHOUT = "yes", "no"
EVERYBODY = "fewer cases without it than the limit: a share of nearly all cases tells about everybody"
NO_CASES = "the number of cases is hidden"
SHOWN_NOWHERE = "shown nowhere"
FEW_MORE = "few cases more than have another characteristic, which it contains"
FEW_BOTH = "few cases have two of the characteristics that make it up"
HALF = 0.5
_Term = tuple[int, str, tuple[str, ...]]  # a sign, a characteristic (empty: all cases), and answers on it


def characteristic_key(key: Key) -> tuple[Key, str]:
    """Returns the cell that a row of a profile shows, and the name of the group in which this cell has its
    characteristic.

    A profile shows the shares of cases with a characteristic, such as debt bondage. Each characteristic
    belongs to a topic, such as `coercion`. If a case has at most one characteristic of a topic, the topic is
    the group, and the characteristic is its value. Otherwise each characteristic is a group of its own, such
    as `coercion: debt_bondage`, with the values *yes*, *no* and *not stated*.

    Args:
        key: the row's values by group; one of the groups is a topic.
    """
    topic, name = next((g, v) for g, v in key if g in TOPICS)
    group, value = (topic, name) if topic in EXCLUSIVE else (characteristic_name(topic, name), WITH)
    return frozenset((group, value) if g == topic else (g, v) for g, v in key), group


def characteristic_name(topic: str, name: str) -> str:
    """Returns the name of a characteristic together with its topic, such as `coercion: threats`. It is also
    the name of its group."""
    return f"{topic}: {name}"


def contained_in(found: Sequence[Characteristic]) -> dict[str, list[str]]:
    """Returns, for each characteristic of cases, the other characteristics that it contains. If A contains B,
    each case with B also has A. The names are as in `coercion: threats`.

    A case has a characteristic if it answered *yes* to at least one of its questions. So A contains B if the
    questions of A include all questions of B. For example, the stage `recruitment` contains a characteristic
    that was asked only about recruitment. If two characteristics have the same questions, the later one
    contains the earlier one.

    Args:
        found: the characteristics, each with its questions.
    """
    return {
        characteristic_name(c.topic, c.name): [
            characteristic_name(part.topic, part.name)
            for k, part in enumerate(found)
            if part.questions and (part.questions < c.questions or (part.questions == c.questions and k < i))
        ]
        for i, c in enumerate(found)
    }


@dataclass(frozen=True)
class Composition:
    """Several characteristics of cases (the parts) that together make another characteristic, or all cases
    (the whole). A case has the whole if and only if it has at least one part.

    So a reader can add the numbers of the parts and subtract the number of the whole. With two parts, the
    result is the number of cases that have both.

    Attributes:
        whole: the name of the whole, such as `coercion: threats`; empty for all cases.
        parts: the names of the parts.
    """

    whole: str
    parts: tuple[str, ...]


def compositions_of(found: Sequence[Characteristic]) -> list[Composition]:
    """Returns the sets of characteristics (the parts) that together make another characteristic, or all cases
    (the whole). The parts make the whole if together they have exactly its questions.

    Two kinds of parts are tried: all characteristics of one topic that another characteristic contains (such
    as those of a stage), and any two characteristics. Each case has answered *yes* to a question on
    involuntary work, and to a question on coercion. So all characteristics of coercion together make all
    cases. The same is true of all characteristics of involuntary work.
    """
    of_side = [[c for c in found if c.questions and c.topic in FAMILIES[side]] for side in SIDES]
    return [
        made for mine in of_side for whole in _possible_wholes(mine) for made in _compositions(whole, mine)
    ]


def _possible_wholes(found: Sequence[Characteristic]) -> list[tuple[str, frozenset[str]]]:
    """Returns the possible wholes. A whole is a characteristic that several others can make together, or all
    cases (with an empty name).

    Args:
        found: the characteristics of one side of the definition of forced labour (involuntary work or
            coercion).

    Returns:
        For each whole, its name and its questions.
    """
    return [
        *((characteristic_name(c.topic, c.name), c.questions) for c in found),
        ("", frozenset[str]().union(*(c.questions for c in found))),
    ]


def _compositions(whole: tuple[str, frozenset[str]], found: Sequence[Characteristic]) -> list[Composition]:
    """Returns the sets of characteristics (the parts) that together make one characteristic, or all cases
    (the whole). A case has the whole if and only if it has at least one of the parts.

    Args:
        whole: the name of the whole, and its questions.
        found: the characteristics that can be parts.
    """
    name, questions = whole
    inside = [c for c in found if c.questions < questions]
    topics = [[c for c in inside if c.topic == topic] for topic in dict.fromkeys(c.topic for c in inside)]
    tried = [*(parts for parts in topics if len(parts) > 1), *map(list, combinations(inside, 2))]
    makes = {
        tuple(characteristic_name(c.topic, c.name) for c in parts)
        for parts in tried
        if frozenset[str]().union(*(c.questions for c in parts)) == questions
    }
    return [Composition(name, parts) for parts in sorted(makes)]


def relations_of(
    found: Sequence[Characteristic], cells: Mapping[CellId, Cell], limits: Limits
) -> list[Relation]:
    """Returns the differences that a reader can calculate between characteristics of cases.

    If A contains B, readers can subtract the cases with B from those with A, and the cases without A from
    those without B. They can also compare the cases without a clear answer. If several characteristics make
    another one, the sum of the parts minus the whole is the number of cases that have two of them, or that
    may have two (no clear answer counts as *yes*). If there are three or more parts, a case with three of
    them counts twice.

    Args:
        found: the characteristics.
        cells: the cells of the profiles, and the numbers of cases by the groups of the profiles.
        limits: the confidentiality limits.
    """
    bases: dict[tuple[str, str], list[CellId]] = {}
    for population, key in cells:
        for value in key:
            bases.setdefault(value, []).append((population, key - {value}))

    def relation(
        terms: Sequence[_Term], part: Literal["less", "both"], answer: str, is_count: bool = True
    ) -> Relation:
        values = [
            (sign, frozenset({(name, given)} if name else ()))
            for sign, name, answers in terms
            for given in (answers if name else answers[:1])
        ]
        # The parts of a sum are named, and its whole is not.
        *names, last = [name for sign, name, _ in terms if part == "less" or sign > 0]
        one, other = frozenset((name, answer) for name in names), frozenset({(last, answer)})
        few = {
            DerivedCell((population, key | one), (population, key | other), part): (population, key)
            for population, key in bases.get((last, answer), ())
            if all((population, key | value) in cells for _, value in values)
            and 0 < sum(sign * cells[population, key | value].cases for sign, value in values) < limits.cases
        }
        return Relation(tuple(values), few, FEW_BOTH if part == "both" else FEW_MORE, is_count)

    made = []
    for wider, narrower in contained_in(found).items():
        for name in narrower:
            for more, less, answer in (
                (wider, name, WITH),
                (name, wider, WITHOUT),
                (name, wider, NOT_STATED),
            ):
                terms: list[_Term] = [(1, more, (answer,)), (-1, less, (answer,))]
                made.append(relation(terms, "less", answer, is_count=answer != NOT_STATED))
    for composition in compositions_of(found):
        # Cases that do not answer *no* to either may have both.
        for answers, answer in (((WITH,), WITH), ((WITH, NOT_STATED), WITHOUT), ((NOT_STATED,), NOT_STATED)):
            terms = [(1, name, answers) for name in composition.parts]
            if composition.whole or WITH in answers:  # nobody's answer on all cases is unclear
                terms.append((-1, composition.whole, answers))
            made.append(relation(terms, "both", answer))
    known, named = {g for g, _ in bases}, set[DerivedCell]()
    for i, r in enumerate(made):  # two wholes of the same questions leave over the same cases
        made[i] = replace(r, cells={c: of for c, of in r.cells.items() if c not in named})
        named |= r.cells.keys()
    return [r for r in made if r.groups <= known and (r.is_count or r.cells)]


@dataclass(frozen=True)
class ProfileCells:
    """The cells that the rows of profiles reveal.

    Attributes:
        cells: the cells that a row, or a sum of rows, reveals.
        primary: the cells that are confidential because of their own counts, with the reason. If nearly all
            cases have a characteristic, the cell of the others is confidential even without a case.
        hidden_anyway: the cells that contain nearly all cases of their denominator, and the cells that no row
            shows: the cases without a characteristic.
        rows: for each cell, the rows that show it.
        unresolved_rows: for each cell, the rows whose unresolved cases (cases without an answer on the
            characteristic) are the cases of this cell.
        denominators: for each cell, its denominator: the cell of all cases, whatever the characteristic.
    """

    cells: dict[CellId, Cell] = field(default_factory=dict)
    primary: dict[CellId, str] = field(default_factory=dict)
    hidden_anyway: dict[CellId, str] = field(default_factory=dict)
    rows: dict[CellId, list[int]] = field(default_factory=dict)
    unresolved_rows: dict[CellId, list[int]] = field(default_factory=dict)
    denominators: dict[CellId, CellId] = field(default_factory=dict)


NO_PROFILE_CELLS = ProfileCells()


def profile_cells(
    rows: pd.DataFrame, keys: Sequence[Key], share_groups: Sequence[str], limits: Limits
) -> ProfileCells:
    """Returns the cells of the rows of profiles: the cases with the characteristic, without it, and
    unresolved.

    Args:
        rows: the rows.
        keys: the group values of each row of the run.
        share_groups: for each row of the run, the group that has its characteristic as a value (see
            `characteristic_key`).
        limits: the confidentiality limits.
    """
    found = ProfileCells()
    for i, row in zip(map(int, rows.index), as_records(rows), strict=True):
        population, group = str(row["reference_population"]), share_groups[i]
        value = dict(keys[i])[group]
        cells = {v: (population, _with_value(keys[i], group, v)) for v in (value, WITHOUT, NOT_STATED)}
        counts = dict(zip((value, WITHOUT, NOT_STATED), counts_of(row), strict=True))
        if value != WITH:  # cases without it have another value of the group
            del cells[WITHOUT]
        else:
            found.hidden_anyway.setdefault(cells[WITHOUT], SHOWN_NOWHERE)
        for v, cell in cells.items():
            found.cells[cell] = counts[v]
            found.denominators[cell] = (population, denominator_key(keys[i], group))
            if why := confidential(counts[v], limits):
                found.primary[cell] = why
        found.rows.setdefault(cells[value], []).append(i)
        found.unresolved_rows.setdefault(cells[NOT_STATED], []).append(i)
        with_it, without = cells[value], cells.get(WITHOUT)
        if counts[value].cases and counts[WITHOUT].cases < limits.cases:
            found.hidden_anyway[with_it] = EVERYBODY
            found.primary.setdefault(without or with_it, EVERYBODY)
        if counts[value].cases and float(row["largest_share"]) > HALF:
            found.primary.setdefault(with_it, OVER_HALF)
        if without and counts[WITHOUT].cases and float(row["largest_share_without"]) > HALF:
            found.primary.setdefault(without, OVER_HALF)
    return found


def _with_value(key: Key, group: str, value: str) -> Key:
    """Returns the same cell with another value of one group."""
    return frozenset((g, value if g == group else v) for g, v in key)


def counts_of(row: Mapping[Hashable, Any]) -> tuple[Cell, Cell, Cell]:
    """Returns the counts of a profile row (a share of cases with a characteristic): the cases with it,
    without it, and unresolved."""
    n, population = int(row["n"]), float(row["population"])
    unit = population if row["measure"] == "profile" else 1.0
    having, open_ = float(row["estimate"]) * unit, (float(row["bound_high"]) - float(row["estimate"])) * unit

    def cell(cases: str, suffix: str, weighted: float) -> Cell:
        psus, homes = (
            known_count(row[f"{units}_{suffix}"]) if suffix else None for units in ("psus", "households")
        )
        return Cell(
            int(row[cases]),
            n,
            psus=psus,
            households=homes,
            weighted=max(0.0, weighted),
            mean_weight=population / max(1, n),
        )

    return (
        cell("cases", "with_cases", having),
        cell("cases_without", "without", population - having - open_),
        cell("unresolved", "", open_),
    )


def denominator_cells(
    rows: pd.DataFrame, keys: Sequence[Key], share_groups: Sequence[str]
) -> dict[CellId, Cell]:
    """Returns the denominators of the rows of a profile. A row shows a share of some cases; the cell of all
    these cases is its denominator. A row reveals the number of cases in its denominator.

    The exact numbers of sampling units (PSUs) and households of a denominator are not known. They are at
    least as large as the numbers for the cases with the characteristic, and for the cases without it. So the
    larger of these two numbers is used.

    Args:
        rows: the rows of a profile.
        keys: the group values of each row.
        share_groups: for each row, the name of the group in which its characteristic is a value (see
            `characteristic_key`).
    """
    found: dict[CellId, Cell] = {}
    for i, row in zip(rows.index, as_records(rows), strict=True):
        cell = (str(row["reference_population"]), denominator_key(keys[i], share_groups[i]))
        n, before = int(row["n"]), found.get(cell)
        psus, homes = (
            _largest_known(row[f"{unit}_with_cases"], row[f"{unit}_without"], getattr(before, unit, None))
            for unit in ("psus", "households")
        )
        found[cell] = Cell(
            n,
            n,
            psus=psus,
            households=homes,
            weighted=float(row["population"]),
            mean_weight=float(row["population"]) / max(1, n),
        )
    return found


def denominator_key(key: Key, characteristic_group: str) -> Key:
    """Returns the group values of the denominator of a profile row. They are the group values of the row
    itself, without the value of `characteristic_group`."""
    return frozenset((g, v) for g, v in key if g != characteristic_group)


def _largest_known(*counts: Any) -> int | None:
    """Returns the largest of some counts. Counts that are not known are left out. Returns None if no count is
    known."""
    known = [c for c in map(known_count, counts) if c is not None]
    return max(known, default=None)
