"""Tests a change in a sentence: it says no more than its verdict, and has no hidden number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from changed_rows import FELL, HIDDEN, PERSONS
from handed import EN, FR

from fltoolkit.estimate.change_over_time.difference import DECREASED, NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_LATER
from fltoolkit.nap.later_survey import round_names
from fltoolkit.show.wording.change_sentences import of_headline, of_published, signed

RATE = (
    "Prevalence of forced labour: 50.0 in 2025, then 18.8 in 2027, per 1,000 adults; difference "
    "before rounding −31.2 (interval: "
)


def said(row: dict[Any, Any]) -> str:
    return of_published(EN, row).replace("\u00a0", " ")


def test_a_change_is_told_with_its_interval_and_never_with_a_cause() -> None:
    assert said(FELL) == f"{RATE}−34.0 to −28.0). Test of the change since 2025: decreased."
    assert said(PERSONS) == (
        "Persons in forced labour: 1,200 in 2025, then 450 in 2027; difference before rounding −750 "
        "(interval: −830 to −670). "
        "Test of the change since 2025: decreased."
    )
    why = FELL | {"verdict": "not comparable", "verdict_reason": "the window changed"}
    assert said(why).endswith("Test of the change since 2025: not comparable (the window changed).")


def test_each_number_has_the_sign_of_its_own_round() -> None:
    assert "50.0 † in 2025, then 18.8 [u] in 2027, per" in said(
        FELL | {"flag_before": "caution", "flag_after": "unreliable"}
    )


def test_a_limit_that_rounds_to_zero_says_on_which_side_of_it_it_lies() -> None:
    assert "−34.0 to <0)" in said(FELL | {"ci_high": 0.0, "beyond_zero": "<0"})
    assert ">0 to +34.0)" in said(
        FELL | {"verdict": "increased", "ci_low": 0.0, "ci_high": 0.034, "beyond_zero": ">0"}
    )


def test_a_change_that_open_answers_leave_unjudged_says_so_once() -> None:
    told = said(FELL | {"verdict": NO_CHANGE, "verdict_reason": WIDE_LATER})
    assert told.endswith(
        "Test of the change since 2025: not judged (too many unresolved answers in the later round)."
    )
    assert told.count("too many unresolved answers") == 1


def test_a_number_with_wide_bounds_is_a_range_in_its_round() -> None:
    told = said(FELL | {"bound_high_after": 0.0652})
    assert told.startswith(
        "Prevalence of forced labour: 50.0 in 2025, then 18.8 to 65.2 in 2027, per 1,000 adults;"
    )


def test_of_an_unreliable_number_the_direction_is_known_and_the_size_is_not() -> None:
    told = said(FELL | {"flag": "unreliable", "marker": "u", "verdict": DECREASED})
    assert told.endswith("Test of the change since 2025: decreased, but how far is uncertain.")
    told = of_published(FR, FELL | {"flag": "unreliable", "verdict": DECREASED})
    assert told.endswith("Test de l’évolution depuis 2025\u202f: baisse, mais son ampleur est incertaine.")


def test_what_is_not_shown_has_a_reason_and_no_number() -> None:
    assert said(HIDDEN) == "Prevalence of forced labour, 2025 to 2027: change not shown (confidential)."
    other = HIDDEN | {"verdict_reason": "the earlier round is hidden"}
    assert said(other).endswith("change not shown (the earlier round is hidden).")


@pytest.mark.parametrize(
    ("value", "measure", "told"),
    [
        (-7.8, "prevalence", "−7.8"),
        (410.0, "total", "+410"),
        (0.0, "prevalence", "0.0"),
        (np.nan, "total", ""),
    ],
)
def test_a_difference_has_its_sign(value: float, measure: str, told: str) -> None:
    assert signed(EN, value, {"measure": measure}) == told


def test_rounds_of_one_year_go_by_their_names_too() -> None:
    assert "50.0 in 2027 (first), then 18.8 in 2027 (second)" in said(FELL | {"year_before": 2027})
    years, names = {"year": 2027, "year_before": 2027}, {"round": "second", "round_before": "first"}
    titles = {"survey": "LFS of spring", "survey_before": "LFS of autumn"}
    assert round_names(years | names | {"year_before": 2025}) == ("2025", "2027")
    assert round_names(years | names | titles) == ("2027 (first)", "2027 (second)")
    assert round_names(years | {"round": "second", "round_before": ""} | titles) == (
        "2027 (LFS of autumn)",
        "2027 (LFS of spring)",
    )
    assert round_names(years) == ("2027", "2027")


def test_the_headline_tells_the_rate_and_then_the_persons_of_everyone() -> None:
    men = FELL | {"breakdown": "sex", "category": "men"}
    found = replace(country.published(), table=pd.DataFrame([men, PERSONS, FELL]), headlines=("adults",))
    assert of_headline(found, EN) == (of_published(EN, FELL), of_published(EN, PERSONS))
