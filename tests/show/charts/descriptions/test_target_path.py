"""Tests the path to a target: measured values are dots with intervals, planned values are ticks, and the
target is a diamond."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handed import EN, FR
from two_rounds import fell

from fltoolkit.languages.reasons import Reason
from fltoolkit.show.charts.chart_style import BLUE, GREY, ORANGE
from fltoolkit.show.charts.descriptions.chart_parts import CurveChart, Glyph
from fltoolkit.show.charts.descriptions.estimates_by_group import HALF_PAGE
from fltoolkit.show.charts.descriptions.target_path import target_path, way_of

NBSP = "\u00a0"
TARGET: dict[str, Any] = {
    "level": 0.95,
    "id": "decrease_base",
    "indicator": "Prevalence",
    "unit": "per 1,000 adults",
    "measure": "prevalence",
    "baseline_year": 2025.0,
    "baseline_value": 50.0,
    "ci_low": 41.6,
    "ci_high": 59.5,
    "baseline_bound": float("nan"),
    "verifiable": "no",
    "obstacle": Reason.of("plan.short.wide"),
    "reached": "",
    "changed": "",
    "year_before": 2025.0,
}
WAY = pd.DataFrame(
    {
        "year": [2025, 2026, 2027, 2028, 2029],
        "value": [50.0, 43.75, 37.5, 31.25, 25.0],
        "stated_value": np.nan,
        "measure": "prevalence",
        "kind": [
            Reason.of(f"plan.kinds.{kind}")
            for kind in ("baseline", "not_measured", "survey", "not_measured", "target")
        ],
    }
)
LATER: dict[str, Any] = {
    "year": 2027,
    "value": 18.75,
    "ci_low": 13.7,
    "ci_high": 25.0,
    "bound": float("nan"),
    "verdict": "decreased",
    "verdict_reason": "",
}


def way(later: dict[str, Any] | None = None, steps: pd.DataFrame = WAY) -> CurveChart:
    return target_path(TARGET, steps, later, EN, surveys=["Survey of 2025"])


def test_a_number_with_wide_bounds_is_a_range_with_a_band() -> None:
    chart = way({**LATER, "bound": 65.2})
    (later,) = (p for p in chart.points if p.x == 2027 and p.mark.glyph is Glyph.MEASURED)
    assert (later.mark.reach, later.words.replace(NBSP, " ")) == (65.2, "follow-up: 18.8 to 65.2")
    assert EN.say("charts.band") in " ".join(chart.notes)
    assert f"2027: 18.8{NBSP}to{NBSP}65.2, decreased" in chart.alt
    assert EN.say("charts.band") not in " ".join(way(LATER).notes)


def test_a_path_from_a_range_says_that_it_begins_at_the_low_end() -> None:
    chart = target_path({**TARGET, "baseline_bound": 70.0}, WAY, None, EN, surveys=["Survey of 2025"])
    assert EN.say("charts.path_low_end") in " ".join(chart.notes)
    assert EN.say("charts.path_low_end") not in " ".join(way().notes)


@pytest.mark.parametrize(
    ("value", "low", "high", "end"),
    [(18.75, 13.7, 25.0, 13.7), (45.0, 40.0, 52.0, 52.0), (45.0, np.nan, np.nan, None)],
)
def test_the_words_of_a_later_number_stand_at_the_end_of_its_interval_that_is_off_the_path(
    value: float, low: float, high: float, end: float | None
) -> None:
    chart = way({**LATER, "value": value, "ci_low": low, "ci_high": high})
    (later,) = (p for p in chart.points if p.x == 2027 and p.mark.glyph is Glyph.MEASURED)
    assert (later.beside, later.height) == (True, end)


def test_the_words_say_what_nobody_measures() -> None:
    alt = way(LATER).alt
    assert "2025: 50.0 (41.6" in alt
    assert "2026: 43.8, not measured" in alt
    assert "2029: 25.0, target" in alt
    assert re.search(rf"2027: 18\.8 \([\d.]+{NBSP}to{NBSP}[\d.]+\), decreased", alt)
    assert "18.8" not in way().alt
    assert "18.8" not in way(LATER | {"value": np.nan}).alt
    assert "2026\u202f: 43,8, non mesuré" in target_path(TARGET, WAY, None, FR).alt


def test_each_kind_of_point_has_a_sign_of_its_own() -> None:
    points = [
        (p.x, p.mark.value, p.mark.glyph, p.mark.colour)
        for p in way(LATER).points
        if p.mark.glyph is not Glyph.PLANNED
    ]
    assert points == [
        (2025, 50.0, Glyph.MEASURED, GREY),
        (2027, 18.75, Glyph.MEASURED, BLUE),
        (2029, 25.0, Glyph.TARGET, ORANGE),
    ]
    planned = [(p.x, p.mark.value) for p in way(LATER).points if p.mark.glyph is Glyph.PLANNED]
    assert planned == [(2026, 43.75), (2027, 37.5), (2028, 31.25)]
    assert [(p.mark.low, p.mark.high) for p in way(LATER).points[:2]] == [(41.6, 59.5), (13.7, 25.0)]
    words = ["baseline: 50.0", "follow-up: 18.8", "planned: 37.5", "target: 25.0"]
    assert [p.words for p in way(LATER).points if p.words] == words
    assert [p.words for p in way().points if p.words] == [words[0], words[3]]  # nothing to compare it with
    assert way(LATER | {"flag": "unreliable"}).points[1].mark.glyph is Glyph.UNRELIABLE
    (line,) = way().lines
    assert (line.planned, line.x, line.y) == (True, tuple(WAY["year"]), tuple(WAY["value"]))


def test_the_axes_hold_every_point_from_zero() -> None:
    """The highest thing drawn is the baseline's upper limit, 59.5; a fifth is left above it."""
    assert (way().y.low, way().y.high) == pytest.approx((0, 71.4))
    assert (way().x.low, way().x.high) == pytest.approx((2024.4, 2029.6))
    assert way(LATER | {"year": 2031, "ci_high": 100.0}).y.high == pytest.approx(120)
    assert way(LATER | {"year": 2031}).x.high == pytest.approx(2031.6)
    only = way(steps=WAY.iloc[:1])
    assert only.x.high == pytest.approx(2026.6)
    assert [p.words for p in only.points] == ["baseline: 50.0"]


def test_below_it_stand_the_meaning_of_the_ticks_and_the_survey() -> None:
    _, ticks, survey = way().notes
    assert "planned values, not measured" in ticks
    assert survey == "Source: Survey of 2025."


def test_a_verdict_stands_below_a_path_before_and_after_a_later_survey() -> None:
    """Before, a reader of the picture could not know that no survey could show the fall."""
    wide = EN.kit(TARGET["obstacle"])
    assert way().notes[0] == f"Fall from baseline detectable? No: {wide}."
    assert way().alt.endswith(way().notes[0])
    answered = target_path(TARGET | {"changed": Reason.of("rounds.decreased")}, WAY, LATER, EN)
    assert answered.notes[0] == "Test of the change since 2025: decreased."
    assert target_path(TARGET, WAY, None, EN, space=HALF_PAGE).notes[0] != way().notes[0]


def test_the_way_of_a_row_of_the_plan_names_both_surveys() -> None:
    evidence = fell()
    found = way_of(evidence, str(evidence.milestones["id"].iloc[0]), EN)
    assert found is not None
    assert found.points[0].mark.value == 50.0
    assert found.points[1].mark.words.startswith("18.8 (")
    assert found.notes[-1].startswith("Source: ")
    assert way_of(evidence, "no such row", EN) is None


def test_a_planned_value_has_no_interval() -> None:
    planned = [point.mark for point in way().points if point.mark.glyph is Glyph.PLANNED]
    assert len(planned) == 3
    assert {mark.colour for mark in planned} == {GREY}
    assert np.isnan([limit for mark in planned for limit in (mark.low, mark.high)]).all()


def test_a_target_has_the_digits_that_the_plan_states() -> None:
    goal = WAY["year"] == 2029
    chart = way(
        steps=WAY.assign(
            value=WAY["value"].mask(goal, 25.25), stated_value=WAY["stated_value"].mask(goal, 25.25)
        )
    )
    assert any("25.25" in point.words for point in chart.points)
    assert "2029: 25.25, target" in chart.alt
