"""Tests a later round against the plan's baseline: the change, the verdict and its reason, under the
disclosure control of both rounds."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country
import yaml
from scipy.stats import t
from two_rounds import PLAN, fell, followed, survey

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.nap.later_survey import VERDICT_SIGNS

FIGURE = {
    "indicator": "decrease",
    "value": 50,
    "ci_low": 42,
    "ci_high": 59,
    "cases": 120,
    "n": 2400,
    "year": 2025,
    "reference_months": 12,
}


def of(evidence: fl.Evidence, row: str, category: str = "total") -> dict[str, Any]:
    t = evidence.follow_up
    (found,) = t[(t["id"] == row) & (t["category"] == category)].to_dict("records")
    return found


def test_the_baseline_is_the_earlier_rounds_and_the_later_stands_beside_it() -> None:
    row = of(fell(), "decrease_base")
    assert (row["baseline_value"], row["value"]) == (50, 18.8)  # 120 and 45 of 2,400
    assert row["change"] == -31.2  # of what is printed
    assert row["decrease"] == pytest.approx(100 * 31.2 / 50)
    assert row["change_ci_low"] < row["change"] < row["change_ci_high"] < 0
    assert row["decrease_low"] < 62.5 < row["decrease_high"]
    assert (row["verdict"], row["light"], row["year_before"], row["year"]) == (
        "decreased",
        "▼ decreased",
        2025,
        2027,
    )
    assert row["milestone"] == pytest.approx(37.5)  # half way, in a straight line, to half of it
    assert of(fell(), "persons")["verdict"] == "decreased"
    assert set(fell().follow_up.loc[fell().follow_up["group"] == "gender", "category"]) == {"men", "women"}


def test_a_percent_decrease_is_one_minus_the_ratio_of_the_two_rates_with_the_interval_of_this_ratio() -> None:
    """By hand: the rates are 120 and 45 of 2,400, and SE² of the logarithm of their ratio is SE1²/p1² +
    SE2²/p2²."""
    evidence = fell()
    row, base = of(evidence, "decrease"), of(evidence, "decrease_base")
    assert (row["measure"], row["unit"], row["marker_before"], row["marker_after"]) == (
        "percent_decrease",
        "%",
        "z",
        "",
    )
    exact = evidence.changed.exact.query("measure == 'change_in_prevalence' and breakdown == ''").iloc[0]
    error = math.hypot(exact["se_before"] / 0.05, exact["se_after"] / 0.01875)
    times = math.exp(t.ppf(0.975, exact["df"]) * error)
    step = 100 * 0.1 / 50  # a limit is rounded to a tenth per 1,000, as a part of the earlier rate
    assert row["value"] == base["decrease"] == pytest.approx(100 * (1 - 18.8 / 50))
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(
        [100 * (1 - 0.375 * times), 100 * (1 - 0.375 / times)], abs=step / 2
    )
    assert (row["verdict"], row["light"], row["changed"]) == ("", "", "")  # those of the prevalence
    (reason,) = evidence.baseline.table.query("id == 'decrease'")["reason"]
    low, high = (math.floor(row[name] + 0.5) for name in ("ci_low", "ci_high"))
    assert str(reason).endswith(f"from the prevalence above; in 2027 it was 62% ({low}% to {high}%)")


def test_a_percent_decrease_has_the_target_of_its_prevalence_and_refers_to_its_answer() -> None:
    row, base = of(fell(), "decrease"), of(fell(), "decrease_base")
    assert (row["target_year"], row["target_value"], base["target_value"]) == (
        2029,
        pytest.approx(50),
        pytest.approx(25),
    )
    assert (str(row["reached"]), str(base["reached"])) == (
        "see the prevalence",
        "cannot be said (the target lies inside the interval)",
    )


def test_where_the_rate_is_higher_the_reason_says_that_and_not_a_decrease_below_zero(tmp_path: Path) -> None:
    """Before, it was a decrease of -100% (-154% to -58%)."""
    survey(tmp_path / "first", 2025, 60)
    evidence = followed(tmp_path, survey(tmp_path / "second", 2027, 120))
    row = of(evidence, "decrease")
    low, high = (math.floor(row[name] + 0.5) for name in ("ci_low", "ci_high"))
    assert low < high < 0
    (reason,) = evidence.baseline.table.query("id == 'decrease'")["reason"]
    assert str(reason).endswith(f"; in 2027 the rate found was 100% higher, not lower ({-high}% to {-low}%)")


def test_a_percent_decrease_is_hidden_where_its_change_is_hidden(tmp_path: Path) -> None:
    survey(tmp_path / "first", 2025, 120)
    evidence = followed(tmp_path, survey(tmp_path / "second", 2027, 2))
    row, base = of(evidence, "decrease"), of(evidence, "decrease_base")
    assert pd.isna(row["value"])
    assert (row["marker"], row["marker_after"], row["reason"]) == (
        base["marker"],
        base["marker"],
        base["reason"],
    )
    (reason,) = evidence.baseline.table.query("id == 'decrease'")["reason"]
    assert "in 2027 it is not shown; " in str(reason)


def test_nothing_can_decrease_where_nobody_was_found(tmp_path: Path) -> None:
    survey(tmp_path / "first", 2025, 0)
    row = of(followed(tmp_path, survey(tmp_path / "second", 2027, 45)), "decrease")
    assert pd.isna(row["value"])
    assert (row["marker_after"], row["reason"]) == (
        "z",
        "no person in forced labour was identified in the baseline's sample, so that nothing can fall",
    )


def test_a_light_says_its_verdict_and_nothing_more() -> None:
    for row in fell().follow_up.to_dict("records"):
        assert row["light"] == (f"{VERDICT_SIGNS[row['verdict']]} {row['verdict']}" if row["verdict"] else "")


def test_a_group_the_survey_lacks_has_no_row_to_follow() -> None:
    assert "nationality" not in set(fell().follow_up["group"])


def test_the_baselines_own_run_has_nothing_to_follow(tmp_path: Path) -> None:
    own = followed(tmp_path, survey(tmp_path / "first", 2025, 120))
    assert own.follow_up.empty
    assert own.changed is None
    assert own.start is own.now


def test_windows_that_overlap_are_not_compared_though_the_change_is_shown(tmp_path: Path) -> None:
    survey(tmp_path / "first", 2025, 120, months=60)
    row = of(followed(tmp_path, survey(tmp_path / "second", 2027, 45, months=60)), "decrease_base")
    assert (row["verdict"], row["light"], row["attenuated"]) == ("not comparable", "× not comparable", True)
    assert "windows overlap: 36 of 60 months" in row["verdict_reason"]
    assert row["change"] == -31.2


def test_a_definition_that_changed_is_not_compared_and_no_change_is_shown(tmp_path: Path) -> None:
    survey(tmp_path / "first", 2025, 120)
    row = of(followed(tmp_path, survey(tmp_path / "second", 2027, 45, months=24)), "decrease_base")
    assert row["verdict"] == "not comparable"
    assert "reference period in months changed: 12 before, 24 after" in row["verdict_reason"]
    assert pd.isna(row["change"])


def test_a_row_hidden_in_the_later_round_has_neither_change_nor_light(tmp_path: Path) -> None:
    survey(tmp_path / "first", 2025, 120)
    second = survey(tmp_path / "second", 2027, 60)
    table = pd.read_csv(second.with_name("persons.csv"), dtype=str)
    table.loc[(table["SEX"] == "1") & (table.index > 5), ["INV", "COE"]] = "2"
    table.to_csv(second.with_name("persons.csv"), index=False)
    row = of(followed(tmp_path, second), "decrease_base", "men")
    assert (row["marker"], row["verdict"], row["light"]) == ("c", "", "")
    assert pd.isna(row["change"])
    assert pd.isna(row["value"])


def test_the_baseline_may_be_what_a_publication_printed(tmp_path: Path) -> None:
    women = FIGURE | {
        "group": "gender",
        "category": "women",
        "value": 51,
        "cases": 60,
        "n": 1200,
        "ci_low": 40,
        "ci_high": 64,
    }
    evidence = followed(tmp_path, survey(tmp_path / "second", 2027, 45), [FIGURE, women])
    assert evidence.start is None
    row = of(evidence, "decrease_base")
    assert (row["baseline_value"], row["value"], row["verdict"]) == (50, 18.8, "decreased")
    assert of(evidence, "decrease_base", "women")["verdict"] == "decreased"
    table = evidence.baseline.table
    assert list(table.loc[table["filled_by"] == "publication", "baseline_value"]) == [50, 51]
    missing = table[(table["id"] == "persons") & (table["marker"] == "x")]
    assert list(missing["reason"]) == ["the publication that is the baseline does not give it"]
    target = evidence.targets[evidence.targets["target_year"].notna()].iloc[0]
    assert target["target_value"] == 25


def test_a_target_that_the_publication_says_nothing_of_is_not_lost(tmp_path: Path) -> None:
    plan = country.with_rows(
        {
            "id": "decrease",
            "measure": "percent_decrease",
            "disaggregated_by": ["gender"],
            "targets": [{"year": 2029, "cut": 0.5, "group": "gender", "category": "women"}],
        },
        {"id": "persons", "disaggregated_by": ["gender"], "targets": [{"year": 2029, "value": 100}]},
    )
    evidence = followed(tmp_path, survey(tmp_path / "second", 2027, 45), [FIGURE], plan)
    asked = evidence.targets[evidence.targets["target_year"].notna()].set_index("id")
    assert set(asked.index) == {"decrease_base", "persons"}
    assert set(asked["verifiable"]) == {""}
    assert set(asked["reason"]) == {
        "the baseline is not shown: the publication that is the baseline does not give it"
    }
    assert set(asked["marker"]) == {"x"}


def test_a_target_for_a_category_that_nobody_has_stops_with_a_publication_too(tmp_path: Path) -> None:
    plan = country.with_rows(
        {"id": "decrease", "measure": "prevalence", "disaggregated_by": ["gender"],
         "targets": [{"year": 2029, "cut": 0.5, "group": "gender", "category": "Women"}]},
    )  # fmt: skip
    with pytest.raises(SpecError, match="a target is for a category that is not there") as error:
        followed(tmp_path, survey(tmp_path / "second", 2027, 45), [FIGURE], plan)
    assert "allowed: none, since the row has no gender" in str(error.value)


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        ("nowhere/survey.yaml", "there is no such file"),
        ([{**FIGURE, "indicator": "x"}], "names the indicator x; with a measure are: decrease, persons"),
        ([{**FIGURE, "ci_low": 51}], "does not lie between"),
        ([{**FIGURE, "ci_low": -5}], "ci_low (-5) is below 0"),
        ([{**FIGURE, "category": "women"}], "group and category go together"),
        ([{**FIGURE, "deff": -1}], "deff: must be greater than 0"),
        ([{**FIGURE, "n": 0}], "n: must be greater than or equal to 1"),
        ([{**FIGURE, "level": 95}], "level: must be less than or equal to 0.999999"),
        ([{**FIGURE, "cases": 2401}], "cases (2401) are more than n (2400)"),
        ([{**FIGURE, "ci_high": 1001}], "ci_high (1001) is more than everybody: its unit is per 1,000"),
        (
            [{**FIGURE, "unresolved_share": 0.96}],
            "value (50 per 1,000) and unresolved_share (0.96) are together more than everybody",
        ),
        ([{**FIGURE, "psus_with_cases": 0}], "psus_with_cases is 0, but there are cases (120)"),
        (
            [{**FIGURE, "window_start": "2025-01-01", "window_end": "2025-03-31", "reference_months": 12}],
            "the window (2025-01-01 to 2025-03-31) is shorter than reference_months (12)",
        ),
        ([{**FIGURE, "window_start": "2026-01-01"}], "window_start (2026-01-01) is after the year of the"),
        (
            [FIGURE, {**FIGURE, "group": "gender", "category": "women", "cases": 121}],
            "baseline_survey, decrease, women: cases (121) is more than that of the whole population (120)",
        ),
        ([{**FIGURE, "ci_high": "inf"}], "ci_high: must be a finite number"),
        ([{**FIGURE, "window_end": "2025-02-30"}], "window_end (2025-02-30) is not a date"),
        ([FIGURE, FIGURE], "gives the same row twice: decrease"),
        ([], "a list without rows"),
    ],
)
def test_a_baseline_that_cannot_be_is_refused(tmp_path: Path, baseline: Any, message: str) -> None:
    (tmp_path / "nap.yaml").write_text(
        yaml.safe_dump({**PLAN, "baseline_survey": baseline}), encoding="utf-8"
    )
    with pytest.raises(SpecError) as error:
        fl.read_plan(tmp_path / "nap.yaml")
    assert message in str(error.value)
    assert "nap.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"group": "gender", "category": "Women"},
            "category that the later round does not have(.|\\n)*allowed: men, women, not stated",
        ),
        (
            {"group": "education", "category": "none"},
            "group that the later round does not have(.|\\n)*found:   education",
        ),
    ],
)
def test_a_published_row_that_the_later_round_does_not_have_is_refused(
    tmp_path: Path, row: dict[str, str], message: str
) -> None:
    with pytest.raises(SpecError, match=message) as error:
        followed(tmp_path, survey(tmp_path / "second", 2027, 45), [FIGURE, FIGURE | row])
    assert "nap.yaml, baseline_survey, decrease" in str(error.value)


def test_a_published_rate_far_from_its_cases_is_said_to_be_so_unless_somebody_accepts_it(
    tmp_path: Path,
) -> None:
    """Before, a rate in percent (5.0 for 50.0) passed without a word, and an oversample stopped the run."""
    figure = FIGURE | {"value": 5.0, "ci_low": 4.2, "ci_high": 5.9}
    later, where = survey(tmp_path / "second", 2027, 45), "baseline_survey, decrease"
    reasons = []
    for accept in ([], [{"where": where, "why": "cases were oversampled"}]):
        evidence = followed(tmp_path, later, [figure], {**PLAN, "accept": accept})
        table = evidence.baseline.table
        reasons += [str(r) for r in table.loc[table["baseline_value"] == 5.0, "reason"]]
    assert reasons == [
        "as published; far from its cases ÷ persons (50 per 1,000), to be checked",
        "as published",
    ]
