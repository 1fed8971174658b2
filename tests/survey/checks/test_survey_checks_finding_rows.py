"""Tests the rows behind findings: errors and warnings about single rows have their file and key, and notes
have none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import fltoolkit as fl
from fltoolkit.survey.checks.survey_checks import finding_rows

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


def test_each_row_of_an_error_or_a_warning_is_named_by_its_key_and_no_row_of_a_note(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    people.loc[[5, 2], "w"] = [-1.0, -2.0]
    people.loc[7, "w"] = 0.0
    people.loc[9, "q1"] = "D"  # don't know: a note
    people.loc[10, "q2"] = ""  # a blank: a warning about a column, not about single rows
    found = finding_rows(fl.read_survey(write(spec, people=people)))
    assert list(found) == ["check", "where", "what", "file", "hh", "line"]
    assert found.to_numpy().tolist() == [
        ["weights", "w", "negative or infinite weights", "people.csv", "h1", "1"],
        ["weights", "w", "negative or infinite weights", "people.csv", "h2", "2"],
        [
            "weights",
            "w",
            "weights of zero: these persons answered the module, but count in no estimate",
            "people.csv",
            "h3",
            "2",
        ],
    ]


def test_without_findings_there_are_the_columns_and_no_row(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    found = finding_rows(fl.read_survey(write(spec, people=people)))
    assert list(found) == ["check", "where", "what", "file", "hh", "line"]
    assert found.empty


def test_of_pooled_quarters_the_file_is_the_persons_own(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {"files.person.path": ["q1.csv", "q2.csv"], "files.person.weight_factor": [0.5, 0.5]}
    first, second = people.copy(), people.copy()
    first.loc[3, "w"], second.loc[[0, 15], "w"] = -1.0, -1.0
    found = finding_rows(fl.read_survey(write(changed(spec, keys), q1=first, q2=second)))
    assert found[["file", "hh", "line"]].to_numpy().tolist() == [
        ["q1.csv", "h1", "2"],
        ["q2.csv", "h0", "1"],
        ["q2.csv", "h7", "2"],
    ]


def test_a_row_of_a_spell_has_the_spells_key_and_file(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
        "episodes": {"long": "true"},
        "items.involuntary.hazardous_work": "q1",
        "items.coercion.debt_bondage": "q2",
    }
    spells = pd.concat(
        [people[["hh", "line", "q1", "q2"]].assign(spell=s) for s in (1, 2)], ignore_index=True
    )
    spells.loc[17, "q2"] = "X"  # the second spell of the second person
    persons = people.drop(columns=["q1", "q2"])
    persons.loc[0, "age"] = 130
    found = finding_rows(fl.read_survey(write(changed(spec, keys), people=persons, spells=spells)))
    assert found[["check", "where", "file", "hh", "line", "spell"]].fillna("").to_numpy().tolist() == [
        ["unknown codes", "q2 (items.coercion.debt_bondage)", "spells.csv", "h0", "2", "2"],
        ["age", "age", "people.csv", "h0", "1", ""],
    ]


def test_a_row_of_a_module_without_a_person_is_named_by_the_modules_key_and_file(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.module": {"path": "module.csv", "key": {"hh": "house", "line": "no"}},
        "files.household": {"path": "homes.csv", "key": "hh"},
    }
    module = people[["hh", "line", "q1", "q2", "result"]].rename(columns={"hh": "house", "line": "no"})
    module.loc[3, "no"] = 9
    homes = pd.DataFrame({"hh": [f"h{i}" for i in range(9)], "roof": "tin"})
    path = write(
        changed(spec, keys), people=people.drop(columns=["q1", "q2", "result"]), module=module, homes=homes
    )
    found = finding_rows(fl.read_survey(path))
    assert found.fillna("").to_numpy().tolist() == [
        [
            "files",
            "files.household",
            "rows of the household file without a person; left out",
            "homes.csv",
            "h8",
            "",
        ],
        [
            "files",
            "files.module",
            "rows of the module file without a person; left out",
            "module.csv",
            "h1",
            "9",
        ],
    ]
