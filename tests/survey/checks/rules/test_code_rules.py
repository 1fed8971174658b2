"""Tests that codes of a select-multiple question that survey.yaml does not name stop the estimate, at any
place of the text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.checks.rules.code_rules import code_rules
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.printed_values import Mask

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
DEBT = {"column": "penalty", "contains": 1, "no": [0, 2], "dont_know": 98}
OTHER = {"column": "penalty", "contains": 3, "no": 0, "dont_know": 98}


def code_findings(survey: fl.Survey, mask: Mask) -> list[Finding]:
    return apply_rules(code_rules(survey, mask), survey.frame, mask)


KEYS = {"items.coercion.debt_bondage": DEBT, "items.coercion.other_penalty": OTHER}


def read(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, texts: list[str], **keys: Any
) -> fl.Survey:
    penalty = texts + ["0"] * (len(people) - len(texts))
    return fl.read_survey(write(changed(spec, KEYS | keys), people=people.assign(penalty=penalty)))


def test_codes_that_some_question_of_the_column_names_are_known(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    survey = read(spec, people, write, changed, ["1 3", "2;1", "98", "3,0", "", "R 1"])
    assert code_findings(survey, Mask(5)) == []  # R is refused, of `answers`
    gate = {"items.involuntary.hazardous_work.routing": {"column": "penalty", "asked": [1, 5]}}
    assert code_findings(read(spec, people, write, changed, ["5 1"], **gate), Mask(5)) == []


def test_codes_that_nobody_names_are_counted_by_person_and_printed_as_far_as_may_be(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    survey = read(spec, people, write, changed, ["1 7"] * 5 + ["7 9", "|", "1"])
    (found,) = code_findings(survey, Mask(5))
    assert (found.severity, found.check, found.where) == (
        "error",
        "unknown codes",
        "penalty (items.coercion.debt_bondage)",
    )
    assert (found.what, found.count) == (
        "codes of options that survey.yaml does not name: 7 and 1 other value",
        7,
    )
    assert "items.coercion.debt_bondage: contains, no, dont_know or refused" in found.do
    assert (
        code_findings(survey, Mask(5, off=True))[0].what
        == "codes of options that survey.yaml does not name: 7, 9"
    )
    with pytest.raises(
        DataError,
        match=(
            r"penalty .*: codes of options that survey.yaml does not name: 7 and 1 other value \(about "
            r"10\)"
        ),
    ):
        fl.classify(survey)


def test_a_separator_that_is_not_the_files_shows(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "items.coercion.debt_bondage": DEBT | {"separator": ";"},
        "items.coercion.other_penalty": OTHER | {"separator": ";"},
    }
    assert code_findings(read(spec, people, write, changed, ["1; 3"], **keys), Mask(5)) == []
    (found,) = code_findings(read(spec, people, write, changed, ["1 3"] * 6, **keys), Mask(5))
    assert found.what == "codes of options that survey.yaml does not name: 1 value, not printed"
    assert "under separator" in found.do
