"""Tests the characteristics of cases: which there are, their order, and their value for each case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shared_surveys
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.classify.characteristics import ANSWERS, duration_bands, with_characteristics
from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.questions import Months

QUESTIONS: dict[str, Any] = {
    "involuntary": {
        "very_low_or_no_wages": {"column": "INV", "stage": "work"},
        "different_job": [{"column": "JOB", "stage": "recruitment"}, {"column": "JOB2", "stage": "work"}],
    },
    "coercion": {
        "withheld_wages": {"column": "COE", "stage": "work"},
        "threats_or_violence": [
            {"column": "HIT"},
            {"column": "SEEN", "mode": "witnessed", "stage": "leaving"},
        ],
    },
}
# As they answered: a case in bonded work, one who does not know, one for over a year; and somebody who is no
# case.
PEOPLE = [
    ("case", {"JOB": 1, "JOB2": 2, "HIT": 2, "SEEN": 1, "FORM": 1, "M": 2}),
    ("case", {"JOB": 8, "JOB2": 2, "HIT": 8, "SEEN": 2, "FORM": 9, "M": 98}),
    ("case", {"JOB": 2, "JOB2": 1, "HIT": 1, "SEEN": 2, "FORM": 3, "M": 12}),
    ("not", {"JOB": 1, "JOB2": 1, "HIT": 2, "SEEN": 2, "FORM": "", "M": ""}),
]


def classified(folder: Path, **own: Any) -> fl.ClassifiedSurvey:
    spec = SPEC | {
        "items": QUESTIONS,
        "form": {"column": "FORM", "forced_labour_exploitation": 1, "state_imposed": 3, "missing": 9},
        "months": {"column": "M", "covers": "all_spells", "missing": 98},
    }
    return shared_surveys.classified(write_survey(folder, spec | own, persons=persons_table(PEOPLE)))


def answers(persons: fl.ClassifiedSurvey, *, children: bool = False) -> tuple[list[str], pd.Series]:
    told = with_characteristics(persons, children=children)
    table = (
        told.persons.frame.select("forced_labour", "fl__key", ANSWERS)
        .collect("pandas")
        .to_native()
        .sort_values("fl__key")
    )
    return [f"{topic}: {name}" for topic, name in told.of], table[ANSWERS].reset_index(drop=True)


def test_each_case_has_a_letter_for_each_characteristic_and_others_have_none(tmp_path: Path) -> None:
    names, letters = answers(classified(tmp_path))
    wanted = {
        "involuntary: very_low_or_no_wages": "yyy",
        "involuntary: different_job": "yuy",
        "coercion: withheld_wages": "yyy",
        "coercion: threats_or_violence": "yuy",
        "involuntary_stage: recruitment": "yun",
        "involuntary_stage: work": "yyy",
        "coercion_mode: experienced": "yyy",
        "coercion_mode: witnessed": "ynn",
        "form: state_imposed": "nuy",
        "form: forced_labour_exploitation": "yun",
        "duration: less than 3 months": "yun",
        "duration: 3 to less than 6 months": "nun",
        "duration: 6 to less than 12 months": "nun",
        "duration: 12 months and more": "nuy",
    }
    assert names == list(wanted)
    assert {name: "".join(text[k] for text in letters[:3]) for k, name in enumerate(names)} == wanted
    assert letters[3:].isna().all()


def test_a_side_with_a_question_without_stage_has_no_stages(tmp_path: Path) -> None:
    """`HIT` has none: somebody who was hit at an unknown stage would count as not coerced at any."""
    names, _ = answers(classified(tmp_path))
    assert not [name for name in names if name.startswith(("coercion_stage", "involuntary_mode"))]


def test_without_form_and_months_there_are_items_alone(tmp_path: Path) -> None:
    names, _ = answers(classified(tmp_path, form=None, months=None))
    assert {name.partition(":")[0] for name in names} == {
        "involuntary",
        "coercion",
        "involuntary_stage",
        "coercion_mode",
    }


def test_bands_of_months_meet_and_cover_all() -> None:
    bands = duration_bands(Months(column="M", covers="all_spells", bands=(2, 7)))
    assert bands == {
        "less than 2 months": (0, 2),
        "2 to less than 7 months": (2, 7),
        "7 months and more": (7, None),
    }


@pytest.mark.parametrize("bands", [[3, 3], [6, 3], [0, 3], []])
def test_bands_that_do_not_rise_are_refused(tmp_path: Path, bands: list[int]) -> None:
    with pytest.raises(SpecError, match="bands"):
        classified(tmp_path, months={"column": "M", "covers": "all_spells", "bands": bands})
