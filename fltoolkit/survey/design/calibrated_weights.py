"""Defines the result of a calibration of weights: the known numbers of persons, and the factor by which each
weight is multiplied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fltoolkit.survey.spec.benchmarks import Margin, Method
from fltoolkit.survey.spec.groups_and_tables import crossed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

METHOD_WORDS: dict[Method, str] = {
    "poststratify": "post-stratified to",
    "rake": "raked to",
    "greg": "calibrated (linear GREG) to",
}
PERSONS, BEFORE, G = (
    "fl__n",
    "fl__w",
    "fl__g",
)  # added to the columns of the margins, which never have these names
USUAL = (0.3, 3.0)  # the usual range of g, docs/methods.md §2


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of calibrating weights to benchmarks (known numbers of persons). Each weight is multiplied
    by a factor g. All persons with the same combination of categories (a pattern), such as men in the north,
    have the same factor.

    Attributes:
        method: `poststratify`, `rake` or `greg` (linear).
        margins: the benchmarks. A margin is one column, or several crossed columns, with the number of
            persons in each category.
        keys: the columns of all margins.
        patterns: one row per pattern in the sample, with the `keys`, `fl__n` (number of persons with a
            weight), `fl__w` (sum of their weights before calibration) and `fl__g` (the factor). With
            replicate weights there are also `fl__w0`, `fl__g0` for the first replicate, and so on.
        category: an array with one row per pattern and one column per margin. It contains the position of the
            pattern's category in `totals` of the margin.
        weights: the internal weight columns that are calibrated.
        domain: the internal column that marks the calibrated population. None: everybody is calibrated.
        population: the name of the calibrated population. It is empty if everybody is calibrated.
        normalised: whether the weights were normalised before. Then a factor counts as large or small beside
            the mean factor, which makes persons of the population of them.
    """

    method: Method
    margins: tuple[Margin, ...]
    keys: tuple[str, ...]
    patterns: pd.DataFrame
    category: NDArray[np.intp]
    weights: tuple[str, ...]
    domain: str | None
    population: str
    normalised: bool = False

    @property
    def range(self) -> tuple[float, float]:
        """Returns the smallest and the largest factor g by which the calibration multiplies a weight."""
        return float(self.patterns[G].min()), float(self.patterns[G].max())

    def are_numbers_of_persons(self) -> bool:
        """Returns whether the benchmarks add up to at least the persons of the sample; otherwise they are
        shares."""
        return sum(self.margins[0].totals.values()) >= int(self.patterns[PERSONS].sum())

    @property
    def text(self) -> str:
        """Returns the text that is printed with every number, such as `raked to region, sex of adults; g from
        0.81 to 1.32`."""
        low, high = self.range
        of = f" of {self.population}" if self.population else ""
        return (
            f"{METHOD_WORDS[self.method]} {', '.join(m.name for m in self.margins)}{of}; g from "
            f"{low:.2f} to {high:.2f}"
        )

    @property
    def _factors(self) -> pd.Series:
        before, g = self.patterns[BEFORE], self.patterns[G]
        return g * before.sum() / (g * before).sum() if self.normalised else g

    @property
    def outside(self) -> int:
        """Returns the number of persons whose weight was multiplied by less than 0.3 or by more than 3."""
        return int(self.patterns[PERSONS][~self._factors.between(*USUAL)].sum())

    @property
    def warning(self) -> str:
        """Returns a warning, in words, if a weight is multiplied by less than 0.3 or more than 3. Otherwise
        the text is empty."""
        low, high = self._factors.min(), self._factors.max()
        if USUAL[0] <= low and high <= USUAL[1]:
            return ""
        return (
            f"calibration multiplies some weights by less than {USUAL[0]} or more than {USUAL[1]:g} "
            f"(from {low:.2f} to {high:.2f})"
        )

    def report(self) -> pd.DataFrame:
        """Returns a table that compares the benchmarks with the estimates of the sample, and shows the
        factors g by which the weights were multiplied.

        Returns:
            One row per category of each margin, with the columns `margin`, `category`, `persons` (in the
                sample), `population` (the benchmark), `sample_estimate` (the sum of the weights before
                calibration), `ratio` (`population` divided by `sample_estimate`), and the smallest, median
                and largest factor of its persons: `g_min`, `g_median`, `g_max`.
        """
        import numpy as np
        import pandas as pd

        rows = []
        p = self.patterns
        for m, margin in enumerate(self.margins):
            for c, (values, population) in enumerate(margin.totals.items()):
                here = p[self.category[:, m] == c]
                before = float(here[BEFORE].sum())
                rows.append(
                    {
                        "margin": margin.name,
                        "category": crossed(values),
                        "persons": int(here[PERSONS].sum()),
                        "population": population,
                        "sample_estimate": before,
                        "ratio": population / before,
                        "g_min": float(here[G].min()),
                        "g_median": float(np.median(np.repeat(here[G], here[PERSONS]))),
                        "g_max": float(here[G].max()),
                    }
                )
        return pd.DataFrame(rows)
