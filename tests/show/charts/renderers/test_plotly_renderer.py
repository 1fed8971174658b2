"""Tests that both renderers draw the content of a description: the same words, values, signs and intervals,
and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
import small_country as country
from drawn_charts import Shown, by_matplotlib, by_plotly, told
from figures import figure
from handed import EN, FR
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.languages.language import Language
from fltoolkit.show.charts.chart_style import INK
from fltoolkit.show.charts.descriptions.change_dumbbell import change, of_groups
from fltoolkit.show.charts.descriptions.chart_parts import (
    Axis,
    ChartRow,
    CurveChart,
    DotChart,
    Glyph,
    Line,
    Mark,
    Point,
    Series,
    Tick,
)
from fltoolkit.show.charts.descriptions.estimates_by_group import estimates, rule_sets
from fltoolkit.show.charts.renderers.matplotlib_renderer import drawn
from fltoolkit.show.charts.renderers.plotly_renderer import picture

NAN = float("nan")
AXIS = Axis(0.0, 10.0, (Tick(0.0, "0"), Tick(10.0, "10")))


def described(language: Language, norvia: fl.Published) -> dict[str, DotChart]:
    """A chart of each kind."""
    out, changed = country.published(), fell().changed
    assert changed is not None
    crossed = norvia.select("prevalence", ["sex", "age_group"])
    return {
        "one group": estimates(out, out.select("prevalence", [[], ["region"]]), language),
        "several groups": estimates(
            norvia, norvia.select("prevalence", [[], ["sex"], ["region"], ["area"]]), language
        ),
        "crossed": estimates(norvia, crossed, language),
        "persons": estimates(norvia, norvia.select("total", [[], ["sex"]]), language),
        "share": estimates(norvia, norvia.select("share", ["sector"]), language),
        "rule sets": rule_sets(out, "prevalence", language),
        "change": change(of_groups(changed.table, "prevalence", None), language),
    }


@pytest.mark.parametrize("language", [EN, FR], ids=["en", "fr"])
def test_both_renderers_show_the_described_words_numbers_and_signs(
    language: Language, norvia: fl.Published
) -> None:
    for kind, chart in described(language, norvia).items():
        expected = told(chart)
        assert by_plotly(figure(picture(chart))) == expected, kind
        assert by_matplotlib(drawn(chart).figure, len(chart.rows)) == expected, kind
        assert picture(chart).alt == drawn(chart).alt == chart.alt


def one(glyph: Glyph, **more: float) -> DotChart:
    """A chart of one number."""
    numbers = {"value": 5.0, "low": 2.0, "high": 8.0, **more}
    return DotChart(
        "one",
        "One",
        "of one",
        (),
        "One.",
        (ChartRow("all", "all", (Mark(**numbers, glyph=glyph, words="5"),)),),
        AXIS,
    )


@pytest.mark.parametrize(
    ("glyph", "value", "look", "interval"),
    [
        (Glyph.MEASURED, 5.0, "solid", (0, 2.0, 8.0)),
        (Glyph.UNRELIABLE, 5.0, "hollow", (0, 2.0, 8.0)),
        (Glyph.NONE_FOUND, 0.0, "stop", (0, 0.0, 8.0)),
    ],
)
def test_each_sign_has_one_look_in_both(
    glyph: Glyph, value: float, look: str, interval: tuple[int, float, float]
) -> None:
    chart = one(glyph, value=value, low=min(value, 2.0))
    at = interval[2] if look == "stop" else value
    for shown in (by_plotly(figure(picture(chart))), by_matplotlib(drawn(chart).figure, 1)):
        assert shown.signs == {(0, at, look)}
        assert shown.intervals == {interval}


def test_where_nobody_was_found_and_the_interval_is_cut_the_arrow_stands_alone() -> None:
    beyond = AXIS.high + 1
    chart = one(Glyph.NONE_FOUND, value=0.0, low=0.0, high=beyond)
    for shown in (by_plotly(figure(picture(chart))), by_matplotlib(drawn(chart).figure, 1)):
        assert not {look for *_, look in shown.signs} & {"stop"}
        assert shown.intervals == {(0, 0.0, AXIS.high)}


def test_a_number_without_an_interval_has_none() -> None:
    chart = one(Glyph.MEASURED, low=NAN, high=NAN)
    for shown in (by_plotly(figure(picture(chart))), by_matplotlib(drawn(chart).figure, 1)):
        assert (shown.signs, shown.intervals) == ({(0, 5.0, "solid")}, frozenset())


def test_intervals_of_joined_dots_do_not_lie_on_each_other() -> None:
    marks = (
        Mark(4.0, 2.0, 6.0, Glyph.MEASURED, "4", "#111111"),
        Mark(5.0, 3.0, 7.0, Glyph.MEASURED, "5", "#222222"),
    )
    alone = ChartRow("b", "b", (marks[1],))
    chart = DotChart(
        "two",
        "",
        "",
        (),
        "",
        (ChartRow("a", "a", marks), alone),
        AXIS,
        (Series("x", "#111111"), Series("y", "#222222")),
    )
    lines = [t for t in figure(picture(chart))["data"] if t["mode"] == "lines"]
    heights = {y for t in lines for y in t["y"] if y is not None}
    assert heights == {-0.2, 0.2, 1}
    (axes,) = drawn(chart).figure.axes
    drawn_at = {round(float(line.get_ydata()[0]), 2) for line in axes.lines if line.get_marker() == "None"}
    assert drawn_at == {-0.2, 0.2, 1.0}


def test_an_upright_interval_has_caps_above_the_planned_dots() -> None:
    """Before, a planned dot covered the end of an interval."""
    planned, found = (
        Mark(8.0, NAN, NAN, Glyph.PLANNED, "8", "#888888"),
        Mark(5.0, 2.0, 8.0, Glyph.MEASURED, "5", "#111111"),
    )
    path = CurveChart(
        "way", "", "", (), "", AXIS, AXIS, (), (Point(1, found, "found"), Point(1, planned, ""))
    )
    drawn_in_order = [(t["mode"], t["marker"]["symbol"]) for t in figure(picture(path))["data"]]
    assert drawn_in_order == [("markers", "circle"), ("lines+markers", "line-ew"), ("markers", "circle")]
    (axes,) = drawn(path).figure.axes
    (interval,) = (line for line in axes.lines if len(line.get_xdata()) == 2)
    (dot,) = (line for line in axes.lines if line.get_markersize() < 4 and len(line.get_xdata()) == 1)
    assert (interval.get_marker(), interval.get_zorder() > dot.get_zorder()) == ("_", True)


def test_html_in_words_is_shown_and_not_obeyed() -> None:
    evil = "<a href='x'>click</a>"
    row = ChartRow(evil, evil, (Mark(1.0, NAN, NAN, Glyph.MEASURED, evil),), evil, "", evil)
    charts = [
        DotChart(
            evil,
            evil,
            evil,
            (evil,),
            "",
            (row, ChartRow(evil, evil, absent=evil)),
            AXIS,
            (Series(evil, "#1f5a7a"),),
        ),
        CurveChart(
            evil,
            evil,
            evil,
            (evil,),
            "",
            Axis(0, 1, (Tick(0, evil),), evil),
            AXIS,
            (Line((0, 1), (0, 1), evil),),
            (Point(0, Mark(1.0, NAN, NAN, Glyph.TARGET, evil), evil),),
        ),
    ]
    for chart in charts:
        text = picture(chart).figure.to_json()
        assert "<a " not in text
        assert "&lt;a " in text


def test_bars_stand_from_zero_and_are_hollow_where_unreliable() -> None:
    for glyph, fill in ((Glyph.MEASURED, "#1f5a7a99"), (Glyph.UNRELIABLE, "white")):
        chart = replace(one(glyph), bars=True)
        bar, interval = figure(picture(chart))["data"]
        assert (bar["type"], bar["x"], bar["marker"]["color"]) == ("bar", [5.0], fill)
        assert (interval["x"][:2], interval["line"]["color"]) == ([2.0, 8.0], INK)
        (patch,) = drawn(chart).figure.axes[0].patches
        assert (patch.get_x(), patch.get_width()) == (0, 5.0)
        assert patch.get_facecolor()[:3] == (
            (1, 1, 1) if fill == "white" else pytest.approx((31 / 255, 90 / 255, 122 / 255))
        )


def test_curves_and_points_are_the_same_in_both() -> None:
    points = (
        Point(2.0, Mark(4.0, 3.0, 6.0, Glyph.MEASURED, "4"), "here"),
        Point(3.0, Mark(2.0, NAN, NAN, Glyph.PLANNED, "2")),
        Point(4.0, Mark(1.0, NAN, NAN, Glyph.TARGET, "1"), "goal", beside=True),
    )
    chart = CurveChart(
        "c",
        "C",
        "s",
        (),
        "",
        AXIS,
        AXIS,
        (Line((1.0, 4.0), (5.0, 1.0), "name"), Line((1.0, 2.0), (NAN, 3.0))),
        points,
    )
    fig = figure(picture(chart))
    (axes,) = drawn(chart).figure.axes
    marked = {(t["x"][0], t["y"][0]): t["marker"] for t in fig["data"] if t["mode"] == "markers"}
    assert {at: look["symbol"] for at, look in marked.items()} == {
        (2.0, 4.0): "circle",
        (3.0, 2.0): "circle",
        (4.0, 1.0): "diamond",
    }
    assert marked[3.0, 2.0]["size"] < marked[2.0, 4.0]["size"] / 2  # planned: it is taken for no estimate
    signs = {
        (line.get_xdata()[0], line.get_ydata()[0]): line.get_marker()
        for line in axes.lines
        if line.get_marker() != "None"
    }
    del signs[2.0, 3.0]  # the caps of the interval
    assert signs == {(2.0, 4.0): "o", (3.0, 2.0): "o", (4.0, 1.0): "D"}
    sizes = {line.get_xdata()[0]: line.get_markersize() for line in axes.lines if line.get_marker() == "o"}
    assert sizes[3.0] < sizes[2.0] / 2
    curves = [t for t in fig["data"] if "name" in t]
    assert [(t["x"], t["y"]) for t in curves] == [([1.0, 4.0], [5.0, 1.0]), ([1.0, 2.0], [None, 3.0])]
    assert [t["y"] for t in fig["data"] if t["mode"] == "lines+markers" and t not in curves] == [
        [3.0, 6.0, None]
    ]
    assert (
        {a["text"] for a in fig["layout"]["annotations"]}
        == {"here", "goal", "name"}
        == {t.get_text() for t in axes.texts}
    )


def test_the_comparison_sees_a_number_that_moved() -> None:
    """The guard of this file: another value is another chart."""
    shown: Shown = by_plotly(figure(picture(one(Glyph.MEASURED))))
    assert shown != told(one(Glyph.MEASURED, value=5.1))
    assert shown == told(one(Glyph.MEASURED))
