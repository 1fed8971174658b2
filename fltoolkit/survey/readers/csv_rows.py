"""Explains why a CSV file cannot be read: the line of the first wrong row, and its number of cells.

DuckDB's own message may quote a cell. So the file is read again, row by row, to make a message that quotes no
cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from fltoolkit.errors import DataError
from fltoolkit.survey.readers.csv_layout import CsvSource, Layout

CLOSE_QUOTES = "close the quote, or double each quote that belongs to a text"
TOO_LONG = "a cell is too long"
SHORTEN = (
    "leave out the column of long texts, which no estimate needs; if no cell ought to be so long, "
    "close its quote"
)
QUOTE_CELLS = (
    "put cells that hold the delimiter or a line break in quotes; if another character "
    "separates the cells, give `delimiter:` under `files:`"
)


@dataclass(frozen=True)
class CsvRow:
    """A row of a CSV file.

    Attributes:
        line: the number of the line where the row begins.
        cells: the number of cells in the row.
        problem: what is wrong with the quotes of the row. The text is empty if nothing is wrong.
    """

    line: int
    cells: int
    problem: str = ""


def what_is_wrong(source: CsvSource, layout: Layout, words: str) -> DataError:
    """Returns the error for a CSV file that DuckDB could not read. The message says what is wrong, and quotes
    no cell.

    Args:
        source: the text of the file.
        layout: the delimiter, the lines above the header, and the header.
        words: DuckDB's message. Only its line number is used.
    """
    where, width = str(source.path), len(layout.header)
    header = f"{width} cell(s), as in the header in line {layout.line}"
    rows = _header_and_rows(source, layout)
    if bad := next((row for row in rows if row.problem or row.cells != width), None):
        problem, do = _problem_and_advice(bad, width, last=next(rows, None) is None)
        return DataError(
            f"the file cannot be read: {problem}",
            where=where,
            found=f"line {bad.line}: {bad.cells} cell(s)",
            allowed=header,
            do=do,
        )
    if line := _other_line_end(source):
        return DataError(
            "the file cannot be read: its lines end in different ways",
            where=where,
            found=f"line {line} ends in another way than line 1",
            allowed="LF, CR LF or CR, the same everywhere",
            do="export the data again, or save it with one kind of line ends",
        )
    numbered = re.search(r"Line: (\d+)", words)
    return DataError(
        "the file cannot be read",
        where=where,
        found=f"line {numbered[1]} differs from the other lines" if numbered else None,
        allowed=header,
        do="check the quotes, the delimiters and the length of that line",
    )


def _problem_and_advice(bad: CsvRow, width: int, last: bool) -> tuple[str, str]:
    """Returns two texts: what is wrong with a row, and what the user should do.

    Args:
        bad: the row.
        width: the number of cells in the header.
        last: whether it is the last row of the file.
    """
    if bad.problem:
        return bad.problem, SHORTEN if bad.problem == TOO_LONG else CLOSE_QUOTES
    if last and bad.cells < width:
        return "its last row has fewer cells than the header: the file may be cut", "export the data again"
    return f"a row has {'more' if bad.cells > width else 'fewer'} cells than the header", QUOTE_CELLS


def _header_and_rows(source: CsvSource, layout: Layout) -> Iterator[CsvRow]:
    """Yields the header and the rows below it, without blank lines. If a row has a wrong quote, it is the
    last row that is yielded."""
    with source.lines() as file:
        for _ in range(layout.skipped):
            next(file)
        seen: list[str] = []
        reader = csv.reader(_lines_with_first(file, seen), delimiter=layout.delimiter, strict=True)
        while True:
            seen.clear()
            line = layout.line + reader.line_num
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield CsvRow(
                    line, _count_cells(seen[0], layout.delimiter), _quote_problem(str(error), seen[0])
                )
                return
            if row is None:
                return
            if row:
                yield CsvRow(line, len(row))


def _quote_problem(words: str, line: str) -> str:
    """Returns, in words, the problem with the quotes of a row. The message of Python's csv module (`words`)
    shows which problem it is. `line` is the first line of the row."""
    if "expected after" in words:
        return "there is text after a closing quote"
    return TOO_LONG if len(line) > csv.field_size_limit() else "a quote is opened and never closed"


def _count_cells(line: str, delimiter: str) -> int:
    """Returns how many cells one line of a CSV file has. If the csv module cannot read the line, the result
    is the number of its delimiters plus one."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except csv.Error:
        return 1 + line.count(delimiter)


def _lines_with_first(lines: IO[str], seen: list[str]) -> Iterator[str]:
    """Yields the lines of a file. If the list `seen` is empty, the line is also appended to it. The caller
    empties the list before each row. So after a row of several lines, the list contains the first of them."""
    for line in lines:
        if not seen:
            seen.append(line)
        yield line


def _other_line_end(source: CsvSource) -> int:
    """Returns the number of the first line that does not end as line 1 does, such as LF in place of CR LF.
    Returns 0 if all lines end in the same way."""
    with source.lines() as file:
        ends = (line[len(line.rstrip("\r\n")) :] for line in file)
        first = next(ends, "")
        return next((number for number, end in enumerate(ends, 2) if end not in (first, "")), 0)
