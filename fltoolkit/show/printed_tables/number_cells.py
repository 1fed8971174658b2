"""Cells with numbers: each has the printed text, the marker of the number, and the number for a spreadsheet."""

from __future__ import annotations

from math import floor, log10

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import COUNTED, scaled
from fltoolkit.show.printed_tables.printed_table import NumberStyle, PrintedCell
from fltoolkit.show.wording import number_words

EMPTY = PrintedCell()
NONE = PrintedCell("–", like_number=True)  # there is no such number, for example no fall that a repeat would detect
PERSONS_DIGITS = 3  # significant digits of a number of persons


def estimate(language: Language, value: float, measure: str, marker: object = "") -> PrintedCell:
    """Returns the cell of a published estimate: a proportion in its printed unit (17.2 per 1,000), a number of persons
    unchanged.
    """
    return in_unit(language, value if pd.isna(value) else scaled(value, measure), measure, marker)


def in_unit(language: Language, value: float, measure: str, marker: object = "") -> PrintedCell:
    """Returns the cell of a number that is already in its unit, as in the plan's tables.

    If it is not shown, the cell has only the marker.
    """
    mark = letters(marker)
    if pd.isna(value):
        return PrintedCell("", mark)
    return PrintedCell(number_words.in_unit(language, value, measure), mark, (as_printed(value, measure),), style(measure))


def interval(language: Language, low: float, high: float, measure: str) -> PrintedCell:
    """Returns the cell of an interval whose limits are already in their unit; empty if it is not shown."""
    if pd.isna(low) or pd.isna(high):
        return PrintedCell()
    texts = (number_words.in_unit(language, value, measure) for value in (low, high))
    numbers = (as_printed(low, measure), as_printed(high, measure))
    return PrintedCell(number_words.limits(language, *texts), "", numbers, style(measure))


def count(language: Language, value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """Returns the cell of a number of persons; `missing` if there is none."""
    return missing if pd.isna(value) else PrintedCell(number_words.count(language, value), "", (float(value),), "whole")


def percent(language: Language, share: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """Returns the cell of a share as `50 %`; `missing` if there is none."""
    return missing if pd.isna(share) else PrintedCell(number_words.percent(language, share), "", (float(share),), "percent")


def year(value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    return missing if pd.isna(value) else PrintedCell(f"{value:.0f}", "", (float(value),), "plain")


def as_printed(value: float, measure: str) -> float:
    """Returns a number in its unit, rounded as printed: one decimal, or three significant digits for numbers of persons."""
    if measure not in COUNTED:
        return round(float(value), 1)
    digits = max(0, floor(log10(abs(value))) + 1 - PERSONS_DIGITS) if abs(value) >= 1 else 0
    return float(round(value, -digits))


def style(measure: str) -> NumberStyle:
    """Returns how a spreadsheet shows numbers of a measure."""
    return "whole" if measure in COUNTED else "one_decimal"


def letters(marker: object) -> str:
    """Returns the marker of a published table; empty for none."""
    return marker if isinstance(marker, str) else ""
