"""Tests the tables of a run as CSV, and the baseline as a sheet in the columns of Tool No. 16: numbers are
numbers, and no label is a formula."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import small_country as country
from openpyxl.worksheet.worksheet import Worksheet

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.languages.language import read_language
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.models.published_model import PublishedModel
from fltoolkit.publish.rounds_and_changes import Rounds
from fltoolkit.show.wording import english_numbers

# The ILO toolkit on national action plans, Tool No. 16: the indicator matrix, column by column.
TOOL_16 = [
    "Objective/Outcome/Output/Activities",
    "Indicator",
    "Definition",
    "Disaggregated by",
    "Means of verification / Source of data",
    "Unit",
    "Baseline value",
    "Targets: Year +1",
    "Targets: Year +2",
    "Reporting frequency",
    "Lead / partners involved",
]
CLASSES = {"5–14", "15–29", "30–49", "50 and more"}
LINK = '=HYPERLINK("http://evil.example","click")'


def sheet_of(out: fl.Published, plan: fl.Plan, folder: Path, key: str = "matrix") -> Worksheet:
    """A sheet of the workbook of a plan, in the plan's first language: the one with this key."""
    report.write_workbook(fl.evidence(plan, Rounds(out, out)), folder)
    book = openpyxl.load_workbook(folder / "nap_workbook.xlsx")
    return book[read_language(plan.languages[0]).say(f"workbook.sheets.{key}.name")]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    return sheet_of(country.published(), country.filled().plan, tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def baseline(sheet: Worksheet) -> Worksheet:
    """The sheet with each number that the survey gives."""
    found: Worksheet = sheet.parent["Baseline"]
    return found


def of_survey() -> pd.DataFrame:
    table = country.filled().table
    return table[table["filled_by"] != "partners"]


def head_of(sheet: Worksheet) -> int:
    """The row of the heads: the last one that stays when the sheet is scrolled."""
    return int(re.sub(r"\D", "", str(sheet.freeze_panes))) - 1


def column(sheet: Worksheet, name: str) -> list[Any]:
    """The cells of a column under its head."""
    head = head_of(sheet)
    names = [cell.value for cell in sheet[head]]
    return [row[names.index(name)] for row in sheet.iter_rows(min_row=head + 1)]


def test_the_columns_are_those_of_tool_no_16_in_their_order(sheet: Worksheet) -> None:
    """Columns of the survey stand beside the value that they are about, such as the marker beside the
    baseline."""
    assert [cell.value for cell in sheet[head_of(sheet)] if cell.value in TOOL_16] == TOOL_16


def test_title_goal_and_the_meaning_of_markers_stand_above(sheet: Worksheet, baseline: Worksheet) -> None:
    assert sheet["A2"].value == "Plan of Smallland"
    assert sheet["A4"].value == "Goal: By 2030 nobody is in forced labour."
    above = " ".join(str(baseline.cell(n, 1).value) for n in range(3, head_of(baseline))).replace("\xa0", " ")
    for marker in (
        "[c] hidden to protect people",
        "[u] unreliable",
        "[w] none recorded",
        "[x] not available",
        "[z] not applicable",
        "† use with caution",
    ):
        assert marker in above


def test_one_table_without_merged_cells_its_head_frozen_and_filtered(sheet: Worksheet) -> None:
    assert not sheet.merged_cells.ranges
    assert sheet.freeze_panes == f"C{head_of(sheet) + 1}"
    assert sheet.auto_filter.ref.startswith(f"A{head_of(sheet)}:")
    assert sheet.print_title_rows == f"${head_of(sheet)}:${head_of(sheet)}"


def test_every_number_of_the_baseline_is_a_row_of_its_sheet(baseline: Worksheet) -> None:
    table = of_survey()
    values = [cell.value for cell in column(baseline, "Baseline value")]
    assert [v is None for v in values] == list(table["baseline_value"].isna())
    for name, mine in (
        ("Baseline value", "baseline_value"),
        ("Interval from", "ci_low"),
        ("Interval to", "ci_high"),
    ):
        told = [c.value for c in column(baseline, name)]
        assert told == [as_printed(row[mine], row["measure"]) for row in table.to_dict("records")], name
    assert [c.value for c in column(baseline, "Persons who answered") if c.value is not None] == list(
        table["n"].dropna()
    )
    texts = [
        "" if c.value is None else str(c.value).replace("\u00a0", " ") for c in column(baseline, "Cases")
    ]
    assert texts == list(table["cases_class"].fillna(""))


def as_printed(value: Any, measure: Any) -> object:
    """A number in its unit as the documents print it; what partners typed as it stands."""
    if pd.isna(value) or not measure or pd.isna(measure):
        return None if pd.isna(value) else value
    return float(english_numbers.number(value / scale(measure), measure).replace(",", ""))


def signed(wanted: str) -> str:
    """A number format in English, with a true minus sign for negative numbers."""
    return f'[$-409]{wanted}_0;[$-409]"−"{wanted}_0'


def test_numbers_are_numbers_with_a_format(baseline: Worksheet) -> None:
    for cell, places in zip(column(baseline, "Baseline value"), of_survey()["decimals"], strict=True):
        if cell.value is not None:
            assert cell.data_type == "n"
            assert cell.number_format == signed("#,##0.0" if places == 1 else "#,##0")
    cases = [c for c in column(baseline, "Cases") if c.value is not None and c.value not in CLASSES]
    assert cases
    assert {cell.data_type for cell in cases} == {"n"}
    assert {cell.number_format for cell in cases} == {signed("#,##0")}


def test_markers_never_stand_in_a_numbers_cell(baseline: Worksheet) -> None:
    markers = [cell.value for cell in column(baseline, "Marker")]
    assert {m for m in markers if m} == {"[c]", "[u]", "[w]", "[x]", "[z]", "†"}
    for name in ("Baseline value", "Interval from", "Interval to", "Persons who answered", "Cases"):
        assert {c.value for c in column(baseline, name) if isinstance(c.value, str)} <= (
            CLASSES if name == "Cases" else set()
        ), name


def test_hidden_cells_are_blank_and_have_their_marker(baseline: Worksheet) -> None:
    names = ("Baseline value", "Interval from", "Interval to", "Persons who answered", "Cases")
    hidden = [i for i, cell in enumerate(column(baseline, "Category")) if cell.value in ("east", "west")]
    assert hidden
    assert {column(baseline, name)[i].value for name in names for i in hidden} == {None}
    assert {column(baseline, "Marker")[i].value for i in hidden} == {"[c]"}


def test_what_partners_typed_is_a_number_where_it_is_one(tmp_path: Path) -> None:
    partner = {"measure": None, "disaggregated_by": None}
    rows = [
        {**partner, "id": "a", "baseline_value": "60", "target_year_1": "-20", "target_year_2": "1.5"},
        {
            **partner,
            "id": "b",
            "baseline_value": "about 60",
            "target_year_1": "1_000",
            "target_year_2": "inf",
        },
        {**partner, "id": "c", "baseline_value": "nan", "target_year_1": "", "target_year_2": "80 %"},
    ]
    out, plan = country.run(country.write(tmp_path, plan=country.with_rows(*rows)))
    sheet = sheet_of(out, plan, tmp_path)
    columns = ("Baseline value", "Targets: Year +1", "Targets: Year +2")
    assert list(zip(*([c.value for c in column(sheet, name)] for name in columns), strict=True)) == [
        (60, -20, 1.5),
        ("about 60", "1_000", "inf"),
        ("nan", None, "80 %"),
    ]


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, fl.Baseline]:
    """A survey and a plan whose words would be formulas, written as files."""
    folder = tmp_path_factory.mktemp("evil")
    survey = country.changed(country.SURVEY, title="=1+1")
    survey["groups"]["region"]["codes"] = dict(enumerate((LINK, "+1", "@x", "-2+3", "\tcmd", "island"), 1))
    plan = country.with_rows(
        {"indicator": LINK, "lead": "@SUM(A1)", "disaggregated_by": ["region"], "target_year_1": "=9"},
        {
            "id": "partner",
            "measure": None,
            "baseline_value": LINK,
            "unit": "+persons",
            "target_year_2": "-20",
        },
    )
    plan |= {"title": "=cmd", "goal": "nobody"}
    out, read = country.run(country.write(folder, survey, plan))
    filled = fl.baseline(read, out)
    sheet_of(out, read, folder)
    report.write_baseline(filled, folder)
    report.write_estimates(out, folder)
    return folder, filled


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(evil: tuple[Path, fl.Baseline]) -> None:
    book = openpyxl.load_workbook(evil[0] / "nap_workbook.xlsx")
    cells = [cell for name in ("M&E matrix", "Baseline") for row in book[name].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    assert {LINK, "+1", "@x", "=9", "=cmd", "@SUM(A1)", "+persons"} <= {cell.value for cell in cells}


@pytest.mark.parametrize("name", ["nap_baseline.csv", "estimates.csv"])
def test_no_cell_of_a_csv_is_a_formula(evil: tuple[Path, fl.Baseline], name: str) -> None:
    with (evil[0] / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    texts = {text for row in rows[1:] for text in row}
    assert not {t for t in texts if t.startswith(("=", "+", "@", "\t", "\r"))}
    assert not [
        t for t in texts if t.startswith("-") and not t[1:].replace(".", "", 1).replace("e-", "").isdigit()
    ]
    assert {"'" + LINK, "'+1", "'@x", "'-2+3"} <= texts
    assert ("-20" in texts) == (name == "nap_baseline.csv")  # a number is a number, also below zero


def same(path: Path, table: pd.DataFrame) -> None:
    """A CSV holds a table, cell by cell: numbers to their last digit, blanks for what is not there."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == list(table.columns)
    assert len(rows) == len(table)
    for name, written in zip(head, zip(*rows, strict=True), strict=True):
        for text, value in zip(written, table[name], strict=True):
            there = "" if pd.isna(value) else value
            assert (float(text) if text and isinstance(there, (int, float)) else text) == there, name


def test_the_csv_of_the_baseline_is_its_table_unrounded(tmp_path: Path) -> None:
    filled = country.filled()
    told = report.write_baseline(filled, tmp_path)
    assert str(told) == f"Written: `nap_baseline.csv`, {len(filled.table)} rows."
    same(tmp_path / "nap_baseline.csv", filled.table)


def test_the_csv_of_the_estimates_is_the_published_set_unrounded(tmp_path: Path) -> None:
    out = country.published()
    told = report.write_estimates(out, tmp_path / "new" / "folder")
    assert str(told) == f"Written: `estimates.csv`, {len(out.table)} rows."
    same(tmp_path / "new" / "folder" / "estimates.csv", out.table)


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Nothing is written" in str(report.write_estimates(country.published(), ""))
    assert "Nothing is written" in str(report.write_baseline(country.filled(), ""))
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_written_says_why(tmp_path: Path) -> None:
    model = PublishedModel(pd.DataFrame(), 0.95, "", "", "", "", "", "", "", ())
    assert "no earlier round is named" in str(fl.report.write_changes(None, tmp_path))
    assert "no row that may be shown" in str(fl.report.write_risk_factors(model, tmp_path))
    assert "names no folder" in str(fl.report.write_changes(None, ""))
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough("a whole workbook in another language")
def test_the_baseline_workbook_has_the_surveys_own_words_in_the_plans_language(tmp_path: Path) -> None:
    """As the workbook of the plan has them: labels of populations and categories, and the title of the
    survey. At the foot stands the plan."""
    survey = country.changed(
        country.SURVEY, language="en", title={"en": "Small survey", "fr": "Petite enquête"}
    )
    survey["populations"]["adults"]["label"] = {"en": "adults", "fr": "adultes du pays"}
    out, plan = country.run(
        country.write(tmp_path, survey, country.changed(country.PLAN, languages=["fr", "en"]))
    )
    sheet = sheet_of(out, plan, tmp_path)
    words = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert any("adultes du pays" in text for text in words)
    assert not any("adults" in text for text in words)
    assert any("Petite enquête" in text for text in words)
    assert sheet.oddFooter.center.text == "Plan of Smallland"
