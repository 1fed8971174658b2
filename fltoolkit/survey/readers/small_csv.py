"""Reads a small CSV file in the folder of survey.yaml: benchmarks (known numbers of persons), or a
correspondence table of codes. Every row must have a cell for each column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fltoolkit.errors import FltoolkitError
from fltoolkit.files import MB, printable_path, read_text

MOST_BYTES = 20 * MB


@dataclass(frozen=True)
class SmallCsvRow:
    """A row of a small CSV file: the number of the line where it begins, and its cells in the order of the
    requested columns."""

    line: int
    cells: tuple[str, ...]


def read_small_csv(
    path: Path, columns: Sequence[str], what: str, raised: type[FltoolkitError]
) -> list[SmallCsvRow]:
    """Returns the rows of a CSV file in UTF-8, with commas between the columns. The first line has the names
    of the columns and is not returned. Blank lines are left out.

    Args:
        path: the file.
        columns: the columns that are wanted, by their names in the first line. The file may also have other
            columns.
        what: what a message calls the file, such as `the correspondence table`.
        raised: the class of the error.

    Raises:
        FltoolkitError: an error of the class `raised`: the file cannot be read, one of the columns is missing
            or there twice, or a row has another number of cells than the first line. The message quotes no
            cell.
    """
    lines = _lines(path, read_text(path, MOST_BYTES, raised), what, raised)
    if not lines:
        raise raised(
            f"{what} is empty",
            where=printable_path(path),
            allowed=", ".join(columns),
            do="give the columns in the first line",
        )
    head, *rows = lines
    names = [name.strip() for name in head.cells]
    if wrong := [name for name in columns if names.count(name) != 1]:
        raise raised(
            f"{what} needs the columns {' and '.join(columns)}, each once",
            where=f"{printable_path(path)}, line {head.line}",
            found=f"{len(names)} column(s); missing or repeated: {', '.join(wrong)}",
            do=(
                f"name the column(s) {', '.join(wrong)} in the first line, each once; separate columns by "
                "commas"
            ),
        )
    for row in rows:
        if len(row.cells) != len(names):
            raise raised(
                f"a row of {what} has another number of cells than its first line",
                where=f"{printable_path(path)}, line {row.line}",
                found=f"{len(row.cells)} cell(s)",
                allowed=f"{len(names)} cells",
                do="put a cell that holds a comma between double quotes, and give every row all its commas",
            )
    places = [names.index(name) for name in columns]
    return [SmallCsvRow(row.line, tuple(row.cells[place].strip() for place in places)) for row in rows]


def _lines(path: Path, text: str, what: str, raised: type[FltoolkitError]) -> list[SmallCsvRow]:
    """Returns every row of the text that is not blank, with all its cells. Quotes are read strictly: a quote
    that is not closed is an error, and does not become a cell with many lines. `path` and `what` name the
    file in messages, and `raised` is the class of the error."""
    reader, found, begins = csv.reader(io.StringIO(text, newline=""), strict=True), [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(SmallCsvRow(begins, tuple(cells)))
            begins = reader.line_num + 1
    except csv.Error:
        raise raised(
            f"{what} cannot be read as a CSV file",
            where=f"{printable_path(path)}, line {begins}",
            found="a quote that is not closed, or text after one",
            do='close the quote; a double quote within a cell is written twice: ""',
        ) from None
    return found
