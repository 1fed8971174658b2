"""Tests the ticks of an axis: 1, 2 and 5 times a power of ten, not too many, from zero, with the digits that
they need."""

from __future__ import annotations

import math

import pytest
from handed import EN, FR

from fltoolkit.show.charts.descriptions.axis_ticks import (
    FEW,
    MOST,
    from_zero,
    furthest,
    of_sizes,
    of_years,
    step,
)
from fltoolkit.show.charts.descriptions.chart_parts import Glyph, Mark

MEASURED, UNRELIABLE, NONE_FOUND = Glyph.MEASURED, Glyph.UNRELIABLE, Glyph.NONE_FOUND


def words(ends: list[float], steps: int = MOST) -> list[str]:
    return [t.words for t in from_zero(EN, ends, steps=steps).ticks]


@pytest.mark.parametrize(
    ("most", "told"),
    [
        (29.2, ["0", "5", "10", "15", "20", "25", "30"]),
        (106.3, ["0", "20", "40", "60", "80", "100", "120"]),
        (8.6, ["0", "2", "4", "6", "8"]),
        (1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.04, ["0.00", "0.01", "0.02", "0.03", "0.04"]),
        (5700, ["0", "1,000", "2,000", "3,000", "4,000", "5,000", "6,000"]),
        (6.0, ["0", "1", "2", "3", "4", "5", "6"]),
    ],
)
def test_ticks_are_those_a_reader_knows(most: float, told: list[str]) -> None:
    assert words([most]) == told


def test_every_step_is_1_2_or_5_times_a_power_of_ten_and_none_is_finer_than_allowed() -> None:
    for steps in (MOST, FEW):
        for i in range(1, 3000, 7):
            most = i * 0.013
            each = step(most, steps)
            leading = each / 10.0 ** math.floor(math.log10(each) + 1e-9)
            assert min(abs(leading - n) for n in (1, 2, 5)) < 1e-9
            assert most / each <= steps + 1e-6
            finer = each / (2.5 if round(leading) == 5 else 2)
            assert most / finer > steps - 1e-6  # no finer step of the three fits


def test_an_axis_holds_what_is_drawn_and_has_words_in_its_language() -> None:
    axis = from_zero(FR, [float("nan"), 1234.5, 800.0])
    assert axis.low == 0
    assert axis.high > 1234.5
    assert (from_zero(EN, [91.0]).high, from_zero(EN, [83.0]).high) == (
        100,
        pytest.approx(1.04 * 83),
    )  # a near tick ends the axis
    assert [t.words for t in axis.ticks] == ["0", "500", "1\u202f000"]
    assert (from_zero(EN, []).high, words([0.0])) == (1.04, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])


def test_sizes_of_samples_stand_on_a_log_axis() -> None:
    assert [t.words for t in of_sizes(EN, 2_000, 25_000).ticks] == ["2,000", "5,000", "10,000", "20,000"]
    assert [t.words for t in of_sizes(EN, 2_000, 25_000, steps=FEW).ticks] == ["10,000"]
    assert of_sizes(EN, 2_000, 25_000).log


def test_each_year_has_a_tick_as_long_as_there_is_room() -> None:
    assert [t.words for t in of_years(2025, 2030, steps=6).ticks] == [
        "2025",
        "2026",
        "2027",
        "2028",
        "2029",
        "2030",
    ]
    assert [t.value for t in of_years(2025, 2045, steps=6).ticks] == [2025, 2030, 2035, 2040, 2045]
    assert (of_years(2025, 2030, steps=6).low, of_years(2025, 2030, steps=6).high) == (2024.4, 2030.6)


@pytest.mark.parametrize(
    ("drawn", "most"),
    [
        (
            [(34, 10, 46, MEASURED), (0, 0, 300, NONE_FOUND)],
            46,
        ),  # the upper limit of few persons without a case
        ([(34, 10, 46, MEASURED), (9, 0.4, 80, UNRELIABLE)], 46),  # nearly none
        ([(34, 10, 46, MEASURED), (60, 0.4, 200, UNRELIABLE)], 60),  # but every number is on the axis
        ([(34, 10, 46, MEASURED), (60, 29, 106, UNRELIABLE)], 106),
        ([(20, 10, 30, MEASURED), (30, 9, 88, UNRELIABLE)], 75),
        ([(9, 0.4, 80, UNRELIABLE), (0, 0, 20, NONE_FOUND)], 22.5),
        ([(0, 0, 20, NONE_FOUND), (0, 0, 30, NONE_FOUND)], 30),
        ([], 0),
    ],
)
def test_a_category_of_nearly_no_cases_does_not_set_the_axis(
    drawn: list[tuple[float, float, float, Glyph]], most: float
) -> None:
    assert furthest(Mark(value, low, high, glyph, "") for value, low, high, glyph in drawn) == most
