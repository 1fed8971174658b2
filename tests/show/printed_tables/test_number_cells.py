"""Tests cells of numbers: as printed, with their marker, and the same number in the workbook."""

from __future__ import annotations

import pytest
from handed import EN, FR

from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.publish.measure_units import scaled
from fltoolkit.report.workbook.sheet_description import Styled
from fltoolkit.report.workbook.sheet_words import styled
from fltoolkit.show.printed_tables import number_cells
from fltoolkit.show.printed_tables.number_cells import EMPTY, NONE
from fltoolkit.show.printed_tables.printed_table import PrintedCell

NAN = float("nan")
RATE = {"measure": "prevalence"}


@pytest.mark.parametrize(
    ("value", "measure", "text", "number", "style"),
    [
        (0.01724, "prevalence", "17.2", 17.2, "one_decimal"),
        (6294.0, "total", "6,290", 6290.0, "whole"),
        (87.0, "total", "87", 87.0, "whole"),
        (0.7712, "share", "77", 77.0, "whole"),
        (0.365, "profile", "37", 37.0, "whole"),
        (7.06, "duration", "7.1", 7.1, "one_decimal"),
        (0.0, "total", "0", 0.0, "whole"),
    ],
)
def test_page_and_sheet_have_one_number(
    value: float, measure: str, text: str, number: float, style: str
) -> None:
    cell = number_cells.estimate(EN, {"estimate": value, "marker": "u", "measure": measure}, measure)
    assert cell == PrintedCell(text, "u", number=True)
    assert float(cell.text.replace(",", "")) == number
    assert styled({"measure": measure}, scaled(value, measure)) == Styled(number, style)


def test_a_rate_without_decimals_has_none_on_page_and_sheet() -> None:
    row = {
        "estimate": 0.018,
        "ci_low": 0.0125,
        "ci_high": 0.02,
        "marker": "",
        "measure": "prevalence",
        "decimals": 0.0,
    }
    assert number_cells.estimate(EN, row, "prevalence").text == "18"
    assert number_cells.interval(EN, 12.5, 20.0, row).text == "13\xa0to\xa020"  # a half is rounded up
    assert styled(row, 12.5) == Styled(13.0, "whole")
    assert styled({**row, "measure": "total"}, 1234.0) == Styled(1230.0, "whole")


def test_a_number_with_wide_bounds_is_a_range() -> None:
    wide = {
        "estimate": 0.0268,
        "ci_high": 0.0316,
        "bound_high": 0.0552,
        "bounds_note": WIDE_BOUNDS,
        "marker": "",
        "measure": "prevalence",
    }
    cell = number_cells.estimate(EN, wide, "prevalence")
    assert cell == PrintedCell("26.8\xa0to\xa055.2", number=True, has_range=True)
    inside = wide | {"bound_high": 0.0316}  # as printed
    assert number_cells.estimate(EN, inside, "prevalence").text == "26.8"
    assert number_cells.in_unit(EN, NAN, RATE, "c", 55.2) == PrintedCell("", "c")


def test_a_number_that_is_not_shown_leaves_its_marker() -> None:
    assert number_cells.in_unit(EN, NAN, RATE, "c") == PrintedCell("", "c")
    assert number_cells.in_unit(EN, NAN, RATE, NAN) == EMPTY
    assert number_cells.interval(EN, NAN, 3.0, RATE).text == ""
    assert number_cells.count(EN, NAN, NONE) is NONE
    assert number_cells.percent(EN, NAN) is EMPTY
    assert number_cells.year(NAN, NONE) is NONE
    assert NONE.is_number


def test_an_interval_has_both_limits_and_does_not_break() -> None:
    cell = number_cells.interval(FR, 1234.0, 5678.0, {"measure": "total"})
    assert cell.number
    assert " " not in cell.text
    assert cell.text.replace("\u202f", "").split("\xa0")[::2] == ["1230", "5680"]


def test_counts_shares_and_years_are_numbers_too() -> None:
    assert number_cells.count(EN, 4759) == PrintedCell("4,759", number=True)
    assert number_cells.percent(EN, 0.42) == PrintedCell("42%", number=True)
    assert number_cells.year(2027.0) == PrintedCell("2027", number=True)
