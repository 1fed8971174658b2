"""Tests the curves of what a repeat could detect: the numbers of docs/methods.md §6 are on them and in the
text next to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.show.charts.chart_style import Picture


def test_each_prevalence_is_a_named_curve_through_the_known_values() -> None:
    picture = fl.show.detectable([0.01, 0.005], sizes=(5_000, 80_000))
    low, high = (trace for trace in picture.figure.data if trace.mode == "lines")
    assert [low.name, high.name] == ["from 5 per 1,000", "from 10 per 1,000"]
    assert (round(low.y[0], 1), round(low.y[-1], 1)) == (76.2, 22.8)
    assert all(np.diff(low.y) < 0)
    assert "From 5 per 1,000: 76% with 5,000 persons and 23% with 80,000 persons" in picture.alt
    assert {a.text for a in picture.figure.layout.annotations} == {"from 5 per 1,000", "from 10 per 1,000"}


def test_what_is_not_detectable_is_not_drawn_but_told() -> None:
    picture = fl.show.detectable([0.001, 0.02], sizes=(1_000, 5_000))
    lines = [trace for trace in picture.figure.data if trace.mode == "lines"]
    assert np.isnan(np.array(lines[0].y, dtype=float)).all()
    assert "From 1 per 1,000: not even a fall to zero with 1,000 persons" in picture.alt


def test_response_is_part_of_the_size_and_named_on_the_axis() -> None:
    all_answer, half = (
        fl.show.detectable([0.01], sizes=(n, 40_000), response=r) for n, r in ((5_000, 1.0), (10_000, 0.5))
    )
    assert half.figure.data[0].y[0] == pytest.approx(all_answer.figure.data[0].y[0])
    assert (
        half.figure.layout.xaxis.title.text == "persons drawn in each round, 50% of whom answer (log scale)"
    )


def test_a_repeat_is_drawn_from_the_surveys_own_headline() -> None:
    out = fl.publish(
        fl.prevalence(fl.SurveyDesign(pd.DataFrame({"w": 1.0, "y": [1] * 60 + [0] * 2940}), weight="w"), "y")
    )
    picture = fl.show.repeat(out)
    assert isinstance(picture, Picture)
    assert "; rate: 20.0 per 1,000" in picture.alt
    (mark,) = (trace for trace in picture.figure.data if trace.mode == "markers")
    assert mark.x == (3000,)
    assert f"{mark.y[0]:.0f}% with 3,000 persons" in picture.alt


def test_with_a_plan_the_marked_point_is_what_the_sentence_above_the_picture_says() -> None:
    evidence = fell()
    picture = fl.show.repeat(evidence.now, evidence)
    row = evidence.planned_repeat
    assert row is not None
    cut, persons = f"{100 * row['smallest_cut']:.0f}%", f"{row['planned_sample']:,.0f}"
    value = f"{row['smallest_value']:.1f}"
    assert all(
        part in str(fl.show.result.repeat(evidence))
        for part in (f"to {value} per 1,000 or lower", f"the planned size ({persons} adults)")
    )
    assert f"{cut} (down to {value}) with the planned {persons} persons" in picture.alt
    (mark,) = (trace for trace in picture.figure.data if trace.mode == "markers")
    assert mark.x == (row["planned_sample"],)
    assert (
        100 * row["smallest_cut"] - 1 < mark.y[0] <= 100 * row["smallest_cut"] + 1e-9
    )  # the plan rounds it up
    assert f"rate in {row['baseline_year']:.0f}: {row['baseline_value']:.1f} per 1,000" in picture.alt
    clustered = fl.show.repeat(evidence.now, replace(evidence, targets=evidence.targets.assign(deff=2.0)))
    (doubled,) = (trace for trace in clustered.figure.data if trace.mode == "markers")
    assert doubled.y[0] > 1.2 * mark.y[0]  # by less than the root of two: the fall is large
    assert "design\xa0effect\xa02.0" in clustered.alt


def test_a_plan_without_a_fall_that_can_be_found_leaves_the_surveys_own_curves() -> None:
    evidence = fell()
    none = replace(evidence, targets=evidence.targets.assign(smallest_cut=np.nan))
    assert fl.show.repeat(evidence.now, none).alt == fl.show.repeat(evidence.now).alt
    of_persons = replace(evidence, targets=evidence.targets.assign(measure="total"))
    assert "per 1,000; design\xa0effect" in fl.show.repeat(evidence.now, of_persons).alt


def test_without_a_published_prevalence_there_is_nothing_to_plan_from() -> None:
    out = fl.publish(
        fl.prevalence(fl.SurveyDesign(pd.DataFrame({"w": 1.0, "y": [1] * 3 + [0] * 2940}), weight="w"), "y")
    )
    assert "no published prevalence above zero" in str(fl.show.repeat(out))
