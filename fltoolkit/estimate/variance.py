"""Computes variances from influence values (the part of each sampled unit in an estimate): by Taylor linearisation,
by replicate weights, or across several samples (docs/methods.md §2).

Equal to `svyrecvar` and `svrVar` of R's survey package.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate.weights.calibration_residuals import Margins
from fltoolkit.survey.design.replicate_weights import MANY
from fltoolkit.survey.design.survey_design import Design, SinglePsu
from fltoolkit.survey.printed_values import Mask

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Array = NDArray[np.float64]
Codes: TypeAlias = "NDArray[np.intp] | NDArray[np.int32]"
Matrix: TypeAlias = "Array | csc_array"  # units × rows: sparse if it comes from sums by unit, because most units have no such sum
Label = tuple[str, ...]
WHOLE = 1e-9  # a count that is stored as a float differs by less, relative to its size
AT_ONCE = 64  # columns that are made dense together
RANK_TOLERANCE = 1e-5  # R's degf


@dataclass(frozen=True)
class Stage:
    """The units drawn at one stage of sampling, with the numbers from which its part of the variance is
    computed.

    Attributes:
        group: for each unit, the position of the group from which it was drawn: its stratum, or at the second
            stage its PSU.
        n: by group, the number of units drawn.
        f: by group, the sampling fraction (0: with replacement).
        times: by group, a factor for its variance: 1, or at the second stage the sampling fraction of the
            PSU.
        single: the rule for groups with a single unit, such as `average`.
    """

    group: Codes
    n: Array
    f: Array
    times: Array
    single: SinglePsu

    def scaled(self, z: Array) -> Array:
        """Returns a matrix S for which S'S is this stage's part of the covariance. S is the influence of the
        units, minus its mean in each group, times the root of a factor."""
        alone = self.n == 1
        centre = sums_by_code(z, self.group, len(self.n)) / self.n[:, None]
        if self.single == "adjust":
            centre[alone] = z.sum(axis=0) / len(z)
        factor = (1 - self.f) * np.where(alone, 1.0, self.n / np.maximum(self.n - 1, 1))
        factor[factor < 1e-7] = 0.0
        if self.single == "average":
            usable = ~(alone & (factor > 0))
            factor = np.where(usable, factor, 0.0) * (len(self.n) / max(usable.sum(), 1))
        found = centre[self.group]
        np.subtract(z, found, out=found)  # in place: with persons as units, a matrix is large
        found *= np.sqrt(factor * self.times)[self.group, None]
        return np.asarray(found)


class Scaled(ABC):
    """Computes variances from influence values. Its subclasses are sampled units (`Units`, `Joint`) and
    replicates (`Replicates`). They define the method `scaled`."""

    @abstractmethod
    def scaled(self, z: Matrix) -> Array:
        """Returns a matrix S for which S'S is the covariance of the estimates. z is the influence matrix
        (units × estimates)."""

    def variances(self, z: Matrix) -> Array:
        """Returns the variance of each estimate. z is the influence matrix (units × estimates)."""
        found = np.zeros(z.shape[1])
        for i in range(0, z.shape[1], AT_ONCE):
            rows = self.scaled(z[:, i : i + AT_ONCE])
            found[i : i + AT_ONCE] = np.einsum("ij,ij->j", rows, rows)
        return found

    def covariance(self, z: Matrix) -> Array:
        """Returns the covariance matrix of all estimates. z is the influence matrix (units × estimates)."""
        rows = self.scaled(z)
        return rows.T @ rows


@dataclass(frozen=True)
class Units(Scaled):
    """The sampled units. Each has one row in every influence matrix. They are PSUs, or units of the second
    stage if its FPC is used.

    Attributes:
        strata, psu: the labels of the PSUs.
        psu_of: for each unit, the position of its PSU.
        first: the first stage of sampling.
        second: the second stage; None if the units are PSUs.
        named: whether the labels are those of the survey; False if they are row numbers.
        margins: for calibrated weights, the numbers from which residuals are computed (see `Margins`). The
            variance is then that of the residuals. The influence matrix then has further rows below the rows
            of the units. None for other weights.
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
        """Returns whether another object has the same PSUs in the same strata, with the same sampling and
        calibration."""
        if not isinstance(other, Units) or (self.margins is None) != (other.margins is None):
            return False
        return all(np.array_equal(a, b) for a, b in zip(self._facts(), other._facts(), strict=False))

    def _facts(self) -> list[Any]:
        held = [s for s in (self.first, self.second, self.margins) if s is not None]
        return [self.strata, self.psu, self.psu_of, *(getattr(s, f.name) for s in held for f in fields(s))]

    def by_psu(self, values: Any) -> Any:
        """Returns the sums of a matrix (units × columns) over the units of each PSU (PSUs × columns)."""
        return values if self.second is None else sums_by_code(values, self.psu_of, len(self.psu))

    def influence(self, y: Matrix, x: Matrix | None, estimate: Array, overwrite_x: bool = False) -> Matrix:
        """Returns the influence matrix: the part of each sampled unit in each estimate (units × estimates).
        For totals it is y, for ratios of totals (y − R·x)/X, where X is the sum of x over all units.

        If X is 0, the influence is nan.

        Args:
            y: the numerators (units × estimates).
            x: the denominators (units × estimates); None: the estimates are totals.
            estimate: the ratios R.
            overwrite_x: whether the result may be written into the memory of x. This saves a second matrix of
                the same size.
        """
        if x is None:
            return y
        whole = np.asarray(x[: len(self)].sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            if isinstance(x, np.ndarray):
                z: Matrix = np.multiply(x, -estimate, out=x if overwrite_x else None)
                some = y.tocoo() if not isinstance(y, np.ndarray) else None  # no position occurs twice
                if some is None:
                    z += y
                else:
                    z[some.row, some.col] += some.data
                z *= 1 / whole
            else:
                z = multiply_columns(multiply_columns(x, -estimate) + y, 1 / whole)
        return z if (whole != 0).all() else as_dense(z) + np.where(whole == 0, np.nan, 0.0)

    def scaled(self, z: Matrix) -> Array:
        """Returns a matrix S for which S'S is the covariance of the estimates: the first stage's part above
        the second's. z is the influence matrix (units × estimates)."""
        z = as_dense(z)
        if self.margins:
            z = self.margins.residual(z, len(self))
        first = self.first.scaled(self.by_psu(z))
        return first if self.second is None else np.vstack([first, self.second.scaled(z)])

    def degrees_of_freedom(self, n: Matrix) -> NDArray[np.int64]:
        """Returns the degrees of freedom of each column: the number of PSUs with persons of the domain, minus
        the number of strata with such persons (R `degf(subset(...))`).

        Args:
            n: persons or weights of the domain (units × columns).
        """
        psus = self.by_psu(n[: len(self)]) != 0
        strata = sums_by_code(psus, self.first.group, len(self.first.n))
        return np.asarray(psus.sum(axis=0), dtype=np.int64) - np.asarray(strata.sum(axis=0), dtype=np.int64)


@dataclass(frozen=True)
class Replicates(Scaled):
    """The replicates of a design with replicate weights. In an influence matrix, each replicate has one row:
    the distance of its estimate from the centre.

    Attributes:
        factor: scale × rscales of each replicate.
        mse: whether the centre is the estimate of the full sample. If not, it is the mean over the
            replicates.
        df: the degrees of freedom, if the user gave them; else None.
    """

    factor: Array
    mse: bool
    df: float | None

    def __len__(self) -> int:
        return len(self.factor)

    def same_as(self, other: object) -> bool:
        """Returns whether another object has replicates with the same factors. Only then can the two
        influence matrices be put side by side."""
        return (
            isinstance(other, Replicates)
            and np.array_equal(self.factor, other.factor)
            and self.mse == other.mse
        )

    def influence(self, y: Array, x: Array | None, estimate: Array, overwrite_x: bool = False) -> Array:
        """Returns the distance of each replicate's estimate from the centre (replicates × estimates).

        A replicate without any person of a domain has no estimate and adds nothing, as in R.

        Args:
            y: the numerators (replicates × estimates).
            x: the denominators (replicates × estimates); None: the estimates are totals.
            estimate: the estimates from the full sample.
            overwrite_x: whether the result may be written into the memory of x.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            theta = y if x is None else np.divide(y, x, out=x if overwrite_x else None)
        known = np.isfinite(theta)
        counted = known & (self.factor > 0)[:, None]
        with np.errstate(invalid="ignore"):
            centre = estimate if self.mse else np.where(counted, theta, 0.0).sum(axis=0) / counted.sum(axis=0)
        return np.where(known, theta - centre, 0.0)

    def scaled(self, z: Matrix) -> Array:
        """Returns a matrix S for which S'S is the covariance of the estimates. z is the distance of each
        replicate's estimate from the centre."""
        return as_dense(z) * np.sqrt(self.factor)[:, None]


def ranks(weights: Array, codes: Iterable[Codes], cells: int) -> NDArray[np.int64]:
    """Returns, for each cell, the rank of the replicate weights: the number of linearly independent
    replicates. The degrees of freedom are the rank minus one (R `degf`).

    If there are many rows, the rank is computed from random sums of the rows. This rank is the same.

    Args:
        weights: the sums of the replicate weights (rows × replicates).
        codes: for each breakdown, the cell of each row; -1: none.
        cells: the number of cells.
    """
    found, random, most = np.zeros(cells, dtype=np.int64), np.random.default_rng(0), weights.shape[1]
    for code in codes:
        for i in np.unique(code[code >= 0]):
            own = weights[code == i]
            if len(own) > MANY * most:
                own = sums_by_code(own, random.integers(0, 4 * most, len(own)), 4 * most)
            largest = np.abs(own).max(axis=0)
            if largest.any():
                own = own / np.where(largest > 0, largest, 1.0)
                found[i] = np.linalg.matrix_rank(own, tol=None, rtol=RANK_TOLERANCE)
    return found


@dataclass(frozen=True)
class Joint(Scaled):
    """The sampled units of several samples together. Each unit has one row in the influence matrix. The
    values of this matrix are already scaled (see `scaled`).

    Attributes:
        labels: one tuple per row. For a PSU that can be in several samples it is (stratum, PSU). For any
            other unit, the tuple contains the name of the sample.
    """

    labels: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.labels)

    def same_as(self, other: object) -> bool:
        """Returns whether another object has the same sampled units. Then the two influence matrices have the
        same rows and can be put side by side."""
        return isinstance(other, Joint) and np.array_equal(self.labels, other.labels)

    def scaled(self, z: Matrix) -> Array:
        """Returns the influence matrix z itself, which is already scaled."""
        return as_dense(z)


def psu_labels(units: Units | Replicates | Joint) -> list[Label]:
    """Returns the label of each PSU, as a pair of its stratum and its own name.

    The list is empty for replicates, and if persons were drawn directly, because there are then no PSUs with
    names.
    """
    return list(zip(units.strata, units.psu, strict=True)) if isinstance(units, Units) and units.named else []


def join(
    parts: Sequence[tuple[str, Matrix, Units | Replicates | Joint]], shared: bool
) -> tuple[Array, Joint]:
    """Returns the influence values of several samples as one matrix (units × estimates), and the sampled
    units, one per row. A value is 0 if the unit is not in the sample of the estimate. The values are scaled:
    the covariance of two estimates is the sum of the products of their columns.

    Only PSUs that are in both samples contribute to a covariance between them. If all PSUs are in both, this
    is the covariance of R's svydesign on the data of both samples together. If only some PSUs are in both, R
    counts the PSUs of both samples in every stratum, which changes the variance of each sample. Here the
    variance of each sample does not change.

    Args:
        parts: for each sample its label, its influence matrix and its units.
        shared: whether PSUs with the same stratum and label are the same area. Units below the PSU are never
            shared.

    Raises:
        RequestError: a part is itself a stack of samples.
    """
    scaled, labels = [], []
    for label, z, units in parts:
        if isinstance(units, Joint):
            raise RequestError(
                "one of the parts is itself a stack of samples",
                found=label,
                do="stack all samples in one call",
            )
        s, psus = units.scaled(z), psu_labels(units) if shared else []
        scaled.append(s)
        labels.append([*psus, *((label, "unit", str(i)) for i in range(len(psus), len(s)))])
    position = {key: i for i, key in enumerate(dict.fromkeys(key for keys in labels for key in keys))}
    wide = np.zeros((len(position), sum(s.shape[1] for s in scaled)))
    start = 0
    for s, keys in zip(scaled, labels, strict=True):
        wide[[position[key] for key in keys], start : start + s.shape[1]] = s
        start += s.shape[1]
    rows = np.empty(len(position), dtype=object)
    rows[:] = list(position)
    return wide, Joint(rows)


def as_dense(values: Matrix) -> Array:
    return np.asarray(values if isinstance(values, np.ndarray) else values.toarray(order="C"))


def side_by_side(parts: Sequence[Matrix]) -> Matrix:
    """Returns one matrix with the columns of all parts. It is sparse if all parts are sparse."""
    from scipy.sparse import hstack

    return np.hstack(parts) if any(isinstance(z, np.ndarray) for z in parts) else hstack(parts, format="csc")


def multiply_columns(values: Matrix, by: Array) -> Matrix:
    """Multiplies each column of a matrix by its number in `by`."""
    return values * by if isinstance(values, np.ndarray) else values.multiply(by).tocsc()


def sums_by_code(values: Any, group: Codes, groups: int) -> Any:
    """Returns the sums of a matrix over the rows of each group (groups × columns). For a matrix of true/false
    values, a sum is true if at least one value is true.

    Args:
        values: a matrix of rows × columns.
        group: for each row, the number of its group.
        groups: how many groups there are.
    """
    from scipy.sparse import csr_array

    members = csr_array(
        (np.ones(len(group), dtype=values.dtype), (group, np.arange(len(group)))), shape=(groups, len(group))
    )
    return members @ values


def make_units(table: pd.DataFrame, design: Design) -> tuple[Units, Codes]:
    """Returns the sampled units (PSUs, or units of the second stage) in a table of sums (`cluster_totals`).
    Also returns, for each row of the table, the position of its unit.

    Raises:
        DesignError: a PSU label is in two strata. Or a stratum has a single PSU, or a PSU has a single unit
            of the second stage, and the rule for such cases is `fail`. Or an FPC differs within its stratum
            or PSU, is smaller than the sample, or is neither a count nor a fraction.
    """
    names = ["strata", "psu", *(["ssu"] if design.stages == 2 else [])]
    codes = [table[name].cat.codes.to_numpy() for name in names]
    starts = np.r_[
        True, np.logical_or.reduce([code[1:] != code[:-1] for code in codes])
    ]  # the table is sorted by these codes
    units = table.loc[starts, names].reset_index(drop=True)
    pairs = units[["strata", "psu"]].drop_duplicates(ignore_index=True)
    reused = pairs.loc[pairs["psu"].duplicated(keep=False), "psu"].unique()
    if len(reused):
        raise DesignError(
            "PSU labels occur in more than one stratum",
            where="psu",
            found=_printable_labels(table, "psu", reused, design.mask),
            do="if labels restart in each stratum say nest: true; if not, correct the strata",
        )
    there, group = np.unique(pairs["strata"].cat.codes, return_inverse=True)
    labels = pairs["strata"].cat.categories.to_numpy(object)[there]
    n = np.bincount(group).astype(float)
    f = (
        _sampling_fractions(table, "strata", labels, n, design.mask)
        if design.stages
        else np.zeros(len(labels))
    )
    first = Stage(group, n, f, np.ones(len(labels)), design.single_psu)
    printable = partial(_printable_labels, table, "strata", mask=design.mask)
    _refuse_single(
        first,
        labels,
        ("stratum/strata have a single PSU", "strata", "merge them with a neighbour"),
        printable,
    )
    psu = pairs["psu"].to_numpy(object)
    psu_of = pd.Index(pairs["psu"].cat.codes).get_indexer(pd.Index(units["psu"].cat.codes))
    second = _second_stage(table, psu, psu_of, f[group], design) if design.stages == 2 else None
    made = Units(pairs["strata"].to_numpy(object), psu, psu_of, first, second, design.clustered)
    at = np.flatnonzero(starts)
    return made, np.repeat(np.arange(len(at), dtype=np.int32), np.diff(at, append=len(table)))


def _second_stage(
    table: pd.DataFrame, psu: NDArray[np.object_], psu_of: Codes, f_h: Array, design: Design
) -> Stage:
    """Returns the second stage of sampling: the units drawn within each PSU. The variance of these units is
    multiplied by the sampling fraction of the PSU's stratum.

    A single unit equals the mean of its PSU, so the rule `adjust` adds nothing, as in R. For the rule
    `average`, R returns nan at this stage; the kit takes the average over the other PSUs.

    Args:
        table: the table of sums (`cluster_totals`).
        psu: the labels of the PSUs.
        psu_of: for each unit, the position of its PSU.
        f_h: the sampling fraction of each PSU's stratum.
        design: the design.
    """
    single: SinglePsu = "certainty" if design.single_psu == "adjust" else design.single_psu
    m = np.bincount(psu_of, minlength=len(psu)).astype(float)
    stage = Stage(psu_of, m, _sampling_fractions(table, "psu", psu, m, design.mask), f_h, single)
    printable = partial(_printable_labels, table, "psu", mask=design.mask)
    _refuse_single(
        stage,
        psu,
        ("PSU(s) hold a single unit of the second stage", "psu", "leave the second stage out"),
        printable,
    )
    return stage


def _refuse_single(
    stage: Stage,
    labels: NDArray[np.object_],
    words: tuple[str, str, str],
    printable: Callable[[Iterable[object]], str],
) -> None:
    what, where, do = words
    if stage.single == "fail" and (lonely := list(labels[(stage.n == 1) & (stage.f < 1)])):
        raise DesignError(
            f"{len(lonely)} {what}, so no variance within them",
            where=where,
            found=printable(lonely),
            do=f"{do}, or choose single_psu: certainty, remove, adjust or average",
        )


def _printable_labels(table: pd.DataFrame, column: str, labels: Iterable[object], mask: Mask) -> str:
    """Returns labels of strata or PSUs as one text for an error message. Labels that a message may not print
    are left out."""
    persons = {str(label): int(n) for label, n in table.groupby(column, observed=True)["n"].sum().items()}
    return str(mask.printed({str(label): persons[str(label)] for label in labels}, len(persons)))


def _sampling_fractions(
    table: pd.DataFrame, by: Literal["strata", "psu"], labels: NDArray[np.object_], n: Array, mask: Mask
) -> Array:
    """Returns the sampling fraction of each stratum or PSU. If every FPC is at most 1, the FPC is the
    fraction. Otherwise it is n divided by the FPC, a population count (as in R). An infinite count means
    sampling with replacement.

    Args:
        table: the table of sums (`cluster_totals`).
        by: whether the groups are strata or PSUs.
        labels: the labels of the groups.
        n: the number of units drawn in each group.
        mask: hides labels that a message may not print.
    """
    fpc, what, unit = (
        ("fpc", "stratum", "PSUs") if by == "strata" else ("fpc2", "PSU", "units of the second stage")
    )
    grouped = table.groupby(by, observed=True)
    low, high = (
        getattr(grouped[f"{fpc}_{end}"], of)().reindex(list(labels)).to_numpy(float)
        for end, of in (("low", "min"), ("high", "max"))
    )
    gaps = grouped[f"no_{fpc}"].sum().reindex(list(labels)).to_numpy(float) > 0
    if (wrong := gaps | (low != high)).any():
        raise DesignError(
            f"the FPC is missing or varies within a {what}",
            where="fpc",
            found=_printable_labels(table, by, labels[wrong], mask),
            do=f"give each {what} one number: its {unit} in the population, or the sampling fraction",
        )
    if (low <= 0).any():
        raise DesignError(
            "the FPC is not above zero",
            where="fpc",
            found=_printable_labels(table, by, labels[low <= 0], mask),
            do=f"give the {unit} in the population of the {what}, or the sampling fraction",
        )
    if (low <= 1).all():
        return np.asarray(low)
    finite, percent = np.where(np.isfinite(low), low, 1.0), "; divide percentages by 100"
    for problem, odd, do in (
        (
            "has fractions below 1 beside numbers above 1",
            low < 1,
            f"give counts of {unit} only, or fractions only",
        ),
        (
            "is above 1 and not whole, so it is neither a count nor a fraction",
            abs(finite - np.round(finite)) > WHOLE * finite,
            f"give whole counts of {unit}, or fractions",
        ),
        (
            "is smaller than the sample",
            low < n,
            f"fpc counts {unit} in the population of the {what}, not persons in the sample",
        ),
    ):
        if odd.any():
            found = _printable_labels(table, by, labels[odd], mask)
            raise DesignError(f"the FPC {problem}", where="fpc", found=found, do=do + percent)
    return np.asarray(n / low)
