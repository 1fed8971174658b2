"""Makes cells that several of the plan's tables have in common. A row of these tables is an indicator of the
plan, for everyone or for one category. Its numbers are in the unit of the row, such as 17.2 for 17.2 per
1,000."""

from __future__ import annotations

from math import nan

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.show.printed_tables import number_cells
from fltoolkit.show.printed_tables.printed_table import PrintedCell, Row, TableColumn
from fltoolkit.show.wording import number_words, plan_words


def headings(language: Language, row: Row) -> tuple[str, str]:
    """Returns the two headings above a row in a table: the indicator with the unit of its numbers, and the
    group. If rows have the same headings, these are printed once."""
    return indicator(language, row), "" if plan_words.is_total(row) else number_words.start(
        number_words.group(language, str(row["group"]))
    )


def indicator(language: Language, row: Row) -> str:
    """Returns the indicator of a row with the unit of its numbers: `Prevalence of forced labour, adults (per
    1,000)`. If the kit gave a rate its name, this name says whom the rate is about. After other names, the
    unit says this."""
    name = number_words.indicator(language, row)
    named_by_kit = row["indicator"] == PREVALENCE["indicator"]
    unit = number_words.unit(language, str(row["measure"])) if named_by_kit else language.kit(row["unit"])
    return f"{name} ({unit})"


def category(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the category of a row of the plan, such as `women`. It is for tables that have
    the group (`sex`) as a heading."""
    return PrintedCell(number_words.start(plan_words.category(language, row)))


def value(language: Language, row: Row, column: str, marker: str = "", flag: str = "") -> PrintedCell:
    """Returns the cell of a number in a row of the plan; the number is already in the unit of the row.
    `column` is the name of its column, `marker` that of the column with its marker, and `flag` that of the
    column with its flag. A number to be used with caution has a sign behind it. If unresolved persons
    (answers don't know, refused, blank) could raise the number above its interval, the cell has a range."""
    bound = row[plan_words.BOUNDS[column]] if column in plan_words.BOUNDS else nan
    cell = number_cells.in_unit(language, row[column], row, row[marker] if marker else "", bound)
    return number_cells.with_care(cell, row[flag]) if flag else cell


def years(language: Language, rows: pd.DataFrame, column: str) -> dict[str, object]:
    """Returns the years of rows of the plan as words for a column heading, for example above the baselines:
    `2025` or `2025, 2027`. `column` is the name of the column with the year of each row. Where no baseline is
    shown, all rows count."""
    shown = rows[rows["baseline_value"].notna()]
    known = (rows if shown.empty else shown)[column].dropna()
    return {"years": language.join(f"{year:g}" for year in sorted({float(year) for year in known}))}


def limits(language: Language, row: Row, low: str, high: str, marker: str = "marker") -> PrintedCell:
    """Returns the cell of a confidence interval in a row of the plan; its limits are already in the row's
    unit. `low` and `high` name the columns with the limits, and `marker` that with the marker of the
    number."""
    if pd.isna(row[low]):
        return number_cells.not_shown(row[marker])
    return number_cells.interval(language, row[low], row[high], row)


CATEGORY = TableColumn("category", category, "label")
INTERVAL = TableColumn(
    "baseline_interval", lambda language, row: limits(language, row, "ci_low", "ci_high"), head="limits"
)
"""The interval of the baseline, for rows that a survey fills."""
