"""Tests each finding about cases with persons who cause it and persons who do not, and that no confidential
count is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError

SurveyOf = Callable[..., fl.Survey]
Persons = dict[str, dict[str, Any]]

FEW, MORE = "fewer than 5", "5 or more"
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}
MONTHS = {"months": {"column": "months", "covers": "all_spells", "missing": 98}}
INTERVIEW = {"interview": {"proxy": "proxy", "alone": "alone"}}
NOBODY_ELSE = {"proxy": "N", "alone": "J"}
YOUNG = "cases younger than 20 at interview: may have been a child at the time"
NO_DEFF = "design.design_effect_at_zero_cases"
NO_MONTHS = "cases without a duration, so no number for an average day"


def many(n: int, answers: dict[str, Any]) -> Persons:
    return {f"p{i}": answers for i in range(n)}


# Persons, what else survey.yaml says, and the findings.
FINDINGS: list[tuple[str, Persons, dict[str, Any], list[tuple[Any, ...]]]] = [
    ("nothing", many(6, FORCED), {}, []),
    (
        "items that were not asked",
        many(6, {}),
        {"items.coercion.other_penalty": None, "items.coercion.debt_bondage": None},
        [
            (
                "note",
                "items",
                "items.coercion",
                "the questionnaire has no question on: debt_bondage, other_penalty",
                2,
            )
        ],
    ),
    (
        "young cases",
        {"a": FORCED | {"years": 18}, "b": FORCED | {"years": 19}, "c": FORCED | {"years": 20}},
        {},
        [("note", "cases", "age", YOUNG, FEW)],
    ),
    ("many young cases", many(5, FORCED | {"years": 19}), {}, [("note", "cases", "age", YOUNG, MORE)]),
    (
        "young persons who are no cases, and a child who is none of the population",
        {"a": {"years": 18}, "b": FORCED | {"years": 17}, "c": FORCED | {"years": 99}},
        {},
        [],
    ),
    (
        "a window that is no whole year",
        {"a": FORCED | {"years": 20}},
        {"reference_period.months": 25},
        [
            (
                "note",
                "cases",
                "age",
                "cases younger than 21 at interview: may have been a child at the time",
                FEW,
            )
        ],
    ),
    (
        "cases without months",
        {
            "a": FORCED | {"months": 98},
            "b": FORCED | {"months": ""},
            "c": {"months": 98},
            "d": FORCED | {"months": 24},
        },
        MONTHS,
        [("warning", "cases", "months", NO_MONTHS, FEW)],
    ),
    (
        "many cases without months",
        many(7, FORCED | {"months": ""}),
        MONTHS,
        [("warning", "cases", "months", NO_MONTHS, MORE)],
    ),
    (
        "months beyond the window",
        {"a": FORCED | {"months": 25}, "b": {"months": 30}, "c": FORCED | {"months": 3}},
        MONTHS,
        [
            (
                "warning",
                "cases",
                "months",
                (
                    "cases whose months lie outside the window of 24, so no number for an average day "
                    "and no "
                    "mean duration"
                ),
                FEW,
            )
        ],
    ),
    (
        "proxies",
        many(5, {"proxy": "J", "alone": "J"}) | {"z": NOBODY_ELSE},
        INTERVIEW,
        [("warning", "cases", "interview.proxy", "answered by someone else", "about 10")],
    ),
    (
        "listeners",
        {"a": {"proxy": "N", "alone": "N"}, "b": NOBODY_ELSE, "c": {"proxy": "", "alone": "W"}},
        INTERVIEW,
        [("note", "cases", "interview", "of all interviews, those at which somebody else was present", FEW)],
    ),
    ("nobody else", many(6, NOBODY_ELSE), INTERVIEW, []),
]


def short(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(table[["severity", "check", "where", "what", "count"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("persons", "keys", "expected"), [f[1:] for f in FINDINGS], ids=[f[0] for f in FINDINGS]
)
def test_a_finding_about_cases(
    classified_of: Callable[..., fl.ClassifiedSurvey],
    persons: Persons,
    keys: dict[str, Any],
    expected: list[tuple[Any, ...]],
) -> None:
    table = fl.check_cases(classified_of(persons, keys))
    assert list(table.columns) == ["severity", "check", "where", "what", "count", "do"]
    assert short(table[~table["where"].isin(["forced labour", NO_DEFF])]) == expected


# How many of twelve persons are cases, and what is said of that.
@pytest.mark.parametrize(
    ("cases", "what"),
    [
        (0, "no case was found: the rate is between zero and its upper limit in adults"),
        (4, "only a few cases were found in adults: their number and rate cannot be shown"),
        (5, None),
    ],
)
def test_few_cases_are_told_before_the_estimate(
    classified_of: Callable[..., fl.ClassifiedSurvey], cases: int, what: str | None
) -> None:
    persons = {f"p{i}": FORCED if i < cases else {} for i in range(12)}
    table = fl.check_cases(classified_of(persons))
    assert table["what"][table["where"] == "forced labour"].tolist() == ([what] if what else [])
    assert (NO_DEFF in set(table["where"])) == (cases == 0)


def test_no_note_on_the_design_effect_where_survey_yaml_gives_it(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    found = fl.check_cases(classified_of({f"p{i}": {} for i in range(12)}, {NO_DEFF: 2.0}))
    assert NO_DEFF not in set(found["where"])


def test_the_items_of_a_rule_set_of_ones_own_are_those_looked_for(
    survey_of: SurveyOf, tmp_path: Path
) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        "{name: mine, version: 1, title: t, source: s, involuntary: [different_job, hazardous_work], "
        "coercion: [debt_bondage]}"
    )
    survey = survey_of(
        many(6, FORCED), {"items.involuntary.different_job": None, "items.coercion.other_penalty": None}
    )
    what = "the questionnaire has no question on: "
    assert [row[3] for row in short(fl.check_cases(fl.classify(survey, rules)))] == [what + "different_job"]
    assert [row[3] for row in short(fl.check_cases(fl.classify(survey)))] == [
        what + "different_job",
        what + "other_penalty",
    ]


def test_a_survey_that_is_not_classified_has_no_cases_to_check(survey_of: SurveyOf) -> None:
    with pytest.raises(RequestError) as error:
        fl.check_cases(survey_of({"a": FORCED}))
    assert "persons = fl.classify(survey)" in str(error.value)
    assert "fl.classify(survey)" in str(error.value)


# How many of ten workers have no industry, and whether a rate by it is warned of.
@pytest.mark.parametrize(("blank", "warned"), [(0, False), (5, False), (6, True), (10, True)])
def test_a_job_that_most_workers_do_not_have_is_told(
    classified_of: Callable[..., fl.ClassifiedSurvey], blank: int, warned: bool
) -> None:
    persons = {f"p{i}": {"isic": "" if i < blank else "0111"} for i in range(10)}
    keys = {
        "sectors.job": {
            "column": "isic",
            "revision": "isic_rev4",
            "digits": 4,
            "job": "all_workers",
            "population": "adults",
        }
    }
    table = fl.check_cases(classified_of(persons, keys))
    rows = table[table["what"].str.startswith("most of adults have no code here")]
    assert rows["count"].tolist() == (["about 10"] if warned else [])


# How many of ten other workers have a code of the job in forced labour, beside one case who has it.
@pytest.mark.parametrize(("coded", "warned"), [(0, False), (5, False), (6, True), (10, True)])
def test_a_job_of_the_forced_labour_that_most_other_workers_have_is_told(
    classified_of: Callable[..., fl.ClassifiedSurvey], coded: int, warned: bool
) -> None:
    persons = {f"p{i}": {"isic": "0111" if i < coded else "9999" if i % 2 else ""} for i in range(10)} | {
        "case": FORCED | {"isic": "0111"}
    }
    job = {"column": "isic", "revision": "isic_rev4", "digits": 4, "job": "forced_labour", "missing": 9999}
    table = fl.check_cases(classified_of(persons, {"sectors.job": job}))
    rows = table[table["what"].str.startswith("most workers who are not in forced labour have a code here")]
    assert rows["severity"].tolist() == (["warning"] if warned else [])
    assert ["say job: all_workers" in do for do in rows["do"]] == [True] * warned
