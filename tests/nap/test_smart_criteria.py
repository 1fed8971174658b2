"""Tests the five criteria of Tool No. 16: what is present, what is missing, and what only partners can
answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import small_country as country

import fltoolkit as fl
from fltoolkit.nap.smart_criteria import smart

USUAL = {
    "id": "rate", "measure": "prevalence", "disaggregated_by": ["gender"], "sdg": ["8.7"],
    "targets": [{"year": 2030, "cut": 0.9}],
    "definition": {"counted": "Persons.", "unit_of_analysis": "person"},
}  # fmt: skip


def answers(folder: Path, **row: Any) -> dict[str, tuple[str, str]]:
    out, plan = country.run(country.write(folder, plan=country.with_rows({**USUAL, **row})))
    table = fl.evidence(plan, fl.Rounds(out, out)).smart
    return {r["criterion"]: (r["met"], r["missing"]) for r in table.to_dict("records")}


def test_an_indicator_that_has_all_of_it_meets_four_and_the_partners_judge_the_fifth(tmp_path: Path) -> None:
    found = answers(tmp_path)
    assert found.pop("achievable") == (
        "partners",
        "whether it can be reached at its cost is for the partners to say",
    )
    assert set(found.values()) == {("yes", "")}


def test_what_is_missing_is_said_in_words(tmp_path: Path) -> None:
    lacking = answers(
        tmp_path, sdg=None, definition={"counted": "Persons."}, disaggregated_by=None, targets=None
    )
    assert lacking["specific"] == (
        "no",
        "the definition does not say the unit of analysis and by what it is disaggregated",
    )
    assert lacking["achievable"] == ("partners", "without a target, nobody can say whether it can be reached")
    assert lacking["relevant"][0] == "no"
    assert lacking["time_bound"] == ("no", "no target for a year is given")


def test_a_target_that_cannot_be_verified_is_not_measurable_and_one_outside_the_plan_not_time_bound(
    tmp_path: Path,
) -> None:
    found = answers(tmp_path, targets=[{"year": 2035, "cut": 0.1}])
    assert found["measurable"][0] == "no"
    assert "a cut of 10% by 2035 cannot be verified: " in found["measurable"][1]
    assert found["achievable"][0] == "partners"
    assert found["time_bound"] == ("no", "the target year 2035 lies outside the plan (2026 to 2030)")


def test_an_indicator_of_which_one_target_can_be_verified_and_another_not_is_measurable_in_part(
    tmp_path: Path,
) -> None:
    met, missing = answers(tmp_path, targets=[{"year": 2030, "cut": 0.9}, {"year": 2029, "cut": 0.1}])[
        "measurable"
    ]
    assert met == "partly"
    assert str(missing).startswith("a cut of 10% by 2029 cannot be verified: ")


def test_a_decrease_is_named_after_the_prevalence_from_which_it_is_computed(tmp_path: Path) -> None:
    """The prevalence has a row of its own in the other tables, and the targets stand there."""
    out, plan = country.run(
        country.write(tmp_path, plan=country.with_rows({**USUAL, "measure": "percent_decrease"}))
    )
    names = set(map(str, fl.evidence(plan, fl.Rounds(out, out)).smart["indicator"]))
    assert names == {"Persons in forced labour (and the prevalence itself)"}


def test_a_hidden_baseline_is_not_measurable(tmp_path: Path) -> None:
    found = answers(tmp_path, measure="stock_prevalence")
    assert found["measurable"][0] == "no"
    assert str(found["measurable"][1]).startswith("the survey shows no baseline: ")


def test_a_baseline_with_wide_bounds_is_not_measurable_without_a_target_either(tmp_path: Path) -> None:
    out, plan = country.run(country.write(tmp_path, plan=country.with_rows({**USUAL, "targets": None})))
    evidence = fl.evidence(plan, fl.Rounds(out, out))
    wide = evidence.targets.assign(baseline_bound=evidence.targets["ci_high"])
    met, missing = (
        smart(plan, evidence.baseline, wide).query("criterion == 'measurable'")[["met", "missing"]].iloc[0]
    )
    assert (met, missing) == (
        "no",
        "unresolved answers make the baseline a wide range, which no verdict uses",
    )


def test_a_target_that_was_not_judged_is_not_called_unmeasurable(tmp_path: Path) -> None:
    out, plan = country.run(country.write(tmp_path, plan=country.with_rows(USUAL)))
    evidence = fl.evidence(plan, fl.Rounds(out, out))
    unjudged = evidence.targets.assign(verifiable="", reason="no survey")
    found = smart(plan, evidence.baseline, unjudged).set_index("criterion").loc["measurable"]
    assert found["met"] == "partners"
    assert str(found["missing"]).startswith("a cut of 90% by 2030 is not judged: no survey")


def test_the_partners_rows_are_theirs_to_judge(tmp_path: Path) -> None:
    found = answers(tmp_path, measure=None, targets=None)
    assert found["achievable"] == ("partners", "without a target, nobody can say whether it can be reached")
    assert found["measurable"] == ("partly", "the baseline is to be filled in")
    with_value = answers(tmp_path, measure=None, targets=None, baseline_value="60", target_year_1="80")
    assert (with_value["measurable"][0], with_value["time_bound"][0]) == ("yes", "yes")
    final = answers(tmp_path, measure=None, targets=None, baseline_value="60", final_target="300 by 2030")
    assert (final["measurable"][0], final["time_bound"][0]) == ("yes", "yes")
    assert with_value["achievable"] == (
        "partners",
        "whether it can be reached at its cost is for the partners to say",
    )
