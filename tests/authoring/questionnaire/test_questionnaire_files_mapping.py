"""Tests the survey.yaml of a questionnaire: codes, modes and routing as a person would write them, and no
column that the form lacks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from small_questionnaire import QUESTIONNAIRE, asks, en, questionnaire

from fltoolkit.authoring.questionnaire.questionnaire_files import HEAD, _as_by_hand, survey_data, survey_text
from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.survey_spec import SurveySpec


def test_whole_numbers_are_written_bare_and_every_other_text_as_it_is() -> None:
    """`²` is a digit to Python, and no number: it was a traceback, as were 5,000 digits."""
    given = ["1", "0", "01", "-1", "\u00b2", "\u0663", "9" * 5000, "1.0", ""]
    assert _as_by_hand(given) == [1, 0, *given[2:]]


def test_a_question_of_several_modes_is_a_question_of_each() -> None:
    routing = {"column": "case_asked", "asked": ["1", "3", "4"], "skipped": ["2"]}  # who stopped was asked
    assert survey_data(questionnaire(), "en")["items"]["coercion"]["threats_or_violence"] == [
        {"column": "violence", "yes": ["1"], "no": ["3", "2"], "mode": "experienced", "routing": routing},
        {"column": "violence", "yes": ["3"], "no": ["1", "2"], "mode": "threatened", "routing": routing},
    ]


def test_usual_codes_are_not_said_and_a_question_of_ones_own_gate_goes_before_its_sections() -> None:
    data = survey_data(questionnaire(), "en")
    assert data["any_work"] == [{"column": "worked"}]
    assert data["items"]["involuntary"] == {
        "very_low_or_no_wages": [
            {
                "column": "low_pay",
                "label": "low pay",
                "routing": {"column": "work_asked", "asked": ["1", "3", "4"], "skipped": ["2"]},
            }
        ],
        # A question that is itself the gate never stops.
        "hazardous_work": [
            {"column": "hazard", "routing": {"column": "low_pay", "asked": ["1", "8", "9"], "skipped": ["2"]}}
        ],
    }
    two = questionnaire(sections__coercion__gate=["case_asked", "worked"])
    either = [
        {"column": "case_asked", "asked": ["1", "3", "4"], "skipped": ["2"]},
        {"column": "worked", "asked": ["1", "8", "9"], "skipped": ["2"]},
    ]
    assert survey_data(two, "en")["items"]["coercion"]["threats_or_violence"][0]["routing"] == {"any": either}


def test_codes_of_one_column_are_named_as_its_key_wants_them() -> None:
    data = survey_data(questionnaire(), "en")
    assert data["groups"]["sex"] == {"column": "sex", "codes": {"1": "men", "2": "women"}, "missing": ["7"]}
    assert data["place"] == {"column": "abroad", "in_country": ["1"], "abroad": ["3"], "missing": ["8", "9"]}
    also = {"revision": "isic_rev4"}
    coded = questionnaire(interview__sex=asks("sexes", "sectors.sector", also=also))
    assert survey_data(coded, "en")["sectors"]["sector"] == {
        "column": "sex",
        "revision": "isic_rev4",
        "missing": ["7"],
    }
    standard = questionnaire(
        interview__sex=asks("places", "groups.area", also={"classification": "area"}),
        choices__places__8=None,
        choices__places__9=None,
    )
    assert survey_data(standard, "en")["groups"]["area"] == {
        "column": "sex",
        "classification": "area",
        "codes": {"1": "in_country", "3": "abroad"},
    }


def test_a_key_for_each_meaning_is_a_key_for_each_code() -> None:
    kinds = {
        "1": {"label": en("Army"), "means": "military_conscription"},
        "3": {"label": en("Flood"), "means": "emergencies"},
        "2": {"label": en("No")},
    }
    asked = questionnaire(
        choices__kinds=kinds, sections__work__questions__why=asks("kinds", "exceptions.kinds.*")
    )
    assert survey_data(asked, "en")["exceptions"]["kinds"] == {
        "military_conscription": [{"column": "why", "yes": ["1"], "no": ["3", "2"]}],
        "emergencies": [{"column": "why", "yes": ["3"], "no": ["1", "2"]}],
    }


def test_the_text_is_the_data_in_the_order_of_the_reference_and_the_questionnaire_is_left_alone() -> None:
    asked = questionnaire()
    text = survey_text(asked, "en", "questionnaire.yaml")
    assert text.startswith("\n".join((*HEAD, "", "title: Small survey\n")))
    read: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    assert read == survey_data(asked, "en")
    assert list(read) == [key for key in SurveySpec.model_fields if key in read]
    assert "  answers:\n" not in text
    assert (
        "answers: {yes: 1, no: 2, dont_know: 8, refused: 9}" in text
    )  # bare: the kit reads every scalar as text
    assert asked.survey == QUESTIONNAIRE["survey"]


def test_a_column_that_the_form_does_not_have_is_named() -> None:
    with pytest.raises(SpecError, match="names columns that the form's interview does not have") as error:
        survey_text(questionnaire(survey__age__column="years"), "en", "questionnaire.yaml")
    assert "found:   years\n" in str(error.value)
