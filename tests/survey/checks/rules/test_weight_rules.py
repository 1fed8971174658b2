"""Tests that weights which add up to the sample, and not to the population, are found unless survey.yaml says
so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]

VARYING, ONES = [0.5, 1.5] * 8, [1.0] * 16
THOUSANDS = [0.25, 0.31] * 8
NEAR_CENSUS = [
    1.1,
    1.2,
    1.05,
    1.3,
] * 4  # a count of nearly everybody, weighted for those who were not reached
DRAWN_DIRECTLY = {"design.psu": None, "design.strata": None}
ACCEPTED = {
    "accept": [
        {"finding": "weights", "column": "w", "why": "calibrated weights of a count of nearly everybody"}
    ]
}
CALIBRATED = {"calibration": {"method": "rake", "margins": {"sex": {"men": 800, "women": 900}}}}


@pytest.mark.parametrize(
    ("weights", "keys", "expected"),
    [
        (VARYING, {}, [("error", "the mean of the weights is about 1")]),
        (VARYING, DRAWN_DIRECTLY, [("error", "the mean of the weights is about 1")]),
        (VARYING, {"design.weights": "normalised"}, []),
        (VARYING, CALIBRATED, []),
        (VARYING, ACCEPTED, [("warning", "accepted: calibrated weights")]),
        (ONES, {}, [("error", "the mean of the weights is about 1")]),
        (ONES, DRAWN_DIRECTLY, [("warning", "right for a census only")]),
        (NEAR_CENSUS, {}, []),
        ([2.5] * 16, {}, []),
        (THOUSANDS, {}, [("error", "less than half of the persons of the sample")]),
        (THOUSANDS, DRAWN_DIRECTLY, [("error", "less than half of the persons of the sample")]),
        (THOUSANDS, {"design.weights": "normalised"}, []),
        (THOUSANDS, CALIBRATED, []),
    ],
)
def test_normalised_weights(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    weights: list[float],
    keys: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    survey = fl.read_survey(write(changed(spec, keys), people=people.assign(w=weights)))
    findings = fl.check(survey)
    found = findings[findings["check"] == "weights"]
    assert len(found) == len(expected)
    for (severity, words), (_, row) in zip(expected, found.iterrows(), strict=True):
        assert (row["severity"], row["where"]) == (severity, "w")
        assert words in row["what"]
        assert (severity == "warning" and "accept" in row["do"]) or "weights: normalised" in row["do"]
    if any(severity == "error" for severity, _ in expected):
        with pytest.raises(DataError, match="weights: normalised"):
            fl.classify(survey)


def test_no_reason_makes_persons_of_thousands(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    findings = fl.check(fl.read_survey(write(changed(spec, ACCEPTED), people=people.assign(w=THOUSANDS))))
    (error,) = findings[findings["severity"] == "error"].to_dict("records")
    assert "multiply them by it" in error["do"]
    assert "accept: does not help" in error["do"]


def test_quarters_that_are_pooled_are_compared_before_their_factor(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    person = {"path": ["one.csv", "two.csv"], "key": ["hh", "line"], "weight_factor": [0.25, 0.25]}
    keys = {"files.person": person}
    halves = [people.assign(w=VARYING, hh=people["hh"] + part) for part in ("a", "b")]
    findings = fl.check(fl.read_survey(write(changed(spec, keys), one=halves[0], two=halves[1])))
    assert list(findings.loc[findings["severity"] == "error", "where"]) == ["w"]
