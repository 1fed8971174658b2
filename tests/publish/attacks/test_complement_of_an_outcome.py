"""Attack: the cases of a hidden region are all persons less those who are not cases, whom a table of an outcome
of one's own counts.

Everybody weighs as much as the base of rounding, so that each shown number tells its persons, and everybody
answered. The reader looks by linear programme for the least and the most cases in each cell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from eight_cells import ASKED, CELLS, REGIONS, SEXES, counted, survey
from scipy.optimize import linprog

import fltoolkit as fl
from fltoolkit.publish.own_tables import own_tables

TABLES: list[Any] = ["region", [[], ["sex"]], [["sex", "region"]]]


def told(folder: Path, seed: int) -> list[str]:
    """The few cases of which a reader of all tables learns the number."""
    cases = np.random.default_rng(seed).choice([1, 2, 3, 7, 9, 12, 15], 8)
    persons = fl.outcome(survey(folder, cases.tolist()), "not (involuntary and coercion)", name="free")
    out = fl.publish_run(persons)
    for by in TABLES:
        out = fl.publish(fl.total(persons, "free", by=by), beside=out)
    rows = [r for r in out.table.to_dict("records") if r["measure"] == "total" and not pd.isna(r["estimate"])]
    assert {r["outcome"] for r in rows} == {"forced_labour", "free"}
    shown = [r["estimate"] / r["rounding"] for r in rows]
    free = [r["outcome"] == "free" for r in rows]
    of = np.array([counted(r) for r in rows])
    equal = [ASKED * row.sum() - n if is_free else n for row, n, is_free in zip(of, shown, free, strict=True)]
    found = []
    for inside in [{r} for r in REGIONS] + [{s} for s in SEXES] + [set(c) for c in CELLS]:
        aim = np.array([float(inside <= set(c)) for c in CELLS])
        low, high = (linprog(sign * aim, A_eq=of, b_eq=equal, bounds=(0, ASKED)) for sign in (1, -1))
        if 0 < aim @ cases < 5 and -high.fun - low.fun < 1:
            found.append(f"{sorted(inside)}: {aim @ cases}")
    return found


SEEDS = [
    1,
    *(pytest.param(s, marks=pytest.mark.thorough("a further random survey")) for s in (2, 3, 4, 5, 6)),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_those_who_are_not_cases_do_not_tell_the_cases(seed: int, tmp_path: Path) -> None:
    assert told(tmp_path / "s", seed) == []


def test_they_do_where_the_defence_is_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_tables, "with_told_cells", lambda all_rows, *_: all_rows)
    assert told(tmp_path / "s", 1) != []
