"""Counts the kinds of persons of a survey, for disclosure control. A kind is all persons with the same values
in all published groups and populations, such as rural women of 25 to 34.

A reader of a public-use file could make the same table, but without the cases. The table is microdata: it
stays in memory and is never written, logged or shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.estimate.variance import Array
from fltoolkit.estimate.weights.calibration import calibrated
from fltoolkit.survey.design.survey_design import weight_of
from fltoolkit.survey.engine.columns import HOUSEHOLD, PSU, Frame
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED

Cell = tuple[str, frozenset[tuple[str, str]]]  # a population, and group values
OUTCOMES = ("cases", "now", "unresolved", "now_unresolved")
NOW_COLUMN = "forced_labour_now"
IN, OUT = "in", "out"  # the values of a union: several labels of a group taken together
LARGE = 200_000  # persons: with more, weights are rounded to a thousandth of the largest, else to a millionth
AMOUNT = "fl__amount"
UNITS = {"household": HOUSEHOLD, "psu": PSU}


@dataclass(frozen=True)
class PersonPatterns:
    """The kinds of persons in a survey, with their numbers and weights, for disclosure control. A kind is all
    persons with the same values in all groups and populations, such as rural women of 25 to 34.

    Attributes:
        kinds: one row per kind: the value of each group as text, and one true/false column per population
            (whether the persons are in it).
        persons: the number of persons, by kind.
        counts: for each outcome, the number of persons by kind. The outcomes are cases, cases at the
            interview (`now`), and persons for whom one of these two is unresolved (their answers do not
            decide it).
        lightest: for each population, the smallest weight by kind; 0 outside the population.
        heaviest: for each population, the largest weight by kind; 0 outside the population.
        weighted: the weighted number of persons of each kind, by population and outcome.
        weights: by population, one row per kind and weight: `kind`, `weight` and `persons`. Weights are
            rounded to a millionth of the largest; if there are many persons, to a thousandth.
        case_homes: the cases, one row per household, sampling unit and combination of all groups that a case
            has, including groups that only cases have. Columns: `household` and `psu` if the survey has them,
            the groups, and the sum of the weights for each population.
    """

    kinds: pd.DataFrame
    persons: Array
    counts: Mapping[str, Array]
    lightest: Mapping[str, Array]
    heaviest: Mapping[str, Array]
    weighted: Mapping[tuple[str, str], Array]
    weights: Mapping[str, pd.DataFrame]
    case_homes: pd.DataFrame

    def holds(self, cells: Sequence[Cell]) -> scipy.sparse.csr_array[Any]:
        """Returns a matrix of cells × kinds of persons: 1 if the kind is in the cell, else 0. A kind is all
        persons with the same values in all groups and populations. A cell is a pair: a population, and the
        values of some groups."""
        found = []
        breakdowns: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for i, (population, key) in enumerate(cells):
            breakdowns.setdefault((population, tuple(sorted(g for g, _ in key))), []).append(i)
        for (population, groups), rows in breakdowns.items():
            inside = np.flatnonzero(self.kinds[POPULATION + population].to_numpy(bool))
            values = {tuple(dict(cells[i][1])[g] for g in groups): i for i in rows}
            found.append(np.array([self._rows_of(inside, groups, values), inside]))
        row, kind = np.hstack(found) if found else np.zeros((2, 0), dtype=np.intp)
        known = row >= 0
        return scipy.sparse.csr_array(
            (np.ones(known.sum()), (row[known], kind[known])), shape=(len(cells), len(self.persons))
        )

    def _rows_of(
        self, kinds: NDArray[Any], groups: Sequence[str], cells: Mapping[tuple[str, ...], int]
    ) -> NDArray[np.intp]:
        """Returns, for each of some kinds of persons, the number of the cell that contains it; -1 if there is
        none. A kind is all persons with the same values in all groups and populations.

        Args:
            kinds: the positions of the kinds.
            groups: the groups that define the cells.
            cells: the number of each cell, by its values in these groups.
        """
        place, size, cell_place = np.zeros(len(kinds), dtype=np.intp), 1, np.zeros(len(cells), dtype=np.intp)
        for k, group in enumerate(groups):
            codes, values = self._codes_by_group[group]
            place += size * codes[kinds]
            wanted = values.get_indexer(pd.Index([key[k] for key in cells]))
            cell_place = np.where((wanted < 0) | (cell_place < 0), -1, cell_place + size * wanted)
            size *= len(values)
        row = np.full(size, -1, dtype=np.intp)
        row[cell_place[cell_place >= 0]] = np.array(list(cells.values()), dtype=np.intp)[cell_place >= 0]
        return np.asarray(row[place])

    @cached_property
    def _codes_by_group(self) -> dict[str, tuple[NDArray[np.intp], pd.Index]]:
        """Returns, for each group (such as sex), two things: one whole number per kind of person, and the
        labels for which these numbers stand. A kind of person is all persons with the same values in all
        groups and populations."""
        groups = [str(c) for c in self.kinds if not str(c).startswith(POPULATION)]
        return {
            g: (codes, pd.Index(values)) for g in groups for codes, values in [pd.factorize(self.kinds[g])]
        }

    def weights_of(self, population: str, kinds: NDArray[Any]) -> Array:
        """Returns the weights of all persons of some kinds in one population, one weight per person. `kinds`
        are the positions of the kinds."""
        starts, weight, persons = self._sorted_weights[population]
        mine = (
            np.concatenate([np.arange(starts[k], starts[k + 1]) for k in kinds])
            if len(kinds)
            else np.zeros(0, dtype=np.intp)
        )
        return np.repeat(weight[mine], persons[mine])

    @cached_property
    def _sorted_weights(self) -> dict[str, tuple[NDArray[np.intp], Array, NDArray[np.intp]]]:
        """Returns three arrays for each population: the position at which each kind of person starts in the
        other two arrays, the different weights, and the number of persons with each weight. The last two are
        sorted by kind."""
        found = {}
        for population, table in self.weights.items():
            own = table.sort_values(["kind", "weight"])
            starts = np.searchsorted(own["kind"].to_numpy(), np.arange(len(self.kinds) + 1))
            found[population] = (starts, own["weight"].to_numpy(float), own["persons"].to_numpy(np.intp))
        return found

    def with_unions(self, unions: Mapping[str, tuple[str, tuple[str, ...]]]) -> PersonPatterns:
        """Returns the same kinds of persons with further groups. A further group has two values: whether a
        person has one of several labels of a group (`in`), or none of them (`out`).

        Args:
            unions: by the name of the further group: the original group, and the labels that are taken
                together.
        """
        if not unions:
            return self
        kinds, homes = (
            table.assign(
                **{
                    name: np.where(table[group].isin(labels), IN, OUT)
                    for name, (group, labels) in unions.items()
                    if group in table
                }
            )
            for table in (self.kinds, self.case_homes)
        )
        return replace(self, kinds=kinds, case_homes=homes)

    def in_any(self, populations: Collection[str]) -> NDArray[np.bool_]:
        """Returns, for each kind of person, whether it belongs to at least one of these populations."""
        flags = [POPULATION + p for p in populations if POPULATION + p in self.kinds]
        return np.asarray(self.kinds[flags].any(axis=1), dtype=bool)


@dataclass(frozen=True)
class _Columns:
    """The names of the columns in a query about the persons: one for each group, and two for each population,
    for its members and their weights."""

    persons: ClassifiedSurvey
    names: Sequence[str]
    populations: Sequence[str]

    @property
    def groups(self) -> dict[str, str]:
        return {g: f"fl__g{i}" for i, g in enumerate(self.names)}

    @property
    def flags(self) -> dict[str, str]:
        return {q: f"fl__in{i}" for i, q in enumerate(self.populations)}

    @property
    def weights(self) -> dict[str, str]:
        return {q: f"fl__w{i}" for i, q in enumerate(self.populations)}

    @property
    def by(self) -> list[str]:
        return [*self.groups.values(), *self.flags.values()]

    def grouped(
        self, frame: Frame, by: Sequence[str], sums: Sequence[str], ends: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Returns one row for each combination of the columns `by`: the number of persons, the sums of some
        columns, and the smallest and largest value (`_low`, `_high`) of others. Groups have labels in place
        of the values in the data; a value without a label is `not stated`."""
        lows, highs = ([f"{c}_{end}" for c in ends] for end in ("low", "high"))
        table = to_pandas(
            frame.group_by(list(by)).agg(
                nw.len().cast(nw.Float64()).alias("persons"),
                *[nw.col(c).sum() for c in sums],
                *[nw.col(c).min().alias(low) for c, low in zip(ends, lows, strict=True)],
                *[nw.col(c).max().alias(high) for c, high in zip(ends, highs, strict=True)],
            ),
            self.persons.source,
        )
        texts = {}
        for group, name in self.groups.items():
            labels, values = self.persons.key(group).labels, table[name]
            found = (
                values.map(labels)
                if labels is not None
                else values.where(values.isna(), values.astype("str"))
            )
            texts[name] = found.astype(object).where(found.notna(), NOT_STATED).astype("str")
        how = (
            dict.fromkeys(["persons", *sums], "sum")
            | dict.fromkeys(lows, "min")
            | dict.fromkeys(highs, "max")
        )
        # codes that share a label become one row
        return table.assign(**texts).groupby(list(by), sort=True, as_index=False, dropna=False).agg(how)


def read_patterns(
    persons: ClassifiedSurvey, groups: Sequence[str], populations: Sequence[str]
) -> PersonPatterns:
    """Returns the kinds of persons in a classified survey (see `PersonPatterns`). The survey is read twice:
    once for all persons, and once for the cases by household and sampling unit.

    Args:
        persons: a classified survey.
        groups: the groups that are published, such as sex.
        populations: the populations that are published.
    """
    everybody = _columns_of_kinds(persons, groups, populations)
    frame, weights = _outcomes(everybody), everybody.weights
    made: list[nw.Expr] = [nw.col(o).cast(nw.Int64()).alias(o) for o in OUTCOMES]
    for q, w in weights.items():
        inside = nw.col(everybody.flags[q])
        made.append(nw.when(inside).then(nw.col(w)).alias(w))
        made += [
            nw.when(inside & nw.col(o)).then(nw.col(w)).otherwise(0.0).alias(f"{w}_{o}") for o in OUTCOMES
        ]
    sums = [*OUTCOMES, *(f"{w}_{o}" for w in weights.values() for o in OUTCOMES)]
    table = everybody.grouped(frame.select(*everybody.by, *made), everybody.by, sums, list(weights.values()))

    def floats(column: str) -> Array:
        return np.asarray(table[column].fillna(0.0).to_numpy(float))

    return PersonPatterns(
        table[everybody.by].set_axis([*everybody.names, *(POPULATION + q for q in populations)], axis=1),
        floats("persons"),
        {o: floats(o) for o in OUTCOMES},
        {q: floats(f"{w}_low") for q, w in weights.items()},
        {q: floats(f"{w}_high") for q, w in weights.items()},
        {(q, o): floats(f"{w}_{o}") for q, w in weights.items() for o in OUTCOMES},
        {q: _weights(frame, everybody, q, table) for q in populations},
        _case_homes(_Columns(everybody.persons, groups, populations)).drop(columns="persons"),
    )


def cases_with_amount(
    persons: ClassifiedSurvey, groups: Sequence[str], populations: Sequence[str], amount: nw.Expr
) -> pd.DataFrame:
    """Returns the cases who stated an amount, such as a debt: one row per household, sampling unit,
    combination of groups, and amount, with the number of persons and the sum of weights in each population.
    It is microdata, as `case_homes`."""
    columns = _Columns(calibrated(persons), groups, populations)
    table = _case_homes(columns, [amount.alias(AMOUNT)])
    return table[table[AMOUNT].notna()].reset_index(drop=True)


def summed_by_kind(
    persons: ClassifiedSurvey,
    groups: Sequence[str],
    populations: Sequence[str],
    truths: Mapping[str, nw.Expr],
) -> dict[str, Array]:
    """Returns, for each condition, the number of persons of each kind who meet it, by the condition's name. A
    kind is all persons with the same values in all groups and populations. The kinds are in the order of
    `read_patterns` with the same groups and populations.

    Args:
        persons: a classified survey.
        groups, populations: as in `read_patterns`.
        truths: the conditions, as true/false columns by name.
    """
    columns = _columns_of_kinds(persons, groups, populations)
    counted = [truth.fill_null(False).cast(nw.Int64()).alias(name) for name, truth in truths.items()]
    frame = _outcomes(columns, counted).select(*columns.by, *truths)
    table = columns.grouped(frame, columns.by, list(truths))
    return {name: np.asarray(table[name].to_numpy(float)) for name in truths}


def _columns_of_kinds(
    persons: ClassifiedSurvey, groups: Sequence[str], populations: Sequence[str]
) -> _Columns:
    """Returns the columns that define the kinds of persons: no group that only cases have."""
    return _Columns(calibrated(persons), [g for g in groups if g not in persons.spec.case_only], populations)


def _outcomes(columns: _Columns, more: Sequence[nw.Expr] = ()) -> Frame:
    """Returns the persons who are in at least one of the populations, with their groups, populations,
    weights, outcomes, sampling unit and household, and the columns `more`."""
    persons = columns.persons
    there = persons.frame.collect_schema().names()
    case = nw.col("forced_labour")
    now = nw.col(NOW_COLUMN) if NOW_COLUMN in there else nw.lit(False)
    outcomes = (case.fill_null(False), now.fill_null(False), case.is_null(), now.is_null())
    frame = persons.frame.select(
        *[persons.key(g).column.alias(name) for g, name in columns.groups.items()],
        *[
            (nw.col(POPULATION + q).fill_null(False) & (nw.col(weight_of(q)).fill_null(0.0) != 0)).alias(name)
            for q, name in columns.flags.items()
        ],
        *[nw.col(weight_of(q)).alias(name) for q, name in columns.weights.items()],
        *[expression.alias(name) for name, expression in zip(OUTCOMES, outcomes, strict=True)],
        *[nw.col(own).alias(name) for name, own in UNITS.items() if own in there],
        *more,
    )
    return frame.filter(
        nw.any_horizontal(*[nw.col(name) for name in columns.flags.values()], ignore_nulls=True)
    )


def _weights(frame: Frame, columns: _Columns, population: str, kinds: pd.DataFrame) -> pd.DataFrame:
    """Returns the number of persons of each kind with each weight in one population, as a table with the
    columns of `PersonPatterns.weights`. `frame` are the persons, and `kinds` has one row per kind."""
    weight = columns.weights[population]
    steps_of = 1e3 if kinds["persons"].sum() > LARGE else 1e6
    scale = steps_of / max(float(kinds[f"{weight}_high"].max()), np.finfo(float).tiny)
    inside = frame.filter(nw.col(columns.flags[population]))
    steps = (nw.col(weight) * scale).round().cast(nw.Int64()).alias("weight")
    table = columns.grouped(inside.select(*columns.by, steps), [*columns.by, "weight"], [])
    table = table.merge(kinds[columns.by].assign(kind=np.arange(len(kinds))), on=columns.by, how="left")
    return table.assign(weight=table["weight"].clip(lower=1) / scale)[["kind", "weight", "persons"]]


def _case_homes(columns: _Columns, more: Sequence[nw.Expr] = ()) -> pd.DataFrame:
    """Returns the cases by household, sampling unit, groups and the columns `more`, as a table with the
    columns of `PersonPatterns.case_homes`, and the number of persons."""
    frame = _outcomes(columns, more)
    by = [*columns.groups.values()]
    by += [c for c in frame.collect_schema().names() if c in (*UNITS, AMOUNT)]
    weights = [
        nw.when(nw.col(columns.flags[q])).then(nw.col(w)).otherwise(0.0).alias(q)
        for q, w in columns.weights.items()
    ]
    table = columns.grouped(frame.filter(nw.col("cases")).select(*by, *weights), by, columns.populations)
    return table.rename(columns={name: g for g, name in columns.groups.items()})
