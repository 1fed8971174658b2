"""Tests the check values of docs/methods.md §6 to the printed digit, and that sample sizes, power and
decreases agree with each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from statsmodels.stats.power import normal_power_het

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion, proportion


@pytest.mark.parametrize(
    ("n", "cut"), [(5_000, 76.2), (10_000, 57.8), (20_000, 42.9), (40_000, 31.4), (80_000, 22.8)]
)
def test_smallest_detectable_cuts_as_printed(n: int, cut: float) -> None:
    """docs/methods.md §6: p0 = 0.5%, α = .05 two-sided, power .8, deff 1.5, equal n, independent."""
    found = fl.detectable_change(0.005, n)
    assert round(100 * found.relative, 1) == cut
    assert found.after == pytest.approx(0.005 - found.absolute)


@pytest.mark.parametrize(
    ("prevalence", "asked", "n"),
    [
        (0.005, {"cut": 0.25}, 65_637),  # docs/methods.md §6
        (0.005, {"cut": 0.50}, 14_070),
        (0.40, {"cut": 0.25, "deff": 2, "sided": 1}, 557),  # 0.40 → 0.30: 556.4
        (0.0035, {"margin": 0.25, "deff": 2}, 34_999),  # docs/methods.md §6: about 35,000
        (0.02, {"cv": 0.1, "deff": 1}, 4_900),  # q/(p·CV²) = 0.98/0.0002
        (0.02, {"cv": 0.1, "deff": 1, "response": 0.7, "eligible": 0.5}, 14_000),
    ],
)
def test_sample_sizes_as_printed(prevalence: float, asked: dict[str, Any], n: int) -> None:
    assert fl.sample_size(prevalence, **asked) == n


@pytest.mark.parametrize(("deff", "upper"), [(1.0, 0.74), (2.0, 1.47)])
def test_no_case_in_5000_as_printed(deff: float, upper: float) -> None:
    """Known values: upper limit per 1,000, two-sided; the simple random sample has all its degrees of
    freedom."""
    assert (
        round(
            1000
            * proportion(EstimatedProportion(0.0, 0.0, 5000, 4999, deff), Confidence("korn_graubard"))[1],
            2,
        )
        == upper
    )


@pytest.mark.parametrize("sided", [1, 2])
def test_power_is_that_of_statsmodels(sided: Any) -> None:
    """One tail of its normal_power_het with the same variance under both hypotheses."""
    p1, p2, deff, n = 0.02, 0.013, 1.8, 6_000
    sd = np.sqrt(deff * (p1 * (1 - p1) + p2 * (1 - p2)))
    theirs = normal_power_het(p1 - p2, n, 0.05 / sided, std_null=sd, std_alternative=sd, alternative="larger")
    assert fl.power_of_change(p1, p2, n, deff=deff, sided=sided) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("more", [{}, {"overlap": 0.5, "rho": 0.4}, {"sided": 1, "power": 0.9, "deff": 2.2}])
def test_a_size_for_a_cut_is_the_smallest_that_has_the_power(more: dict[str, Any]) -> None:
    rest = {k: v for k, v in more.items() if k != "power"}
    n = fl.sample_size(0.01, cut=0.4, **more)
    power = more.get("power", 0.8)
    assert (
        fl.power_of_change(0.01, 0.006, n, **rest) >= power > fl.power_of_change(0.01, 0.006, n - 1, **rest)
    )
    assert fl.detectable_change(0.01, n, **more).relative == pytest.approx(0.4, abs=1e-4)


@pytest.mark.parametrize("n_before", [5_000, 30_000])
@pytest.mark.parametrize("more", [{}, {"overlap": 0.5, "rho": 0.3}])
def test_with_a_given_baseline_the_later_round_is_sought(n_before: int, more: dict[str, float]) -> None:
    n = fl.sample_size(0.01, cut=0.5, n_before=n_before, **more)
    assert (n < n_before) is (n_before == 30_000)
    assert (
        fl.power_of_change(0.01, 0.005, n_before, n, **more)
        >= 0.8
        > fl.power_of_change(0.01, 0.005, n_before, n - 1, **more)
    )


def test_a_rotation_saves_sample_and_a_correlation_without_overlap_saves_none() -> None:
    alone = fl.sample_size(0.01, cut=0.4)
    assert fl.sample_size(0.01, cut=0.4, rho=0.9) == alone
    saved = fl.sample_size(0.01, cut=0.4, overlap=0.5, rho=0.4) / alone
    v = 0.01 * 0.99, 0.006 * 0.994
    assert saved == pytest.approx(1 - 2 * 0.5 * 0.4 * np.sqrt(v[0] * v[1]) / sum(v), rel=1e-3)


def test_what_no_survey_could_do_is_said() -> None:
    assert np.isnan(fl.detectable_change(0.001, 2_000).relative)
    with pytest.raises(RequestError, match="earlier one is too small") as error:
        fl.sample_size(0.005, cut=0.25, n_before=5_000)
    assert "fl.detectable_change" in str(error.value)


@pytest.mark.parametrize(
    ("prevalence", "asked", "words"),
    [
        (0.005, {}, "exactly one aim"),
        (0.005, {"cv": 0.1, "cut": 0.2}, "exactly one aim"),
        (5, {"cv": 0.1}, "3 per 1,000 is 0.003"),
        (0.0, {"cv": 0.1}, "proportion"),
        (0.005, {"cut": 25}, "proportion"),
        (0.005, {"cut": 0.0}, "above 0"),
        (0.005, {"cv": 0.0}, "above 0"),
        (0.005, {"cv": 0.1, "response": 80}, "proportion"),
        (0.005, {"cut": 0.25, "n_before": 0}, "at least one person"),
    ],
)
def test_numbers_outside_their_range_are_refused(
    prevalence: float, asked: dict[str, float], words: str
) -> None:
    with pytest.raises(RequestError, match=words):
        fl.sample_size(prevalence, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"deff": -1},
        {"deff": 0},
        {"rho": 5, "overlap": 1},
        {"sided": 3},
        {"alpha": 0},
        {"power": 1},
        {"cut": float("nan")},
    ],
)
def test_what_no_design_has_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RequestError):
        fl.sample_size(0.01, **{"cut": 0.5, **wrong})


@pytest.mark.parametrize(
    "call",
    [
        lambda: fl.sample_size(1e-300, cut=0.5),
        lambda: fl.sample_size(1e-300, cv=0.25),
        lambda: fl.sample_size(5e-324, margin=0.25),
        lambda: fl.sample_size(0.02, margin=1e-300),
        lambda: fl.sample_size(0.02, cut=1e-300),
        lambda: fl.sample_size(0.02, cut=0.5, response=5e-324),
    ],
)
def test_a_size_that_no_country_has_is_refused(call: Any) -> None:
    with pytest.raises(RequestError, match="no country has as many persons"):
        call()


@pytest.mark.parametrize("alpha", [1e-300, 1e-17])
def test_a_small_level_of_the_test_gives_a_finite_size(alpha: float) -> None:
    sizes = [fl.sample_size(0.02, cut=0.5, alpha=a) for a in (0.05, alpha)]
    assert 0 < sizes[0] < sizes[1] < 1e8


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"margin": 25}, r"margin: this must be a part of the prevalence"),
        ({"cv": 20}, r"cv: this must be a part of the prevalence"),
        (
            {"cut": 0.25, "alpha": 0.95},
            r"alpha: this is the chance to find(.|\n)*confidence level of 95% give 0.05",
        ),
        ({"cut": 0.25, "power": 0.2}, r"power: this is the chance to detect(.|\n)*0.5 or more"),
        ({"margin": 0.25, "n_before": 4000}, r"n_before: this is about two rounds"),
        ({"cv": 0.2, "overlap": 0.5, "rho": 0.5}, r"overlap, rho: this is about two rounds"),
    ],
    ids=str,
)
def test_a_percentage_a_complement_or_a_number_without_meaning_is_refused(
    asked: dict[str, float], says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        fl.sample_size(0.005, **asked)


@pytest.mark.parametrize("power", [1e-300, 0.01, 0.025])
def test_a_power_that_chance_alone_has_is_refused(power: float) -> None:
    for call in (
        lambda: fl.detectable_change(0.02, 5000, power=power),
        lambda: fl.sample_size(0.02, cut=0.5, power=power),
    ):
        with pytest.raises(RequestError, match=r"power: chance alone(.|\n)*above alpha/sided, 0.025"):
            call()
