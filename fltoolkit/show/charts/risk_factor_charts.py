"""Draws risk factors as a forest plot, and makes two tables: of risk factors, and of the prevalence if some answers are wrong.

Plot and table of risk factors show what is associated with forced labour, not what causes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.publish.published_model import PublishedModel
from fltoolkit.publish.response_error import ResponseError
from fltoolkit.show.charts.chart_style import (
    AXIS_TITLE,
    BLUE,
    GREY,
    PALE,
    QUIET,
    Picture,
    Table,
    axis,
    categories,
    figure,
    safe,
    wrap,
)
from fltoolkit.show.tables import plain
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH, NBSP, PublishedNumber, number, value

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
PER_1000 = "prevalence"


@checked
def risk(model: PublishedModel, *, title: str = "") -> Picture:
    """Returns a picture of odds ratios as dots with their intervals on a log axis, group by group. The reference category of each
    group is in the picture too.

    The dots of unreliable odds ratios are hollow. A number that is not shown has its marker, `[c]` (confidential) or `[u]`
    (unreliable), in its place.

    Args:
        title: replaces the usual title of the picture.
    """
    if model.table.empty:
        fig = figure(
            title or "What goes with forced labour",
            " ".join(model.notes),
            120,
            xaxis={"visible": False},
            yaxis={"visible": False},
        )
        return Picture(fig, f"Forest plot without rows. {' '.join(model.notes)}")
    table = _labelled(model.table)
    level = number_words.percent(ENGLISH, model.level)
    where = f"odds ratios, {level} intervals, all groups in one model"
    about = f"{model.population_label}; {model.reference_period}{'; to be verified' if model.to_verify else ''}"
    order = [y for group, part in table.groupby("group", sort=False) for y in (_heading(str(group)), *part["y"])]
    fig = figure(title or "What goes with forced labour", f"{where}; {about}", 170 + 30 * len(order), showlegend=False)
    low, high = _range(table)
    fig.add_vline(x=1, line={"color": GREY, "width": 1})
    drawn = table[table["odds_ratio"].notna() & (table["category"] != table["reference"])]
    _dots(fig, drawn)
    _cut_off(fig, drawn, low, high)
    base = table[table["category"] == table["reference"]]
    _text(fig, base, ["◆  the others are compared with this"] * len(base))
    gone = table[table["odds_ratio"].isna()]
    _text(fig, gone, [f"    [{m}] not shown" for m in gone["marker"]])
    fig.update_xaxes(
        **axis("odds ratio (log scale): left of 1 less often, right of 1 more often; hollow dots are unreliable"),
        type="log", range=[np.log10(low), np.log10(high)],
        tickvals=list(TICKS), ticktext=[f"{t:g}" for t in TICKS],
    )  # fmt: skip
    fig.update_yaxes(**categories(order), range=[-0.6, len(order) - 0.4])
    sentences = "; ".join(
        f"{r['group'].replace('_', ' ')} {r['category']}: {_hover_text(r)}" for r in model.table.to_dict("records")
    )
    return Picture(fig, f"Forest plot: {where}. {about}. {sentences}. {' '.join(model.notes)}")


@checked
def risk_table(model: PublishedModel) -> Table:
    """Returns a table of a published model, with two numbers for each category. One is the odds ratio. The other is the
    difference in prevalence from the reference category, in cases per 1,000, if all other characteristics are equal.
    """
    records = model.table.to_dict("records")
    starts = [i == 0 or records[i - 1]["group"] != r["group"] for i, r in enumerate(records)]
    body = pd.DataFrame(
        {
            "Group": [_name(r["group"]) if new else "" for r, new in zip(records, starts, strict=True)],
            "Category": [value(r["group"], r["category"]) for r in records],
            "Odds ratio": [_ratio(r["odds_ratio"]) for r in records],
            f"{number_words.percent(ENGLISH, model.level)} interval": [_ratio_limits(r) for r in records],
            "Per 1,000 more or less": ["" if _is_base(r) else _signed(r["effect"]) for r in records],
            "Interval": [_effect_limits(r) for r in records],
            "Marker": [f"[{r['marker']}]" if r["marker"] else "" for r in records],
            "Remark": ["the others are compared with this" if _is_base(r) else r["reason"] for r in records],
        }
    )
    about = f"{model.population_label}; {model.reference_period}; all groups in one model (Firth's logistic regression)"
    notes = (
        *model.notes,
        *([f"To be verified: {model.to_verify}."] if model.to_verify else []),
        number_words.markers(ENGLISH, model.table["marker"]),
    )
    return plain(body, "What goes with forced labour", about, " ".join(n for n in notes if n))


@checked
def response_error(found: ResponseError) -> Picture:
    """Returns a picture of a table for a sensitivity analysis. Each cell has a prevalence: the true one, if given shares of the
    answers were wrong. The colour of a cell shows the size of its prevalence.

    None of these numbers is an estimate of the survey.
    """
    records = {(float(r["sensitivity"]), float(r["specificity"])): r for r in found.table.to_dict("records")}
    down, across = (sorted({pair[i] for pair in records}, reverse=True) for i in (0, 1))
    rows, columns = ([f"{v * 100:g}{NBSP}%" for v in part] for part in (down, across))
    words = [[_cell(records[a, b]) for b in across] for a in down]
    values = [[records[a, b]["prevalence"] * 1000 for b in across] for a in down]
    seen = "hidden headline" if np.isnan(found.observed) else f"{number(found.observed, PER_1000)} per 1,000"
    headline = f"{seen} {found.population_label}".strip()
    fig = figure(
        "If answers misclassify: a sensitivity table, not an estimate",
        f"prevalence per 1,000 that would give the {headline} observed", 190 + 58 * len(rows), showlegend=False,
    )  # fmt: skip
    fig.add_heatmap(
        z=[[None if pd.isna(v) else v for v in line] for line in values], x=columns, y=rows, text=words,
        texttemplate="%{text}", colorscale=[[0, "white"], [1, "#9fc3d6"]], showscale=False, xgap=3, ygap=3, hoverinfo="skip",
    )  # fmt: skip
    fig.update_xaxes(
        title={"text": f"specificity: others whose answers say not{_blank(found)}", "font": AXIS_TITLE},
        type="category",
        automargin=True,
        showgrid=False,
    )
    fig.update_yaxes(
        title={"text": "sensitivity: true cases<br>whose answers say so", "font": AXIS_TITLE},
        type="category",
        autorange="reversed",
        automargin=True,
        showgrid=False,
    )
    fig.update_layout(plot_bgcolor=PALE)
    sentences = "; ".join(
        f"sensitivity {a:.0%}, specificity {b:.1%}: {_cell(r).replace('<br>', ' ')}" for (a, b), r in records.items()
    )
    return Picture(fig, f"Sensitivity table, never the headline. Observed: {headline}. {sentences}.")


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows with one more column, a label that is unique over all groups."""
    names = [value(g, c) for g, c in zip(table["group"], table["category"], strict=True)]
    whose = [f"{n} ({_name(g)})" if names.count(n) > 1 else n for n, g in zip(names, table["group"], strict=True)]
    return table.assign(y=[wrap(n) for n in whose])


def _heading(group: str) -> str:
    return f"<b>{safe(_name(group))}</b>"


def _name(group: str) -> str:
    return group.replace("_", " ")


def _range(table: pd.DataFrame) -> tuple[float, float]:
    """Returns the lower and upper end of the axis of odds ratios.

    All dots are on the axis, and it covers at least 0.5 to 2. Limits of intervals below 0.02 or above 50 are cut off.
    """
    limits = table[["ci_low", "ci_high"]].to_numpy(float)
    ends = [0.5, 2.0, *table["odds_ratio"].dropna(), *np.clip(limits[~np.isnan(limits)], 0.02, 50)]
    return min(ends) / 1.3, max(ends) * 1.3


def _dots(fig: Any, rows: pd.DataFrame) -> None:
    x = rows["odds_ratio"]
    high, low = rows["ci_high"].replace(np.inf, TICKS[-1] * 2), rows["ci_low"]
    fig.add_scatter(
        x=list(x), y=list(rows["y"]), mode="markers", orientation="h", error_x_color=BLUE,
        error_x={"type": "data", "symmetric": False, "array": list(high - x), "arrayminus": list(x - low), "thickness": 2, "width": 0},
        marker={"size": 11, "color": ["white" if f == "unreliable" else BLUE for f in rows["flag"]], "line": {"color": BLUE, "width": 2}},
        text=[f"{_hover_text(r)}<br>{wrap(r['reason'], 50)}" for r in rows.to_dict("records")], hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip


def _cut_off(fig: Any, rows: pd.DataFrame, low: float, high: float) -> None:
    """Draws an arrow at the edge of the chart for each interval that goes on beyond it."""
    beyond = ((rows[rows["ci_low"] < low], low, "triangle-left"), (rows[rows["ci_high"] > high], high, "triangle-right"))
    for cut, edge, symbol in beyond:
        if len(cut):
            fig.add_scatter(
                x=[edge] * len(cut), y=list(cut["y"]), mode="markers", orientation="h", cliponaxis=False, hoverinfo="skip",
                marker={"symbol": symbol, "size": 12, "color": BLUE},
            )  # fmt: skip


def _text(fig: Any, rows: pd.DataFrame, words: list[str]) -> None:
    """Writes words into the rows of the chart. They begin where the odds ratio is 1 (no difference). `words` has one text for
    each of `rows`."""
    fig.add_scatter(
        x=[0.985] * len(rows), y=list(rows["y"]), mode="text", text=words, textposition="middle right", textfont={"color": QUIET, "size": 12},
        hovertext=[wrap(r) for r in rows["reason"]], hoverinfo="text", orientation="h",
    )  # fmt: skip


def _is_base(row: PublishedNumber) -> bool:
    return bool(row["category"] == row["reference"] and pd.notna(row["odds_ratio"]))


def _ratio(x: float) -> str:
    return "" if pd.isna(x) else "no limit" if np.isinf(x) else f"{x:.2f}"


def _ratio_limits(row: PublishedNumber) -> str:
    return "" if pd.isna(row["ci_low"]) else f"{_ratio(row['ci_low'])}{NBSP}to{NBSP}{_ratio(row['ci_high'])}"


def _signed(effect: float) -> str:
    return "" if pd.isna(effect) else f"{effect * 1000:+.1f}".replace("-", "−")


def _effect_limits(row: PublishedNumber) -> str:
    return "" if pd.isna(row["effect_low"]) else f"{_signed(row['effect_low'])}{NBSP}to{NBSP}{_signed(row['effect_high'])}"


def _hover_text(row: PublishedNumber) -> str:
    if _is_base(row):
        return "the category compared with"
    if pd.isna(row["odds_ratio"]):
        return f"[{row['marker']}]"
    return f"{_ratio(row['odds_ratio'])} ({_ratio_limits(row)})" if _ratio_limits(row) else _ratio(row["odds_ratio"])


def _blank(found: ResponseError) -> str:
    """Returns a text that explains why some cells of the table have a dash in place of a number; empty if no cell has one."""
    reasons = [str(r) for r in found.table["reason"].unique() if r]
    return f"<br>–: {' or '.join(reasons)}" if reasons else ""


def _cell(row: PublishedNumber) -> str:
    if pd.isna(row["prevalence"]):
        return "–"
    interval = "" if pd.isna(row["ci_low"]) else f"<br>{number(row['ci_low'], PER_1000)} to {number(row['ci_high'], PER_1000)}"
    return f"{number(row['prevalence'], PER_1000)}{interval}"
