"""Combines the sampling units of several samples, so that estimates from different samples have one
covariance matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance.replicate_variance import Replicates
from fltoolkit.estimate.variance.taylor_variance import Array, Matrix, Scaled, Units, as_dense

Label = tuple[str, ...]


@dataclass(frozen=True)
class Joint(Scaled):
    """The sampled units of several samples together. Each unit has one row in the influence matrix. The
    values of this matrix are already scaled (see `scaled`).

    Attributes:
        labels: one tuple per row. For a PSU that can be in several samples it is (stratum, PSU). For any
            other unit, the tuple contains the name of the sample.
    """

    labels: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.labels)

    def same_as(self, other: object) -> bool:
        """Returns whether another object has the same sampled units. Then the two influence matrices have the
        same rows and can be put side by side."""
        return isinstance(other, Joint) and np.array_equal(self.labels, other.labels)

    def scaled(self, z: Matrix) -> Iterator[Matrix]:
        """Yields a matrix S for which S'S is the covariance of the estimates. It is the influence matrix z
        itself, which is already scaled."""
        yield z


def psu_labels(units: Units | Replicates | Joint) -> list[Label]:
    """Returns the label of each PSU, as a pair of its stratum and its own name.

    The list is empty for replicates, and if persons were drawn directly, because there are then no PSUs with
    names.
    """
    return list(zip(units.strata, units.psu, strict=True)) if isinstance(units, Units) and units.named else []


def join(
    parts: Sequence[tuple[str, Matrix, Units | Replicates | Joint]], shared: bool
) -> tuple[Array, Joint]:
    """Returns the influence values of several samples as one matrix (units × estimates), and the sampled
    units, one per row. A value is 0 if the unit is not in the sample of the estimate. The values are scaled:
    the covariance of two estimates is the sum of the products of their columns.

    Only PSUs that are in both samples contribute to a covariance between them. If all PSUs are in both, this
    is the covariance of R's svydesign on the data of both samples together. If only some PSUs are in both, R
    counts the PSUs of both samples in every stratum, which changes the variance of each sample. Here the
    variance of each sample does not change.

    Args:
        parts: for each sample its label, its influence matrix and its units.
        shared: whether PSUs with the same stratum and label are the same area. Units below the PSU are never
            shared.

    Raises:
        RequestError: a part is itself a stack of samples.
    """
    scaled, labels = [], []
    for label, z, units in parts:
        if isinstance(units, Joint):
            raise RequestError(
                "one of the parts is itself a stack of samples",
                found=label,
                do="stack all samples in one call",
            )
        s, psus = np.vstack([as_dense(rows) for rows in units.scaled(z)]), psu_labels(units) if shared else []
        scaled.append(s)
        labels.append([*psus, *((label, "unit", str(i)) for i in range(len(psus), len(s)))])
    position = {key: i for i, key in enumerate(dict.fromkeys(key for keys in labels for key in keys))}
    wide = np.zeros((len(position), sum(s.shape[1] for s in scaled)))
    start = 0
    for s, keys in zip(scaled, labels, strict=True):
        wide[[position[key] for key in keys], start : start + s.shape[1]] = s
        start += s.shape[1]
    rows = np.empty(len(position), dtype=object)
    rows[:] = list(position)
    return wide, Joint(rows)
