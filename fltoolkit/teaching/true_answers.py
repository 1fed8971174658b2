"""Calculates the right answers to the exercises, and the results of usual mistakes.

They are calculated from the invented island's people or from a formula, never from what a learner typed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import erf, sqrt

import numpy as np
import pandas as pd

from fltoolkit.teaching.island_population import COAST, INLAND, KILN, TAKE, island
from fltoolkit.teaching.redraw import SENSITIVITY, SPECIFICITY

Z, Z_POWER = 1.959964, 0.841621
P0, N0, DEFF, CUT = 0.02, 4800, 1.5, 0.25  # the plan of lesson 4
REPEAT = 4800  # persons in each round that lesson 4 redraws


@cache
def truth(name: str) -> float:
    """Returns the right answer to an exercise of a lesson, which is always a number. The lesson's YAML gives
    either this number or its name in `TRUTHS`.
    """
    return TRUTHS[name]() if name in TRUTHS else float(name)


def rates() -> dict[str, float]:
    """Returns the true prevalence of forced labour in each stratum of the invented island."""
    sums = island().areas.groupby("stratum")[["adults", "cases"]].sum()
    return {str(s): float(r["cases"] / r["adults"]) for s, r in sums.iterrows()}


def simple_standard_error(n: float, p: float) -> float:
    """Returns the standard error of a prevalence `p` that a simple random sample of `n` persons estimates.
    `p` and the standard error are proportions."""
    return sqrt(p * (1 - p) / n)


def clustered_standard_error(persons: int, areas: pd.DataFrame) -> float:
    """Returns the standard error of the prevalence that a clustered sample of `persons` estimates. Villages
    are drawn with probability proportional to size, and 20 persons are asked in each (Cochran 1977, §11.9).
    """
    size, p = areas["adults"].to_numpy(float), (areas["cases"] / areas["adults"]).to_numpy()
    share, whole = size / size.sum(), areas["cases"].sum() / size.sum()
    within = (1 - TAKE / size) * size / (size - 1) * p * (1 - p) / TAKE
    return sqrt(float((share * ((p - whole) ** 2 + within)).sum()) * TAKE / persons)


def wald_coverage(n: int, p: float) -> float:
    """Returns the probability that the interval p̂ ± 1.96·SE of a sample of n persons contains the true p. It
    is exact: a sum over all possible numbers of cases with their binomial probabilities.
    """
    chance, total = (1 - p) ** n, 0.0
    for k in range(n + 1):
        half = Z * sqrt(k / n * (1 - k / n) / (n - 1))
        total += chance * (abs(k / n - p) <= half)
        chance *= (n - k) / (k + 1) * p / (1 - p)
    return total


def smallest_fall(deff: float = DEFF, z: float = Z + Z_POWER) -> float:
    """Returns the smallest decrease of the prevalence P0 that two rounds of N0 persons each detect, as a
    share of P0. It comes from the equation (p1 − p2)² = c·(p1q1 + p2q2), solved for p2. Here p1 is P0, p2 the
    prevalence after the decrease, q = 1 − p, and c = deff·z²/N0."""
    c = deff * z**2 / N0
    a, b, d = 1 + c, -(2 * P0 + c), P0**2 - c * P0 * (1 - P0)
    return 1 - (-b - sqrt(b**2 - 4 * a * d)) / (2 * a) / P0


def needed_sample_size(deff: float = DEFF, z: float = Z + Z_POWER, p: float = P0) -> float:
    """Returns the number of persons who must be asked in each of two rounds to detect that the prevalence `p`
    has decreased by the share CUT. `deff` is the design effect."""
    q = p * (1 - CUT)
    return deff * z**2 * (p * (1 - p) + q * (1 - q)) / (p - q) ** 2


def chance_of_a_repeat() -> float:
    """Returns the number of repeats of the survey, among 100, that would find the true decrease of lesson 4.
    It is calculated from the exact variances of both surveys."""
    before, after = island(), island().after_a_fall(CUT)
    se = np.hypot(
        clustered_standard_error(REPEAT, before.areas), clustered_standard_error(REPEAT, after.areas)
    )
    return 50 * (1 + erf(((before.truth - after.truth) / se - Z) / sqrt(2)))


def _cases_in_kilns(sex: str) -> float:
    """Returns the number of kiln workers of one sex who are cases, in the sample that lessons 3 and 4 use."""
    persons = island().sample()
    return float(((persons["trade"] == KILN) & (persons["sex"] == sex) & (persons["case"] == 1)).sum())


def true_positives() -> float:
    """Returns the number of persons who are truly in forced labour, among 100 persons whom a survey counts as
    cases. Answers are wrong at the rates of the lesson.
    """
    hits, false = island().truth * SENSITIVITY, (1 - island().truth) * (1 - SPECIFICITY)
    return 100 * hits / (hits + false)


TRUTHS: dict[str, Callable[[], float]] = {
    "expected_cases": lambda: 1200 * island().truth,
    "per_thousand": lambda: 1000 * island().truth,
    "se_simple": lambda: 1000 * simple_standard_error(1200, island().truth),
    "se_even_odds": lambda: 1000 * simple_standard_error(1200, 0.5),
    "variance_simple": lambda: 1000 * simple_standard_error(1200, island().truth) ** 2,
    "deff": lambda: (
        (clustered_standard_error(1200, island().areas) / simple_standard_error(1200, island().truth)) ** 2
    ),
    "deft": lambda: (
        clustered_standard_error(1200, island().areas) / simple_standard_error(1200, island().truth)
    ),
    "unweighted": lambda: 500 * (rates()[COAST] + rates()[INLAND]),
    "true_positives": true_positives,
    "false_positives": lambda: 100 - true_positives(),
    "zero_of_300": lambda: 1000 * (1 - 0.025 ** (1 / 300)),
    "zero_of_300_one_sided": lambda: 1000 * (1 - 0.05 ** (1 / 300)),
    "wald_coverage": lambda: 100 * wald_coverage(150, island().truth),
    "wald_misses": lambda: 100 - truth("wald_coverage"),
    "margin_of_difference": lambda: Z * sqrt(4.0**2 + 3.5**2),
    "margins_added": lambda: Z * (4.0 + 3.5),
    "se_of_difference": lambda: sqrt(4.0**2 + 3.5**2),
    "smallest_fall": lambda: 100 * smallest_fall(),
    "smallest_fall_per_thousand": lambda: 1000 * P0 * smallest_fall(),
    "smallest_fall_deff_1": lambda: 100 * smallest_fall(deff=1.0),
    "smallest_fall_even_chance": lambda: 100 * smallest_fall(z=Z),
    "needed": needed_sample_size,
    "needed_deff_1": lambda: needed_sample_size(deff=1.0),
    "needed_even_chance": lambda: needed_sample_size(z=Z),
    "chance_of_a_repeat": chance_of_a_repeat,
    "repeats_without": lambda: 100 - chance_of_a_repeat(),
    "kiln_women": lambda: _cases_in_kilns("women"),
    "kiln_men": lambda: _cases_in_kilns("men"),
}
