"""Adds up the replicate weights of a design, and tells from the sums which of them cannot be right. No weight
of a person is looked at by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import narwhals as nw

from fltoolkit.survey.data.fetch_rows import to_sums
from fltoolkit.survey.data.internal_columns import REPLICATE, WEIGHT
from fltoolkit.survey.data.person_frame import FACTOR, Frame

SAME = (
    1e-9  # sums that differ by less, relative to their size, count as equal: they were added in another order
)
UNLIKE = 0.1  # mean distance from the weight, relative to its mean, above which the replicates may be no replicates of it
MEAN, BESIDE = "fl__mean_replicate", "fl__beside"
FAR = (0.4, 2.5)  # a half-sample whose weights were not doubled has 0.5 of the sum


@dataclass(frozen=True)
class ReplicateSums:
    """Sums over the persons with a weight above zero. `w` is the weight, and `v` the replicate weight;
    factors were multiplied by the weight.

    Attributes:
        names: the columns of replicate weights.
        persons, weight, weight_squared: the number of persons, Σw and Σw².
        of_each: for each replicate, Σv, Σv², Σvw, and Σv times another number of the person, such as the age.
        negative: the number of persons with a replicate weight below zero.
        distance: Σ|mean of v over the replicates − w|. It is small, because the replicates of a weight are
            around it.
        distance_if_other: the same sum, if the columns were weights where they are said to be factors, or the
            other way.
    """

    names: tuple[str, ...]
    persons: float
    weight: float
    weight_squared: float
    of_each: tuple[tuple[float, float, float, float], ...]
    negative: float
    distance: float
    distance_if_other: float

    @property
    def are_other(self) -> bool:
        """Returns whether the columns are clearly factors, and not weights as was said, or the other way."""
        return self.distance > UNLIKE * self.weight and self.distance > 2 * self.distance_if_other

    @property
    def squares(self) -> list[float]:
        """Returns, for each replicate, the mean of (v / w − 1)², weighted by w²."""
        whole = self.weight_squared or math.nan
        return [(squared - 2 * cross) / whole + 1 for _, squared, cross, _ in self.of_each]

    @property
    def zero(self) -> list[str]:
        """Returns the replicates that are zero for every person."""
        return [name for name, (_, squared, _, _) in self._each if squared == 0]

    @property
    def constant(self) -> list[str]:
        """Returns the replicates that have the same value for every person, although the weight differs
        between persons."""
        if _proportional(self.weight, self.persons, self.weight_squared):
            return []
        return [
            name for name, (added, squared, _, _) in self._each if _proportional(added, self.persons, squared)
        ]

    @property
    def equal(self) -> list[str]:
        """Returns the replicates that equal the weight, or a multiple of it. They add no variance."""
        return [
            name
            for name, (_, squared, cross, _) in self._each
            if _proportional(cross, self.weight_squared, squared)
        ]

    @property
    def far(self) -> list[str]:
        """Returns the replicates whose sum is far from that of the weight."""
        low, high = (limit * self.weight for limit in FAR)
        return [name for name, (added, *_) in self._each if added < low or added > high]

    @property
    def alike(self) -> list[tuple[int, int]]:
        """Returns pairs of replicates, by their places, that have the same sums. They may be equal for each
        person."""
        places = sorted(range(len(self.names)), key=lambda place: self.of_each[place])
        pairs = pairwise(places)
        return [(a, b) for a, b in pairs if all(map(_same, self.of_each[a], self.of_each[b]))]

    @property
    def _each(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        return list(zip(self.names, self.of_each, strict=True))


def replicate_sums(
    frame: Frame, names: Sequence[str], *, combined: bool, asked: nw.Expr, beside: nw.Expr
) -> ReplicateSums:
    """Adds up the replicate weights of a frame, in one pass.

    Args:
        frame: the rows, with the columns `fl__weight`, `fl__replicate0` and so on.
        names: the columns of replicate weights, in their order.
        combined: whether they are said to be weights, and not factors.
        asked: which persons count.
        beside: a number of each person by which replicates with equal sums are told apart.
    """
    weight, columns = nw.col(WEIGHT), [nw.col(f"{REPLICATE}{r}") for r in range(len(names))]
    rows = with_weight(frame, asked)
    pooled = nw.col(FACTOR) if FACTOR in frame.collect_schema().names() else nw.lit(1.0)
    rows = rows.with_columns((nw.sum_horizontal(*columns) / len(names)).alias(MEAN), beside.alias(BESIDE))
    mean = nw.col(MEAN)
    if_other = mean / pooled * weight if combined else mean / weight * pooled
    negative = nw.min_horizontal(*columns) < 0
    sums = [nw.lit(1), weight, weight * weight, negative, (mean - weight).abs(), (if_other - weight).abs()]
    for value in columns:
        sums += [value, value * value, value * weight, value * nw.col(BESIDE)]
    persons, added, squared, below, distance, distance_if_other, *rest = map(float, to_sums(rows, sums))
    of_each = tuple((rest[i], rest[i + 1], rest[i + 2], rest[i + 3]) for i in range(0, len(rest), 4))
    return ReplicateSums(tuple(names), persons, added, squared, of_each, below, distance, distance_if_other)


def with_weight(frame: Frame, asked: nw.Expr) -> Frame:
    """Returns the rows of the persons who count and have a weight above zero."""
    weight = nw.col(WEIGHT)
    return frame.filter((asked & weight.is_finite() & (weight > 0)).fill_null(False))


def _proportional(cross: float, first: float, second: float) -> bool:
    """Returns whether two columns are multiples of each other. `cross` is the sum of their products, `first`
    and `second` are the sums of their squares. A column of zeros is no multiple."""
    return 0 < first * second * (1 - SAME) <= cross * cross


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))
