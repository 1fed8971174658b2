"""Tells whether weights can add up to a population. The weight of a drawn person is at least 1, because the
person stands for at least themselves."""

from __future__ import annotations

import narwhals as nw

# No person of a sample stands for less than one person, but a calibrated weight of a census may be a little
# below 1.
BELOW_ONE = 0.99
FEW_BELOW_ONE = 0.05  # the share of such weights that a census with calibrated weights may have


def scale_sums(weight: nw.Expr) -> list[nw.Expr]:
    """Returns four columns to be added up: the persons with a weight, their weights, those with a weight
    below 1, and those with a weight that is not 1."""
    there = (weight.is_finite() & (weight > 0)).fill_null(False)
    small, not_one = there & (weight < BELOW_ONE), there & (weight != 1)
    return [
        there,
        nw.when(there).then(weight).otherwise(0.0),
        small.fill_null(False),
        not_one.fill_null(False),
    ]


def are_fewer_than_the_sample(persons: float, added: float, below: float) -> bool:
    """Returns whether weights add up to no more persons than the sample has, although they are not those of a
    census. The arguments are the first three sums of `scale_sums`."""
    return added <= persons and below > FEW_BELOW_ONE * persons
