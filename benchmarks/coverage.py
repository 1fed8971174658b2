"""Tests whether 95% intervals contain the true value in 95 of 100 samples, and how often the kit reports a
change where nothing changed.

    python benchmarks/coverage.py [--samples 20000] [--seed 1]

Draws samples of populations with a known prevalence (coverage_simulation.py), and pairs of rounds without a
change (coverage_change.py). Writes docs/coverage.csv and docs/coverage_change.csv, one cell of the design
after the other. Cells that these files already have, with the same seed and number of samples, are not drawn
again. Then writes docs/coverage_short.csv, fills the tables of docs/coverage.md, and prints whether each
requirement is met. The exit code is 1 if one is not met.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd
from coverage_change import PAIRS, Pair, changes
from coverage_picture import draw_picture
from coverage_report import acceptance, fill_tables, short_cells
from coverage_simulation import GRID, LEVEL, TILTED, Cell, coverage, draw

from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion, proportion

DOCS = Path(__file__).parents[1] / "docs"


class Named(Protocol):
    @property
    def name(self) -> str: ...


Drawn = TypeVar("Drawn", bound=Named)
Rows = list[dict[str, object]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=20_000, help="a cell, and a round of a pair")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--docs", type=Path, default=DOCS, help="where the results are written; docs/ by default"
    )
    options = parser.parse_args()

    def of_cell(cell: Cell, rng: np.random.Generator) -> Rows:
        return coverage(cell, draw(cell, options.samples, rng))

    def of_pair(pair: Pair, rng: np.random.Generator) -> Rows:
        return changes(pair, options.samples, rng)

    cells = run(options.docs / "coverage.csv", (*GRID, *TILTED), of_cell, options.samples, options.seed)
    pairs = run(options.docs / "coverage_change.csv", PAIRS, of_pair, options.samples, options.seed + 1)
    for line in (*(lines := acceptance(cells, pairs)), *check_value(options.samples, options.seed)):
        print(line)
    short_cells(cells).to_csv(options.docs / "coverage_short.csv", index=False, float_format="%.5g")
    fill_tables(options.docs / "coverage.md", cells)
    draw_picture(options.docs / "coverage.png", cells)
    return int(any(line.startswith("fails") for line in lines))


def check_value(samples: int, seed: int) -> list[str]:
    """Checks a value that docs/coverage.md gives under *A known value*: with p = 0.1%, 12 PSUs, icc 0.1 and
    equal weights, the interval of NCHS for zero cases covers 33% and n/deff 99.8%."""
    lines, cell = [], Cell(0.001, 12, 400, 0.1)
    for persons in (100, 400, 500):
        rng, spread = np.random.default_rng([seed, persons]), 1 / cell.icc - 1
        cases = rng.binomial(persons, rng.beta(cell.p * spread, (1 - cell.p) * spread, (12, samples)))
        p, se = cases.mean(axis=0) / persons, cases.std(axis=0, ddof=1) / persons / np.sqrt(12)
        deff = 1 + (persons - 1) * cell.icc
        held = []
        for method, at_zero in (("korn_graubard_nchs", 1.0), ("korn_graubard", deff)):
            estimated = EstimatedProportion(p, se, 12 * persons, 11, at_zero)
            low, high = proportion(estimated, Confidence(method, LEVEL))  # type: ignore[arg-type]
            held.append(((low <= cell.p) & (high >= cell.p)).mean())
        none = (cases.sum(axis=0) == 0).mean()
        lines.append(
            f"check: 12 × {persons} persons: no case {none:.1%}; NCHS {held[0]:.1%}, n/deff (deff "
            f"{deff:.1f}) {held[1]:.1%}"
        )
    return lines


def run(
    path: Path,
    cells: Sequence[Drawn],
    rows_of: Callable[[Drawn, np.random.Generator], Rows],
    samples: int,
    seed: int,
) -> pd.DataFrame:
    """Returns the rows of every cell. Rows that the file does not have are drawn and appended to it. Each
    cell has its own random numbers."""
    start, kept = time.perf_counter(), pd.DataFrame()
    if path.exists():
        kept = pd.read_csv(path)
        kept = kept[
            (kept["samples"] == samples) & (kept["seed"] == seed) & kept["cell"].isin([c.name for c in cells])
        ]
    done = set(kept["cell"]) if len(kept) else set()
    kept.to_csv(
        path, index=False, float_format="%.5g", header=bool(done), lineterminator="\n" if done else ""
    )
    for i, cell in enumerate(cells):
        if cell.name in done:
            continue
        rows = pd.DataFrame(rows_of(cell, np.random.default_rng([seed, i]))).assign(
            samples=samples, seed=seed
        )
        rows.to_csv(path, mode="a", header=not done, index=False, float_format="%.5g")
        done.add(cell.name)
        print(
            f"{path.name}: {i + 1} of {len(cells)}, {time.perf_counter() - start:.0f} s: {cell.name}",
            flush=True,
        )
    return pd.read_csv(path)


if __name__ == "__main__":
    sys.exit(main())
