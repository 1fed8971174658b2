"""Taylor variance from influence values summed to PSUs (STATISTICS.md §2), equal to R survey's `svyrecvar`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.errors import DesignError
from fltoolkit.survey.design import SinglePsu, SurveyDesign

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """The sampled PSUs, one row each in every influence matrix, and their strata.

    `strata` and `psu` are labels; `code` numbers the strata; `n_h` is the PSUs of a stratum in the whole sample and `f_h`
    its sampling fraction (0 without FPC), both by stratum.
    """

    strata: NDArray[np.object_]
    psu: NDArray[np.object_]
    code: NDArray[np.intp]
    n_h: Array
    f_h: Array
    single_psu: SinglePsu

    def __len__(self) -> int:
        return len(self.code)


def make_units(table: pd.DataFrame, design: SurveyDesign) -> tuple[Units, NDArray[np.intp]]:
    """The PSUs of a `cluster_totals` table, and each of its rows' PSU.

    Raises:
        DesignError: a PSU label stands in two strata; a stratum has a single PSU and the rule is `fail`; FPC is not
            constant in a stratum or smaller than the sample.
    """
    pairs = table[["strata", "psu"]].drop_duplicates().sort_values(["strata", "psu"], ignore_index=True)
    reused = pairs.loc[pairs["psu"].duplicated(keep=False), "psu"].unique()
    if len(reused):
        raise DesignError(
            "PSU labels stand in more than one stratum", where="psu", found=reused,
            do="if labels restart in each stratum say nest: true; if not, correct the strata",
        )  # fmt: skip
    labels, code = np.unique(pairs["strata"].to_numpy(object), return_inverse=True)
    n_h = np.bincount(code).astype(float)
    singles = labels[n_h == 1]
    f_h = _fractions(table, labels, n_h) if design.has_fpc else np.zeros(len(labels))
    if design.single_psu == "fail" and (lonely := [s for s, f in zip(labels, f_h, strict=True) if s in set(singles) and f < 1]):
        raise DesignError(
            f"{len(lonely)} stratum/strata have a single PSU, so no variance within them", where="strata", found=lonely,
            do="merge them with a neighbour, or choose single_psu: certainty, remove, adjust or average",
        )  # fmt: skip
    units = Units(pairs["strata"].to_numpy(object), pairs["psu"].to_numpy(object), code, n_h, f_h, design.single_psu)
    position = pd.Series(np.arange(len(pairs)), index=pd.Index(pairs["psu"]))
    return units, position.loc[table["psu"]].to_numpy(np.intp)


def _fractions(table: pd.DataFrame, labels: NDArray[np.object_], n_h: Array) -> Array:
    """Sampling fractions by stratum: the FPC itself where all are fractions, else n_h over the population count (as R)."""
    by = table.groupby("strata")
    low, high = (
        by["fl__fpc_low"].min().reindex(list(labels)).to_numpy(float),
        by["fl__fpc_high"].max().reindex(list(labels)).to_numpy(float),
    )
    gaps = by["fl__no_fpc"].sum().reindex(list(labels)).to_numpy(float) > 0
    if (wrong := gaps | (low != high)).any():
        raise DesignError("the FPC is missing or varies within a stratum", where="fpc", found=labels[wrong],
                          do="give each stratum one number: its PSUs in the population, or the sampling fraction")  # fmt: skip
    if (low <= 0).any():
        raise DesignError("the FPC is not above zero", where="fpc", found=labels[low <= 0],
                          do="give the PSUs in the population of the stratum, or the sampling fraction")  # fmt: skip
    if (low <= 1).all():
        return low
    if (low < n_h).any():
        raise DesignError("the FPC is smaller than the sample", where="fpc", found=labels[low < n_h],
                          do="fpc counts PSUs in the population of the stratum, not persons in the sample")  # fmt: skip
    return np.asarray(n_h / low)


def scaled(z: Array, units: Units) -> Array:
    """Influence centred in its stratum and scaled, so that S'S is the covariance of the estimates (units × rows)."""
    strata = len(units.n_h)
    sums = np.zeros((strata, z.shape[1]))
    np.add.at(sums, units.code, z)
    centre = sums / units.n_h[:, None]
    single = units.n_h == 1
    if units.single_psu == "adjust":
        centre[single] = z.sum(axis=0) / len(units)
    more = np.where(single, 1.0, units.n_h / np.maximum(units.n_h - 1, 1))
    factor = (1 - units.f_h) * more
    factor[factor < 1e-7] = 0.0
    if units.single_psu == "average":
        usable = ~(single & (factor > 0))
        factor = np.where(usable, factor, 0.0) * (strata / max(usable.sum(), 1))
    return np.asarray((z - centre[units.code]) * np.sqrt(factor)[units.code][:, None])


def variances(z: Array, units: Units) -> Array:
    """Variance of each column's estimate."""
    return np.asarray((scaled(z, units) ** 2).sum(axis=0))


def covariance(z: Array, units: Units) -> Array:
    """Covariance matrix of all columns' estimates."""
    s = scaled(z, units)
    return np.asarray(s.T @ s)


def degrees_of_freedom(present: NDArray[np.bool_], units: Units) -> NDArray[np.int64]:
    """PSUs with domain members less strata with domain members (R `degf(subset(...))`), for each column of `present`."""
    strata = np.zeros((len(units.n_h), present.shape[1]), dtype=np.int64)
    np.add.at(strata, units.code, present.astype(np.int64))
    return np.asarray(present.sum(axis=0) - (strata > 0).sum(axis=0), dtype=np.int64)
