"""Draws risk factors as a forest plot, and makes two tables: of risk factors, and of the prevalence if some
answers are wrong.

The plot and the table of risk factors show what is associated with forced labour, not what causes it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.publish.measure_units import decimals_of
from fltoolkit.publish.models.published_model import PublishedModel
from fltoolkit.publish.response_error import ResponseError
from fltoolkit.show.charts.chart_style import AXIS_TITLE, PALE, Picture, Table, figure
from fltoolkit.show.charts.descriptions import chart_notes
from fltoolkit.show.charts.descriptions.axis_ticks import LONGEST
from fltoolkit.show.charts.descriptions.chart_parts import Axis, ChartRow, DotChart, Glyph, Mark, Tick
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.printed_tables.printed_table import letter
from fltoolkit.show.tables import plain
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH, NBSP, PublishedNumber, number, value
from fltoolkit.show.wording.section_words import Nothing
from fltoolkit.table_records import as_records

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
PER_1000 = "prevalence"
LEAST_RATIO = 0.005  # a smaller one rounds to 0.00
RATIOS = "Odds ratios of the groups in one model"
LEFT_AND_RIGHT = "Left of 1: less often than in the reference group (ref.); right of 1: more often."


@checked
def risk(model: PublishedModel) -> Picture | Nothing:
    """Returns a picture of odds ratios as dots with their intervals on a log axis, group by group. The
    picture also has the reference category of each group.

    The dots of unreliable odds ratios are hollow. A number that is not shown has its marker, `[c]`
    (confidential) or `[u]` (unreliable), in its place. If the model is not shown, a sentence says why.
    """
    if model.table.empty:
        return Nothing(_notes(model)[0])
    level = number_words.percent(ENGLISH, model.level)
    intervals = f", {level} intervals" if model.table["ci_low"].notna().any() else ""
    about = (
        f"Odds ratios{intervals}; {model.population_label}; {model.reference_period}"
        f"{'; to be verified' if model.to_verify else ''}"
    )
    rows = [
        line for group, part in model.table.groupby("group", sort=False) for line in _rows(str(group), part)
    ]
    axis = _axis(model.table)
    marks = [mark for row in rows for mark in row.marks]
    signs = " ".join([LEFT_AND_RIGHT, *chart_notes.signs(ENGLISH, marks, axis), *_care_note(model.table)])
    hidden = chart_notes.markers(ENGLISH, model.table["marker"])
    notes = (
        f"{signs} {hidden}".strip(),
        " ".join([*_notes(model), chart_notes.source(ENGLISH, model.survey)]),
    )
    sentences = "; ".join(
        f"{_name(r['group'])} {r['category']}: {_ratio_with_limits(r)}" for r in as_records(model.table)
    )
    alt = f"Forest plot. {about}. {sentences}. {' '.join(_notes(model))}"
    return picture(
        DotChart("risk_factors", RATIOS, f"{about}.", notes, alt, tuple(rows), axis, reference=1.0)
    )


@checked
def risk_table(model: PublishedModel) -> Table | Nothing:
    """Returns a table of a published model, with two numbers for each category. One is the odds ratio. The
    other is the difference in prevalence from the reference category, in cases per 1,000, if all other
    characteristics are equal. Remarks are footnotes with letters. If the model is not shown, a sentence says
    why."""
    if model.table.empty:
        return Nothing(_notes(model)[0])
    records = as_records(model.table)
    # The note below the table explains [c], and the category says that it is the reference.
    remarks = [
        "" if r["marker"] == "c" or _is_base(r) else number_words.start(str(r["reason"])) for r in records
    ]
    footnotes = tuple(filter(None, dict.fromkeys(remarks)))
    starts = [i == 0 or records[i - 1]["group"] != r["group"] for i, r in enumerate(records)]
    body = pd.DataFrame(
        {
            "Group": [
                number_words.start(_name(r["group"])) if new else ""
                for r, new in zip(records, starts, strict=True)
            ],
            "Category": [_category(r) for r in records],
            "Odds ratio": [ratio(r["odds_ratio"]) for r in records],
            f"{number_words.percent(ENGLISH, model.level)} interval": [_ratio_limits(r) for r in records],
            "Per 1,000 more or less": ["" if _is_base(r) else _signed(r["effect"], r) for r in records],
            "Interval": [
                f"{_signed(r['effect_low'], r)}{NBSP}to{NBSP}{_signed(r['effect_high'], r)}"
                if pd.notna(r["effect_low"])
                else ""
                for r in records
            ],
            "Marker": [f"[{r['marker']}]" if r["marker"] else "" for r in records],
            "Notes": [letter(footnotes.index(remark)) if remark else "" for remark in remarks],
        }
    )
    about = (
        f"{model.population_label}; {model.reference_period}; all groups in one model (Firth's "
        "logistic regression)"
    )
    notes = (
        *_notes(model),
        *([f"To be verified: {model.to_verify}."] if model.to_verify else []),
        number_words.markers(ENGLISH, model.table["marker"]),
    )
    return plain(body, RATIOS, about, " ".join(n for n in notes if n), footnotes=footnotes)


@checked
def response_error(found: ResponseError) -> Picture:
    """Returns a picture of a table for a sensitivity analysis. Each cell has the prevalence that would be
    true if given shares of the answers were wrong. The colour of a cell shows the size of its prevalence.

    None of these numbers is an estimate of the survey.
    """
    records = {(float(r["sensitivity"]), float(r["specificity"])): r for r in as_records(found.table)}
    down, across = (sorted({pair[i] for pair in records}, reverse=True) for i in (0, 1))
    rows, columns = ([f"{v * 100:g}%" for v in part] for part in (down, across))
    words = [[_cell(records[a, b]) for b in across] for a in down]
    values = [[records[a, b]["prevalence"] * 1000 for b in across] for a in down]
    seen = number(found.observed, PER_1000) or "a hidden number"
    top = (
        ""
        if np.isnan(found.bound_high)
        else f", the low end of {seen} to {number(found.bound_high, PER_1000)},"
    )
    below = (
        ""
        if np.isnan(found.ci_low)
        else f". Below it: its {number_words.percent(ENGLISH, found.level)} interval"
    )
    rate = (
        "True rate of forced labour" if found.population_label else "True rate"
    )  # else the reader gave a number of her own
    about = (
        f"{rate} per 1,000 {found.population_label}".strip()
        + f", if such answers gave {seen}{top} in the survey{below}."
    )
    reasons = [str(reason) for reason in found.table["reason"].unique() if reason]
    fig = figure(
        "If answers misclassify: a sensitivity table, not an estimate",
        about,
        46 * len(rows),
        below=58,
        showlegend=False,
        notes=chart_notes.nonempty(
            f"–: {' or '.join(reasons)}." if reasons else "", chart_notes.source(ENGLISH, found.survey)
        ),
    )
    fig.add_heatmap(
        z=[[None if pd.isna(v) else v for v in line] for line in values],
        x=columns,
        y=rows,
        text=words,
        texttemplate="%{text}",
        colorscale=[[0, "white"], [1, "#9fc3d6"]],
        showscale=False,
        textfont={"size": 12},
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    fig.update_xaxes(
        title={"text": "specificity: others whose answers say no", "font": AXIS_TITLE},
        type="category",
        automargin=True,
        showgrid=False,
    )
    fig.update_yaxes(
        title={"text": "sensitivity: true cases<br>whose answers say so", "font": AXIS_TITLE, "standoff": 24},
        type="category",
        autorange="reversed",
        automargin=True,
        showgrid=False,
    )
    fig.update_layout(plot_bgcolor=PALE)
    sentences = "; ".join(
        f"sensitivity {a:.0%}, specificity {b:.1%}: {_cell(r).replace('<br>', ' ')}"
        for (a, b), r in records.items()
    )
    return Picture(fig, f"Sensitivity table, never the headline. {about} {sentences}.", least=470)


def _rows(group: str, part: pd.DataFrame) -> list[ChartRow]:
    """Returns the rows of one group of the forest plot: its name, and its categories."""
    heading = number_words.start(_name(group))
    made = [ChartRow(heading, heading, heading=True)]
    for row in as_records(part):
        label, words = _category(row), _ratio_with_limits(row)
        if _is_base(row):
            made.append(ChartRow(label, f"{heading}: {label}", printed="1"))
        elif pd.isna(row["odds_ratio"]):
            absent = chart_notes.unshown(ENGLISH, row["marker"])
            made.append(ChartRow(label, f"{heading}: {label}", absent=absent, remark=str(row["reason"])))
        else:
            glyph = Glyph.UNRELIABLE if row["flag"] == "unreliable" else Glyph.MEASURED
            mark = Mark(row["odds_ratio"], row["ci_low"], row["ci_high"], glyph, words)
            printed = f"{words} [{row['marker']}]" if row["marker"] else words
            made.append(ChartRow(label, f"{heading}: {label}", (mark,), printed, remark=str(row["reason"])))
    return made


def _care_note(table: pd.DataFrame) -> list[str]:
    """Returns the note on the sign of caution, with its reasons, in a list. The list is empty if no odds
    ratio has the sign."""
    reasons = dict.fromkeys(str(reason) for reason in table.loc[table["flag"] == "caution", "reason"])
    care = number_words.CARE
    return [f"{number_words.markers(ENGLISH, [care], {care: list(reasons)})}."] if reasons else []


def _notes(model: PublishedModel) -> list[str]:
    return [ENGLISH.kit(note) for note in model.notes]


def _name(group: str) -> str:
    return number_words.group(ENGLISH, group)


def _axis(table: pd.DataFrame) -> Axis:
    """Returns the axis of odds ratios. The axis includes every odds ratio, and covers at least 0.5 to 2.
    Intervals that go on beyond it are cut."""
    ends = [0.5, 2.0, *table["odds_ratio"].dropna()]
    low, high = min(ends) / LONGEST, max(ends) * LONGEST
    return Axis(
        low,
        high,
        tuple(Tick(t, f"{t:g}") for t in TICKS if low <= t <= high),
        "odds ratio (log scale)",
        log=True,
    )


def _category(row: PublishedNumber) -> str:
    return f"{number_words.start(value(row['group'], row['category']))}{' (ref.)' if _is_base(row) else ''}"


def _is_base(row: PublishedNumber) -> bool:
    return bool(row["category"] == row["reference"] and pd.notna(row["odds_ratio"]))


def ratio(x: float) -> str:
    """Returns an odds ratio as text. It has two significant digits, but never more than two decimals. A limit
    that is not zero never reads as zero: `<0.01`."""
    if 0 < x < LEAST_RATIO:
        return "<0.01"
    decimals = 2 if x < 1 else 1 if x < 10 else 0
    return "" if pd.isna(x) else "no limit" if np.isinf(x) else f"{x:.{decimals}f}"


def _ratio_limits(row: PublishedNumber) -> str:
    return "" if pd.isna(row["ci_low"]) else f"{ratio(row['ci_low'])}{NBSP}to{NBSP}{ratio(row['ci_high'])}"


def _signed(effect: float, row: PublishedNumber) -> str:
    """Returns an effect per 1,000 with its sign, and with the decimals of the rate of its category."""
    places = decimals_of({**row, "measure": PER_1000})
    return "" if pd.isna(effect) else f"{effect * 1000:+.{places}f}".replace("-", "−")


def _ratio_with_limits(row: PublishedNumber) -> str:
    if _is_base(row):
        return "1 (reference)"
    if pd.isna(row["odds_ratio"]):
        return f"[{row['marker']}]"
    limits = f" ({_ratio_limits(row)})" if _ratio_limits(row) else ""
    return f"{ratio(row['odds_ratio'])}{limits}{number_words.care(row['flag'])}"


def _cell(row: PublishedNumber) -> str:
    if pd.isna(row["prevalence"]):
        return "–"
    interval = (
        ""
        if pd.isna(row["ci_low"])
        else f"<br>{number(row['ci_low'], PER_1000)} to {number(row['ci_high'], PER_1000)}"
    )
    return f"{number(row['prevalence'], PER_1000)}{interval}"
