"""Attack: how few cases have an item as their only one is worked out of the other items of its side.

Every case has an item of each side of the definition. So the cases without two of three items have the third.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.classify.item_contributions import NAMED
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits

module = import_module("fltoolkit.publish.item_counts")
joint = module._shown
COERCION = {"withheld_wages": "COE", "other_penalty": "OTHER", "abuse_of_vulnerability": "ABUSE"}
FEW = "abuse_of_vulnerability"
CASES = {"withheld_wages": 20, "other_penalty": 10, FEW: 3}  # each has one element of coercion


def contributions(small: Callable[..., Any]) -> pd.DataFrame:
    items = {
        "involuntary": {"very_low_or_no_wages": {"column": "INV"}},
        "coercion": {name: {"column": column} for name, column in COERCION.items()},
    }
    no = dict.fromkeys(COERCION.values(), 2)
    has = [name for name, count in CASES.items() for _ in range(count)]
    people = [("not", {"INV": 1, "WORK": 1, **no, COERCION[name]: 1, "P": i % 40}) for i, name in enumerate(has)]
    people += [("not", {**no, "P": i % 40}) for i in range(200)]
    persons = small(people, items=items)
    out = fl.publish_run(persons)
    return fl.contributions(persons, out, fl.paths(persons, out)[:0]).set_index("item").loc[list(COERCION)]


def least_and_most(table: pd.DataFrame) -> tuple[int, int]:
    """What the other two items leave of the cases with the third alone: all, less those with either of the two.

    Of these as many have both as one item's cases less those who have it alone, at most.
    """
    one, other = (row for name, row in table.iterrows() if name != FEW)
    cases = int(table["cases"].iloc[0])
    yes = [(0, cases) if pd.isna(row["yes"]) else (int(row["yes"]),) * 2 for row in (one, other)]
    both = min(
        high if pd.isna(row["only"]) else high - int(row["only"]) for row, (_, high) in zip((one, other), yes, strict=True)
    )
    return max(0, cases - sum(high for _, high in yes)), min(cases, cases - sum(low for low, _ in yes) + both)


def apart(counts: dict[Key, Cell], groups: list[str], limits: Limits) -> dict[str, dict[str, int]]:
    """The defence switched off: each item by itself."""
    shown: dict[str, dict[str, int]] = {}
    for group in groups:
        shown |= joint({k: c for k, c in counts.items() if {g for g, _ in k} <= {NAMED, group}}, [group], limits)
    return shown


def test_two_items_tell_the_few_with_the_third(small: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """33 cases; 20 with wages withheld and 10 with another penalty, nobody with both: three others."""
    monkeypatch.setattr(module, "_shown", apart)
    table = contributions(small)
    assert table.loc[FEW, ["yes", "only"]].isna().all()
    assert least_and_most(table) == (3, 3)


def test_the_items_of_a_side_are_decided_together(small: Callable[..., Any]) -> None:
    table = contributions(small)
    assert table.loc[FEW, ["yes", "only"]].isna().all()
    low, high = least_and_most(table)
    assert low <= 1
    assert high >= 4
    assert table[["yes", "only"]].notna().any(axis=None)  # something is left
