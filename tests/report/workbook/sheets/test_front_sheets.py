"""Tests the first and the last sheets: a link to every sheet, an explanation of each column, and entries
without a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import promises
from handed import EN

from fltoolkit.nap.partner_entries import Partners
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetLink, SheetRow
from fltoolkit.report.workbook.sheets.front_sheets import dictionary, read_me, unplaced


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


def test_the_dictionary_and_the_first_sheet_tell_what_each_column_and_sheet_is_for() -> None:
    page = Page(
        "costs",
        "Costs",
        "What it costs.",
        (Column("Unit", 8, help="day or trip"), Column("Price", 8, help="of one", key="unit_cost")),
        [SheetRow(("day", 3))],
        tool="12",
        fills="prices",
        table="costs",
    )
    assert [line.cells for line in dictionary([page, replace(page, name="More")], EN).lines] == [
        ("Unit", "day or trip", "Costs; More"),
        ("Price", "of one", "Costs; More"),
    ]
    bare = replace(page, name="Goals", fills="", tool="")
    assert [line.cells for line in read_me([page, bare], EN, ("Office",)).lines] == [
        (SheetLink("Costs", "Costs"), "What it costs.", "12", "prices"),
        (SheetLink("Goals", "Goals"), "What it costs.", "", "nothing"),
    ]


def test_a_column_that_is_hidden_on_every_sheet_is_explained_last_and_not_printed() -> None:
    shown, hidden = (
        Column("High end", 8, help="of a range"),
        Column("High end", 8, "hidden", help="of a range"),
    )
    helper = Column("Gap", 8, "hidden", help="for a chart")
    page = Page("a", "A", "", (helper, hidden), [])
    told = dictionary([page, replace(page, name="B", columns=(shown,))], EN)
    assert [line.cells[:3] for line in told.lines] == [
        ("High end", "of a range", "B; A (not printed)"),
        ("Gap", "for a chart", "A"),
    ]
    assert told.printed_lines == 1


def test_entries_without_a_row_are_listed() -> None:
    plan = promises.plan_with()
    stray = unplaced(
        promises.evidence_before_a_repeat(plan, entries(matrix={"gone": {"target_year_1": 5}})), EN
    )
    assert stray
    assert [line.cells for line in stray.lines] == [("matrix", "gone", "target_year_1", 5)]
    assert unplaced(promises.evidence_before_a_repeat(plan), EN) is None
