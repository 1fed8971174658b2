"""Cells of which one household or one sampling unit holds over half: it would know, or be known, by what is left."""

from __future__ import annotations

import pandas as pd

from fltoolkit.estimate.totals.person_patterns import UNITS, PersonPatterns
from fltoolkit.publish.disclosure.cell_counts import CellId

OVER_HALF = "one household or sampling unit holds over half of the weighted cases"


def dominated(patterns: PersonPatterns, cell: CellId) -> bool:
    """Whether one household or one sampling unit holds over half of a cell's weighted cases."""
    population, key = cell
    inside = patterns.case_homes[population] > 0
    for group, value in key:
        inside &= patterns.case_homes[group] == value
    mine = patterns.case_homes[inside]
    whole = float(mine[population].sum())
    return whole > 0 and any(_largest(mine, unit, population) > whole / 2 for unit in UNITS if unit in mine)


def _largest(cases: pd.DataFrame, unit: str, population: str) -> float:
    """The most weighted cases of one household or sampling unit."""
    return float(cases.groupby(unit)[population].sum().max())
