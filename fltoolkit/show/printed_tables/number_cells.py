"""Cells that hold numbers: as printed, with the marker that belongs to them and the number as a spreadsheet takes it."""

from __future__ import annotations

from math import floor, log10

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import COUNTED, scaled
from fltoolkit.show.printed_tables.printed_table import NumberStyle, PrintedCell
from fltoolkit.show.wording import number_words

EMPTY = PrintedCell()
NONE = PrintedCell("–", like_number=True)  # there is no such number, as no fall that a repeat would find
PERSONS_DIGITS = 3  # significant digits of a number of persons


def estimate(language: Language, value: float, measure: str, marker: object = "") -> PrintedCell:
    """A published estimate: a proportion as it is read (17.2 per 1,000), a number of persons as it is."""
    return in_unit(language, value if pd.isna(value) else scaled(value, measure), measure, marker)


def in_unit(language: Language, value: float, measure: str, marker: object = "") -> PrintedCell:
    """A number that stands in its unit already, as in the plan's tables. One that is not shown leaves its marker alone."""
    mark = letters(marker)
    if pd.isna(value):
        return PrintedCell("", mark)
    return PrintedCell(number_words.in_unit(language, value, measure), mark, (as_printed(value, measure),), style(measure))


def interval(language: Language, low: float, high: float, measure: str) -> PrintedCell:
    """An interval whose limits stand in their unit; empty where it is not shown."""
    if pd.isna(low) or pd.isna(high):
        return PrintedCell()
    texts = (number_words.in_unit(language, value, measure) for value in (low, high))
    numbers = (as_printed(low, measure), as_printed(high, measure))
    return PrintedCell(number_words.limits(language, *texts), "", numbers, style(measure))


def count(language: Language, value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """A number of persons; `missing` where there is none."""
    return missing if pd.isna(value) else PrintedCell(number_words.count(language, value), "", (float(value),), "whole")


def percent(language: Language, share: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    """A share as `50 %`; `missing` where there is none."""
    return missing if pd.isna(share) else PrintedCell(number_words.percent(language, share), "", (float(share),), "percent")


def year(value: float, missing: PrintedCell = EMPTY) -> PrintedCell:
    return missing if pd.isna(value) else PrintedCell(f"{value:.0f}", "", (float(value),), "plain")


def as_printed(value: float, measure: str) -> float:
    """A number in its unit with the digits that are printed: one decimal, of persons three significant digits."""
    if measure not in COUNTED:
        return round(float(value), 1)
    digits = max(0, floor(log10(abs(value))) + 1 - PERSONS_DIGITS) if abs(value) >= 1 else 0
    return float(round(value, -digits))


def style(measure: str) -> NumberStyle:
    """How a spreadsheet shows numbers of a measure."""
    return "whole" if measure in COUNTED else "one_decimal"


def letters(marker: object) -> str:
    """A marker of a published table; empty for none."""
    return marker if isinstance(marker, str) else ""
