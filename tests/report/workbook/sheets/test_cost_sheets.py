"""Tests the sheets on costs and responsibilities: free rows, sums that are formulas, and activities under
their objective."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import promises
import pytest
import small_country as country
from handed import EN, FR

from fltoolkit.nap.partner_entries import Partners, Worked
from fltoolkit.nap.results_framework import Plan
from fltoolkit.report.workbook.sheet_description import Formula
from fltoolkit.report.workbook.sheets import cost_sheets
from fltoolkit.report.workbook.sheets.cost_sheets import cost_of, costs, implementation


@pytest.fixture(autouse=True)
def few_free_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost_sheets, "FREE_ROWS", 2)


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


@pytest.mark.parametrize(
    ("row", "total_secured_gap"),
    [
        ({"quantity": 12, "unit_cost": 2.5, "secured": 10}, (30, 10, 20)),
        ({"quantity": 2, "unit_cost": 5, "secured": 100}, (10, 100, 0)),  # a surplus is no gap below zero
        ({"quantity": 2, "unit_cost": 5}, (10, 0, 10)),
        ({"quantity": 0, "unit_cost": 5}, (0, 0, 0)),
        ({"quantity": "many", "unit_cost": 5, "secured": 7}, ("", 7, "")),
        ({"quantity": 2, "unit_cost": True}, ("", 0, "")),  # a spreadsheet's COUNT counts no TRUE
        ({"quantity": Worked(formula="=1+2", value=3), "unit_cost": 4}, (12, 0, 12)),
        ({}, ("", 0, "")),
    ],
)
def test_a_cost_is_worked_out_as_its_formulas_would(
    row: dict[str, Any], total_secured_gap: tuple[Any, ...]
) -> None:
    assert cost_of(row) == total_secured_gap


def test_costs_offer_free_rows_below_the_last_one_that_was_filled() -> None:
    filled = {
        "1": {"quantity": 3, "unit_cost": 10, "secured": 4},
        "4": {"activity": "Train", "quantity": 1, "unit_cost": 7},
    }
    page = costs(promises.evidence_before_a_repeat(promises.plan_with(), entries(costs=filled)), EN)
    assert [line.id for line in page.lines] == ["1", "2", "3", "4", "5", "6"]
    first = page.lines[0].cells
    assert (first[8], first[11]) == (
        Formula('=IF(COUNT(F{r},G{r})=2,F{r}*G{r},"")', 30, "money"),
        Formula('=IF(I{r}="","",MAX(0,I{r}-SUM(K{r})))', 26, "money"),
    )
    assert page.lines[3].held == {"activity", "quantity", "unit_cost"}
    assert page.lines[3].cells[2] == "Train"
    assert len(page.lines[1].inputs) == len(page.columns) - 2  # all but the two formulas
    assert page.above is not None
    sums = [cell for cell in page.above.cells if isinstance(cell, Formula)]
    assert [cell.value for cell in sums] == [37, 4, 33]
    # The sums of what a filter shows: those of a category or of a year need no table of their own.
    assert [cell.text for cell in sums] == [f"=SUBTOTAL(9,{x}{{first}}:{x}{{last}})" for x in "IKL"]
    assert page.printed_lines == 32  # one page, also if less is filled in
    assert next(c.choices for c in page.columns if c.key == "year") == {
        year: year for year in ("2026", "2027", "2028", "2029", "2030")
    }


def test_a_category_is_chosen_by_its_word_and_kept_by_its_code() -> None:
    filled = {
        "1": {"category": "travel", "quantity": 3, "unit_cost": 10},
        "2": {"category": "bateaux", "quantity": 1, "unit_cost": 7},
    }
    evidence = promises.evidence_before_a_repeat(promises.plan_with(), entries(costs=filled))
    sheet = costs(evidence, FR)
    chosen = next(c for c in sheet.columns if c.key == "category")
    assert [chosen.shown(line.cells[3]) for line in sheet.lines[:2]] == ["déplacements", "bateaux"]


def test_an_activity_stands_under_its_objective_and_result() -> None:
    row = {"indicator": "i", "definition": {"counted": "c"}, "means_of_verification": "m", "lead": "l"}
    levels = [("objective", "A"), ("outcome", "B"), ("activity", "C"), ("objective", "D"), ("activity", "E")]
    statements = [
        {
            "level": level,
            "code": code,
            "statement": code.lower(),
            "indicators": [row | {"id": f"row_{code.lower()}"}],
        }
        for level, code in levels
    ]
    plan = Plan.model_validate({**country.PLAN, "framework": statements})
    filled = {"row_c": {"partner": "Ministry"}, "3": {"activity": "More"}}
    page = implementation(
        replace(
            promises.evidence_before_a_repeat(promises.plan_with(), entries(implementation=filled)), plan=plan
        ),
        EN,
    )
    assert [(line.id, *line.cells[:3]) for line in page.lines] == [
        ("row_a", "A: a", "", ""),
        ("row_b", "A: a", "B: b", ""),
        ("row_c", "A: a", "B: b", "C: c"),
        ("row_d", "D: d", "", ""),
        ("row_e", "D: d", "", "E: e"),
        *((str(n), None, None, "More" if n == 3 else None) for n in range(1, 6)),
    ]
    assert page.repeats[2] == {0, 1}  # shown once, and there for filters
    assert page.lines[2].cells[3] == "Ministry"
    assert "objective" not in page.lines[2].inputs
    assert "objective" in page.lines[5].inputs
    assert page.printed_lines == 32  # a form of one page, as that of the costs
