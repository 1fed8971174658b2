"""Tests what the parts of a chart derive from their numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fltoolkit.show.charts.descriptions.chart_parts import LANE, Axis, ChartRow, DotChart, Glyph, Mark, Series

NAN = float("nan")


def mark(value: float, low: float, high: float, colour: str = "#111111") -> Mark:
    return Mark(value, low, high, Glyph.MEASURED, "", colour)


def test_a_mark_ends_at_its_upper_limit_or_at_its_number() -> None:
    assert mark(5.0, 2.0, 8.0).end == 8.0
    assert mark(5.0, NAN, NAN).end == 5.0
    assert mark(9.0, 2.0, 8.0).end == 9.0  # rounding may put a limit below its number


def test_words_in_place_of_a_number_begin_at_a_grey_line_that_they_would_cross() -> None:
    chart = DotChart("", "", "", (), "", (), Axis(0, 30, ()))
    assert chart.words_begin == 0
    assert replace(chart, reference=9.0).words_begin == pytest.approx(0.3)
    assert replace(chart, reference=20.0).words_begin == 0


def test_only_the_intervals_of_joined_numbers_leave_their_row() -> None:
    one, two = mark(1.0, 0.0, 2.0), mark(3.0, 2.0, 4.0, "#222222")
    both, alone = ChartRow("a", "a", (one, two)), ChartRow("b", "b", (two,))
    chart = DotChart(
        "", "", "", (), "", (both, alone), Axis(0, 4, ()), (Series("x", "#111111"), Series("y", "#222222"))
    )
    assert [chart.lane(both, m) for m in both.marks] == [-LANE, LANE]
    assert chart.lane(alone, two) == 0
    assert [(n.at, n.words, n.side) for n in chart.names] == [(0, "x", "left"), (0, "y", "right")]
    assert [(a.at, a.start, a.end, a.heavy) for a in chart.arrows] == [(0, 1.0, 3.0, False)]
    near = replace(chart, rows=(ChartRow("a", "a", (mark(1.0, 0.0, 2.0), mark(1.05, 0.0, 2.0, "#222222"))),))
    assert near.arrows == ()
    assert replace(chart, rows=(alone,)).names == ()
