"""Tests a change in words, in a picture and in a table: it says no more than its verdict, and has no hidden
number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from changed_rows import FELL, HIDDEN

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.show.charts.chart_style import Picture, Table
from fltoolkit.show.charts.descriptions import change_dumbbell
from fltoolkit.show.charts.renderers import plotly_renderer
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording.english_numbers import ENGLISH

NBSP = "\u00a0"


def change(rows: pd.DataFrame) -> Picture:
    return plotly_renderer.picture(change_dumbbell.change(rows, ENGLISH))


def change_table(rows: pd.DataFrame) -> Table:
    return in_notebook(change_tables.changes(ENGLISH, rows))


def rows(*categories: str, **facts: Any) -> pd.DataFrame:
    """Everyone, and rows by sex."""
    return pd.DataFrame(
        [FELL | facts, *(FELL | facts | {"breakdown": "sex", "category": name} for name in categories)]
    )


def test_a_limit_that_rounds_to_zero_is_marked_in_the_table() -> None:
    html = change_table(pd.DataFrame([FELL | {"ci_high": 0.0, "beyond_zero": "<0"}])).html
    assert f"−34.0{NBSP}to{NBSP}&lt;0" in html
    assert "a limit that rounds to 0" in html


def test_rounds_of_one_year_go_by_their_names_in_the_table() -> None:
    table = change_table(rows("men", year_before=2027)).text.splitlines()
    assert table[1].split()[:3] == ["Group", "2027", "(first)"]


def test_the_picture_and_the_table_hold_every_row_and_its_verdict() -> None:
    found = rows("men", "women").assign(verdict=["decreased", "increased", "no detectable change"])
    picture = change(found)
    printed = [text for text in picture.figure.layout.yaxis2.ticktext if text]
    assert [text.replace("<br>", " ") for text in printed] == [
        f"50.0 → 18.8: {verdict}" for verdict in found["verdict"]
    ]
    assert {a.text for a in picture.figure.layout.annotations if a.text.isdigit()} == {"2025", "2027"}
    text = change_table(found).text.replace(NBSP, " ")
    for name, verdict in zip(("everyone", "men", "women"), found["verdict"], strict=True):
        assert f"{name}: 50.0 and 18.8: {verdict}" in picture.alt
        (line,) = (line for line in text.splitlines() if line.split()[0] == name.capitalize())
        assert verdict.replace("no detectable change", "not detectable") in line
        assert [text for text in line.split() if "." in text] == [
            "50.0",
            "42.0",
            "59.0",
            "18.8",
            "14.0",
            "25.0",
            "−31.2",
            "−34.0",
            "−28.0",
        ]
    dots = [list(t.x) for t in picture.figure.data if t.mode == "markers" and t.x[0] is not None]
    assert dots == [[50.0] * 3, [18.75] * 3]


def test_a_hidden_row_shows_its_marker_and_an_unreliable_one_a_hollow_dot() -> None:
    found = pd.DataFrame(
        [
            FELL | {"marker": "u", "marker_after": "u", "flag_after": "unreliable"},
            HIDDEN | {"breakdown": "sex", "category": "men"},
        ]
    )
    picture = change(found)
    assert list(picture.figure.layout.yaxis2.ticktext) == ["50.0 → 18.8 [u]: decreased", ""]
    assert [a.text for a in picture.figure.layout.annotations if a.bgcolor] == ["[c] not shown"]
    assert picture.alt.endswith("everyone: 50.0 and 18.8 [u]: decreased; men: [c] not shown.")
    (after,) = (t for t in picture.figure.data if t.mode == "markers" and t.x == (18.75,))
    assert after.marker.color == "white"
    (line,) = (line for line in change_table(found).text.splitlines() if line.split()[0] == "Men")
    assert line.split() == ["Men", "50.0", "42.0", "to", "59.0", *["[c]"] * 5]


def test_the_change_of_an_outcome_of_ones_own_is_not_called_forced_labour(
    small: Callable[..., fl.ClassifiedSurvey],
) -> None:
    """Before, the sentences and the title called it forced labour."""
    asked = fl.outcome(small([("case" if i % 3 else "not", {}) for i in range(90)]), "coercion")
    before = fl.prevalence(asked, "coercion")
    after = replace(
        before,
        about=replace(
            before.about, year=2030, window_start="2029-01-01", window_end="2029-12-31", input_hash="x"
        ),
    )
    sets = [fl.publish(est) for est in (before, after)]
    found = fl.publish_change(fl.change(before, after, shared_psus=False), *sets)
    with pytest.raises(RequestError, match=r"(?s)that of another outcome.*found:   coercion"):
        fl.show.changes(found)
