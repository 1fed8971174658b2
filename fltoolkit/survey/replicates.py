"""Designs known only by supplied replicate weights, as R's `svrepdesign` sees them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

import narwhals as nw

from fltoolkit.errors import DesignError
from fltoolkit.survey.design import PSU, REPLICATE, STRATA, WEIGHT, Design, Replication, bind, refuse_missing_columns
from fltoolkit.survey.read import Frame, connect, number, open_table, text

Method = Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other"]
METHODS = ("brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other")
FIXED = ("brr", "fay", "jk2", "successive_difference")


class ReplicateDesign(Design):
    """A survey delivered with replicate weights in place of its strata and PSUs.

    The variance is scale·Σ rscales·(θ_r − centre)². Defaults are R's, with R the number of replicates:

    | method | scale | rscales |
    |---|---|---|
    | `brr` balanced half-samples | 1/R | 1 |
    | `fay` the same, damped by `rho` | 1/(R(1 − rho)²) | 1 |
    | `jk1` unstratified jackknife | (R − 1)/R | 1 |
    | `jkn` stratified jackknife | 1 | required, or `strata`: (n_h − 1)/n_h for the n_h replicates that drop a PSU of stratum h |
    | `jk2` paired jackknife | 1 | 1 |
    | `bootstrap` | 1/(R − 1) | 1 |
    | `successive_difference` (R's ACS) | 4/R | 1 |
    | `other` | required | required |

    Args:
        data: as in `SurveyDesign`.
        weight: column of the full sample's weights.
        replicates: the columns of replicate weights: their names, or one pattern such as `rw*`, in the order of `rscales`.
        method: how the replicates were made.
        scale, rscales: the coefficients, where they are not those of the table; `rscales` one for all or one for each replicate.
        strata: for `jkn` without rscales, the column(s) of the strata.
        mse: centre on the full sample's estimate instead of the replicates' mean.
        rho: of `fay`.
        combined: False if the columns are factors of the weight, not weights.
        df: degrees of freedom; None: in each domain the rank of its replicate weights less one (R `degf`).
        weights: as in `SurveyDesign`.

    Raises:
        RequestError: a column is not in the data, or a pattern finds none.
        DesignError: coefficients are missing, too many, or not those of the method.
    """

    def __init__(
        self,
        data: Any,
        *,
        weight: str,
        replicates: str | Sequence[str],
        method: Method,
        scale: float | None = None,
        rscales: float | Sequence[float] | None = None,
        strata: str | Sequence[str] | None = None,
        mse: bool = False,
        rho: float | None = None,
        combined: bool = True,
        df: int | None = None,
        weights: Literal["gross_up", "normalised"] = "gross_up",
    ) -> None:
        frame = open_table(data, connect())
        schema = frame.collect_schema()
        names = _columns(replicates, schema.names())
        layers = [strata] if isinstance(strata, str) else list(strata or ())
        refuse_missing_columns([weight, *names, *layers], schema.names(), "ReplicateDesign")
        _refuse_coefficients(method, scale, rscales, layers, rho)
        full = number(weight, schema[weight])
        given = [number(c, schema[c]) if combined else number(c, schema[c]) * full for c in names]
        bound = [w.fill_null(float("nan")).alias(f"{REPLICATE}{r}") for r, w in enumerate(given)]
        frame = frame.with_columns(full.alias(WEIGHT), nw.lit("all").alias(STRATA), *bound)
        if layers and rscales is None:
            labels = nw.concat_str([text(c, schema[c]) for c in layers], separator=" / ")
            rscales = _of_strata(frame.with_columns(labels.alias("fl__layer")), len(names))
        bind(
            self,
            frame=_in_buckets(frame, 2 * len(names)),
            single_psu="fail",
            clustered=False,
            stages=0,
            grosses_up=weights == "gross_up",
            deff_at_zero=None,
            replication=Replication(_factor(method, len(names), scale, rscales, rho), mse, df),
            calibration=None,
        )


def _columns(wanted: str | Sequence[str], there: Sequence[str]) -> list[str]:
    """The replicate columns, in the order of the data for a pattern."""
    if not isinstance(wanted, str):
        names = list(wanted)
    elif "*" in wanted or "?" in wanted:
        names = [c for c in there if fnmatchcase(c, wanted)]
    else:
        names = [wanted]
    if len(names) < 2:
        raise DesignError(
            "fewer than two columns of replicate weights", where="replicates", found=wanted, allowed=there,
            do="name the columns, or a pattern such as rw*",
        )  # fmt: skip
    return names


def _refuse_coefficients(
    method: str, scale: float | None, rscales: float | Sequence[float] | None, strata: Sequence[str], rho: float | None
) -> None:
    if method not in METHODS:
        raise DesignError(
            "no such method of replication", where="method", found=method, allowed=METHODS, do="see the data's documentation"
        )
    if (method == "fay") != (rho is not None) or (rho is not None and not 0 <= rho < 1):
        raise DesignError("rho goes with method fay, and lies between 0 and 1", where="rho", found=f"{method}, rho {rho}",
                          do="give the rho with which the weights were made")  # fmt: skip
    if method in FIXED and (scale is not None or rscales is not None):
        raise DesignError(
            f"{method} has coefficients of its own", where="scale, rscales", do="leave them out, or say method='other'"
        )
    if method == "jkn" and rscales is None and not strata:
        raise DesignError(
            "a stratified jackknife needs its coefficients: without them its variance is wrong", where="rscales",
            do="give rscales as the data's documentation has them, or strata= to derive (n_h - 1)/n_h",
        )  # fmt: skip
    if method == "other" and (scale is None or rscales is None):
        raise DesignError(
            "method other needs scale and rscales", where="scale, rscales", do="give both as the data's documentation has them"
        )
    if strata and (method != "jkn" or rscales is not None):
        raise DesignError(
            "strata are for jkn without rscales", where="strata", found=method, do="leave strata out: the replicates hold them"
        )


def _factor(
    method: str, count: int, scale: float | None, rscales: float | Sequence[float] | None, rho: float | None
) -> tuple[float, ...]:
    """scale × rscales of each replicate."""
    usual = {"brr": 1 / count, "fay": 1 / (count * (1 - (rho or 0.0)) ** 2), "jk1": (count - 1) / count,
             "bootstrap": 1 / (count - 1), "successive_difference": 4 / count}  # fmt: skip
    times = usual.get(method, 1.0) if scale is None else float(scale)
    each = (
        [1.0 if rscales is None else float(rscales)] * count
        if rscales is None or isinstance(rscales, (int, float))
        else list(rscales)
    )
    if len(each) != count:
        raise DesignError(
            f"{count} replicates have {len(each)} coefficients", where="rscales", do="give one number, or one for each replicate"
        )
    if not all(f >= 0 and times >= 0 for f in each) or not any(each):
        raise DesignError(
            "coefficients are not numbers above zero", where="scale, rscales", found=[times, *each[:5]], do="correct them"
        )
    return tuple(times * float(f) for f in each)


def _of_strata(frame: Frame, count: int) -> list[float]:
    """(n_h − 1)/n_h for each replicate, h being the one stratum whose weights it changes."""
    names = [f"{REPLICATE}{r}" for r in range(count)]
    changed = [((nw.col(c) - nw.col(WEIGHT)).abs() > 1e-9 * nw.col(WEIGHT).abs()).cast(nw.Int64).alias(c) for c in names]
    table = frame.with_columns(changed).group_by("fl__layer").agg(*[nw.col(c).max() for c in names]).collect("pandas").to_native()
    hit = table[names].to_numpy(float) > 0
    if (wrong := hit.sum(axis=0) != 1).any():
        raise DesignError(
            f"{int(wrong.sum())} replicate(s) change the weights of no stratum or of several", where="strata",
            found=[r + 1 for r in range(count) if wrong[r]][:10], do="name the strata in which PSUs were dropped, or give rscales",
        )  # fmt: skip
    n_h = hit.sum(axis=1)[hit.argmax(axis=0)]
    return [float((n - 1) / n) for n in n_h]


def _in_buckets(frame: Frame, buckets: int) -> Frame:
    """Rows at random in as many buckets as the rank of their replicate weights can need: sums over them have the same rank."""
    relation: Any = nw.to_native(frame)
    named = relation.project(f"*, CAST(hash(row_number() OVER ()) % {buckets} AS VARCHAR) AS {PSU}")
    bucketed: Frame = nw.from_native(named).lazy()
    return bucketed
