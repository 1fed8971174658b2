"""What a new table must respect when it is added to a published set: cells that are already shown, and cells that are already
hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.publish.disclosure.cell_counts import CellId, Key
from fltoolkit.publish.measure_units import PROFILES

UNRESOLVED_OF = {"cases": "unresolved", "now": "now_unresolved"}


@dataclass(frozen=True)
class EarlierRows:
    """The decision which of the first rows of a table are hidden. It was made before, when these rows were published, and does
    not change.

    Attributes:
        rows: the number of these rows; their labels in the table are smaller than this number.
        hidden, unresolved_hidden: as in `Decision`: rows that are hidden, and rows in which only the unresolved count is hidden.
        close: cells that would reveal few persons beside a table of another outcome, each with the reason.
    """

    rows: int = 0
    hidden: frozenset[int] = frozenset()
    unresolved_hidden: frozenset[int] = frozenset()
    close: Mapping[CellId, str] = field(default_factory=dict)


NO_EARLIER = EarlierRows()


@dataclass(frozen=True)
class EarlierCells:
    """The cells of one outcome (such as forced labour) that earlier tables showed, and the cells that they hid."""

    shown: frozenset[CellId]
    hidden: frozenset[CellId]


def earlier_cells(table: pd.DataFrame, keys: list[Key], of: list[str], earlier: EarlierRows) -> dict[str, EarlierCells]:
    """Returns, by outcome (by what is counted), which cells were shown or hidden in rows that were published before. A cell
    counts as shown if any row shows it.
    """
    shown, every = defaultdict[str, set[CellId]](set), defaultdict[str, set[CellId]](set)
    before = table[table.index < earlier.rows]
    facts = zip(before.index, before["reference_population"].astype(str), before["measure"], before["outcome"], strict=True)
    for i, population, measure, outcome_of in facts:
        if measure == "flowchart":
            step = dict(keys[i]).get("step", "")
            of_row = {"cases": [frozenset({("route", step)})] if step in ROUTES.values() else []}
        else:
            outcome = "now" if outcome_of == NOW_COLUMN else "cases"
            # The unresolved part of a profile counts cases; it is not a count of unresolved persons.
            of_row = {
                outcome: list(disclosed_cells(i, keys, of)),
                UNRESOLVED_OF[outcome]: [] if measure in PROFILES else [keys[i]],
            }
        for outcome, disclosed in of_row.items():
            cells = {(population, key) for key in disclosed}
            is_hidden = i in earlier.hidden or (outcome in UNRESOLVED_OF.values() and i in earlier.unresolved_hidden)
            every[outcome] |= cells
            shown[outcome] |= set() if is_hidden else cells
    outcomes = (*UNRESOLVED_OF, *UNRESOLVED_OF.values())
    return {o: EarlierCells(frozenset(shown[o]), frozenset(every[o] - shown[o])) for o in outcomes}


def disclosed_cells(i: int, keys: list[Key], of: list[str]) -> tuple[Key, ...]:
    """Returns the cells whose number of cases a published row reveals. Each row reveals its own cell. A row of a share also
    reveals the cell of which it is a share.
    """
    return (keys[i], frozenset((g, v) for g, v in keys[i] if g != of[i])) if of[i] else (keys[i],)
