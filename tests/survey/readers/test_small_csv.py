"""Tests that a small CSV in the folder of survey.yaml is read strictly, and that errors give the line without
a cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from fltoolkit.errors import DataError, FltoolkitError, SpecError
from fltoolkit.survey.readers.small_csv import SmallCsvRow, read_small_csv


def read(folder: Path, text: str, raised: type[FltoolkitError] = SpecError) -> list[SmallCsvRow]:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return read_small_csv(path, ["code", "isic"], "the table", raised)


def test_rows_have_the_columns_asked_for_in_that_order_and_the_line_they_begin_on(tmp_path: Path) -> None:
    text = '\n isic ,name,code\n0311,"fish,\nall", 10 \n\n , , \n0111,crops,011\n'
    assert read(tmp_path, text) == [SmallCsvRow(3, ("10", "0311")), SmallCsvRow(7, ("011", "0111"))]
    assert read(tmp_path, "code,isic\n") == []


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("code,name\nsecret,1\n", "line 1", "2 column(s); missing or repeated: isic"),
        ("\ncode,isic,code\nsecret,1,1\n", "line 2", "3 column(s); missing or repeated: code"),
        ("code;isic\nsecret;1\n", "line 1", "1 column(s); missing or repeated: code, isic"),
        ("code,isic\n1,2\n\nsecret\n", "line 4", "1 cell(s)"),
        ('code,isic\n"1\n1",2\n3,secret,5\n', "line 4", "3 cell(s)"),
        ('code,isic\n1,2\n3,"secret\n5,6\n', "line 3", "a quote that is not closed, or text after one"),
        ('code,isic\n1,"2"secret\n', "line 2", "a quote that is not closed, or text after one"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_without_a_cell(
    tmp_path: Path, text: str, line: str, found: str
) -> None:
    with pytest.raises(SpecError) as error:
        read(tmp_path, text)
    assert error.value.where.endswith(f"own.csv, {line}")
    assert error.value.found == found
    assert "the table" in error.value.problem
    assert "secret" not in str(error.value)


def test_an_empty_file_is_told_with_the_columns_wanted_and_the_callers_kind_of_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the table is empty") as error:
        read(tmp_path, " \n,\n", DataError)
    assert error.value.allowed == "code, isic"
