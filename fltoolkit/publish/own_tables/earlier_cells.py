"""Finds the cells that a published set already shows or hides. A new table that is added to the set must not
change this."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.publish.disclosure.confidential_cells import (
    Cell,
    CellId,
    Key,
    Limits,
    confidential,
    disclosed_cells,
    few_unresolved,
)
from fltoolkit.publish.disclosure.suppression import EarlierCells
from fltoolkit.publish.measure_units import PROFILES

UNRESOLVED_OF = {"cases": "unresolved", "now": "now_unresolved"}


@dataclass(frozen=True)
class EarlierRows:
    """The first rows of a table, which were published before. It is already decided which of these rows are
    hidden, and a new decision does not change it.

    Attributes:
        rows: the number of these rows. Their index labels are smaller than this number.
        hidden: the hidden rows among them.
        unresolved_hidden: the rows in which only the count of unresolved persons is hidden (persons whose
            answers do not decide whether they are cases).
        unlisted: the hidden rows among them that are not listed in any table.
        told: by `cases` and `unresolved`, the cells whose number of such persons rows of other outcomes tell. For
            each cell, its counts under this outcome, and whether it is shown.
        close: by `cases` and `unresolved`, the cells whose number of such persons would reveal a few persons
            together with a table of another outcome, each with the reason.
        has_complement: whether everybody who is not unresolved has either this outcome or one of the others.
    """

    rows: int = 0
    hidden: frozenset[int] = frozenset()
    unresolved_hidden: frozenset[int] = frozenset()
    unlisted: frozenset[int] = frozenset()
    told: Mapping[str, Mapping[CellId, tuple[Cell, bool]]] = field(default_factory=dict)
    close: Mapping[str, Mapping[CellId, str]] = field(default_factory=dict)
    has_complement: bool = False


NO_EARLIER = EarlierRows()


def earlier_cells(
    table: pd.DataFrame, keys: list[Key], share_groups: list[str], earlier: EarlierRows, limits: Limits
) -> dict[str, EarlierCells]:
    """Returns the cells that were shown and the cells that were hidden in rows that were published before. If
    any row shows a cell, the cell counts as shown.

    Args:
        table: the rows; some of the first rows were published before.
        keys: for each row, its group values.
        share_groups: for a share, the group whose categories have the shares, such as sex; empty for other
            measures.
        earlier: the number of rows that were published before, and the hidden rows among them.
        limits: the confidentiality limits. A cell that another outcome's rows show counts as shown, unless it is
            confidential.

    Returns:
        The cells by outcome: `cases`, `now` (cases at the interview), and for the persons whose answers do
            not decide whether they are such cases, `unresolved` and `now_unresolved`.
    """
    shown, every, listed = (defaultdict[str, set[CellId]](set) for _ in range(3))
    before = table[table.index < earlier.rows]
    facts = zip(
        before.index,
        before["reference_population"].astype(str),
        before["measure"],
        before["outcome"],
        strict=True,
    )
    for i, population, measure, outcome_of in facts:
        if measure == "flowchart":
            step = dict(keys[i]).get("step", "")
            of_row = {"cases": [frozenset({("route", step)})] if step in ROUTES.values() else []}
        else:
            outcome = "now" if outcome_of == NOW_COLUMN else "cases"
            # The unresolved part of a profile counts cases; it is not a count of unresolved persons.
            of_row = {
                outcome: list(disclosed_cells(i, keys, share_groups)),
                UNRESOLVED_OF[outcome]: [] if measure in PROFILES else [keys[i]],
            }
        for outcome, disclosed in of_row.items():
            cells = {(population, key) for key in disclosed}
            is_hidden = i in earlier.hidden or (
                outcome in UNRESOLVED_OF.values() and i in earlier.unresolved_hidden
            )
            every[outcome] |= cells
            shown[outcome] |= set() if is_hidden else cells
            listed[outcome] |= set() if i in earlier.unlisted else cells
    for of, told in earlier.told.items():
        is_confidential = few_unresolved if of in UNRESOLVED_OF.values() else confidential
        every[of] |= told.keys()
        listed[of] |= told.keys()
        shown[of] |= {c for c, (cell, there) in told.items() if there and not is_confidential(cell, limits)}
    outcomes = (*UNRESOLVED_OF, *UNRESOLVED_OF.values())
    return {
        o: EarlierCells(frozenset(shown[o]), frozenset(listed[o] - shown[o]), frozenset(every[o] - listed[o]))
        for o in outcomes
    }
