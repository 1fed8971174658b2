"""What each item contributes to the cases: counted right, and nothing shown from which a few persons could be worked out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import product
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.classify.item_contributions import ONLY, OTHERS, PREFIX, WITHOUT
from fltoolkit.publish.disclosure.cell_counts import Cell, Limits
from fltoolkit.publish.published_set import Published

module = import_module("fltoolkit.publish.item_counts")
Small = Callable[..., fl.Survey]
ITEMS = {
    "involuntary": {"very_low_or_no_wages": {"column": "INV"}, "hazardous_work": {"column": "HAZ"}},
    "coercion": {"withheld_wages": {"column": "COE"}, "debt_bondage": {"column": "DEBT"}},
}


def run(small: Small, *kinds: tuple[int, dict[str, int]], **keys: Any) -> tuple[fl.Survey, Published, pd.DataFrame]:
    """So many cases of each kind, by the items they answered yes to, and 200 others; each in a household and PSU of its own."""
    told = [(own, n) for n, own in kinds]
    answers = [{"INV": 2, "HAZ": 2, "COE": 2, "DEBT": 2, "WORK": 1} | own for own, n in told for _ in range(n)]
    people = [("not", {**own, "P": i % 40}) for i, own in enumerate(answers)]
    people += [("not", {"HAZ": 2, "DEBT": 2, "P": i % 40}) for i in range(200)]
    persons = small(people, items=ITEMS, **keys)
    out = fl.publish_run(persons)
    return persons, out, fl.paths(persons, out)


def found(small: Small, *kinds: tuple[int, dict[str, int]], beside_paths: bool = True) -> dict[str, tuple[Any, Any]]:
    persons, out, paths = run(small, *kinds)
    table = fl.contributions(persons, out, paths if beside_paths else paths[:0])
    return {r["item"]: (r["yes"], r["only"]) for r in table.astype(object).where(table.notna(), None).to_dict("records")}


BOTH, PAY, RISK = {"INV": 1, "HAZ": 1, "COE": 1}, {"INV": 1, "COE": 1}, {"HAZ": 1, "COE": 1}


def test_cases_are_counted_by_what_they_answered(small: Small) -> None:
    table = fl.contributions(*run(small, (12, BOTH), (9, PAY), (7, {**RISK, "DEBT": 1})))
    assert table["side"].tolist() == ["involuntary"] * 2 + ["coercion"] * 2
    assert table["cases"].tolist() == [28] * 4
    assert table.set_index("item")[["yes", "only"]].T.to_dict("list") == {
        "very_low_or_no_wages": [21, 9], "hazardous_work": [19, 7], "withheld_wages": [28, 21], "debt_bondage": [7, 0],
    }  # fmt: skip


def test_a_few_are_not_told_nor_is_what_would_tell_of_them(small: Small) -> None:
    """Three cases have low wages as their only involuntary item: nobody may work out 3, from no column."""
    kinds = ((12, BOTH), (3, PAY), (9, RISK))
    shown = found(small, *kinds, beside_paths=False)
    assert shown["very_low_or_no_wages"] == (15, None)  # of 15, between 0 and 15
    assert shown["hazardous_work"] == (None, 9)  # 21 of 24 would tell of the 3 without it; 9 tells no more than 15 does
    assert found(small, *kinds)["very_low_or_no_wages"] == (None, None)  # the path of 12 is shown: 15 less 12 would tell


def test_the_paths_that_are_shown_leave_no_few_behind(small: Small) -> None:
    """Beside a path of 12, 6 cases are on other paths, 2 of them with a debt: 8 in all would tell of the two."""
    named = {**PAY, "DEBT": 1}
    kinds = ((12, named), (2, {**BOTH, "DEBT": 1}), (4, BOTH))
    persons, out, paths = run(small, *kinds)
    cases = paths[paths["step"] == "forced labour"].set_index("trace")["persons"]
    assert cases["other paths"] == 10  # 6, rounded
    table = fl.contributions(persons, out, paths).set_index("item")
    assert pd.isna(table.loc["debt_bondage", "yes"])
    unseen = fl.contributions(persons, out, paths[:0]).set_index("item")
    assert pd.isna(unseen.loc["debt_bondage", "yes"])  # 4 cases are without one
    more = found(small, (12, named), (2, {**BOTH, "DEBT": 1}), (4, BOTH), (30, RISK))
    assert more["debt_bondage"][0] is None


def test_few_households_or_sampling_points_hide_an_item(small: Small) -> None:
    people = [("not", {"INV": 1, "HAZ": 1, "COE": 1, "DEBT": 2, "P": i % 40}) for i in range(20)]
    people += [("not", {"INV": 1, "HAZ": 2, "COE": 1, "DEBT": 1, "P": i % 2}) for i in range(8)]
    people += [("not", {"HAZ": 2, "DEBT": 2, "P": i % 40}) for i in range(200)]
    persons = small(people, items=ITEMS)
    out = fl.publish_run(persons)
    table = fl.contributions(persons, out, fl.paths(persons, out)[:0]).set_index("item")
    assert pd.isna(table.loc["debt_bondage", "yes"])  # 8 cases at 2 sampling points
    assert table.loc["very_low_or_no_wages", "yes"] == 28


def test_where_the_number_of_cases_is_hidden_nothing_is_told(small: Small) -> None:
    table = fl.contributions(*run(small, (4, BOTH)))
    assert table[["cases", "yes", "only"]].isna().all(axis=None)


@pytest.mark.parametrize(("only", "others", "without"), [k for k in product((0, 2, 6, 20), repeat=3) if sum(k) >= 5])
def test_no_part_of_a_few_can_be_worked_out_from_the_cases_and_the_other_parts(only: int, others: int, without: int) -> None:
    """Whatever the counts of a side with two items: all splits of the cases that agree with what is shown of both are tried."""
    one, other = PREFIX + "x", PREFIX + "y"
    split = [(ONLY, WITHOUT), (OTHERS, OTHERS), (WITHOUT, ONLY)]
    numbers = (only, others, without)
    unnamed, total = (module.NAMED, "no"), sum(numbers)
    counts = {frozenset({unnamed}): Cell(total, total)}
    for (x, y), n in zip(split, numbers, strict=True):
        if n:
            parts = [{(one, x)}, {(other, y)}, {unnamed, (one, x)}, {unnamed, (other, y)}, {unnamed, (one, x), (other, y)}]
            counts |= {frozenset(part): Cell(n, n) for part in parts}
    shown = module._shown(counts, [one, other], Limits())
    ways = [
        way
        for way in product(range(total + 1), repeat=3)
        if sum(way) == total
        and all(
            way[k] == shown[g][p] for g, i in ((one, 0), (other, 1)) for k in range(3) if (p := split[k][i]) in shown.get(g, {})
        )
    ]
    assert numbers in ways
    for k, n in enumerate(numbers):
        if 0 < n < 5:
            assert {way[k] for way in ways} >= {1, 2, 3, 4}


def test_beside_a_profile_of_the_cases_nothing_is_told(small: Small) -> None:
    """A profile hides other numbers of the same items: 28 exact cases less its class would tell."""
    kinds = ((24, BOTH), (9, PAY), (7, {**RISK, "DEBT": 1}))
    alone = fl.contributions(*run(small, *kinds))
    beside = fl.contributions(*run(small, *kinds, tables=[{"measure": "profile"}]))
    assert alone["yes"].notna().all()
    assert beside[["yes", "only"]].isna().all(axis=None)
    assert beside["cases"].tolist() == alone["cases"].tolist()
