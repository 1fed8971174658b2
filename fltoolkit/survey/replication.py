"""Supplied replicate weights: their coefficients by method, as R's `svrepdesign` has them, and how they are bound to a frame."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import narwhals as nw

from fltoolkit.errors import DesignError
from fltoolkit.survey.collect import to_pandas
from fltoolkit.survey.engines import numbered, rows_of
from fltoolkit.survey.internal import PSU, REPLICATE, STRATA, WEIGHT

if TYPE_CHECKING:
    from fltoolkit.survey.read import Frame

MethodName = Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other"]
METHODS = ("brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other")
LARGEST_BY_ROW = 100_000  # rows of a file, beyond which they are grouped by random buckets
MANY = 10  # rows (or buckets) for each replicate, beyond which random sums of rows have the rank of the rows
FIXED = ("brr", "fay", "jk2", "successive_difference")


@dataclass(frozen=True)
class Replication:
    """Supplied replicate weights of a design, bound to its frame as `fl__replicate0`, `fl__replicate1`, ...

    The variance of an estimate is Σ `factor`·(θ_r − centre)², the centre being the full sample's estimate under `mse`, else the
    mean over the replicates. `df` None: the rank of the replicate weights less one. `names`: the columns they came from.
    """

    factor: tuple[float, ...]
    mse: bool
    df: int | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """How replicates were made, with the coefficients that are not those of the method (`scale`, `rscales`, `rho`).

    `combined`: the columns are weights; False: factors of the weight. `mse`, `df`: see `Replication`.
    """

    name: MethodName
    scale: float | None = None
    rscales: float | Sequence[float] | None = None
    rho: float | None = None
    combined: bool = True
    mse: bool = False
    df: int | None = None


def replicated(
    frame: Frame, names: Sequence[str], columns: Sequence[nw.Expr], method: Method, strata: bool
) -> tuple[Frame, Replication]:
    """The frame with its replicate weights bound, and their coefficients.

    Args:
        frame: with `fl__weight` and, where `strata`, `fl__strata` bound: of a stratified jackknife they give the coefficients.
        names: the columns of the replicate weights. columns: the weights, in that order.

    Raises:
        DesignError: a column is named twice; coefficients are missing, too many, or not those of the method.
    """
    if twice := [name for name, times_named in Counter(names).items() if times_named > 1]:
        raise DesignError("columns of replicate weights are named twice", where="replicates", found=twice, do="name each once")
    times = nw.lit(1.0) if method.combined else nw.col(WEIGHT)
    bound = [(w * times).fill_null(float("nan")).alias(f"{REPLICATE}{r}") for r, w in enumerate(columns)]
    frame = frame.with_columns(bound)
    derive = strata and method.name == "jkn" and method.rscales is None
    rscales = _rscales_of_strata(frame, names) if derive else method.rscales
    factor = _factor(method, len(columns), rscales)
    made = Replication(factor, method.mse, method.df, tuple(names))
    return _in_buckets(frame.with_columns(nw.lit("all").alias(STRATA)), len(columns)), made


def refuse_coefficients(method: Method, strata: bool) -> None:
    """Stop on coefficients that are missing, too many, or not those of the method.

    Raises `DesignError`.
    """
    name, own = method.name, method.scale is not None or method.rscales is not None
    if name not in METHODS:
        raise DesignError(
            "no such method of replication", where="method", found=name, allowed=METHODS, do="see the data's documentation"
        )
    if (name == "fay") != (method.rho is not None) or not 0 <= (method.rho or 0.0) < 1:
        raise DesignError("rho goes with method fay, and lies between 0 and 1", where="rho", found=f"{name}, rho {method.rho}",
                          do="give the rho with which the weights were made")  # fmt: skip
    if name in FIXED and own:
        raise DesignError(f"{name} has coefficients of its own", where="scale, rscales", do="leave them out, or say other")
    if name == "jkn" and method.rscales is None and not strata:
        raise DesignError(
            "a stratified jackknife needs its coefficients: without them its variance is wrong", where="rscales",
            do="give rscales as the data's documentation has them, or strata to derive (n_h - 1)/n_h",
        )  # fmt: skip
    if name == "other" and (method.scale is None or method.rscales is None):
        raise DesignError(
            "method other needs scale and rscales", where="scale, rscales", do="give both as the data's documentation has them"
        )


def _factor(method: Method, count: int, rscales: float | Sequence[float] | None) -> tuple[float, ...]:
    """scale × rscales of each replicate."""
    usual = {"brr": 1 / count, "fay": 1 / (count * (1 - (method.rho or 0.0)) ** 2), "jk1": (count - 1) / count,
             "bootstrap": 1 / (count - 1), "successive_difference": 4 / count}  # fmt: skip
    times = usual.get(method.name, 1.0) if method.scale is None else float(method.scale)
    given = 1.0 if rscales is None else rscales
    each = [float(given)] * count if isinstance(given, (int, float)) else [float(f) for f in given]
    if len(each) != count:
        raise DesignError(
            f"{count} replicates have {len(each)} coefficients", where="rscales", do="give one number, or one for each replicate"
        )
    if not all(0 <= f < math.inf for f in each) or not any(each) or not 0 < times < math.inf:
        raise DesignError(
            "coefficients are not numbers above zero", where="scale, rscales", found=[times, *each[:5]], do="correct them"
        )
    return tuple(times * f for f in each)


def _rscales_of_strata(frame: Frame, columns: Sequence[str]) -> list[float]:
    """(n_h − 1)/n_h for each replicate, h being the one stratum whose weights it changes."""
    names = [f"{REPLICATE}{r}" for r in range(len(columns))]
    changed = [((nw.col(c) - nw.col(WEIGHT)).abs() > 1e-9 * nw.col(WEIGHT).abs()).cast(nw.Int64).alias(c) for c in names]
    table = to_pandas(frame.with_columns(changed).group_by(STRATA).agg(*[nw.col(c).max() for c in names]))
    hit = table[names].to_numpy(float) > 0
    if (wrong := hit.sum(axis=0) != 1).any():
        raise DesignError(
            f"{int(wrong.sum())} replicate(s) change the weights of no stratum or of several", where="strata",
            found=[c for c, odd in zip(columns, wrong, strict=True) if odd][:10], do="name the strata in which PSUs were dropped, or give rscales",
        )  # fmt: skip
    n_h = hit.sum(axis=1)[hit.argmax(axis=0)]
    return [float((n - 1) / n) for n in n_h]


def _in_buckets(frame: Frame, replicates: int) -> Frame:
    """Each row as a unit of its own, so that the rank of any domain's replicate weights can be found; of a very large file rows at
    random in as many buckets as that rank can need, whose sums have the same rank but in domains of few rows."""
    return numbered(frame, PSU, 0 if rows_of(frame) <= LARGEST_BY_ROW else MANY * replicates)
