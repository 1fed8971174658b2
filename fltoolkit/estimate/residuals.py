"""What calibration takes out of the influence: its fit on the margins, over the whole sample (STATISTICS.md §5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
ROUNDS = 10  # R's svyrecvar
REDUNDANT = 1e-12


@dataclass(frozen=True)
class Margins:
    """Sampled units split by the pattern of the margins, and how their influence is fitted on these.

    Influence comes by part (a sampled unit × pattern); an outcome's values u are its influence over the calibrated weight.

    - linear calibration and post-stratification: least squares of u on the categories, with the weights before calibration (R
      `calibrate`, `postStratify`)
    - raking: the unweighted means of u by margin, taken in turn for ten rounds (R `rake`). They need the unweighted sums of u by
      pattern, which `influence` then carries as further rows; without them raking is fitted as linear calibration is (R
      `calibrate(calfun="raking")`).

    Attributes:
        unit_of: each part's sampled unit. pattern_of: its pattern, -1 outside the population calibrated.
        w: its calibrated weights summed over the whole sample.
        before: by pattern, the weights before calibration. g: by pattern. n: by pattern, persons.
        category: patterns × margins. raked: whether raking made the weights.
    """

    unit_of: Codes
    pattern_of: Codes
    w: Array
    before: Array
    g: Array
    n: Array
    category: Codes
    raked: bool

    def __len__(self) -> int:
        return len(self.unit_of)

    def residual(self, z: Array) -> Array:
        """Influence of the parts without its fit (parts × rows)."""
        inside, parts = self.pattern_of >= 0, len(self)
        fit = self._raked(z[parts:]) if self.raked and len(z) > parts else self._linear(z[:parts])
        return z[:parts] - np.where(inside, self.w, 0.0)[:, None] * fit[np.where(inside, self.pattern_of, 0)]

    def by_pattern(self, values: Array) -> Array:
        """Sums over the parts of each pattern (patterns × columns)."""
        inside, out = self.pattern_of >= 0, np.zeros((len(self.g), values.shape[1]))
        np.add.at(out, self.pattern_of[inside], values[inside])
        return out

    def _linear(self, z: Array) -> Array:
        """The fit by pattern of weighted least squares of u on the categories."""
        x = dummies(self.category)
        return x @ solve(x, self.before, x.T @ (self.by_pattern(z) / self.g[:, None]))

    def _raked(self, u: Array) -> Array:
        """The fit by pattern of unweighted means, margin after margin, from unweighted sums of u by pattern."""
        fit = np.zeros_like(u)
        for _ in range(ROUNDS):
            for category in self.category.T:
                left = np.zeros((category.max() + 1, u.shape[1]))
                np.add.at(left, category, u - self.n[:, None] * fit)
                fit += (left / np.bincount(category, weights=self.n)[:, None])[category]
        return fit


def dummies(category: Codes) -> Array:
    """One 0/1 column for each category of each margin (patterns × categories)."""
    return np.hstack([(column[:, None] == np.arange(column.max() + 1)).astype(float) for column in category.T])


def solve(x: Array, w: Array, right: Array) -> Array:
    """A solution b of (x'wx) b = right. Margins repeat their total, so there are many: the shortest, in units of each category's weight."""
    scale = 1 / np.sqrt(w @ x)
    normal = x.T @ (x * w[:, None]) * np.outer(scale, scale)
    return np.asarray((scale * (np.linalg.pinv(normal, rcond=REDUNDANT, hermitian=True) @ (scale * right.T).T).T).T)
