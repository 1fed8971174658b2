"""Tests which values of the data a message prints, and that no finding prints another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.survey.printed_values import Mask


@pytest.mark.parametrize(
    ("persons", "distinct", "told"),
    [
        ({"7": 5}, 3, "7"),
        ({"7": 4}, 3, "1 value, not printed"),  # fewer persons than the limit
        ({"7": 5, "8": 4, "9": 1}, 5, "7 and 2 other values"),
        ({"yes now": 50}, 3, "1 value, not printed"),  # a blank
        ({"forcing": 50}, 3, "1 value, not printed"),  # seven characters
        ({"forced": 50}, 3, "forced"),
        ({"7": 50}, 51, "1 value, not printed"),  # a column of identifiers or text
        ({str(i): 9 for i in range(40)}, 50, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 28 other values"),
    ],
)
def test_a_value_is_printed_only_if_it_is_short_shared_and_a_code(
    persons: dict[str, int], distinct: int, told: str
) -> None:
    assert Mask(limit=5).printed(persons, distinct) == told


def test_a_limit_of_zero_still_asks_for_a_person() -> None:
    assert Mask(limit=0).printed({"7": 0}, 1) == "1 value, not printed"
    assert Mask(limit=0).printed({"7": 1}, 1) == "7"


SECRETS = ["Marta Lopez", "beaten", "0612345678", "4711"]


def test_no_finding_prints_what_one_person_said(
    spec: dict[str, Any], people: pd.DataFrame, write: Callable[..., Path], changed: Callable[..., Any]
) -> None:
    """Free text in coded questions, in the module's status, in a group's column, and in an industry code."""
    table = people.astype(object)
    for column, row in (("q1", 0), ("q2", 1), ("sex", 2), ("result", 3)):
        table.loc[row, column] = SECRETS[row]
    table["isic"] = [*SECRETS, *["0111"] * (len(table) - len(SECRETS))]
    sector = {
        "column": "isic",
        "revision": "isic_rev4",
        "digits": 4,
        "job": "all_workers",
        "population": next(iter(spec["populations"])),
    }
    survey = fl.read_survey(write(changed(spec, {"sectors.s": sector}), people=table))
    told = fl.check(survey).to_csv()
    assert not [secret for secret in SECRETS if secret in told]
    with pytest.raises(fl.errors.DataError) as raised:
        fl.classify(survey)
    assert not [secret for secret in SECRETS if secret in str(raised.value)]
    assert all(secret in fl.check(survey, show_values=True).to_csv() for secret in SECRETS)


def test_a_group_that_names_the_wrong_column_prints_no_household(
    spec: dict[str, Any], people: pd.DataFrame, write: Callable[..., Path], changed: Callable[..., Any]
) -> None:
    survey = fl.read_survey(write(changed(spec, {"groups.sex.column": "hh"}), people=people))
    told = fl.check(survey).query("check == 'unknown codes'")["what"].tolist()
    households = people["hh"].nunique()
    assert told == [f"codes that survey.yaml does not name: {households} values, not printed"]


def test_labels_of_units_are_told_as_codes_are(people: pd.DataFrame) -> None:
    """A household number as the PSU of a bare design, and a row that is not there."""
    table = people.assign(
        w=1.0, psu=[f"home of {name}" for name in people["hh"]], stratum=range(len(people)), y=1
    )
    design = fl.SurveyDesign(table, weight="w", strata="stratum", psu="psu")
    with pytest.raises(fl.errors.DesignError) as raised:
        fl.mean(design, "y")
    assert "home of" not in str(raised.value)
    whole = fl.mean(fl.SurveyDesign(table, weight="w"), "y", by="psu")
    with pytest.raises(fl.errors.RequestError) as raised:
        whole.contrast({"gap": {"nobody": 1}})
    assert "home of" not in str(raised.value)
