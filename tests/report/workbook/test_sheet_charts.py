"""Tests native charts: dots with intervals, and a dashed line for planned values, both from cells of the
sheet."""

from __future__ import annotations

import io
import re
import zipfile

from fltoolkit.report.workbook.sheet_charts import ChartAxes, NativeChart, insert_chart
from fltoolkit.spreadsheets import NumberWriting, Spreadsheet

AXES = ChartAxes("Lines: 95% intervals", "per 1,000 adults", 25, 5, "#,##0.0")


def drawn(chart: NativeChart) -> tuple[str, str]:
    """The parts with the chart and with its place."""
    file = Spreadsheet("Title", "", NumberWriting("[$-40C]"))
    insert_chart(file, file.book.add_worksheet("One"), chart, rows=(5, 12), beside=9)
    with zipfile.ZipFile(io.BytesIO(file.content())) as archive:
        return archive.read("xl/charts/chart1.xml").decode(), archive.read(
            "xl/drawings/drawing1.xml"
        ).decode()


def test_a_value_is_a_dot_with_its_number_and_the_line_of_its_interval() -> None:
    """Error bars take their lengths from cells: LibreOffice draws none that stand in the chart itself."""
    chart, place = drawn(NativeChart("Prevalence", (0, 2), 3, (6, 7), 3, AXES))
    assert re.findall(r"<c:val><c:numRef><c:f>([^<]*)<", chart) == ["One!$D$6:$D$8"]
    assert re.findall(r"<c:(plus|minus)><c:numRef><c:f>([^<]*)<", chart) == [
        ("plus", "'One'!$H$6:$H$8"),
        ("minus", "'One'!$G$6:$G$8"),
    ]
    assert "<c:f>One!$A$6:$C$8</c:f>" in chart  # labels in three levels, the marker the nearest
    assert '<c:showVal val="1"/>' in chart
    assert (
        '<c:plotVisOnly val="0"/>' in chart or "plotVisOnly" not in chart
    )  # the lengths stand in hidden columns
    assert 'descr="Prevalence"' in place
    assert re.findall(r"<xdr:(?:col|row)>(\d+)<", place)[:2] == ["9", "4"]  # beside the table


def test_the_axes_have_titles_a_fixed_end_and_the_languages_numbers() -> None:
    chart, _ = drawn(NativeChart("Prevalence", (0, 2), 3, (6, 7), 3, AXES))
    for text in (
        AXES.across,
        AXES.up,
        '<c:max val="25"/>',
        '<c:min val="0"/>',
        '<c:majorUnit val="5"/>',
        'formatCode="[$-40C]#,##0.0"',
    ):
        assert text in chart


def test_a_path_is_a_dashed_line_whose_last_value_is_told() -> None:
    chart, _ = drawn(NativeChart("Path", (2, 2), 5, (9, 10), 6, AXES, path=3, first=1))
    assert re.findall(r"<c:val><c:numRef><c:f>([^<]*)<", chart) == ["One!$D$7:$D$12", "One!$F$7:$F$12"]
    assert '<a:prstDash val="dash"/>' in chart
    assert chart.count('<c:delete val="1"/>') >= 5
    assert "<c:f>One!$D$5</c:f>" in chart  # the heads are the legend


def test_an_unreliable_value_is_a_hollow_dot_and_a_target_a_diamond() -> None:
    """They have columns of their own: a point with another look than its series is drawn by few spreadsheet
    programs."""
    plain, _ = drawn(NativeChart("Path", (2, 2), 5, (9, 10), 6, AXES, path=3, first=1))
    assert "diamond" not in plain
    chart, _ = drawn(NativeChart("Path", (2, 2), 5, (9, 10), 6, AXES, path=3, first=1, target=12, hollow=11))
    hollow, target = chart.split("<c:ser>")[3:]
    assert "One!$L$7:$L$12" in hollow
    assert '<c:symbol val="circle"/>' in hollow
    assert '<a:srgbClr val="FFFFFF"/>' in hollow
    assert "One!$M$7:$M$12" in target
    assert '<c:symbol val="diamond"/>' in target


def test_the_value_with_all_open_answers_as_cases_is_joined_to_the_value_by_a_band() -> None:
    chart, _ = drawn(NativeChart("Prevalence", (0, 2), 3, (6, 7), 3, AXES, band=(9, 10)))
    band, values = chart.split("<c:ser>")[1:]
    assert "One!$J$6:$J$8" in band
    assert "<c:minus><c:numRef><c:f>'One'!$K$6:$K$8" in band
    assert '<c:errBarType val="minus"/>' in band
    assert "One!$D$6:$D$8" in values
    assert '<c:legendPos val="b"/>' in chart
