"""Tests that a population without persons stops the run, and that the message names the condition that nobody
meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.classify.group_columns import refuse_empty_populations
from fltoolkit.errors import DataError

SurveyOf = Callable[..., fl.Survey]

PERSONS = {str(i): {"years": 18 + i, "sex": "f" if i % 2 else "m", "hours": "1"} for i in range(8)}


def refusal(survey: fl.Survey) -> list[str]:
    """The lines of the message."""
    with pytest.raises(DataError, match="nobody is in this population") as error:
        refuse_empty_populations(survey)
    return str(error.value).splitlines()


def population(**keys: Any) -> dict[str, Any]:
    return {"populations": {"adults": {"label": "adults", **keys}}}


def test_each_condition_is_counted_and_a_few_persons_are_not_told(survey_of: SurveyOf) -> None:
    group = {"sex": {"column": "sex", "codes": {"m": "men", "f": "women"}, "missing": "x"}}
    keys = population(age={"min": 20, "max": 99}, where={"sex": ["x", "d"], "hours": "1"})
    said = "\n".join(refusal(survey_of(PERSONS, {**keys, "groups": group})))
    for words in (
        "populations.adults",
        "persons of the data: about 10",
        "answered the module: about 10",
        "aged 20 or more, or of unknown age: about 10",
        "aged 99 or less, or of unknown age: about 10",
        "sex is x or d: 0",
        "hours is 1: about 10",
        "weight is above 0: about 10",
        "meet all of them: 0",
        "sex holds 2 different value(s), of which survey.yaml names m, f",
        "hours holds 1 different value(s)",
    ):
        assert words in said
    assert "of which survey.yaml names 1" not in said
    assert "children" not in said  # the survey has none
    few = "\n".join(refusal(survey_of(PERSONS, population(age={"min": 23}, where={"sex": "d"}))))
    assert "aged 23 or more, or of unknown age: fewer than 5" in few  # ages 23, 24 and 25


def test_a_weight_of_zero_leaves_nobody_and_is_named(survey_of: SurveyOf) -> None:
    persons = {who: {**answers, "own_weight": 0} for who, answers in PERSONS.items()}
    said = "\n".join(refusal(survey_of(persons, population(weight="own_weight"))))
    assert "own_weight is above 0: 0" in said
    assert "meet all of them: 0" in said
    refuse_empty_populations(
        survey_of({**persons, "0": {**PERSONS["0"], "own_weight": 2}}, population(weight="own_weight"))
    )


def test_an_unknown_age_stays_in_and_a_blank_answer_is_out(survey_of: SurveyOf) -> None:
    persons = {"a": {"years": 99, "sex": ""}, "b": {"years": 20, "sex": "m"}}
    refuse_empty_populations(survey_of(persons, population(age={"min": 65})))  # 99 is the code for no age
    said = "\n".join(refusal(survey_of(persons, population(age={"min": 65}, where={"sex": "m"}))))
    assert "sex is m: fewer than 5" in said
    assert "sex holds 1 different value(s)" in said


def test_a_sum_is_looked_at_by_its_parts_and_children_are_told_from_adults(survey_of: SurveyOf) -> None:
    work = {"done": "helps", "threat": "beaten"}
    keys = {
        "children": {"third_party": work, "with_parents": {"done": "stays", "threat": "scolded"}},
        "populations": {
            "all": {"label": "everybody", "sum_of": ["adults", "young"]},
            "adults": {"label": "adults", "age": {"min": 18}},
            "young": {"label": "children", "age": {"max": 17}},
        },
    }
    answers = dict.fromkeys(("helps", "beaten", "stays", "scolded"), "N")
    grown = {who: {**person, **answers} for who, person in PERSONS.items()}
    said = refusal(survey_of(grown, keys))
    assert any("populations.young" in line for line in said)
    assert any("children: 0" in line for line in said)
    refuse_empty_populations(survey_of({**grown, "child": {"years": 12, **answers}}, keys))
