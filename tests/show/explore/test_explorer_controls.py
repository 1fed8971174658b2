"""Tests the common parts of explorers: a static view, or a view that is drawn once for each change of a
control."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pytest

from fltoolkit.show.charts.chart_style import CONFIG, MIME, Picture, Table, figure
from fltoolkit.show.explore.explorer_controls import dropdown, with_controls, without_controls
from fltoolkit.show.wording.section_words import Words

TABLE = Table("<table></table>", "a  b")


def text(screen: Any) -> list[str]:
    return [output["data"]["text/plain"] for output in screen.outputs]


def test_parts_are_displayed_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    words = Words("**One.**")
    assert without_controls([words, TABLE]) is None  # type: ignore[func-returns-value]
    assert seen == [words, TABLE]


def test_a_drop_down_has_a_label_and_hands_over_the_value_of_a_name() -> None:
    picker = dropdown("Region", {"north": 1, "south": 2}, 2)
    assert (picker.description, picker.label, picker.value) == ("Region", "south", 2)
    picker.label = "north"
    assert picker.value == 1


def test_the_screen_is_drawn_once_at_first_and_once_for_each_change() -> None:
    picker, drawn = dropdown("Region", {"north": 1, "south": 2}, 1), list[int]()

    def view() -> list[Words]:
        drawn.append(picker.value)
        return [Words(f"Region {picker.value}.")]

    box = with_controls([picker], view)
    *controls, screen = box.children
    assert controls == [picker]
    assert text(screen) == ["Region 1."]
    picker.value = 2
    picker.value = 2  # no change
    assert (drawn, text(screen)) == ([1, 2], ["Region 2."])


def test_a_view_that_sets_its_own_controls_is_drawn_once() -> None:
    """Of another region there may be other years: the view offers those."""
    region, year = dropdown("Region", {"north": 1, "south": 2}, 1), dropdown("Year", {"2025": 2025}, 2025)
    drawn = list[tuple[int, int]]()

    def view() -> list[Words]:
        if region.value == 2:
            year.options = (("2027", 2027),)
        drawn.append((region.value, year.value))
        return [Words("x")]

    with_controls([region, year], view)
    region.value = 2
    assert drawn == [(1, 2025), (2, 2027)]


def test_after_a_view_that_failed_the_next_change_is_drawn() -> None:
    picker = dropdown("Region", {"north": 1, "south": 2, "east": 3}, 1)

    def view() -> list[Words]:
        if picker.value == 2:
            raise ValueError("no such region")
        return [Words(f"Region {picker.value}.")]

    screen = with_controls([picker], view).children[-1]
    with pytest.raises(ValueError, match="no such region"):
        picker.value = 2
    picker.value = 3
    assert text(screen) == ["Region 3."]


def test_each_part_is_what_a_page_draws() -> None:
    parts = [Words("**One.**"), Picture(figure("T", "", 300), "A dot."), TABLE]
    (words, picture, table) = (o["data"] for o in with_controls([], lambda: parts).children[-1].outputs)
    assert words == {"text/markdown": "**One.**", "text/plain": "**One.**"}
    assert picture["text/plain"] == "A dot."
    assert picture[MIME]["config"] == CONFIG
    assert (
        CONFIG["responsive"] is False
    )  # otherwise a chart out of sight loses its height when its panel changes width
    assert table == {"text/html": "<table></table>", "text/plain": "a  b"}


def test_many_controls_stand_beside_the_screen_where_there_is_room() -> None:
    picker = dropdown("Region", {"north": 1}, 1)
    sheet = widgets.VBox([picker])
    below = with_controls([picker], lambda: [TABLE])
    beside = with_controls([picker], lambda: [TABLE], [sheet])
    assert isinstance(below, widgets.VBox)
    left, screen = beside.children
    assert left.children == (sheet,)
    assert text(screen) == ["a  b"]
    assert beside.layout.flex_flow == "row wrap"
