"""Tests the difference of two rounds: Newcombe's interval, Satterthwaite's degrees of freedom, and when
neither method gives a verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    RoundEstimates,
    WithLimits,
    both_testable,
    difference,
    is_testable,
    mover,
    satterthwaite,
    size_ratio,
    verdicts,
    without_contradiction,
)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(48, 80, 56, 70), (112, 200, 88, 200), (3, 400, 0, 300)])
def test_mover_on_score_limits_is_newcombes_hybrid_score_interval(k1: int, n1: int, k2: int, n2: int) -> None:
    """statsmodels has Newcombe (1998, method 10); of 56/70 and 48/80 he prints 0.0524 to 0.3339 (as recalled,
    to be verified)."""
    (l1, u1), (l2, u2) = (proportion_confint(k, n, method="wilson") for k, n in ((k1, n1), (k2, n2)))
    low, high = mover(WithLimits(k1 / n1, l1, u1), WithLimits(k2 / n2, l2, u2))
    theirs = confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff")
    assert (float(low), float(high)) == pytest.approx(theirs, rel=1e-10)
    if (k1, n1) == (48, 80):
        assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


def test_mover_with_symmetric_intervals_is_the_usual_formula_for_any_correlation() -> None:
    s1, s2 = 0.02, 0.03
    for rho in (-0.5, 0.0, 0.4, 1.0):
        low, high = mover(WithLimits(0.3, 0.3 - s1, 0.3 + s1), WithLimits(0.2, 0.2 - s2, 0.2 + s2), rho)
        half = np.sqrt(s1**2 + s2**2 - 2 * rho * s1 * s2)
        assert (low, high) == pytest.approx((-0.1 - half, -0.1 + half), abs=1e-12)


def test_satterthwaite_between_the_smaller_df_and_their_sum() -> None:
    assert satterthwaite(1.0, 10, 1.0, 10) == pytest.approx(20)
    assert satterthwaite(1.0, 10, 0.0, 50) == pytest.approx(10)
    assert np.isnan(satterthwaite(0.0, 10, 0.0, 50))


def test_everything_is_vectorised() -> None:
    p = np.linspace(0.01, 0.02, 5)
    low, high = mover(WithLimits(p, p / 2, p * 2), WithLimits(0.012, 0.01, 0.02))
    assert low.shape == high.shape == (5,)
    assert verdicts([-2, 1, -1], [-1, 2, 1]).tolist() == ["decreased", "increased", "no detectable change"]
    assert verdicts([-2, 1], [-1, 2], [False, True]).tolist() == ["no detectable change", "increased"]


SOME = {"df": 60.0, "n": 10_000, "cases": 60, "psus_with_cases": 40}


HIGH = RoundEstimates(0.006, 0.0008, 0.0046, 0.0077, **SOME)


NONE = RoundEstimates(0.0, 0.0, 0.0, 0.0005, 60.0, 10_000, 0, 0)


FEW = RoundEstimates(0.0014, 0.0004, 0.0008, 0.0024, 60.0, 10_000, 14, 14)


@pytest.mark.parametrize(
    ("before", "after", "verdict", "reason"),
    [
        (HIGH, NONE, "decreased", ""),
        (NONE, HIGH, "increased", ""),
        (FEW, NONE, "no detectable change", "too few cases"),  # MOVER alone would say decreased
        (NONE, NONE, "no detectable change", "too few cases"),
        (replace(HIGH, psus_with_cases=9), NONE, "no detectable change", "too few cases"),
        (
            replace(HIGH, ci_low=0.004),
            replace(NONE, ci_high=0.0065),
            "no detectable change",
            "the interval of the change includes 0",
        ),
        (replace(HIGH, df=0.0), replace(HIGH, df=0.0), "no detectable change", "no degrees of freedom"),
        (
            replace(HIGH, ci_low=np.nan, ci_high=np.nan),
            replace(NONE, ci_high=np.nan),
            "no detectable change",
            "no degrees of freedom",
        ),
    ],
)
def test_a_round_without_a_case_is_not_certain(
    before: RoundEstimates, after: RoundEstimates, verdict: str, reason: str
) -> None:
    row = difference(before, after).iloc[0]
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    if after.se == 0 and np.isfinite(row["ci_low"]):
        assert row["method"] == "mover"
        assert row["ci_low"] < row["change"] < row["ci_high"]
        assert pd.isna(row["se"])
        assert pd.isna(row["ratio_low"])


LOW = replace(HIGH, estimate=0.003, se=0.0005, ci_low=0.0021, ci_high=0.0042)


@pytest.mark.parametrize(
    ("after", "method", "verdict", "reason"),
    [
        (LOW, "taylor", "decreased", ""),
        (replace(LOW, n=8_000), "taylor", "decreased", ""),
        (replace(LOW, n=12_501), "mover", "decreased", ""),
        (replace(LOW, df=47.0), "mover", "decreased", ""),
        (replace(LOW, n=7_999, cases=14), "mover", "no detectable change", "too few cases"),
        (replace(LOW, n=2_500), "mover", "decreased", ""),
        (replace(LOW, n=2_499), "mover", "no detectable change", "the rounds are too unlike in size"),
        (replace(LOW, df=29.0), "mover", "no detectable change", "the rounds are too unlike in size"),
        (
            replace(LOW, n=7_999, ci_high=0.006),
            "mover",
            "no detectable change",
            "the interval of the change includes 0",
        ),
    ],
)
def test_rounds_of_unlike_size_are_decided_by_mover_or_not_at_all(
    after: RoundEstimates, method: str, verdict: str, reason: str
) -> None:
    row = difference(HIGH, after).iloc[0]
    assert (row["method"], row["verdict"], row["reason"]) == (method, verdict, reason)
    if method == "mover":
        low, high = mover(WithLimits(0.006, 0.0046, 0.0077), WithLimits(0.003, 0.0021, after.ci_high))
        assert (row["ci_low"], row["ci_high"]) == (low, high)
        assert pd.isna(row["se"])
    assert difference(HIGH, after, by_size=False)["method"][0] == "taylor"


def test_mover_takes_the_correlation_of_rounds_on_the_same_psus() -> None:
    row = difference(HIGH, replace(LOW, n=7_000), 0.4 * 0.0008 * 0.0005).iloc[0]
    low, high = mover(WithLimits(0.006, 0.0046, 0.0077), WithLimits(0.003, 0.0021, 0.0042), 0.4)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((float(low), float(high)), rel=1e-12)


def test_enough_cases_looks_at_both_sides() -> None:
    sides = [
        replace(HIGH, cases=np.array([15, 14, 15, 0, 0])),
        replace(HIGH, cases=np.array([15, 15, 0, 15, 0])),
    ]
    assert both_testable(*sides).tolist() == [True, False, True, True, False]


def test_a_mean_without_spread_is_what_it_is() -> None:
    """An SE of 0 whose interval has no width says that nothing varies, not that nothing was seen."""
    row = difference(
        RoundEstimates(5.0, 0.0, 5.0, 5.0, 20.0, 90, 0, 0), RoundEstimates(4.0, 0.1, 3.8, 4.2, 20.0, 90, 0, 0)
    ).iloc[0]
    assert (row["method"], row["verdict"], row["se"], row["df"]) == ("taylor", "decreased", 0.1, 20.0)


def test_rounds_on_the_same_psus_do_not_add_their_df() -> None:
    rows = difference(
        RoundEstimates(0.1, 0.01, 0, 1, 30.0, 500, 50, 30),
        RoundEstimates(0.2, 0.01, 0, 1, 25.0, 500, 50, 30),
        [0.0, 0.00004],
    )
    assert rows["df"].tolist() == [pytest.approx(4 / (1 / 30 + 1 / 25)), 30.0]


def test_a_change_between_like_rounds_is_d_plus_or_minus_t_se_and_its_ratio_is_on_the_log_scale() -> None:
    """By hand: SE² = 0.03² + 0.04², df = 0.0025² / (0.0009² + 0.0016²) · 20 = 37.1, t from its table between
    2.028 (36) and 2.024 (38)."""
    row = difference(
        RoundEstimates(0.3, 0.03, 0, 1, 20.0, 500, 99, 40), RoundEstimates(0.2, 0.04, 0, 1, 20.0, 500, 99, 40)
    ).iloc[0]
    assert row[["change", "se", "relative_change", "ratio"]].tolist() == pytest.approx(
        [-0.1, 0.05, -1 / 3, 2 / 3]
    )
    assert row["df"] == pytest.approx(37.09, abs=0.01)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(
        (-0.1 - 2.026 * 0.05, -0.1 + 2.026 * 0.05), abs=5e-5
    )
    spread = np.exp(2.026 * np.hypot(0.03 / 0.3, 0.04 / 0.2))
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((2 / 3 / spread, 2 / 3 * spread), rel=1e-3)
    assert (row["method"], row["verdict"], row["reason"]) == (
        "taylor",
        "no detectable change",
        "the interval of the change includes 0",
    )
    narrow = difference(
        RoundEstimates(0.3, 0.03, 0, 1, 20.0, 500, 99, 40),
        RoundEstimates(0.2, 0.04, 0, 1, 20.0, 500, 99, 40),
        level=0.9,
    ).iloc[0]
    assert narrow["verdict"] == "decreased"


def test_a_covariance_makes_the_difference_of_rounds_on_the_same_psus_surer() -> None:
    row = difference(
        RoundEstimates(0.3, 0.03, 0, 1, 40.0, 500, 99, 40),
        RoundEstimates(0.2, 0.04, 0, 1, 40.0, 500, 99, 40),
        0.0008,
    ).iloc[0]
    assert row["se"] == pytest.approx(0.03)  # √(0.0009 + 0.0016 − 2 · 0.0008)
    assert (row["df"], row["verdict"]) == (40.0, "decreased")


def test_from_nothing_there_is_no_relative_change() -> None:
    row = difference(
        RoundEstimates(0.0, 0.1, -0.2, 0.2, 30.0, 500, 99, 40),
        RoundEstimates(0.5, 0.1, 0.3, 0.7, 30.0, 500, 99, 40),
    ).iloc[0]
    assert row[["relative_change", "ratio", "ratio_low", "ratio_high"]].isna().all()
    assert row["verdict"] == "increased"


def test_a_side_decides_with_cases_in_psus_or_more_cases_where_these_are_not_known() -> None:
    assert is_testable([15, 14, 15, 30, 29], [10, 10, 9, np.nan, np.nan]).tolist() == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert size_ratio([2.0, 5.0, 0.0], [4.0, 2.0, 3.0]).tolist() == [2.0, 2.5, np.inf]
    assert np.isnan(size_ratio(0.0, 0.0))


def test_replicates_are_no_psus_so_their_degrees_of_freedom_are_not_compared() -> None:
    known, unknown = replace(LOW, df=29.0), replace(LOW, df=29.0, psus_with_cases=np.nan)
    assert [difference(HIGH, after)["method"][0] for after in (known, unknown)] == ["mover", "taylor"]


def test_a_ratio_that_says_otherwise_than_its_verdict_is_left_blank() -> None:
    verdict = [DECREASED, DECREASED, INCREASED, INCREASED, NO_CHANGE, NO_CHANGE, NO_CHANGE]
    low, high = [0.5, 0.5, 1.0, 1.1, 0.9, 1.1, 0.5], [0.9, 1.0, 1.5, 1.5, 1.2, 1.5, 0.9]
    rows = without_contradiction(pd.DataFrame({"verdict": verdict, "ratio_low": low, "ratio_high": high}))
    blank = [False, True, True, False, False, True, True]
    assert rows["ratio_low"].isna().tolist() == rows["ratio_high"].isna().tolist() == blank
    assert rows["verdict"].tolist() == verdict
