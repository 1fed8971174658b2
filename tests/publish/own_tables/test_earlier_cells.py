"""Which cells a published set has shown, and which it has hidden."""

from __future__ import annotations

import pandas as pd

from fltoolkit.publish.own_tables.earlier_cells import Earlier, tells, told_before

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
    told = told_before(TABLE, keys, [""] * 4, Earlier(3, frozenset({1}), frozenset({0})))
    assert told["cases"].shown == {("adults", WHOLE), ("adults", MEN)}
    assert told["cases"].hidden == frozenset()
    assert told["unresolved"].shown == {("adults", MEN)}
    assert told["unresolved"].hidden == {("adults", WHOLE)}
    assert told["now"].shown == frozenset()


def test_a_share_tells_the_cell_that_it_distributes() -> None:
    assert tells(0, [MEN], [""]) == (MEN,)
    assert tells(0, [MEN], ["sex"]) == (MEN, WHOLE)


def test_a_childs_route_in_a_flowchart_is_a_cell_of_cases() -> None:
    table = TABLE.head(2).assign(measure="flowchart")
    route = "worst form of child labour (iv)"
    keys = [frozenset({("step", route)}), frozenset({("step", "no work")})]
    told = told_before(table, keys, ["step"] * 2, Earlier(2))
    assert told["cases"].shown == {("adults", frozenset({("route", route)}))}
