"""Counts how often a comparison of a category with all others finds a difference where there is none. Prints a
table.

python benchmarks/comparisons_by_chance.py 4000

Each sample has 5 regions of urban and rural strata, 20 sampling points in each, 25 persons in a point, unequal
weights, and six groups with 26 comparisons. Cases depend on the sampling point alone, and the mean of the points
is the same everywhere: no group has another rate. Sectors and status are clustered in points too. The columns:

- named before: all 26 comparisons count in Holm's method, and those with too few cases are not tested
- of these, in titles: with 30 cases in 10 sampling points on both sides
- chosen after: the family has only the comparisons that have enough cases
- largest alone: the largest difference with enough cases, tested as if it were the only one
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from multiprocessing import get_context

import numpy as np
import pandas as pd

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.difference import LEAST_CASES_ALONE, is_testable
from fltoolkit.estimate.measures.family_of_contrasts import against_all_others, holm, p_values

GROUPS = {"sex": 2, "age": 5, "region": 5, "area": 2, "sector": 10, "status": 4}
RULES = ("named before", "of these, in titles", "chosen after", "largest alone")
POINTS, PERSONS, LEVEL = 20, 25, 0.05


def sample(seed: int, rate: float, clustering: float) -> pd.DataFrame:
    """Returns the persons of a sample. `clustering` is the variance of the rates of sampling points, divided by
    the square of their mean."""
    rng = np.random.default_rng(seed)
    region, area, point = (of.ravel() for of in np.indices((5, 2, POINTS)))
    of_point = rng.gamma(1 / clustering, rate * clustering, len(point))
    drawn: dict[str, np.ndarray] = {}
    for name in ("sector", "status"):  # each point has its own mixture
        mixture = rng.dirichlet(np.full(GROUPS[name], 0.8), len(point))
        drawn[name] = np.array([rng.choice(GROUPS[name], PERSONS, p=p) for p in mixture]).ravel()
    n = len(point) * PERSONS
    stratum = np.repeat(region * 2 + area, PERSONS)
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": np.repeat(np.arange(len(point)), PERSONS),
            "weight": np.exp(rng.normal(0, 0.5, n)) * (50 + 30 * stratum),
            "case": rng.random(n) < np.repeat(of_point, PERSONS),
            "sex": rng.integers(0, 2, n),
            "age": rng.choice(5, n, p=[0.12, 0.4, 0.3, 0.1, 0.08]),
            "region": np.repeat(region, PERSONS),
            "area": np.repeat(area, PERSONS),
            **drawn,
        }
    )


def found(case: tuple[int, float, float]) -> list[bool]:
    """Returns, for each of `RULES`, whether a difference was found in a sample."""
    design = fl.SurveyDesign(sample(*case), weight="weight", strata="stratum", psu="psu")
    made = against_all_others(design, "case", list(GROUPS))
    table, tests = made.sides.table, len(made.differences)
    sides = table.iloc[list(made.places)], table.tail(tests)
    counts = [(s["cases"].to_numpy(float), s["psus_with_cases"].to_numpy(float)) for s in sides]
    can = np.logical_and.reduce([is_testable(*both) for both in counts])
    titles = can & np.logical_and.reduce([cases >= LEAST_CASES_ALONE for cases, _ in counts])
    p = np.where(can, np.nan_to_num(p_values(made.differences), nan=1.0), 1.0)
    before = holm(p) < LEVEL
    return [
        bool(before.any()),
        bool((before & titles).any()),
        bool(can.any() and (holm(p[can]) < LEVEL).any()),
        bool(can.any() and p.min() < LEVEL),
    ]


def told(many: int) -> Iterable[str]:
    """Yields the lines of the table."""
    yield f"{'rate, clustering':<18}" + "".join(f"{rule:>22}" for rule in RULES)
    with get_context("spawn").Pool(2) as pool:
        for rate, clustering in ((0.02, 0.5), (0.05, 0.5), (0.02, 2.0)):
            wrong = np.array(
                pool.map(found, [(seed, rate, clustering) for seed in range(many)], chunksize=20)
            )
            share, error = wrong.mean(axis=0), wrong.std(axis=0) / np.sqrt(many)
            numbers = (f"{100 * s:.1f}% (± {100 * e:.1f})" for s, e in zip(share, error, strict=True))
            yield f"{rate}, {clustering:<12}" + "".join(f"{text:>22}" for text in numbers)


if __name__ == "__main__":
    for line in told(int(sys.argv[1])):
        print(line, flush=True)
