"""Finds the cells of a result and sums values in each. A cell is all persons with one combination of group
values, such as rural women. The total is also a cell. The values are in a table with the sums over the
persons of each sampling unit (`cluster_totals`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.totals.breakdowns import Breakdowns
from fltoolkit.estimate.totals.cluster_totals import KEY
from fltoolkit.estimate.variance import Array, Codes, Matrix
from fltoolkit.survey.spec.groups_and_tables import TOTAL

FULL = 0.1  # if more than this share of the numbers are not 0, dense arithmetic is faster
BREAKDOWN = "fl__breakdown"  # a column beside those of the groups; no group can have this name


@dataclass(frozen=True)
class Cells:
    """The cells of a result. A cell is all persons of one row of the result, such as women. The total is also
    a cell. Each cell is a set of rows of the table of sums (`cluster_totals`).

    Attributes:
        keys: one row per cell: the group columns (`total` if the cell is not broken down by the group) and
            `BREAKDOWN`, the number of the breakdown to which the cell belongs.
        codes: for each breakdown, the position of the cell to which each row of the table of sums belongs; -1
            if it is in no cell.
    """

    keys: pd.DataFrame
    codes: tuple[NDArray[np.intp], ...]

    def __len__(self) -> int:
        return len(self.keys)

    def sums(self, values: Array, rows: Codes | None = None) -> Array:
        """Returns the sum of some values in each cell.

        Args:
            values: one value for each row of the table of sums (`cluster_totals`).
            rows: the positions of those rows that are summed; None: all rows.
        """
        out = np.zeros(len(self))
        for code in self.codes:
            of, added = _rows_of_columns(rows, code, values)
            of, added = _taken_where(of >= 0, of, added)
            out += np.bincount(of, weights=added, minlength=len(self))
        return out

    def by_unit(self, values: Array, unit: Codes, units: int, rows: Codes | None = None) -> Matrix:
        """Returns the sums of some values by sampling unit and cell, as a matrix of units × cells. The matrix
        is sparse if most of its numbers are 0.

        Args:
            values: one value for each row of the table of sums.
            unit: the sampling unit of each row.
            units: the number of units.
            rows: the positions of those rows that are summed; None: all rows.
        """
        from scipy.sparse import coo_array

        if not self.codes:  # no breakdown: a survey without any item of a profile, for example
            return np.zeros((units, 0))
        taken = [_rows_of_columns(rows, values, unit, code) for code in self.codes]
        parts = [_taken_where((code >= 0) & (added != 0), added, of, code) for added, of, code in taken]
        found, of_unit, cell = (
            (np.concatenate(p) for p in zip(*parts, strict=True)) if len(parts) > 1 else parts[0]
        )
        matrix = coo_array((found, (of_unit, cell)), shape=(units, len(self)))
        return matrix.toarray() if len(found) > FULL * units * len(self) else matrix.tocsc()

    def distinct(self, labels: NDArray[np.integer[Any]], rows: Codes) -> NDArray[np.int64]:
        """Returns the number of different labels (such as those of PSUs) in the rows of each cell.

        Args:
            labels: a label for each row of the table of sums (`cluster_totals`), as a whole number. Labels
                below 0 do not count.
            rows: the positions of those rows that count.
        """
        out = np.zeros(len(self), dtype=np.int64)
        for code in self.codes:
            of, label = _rows_of_columns(rows, code, labels)
            used = (of >= 0) & (label >= 0)
            pairs = pd.DataFrame({"cell": of[used], "label": label[used]}).drop_duplicates()
            out += np.bincount(pairs["cell"], minlength=len(self)).astype(np.int64)
        return out

    def parent(self, of: Cells, groups: Sequence[str]) -> NDArray[np.intp]:
        """Returns, for each cell of another object (the argument `of`), the position of the cell of this
        object that contains it. This is the cell of the same breakdown with the same values of `groups`."""
        mine = {
            (*row[:-1], row[-1]): i
            for i, row in enumerate(self.keys[[*groups, BREAKDOWN]].itertuples(index=False))
        }
        rows = of.keys[[*groups, BREAKDOWN]].itertuples(index=False)
        return np.array([mine[tuple(row)] for row in rows], dtype=np.intp)


def make_cells(
    table: pd.DataFrame,
    groups: Sequence[str],
    wanted: Breakdowns,
    rows: Sequence[NDArray[np.bool_]],
    order: dict[str, list[str]],
) -> Cells:
    """Returns the cells of a result, in the order of the breakdowns. A cell is all persons of one row of the
    result, such as women.

    Args:
        table: a table of sums, from `cluster_totals`.
        groups: all group columns of the result.
        wanted: the breakdowns, each a tuple of groups.
        rows: for each breakdown, which rows of the table are in its cells, as true/false values.
        order: by group, the order of its values. Values that are not in it follow at the end, whole numbers
            first and then texts.

    Raises:
        RequestError: a group has a value `total`, the name of the margins.
    """
    frames, codes, start = [], [], 0
    for b, (breakdown, rows_b) in enumerate(zip(wanted, rows, strict=True)):
        if breakdown:
            columns = [table[KEY + g].cat for g in breakdown]
            sizes = [len(c.categories) for c in columns]
            of = _taken_where(rows_b, *(c.codes.to_numpy() for c in columns))
            number, found = _numbered_combinations(of, sizes)
            labels = [c.categories.to_numpy(object)[i] for c, i in zip(columns, found, strict=True)]
            keys = pd.DataFrame(dict(zip(breakdown, labels, strict=True)), dtype="str")
            if taken := [g for g in breakdown if (keys[g] == TOTAL).any()]:
                raise RequestError(
                    f"a group has the value {TOTAL!r}, which names the margins of a table",
                    found=taken,
                    do="rename that value",
                )
            ranks = [keys[g].map(_ranks(keys[g], order.get(g))) for g in breakdown]
            in_order = np.lexsort([r.to_numpy() for r in reversed(ranks)])
            keys, own = keys.iloc[in_order], (np.argsort(in_order) + start)[number]
        else:
            keys, own = pd.DataFrame(index=[0]), np.full(int(rows_b.sum()), start, dtype=np.intp)
        code = own
        if len(own) < len(table):
            code = np.full(len(table), -1, dtype=np.intp)
            code[rows_b] = own
        frames.append(
            keys.reset_index(drop=True)
            .reindex(columns=list(groups), fill_value=TOTAL)
            .assign(**{BREAKDOWN: b})
        )
        codes.append(code)
        start += len(keys)
    return Cells(pd.concat(frames, ignore_index=True), tuple(codes))


def _rows_of_columns(rows: Codes | None, *columns: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Returns the values of several columns at the positions `rows`. None means all positions; then the
    columns are not copied."""
    return columns if rows is None else tuple(column[rows] for column in columns)


def _taken_where(holds: NDArray[np.bool_], *columns: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Returns the values of several columns in the rows for which `holds` is True. If it is True for all
    rows, the columns are not copied."""
    return _rows_of_columns(None if holds.all() else np.flatnonzero(holds), *columns)


def _numbered_combinations(
    codes: Sequence[NDArray[Any]], sizes: Sequence[int]
) -> tuple[NDArray[Any], list[NDArray[Any]]]:
    """Gives a number to each combination of codes that occurs. Returns, for each row, the number of its
    combination, and, for each column, the code of each combination, in the order of these numbers.

    Columns are added one by one, and combinations that do not occur are dropped each time. The product of all
    sizes would soon be too large for a whole number: 28 groups of 5 categories have 5²⁸ possible
    combinations, which is more than 2⁶³.

    Args:
        codes: the columns of codes.
        sizes: for each column, how many codes are possible.
    """
    there = np.bincount(codes[0], minlength=sizes[0]) > 0
    number: NDArray[Any] = (np.cumsum(there, dtype=np.int32) - 1)[codes[0]]
    found: list[NDArray[Any]] = [np.flatnonzero(there)]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        number, pairs = pd.factorize(number.astype(np.intp) * size + code)
        found = [*(known[pairs // size] for known in found), pairs % size]
    return number, found


def _ranks(values: pd.Series, order: list[str] | None) -> dict[str, tuple[int, str]] | dict[str, int]:
    found = sorted(values.unique(), key=_natural_sort_key)
    known = [v for v in order or [] if v in set(found)]
    return {v: i for i, v in enumerate([*known, *(v for v in found if v not in set(known))])}


def _natural_sort_key(value: str) -> tuple[int, float, str]:
    """Returns a key by which categories are sorted: whole numbers first, by size; then other texts by
    alphabet. So 9 comes before 10."""
    return (0, float(value), value) if re.fullmatch(r"-?[0-9]+", value) else (1, 0.0, value)
