"""Attack: the debts of women, whose mean is hidden, are calculated from the printed means of all and of men.

The reader knows who the cases are and what each weighs, and solves a linear programme over the amount of each
case. The range of a confidential sum must be as wide as the p% rule demands on both sides of the largest
contributor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from surveys_of_amounts import survey
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.publish.amounts import amount_decision

SEEDS = range(tries(30, 6))


def members(cases: pd.DataFrame, row: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.logical_and.reduce([cases[g] == row[g] for g in ("sex", "region") if row[g] != "total"] or [
        np.ones(len(cases), dtype=bool)
    ])  # fmt: skip


def ranges(out: fl.Published, cases: pd.DataFrame) -> list[tuple[dict[str, Any], float]]:
    """Returns, for each hidden mean, the width of the range of its weighted sum, from what is printed."""
    rows = out.own_rows(measure="mean", outcome="debt").to_dict("records")
    above, limits = [], []
    for row in (r for r in rows if r["estimate"] == r["estimate"]):
        w = cases["W"].to_numpy(float) * members(cases, row)
        low, high = (w.sum() * (row["estimate"] + side * row["rounding"] / 2) for side in (-1, 1))
        above += [w, -w]
        limits += [high, -low]
    found = []
    for row in (r for r in rows if r["marker"] == "c"):
        of = cases["W"].to_numpy(float) * members(cases, row)
        ends: list[Any] = [
            linprog(sign * of, A_ub=np.array(above) if above else None, b_ub=limits or None)
            for sign in (1, -1)
        ]
        found.append((row, np.inf if any(e.status == 3 for e in ends) else -ends[0].fun - ends[1].fun))
    return found


def narrow(folder: Path, seed: int) -> list[str]:
    """Returns the confidential cells whose sum the reader knows too well, and checks that all of these cells
    are hidden."""
    persons, cases = survey(folder, seed)
    out = fl.publish_run(persons)
    stated = cases[cases["DEBT"] != 99999]
    width = {row["category"]: found for row, found in ranges(out, stated)}
    found = []
    for row in out.own_rows(measure="mean", outcome="debt").to_dict("records"):
        mine = stated[members(stated, row)]
        own = [mine["DEBT"] * mine["W"], mine["DEBT"]]
        of_homes = [x.groupby(mine["HH"]).sum().sort_values(ascending=False).to_numpy() for x in own]
        contributors = mine[mine["DEBT"] > 0]
        few = len(contributors) < 10 or min(contributors[["P", "HH"]].nunique()) < 3
        if few or any(x[2:].sum() < 0.15 * x[0] or x[0] > x.sum() / 2 for x in of_homes):
            assert row["marker"] == "c", row["category"]
            if width[row["category"]] < 2 * 0.15 * of_homes[0][0] * (1 - 1e-6):
                found.append(row["category"])
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_printed_mean_narrows_a_hidden_one_below_its_protection(seed: int, tmp_path: Path) -> None:
    assert narrow(tmp_path, seed) == []


def test_without_complements_hidden_debts_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amount_decision, "_secret_sums", lambda amount, told: [])
    told = []
    for seed in SEEDS:
        (folder := tmp_path / str(seed)).mkdir()
        told += narrow(folder, seed)
    assert told
