"""Tests the conditions of interviews: counted among persons who answered, printed rounded, and never below
the limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.survey.checks.survey_facts import conditions_in_words, interview_counts, mode_shares

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
MODE = {"column": "how", "codes": {"1": "face to face", "2": "telephone", "3": "telephone"}, "missing": "9"}


@pytest.fixture
def survey(spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change) -> fl.Survey:
    """160 persons, of whom 152 answered: 40 by proxy, 3 not alone, 100 face to face, 50 by telephone, 2 not
    stated."""
    table = pd.concat([people.assign(hh=f"r{i}_" + people["hh"]) for i in range(10)], ignore_index=True)
    table["result"] = ["done"] * 152 + ["out"] * 8
    table["who"] = ["Y"] * 40 + ["N"] * 112 + ["Y"] * 8
    table["near"] = ["N"] * 3 + ["Y"] * 157
    table["how"] = ["1"] * 100 + ["2"] * 30 + ["3"] * 20 + ["9", ""] + ["2"] * 8
    return fl.read_survey(
        write(changed(spec, {"interview": {"proxy": "who", "alone": "near", "mode": MODE}}), people=table)
    )


def test_only_who_answered_is_counted(survey: fl.Survey) -> None:
    assert interview_counts(survey) == {
        "answered": 152,
        "proxy": 40,
        "alone": 3,
        "mode face to face": 100,
        "mode telephone": 50,
    }
    assert mode_shares(survey) == (("face to face", 100 / 150), ("telephone", 50 / 150))


def test_a_share_is_that_of_a_rounded_count_and_a_small_one_is_not_told(survey: fl.Survey) -> None:
    """40, 100 and 50 of 152; 3 are below the limit of 5."""
    assert conditions_in_words(survey) == (
        "answered by somebody else: 26%; somebody else was present: fewer than 5 persons; mode face to "
        "face: 66%; mode telephone: 33%"
    )


def test_nothing_is_told_of_what_survey_yaml_does_not_map(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    survey = fl.read_survey(write(spec, people=people))
    assert (interview_counts(survey), mode_shares(survey), conditions_in_words(survey)) == ({}, (), "")


def test_a_mode_that_survey_yaml_does_not_name_stops(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    people["how"] = ["1"] * 15 + ["7"]
    found = fl.check(
        fl.read_survey(write(changed(spec, {"interview": {"mode": MODE}}), people=people)), show_values=True
    )
    (row,) = found[found["severity"] == "error"].to_dict("records")
    assert (row["where"], row["what"]) == ("how (interview.mode)", "codes that survey.yaml does not name: 7")
    assert row["do"] == "add them under interview.mode, in codes or as missing"
