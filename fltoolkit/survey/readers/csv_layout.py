"""Finds how a CSV file is written: its delimiter, the lines above its header, and its column names.

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
from fltoolkit.survey.data.column_names import tidy

TAB_FILES = (".tab",)  # of tabs by their name; `.tsv` and `.txt` hold what their first rows show
TEXT_FILES = (".csv", ".tsv", ".txt", *TAB_FILES)
DELIMITERS = ",;\t|"
HEAD, ROWS = 1_000_000, 20  # bytes and rows by which the layout is found
NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*")


@dataclass(frozen=True)
class CsvSource:
    """The text of a CSV file in UTF-8. `decoded`: in memory, where the file itself has another encoding."""

    path: Path
    decoded: bytes | None = None

    def open(self) -> IO[bytes]:
        """The bytes of the text, from its start."""
        return self.path.open("rb") if self.decoded is None else io.BytesIO(self.decoded)

    def lines(self) -> IO[str]:
        """The text, its line ends as they are."""
        return io.TextIOWrapper(self.open(), "utf-8-sig", errors="replace", newline="")


@dataclass(frozen=True)
class Layout:
    """The layout of a CSV file: its delimiter, the number of lines above the header, and the cells of the header."""

    delimiter: str
    skipped: int
    header: tuple[str, ...]

    @property
    def line(self) -> int:
        """The line of the header."""
        return self.skipped + 1


def find_layout(source: CsvSource, delimiter: str | None) -> Layout:
    """Finds the layout of a CSV file from its first rows. `delimiter`: the character between cells; None: it is found."""
    with source.open() as file:
        head = file.read(HEAD + 1)
    if len(head) > HEAD:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    text = head.decode("utf-8-sig", "replace")
    told = re.match(r'"?sep=(.)"?\r?\n?', text, re.IGNORECASE)  # how Excel names the delimiter, in a line of its own
    if told and (delimiter or told[1]) != '"':
        layout = _read_head(text[told.end() :], delimiter or told[1])
        return Layout(layout.delimiter, layout.skipped + 1, layout.header)
    return max((_read_head(text, d) for d in delimiter or DELIMITERS), key=lambda found: _fit(found, text))


def refuse_data(layout: Layout, path: Path, named: Collection[str] | None) -> None:
    """Stop on a first line that looks like a person's data: half of its cells or more are numbers, blank or repeated.

    Args:
        layout: of the file. path: for the message.
        named: the columns that survey.yaml or a call names; a first line that has one of them is a header, whatever the others are.

    Raises:
        DataError: with counts, and none of the cells.
    """
    cells = [tidy(cell) for cell in layout.header]
    times = Counter(cells)
    odd = [cell for cell in cells if not cell or times[cell] > 1 or NUMBER.fullmatch(cell)]
    if not any(map(NUMBER.fullmatch, odd)) or 2 * len(odd) < len(cells) or not times.keys().isdisjoint(named or ()):
        return
    raise DataError(
        "the first line looks like data, not like the names of the columns", where=str(path),
        found=f"line {layout.line}: {len(odd)} of its {len(cells)} cells are numbers, blank or repeated",
        do="export the data again with the names of the columns in the first line, or write them above the data",
    )  # fmt: skip


def _read_head(text: str, delimiter: str) -> Layout:
    """The header, if this is the delimiter: the first row of several cells, below titles of one cell; in a file of one column the first."""
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
    """The first rows; one that cannot be read ends them, and is told later with its line."""
    try:
        yield from islice(reader, ROWS)
    except csv.Error:
        return


def _fit(layout: Layout, text: str) -> tuple[bool, bool, bool, int]:
    """How well a delimiter fits: it parts cells, no title is needed, all rows have as many cells, and these are many."""
    below = io.StringIO(text, newline="")
    for _ in range(layout.skipped):
        next(below)
    counts = {len(row) for row in _first_rows(csv.reader(below, delimiter=layout.delimiter)) if row}
    return len(layout.header) > 1, layout.skipped == 0, len(counts) == 1, len(layout.header)
