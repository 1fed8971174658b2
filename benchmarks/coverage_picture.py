"""Draws the picture of the coverage simulation: coverage by the expected number of PSUs with a case."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
from coverage_report import ENOUGH_PSUS, LEAST
from coverage_simulation import DEFAULT, ICC

SHOWN = {
    "wald": ("#9a9a9a", "x-thin-open"),
    "logit": ("#e08214", "diamond-open"),
    "korn_graubard": ("#8fb3d9", "circle-open"),
    DEFAULT: ("#1f4e8c", "circle"),
}
WIDTH, HEIGHT = 1120, 470


def draw_picture(path: Path, cells: pd.DataFrame) -> None:
    """Draws one panel per intraclass correlation, and one mark per cell and method. Writes a PNG with
    Chromium. If there is no Chromium, the file is not changed."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        print(f"{path.name} is not drawn: no Chromium")
        return
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(_html(cells[~cells["tilted"]]), "utf-8")
        options = [
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--virtual-time-budget=8000",
            f"--user-data-dir={folder}/user",
        ]
        size = f"--window-size={WIDTH},{HEIGHT}"
        subprocess.run(
            [browser, *options, size, f"--screenshot={path}", page.as_uri()], check=True, capture_output=True
        )


def _html(cells: pd.DataFrame) -> str:
    from plotly.subplots import make_subplots

    titles = [f"intraclass correlation {icc:g}" for icc in ICC]
    figure = make_subplots(1, len(ICC), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.02)
    for column, icc in enumerate(ICC, start=1):
        for method, (colour, symbol) in SHOWN.items():
            t = cells[(cells["icc"] == icc) & (cells["method"] == method)]
            figure.add_scatter(
                x=t["expected_psus"],
                y=100 * t["coverage"],
                mode="markers",
                name=_name(method),
                legendgroup=method,
                showlegend=column == 1,
                marker={"color": colour, "symbol": symbol, "size": 7, "line": {"width": 1.4}},
                row=1,
                col=column,
            )
        figure.add_hline(y=100 * LEAST, line={"color": "#b2182b", "width": 1.5}, row=1, col=column)
        figure.add_vline(
            x=ENOUGH_PSUS, line={"color": "#777777", "width": 1, "dash": "dot"}, row=1, col=column
        )
    ticks = [0.1, 0.3, 1, 3, 10, 30, 100, 300]
    figure.update_xaxes(
        type="log",
        tickvals=ticks,
        ticktext=[f"{t:g}" for t in ticks],
        showgrid=False,
        linecolor="#777777",
        range=[-1.2, 2.6],
    )
    figure.update_yaxes(range=[50, 101], gridcolor="#eeeeee", linecolor="#777777")
    figure.update_yaxes(title="coverage of the 95% interval, %", col=1)
    figure.update_xaxes(title="PSUs expected to hold a case", col=2)
    figure.add_annotation(
        text="93.5%",
        x=0,
        xref="x domain",
        y=100 * LEAST,
        yref="y",
        yshift=-9,
        xanchor="left",
        showarrow=False,
        font={"color": "#b2182b", "size": 12},
    )
    figure.update_layout(
        width=WIDTH,
        height=HEIGHT,
        plot_bgcolor="white",
        font={"family": "sans-serif", "size": 13},
        margin={"l": 60, "r": 10, "t": 70, "b": 55},
        legend={"orientation": "h", "y": 1.2, "x": 0, "traceorder": "reversed"},
    )
    return str(
        figure.to_html(include_plotlyjs=True, full_html=True, config={"staticPlot": True}).replace(
            "<body>", '<body style="margin:0">'
        )
    )


def _name(method: str) -> str:
    return f"{method} (default)" if method == DEFAULT else method
