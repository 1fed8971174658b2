"""Tests the errors of a nap.yaml, with what was found and what is allowed, and that its words find the
survey's groups."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import small_country as country
import yaml
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.nap.results_framework import group_of
from fltoolkit.survey.spec.survey_spec import read_spec

SAMPLE = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"


def message(folder: Path, plan: Mapping[str, Any]) -> str:
    path = folder / "nap.yaml"
    path.write_text(yaml.safe_dump(dict(plan), sort_keys=False), encoding="utf-8")
    with pytest.raises(SpecError) as error:
        fl.read_plan(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_an_unknown_key_is_named_with_the_allowed_ones_and_a_guess(tmp_path: Path) -> None:
    told = message(tmp_path, country.with_rows({"desegregated_by": ["gender"]}))
    assert "framework.0.indicators.0.desegregated_by: unknown key" in told
    assert "did you mean disaggregated_by?" in told
    assert "means_of_verification" in told


def test_the_plan_of_a_survey_is_found_from_its_folder(tmp_path: Path) -> None:
    survey = country.write(tmp_path)
    plan = fl.plan_beside(survey)
    assert plan is not None
    assert plan.title == "Plan of Smallland"
    assert fl.plan_beside(survey, "") is None
    (tmp_path / "plans").mkdir()
    survey.with_name("nap.yaml").rename(tmp_path / "plans" / "mine.yaml")
    assert fl.plan_beside(survey) is None
    assert fl.plan_beside(survey, "plans/mine.yaml") is not None
    with pytest.raises(SpecError, match="there is no such file"):
        fl.plan_beside(survey, "mine.yaml")


@pytest.mark.thorough("publishes samples of its own")
@pytest.mark.parametrize(
    ("name", "same"), [(" smallland ", True), ("SMALLLAND", True), ("Small land", False)]
)
def test_a_plan_of_another_country_is_refused_wherever_it_meets_a_survey(
    tmp_path: Path, name: str, same: bool
) -> None:
    persons = classified(country.write(tmp_path / "own"))
    plan = fl.read_plan(
        country.write(tmp_path / "other", plan={**country.PLAN, "country": name}).with_name("nap.yaml")
    )
    own = fl.read_plan(tmp_path / "own" / "nap.yaml")
    out = fl.publish_run(persons, plan=own)
    meetings = (
        lambda: fl.publish_run(persons, plan=plan),
        lambda: fl.rounds(plan, persons, out),
        lambda: fl.evidence(plan, fl.rounds(own, persons, out)),
        lambda: fl.baseline(plan, out),
    )
    for meet in meetings:
        if same:
            meet()
        else:
            with pytest.raises(SpecError, match="the plan is another country's than the survey"):
                meet()


def test_an_unknown_measure_is_named_with_the_allowed_ones(tmp_path: Path) -> None:
    told = message(tmp_path, country.with_rows({"measure": "number"}))
    assert "framework.0.indicators.0.measure" in told
    assert "found: 'number'" in told
    for allowed in ("prevalence", "total", "share", "percent_decrease"):
        assert allowed in told


def test_an_id_given_twice_is_named(tmp_path: Path) -> None:
    assert "indicator id same is given twice" in message(
        tmp_path, country.with_rows({"id": "same"}, {"id": "same"})
    )


@pytest.mark.parametrize(
    "row", [{"measure": "share"}, {"measure": "total", "of": "sector"}, {"measure": None, "of": "sector"}]
)
def test_of_goes_with_a_share_and_a_share_with_of(tmp_path: Path, row: dict[str, Any]) -> None:
    told = message(tmp_path, country.with_rows(row))
    assert "framework.0.indicators.0" in told
    assert "`of` names the group that a share distributes" in told


def test_a_row_that_the_survey_fills_takes_no_baseline_by_hand(tmp_path: Path) -> None:
    told = message(tmp_path, country.with_rows({"measure": "total", "baseline_value": "12"}))
    assert "baseline_value is for partners' rows" in told


def test_a_row_that_the_survey_fills_takes_no_final_target_in_words(tmp_path: Path) -> None:
    told = message(tmp_path, country.with_rows({"measure": "total", "final_target": "half by 2030"}))
    assert "a row with a measure has targets, which the kit can verify" in told
    assert "framework.0.indicators.0" in told


@pytest.mark.parametrize(
    ("measure", "value", "told"),
    [
        (
            "percent_decrease",
            50,
            "a target of a % decrease is a cut, and value 50 is none; for a decrease by 50% say cut: 0.5",
        ),
        (
            "prevalence",
            30_000,
            "a target has the value 30000, which is more than everybody; its unit is per 1,000",
        ),
        ("share", 101, "a target has the value 101, which is more than everybody; its unit is per 100"),
    ],
)
def test_a_value_that_no_target_can_have_is_refused(
    tmp_path: Path, measure: str, value: int, told: str
) -> None:
    """Before, 50% was read as 50 per 1,000."""
    of = {"of": "sector"} if measure == "share" else {}
    said = message(
        tmp_path, country.with_rows({"measure": measure, **of, "targets": [{"year": 2030, "value": value}]})
    )
    assert told in said
    assert "framework.0.indicators.0" in said


def test_years_in_the_wrong_order_are_refused(tmp_path: Path) -> None:
    assert "is before first_year" in message(tmp_path, country.changed(country.PLAN, first_year=2031))


@pytest.mark.parametrize("key", ["framework", "goal"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    plan = {k: v for k, v in country.PLAN.items() if k != key}
    assert f"{key}: this key is required" in message(tmp_path, plan)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    told = message(tmp_path, country.changed(country.with_rows({"id": "Not An Id"}), first_year="soon"))
    assert "first_year: must be a whole number" in told
    assert "framework.0.indicators.0.id: must be small letters a to z, digits and _" in told


def test_a_plan_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no such file"):
        fl.read_plan(tmp_path / "nap.yaml")


@pytest.mark.parametrize(
    ("word", "groups", "found"),
    [
        ("gender", ["sex", "region"], "sex"),
        ("gender", ["sex", "gender"], "gender"),
        ("age", ["age_group"], "age_group"),
        ("age", ["age_group", "age"], "age"),
        ("region", ["sex", "region"], "region"),
        ("sector", ["sector"], "sector"),
        ("gender", ["region"], None),
        ("nationality", ["sex"], None),
    ],
)
def test_the_plans_word_finds_the_surveys_group(word: str, groups: list[str], found: str | None) -> None:
    assert group_of(word, groups) == found


def test_a_plan_asks_for_each_row_the_total_and_what_the_survey_can_break_down(tmp_path: Path) -> None:
    spec = read_spec(country.write(tmp_path))
    tables = fl.read_plan(tmp_path / "nap.yaml").tables(spec)
    assert [(t.measure, t.by) for t in tables] == [
        ("prevalence", ((), ("sex",), ("age_group",), ("region",))),  # no rate by sector, and no nationality
        ("total", ((), ("sex",), ("region",), ("sector",))),
    ]


def test_the_shipped_plan_has_the_rows_of_tool_no_16() -> None:
    plan = fl.read_plan(SAMPLE / "nap.yaml")
    assert [s.level for s in plan.framework] == ["objective", "outcome", "output", "activity", "activity"]
    by = {i.id: i.disaggregated_by for s in plan.framework for i in s.indicators}
    assert by["prevalence_decrease"] == ("gender", "age", "region")
    assert by["victims_assisted"] == ("gender", "age", "region")
    assert by["cases_detected"] == ("gender", "age", "region", "sector")
    assert by["joint_operations"] == ("region", "sector")
    targets = {i.id: (i.target_year_1, i.target_year_2) for s in plan.framework for i in s.indicators}
    assert targets["inspectors_trained"] == ("80", "150")
    assert targets["joint_operations"] == ("1", "2")


@pytest.mark.parametrize("year", [1899, 2200, 1_000_000_000])
def test_a_year_that_no_plan_has_is_refused_at_once(tmp_path: Path, year: int) -> None:
    """The years between two targets are made one by one: a year of ten digits would never end."""
    shipped = (Path(__file__).resolve().parents[2] / "data_samples/norvia_lfs_2025/nap.yaml").read_text(
        "utf-8"
    )
    assert "{year: 2030," in shipped
    (tmp_path / "nap.yaml").write_text(shipped.replace("{year: 2030,", f"{{year: {year},"), "utf-8")
    with pytest.raises(SpecError, match=f"targets.*{year}"):
        fl.read_plan(tmp_path / "nap.yaml")
