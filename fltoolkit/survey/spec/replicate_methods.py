"""Describes the methods of replicate weights and their coefficients, as `svrepdesign` of R's survey package
does. This module reads no data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fltoolkit.errors import DesignError

MethodName = Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other"]
METHODS = ("brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other")
FIXED = ("brr", "fay", "jk2", "successive_difference")


@dataclass(frozen=True)
class Method:
    """The method by which the replicate weights of a survey were made, such as the jackknife, and its
    coefficients.

    Attributes:
        name: the method.
        scale, rscales, rho: the coefficients, if they differ from the usual coefficients of the method.
        combined: True if the columns are weights, False if they are factors of the weight.
        mse: True if deviations are taken from the estimate of the full sample, False if from the mean over
            the replicates.
        df: the degrees of freedom. None: the rank of the replicate weights minus one.
    """

    name: MethodName
    scale: float | None = None
    rscales: float | Sequence[float] | None = None
    rho: float | None = None
    combined: bool = True
    mse: bool = False
    df: int | None = None


def refuse_coefficients(method: Method, strata: bool) -> None:
    """Raise `DesignError` if the method is unknown, or if the coefficients are missing, too many, or do not
    belong to the method. `strata` says whether the strata are known, because the coefficients of a stratified
    jackknife can be derived from them."""
    name, own = method.name, method.scale is not None or method.rscales is not None
    if name not in METHODS:
        raise DesignError(
            "no such method of replication",
            where="method",
            found=name,
            allowed=METHODS,
            do="see the data's documentation",
        )
    if (name == "fay") != (method.rho is not None) or not 0 <= (method.rho or 0.0) < 1:
        raise DesignError(
            "rho is for the method fay only, and must be between 0 and 1",
            where="rho",
            found=f"{name}, rho {method.rho}",
            do="give the rho with which the weights were made",
        )
    if name in FIXED and own:
        raise DesignError(
            f"{name} has coefficients of its own", where="scale, rscales", do="leave them out, or say other"
        )
    if name == "jkn" and method.rscales is None and not strata:
        raise DesignError(
            "a stratified jackknife needs its coefficients: without them its variance is wrong",
            where="rscales",
            do="give rscales as the data's documentation has them, or strata to derive (n_h - 1)/n_h",
        )
    if name == "other" and (method.scale is None or method.rscales is None):
        raise DesignError(
            "method other needs scale and rscales",
            where="scale, rscales",
            do="give both as the data's documentation has them",
        )


def factors(method: Method, count: int, rscales: float | Sequence[float] | None) -> tuple[float, ...]:
    """Returns, for each replicate, the factor by which its squared deviation counts in the variance: scale ×
    rscales. `count` is the number of replicates. `rscales` is one number for all replicates or one for each;
    None means 1.

    Raises:
        DesignError: the number of coefficients is wrong, one of them is negative or infinite, or all are
            zero.
    """
    usual = {
        "brr": 1 / count,
        "fay": 1 / (count * (1 - (method.rho or 0.0)) ** 2),
        "jk1": (count - 1) / count,
        "bootstrap": 1 / (count - 1),
        "successive_difference": 4 / count,
    }
    times = usual.get(method.name, 1.0) if method.scale is None else float(method.scale)
    given = 1.0 if rscales is None else rscales
    each = [float(given)] * count if isinstance(given, (int, float)) else [float(f) for f in given]
    if len(each) != count:
        raise DesignError(
            f"{count} replicates have {len(each)} coefficients",
            where="rscales",
            do="give one number, or one for each replicate",
        )
    if not all(0 <= f < math.inf for f in each) or not any(each) or not 0 < times < math.inf:
        raise DesignError(
            "coefficients are not numbers above zero",
            where="scale, rscales",
            found=[times, *each[:5]],
            do="correct them",
        )
    return tuple(times * f for f in each)
