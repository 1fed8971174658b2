"""Native charts of the workbook: drawn by the spreadsheet program from the cells beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

CHART_COLUMNS = 9  # of usual width, which a chart covers
WIDE, ROW = 560, 20  # pixels
BLUE, GREY = "#1F5A7A", "#8A949E"


@dataclass(frozen=True)
class NativeChart:
    """A chart of the first rows of its sheet.

    Attributes:
        kind: bar (one beside the other, from above), or column (from left to right, over the years).
        names, values: the columns with what a bar is of, and with its length, from 0.
        rows: how many rows of the table are drawn.
        below, above: by row how far the interval reaches from the value; empty for none.
        solid: by row whether the value was measured, and reliably; else the bar is hollow.
        alt: what the chart shows, for who cannot see it.
    """

    title: str
    kind: Literal["bar", "column"]
    names: int
    values: int
    rows: int
    solid: Sequence[bool]
    axis: str
    number_format: str
    alt: str
    below: Sequence[float] = ()
    above: Sequence[float] = ()

    @property
    def rows_tall(self) -> int:
        """How many rows of usual height it covers."""
        return max(14, 3 + 2 * self.rows if self.kind == "bar" else 0)


def insert(book: Any, sheet: Any, name: str, chart: NativeChart, at: tuple[int, int]) -> None:
    """Put a chart to the right of its table. `at`: row of the heads, and the first column that is free."""
    head, column = at
    first, last = head + 1, head + chart.rows
    made = book.add_chart({"type": chart.kind})
    fill = {"fill": {"color": BLUE}, "border": {"color": BLUE}}
    hollow = {"fill": {"color": "#FFFFFF"}, "border": {"color": GREY, "width": 1.5, "dash_type": "dash"}}
    series: dict[str, Any] = {
        "name": chart.axis, "categories": [name, first, chart.names, last, chart.names], "gap": 60,
        "values": [name, first, chart.values, last, chart.values], "points": [fill if solid else hollow for solid in chart.solid], **fill,
    }  # fmt: skip
    if chart.above:
        bars = {
            "type": "custom",
            "plus_values": list(chart.above),
            "minus_values": list(chart.below),
            "line": {"color": "#222222"},
        }
        series["y_error_bars" if chart.kind == "column" else "x_error_bars"] = bars
    made.add_series(series)
    made.set_title({"name": chart.title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    made.set_legend({"none": True})
    across = {"num_format": chart.number_format, "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D7DDE3"}}}
    names = {"reverse": chart.kind == "bar", "num_font": {"size": 9}}
    # Of bars XlsxWriter's x axis is the one with the names, which stands upright.
    made.set_x_axis(names)
    made.set_y_axis({**across, "num_font": {"size": 9}, "crossing": "max"} if chart.kind == "bar" else across)
    made.set_size({"width": WIDE, "height": chart.rows_tall * ROW})
    sheet.insert_chart(head, column, made, {"x_offset": 12, "y_offset": 2, "description": chart.alt, "object_position": 3})
