"""Computes power and sample size: the smallest change that a survey can detect, and the size that a survey
needs (docs/methods.md §6).

It uses the normal approximation for proportions. Sizes are numbers of persons who answer. Only the result of
`sample_size` is the number of persons to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError

MOST_PERSONS = 1e10  # more than live on Earth
LEAST_POWER = MOST_ALPHA = 0.5  # beyond, the complement is meant: a beta, or a confidence level


@dataclass(frozen=True)
class Detectable:
    """The smallest decrease of a prevalence that a survey would detect. All fields are nan if not even a
    decrease to zero would be detected.

    Attributes:
        absolute: the decrease, as a difference of proportions.
        relative: the decrease divided by the earlier prevalence.
        after: the prevalence after the decrease.
    """

    absolute: float
    relative: float
    after: float


@checked
def power_of_change(
    before: float,
    after: float,
    n_before: float,
    n_after: float | None = None,
    *,
    deff: float = 1.5,
    alpha: float = 0.05,
    sided: Literal[1, 2] = 2,
    overlap: float = 0.0,
    rho: float = 0.0,
) -> float:
    """Compute the probability to detect a true change from one prevalence to another: Φ(|p1 − p2| / SE − z),
    with z at 1 − α/sided.

    SE² = deff·[p1q1/n1 + p2q2/n2 − 2πρ√(p1q1·p2q2)/max(n1, n2)], with q = 1 − p. With equal n it is
    deff/n·[p1q1 + p2q2 − 2πρ√(p1q1·p2q2)].

    Args:
        before: the true prevalence p1 in the earlier round, as a proportion.
        after: the true prevalence p2 in the later round, as a proportion.
        n_before: persons who answer in the earlier round (n1).
        n_after: persons who answer in the later round (n2); by default as many as in the earlier round.
        deff: the design effect of both rounds.
        alpha: the level α of the test.
        sided: 1 or 2: whether the test is one-sided or two-sided.
        overlap: the share π of the smaller round's persons who are in both rounds.
        rho: the correlation ρ of the answers of persons who are in both rounds.

    Raises:
        RequestError: a number is outside its range.
    """
    from scipy.special import ndtr

    _check(before=before, after=after, alpha=alpha, overlap=overlap)
    _check_design(deff, rho)
    _sizes(n_before, n_after)
    variance = deff * _unit_variance(before, after, n_before, n_after or n_before, overlap * rho)
    if variance <= 0:
        return 1.0 if before != after else 0.0
    return float(ndtr(abs(before - after) / sqrt(variance) - _z(alpha / sided)))


@checked
def detectable_change(
    before: float,
    n_before: float,
    n_after: float | None = None,
    *,
    deff: float = 1.5,
    alpha: float = 0.05,
    power: float = 0.8,
    sided: Literal[1, 2] = 2,
    overlap: float = 0.0,
    rho: float = 0.0,
) -> Detectable:
    """Compute the smallest decrease from a prevalence that a survey would detect with a given power.

    Args:
        before, n_before, n_after, deff, alpha, sided, overlap, rho: as in `power_of_change`.
        power: the probability to detect this decrease.

    Raises:
        RequestError: a number is outside its range.
    """
    from scipy.optimize import brentq

    _check(prevalence=before, alpha=alpha, power=power, overlap=overlap)
    _check_design(deff, rho)
    _check_power(power, alpha / sided)

    def lacking(after: float) -> float:
        return power - power_of_change(
            before, after, n_before, n_after, deff=deff, alpha=alpha, sided=sided, overlap=overlap, rho=rho
        )

    if lacking(0.0) > 0:
        return Detectable(float("nan"), float("nan"), float("nan"))
    after = float(brentq(lacking, 0.0, before, xtol=1e-15))
    return Detectable(before - after, 1 - after / before, after)


@checked
def sample_size(
    prevalence: float,
    *,
    margin: float | None = None,
    cv: float | None = None,
    cut: float | None = None,
    n_before: float | None = None,
    deff: float = 1.5,
    alpha: float = 0.05,
    power: float = 0.8,
    sided: Literal[1, 2] = 2,
    overlap: float = 0.0,
    rho: float = 0.0,
    response: float = 1.0,
    eligible: float = 1.0,
) -> int:
    """Compute how many persons to draw, so that an estimate of prevalence is precise enough, or its decrease
    is detected.

    Give exactly one of `margin`, `cv` and `cut`.

    | wanted | persons who answer |
    |---|---|
    | `margin` m: an interval of p ± m·p | deff·z²·q / (p·m²), z at 1 − α/2 |
    | `cv` c: SE/p at most c | deff·q / (p·c²) |
    | `cut` r: a decrease to p2 = p1·(1 − r) is detected | per round deff·(z + z_power)²·[p1q1 + p2q2 − 2πρ√(p1q1·p2q2)] / (p1 − p2)² |

    The result is divided by `response` and `eligible` and rounded up. If `n_before` is given, the earlier
    round is fixed, and the result is the size of the later round.

    Args:
        prevalence: the prevalence, as a proportion; for a cut, the earlier prevalence.
        margin: half the width of the interval, relative to the prevalence (0.25 is a quarter).
        cv: the relative standard error (0.25 is a quarter).
        cut: the decrease, relative to the prevalence (0.25 is a quarter).
        n_before: persons who answered in the earlier round.
        response: the share of the drawn persons who respond.
        eligible: the share of the drawn persons who belong to the population.
        deff, alpha, power, sided, overlap, rho: as in `power_of_change` and `detectable_change`.

    Raises:
        RequestError: not exactly one of `margin`, `cv` and `cut` is given; a number is outside its range; the
            earlier round is too small for any later round.
    """
    _check(
        prevalence=prevalence, alpha=alpha, power=power, overlap=overlap, response=response, eligible=eligible
    )
    _check_design(deff, rho)
    _check_power(power, alpha / sided)
    asked = {
        name: value for name, value in {"margin": margin, "cv": cv, "cut": cut}.items() if value is not None
    }
    if len(asked) != 1:
        raise RequestError(
            "a sample size has exactly one aim",
            where="sample_size",
            found=list(asked) or "none",
            allowed=["margin", "cv", "cut"],
            do="give one of them, relative to the prevalence: cut=0.25",
        )
    (name, value), odds = next(iter(asked.items())), (1 - prevalence) / prevalence
    if cut is not None:
        _check(cut=cut)
    if not 0 < value <= 1:
        raise RequestError(
            "this must be a part of the prevalence",
            where=name,
            found=f"{value:g}",
            allowed="above 0, at most 1",
            do="0.25 is a quarter of the prevalence",
        )
    of_two_rounds = {"n_before": n_before is not None, "overlap": overlap != 0, "rho": rho != 0}
    if cut is None and any(of_two_rounds.values()):
        raise RequestError(
            "this is about two rounds, and the aim is about one",
            where=", ".join(argument for argument, given in of_two_rounds.items() if given),
            found=name,
            do="leave it out, or give cut",
        )
    try:
        if cut is not None:
            z = _z(alpha / sided) + _z(1 - power)
            n = _size_for_cut(prevalence, prevalence * (1 - cut), n_before, deff * z**2, overlap * rho)
        else:
            z = _z(alpha / 2) if margin is not None else 1.0
            n = deff * z**2 * odds / (value * value)
        drawn = n / (response * eligible)
    except ZeroDivisionError:  # numbers so small that their squares are 0
        drawn = float("inf")
    if drawn > MOST_PERSONS:
        raise RequestError(
            "no country has as many persons as this aim needs",
            where="sample_size",
            found=f"{name} {value:g} of a prevalence of {prevalence:g}",
            do="aim at less: a larger margin, cv or cut; check the unit: 3 per 1,000 is 0.003",
        )
    return max(1, ceil(round(drawn, 6)))


def _size_for_cut(p1: float, p2: float, n_before: float | None, factor: float, shared: float) -> float:
    """Returns the number of persons who must answer in each round, so that a decrease from p1 to p2 is
    detected. If `n_before` is given, the result is only for the later round.

    Args:
        p1, p2: the prevalence in the earlier and in the later round.
        n_before: persons who answered in the earlier round; None: both rounds have the same size.
        factor: deff·(z + z_power)², as in `sample_size`.
        shared: πρ: the share of persons in both rounds times the correlation of their answers.
    """
    if n_before is None:
        return factor * _unit_variance(p1, p2, 1, 1, shared) / (p1 - p2) ** 2
    _sizes(n_before, None)
    v1, v2 = p1 * (1 - p1), p2 * (1 - p2)
    common, left = 2 * shared * sqrt(v1 * v2), (p1 - p2) ** 2 / factor - v1 / n_before
    smaller = left + common / n_before  # if the later round is the smaller one: the variance that it may add
    n = v2 / smaller if smaller > 0 else float("inf")
    if n > n_before:
        n = (v2 - common) / left if left > 0 else float("inf")
    if n == float("inf"):
        raise RequestError(
            "no later round, however large, would detect this: the earlier one is too small",
            where="n_before",
            found=f"{n_before:,.10g}",
            do="aim at a larger cut; fl.detectable_change says which could be detected",
        )
    return n


def _unit_variance(p1: float, p2: float, n1: float, n2: float, shared: float) -> float:
    v1, v2 = p1 * (1 - p1), p2 * (1 - p2)
    return v1 / n1 + v2 / n2 - 2 * shared * sqrt(v1 * v2) / max(n1, n2)


def _z(beyond: float) -> float:
    """Returns the number that a standard normal variable exceeds with this probability."""
    from scipy.special import ndtri

    return -float(ndtri(beyond))


def _check(**shares: float) -> None:
    """Raises an error if a number is not a proportion between 0 and 1. Each number is given under the name of
    its argument.

    Only `response`, `eligible` and `overlap` may be 1. `prevalence`, `response`, `eligible`, `alpha` and
    `power` may not be 0.
    """
    if shares.get("alpha", 0.0) > MOST_ALPHA:
        raise RequestError(
            "this is the chance to find a change where there is none",
            where="alpha",
            found=f"{shares['alpha']:g}",
            allowed=f"above 0, at most {MOST_ALPHA:g}",
            do="for a confidence level of 95% give 0.05",
        )
    for name, value in shares.items():
        above = name in ("prevalence", "response", "eligible", "alpha", "power")
        below = name not in ("response", "eligible", "overlap")
        if not 0 <= value <= 1 or (above and value == 0) or (below and value == 1):
            allowed = f"{'above 0' if above else 'from 0'} {'and below' if below else 'to'} 1"
            raise RequestError(
                "this must be a proportion",
                where=name,
                found=str(value),
                allowed=allowed,
                do="3 per 1,000 is 0.003, 20% is 0.2",
            )


def _check_power(power: float, of_chance: float) -> None:
    """Raises an error if a test with this power misses more changes than it detects, or detects even no change.
    `of_chance` is the probability of that, α/sided."""
    if power <= of_chance:
        raise RequestError(
            "chance alone would detect this often",
            where="power",
            found=f"{power:g}",
            allowed=f"above alpha/sided, {of_chance:g}, and below 1",
            do="0.8 is usual",
        )
    if power < LEAST_POWER:
        raise RequestError(
            "this is the chance to detect the change, not to miss it",
            where="power",
            found=f"{power:g}",
            allowed=f"{LEAST_POWER:g} or more, and below 1",
            do="0.8 is usual",
        )


def _check_design(deff: float, rho: float) -> None:
    if deff <= 0:
        raise RequestError(
            "a design effect must be a number above 0",
            where="deff",
            found=str(deff),
            do="see est.table of a survey like it",
        )
    if not -1 <= rho <= 1:
        raise RequestError(
            "a correlation must be between -1 and 1",
            where="rho",
            found=str(rho),
            do="leave it out if it is not known",
        )


def _sizes(n_before: float, n_after: float | None) -> None:
    for name, n in (("n_before", n_before), ("n_after", n_after)):
        if n is not None and not n > 0:
            raise RequestError(
                "a round has at least one person",
                where=name,
                found=f"{n:g}",
                do="give the persons who answer",
            )
