"""What partners fill in: which cells are theirs, what their costs add up to, and what the survey says beside a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import promises
import pytest
import small_country as country
from fltoolkit.report.workbook.partner_sheets import cost_of, cost_summary, costs, implementation, smart, survey_says, unplaced

from fltoolkit.nap.checklists import ChecklistQuestion
from fltoolkit.nap.partner_entries import Partners, Worked
from fltoolkit.nap.results_framework import Plan
from fltoolkit.report.workbook import partner_sheets
from fltoolkit.report.workbook.sheet_writer import Formula, Styled


@pytest.fixture(autouse=True)
def few_free_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner_sheets, "FREE_ROWS", 2)


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


# ---------------------------------------------------------------------------------------------------------------- costs


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
def test_a_cost_is_worked_out_as_its_formulas_would(row: dict[str, Any], total_secured_gap: tuple[Any, ...]) -> None:
    assert cost_of(row) == total_secured_gap


def test_costs_offer_free_rows_below_the_last_one_that_was_filled() -> None:
    filled = {"1": {"quantity": 3, "unit_cost": 10, "secured": 4}, "4": {"activity": "Train", "quantity": 1, "unit_cost": 7}}
    page = costs(promises.evidence_before_a_repeat(promises.plan_with(), entries(costs=filled)))
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
    assert [cell.value for cell in page.above.cells if isinstance(cell, Formula)] == [37, 4, 33]
    assert page.printed_lines == 4 + 25
    assert next(c.choices for c in page.columns if c.key == "year") == ("2026", "2027", "2028", "2029", "2030")


def test_the_summary_adds_up_the_rows_of_the_sheet_before_and_tells_apart_what_is_in_no_list() -> None:
    filled = {
        "1": {"category": "Staff ", "quantity": 3, "unit_cost": 10, "secured": 4, "year": "2026"},
        "2": {"category": "boats", "quantity": 1, "unit_cost": 7, "year": 2031},
    }
    evidence = promises.evidence_before_a_repeat(promises.plan_with(), entries(costs=filled))
    page = cost_summary(evidence, costs(evidence))
    told = {(str(line.cells[0]), str(line.cells[1])): line.cells[2:] for line in page.lines}
    values = {place: [c.value for c in cells if isinstance(c, Formula)] for place, cells in told.items()}
    assert values["Everything", ""] == [37, 4, 33]
    assert values["Category", "staff"] == values["Year", "2026"] == [30, 4, 26]
    assert values["Category", "none of these"] == values["Year", "none of these"] == [7, 0, 7]
    assert values["Category", "travel"] == [0, 0, 0]
    # The cost sheet has three lines above its sums, its head below them, and four rows: they stand in rows 6 to 9.
    (everything,) = (cells[0] for place, cells in told.items() if place[0] == "Everything")
    assert isinstance(everything, Formula)
    assert everything.text == "=SUM('Cost estimate'!I6:I9)"
    of_year = told["Year", "2027"][2]
    assert isinstance(of_year, Formula)
    assert of_year.text == "=SUMIF('Cost estimate'!H6:H9,B{r},'Cost estimate'!L6:L9)"
    # Here the whole stands in row 5, the five categories in rows 6 to 10, and the five years in rows 12 to 16.
    rests = [told[place, "none of these"][0] for place in ("Category", "Year")]
    assert [rest.text for rest in rests if isinstance(rest, Formula)] == ["=C5-SUM(C6:C10)", "=C5-SUM(C12:C16)"]


# ---------------------------------------------------------------------------------------------------- rows that are theirs


def test_only_what_the_kit_cannot_tell_is_asked_of_partners() -> None:
    row = {"id": "rate", "code": "Objective", "indicator": "Prevalence", "missing": ""}
    judged = [
        row | {"criterion": "specific", "met": "no", "missing": "whom it counts"},
        row | {"criterion": "time_bound", "met": "partners"},
    ]
    filled = entries(checklists={"smart.rate.time_bound": {"answer": "partly"}})
    evidence = replace(promises.evidence_before_a_repeat(promises.plan_with(), filled), smart=pd.DataFrame(judged))
    told, asked = smart(evidence).lines
    assert told.cells == ("Objective", "Prevalence", "specific", Styled("NO", "warn"), "whom it counts", None, None)
    assert told.inputs == ()
    assert asked.cells == ("Objective", "Prevalence", "time-bound", "partners", "", "partly", None)
    assert (asked.id, asked.inputs, asked.held) == ("smart.rate.time_bound", ("answer", "note"), {"answer"})


def test_an_activity_stands_under_its_objective_and_result() -> None:
    row = {"indicator": "i", "definition": {"counted": "c"}, "means_of_verification": "m", "lead": "l"}
    levels = [("objective", "A"), ("outcome", "B"), ("activity", "C"), ("objective", "D"), ("activity", "E")]
    statements = [
        {"level": level, "code": code, "statement": code.lower(), "indicators": [row | {"id": f"row_{code.lower()}"}]}
        for level, code in levels
    ]
    plan = Plan.model_validate({**country.PLAN, "framework": statements})
    filled = {"row_c": {"partner": "Ministry"}, "3": {"activity": "More"}}
    page = implementation(
        replace(promises.evidence_before_a_repeat(promises.plan_with(), entries(implementation=filled)), plan=plan)
    )
    assert [(line.id, *line.cells[:3]) for line in page.lines] == [
        ("row_a", "A: a", "", ""), ("row_b", "A: a", "B: b", ""), ("row_c", "A: a", "B: b", "C: c"), ("row_d", "D: d", "", ""),
        ("row_e", "D: d", "", "E: e"),
        *((str(n), None, None, "More" if n == 3 else None) for n in range(1, 6)),
    ]  # fmt: skip
    assert page.lines[2].cells[3] == "Ministry"
    assert "objective" not in page.lines[2].inputs
    assert "objective" in page.lines[5].inputs
    assert page.printed_lines == 5 + 3 + 25


def test_entries_without_a_row_are_listed() -> None:
    plan = promises.plan_with()
    stray = unplaced(promises.evidence_before_a_repeat(plan, entries(matrix={"gone": {"target_year_1": 5}})))
    assert [line.cells for line in stray.lines] == [("matrix", "gone", "target_year_1", 5)]
    (none,) = unplaced(promises.evidence_before_a_repeat(plan)).lines
    assert none.cells[0] == "Everything has its place."


# ----------------------------------------------------------------------------------------------------- what the survey says


def question(*asked: str) -> ChecklistQuestion:
    return ChecklistQuestion(id="q", tool=3, section="s", question="?", evidence=asked)


def test_the_survey_speaks_in_published_numbers_and_counts_what_is_hidden() -> None:
    made = promises.evidence_before_a_repeat(promises.plan_with())
    usual = made.baseline.table.iloc[0].to_dict()
    gender = usual | {"group": "gender", "marker": "u", "baseline_value": 6.25, "category": "men"}
    hidden = usual | {"group": "gender", "marker": "c", "baseline_value": None, "category": "women"}
    persons = usual | {"group": "region", "measure": "total", "unit": "persons", "baseline_value": 1234.4, "category": "north"}
    table = pd.DataFrame([usual, gender, hidden, persons, persons | {"measure": "stock", "baseline_value": 9.0}])
    evidence = replace(made, baseline=replace(made.baseline, table=table))
    assert survey_says(evidence, question("total", "gender", "region")).splitlines() == [
        "Everyone (per 1,000 adults): 5.0 (4.0 to 6.0)",
        "By gender (per 1,000 adults): men 6.2 (4.0 to 6.0) [u]; 1 not shown ([u] low reliability)",
        "By region (persons): north 1,234 (4 to 6)",
    ]
    assert survey_says(evidence, question("nationality")) == survey_says(evidence, question("change")) == ""


def test_a_change_is_told_by_its_verdict() -> None:
    made = promises.evidence_before_a_repeat(promises.plan_with())
    rows = [
        {"group": "total", "indicator": "Prevalence", "light": "▼ decreased"},
        {"group": "total", "indicator": "Persons", "light": ""},
        {"group": "gender", "indicator": "Prevalence", "light": "▲ increased"},
    ]
    evidence = replace(made, follow_up=pd.DataFrame(rows))
    assert survey_says(evidence, question("change")) == "Prevalence: ▼ decreased"
