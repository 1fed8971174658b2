"""What a run writes as tables, the baseline above all: one sheet in Tool No. 16's columns, and the same rows as tidy CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.estimate.publish import MARKERS, Published
from fltoolkit.estimate.publish_model import PublishedModel
from fltoolkit.folders import write_whole
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.show.words import Words, of_plan

TOOL_16 = (
    ("Objective/Outcome/Output/Activities", 30), ("Indicator", 34), ("Definition", 54), ("Disaggregated by", 30),
    ("Means of verification / Source of data", 26), ("Unit", 32), ("Baseline value", 12), ("Targets: Year +1", 10), ("Targets: Year +2", 10),
    ("Reporting frequency", 18), ("Lead / partners involved", 30),
)  # fmt: skip
BESIDE = (
    ("Category", 24), ("Marker", 8), ("Interval from", 10), ("Interval to", 10), ("Persons asked", 10), ("Cases", 8), ("CV", 8),
    ("Design effect", 8), ("df", 6), ("Flag", 12), ("Reason", 38), ("Measure", 12), ("Reference period", 22),
    ("Reference population", 26), ("Rule set", 14), ("Same work", 10), ("Survey", 34), ("Round", 8), ("Year", 7), ("Filled by", 10),
)  # fmt: skip
DANGER = ("=", "+", "-", "@", "\t", "\r")
HEAD_ROW = 3
BASE = {"font_name": "Calibri", "font_size": 10, "valign": "top", "text_wrap": True, "border": 1, "border_color": "#D7DDE3"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_name": "Calibri"},
    "goal": {"font_name": "Calibri", "font_size": 11, "italic": True},
    "note": {"font_name": "Calibri", "font_size": 9, "font_color": "#55606B"},
    "head": {**BASE, "bold": True, "bg_color": "#1F5A7A", "font_color": "#FFFFFF"},
    "head_beside": {**BASE, "bold": True, "bg_color": "#E4E8EC"},
    "text": BASE,
    "again": {**BASE, "font_color": "#6B737C", "text_wrap": False},
    "plain": {**BASE, "num_format": "0"},
    "whole": {**BASE, "num_format": "#,##0"},
    "one_decimal": {**BASE, "num_format": "#,##0.0"},
    "two_decimals": {**BASE, "num_format": "0.00"},
    "percent": {**BASE, "num_format": "0.0%"},
    "marker": {**BASE, "align": "center", "bold": True},
    "partner": {**BASE, "bg_color": "#FFF8E5"},
}
NO_TIME = datetime(1980, 1, 1)  # as the files inside a workbook have it: the same numbers are the same bytes
NOTHING = Words("Nothing is written: the parameter `outputs` names no folder.")


@checked
def write_estimates(out: Published, folder: str | Path) -> Words:
    """Write the published set to `folder/estimates.csv`, tidy and unrounded; nothing where `folder` is empty."""
    if not str(folder):
        return NOTHING
    write_csv(out.table, Path(folder) / "estimates.csv")
    return Words(f"Written: `estimates.csv`, {len(out.table)} rows.")


@checked
def write_changes(found: Published | None, folder: str | Path) -> Words:
    """Write the change since an earlier round to `folder/changes.csv`; nothing without one, or where `folder` is empty."""
    if not str(folder):
        return NOTHING
    if found is None:
        return Words("`changes.csv` is not written: no earlier round is named.")
    write_csv(found.table, Path(folder) / "changes.csv")
    return Words(f"Written: `changes.csv`, {len(found.table)} rows.")


@checked
def write_risk_factors(model: PublishedModel, folder: str | Path) -> Words:
    """Write a published model to `folder/risk_factors.csv`; nothing where `folder` is empty, or the model has no row."""
    if not str(folder):
        return NOTHING
    if model.table.empty:
        return Words("`risk_factors.csv` is not written: the model has no row that may be shown.")
    write_csv(model.table, Path(folder) / "risk_factors.csv")
    return Words(f"Written: `risk_factors.csv`, {len(model.table)} rows.")


@checked
def write_findings(found: pd.DataFrame, name: str, folder: str | Path) -> Words:
    """Write findings of `fl.check` or `fl.check_cases` (small counts are guarded there) to `folder/name`; nothing without a folder."""
    if not str(folder):
        return NOTHING
    write_csv(found, Path(folder) / name)
    return Words(f"Written: `{name}`, {len(found)} finding(s).")


@of_plan
@checked
def write_baseline(filled: Baseline, folder: str | Path) -> Words:
    """Write `nap_baseline.xlsx` and `nap_baseline.csv` into `folder`; nothing where it is empty."""
    if not str(folder):
        return NOTHING
    write_csv(filled.table, Path(folder) / "nap_baseline.csv")
    _workbook(filled, Path(folder) / "nap_baseline.xlsx")
    return Words(f"Written: `nap_baseline.xlsx` and `nap_baseline.csv`, {len(filled.table)} rows.")


@of_plan
@checked
def write_workbook(evidence: Evidence, folder: str | Path) -> Words:
    """Write `nap_workbook.xlsx`, the plan's workbook for its partners, into `folder`; nothing where it is empty.

    Raises:
        BatchError: the workbook that stands there holds entries which partners.yaml does not.
    """
    from fltoolkit.report.book.pages import write

    return write(evidence, Path(folder)) if str(folder) else NOTHING


def write_csv(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {
        c: [_inert(v) if isinstance(v, str) else v for v in table[c]] for c in table.select_dtypes(["object", "string"]).columns
    }
    write_whole(path, table.assign(**text).to_csv(index=False, lineterminator="\n"))


def _inert(text: str) -> str:
    """Text that a spreadsheet will not take for a formula: a leading apostrophe where it could. A number is none."""
    return f"'{text}" if text.startswith(DANGER) and not isinstance(as_number(text), float) else text


def _workbook(filled: Baseline, path: Path) -> None:
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(
        {"title": filled.plan.title, "comments": "Made with fltoolkit from published numbers only.", "created": NO_TIME}
    )
    sheet = book.add_worksheet("Baseline")
    formats = _formats(book)
    sheet.write(0, 0, filled.plan.title, formats["title"])
    sheet.write(1, 0, f"Goal: {filled.plan.goal}", formats["goal"])
    sheet.write(2, 0, "; ".join(f"[{m}] {words}" for m, words in MARKERS.items()), formats["note"])
    for column, (name, width) in enumerate((*TOOL_16, *BESIDE)):
        sheet.set_column(column, column, width)
        sheet.write(HEAD_ROW, column, name, formats["head"] if column < len(TOOL_16) else formats["head_beside"])
    records = filled.table.to_dict("records")
    for i, row in enumerate(records):
        starts = i == 0 or records[i - 1]["id"] != row["id"]
        _write_row(sheet, HEAD_ROW + 1 + i, row, starts, formats)
    last = HEAD_ROW + len(records)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.autofilter(HEAD_ROW, 0, last, len(TOOL_16) + len(BESIDE) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, len(TOOL_16) + 4)
    sheet.set_row(HEAD_ROW, 34)
    book.close()
    write_whole(path, made.getvalue())


def _write_row(sheet: Any, line: int, row: dict[Any, Any], starts: bool, formats: dict[str, Any]) -> None:
    for column, (value, style) in enumerate(matrix_cells(row, starts)):
        if value in (None, "") or (not isinstance(value, str) and pd.isna(value)):  # type: ignore[call-overload]
            sheet.write_blank(line, column, None, formats[style])
        elif isinstance(value, str):
            sheet.write_string(line, column, value, formats[style])
        else:
            sheet.write_number(line, column, float(value), formats[style])  # type: ignore[arg-type]


def matrix_cells(row: Mapping[Any, Any], starts: bool) -> list[tuple[object, str]]:
    """One row of the matrix, each cell with its style; the framework's words stand in every row, quietly after an indicator's first."""
    words = "text" if starts else "again"
    number = "whole" if row.get("measure") == "total" else "one_decimal"
    by = row["disaggregated_by"] if starts else f"{row['group']}: {row['category']}".rstrip(": ")
    return [
        (f"{row['code']}: {row['statement']}", words), (row["indicator"], words), (row["definition"], words), (by, "text"),
        (row["means_of_verification"], words), (row["unit"], "text"), (as_number(row["baseline_value"]), number),
        (as_number(row["target_year_1"]), "partner"), (as_number(row["target_year_2"]), "partner"),
        (row["reporting_frequency"], words), (row["lead"], words),
        (row["category"], "text"), (bracketed(row["marker"]), "marker"), (row["ci_low"], number), (row["ci_high"], number),
        (row["n"], "whole"), (row["cases"], "whole"), (row["cv"], "percent"), (row["deff"], "two_decimals"),
        (row["df"], "whole"), (row["flag"], "text"), (row["reason"], "text"), (row["measure"], "text"),
        (row["reference_period"], "text"), (row["reference_population_label"], "text"), (row["rule_set"], "text"),
        (row["same_work"], "text"), (row["survey"], "text"), (row["round"], "text"), (row["year"], "plain"),
        (row["filled_by"], "text"),
    ]  # fmt: skip


def bracketed(marker: object) -> str:
    return f"[{marker}]" if isinstance(marker, str) and marker else ""


def as_number(value: object) -> object:
    """A number that stands in nap.yaml as text is one; anything else, also 007, stays as it was written."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value) else value


def _formats(book: Any) -> dict[str, Any]:
    return {name: book.add_format(style) for name, style in STYLES.items()}
