"""Tests the pictures and tables of a class: they show the results of the redraws, and controls redraw
them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fltoolkit import teaching

ISLAND = teaching.island()
SIMPLE = teaching.redraw(ISLAND, 300, persons=150)


def test_a_hill_holds_every_sample_and_its_words_say_where() -> None:
    picture = teaching.distribution({"<b>small</b>": SIMPLE, "larger": teaching.redraw(ISLAND, 300)})
    title, _, about = str(picture.figure.layout.title.text).partition("<br>")
    assert "Where the estimates fall" in title
    assert "300 samples each" in about
    small, larger = (t for t in picture.figure.data if t.type == "bar")
    counts, _ = np.histogram(SIMPLE.estimate * 1000, bins=_edges(small.x))
    assert counts.sum() == 300
    assert list(np.array(small.y) / sum(small.y)) == pytest.approx(list(counts / 300), abs=1e-3)
    assert max(max(small.y), max(larger.y)) == pytest.approx(0.8)  # one scale for both: equal areas
    assert f"mean {1000 * SIMPLE.estimate.mean():.1f}" in picture.alt
    assert f"The truth is {1000 * ISLAND.truth:.1f}" in picture.alt
    assert picture.figure.layout.yaxis.ticktext[0] == "&lt;b&gt;small&lt;/b&gt;"


def _edges(x: tuple[float, ...]) -> list[float]:
    half = (x[1] - x[0]) / 2
    return [x[0] - half, *(v + half for v in x)]


def test_intervals_are_coloured_by_whether_they_hold_the_truth() -> None:
    picture = teaching.intervals(SIMPLE, "wald")
    inside, outside = picture.figure.data
    missed = round(100 * (~SIMPLE.hold("wald")).mean())
    assert missed > 5
    assert (len(inside.x) // 3, len(outside.x) // 3) == (
        100 - missed,
        missed,
    )  # who counts lines finds the title's number
    assert sorted(inside.y[::3] + outside.y[::3]) == list(range(1, 101))
    assert outside.marker.size[:3] == (6, 0, 0)
    assert "cross" in outside.name
    truth = 1000 * ISLAND.truth
    assert all(low <= truth <= high for low, high in zip(inside.x[::3], inside.x[1::3], strict=True))
    assert not any(low <= truth <= high for low, high in zip(outside.x[::3], outside.x[1::3], strict=True))
    assert picture.alt.count(f"{100 * SIMPLE.hold('wald').mean():.0f} of 100 hold the truth") == 1


def test_of_changes_it_counts_those_that_leave_zero_out() -> None:
    drawn = dataclasses.replace(
        SIMPLE, estimate=np.array([-0.02, 0.0, 0.001]), se=np.full(3, 0.004), truth=-0.02
    )
    picture = teaching.intervals(drawn, zero=True)
    assert "33 of 100 find a change" in picture.alt
    assert len(picture.figure.data[1].x) == 3
    assert {t.line.color for t in picture.figure.data}.isdisjoint(
        {t.line.color for t in teaching.intervals(SIMPLE).figure.data}
    )


def test_hills_and_intervals_of_different_samples_share_an_axis() -> None:
    larger = teaching.redraw(ISLAND, 300, persons=4800, clusters=True)
    for draw in (lambda drawn: teaching.distribution({"one": drawn}), teaching.intervals):
        assert draw(SIMPLE).figure.layout.xaxis.range == draw(larger).figure.layout.xaxis.range
    assert (
        teaching.intervals(SIMPLE, "wald").figure.layout.xaxis.range
        == teaching.intervals(SIMPLE, "korn_graubard").figure.layout.xaxis.range
    )
    changes = [
        dataclasses.replace(SIMPLE, estimate=SIMPLE.estimate - 0.02, se=np.full(300, se))
        for se in (0.002, 0.01)
    ]
    assert len({teaching.intervals(drawn, zero=True).figure.layout.xaxis.range for drawn in changes}) == 1


def test_what_lies_beyond_the_usual_axis_widens_it() -> None:
    far = dataclasses.replace(SIMPLE, estimate=SIMPLE.estimate + 0.15)
    assert teaching.distribution({"far": far}).figure.layout.xaxis.range[1] >= 1000 * far.estimate.max() > 120
    figure = teaching.intervals(far).figure
    furthest = max(x for line in figure.data for x in line.x if x is not None)  # to two decimals
    assert figure.layout.xaxis.range[1] == pytest.approx(furthest, abs=0.005)
    assert furthest > 140


def test_a_difference_shows_its_interval_and_tells_no_number_of_it() -> None:
    picture = teaching.difference(("west", 19.0, 3.5), ("east", 30.0, 4.0))
    gap = picture.figure.data[-1]
    assert (gap.x[0], gap.error_x.array[0]) == (11.0, pytest.approx(1.96 * np.hypot(3.5, 4.0)))
    assert "leaves zero out" in picture.alt
    assert "holds zero" in teaching.difference(("a", 19.0, 3.5), ("b", 20.0, 4.0)).alt
    assert "10.4" not in picture.alt
