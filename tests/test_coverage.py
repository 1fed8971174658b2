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

DOCS = Path(__file__).parents[1] / "docs"
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def benchmark(name: str) -> SimpleNamespace:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        return SimpleNamespace(**runpy.run_path(str(BENCHMARKS / f"{name}.py"), run_name=name))


SIMULATION = benchmark("coverage_simulation")
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


def test_the_page_says_what_its_files_say() -> None:
    page = " ".join((DOCS / "coverage.md").read_text("utf-8").split())
    cells = benchmark("coverage_report").judged(pd.read_csv(DOCS / "coverage.csv"))
    others = pd.read_csv(DOCS / "coverage.csv").query("method == 'korn_graubard'")
    enough, rest = cells[cells["enough"]], cells[~cells["enough"]]
    said = [f"all {len(enough)} cells", f"at least {enough['coverage'].min():.1%}"]
    said += [f"falls short in {rest['short'].sum()} of {len(rest)} cells"]
    said += [f"in {(cells['coverage'] > 0.975).sum()} cells the default covers more than 97.5%".capitalize()]
    said += [f"does so in {(others['coverage'] > 0.975).sum()}."]
    pairs = pd.read_csv(DOCS / "coverage_change.csv").query('rule == "the kit\'s"')
    pairs = pairs[pairs["rounds"] != benchmark("coverage_change").HALVED]
    judged = pairs[pairs.groupby("rounds")["decreased"].transform("max") > 0]
    said += [f"at most {judged['decreased'].max():.1%} of the pairs, in each of {len(judged)} combinations"]
    rising = pd.read_csv(DOCS / "unresolved_rising.csv").query("icc == 0 and open_before == 0.05")
    for after, opened, others_open, phrase in (
        (0.017, 0.25, 0, 'says "decreased" in {first_test} of the pairs, both in {both_tests}'),
        (0.008, 0.05, 0, "is found in {both_tests} of the pairs ({first_test} without it)"),
        (0.012, 0.05, 0, "from 17 to 12 in {both_tests} ({first_test})"),
        (0.008, 0.05, 0.002, "17 to 8 is found in {both_tests} ({first_test})"),
        (0.008, 0.05, 0.002, "In the last example {all_rules} are found"),
    ):
        row = rising.query(f"p_after == {after} and open_after == {opened} and others == {others_open}").iloc[
            0
        ]
        rules = ("first_test", "both_tests", "all_rules")
        said.append(phrase.format(**{rule: f"{row[f'decreased_{rule}']:.1%}" for rule in rules}))
    assert not [text for text in said if text not in page]


def test_rounds_with_unresolved_answers_have_the_rates_and_the_variance_they_should() -> None:
    """The mean rate and share are those asked for; the estimated variance of their sum is that of the
    samples."""
    rising = benchmark("unresolved_rising")
    cell = SIMULATION.Cell(0.05, 12, 20, 0.0)
    drawn = rising.drawn(cell, 0.3, 0.01, 2_000, np.random.default_rng(3))
    assert np.mean(drawn.side.estimate) == pytest.approx(0.05 * 0.7, rel=0.03)
    assert drawn.share.mean() == pytest.approx(0.05 * 0.3 + 0.95 * 0.01, rel=0.03)
    assert (drawn.se_of_sum**2).mean() == pytest.approx(
        (np.asarray(drawn.side.estimate) + drawn.share).var(), rel=0.15
    )
