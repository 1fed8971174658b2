"""Combines the sampling units of several samples, so that estimates from different samples have one covariance matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance.replicate_variance import Replicates
from fltoolkit.estimate.variance.taylor_variance import Array, Matrix, Scaled, Units, dense

Label = tuple[str, ...]


@dataclass(frozen=True)
class Joint(Scaled):
    """The units of all samples, one row each in an influence matrix that is scaled already: its S is itself.

    `labels` holds a tuple a row: (stratum, PSU) of a PSU that can stand in several samples, else one that names its sample.
    """

    labels: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.labels)

    def same_as(self, other: object) -> bool:
        """Whether these are the same units."""
        return isinstance(other, Joint) and np.array_equal(self.labels, other.labels)

    def scaled(self, z: Matrix) -> Iterator[Matrix]:
        """S with S'S the covariance of the estimates."""
        yield z


def psu_labels(units: Units | Replicates | Joint) -> list[Label]:
    """Stratum and label of each PSU; none of replicates, and of persons drawn directly, which have no label of their own."""
    return list(zip(units.strata, units.psu, strict=True)) if isinstance(units, Units) and units.named else []


def join(parts: Sequence[tuple[str, Matrix, Units | Replicates | Joint]], shared: bool) -> tuple[Array, Joint]:
    """The scaled influence of several samples on all their units, 0 where a sample has no such unit.

    The covariance of two samples is then the sum, over the PSUs in both, of the products of their scaled influences at the first
    stage. Where all PSUs are shared this is the covariance of R's svydesign on the stacked data. Where some are, R counts the
    PSUs of the union in every stratum and so changes each sample's variance: here that stays as published.

    Args:
        parts: of each sample its label, its influence and its units.
        shared: whether a PSU of one stratum and label is one area. Units below it are each sample's own.

    Raises:
        RequestError: a part is a stack of samples itself.
    """
    scaled, labels = [], []
    for label, z, units in parts:
        if isinstance(units, Joint):
            raise RequestError("a part is a stack of samples itself", found=label, do="stack all samples in one call")
        s, psus = np.vstack([dense(rows) for rows in units.scaled(z)]), psu_labels(units) if shared else []
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
