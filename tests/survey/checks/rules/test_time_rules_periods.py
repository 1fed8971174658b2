"""Tests findings about the reference period: dates, words and years that contradict one another are found, and
legal ones are not mentioned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import SpecError

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Period = dict[str, Any]


@pytest.fixture
def told(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> Callable[..., list[tuple[str, str, str]]]:
    """Returns a function that gives the findings on a reference period, in a survey of 2024."""

    def check(period: Period, **keys: Any) -> list[tuple[str, str, str]]:
        period = {**spec["reference_period"], **period}
        found = fl.check(
            fl.read_survey(write(changed(spec, {"reference_period": period, **keys}), people=people))
        )
        found = found[(found["check"] == "reference_period") & (found["severity"] != "note")]
        return list(found[["severity", "where", "what"]].itertuples(index=False, name=None))

    return check


FIVE = {"months": 60, "text": "the last five years"}
CONTRADICTIONS: list[tuple[Period, str, str]] = [
    (
        {"months": 1200, "text": "ever in life"},
        "months",
        "a reference period of 1,200 months, which is more than",
    ),
    ({"text": "the last 5 years"}, "text", "'the last 5 years' names another length than months: 12"),
    (
        {"text": {"en": "last year", "fr": "les 6 derniers mois"}},
        "text",
        "'les 6 derniers mois' names another",
    ),
    (
        {**FIVE, "text": "los 12 últimos meses"},
        "text",
        "'los 12 últimos meses' names another length than months: 60",
    ),
    (
        {"start": "2024-03-01", "end": "2024-05-31"},
        "start",
        "from 2024-03-01 to 2024-05-31 are 3 months, and the period has 12",
    ),
    ({**FIVE, "start": "2023-06-01", "end": "2024-05-31"}, "start", "are 12 months, and the period has 60"),
    ({"start": "2019-06-01", "end": "2024-05-31"}, "start", "are 60 months, and the period has 12"),
    ({"start": "0203-06-01", "end": "2024-05-31"}, "start", "from 0203-06-01 to 2024-05-31"),
    ({"start": "2020-01-01", "end": "2020-12-31"}, "end", "(2020-01-01 – 2020-12-31) does not end in 2024"),
    ({"end": "2027-01-31"}, "end", "the period (2027-01-31) does not end in 2024, the year of the survey"),
    ({"start": "2014-04-01"}, "start", "the period (2014-04-01) does not end in 2024"),
    ({"start": "2026-04-01"}, "start", "the period (2026-04-01) does not end in 2024"),
]


@pytest.mark.parametrize(("period", "key", "what"), CONTRADICTIONS)
def test_a_period_that_contradicts_itself_is_asked_about_once(
    period: Period, key: str, what: str, told: Callable[..., list[tuple[str, str, str]]]
) -> None:
    (found,) = told(period)
    assert found[:2] == ("warning", f"reference_period.{key}")
    assert what in found[2]
    accepted = {"finding": "reference_period", "column": found[1], "why": "it is what the questionnaire says"}
    assert not told(period, accept=accepted)


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"start": "2023-06-01", "end": "2024-05-31"},
        {"start": "2023-01-15", "end": "2025-03-31"},  # interviews over a year and more
        {"start": "2022-10-01", "end": "2023-09-30"},
        {"start": "2024-02-01", "end": "2025-01-31"},
        {"start": "2022-07-01"},
        {**FIVE, "start": "2019-06-01", "end": "2024-08-31"},
        {"months": 120, "text": "the last 10 years"},
        {"text": "the 12 months before the interview, of persons of 18 years and over"},
        {"text": "les 12 mois précédant l’entretien"},
        {"months": 24, "text": "the last two years"},
        {"months": 1, "text": "the last 4 weeks"},
    ],
)
def test_a_legal_period_is_not_mentioned(
    period: Period, told: Callable[..., list[tuple[str, str, str]]]
) -> None:
    assert not told(period)


def test_a_release_before_the_end_of_the_period_is_asked_about(
    told: Callable[..., list[tuple[str, str, str]]],
) -> None:
    window, office = {"start": "2023-06-01", "end": "2024-05-31"}, {"office": "the office"}
    what = "the release (2024-03-01) is before the end of the survey's period (2024-05-31)"
    assert told(window, release={**office, "date": "2024-03-01"}) == [("warning", "release.date", what)]
    assert not told(window, release={**office, "date": "2024-06-30"})
    assert told({}, release={**office, "date": "2023-06-30"})


def test_a_period_longer_than_a_life_is_refused(told: Callable[..., list[tuple[str, str, str]]]) -> None:
    with pytest.raises(SpecError, match=r"months \(12000\) is more than 1440, which are 120 years"):
        told({"months": 12000})
