"""Native charts: dots with intervals, and bars that are hollow where nothing was measured; both from the cells beside them."""

from __future__ import annotations

import io
import re
import zipfile

from fltoolkit.report.workbook.sheet_charts import NativeChart, insert
from fltoolkit.spreadsheets import Spreadsheet


def drawn(chart: NativeChart) -> tuple[str, str]:
    """The parts with the chart and with its place."""
    file = Spreadsheet("Title", "")
    insert(file.book, file.book.add_worksheet("One"), "One", chart, (4, 6))
    with zipfile.ZipFile(io.BytesIO(file.content())) as archive:
        return archive.read("xl/charts/chart1.xml").decode(), archive.read("xl/drawings/drawing1.xml").decode()


def test_an_interval_is_a_line_between_its_limits_with_a_dot() -> None:
    chart, place = drawn(NativeChart("Prevalence", 0, 1, 3, "Value", number_format="#,##0.0", limits=(2, 3)))
    assert re.findall(r"<c:val><c:numRef><c:f>([^<]*)<", chart) == [f"One!${x}$6:${x}$8" for x in "DCB"]
    assert "<c:hiLowLines>" in chart
    assert chart.count('<c:symbol val="none"/>') == 2
    assert 'descr="Prevalence"' in place
    assert "<xdr:col>6</xdr:col>" in place


def test_a_bar_is_hollow_where_nothing_was_measured() -> None:
    chart, _ = drawn(NativeChart("Path", 4, 5, 3, "Value", number_format="#,##0", solid=(True, False, False)))
    points = re.findall(r"<c:dPt>.*?</c:dPt>", chart)
    assert ["FFFFFF" in point for point in points] == [False, True, True]
    assert '<c:min val="0"/>' in chart
    assert '<c:numFmt formatCode="#,##0"' in chart
