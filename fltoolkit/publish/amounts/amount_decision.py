"""Decides which means and medians of amounts, such as a debt, are hidden, and to what base they are rounded.

A reader who knows the weights turns a mean back into a sum, and subtracts sums from one another. A linear
programme gives the range in which each confidential sum must then lie. Sources: Hundepool et al., Statistical
Disclosure Control (2012), chapter 4 (p% rule, dominance, protection levels).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import stated_number
from fltoolkit.estimate.totals.person_patterns import AMOUNT, UNITS, cases_with_amount
from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.complementary_suppression import draw
from fltoolkit.publish.disclosure.confidential_cells import CellId
from fltoolkit.publish.printed_numbers import EXACT, nearest, step_above

CONTRIBUTORS, UNITS_OF_CONTRIBUTORS, EACH_SIDE = 10, 3, 5  # persons with an amount above 0; around a median
P, LARGEST = 0.15, 0.5  # the p% rule, and the largest share of one contributor
PART_OF_MEAN, SMALLEST_BASE = 0.05, 0.1  # of the mean of all: the base of rounding is at least that


def decide_amounts(
    table: pd.DataFrame,
    cells: Sequence[CellId],
    hidden: Collection[int],
    persons: ClassifiedSurvey,
    key: bytes,
) -> tuple[pd.Series, set[int]]:
    """Returns the rounding base of each row of an amount (blank for other rows), and the rows to hide.

    Args:
        table: the rows of a run.
        cells: the cell of persons of each row.
        hidden: rows that are hidden already.
        persons: the survey.
        key: its secret key.
    """
    bases, found = pd.Series(np.nan, table.index), set[int]()
    names = table["outcome"].where(table["amount_unit"] != "")
    for name in names.dropna().unique():
        rows = {int(i): cells[int(i)] for i in np.flatnonzero(names == name)}
        amount = _amount(persons, str(name), list(dict.fromkeys(rows.values())))
        means = {rows[i] for i in rows if table["measure"].iloc[i] == "mean"}
        closed = _closed(amount, means, {rows[i] for i in rows if i in hidden}, key)
        if closed != set(amount.cells):
            bases.iloc[list(rows)] = amount.base
        medians = {i for i in rows if table["measure"].iloc[i] == "median"}
        found |= {i for i in rows if rows[i] in closed}
        found |= {i for i in medians if amount.few_on_a_side(rows[i], table["estimate"].iloc[i])}
    return bases, found


@dataclass(frozen=True)
class _Amount:
    """An amount of the cases who stated it. It is microdata and stays in memory.

    Attributes:
        cases: one row per household and combination of groups, weights and amount, with its `persons`.
        each: the amount of each row of `cases`.
        cells: the cells of the rows of tables.
        weights: cells × cases: the weight of each row of `cases` that is in the cell, else 0.
        base: the base of rounding.
    """

    cases: pd.DataFrame
    each: Array
    cells: list[CellId]
    weights: Array
    base: float

    def confidential(self, weights: Array) -> bool:
        """Returns whether the sum of some cases may not be known: there are few contributors, or one of them
        dominates the sum. The weights of other cases are 0."""
        mine = self.cases[(weights > 0) & (self.each > 0)]
        few = mine["persons"].sum() < CONTRIBUTORS or any(
            mine[unit].nunique() < UNITS_OF_CONTRIBUTORS for unit in UNITS if unit in mine
        )
        persons = np.where(weights > 0, self.cases["persons"], 0)
        return bool(few) or any(map(_dominated, map(self.contributions, (weights, persons))))

    def contributions(self, weights: Array) -> Array:
        """Returns the contributions of households to a weighted sum, the largest first. Where the survey has
        no households, those of persons."""
        return np.sort(np.asarray(np.bincount(self._homes, weights * self.each), float))[::-1]

    @cached_property
    def _homes(self) -> NDArray[np.intp]:
        return pd.factorize(self.cases.get("household", self.cases.index))[0]

    @cached_property
    def kinds(self) -> tuple[Array, NDArray[np.intp]]:
        """The largest weight of each case, and the first case of each kind. The weights of the cases of a kind
        have one proportion in all cells, so that their amounts are one unknown of a reader: their sum, each
        times its largest weight."""
        largest = np.maximum(self.weights.max(axis=0), np.finfo(float).tiny)
        return largest, np.unique(np.round(self.weights / largest, 9), axis=1, return_index=True)[1]

    def few_on_a_side(self, cell: CellId, median: float) -> bool:
        """Returns whether fewer than five persons are on a side of the person at the median of a cell."""
        persons = np.where(self.weights[self.cells.index(cell)] > 0, self.cases["persons"], 0)
        sides = (persons[self.each <= median].sum(), persons[self.each >= median].sum())
        return bool(persons.sum() > 0 and min(sides) <= EACH_SIDE)


def _amount(persons: ClassifiedSurvey, name: str, cells: list[CellId]) -> _Amount:
    """Reads the cases who stated an amount. The base of rounding is 1, 2 or 5 times a power of ten, from the
    mean of the first whole population. If this mean is hidden, so is all else of this amount: the base tells
    nothing that is not printed."""
    groups = dict.fromkeys(g for _, key in cells for g, _ in sorted(key))
    populations = list(dict.fromkeys(population for population, _ in cells))
    cases = cases_with_amount(persons, list(groups), populations, stated_number(persons.spec.amounts[name]))
    if persons.replication:  # then nobody knows the sampling units
        cases = cases.drop(columns="psu", errors="ignore")
    each = cases[AMOUNT].to_numpy(float)
    weights = np.array(
        [np.prod([cases[p], *(cases[g] == value for g, value in key)], axis=0) for p, key in cells], float
    )
    w = weights[cells.index(_whole(cells))]
    mean = float(w @ each / w.sum()) if w.any() else 0.0
    return _Amount(cases, each, cells, weights, step_above(max(PART_OF_MEAN * mean, SMALLEST_BASE)))


def _whole(cells: list[CellId]) -> CellId:
    """Returns the first cell of a whole population. Each table of an amount has one."""
    return next(cell for cell in cells if not cell[1])


def _dominated(contributions: Array) -> bool:
    """Returns whether the second largest contributor could estimate the largest to within p%, or whether the
    largest has more than half."""
    first, rest = contributions[0], contributions[2:].sum()
    return bool(rest < P * first or first > LARGEST * contributions.sum())


def _closed(amount: _Amount, means: set[CellId], hidden: set[CellId], key: bytes) -> set[CellId]:
    """Returns the cells that are hidden: those hidden already, the confidential ones, and others that protect
    these. Which others depends on what readers know, and on the key.

    Args:
        amount: the amount.
        means: the cells of which a table asks for the mean.
        hidden: the cells that are hidden already.
        key: the secret key of the survey.
    """
    cells, weights, whole = amount.cells, amount.weights, _whole(amount.cells)
    told = [k for k in range(len(cells)) if weights[k].any()]
    closed = hidden | {cells[k] for k in told if amount.confidential(weights[k])}
    shown = [k for k in told if cells[k] in means - closed]
    for mine in _secret_sums(amount, told) if whole not in closed else ():
        needed = max(2 * P * amount.contributions(mine)[0], amount.base * mine.sum()) * (1 - EXACT)
        while shown:
            width, limiting = _range(amount, mine, shown)
            if width >= needed:
                break
            last = min(limiting, key=lambda k: (not cells[k][1], draw(key, "amount", cells[k])))
            shown.remove(last)
            closed.add(cells[last])
    return set(cells) if whole in closed else closed


def _secret_sums(amount: _Amount, told: list[int]) -> list[Array]:
    """Returns the weights of the sums that are confidential: of cells, and of what is left of a cell without
    another cell that is a part of it."""
    inside = amount.weights > 0
    parts = [(a, b) for a, b in permutations(told, 2) if (inside[a] <= inside[b]).all()]
    sums = [amount.weights[told], *(amount.weights[[b]] * ~inside[a] for a, b in parts)]
    return [mine for mine in np.unique(np.vstack(sums), axis=0) if mine.any() and amount.confidential(mine)]


def _range(amount: _Amount, mine: Array, shown: list[int]) -> tuple[float, list[int]]:
    """Returns the width of the range in which a sum with the weights `mine` must lie, and those of the cells
    `shown` whose printed means limit it. The reader does not know the amounts, which are 0 or more."""
    known = amount.weights[shown]
    if mine[~known.any(axis=0)].any():
        return inf, shown
    persons, half = known.sum(axis=1), 0.5 + EXACT
    printed = nearest(known @ amount.each / persons, amount.base) / amount.base
    (largest, first), limits = amount.kinds, np.r_[persons * (printed + half), persons * (half - printed)]
    of, rows = ((part / largest)[..., first] for part in (mine, np.vstack([known, -known])))
    ends: list[Any] = [linprog(sign * of, A_ub=rows, b_ub=limits, method="highs") for sign in (1, -1)]
    if any(end.status for end in ends):
        return 0.0, shown
    much = np.abs([end.ineqlin.marginals for end in ends]).reshape(4, -1).max(axis=0)
    width = -(ends[0].fun + ends[1].fun) * amount.base
    return width, [k for k, limits_it in zip(shown, much > EXACT, strict=True) if limits_it]
