"""The explorer is a pure view of the published set; the widget around it can be driven without a browser."""

from __future__ import annotations

from typing import Any

import pytest
import small_country as country

from fltoolkit.errors import RequestError
from fltoolkit.show import explore
from fltoolkit.show.style import MIME, Picture

EVERYONE, BY_REGION = "prevalence, everyone (adults)", "prevalence, region (adults)"


def test_every_published_breakdown_can_be_chosen_and_nothing_else() -> None:
    offered = explore.choices(country.published())
    table = country.published().table
    keys = ["measure", "breakdown", "reference_population"]
    there = table[table["measure"] != "flowchart"][keys].drop_duplicates()
    assert set(offered.values()) == set(there.itertuples(index=False, name=None))
    assert len(offered) == len(there)
    assert offered["prevalence, sex × region (adults)"] == ("prevalence", "sex × region", "adults")


def test_each_choice_is_a_picture_and_a_table() -> None:
    for choice in explore.choices(country.published()):
        picture, rows = explore.view(country.published(), choice)
        assert isinstance(picture, Picture)
        assert "<table" in rows.html


def test_a_view_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(RequestError, match="no such view") as error:
        explore.view(country.published(), "prevalence by shoe size")
    assert "found:   prevalence by shoe size" in str(error.value)
    assert EVERYONE in str(error.value)


def test_the_panel_shows_what_is_picked() -> None:
    panel = explore.panel(country.published(), EVERYONE)
    picker, screen = panel.children
    assert picker.value == EVERYONE
    assert picker.description
    before = screen.outputs
    picker.value = BY_REGION
    picture, table = screen.outputs
    assert (picture, table) != before
    assert picture["data"]["text/plain"] == explore.view(country.published(), BY_REGION)[0].alt
    assert picture["data"][MIME]["config"]["showSendToCloud"] is False
    assert "north" in table["data"]["text/html"]
    assert "western" not in table["data"]["text/html"]
    picker.value = EVERYONE
    assert screen.outputs == before


def test_without_interaction_the_first_view_is_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.tables(country.published()) is None
    picture, table = seen
    assert picture.alt == explore.view(country.published(), EVERYONE)[0].alt
    assert "<table" in table.html
    seen.clear()
    explore.tables(country.published(), choice=BY_REGION)
    assert "by region" in seen[0].alt


def test_with_interaction_the_panel_starts_at_the_choice() -> None:
    panel = explore.tables(country.published(), interactive=True, choice=BY_REGION)
    assert panel.children[0].value == BY_REGION
