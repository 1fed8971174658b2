"""Tests `fltoolkit nap check`: it reports, before a run, what would stop a run with a plan or lose a
target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.cli import main
from fltoolkit.errors import SpecError
from fltoolkit.nap.plan_checks import check_plan, refuse_unfit_inputs
from fltoolkit.survey.spec.survey_spec import read_spec

ROW = {"id": "rate", "measure": "prevalence", "disaggregated_by": ["gender"]}


def found(folder: Path, row: dict[str, Any], **keys: Any) -> set[tuple[str, str, str]]:
    path = country.write(folder, plan={**country.with_rows({**ROW, **row}), **keys})
    table = check_plan(fl.read_plan(path.with_name("nap.yaml")), read_spec(path))
    return {(r["severity"], r["where"], r["what"]) for r in table.to_dict("records")}


def told_of(folder: Path, rows: list[dict[str, Any]], **keys: Any) -> set[str]:
    """Returns what is asked about a plan with these rows, for a survey of 96,000 adults."""
    adults = {"label": "adults", "age": {"min": 18}, "population": 96_000}
    young = {"label": "persons aged 18 to 29", "age": {"min": 18, "max": 29}, "population": 2_000}
    plan = {**country.with_rows(*({**ROW, **row} for row in rows)), **keys}
    path = country.write(
        folder, country.changed(country.SURVEY, populations={"adults": adults, "young": young}), plan
    )
    table = check_plan(fl.read_plan(path.with_name("nap.yaml")), read_spec(path))
    return {
        str(what)
        for severity, what in zip(table["severity"], table["what"], strict=True)
        if severity != "note"
    }


def test_a_sound_plan_has_no_findings(tmp_path: Path) -> None:
    assert (
        found(tmp_path, {"targets": [{"year": 2030, "cut": 0.5, "group": "gender", "category": "women"}]})
        == set()
    )


@pytest.mark.parametrize(
    ("row", "keys", "told"),
    [
        (
            {"targets": [{"year": 2030, "cut": 0.5, "group": "gender", "category": "Women"}]},
            {},
            ("error", "targets of rate", "gender has no category Women"),
        ),
        (
            {"targets": [{"year": 2020, "cut": 0.5}]},
            {},
            ("error", "targets of rate", "the target's year 2020 is not after the baseline's (2025)"),
        ),
        (
            {"targets": [{"year": 2029, "cut": 0.5}]},
            {"planned_surveys": [2028]},
            (
                "warning",
                "targets of rate",
                "no survey is planned in 2029, so that the target cannot be verified",
            ),
        ),
        (
            {"targets": [{"year": 2040, "cut": 0.5}]},
            {},
            ("warning", "targets of rate", "the target's year 2040 lies outside the plan (2026 to 2030)"),
        ),
        (
            {},
            {"country": "Otherland"},
            ("error", "country", "the plan is another country's than the survey: Otherland"),
        ),
        (
            {
                "disaggregated_by": ["nationality"],
                "targets": [{"year": 2030, "cut": 0.5, "group": "nationality", "category": "x"}],
            },
            {},
            ("error", "targets of rate", "the survey has no nationality"),
        ),
        (
            {"disaggregated_by": ["nationality"]},
            {},
            ("note", "rate", "the survey has no nationality; the row will say so"),
        ),
        ({"population": "everybody"}, {}, ("error", "rate", "the survey has no population everybody")),
        (
            {"measure": "share", "of": "trade", "disaggregated_by": None},
            {},
            ("error", "rate", "the survey has no group trade"),
        ),
        (
            {"measure": "stock"},
            {},
            ("warning", "rate", "stock needs `months` in survey.yaml; the row will be [x]"),
        ),
        (
            {"targets": [{"year": 2030, "value": 0.03}]},
            {},
            (
                "warning",
                "targets of rate",
                "the target's value 0.03 is per 1,000, and so small that a proportion may be meant",
            ),
        ),
        (
            {"measure": "total", "targets": [{"year": 2030, "value": 0.5}]},
            {},
            ("warning", "targets of rate", "the target's value 0.5 is less than one person"),
        ),
        (
            {"targets": [{"year": 2030, "cut": 0.2}, {"year": 2028, "cut": 0.6}]},
            {},
            (
                "warning",
                "targets of rate",
                "the target of 2030 is above that of 2028, so that the planned path rises",
            ),
        ),
        (
            {"targets": [{"year": 2028, "value": 5}, {"year": 2030, "value": 6}]},
            {},
            (
                "warning",
                "targets of rate",
                "the target of 2030 is above that of 2028, so that the planned path rises",
            ),
        ),
        (
            {"targets": [{"year": 2028, "eradicate": "true"}, {"year": 2030, "cut": 0.9}]},
            {},
            (
                "warning",
                "targets of rate",
                "the target of 2030 is above that of 2028, so that the planned path rises",
            ),
        ),
        (
            {},
            {"planned_surveys": [2030, 2025, 2020]},
            (
                "warning",
                "planned_surveys",
                "a planned survey is not after the baseline's year (2025): 2020, 2025",
            ),
        ),
        (
            {
                "disaggregated_by": ["sector"],
                "targets": [{"year": 2030, "cut": 0.5, "group": "sector", "category": "Fishing"}],
            },
            {},
            ("error", "targets of rate", "sector has no rate, because only cases have one"),
        ),
        (
            {},
            {"planned_sample": {"grown-ups": 5}},
            ("error", "planned_sample", "the survey has no such population: grown-ups"),
        ),
    ],
)
def test_what_is_wrong_is_found(
    tmp_path: Path, row: dict[str, Any], keys: dict[str, Any], told: tuple[str, str, str]
) -> None:
    assert told in found(tmp_path, row, **keys)


def test_targets_of_a_path_that_falls_have_no_findings(tmp_path: Path) -> None:
    """A cut and a value are not compared, nor are targets of different categories. What a publication gives
    has a year of its own."""
    falling = [
        {"year": 2028, "cut": 0.3}, {"year": 2030, "value": 12}, {"year": 2029, "cut": 0.5},
        {"year": 2030, "cut": 0.1, "group": "gender", "category": "women"},
    ]  # fmt: skip
    assert found(tmp_path, {"targets": falling}) == set()
    figure = {"indicator": "rate", "value": 20, "ci_low": 10, "ci_high": 30, "year": 2020}
    assert (
        found(tmp_path, {"targets": [{"year": 2023, "cut": 0.1}]}, baseline_survey=[figure], first_year=2021)
        == set()
    )


def test_a_number_of_persons_of_normalised_weights_is_found(tmp_path: Path) -> None:
    """Before, the check found no errors, and notebook 2 stopped without naming the indicator."""
    survey = country.changed(
        country.SURVEY, design={**country.SURVEY["design"], "weights": "normalised"}, tables=[]
    )
    path = country.write(tmp_path, survey, country.with_rows({**ROW, "id": "persons", "measure": "total"}))
    (told,) = check_plan(fl.read_plan(path.with_name("nap.yaml")), read_spec(path)).to_dict("records")
    assert (told["severity"], told["where"]) == ("error", "measure of persons")
    assert told["what"] == (
        "a number of persons needs weights that add up to it: total, with weights: normalised in survey.yaml"
    )


FIGURE = {
    "indicator": "rate", "value": 50, "ci_low": 42, "ci_high": 59, "cases": 120, "n": 2400, "year": 2023,
}  # fmt: skip
WOMEN = {**FIGURE, "group": "gender", "category": "women", "cases": 60, "n": 1200}


@pytest.mark.parametrize(
    ("figures", "keys", "told"),
    [
        (
            [{**FIGURE, "value": 5, "ci_low": 4.2, "ci_high": 5.9}],
            {},
            (
                "warning",
                "baseline_survey, rate",
                "value is 5, read per 1,000; its cases ÷ n are 50 per 1,000 (120 of 2400)",
            ),
        ),
        (
            [{**FIGURE, "cases": 0}],
            {},
            (
                "warning",
                "baseline_survey, rate",
                "value is 50, read per 1,000; its cases ÷ n are 0 per 1,000 (0 of 2400)",
            ),
        ),
        (
            [FIGURE, {**WOMEN, "category": "Women"}],
            {},
            ("error", "baseline_survey, rate, Women", "gender has no category Women"),
        ),
        (
            [{**FIGURE, "year": 2027}],
            {},
            (
                "error",
                "baseline_survey, rate",
                "the number is of 2027, later than the survey of the run (2025)",
            ),
        ),
        (
            [{**FIGURE, "country": "Otherland"}],
            {},
            (
                "warning",
                "baseline_survey, rate",
                "the number is of Otherland, and the plan of Smallland",
            ),
        ),
        (
            [FIGURE],
            {"first_year": 2018, "last_year": 2022},
            ("warning", "baseline_survey", "the baseline (2023) is after the plan (2018 to 2022)"),
        ),
    ],
)
def test_a_doubtful_published_figure_is_found(
    tmp_path: Path, figures: list[dict[str, Any]], keys: dict[str, Any], told: tuple[str, str, str]
) -> None:
    assert found(tmp_path, {}, baseline_survey=figures, **keys) == {told}


@pytest.mark.parametrize(
    "figures",
    [
        [FIGURE, WOMEN],
        [{**FIGURE, "value": 11, "ci_low": 8, "ci_high": 15}],  # weights move it by less than five
        [{**FIGURE, "value": 0, "ci_low": 0, "ci_high": 0.2, "cases": 2, "n": 90_000}],  # printed as 0.0
        [{**FIGURE, "country": " smallland"}],
        [{**WOMEN, "category": "not stated"}],
        [{**FIGURE, "window_start": "2021-07-01", "window_end": "2023-06-30", "reference_months": 12}],
    ],
)
def test_a_legal_published_figure_has_no_finding(tmp_path: Path, figures: list[dict[str, Any]]) -> None:
    assert found(tmp_path, {}, baseline_survey=figures) == set()


def test_an_accepted_warning_is_a_note_and_an_entry_that_accepts_nothing_is_told(tmp_path: Path) -> None:
    figure = {**FIGURE, "value": 5, "ci_low": 4.2, "ci_high": 5.9}
    accept = [
        {"where": "baseline_survey, rate", "why": "cases were oversampled"},
        {"where": "planned_surveys", "why": "x"},
    ]
    told = found(tmp_path, {}, baseline_survey=[figure], accept=accept)
    assert {(severity, where) for severity, where, _ in told} == {
        ("note", "baseline_survey, rate"),
        ("warning", "planned_surveys"),
    }
    assert [what for *_, what in told if "accepted: cases were oversampled" in what]


def test_a_target_is_compared_with_the_published_number_of_its_own_row(tmp_path: Path) -> None:
    """Before, the first year of any number of the indicator counted, and without a survey none did."""
    row = {"targets": [{"year": 2024, "value": 60, "group": "gender", "category": "women"}]}
    figures = [{**FIGURE, "year": 2020}, {**WOMEN, "year": 2024}]
    plan = {**country.with_rows({**ROW, **row}), "baseline_survey": figures, "first_year": 2021}
    path = country.write(tmp_path, plan=plan)
    table = check_plan(fl.read_plan(path.with_name("nap.yaml")), None)
    assert list(zip(table["severity"], table["what"], strict=True)) == [
        ("error", "the target's year 2024 is not after the baseline's (2024)"),
        ("warning", "the target's value 60 is not below the baseline (50)"),
    ]


def test_the_categories_of_a_sector_and_the_band_below_the_first_are_known(tmp_path: Path) -> None:
    def target(group: str, category: str) -> dict[str, Any]:
        by = {"disaggregated_by": [group], "targets": [{"year": 2030, "cut": 0.5, "group": group}]}
        by["targets"][0]["category"] = category
        return by

    persons = {"measure": "total"}
    assert found(tmp_path, {**persons, **target("sector", "Fishing")}) == set()
    assert found(tmp_path, {**persons, **target("sector", "Fisheries")}) == {
        ("error", "targets of rate", "sector has no category Fisheries")
    }
    assert found(tmp_path, target("age", "under 18")) == set()


def test_a_later_survey_as_the_earlier_one_stops_a_run_before_its_first_notebook(tmp_path: Path) -> None:
    """Before, notebook 3 or 4 stopped, and named no file."""
    plan = {**country.with_rows(ROW), "baseline_survey": "later/survey.yaml"}
    own = country.write(tmp_path, plan=plan)
    later = country.write(tmp_path / "later", country.changed(country.SURVEY, year=2027))
    for earlier, named in ((later, "before"), (None, f"{own.with_name('nap.yaml')}, baseline_survey")):
        with pytest.raises(SpecError) as raised:
            refuse_unfit_inputs(own, own.with_name("nap.yaml"), earlier)
        assert str(raised.value).startswith(
            f"{named}: the survey named here is later than the survey of the run (Small country 2025, 2025)"
        )
        assert "later/survey.yaml (Small country 2025, 2027)" in str(raised.value)
    refuse_unfit_inputs(later, None, own)
    with pytest.raises(SpecError, match="the earlier round is the survey of the run"):
        refuse_unfit_inputs(own, None, own.parent / "later" / ".." / "survey.yaml")


def test_the_command_ends_by_whether_there_are_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = country.write(
        tmp_path / "a", plan=country.with_rows({**ROW, "targets": [{"year": 2020, "cut": 0.5}]})
    )
    plan = survey.with_name("nap.yaml")
    assert main(["nap", "check", str(plan)]) == 1
    assert "ERROR   targets of rate: the target's year 2020 is not after" in capsys.readouterr().out
    alone = tmp_path / "b" / "nap.yaml"
    alone.parent.mkdir()
    alone.write_bytes(plan.read_bytes())
    assert main(["nap", "check", str(alone)]) == 0  # outside the plan's years, which alone is no error
    assert "only the plan itself was checked" in capsys.readouterr().out
    assert main(["nap", "check", str(alone), "--survey", str(survey)]) == 1


def test_a_language_without_words_and_another_kind_of_file_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = country.write(tmp_path, plan={**country.with_rows(ROW), "languages": ["de"]})
    assert main(["nap", "check", str(tmp_path / "nap.yaml")]) == 2
    assert f"{tmp_path / 'nap.yaml'}, languages: no words in this language" in (
        told := capsys.readouterr().err
    )
    assert "allowed: en, es, fr" in told
    assert main(["nap", "check", str(survey)]) == 2
    assert "this is another kind of file" in capsys.readouterr().err


def cuts(everybody: float, women: float, men: float) -> list[dict[str, Any]]:
    parts = ({"group": "gender", "category": c, "cut": cut} for c, cut in (("women", women), ("men", men)))
    return [{"year": 2030, **target} for target in ({"cut": everybody}, *parts)]


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ({"unit": "per 10,000"}, "the unit says per 10,000, and the kit reads and prints values of prevalence as per 1,000"),
        ({"unit": "%"}, "the unit says %, and the kit reads and prints values of prevalence as per 1,000"),
        ({"measure": "total", "unit": "milliers de personnes"}, "the unit says milliers de personnes, and the kit reads and prints values of total as persons"),
        ({"unit": "pourcentage"}, "the unit says pourcentage, and the kit reads and prints values of prevalence as per 1,000"),
        ({"unit": "cases in 100 000"}, "the unit says cases in 100 000, and the kit reads and prints values of prevalence as per 1,000"),
        ({"unit": "persons"}, "the unit says persons, and the kit reads and prints values of prevalence as per 1,000"),
        ({"measure": "total", "unit": "'000 persons"}, "the unit says '000 persons, and the kit reads and prints values of total as persons"),
        ({"unit": "per 1000, with its 95 interval"}, None),
        ({"unit": "per one thousand"}, None),
        ({"unit": "por mil personas"}, None),
        ({"unit": "sur 1\u202f000"}, None),
        ({"measure": "total", "unit": "1'000 as printed"}, None),
        ({"unit": "rate of persons over 12 months"}, None),
        ({"measure": "total", "unit": "persons per 12 months"}, None),
        ({"measure": "total", "unit": "personnes en 2030"}, None),
        ({"targets": cuts(0.5, 0.1, 0.1)}, "the target of everybody in 2030 (0.5) is not between those of gender"),
        ({"unit": "per 1 000 persons"}, None),
        ({"unit": "pour 1 000 adultes"}, None),
        ({"unit": "a rate of its own"}, None),
        ({"measure": "total", "unit": "people"}, None),
        ({"measure": "share", "of": "sex", "disaggregated_by": [], "unit": "% of cases"}, None),
        ({"measure": "percent_decrease", "unit": "%"}, None),
        ({"targets": cuts(0.3, 0.5, 0.1)}, None),
        ({"targets": cuts(0.5, 0.1, 0.1)[:2]}, None),
    ],
)  # fmt: skip
def test_a_unit_and_targets_that_contradict_themselves_are_asked_about(
    tmp_path: Path, row: dict[str, Any], asked: str | None
) -> None:
    assert {what for severity, _, what in found(tmp_path, row) if severity != "note"} == {asked} - {None}


@pytest.mark.parametrize(
    ("unit", "asked"),
    [("years", True), ("années", True), ("persons", True), ("months", False), ("meses de trabajo", False), ("length", False)],
)  # fmt: skip
def test_a_duration_in_another_unit_than_months_is_asked_about(
    tmp_path: Path, unit: str, asked: bool
) -> None:
    places = {where for _, where, _ in found(tmp_path, {"measure": "duration", "unit": unit})}
    assert ("unit of rate" in places) == asked


def figure(**keys: Any) -> dict[str, Any]:
    """A rate whose interval is that of a design effect of 1.3."""
    own = {
        "indicator": "rate",
        "value": 17.2,
        "ci_low": 13.4,
        "ci_high": 21.7,
        "cases": 79,
        "n": 4782,
        "year": 2022,
    }
    return {**own, **keys}  # fmt: skip


OF_WOMEN, OF_MEN = ({"group": "gender", "category": category} for category in ("women", "men"))


def of_women(**keys: Any) -> dict[str, Any]:
    return figure(**OF_WOMEN, **keys)


def of_men(**keys: Any) -> dict[str, Any]:
    return figure(**OF_MEN, **keys)


HALF = {"cases": 39, "n": 2391}


@pytest.mark.parametrize(
    ("figures", "asked"),
    [
        ([figure()], None),
        ([figure(deff=1.4)], None),
        ([figure(ci_low=17.19, ci_high=17.21)], "too narrow for so few persons"),
        ([figure(deff=25)], "and the publication says 25"),
        ([figure(deff=0.2)], "and the publication says 0.2"),
        ([figure(value=21)], "at the wrong end of its interval"),
        ([figure(), of_women(**HALF), of_men(**HALF)], None),
        ([figure(), of_women(cases=60, n=2391), of_men(cases=60, n=2391)], "the cases of gender add up to 120, and everybody has 79"),
        ([figure(), of_women(**HALF, value=20, ci_high=25), of_men(**HALF, value=19, ci_high=24)], "no rate of gender is on its other side"),
        ([figure(), of_women(**HALF, value=20, ci_high=25)], None),
        ([figure(n=4_782_000, cases=79_000, deff=1.1)], "a design effect of 1300"),
        # classes of cases, of which the lower end is given: 30–49 and 5–14 of 30–49; 30–49 and 30–49 of 50 and more
        ([figure(cases=30), of_women(cases=30, n=2391), of_men(cases=5, n=2391, value=5, ci_low=2.5, ci_high=8)], None),
        ([figure(cases=50), of_women(cases=30, n=2391), of_men(cases=30, n=2391)], None),
        ([figure(cases=30), of_women(cases=30, n=2391), of_men(cases=20, n=2391)], "the cases of gender add up to 50, and everybody has 30"),
    ],
)  # fmt: skip
def test_published_numbers_that_contradict_themselves_are_asked_about(
    tmp_path: Path, figures: list[dict[str, Any]], asked: str | None
) -> None:
    warned = [
        what for severity, _, what in found(tmp_path, {}, baseline_survey=figures) if severity == "warning"
    ]
    assert len(warned) == (asked is not None)
    assert all((asked or "") in what for what in warned)


def persons(value: float, **keys: Any) -> dict[str, Any]:
    return {
        "indicator": "people",
        "value": value,
        "ci_low": value / 2,
        "ci_high": value * 2,
        "year": 2022,
        **keys,
    }


@pytest.mark.parametrize(
    ("figures", "asked"),
    [
        # 17.2 per 1,000 of 96,000 persons are 1,651
        ([figure(), persons(1_651)], None),
        ([figure(), persons(3_000)], None),
        ([figure(), persons(16_510)], "17.2 per 1,000 and 16,510 persons are of a population of 959,884, and survey.yaml says 96,000"),
        ([figure(), persons(165)], "17.2 per 1,000 and 165 persons are of a population of 9,593, and survey.yaml says 96,000"),
        ([figure(), persons(16_510, year=2020)], None),
        ([figure(), persons(165, **OF_WOMEN)], None),
        ([persons(900), persons(600, **OF_WOMEN), persons(500, **OF_MEN)], "the value of gender add up to 1,100, and everybody has 900"),
        ([persons(900), persons(450, **OF_WOMEN), persons(460, **OF_MEN)], None),
    ],
)  # fmt: skip
def test_a_published_rate_and_number_of_persons_that_contradict_each_other_are_asked_about(
    tmp_path: Path, figures: list[dict[str, Any]], asked: str | None
) -> None:
    people = {"id": "people", "measure": "total", "disaggregated_by": ["gender"]}
    assert told_of(tmp_path, [{}, people], baseline_survey=figures) == {asked} - {None}


@pytest.mark.parametrize(
    ("sample", "asked"),
    [
        (4_500, set()),
        ({"adults": 4_500}, set()),
        ({"adults": 4_500, "young": 1_500}, set()),
        ({"young": 2_500}, {"2,500 persons are planned, and the population young has 2,000"}),
        (96_001, {"96,001 persons are planned, and the population adults has 96,000"}),
        ({"adults": 48_000_000}, {"48,000,000 persons are planned, and the population adults has 96,000"}),
    ],
)  # fmt: skip
def test_a_planned_sample_larger_than_its_population_is_asked_about(
    tmp_path: Path, sample: object, asked: set[str]
) -> None:
    assert told_of(tmp_path, [{}], planned_sample=sample) == asked


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        ({"targets": [{"year": 2030, "cut": 0.2}]}, True),
        ({"measure": "percent_decrease", "targets": [{"year": 2030, "cut": 0.2}]}, True),
        ({"population": "adults", "targets": [{"year": 2030, "cut": 0.2}]}, True),
        ({"targets": [{"year": 2030, "eradicate": True}]}, True),
        ({"targets": [{"year": 2030, "cut": 0.5}]}, False),
        ({"targets": [{"year": 2029, "cut": 0.4}]}, False),
        ({"measure": "total", "targets": [{"year": 2030, "cut": 0.2}]}, False),
        ({"targets": [{"year": 2030, "cut": 0.2, "group": "gender", "category": "women"}]}, False),
        ({"targets": [{"year": 2030, "value": 7}]}, False),
    ],
)  # fmt: skip
def test_two_rows_of_one_number_with_other_targets_are_asked_about(
    tmp_path: Path, second: dict[str, Any], asked: bool
) -> None:
    rows = [{"targets": [{"year": 2030, "cut": 0.5}]}, {"id": "again", **second}]
    said = "rate has another target for the same number in 2030"
    assert told_of(tmp_path, rows) == ({said} if asked else set())
