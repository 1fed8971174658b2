"""Tests that the first row with another number of cells than the header is reported by its line and cells,
never by its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from fltoolkit.errors import DataError
from fltoolkit.survey.readers.csv_files import (
    CLOSE_QUOTES,
    QUOTE_CELLS,
    SHORTEN,
    CsvSource,
    Layout,
    what_is_wrong,
)

PLACE = Path("a.csv")


def told(text: str, layout: Layout | None = None, words: str = "secret") -> DataError:
    error = what_is_wrong(CsvSource(PLACE, text.encode()), layout or Layout(",", 0, ("a", "b")), words)
    assert "secret" not in str(error)
    return error


@pytest.mark.parametrize(
    ("text", "found", "problem", "do"),
    [
        (
            "a,b\n1,2\n3,secret,5\n6,7\n",
            "line 3: 3 cell(s)",
            "a row has more cells than the header",
            QUOTE_CELLS,
        ),
        (
            "a,b\n1,2\nsecret\n6,7\n",
            "line 3: 1 cell(s)",
            "a row has fewer cells than the header",
            QUOTE_CELLS,
        ),
        (
            "a,b\n1,2\n\nsecret",
            "line 4: 1 cell(s)",
            "its last row has fewer cells than the header",
            "export the data again",
        ),
        ("a,b\n1,2\n3,secret,5", "line 3: 3 cell(s)", "a row has more cells than the header", QUOTE_CELLS),
        ('a,b\n"1\n1",2\n3,secret,5\n', "line 4: 3 cell(s)", "a row has more cells", QUOTE_CELLS),
        ('a,b\n1,"secret\n3,4\n', "line 2: 2 cell(s)", "a quote is opened and never closed", CLOSE_QUOTES),
        (
            'a,b\n1,"2" secret\n3,4\n',
            "line 2: 2 cell(s)",
            "there is text after a closing quote",
            CLOSE_QUOTES,
        ),
        ("a,b\nsecret," + "x" * 140_000 + "\n", "line 2: 2 cell(s)", "a cell is too long", SHORTEN),
    ],
)
def test_the_first_bad_row_is_told(text: str, found: str, problem: str, do: str) -> None:
    error = told(text)
    assert error.found == found
    assert problem in error.problem
    assert error.do == do
    assert error.allowed == "2 cell(s), as in the header in line 1"


def test_lines_above_the_header_are_counted_and_are_no_rows() -> None:
    error = told("a title\n\na;b\n1;2\n3;4;5\n", Layout(";", 2, ("a", "b")))
    assert (error.found, error.allowed) == ("line 5: 3 cell(s)", "2 cell(s), as in the header in line 3")


@pytest.mark.parametrize(
    ("text", "line"), [("a,b\r\n1,2\r\n3,4\n5,6\r\n", 3), ("a,b\n1,2\r3,4\n", 2), ("a,b\r1,2\r3,4\n", 3)]
)
def test_where_all_rows_are_right_the_first_other_line_end_is_told(text: str, line: int) -> None:
    error = told(text)
    assert error.problem == "the file cannot be read: its lines end in different ways"
    assert error.found == f"line {line} ends in another way than line 1"


def test_of_duckdbs_words_the_number_of_the_line_is_told_and_nothing_else() -> None:
    right = "a,b\n1,2\n3,4"  # a last line without an end is none that ends in another way
    assert (
        told(right, words="CSV Error on Line: 2\nOriginal Line: secret,2").found
        == "line 2 differs from the other lines"
    )
    assert told(right).found == ""
