"""Tests the type of a classified survey: what it has besides the survey, and that estimates of forced labour
accept nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError

PEOPLE = {"case": {"hazardous_work": "J", "debt_bondage": "J"}, "free": {}}


def test_a_classified_survey_holds_what_the_rule_set_found_in_the_questionnaire(
    survey_of: Callable[..., fl.Survey],
) -> None:
    survey = survey_of(PEOPLE, {"items.coercion.other_penalty": None})
    persons = fl.classify(survey)
    assert persons.rules.startswith("icls_2018 v")
    assert persons.lacking["coercion"] == ("other_penalty",)
    assert persons.lacking["involuntary"] == ()
    asked = persons.item_columns["coercion"]
    assert "debt_bondage" in asked
    assert "other_penalty" not in asked
    assert set(asked["debt_bondage"]) <= set(persons.frame.collect_schema().names())


def test_the_survey_stays_as_it_was_read(survey_of: Callable[..., fl.Survey]) -> None:
    survey = survey_of(PEOPLE)
    persons = fl.classify(survey)
    assert persons.unclassified is survey
    assert "forced_labour" in persons.frame.collect_schema().names()
    assert "forced_labour" not in survey.frame.collect_schema().names()


@pytest.mark.parametrize("verb", [fl.prevalence, fl.total, lambda design: fl.quantile(design, "weight")])
def test_estimates_take_no_survey_that_is_not_classified(
    survey_of: Callable[..., fl.Survey], verb: Callable[..., Any]
) -> None:
    with pytest.raises(RequestError, match=r"not classified yet(.|\n)*fl\.classify"):
        verb(survey_of(PEOPLE))
