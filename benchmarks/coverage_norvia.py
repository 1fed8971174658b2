"""Tests whether 95% intervals contain the true value in 95 of 100 samples. The samples are redrawn from the
population of the Norvia sample.

    python benchmarks/coverage_norvia.py [--redraws 500] [--level 0.95]

The true value is the *reported* prevalence: what the kit would find if everybody had been asked
(fltoolkit/synthetic). An interval can be too low (the true value is above it) or too high. Both errors should
be equally frequent.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import fltoolkit as fl
from fltoolkit import synthetic

SURVEY = Path(__file__).parents[1] / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
DEMANDED = (0.93, 0.97)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--redraws", type=int, default=500)
    parser.add_argument("--level", type=float, default=0.95)
    options = parser.parse_args()
    start = time.perf_counter()
    population = synthetic.make_population()
    status = synthetic.reported_status(population, SURVEY)
    truth = float((status == 1).sum() / population.adults.sum())
    rows = []
    for seed in range(options.redraws):
        design = synthetic.redraw(population, status, seed)
        row = fl.prevalence(design, "case", level=options.level).table.iloc[0]
        rows.append((row["estimate"], row["se"], row["ci_low"], row["ci_high"]))
    estimate, se, low, high = np.array(rows).T
    holds = (low <= truth) & (truth <= high)
    facts = {
        "redraws": f"{options.redraws:,}",
        "reported prevalence": (
            f"{1000 * truth:.3f} per 1,000 (true: {1000 * population.true_prevalence:.3f})"
        ),
        "mean estimate": f"{1000 * estimate.mean():.3f} per 1,000",
        "spread of the estimates": (
            f"{1000 * estimate.std(ddof=1):.3f} per 1,000; mean standard error {1000 * se.mean():.3f}"
        ),
        f"{options.level:.0%} intervals that hold it": f"{holds.mean():.1%}",
        "too low, too high": f"{(high < truth).mean():.1%}, {(low > truth).mean():.1%}",
        "mean width": f"{1000 * (high - low).mean():.3f} per 1,000",
        "seconds": f"{time.perf_counter() - start:.0f}",
    }
    for name, value in facts.items():
        print(f"{name:<30} {value}")
    if options.level == 0.95 and not DEMANDED[0] <= holds.mean() <= DEMANDED[1]:
        print(f"not within the {DEMANDED[0]:.0%} to {DEMANDED[1]:.0%} demanded", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
