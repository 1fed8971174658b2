"""Tests the one writer of spreadsheet files: text stays text, values keep their type, and the same content
gives the same bytes."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

import fltoolkit
from fltoolkit.spreadsheets import (
    LONGEST,
    NumberWriting,
    Spreadsheet,
    clean_text,
    fits_in_print,
    print_as_read,
)


def content(*values: object) -> bytes:
    file = Spreadsheet("Title", "About it.")
    sheet = file.book.add_worksheet("One")
    for column, value in enumerate(values):
        file.put(sheet, (0, column), value, "one_decimal" if isinstance(value, float) else "text")
    print_as_read(sheet, 0)
    return file.content()


def row(*values: object) -> list[Cell]:
    return list(openpyxl.load_workbook(io.BytesIO(content(*values)))["One"][1])  # type: ignore[arg-type]


def test_values_are_written_as_what_they_are() -> None:
    """A spreadsheet's calendar begins in 1900."""
    values = (12.25, 3, True, date(2026, 5, 1), datetime(2026, 5, 1, 12, 30), date(1899, 12, 31), "=1+1")
    assert [cell.value for cell in row(*values)] == [
        12.25,
        3,
        True,
        datetime(2026, 5, 1),
        datetime(2026, 5, 1, 12, 30),
        "1899-12-31",
        "=1+1",
    ]


def test_a_text_is_never_a_formula_and_stays_text_when_it_is_edited() -> None:
    danger, plain = row("=1+1", "yes")
    assert (danger.data_type, danger.quotePrefix, plain.quotePrefix) == ("s", True, False)


@pytest.mark.parametrize("nothing", [None, "", float("nan")])
def test_nothing_is_a_blank_cell(nothing: object) -> None:
    file = Spreadsheet("Title", "")
    assert file.put(file.book.add_worksheet("One"), (0, 0), nothing) is None
    file.content()


def test_numbers_stand_to_the_right_in_the_format_of_their_style() -> None:
    (number,) = row(12.25)
    seen = (number.number_format, number.alignment.horizontal, number.alignment.wrap_text)
    assert seen == ('#,##0.0_0;"−"#,##0.0_0', "right", None)  # `_0`: it does not touch the edge of its cell


def test_a_change_has_a_sign_and_zero_has_none() -> None:
    file = Spreadsheet("Title", "")
    file.put(file.book.add_worksheet("One"), (0, 0), 5.5, "signed_decimal")
    found = openpyxl.load_workbook(io.BytesIO(file.content()))["One"]["A1"].number_format
    assert found == '+#,##0.0_0;"−"#,##0.0_0;#,##0.0_0'


def test_a_number_format_names_the_language_and_parts_the_per_cent_sign_as_it_does() -> None:
    """LibreOffice takes comma and narrow space from the language in the format, Excel from the reader's
    computer."""
    file = Spreadsheet("Titre", "", NumberWriting("[$-40C]", "\u202f"))
    sheet = file.book.add_worksheet("Un")
    for column, style in enumerate(("one_decimal", "percent", "amount")):
        file.put(sheet, (0, column), 0.125, style)
    found = [cell.number_format for cell in openpyxl.load_workbook(io.BytesIO(file.content()))["Un"][1]]
    assert found == [
        '[$-40C]#,##0.0_0;[$-40C]"−"#,##0.0_0',
        '[$-40C]0.0"\u202f"%_0;[$-40C]"−"0.0"\u202f"%_0',
        "[$-40C]General_0",
    ]


def test_the_letters_of_columns_that_fit_have_eight_points_in_print() -> None:
    """An A4 page is 297 mm wide. A column of ten characters is 75 pixels wide: ten digits of Arial 10 and
    five pixels around."""
    printed = (297 / 25.4 - 2 * 0.3) * 96
    assert fits_in_print([10] * 3) == pytest.approx(printed * 10 / 8 - 3 * 75, abs=2)
    assert fits_in_print([200]) < 0


def test_the_foot_has_the_name_of_the_survey_whatever_it_holds() -> None:
    file = Spreadsheet("Title", "")
    print_as_read(file.book.add_worksheet("One"), 0, about="R&D survey")
    foot = openpyxl.load_workbook(io.BytesIO(file.content()))["One"].oddFooter
    assert foot.center.text == "R&&D survey"
    assert foot.right.text == "&P / &N"


def test_the_same_content_is_the_same_bytes() -> None:
    assert content("a", 1) == content("a", 1)
    assert content("a", 1) != content("a", 2)


def test_texts_are_as_every_spreadsheet_keeps_them() -> None:
    assert clean_text("a\r\nb\rc\x00\x1f") == "a\nb\nc"
    assert len(clean_text("x" * 40000)) == LONGEST
    assert clean_text("x" * LONGEST) == "x" * LONGEST


def test_no_other_module_writes_a_spreadsheet() -> None:
    package = Path(fltoolkit.__file__).parent
    other = r"(import|from) xlsxwriter|to_excel|ExcelWriter|openpyxl\.Workbook"
    writers = [
        p.relative_to(package).as_posix()
        for p in package.rglob("*.py")
        if re.search(other, p.read_text("utf-8"))
    ]
    assert writers == ["spreadsheets.py"]
