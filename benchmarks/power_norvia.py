"""Simulates how often two samples of Norvia, two years apart, find the true decrease.

    python benchmarks/power_norvia.py [--redraws 300]

Both rounds are drawn again, independently. They are compared by a two-sided z-test at 5% on the difference of
the two prevalences, with their design-based standard errors. The decrease is that of the *reported*
prevalence, because a survey cannot see another one (fltoolkit/synthetic).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import norm

import fltoolkit as fl
from fltoolkit import synthetic

SURVEY = (
    Path(__file__).parents[1] / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
)  # one questionnaire for both rounds
DEMANDED = 0.90


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--redraws", type=int, default=300)
    options = parser.parse_args()
    start = time.perf_counter()
    rounds = [synthetic.make_population(), synthetic.make_second_round()]
    status = [synthetic.reported_status(population, SURVEY) for population in rounds]
    truth = [1000 * float((s == 1).sum() / p.adults.sum()) for p, s in zip(rounds, status, strict=True)]
    estimate, se = np.empty((2, options.redraws, 2))
    for seed in range(options.redraws):
        for i in (0, 1):
            design = synthetic.redraw(rounds[i], status[i], 2 * seed + i)
            row = fl.prevalence(design, "case").table.iloc[0]
            estimate[seed, i], se[seed, i] = 1000 * row["estimate"], 1000 * row["se"]
    fall = estimate[:, 0] - estimate[:, 1]
    z = fall / np.hypot(*se.T)
    found = (z > norm.ppf(0.975)).mean()
    facts = {
        "redraws of both rounds": f"{options.redraws:,}",
        "true prevalence": " and ".join(f"{1000 * p.true_prevalence:.2f}" for p in rounds) + " per 1,000",
        "reported prevalence": " and ".join(f"{t:.2f}" for t in truth) + " per 1,000",
        "mean fall found": f"{fall.mean():.2f} per 1,000 (reported by all: {truth[0] - truth[1]:.2f})",
        "mean z, its spread": f"{z.mean():.2f}, {z.std(ddof=1):.2f}",
        "power": f"{found:.1%} (standard error {np.sqrt(found * (1 - found) / options.redraws):.1%})",
        "seconds": f"{time.perf_counter() - start:.0f}",
    }
    for name, value in facts.items():
        print(f"{name:<24} {value}")
    if found < DEMANDED:
        print(f"less than the {DEMANDED:.0%} demanded", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
