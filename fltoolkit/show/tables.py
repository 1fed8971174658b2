"""Tables beside the pictures: number, interval, basis and, in a column of its own, the marker."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.estimate.weights.calibration import calibrated
from fltoolkit.nap.baseline import Baseline
from fltoolkit.publish.measure_units import OF_CASES, scale, unit
from fltoolkit.publish.printed_numbers import nearest, rounding_base
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.charts.chart_style import Table
from fltoolkit.show.wording.english_numbers import (
    NBSP,
    TITLES,
    PublishedNumber,
    Words,
    basis,
    cases,
    count,
    count_or_mark,
    doubts,
    interval,
    labels,
    markers_used,
    number,
    of_plan,
    percent,
    rounding_note,
    to_verify,
)
from fltoolkit.survey.checks.printed_counts import rounded
from fltoolkit.survey.design.survey_design import Survey

BASES = {"duration": "With months", "share": "Of cases", "profile": "Of cases", "profile_total": "Of cases"}
CARE = {"caution": "use with caution: ", "review": "to be reviewed: "}  # flags that have no marker
UNCORRECTED = "survey.yaml corrects nothing in the data."
NUMBER = r"[-−+]?[\d.,]+\s?%?|\d+–\d+|\d+ and more|\[\w+\]|"  # or a class, or the marker in its place, or nothing


@checked
def table(rows: pd.DataFrame, title: str = "") -> Table:
    """Published rows (from `Published.select`) as a table to look at.

    Args:
        rows: rows of one measure; those of several rule sets (from `Published.rule_sets`) are told apart by theirs.
        title: above it; by default the measure and its breakdown.
    """
    first = rows.iloc[0].to_dict()
    records = rows.to_dict("records")
    compared = rows["rule_set"].nunique() > 1
    body = pd.DataFrame(
        {
            "Rule set" if compared else "Group": [str(r["rule_set"]) for r in records] if compared else labels(rows),
            _measure(first): [number(r["estimate"], r["measure"]) for r in records],
            f"{percent(first)} interval": [interval(r) for r in records],
            BASES.get(first["measure"], "Asked"): [count(r["n"]) for r in records],
            "Counted" if first["measure"] == "flowchart" else "Cases": [cases(r) for r in records],
            "Marker": [f"[{r['marker']}]" if r["marker"] else "" for r in records],
            "Remark": [_of_rule_set(r) if compared else _remark(r) for r in records],
        }
    )
    by = ", ".join(b.replace("_", " ") for b in dict.fromkeys(rows["breakdown"]) if b)
    name = title or f"{TITLES[first['measure']]}{f' by {by}' if by else ' under each rule set' if compared else ''}"
    about = "; ".join(t for t in (first["reference_population_label"], first["reference_period"]) if t) + basis(first)
    if not compared and first["rule_set"]:  # a design without a survey.yaml has none of the three
        about += f"; rule set {first['rule_set']}{to_verify(first)}"
    return plain(
        body, name, about, ". ".join(note for note in (markers_used(rows["marker"]), rounding_note(rows), doubts(rows)) if note)
    )


@checked
def facts(described: pd.DataFrame) -> Table:
    """The survey in a few facts, from `fl.describe`."""
    return plain(
        described.rename(columns={"fact": "Fact", "value": "What survey.yaml and the data say"}), "The survey", "design and reach"
    )


@checked
def questionnaire(survey: Survey) -> Table:
    """Which question feeds which item of the definition: the mapping of survey.yaml, to be read by its statistician."""
    rows = [
        {"Side": side, "Item": item.replace("_", " "), "Question": source.label, "Column": source.column, "Mode": source.mode}
        for side in ("involuntary", "coercion")
        for item, sources in getattr(survey.spec.items, side).items()
        for source in sources
    ]
    for key, sources in survey.spec.children.questions() if survey.spec.children else ():
        _, kind, part = key.split(".")
        side = {
            "third_party": "child, route (i)",
            "with_parents": "child, routes (ii), (iii)",
            "worst_forms": "child, route (iv)",
        }[kind]
        rows += [
            {"Side": side, "Item": part.replace("_", " "), "Question": s.label, "Column": s.column, "Mode": ""}
            for s in sources or ()
        ]
    return plain(pd.DataFrame(rows), "Questions and items", "a case needs one item of each side, in the same work")


@checked
def calibration(persons: ClassifiedSurvey) -> Table | Words:
    """What calibration did to the weights of a classified survey: benchmarks beside the sample, and the factors g; or that there was none.

    Weights before are rounded to one base, at least a mean weight; of a category of few persons nothing but its benchmark is told.
    """
    found = calibrated(persons).calibration
    if found is None:
        return Words("The weights are as the survey gives them: not calibrated.")
    report, limit = found.report(), persons.spec.confidentiality.least_told
    asked = [rounded(int(n), limit) for n in report["persons"]]
    # A sum of few weights says how many there are, and so do its ratio to the benchmark and g.
    told = report.where(pd.Series(asked).notna())
    base = rounding_base(
        report.assign(reference_population=report["margin"], n=report["persons"], population=report["sample_estimate"])
    )
    before = nearest(told["sample_estimate"], base)
    body = pd.DataFrame(
        {
            "Margin": [margin.replace("_", " ") for margin in report["margin"]],
            "Category": report["category"],
            "Asked": [count_or_mark(n) for n in asked],
            "Population": [count(n) for n in report["population"]],
            "Weights before": [count_or_mark(n) for n in before],
            "Ratio": ["[c]" if pd.isna(r) else f"{r:.2f}" for r in told["ratio"]],
            "g (median)": [
                "[c]" if pd.isna(mid) else f"{low:.2f} to {high:.2f} ({mid:.2f})"
                for low, high, mid in told[["g_min", "g_max", "g_median"]].itertuples(index=False)
            ],
        }
    )
    note = f"{found.warning[0].upper()}{found.warning[1:]}." if found.warning else ""
    return plain(body, "Calibration of the weights", f"{found.text}; a weight is multiplied by g", note)


@checked
def findings(found: pd.DataFrame, title: str = "What the data say of themselves") -> Table:
    """Findings of `fl.check` or `check_cases`, as a table."""
    names = {"severity": "Severity", "check": "Check", "where": "Where", "what": "What", "count": "How many", "do": "What to do"}
    return plain(found.astype(str).rename(columns=names), title, f"{len(found)} finding(s)")


@checked
def corrections(counts: pd.DataFrame) -> Table | Words:
    """What survey.yaml corrects in the data, from `fl.corrections`; of nothing a sentence."""
    if counts.empty:
        return Words(UNCORRECTED)
    body = counts.rename(columns={"column": "Column", "why": "Why", "rows": "Rows"})
    return plain(body, "Corrected in the data", "rows that have another value than the file; unweighted and rounded")


@checked
def corrected_cases(cases: pd.DataFrame) -> Table | Words:
    """Cases gained and lost through corrections, from `fl.corrected_cases`; without corrections a sentence."""
    if cases.empty:
        return Words(UNCORRECTED)
    names = {
        "population": "Population", "cases_before": "Cases without", "cases": "Cases with", "gained": "Gained", "lost": "Lost",
        "unresolved_before": "Unresolved without", "unresolved": "Unresolved with",
    }  # fmt: skip
    body = cases.astype(str).rename(columns=names)
    return plain(body, "Cases without and with the corrections", "persons, unweighted; cases in classes, others rounded")


@checked
def nonresponse(counts: pd.DataFrame) -> Table:
    """Answers that leave a question open, from `fl.nonresponse`."""
    kinds = {"dont_know": "Don't know", "refused": "Refused", "not_applicable": "Not applicable", "missing": "Blank"}
    body = counts[["label", "column", *kinds]].rename(columns={"label": "Question", "column": "Column", **kinds})
    for name in kinds.values():
        body[name] = [count_or_mark(v) for v in body[name]]
    return plain(body, "Answers that leave a question open", "persons asked the module, unweighted and rounded")


@checked
def paths(found: pd.DataFrame) -> Table:
    """Paths through the definition that enough persons share, from `fl.paths`."""
    body = found.assign(persons=[count_or_mark(v) for v in found["persons"]]).rename(
        columns={"step": "Ends at", "trace": "Why", "persons": "Persons"}
    )
    return plain(body, "Why persons were classified so", "paths that enough persons share; unweighted and rounded")


@of_plan
@checked
def baseline(filled: Baseline) -> Table:
    """The rows of the plan, with what the survey filled in."""
    records = filled.table.to_dict("records")
    starts = [i == 0 or records[i - 1]["id"] != r["id"] for i, r in enumerate(records)]
    body = pd.DataFrame(
        {
            "Level": [r["code"] if new else "" for r, new in zip(records, starts, strict=True)],
            "Indicator": [r["indicator"] if new else "" for r, new in zip(records, starts, strict=True)],
            "By": [_by(r) for r in records],
            "Unit": [r["unit"] if new else "" for r, new in zip(records, starts, strict=True)],
            "Baseline": [_value(r) for r in records],
            "Interval": [_interval_text(r) for r in records],
            "Marker": [f"[{r['marker']}]" if r["marker"] and not pd.isna(r["marker"]) else "" for r in records],
            "Remark": ["to be filled by the partners" if r["filled_by"] == "partners" else _reason(r) for r in records],
        }
    )
    return plain(body, filled.plan.title, filled.plan.goal, markers_used(filled.table["marker"]))


def plain(body: pd.DataFrame, title: str, subtitle: str, note: str = "") -> Table:
    """Any table of texts in the kit's look. Its id is fixed, so that the same table is the same text every time.

    Words stand left and numbers right, and a column is as wide as its texts ask for (JupyterLab makes all equal). All this is set in the
    cells and the table themselves: a notebook that is not trusted yet drops a table's style sheet.
    """
    from great_tables import GT, loc, style

    frame = body.fillna("").astype(str)
    numbers = [str(c) for c in frame if frame[c].str.fullmatch(NUMBER).all() and frame[c].str.contains(r"\d").any()]
    words = [str(c) for c in frame if c not in numbers]
    shown = GT(frame, id="table-" + "".join(c if c.isalnum() else "-" for c in title.lower())).tab_header(title, subtitle)
    shown = shown.tab_options(
        table_font_size="14px", heading_align="left", table_width="100%", data_row_padding="4px", heading_title_font_weight="bold"
    )
    left = [loc.body(columns=words), loc.column_labels(columns=words), loc.title(), loc.subtitle()]
    shown = shown.tab_style(style.text(align="left"), left)
    shown = shown.tab_style(style.text(align="right"), [loc.body(columns=numbers), loc.column_labels(columns=numbers)])
    if note:
        shown = shown.tab_source_note(note).tab_style(style.text(align="left"), loc.source_notes())
    html = shown.as_raw_html().replace('<table class="gt_table"', '<table class="gt_table" style="table-layout: auto"', 1)
    return Table(html, "\n".join(part for part in (title, frame.to_string(index=False), note) if part))


def _measure(row: PublishedNumber) -> str:
    return "% of cases" if row["measure"] in OF_CASES else unit(row["measure"]).capitalize()


def _remark(row: PublishedNumber) -> str:
    """Why a number is not shown or not reliable; of everybody's mean duration that its denominator is hidden, as where few cases lack theirs."""
    hidden = row["measure"] == "duration" and not row["breakdown"] and pd.isna(row["n"]) and pd.notna(row["estimate"])
    wide = WIDE_BOUNDS if has_wide_bounds(row) else ""
    return "; ".join(
        text for text in (_reason(row), wide, "how many gave their months is confidential" if hidden else "") if text
    )


def _reason(row: PublishedNumber) -> str:
    """What is said beside a number; where it is no marker's, that care is asked for."""
    told = _text(row["reason"])
    return CARE.get(row["flag"], "") + told if told else ""


def _of_rule_set(row: PublishedNumber) -> str:
    """What must be known of a rule set's result beside those of others."""
    return "; ".join(text for text in (_reason(row), "rule to be verified" if row["to_verify"] else "", row["rule_note"]) if text)


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _by(row: dict[Any, Any]) -> str:
    group, category = _text(row["group"]), _text(row["category"])
    return "" if group in ("", "total") else f"{group}: {category}" if category else group


def _digits(row: dict[Any, Any], scaled: float) -> str:
    return number(scaled / scale(row["measure"]), row["measure"])


def _value(row: dict[Any, Any]) -> str:
    value = row["baseline_value"]
    if value is None or pd.isna(value):
        return ""
    return _digits(row, float(value)) if row["filled_by"] == "survey" else str(value)


def _interval_text(row: dict[Any, Any]) -> str:
    return "" if pd.isna(row["ci_low"]) else f"{_digits(row, row['ci_low'])}{NBSP}to{NBSP}{_digits(row, row['ci_high'])}"
