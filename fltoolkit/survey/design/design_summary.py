"""Summarises a sample design: strata, sampling units, degrees of freedom, range of weights. No number in it
is about one person."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Protocol

import narwhals as nw

from fltoolkit.survey.design.calibrated_weights import Calibration
from fltoolkit.survey.design.replicate_weights import Replication
from fltoolkit.survey.engine.columns import PSU, STRATA, WEIGHT, Frame
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.printed_values import Mask, count_in_words

if TYPE_CHECKING:
    import pandas as pd

LONELY = {
    "fail": "stop the estimate",
    "certainty": "add no variance",
    "remove": "add no variance",
    "adjust": "count by their distance from the grand mean",
    "average": "count as the average of the other strata",
}


class HasDesign(Protocol):
    """The attributes that a design must have so that this module can summarise it."""

    @property
    def frame(self) -> Frame: ...
    @property
    def source(self) -> str: ...
    @property
    def mask(self) -> Mask: ...
    @property
    def replication(self) -> Replication | None: ...
    @property
    def calibration(self) -> Calibration | None: ...
    @property
    def clustered(self) -> bool: ...
    @property
    def grosses_up(self) -> bool: ...
    @property
    def stages(self) -> int: ...
    @property
    def single_psu(self) -> str: ...


def design_facts(design: HasDesign) -> dict[str, str]:
    """Returns the facts about a sample design as {fact: value}, both in words: persons, strata, sampling
    units, degrees of freedom, FPC (finite population correction), weights, calibration.

    The counts are of the whole sample, even if the estimates of the design are limited to a part of the
    persons (a domain). The range of the weights is rounded outwards to 1, 2 or 5 times a power of ten.
    """
    weight = nw.col(WEIGHT)
    units = to_pandas(
        design.frame.select(STRATA, PSU, weight.alias("low"), weight.alias("high"))
        .group_by(STRATA, PSU)
        .agg(nw.len().alias("n"), nw.col("low").min(), nw.col("high").max()),
        design.source,
    )
    facts = {"Persons in the file": str(count_in_words(int(units["n"].sum()), design.mask.limit))}
    facts |= _replicate_facts(design.replication) if design.replication else _unit_facts(design, units)
    facts["Weights"] = _weight_range(
        units, "gross up to the population" if design.grosses_up else "normalised: no numbers of persons"
    )
    if design.calibration:
        facts["Calibration of weights"] = design.calibration.text
    return facts


def _unit_facts(design: HasDesign, units: pd.DataFrame) -> dict[str, str]:
    """Returns facts about the sampling units as {fact: value}, both in words: the numbers of strata and PSUs,
    degrees of freedom, strata with a single PSU, and the finite population correction. `units` has one row
    per PSU."""
    strata = units.groupby(STRATA, dropna=False)[PSU].nunique()
    pairs, lonely = int(strata.sum()), int((strata == 1).sum())
    fpc = {0: "none: PSUs as if drawn with replacement", 1: "of the first stage", 2: "of two stages"}[
        design.stages
    ]
    return {
        "Strata": f"{len(strata):,}",
        "Primary sampling units": f"{pairs:,}"
        if design.clustered
        else f"{pairs:,}, each one person: drawn directly",
        "Degrees of freedom": f"{pairs - len(strata):,}",
        "Strata with a single PSU": f"{lonely}: they {LONELY[design.single_psu]}" if lonely else "none",
        "Finite population correction": fpc,
    }


def _replicate_facts(made: Replication) -> dict[str, str]:
    """Returns facts about the replicate weights as {fact: value}, both in words: their number, their method
    and the degrees of freedom. These facts take the place of the facts about strata and PSUs."""
    centre = "the full sample's estimate" if made.mse else "the mean over the replicates"
    return {
        "Variance": f"from {len(made.factor)} replicate weights ({made.method}), around {centre}",
        "Degrees of freedom": str(made.df)
        if made.df is not None
        else "the rank of the replicate weights less one",
    }


def _weight_range(units: pd.DataFrame, scale: str) -> str:
    """Returns a sentence with the range of the weights above 0. The range is rounded outwards, so that it
    reveals no person's weight. `units` has the lowest and the highest weight of each PSU. `scale` is the end
    of the sentence. It says whether the weights add up to the population."""
    used = units[units["high"] > 0]
    if used.empty:
        return f"none above 0; {scale}"
    low = used["low"][used["low"] > 0].min() if (used["low"] > 0).any() else used["high"].min()
    return (
        f"between {_next_round_number(float(low), up=False):,.10g} and "
        f"{_next_round_number(float(used['high'].max()), up=True):,.10g}; {scale}"
    )


def _next_round_number(value: float, *, up: bool) -> float:
    """Returns the nearest number above `value` (if `up`) or below it that is 1, 2 or 5 times a power of ten.
    For 37 the result is 50 or 20. The result always differs from `value`."""
    power = floor(log10(value))
    steps = [float(f"{times}e{k}") for k in (power - 1, power, power + 1) for times in (1, 2, 5)]
    return min(s for s in steps if s > value) if up else max(s for s in steps if s < value)
