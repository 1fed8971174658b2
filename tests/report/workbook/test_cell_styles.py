"""Cells of the matrix: each under its head, numbers in their look, and texts that are numbers only where they look like one."""

from __future__ import annotations

from typing import Any

import pytest
from fltoolkit.report.workbook.cell_styles import BESIDE, TOOL_16, as_number, bracketed, matrix_cells

HEADS = [name for name, _ in (*TOOL_16, *BESIDE)]
# A row of the baseline that holds, under each name, that name; what differs from it is said in the test.
NAMES = (
    "code statement indicator definition disaggregated_by means_of_verification unit baseline_value target_year_1 target_year_2 "
    "reporting_frequency lead category group marker ci_low ci_high n cases cv deff df flag reason measure reference_period "
    "reference_population_label rule_set same_work survey round year filled_by"
)


def cells(starts: bool = True, **facts: Any) -> dict[str, tuple[object, str]]:
    """A row's cells by their heads, each with its style."""
    row = {name: name for name in NAMES.split()} | facts
    return dict(zip(HEADS, matrix_cells(row, starts), strict=True))


def test_every_cell_stands_under_its_head() -> None:
    told = {head: value for head, (value, _) in cells().items()}
    assert told == {
        "Objective/Outcome/Output/Activities": "code: statement", "Indicator": "indicator", "Definition": "definition",
        "Disaggregated by": "disaggregated_by", "Means of verification / Source of data": "means_of_verification", "Unit": "unit",
        "Baseline value": "baseline_value", "Targets: Year +1": "target_year_1", "Targets: Year +2": "target_year_2",
        "Reporting frequency": "reporting_frequency", "Lead / partners involved": "lead", "Category": "category", "Marker": "[marker]",
        "Interval from": "ci_low", "Interval to": "ci_high", "Persons asked": "n", "Cases": "cases", "CV": "cv", "Design effect": "deff",
        "df": "df", "Flag": "flag", "Reason": "reason", "Measure": "measure", "Reference period": "reference_period",
        "Reference population": "reference_population_label", "Rule set": "rule_set", "Same work": "same_work", "Survey": "survey",
        "Round": "round", "Year": "year", "Filled by": "filled_by",
    }  # fmt: skip


def test_the_frameworks_words_are_quiet_after_an_indicators_first_row_which_names_its_groups() -> None:
    first, next_one = cells(), cells(starts=False, group="gender", category="women")
    for head in (
        "Objective/Outcome/Output/Activities",
        "Indicator",
        "Definition",
        "Reporting frequency",
        "Lead / partners involved",
    ):
        assert (first[head][1], next_one[head][1]) == ("text", "again")
    assert next_one["Disaggregated by"] == ("gender: women", "text")
    assert cells(starts=False, group="", category="")["Disaggregated by"] == ("", "text")


@pytest.mark.parametrize(("measure", "style"), [("total", "whole"), ("prevalence", "one_decimal"), ("share", "one_decimal")])
def test_persons_are_whole_and_rates_have_a_decimal(measure: str, style: str) -> None:
    told = cells(measure=measure, baseline_value="17.25")
    assert told["Baseline value"] == (17.25, style)
    assert told["Interval from"][1] == told["Interval to"][1] == style
    assert told["Targets: Year +1"][1] == "partner"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("80", 80.0), ("-3.5", -3.5), ("0", 0.0), ("0.25", 0.25),
        ("007", "007"), ("1e5", "1e5"), ("1,000", "1,000"), ("5.", "5."), ("more than 150", "more than 150"), ("", ""), (" 8", " 8"),
        (None, None), (12, 12),
    ],
)  # fmt: skip
def test_a_text_is_a_number_only_where_nobody_could_mean_a_code(written: object, found: object) -> None:
    told = as_number(written)
    assert (told, type(told)) == (found, type(found))


@pytest.mark.parametrize(("marker", "told"), [("c", "[c]"), ("", ""), (None, ""), (float("nan"), "")])
def test_a_marker_stands_in_brackets_and_none_is_empty(marker: object, told: str) -> None:
    assert bracketed(marker) == told
