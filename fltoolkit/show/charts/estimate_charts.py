"""Pictures a minister can read: what is published, with its interval, and what is not shown marked as such."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.estimate.totals.result_cells import By, breakdowns
from fltoolkit.publish.measure_units import scale, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, LEGENDS_TOP, PALE, SERIES, Picture, axis, categories, figure, wrap
from fltoolkit.show.wording.english_numbers import TITLES, basis, interval, labels, number, percent, shown, to_verify, value

MARKED = ("suppress", "unreliable")


@checked
def dots(out: Published, measure: str, by: By = None, *, population: str | None = None) -> Picture:
    """Estimates as dots with their intervals, one row a category; hollow dots are unreliable, `[c]` and `[u]` not shown.

    Several breakdowns stand below each other; a crossed one is coloured by its first group.
    """
    rows = out.select(measure, by, population=population)
    crossed = len(breakdowns(by)) == 1 and len(breakdowns(by)[0]) == 2
    return dot_plot(rows, breakdowns(by)[0] if crossed else ())


def dot_plot(rows: pd.DataFrame, crossed: Sequence[str] = ()) -> Picture:
    """`dots` of some rows of one measure; `crossed` names the two groups of a crossed breakdown."""
    first = rows.iloc[0].to_dict()
    measure = str(first["measure"])
    series = [("", rows.assign(y=[wrap(name) for name in labels(rows)]))]
    if crossed:
        colour, along = crossed
        parts = rows.groupby(colour, sort=False)
        series = [(value(colour, name), part.assign(y=[wrap(value(along, v)) for v in part[along]])) for name, part in parts]
    where = f"{unit(measure, first['reference_population_label'])}, {percent(first)} intervals"
    title = f"{TITLES[measure]} {_by_words(rows)}".strip()
    fig = figure(
        title,
        f"{where}; {first['reference_period']}{basis(first)}{to_verify(first)}",
        150 + 44 * len(rows),
    )
    for i, (name, part) in reversed(list(enumerate(series))):
        dot_series(fig, name, part, SERIES[i % len(SERIES)], bool(crossed))
    order = list(dict.fromkeys(y for _, part in series for y in part["y"]))
    fig.update_xaxes(**axis(str(unit(measure))))
    fig.update_yaxes(**categories(order))
    if crossed:
        fig.update_layout(scattermode="group", margin_t=LEGENDS_TOP, legend_traceorder="reversed")
    fig.update_layout(showlegend=bool(crossed))
    return Picture(fig, _alt(f"Dot plot: {title}, {where}.", rows))


def dot_series(fig: Any, name: str, part: pd.DataFrame, colour: str, grouped: bool) -> None:
    """Draw the rows of one measure; `grouped` beside those of other series, which a legend tells apart."""
    times, there = scale(str(part["measure"].iloc[0])), part[part["estimate"].notna()]
    offset = {"offsetgroup": name} if grouped else {}
    x, low, high = (there[c] * times for c in ("estimate", "ci_low", "ci_high"))
    fig.add_scatter(
        x=list(x), y=list(there["y"]), mode="markers", name=wrap(name), orientation="h", cliponaxis=False,
        error_x={"type": "data", "symmetric": False, "array": list(high - x), "arrayminus": list(x - low), "thickness": 2, "width": 0},
        marker={"size": 11, "color": _fill(there, colour), "line": {"color": colour, "width": 2}},
        text=[_hover(r) for r in there.to_dict("records")], hovertemplate="%{y}: %{text}<extra></extra>", error_x_color=colour, **offset,
    )  # fmt: skip
    if grouped:  # a legend takes the first dot's look, and that one may be hollow
        fig.data[-1].update(showlegend=False, legendgroup=name)
        fig.add_scatter(x=[None], y=[None], mode="markers", name=wrap(name), legendgroup=name, hoverinfo="skip",
                        marker={"size": 11, "color": colour}, orientation="h", **offset)  # fmt: skip
    _not_shown(fig, part, **offset)


def _fill(rows: pd.DataFrame, colour: str) -> list[str]:
    """White inside where the number is unreliable, or where nobody was found."""
    return ["white" if f in MARKED or m == "w" else colour for f, m in zip(rows["flag"], rows["marker"], strict=True)]


def _not_shown(fig: Any, rows: pd.DataFrame, **more: Any) -> None:
    """Rows without a number, marked where it would stand; the reason is told on pointing there."""
    gone = rows[rows["estimate"].isna()]
    if len(gone):
        fig.add_scatter(
            x=[0.0] * len(gone), y=list(gone["y"]), mode="text", text=[_absent(r) for r in gone.to_dict("records")],
            textposition="middle right", textfont={"color": GREY, "size": 12}, hovertext=[wrap(r) for r in gone["reason"]],
            hoverinfo="text", showlegend=False, orientation="h", **more,
        )  # fmt: skip


def _absent(row: dict[Any, Any]) -> str:
    if row["marker"] != "x":
        return f"  [{row['marker']}] not shown"
    return f"  [x] not available: {wrap(textwrap.shorten(str(row['reason']), 150, placeholder=' …'), 76)}".replace(
        "<br>", "<br>  "
    )


@checked
def bars(out: Published, group: str, *, population: str | None = None) -> Picture:
    """Number of persons in forced labour by a group: bars with intervals, the largest first; what is not shown is marked."""
    rows = out.select("total", [group], population=population)
    rows = rows.sort_values("estimate", ascending=False, na_position="last", kind="stable").reset_index(drop=True)
    rows = rows.assign(y=[wrap(name) for name in labels(rows)])
    first, there = rows.iloc[0].to_dict(), rows[rows["estimate"].notna()]
    subtitle = f"{percent(first)} intervals; {first['reference_period']}{to_verify(first)}"
    fig = figure(f"Persons in forced labour by {_name(group)}", subtitle, 150 + 44 * len(rows), showlegend=False)
    fig.add_bar(
        x=list(there["estimate"]), y=list(there["y"]), orientation="h", width=0.55,
        marker={"color": [PALE if f in MARKED else BLUE for f in there["flag"]], "line": {"color": BLUE, "width": 1.5}},
        error_x={"type": "data", "symmetric": False, "array": list(there["ci_high"] - there["estimate"]),
                 "arrayminus": list(there["estimate"] - there["ci_low"]), "color": INK, "thickness": 1.5, "width": 4},
        text=[_hover(r) for r in there.to_dict("records")], textposition="none", hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    _not_shown(fig, rows)
    fig.update_xaxes(**axis("persons; pale bars are unreliable"))
    fig.update_yaxes(**categories(list(rows["y"])))
    return Picture(fig, _alt(f"Bar chart: persons in forced labour by {_name(group)}.", rows))


@checked
def rule_sets(out: Published, measure: str = "prevalence") -> Picture:
    """The headline under every rule set, one dot with its interval each, the run's own first; what is not available says why."""
    rows = out.rule_sets(measure)
    names = [f"{wrap(r['rule_set'])}{'<br>rule to be verified' if r['to_verify'] else ''}" for r in rows.to_dict("records")]
    rows, first = rows.assign(y=names), rows.iloc[0].to_dict()
    where = f"{unit(measure, first['reference_population_label'])}, {percent(first)} intervals"
    fig = figure(
        f"{TITLES[measure]} under each rule set", f"{where}; {first['reference_period']}", 170 + 60 * len(rows), showlegend=False
    )
    dot_series(fig, "", rows, BLUE, False)
    fig.update_xaxes(**axis(str(unit(measure))))
    fig.update_yaxes(**categories(names), range=[-0.6, len(rows) - 0.4])
    told = [f"{r['rule_set']}{to_verify(r)}: {_number_or_reason(r)}" for r in rows.to_dict("records")]
    return Picture(fig, f"Dot plot: {TITLES[measure]} under each rule set, {where}. {'; '.join(told)}.")


def _number_or_reason(row: dict[Any, Any]) -> str:
    return f"{shown(row)} ({interval(row)})" if interval(row) else f"{shown(row)} {row['reason']}".strip()


@checked
def unresolved(counts: pd.DataFrame) -> Picture:
    """Answers that leave a question open, by question: don't know, refused, blank (from `fl.nonresponse`)."""
    labels = [wrap(f"{row['label']} ({row['column']})", 46) for row in counts.to_dict("records")]
    fig = figure("Answers that leave a question open", "persons asked the module, unweighted and rounded; counts below the limit are not shown",
                 150 + 30 * len(counts), barmode="stack")  # fmt: skip
    for (kind, name), colour in zip(
        (("dont_know", "don't know"), ("refused", "refused"), ("missing", "blank without a reason")), SERIES, strict=False
    ):
        fig.add_bar(x=list(counts[kind].fillna(0)), y=labels, orientation="h", name=name, marker={"color": colour})
    hidden = counts[["dont_know", "refused", "missing"]].isna().any(axis=1)
    total = counts[["dont_know", "refused", "missing"]].fillna(0).sum(axis=1)
    fig.add_scatter(x=list(total[hidden]), y=[y for y, h in zip(labels, hidden, strict=True) if h], mode="text", text=["  + [c]"] * int(hidden.sum()),
                    textposition="middle right", textfont={"color": GREY, "size": 12}, showlegend=False, hoverinfo="skip")  # fmt: skip
    fig.update_xaxes(**axis("persons"))
    fig.update_yaxes(**categories(labels))
    fig.update_layout(margin_t=LEGENDS_TOP, legend_traceorder="normal")
    told = "; ".join(f"{r['column']}: {_open_answers(r)}" for r in counts.to_dict("records"))
    return Picture(fig, f"Stacked bars of open answers by question. {told}.")


def _open_answers(row: dict[Any, Any]) -> str:
    parts = [
        f"{name} {'[c]' if pd.isna(row[k]) else int(row[k])}"
        for k, name in (("dont_know", "don't know"), ("refused", "refused"), ("missing", "blank"))
    ]
    return ", ".join(parts)


def _hover(row: dict[Any, Any]) -> str:
    text = f"{number(row['estimate'], row['measure'])} ({interval(row)})"
    return f"{text}<br>{wrap(row['reason'], 50)}" if row["reason"] else text


def _name(group: str) -> str:
    return group.replace("_", " ")


def _by_words(rows: pd.DataFrame) -> str:
    names = [_name(b) for b in dict.fromkeys(rows["breakdown"]) if b]
    return f"by {', '.join(names)}" if names else ""


def _alt(lead: str, rows: pd.DataFrame) -> str:
    pairs = zip(labels(rows), rows.to_dict("records"), strict=True)
    told = [f"{name}: {shown(r)}" + (f" ({interval(r)})" if interval(r) else "") for name, r in pairs]
    return f"{lead} {'; '.join(told)}."
