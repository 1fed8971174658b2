"""Tests the first and the last sheets: a link to every sheet, and entries without a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import promises
from handed import EN

from fltoolkit.nap.partner_entries import Partners
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetLink, SheetRow
from fltoolkit.report.workbook.sheets.front_sheets import read_me, unplaced


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


def test_the_first_sheet_tells_what_each_sheet_is_for() -> None:
    page = Page(
        "costs",
        "Costs",
        "What it costs.",
        (Column("Price", 8, key="unit_cost"),),
        [SheetRow((3,))],
        tool="12",
        fills="prices",
        table="costs",
    )
    bare = replace(page, name="Goals", fills="", tool="")
    assert [line.cells for line in read_me([page, bare], EN, ("Office",)).lines] == [
        (SheetLink("Costs", "Costs"), "What it costs.", "12", "prices"),
        (SheetLink("Goals", "Goals"), "What it costs.", "", "nothing"),
    ]


def test_entries_without_a_row_are_listed() -> None:
    plan = promises.plan_with()
    stray = unplaced(
        promises.evidence_before_a_repeat(plan, entries(matrix={"gone": {"target_year_1": 5}})), EN
    )
    assert stray
    assert [line.cells for line in stray.lines] == [("matrix", "gone", "target_year_1", 5)]
    assert unplaced(promises.evidence_before_a_repeat(plan), EN) is None
