"""Draws samples of a population with a known prevalence, many samples at once, and returns what the kit
estimates from each.

The simulation draws no single persons. A sample is the number of cases by PSU and weight class. Variance,
intervals and publication rules are the functions of the package, with one column per sample. No households
are drawn, because one person is asked in each.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from fltoolkit.estimate.measures import intervals
from fltoolkit.estimate.variance import Array, Stage, Units
from fltoolkit.publish.disclosure.complementary_suppression import Limits
from fltoolkit.publish.reliability import ZERO_EXEMPT, load_publication_profile

LEVEL = 0.95
BLOCK = 2_000  # samples drawn at once: 300 PSUs × 2,000 samples of numbers are 5 MB
PREVALENCES = (0.001, 0.002, 0.005, 0.01, 0.02)
PSUS = (12, 60, 300)
OF_SECOND_ROUNDS = {20: 10, 30: 6, 48: 12, 100: 20, 150: 10, 240: 20}
STRATA = {12: 6, 60: 12, 300: 20} | OF_SECOND_ROUNDS  # PSUs: strata
PERSONS = (10, 20, 50, 100)
ICC = (0.0, 0.02, 0.1)
CLASSES = np.exp([-0.6, 0.0, 0.6])  # of weights, once between PSUs and once within: CV 0.68 together
SHARES = (0.3, 0.4, 0.3)  # of a PSU's persons in each class
TILT = np.array([0.6, 1.0, 1.4])  # prevalence in PSUs of each weight class, where it goes with the weight
DEFAULT = intervals.DEFAULT
GIVEN = "deff given"  # the default, with the true design effect in survey.yaml (design_effect_at_zero_cases)
METHODS = (*intervals.METHODS, GIVEN)
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Cell:
    """A population and a sample design: the prevalence, the number of PSUs, the persons asked in each, and
    the intraclass correlation.

    `tilted` means that PSUs with larger weights have a higher prevalence. The mean over all persons is still
    `p`.
    """

    p: float
    psus: int
    persons: int
    icc: float
    tilted: bool = False

    @property
    def name(self) -> str:
        """Returns the name of the cell in the tables."""
        tilted = ", tilted" if self.tilted else ""
        return f"{self.p:.1%}, {self.psus} × {self.persons}, icc {self.icc:g}{tilted}"


GRID = tuple(Cell(*values) for values in product(PREVALENCES, PSUS, PERSONS, ICC))
TILTED = tuple(Cell(*values, tilted=True) for values in product((0.005, 0.02), PSUS, PERSONS, (0.02,)))


@dataclass(frozen=True)
class Design:
    """The sample design of a cell. `units` are the sampling units in the form of the package. `weight` and
    `persons` are given by PSU and weight class. `p` is the mean prevalence, and `x` the weighted number of
    persons of each PSU."""

    units: Units
    weight: Array
    persons: NDArray[np.int64]
    p: Array
    x: Array

    @property
    def n(self) -> int:
        return int(self.persons.sum())

    @property
    def kish(self) -> float:
        """Returns the design effect of the weights by Kish: 1 + CV²(w)."""
        return float(self.n * (self.weight**2 * self.persons).sum() / self.x.sum() ** 2)


@cache
def make_design(cell: Cell) -> Design:
    """Returns a design with equal strata. The weight classes alternate over the PSUs, and divide the persons
    of each PSU."""
    strata, each = STRATA[cell.psus], cell.psus // STRATA[cell.psus]
    code, kind = np.repeat(np.arange(strata), each), np.arange(cell.psus) % len(CLASSES)
    psu, labels = np.arange(cell.psus), np.arange(cell.psus).astype(object)
    stage = Stage(code, np.full(strata, each, float), np.zeros(strata), np.ones(strata), "fail")
    units = Units(code.astype(object), labels, psu, stage, None)
    weight = CLASSES[kind][:, None] * CLASSES
    persons = np.broadcast_to(np.rint(np.array(SHARES) * cell.persons).astype(np.int64), weight.shape)
    x = (weight * persons).sum(axis=1)
    tilt = TILT[kind] / np.average(TILT[kind], weights=x) if cell.tilted else np.ones(cell.psus)
    return Design(units, weight, persons, cell.p * tilt, x)


def true_deff(cell: Cell) -> float:
    """Returns the true design effect: the variance of the estimate under the population's model, divided by
    the variance of simple random sampling with replacement."""
    d = make_design(cell)
    alone = (d.weight**2 * d.persons).sum(axis=1)
    return float(d.n * (alone * (1 - cell.icc) + d.x**2 * cell.icc).sum() / d.x.sum() ** 2)


def expected_psus_with_cases(cell: Cell) -> float:
    """Returns the expected number of PSUs with at least one case."""
    p = make_design(cell).p
    if cell.icc == 0:
        none = (1 - p) ** cell.persons
    else:
        a, b = p * (1 / cell.icc - 1), (1 - p) * (1 / cell.icc - 1)
        none = np.exp(betaln(a, b + cell.persons) - betaln(a, b))
    return float((1 - none).sum())


@dataclass(frozen=True)
class Samples:
    """Arrays with one number per sample: `estimate`, `se`, `cases` and `psus_with_cases`. `n`, `df` and
    Kish's design effect are those of the design."""

    estimate: Array
    se: Array
    cases: Array
    psus_with_cases: Array
    n: int
    df: int
    kish: float


def case_counts(cell: Cell, samples: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Returns the number of cases by PSU and sample, as one matrix per weight class. The counts are binomial.
    The prevalence of each PSU has a beta distribution."""
    d = make_design(cell)
    shape = (cell.psus, samples)
    p = d.p[:, None]
    if cell.icc > 0:
        spread = 1 / cell.icc - 1  # the intraclass correlation of a beta-binomial is 1/(a + b + 1)
        p = rng.beta(p * spread, (1 - p) * spread, size=shape)
    return [rng.binomial(d.persons[:, [c]], p, size=shape) for c in range(len(CLASSES))]


def estimates(cell: Cell, counts: list[NDArray[np.int64]]) -> Samples:
    """Returns the results that `fl.prevalence` would give for each sample (tests/test_coverage.py compares
    them)."""
    d = make_design(cell)
    y = sum((d.weight[:, [c]] * k for c, k in enumerate(counts)), np.zeros(counts[0].shape))
    p = y.sum(axis=0) / d.x.sum()
    cases = sum(counts, np.zeros(counts[0].shape))
    df = d.units.degrees_of_freedom(np.ones((cell.psus, 1)))[0]
    se = np.sqrt(d.units.variances(d.units.influence(y, d.x[:, None], p)))
    return Samples(p, se, cases.sum(axis=0), (cases > 0).sum(axis=0).astype(float), d.n, int(df), d.kish)


def draw(cell: Cell, samples: int, rng: np.random.Generator) -> Samples:
    """Returns samples of a cell. They are drawn in blocks, to save memory."""
    sizes = [min(BLOCK, samples - start) for start in range(0, samples, BLOCK)]
    blocks = [estimates(cell, case_counts(cell, size, rng)) for size in sizes]
    joined = (np.concatenate(parts) for parts in zip(*(astuple(b)[:4] for b in blocks), strict=True))
    return Samples(*joined, blocks[0].n, blocks[0].df, blocks[0].kish)


def limits(cell: Cell, s: Samples, method: str) -> tuple[Array, Array]:
    """Returns the limits of each sample's interval, by a method of the package, or by the default method with
    a given design effect."""
    deff, named = (true_deff(cell), DEFAULT) if method == GIVEN else (s.kish, method)
    estimated = intervals.EstimatedProportion(s.estimate, s.se, s.n, s.df, deff, s.psus_with_cases)
    return intervals.proportion(estimated, intervals.Confidence(named, LEVEL))  # type: ignore[arg-type]


def publication(s: Samples, low: Array, high: Array) -> tuple[Flags, Flags]:
    """Returns two arrays: whether the default publication profile shows the number, and whether it shows the
    number without a mark (`[u]`, or `[w]` if there is no case)."""
    profile, least = load_publication_profile("fltoolkit"), Limits()
    too_few = (s.cases < least.cases) | (s.psus_with_cases < least.psus) | (s.n - s.cases < least.non_cases)
    hidden, doubtful = (s.cases > 0) & too_few, np.zeros(len(s.cases), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        facts = {
            "n": np.full(len(s.cases), s.n),
            "cases": s.cases,
            "cv": s.se / s.estimate,
            "relative_width": (high - low) / s.estimate,
        }
    for rule in profile.reliability:
        if rule.flag not in ("suppress", "unreliable"):
            continue
        value = facts[rule.column]
        broken = value < rule.below if rule.below is not None else value > rule.above
        broken &= (s.cases > 0) | (rule.column not in ZERO_EXEMPT)
        hidden, doubtful = (
            (hidden | broken, doubtful) if rule.flag == "suppress" else (hidden, doubtful | broken)
        )
    return ~hidden, ~hidden & ~doubtful & (s.cases > 0)


def coverage(cell: Cell, s: Samples) -> list[dict[str, object]]:
    """Returns one row per method: how often its interval contains the true value, among all samples and among
    published numbers (docs/coverage.md).

    The rows also describe the estimated variance. `variance_ratio` is its mean divided by the variance of the
    estimates. `variance_df` is the degrees of freedom at which a χ² variable varies as much. `correlation` is
    the correlation between estimate and SE.
    """
    v = s.se**2
    facts = {
        "cell": cell.name,
        "p": cell.p,
        "psus": cell.psus,
        "persons": cell.persons,
        "icc": cell.icc,
        "tilted": cell.tilted,
        "n": s.n,
        "df": s.df,
        "true_deff": true_deff(cell),
        "expected_psus": expected_psus_with_cases(cell),
        "mean_cases": s.cases.mean(),
        "no_case": (s.cases == 0).mean(),
        "variance_ratio": v.mean() / s.estimate.var(),
        "variance_df": 2 * v.mean() ** 2 / v.var(),
        "correlation": np.corrcoef(s.estimate, s.se)[0, 1],
    }
    return [facts | {"method": method} | _held(cell, s, *limits(cell, s, method)) for method in METHODS]


def _held(cell: Cell, s: Samples, low: Array, high: Array) -> dict[str, object]:
    """Returns how often intervals contain the true value, and how often they are too low (the true value is
    above) or too high."""
    below, above = high < cell.p, low > cell.p
    holds = ~(below | above)
    shown, unmarked = publication(s, low, high)
    return {
        "coverage": holds.mean(),
        "too_low": below.mean(),
        "too_high": above.mean(),
        "too_low_no_case": (below & (s.cases == 0)).mean(),
        "width": (high - low).mean(),
        "published": shown.mean(),
        "coverage_published": _mean(holds[shown]),
        "too_high_published": _mean(above[shown]),
        "unmarked": unmarked.mean(),
        "coverage_unmarked": _mean(holds[unmarked]),
        "too_high_unmarked": _mean(above[unmarked]),
    }


def _mean(values: Flags) -> float:
    return float(values.mean()) if len(values) else float("nan")
