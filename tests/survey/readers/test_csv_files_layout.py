"""Tests how the layout of a CSV is found from its first rows, and that a first line of data is refused
without printing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fltoolkit.errors import DataError
from fltoolkit.survey.readers import csv_files
from fltoolkit.survey.readers.csv_files import CsvSource, Layout, find_layout, refuse_data

PLACE = Path("a.csv")


def found(text: str, delimiter: str | None = None) -> tuple[str, int, tuple[str, ...]]:
    layout = find_layout(CsvSource(PLACE, text.encode()), delimiter)
    return layout.delimiter, layout.line, layout.header


@pytest.mark.parametrize(
    ("text", "delimiter", "line", "header"),
    [
        ("a,b\n1,2\n", ",", 1, ("a", "b")),
        ("a;b\n1,5;2,5\n", ";", 1, ("a", "b")),
        ("a\tb\n1;1\t2;2\n", "\t", 1, ("a", "b")),
        ("a|b|c\n1|2|3\n", "|", 1, ("a", "b", "c")),
        ("\ufeffa,b\n1,2\n", ",", 1, ("a", "b")),
        ("A survey\n\na;b\n1;2\n", ";", 3, ("a", "b")),
        ('"a title,\nof two lines"\na,b\n1,2\n', ",", 3, ("a", "b")),
        ("sep=|\r\na|b\r\n1|2\r\n", "|", 2, ("a", "b")),
        ('"SEP=;"\nA survey\na;b\n1;2\n', ";", 3, ("a", "b")),
        ("code\n1\n2\n", ",", 1, ("code",)),
        ("\ncode\n1\n", ",", 2, ("code",)),
        (
            "a;b,c;d\n1;2;3\n",
            ";",
            1,
            ("a", "b,c", "d"),
        ),  # all rows have three cells; by the comma some would have one
        ("a,b;c,d\n1,2;3,4\n", ",", 1, ("a", "b;c", "d")),  # of two that fit the one that parts more cells
        ("", ",", 1, ("",)),
    ],
)
def test_the_delimiter_and_the_header_are_found(
    text: str, delimiter: str, line: int, header: tuple[str, ...]
) -> None:
    assert found(text) == (delimiter, line, header)


def test_a_delimiter_that_is_given_goes_before_all_that_could_be_found() -> None:
    assert found("a,b;c\n1,2;3\n", ";") == (";", 1, ("a,b", "c"))
    assert found("sep=,\na,b;c\n1,2;3\n", ";") == (";", 2, ("a,b", "c"))


def test_a_row_that_is_read_in_part_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last row begins as if semicolons parted it, where the first bytes end."""
    text = "a,b;c\n1,2;3\n4;5,6\n"
    assert found(text)[0] == ","
    monkeypatch.setattr(csv_files, "HEAD", len("a,b;c\n1,2;3\n4;"))
    assert found(text)[0] == ","


def test_a_text_keeps_its_line_ends_and_loses_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    with CsvSource(tmp_path / "a.csv").lines() as file:
        assert list(file) == ["a\r\n", "b\r", "c\n"]
    with CsvSource(tmp_path / "a.csv", b"x\ny").lines() as file:  # decoded before: the file is not read again
        assert file.read() == "x\ny"


@pytest.mark.parametrize(
    ("header", "odd"),
    [
        (("1", "1", "34", "secret"), 3),
        (("1", "-2.5", "secret", "b"), 2),  # half of them
        (("1,5", "", "secret"), 2),
        (("7",), 1),
    ],
)
def test_a_first_line_of_data_is_refused_and_not_shown(header: tuple[str, ...], odd: int) -> None:
    with pytest.raises(DataError, match="looks like data") as error:
        refuse_data(Layout(",", 2, header), PLACE, ["W"])
    assert error.value.found == f"line 3: {odd} of its {len(header)} cells are numbers, blank or repeated"
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (("1", "a", "b"), None),  # less than half
        (("a", "a", "", ""), None),  # no number among them
        (("2024", "2025"), ["2025"]),  # a name that is asked for
        (("W", "Q1", "Q2"), ["X"]),
    ],
)
def test_names_are_taken_as_names(header: tuple[str, ...], named: list[str] | None) -> None:
    refuse_data(Layout(",", 0, header), PLACE, named)
