"""Simulates how often two rounds are reported as different if only the number of unresolved persons
increased, and what the second test costs if it did not.

    python benchmarks/unresolved_rising.py [--samples 20000] [--seed 1]

Draws pairs of independent rounds of 5,000 persons (coverage_simulation.py). Some of the persons who would be
cases do not answer a question and are unresolved, and so are some of the others. Each pair is judged in three
ways: by the first test alone; by both tests (the verdict must also hold if the additional unresolved persons
are counted as cases); and by all rules of the kit (no verdict if bounds are wide). Writes
docs/unresolved_rising.csv.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from coverage_simulation import BLOCK, CLASSES, LEVEL, Cell, Samples, case_counts, limits, make_design
from numpy.typing import NDArray

from fltoolkit.estimate.change_over_time.difference import DECREASED, INCREASED, RoundEstimates, difference
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    needs_second_test,
    unresolved_as_cases,
    wide_bounds,
    without_doubtful_verdicts,
)
from fltoolkit.estimate.variance import Array

DOCS = Path(__file__).parents[1] / "docs"
PSUS, PERSONS = 100, 50
RULES = ("first_test", "both_tests", "all_rules")
Verdicts = NDArray[np.object_]


@dataclass(frozen=True)
class Pair:
    """Two rounds: the prevalence if every answer were known (`p_…`), the share of these cases that is
    unresolved (`open_…`), and the share of all other persons that is unresolved in both rounds (`others`)."""

    p_before: float
    p_after: float
    open_before: float
    open_after: float
    others: float
    icc: float


@dataclass(frozen=True)
class Round:
    """The samples of a round: the estimates that are compared, the share of unresolved persons, and the SE of
    cases and unresolved persons together."""

    side: RoundEstimates
    share: Array
    se_of_sum: Array


NOTHING = [(0.017, 0.017, 0.05, after) for after in (0.05, 0.10, 0.15, 0.25, 0.40)]
FALL = [(0.017, after, 0.05, 0.05) for after in (0.012, 0.010, 0.008, 0.006)]
BOTH = [(0.017, 0.008, 0.05, 0.25)]
PAIRS = [
    Pair(*rates, others, icc)
    for icc in (0.0, 0.02)
    for others in (0.0, 0.002)
    for rates in (*NOTHING, *FALL, *BOTH)
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=20_000, help="pairs of rounds in each row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--docs", type=Path, default=DOCS, help="where the result is written; docs/ by default"
    )
    options = parser.parse_args()
    rows = []
    for i, pair in enumerate(PAIRS):
        rows.append(asdict(pair) | said(pair, options.samples, np.random.default_rng([options.seed, i])))
        print({name: f"{value:.3g}" for name, value in rows[-1].items()}, flush=True)
    table = pd.DataFrame(rows).assign(samples=options.samples, seed=options.seed)
    table.to_csv(
        options.docs / "unresolved_rising.csv", index=False, float_format="%.4g", lineterminator="\n"
    )
    return 0


def said(pair: Pair, samples: int, rng: np.random.Generator) -> dict[str, float]:
    """Returns how often each rule reports `decreased` and `increased`."""
    blocks = [judged(pair, min(BLOCK, samples - start), rng) for start in range(0, samples, BLOCK)]
    found = dict(
        zip(RULES, (np.concatenate(verdicts) for verdicts in zip(*blocks, strict=True)), strict=True)
    )
    return {
        f"{way}_{rule}": float((told == way).mean())
        for way in (DECREASED, INCREASED)
        for rule, told in found.items()
    }


def judged(pair: Pair, samples: int, rng: np.random.Generator) -> tuple[Verdicts, ...]:
    """Returns the verdicts of each of `RULES` on independent pairs of rounds."""
    before = drawn(Cell(pair.p_before, PSUS, PERSONS, pair.icc), pair.open_before, pair.others, samples, rng)
    after = drawn(Cell(pair.p_after, PSUS, PERSONS, pair.icc), pair.open_after, pair.others, samples, rng)
    rows = difference(before.side, after.side, level=LEVEL)
    sums = [unresolved_as_cases(r.side, r.share, r.se_of_sum, LEVEL) for r in (before, after)]
    second = difference(sums[0], sums[1], level=LEVEL)["verdict"].to_numpy()
    again = needs_second_test(rows["verdict"], before.share, after.share) & (second != rows["verdict"])
    one, two = (wide_bounds(np.asarray(r.side.estimate) + r.share, r.side.ci_high) for r in (before, after))
    none = np.zeros(len(rows), dtype=bool)
    both = without_doubtful_verdicts(rows, again.to_numpy(), (none, none))
    return tuple(
        found["verdict"].to_numpy()
        for found in (rows, both, without_doubtful_verdicts(both, none, (one, two)))
    )


def drawn(cell: Cell, open_cases: float, open_others: float, samples: int, rng: np.random.Generator) -> Round:
    """Returns samples of a round of one cell. `open_cases` and `open_others` are the shares of would-be
    cases, and of other persons, that are unresolved."""
    d = make_design(cell)
    would_be = case_counts(cell, samples, rng)
    lost = [rng.binomial(k, open_cases) for k in would_be]
    others = [rng.binomial(d.persons[:, [c]] - k, open_others) for c, k in enumerate(would_be)]
    cases = [k - gone for k, gone in zip(would_be, lost, strict=True)]
    left = [gone + more for gone, more in zip(lost, others, strict=True)]
    y, u = (sum(d.weight[:, [c]] * counts[c] for c in range(len(CLASSES))) for counts in (cases, left))
    x = d.x[:, None]
    p, share = np.asarray(y).sum(axis=0) / d.x.sum(), np.asarray(u).sum(axis=0) / d.x.sum()
    z, z_open = d.units.influence(y, x, p), d.units.influence(u, x, share)
    n_cases, psus = sum(cases).sum(axis=0), (sum(cases) > 0).sum(axis=0).astype(float)
    df = int(d.units.degrees_of_freedom(np.ones((cell.psus, 1)))[0])
    s = Samples(p, np.sqrt(d.units.variances(z)), n_cases, psus, d.n, df, d.kish)
    low, high = limits(cell, s, "korn_graubard_rare")
    size = np.ones(samples)
    side = RoundEstimates(s.estimate, s.se, low, high, df * size, d.n * size, n_cases, psus)
    return Round(side, share, np.sqrt(d.units.variances(z + z_open)))


if __name__ == "__main__":
    sys.exit(main())
