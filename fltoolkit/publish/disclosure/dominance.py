"""Finds cells whose numbers reveal one household, one sampling unit or one person.

A household or unit with more than half of a cell's weighted cases can estimate the rest. Many sets of persons
fit the printed numbers. A person is at risk if about half of these sets, or more, contain this person.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fltoolkit.estimate.totals.person_patterns import UNITS, PersonPatterns
from fltoolkit.publish.disclosure.confidential_cells import Cell, CellId
from fltoolkit.publish.disclosure.fitting_sets import PrintedCases, count_fitting_sets, identifies
from fltoolkit.publish.disclosure.survey_system import margins_of_cell
from fltoolkit.publish.printed_numbers import class_limits

OVER_HALF = "one household or sampling unit holds over half of the weighted cases"
POINTS = "what is printed points to one person"
FEW = 50  # cases: from this number on, the class of the cases has no upper limit
MANY = 20_000  # persons


def dominated(patterns: PersonPatterns, cell: CellId) -> bool:
    """Returns whether one household or one sampling unit has more than half of the weighted cases of a
    cell."""
    population, key = cell
    inside = patterns.case_homes[population] > 0
    for group, value in key:
        inside &= patterns.case_homes[group] == value
    mine = patterns.case_homes[inside]
    whole = float(mine[population].sum())
    return whole > 0 and any(_largest(mine, unit, population) > whole / 2 for unit in UNITS if unit in mine)


def _largest(cases: pd.DataFrame, unit: str, population: str) -> float:
    """Returns the largest weighted number of cases in one household or in one sampling unit.

    Args:
        cases: rows of cases by household and sampling unit, with the sum of weights for each population.
        unit: the column that identifies households or sampling units.
        population: the column of weights.
    """
    return float(cases.groupby(unit)[population].sum().max())


def identifying_cells(
    patterns: PersonPatterns, cells: Mapping[CellId, Cell], rounding_base: float
) -> list[CellId]:
    """Returns the cells whose printed numbers reveal one person: about half of the sets of persons that fit
    the numbers, or more, contain this person.

    The assumed reader knows the weight of everybody in the cell. Cells with 50 cases or more, and cells with
    more than 20,000 persons, are not tested: no single person stands out there, except by dominance (see
    `dominated`).

    Args:
        patterns: the survey's kinds of persons.
        cells: the counts of the cells. All are cells of groups that everybody has.
        rounding_base: weighted numbers are rounded to multiples of this number.
    """
    asked = [c for c, cell in cells.items() if 0 < cell.cases < FEW]
    found = []
    for cell, kinds in zip(asked, patterns.holds(asked), strict=True):
        weights = patterns.weights_of(cell[0], kinds.tocoo().coords[-1])
        if len(weights) <= MANY and identifies(
            count_fitting_sets(weights, _printed(cell, cells[cell], rounding_base))
        ):
            found.append(cell)
    return found


def _printed(cell: CellId, counts: Cell, rounding_base: float) -> PrintedCases:
    """Returns the printed numbers of a cell's cases: the class of their number, such as 5–14, and the
    interval of the rounded weighted number. For a headline (the number of a whole population), the number of
    cases itself is printed."""
    below, above = margins_of_cell(cell, counts, rounding_base)
    least, most = class_limits(counts.cases) if cell[1] else (counts.cases, counts.cases)
    weighted = counts.weighted or 0.0
    return PrintedCases(least, most, weighted - below, weighted + above)
