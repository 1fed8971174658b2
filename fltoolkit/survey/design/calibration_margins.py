"""Adds up persons and weights for a calibration, and multiplies the weights in the frame by the calibration
factors g."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, TypeVar

import narwhals as nw

from fltoolkit.survey.design.calibrated_weights import BEFORE, PERSONS, Calibration, G
from fltoolkit.survey.design.survey_design import Design, set_fields
from fltoolkit.survey.engine.columns import CALIBRATED, PATTERN, REPLICATE, Frame
from fltoolkit.survey.engine.engines import small_table, to_pandas
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED

if TYPE_CHECKING:
    import pandas as pd

D = TypeVar("D", bound=Design)
PART = "fl__margin"
BAD, USED = "fl__bad", "fl__used"


def pattern_totals(design: Design, keys: Sequence[str], weight: str, domain: str | None) -> pd.DataFrame:
    """Counts persons and adds up their weights for each combination of categories of the columns `keys`, such
    as men in the north. The rows are read in one pass.

    Args:
        design: the data.
        keys: the columns.
        weight: the internal column of the weight.
        domain: the internal column that marks the persons to count. None: everybody.

    Returns:
        One row per combination, with the columns `keys` as text (`not stated` if blank), `fl__n` (rows with a
            weight above 0), `fl__w` (the sum of their weights) and `fl__bad` (rows whose weight is missing,
            negative or infinite). With replicate weights there are also their sums `fl__w0`, `fl__w1` and so
            on.
    """
    inside = nw.lit(True) if domain is None else nw.col(domain).fill_null(False)
    good = nw.col(weight).is_finite() & (nw.col(weight) >= 0)
    w = nw.when(inside & good).then(nw.col(weight)).otherwise(nw.lit(0.0))
    labels = [f"{PART}{i}" for i in range(len(keys))]
    used = inside & (~good | (nw.col(weight) > 0)).fill_null(True)
    frame = design.frame.select(
        *[
            design.text(key).fill_null(NOT_STATED).alias(label)
            for key, label in zip(keys, labels, strict=True)
        ],
        w.alias(BEFORE),
        (inside & (nw.col(weight) > 0)).fill_null(False).cast(nw.Int64).alias(PERSONS),
        (inside & ~good).fill_null(True).cast(nw.Int64).alias(BAD),
        used.alias(USED),
        *[
            nw.when(inside & good).then(nw.col(f"{REPLICATE}{r}")).otherwise(0.0).alias(f"{BEFORE}{r}")
            for r in range(design.replicates)
        ],
    )
    sums = [PERSONS, BEFORE, BAD, *(f"{BEFORE}{r}" for r in range(design.replicates))]
    grouped = frame.filter(nw.col(USED)).group_by(labels).agg(*[nw.col(s).sum() for s in sums]).sort(labels)
    table = to_pandas(grouped, design.source)
    table = table.rename(columns=dict(zip(labels, keys, strict=True)))
    return table.astype({PERSONS: int, BAD: int, BEFORE: float})


def with_calibration(design: D, calibration: Calibration) -> D:
    """Returns a copy of a design in which the weights are multiplied by the calibration factors. The design
    itself does not change."""
    inside = nw.lit(True) if calibration.domain is None else nw.col(calibration.domain).fill_null(False)
    labels = [f"{PART}{i}" for i in range(len(calibration.keys))]
    frame = design.frame.with_columns(
        [
            design.text(key).fill_null(NOT_STATED).alias(label)
            for key, label in zip(calibration.keys, labels, strict=True)
        ]
    )
    frame = frame.join(_factor_table(frame, calibration, labels, design.replicates), on=labels, how="left")
    g = nw.when(inside).then(nw.col(G).fill_null(1.0)).otherwise(nw.lit(1.0))
    own = nw.col(calibration.weights[0]) * g
    frame = frame.with_columns(
        nw.when(inside & (own > 0)).then(nw.col(PATTERN)).alias(PATTERN),
        nw.when(inside & (own > 0)).then(own).otherwise(0.0).alias(CALIBRATED),
        *[(nw.col(weight) * g).alias(weight) for weight in calibration.weights],
        *[
            (nw.col(f"{REPLICATE}{r}") * nw.col(f"{G}{r}").fill_null(1.0)).alias(f"{REPLICATE}{r}")
            for r in range(design.replicates)
        ],
    )
    return set_fields(
        copy(design),
        rows=frame,
        calibration=calibration,
        grosses_up=design.grosses_up or (calibration.domain is None and calibration.are_numbers_of_persons()),
    )


def _factor_table(frame: Frame, calibration: Calibration, labels: Sequence[str], replicates: int) -> Frame:
    """Returns the calibration factors as a small table, with one row per pattern (combination of categories).
    A row has the categories of the pattern (in columns with the names `labels`), its number, and its factors
    for the weight and for each replicate. The table is made in DuckDB or Spark, as `frame` is, so that the
    two can be joined."""
    factors = [G, *(f"{G}{r}" for r in range(replicates))]
    patterns = calibration.patterns[[*calibration.keys, *factors]].itertuples(index=False, name=None)
    rows = [
        (*row[: len(labels)], number, *map(float, row[len(labels) :])) for number, row in enumerate(patterns)
    ]
    return small_table(
        frame, {**dict.fromkeys(labels, str), PATTERN: int, **dict.fromkeys(factors, float)}, rows
    )
