"""Tests that CSV files are read strictly: right files unchanged, wrong files reported by line, and no cell in
a message."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from effort import count_calls

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.engine.engines import WIDE, connect
from fltoolkit.survey.readers.opened_file import open_named, open_table

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
ENCODINGS = ["utf-8", "cp1252"]  # read from the disk, and decoded into memory


def read(path: Path, content: bytes, **options: Any) -> dict[str, list[str]]:
    path.write_bytes(content)
    found = open_table(path, connect(), as_text=True, **options).collect("pyarrow").to_native().to_pydict()
    return {str(name): values for name, values in found.items()}


def refused(path: Path, content: bytes, **options: Any) -> str:
    with pytest.raises(DataError) as error:
        read(path, content, **options)
    assert str(path) in str(error.value)
    assert "secret" not in str(error.value)
    return str(error.value)


RIGHT = {
    "quotes": b'a,b\n"1,0","say ""x"""\n3,4\n',
    "a line break in a cell": b'a,b\n1,"2\nx"\n3,4\n',
    "a line break in a name": b'"a\nx",b\n1,2\n',
    "CR LF": b"a,b\r\n1,2\r\n3,4\r\n",
    "CR alone": b"a,b\r1,2\r3,4\r",
    "no end of the last line": b"a,b\n1,2\n3,4",
    "blank cells": b'a,b\n,2\n"",\n',
    "an empty line": b"a,b\n1,2\n\n3,4\n",
    "the header alone": b"a,b\n",
    "one column": b"a\n1\n2\n",
    "a quote within a cell": b'a,b\n1,2"x\n3,4\n',
    "a byte order mark": b"\xef\xbb\xbfa,b\n1,2\n",
}


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_right_is_read_as_a_plain_loop_reads_it(tmp_path: Path, name: str, encoding: str) -> None:
    content = RIGHT[name] if encoding == "utf-8" else RIGHT[name].removeprefix(b"\xef\xbb\xbf")
    header, *rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if row]
    expected = {column: [row[i] for row in rows] for i, column in enumerate(header)}
    assert read(tmp_path / "a.csv", content, encoding=encoding) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"a,b,\n1,2,\n", {"a": ["1"], "b": ["2"]}, id="a delimiter at the end of every line"),
        pytest.param(b",a\n0,1\n", {"a": ["1"]}, id="a first column without a name"),
        pytest.param(
            b"sep=;\r\na;b\r\n1,5;2\r\n", {"a": ["1,5"], "b": ["2"]}, id="how Excel names the delimiter"
        ),
        pytest.param(b"a;b\n1,5;2,5\n", {"a": ["1,5"], "b": ["2,5"]}, id="decimal commas"),
        pytest.param(b"a\tb\n1;1\t2\n", {"a": ["1;1"], "b": ["2"]}, id="tabs"),
        pytest.param(b"a survey\n\na,b\n1,2\n", {"a": ["1"], "b": ["2"]}, id="a title of one cell"),
        pytest.param(b" a , b\n 1,2\n", {"a": [" 1"], "b": ["2"]}, id="blanks around names"),
    ],
)
def test_other_ways_of_writing_a_csv(
    tmp_path: Path, content: bytes, expected: dict[str, list[str]], encoding: str
) -> None:
    assert read(tmp_path / "a.csv", content, encoding=encoding) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("content", "line", "cells", "header", "words"),
    [
        pytest.param(
            b"a,b\n1,2\n3,secret,5\n6,7\n", 3, 3, 2, "more cells than the header", id="too many cells"
        ),
        pytest.param(
            b"a,b\n1,2\n3,secret,\n6,7\n", 3, 3, 2, "more cells than the header", id="a blank cell too many"
        ),
        pytest.param(
            b"a,b\n1,2,\n3,secret,\n",
            2,
            3,
            2,
            "more cells than the header",
            id="a delimiter at the end of all lines but the first",
        ),
        pytest.param(b"a,b\n1,2\nsecret\n6,7\n", 3, 1, 2, "fewer cells than the header", id="too few cells"),
        pytest.param(b"a,b,c\n1,2,3\n4,secr", 3, 2, 3, "the file may be cut", id="a cut end"),
        pytest.param(
            b'a,b\n1,2\n3,"secret\n5,6\n', 3, 2, 2, "a quote is opened and never closed", id="an open quote"
        ),
        pytest.param(
            b'a,b\n1,2\n3,"secret\n5,"6"\n',
            3,
            2,
            2,
            "there is text after a closing quote",
            id="a quote closed by another",
        ),
        pytest.param(
            b'a,b\n"1\n1\n1",2\n3,secret,5\n',
            5,
            3,
            2,
            "more cells than the header",
            id="behind quoted line breaks",
        ),
        pytest.param(
            b"a title\na,b\n1,2\n3,secret,5\n", 4, 3, 2, "more cells than the header", id="below a title"
        ),
        pytest.param(
            b"a,b\r1,2\r3,secret,5\r", 3, 3, 2, "more cells than the header", id="of lines that end in CR"
        ),
        pytest.param(
            b"a;b\n1,5;2,5;secret\n1;1\n",
            2,
            3,
            2,
            "more cells than the header",
            id="of cells with decimal commas",
        ),
        pytest.param(
            b"a,b\n1,2\nsecret," + b"x" * 3_000_000 + b"\n",
            3,
            2,
            2,
            "a cell is too long",
            id="a cell of three megabytes",
        ),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_its_cells(
    tmp_path: Path, content: bytes, line: int, cells: int, header: int, words: str, encoding: str
) -> None:
    message = refused(tmp_path / "a.csv", content, encoding=encoding)
    assert words in message
    assert f"found:   line {line}: {cells} cell(s)\n" in message
    assert f"allowed: {header} cell(s), as in the header in line" in message


def test_a_bad_row_far_down_is_found_without_being_asked_for(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * 40_000 + b"3,secret,5\n"
    assert "line 40002: 3 cell(s)" in refused(tmp_path / "a.csv", content)
    with pytest.raises(DataError, match="line 40002"):
        fl.SurveyDesign(tmp_path / "a.csv", weight="a")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n3,secret\x00\n", ["zero byte in line 3"]),
        (b"a,b\n1,2\n3,secret\xff\n", ["text that is not UTF-8, in line 3", "encoding:"]),
        ("a,b\n1,secret\n".encode("utf-16"), ["text in UTF-16", "encoding: utf-16"]),
        ("a,b\n1,secret\n".encode("utf-16-le"), ["zero byte in line 1", "utf-16-le"]),
        (
            b"a,b\n1,2\r\n3,secret\n",
            ["its lines end in different ways", "line 2 ends in another way than line 1"],
        ),
        (b",\n1,secret\n", ["the first line has no column names"]),
        (b"\n\n\n", ["the first line has no column names"]),
        (
            b"1,1,34,secret,2\n1,2,33,done,2\n",
            ["the first line looks like data", "line 1: 4 of its 5 cells are numbers, blank or repeated"],
        ),
    ],
)
def test_what_is_no_text_of_rows_is_told(tmp_path: Path, content: bytes, words: list[str]) -> None:
    message = refused(tmp_path / "a.csv", content)
    assert [w for w in words if w not in message] == [], message


def test_a_byte_that_the_given_encoding_does_not_have_is_told_by_its_line(tmp_path: Path) -> None:
    content = (
        b"a,b\n" + b"1,2\n" * 300_000 + b"3,secret\x81\n"
    )  # cp1252 has no 0x81; far behind the first chunk
    assert "a byte that cp1252 does not have, in line 300002" in refused(
        tmp_path / "a.csv", content, encoding="cp1252"
    )


def test_utf_16_is_read_once_it_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "a,b\n1,é\n".encode("utf-16"), encoding="utf-16") == {
        "a": ["1"],
        "b": ["é"],
    }


def test_numbers_may_be_names_if_they_are_the_names_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("2024,2025\n1,2\n1,2\n")
    assert fl.mean(fl.SurveyDesign(tmp_path / "a.csv", weight="2024"), "2025").table[
        "estimate"
    ].to_list() == [2.0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_that_differ_only_in_their_unicode_form_are_refused(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path / "a.csv", "e\u0301,b\n1,2\n".encode()) == {"é": ["1"], "b": ["2"]}
    message = refused(tmp_path / "a.csv", "e\u0301,é\n1,2\n".encode())
    assert "column names are repeated, or differ only in capitals" in message
    assert "found:   2 names, not printed" in refused(
        tmp_path / "a.csv", b"SEX, sex\n1,2\n", encoding=encoding
    )


@pytest.mark.thorough("a file of thousands of columns")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_very_wide_file_is_read_by_the_same_rules(tmp_path: Path, encoding: str) -> None:
    wide = 10 * WIDE
    rows = [[f"V{i}" for i in range(wide)], *([str(r * i % 7) for i in range(wide)] for r in range(30))]
    rows[20].append("secret")
    content = "\n".join(map(",".join, rows)).encode()
    assert f"found:   line 21: {wide + 1} cell(s)" in refused(tmp_path / "a.csv", content, encoding=encoding)
    rows[20].pop()
    (tmp_path / "a.csv").write_bytes("\n".join(map(",".join, rows)).encode())
    opened = open_named(tmp_path / "a.csv", connect(), as_text=True, only={"V9000"}, encoding=encoding)
    got = opened.frame.collect("pyarrow").to_native().to_pydict()
    assert got == {"V9000": [row[9000] for row in rows[1:]]}
    assert len(opened.names) == wide


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_decimal_comma_without_quotes_is_no_other_persons_weight(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, encoding: str
) -> None:
    """`1200,2` in a CSV parted by commas is two cells: all cells behind it would move by one."""
    path = write(changed(spec, {"files.person.encoding": encoding}), people=people)
    lines = (path.parent / "people.csv").read_text().splitlines()
    lines[3] = lines[3].replace(",2.5,", ",1200,2,")
    (path.parent / "people.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"line 4: 12 cell\(s\)\n  allowed: 11 cell\(s\)"):
        fl.read_survey(path)


@pytest.mark.thorough("a file of thousands of columns")
@pytest.mark.parametrize("library", ["csv", "pandas"])
def test_a_design_of_very_many_columns_is_the_design_of_its_few(tmp_path: Path, library: str) -> None:
    """Strata, nested PSUs and a breakdown: numbers of the same rows with few columns, without a search of all
    columns for each."""
    few = pd.DataFrame(
        {
            "W": [1.5, 2.0, 1.0, 3.0] * 30,
            "S": [i // 60 for i in range(120)],
            "P": [i // 10 % 6 for i in range(120)],
            "SEX": ["m", "f", "f"] * 40,
            "Y": [int(i % 7 == 0) for i in range(120)],
        }
    )
    wide = pd.concat([few, pd.DataFrame({f"V{i}": range(120) for i in range(6 * WIDE)})], axis=1)
    wide.to_csv(tmp_path / "wide.csv", index=False)
    data = wide if library == "pandas" else tmp_path / "wide.csv"
    made: list[fl.SurveyDesign] = []
    calls = count_calls(
        lambda: made.append(fl.SurveyDesign(data, weight="W", strata="S", psu="P", nest=True))
    )
    assert calls < 1000 * len(
        wide.columns
    )  # thousands for each column where it is compared with every other one
    got, expected = (
        fl.prevalence(d, "Y", by=[[], ["SEX"]]).table
        for d in (made[0], fl.SurveyDesign(few, weight="W", strata="S", psu="P", nest=True))
    )
    pd.testing.assert_frame_equal(got, expected, rtol=1e-12)
    assert abs(got["estimate"].iloc[0] - (few["W"] * few["Y"]).sum() / few["W"].sum()) < 1e-12
