"""Tests what a repeat could detect: the numbers of docs/methods.md §6 are on the curves and in the text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import promises
import pytest
from handed import EN, FR
from published_rows import published, row

from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.descriptions import detectable_falls
from fltoolkit.show.charts.descriptions.chart_parts import CurveChart
from fltoolkit.show.charts.descriptions.detectable_falls import falls

NBSP = "\u00a0"


def out(rate: float = 0.005, n: float = 5_000, deff: float = 1.5) -> Published:
    """Published: a prevalence of 5 per 1,000 among 5,000 persons, design effect 1.5."""
    row = {
        "measure": "prevalence",
        "breakdown": "",
        "category": "total",
        "reference_population": "adults",
        "rule_set": "r",
        "estimate": rate,
        "n": n,
        "n_eff": n / deff,
        "reference_population_label": "adults",
        "marker": "",
        "reason": "",
        "cases": 25.0,
        "cases_class": "25",
    }
    return Published(
        pd.DataFrame([row]), pd.DataFrame([row]), "fltoolkit", Limits(), headlines=("adults",), rule_set="r"
    )


def repeat(out: Published) -> CurveChart:
    picture = detectable_falls.repeat(out, EN)
    assert picture is not None
    return picture


@pytest.mark.parametrize(("n", "smallest"), promises.SMALLEST.items())
def test_what_a_repeat_could_detect_is_marked_at_this_surveys_size(n: int, smallest: float) -> None:
    picture = repeat(out(n=n))
    assert f"{100 * smallest:.0f}% with {n:,} persons." in picture.alt
    (curve,), (dot,) = picture.lines, picture.points
    assert (dot.x, dot.mark.value) == pytest.approx((n, 100 * smallest), abs=0.05)
    at_this_size = np.interp(np.log(n), np.log(curve.x), curve.y)
    assert at_this_size == pytest.approx(100 * smallest, abs=0.5)
    assert (np.diff(curve.y) < 0).all()  # more persons find a smaller fall
    first, last = picture.y.ticks[0], picture.y.ticks[-1]
    assert (picture.y.low, first.value, first.words) == (
        0.0,
        0.0,
        "0%",
    )  # the axis begins at its first tick, which is 0
    assert last.value < picture.y.high


def test_the_planned_repeat_starts_from_the_baseline_and_marks_the_value_after_the_fall() -> None:
    start = published(row())
    target = promises.evidence_from(start, {"year": 2030, "cut": 0.5}, planned_sample=2000).planned_repeat
    assert target
    chart = detectable_falls.planned_repeat(target, EN, start_of=start)
    (dot,) = chart.points
    assert (dot.x, dot.words) == (2000.0, "54% (down to 9.2) with the planned 2,000 persons")
    assert "rate in 2025: 20.0 per 1,000 adults" in chart.subtitle
    assert any("2,000 answered" in note for note in chart.notes)
    assert not any(" answered" in note for note in detectable_falls.planned_repeat(target, EN).notes)


def test_the_rate_of_a_range_is_its_low_end_from_which_the_fall_is_counted() -> None:
    start = published(row())
    target = promises.evidence_from(start, {"year": 2030, "cut": 0.5}, planned_sample=2000).planned_repeat
    assert target
    chart = detectable_falls.planned_repeat({**target, "baseline_bound": 40.0}, EN)
    assert "rate in 2025: 20.0 per 1,000 adults (low end);" in chart.subtitle
    assert "(low end)" not in detectable_falls.planned_repeat(target, EN).subtitle


def test_the_rate_from_which_a_fall_is_counted_keeps_its_decimal_comma() -> None:
    picture = detectable_falls.repeat(out(0.0172), FR)
    assert picture is not None
    assert "17,2 pour 1\u202f000" in picture.subtitle
    assert "17,2 pour 1\u202f000" in falls([0.0172], FR).alt


def test_a_size_that_finds_nothing_says_so_and_a_small_design_effect_counts_as_one() -> None:
    picture = repeat(out(n=500))
    assert "not even a fall to zero with 500 persons" in picture.alt
    assert picture.points == ()
    assert (
        "; rate: 5.0 per 1,000 adults; " in repeat(out()).alt
    )  # of data without a survey.yaml, no year is known
    assert "design\xa0effect\xa01.0" in repeat(out(deff=0.4)).alt


@pytest.mark.parametrize("rate", [np.nan, 0.0])
def test_nothing_is_planned_from_a_prevalence_that_is_not_shown(rate: float) -> None:
    assert detectable_falls.repeat(out(rate), EN) is None


def test_each_prevalence_is_a_named_curve_through_the_known_values() -> None:
    chart = falls([0.01, 0.005], EN, sizes=(5_000, 80_000))
    low, high = chart.lines
    assert [low.words, high.words] == ["from 5 per 1,000", "from 10 per 1,000"]
    assert (round(low.y[0], 1), round(low.y[-1], 1)) == (76.2, 22.8)
    assert "à partir de 5 pour 1\u202f000" in [line.words for line in falls([0.005], FR).lines]
