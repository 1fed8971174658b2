"""Columns and cells that several of the plan's tables share: the subject of a row, its baseline, and its number in its unit."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.show.printed_tables import number_cells
from fltoolkit.show.printed_tables.printed_table import PrintedCell, Row, TableColumn
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.survey.spec.groups import TOTAL


def is_total(row: Row) -> bool:
    """Returns whether a row of the plan is about everybody."""
    return pd.isna(row["group"]) or row["group"] in ("", TOTAL)


def headings(language: Language, row: Row) -> tuple[str, str]:
    """Returns the lines above rows: the indicator with the unit of its numbers, `Prevalence … (per 1,000 adults)`, and the
    group.
    """
    indicator = f"{number_words.indicator(language, row)} ({language.kit(row['unit'])})"
    return indicator, "" if is_total(row) else number_words.group(language, str(row["group"]))


def about(language: Language, row: Row) -> PrintedCell:
    """Returns the indicator and category of a row, for tables without headings."""
    return PrintedCell(plan_words.about(language, row))


def category(language: Language, row: Row) -> PrintedCell:
    """Returns a row's category, for tables with the group as heading."""
    return PrintedCell(language.say("everyone") if is_total(row) else number_words.reason(language, row["category"]))


def value(language: Language, row: Row, column: str, marker: str = "") -> PrintedCell:
    """Returns a number of the row in its unit. `marker` is the name of the column with its marker."""
    return number_cells.in_unit(language, row[column], str(row["measure"]), row[marker] if marker else "")


def years(language: Language, rows: pd.DataFrame, column: str) -> dict[str, object]:
    """Returns the years of the baseline, for the head of its column; empty if none is known."""
    known = rows.loc[rows["baseline_value"].notna(), column].dropna()
    return {"years": language.join(f"{year:g}" for year in sorted({float(year) for year in known}))}


def limits(language: Language, row: Row, low: str, high: str) -> PrintedCell:
    """Returns an interval of the row in its unit."""
    return number_cells.interval(language, row[low], row[high], str(row["measure"]))


BASELINE = (
    TableColumn("baseline", lambda language, row: value(language, row, "baseline_value", "marker"), "value", "baseline_of"),
    TableColumn("baseline_interval", lambda language, row: limits(language, row, "ci_low", "ci_high"), head="limits"),
)
"""The baseline and its interval, for rows that a survey fills."""
