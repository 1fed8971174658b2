"""Tests the simulation behind docs/coverage.md: it estimates what the package estimates from the same
persons, and draws the samples that it describes."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.estimate.measures import intervals

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

SIMULATION = SimpleNamespace(
    **runpy.run_path(
        str(Path(__file__).parents[1] / "benchmarks" / "coverage_simulation.py"), run_name="simulation"
    )
)
SAMPLES = {
    "no case, and few": SIMULATION.Cell(0.005, 12, 10, 0.0),
    "clustered": SIMULATION.Cell(0.02, 60, 20, 0.1),
}


def persons(cell: SIMULATION.Cell, counts: list[np.ndarray]) -> pd.DataFrame:
    """One sample, a row a person."""
    d = SIMULATION.make_design(cell)
    groups = [(psu, kind) for psu in range(cell.psus) for kind in range(len(counts))]
    frames = [
        pd.DataFrame(
            {
                "stratum": d.units.strata[psu],
                "psu": psu,
                "w": d.weight[psu, kind],
                "y": np.arange(d.persons[psu, kind]) < counts[kind][psu],
            }
        )
        for psu, kind in groups
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.mark.thorough("a simulated population")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_column_of_counts_is_estimated_as_its_persons_are(name: str) -> None:
    cell = SAMPLES[name]
    counts = SIMULATION.case_counts(cell, 3, np.random.default_rng(4))
    if name != "clustered":
        counts = [np.column_stack([0 * c[:, 0], c[:, 1:]]) for c in counts]
    ours = SIMULATION.estimates(cell, counts)
    for i in range(3):
        design = fl.SurveyDesign(
            persons(cell, [c[:, i] for c in counts]), weight="w", strata="stratum", psu="psu"
        )
        for method in intervals.METHODS:
            est = fl.prevalence(design, "y", interval=method)
            row, (low, high) = est.table.iloc[0], SIMULATION.limits(cell, ours, method)
            simulated = [
                ours.estimate[i],
                ours.se[i],
                low[i],
                high[i],
                ours.n,
                ours.df,
                ours.cases[i],
                ours.psus_with_cases[i],
            ]
            columns = ["estimate", "se", "ci_low", "ci_high", "n", "df", "cases", "psus_with_cases"]
            assert simulated == pytest.approx(row[columns].tolist(), rel=1e-12, abs=1e-15), method
            shown, unmarked = (kind[i] for kind in SIMULATION.publication(ours, low, high))
            published = fl.publish(est).table.iloc[0]
            assert (shown, unmarked) == (published["flag"] != "suppress", published["marker"] == ""), method


def test_with_no_case_the_design_effect_of_survey_yaml_is_taken_where_it_is_given() -> None:
    cell = SAMPLES["no case, and few"]
    counts = [np.zeros((cell.psus, 1), dtype=int)] * 3
    design = fl.SurveyDesign(
        persons(cell, [c[:, 0] for c in counts]), weight="w", strata="stratum", psu="psu"
    )
    object.__setattr__(design, "deff_at_zero", SIMULATION.true_deff(cell))
    _, high = SIMULATION.limits(cell, SIMULATION.estimates(cell, counts), SIMULATION.GIVEN)
    assert high[0] == pytest.approx(fl.prevalence(design, "y").table["ci_high"][0], rel=1e-12)


@pytest.mark.parametrize("tilted", [False, True])
def test_what_is_drawn_has_the_mean_the_design_effect_and_the_psus_with_cases_it_should(tilted: bool) -> None:
    cell = SIMULATION.Cell(0.02, 12, 20, 0.1, tilted)
    s = SIMULATION.draw(cell, 20_000, np.random.default_rng(1))
    assert s.estimate.mean() == pytest.approx(cell.p, rel=0.02)
    assert s.psus_with_cases.mean() == pytest.approx(SIMULATION.expected_psus_with_cases(cell), rel=0.02)
    if not tilted:
        assert s.estimate.var() * s.n / (cell.p * (1 - cell.p)) == pytest.approx(
            SIMULATION.true_deff(cell), rel=0.05
        )


def test_the_page_has_the_rows_of_the_rising_unresolved_answers_that_were_drawn() -> None:
    docs = Path(__file__).parents[1] / "docs"
    page = (docs / "coverage.md").read_text("utf-8")
    for row in pd.read_csv(docs / "unresolved_rising.csv").to_dict("records"):
        told = " | ".join(
            f"{100 * row[f'decreased_{rule}']:.1f}%" for rule in ("first_test", "both_tests", "all_rules")
        )
        who = (
            f"| {1000 * row['p_before']:g} → {1000 * row['p_after']:g} | {100 * row['open_before']:g} "
            f"→ {100 * row['open_after']:g}%"
        )
        assert f"{who} | {1000 * row['others']:g} | {row['icc']:g} | {told} |" in page


def test_rounds_with_unresolved_answers_have_the_rates_and_the_variance_they_should(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mean rate and share are those asked for; the estimated variance of their sum is that of the
    samples."""
    benchmarks = Path(__file__).parents[1] / "benchmarks"
    monkeypatch.syspath_prepend(str(benchmarks))
    rising = SimpleNamespace(**runpy.run_path(str(benchmarks / "unresolved_rising.py"), run_name="rising"))
    cell = SIMULATION.Cell(0.05, 12, 20, 0.0)
    drawn = rising.drawn(cell, 0.3, 0.01, 2_000, np.random.default_rng(3))
    assert np.mean(drawn.side.estimate) == pytest.approx(0.05 * 0.7, rel=0.03)
    assert drawn.share.mean() == pytest.approx(0.05 * 0.3 + 0.95 * 0.01, rel=0.03)
    assert (drawn.se_of_sum**2).mean() == pytest.approx(
        (np.asarray(drawn.side.estimate) + drawn.share).var(), rel=0.15
    )
