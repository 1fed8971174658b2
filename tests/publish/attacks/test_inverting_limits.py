"""Attack: a standard error that is not printed is calculated from the limits of a Korn–Graubard interval.

Both limits follow from the proportion and the effective sample size n* (Clopper–Pearson), and the standard
error from n*, at known degrees of freedom. With whom a case shares a sampling unit changes the standard
error: a reader who has it knows more than the number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import beta

from fltoolkit.estimate.measures import intervals
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion
from fltoolkit.publish.disclosure.fitting_sets import PrintedCases, count_fitting_sets, identifies

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Printed:
    """A cell as its table has it: weighted cases and their limits, each in an interval; who was asked, and of
    how many."""

    cases: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    population: float
    n: int
    df: int


def standard_errors(printed: Printed, steps: int = 400) -> Floats:
    """All standard errors of the number under which number and limits are as printed, tried one by one on a
    fine grid."""
    number = np.linspace(*printed.cases, 1 if printed.cases[0] == printed.cases[1] else 41)
    sizes = np.geomspace(2, printed.n, steps)
    for _ in range(1 if len(number) > 1 else 4):  # where digits are exact, look closer around the best
        p, n_star = np.meshgrid(number / printed.population, sizes)
        low = printed.population * beta.ppf(0.025, n_star * p, n_star * (1 - p) + 1)
        high = printed.population * beta.ppf(0.975, n_star * p + 1, n_star * (1 - p))
        off = np.maximum(outside(low, printed.low), outside(high, printed.high))
        best = int(off.min(axis=1).argmin())
        sizes = (
            sizes
            if len(number) > 1
            else np.linspace(sizes[max(best - 1, 0)], sizes[min(best + 1, steps - 1)], steps)
        )
    scale = stdtrit(printed.df, 0.975) / stdtrit(printed.n - 1, 0.975)
    n_eff = n_star * scale**2
    errors = printed.population * np.sqrt(p * (1 - p) / n_eff)
    return np.asarray(errors[off <= 0] if (off <= 0).any() else errors[off == off.min()])


def outside(values: Floats, interval: tuple[float, float]) -> Floats:
    return np.maximum(np.maximum(interval[0] - values, values - interval[1]), 0)


# Cells of a survey of mean weight 700: cases, persons asked, coefficient of variation.
CELLS = [(5, 260, 0.55), (8, 260, 0.45), (15, 260, 0.32), (5, 60, 0.5)]
BASE, DF = 1000.0, 38


def made(
    cell: tuple[int, int, float], psus_with_cases: float = np.nan
) -> tuple[float, float, float, float, float]:
    """The weighted number of a cell with its population, standard error and limits, as the package works them
    out."""
    cases, n, cv = cell
    total, population = 700.123 * cases, 700.0 * n
    p = total / population
    estimated = EstimatedProportion(p, p * cv, n, DF, psus_with_cases=psus_with_cases)
    low, high = intervals.proportion(estimated, Confidence("korn_graubard_rare", 0.95))
    return total, population, total * cv, float(low) * population, float(high) * population


def to_the_base(value: float) -> tuple[float, float]:
    middle = np.rint(value / BASE) * BASE
    return middle - BASE / 2, middle + BASE / 2


@pytest.mark.parametrize("cell", CELLS)
def test_all_digits_give_the_standard_error(cell: tuple[int, int, float]) -> None:
    total, population, se, low, high = made(cell)
    found = standard_errors(Printed((total,) * 2, (low,) * 2, (high,) * 2, population, cell[1], DF))
    assert found == pytest.approx(se, rel=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_limits_to_the_base_leave_the_standard_error_a_tenth_wide(cell: tuple[int, int, float]) -> None:
    """11 to 18 in a hundred of it, less than one digit; what that leaves of the sets stands in
    docs/disclosure_rounding.csv."""
    total, population, se, low, high = made(cell)
    found = standard_errors(
        Printed(to_the_base(total), to_the_base(low), to_the_base(high), population, cell[1], DF)
    )
    assert found.min() <= se * 1.01
    assert found.max() >= se * 0.99
    assert (found.max() - found.min()) / se > 0.1


def test_the_default_interval_hides_which_degrees_of_freedom_it_took() -> None:
    """It has those of the sampling units with cases, which are not printed: from 3 units to 5 the standard
    error is another."""
    total, population, se, low, high = made((5, 260, 0.55), psus_with_cases=4)
    found = {
        units: standard_errors(Printed((total,) * 2, (low,) * 2, (high,) * 2, population, 260, units - 1))[0]
        / se
        for units in (3, 4, 5)
    }
    assert found[4] == pytest.approx(1, rel=1e-6)
    assert found[3] < 0.8
    assert found[5] > 1.1


def test_limits_to_the_base_name_who_holds_over_half_where_the_number_alone_does_not() -> None:
    """The standard error is larger than any persons without the heavy one can make it: such a cell is hidden
    for its dominant person."""
    others = np.sort(700 * np.exp(0.8 * np.random.default_rng(7).standard_normal(259) - 0.32))[::-1]
    heavy = 8000.0
    cases = np.append(heavy, others[40:236:14])  # fifteen, most of them lighter than the mean
    total, population = float(cases.sum()), float(others.sum() + heavy)
    assert heavy > total / 2
    se = float(np.sqrt((cases**2).sum()))
    estimated = EstimatedProportion(total / population, se / population, 260, DF, psus_with_cases=14)
    limits = [
        float(limit) * population
        for limit in intervals.proportion(estimated, Confidence("korn_graubard_rare", 0.95))
    ]
    found = standard_errors(
        Printed(to_the_base(total), to_the_base(limits[0]), to_the_base(limits[1]), population, 260, 13)
    )
    low, high = to_the_base(total)
    without = others[
        np.cumsum(others) <= high
    ]  # the heaviest that make up the number give the largest standard error
    assert np.sqrt((without**2).sum() + others[len(without)] ** 2) < found.min()
    sets = count_fitting_sets(np.append(others, heavy), PrintedCases(15, 29, low, high))
    assert not identifies(sets)
