"""Tests the counts of corrections: by column and reason, rounded. Only private files have the rows
themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.correction_counts import corrected_rows

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


def test_counts_are_by_column_and_reason_and_no_number_is_exact(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    rows = [{"hh": f"h{i // 2}", "line": i % 2 + 1} for i in range(16)]
    corrections = [
        {"rows": rows[:4], "column": "age", "value": 41, "why": "typed twice"},
        {"rows": rows[4:7], "column": "age", "value": 42, "why": "typed twice"},
        {"rows": rows[:4], "column": "sex", "value": 1, "why": "read from the name"},
        {"where": {"line": [1, 2]}, "column": "w", "value": 2.5, "why": "as it is"},
    ]
    survey = fl.read_survey(write(changed(spec, {"corrections": corrections}), people=people))
    assert fl.corrections(survey).to_numpy().tolist() == [
        ["age", "typed twice", "about 10"],  # seven of them
        ["sex", "read from the name", "fewer than 5"],
        ["w", "as it is", 0],
    ]
    found = fl.check(survey)
    told = found[found["check"] == "corrections"]
    assert told[["severity", "where", "what", "count"]].to_numpy().tolist() == [
        ["warning", "w", "entry 4 of corrections changes nothing: its rows have this value already", ""],
        ["note", "age", "corrected: typed twice", "about 10"],
        ["note", "sex", "corrected: read from the name", "fewer than 5"],
    ]


def test_without_corrections_the_tables_are_empty(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    survey = fl.read_survey(write(spec, people=people))
    assert list(fl.corrections(survey)) == ["column", "why", "rows"]
    assert list(corrected_rows(survey)) == [
        "entry",
        "column",
        "before",
        "after",
        "why",
        "evidence",
        "file",
        "hh",
        "line",
    ]
    assert fl.corrections(survey).empty
    assert corrected_rows(survey).empty


def test_rows_stand_in_the_order_of_survey_yaml_with_their_values(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    corrections = [
        {"where": {"age": {"min": 34}}, "column": "age", "value": "missing", "why": "too old"},
        {
            "rows": {"hh": "h0", "line": 2},
            "column": "q1",
            "value": "R",
            "why": "refused it",
            "evidence": "form 9",
        },
    ]
    found = corrected_rows(fl.read_survey(write(changed(spec, {"corrections": corrections}), people=people)))
    assert found.to_numpy().tolist() == [
        [1, "age", "34", "", "too old", "", "people.csv", "h7", "1"],
        [1, "age", "35", "", "too old", "", "people.csv", "h7", "2"],
        [2, "q1", "N", "R", "refused it", "form 9", "people.csv", "h0", "2"],
    ]


def test_a_file_that_changed_gives_no_rows(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fltoolkit.survey.person_rows.HELD", 0)
    one = {"rows": {"hh": "h0", "line": 1}, "column": "age", "value": 41, "why": "a slip"}
    path = write(changed(spec, {"corrections": [one]}), people=people)
    survey = fl.read_survey(path)
    assert corrected_rows(survey)["before"].to_list() == ["20"]
    (path.parent / "people.csv").write_text("other", encoding="utf-8")
    with pytest.raises(DataError, match="changed"):
        corrected_rows(survey)
