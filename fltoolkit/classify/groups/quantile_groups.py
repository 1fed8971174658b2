"""Computes the limits of groups of equal size, such as fifths by household wealth: weighted quantiles over
all persons of the sample.

A limit is a value of the data. It stays in memory: no table, file or message contains it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import isnan

import narwhals as nw

from fltoolkit.classify.group_columns import stated_number
from fltoolkit.errors import DataError
from fltoolkit.survey.data.fetch_rows import to_rows
from fltoolkit.survey.data.internal_columns import WEIGHT
from fltoolkit.survey.data.person_frame import Frame
from fltoolkit.survey.spec.groups import QuantileGroup
from fltoolkit.survey.spec.survey_spec import SurveySpec

ROUNDING = 1e-9  # sums of weights are rounded: a share this close to the quantile's share counts as equal


def quantile_limits(spec: SurveySpec, persons: Frame) -> dict[str, tuple[float, ...]]:
    """Returns, for each group of quantiles in survey.yaml (such as fifths of wealth), the upper limits of all
    quantiles except the last.

    The limits are computed over all persons of the sample who have a number in the group's column, with the
    weight `design.weight`. Persons who were not asked about forced labour are included.

    Raises:
        DataError: so many persons have the same number that a quantile would be empty.
    """
    return {
        name: _limits(name, group, persons)
        for name, group in spec.groups.items()
        if isinstance(group, QuantileGroup)
    }


def _limits(name: str, group: QuantileGroup, persons: Frame) -> tuple[float, ...]:
    value = stated_number(group).alias("value")
    there = persons.select(value, nw.col(WEIGHT).alias("weight")).filter(
        ~nw.col("value").is_null() & ~nw.col("value").is_nan()
    )
    summed = to_rows(there.group_by("value").agg(nw.col("weight").sum()).sort("value"))
    values, weights = (
        [float(value) for value, _ in summed],
        [0.0 if weight is None else float(weight) for _, weight in summed],
    )
    found = weighted_quantiles(values, weights, [i / group.quantiles for i in range(1, group.quantiles)])
    if len(set(found)) < group.quantiles - 1 or (found and found[-1] >= values[-1]):
        raise DataError(
            (
                f"the numbers cannot be divided into {group.quantiles} groups: too many persons have the "
                "same number, or too few have a number"
            ),
            where=f"{group.column} (groups.{name})",
            do="ask for fewer quantiles, or name a column with more different numbers",
        )
    return found


def weighted_quantiles(
    values: Sequence[float], weights: Sequence[float], shares: Sequence[float]
) -> tuple[float, ...]:
    """Returns the weighted quantile of each share: the smallest value v such that values up to v have at
    least this share of the total weight. The result is empty if all weights are 0.

    This is the inverse of the weighted distribution function: R's `svyquantile(..., qrule = "math")`.

    Args:
        values: the different values, from the lowest to the highest.
        weights: the sum of the weights at each value; a missing weight counts as 0.
        shares: shares of the total weight, between 0 and 1.
    """
    reached = list(accumulate(0.0 if isnan(weight) else weight for weight in weights))
    if not reached or reached[-1] <= 0:
        return ()
    part = [weight / reached[-1] for weight in reached]
    return tuple(values[bisect_left(part, share - ROUNDING)] for share in shares)
