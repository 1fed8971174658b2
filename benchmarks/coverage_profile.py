"""Simulates how often the interval of a share of few cases contains the true share, among all samples and
among the samples whose share is published.

    python benchmarks/coverage_profile.py [--samples 10000] [--seed 1]     # writes docs/coverage_profile.csv

The simulation draws no single persons. A sample is the number of cases, and of cases with the characteristic,
by PSU and weight class. The number of cases of a PSU varies from sample to sample. The variance and the
intervals are calculated by the functions of the package, with one column per sample.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from coverage_simulation import CLASSES, LEVEL, SHARES

from fltoolkit.estimate.measures.intervals import (
    DEFAULT,
    Confidence,
    EstimatedProportion,
    ProportionInterval,
    proportion,
)
from fltoolkit.estimate.variance import Array, Stage, Units
from fltoolkit.publish.disclosure.confidential_cells import Limits

BASES, TRUTHS, ICC, DESIGNS = (30, 50, 100), (0.5, 0.8, 0.9, 0.98), (0.0, 0.1), ((60, 12), (200, 20))
SPREAD = 2.0  # shape of the gamma by which the cases of PSUs vary: some PSUs have many
LEAST = 30  # cases in the base of what is published
BLOCK = 2_000
OUT = Path(__file__).parents[1] / "docs" / "coverage_profile.csv"


@dataclass(frozen=True)
class Cell:
    """One design of the simulation: the expected number of cases, PSUs, strata, the true share, and the
    intraclass correlation (how similar the cases of a PSU are)."""

    cases: int
    psus: int
    strata: int
    share: float
    icc: float


@dataclass(frozen=True)
class Samples:
    """Arrays with one number per sample: the estimated share, its standard error, and the numbers that
    intervals and publication rules need."""

    estimate: Array
    se: Array
    n: Array
    df: Array
    kish: Array
    having: Array
    psus_with: Array
    psus_without: Array


def draw(cell: Cell, samples: int, rng: np.random.Generator) -> Samples:
    """Returns samples of a cell, with the results that `fl.profile` gives for each."""
    code = np.repeat(np.arange(cell.strata), cell.psus // cell.strata)
    each = np.bincount(code).astype(float)
    labels = np.arange(cell.psus).astype(object)
    units = Units(
        code.astype(object),
        labels,
        np.arange(cell.psus),
        Stage(code, each, 0 * each, np.ones(cell.strata), "fail"),
        None,
    )
    shape = (cell.psus, samples)
    expected = cell.cases / cell.psus * rng.gamma(SPREAD, 1 / SPREAD, size=shape)
    spread = 1 / cell.icc - 1 if cell.icc else np.inf
    p = (
        rng.beta(cell.share * spread, (1 - cell.share) * spread, size=shape)
        if cell.icc
        else np.full(shape, cell.share)
    )
    base = [rng.poisson(expected * part) for part in SHARES]
    having = [rng.binomial(cases, p) for cases in base]
    x, y, ww = (
        sum((w**k * c for w, c in zip(CLASSES, of, strict=True)), np.zeros(shape))
        for k, of in ((1, base), (1, having), (2, base))
    )
    n, yes = sum(base, np.zeros(shape)), sum(having, np.zeros(shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = y.sum(axis=0) / x.sum(axis=0)
        kish = n.sum(axis=0) * ww.sum(axis=0) / x.sum(axis=0) ** 2
    z = units.influence(y, x, rate)
    se = np.sqrt(units.variances(np.nan_to_num(np.asarray(z))))
    return Samples(
        rate,
        se,
        n.sum(axis=0),
        units.degrees_of_freedom(x).astype(float),
        kish,
        yes.sum(axis=0),
        (yes > 0).sum(axis=0).astype(float),
        (n > yes).sum(axis=0).astype(float),
    )


def held(cell: Cell, s: Samples) -> Iterator[dict[str, object]]:
    """Yields one row per method: how often its interval contains the true share, among the samples with
    enough cases, and among those whose share is published."""
    least = Limits()
    enough = s.n >= LEAST
    shown = enough & (s.having >= least.cases) & (s.n - s.having >= least.cases)
    shown &= (s.psus_with >= least.psus) & (s.psus_without >= least.psus)
    fewest = np.minimum(s.psus_with, s.psus_without)
    methods: dict[str, tuple[ProportionInterval, Array]] = {
        "both sides": (DEFAULT, fewest),
        "cases alone": (DEFAULT, s.psus_with),
        "design": ("korn_graubard", fewest),
    }
    for name, (method, psus) in methods.items():
        estimated = EstimatedProportion(s.estimate, s.se, s.n, s.df, s.kish, psus)
        low, high = proportion(estimated, Confidence(method, LEVEL))
        holds = (low <= cell.share) & (cell.share <= high)
        yield {
            "cases": cell.cases,
            "psus": cell.psus,
            "share": cell.share,
            "icc": cell.icc,
            "degrees_of_freedom": name,
            "samples": int(enough.sum()),
            "coverage": holds[enough].mean(),
            "too_low": (high < cell.share)[enough].mean(),
            "too_high": (low > cell.share)[enough].mean(),
            "width": (high - low)[enough].mean(),
            "published": shown[enough].mean(),
            "coverage_published": holds[shown].mean() if shown.sum() >= LEAST else np.nan,
        }


def rows(cell: Cell, samples: int, seed: np.random.SeedSequence) -> list[dict[str, object]]:
    """Returns the rows of one cell. Samples are drawn until `samples` of them have enough cases."""
    rng, parts, found = np.random.default_rng(seed), list[Samples](), 0
    while found < samples:
        parts.append(draw(cell, BLOCK, rng))
        found += int((parts[-1].n >= LEAST).sum())
    names = Samples.__dataclass_fields__
    return list(
        held(cell, Samples(*(np.concatenate([getattr(part, name) for part in parts]) for name in names)))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cells = [Cell(n, *design, share, icc) for n, design, share, icc in product(BASES, DESIGNS, TRUTHS, ICC)]
    seeds = np.random.SeedSequence(asked.seed).spawn(len(cells))
    made = [row for cell, seed in zip(cells, seeds, strict=True) for row in rows(cell, asked.samples, seed)]
    pd.DataFrame(made).assign(seed=asked.seed).to_csv(
        OUT, index=False, float_format="%.4f", lineterminator="\n"
    )


if __name__ == "__main__":
    main()
