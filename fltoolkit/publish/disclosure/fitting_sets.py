"""Counts the sets of persons whose weights add up to a printed number, and finds how many of these sets
contain each person.

A weighted number of cases is a sum of weights. A reader who has a public-use file knows the weight of
everybody in a cell. So this reader can search for sets of persons with the printed sum. `count_fitting_sets`
counts the sets. `identifies` decides whether the cell must be hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance import Array

STEPS = (
    32,
    16,
    8,
    4,
    2,
    1,
)  # steps of the grid within the printed interval: the finest one whose table of the product is not too large
MOST_CELLS = 250_000
MOST_SHARE = 0.45  # less than a half: printed limits of intervals exclude some more sets, and these are not counted here
NEGLIGIBLE = 1e-16  # probability that a set contains so many persons of one weight
ITERATIONS, SETTLED, STEEPEST = 60, 1e-8, 30.0


@dataclass(frozen=True)
class PrintedCases:
    """The printed numbers of one cell's cases: a class of their number (such as 5–14) and a rounded weighted
    number.

    Attributes:
        least, most: the class of the number of cases; `most` is None for a class without an upper limit.
        low, high: the weighted number of cases is at least `low` and below `high`. If a number is rounded to
            the base B and printed as x, the exact number lies in [x − B/2, x + B/2).
    """

    least: int
    most: int | None
    low: float
    high: float


@dataclass(frozen=True)
class FittingSets:
    """The result of a search for all sets of persons that fit the printed numbers of a cell (see
    `count_fitting_sets`). A reader could make this search.

    Attributes:
        share: the share of the fitting sets that contain the person who is in most of them. It is 1 if no set
            fits (the weights are rounded for the search).
        log10_sets: the common logarithm of the number of fitting sets; −inf if no set fits.
    """

    share: float
    log10_sets: float


NONE_FITS = FittingSets(1.0, -np.inf)


@dataclass(frozen=True)
class _Groups:
    """Persons grouped by their weight. Weights are rounded to multiples of a small unit, and given as whole
    numbers of units.

    Attributes:
        weight: the weight of each group.
        persons: the number of persons in each group.
        low, high: a set of persons fits if the sum of its weights is at least `low` and below `high`.
    """

    weight: NDArray[np.intp]
    persons: NDArray[np.intp]
    low: int
    high: int


def count_fitting_sets(weights: ArrayLike, printed: PrintedCases) -> FittingSets:
    """Counts the sets of persons whose weights fit the printed numbers of a cell. Also finds the share of
    these sets that contains the person who is in most of them.

    The weights are rounded to a grid of 1/32 of the printed interval, so that many persons have the same
    weight. If there are many persons or cases, or if the number is large, the grid is coarser. All sets are
    taken as equally likely.

    The number of sets of k persons with the sum s is the coefficient of yᵏxˢ in the polynomial ∏ᵥ (1 +
    y·xᵛ)^mᵥ. Here mᵥ is the number of persons with weight v. A person of weight v is in the share E[Jᵥ]/mᵥ of
    the fitting sets, where Jᵥ is the number of persons of this weight in a set.

    To keep the numbers small, each person gets a probability with the odds exp(α + β·v). The numbers α and β
    are chosen so that the expected set fits what is printed. For a class without an upper limit, these
    probabilities are taken as the shares, and the saddle-point formula counts the sets (Daniels 1954). The
    error of these shares is a few hundredths.

    Args:
        weights: the weight of each person of the cell; positive.
        printed: the class of the number of cases, and the interval of the weighted number.

    Raises:
        RequestError: nobody is in the cell, a weight is not positive, or a class or an interval is empty.
    """
    w = _checked_weights(np.asarray(weights, dtype=float).ravel(), printed)
    most = len(w) if printed.most is None else min(printed.most, len(w))
    for steps in STEPS:
        groups = _on_grid(w, printed, steps)
        if printed.most is None or len(groups.weight) * (most + 1) * groups.high <= MOST_CELLS:
            break
    sizes = (printed.least, most)
    if not _can_fit(groups, sizes):
        return NONE_FITS
    odds = _centred_odds(groups, sizes)
    return _by_saddle_point(groups, odds) if printed.most is None else _by_product(groups, odds, sizes)


def identifies(sets: FittingSets) -> bool:
    """Returns whether the cell must be hidden, because one person is in about half of the fitting sets or in
    more of them.

    A fitting set is a set of persons whose weights add up to the printed number. If more than half of a
    cell's persons are cases, its numbers always identify a person.
    """
    return sets.share > MOST_SHARE


def _checked_weights(w: Array, printed: PrintedCases) -> Array:
    if not len(w) or not (np.isfinite(w) & (w > 0)).all():
        raise RequestError(
            "fitting sets need persons with positive weights",
            where="count_fitting_sets",
            do="leave out who has no weight",
        )
    if not (
        printed.low < printed.high and 0 < printed.least <= (np.inf if printed.most is None else printed.most)
    ):
        raise RequestError(
            "what is printed is empty", where="count_fitting_sets", allowed="0 < least ≤ most and low < high"
        )
    return w


def _on_grid(w: Array, printed: PrintedCases, steps: int) -> _Groups:
    """Returns the weights and the limits on a grid. The unit of the grid is the printed interval divided by
    `steps`. Persons whose weight alone is too large for the interval are left out.

    The weights are sorted, and the rounding error of each weight is passed on to the next. Otherwise fifty
    persons of equal weight would have fifty errors in the same direction.
    """
    unit = (printed.high - printed.low) / steps
    low, high = (max(int(np.ceil(limit / unit - SETTLED)), 0) for limit in (printed.low, printed.high))
    v = np.diff(np.rint(np.cumsum(np.sort(w)) / unit), prepend=0.0)
    weight, persons = np.unique(v[v < high].astype(np.intp), return_counts=True)
    return _Groups(weight, persons, low, high)


def _can_fit(groups: _Groups, sizes: tuple[int, int]) -> bool:
    """Returns whether any set of persons can fit: its size is within `sizes` (smallest, largest), and its sum
    of weights is within the interval."""
    v = np.repeat(groups.weight, groups.persons)  # sorted, the lightest first
    if len(v) < sizes[0]:
        return False
    return bool(v[: sizes[0]].sum() < groups.high and v[-min(sizes[1], len(v)) :].sum() >= groups.low)


@dataclass(frozen=True)
class _Odds:
    """The odds with which each person is in a random set: exp(α + β·v) for a person of weight v.

    Attributes:
        alpha, beta: the coefficients.
        log: the log odds of each group of persons with the same weight.
        chance: the probability that belongs to these odds.
    """

    alpha: float
    beta: float
    log: Array
    chance: Array


def _centred_odds(groups: _Groups, sizes: tuple[int, int]) -> _Odds:
    """Returns the odds with which each person is in a random set. They are chosen so that the expected sum of
    the set is in the middle of the printed interval, and its expected size is within `sizes` (smallest,
    largest)."""
    v, middle = groups.weight.astype(float), (groups.low + groups.high - 1) / 2
    (beta,) = _solve(v[:, None], groups.persons, np.array([middle]))
    alpha, expected = 0.0, float(groups.persons @ _probability(beta * v))
    if not sizes[0] <= expected <= sizes[1]:
        size = min(max(expected, sizes[0]), sizes[1])
        alpha, beta = _solve(np.column_stack([np.ones(len(v)), v]), groups.persons, np.array([size, middle]))
    log = alpha + beta * v
    return _Odds(float(alpha), float(beta), log, _probability(log))


def _probability(log_odds: Array) -> Array:
    from scipy.special import expit

    return np.asarray(expit(log_odds))


def _solve(x: Array, persons: NDArray[np.intp], target: Array) -> Array:
    """Returns the coefficients for which the expected sums of x equal the target, by Newton's method on a
    convex function.

    If the target is at the edge of what is possible, there is no finite solution. Then the steps stop when
    the odds become extreme. The numbers of sets are right with any coefficients.

    Args:
        x: groups of persons × coefficients.
        persons: the number of persons in each group.
        target: the expected sum of each column of x.
    """

    def height(theta: Array) -> float:
        return float(persons @ np.logaddexp(0, x @ theta) - theta @ target)

    theta = np.zeros(x.shape[1])
    for _ in range(ITERATIONS):
        p = _probability(x @ theta)
        slope = x.T @ (persons * p) - target
        bend = x.T @ (x * (persons * p * (1 - p))[:, None])
        step = np.linalg.lstsq(bend, -slope, rcond=None)[0]
        while height(theta + step) > height(theta) and np.abs(x @ step).max() > SETTLED:
            step = step / 2
        if np.abs(x @ (theta + step)).max() > STEEPEST:
            break
        theta = theta + step
        if np.abs(x @ step).max() < SETTLED:
            break
    return theta


def _by_product(groups: _Groups, odds: _Odds, sizes: tuple[int, int]) -> FittingSets:
    """Counts the fitting sets. For this, the polynomials of all groups (persons of equal weight) are
    multiplied, one after another.

    A second pass, from the last group to the first, finds the number of persons of each group who are in the
    fitting sets. `sizes` is the smallest and the largest number of persons in a set.
    """
    terms = [_terms(m, p, sizes[1]) for m, p in zip(groups.persons.tolist(), odds.chance, strict=True)]
    table = np.zeros((len(terms) + 1, sizes[1] + 1, groups.high))
    table[0, 0, 0] = 1.0
    for g, (v, chances) in enumerate(zip(groups.weight.tolist(), terms, strict=True)):
        before, after = table[g], table[g + 1]
        for j, chance in enumerate(chances):
            if j * v < groups.high:
                after[j:, j * v :] += chance * before[: sizes[1] + 1 - j, : groups.high - j * v]
    # The probability of a set is Π p · Π (1 − p). Division by its odds gives all sets the same weight again.
    size, total = np.arange(sizes[0], sizes[1] + 1), np.arange(groups.low, groups.high)
    alike = -odds.alpha * size[:, None] - odds.beta * total
    scale = alike.max()
    back = np.zeros(table.shape[1:])
    back[sizes[0] :, groups.low :] = np.exp(alike - scale)
    number = float((table[-1] * back).sum())
    if number <= 0:
        return NONE_FITS
    held = np.zeros(len(terms))
    for g in range(len(terms) - 1, -1, -1):
        v, earlier = int(groups.weight[g]), terms[g][0] * back
        for j, chance in enumerate(terms[g][1:], 1):
            if j * v < groups.high:
                reached, before = (
                    chance * back[j:, j * v :],
                    (slice(sizes[1] + 1 - j), slice(groups.high - j * v)),
                )
                earlier[before] += reached
                held[g] += j * np.einsum("ij,ij->", table[g][before], reached)
        back = earlier
    outside = float(groups.persons @ np.logaddexp(0, odds.log))
    share = min(float((held / groups.persons).max()) / number, 1.0)
    return FittingSets(share, (float(np.log(number)) + float(scale) + outside) / float(np.log(10)))


def _terms(persons: int, chance: float, most: int) -> Array:
    """Returns the probabilities that 0, 1, 2, … persons of a group (persons with the same weight) are in the
    set. Negligible probabilities at the end are left out.

    Args:
        persons: the number of persons in the group.
        chance: the probability that one person is in the set.
        most: the largest number of persons in a set.
    """
    from scipy.special import gammaln, xlog1py, xlogy

    j = np.arange(min(persons, most) + 1)
    ways = gammaln(persons + 1) - gammaln(j + 1) - gammaln(persons - j + 1)
    chances = np.exp(ways + xlogy(j, chance) + xlog1py(persons - j, -chance))
    return np.asarray(chances[: int(np.flatnonzero(chances > NEGLIGIBLE)[-1]) + 1])


def _by_saddle_point(groups: _Groups, odds: _Odds) -> FittingSets:
    """Approximates the shares and the number of fitting sets for a class without an upper limit (saddle-point
    formula).

    A person's share of the sets is approximated by the probability in `odds`. The number of sets uses the
    normal density of the sum. If the class limits the number of cases, the density of this number is also
    used.
    """
    v, p = groups.weight.astype(float), odds.chance
    x = v[:, None] if odds.alpha == 0 else np.column_stack([np.ones(len(v)), v])
    centre = groups.persons @ (p[:, None] * x)
    spread = x.T @ (x * (groups.persons * p * (1 - p))[:, None])
    logs = (
        groups.persons @ np.logaddexp(0, odds.log)
        - odds.alpha * (centre[0] if odds.alpha else 0.0)
        - odds.beta * centre[-1]
    )
    density = -0.5 * np.linalg.slogdet(2 * np.pi * spread)[1]
    return FittingSets(
        float(p.max()), float(logs + density + np.log(groups.high - groups.low)) / float(np.log(10))
    )
