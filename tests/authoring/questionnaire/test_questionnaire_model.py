"""Tests the content of questionnaire.yaml: the codes for yes and no, the questions of a gate, and
contradictions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError
from small_questionnaire import QUESTIONNAIRE, asks, en, questionnaire

from fltoolkit.authoring.questionnaire.questionnaire_model import Question


def test_a_code_means_yes_no_or_neither_and_a_gate_has_codes_of_its_own() -> None:
    asked = questionnaire()
    assert [asked.codes_meaning("worked", what) for what in ("yes", "no", "not no")] == [
        ["1"],
        ["2"],
        ["1", "8", "9"],
    ]
    assert [asked.codes_meaning("violence", what) for what in ("yes", "no", "not no")] == [
        ["1", "3"],
        ["2"],
        ["1", "3", "8", "9"],
    ]
    assert [asked.codes_meaning("case_asked", what) for what in ("yes", "no", "not no")] == [
        ["1"],
        ["2"],
        ["1", "3"],
    ]


def test_a_gate_rests_on_the_questions_of_its_sections_that_can_be_answered_no() -> None:
    asked = questionnaire(gates__all_asked=["coercion", "worked", "hazard"])
    assert list(asked.questions_of_gate("case_asked")) == ["low_pay", "hazard"]
    assert list(asked.questions_of_gate("all_asked")) == [
        "violence",
        "worked",
        "hazard",
    ]  # a place is no yes or no
    assert asked.section_of("hazard") is asked.section_of("involuntary") is asked.sections["involuntary"]
    assert asked.section_of("sex") is None


def test_questions_come_in_the_order_of_the_form() -> None:
    assert [name for name, _ in questionnaire().all_questions()] == [
        "members",
        "called",
        "household",
        "line",
        "weight",
        "age",
        "sex",
        "worked",
        "low_pay",
        "hazard",
        "violence",
        "abroad",
        "end",
    ]


def test_some_keys_take_one_column_and_a_calculation_is_never_seen() -> None:
    keys = ("groups.sex", "place", "months", "any_work", "items.coercion.debt_bondage", "grouped")
    assert [Question(key=key).single for key in keys] == [True, True, True, False, False, False]
    seen = [Question(type=kind).seen for kind in ("select", "note", "text", "calculate", "hidden", "today")]  # type: ignore[arg-type]
    assert seen == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"interview__worked": asks("yes_no", "any_work")},
            "worked is the name of two questions, sections or gates",
        ),
        ({"gates__work": ["worked"]}, "work is the name of two questions, sections or gates"),
        ({"repeats__visit": en("Visit")}, "repeats: name interview and member"),
        ({"interview__sex__choices": ""}, "sex: say choices, or another type"),
        ({"interview__sex__label": {}}, "sex: label is required"),
        ({"interview__sex__choices": "genders"}, "sex: no list of choices genders"),
        ({"check__choices": "stop"}, "check: no list of choices stop"),
        ({"interview__sex__when": "${old} = 1"}, "sex names old, which is not asked"),
        ({"sections__coercion__gate": ["case"]}, "coercion names case, which is not asked"),
        ({"sections__coercion__gate": ["abroad"]}, "coercion: its gate abroad can not say no"),
        ({"gates__more_asked": ["works"]}, "gates.more_asked names works, which is not asked"),
        (
            {"gates__more_asked": ["abroad"]},
            "gates.more_asked depends on no question that can be answered no",
        ),
        ({"interview__sex__label": {"fr": "Sexe ?"}}, "label has fr, not en: Sexe ?"),
        ({"languages__fr": "Français (fr)"}, "title has en, not en, fr: Small"),
    ],
)
def test_what_does_not_hold_together_is_named(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(told)):
        questionnaire(**changed)


def test_the_members_of_a_household_may_be_named_anywhere() -> None:
    """The form's own repeat is no question, and is always there."""
    assert questionnaire(interview__sex__when="${member} != ''").interview["sex"].when == "${member} != ''"
    assert questionnaire().model_dump()["form"] == QUESTIONNAIRE["form"]
