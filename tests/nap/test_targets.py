"""Tests whether a target can be verified: the published check values of the planning formulas, and every
reason why it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from promises import NEEDED, SMALLEST, filled, plan_with

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.estimate.power_and_sample_size import detectable_change, sample_size
from fltoolkit.nap.targets import UNPLANNED, _needed_sample, milestones, targets
from fltoolkit.publish.printed_numbers import rounded_up


def judged(*given: dict[str, Any], keys: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    plan = plan_with(*given, **(keys or {}))
    return targets(plan, filled(plan, **facts)).iloc[0].to_dict()


@pytest.mark.parametrize(("n", "cut"), SMALLEST.items())
def test_the_smallest_fall_that_a_repeat_finds(n: int, cut: float) -> None:
    row = judged(n=n)
    assert detectable_change(0.005, n, n, deff=1.5).relative == pytest.approx(cut, abs=0.0005)
    assert cut - 0.0005 <= row["smallest_cut"] < cut + 0.01  # up to a whole percent
    assert row["smallest_cut"] * 100 == pytest.approx(round(row["smallest_cut"] * 100))
    assert row["smallest_value"] == pytest.approx(
        5 * (1 - row["smallest_cut"]), abs=0.0501
    )  # the digits of the baseline
    assert row["smallest_value"] == round(row["smallest_value"], 1)
    assert (row["planned_sample"], row["deff"]) == (n, pytest.approx(1.5))


@pytest.mark.parametrize(
    ("n", "deff", "told"), [(5_000, 1.21, 1.5), (5_000, 1.51, 2.0), (5_000, 0.8, 1.0), (20_000, 1.2345, 1.23)]
)
def test_a_design_effect_is_told_coarsely_where_it_would_tell_a_standard_error(
    n: int, deff: float, told: float
) -> None:
    """25 cases, then 100. What is told follows from it: two surveys that differ in its third digit are told
    alike."""
    row = judged({"year": 2030, "cut": 0.9}, n=n, deff=deff)
    assert row["deff"] == told
    other = judged({"year": 2030, "cut": 0.9}, n=n, deff=deff + 0.0004)
    assert pd.DataFrame([row]).equals(pd.DataFrame([other]))
    assert judged(n=n, deff=deff, filled_by="publication")["deff"] == pytest.approx(max(1, deff))


def test_what_is_told_never_says_otherwise_than_the_verdict() -> None:
    """Reckoned with a design effect of 2 in place of 1.55 the repeat would be too small: the verdict is that
    of the full numbers."""
    row = judged({"year": 2030, "cut": 0.8}, n=5_000, deff=1.52, keys={"planned_sample": 5_000})
    exactly = detectable_change(0.005, 5_000, 5_000, deff=1.52).relative
    assert exactly < 0.8 < detectable_change(0.005, 5_000, 5_000, deff=2.0).relative
    assert row["verifiable"] == "yes"
    assert row["power"] >= 0.8
    assert f"{100 * row['power']:.0f}%" in row["reason"]
    assert row["sample_needed"] <= 5_000


@pytest.mark.parametrize(("cut", "n"), NEEDED.items())
def test_the_persons_a_round_that_a_target_needs(cut: float, n: int) -> None:
    assert sample_size(0.005, cut=cut, deff=1.5) == n
    assert (
        judged({"year": 2030, "cut": cut}, n=n)["sample_each_round"]
        == rounded_up(n)
        == float(f"{n + 500:.1e}")
    )
    exactly, fewer = (judged({"year": 2030, "cut": cut}, n=size) for size in (n, n - 200))
    assert (exactly["verifiable"], fewer["verifiable"]) == ("yes", "no")
    assert (exactly["power"], fewer["power"]) == (0.8, 0.79)
    assert exactly["sample_needed"] == rounded_up(n)


@pytest.mark.parametrize(
    ("target", "value", "told"),
    [
        ({"year": 2030, "cut": 0.5}, 2.5, "a cut of 50% by 2030"),
        ({"year": 2028, "value": 2}, 2, "2 per 1,000 adults by 2028"),
    ],
)
def test_a_target_is_absolute_relative_or_towards_eradication(
    target: dict[str, Any], value: float, told: str
) -> None:
    row = judged(target, n=50_000)
    assert row["target_value"] == pytest.approx(value)
    assert row["target_words"] == told
    assert row["verifiable"] == "yes"
    assert "chance of" in row["reason"]


def test_eradication_is_never_verified_only_a_fall_is() -> None:
    row = judged({"year": 2030, "eradicate": "true"}, n=50_000)
    assert (row["target_value"], row["target_words"], row["verifiable"]) == (0, "eradication by 2030", "no")
    assert "never zero" in row["reason"]
    assert np.isnan(row["sample_needed"])


@pytest.mark.parametrize("cut", [0.5, 0.7, 0.9])
def test_the_sample_that_a_target_needs_passes_its_own_verdict(cut: float) -> None:
    needed = judged({"year": 2030, "cut": cut}, n=20_000)["sample_needed"]
    assert (
        judged({"year": 2030, "cut": cut}, n=20_000, keys={"planned_sample": int(needed)})["verifiable"]
        == "yes"
    )


def test_a_fall_that_few_persons_would_find_needs_as_many_as_may_be_compared() -> None:
    """300 persons would find the fall, with enough cases, but a verdict asks a quarter of the baseline's
    4,800 persons at least."""
    row = judged({"year": 2030, "cut": 0.5}, n=4_800, p=0.3)
    assert row["power"] == 0.99
    assert row["sample_needed"] == 4_800 / 4


def test_the_smallest_fall_is_one_on_which_something_would_be_decided() -> None:
    unlike = judged(n=20_000, keys={"planned_sample": 90_000})
    assert np.isnan(unlike["smallest_cut"])
    assert unlike["smallest_obstacle"] == "sizes too unlike"
    assert judged(n=20_000, keys={"planned_sample": 20_000})["smallest_obstacle"] == ""
    few = judged(n=20_000, keys={"planned_sample": 6_000})
    assert np.isnan(few["smallest_cut"]) or 0.005 * 6_000 * (1 - few["smallest_cut"]) >= 15
    small = {"planned_sample": 1_000}
    assert (
        judged(n=2_500, p=0.03, keys=small)["smallest_obstacle"] == "none detectable"
    )  # fewer than 15 of 30 left
    assert (
        judged(n=1_200, p=0.03, keys=small)["smallest_cut"] > 1 - 15 / 30
    )  # samples of like size: the test asks for no number


def test_no_fall_is_promised_after_which_the_repeat_would_find_nobody() -> None:
    """Of 60 persons, 9.25 are cases; by the variances alone, a repeat finds a fall to 0.8. With a chance of
    43% it finds nobody, and then too few cases allow no verdict. Of 570, 8 are cases, and the fall was to
    0.0. With 25 cases in the baseline, none in the repeat are a verdict. No larger repeat is enough, because
    one of 105 persons (1.61 cases) is too unlike 60 with so few cases."""
    assert detectable_change(0.1542, 60, 60, deff=1.0).after * 60 < 1
    tiny = judged({"year": 2030, "cut": 0.9}, n=60, p=0.1542, deff=1.0)
    assert (tiny["smallest_obstacle"], tiny["verifiable"]) == ("none detectable", "no")
    assert np.isnan(tiny["smallest_value"])
    assert tiny["power"] == 0.6  # 1 − exp(−0.925)
    assert np.isnan(tiny["sample_needed"])
    assert (
        judged({"year": 2030, "cut": 0.9}, n=400, p=0.035, deff=1.0)["sample_needed"] == 460
    )  # 1.61 cases at 3.5 per 1,000
    assert np.isnan(judged(n=570, p=0.0141, deff=1.0)["smallest_value"])
    assert judged({"year": 2030, "cut": 0.99}, n=5_000, deff=1.0)["verifiable"] == "yes"


def test_a_target_no_repeat_would_find_says_how_many_persons_it_would_need() -> None:
    row = judged({"year": 2030, "cut": 0.5}, n=12_000)
    assert row["verifiable"] == "no"
    assert row["power"] < 0.8
    assert (
        f"{100 * row['power']:.0f}%, and 80% is asked: it would need {row['sample_needed']:,.0f}"
        in row["reason"]
    )
    assert (
        "no survey, however large, would find it with a chance of 80%"
        in judged({"year": 2030, "cut": 0.25}, n=10_000)["reason"]
    )


def test_a_target_inside_the_interval_of_its_baseline_is_told() -> None:
    assert "inside the interval of its own baseline" in judged({"year": 2030, "cut": 0.1})["reason"]


def test_overlapping_windows_decide_the_first_year_that_can_say_anything() -> None:
    five_years = judged({"year": 2028, "cut": 0.5}, n=20_000, reference_months=60)
    assert five_years["first_year"] == 2030
    assert five_years["verifiable"] == "no"
    assert "until 2030 the look-back windows of baseline and repeat overlap" in five_years["reason"]
    assert judged({"year": 2030, "cut": 0.5}, n=20_000, reference_months=60)["verifiable"] == "yes"
    assert judged(measure="current_prevalence", reference_months=60)["first_year"] == 2026


def test_every_path_to_a_rows_targets_is_named(tmp_path: Path) -> None:
    given = [{"year": 2030, "cut": 0.7, "path": "geometric"}, {"year": 2027, "cut": 0.5}]
    row = {"measure": "prevalence", "id": "rate", "disaggregated_by": ["gender"], "targets": given}
    out, plan = country.run(country.write(tmp_path, plan=country.with_rows(row)))
    told = fl.baseline(plan, out).table.iloc[0]["about_targets"]
    assert "milestones on a linear path to 2027, then a geometric path to 2030: calculated" in told


def test_a_year_without_a_planned_survey_cannot_verify() -> None:
    row = judged({"year": 2029, "cut": 0.5}, n=20_000, keys={"planned_surveys": [2027, 2030]})
    assert (row["verifiable"], row["reason"], row["obstacle"]) == (
        "no",
        "no survey is planned in 2029",
        UNPLANNED,
    )


def test_rounds_between_which_the_kit_decides_nothing_cannot_verify() -> None:
    row = judged({"year": 2030, "cut": 0.5}, n=20_000, keys={"planned_sample": 90_000})
    assert "more than a factor 4" in row["reason"]
    few = judged({"year": 2030, "cut": 0.9}, n=20_000, keys={"planned_sample": 10_000})
    assert "about 5 cases, and needs 15 to decide" in few["reason"]


def test_a_target_in_its_baselines_year_or_before_cannot_be_verified() -> None:
    for year in (2025, 2020):
        row = judged({"year": year, "cut": 0.5}, n=20_000)
        assert (row["verifiable"], row["reason"]) == (
            "no",
            "the target's year is not after the baseline's (2025)",
        )


def test_the_planned_sample_may_be_given_by_population() -> None:
    assert judged(keys={"planned_sample": {"adults": 8_000, "children": 3_000}})["planned_sample"] == 8_000
    assert judged(keys={"planned_sample": {"children": 3_000}})["planned_sample"] == 5_000


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"baseline_value": np.nan, "reason": "confidential"}, "the baseline is not shown: confidential"),
        ({"measure": "duration"}, "is not calculated"),
        ({"p": 0.0}, "no person in forced labour was identified"),
        ({"n": np.nan, "cv": np.nan}, "does not say how many persons"),
    ],
)
def test_what_cannot_be_judged_says_why(facts: dict[str, Any], reason: str) -> None:
    row = judged({"year": 2030, "cut": 0.5}, **facts)
    assert row["verifiable"] == ""
    assert reason in row["reason"]


def test_a_category_whose_whole_was_not_published_is_judged_unless_a_share_of_the_planned_sample_is_needed() -> (
    None
):
    """A publication may print women and not the total: how many were asked in all is not known."""
    alone = {"group": "sex", "category": "women"}
    assert judged(**alone)["planned_sample"] == 5_000
    row = judged(keys={"planned_sample": 8_000}, **alone)
    assert np.isnan(row["planned_sample"])
    assert row["obstacle"] == "sample size not known"


def test_a_number_of_persons_is_judged_as_the_rate_it_is() -> None:
    rate = judged({"year": 2030, "cut": 0.5}, n=20_000)
    number = judged(
        {"year": 2030, "cut": 0.5},
        n=20_000,
        measure="total",
        baseline_value=5000.0,
        ci_low=4000.0,
        ci_high=6000.0,
    )
    assert number["power"] == pytest.approx(rate["power"])
    assert number["target_value"] == 2500


@pytest.mark.parametrize(("base", "left"), [(50.0, 1_150.0), (20.0, 1_120.0), (np.nan, 1_130.0)])
def test_the_number_of_persons_after_the_smallest_fall_is_rounded_as_its_survey_rounds(
    base: float, left: float
) -> None:
    """A fall of 51%, from 2,300 to 1,127. A publication has no rounding base: three digits, as in print."""
    row = judged(
        n=20_000, measure="total", baseline_value=2_300.0, ci_low=2_000.0, ci_high=2_600.0, rounding=base
    )
    assert row["smallest_cut"] == pytest.approx(0.51)
    assert row["smallest_value"] == pytest.approx(left)


def test_milestones_lie_on_their_path_and_only_surveys_measure_them() -> None:
    plan = plan_with({"year": 2029, "cut": 0.36, "path": "geometric"}, planned_surveys=[2027, 2029])
    steps = milestones(plan, filled(plan))
    assert list(steps["year"]) == [2025, 2026, 2027, 2028, 2029]
    assert list(steps["kind"]) == ["baseline", "not measured", "planned survey", "not measured", "target"]
    held = milestones(plan, filled(plan), {2027, 2029})
    assert list(held["kind"]) == [
        "baseline",
        "not measured",
        "planned (survey held)",
        "not measured",
        "target",
    ]
    assert list(steps["value"]) == [
        round(5 * 0.64 ** (t / 4), 1) for t in range(5)
    ]  # the digits of the baseline
    linear = plan_with({"year": 2027, "value": 4}, {"year": 2029, "eradicate": "true"})
    assert list(milestones(linear, filled(linear))["value"]) == pytest.approx([5, 4.5, 4, 2, 0])
    risen = plan_with({"year": 2027, "value": 6})
    assert milestones(risen, filled(risen)).empty


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"year": 2030}, "one of value, cut and eradicate; given: none"),
        ({"year": 2030, "cut": 0.5, "value": 3}, "given: value, cut"),
        ({"year": 2030, "eradicate": True, "path": "geometric"}, "never reaches zero"),
        ({"year": 2030, "cut": 0.5, "group": "gender"}, "group and category go together"),
        ({"year": 2030, "cut": 0.5, "group": "region", "category": "x"}, "not disaggregated"),
        (
            {"year": 2030, "cut": 50},
            "targets.0.cut: a cut is a share of the baseline, 1 at most: 0.5 is a cut by half",
        ),
        ({"year": "next", "cut": 0.5}, "targets.0.year: must be a whole number; found: 'next' (line "),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_its_key(
    tmp_path: Path, target: dict[str, Any], message: str
) -> None:
    row = {"measure": "prevalence", "id": "rate", "disaggregated_by": ["gender"], "targets": [target]}
    country.write(tmp_path, plan=country.with_rows(row))
    with pytest.raises(SpecError, match=r"framework\.0\.indicators\.0") as error:
        fl.read_plan(tmp_path / "nap.yaml")
    assert message in str(error.value)


def test_the_columns_of_tool_16_hold_what_the_path_asks_of_the_next_two_years(tmp_path: Path) -> None:
    row = {
        "measure": "prevalence",
        "id": "rate",
        "disaggregated_by": ["gender"],
        "targets": [{"year": 2027, "cut": 0.5}],
    }
    out, plan = country.run(country.write(tmp_path, plan=country.with_rows(row)))
    table = fl.baseline(plan, out).table
    whole = table[table["group"] == "total"].iloc[0]
    assert whole["target_year_1"] == round(0.75 * whole["baseline_value"], 1)  # the digits of the baseline
    assert whole["target_year_2"] == pytest.approx(0.5 * whole["baseline_value"])
    assert (
        whole["about_targets"]
        == "Year +1 is 2026, Year +2 2027; milestones on a linear path to 2027: calculated, not measured"
    )
    assert set(table.loc[table["group"] == "gender", "target_year_1"]) == {""}


def test_a_target_for_nobody_and_a_sample_of_nobody_stop(tmp_path: Path) -> None:
    row = {
        "measure": "prevalence",
        "id": "rate",
        "targets": [{"year": 2027, "cut": 0.5, "group": "gender", "category": "Women"}],
    }
    out, plan = country.run(country.write(tmp_path / "a", plan=country.with_rows(row)))
    with pytest.raises(
        SpecError, match="not there\n  found:   Women; did you mean women\\?\n  allowed: men, women"
    ) as error:
        fl.evidence(plan, fl.Rounds(out, out))
    assert "targets of rate" in str(error.value)
    with pytest.raises(SpecError, match="no such population\n  found:   grown-ups\n  allowed: adults"):
        country.run(country.write(tmp_path / "b", plan={**country.PLAN, "planned_sample": {"grown-ups": 5}}))


def test_no_target_is_verifiable_from_a_baseline_with_wide_bounds() -> None:
    target = {"year": 2030, "cut": 0.8}
    sure, wide = (judged(target, n=20_000, deff=1.5, bounds_note=note) for note in ("", "wide bounds"))
    assert (sure["verifiable"], wide["verifiable"], wide["obstacle"]) == (
        "yes",
        "no",
        "too many unresolved answers",
    )
    assert wide["reason"] == (
        "unresolved answers make the baseline a wide range, which no verdict uses; "
        "without unresolved answers, a repeat as planned (adults: 20,000) would find it with a chance of 99%"
    )
    small = judged({"year": 2030, "cut": 0.25}, n=10_000, bounds_note="wide bounds")
    assert "which no verdict uses; even without unresolved answers, a repeat as planned" in small["reason"]


def test_a_larger_repeat_finds_the_cases_that_the_baselines_size_would_not() -> None:
    """The baseline has 30 cases; of the repeat's 8,086 persons 36 would be cases, of 3,000 only 13."""
    needed = sample_size(0.01, cut=0.55, deff=1.0, n_before=3000)
    assert 15 / 0.0045 < needed < 4 * 3000
    assert _needed_sample(0.01, 0.55, 1.0, 3000) == needed
