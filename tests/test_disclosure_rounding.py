"""Compares the simulation behind docs/disclosure_rounding.csv with a count of every set in a domain of
sixteen persons."""

from __future__ import annotations

import runpy
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

HOUSE = Path(__file__).resolve().parent.parent
ROUNDING = SimpleNamespace(
    **runpy.run_path(str(HOUSE / "benchmarks" / "disclosure_rounding.py"), run_name="rounding")
)


@pytest.fixture(scope="module")
def domain() -> Any:
    return ROUNDING.draw_domain(16, 5, 0.6, np.random.default_rng(2))


@pytest.fixture(scope="module")
def truth(domain: Any) -> Any:
    seen = ROUNDING.see(domain, (np.arange(16) < 5)[None, :])
    return ROUNDING.Truth(5, *(float(v[0]) for v in (seen.number, seen.se, seen.low, seen.high)), 0.5)


def fitting_by_size(domain: Any, printed: Any) -> dict[int, Any]:
    """All sets that fit, by their size."""
    found = {}
    for size in range(printed.sizes[0], printed.sizes[1] + 1):
        sets = np.zeros((len(list(combinations(range(16), size))), 16), dtype=bool)
        for row, persons in enumerate(combinations(range(16), size)):
            sets[row, list(persons)] = True
        found[size] = sets[ROUNDING.inside(ROUNDING.see(domain, sets), printed)]
    return found


@pytest.mark.thorough("a long random walk")
def test_the_random_walk_finds_the_largest_share(
    monkeypatch: pytest.MonkeyPatch, domain: Any, truth: Any
) -> None:
    monkeypatch.setitem(ROUNDING.by_walking.__globals__, "STEPS", 5000)
    printed = ROUNDING.WAYS["base, limits"](truth)
    every = np.concatenate(list(fitting_by_size(domain, printed).values()))
    share = ROUNDING.by_walking(domain, printed, np.random.default_rng(1))
    assert_allclose(share, every.mean(axis=0).max(), atol=0.03)


def test_drawn_sets_give_the_number_that_fit(domain: Any, truth: Any) -> None:
    printed = ROUNDING.WAYS["base, limits"](truth)
    drawn = ROUNDING.Drawn(domain, truth.number, np.random.default_rng(1))
    for size, sets in fitting_by_size(domain, printed).items():
        if len(sets) > 100:
            assert_allclose(drawn.number(size, truth, printed), len(sets), rtol=0.25)


def test_standard_error_and_number_are_those_of_a_plain_loop(domain: Any) -> None:
    cases = [1, 4, 9]
    held = np.zeros((1, 16), dtype=bool)
    held[0, cases] = True
    seen = ROUNDING.see(domain, held)
    units = [sum(domain.weight[i] for i in cases if domain.unit[i] == u) for u in range(ROUNDING.UNITS)]
    assert_allclose(seen.number[0], sum(units))
    assert_allclose(seen.se[0], np.sqrt(ROUNDING.UNITS * np.var(units, ddof=1)))


def test_up_or_down_at_random_is_right_on_average() -> None:
    lots = (np.arange(1000) + 0.5) / 1000
    middles = [sum(ROUNDING.up_or_down(ROUNDING.Truth(5, 3456.0, 1.0, 1.0, 1.0, lot))) / 2 for lot in lots]
    assert_allclose(np.mean(middles), 3456, atol=1)
