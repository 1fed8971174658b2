"""Tests that codes to which an SPSS or Stata file gives another meaning than survey.yaml are found, and that
labels which fit are not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl

YES_NO = {1: "Yes", 2: "No", 8: "Don't know"}
LABELS: dict[str, dict[int, str]] = {
    "WORK": YES_NO,
    "INV": YES_NO,
    "COE": YES_NO,
    "SEX": {1: "Male", 2: "Female"},
    "R": {1: "North", 2: "South", 3: "East", 4: "West"},
}
PEOPLE = persons_table([("case", {})] * 4 + [("not", {"R": 2})] * 30 + [("idle", {"R": 3})] * 6)
Findings = list[tuple[str, str, str]]


def survey_with(
    folder: Path, labels: dict[str, dict[int, str]], kind: str = "sav", missing: Any = None, **keys: Any
) -> fl.Survey:
    """Returns the survey of `PEOPLE` from a labelled file, with some dotted keys of survey.yaml changed."""
    spec: dict[str, Any] = copy.deepcopy(SPEC)
    spec["files"]["person"]["path"] = f"persons.{kind}"
    spec.pop("sectors")
    for dotted, value in keys.items():
        *path, last = dotted.split("__")
        here = spec
        for step in path:
            here = here[step]
        here[last] = value
    table = PEOPLE.drop(columns=["ISIC", "FISIC"]).apply(pd.to_numeric)
    if kind == "dta":
        pyreadstat.write_dta(table, str(folder / "persons.dta"), variable_value_labels=labels)
    else:
        pyreadstat.write_sav(
            table, str(folder / "persons.sav"), variable_value_labels=labels, missing_ranges=missing
        )
    return fl.read_survey(write_survey(folder, spec))


def found(survey: fl.Survey) -> Findings:
    table = fl.check(survey).query("check == 'labels'")
    return list(table[["severity", "where", "what"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_labels_that_fit_are_silent(tmp_path: Path, kind: str) -> None:
    assert found(survey_with(tmp_path, LABELS, kind)) == []
    assert fl.prevalence(fl.classify(survey_with(tmp_path, LABELS, kind))).table.loc[0, "estimate"] == 0.1


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_a_yes_that_the_file_calls_no_is_found(tmp_path: Path, kind: str) -> None:
    """With *yes* and *no* of a question swapped, nearly everybody is a case: 0.85 in place of 0.1."""
    swapped = {"yes": 2, "no": 1, "dont_know": 8}
    survey = survey_with(
        tmp_path,
        LABELS,
        kind,
        items__involuntary__very_low_or_no_wages={"column": "INV"} | swapped,
        items__coercion__withheld_wages={"column": "COE"} | swapped,
    )
    says = (
        "the file gives codes another meaning than survey.yaml: 2 is 'No' in the file and yes in survey.yaml"
    )
    assert [(severity, where) for severity, where, _ in found(survey)] == [
        ("warning", "INV"),
        ("warning", "COE"),
    ]
    assert all(what.startswith(says) for *_, what in found(survey))
    assert fl.prevalence(fl.classify(survey)).table.loc[0, "estimate"] == 0.75


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        # Asked in both directions: could you leave? No counts.
        (
            {},
            {
                "items__involuntary": {
                    "no_freedom_to_leave": {"column": "INV", "yes": 2, "no": 1, "dont_know": 8}
                }
            },
        ),
        ({"INV": {1: "It happened", 2: "Never happened"}}, {}),
        ({"INV": {1: "Sí", 2: "No", 8: "No sabe"}}, {}),
        ({"INV": {1: "是", 2: "否"}}, {}),
        ({"INV": {8: "Refused"}}, {}),  # don't know and refused have one effect
        ({"INV": {}}, {}),
        ({"R": {1: "Région 1", 2: "Région 2"}}, {}),
        ({"R": {1: "NORTH ", 2: "south"}}, {}),
        ({"SEX": {1: "homme", 2: "femme"}}, {}),
        ({"SEX": {1: "1", 2: "2"}}, {}),
    ],
)
def test_other_words_for_the_same_meaning_are_silent(
    tmp_path: Path, labels: dict[str, dict[int, str]], keys: dict[str, Any]
) -> None:
    assert found(survey_with(tmp_path, LABELS | labels, **keys)) == []


@pytest.mark.parametrize(
    ("labels", "where", "codes"),
    [
        (
            {"SEX": {1: "Female", 2: "Male"}},
            "groups.sex",
            ["1 is 'Female' in the file and men", "2 is 'Male'"],
        ),
        ({"SEX": {1: "mujer", 2: "hombre"}}, "groups.sex", ["1 is 'mujer'", "2 is 'hombre'"]),
        (
            {"R": {1: "West", 2: "North", 3: "South", 4: "East"}},
            "groups.region",
            ["1 is 'West' in the file and north", "2 is 'North' in the file and south", "3 is 'South'"],
        ),
    ],
)
def test_categories_that_are_swapped_or_shifted_are_found(
    tmp_path: Path, labels: dict[str, dict[int, str]], where: str, codes: list[str]
) -> None:
    ((severity, place, what),) = found(survey_with(tmp_path, LABELS | labels))
    assert (severity, place) == ("warning", where)
    assert all(code in what for code in codes)


def test_a_code_that_the_file_declares_missing_and_counts_as_yes_is_found(tmp_path: Path) -> None:
    missing = {"INV": [{"lo": 1, "hi": 1}]}
    ((severity, where, what),) = found(survey_with(tmp_path, LABELS, missing=missing))
    assert (severity, where) == ("warning", "INV")
    assert (
        what
        == "codes that the file declares missing count as an answer: 1 is 'Yes' in the file and yes in survey.yaml"
    )
    assert found(survey_with(tmp_path, LABELS, missing={"INV": [{"lo": 8, "hi": 9}]})) == []


def test_one_entry_of_accept_makes_it_a_note(tmp_path: Path) -> None:
    labels = LABELS | {"SEX": {1: "Female", 2: "Male"}}
    why = [{"finding": "labels", "column": "groups.sex", "why": "the labels of the file are wrong"}]
    assert [severity for severity, *_ in found(survey_with(tmp_path, labels, accept=why))] == ["note"]
