"""Compares replicate weights with the method that survey.yaml names, by sums over their pattern."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.replicate_weights import Replication
from fltoolkit.survey.engine.columns import FACTOR, REPLICATE, WEIGHT, Frame
from fltoolkit.survey.engine.engines import to_rows, to_sums
from fltoolkit.survey.spec.files_and_design import Method

SAME = (
    1e-9  # sums that differ by less, relative to their size, count as equal: they were added in another order
)
UNLIKE = 0.1  # mean distance from the weight, relative to its mean, above which the replicates may be no replicates of it
MEAN, BESIDE = "fl__mean_replicate", "fl__beside"
FAR = (0.4, 2.5)  # a half-sample whose weights were not doubled has 0.5 of the sum
ROUNDING = 0.02  # sums that differ by less, relative to their size, are the same: files round weights
UNCHANGED = 1e-12  # a smaller squared deviation is that of an unchanged weight
USUAL = (1 / 1.1, 1.1)  # standard errors are wrong by less than 5%
ADJUSTED = (0.6, 1.6)  # 0.94 to 1.32 in R, if replicates of 32 PSUs are calibrated, raked or post-stratified
POSSIBLE = (0.2, 3.0)  # a large FPC makes the sum small, a second phase of sampling makes it large
LOWEST_WITH_FPC = 0.5  # it is seldom that more than half of all PSUs are drawn
SQUARES, COUNTED, CHANGED = "fl__squares", "fl__counted", "fl__changed"
ADVICE = "findings.replicates_say."


@dataclass(frozen=True)
class ReplicateSums:
    """Sums over the persons with a weight above zero. `w` is the weight, and `v` the replicate weight;
    factors were multiplied by the weight.

    Attributes:
        names: the columns of replicate weights.
        persons, weight, weight_squared: the number of persons, Σw and Σw².
        of_each: for each replicate, Σv, Σv², Σvw, and Σv times another number of the person, such as the age.
        negative: the number of persons with a replicate weight below zero.
        distance: Σ|mean of v over the replicates − w|. It is small, because the replicates of a weight are
            around it.
        distance_if_other: the same sum, if the columns were weights where they are said to be factors, or the
            other way.
    """

    names: tuple[str, ...]
    persons: float
    weight: float
    weight_squared: float
    of_each: tuple[tuple[float, float, float, float], ...]
    negative: float
    distance: float
    distance_if_other: float

    @property
    def are_other(self) -> bool:
        """Returns whether the columns are clearly factors, and not weights as was said, or the other way."""
        return self.distance > UNLIKE * self.weight and self.distance > 2 * self.distance_if_other

    @property
    def squares(self) -> list[float]:
        """Returns, for each replicate, the mean of (v / w − 1)², weighted by w²."""
        whole = self.weight_squared or math.nan
        return [(squared - 2 * cross) / whole + 1 for _, squared, cross, _ in self.of_each]

    @property
    def zero(self) -> list[str]:
        """Returns the replicates that are zero for every person."""
        return [name for name, (_, squared, _, _) in self._each if squared == 0]

    @property
    def constant(self) -> list[str]:
        """Returns the replicates that have the same value for every person, although the weight differs
        between persons."""
        if _proportional(self.weight, self.persons, self.weight_squared):
            return []
        return [
            name for name, (added, squared, _, _) in self._each if _proportional(added, self.persons, squared)
        ]

    @property
    def equal(self) -> list[str]:
        """Returns the replicates that equal the weight, or a multiple of it. They add no variance."""
        return [
            name
            for name, (_, squared, cross, _) in self._each
            if _proportional(cross, self.weight_squared, squared)
        ]

    @property
    def far(self) -> list[str]:
        """Returns the replicates whose sum is far from that of the weight."""
        low, high = (limit * self.weight for limit in FAR)
        return [name for name, (added, *_) in self._each if added < low or added > high]

    @property
    def alike(self) -> list[tuple[int, int]]:
        """Returns pairs of replicates, by their places, that have the same sums. They may be equal for each
        person."""
        places = sorted(range(len(self.names)), key=lambda place: self.of_each[place])
        pairs = pairwise(places)
        return [(a, b) for a, b in pairs if all(map(_nearly_same, self.of_each[a], self.of_each[b]))]

    @property
    def _each(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        return list(zip(self.names, self.of_each, strict=True))


def replicate_sums(
    frame: Frame, names: Sequence[str], *, combined: bool, asked: nw.Expr, beside: nw.Expr
) -> ReplicateSums:
    """Adds up the replicate weights of a frame, in one pass.

    Args:
        frame: the rows, with the columns `fl__weight`, `fl__replicate0` and so on.
        names: the columns of replicate weights, in their order.
        combined: whether they are said to be weights, and not factors.
        asked: which persons count.
        beside: a number of each person by which replicates with equal sums are told apart.
    """
    weight, columns = nw.col(WEIGHT), [nw.col(f"{REPLICATE}{r}") for r in range(len(names))]
    rows = with_weight(frame, asked)
    pooled = nw.col(FACTOR) if FACTOR in frame.collect_schema().names() else nw.lit(1.0)
    rows = rows.with_columns((nw.sum_horizontal(*columns) / len(names)).alias(MEAN), beside.alias(BESIDE))
    mean = nw.col(MEAN)
    if_other = mean / pooled * weight if combined else mean / weight * pooled
    negative = nw.min_horizontal(*columns) < 0
    sums = [nw.lit(1), weight, weight * weight, negative, (mean - weight).abs(), (if_other - weight).abs()]
    for value in columns:
        sums += [value, value * value, value * weight, value * nw.col(BESIDE)]
    persons, added, squared, below, distance, distance_if_other, *rest = map(float, to_sums(rows, sums))
    of_each = tuple((rest[i], rest[i + 1], rest[i + 2], rest[i + 3]) for i in range(0, len(rest), 4))
    return ReplicateSums(tuple(names), persons, added, squared, of_each, below, distance, distance_if_other)


def with_weight(frame: Frame, asked: nw.Expr) -> Frame:
    """Returns the rows of the persons who count and have a weight above zero."""
    weight = nw.col(WEIGHT)
    return frame.filter((asked & weight.is_finite() & (weight > 0)).fill_null(False))


@dataclass(frozen=True)
class ReplicateFit:
    """What is said about replicate weights that do not fit the stated method.

    Attributes:
        kind: the kind of finding.
        values: the values for its words: the stated method; `times`, the standard errors under this method
            divided by those of a method that fits; and `advice`, what to say in place of it.
    """

    kind: str
    values: Mapping[str, object]

    @property
    def excludes(self) -> bool:
        """Returns whether no survey has such replicates under the stated method."""
        return self.kind == "replicates_of_other_method"


@dataclass(frozen=True)
class _Pattern:
    """Sums over the replicates of each person whose weight they change, and what all persons have in common.

    Attributes:
        replicates: the number of replicates.
        squares: the mean of Σ (v_r / w − 1)². All means are weighted by w².
        counted: the mean of Σ c_r (v_r / w − 1)², with the coefficients of the stated method.
        squares_range, counted_range: the largest sum of a person, divided by the smallest.
        fewest, most: the smallest and the largest number of replicates that change the weight of a person.
        unlike_jackknife: the largest distance from a jackknife. In it, a person whose weight n replicates
            change has the squares n / (n − 1): each drops one of the n units of a stratum.
    """

    replicates: int
    squares: float
    counted: float
    squares_range: float
    counted_range: float
    fewest: int
    most: int
    unlike_jackknife: float

    @property
    def even(self) -> bool:
        """Returns whether both sums are the same for all persons."""
        return max(self.squares_range, self.counted_range) <= 1 + ROUNDING

    @property
    def drops_one(self) -> bool:
        """Returns whether each replicate drops one unit of a stratum, as in a jackknife."""
        return self.unlike_jackknife <= ROUNDING

    @property
    def advice(self) -> Reason:
        """Returns the method that has this pattern, in words, or a coefficient that fits."""
        each = self.squares / self.replicates
        if self.drops_one:
            return _method("jk1" if self.fewest == self.replicates else "jkn")
        if self.even and self.most == 1:
            return _method("jk2")
        if self.even and self.fewest == self.replicates and each < 1 - ROUNDING:
            return Reason.of(f"{ADVICE}fay", rho=round(1 - math.sqrt(each), 2))
        if self.even and _same(each, 0.25):
            return _method("successive_difference")
        if ADJUSTED[0] < each < ADJUSTED[1]:
            return _method("brr" if self.even and _same(each, 1) else "bootstrap")
        return Reason.of(f"{ADVICE}scale", scale=float(f"{1 / self.squares:.2g}"))


def replicate_fit(
    frame: Frame, sums: ReplicateSums, method: Method, factor: tuple[float, ...], asked: nw.Expr
) -> ReplicateFit | None:
    """Returns how replicate weights fit the stated method. None: they fit. The persons are read once more
    only if the sums leave a doubt.

    Args:
        frame: the rows, with the columns `fl__weight`, `fl__replicate0` and so on.
        sums: the sums of these columns.
        method: the stated method.
        factor: the coefficient of each replicate.
        asked: which persons count.
    """
    counted = sum(c * squares for c, squares in zip(factor, sums.squares, strict=True))
    low, high = USUAL if method.name == "bootstrap" else (1 - ROUNDING, 1 + ROUNDING)
    if method.name == "other" or not math.isfinite(counted) or low <= counted <= high:
        return None
    pattern = _pattern(with_weight(frame, asked), factor)
    if pattern is None or not (kind := _kind(pattern, method)):
        return None
    times = float(f"{math.sqrt(pattern.counted):.2g}")
    return ReplicateFit(kind, {"method": method.name, "times": times, "advice": pattern.advice})


def se_over_taylor(
    frame: Frame, replication: Replication, *, strata: Sequence[str], psu: str, asked: nw.Expr, yes: nw.Expr
) -> float | None:
    """Returns the standard error of a rate by replicate weights, divided by that of Taylor linearisation with
    PSUs drawn with replacement. A stratum with one PSU counts as under `single_psu: adjust`. None: a standard
    error is 0, so there is nothing to compare.

    Args:
        frame: the rows, with the columns `fl__weight`, `fl__replicate0` and so on.
        replication: the coefficients of the replicates.
        strata, psu: the columns of the strata and PSUs in the frame. Equal labels of PSUs in two strata are
            two PSUs.
        asked: which persons count.
        yes: which of them have the outcome.
    """
    inside = (asked & (nw.col(WEIGHT) > 0)).fill_null(False)
    base, cases = (nw.when(counted).then(1.0).otherwise(0.0) for counted in (inside, inside & yes))
    weights = [nw.col(WEIGHT), *(nw.col(f"{REPLICATE}{r}") for r in range(len(replication.factor)))]
    sums = list(map(float, to_sums(frame, [w * part for w in weights for part in (base, cases)])))
    rate, *others = (y / w if w > 0 else math.nan for w, y in zip(sums[::2], sums[1::2], strict=True))
    known = [(c, other) for c, other in zip(replication.factor, others, strict=True) if math.isfinite(other)]
    if not known or not math.isfinite(rate):
        return None
    centre = rate if replication.mse else sum(other for _, other in known) / len(known)
    variance = sum(c * (other - centre) ** 2 for c, other in known)
    influence = (cases - rate * base) * weights[0] / sums[0]
    rows = frame.with_columns(influence.fill_null(0.0).alias(SQUARES))
    totals: defaultdict[object, list[float]] = defaultdict(list)
    for *stratum, _, z in to_rows(rows.group_by(*strata, psu).agg(nw.col(SQUARES).sum())):
        totals[tuple(stratum)].append(z)
    taylor = sum(map(_between, totals.values()))
    return math.sqrt(variance / taylor) if variance > 0 and taylor > 0 else None


def _proportional(cross: float, first: float, second: float) -> bool:
    """Returns whether two columns are multiples of each other. `cross` is the sum of their products, `first`
    and `second` are the sums of their squares. A column of zeros is no multiple."""
    return 0 < first * second * (1 - SAME) <= cross * cross


def _nearly_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _between(totals: Sequence[float]) -> float:
    """Returns the part of a stratum in the variance of a rate, from the linearised totals of its PSUs, which
    add up to 0 over all strata."""
    n = len(totals)
    mean = sum(totals) / n if n > 1 else 0.0
    return n / max(n - 1, 1) * sum((z - mean) ** 2 for z in totals)


def _kind(pattern: _Pattern, method: Method) -> str:
    """Returns the kind of finding for a pattern of replicate weights, or an empty text. With R replicates,
    the coefficients of similar methods differ by the factor R / (R − 1)."""
    counted, few = pattern.counted, pattern.replicates / (pattern.replicates - 1)
    clean = pattern.even or pattern.drops_one
    low, high = (USUAL[0] / few, USUAL[1] * few) if clean else (ADJUSTED[0] / few, ADJUSTED[1] * few)
    least, largest = (low, high) if clean else (POSSIBLE[0] / few, POSSIBLE[1] * few)
    if method.name == "jk1" and pattern.drops_one and pattern.fewest < pattern.replicates:
        # a stratified jackknife, or one that was post-stratified by areas of whole PSUs
        high, largest = 1 + ROUNDING, max(high, ADJUSTED[1])
    if clean and method.name == "bootstrap":
        least = LOWEST_WITH_FPC
    if method.scale is not None or method.rscales is not None:  # these may contain an FPC
        low, least = LOWEST_WITH_FPC, 0.0
    if not least <= counted <= largest:
        return "replicates_of_other_method"
    if not low <= counted <= high:
        return "replicates_unlike_method"
    return "" if clean or method.name == "bootstrap" else "replicates_without_pattern"


def _pattern(rows: Frame, factor: tuple[float, ...]) -> _Pattern | None:
    """Returns the pattern of the replicate weights, from one pass over the persons with a weight above zero.
    None: no replicate changes a weight."""
    weight, squares, counted, changed = (nw.col(name) for name in (WEIGHT, SQUARES, COUNTED, CHANGED))
    names = [f"{REPLICATE}{r}" for r in range(len(factor))]
    rows = rows.with_columns([((nw.col(name) / weight - 1) ** 2).alias(name) for name in names])
    rows = rows.with_columns(
        nw.sum_horizontal(*names).alias(SQUARES),
        nw.sum_horizontal(*[nw.col(name) * c for name, c in zip(names, factor, strict=True)]).alias(COUNTED),
        nw.sum_horizontal(*[(nw.col(name) > UNCHANGED).cast(nw.Int64) for name in names]).alias(CHANGED),
    ).filter(counted > UNCHANGED)
    unlike = nw.when(changed > 1).then(squares * (changed - 1) / changed - 1).otherwise(1.0).abs()
    square = weight * weight
    wanted = [
        (square * squares).sum() / square.sum(),
        (square * counted).sum() / square.sum(),
        squares.max() / squares.min(),
        counted.max() / counted.min(),
        changed.min(),
        changed.max(),
        unlike.max(),
    ]
    ((*values,),) = to_rows(rows.select([value.alias(f"fl__{i}") for i, value in enumerate(wanted)]))
    return None if values[0] is None else _Pattern(len(factor), *values)


def _method(name: str) -> Reason:
    return Reason.of(f"{ADVICE}method", method=name)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= ROUNDING * abs(other)
