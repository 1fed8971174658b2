"""Makes cells with numbers. Each cell has the text that is printed and the marker (a letter such as u for
unreliable)."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import decimals_of, scaled
from fltoolkit.show.printed_tables.printed_table import PrintedCell, Row
from fltoolkit.show.wording import number_words

EMPTY = PrintedCell()
NONE = PrintedCell(
    "–", number=True
)  # there is no such number, for example no fall that a repeat would detect


def estimate(language: Language, row: Row, measure: str) -> PrintedCell:
    """Returns the cell of a published estimate, converted to the unit in which it is printed: the proportion
    0.0172 gives 17.2 (per 1,000), and a number of persons stays as it is. If unresolved persons (answers
    don't know, refused, blank) could raise the number above its interval, the cell has a range."""
    bound = scaled(row["bound_high"], measure) if number_words.has_range(row) else nan
    return in_unit(
        language,
        row["estimate"] if pd.isna(row["estimate"]) else scaled(row["estimate"], measure),
        row,
        row["marker"],
        bound,
    )


def in_unit(
    language: Language, value: float, row: Row, marker: object = "", bound: float = nan
) -> PrintedCell:
    """Returns the cell of a number that already is in the unit in which it is printed, as in the plan's
    tables. `row` has its measure and decimals. With an upper bound (`bound`), the cell shows the range from
    the number to the bound.

    If the number is not shown, the cell has only the marker.
    """
    letters = marker if isinstance(marker, str) else ""  # in a table, no marker is nan
    if pd.isna(value):
        return PrintedCell("", letters)
    ends = [end for end in (value, bound) if pd.notna(end)]
    text = number_words.ranged(language, *(_in_unit(language, end, row) for end in ends))
    return PrintedCell(text, letters, number=True, has_range=len(ends) > 1)


def with_care(cell: PrintedCell, flag: object) -> PrintedCell:
    """Returns the cell of a number with the sign of caution as its marker, if the number is to be used with
    caution and has no other marker."""
    return (
        replace(cell, marker=number_words.CARE)
        if flag == "caution" and cell.text and not cell.marker
        else cell
    )


def interval(language: Language, low: float, high: float, row: Row) -> PrintedCell:
    """Returns the cell of a confidence interval. Its limits are already in their printed unit; `row` has
    their measure and decimals. The cell is empty if the interval is not shown."""
    return PrintedCell(
        number_words.limits(language, *(_in_unit(language, value, row) for value in (low, high))), number=True
    )


def _in_unit(language: Language, value: float, row: Row) -> str:
    return number_words.in_unit(language, value, str(row["measure"]), decimals_of(row))


def not_shown(marker: object) -> PrintedCell:
    """Returns the cell beside a number that is not shown: with [c] if the number is confidential, otherwise
    empty."""
    return PrintedCell("[c]", number=True) if marker == "c" else EMPTY


def count(language: Language, value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """Returns the cell of a number of persons. If there is no number, returns the cell `missing`."""
    return missing if pd.isna(value) else PrintedCell(number_words.count(language, value), number=True)


def percent(language: Language, share: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """Returns the cell of a share in percent: 0.5 gives `50%`. If there is no share, returns the cell
    `missing`."""
    return missing if pd.isna(share) else PrintedCell(number_words.percent(language, share), number=True)


def year(value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    return missing if pd.isna(value) else PrintedCell(f"{value:.0f}", number=True)
