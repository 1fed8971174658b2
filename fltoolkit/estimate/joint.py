"""The PSUs of several rounds together, so that one covariance ties their estimates; each round's own variance stays as published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.estimate.variance import Array, Units, scaled


@dataclass(frozen=True)
class Joint:
    """The PSUs of all rounds, one row each in an influence matrix whose values are centred and scaled already.

    `strata` and `psu` are labels; `round` is the round's label, or "" where a PSU of the same stratum and label is the same
    area in every round.
    """

    round: NDArray[np.object_]
    strata: NDArray[np.object_]
    psu: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.psu)


def scaled_influence(z: Array, units: Units | Joint) -> Array:
    """Influence of which S'S is the covariance (units × rows)."""
    return z if isinstance(units, Joint) else scaled(z, units)


def in_both(units: Sequence[Units | Joint]) -> int:
    """How many PSUs, by stratum and label, stand in more than one of several rounds."""
    labels = [set(zip(u.strata, u.psu, strict=True)) for u in units]
    return sum(map(len, labels)) - len(set().union(*labels))


def join(parts: Sequence[tuple[str, Array, Units | Joint]], shared: bool) -> tuple[Array, Joint]:
    """The scaled influence of several rounds on the union of their PSUs, 0 where a round has no such PSU.

    Two rounds' covariance is then the sum over the PSUs in both of the products of their scaled influences. Where all PSUs
    are shared this is the covariance of R's svydesign on the stacked data; where some are, R counts the PSUs of the union in
    every stratum and so changes each round's variance: here that stays as published.

    Args:
        parts: of each round its label, its influence and its units. shared: whether a PSU of one stratum and label is one area.
    """
    keys = [list(zip(["" if shared else label] * len(units), units.strata, units.psu, strict=True)) for label, _, units in parts]
    position = {key: i for i, key in enumerate(dict.fromkeys(k for ks in keys for k in ks))}
    wide = np.zeros((len(position), sum(z.shape[1] for _, z, _ in parts)))
    start = 0
    for (_, z, units), ks in zip(parts, keys, strict=True):
        wide[[position[k] for k in ks], start : start + z.shape[1]] = scaled_influence(z, units)
        start += z.shape[1]
    round_, strata, psu = (np.array([k[i] for k in position], dtype=object) for i in range(3))
    return wide, Joint(round_, strata, psu)
