"""Removes from the influence values what the calibration margins explain (docs/methods.md §2). This is how calibration lowers the variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.errors import DesignError

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
ROUNDS = 10  # R's svyrecvar
REDUNDANT = 1e-12


@dataclass(frozen=True)
class Margins:
    """How influence is fitted on the margins of calibrated weights.

    Influence comes by sampled unit, followed by its sums over each pattern of the margins, which is all that the fit needs. An
    outcome's values u are its influence over the calibrated weight.

    - linear calibration and post-stratification: least squares of u on the categories, with the weights before calibration (R
      `calibrate`, `postStratify`)
    - raking: the unweighted means of u by margin, taken in turn for ten rounds (R `rake`). They need the unweighted sums of u by
      pattern, which follow as further rows; without them raking is fitted as linear calibration is (R `calibrate(calfun="raking")`).

    Attributes:
        unit, pattern, w: the calibrated weights of the whole sample by sampled unit and pattern, those that are there.
        before: by pattern, the weights before calibration. g: by pattern. n: by pattern, persons.
        category: patterns × margins. raked: whether raking made the weights.
    """

    unit: Codes
    pattern: Codes
    w: Array
    before: Array
    g: Array
    n: Array
    category: Codes
    raked: bool

    def residual(self, z: Array, units: int) -> Array:
        """Influence of the sampled units without its fit (units × rows)."""
        from scipy.sparse import coo_array

        patterns = len(self.g)
        if len(z) < units + patterns:
            raise DesignError(
                "this estimate has no variance under calibrated weights: its sums by pattern of the margins are not known",
                where="calibration", do="estimate it from the design as it was before calibration",
            )  # fmt: skip
        u = z[units + patterns :]
        fit = self._raked(u) if self.raked and len(u) else self._linear(z[units : units + patterns])
        return np.asarray(z[:units] - coo_array((self.w, (self.unit, self.pattern)), shape=(units, patterns)).tocsr() @ fit)

    def _linear(self, z: Array) -> Array:
        """The fit by pattern of weighted least squares of u on the categories."""
        x = dummies(self.category)
        return x @ solve(x, self.before, x.T @ (z / self.g[:, None]))

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
