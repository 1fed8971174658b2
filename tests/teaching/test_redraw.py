"""Tests redraws of the island: they estimate as the kit does, the truth is known from theory, and they are
fast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort import count_calls
from scipy.stats import binom

import fltoolkit as fl
from fltoolkit import teaching
from fltoolkit.teaching import true_answers
from fltoolkit.teaching.island_population import TAKE
from fltoolkit.teaching.redraw import _Drawing, _drawn_stratum

ISLAND = teaching.island()


@pytest.mark.parametrize(
    "switches", [{}, {"clusters": True}, {"clusters": True, "nonresponse": True, "response_error": True}]
)
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("persons_of_stratum", [600, 2 * TAKE])  # thirty villages, and two
def test_a_redraw_is_estimated_as_the_kit_estimates_its_persons(
    switches: dict[str, bool], weighted: bool, persons_of_stratum: int
) -> None:
    """The same PSU sums, written out as persons and given to fl.prevalence."""
    rng, rows, psu = np.random.default_rng(8), [], 0
    for name, areas in ISLAND.areas.groupby("stratum"):
        part = _drawn_stratum(rng, areas, _Drawing(1, persons_of_stratum, **switches))
        weight = areas["adults"].sum() / part["n"].sum() if weighted else 1.0
        for y, n in zip(part["y"][0], part["n"][0], strict=True):
            for i in range(n):
                psu += 1 if i == 0 or not switches.get("clusters") else 0
                rows.append((name, psu, weight, int(i < y)))
    persons = pd.DataFrame(rows, columns=["stratum", "psu", "weight", "case"])
    design = fl.SurveyDesign(persons, weight="weight", strata="stratum", psu="psu")
    kit = fl.prevalence(design, "case").table.iloc[0]
    asked = len(ISLAND.areas["stratum"].unique()) * persons_of_stratum
    drawn = teaching.redraw(ISLAND, 1, persons=asked, oversample=True, weighted=weighted, seed=8, **switches)
    low, high = drawn.interval("korn_graubard_rare")
    mine = [drawn.estimate[0], drawn.se[0], drawn.n[0], drawn.df, drawn.psus_with_cases[0], low[0], high[0]]
    theirs = [kit[c] for c in ("estimate", "se", "n", "df", "psus_with_cases", "ci_low", "ci_high")]
    assert mine == pytest.approx([float(v) for v in theirs], rel=1e-9)


def test_estimates_scatter_around_the_truth_as_theory_says() -> None:
    simple, villages = (teaching.redraw(ISLAND, 8000, clusters=c) for c in (False, True))
    assert simple.estimate.mean() == pytest.approx(ISLAND.truth, rel=0.01)
    assert villages.estimate.mean() == pytest.approx(ISLAND.truth, rel=0.015)
    assert simple.estimate.std() == pytest.approx(
        true_answers.simple_standard_error(1200, ISLAND.truth), rel=0.03
    )
    assert villages.estimate.std() == pytest.approx(
        true_answers.clustered_standard_error(1200, ISLAND.areas), rel=0.03
    )
    assert villages.se.mean() == pytest.approx(villages.estimate.std(), rel=0.05)


def test_weights_undo_the_design_and_nothing_else_undoes_silence() -> None:
    def mean(**switches: bool) -> float:
        return float(
            1000 * teaching.redraw(ISLAND, clusters=True, oversample=True, **switches).estimate.mean()
        )

    truth = 1000 * ISLAND.truth
    assert mean() == pytest.approx(truth, rel=0.03)
    assert mean(weighted=False) == pytest.approx(true_answers.truth("unweighted"), rel=0.03)
    assert mean(nonresponse=True) < 0.8 * truth
    assert mean(response_error=True) == pytest.approx(800 * ISLAND.truth + 10 * (1 - ISLAND.truth), rel=0.03)


def test_wald_breaks_its_promise_as_often_as_the_binomial_says() -> None:
    n, p = 150, ISLAND.truth
    k = np.arange(n + 1) / n
    holds = np.abs(k - p) <= true_answers.Z * np.sqrt(k * (1 - k) / (n - 1))
    assert true_answers.wald_coverage(n, p) == pytest.approx(
        binom.pmf(np.arange(n + 1), n, p)[holds].sum(), abs=1e-9
    )
    few = teaching.redraw(ISLAND, 8000, persons=n)
    assert few.hold("wald").mean() == pytest.approx(true_answers.wald_coverage(n, p), abs=0.015)
    assert few.hold("korn_graubard").mean() > 0.95


def test_a_filtered_file_gives_too_small_a_standard_error() -> None:
    asked = {"persons": 2400, "clusters": True, "oversample": True, "among": "kiln workers"}
    whole, filtered = (teaching.redraw(ISLAND, filtered=f, **asked) for f in (False, True))
    assert np.array_equal(whole.estimate, filtered.estimate)
    assert whole.estimate.mean() == pytest.approx(whole.truth, rel=0.03)
    assert whole.se.mean() == pytest.approx(whole.estimate.std(), rel=0.08)
    assert filtered.se.mean() < 0.75 * whole.estimate.std()


def test_hundreds_of_redraws_are_drawn_at_once() -> None:
    asked = {"clusters": True, "oversample": True, "nonresponse": True, "response_error": True}
    teaching.redraw(ISLAND, 5, **asked)
    few, many = (
        count_calls(lambda times=times: teaching.redraw(ISLAND, times, **asked)) for times in (50, 500)
    )
    assert many < 2 * few
