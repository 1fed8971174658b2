"""Tests the five criteria of Tool No. 16: what is present, what is missing, and what only partners can answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import small_country as country

import fltoolkit as fl


def answers(folder: Path, **row: Any) -> dict[str, tuple[str, str]]:
    usual = {"id": "rate", "measure": "prevalence", "disaggregated_by": ["gender"], "sdg": ["8.7"], "targets": [{"year": 2030, "cut": 0.9}],
             "definition": {"counted": "Persons.", "unit_of_analysis": "person"}}  # fmt: skip
    out, plan = country.run(country.write(folder, plan=country.with_rows({**usual, **row})))
    table = fl.evidence(plan, fl.Rounds(out, out)).smart
    return {r["criterion"]: (r["met"], r["missing"]) for r in table.to_dict("records")}


def test_an_indicator_that_has_all_of_it_meets_all_five(tmp_path: Path) -> None:
    assert set(answers(tmp_path).values()) == {("yes", "")}


def test_what_is_missing_is_said_in_words(tmp_path: Path) -> None:
    lacking = answers(tmp_path, sdg=None, definition={"counted": "Persons."}, disaggregated_by=None, targets=None)
    assert lacking["specific"] == ("no", "the definition does not say the unit of analysis and by what it is disaggregated")
    assert lacking["achievable"] == ("no", "no target is given")
    assert lacking["relevant"][0] == "no"
    assert lacking["time_bound"] == ("no", "no target for a year is given")


def test_a_target_that_cannot_be_verified_is_not_achievable_and_one_outside_the_plan_not_time_bound(tmp_path: Path) -> None:
    found = answers(tmp_path, targets=[{"year": 2035, "cut": 0.1}])
    assert found["achievable"][0] == "no"
    assert "a cut of 10% by 2035 cannot be verified: " in found["achievable"][1]
    assert found["time_bound"] == ("no", "the target year 2035 lies outside the plan (2026 to 2030)")


def test_a_hidden_baseline_is_not_measurable(tmp_path: Path) -> None:
    found = answers(tmp_path, measure="stock_prevalence")
    assert found["measurable"][0] == "no"
    assert str(found["measurable"][1]).startswith("the survey shows no baseline: ")


def test_a_target_that_was_not_judged_is_not_called_unachievable(tmp_path: Path) -> None:
    found = answers(tmp_path, measure="stock_prevalence", disaggregated_by=None)["achievable"]
    assert found[0] == "partners"
    assert str(found[1]).startswith("a cut of 90% by 2030 is not judged: the baseline is not shown: ")


def test_the_partners_rows_are_theirs_to_judge(tmp_path: Path) -> None:
    found = answers(tmp_path, measure=None, targets=None)
    assert found["achievable"][0] == "partners"
    assert found["measurable"] == ("no", "there is no baseline value yet")
    with_value = answers(tmp_path, measure=None, targets=None, baseline_value="60", target_year_1="80")
    assert (with_value["measurable"][0], with_value["time_bound"][0]) == ("yes", "yes")
