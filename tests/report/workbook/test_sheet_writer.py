"""Tests a page as a spreadsheet file: only the kit's formulas are formulas, only cells to be filled are
unlocked, and every cell is recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from handed import FR
from openpyxl.workbook import Workbook

from fltoolkit.report.workbook.sheet_description import Column, Formula, Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_writer import Book, write_book

COLUMNS = (
    Column("Activity", 20),
    Column("Answer", 8, "words", key="answer", choices={"yes": "oui", "no": "non"}),
    Column("Amount", 8, "amount", key="amount"),
    Column("Twice", 8, beside=True),
)
LINES = (
    SheetRow(
        ("=1+1", "yes", 2.5, Formula("=C{r}*2", 5.0)), "first", ("answer", "amount"), frozenset({"answer"})
    ),
    SheetRow((Styled("LATE", "warn"), "no", None, None), "second", ("amount",)),
)
PAGE = Page(
    "costs",
    "Costs",
    "What it costs.",
    COLUMNS,
    LINES,
    notes=("One.", "Two."),
    table="costs",
    frozen=2,
    printed_lines=1,
    printed_columns=3,
    above=SheetRow(("all", "", Formula("=SUM(C{first}:C{last})", 2.5), None)),
)


def written(folder: Path, *pages: Page, kept: dict[str, Any] | None = None) -> Workbook:
    write_book(folder / "book.xlsx", Book("Plan", pages, FR, kept or {}, ["indicator"]))
    return openpyxl.load_workbook(folder / "book.xlsx")


def record(book: Workbook) -> list[tuple[Any, ...]]:
    """The hidden sheet after its first row: (sheet, row, column, kind, table, row's id, key, held, type),
    text."""
    return [
        (*json.loads(str(row[0])), row[1] or "")
        for row in book["_kit"].iter_rows(min_row=2, max_col=2, values_only=True)
    ]


def test_rows_stand_below_the_head_and_formulas_know_where_they_stand(tmp_path: Path) -> None:
    """Five lines of words (name, title, purpose, two notes), the sums, the head, then the rows."""
    sheet = written(tmp_path, PAGE)["Costs"]
    assert [sheet.cell(n, 1).value for n in range(1, 10)] == [
        "Costs",
        "Plan",
        "What it costs.",
        "One.",
        "Two.",
        "all",
        "Activity",
        "=1+1",
        "LATE",
    ]
    assert (sheet["D8"].value, sheet["C6"].value) == ("=C8*2", "=SUM(C8:C9)")
    assert sheet.freeze_panes == "C8"
    assert sheet.print_area == "'Costs'!$A$1:$C$8"
    assert sheet.auto_filter.ref == "A7:D9"


def test_a_text_is_never_a_formula_and_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    sheet = written(tmp_path, PAGE)["Costs"]
    assert (sheet["A8"].data_type, sheet["A8"].quotePrefix, sheet["A9"].quotePrefix) == ("s", True, False)
    assert sheet["D8"].data_type == "f"


def test_only_cells_to_fill_are_open_and_they_say_what_may_be_typed(tmp_path: Path) -> None:
    sheet = written(tmp_path, PAGE)["Costs"]
    opened = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert opened == {"B8", "C8", "C9"}
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert (rules["list"].formula1, str(rules["list"].sqref)) == ('"oui,non"', "B8:B9")
    assert (rules["list"].errorTitle, rules["list"].error) == ("Hors liste", "Choisir parmi\u202f: oui, non.")
    assert (rules["decimal"].operator, rules["decimal"].formula1, str(rules["decimal"].sqref)) == (
        "greaterThanOrEqual",
        "0",
        "C8:C9",
    )
    assert sheet.protection.sheet


def test_every_cell_is_recorded_as_it_was_written(tmp_path: Path) -> None:
    book = written(tmp_path, PAGE, kept={"Ours": [["x", None], [None, 3]], "Bare": []})
    assert json.loads(str(book["_kit"]["A1"].value)) == ["indicator"]
    assert json.loads(str(book["_kit"]["B1"].value)) == {
        "language": "fr",
        "sheets": {"costs": "Costs"},
        "choices": {"costs.answer": {"oui": "yes", "non": "no"}},
        "charts": 0,
    }
    assert book.defined_names["fl_costs"].attr_text == "'Costs'!$A$1"
    assert book["_kit"].sheet_state == "veryHidden"
    found = record(book)
    for line in (
        ("Costs", 7, 0, "locked", "", "", "", False, "text", "=1+1"),
        ("Costs", 7, 1, "input", "costs", "first", "answer", True, "text", "yes", "oui"),
        ("Costs", 7, 2, "input", "costs", "first", "amount", False, "number", "2.5"),
        ("Costs", 7, 3, "formula", "", "", "", False, "text", "=C8*2"),
        ("Costs", 8, 2, "input", "costs", "second", "amount", False, "", ""),
        ("Ours", 1, 1, "kept", "sheets", "Ours", "", False, "number", "3"),
        ("Bare", 0, 0, "kept", "sheets", "Bare", "", False, "", ""),
    ):
        assert line in found
    assert not [
        line for line in found if line[:3] in (("Costs", 8, 3), ("Ours", 0, 1))
    ]  # nothing was written there


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, PAGE)
    assert (tmp_path / "one" / "book.xlsx").read_bytes() == (tmp_path / "two" / "book.xlsx").read_bytes()


def test_numbers_stand_apart_from_the_words_beside_them_and_a_day_before_the_calendar_is_text(
    tmp_path: Path,
) -> None:
    """A spreadsheet's calendar begins in 1900."""
    values = (12.25, date(2026, 5, 1), datetime(2026, 5, 1, 12, 30), date(1899, 12, 31), True, float("nan"))
    page = Page(
        "values", "Values", "", tuple(Column(str(n), 8, "one_decimal") for n in range(6)), [SheetRow(values)]
    )
    sheet = written(tmp_path, page)["Values"]
    row = sheet[4]
    assert row[0].number_format == '[$-40C]#,##0.0_0;[$-40C]"−"#,##0.0_0'
    assert row[0].alignment.horizontal == "right"
    assert [cell.value for cell in row] == [
        12.25,
        datetime(2026, 5, 1),
        datetime(2026, 5, 1, 12, 30),
        "1899-12-31",
        True,
        None,
    ]
    assert sheet.print_area == "'Values'!$A$1:$F$4"
    assert (
        sheet.sheet_properties.tabColor.rgb != written(tmp_path, PAGE)["Costs"].sheet_properties.tabColor.rgb
    )


def test_no_line_of_words_is_wider_than_what_is_printed(tmp_path: Path) -> None:
    long = replace(PAGE, purpose="word " * 60, notes=())
    assert len(long.top) > 1
    assert all(len(line) <= 70 for line in long.top)
    assert " ".join(long.top) == ("word " * 60).strip()
    assert long.head == 2 + len(long.top) + 1


def test_the_rows_of_a_table_can_be_sorted_and_filtered(tmp_path: Path) -> None:
    """Each row has all its texts. A rule of the spreadsheet hides those that the row above shows, wherever
    the rows are after a sort; a text that is not shown makes no row higher."""
    rows = [
        SheetRow(("Rate", by, category))
        for by, category in (("sex", "men"), ("sex", "women"), ("age", "old"))
    ]
    columns = tuple(Column(name, 20) for name in ("Indicator", "By", "Category"))
    sheet = written(tmp_path, Page("rates", "Rates", "Rates by group.", columns, rows, once=(0, 1)))["Rates"]
    table = [[cell.value for cell in line] for line in sheet[sheet.auto_filter.ref]]
    assert table == [[c.head for c in columns], *(list(row.cells) for row in rows)]
    assert not sheet.merged_cells.ranges
    assert not sheet.row_breaks.brk
    assert {n for n, row in sheet.row_dimensions.items() if row.customHeight} == set()
    rules = {str(found.sqref): found.rules[0] for found in sheet.conditional_formatting}
    assert {place: rule.formula for place, rule in rules.items()} == {
        "A6:A7": ["AND($A6=$A5)"],
        "B6:B7": ["AND($A6=$A5,$B6=$B5)"],
    }
    assert {rule.dxf.numFmt.formatCode for rule in rules.values()} == {";;;"}
    assert [cell.alignment.wrap_text for cell in sheet["A"][4:7]] == [True, None, None]
    assert [cell.alignment.wrap_text for cell in sheet["B"][4:7]] == [True, None, True]


def test_a_selected_heading_says_what_its_column_holds(tmp_path: Path) -> None:
    page = Page("costs", "Costs", "", (Column("Gap", 8, help="what is not secured"), Column("Year", 8)), [])
    (told,) = written(tmp_path, page)["Costs"].data_validations.dataValidation
    assert (str(told.sqref), told.prompt, told.showInputMessage) == ("A3", "what is not secured", True)
