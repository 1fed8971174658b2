"""Tests intervals: published values, and properties that every method must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from thoroughness import tries

from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures import intervals
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedCases, EstimatedProportion

ALWAYS_PROPORTIONS = [m for m in intervals.METHODS if m != "wald"]  # as R's, estimate ± t·SE may leave [0, 1]
quick = settings(max_examples=tries(150, few=40), deadline=None, derandomize=True, database=None)


@given(
    p=st.floats(1e-5, 1 - 1e-5),
    cv=st.floats(1e-3, 3),
    n=st.integers(2, 50_000),
    df=st.integers(1, 400),
    level=st.floats(0.01, 0.98),
    method=st.sampled_from(ALWAYS_PROPORTIONS),
)
@quick
def test_an_interval_lies_in_zero_and_one_holds_the_estimate_and_grows_with_the_level(
    p: float, cv: float, n: int, df: int, level: float, method: intervals.ProportionInterval
) -> None:
    se, df = cv * p * (1 - p), min(df, n - 1)  # a design has fewer degrees of freedom than persons
    low, high = intervals.proportion(EstimatedProportion(p, se, n, df), Confidence(method, level))
    assert 0 <= low <= p + 1e-12
    assert p - 1e-12 <= high <= 1
    lower, higher = intervals.proportion(EstimatedProportion(p, se, n, df), Confidence(method, level + 0.01))
    assert lower <= low + 1e-12
    assert higher >= high - 1e-12


@given(p=st.floats(0.001, 0.999), cv=st.floats(0.01, 2), n=st.integers(30, 9999), df=st.integers(2, 300))
@quick
def test_a_larger_standard_error_never_gives_a_shorter_interval(p: float, cv: float, n: int, df: int) -> None:
    for method in ("korn_graubard", "beta", "logit", "wald"):
        width = [
            np.diff(intervals.proportion(EstimatedProportion(p, s * p * (1 - p), n, df), Confidence(method)))[
                0
            ]
            for s in (cv, cv * 1.2)
        ]
        assert width[1] >= width[0] - 1e-9, method


@given(p=st.floats(0.001, 0.999), cv=st.floats(0.01, 2), n=st.integers(30, 9999), df=st.integers(2, 300))
@quick
def test_an_interval_of_the_complement_is_the_mirror_image(p: float, cv: float, n: int, df: int) -> None:
    se = cv * p * (1 - p)
    for method in intervals.METHODS:
        low, high = intervals.proportion(EstimatedProportion(p, se, n, df), Confidence(method))
        mirror = intervals.proportion(EstimatedProportion(1 - p, se, n, df), Confidence(method))
        assert (1 - high, 1 - low) == pytest.approx(mirror, abs=1e-7), method


def test_korn_and_graubard_never_count_more_persons_than_were_asked() -> None:
    tiny = 1e-6
    capped = intervals.proportion(EstimatedProportion(0.2, tiny, 100, 50), Confidence("korn_graubard"))
    assert capped == pytest.approx(intervals.clopper_pearson(20, 100, 0.95))
    low, high = intervals.proportion(EstimatedProportion(0.2, tiny, 100, 50), Confidence("beta"))
    assert high - low < 1e-5


@pytest.mark.parametrize(
    ("psus", "df"), [(1, 1), (2, 1), (12, 11), (41, 40), (60, 40), (0, 40), (math.nan, 40)]
)
def test_of_cases_in_few_psus_the_default_takes_their_degrees_of_freedom(psus: float, df: int) -> None:
    given = (0.004, 0.0015, 4000)
    estimated, plain = EstimatedProportion(*given, 40, psus_with_cases=psus), Confidence("korn_graubard")
    rare = intervals.proportion(estimated, Confidence("korn_graubard_rare"))
    assert rare == intervals.proportion(EstimatedProportion(*given, df), plain)
    assert intervals.proportion(estimated, plain) == intervals.proportion(
        EstimatedProportion(*given, 40), plain
    )


def test_the_default_needs_the_design_s_degrees_of_freedom_too() -> None:
    estimated = EstimatedProportion(0.1, 0.01, 50, 0, psus_with_cases=5)
    assert np.isnan(intervals.proportion(estimated, Confidence("korn_graubard_rare"))).all()


@pytest.mark.parametrize(
    ("cases", "n", "low", "high"),
    [
        (0, 10, 0, 0.3084971),
        (1, 10, 0.0025286, 0.4450161),
        (10, 10, 0.6915029, 1),
        (5, 20, 0.0865715, 0.4910459),
    ],
)
def test_clopper_and_pearson_as_in_printed_tables(cases: int, n: int, low: float, high: float) -> None:
    assert intervals.clopper_pearson(cases, n, 0.95) == pytest.approx((low, high), abs=5e-7)


def test_no_case_among_152_as_nchs_publishes_it() -> None:
    low, high = intervals.proportion(EstimatedProportion(0, 0, 152, 55), Confidence("korn_graubard_nchs"))
    assert (low, round(high, 10)) == (0, 0.0246586799)
    with_deff = intervals.proportion(
        EstimatedProportion(0, 0, 152, 55, 3.0), Confidence("korn_graubard_nchs")
    )
    assert with_deff[1] == high  # NCHS takes no design effect
    assert intervals.proportion(EstimatedProportion(0, 0, 152, 55, 1.0), Confidence("korn_graubard"))[
        1
    ] == pytest.approx(high)


@pytest.mark.parametrize(("deff", "upper"), [(1.0, 0.74), (2.0, 1.47)])
def test_no_case_among_5000_leaves_the_upper_limit_that_the_design_effect_makes(
    deff: float, upper: float
) -> None:
    """Per 1,000, two-sided; known values."""
    high = intervals.proportion(
        EstimatedProportion(0, 0, 5000, 10_000_000, deff), Confidence("korn_graubard")
    )[1]
    assert round(1000 * high, 2) == upper


def test_a_design_effect_below_one_does_not_shorten_the_interval_at_zero() -> None:
    assert intervals.proportion(
        EstimatedProportion(0, 0, 200, 30, 0.5), Confidence("beta")
    ) == intervals.proportion(EstimatedProportion(0, 0, 200, 30, 1.0), Confidence("beta"))


def test_all_cases_is_the_mirror_of_none() -> None:
    low, high = intervals.proportion(EstimatedProportion(1, 0, 200, 30, 2.0), Confidence("korn_graubard"))
    assert high == 1
    assert 1 - low == pytest.approx(
        intervals.proportion(EstimatedProportion(0, 0, 200, 30, 2.0), Confidence("korn_graubard"))[1]
    )


@pytest.mark.parametrize(("p", "n", "df"), [(0.1, 50, 0), (0.1, 1, 10), (math.nan, 50, 10)])
def test_without_degrees_of_freedom_persons_or_estimate_there_is_no_interval(
    p: float, n: int, df: int
) -> None:
    assert np.isnan(
        intervals.proportion(EstimatedProportion(p, 0.01, n, df), Confidence("korn_graubard"))
    ).all()


def test_wald_and_totals_need_degrees_of_freedom_too() -> None:
    assert np.isnan(intervals.wald(3.0, 1.0, 0, 0.95)).all()
    assert np.isnan(
        intervals.total_of_cases(EstimatedCases(3.0, 1.0, 0, floor=1, population=10, upper_at_zero=0.5), 0.95)
    ).all()


def test_an_unknown_interval_is_refused_with_those_there_are() -> None:
    with pytest.raises(RequestError) as error:
        intervals.proportion(EstimatedProportion(0.1, 0.01, 100, 20), Confidence("exact"))  # type: ignore[arg-type]
    assert "no such interval" in str(error.value)
    assert "found:   exact" in str(error.value)
    for method in intervals.METHODS:
        assert method in str(error.value)


@given(total=st.floats(1, 1e6), cv=st.floats(0.001, 2), df=st.integers(1, 300), floor=st.floats(0, 1))
@quick
def test_the_interval_of_a_number_of_cases_holds_it_and_keeps_to_its_floor(
    total: float, cv: float, df: int, floor: float
) -> None:
    estimated = EstimatedCases(total, cv * total, df, floor=floor * total, population=1e7, upper_at_zero=0.1)
    low, high = intervals.total_of_cases(estimated, 0.95)
    assert floor * total <= low <= total <= high
    if low > floor * total:
        assert low * high == pytest.approx(total**2, rel=1e-6)  # symmetric on the log scale


def test_with_no_case_the_number_lies_between_none_and_the_upper_limit_times_the_population() -> None:
    assert intervals.total_of_cases(
        EstimatedCases(0, 0, 20, floor=0, population=1000, upper_at_zero=0.02), 0.95
    ) == (0, 20)
