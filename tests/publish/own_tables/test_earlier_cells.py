"""Tests which cells a published set has shown, and which it has hidden."""

from __future__ import annotations

import pandas as pd

from fltoolkit.publish.disclosure.confidential_cells import Limits, disclosed_cells
from fltoolkit.publish.own_tables.earlier_cells import EarlierRows, earlier_cells

MEN, WOMEN, WHOLE = frozenset({("sex", "men")}), frozenset({("sex", "women")}), frozenset[tuple[str, str]]()
TABLE = pd.DataFrame(
    {
        "measure": ["total", "total", "prevalence", "total"],
        "outcome": "forced_labour",
        "reference_population": "adults",
    }
)


def test_a_cell_that_any_row_shows_is_shown_and_later_rows_are_not_looked_at() -> None:
    keys = [WHOLE, MEN, MEN, WOMEN]
    cells = earlier_cells(TABLE, keys, [""] * 4, EarlierRows(3, frozenset({1}), frozenset({0})), Limits())
    assert cells["cases"].shown == {("adults", WHOLE), ("adults", MEN)}
    assert cells["cases"].hidden == frozenset()
    assert cells["unresolved"].shown == {("adults", MEN)}
    assert cells["unresolved"].hidden == {("adults", WHOLE)}
    assert cells["now"].shown == frozenset()


def test_a_hidden_cell_that_no_row_lists_is_unlisted() -> None:
    cells = earlier_cells(
        TABLE,
        [WHOLE, MEN, MEN, WOMEN],
        [""] * 4,
        EarlierRows(4, frozenset({1, 2, 3}), unlisted=frozenset({1, 3})),
        Limits(),
    )
    assert (cells["cases"].hidden, cells["cases"].unlisted) == ({("adults", MEN)}, {("adults", WOMEN)})


def test_a_share_tells_the_cell_that_it_distributes() -> None:
    assert disclosed_cells(0, [MEN], [""]) == (MEN,)
    assert disclosed_cells(0, [MEN], ["sex"]) == (MEN, WHOLE)


def test_a_childs_route_in_a_flowchart_is_a_cell_of_cases() -> None:
    table = TABLE.head(2).assign(measure="flowchart")
    route = "worst form of child labour (iv)"
    keys = [frozenset({("step", route)}), frozenset({("step", "no work")})]
    cells = earlier_cells(table, keys, ["step"] * 2, EarlierRows(2), Limits())
    assert cells["cases"].shown == {("adults", frozenset({("route", route)}))}
