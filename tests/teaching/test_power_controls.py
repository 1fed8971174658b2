"""Tests what a repeat could find: the fields start with the values of the static view, and the result is that
of the textbook formula."""

from __future__ import annotations

from math import sqrt

import pytest

from fltoolkit import teaching

Z = 1.959964 + 0.841621


@pytest.mark.parametrize("play", [teaching.play_smallest_fall, teaching.play_sample_size])
def test_the_fields_start_with_the_static_view_and_each_changes_it(play: object) -> None:
    *fields, screen = play(interactive=True).children
    assert screen.outputs[0]["data"]["text/plain"] == str(play())
    assert [field.description for field in fields] == sorted(
        {f.description for f in fields}, key=[f.description for f in fields].index
    )
    for field in fields:
        before = screen.outputs
        field.value += 5
        assert screen.outputs != before, field.description


def test_of_the_draft_they_give_what_the_formula_gives() -> None:
    baseline, persons, deff, screen = teaching.play_smallest_fall(interactive=True).children
    baseline.value, persons.value, deff.value = 20, 4800, 1.5
    p = 0.02  # the smallest fall by halving the interval in which it must lie
    low, high = 0.0, p
    for _ in range(60):
        after = (low + high) / 2
        found = (p - after) / sqrt(1.5 / 4800 * (p * (1 - p) + after * (1 - after))) > Z
        low, high = (after, high) if found else (low, after)
    assert f"**{100 * (1 - low / p):.1f}%**" in screen.outputs[0]["data"]["text/plain"]
    baseline, cut, deff, screen = teaching.play_sample_size(interactive=True).children
    baseline.value, cut.value, deff.value = 20, 25, 1.5
    needed = 1.5 * Z**2 * (0.02 * 0.98 + 0.015 * 0.985) / 0.005**2
    told = int(screen.outputs[0]["data"]["text/plain"].split("**")[1].replace(",", ""))
    assert told == pytest.approx(needed, abs=1)


def test_a_fall_that_no_repeat_could_find_is_told_in_words() -> None:
    _, persons, deff, screen = teaching.play_smallest_fall(interactive=True).children
    persons.value, deff.value = 100, 20
    assert "not even a fall to zero" in screen.outputs[0]["data"]["text/plain"]


def test_a_number_beyond_its_limits_is_taken_at_the_limit() -> None:
    baseline, *_ = teaching.play_smallest_fall(interactive=True).children
    baseline.value = 0
    assert baseline.value == 1
