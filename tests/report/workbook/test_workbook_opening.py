"""Tests workbooks that come back broken, huge or with odd cells: reading is limited, and errors name the
reason, the sheet and the cell."""

from __future__ import annotations

import os
import re
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import books
import pytest
from openpyxl.workbook import Workbook

from fltoolkit.errors import DataError
from fltoolkit.nap.partner_entries import Partners, Worked, row_number, why_unfit
from fltoolkit.report.workbook.merge_into_partners import read_into
from fltoolkit.report.workbook.returned_entries import MOST_CELLS, MOST_ROWS, read_workbook, same

PLACE = "<v>12345</v>"  # what stands in a cell until a test puts something odd there


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books.write(tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def marked(original: Path) -> Path:
    """A workbook with a number in `Own!B3`."""

    def own(book: Workbook) -> None:
        book.create_sheet("Own")["B3"].value = 12345

    return books.edit(original, own, original.with_name("marked.xlsx"))


def altered(
    path: Path, to: Path, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> Path:
    """A copy of a workbook whose parts are changed, left out (None), or more."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = change(part, old.read(part))
            if content is not None:
                new.writestr(part, content)
        for part, content in (more or {}).items():
            new.writestr(part, content)
    return to


def with_cell(xml: str) -> Callable[[str, bytes], bytes]:
    return lambda part, content: content.replace(PLACE.encode(), xml.encode())


def as_kind(kind: str, text: str) -> Callable[[str, bytes], bytes]:
    cell = f'<c r="B3" t="{kind}"><v>{text}</v></c>'.encode()
    return lambda part, content: re.sub(rb'<c r="B3"[^>]*><v>12345</v></c>', cell, content)


@pytest.mark.thorough("six workbooks")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (with_cell(f"<v>{'9' * 5000}</v>"), "what stands in Own!B3 is no number or date"),
        (with_cell("<v>twelve</v>"), "what stands in Own!B3 is no number or date"),
        (as_kind("d", "2026-02-30T00:00:00"), "what stands in Own!B3 is no number or date"),
        (with_cell("<v>1e999</v>"), "Own!B3: the number is larger than any that can be kept"),
        (
            lambda part, content: content[:-40] if part == "xl/workbook.xml" else content,
            "a part of it is damaged",
        ),
        (lambda part, content: None if part == "xl/workbook.xml" else content, "a part of it is damaged"),
    ],
)
def test_an_odd_cell_is_named_by_sheet_and_address(
    marked: Path, tmp_path: Path, change: Callable[[str, bytes], bytes | None], told: str
) -> None:
    path = altered(marked, tmp_path / "odd.xlsx", change)
    books.evidence(tmp_path)
    with pytest.raises(DataError) as error:
        read_into(path, tmp_path / "nap.yaml")
    assert told in error.value.message
    assert not (tmp_path / "partners.yaml").exists()


def test_a_file_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(
    marked: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(marked.read_bytes())
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet99.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * 1_000_000)
    assert path.stat().st_size < 2_000_000
    began = time.monotonic()
    with pytest.raises(DataError, match="too large") as error:
        read_workbook(path)
    assert time.monotonic() - began < 2
    assert re.fullmatch(
        r"301 MB unpacked; the largest part is xl/worksheets/sheet99.xml", str(error.value.found)
    )


@pytest.mark.thorough("loads and saves whole workbooks")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda book: setattr(book.create_sheet("Far")["A1048576"], "value", "x"),
            "Far: its entries reach to row 1,048,576 and",
        ),
        (
            lambda book: setattr(book.create_sheet("Far")["A10001"], "value", "x"),
            "Far: its entries reach to row 10,001 and column 1",
        ),
        (lambda book: [setattr(book.create_sheet("Far").cell(row, 16384), "value", "x") for row in (1,)], ""),
        (
            lambda book: wide(book, 4),
            (
                f"Far: its entries reach to row 4 and column 16,384; at most {MOST_ROWS:,} rows and "
                f"{MOST_CELLS:,} cells"
            ),
        ),
    ],
)
def test_a_sheet_of_their_own_may_not_reach_farther_than_is_kept(
    original: Path, tmp_path: Path, change: Callable[[Workbook], Any], told: str
) -> None:
    found = read_workbook(books.edit(original, change, tmp_path / "far.xlsx"))
    assert (len(found.problems), len(found.edits)) == ((1, 0) if told else (0, 1))
    assert "".join(found.problems).startswith(told)


def wide(book: Workbook, rows: int) -> None:
    sheet = book.create_sheet("Far")
    for row in range(1, rows + 1):
        sheet.cell(row, 16384).value = "x"


def test_what_is_no_workbook_is_told_why(original: Path, tmp_path: Path) -> None:
    whole = original.read_bytes()
    kinds = {
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600: "protected by a password, or of the old kind .xls",
        re.sub(
            rb"(PK\x01\x02.{4})\x00", lambda m: m[1] + b"\x01", whole, flags=re.DOTALL
        ): "protected by a password",
        whole[: len(whole) // 2]: "it is no .xlsx file",
        b"a;b\n1;2\n": "it is no .xlsx file",
    }
    for n, (content, told) in enumerate(kinds.items()):
        (tmp_path / f"{n}.xlsx").write_bytes(content)
        with pytest.raises(DataError, match=re.escape(told)):
            read_workbook(tmp_path / f"{n}.xlsx")
    macros = altered(original, tmp_path / "m.xlsx", lambda _, content: content, {"xl/vbaProject.bin": b"x"})
    with pytest.raises(DataError, match="it holds macros"):
        read_workbook(macros)
    with pytest.raises(DataError, match="this is a folder"):
        read_workbook(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nap_workbook.xlsx")
    with pytest.raises(DataError, match="a named pipe"):
        read_workbook(tmp_path / "nap_workbook.xlsx")


@pytest.mark.thorough("seven workbooks")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        "{",
        "[" * 5000,
        '["SMART", 1, 1, "other", "", "", "", false, ""]',
        '["SMART", 1, 1, "input", "__class__", "a", "b", false, ""]',
        '["SMART", 1, 1, "locked", "", "", "", false, "number"]',
    ],
)
def test_a_hidden_sheet_that_was_changed_is_told(original: Path, tmp_path: Path, text: str) -> None:
    def spoil(book: Workbook) -> None:
        book["_kit"]["A2"].value = text

    with pytest.raises(DataError, match="the workbook's hidden sheet was changed"):
        read_workbook(books.edit(original, spoil, tmp_path / "spoilt.xlsx"))


def test_entries_that_no_column_can_use_are_told_by_sheet_and_cell(original: Path, tmp_path: Path) -> None:
    """A text in a column that is added up would count as nothing, without a word."""

    def spoil(book: Workbook) -> None:
        for row, (head, value) in enumerate(
            [("Quantity", "four"), ("Unit cost", True), ("Secured", -5), ("Year", 0)], 1
        ):
            books.free(book, "Cost estimate", head, row).value = value
        books.at(book, "Implementation matrix", "Start", "Inspectors trained").value = "2026-02-30"
        books.at(book, "M&E matrix", "Baseline value", "Inspectors trained").value = True

    found = read_workbook(books.edit(original, spoil, tmp_path / "spoilt.xlsx"))
    assert found.edits == ()
    told = dict(re.match(r"([^!]+![A-Z]+\d+): (.*)", problem).groups() for problem in found.problems)  # type: ignore[union-attr,misc]
    adds = "this column is added up: a number that is not below zero must stand here"
    assert sorted(re.sub(r"\d+$", "", place) + ": " + why for place, why in told.items()) == [
        f"Cost estimate!F: {adds} (found: four)",
        f"Cost estimate!G: {adds} (found: True)",
        "Cost estimate!H: a year is a whole number from 1900 to 2199 (found: 0)",
        f"Cost estimate!K: {adds} (found: -5)",
        "Implementation matrix!E: there is no such date (found: 2026-02-30)",
        "M&E matrix!G: true or false is no value of this column; type a number, a date or text (found: True)",
    ]


@pytest.mark.parametrize(
    ("table", "column", "entry"),
    [
        ("costs", "quantity", 0),
        ("costs", "quantity", Worked(formula="=2*3", value=6)),
        ("costs", "quantity", ""),
        ("costs", "year", 2026),
        ("costs", "year", "2026"),
        ("costs", "activity", True),
        ("implementation", "start", date(2026, 2, 28)),
        ("implementation", "start", "early 2027"),
        ("implementation", "end", 2027),
        ("matrix", "baseline_value", "about 1 300"),
        ("checklists", "note", True),
    ],
)
def test_entries_that_a_column_can_use_are_taken(table: str, column: str, entry: Any) -> None:
    assert why_unfit(table, column, entry) == ""


@pytest.mark.thorough("loads and saves whole workbooks")
def test_dates_before_the_spreadsheets_calendar_and_parts_of_a_millisecond_are_no_entries(
    tmp_path: Path,
) -> None:
    """They came back a day earlier, as an error, or as another time."""
    given = (
        date(1, 1, 1),
        date(1899, 5, 5),
        datetime(1899, 12, 31, 5, 6),
        datetime(2020, 1, 1, 1, 1, 1, 123456),
        10**15,
    )
    path = books.write(
        tmp_path, Partners(sheets={"Own": (given,)}, costs={"1": {"activity": date(1800, 1, 1)}})
    )
    found = read_workbook(books.edit(path, lambda _: None, tmp_path / "saved.xlsx"))
    assert (found.edits, found.problems) == ((), ())
    assert not same(datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 1))


def test_the_number_of_a_free_row_has_four_digits_at_most() -> None:
    ids = ("1", "9999", "0", "01", "10000", "9" * 5000, "first", "\u0663", "")
    assert [row_number(id) for id in ids] == [1, 9999, 0, 0, 0, 0, 0, 0, 0]


def test_a_row_of_a_high_number_or_another_name_makes_no_rows_before_it(tmp_path: Path) -> None:
    """A row 1,000,000,000 made as many free rows, and a row `first` was a traceback."""
    partners = Partners(
        costs={"1000000000": {"activity": "far"}, "first": {"activity": "x"}, "2": {"activity": "near"}}
    )
    began = time.monotonic()
    path = books.write(tmp_path, partners)
    assert time.monotonic() - began < 20
    found = read_workbook(path)
    assert (found.edits, found.problems) == ((), ())
