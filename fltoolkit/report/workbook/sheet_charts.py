"""Native charts of the workbook. The spreadsheet program draws them from the cells beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CHART_COLUMNS = 9  # columns of usual width that a chart covers
WIDE, ROW, ROWS = 560, 20, 15  # width in pixels, row height in pixels, and rows that a chart covers
BLUE, GREY, LINES = "#1F5A7A", "#8A949E", "#D7DDE3"


@dataclass(frozen=True)
class NativeChart:
    """A chart that the spreadsheet program draws from the cells of a sheet. It shows the first rows of the table, from left to
    right.

    Attributes:
        title: what the chart shows, with the unit. The title is also the text alternative.
        names: the position of the column with the labels below the dots or bars.
        values: the position of the column with the values; they are drawn on an axis from 0.
        rows: how many rows of the table are drawn.
        axis: the words next to this axis.
        number_format: how the spreadsheet program prints the numbers of this axis.
        limits: the positions of the two columns with the interval limits. If they are given, a value is a dot with a line,
            otherwise a bar.
        solid: for each bar, whether it is filled, because its value was measured. Other bars are hollow.
    """

    title: str
    names: int
    values: int
    rows: int
    axis: str
    number_format: str
    limits: tuple[int, int] | None = None
    solid: Sequence[bool] = ()


def insert(book: Any, sheet: Any, name: str, chart: NativeChart, at: tuple[int, int]) -> None:
    """Puts a chart into a sheet, to the right of its table. `at` is the cell of the chart's upper left corner: the row of the
    table's column headings, and the first free column.
    """
    head, column = at

    def cells(of: int) -> list[object]:
        return [name, head + 1, of, head + chart.rows, of]

    made = book.add_chart({"type": "stock" if chart.limits else "column"})
    if chart.limits:
        low, high = chart.limits
        for place in (high, low, chart.values):  # the order that a high-low-close chart needs
            dot = (
                {"type": "circle", "size": 8, "fill": {"color": BLUE}, "border": {"color": BLUE}}
                if place == chart.values
                else {"type": "none"}
            )
            made.add_series(
                {
                    "name": chart.axis,
                    "categories": cells(chart.names),
                    "values": cells(place),
                    "marker": dot,
                    "line": {"none": True},
                }
            )
        made.set_high_low_lines({"line": {"color": BLUE, "width": 2}})
    else:
        fill = {"fill": {"color": BLUE}, "border": {"color": BLUE}}
        hollow = {"fill": {"color": "#FFFFFF"}, "border": {"color": GREY, "width": 1.5, "dash_type": "dash"}}
        points = [fill if solid else hollow for solid in chart.solid]
        made.add_series(
            {
                "name": chart.axis,
                "categories": cells(chart.names),
                "values": cells(chart.values),
                "gap": 60,
                "points": points,
                **fill,
            }
        )
    made.set_title({"name": chart.title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    made.set_legend({"none": True})
    made.set_x_axis({"num_font": {"size": 9}, "text_axis": True})
    lines = {"visible": True, "line": {"color": LINES}}
    made.set_y_axis({"num_format": chart.number_format, "min": 0, "num_font": {"size": 9}, "major_gridlines": lines})
    made.set_size({"width": WIDE, "height": ROWS * ROW})
    sheet.insert_chart(head, column, made, {"x_offset": 12, "y_offset": 2, "description": chart.title, "object_position": 3})
