"""Draws hundreds of samples of the invented island in a moment. It draws only the number of cases in each
village, not single persons.

The number of cases among the 20 persons asked in a village is drawn from a hypergeometric distribution. The
numbers of these persons who do not respond, or who answer wrongly, are drawn from binomial distributions.
Estimates and standard errors are calculated as in the kit (weights, strata, with-replacement PSUs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.estimate.measures.intervals import (
    Confidence,
    EstimatedProportion,
    ProportionInterval,
    proportion,
    wald,
)
from fltoolkit.teaching.island_population import TAKE, Island

Numbers = NDArray[np.float64]
ANSWERS = {True: 0.6, False: 0.9}  # the chance to answer at all: of persons in forced labour, and of others
SENSITIVITY, SPECIFICITY = 0.8, 0.99
LEVEL = 0.95


@dataclass(frozen=True)
class Redraws:
    """Many samples of the invented island, all drawn in the same way. Each array has one value per sample.

    Attributes:
        estimate, se: the estimate and its standard error.
        n: the number of persons asked.
        df: the degrees of freedom; the same for all samples.
        psus_with_cases: the number of PSUs with cases.
        truth: the true value that all samples estimate.
        rate: whether the estimates are proportions. Otherwise they are numbers of persons.
    """

    estimate: Numbers
    se: Numbers
    n: Numbers
    df: float
    psus_with_cases: Numbers
    truth: float
    rate: bool = True

    @property
    def scale(self) -> float:
        return 1000.0 if self.rate else 1.0

    def interval(self, method: ProportionInterval = "wald") -> tuple[Numbers, Numbers]:
        """Returns the 95% interval of each sample, by any method of the kit."""
        if not self.rate or method == "wald":
            return wald(self.estimate, self.se, self.df, LEVEL)
        estimated = EstimatedProportion(
            self.estimate, self.se, self.n, self.df, psus_with_cases=self.psus_with_cases
        )
        return proportion(estimated, Confidence(method, LEVEL))

    def hold(self, method: ProportionInterval = "wald", value: float | None = None) -> NDArray[np.bool_]:
        """Returns for each sample whether its 95% interval contains the true value, or another `value`."""
        low, high = self.interval(method)
        wanted = self.truth if value is None else value
        return np.asarray((low <= wanted) & (wanted <= high))


def redraw(
    people: Island,
    times: int = 2000,
    *,
    persons: int = 1200,
    clusters: bool = False,
    oversample: bool = False,
    weighted: bool = True,
    nonresponse: bool = False,
    response_error: bool = False,
    among: str = "",
    filtered: bool = False,
    seed: int = 1,
) -> Redraws:
    """Draw many samples of the invented island, all in the same way, and return the estimate of each sample.

    Args:
        people: the island.
        times: how many samples are drawn.
        persons: how many persons are asked in each sample.
        clusters: ask 20 persons in each of some villages, instead of any persons anywhere.
        oversample: draw half of the sample on the coast.
        weighted: whether the estimate corrects for the oversampling.
        nonresponse: persons in forced labour answer less often than others.
        response_error: some persons in forced labour do not say so, and a few others say that they are.
        among: estimate the number of cases in one trade, instead of the prevalence.
        filtered: estimate as if the data file had only PSUs in which someone has this trade. This is a usual
            mistake.
        seed: the start of the random numbers.
    """
    rng = np.random.default_rng(seed)
    groups = [g for _, g in people.areas.groupby("stratum")] if oversample else [people.areas]
    how = _Drawing(times, persons // len(groups), clusters, nonresponse, response_error, among, filtered)
    parts = [_drawn_stratum(rng, g, how) for g in groups]
    sizes = [float(g["adults"].sum()) for g in groups]
    weights = [
        size / p["n"].sum(1) if weighted else np.ones(times) for p, size in zip(parts, sizes, strict=True)
    ]
    whole = sum(w * p["n"].sum(1) for w, p in zip(weights, parts, strict=True))
    cases = sum(w * p["y"].sum(1) for w, p in zip(weights, parts, strict=True))
    p = np.zeros(times) if among else cases / whole
    variance = sum(w**2 * _variance(part, p) for w, part in zip(weights, parts, strict=True))
    return Redraws(
        estimate=cases if among else p,
        se=np.sqrt(variance) / (1 if among else whole),
        n=np.asarray(sum(part["n"].sum(1) for part in parts), float),
        df=float(sum(np.mean(part["psus"]) - 1 for part in parts)),
        psus_with_cases=np.asarray(sum(part["hit"] for part in parts), float),
        truth=float(people.areas[among].sum()) if among else people.truth,
        rate=not among,
    )


def fall(before: Redraws, after: Redraws) -> Redraws:
    """Returns the change between two rounds of a survey, for many pairs of samples. The change is the
    estimate of the later round minus the estimate of the earlier round. The result also has the standard
    error of each change, and the true change.
    """
    return Redraws(
        after.estimate - before.estimate,
        np.hypot(before.se, after.se),
        before.n,
        before.df + after.df,
        before.psus_with_cases,
        after.truth - before.truth,
    )


@dataclass(frozen=True)
class _Drawing:
    """The way in which a sample is drawn in each stratum.

    Attributes:
        times: how many samples are drawn.
        persons: how many persons are asked in one stratum.
        clusters, nonresponse, response_error, among, filtered: as in `redraw`.
    """

    times: int
    persons: int
    clusters: bool = False
    nonresponse: bool = False
    response_error: bool = False
    among: str = ""
    filtered: bool = False


def _drawn_stratum(rng: np.random.Generator, areas: pd.DataFrame, how: _Drawing) -> dict[str, Any]:
    """Returns the cases that all samples find in one stratum, as arrays with one row per sample. `how` says
    how the samples are drawn.

    The keys of the result are: `y` and `n`, the cases and the persons asked, with one column per drawn PSU;
    `kept`, whether the PSU is in the data file; `psus` and `hit`, the numbers of PSUs and of PSUs with cases;
    `clusters`, as in `how`. In a sample without clusters each person is a PSU. Then `y` and `n` have a single
    column: the sums over the stratum.
    """
    adults, cases = areas["adults"].to_numpy(), areas[how.among or "cases"].to_numpy()
    if how.clusters:
        drawn = rng.choice(len(areas), (how.times, how.persons // TAKE), p=adults / adults.sum())
        size, there, take = adults[drawn], cases[drawn], TAKE
    else:
        size, there, take = (
            np.full((how.times, 1), adults.sum()),
            np.full((how.times, 1), cases.sum()),
            how.persons,
        )
    y = rng.hypergeometric(there, size - there, take)
    others = take - y
    if how.nonresponse:
        y, others = rng.binomial(y, ANSWERS[True]), rng.binomial(others, ANSWERS[False])
    n = y + others
    if how.response_error:
        y = rng.binomial(y, SENSITIVITY) + rng.binomial(others, 1 - SPECIFICITY)
    kept = (
        areas[f"has {how.among}"].to_numpy()[drawn]
        if how.filtered and how.clusters
        else np.ones(y.shape, bool)
    )
    psus = kept.sum(1) if how.clusters else n.sum(1)
    hit = (y > 0).sum(1) if how.clusters else y.sum(1)
    return {"y": y, "n": n, "kept": kept, "psus": psus, "hit": hit, "clusters": how.clusters}


def _variance(part: dict[str, Any], p: Numbers) -> Numbers:
    """Returns the variance of Σ(y − p·n) over a stratum's PSUs: a/(a − 1)·[Σz² − (Σz)²/a].

    z = y − p·n, and a is the number of PSUs. `part` is a result of `_drawn_stratum`.
    """
    y, n, a, p = part["y"], part["n"], part["psus"], p[:, None]
    z = y - p * n
    squares = z**2 * part["kept"] if part["clusters"] else y * (1 - p) ** 2 + (n - y) * p**2
    return np.asarray(a / np.maximum(a - 1, 1) * (squares.sum(1) - z.sum(1) ** 2 / np.maximum(a, 1)))
