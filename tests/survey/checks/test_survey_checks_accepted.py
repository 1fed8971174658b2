"""Tests accepted findings: they become warnings with their reason, some errors can never be accepted, and an
entry without a finding is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.checks.survey_checks import finding_rows, unused_entries, with_acceptance
from fltoolkit.survey.spec.corrections import Accepted

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
SINGLE = Finding("error", "age", "AGE", "ages", 3, "correct", acceptable=True)
WHY = Accepted(finding="age", column="AGE", why="asked twice")


def test_an_accepted_error_is_a_warning_with_its_reason() -> None:
    (found,) = with_acceptance([SINGLE], [WHY])
    assert (found.severity, found.what, found.do) == (
        "warning",
        "ages; accepted: asked twice",
        "nothing: survey.yaml accepts it",
    )


def test_one_that_is_not_accepted_says_how_it_may_be() -> None:
    other = Accepted(finding="age", column="AGE2", why="asked twice")
    (stays,), (unused,) = with_acceptance([SINGLE], [other]), unused_entries([SINGLE], [other])
    assert stays.severity == "error"
    assert stays.do == (
        "correct; or correct the rows under corrections:, or name the finding under accept: with the "
        "reason why it is right"
    )
    assert unused == CheckRule("accept_without_finding", "AGE2", count="", values={"check": "age"})


def test_what_no_estimate_can_be_made_of_stays_an_error() -> None:
    bad = Finding("error", "age", "AGE", "ages that are not numbers", 3, "give years")
    accepted, refused = with_acceptance([SINGLE, bad], [WHY])
    assert accepted.severity == "warning"
    assert (refused.severity, refused.do) == (
        "error",
        "give years; accept: does not help here, because no estimate can be made from such data",
    )


def test_warnings_and_notes_stay_as_they_are() -> None:
    found = [
        Finding("warning", "age", "AGE", "not stated", 3, "ask"),
        Finding("note", "module", "M", "refused", 3, "confirm"),
    ]
    assert with_acceptance(found, []) == found


@pytest.mark.parametrize(
    ("cells", "finding", "column", "rows"),
    [
        ({"age": {2: 130}}, "age", "age", [["h1", "1"]]),
        ({"w": {3: 0, 4: 0}}, "weights", "w", [["h1", "2"], ["h2", "1"]]),
        ({"worked": {5: "N"}}, "routing", "q1", [["h2", "2"]]),
    ],
)
def test_a_finding_about_single_rows_stops_until_it_is_accepted(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    cells: dict[str, dict[int, Any]],
    finding: str,
    column: str,
    rows: list[list[str]],
) -> None:
    for name, values in cells.items():
        people[name] = people[name].astype(object)
        for i, value in values.items():
            people.loc[i, name] = value
    if finding == "routing":
        people.loc[5, "q2"] = ""
    survey = fl.read_survey(write(spec, people=people))
    with pytest.raises(DataError, match=r"1 finding\(s\) stop the estimate"):
        fl.classify(survey)
    assert finding_rows(survey)[["hh", "line"]].to_numpy().tolist() == rows
    why = {"finding": finding, "column": column, "why": "we rang: it is so"}
    accepted = fl.read_survey(write(changed(spec, {"accept": [why]}), people=people))
    assert fl.prevalence(fl.classify(accepted)).table.loc[0, "cases"] == 1
    (told,) = fl.check(accepted).query("severity == 'warning'")["what"]
    assert told.endswith("; accepted: we rang: it is so")


def test_another_finding_of_the_same_check_and_column_does_not_keep_an_entry() -> None:
    missing = Finding("warning", "age", "AGE", "age not stated", 3, "ask")
    assert with_acceptance([missing], [WHY]) == [missing]
    assert [rule.kind for rule in unused_entries([missing], [WHY])] == ["accept_without_finding"]
    assert list(unused_entries([SINGLE], [WHY])) == []


def test_an_accepted_warning_is_a_note_and_one_that_is_not_says_how() -> None:
    left_out = Finding(
        "warning",
        "items",
        "items.involuntary.no_freedom_to_leave",
        "no question",
        "",
        "name it",
        acceptable=True,
    )
    why = Accepted(finding="items", column=left_out.where, why="the pilot had none")
    (found,) = with_acceptance([left_out], [why])
    assert (found.severity, found.what) == ("note", "no question; accepted: the pilot had none")
    (open_,) = with_acceptance([left_out], [])
    assert (open_.severity, open_.do) == (
        "warning",
        "name it; or name the finding under accept: with the reason why it is right",
    )
