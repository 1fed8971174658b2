"""Tests whether two rounds measure the same thing: facts that both state, facts that changed, and the overlap
of their windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fltoolkit.estimate.change_over_time.comparability import differences, facts_of_one_round, window_overlap
from fltoolkit.estimate.measures.estimates import About


def about(**facts: Any) -> About:
    return About(**{"measure": "prevalence", "outcome": "y", "interval": "logit", "level": 0.95, **facts})


def test_what_both_state_and_what_changed_is_told_with_both_values() -> None:
    before = about(country="A", rule_set="icls_2018 v1", population_ages="15 and over")
    after = about(
        country="A",
        rule_set="hts_2012 v1",
        population_ages="18 and over",
        same_work="asked",
        interval="wald",
        level=0.9,
        year=2027,
    )
    assert differences(before, after) == [
        "definition (rule set) changed: icls_2018 v1 before, hts_2012 v1 after",
        "ages of the population changed: 15 and over before, 18 and over after",
    ]
    assert differences(before, before) == []


def test_a_fact_of_one_round_alone_is_no_change_and_is_named() -> None:
    before, after = (
        about(same_work="asked", questionnaire=("a: 1",), reference_months=12),
        about(country="A", reference_months=12),
    )
    assert differences(before, after) == []
    assert facts_of_one_round(before, after) == ("country", "definition (same work)", "questionnaire")
    assert facts_of_one_round(before, before) == ()


def test_questions_that_changed_are_named_and_of_many_the_first_five() -> None:
    before = about(
        questionnaire=("coercion.debt_bondage: 1 experienced", "coercion.other_penalty: 2 witnessed: twice")
    )
    after = about(
        questionnaire=(
            "coercion.other_penalty: 2 witnessed: once",
            "involuntary.hazardous_work: 1 experienced",
        )
    )
    assert differences(before, after) == [
        "questionnaire changed: coercion.debt_bondage (1 experienced before, not asked after), "
        "coercion.other_penalty (2 witnessed: twice before, 2 witnessed: once after), "
        "involuntary.hazardous_work (not asked before, 1 experienced after)"
    ]
    many = tuple(f"item{i}: 1" for i in range(7))
    assert (
        str(differences(about(questionnaire=("item0: 1",)), about(questionnaire=many[:6]))[0]).count(
            "not asked before"
        )
        == 5
    )
    seven = differences(about(questionnaire=("item: 1",)), about(questionnaire=many))[0]
    assert str(seven).endswith(
        "item3 (not asked before, 1 after) and 3 more"
    )  # item and item0 to item3 are told


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ({"year": 2025}, {"year": 2027}, 36 / 60),
        ({"year": 2025}, {"year": 2031}, 0.0),
        # The windows' starts go before their ends, and these before the years: 18 months apart.
        ({"window_start": "2024-10-01", "year": 2025}, {"window_start": "2026-04-01", "year": 2025}, 42 / 60),
        ({"window_end": "2025-01-31", "window_start": "2020-02-01"}, {"window_end": "2026-01-31"}, 48 / 60),
        (
            {"window_start": "2025-01-01"},
            {"window_start": "2025-01-16"},
            59.5 / 60,
        ),  # half a month, to a tenth
        ({"window_start": "2026-04-01"}, {"window_start": "2024-10-01"}, 42 / 60),
        ({"year": None}, {"year": 2027}, np.nan),
        ({"year": 2025}, {"year": 2027, "reference_months": 12}, np.nan),
        ({"year": 2025, "reference_months": None}, {"year": 2027, "reference_months": None}, np.nan),
    ],
)
def test_windows_share_what_is_not_between_their_starts(
    before: dict[str, Any], after: dict[str, Any], share: float
) -> None:
    first, second = (about(**{"reference_months": 60, **facts}) for facts in (before, after))
    assert window_overlap(first, second) == pytest.approx(share, nan_ok=True)


@pytest.mark.parametrize("measure", ["current", "current_prevalence"])
def test_what_is_measured_at_the_interview_has_no_window(measure: str) -> None:
    first, second = (
        about(measure=measure, year=2025, reference_months=60),
        about(measure=measure, year=2025, reference_months=60),
    )
    assert window_overlap(first, second) == 0.0
