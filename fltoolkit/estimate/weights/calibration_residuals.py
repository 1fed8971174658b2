"""Computes the residuals of calibrated weights: the influence values without the part that the calibration
margins explain (docs/methods.md §2).

Residuals vary less than the influence values, so calibration lowers the variance.
"""

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
    """The numbers from which the residuals of calibrated weights are computed: the influence values without
    the part that the calibration margins explain.

    A pattern is all persons with the same categories in all margins. The influence matrix has one row per
    sampled unit. Below these rows, it has one row per pattern: the sum of the influence of its persons. u is
    the influence of a person divided by the person's calibrated weight. The method of calibration decides how
    the explained part is computed:

    - Linear calibration and post-stratification: least squares of u on the categories, with the weights
      before calibration (R `calibrate`, `postStratify`).
    - Raking: the unweighted means of u in the categories of each margin, one margin after the other, ten
      times (R `rake`). For this, the influence matrix has one more row per pattern: the unweighted sum of u.
      Without these rows, the method for linear calibration is used (R `calibrate(calfun="raking")`).

    Attributes:
        unit: the sampled unit of each sum in `w`.
        pattern: the pattern of each sum in `w`.
        w: the sum of the calibrated weights of the whole sample in each unit and pattern; only pairs that
            occur.
        before: the weights before calibration, by pattern.
        g: the calibration factors, by pattern.
        n: the number of persons, by pattern.
        category: the category of each pattern in each margin (patterns × margins).
        raked: whether the weights were raked.
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
        """Returns the residuals of the sampled units (units × estimates): their influence values without the
        part that the margins explain.

        Args:
            z: the influence matrix. Its first rows are the sampled units. The next rows are the patterns: the
                sums of the influence of their persons (see `Margins`).
            units: the number of sampled units.
        """
        from scipy.sparse import coo_array

        patterns = len(self.g)
        if len(z) < units + patterns:
            raise DesignError(
                (
                    "this estimate has no variance under calibrated weights: its sums by pattern of the "
                    "margins are not known"
                ),
                where="calibration",
                do="estimate it from the design as it was before calibration",
            )
        u = z[units + patterns :]
        fit = self._raked(u) if self.raked and len(u) else self._linear(z[units : units + patterns])
        return np.asarray(
            z[:units] - coo_array((self.w, (self.unit, self.pattern)), shape=(units, patterns)).tocsr() @ fit
        )

    def _linear(self, z: Array) -> Array:
        """Returns the part of the influence that the margins explain, for each pattern (persons with the same
        categories in all margins). This part is a weighted least-squares fit on the categories. `z` has the
        sum of the influence of the persons of each pattern."""
        x = dummies(self.category)
        return x @ solve(x, self.before, x.T @ (z / self.g[:, None]))

    def _raked(self, u: Array) -> Array:
        """Returns the part of the influence that the margins explain after raking, for each pattern (persons
        with the same categories in all margins). This part is computed from unweighted means, one margin
        after the other. `u` has the unweighted sum of u of each pattern (see `Margins`)."""
        fit = np.zeros_like(u)
        for _ in range(ROUNDS):
            for category in self.category.T:
                left = np.zeros((category.max() + 1, u.shape[1]))
                np.add.at(left, category, u - self.n[:, None] * fit)
                fit += (left / np.bincount(category, weights=self.n)[:, None])[category]
        return fit


def dummies(category: Codes) -> Array:
    """Returns one 0/1 column for each category of each margin (patterns × categories)."""
    return np.hstack(
        [(column[:, None] == np.arange(column.max() + 1)).astype(float) for column in category.T]
    )


def solve(x: Array, w: Array, right: Array) -> Array:
    """Returns the coefficients b of a weighted least-squares fit: a solution of (x'wx) b = right.

    All margins have the same total, so there are many solutions. The shortest solution is returned. For its
    length, each coefficient is multiplied by the root of the weight of its category.

    Args:
        x: the 0/1 columns of the categories (patterns × categories).
        w: the weight of each pattern.
        right: the right-hand side.
    """
    scale = 1 / np.sqrt(w @ x)
    normal = x.T @ (x * w[:, None]) * np.outer(scale, scale)
    return np.asarray(
        (scale * (np.linalg.pinv(normal, rcond=REDUNDANT, hermitian=True) @ (scale * right.T).T).T).T
    )
