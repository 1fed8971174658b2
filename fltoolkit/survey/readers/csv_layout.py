"""Finds the layout of a CSV file: its delimiter, the lines above its header, and its column names.

The first rows suggest the layout. The strict reading of all rows then checks it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from fltoolkit.errors import DataError
from fltoolkit.survey.data.column_names import trimmed

TAB_FILES = (".tab",)  # always with tabs; for `.tsv` and `.txt` the first rows decide
TEXT_FILES = (".csv", ".tsv", ".txt", *TAB_FILES)
DELIMITERS = ",;\t|"
HEAD, ROWS = 1_000_000, 20  # the bytes and rows that are used to find the layout
NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*")


@dataclass(frozen=True)
class CsvSource:
    """The text of a CSV file, in UTF-8. The text is read from the file at `path`. If the file has another
    encoding, the converted text is in `decoded`, in memory."""

    path: Path
    decoded: bytes | None = None

    def open(self) -> IO[bytes]:
        """Returns a binary file of the text, in UTF-8, at its first byte."""
        return self.path.open("rb") if self.decoded is None else io.BytesIO(self.decoded)

    def content(self) -> bytes:
        """Returns the whole text as bytes, in UTF-8."""
        return self.path.read_bytes() if self.decoded is None else self.decoded

    def lines(self) -> IO[str]:
        """Returns a text file of the lines. The characters that end a line are kept as they are."""
        return io.TextIOWrapper(self.open(), "utf-8-sig", errors="replace", newline="")


@dataclass(frozen=True)
class Layout:
    """The layout of a CSV file.

    Attributes:
        delimiter: the character between cells.
        skipped: the number of lines above the header, such as a title.
        header: the cells of the header, which are the column names.
    """

    delimiter: str
    skipped: int
    header: tuple[str, ...]

    @property
    def line(self) -> int:
        """Returns the line number of the header."""
        return self.skipped + 1


def find_layout(source: CsvSource, delimiter: str | None) -> Layout:
    """Returns the layout of a CSV file (delimiter, lines above the header, column names), found from its
    first rows.

    Args:
        source: the text of the file.
        delimiter: the character between cells. None: a first line such as `sep=;` names it, or the delimiter
            that fits the first rows best is taken.
    """
    with source.open() as file:
        head = file.read(HEAD + 1)
    if len(head) > HEAD:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    text = head.decode("utf-8-sig", "replace")
    first_line = re.match(r'"?sep=(.)"?\r?\n?', text, re.IGNORECASE)  # Excel's line that names the delimiter
    if first_line and (delimiter or first_line[1]) != '"':
        layout = _read_head(text[first_line.end() :], delimiter or first_line[1])
        return Layout(layout.delimiter, layout.skipped + 1, layout.header)
    return max(
        (_read_head(text, d) for d in delimiter or DELIMITERS),
        key=lambda found: _goodness_of_fit(found, text),
    )


def refuse_data(layout: Layout, path: Path, named: Collection[str] | None) -> None:
    """Raise an error if the first line looks like data: at least half of its cells are numbers, blank or
    repeated, and at least one is a number.

    Args:
        layout: the layout of the file.
        path: the file, for the message.
        named: the columns that survey.yaml or the caller names. If the first line has one of them, it is a
            header, and there is no error.

    Raises:
        DataError: the message gives counts, but no cells.
    """
    cells = [trimmed(cell) for cell in layout.header]
    times = Counter(cells)
    odd = [cell for cell in cells if not cell or times[cell] > 1 or NUMBER.fullmatch(cell)]
    if (
        not any(map(NUMBER.fullmatch, odd))
        or 2 * len(odd) < len(cells)
        or not times.keys().isdisjoint(named or ())
    ):
        return
    raise DataError(
        "the first line looks like data, not like the names of the columns",
        where=str(path),
        found=f"line {layout.line}: {len(odd)} of its {len(cells)} cells are numbers, blank or repeated",
        do=(
            "export the data again with the names of the columns in the first line, or write them above "
            "the data"
        ),
    )


def _read_head(text: str, delimiter: str) -> Layout:
    """Returns the layout of a text with a given delimiter. The header is the first row with several cells;
    rows above it with one cell are titles. If all rows have one cell, the first row is the header. `text` is
    the beginning of the file."""
    skipped, first = 0, None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in _first_rows(reader):
        if len(row) > 1:
            return Layout(delimiter, skipped, tuple(row))
        if first is None and row:
            first = Layout(delimiter, skipped, tuple(row))
        skipped = reader.line_num
    return first or Layout(delimiter, 0, ("",))


def _first_rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yields the first 20 rows. The function stops before a row that cannot be read. The strict reading of
    the file later reports this row with its line."""
    try:
        yield from islice(reader, ROWS)
    except csv.Error:
        return


def _goodness_of_fit(layout: Layout, text: str) -> tuple[bool, bool, bool, int]:
    """Returns a tuple that says how well a layout fits a text. Layouts with different delimiters are
    compared, and the layout with the largest tuple fits best.

    The tuple has four parts: whether the header has several cells; whether there are no lines above the
    header; whether all rows have the same number of cells; and the number of cells of the header.
    """
    below = io.StringIO(text, newline="")
    for _ in range(layout.skipped):
        next(below)
    counts = {len(row) for row in _first_rows(csv.reader(below, delimiter=layout.delimiter)) if row}
    return len(layout.header) > 1, layout.skipped == 0, len(counts) == 1, len(layout.header)
