"""Attack: a standard error that one round does not print is calculated from a change.

The variance of a change of two samples is the sum of theirs, and its degrees of freedom (Satterthwaite)
follow from the ratio of the two. A reader who has the later round's standard error takes it off. The standard
errors of shown regions, taken off that of all, then give a hidden region's, where regions are strata.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.publish import published_change

BY = [[], ["g"]]
LATER = {"big": 60, "wide": 50, "middle": 45, "small": 40}
SMALL_HIDDEN = {**LATER, "small": 3}
FEW_IN_WIDE = {**LATER, "wide": 20}


def round_of(start: int, cases: dict[str, int]) -> fl.Estimates:
    """A round of 40 sampling points a region, which is a stratum; every person of a region weighs the
    same."""
    psu = np.random.default_rng(start).integers(0, 40, 400)
    rows = [
        {"w": 1.0, "g": g, "psu": start + 40 * r + psu[i], "y": int(i < count)}
        for r, (g, count) in enumerate(cases.items())
        for i in range(400)
    ]
    return fl.prevalence(fl.SurveyDesign(pd.DataFrame(rows), weight="w", psu="psu", strata="g"), "y", by=BY)


@functools.cache
def rounds(
    earlier: tuple[tuple[str, int], ...],
) -> tuple[fl.Estimates, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The earlier round, what is printed of it, of the later one, and of the change."""
    before, after = round_of(0, dict(earlier)), round_of(1000, LATER)
    first, second = fl.publish(before), fl.publish(after)
    changed = fl.publish_change(fl.change(before, after), first, second)
    return before, *(out.table.set_index("category") for out in (first, second, changed))


def recovered(changed: pd.DataFrame, later: pd.DataFrame, category: str) -> float:
    """The earlier round's standard error: the change's less the later round's."""
    return float(np.sqrt(changed.loc[category, "se"] ** 2 - later.loc[category, "se"] ** 2))


def fitting_errors(df: float, later: float, of_rounds: tuple[float, float]) -> np.ndarray[Any, Any]:
    """Every standard error of the earlier round, tried on a grid, that gives a change's whole degrees of
    freedom."""
    tried = np.geomspace(later / 20, later * 20, 4000)
    v1, v2 = tried**2, later**2
    return np.asarray(tried[np.floor((v1 + v2) ** 2 / (v1**2 / of_rounds[0] + v2**2 / of_rounds[1])) == df])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The defence switched off: a change tells its error whatever its rounds do."""
    monkeypatch.setattr(published_change, "_prints_error", lambda side: True)
    rounds.cache_clear()
    yield
    rounds.cache_clear()


@pytest.mark.parametrize(("earlier", "category"), [(SMALL_HIDDEN, "big"), (FEW_IN_WIDE, "wide")])
@pytest.mark.usefixtures("told")
def test_the_error_of_a_change_gives_one_that_a_round_keeps(earlier: dict[str, int], category: str) -> None:
    """To two digits: of a region beside a hidden one, and of one with 20 cases."""
    before, first, later, changed = rounds(tuple(earlier.items()))
    true = before.table.set_index("g").loc[category, "se"]
    assert np.isnan(first.loc[category, "se"])
    assert recovered(changed, later, category) == pytest.approx(true, rel=0.1)


@pytest.mark.usefixtures("told")
def test_degrees_of_freedom_alone_give_it_too() -> None:
    before, _, later, changed = rounds(tuple(FEW_IN_WIDE.items()))
    true = before.table.set_index("g").loc["wide", "se"]
    found = fitting_errors(
        changed.loc["wide", "df"],
        later.loc["wide", "se"],
        (before.table["df"].iloc[-1], later["df"].iloc[-1]),
    )
    smaller = found[found < later.loc["wide", "se"]]  # fewer cases, less error
    assert smaller.min() <= true * 1.05
    assert smaller.max() >= true * 0.95
    assert smaller.max() / smaller.min() < 1.2


@pytest.mark.parametrize("earlier", [SMALL_HIDDEN, FEW_IN_WIDE])
def test_a_change_tells_no_error_that_a_round_keeps(earlier: dict[str, int]) -> None:
    rounds.cache_clear()
    _, first, later, changed = rounds(tuple(earlier.items()))
    kept = first["se"].isna() | later["se"].isna()
    assert kept.any()
    assert changed.loc[kept[kept].index, ["se", "df"]].isna().all(axis=None)
    assert changed.loc["total", ["se", "df"]].notna().all()  # everybody's is told in both rounds


def test_of_a_hidden_cell_no_number_of_the_change_is_left() -> None:
    """Neither a change, a ratio, a limit, a verdict nor a method: one side is hidden, and each would tell of
    it."""
    rounds.cache_clear()
    _, first, _, changed = rounds(tuple(SMALL_HIDDEN.items()))
    hidden = first.index[first["marker"] == "c"]
    assert set(hidden) > {"small"}
    rows = changed.loc[hidden]
    numbers = [
        c
        for c in rows
        if c.startswith(("estimate", "ci_", "ratio", "relative", "se", "df")) and not c.endswith("_after")
    ]
    assert rows[numbers].isna().all(axis=None)
    assert (rows[["method", "verdict", "verdict_reason", "beyond_zero"]] == "").all(axis=None)
    assert rows["cases_class_before"].eq("").all()
