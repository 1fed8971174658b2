"""Computes variances from replicate weights (docs/methods.md §2), equal to `svrVar` of R's survey package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.estimate.totals.result_cells import Cells
from fltoolkit.estimate.variance.taylor_variance import Array, Codes, Scaled, sums_by_code
from fltoolkit.survey.design.replicate_weights import MANY

RANK_TOLERANCE = 1e-5  # R's degf


@dataclass(frozen=True)
class Replicates(Scaled):
    """The replicates of a design with replicate weights. In an influence matrix, each replicate has one row:
    the distance of its estimate from the centre.

    Attributes:
        factor: scale × rscales of each replicate.
        mse: whether the centre is the estimate of the full sample. If not, it is the mean over the
            replicates.
        df: the degrees of freedom, if the user gave them; else None.
    """

    factor: Array
    mse: bool
    df: float | None

    def __len__(self) -> int:
        return len(self.factor)

    def same_as(self, other: object) -> bool:
        """Returns whether another object has replicates with the same factors. Only then can the two
        influence matrices be put side by side."""
        return (
            isinstance(other, Replicates)
            and np.array_equal(self.factor, other.factor)
            and self.mse == other.mse
        )

    def influence(self, y: Array, x: Array | None, estimate: Array, overwrite_x: bool = False) -> Array:
        """Returns the distance of each replicate's estimate from the centre (replicates × estimates).

        A replicate without any person of a domain has no estimate and adds nothing, as in R.

        Args:
            y: the numerators (replicates × estimates).
            x: the denominators (replicates × estimates); None: the estimates are totals.
            estimate: the estimates from the full sample.
            overwrite_x: whether the result may be written into the memory of x.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            theta = y if x is None else np.divide(y, x, out=x if overwrite_x else None)
        known = np.isfinite(theta)
        counted = known & (self.factor > 0)[:, None]
        with np.errstate(invalid="ignore"):
            centre = estimate if self.mse else np.where(counted, theta, 0.0).sum(axis=0) / counted.sum(axis=0)
        return np.where(known, theta - centre, 0.0)

    def scaled(self, z: Array) -> Iterator[Array]:
        """Yields a matrix S for which S'S is the covariance of the estimates. z is the distance of each
        replicate's estimate from the centre."""
        yield np.asarray(z * np.sqrt(self.factor)[:, None])


def ranks(table: pd.DataFrame, cells: Cells, replicates: int, rows: Codes | None = None) -> NDArray[np.int64]:
    """Returns, for each cell, the rank of the replicate weights: the number of linearly independent
    replicates. The degrees of freedom are the rank minus one (R `degf`).

    If there are many rows, the rank is computed from random sums of the rows. This rank is the same.

    Args:
        table: the table of sums (`cluster_totals`).
        cells: the cells.
        replicates: the number of replicates.
        rows: the positions of those rows of the table that count; None: all rows with persons.
    """
    weights = table[[f"w_{r}" for r in range(replicates)]].to_numpy(float)
    used = np.flatnonzero(table["n"] > 0) if rows is None else rows
    found, random = np.zeros(len(cells), dtype=np.int64), np.random.default_rng(0)
    for code in (code[used] for code in cells.codes):
        for i in np.unique(code[code >= 0]):
            own = weights[used[code == i]]
            if len(own) > MANY * replicates:
                own = sums_by_code(own, random.integers(0, 4 * replicates, len(own)), 4 * replicates)
            largest = np.abs(own).max(axis=0)
            scale = np.where(largest > 0, largest, 1.0)
            found[i] = (
                np.linalg.matrix_rank(own / scale, tol=None, rtol=RANK_TOLERANCE) if largest.any() else 0
            )
    return found
