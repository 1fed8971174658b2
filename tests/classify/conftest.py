"""Persons as dicts of answers. Whoever answers nothing else is 30 years old, worked, and says no to
everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
from shared_surveys import classified
from small_surveys import write_survey

import fltoolkit as fl
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec

INVOLUNTARY, COERCION = get_args(InvoluntaryItem), get_args(CoercionItem)
FREE = {"weight": 1, "years": 30, "paid": "J", "own": "N", **dict.fromkeys((*INVOLUNTARY, *COERCION), "N")}


@pytest.fixture
def spec() -> dict[str, Any]:
    return answers_spec()


def answers_spec() -> dict[str, Any]:
    """Every item has a question of its own name; J is yes, N no, W don't know, V refused, X not
    applicable."""
    return {
        "title": "Answers",
        "country": "Testland",
        "year": 2024,
        "reference_period": {"months": 24, "text": "the last two years"},
        "files": {"person": {"path": "people.csv", "key": "who"}},
        "design": {"weight": "weight", "selection": "srs"},
        "age": {"column": "years", "missing": 99},
        "answers": {
            "yes": "J",
            "no": "N",
            "dont_know": "W",
            "refused": "V",
            "not_applicable": "X",
            "not_applicable_means": "unresolved",
        },
        "any_work": ["paid", "own"],
        "items": {
            "involuntary": {item: item for item in INVOLUNTARY},
            "coercion": {item: item for item in COERCION},
        },
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "persons aged 18 and over", "age": {"min": 18}}},
        "coverage_excludes": [],
    }


Persons = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def survey_of(
    spec: dict[str, Any], write: Callable[..., Path], changed: Callable[..., dict[str, Any]]
) -> Callable[..., fl.Survey]:
    """Persons, what else survey.yaml says, and other files, read as a survey."""

    def survey(persons: Persons, keys: Mapping[str, Any] | None = None, **tables: pd.DataFrame) -> fl.Survey:
        return fl.read_survey(write(changed(spec, keys or {}), people=people_table(persons), **tables))

    return survey


@pytest.fixture
def spec_of(
    spec: dict[str, Any], write: Callable[..., Path], changed: Callable[..., dict[str, Any]]
) -> Callable[..., SurveySpec]:
    """What survey.yaml says with some keys changed; no data are read."""
    return lambda keys=None: read_spec(write(changed(spec, keys or {})))


@pytest.fixture
def classified_of(
    spec: dict[str, Any], write: Callable[..., Path], changed: Callable[..., dict[str, Any]]
) -> Callable[..., fl.ClassifiedSurvey]:
    """As `survey_of`, classified without checks and shared with other tests."""

    def made(
        persons: Persons,
        keys: Mapping[str, Any] | None = None,
        rules: str = "icls_2018",
        **tables: pd.DataFrame,
    ) -> fl.ClassifiedSurvey:
        return classified(write(changed(spec, keys or {}), people=people_table(persons), **tables), rules)

    return made


def people_table(persons: Persons) -> pd.DataFrame:
    return pd.DataFrame([{"who": name, **FREE, **answers} for name, answers in persons.items()])


def columns(survey: fl.Survey, *names: str) -> dict[str, dict[str, Any]]:
    """By person, the columns named: true, false or None, text or None, numbers or None."""
    frame = survey.frame
    if isinstance(survey, fl.ClassifiedSurvey):
        frame = frame.with_columns(survey.trace.alias("trace"), survey.short_trace.alias("short_trace"))
    got = frame.select(["src__who", *names]).collect("pandas").to_native().set_index("src__who")
    return {
        str(who): {name: None if pd.isna(row[name]) else row[name] for name in names}
        for who, row in got.iterrows()
    }


@pytest.fixture
def one(classified_of: Callable[..., fl.ClassifiedSurvey]) -> Callable[..., dict[str, Any]]:
    """One column of the classified persons, by name."""

    def read(
        column: str,
        persons: Persons,
        keys: Mapping[str, Any] | None = None,
        rules: str = "icls_2018",
        **tables: Any,
    ) -> dict[str, Any]:
        found = columns(classified_of(persons, keys, rules, **tables), column)
        return {who: row[column] for who, row in found.items()}

    return read


@pytest.fixture
def table(classified_of: Callable[..., fl.ClassifiedSurvey]) -> Callable[..., dict[str, dict[str, Any]]]:
    """Several columns of the classified persons, by name."""

    def read(
        names: str, persons: Persons, keys: Mapping[str, Any] | None = None, **tables: Any
    ) -> dict[str, dict[str, Any]]:
        return columns(classified_of(persons, keys, **tables), *names.split())

    return read


@pytest.fixture(scope="module")
def shared_table(
    tmp_path_factory: pytest.TempPathFactory, changed: Callable[..., dict[str, Any]]
) -> Callable[..., Any]:
    """As `table`, for persons of whom each test of a module looks at its own: they are classified together,
    once."""

    def read(
        names: str, persons: Persons, keys: Mapping[str, Any] | None = None
    ) -> dict[str, dict[str, Any]]:
        path = write_survey(
            tmp_path_factory.mktemp("shared"),
            changed(answers_spec(), keys or {}),
            people=people_table(persons),
        )
        return columns(classified(path), *names.split())

    return read
