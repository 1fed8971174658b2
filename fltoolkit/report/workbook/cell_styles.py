"""Styles, columns and cells that the baseline's workbook and the plan's workbook share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
        (row["n"], "whole"), (_cases(row), "whole"), (row["cv"], "percent"), (row["deff"], "two_decimals"),
        (row["df"], "whole"), (row["flag"], "text"), (row["reason"], "text"), (row["measure"], "text"),
        (row["reference_period"], "text"), (row["reference_population_label"], "text"), (row["rule_set"], "text"),
        (row["same_work"], "text"), (row["survey"], "text"), (row["round"], "text"), (row["year"], "plain"),
        (row["filled_by"], "text"),
    ]  # fmt: skip


def _cases(row: Mapping[Any, Any]) -> object:
    """How many cases: their number, and of a category the class of it."""
    return row["cases_class"] if row["cases"] is None or row["cases"] != row["cases"] else row["cases"]


def bracketed(marker: object) -> str:
    return f"[{marker}]" if isinstance(marker, str) and marker else ""


def as_number(value: object) -> object:
    """A number that stands in nap.yaml as text is one; anything else, also 007, stays as it was written."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value) else value
