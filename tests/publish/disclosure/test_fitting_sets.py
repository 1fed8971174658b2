"""Tests how many sets of persons agree with a printed number: against a count of every set, and against a
reader who looks for the true set."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pytest
from effort import count_calls, peak_bytes
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from subset_sums import sets_with_sum

from fltoolkit.errors import RequestError
from fltoolkit.publish.disclosure import fitting_sets
from fltoolkit.publish.disclosure.fitting_sets import (
    FittingSets,
    PrintedCases,
    count_fitting_sets,
    identifies,
)

Weights = NDArray[np.float64]
BASE = 1000.0
UNIT = BASE / 32


def draw_weights(n: int, cv: float, seed: int) -> Weights:
    spread = np.sqrt(np.log(1 + cv**2))
    return np.round(700 * np.exp(spread * np.random.default_rng(seed).standard_normal(n) - spread**2 / 2), 10)


def print_cases(weights: Weights, cases: int, least: int, most: int | None) -> PrintedCases:
    """The first persons are the cases; their weighted number is rounded to the base."""
    middle = np.rint(weights[:cases].sum() / BASE) * BASE
    return PrintedCases(least, most, middle - BASE / 2, middle + BASE / 2)


def count_each_set(weights: Weights, printed: PrintedCases) -> tuple[int, Any]:
    """Every set of persons, one by one: how many fit, and how many hold each person."""
    found, held = 0, np.zeros(len(weights), dtype=int)
    for size in range(printed.least, min(printed.most or len(weights), len(weights)) + 1):
        sets = np.array(list(combinations(range(len(weights)), size)))
        total = weights[sets].sum(axis=1)
        fits = sets[(total >= printed.low - 1e-9) & (total < printed.high - 1e-9)]
        found, held = found + len(fits), held + np.bincount(fits.ravel(), minlength=len(weights))
    return found, held


def number_of(sets: FittingSets) -> float:
    return float(10**sets.log10_sets)


@pytest.mark.parametrize(
    ("n", "cases", "least", "most"),
    [(9, 2, 1, 4), (12, 5, 5, 14), (16, 5, 5, 8), (16, 11, 5, 14), (16, 6, 6, 6)],
)
@pytest.mark.parametrize("cv", [0.3, 1.0, 3.0])
def test_weights_on_the_grid_give_the_exact_number_of_sets(
    n: int, cases: int, least: int, most: int, cv: float
) -> None:
    weights = np.maximum(np.rint(draw_weights(n, cv, n + cases) / UNIT), 1) * UNIT
    printed = print_cases(weights, cases, least, most)
    found, held = count_each_set(weights, printed)
    sets = count_fitting_sets(weights, printed)
    assert_allclose(number_of(sets), found, rtol=1e-9)
    assert_allclose(sets.share, held.max() / found, rtol=1e-9)


@pytest.mark.parametrize("cv", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_odd_weights_give_nearly_the_number_of_sets(cv: float, seed: int) -> None:
    """What the grid costs: a few in a hundred of the sets, one or two in a hundred of the share."""
    weights = draw_weights(16, cv, seed) * 1.03
    printed = print_cases(weights, 5, 5, 14)
    found, held = count_each_set(weights, printed)
    sets = count_fitting_sets(weights, printed)
    assert_allclose(number_of(sets), found, rtol=0.1)
    assert_allclose(sets.share, held.max() / found, atol=0.025)


def test_equal_weights_leave_every_person_the_same_share() -> None:
    sets = count_fitting_sets(np.full(40, 750.0), PrintedCases(5, 14, 7500, 8250))
    assert_allclose(sets.share, 10 / 40)
    assert_allclose(number_of(sets), 847_660_528)  # 40 over 10


def test_many_equal_weights_off_the_grid_do_not_all_err_to_one_side() -> None:
    """Only 40 persons of 700 make 27,500 to 28,500; each rounded alone, 41 of them would too."""
    sets = count_fitting_sets(np.full(200, 700.0), PrintedCases(30, 49, 27_500, 28_500))
    assert_allclose(sets.share, 40 / 200, atol=0.015)
    assert_allclose(sets.log10_sets, np.log10(float(comb(200, 40))), atol=0.05)


def test_a_person_with_most_of_the_number_is_found() -> None:
    weights = np.append(draw_weights(80, 0.3, 1), 40_000.0)
    printed = PrintedCases(5, 14, 43_500, 44_500)
    assert count_fitting_sets(weights, printed).share == pytest.approx(1)
    assert identifies(count_fitting_sets(weights, printed))
    assert not identifies(count_fitting_sets(weights[:-1], PrintedCases(5, 14, 3500, 4500)))


def test_a_person_in_about_half_of_the_sets_is_named() -> None:
    assert not identifies(FittingSets(0.45, 3.0))
    assert identifies(
        FittingSets(0.46, 3.0)
    )  # less than a half: limits of intervals narrow the sets a little


def test_cases_that_are_most_of_the_cell_are_named_by_their_class() -> None:
    assert identifies(count_fitting_sets(draw_weights(40, 0.3, 2), PrintedCases(30, 49, 21_500, 22_500)))


def test_where_no_set_fits_the_cell_is_not_taken_for_safe() -> None:
    weights = np.full(20, 700.0)
    for printed in (
        PrintedCases(5, 14, 99_500, 100_500),
        PrintedCases(5, 14, 3600, 4100),
        PrintedCases(25, 30, 13_500, 14_500),
    ):
        assert count_fitting_sets(weights, printed) == FittingSets(1.0, -np.inf)
        assert identifies(count_fitting_sets(weights, printed))


@pytest.mark.parametrize(
    ("n", "cases", "least", "most", "times"),
    [(60, 40, 30, 49, 1), (260, 15, 15, 29, 1), (1000, 40, 30, 49, 1), (80, 20, 15, 29, 10)],
)
def test_a_coarser_grid_hardly_changes_the_share(
    monkeypatch: pytest.MonkeyPatch, n: int, cases: int, least: int, most: int, times: int
) -> None:
    """`times`: weights of ten times the base, as in a region where few were asked."""
    weights = draw_weights(n, 0.6, n) * times
    printed = print_cases(weights, cases, least, most)
    coarse = count_fitting_sets(weights, printed)
    monkeypatch.setattr(fitting_sets, "MOST_CELLS", 10**8)
    fine = count_fitting_sets(weights, printed)
    assert coarse != fine
    assert_allclose(coarse.share, fine.share, atol=0.02)
    assert_allclose(coarse.log10_sets, fine.log10_sets, atol=0.1)


@pytest.mark.parametrize("cv", [0.3, 0.6])
def test_a_class_without_an_upper_limit_is_counted_nearly(monkeypatch: pytest.MonkeyPatch, cv: float) -> None:
    """The saddle point against the product with all sizes, on the finest grid."""
    monkeypatch.setattr(fitting_sets, "MOST_CELLS", 10**8)
    weights = draw_weights(120, cv, 5)
    near, exact = (count_fitting_sets(weights, print_cases(weights, 55, 50, most)) for most in (None, 120))
    assert_allclose(near.share, exact.share, atol=0.02)
    assert_allclose(near.log10_sets, exact.log10_sets, atol=0.1)


@pytest.mark.parametrize(("least", "cases"), [(30, 49), (5, 14)])
def test_a_large_cell_is_counted_with_little_effort(least: int, cases: int) -> None:
    weights = draw_weights(5000, 0.6, 3)
    printed = print_cases(weights, cases, least, cases)
    assert count_calls(lambda: count_fitting_sets(weights, printed)) < 20_000
    assert peak_bytes(lambda: count_fitting_sets(weights, printed)) < 10_000_000
    assert not identifies(count_fitting_sets(weights, printed))


@pytest.mark.parametrize(
    ("weights", "printed"),
    [
        ([], PrintedCases(1, 2, 0, 1)),
        ([1.0, 0.0], PrintedCases(1, 2, 0, 1)),
        ([1.0, np.nan], PrintedCases(1, 2, 0, 1)),
        ([1.0], PrintedCases(1, 2, 1, 1)),
        ([1.0], PrintedCases(3, 2, 0, 1)),
        ([1.0], PrintedCases(0, 2, 0, 1)),
    ],
)
def test_what_cannot_be_counted_is_refused(weights: list[float], printed: PrintedCases) -> None:
    with pytest.raises(RequestError):
        count_fitting_sets(weights, printed)


# ------------------------------------------------------------------------------------------------------------


def test_all_digits_name_six_cases_of_126_and_the_printed_base_does_not() -> None:
    """Weights have ten decimals, as many public-use files do. Counted in whole numbers, so that no sum is
    rounded."""
    weights = draw_weights(126, 0.6, 21)
    cases = np.sort(np.random.default_rng(21).choice(126, 6, replace=False))
    whole = np.rint(weights * 1e10).astype(np.int64)
    target = int(whole[cases].sum())
    assert sets_with_sum(whole, 6, target, target + 1) == {tuple(cases.tolist())}
    middle = np.rint(weights[cases].sum() / BASE) * BASE
    sets = count_fitting_sets(weights, PrintedCases(5, 14, middle - BASE / 2, middle + BASE / 2))
    assert sets.log10_sets > 6
    assert not identifies(sets)


def test_the_reader_finds_every_set_and_no_other() -> None:
    """The search itself, against one that tries every set of six."""
    whole = np.arange(1, 17, dtype=np.int64) ** 2
    found = {c for c in combinations(range(16), 6) if 400 <= whole[list(c)].sum() < 404}
    assert len(found) > 10
    assert sets_with_sum(whole, 6, 400, 404) == found
