"""Tests pictures of redraws with controls: they start as the static view, and each control changes the
picture."""

from __future__ import annotations

from typing import Any

import pytest

from fltoolkit import teaching
from fltoolkit.teaching import redraw_controls
from fltoolkit.teaching.redraw_controls import NAMES, OPTIONS

ISLAND = teaching.island()


@pytest.mark.parametrize("play", [teaching.play_samples, teaching.play_intervals, teaching.play_repeats])
def test_controls_start_with_the_static_view_and_redraw_when_moved(play: object) -> None:
    still = play(ISLAND)
    panel = play(ISLAND, interactive=True)
    *controls, screen = panel.children
    assert all(c.description for c in controls)
    assert screen.outputs[0]["data"]["text/plain"] == still.alt
    for control in controls:
        before = screen.outputs[0]["data"]["text/plain"]
        options = getattr(control, "options", (False, True))
        values = [o[1] if isinstance(o, tuple) else o for o in options]
        control.value = next(v for v in values if v != control.value)
        after = screen.outputs[0]["data"]["text/plain"]
        assert after != before, control.description


def test_what_is_switched_on_is_named() -> None:
    panel = teaching.play_samples(ISLAND, interactive=True)
    boxes = {c.description: c for c in panel.children[:-1]}
    boxes["In villages"].value = False
    assert "nothing switched on: mean" in panel.children[-1].outputs[0]["data"]["text/plain"]
    boxes["More on the coast"].value = boxes["Weights forgotten"].value = True
    assert "more on the coast, weights forgotten: mean" in panel.children[-1].outputs[0]["data"]["text/plain"]


@pytest.mark.parametrize(
    ("play", "asked"),
    [
        (teaching.play_intervals, [{"persons": 300, "clusters": True}]),
        (teaching.play_repeats, [{"persons": 4800, "clusters": True, "seed": seed} for seed in (0, 1)]),
        (
            teaching.play_samples,
            [
                {
                    "persons": 1200,
                    "weighted": True,
                    "clusters": True,
                    "oversample": False,
                    "nonresponse": False,
                    "response_error": False,
                },
                {"persons": 1200},  # simple random, beside it
            ],
        ),
    ],
)
def test_each_view_starts_with_what_the_lesson_asks(
    monkeypatch: pytest.MonkeyPatch, play: Any, asked: list[dict[str, Any]]
) -> None:
    calls: list[dict[str, Any]] = []
    drawn_from: list[float] = []

    def recorded(people: Any, times: int, **keys: Any) -> Any:
        calls.append(keys)
        drawn_from.append(people.truth)
        return teaching.redraw(people, 20, **keys)

    monkeypatch.setattr(redraw_controls, "redraw", recorded)
    play(ISLAND)
    assert calls == asked
    if play is teaching.play_repeats:  # the later round after a fall by half
        assert drawn_from[1] == pytest.approx(drawn_from[0] / 2, rel=0.1)


def test_every_control_has_a_name_and_a_choice_starts_where_it_is_told() -> None:
    assert set(OPTIONS) < set(NAMES)
    dropdown, switch = (
        redraw_controls._control(name, start) for name, start in (("cut", 25), ("oversample", True))
    )
    assert (dropdown.description, dropdown.value, dropdown.label) == ("True fall", 25, "25%")
    assert (switch.description, switch.value) == ("More on the coast", True)
