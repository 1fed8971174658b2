"""Tests the columns of an estimate's table: counts, design effects and intervals of four PSUs, calculated by
hand."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import fltoolkit as fl
from fltoolkit.estimate.measures import intervals
from fltoolkit.estimate.measures.counts_and_design_effects import (
    counts,
    design_effects,
    households_of_cases,
    unresolved,
    unresolved_persons,
    with_intervals,
)
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, sum_persons
from fltoolkit.estimate.totals.reference_population import ReferencePopulation
from fltoolkit.survey.design.survey_design import set_fields
from fltoolkit.survey.engine.columns import WEIGHT

# Two strata of two PSUs of two persons; weights 1 and 2; the second stratum has no case.
PERSONS = pd.DataFrame(
    {
        "stratum": [1, 1, 1, 1, 2, 2, 2, 2],
        "psu": [1, 1, 2, 2, 3, 3, 4, 4],
        "w": [1.0, 1, 2, 2, 1, 1, 2, 2],
        "y": [1, 0, 1, 1, 0, 0, 0, 0],
        "part": ["a"] * 4 + ["b"] * 4,
        "v": [4.0, 2, 6, 8, 0, 0, 2, 2],
    }
)
N, WHOLE = 8, 12.0  # persons and their weights
P = 5 / 12
EVERYBODY = ReferencePopulation("", WEIGHT, None)


DESIGN = fl.SurveyDesign(PERSONS, weight="w", strata="stratum", psu="psu")


def one_pass(
    frame: pd.DataFrame = PERSONS,
    by: tuple[str, ...] = (),
    measure: str = "prevalence",
    outcome: Outcome | None = None,
) -> EstimandSums:
    design = fl.SurveyDesign(frame, weight="w", strata="stratum", psu="psu")
    return sum_persons(design, Estimand(outcome or Outcome("truth", "y"), measure, (by,)), EVERYBODY)


def table(run: EstimandSums, **columns: Any) -> pd.DataFrame:
    return counts(run, run.by_unit("w", run.denominators), None).assign(**columns)


def test_counts_are_of_persons_and_how_spread_the_cases_are() -> None:
    (row,) = table(one_pass()).to_dict("records")
    assert (row["df"], row["n"], row["cases"], row["population"]) == (2, N, 3, WHOLE)
    assert (row["psus_with_cases"], row["least"]) == (2, 3)
    assert pd.isna(row["households_with_cases"])  # the design names no household
    parts = table(one_pass(by=("part",)))
    assert parts[["df", "n", "cases", "population", "psus_with_cases"]].to_numpy().tolist() == [
        [1, 4, 3, 6, 2],
        [1, 4, 0, 6, 0],
    ]


def test_households_of_cases_are_counted_once_where_the_design_names_them(
    small: Callable[..., fl.Survey],
) -> None:
    people = [
        ("case", {"HH": 1, "LINE": 1}),
        ("case", {"HH": 1, "LINE": 2, "P": 0}),
        ("case", {"HH": 2}),
        ("not", {"HH": 3}),
        ("open", {"HH": 4}),
    ]
    estimand = Estimand(Outcome("truth", "forced_labour", three_valued=True), "prevalence", ((),))
    run = sum_persons(small(people), estimand, EVERYBODY)
    assert households_of_cases(run).tolist() == [2]


def test_design_effects_are_against_samples_of_persons_and_kish_is_of_weights() -> None:
    run = one_pass()
    found = design_effects(run, table(run, estimate=P, se=0.1), np.array([P]), DESIGN).iloc[0]
    with_replacement = P * (1 - P) / (N - 1)
    assert found["deff_replace"] == pytest.approx(0.01 / with_replacement)
    assert found["deff"] == pytest.approx(0.01 / (with_replacement * (1 - N / WHOLE)))
    assert found["kish"] == pytest.approx(N * (4 * 1 + 4 * 4) / WHOLE**2)
    assert np.isnan(found["deff_at_zero"])
    run = one_pass(measure="total")
    total = design_effects(run, table(run, estimate=5.0, se=1.2), np.array([P]), DESIGN).iloc[0]
    assert total["deff_replace"] == pytest.approx(0.01 / with_replacement)  # a total is the rate times twelve


def test_design_effects_of_means_and_ratios_are_of_their_residuals() -> None:
    v, w, y = (PERSONS[c].to_numpy(float) for c in ("v", "w", "y"))
    mean, run = (v * w).sum() / WHOLE, one_pass(measure="mean", outcome=Outcome("number", "v"))
    found = design_effects(run, table(run, estimate=mean, se=0.5), np.array([mean]), DESIGN).iloc[0]
    assert found["deff_replace"] == pytest.approx(0.25 / ((w * (v - mean) ** 2).sum() / WHOLE / (N - 1)))
    ratio, run = (v * w).sum() / (y * w).sum(), one_pass(measure="ratio", outcome=Outcome("ratio", "v", "y"))
    found = design_effects(run, table(run, estimate=ratio, se=0.5), np.array([ratio]), DESIGN).iloc[0]
    spread = (w * (v - ratio * y) ** 2).sum() / WHOLE / (N - 1) * (WHOLE / 5) ** 2
    assert found["deff_replace"] == pytest.approx(0.25 / spread)


@pytest.mark.parametrize(
    ("factor", "weights"),
    [(0.001, "gross_up"), (N / WHOLE, "gross_up"), (1.0, "normalised"), (N / WHOLE, "normalised")],
    ids=["in thousands", "a sum of the sample", "normalised, of a part of a survey", "normalised"],
)
def test_without_the_size_of_the_population_there_is_only_the_design_effect_with_replacement(
    factor: float, weights: Literal["gross_up", "normalised"]
) -> None:
    """Before, weights in thousands gave a design effect below 0, and a part of normalised weights one several
    times too large."""
    scaled = PERSONS.assign(w=PERSONS["w"] * factor)
    design = fl.SurveyDesign(scaled, weight="w", strata="stratum", psu="psu", weights=weights)
    usual, found = (fl.prevalence(each, "y") for each in (DESIGN, design))
    assert np.isnan(found.table["deff"][0])
    for column in ("estimate", "se", "ci_low", "ci_high", "n_eff"):
        assert found.table[column][0] == pytest.approx(usual.table[column][0])
    assert found.design_effects["deff_replace"][0] == pytest.approx(usual.design_effects["deff_replace"][0])


def test_a_design_effect_below_one_is_a_number_like_others() -> None:
    """Proportional strata whose means differ: the sample is better than a simple random one."""
    strata = pd.DataFrame({"h": [1, 1, 1, 2, 2, 2], "w": 10.0, "y": [1, 1, 0, 0, 0, 0]})
    deff = fl.prevalence(fl.SurveyDesign(strata, weight="w", strata="h"), "y").table["deff"][0]
    between = 2 / 3 * 1 / 3 / 2 / 4  # the variance of the mean of stratum 1, a quarter of which counts
    assert deff == pytest.approx(between / (1 / 3 * 2 / 3 / 5) / (1 - 6 / 60))
    assert 0 < deff < 1


def test_where_there_is_no_case_the_design_effect_is_the_whole_populations_or_kishs_or_the_specs() -> None:
    run = one_pass(by=("part",))
    rows, rate = table(run, estimate=[5 / 6, 0.0], se=[0.1, 0.0]), np.array([5 / 6, 0.0])
    found = design_effects(run, rows, rate, DESIGN)
    # Sums of w(y − p)/12 by PSU are 2, 28, −10 and −20 hundred-and-forty-fourths: their variance is 26² + 10²
    # of these squared.
    whole = (26**2 + 10**2) / 144**2 * N / (P * (1 - P))
    assert_allclose(found["deff_at_zero"], [np.nan, whole])
    assert found["source"].tolist() == ["", "the whole population's"]
    said = design_effects(run, rows, rate, set_fields(copy(DESIGN), deff_at_zero=1.7))
    assert (said["deff_at_zero"].iloc[1], said["source"].tolist()) == (1.7, ["", "survey.yaml"])
    nobody = one_pass(PERSONS.assign(y=0))
    kish = design_effects(nobody, table(nobody, estimate=0.0, se=0.0), np.zeros(1), DESIGN).iloc[0]
    assert kish["deff_at_zero"] == pytest.approx(N * 20 / 144)
    assert kish["source"] == "Kish's, from the weights"
    all_cases = one_pass(PERSONS.assign(y=1))
    sure = design_effects(all_cases, table(all_cases, estimate=1.0, se=0.0), np.ones(1), DESIGN).iloc[0]
    assert sure["source"] == "Kish's, from the weights"


ROW = {
    "estimate": 100.0,
    "se": 10.0,
    "df": 40,
    "n": 400,
    "cases": 40,
    "population": 1000.0,
    "psus_with_cases": 11,
    "households_with_cases": 35,
    "least": 90.0,
}
EFFECTS = {"deff": 1.5, "deff_replace": 1.6, "kish": 1.2, "deff_at_zero": np.nan, "source": ""}


def interval(
    measure: str,
    rate: float,
    kind: Literal["truth", "number", "amount"] = "truth",
    whole: bool = False,
    at_zero: float = np.nan,
    **row: Any,
) -> Any:
    rows, effects = pd.DataFrame([{**ROW, **row}]), pd.DataFrame([{**EFFECTS, "deff_at_zero": at_zero}])
    estimand = Estimand(Outcome(kind, "y"), measure, ((),))
    return with_intervals(estimand, rows, effects, np.array([rate]), Confidence(), whole=whole).iloc[0]


def test_a_total_of_cases_has_its_interval_on_the_log_scale_and_never_less_than_was_seen() -> None:
    """Its df are the ten of eleven PSUs with cases: Student's t is 2.228."""
    spread = np.exp(2.228 * 10 / 100)
    found = interval("total", 0.1)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((100 / spread, 100 * spread), rel=1e-4)
    assert interval("total", 0.1, whole=True)["ci_low"] == 90.0
    assert (found["cv"], found["df"], found["deff"]) == (0.1, 40, 1.5)
    assert found["n_eff"] == pytest.approx(0.1 * 0.9 / (10 / 1000) ** 2)  # Korn and Graubard's
    assert interval("total", 0.1, "amount")["n_eff"] == pytest.approx(400 / 1.6)
    known = interval("total", 0.1, psus_with_cases=pd.NA)
    assert known["ci_high"] == pytest.approx(100 * np.exp(2.0211 * 0.1), rel=1e-4)  # t of the design's 40 df


def test_a_mean_is_plus_or_minus_t_and_its_effective_sample_is_by_its_design_effect() -> None:
    found = interval("mean", np.nan, "number", estimate=-20.0, se=2.0, df=10)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(
        (-20 - 2.2281 * 2, -20 + 2.2281 * 2), abs=1e-3
    )
    assert (found["cv"], found["n_eff"]) == (0.1, 400 / 1.6)


def test_without_a_case_the_upper_limit_is_that_of_so_many_fewer_persons() -> None:
    """Clopper and Pearson's of no case among n / deff persons is 1 − 0.025^(deff / n), where df = n − 1."""
    none = {"estimate": 0.0, "se": 0.0, "cases": 0, "psus_with_cases": 0, "n": 100, "df": 99, "least": 0.0}
    rate = interval("prevalence", 0.0, at_zero=2.0, **none)
    upper = 1 - 0.025 ** (1 / 50)
    assert (rate["ci_low"], rate["ci_high"]) == pytest.approx((0.0, upper))
    assert (rate["n_eff"], np.isnan(rate["cv"])) == (50.0, True)
    number = interval("total", 0.0, at_zero=2.0, **none)
    assert (number["ci_low"], number["ci_high"]) == pytest.approx((0.0, 1000 * upper))


def open_pass(
    by: tuple[str, ...] = (), measure: str = "prevalence"
) -> tuple[EstimandSums, pd.DataFrame, pd.DataFrame]:
    """Eight persons in four PSUs: two cases, one of whom it is open, five who are none."""
    frame = pd.DataFrame(
        {
            "stratum": 1,
            "psu": [0, 1, 2, 3] * 2,
            "w": 10.0,
            "y": [True, True, None, *[False] * 5],
            "part": ["a"] * 4 + ["b"] * 4,
        }
    )
    run = one_pass(frame, by, measure, outcome=Outcome("truth", "y", three_valued=True))
    return run, table(run), pd.DataFrame({"deff_at_zero": [np.nan] * len(run.cells)})


def test_open_persons_are_counted_left_out_and_taken_as_cases() -> None:
    run, rows, effects = open_pass()
    columns, shares = unresolved(run, rows, effects, 0.95, unresolved_persons(run))
    found = columns.iloc[0]
    assert shares.share.tolist() == pytest.approx([1 / 8])
    assert (found["unresolved"], found["resolved_only"], found["bound_high"]) == (
        1,
        pytest.approx(2 / 7),
        pytest.approx(3 / 8),
    )
    # Sums of w(y − 3/8)/80 by PSU: 1/32 three times and −3/32; four PSUs.
    se = np.sqrt(4 / 3 * (3 + 9) / 32**2)
    seen = EstimatedProportion(3 / 8, se, 8, 3, psus_with_cases=3)  # three PSUs hold a case or an open person
    _, high = intervals.proportion(seen, Confidence())
    assert found["bound_ci_high"] == pytest.approx(float(high))
    run, rows, effects = open_pass(measure="total")
    number = unresolved(run, rows, effects, 0.95, unresolved_persons(run))[0].iloc[0]
    assert (number["resolved_only"], number["bound_high"]) == (pytest.approx(80 * 2 / 7), pytest.approx(30.0))


def test_open_persons_are_counted_by_row() -> None:
    run, rows, effects = open_pass(("part",))
    assert unresolved(run, rows, effects, 0.95, unresolved_persons(run))[0]["unresolved"].tolist() == [1, 0]


def test_of_a_group_that_only_cases_have_nothing_is_open(norvia: fl.ClassifiedSurvey) -> None:
    table = fl.total(norvia, by=[[], ["form"]]).table
    columns = ["unresolved", "resolved_only", "bound_high", "bound_ci_high"]
    assert len(table) > 2
    assert table.loc[0, columns].notna().all()
    assert table.loc[1:, columns].isna().all(axis=None)
