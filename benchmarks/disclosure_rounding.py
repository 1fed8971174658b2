"""Simulates how coarsely a weighted number of cases must be rounded, so that nobody can find out who the
cases are. Compares several ways of printing the number.

    python benchmarks/disclosure_rounding.py [--domains 2] [--seed 1]

A reader knows the weights and sampling units of all persons in a domain, and looks for the sets of persons
that agree with all printed numbers (sets that fit). Writes docs/disclosure_rounding.csv, with one row for
each size of domain, number of cases, spread of the weights and way of printing. Each row summarises some
random domains. Prints a table by way of printing. The columns are:

- `log10_sets`, `log10_fewest`: the number of sets that fit, as a power of ten: the median and the minimum
  over the domains.
- `share`, `largest_share`: in each domain, take the person who is in most of the sets that fit, and the share
  of these sets with this person. The columns have the mean and the maximum of this share over the domains.
  `named` is the proportion of domains in which the share is above one half. These three columns use only the
  domains in which the share is known (`known` gives their proportion).
- `number_error`, `rate_error`: the root mean square error that rounding adds to the number and to the rate,
  relative to them. `cv`: the sampling error in the same unit. `longer`: the total error of the rate, relative
  to its sampling error.

If only the number is printed, the sets are counted exactly (`count_fitting_sets`). If the standard error or
the limits are printed as well, all sets of one size are tried, if they are at most six million. Otherwise,
sets are drawn with probabilities that make the printed number likely, and the proportion that fits is
estimated. If the number has many digits, few drawn sets have it. The standard error and the limits are then
calculated as if every set near this number had it, because the proportion that fits hardly depends on it. In
this case the share comes from random walks among the sets that fit, which start at the true set. It is not
known if the number or the standard error has many digits, or if the walks hardly moved.

The kit's choice is one rounding base for the number and the limits, no standard error, and classes of cases.
If only the number is printed, nobody is in more than half of the sets, except for 15 cases among 40 persons,
where the class alone reveals this. The choice adds one hundredth to the total error, three hundredths at
most. Random rounding up or down costs nearly twice as much and protects no better. Rounding to two digits
leaves fewer sets for small numbers. Limits also leave fewer sets. They identify somebody if one person or
sampling unit has over half of the weighted cases (the rule on dominance hides such a cell), and with 15 cases
among 40 persons.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion, proportion
from fltoolkit.publish.disclosure.fitting_sets import PrintedCases, count_fitting_sets

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Interval = tuple[float, float]
TARGET = Path(__file__).parents[1] / "docs" / "disclosure_rounding.csv"
CASES, PERSONS, SPREADS = (5, 8, 15), (40, 60, 260), (0.3, 0.6, 1.0)
MEAN, BASE, UNITS = (
    700.0,
    1000.0,
    120,
)  # the smallest 1, 2 or 5 × 10^k that is at least the mean weight; sampling units of the survey
HALF = 0.5  # of the sets: above, a person is named
CLASSES = ((5, 14), (15, 29), (30, 49))
TRIED, DRAWN, BLOCK = 6_000_000, 40_000, 20_000
WALKS, STEPS, FAR = 40, 8000, 10
LAST = 1e-10  # the last of a weight's ten decimals


@dataclass(frozen=True)
class Domain:
    """Persons with their weights and sampling units, all in one stratum. The first `cases` persons are the
    cases."""

    weight: Floats
    unit: NDArray[np.intp]
    cases: int

    @property
    def population(self) -> float:
        return float(self.weight.sum())


@dataclass(frozen=True)
class Seen:
    """The estimates that sets of persons would give if they were the cases: the number, its standard error,
    and its limits. Arrays with one value per set."""

    number: Floats
    se: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Printed:
    """The intervals in which the unrounded numbers must be, as far as a reader knows. None for a number that
    is not printed."""

    sizes: tuple[int, int]
    number: Interval
    se: Interval | None = None
    low: Interval | None = None
    high: Interval | None = None


def draw_domain(persons: int, cases: int, spread: float, rng: np.random.Generator) -> Domain:
    s = np.sqrt(np.log(1 + spread**2))
    weight = np.round(MEAN * np.exp(s * rng.standard_normal(persons) - s**2 / 2), 10)
    return Domain(weight, rng.integers(min(UNITS, persons // 2), size=persons), cases)


def see(domain: Domain, sets: Flags, number: float | None = None) -> Seen:
    """Returns the estimates of each set of persons. If `number` is given, it replaces the sum of the weights
    of every set (see the module)."""
    weighted = sets * domain.weight
    by_unit = weighted @ (domain.unit[:, None] == np.arange(domain.unit.max() + 1))
    total = weighted.sum(axis=1)
    se = np.sqrt(UNITS / (UNITS - 1) * ((by_unit**2).sum(axis=1) - total**2 / UNITS))
    p = np.full(len(total), total if number is None else number) / domain.population
    base = np.bincount(domain.unit, weights=domain.weight)
    residual = by_unit - (total / domain.population)[:, None] * base
    se_rate = np.sqrt(UNITS / (UNITS - 1) * (residual**2).sum(axis=1)) / domain.population
    units = (by_unit > 0).sum(axis=1).astype(float)
    limits = proportion(
        EstimatedProportion(p, se_rate, len(domain.weight), UNITS - 1, 1.0, units), Confidence()
    )
    return Seen(total, se, *(np.asarray(limit) * domain.population for limit in limits))


# -------------------------------------------------------------------------------------------------------- way


@dataclass(frozen=True)
class Truth:
    """The true estimates of a domain, which are printed in some form. `lot` is a random number between 0 and
    1."""

    cases: int
    number: float
    se: float
    low: float
    high: float
    lot: float

    @property
    def sizes(self) -> tuple[int, int]:
        return next(c for c in CLASSES if c[0] <= self.cases <= c[1])


def of_digits(value: float, many: int) -> Interval:
    return to_base(value, 10.0 ** (math.floor(math.log10(abs(value))) - many + 1))


def to_base(value: float, base: float = BASE) -> Interval:
    middle = round(value / base) * base
    return middle - base / 2, middle + base / 2


def up_or_down(t: Truth) -> Interval:
    """Rounds at random to the multiple of the base above or below. The probability of rounding up is the
    distance from the multiple below, divided by the base. The interval that the reader knows is one base to
    each side."""
    done = t.number / BASE
    middle = (math.floor(done) + (t.lot < done - math.floor(done))) * BASE
    return middle - BASE, middle + BASE


WAYS: dict[str, Callable[[Truth], Printed]] = {
    "all digits of the number": lambda t: Printed((t.cases,) * 2, (t.number - LAST / 2, t.number + LAST / 2)),
    "three digits, limits, se of two": lambda t: Printed(
        (t.cases,) * 2, of_digits(t.number, 3), of_digits(t.se, 2), of_digits(t.low, 3), of_digits(t.high, 3)
    ),
    "two digits": lambda t: Printed(t.sizes, of_digits(t.number, 2)),
    "two digits, limits": lambda t: Printed(
        t.sizes, of_digits(t.number, 2), None, of_digits(t.low, 2), of_digits(t.high, 2)
    ),
    "a seventh of the mean weight": lambda t: Printed(t.sizes, to_base(t.number, 100.0)),
    "base": lambda t: Printed(t.sizes, to_base(t.number)),
    "base, limits": lambda t: Printed(t.sizes, to_base(t.number), None, to_base(t.low), to_base(t.high)),
    "base, limits, se of two": lambda t: Printed(
        t.sizes, to_base(t.number), of_digits(t.se, 2), to_base(t.low), to_base(t.high)
    ),
    "base, up or down at random": lambda t: Printed(t.sizes, up_or_down(t)),
}


# ---------------------------------------------------------------------------------------------------------- s


def fitting(drawn: Drawn, t: Truth, printed: Printed, rng: np.random.Generator) -> tuple[float, float]:
    """Returns the number of sets that fit what is printed (log10), and the largest share of them that
    contains one person. nan if a value is not known."""
    domain = drawn.domain
    if printed.se is None and printed.low is None:
        return by_number(domain, t, printed)
    number, held, all_tried = 0.0, np.zeros(len(domain.weight)), True
    for size in range(printed.sizes[0], min(printed.sizes[1], len(domain.weight)) + 1):
        if math.comb(len(domain.weight), size) <= TRIED:
            sets = by_trying(domain, size, printed)
            number, held = number + len(sets), held + sets.sum(axis=0)
        else:
            number, all_tried = number + drawn.number(size, t, printed) + (size == domain.cases), False
    narrow = printed.number[1] - printed.number[0] < BASE or printed.se is not None
    share = held.max() / number if all_tried else math.nan if narrow else by_walking(domain, printed, rng)
    return math.log10(number), float(share)


def by_number(domain: Domain, t: Truth, printed: Printed) -> tuple[float, float]:
    low, high = printed.number
    if high - low > 1:
        sets = count_fitting_sets(domain.weight, PrintedCases(*printed.sizes, low, high))
        return sets.log10_sets, sets.share
    around = count_fitting_sets(
        domain.weight, PrintedCases(*printed.sizes, t.number - BASE / 2, t.number + BASE / 2)
    )
    others = 10**around.log10_sets * (high - low) / BASE
    return math.log10(1 + others), (1 + others * around.share) / (1 + others)


def by_trying(domain: Domain, size: int, printed: Printed) -> Flags:
    """Returns the sets of one size that fit, one per row. All sets of this size are tried."""
    sets = all_sets(len(domain.weight), size)
    sums = domain.weight[sets].sum(axis=1)
    sets = sets[(sums >= printed.number[0]) & (sums < printed.number[1])]
    held = np.zeros((len(sets), len(domain.weight)), dtype=bool)
    np.put_along_axis(held, sets.astype(np.intp), True, axis=1)
    return held[inside(see(domain, held), printed)]


@cache
def all_sets(persons: int, size: int) -> NDArray[np.uint8]:
    flat = np.fromiter(chain.from_iterable(combinations(range(persons), size)), dtype=np.uint8)
    return flat.reshape(-1, size)


class Drawn:
    """Random sets of a domain, drawn once and used for all ways of printing. Their sums are rounded to the
    same multiple of the base as the true number."""

    def __init__(self, domain: Domain, number: float, rng: np.random.Generator) -> None:
        self.domain, self.true, self.interval, self.rng = domain, number, to_base(number), rng
        self.by_size: dict[int, tuple[Floats, Seen, Seen]] = {}

    def number(self, size: int, t: Truth, printed: Printed) -> float:
        """Returns the approximate number of sets of one size that fit."""
        found = count_fitting_sets(self.domain.weight, PrintedCases(size, size, *printed.number))
        if found.log10_sets < 0:
            return 0.0
        if size not in self.by_size:
            self.by_size[size] = self.draw(size)
        alike, own, as_true = self.by_size[size]
        narrow = printed.number[1] - printed.number[0] < BASE
        fits = inside(as_true if narrow else own, printed, not narrow)
        return 10**found.log10_sets * float(alike[fits].sum())

    def draw(self, size: int) -> tuple[Floats, Seen, Seen]:
        """Returns the importance weights of the drawn sets (so that all sets count equally), their estimates,
        and the estimates if each set had the true number."""
        domain, kept = self.domain, []
        log_odds = centred_odds(domain, size, self.interval)
        for _ in range(DRAWN // BLOCK):
            sets = self.rng.random((BLOCK, len(domain.weight)), dtype=np.float32) < expit(log_odds)
            total = sets @ domain.weight
            kept.append(
                sets[(sets.sum(axis=1) == size) & (total >= self.interval[0]) & (total < self.interval[1])]
            )
        held = np.concatenate(kept)
        log_weight = -(held @ log_odds)
        alike = np.exp(log_weight - log_weight.max(initial=-np.inf))
        return alike / alike.sum(), see(domain, held), see(domain, held, self.true)


def by_walking(domain: Domain, printed: Printed, rng: np.random.Generator) -> float:
    """Returns the largest share of visited sets that contains one person. Random walks visit sets that fit,
    and start at the true set (Metropolis-Hastings). Returns nan if the walks hardly move."""
    held = np.tile(np.arange(len(domain.weight)) < domain.cases, (WALKS, 1))
    counted, moves = np.zeros(len(domain.weight)), np.zeros(WALKS)
    for step in range(STEPS):
        after, ratio = exchange_units(domain, held, rng) if step % 2 else exchange_persons(held, rng)
        size, total = after.sum(axis=1), after @ domain.weight
        moved = (size >= printed.sizes[0]) & (size <= printed.sizes[1]) & (rng.random(WALKS) < ratio)
        moved &= (total >= printed.number[0]) & (total < printed.number[1])
        moved[moved] = inside(see(domain, after[moved]), printed)
        held[moved] = after[moved]
        moves += moved
        if step >= STEPS // 2:
            counted += held.sum(axis=0)
    far = np.median(moves) >= FAR * domain.cases
    return float(counted.max() / (WALKS * (STEPS - STEPS // 2))) if far else math.nan


def exchange_persons(held: Flags, rng: np.random.Generator) -> tuple[Flags, Floats]:
    """Exchanges one case for another person, two for two, one for two, or two for one. Also returns the ratio
    of the proposal probabilities, backwards to forwards."""
    row, n, size, after = np.arange(len(held)), held.shape[1], held.sum(axis=1), held.copy()
    leave, enter, lots = rng.integers(1, 3, len(held)), rng.integers(1, 3, len(held)), rng.random(held.shape)
    out, into = (np.argpartition(np.where(those, lots, 2), (0, 1), axis=1)[:, :2] for those in (held, ~held))
    for place in (0, 1):
        after[row[leave > place], out[leave > place, place]] = False
        after[row[enter > place], into[enter > place, place]] = True
    fewer = np.where(enter < leave, size / (n - size + 1), 1.0)
    return after, np.where(enter > leave, (n - size) / (size + 1), fewer)


def exchange_units(domain: Domain, held: Flags, rng: np.random.Generator) -> tuple[Flags, Floats]:
    """Exchanges all cases of one sampling unit for persons of a unit without cases."""
    after, ratio, persons = held.copy(), np.zeros(len(held)), np.bincount(domain.unit)
    for walk, cases in enumerate(held):
        by_unit = np.bincount(domain.unit[cases], minlength=len(persons))
        one = rng.choice(np.flatnonzero(by_unit))
        free = np.flatnonzero((by_unit == 0) & (persons >= by_unit[one]))
        if len(free):
            other = rng.choice(free)
            after[walk, domain.unit == one] = False
            after[walk, rng.permutation(np.flatnonzero(domain.unit == other))[: by_unit[one]]] = True
            ratio[walk] = math.comb(persons[other], by_unit[one]) / math.comb(persons[one], by_unit[one])
    return after, ratio


def inside(seen: Seen, printed: Printed, number: bool = True) -> Flags:
    """Returns, for each set, whether it fits: its estimates are in the printed intervals."""
    fit = np.ones(len(seen.number), dtype=bool)
    for name in ("number", "se", "low", "high"):
        interval, value = getattr(printed, name), getattr(seen, name)
        if interval is not None and (number or name != "number"):
            fit &= (value >= interval[0]) & (value < interval[1])
    return fit


def centred_odds(domain: Domain, size: int, number: Interval) -> Floats:
    """Returns the log odds α + β·weight with which a set is drawn. α and β are such that the expected size
    and the expected sum are the printed ones."""
    x = np.column_stack([domain.weight / MEAN, np.ones(len(domain.weight))])
    target = np.array([sum(number) / 2 / MEAN, size])

    def height(theta: Floats) -> float:
        return float(np.logaddexp(0, x @ theta).sum() - theta @ target)

    return np.asarray(
        x
        @ minimize(
            height, np.zeros(2), bounds=[(-30, 30)] * 2, jac=lambda theta: expit(x @ theta) @ x - target
        ).x
    )


# ------------------------------------------------------------------------------------------------------------


def simulate(domains: int, seed: int) -> Iterator[dict[str, object]]:
    for place, (persons, cases, spread) in enumerate(product(PERSONS, CASES, SPREADS)):
        rng = np.random.default_rng([seed, place])
        found: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
        for _ in range(domains):
            domain = draw_domain(persons, cases, spread, rng)
            seen = see(domain, (np.arange(persons) < cases)[None, :])
            t = Truth(
                cases,
                float(seen.number[0]),
                float(seen.se[0]),
                float(seen.low[0]),
                float(seen.high[0]),
                rng.random(),
            )
            drawn = Drawn(domain, t.number, rng)
            for way, print_it in WAYS.items():
                printed = print_it(t)
                sets, share = fitting(drawn, t, printed, rng)
                number = sum(printed.number) / 2
                population = (
                    round(domain.population / BASE) * BASE if way.startswith("base") else domain.population
                )
                rate = number / population / (t.number / domain.population)
                found[way].append((sets, share, number / t.number - 1, rate - 1, t.se / t.number))
        for way, rows in found.items():
            sets, share, number_error, rate_error, cv = np.array(rows).T
            off, sampling = float(np.sqrt((rate_error**2).mean())), float(np.sqrt((cv**2).mean()))
            yield {
                "persons": persons,
                "cases": cases,
                "spread": spread,
                "way": way,
                "domains": domains,
                "log10_sets": np.median(sets),
                "log10_fewest": sets.min(),
                "known": (~np.isnan(share)).mean(),
                "share": mean_known(share),
                "largest_share": np.fmax.reduce(share),
                "named": mean_known(np.where(np.isnan(share), np.nan, share > HALF)),
                "number_error": np.sqrt((number_error**2).mean()),
                "rate_error": off,
                "cv": sampling,
                "longer": np.hypot(off, sampling) / sampling - 1,
            }


def mean_known(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--domains", type=int, default=2, help="of each size, number of cases and spread of weights"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    table = pd.DataFrame(simulate(options.domains, options.seed))
    table.to_csv(TARGET, index=False, float_format="%.4g")
    columns = {
        "log10_sets": "median", "log10_fewest": "min", "known": "mean", "largest_share": "max",
        "named": "mean", "number_error": "mean", "rate_error": "mean", "cv": "mean", "longer": "mean",
    }  # fmt: skip
    shown = table[table["cases"] * 2 < table["persons"]]
    print(shown.groupby(["cases", "way"], sort=False).agg(columns).round(3).to_string())
    print(shown.groupby("way", sort=False).agg(columns).round(3).to_string())
    print(f"{time.perf_counter() - start:.0f} seconds")


if __name__ == "__main__":
    main()
