"""Makes charts of the workbook that the spreadsheet program itself draws, from the cells beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fltoolkit.spreadsheets import Spreadsheet, column_reference

WIDTH, HEIGHT = 860, 460  # pixels
BLUE, GREY, ORANGE, LINES, BAND = "#1F5A7A", "#6B737C", "#B35900", "#D7DDE3", "#B9C3CC"
SMALL, LARGE = {"name": "Arial", "size": 10}, {"name": "Arial", "size": 11, "bold": True}
LABEL = {"value": True, "font": SMALL}
ON_WHITE = LABEL | {"fill": {"color": "#FFFFFF"}}  # where a line would cross the number


@dataclass(frozen=True)
class ChartAxes:
    """The two axes of a chart. The axis of the values begins at 0.

    Attributes:
        across, up: the titles of the axis of the labels, and of the axis of the values.
        top: the value at which the axis of the values ends.
        step: the distance between two ticks.
        number_format: the format code with which the spreadsheet program prints the numbers of the axis.
    """

    across: str
    up: str
    top: float
    step: float
    number_format: str


@dataclass(frozen=True)
class NativeChart:
    """A chart that the spreadsheet program draws from the cells of a sheet: a dot for each value, with a line
    for its interval. The chart shows the first rows of the sheet's table, from left to right.

    Attributes:
        title: what the chart shows, with the unit. People who do not see the chart get this text instead.
        names: the first and the last column of the labels below the dots. A blank label belongs to the group
            on its left.
        values: the column with the measured values; they are drawn on an axis from 0.
        lengths: the two columns with the distances from a value down and up to the limits of its interval.
        rows: how many rows of the table are drawn.
        axes: the two axes.
        path: the column with planned values, which a dashed line connects; None for none.
        first: how many rows of the table are above the rows that are drawn.
        target: the column that only has the value of the target, which is drawn as a diamond; None for none.
        hollow: the column that only has the unreliable values, whose dots are hollow; None if no value is
            unreliable.
        band: two columns: the value if all unresolved persons were cases, and its distance from the measured
            value. A grey band joins both values. The attribute is None if there is no such value.
    """

    title: str
    names: tuple[int, int]
    values: int
    lengths: tuple[int, int]
    rows: int
    axes: ChartAxes
    path: int | None = None
    first: int = 0
    target: int | None = None
    hollow: int | None = None
    band: tuple[int, int] | None = None


def insert_chart(
    file: Spreadsheet, sheet: Any, chart: NativeChart, *, rows: tuple[int, int], beside: int
) -> None:
    """Puts a chart into a sheet, beside its table: no program then moves it when rows become higher.

    Args:
        file: the workbook.
        sheet: the sheet with the table.
        chart: the description of the chart.
        rows: the first and the last row of the table, below the column headings.
        beside: the column at which the chart begins.
    """
    first = rows[0] + chart.first
    last, sheet_name = first + chart.rows - 1, sheet.get_name()

    def column(place: int) -> list[object]:
        return [sheet_name, first, place, last, place]

    names = [sheet_name, first, chart.names[0], last, chart.names[1]]
    below, above = (column_reference(sheet_name, (first, last), place) for place in chart.lengths)
    made = file.book.add_chart({"type": "line"})

    def series(place: int, **look: Any) -> None:
        """Adds the values of one column to the chart. `place` is the number of the column, and `look` has the
        settings of its points."""
        name = [sheet_name, rows[0] - 1, place]
        made.add_series(
            {"name": name, "categories": names, "values": column(place), "line": {"none": True}} | look
        )

    if chart.path is not None:
        dashed = {"color": GREY, "width": 1.25, "dash_type": "dash"}
        only_last = [*({"delete": True} for _ in range(chart.rows - 1)), {"value": None}]
        label = ON_WHITE | {"position": "above", "custom": only_last}
        series(chart.path, line=dashed, marker={"type": "none"}, data_labels=label)
    if chart.band is not None:
        down = column_reference(sheet_name, (first, last), chart.band[1])
        lengths = {
            "type": "custom",
            "plus_values": down,
            "minus_values": down,
            "direction": "minus",
            "end_style": 0,
        }
        band = lengths | {"line": {"color": BAND, "width": 6}}
        series(
            chart.band[0],
            marker=_symbol("long_dash", 9, GREY),
            y_error_bars=band,
            data_labels=ON_WHITE | {"position": "above"},
        )
    label = LABEL if chart.path is None else ON_WHITE  # the path begins at the first value
    interval = {
        "type": "custom",
        "plus_values": above,
        "minus_values": below,
        "line": {"color": BLUE, "width": 1.75},
    }
    series(
        chart.values,
        marker=_symbol("circle", 8, BLUE),
        y_error_bars=interval,
        data_labels=label | {"position": "right"},
    )
    if chart.hollow is not None:
        # A small white dot on the full dot of the same value: LibreOffice draws no border of a dot.
        series(chart.hollow, marker=_symbol("circle", 5, "#FFFFFF"))
    if chart.target is not None:
        series(chart.target, marker=_symbol("diamond", 8, ORANGE))
    made.set_title({"name": chart.title, "name_font": LARGE, "overlay": False})
    # The white dot cannot be seen in a legend; the title of the axis explains it.
    places = (chart.path, chart.band)
    white = [] if chart.hollow is None else [sum(place is not None for place in places) + 1]
    legend = {"position": "bottom", "font": SMALL, "delete_series": white}
    made.set_legend({"none": True} if {chart.path, chart.band} == {None} else legend)
    axes = chart.axes
    made.set_x_axis({"name": axes.across, "name_font": SMALL, "num_font": SMALL, "text_axis": True})
    lines = {"visible": True, "line": {"color": LINES}}
    shown = {
        "num_format": file.numbers.in_language(axes.number_format),
        "num_font": SMALL,
        "major_gridlines": lines,
    }
    made.set_y_axis(
        {"name": axes.up, "name_font": SMALL, "min": 0, "max": axes.top, "major_unit": axes.step, **shown}
    )
    made.show_hidden_data()
    made.set_size({"width": WIDTH, "height": HEIGHT})
    sheet.insert_chart(rows[0] - 1, beside, made, {"description": chart.title, "object_position": 3})


def _symbol(type_: str, size: int, colour: str) -> dict[str, Any]:
    return {"type": type_, "size": size, "fill": {"color": colour}, "border": {"color": colour}}
