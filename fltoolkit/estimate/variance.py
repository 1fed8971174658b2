"""Taylor variance from influence values summed to sampled units (docs/methods.md §2), equal to R survey's `svyrecvar`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.errors import DesignError
from fltoolkit.estimate.residuals import Margins
from fltoolkit.survey.design import Design, SinglePsu

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Stage:
    """Units drawn at one stage of sampling.

    `group` numbers each unit's stratum (at the second stage: its PSU); by group, `n` units were drawn of it, the fraction
    `f` of all there are (0: with replacement), and its variance counts `times` (1; at the second stage the PSU's own f).
    """

    group: Codes
    n: Array
    f: Array
    times: Array
    single: SinglePsu

    def scaled(self, z: Array) -> Array:
        """Influence of the units, centred in its group and scaled, so that S'S is this stage's part of the covariance."""
        centre = sums(z, self.group, len(self.n)) / self.n[:, None]
        alone = self.n == 1
        if self.single == "adjust":
            centre[alone] = z.sum(axis=0) / len(z)
        factor = (1 - self.f) * np.where(alone, 1.0, self.n / np.maximum(self.n - 1, 1))
        factor[factor < 1e-7] = 0.0
        if self.single == "average":
            usable = ~(alone & (factor > 0))
            factor = np.where(usable, factor, 0.0) * (len(self.n) / max(usable.sum(), 1))
        return np.asarray((z - centre[self.group]) * np.sqrt(factor * self.times)[self.group][:, None])


class Scaled(ABC):
    """Whatever varies in a sample: sampled units or replicates. `scaled` says how, and variance follows."""

    @abstractmethod
    def scaled(self, z: Array) -> Array:
        """S with S'S the covariance of the estimates whose influence is z."""

    def variances(self, z: Array) -> Array:
        """Variance of each column's estimate."""
        return np.asarray((self.scaled(z) ** 2).sum(axis=0))

    def covariance(self, z: Array) -> Array:
        """Covariance matrix of all columns' estimates."""
        s = self.scaled(z)
        return np.asarray(s.T @ s)


@dataclass(frozen=True)
class Units(Scaled):
    """The sampled units, one row each in every influence matrix: PSUs or, where the FPC of a second stage counts, its units.

    `strata` and `psu` are the labels of the PSUs, `psu_of` is each unit's PSU; `second` is None where units are PSUs,
    `named` says whether the labels are the survey's own and not row numbers. Of calibrated
    weights it is the residuals that vary: below the units the matrix then holds the sums that `margins` needs to find them.
    """

    strata: NDArray[np.object_]
    psu: NDArray[np.object_]
    psu_of: Codes
    first: Stage
    second: Stage | None
    named: bool = True
    margins: Margins | None = None

    def __len__(self) -> int:
        return len(self.psu_of)

    def same_as(self, other: object) -> bool:
        """Whether these are the same PSUs of the same strata, drawn, counted and calibrated alike."""
        if not isinstance(other, Units) or (self.margins is None) != (other.margins is None):
            return False
        return all(np.array_equal(a, b) for a, b in zip(self._facts(), other._facts(), strict=False))

    def _facts(self) -> list[Any]:
        held = [s for s in (self.first, self.second, self.margins) if s is not None]
        return [self.strata, self.psu, self.psu_of, *(getattr(s, f.name) for s in held for f in fields(s))]

    def by_psu(self, values: Array) -> Array:
        """Sums over the units of each PSU."""
        return values if self.second is None else sums(values, self.psu_of, len(self.psu))

    def influence(self, y: Array, x: Array | None, estimate: Array) -> Array:
        """Of totals y, or of ratios of totals (y − R·x)/X, from sums by unit (units × rows)."""
        if x is None:
            return y
        with np.errstate(divide="ignore", invalid="ignore"):
            z = estimate * x
            np.subtract(y, z, out=z)
            np.divide(z, x[: len(self)].sum(axis=0), out=z)
        return z

    def scaled(self, z: Array) -> Array:
        """S with S'S the covariance of the estimates whose influence is z (units × rows)."""
        z = self.residual(z)
        between = self.first.scaled(self.by_psu(z))
        return between if self.second is None else np.vstack([between, self.second.scaled(z)])

    def residual(self, z: Array) -> Array:
        """Influence of the units; of calibrated weights that of the residuals."""
        return self.margins.residual(z, len(self)) if self.margins else z

    def degrees_of_freedom(self, n: Array) -> NDArray[np.int64]:
        """PSUs with domain members less strata with domain members (R `degf(subset(...))`); `n` counts persons, units × rows."""
        present = self.by_psu(n) > 0
        strata = sums(present.astype(float), self.first.group, len(self.first.n)) > 0
        return np.asarray(present.sum(axis=0) - strata.sum(axis=0), dtype=np.int64)


def sums(values: Array, group: Codes, groups: int) -> Array:
    """Column sums by group: groups × columns."""
    from scipy.sparse import csr_array

    members = csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))
    return np.asarray(members @ values)


def make_units(table: pd.DataFrame, design: Design) -> tuple[Units, Codes]:
    """The units of a `cluster_totals` table, and each of its rows' unit.

    Raises:
        DesignError: a PSU label stands in two strata; a stratum has a single PSU (a PSU a single unit of the second stage) and
            the rule is `fail`; an FPC is not constant in its stratum or PSU, or smaller than the sample.
    """
    names = ["strata", "psu", *(["ssu"] if design.stages == 2 else [])]
    codes = np.column_stack([table[name].cat.codes for name in names])
    starts = np.r_[True, (codes[1:] != codes[:-1]).any(axis=1)]  # the table is sorted by them
    units = table.loc[starts, names].reset_index(drop=True)
    pairs = units[["strata", "psu"]].drop_duplicates(ignore_index=True)
    reused = pairs.loc[pairs["psu"].duplicated(keep=False), "psu"].unique()
    if len(reused):
        raise DesignError(
            "PSU labels stand in more than one stratum", where="psu", found=reused,
            do="if labels restart in each stratum say nest: true; if not, correct the strata",
        )  # fmt: skip
    labels, group = np.unique(pairs["strata"].to_numpy(object), return_inverse=True)
    n = np.bincount(group).astype(float)
    f = _fractions(table, "strata", "fpc", labels, n) if design.stages else np.zeros(len(labels))
    first = Stage(group, n, f, np.ones(len(labels)), design.single_psu)
    _refuse_single(first, labels, ("stratum/strata have a single PSU", "strata", "merge them with a neighbour"))
    psu = pairs["psu"].to_numpy(object)
    psu_of = pd.Series(np.arange(len(pairs)), index=pd.Index(psu)).loc[units["psu"]].to_numpy(np.intp)
    second = _second(table, psu, psu_of, f[group], design) if design.stages == 2 else None
    made = Units(pairs["strata"].to_numpy(object), psu, psu_of, first, second, design.clustered)
    return made, np.asarray(np.cumsum(starts) - 1, dtype=np.intp)


def _second(table: pd.DataFrame, psu: NDArray[np.object_], psu_of: Codes, f_h: Array, design: Design) -> Stage:
    """The second stage: the units drawn within each PSU, whose variance counts f_h times.

    A lonely one's distance from the mean of its PSU is nothing, so that `adjust` adds nothing, as in R. Of `average` R makes nan at
    this stage; here it is the average over the other PSUs.
    """
    single: SinglePsu = "certainty" if design.single_psu == "adjust" else design.single_psu
    m = np.bincount(psu_of, minlength=len(psu)).astype(float)
    stage = Stage(psu_of, m, _fractions(table, "psu", "fpc2", psu, m), f_h, single)
    _refuse_single(stage, psu, ("PSU(s) hold a single unit of the second stage", "psu", "leave the second stage out"))
    return stage


def _refuse_single(stage: Stage, labels: NDArray[np.object_], words: tuple[str, str, str]) -> None:
    what, where, do = words
    if stage.single == "fail" and (lonely := list(labels[(stage.n == 1) & (stage.f < 1)])):
        raise DesignError(
            f"{len(lonely)} {what}, so no variance within them", where=where, found=lonely,
            do=f"{do}, or choose single_psu: certainty, remove, adjust or average",
        )  # fmt: skip


def _fractions(table: pd.DataFrame, by: str, fpc: str, labels: NDArray[np.object_], n: Array) -> Array:
    """Sampling fractions by group: the FPC itself where all are fractions, else n over the population count (as R).

    An infinite count is a group drawn with replacement.
    """
    grouped = table.groupby(by, observed=True)
    low, high = (
        getattr(grouped[f"{fpc}_{end}"], of)().reindex(list(labels)).to_numpy(float)
        for end, of in (("low", "min"), ("high", "max"))
    )
    gaps = grouped[f"no_{fpc}"].sum().reindex(list(labels)).to_numpy(float) > 0
    what, unit = ("stratum", "PSUs") if by == "strata" else ("PSU", "units of the second stage")
    if (wrong := gaps | (low != high)).any():
        raise DesignError(f"the FPC is missing or varies within a {what}", where="fpc", found=labels[wrong],
                          do=f"give each {what} one number: its {unit} in the population, or the sampling fraction")  # fmt: skip
    if (low <= 0).any():
        raise DesignError("the FPC is not above zero", where="fpc", found=labels[low <= 0],
                          do=f"give the {unit} in the population of the {what}, or the sampling fraction")  # fmt: skip
    if (low <= 1).all():
        return np.asarray(low)
    if (low < n).any():
        raise DesignError("the FPC is smaller than the sample", where="fpc", found=labels[low < n],
                          do=f"fpc counts {unit} in the population of the {what}, not persons in the sample")  # fmt: skip
    return np.asarray(n / low)
