"""Adds the replicate weights of a survey to its rows, and computes the coefficients with which they give a
variance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.errors import DesignError
from fltoolkit.survey.engine.columns import PSU, REPLICATE, STRATA, WEIGHT, Frame
from fltoolkit.survey.engine.engines import rows_of, to_pandas, with_row_labels
from fltoolkit.survey.spec.files_and_design import Method, factors

LARGEST_BY_ROW = 100_000  # rows; a larger file is grouped into random buckets
MANY = 10  # rows or buckets per replicate; with so many, random sums of rows have the same rank as the rows


@dataclass(frozen=True)
class Replication:
    """The replicate weights of a design, and the coefficients with which they give a variance. The columns of
    the frame that contain them are `fl__replicate0`, `fl__replicate1`, and so on.

    The variance of an estimate is Σ `factor`·(θ_r − centre)², where θ_r is the estimate with the weights of
    replicate r.

    Attributes:
        factor: the coefficient of each replicate (scale × rscales).
        mse: True if the centre is the estimate from the full sample, False if it is the mean over the
            replicates.
        df: the degrees of freedom. None: the rank of the replicate weights minus one.
        names: the columns of the data that contain the replicate weights.
        method: how the replicate weights were made, such as `brr`.
    """

    factor: tuple[float, ...]
    mse: bool
    df: int | None
    names: tuple[str, ...]
    method: str


def replicated(
    frame: Frame, names: Sequence[str], columns: Sequence[nw.Expr], method: Method, strata: bool
) -> tuple[Frame, Replication]:
    """Returns the rows with their replicate weights in the columns `fl__replicate0` and so on, and the
    coefficients with which the replicates give a variance.

    Args:
        frame: the rows, with the column `fl__weight`. If `strata` is true, they also have `fl__strata`, from
            which the coefficients of a stratified jackknife are derived.
        names: the names of the columns of replicate weights, for messages.
        columns: these columns, in the order of `names`.
        method: how the replicate weights were made, with the coefficients that the user gives.
        strata: whether the strata are known.

    Raises:
        DesignError: a column is named twice, or coefficients are missing, too many, or do not belong to the
            method.
    """
    if twice := [name for name, times_named in Counter(names).items() if times_named > 1]:
        raise DesignError(
            "columns of replicate weights are named twice",
            where="replicates",
            found=twice,
            do="name each once",
        )
    times = nw.lit(1.0) if method.combined else nw.col(WEIGHT)
    bound = [(w * times).fill_null(float("nan")).alias(f"{REPLICATE}{r}") for r, w in enumerate(columns)]
    frame = frame.with_columns(bound)
    derive = strata and method.name == "jkn" and method.rscales is None
    rscales = _rscales_of_strata(frame, names) if derive else method.rscales
    factor = factors(method, len(columns), rscales)
    made = Replication(factor, method.mse, method.df, tuple(names), method.name)
    return _with_sampling_units(frame.with_columns(nw.lit("all").alias(STRATA)), len(columns)), made


def _rscales_of_strata(frame: Frame, columns: Sequence[str]) -> list[float]:
    """Returns the coefficient of each replicate of a stratified jackknife: (n_h − 1)/n_h. Here h is the
    stratum in which the replicate changes the weights, and n_h is the number of replicates that change the
    weights of this stratum.

    Raises:
        DesignError: a replicate does not change the weights of exactly one stratum.
    """
    names = [f"{REPLICATE}{r}" for r in range(len(columns))]
    changed = [
        ((nw.col(c) - nw.col(WEIGHT)).abs() > 1e-9 * nw.col(WEIGHT).abs()).cast(nw.Int64).alias(c)
        for c in names
    ]
    table = to_pandas(frame.with_columns(changed).group_by(STRATA).agg(*[nw.col(c).max() for c in names]))
    hit = table[names].to_numpy(float) > 0
    if (wrong := hit.sum(axis=0) != 1).any():
        raise DesignError(
            f"{int(wrong.sum())} replicate(s) change the weights of no stratum or of several",
            where="strata",
            found=[c for c, odd in zip(columns, wrong, strict=True) if odd][:10],
            do=(
                "name the strata in which PSUs were dropped, or give rscales; if you did, compare the rows: the "
                "replicates are not those of this weight, as after another sorting or a later calibration"
            ),
        )
    n_h = hit.sum(axis=1)[hit.argmax(axis=0)]
    return [float((n - 1) / n) for n in n_h]


def _with_sampling_units(frame: Frame, replicates: int) -> Frame:
    """Returns the rows with a column of sampling units. Each row is a unit of its own, so that the rank of
    the replicate weights can be found in any domain (part of the persons).

    In a file of more than 100,000 rows, the rows are put at random into a smaller number of groups, and each
    group is a unit. The sums of the groups have the same rank as the rows, except in a domain of few rows.
    """
    return with_row_labels(frame, PSU, 0 if rows_of(frame) <= LARGEST_BY_ROW else MANY * replicates)
