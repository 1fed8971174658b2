"""Holds calibrated weights: the margins, and for each pattern of their categories the factor g by which the weight is multiplied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.survey.spec.benchmarks import Margin, Method
from fltoolkit.survey.spec.groups import crossed

WORDS: dict[Method, str] = {"poststratify": "post-stratified to", "rake": "raked to", "greg": "calibrated (linear GREG) to"}
PERSONS, BEFORE, G = "fl__n", "fl__w", "fl__g"  # beside the columns of the margins, of which none can have these names
USUAL = (0.3, 3.0)  # docs/methods.md §2


@dataclass(frozen=True, eq=False)
class Calibration:
    """Weights calibrated to population benchmarks: the weight w of a person with pattern k of the margins is now w·g(k).

    Attributes:
        method: `poststratify`, `rake` or `greg` (linear).
        margins: the benchmarks.
        keys: the columns of all margins.
        patterns: one row a pattern that the sample holds: its values of `keys`, `PERSONS` (with a weight), `BEFORE` (their
            weights before), `G` (the factor); of a design with replicate weights also `BEFORE` and `G` with their number.
        category: patterns × margins, the number of the pattern's category among the margin's.
        weights: the internal weight columns that are calibrated.
        domain: the internal column of the population calibrated, `population` its name; None and "": everybody.
    """

    method: Method
    margins: tuple[Margin, ...]
    keys: tuple[str, ...]
    patterns: pd.DataFrame
    category: NDArray[np.intp]
    weights: tuple[str, ...]
    domain: str | None
    population: str

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest g."""
        return float(self.patterns[G].min()), float(self.patterns[G].max())

    @property
    def text(self) -> str:
        """In words that go with every figure: `raked to region, sex of adults; g from 0.81 to 1.32`."""
        low, high = self.range
        of = f" of {self.population}" if self.population else ""
        return f"{WORDS[self.method]} {', '.join(m.name for m in self.margins)}{of}; g from {low:.2f} to {high:.2f}"

    @property
    def outside(self) -> int:
        """Persons whose g is unusual."""
        return int(self.patterns[PERSONS][~self.patterns[G].between(*USUAL)].sum())

    @property
    def warning(self) -> str:
        """What a reader should know of a wide range of g; empty where it is usual."""
        low, high = self.range
        if USUAL[0] <= low and high <= USUAL[1]:
            return ""
        return f"calibration multiplies some weights by less than {USUAL[0]} or more than {USUAL[1]:g} (from {low:.2f} to {high:.2f})"

    def report(self) -> pd.DataFrame:
        """The benchmarks beside what the sample said, and the g of those concerned.

        Returns:
            One row a category: `margin`, `category`, `persons` (in the sample), `population` (the benchmark), `sample_estimate` (the
            weights before), `ratio` (benchmark over that), `g_min`, `g_median` (of persons), `g_max`.
        """
        rows = []
        p = self.patterns
        for m, margin in enumerate(self.margins):
            for c, (values, population) in enumerate(margin.totals.items()):
                here = p[self.category[:, m] == c]
                before = float(here[BEFORE].sum())
                rows.append({
                    "margin": margin.name, "category": crossed(values), "persons": int(here[PERSONS].sum()), "population": population,
                    "sample_estimate": before, "ratio": population / before, "g_min": float(here[G].min()),
                    "g_median": float(np.median(np.repeat(here[G], here[PERSONS]))), "g_max": float(here[G].max()),
                })  # fmt: skip
        return pd.DataFrame(rows)
