"""Tests what only print needs: valid file names, texts that are not read as formulas, and words that stay
inside the picture."""

from __future__ import annotations

import re

from handed import EN, HOSTILE, hostile
from matplotlib.backends.backend_agg import FigureCanvasAgg

from fltoolkit.report.documents.document_pictures import all_pictures
from fltoolkit.show.charts.descriptions.chart_parts import (
    Axis,
    ChartRow,
    CurveChart,
    DotChart,
    Glyph,
    Line,
    Mark,
    Point,
    Tick,
)
from fltoolkit.show.charts.descriptions.estimates_by_group import estimates
from fltoolkit.show.charts.renderers.matplotlib_renderer import drawn

NAN = float("nan")


def test_text_is_never_a_formula_and_never_part_of_a_files_name() -> None:
    for picture in all_pictures(hostile(), EN):
        assert re.fullmatch(r"\w+", picture.name)
        assert b"<script" not in picture.svg
    out = hostile().now
    alt = drawn(estimates(out, out.select("prevalence", ["region"]), EN)).alt
    assert HOSTILE["formula"] in alt
    assert HOSTILE["script"] in alt


def test_words_beside_a_point_stand_at_its_left_where_they_would_leave_the_picture() -> None:
    axis = Axis(0.0, 10.0, (Tick(0.0, "0"),))
    mark = Mark(5.0, NAN, NAN, Glyph.MEASURED, "5")
    points = (
        Point(1.0, mark, "words that are long", beside=True),
        Point(9.9, mark, "words that are long", beside=True),
    )
    chart = CurveChart("c", "C", "s", (), "", axis, axis, (Line((0.0, 10.0), (1.0, 2.0)),), points)
    (axes,) = drawn(chart).figure.axes
    assert [text.get_horizontalalignment() for text in axes.texts] == ["left", "right"]


def test_a_long_heading_ends_before_the_axis() -> None:
    mark = Mark(5.0, NAN, NAN, Glyph.MEASURED, "5")
    heading = "Circonstance d’absence de consentement"
    rows = (ChartRow(heading, heading, heading=True), ChartRow("Oui", "oui", (mark,), "5"))
    figure = drawn(DotChart("c", "C", "s", (), "", rows, Axis(0.0, 10.0, (Tick(0.0, "0"),)))).figure
    (axes,) = figure.axes
    (words,) = (text for text in axes.texts if text.get_text().startswith("Circonstance"))
    assert words.get_window_extent(FigureCanvasAgg(figure).get_renderer()).x1 < axes.get_window_extent().x0
