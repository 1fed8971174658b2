"""Opens CSV files strictly. The first rows suggest the layout: delimiter, lines above the header, column
names. The reading of all rows then checks it. A file that is not as its header says is an error that names the
line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fltoolkit.errors import DataError
from fltoolkit.survey.engine.columns import quoted, trimmed
from fltoolkit.survey.engine.engines import WIDE, into_memory
from fltoolkit.survey.readers.file_stamps import exact_path

if TYPE_CHECKING:
    import duckdb

QUOTE = '"'
CHUNK = 1 << 20  # bytes
TABLES = count()  # numbers of stored files, so that their names on a connection differ
KINDS = (  # kinds of files, by their first bytes
    (b"PK\x03\x04", "a ZIP file or an Excel workbook"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PAR1", "a Parquet file"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (b"SQLite format 3", "a database"),
)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NOT_NULL = "\x01fl__null\x01"  # DuckDB reads this as null in place of an empty cell; otherwise an extra empty cell would pass
GIVE_ENCODING = (
    "give its `encoding:` under `files:`, such as cp1252, and of `fltoolkit new` as --encoding cp1252 "
    "(for fl.SurveyDesign read it with pandas, and "
    "give the table); if it should be UTF-8, check that the file is complete"
)
TAB_FILES = (".tab",)  # always with tabs; for `.tsv` and `.txt` the first rows decide
TEXT_FILES = (".csv", ".tsv", ".txt", *TAB_FILES)
DELIMITERS = ",;\t|"
HEAD, ROWS = 1_000_000, 20  # the bytes and rows that are used to find the layout
NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*")
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
ODD_BLANKS = b"\t\x0b\x0c"  # blanks around a text that are no spaces
MOST_ZEROS = 1000  # numbers such as `1.0`; a file with more is not searched further
# A number that prints exactly as it was written by R (1, 2.5) or by Python (1.0, 2.5). `_is_number` checks
# the longest ones.
WHOLE = r"0|-?[1-9]\d{0,14}"
PLAIN = WHOLE + r"|-?([1-9]\d{0,14}|0)\.0|-?[1-9]\d{0,14}\.\d*[1-9]|-?0\.0{0,3}[1-9](\d*[1-9])?"
EXACT = 16  # characters; a number that is not longer always prints as it was written
FIRST = 2000  # the first rows, which decide what is checked in all rows


def open_csv(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    encoding: str | None,
    delimiter: str | None,
    only: Collection[str] | None,
    named: Collection[str] | None,
    stored: bool = False,
    typed: Callable[[Any], Any] | None = None,
) -> tuple[Any, list[str], frozenset[str]]:
    """Opens a CSV file. Columns without a name are left out.

    Args:
        path: an existing file.
        con: the DuckDB connection that reads the file.
        encoding: the encoding of the file. None: UTF-8.
        delimiter: the character between cells. None: a tab in a `.tab` file, otherwise it is found from the
            first rows.
        only: the columns that are needed. The relation has only these columns if `stored` is true, if the
            file is not in UTF-8, or if the file has more than 1,000 columns. None: all columns are needed.
        named: the columns that survey.yaml or the caller names. If the first line has one of them, it is
            certainly the header. Otherwise, a first line that looks like data is an error.
        stored: whether the rows are read now, into a table of the connection, so that the file is not read
            again. `only` should then be given.
        typed: a function that turns the relation of texts into one with other types. It must read every row,
            because errors in the rows are found by reading. None: all columns stay text.

    Returns:
        A DuckDB relation of the columns as text (or as `typed` makes them), the names of all columns, and the
            names of those columns whose texts need no cleaning (no blanks around a text, no number written as
            `1.0`). This set of names is empty if `stored` is false.

    Raises:
        DataError: the file cannot be read. The message gives the number of the first bad line.
    """
    _refuse_other_kind(path)
    utf_8 = encoding is None or codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    source = CsvSource(path) if utf_8 else CsvSource(path, _decoded(path, encoding or ""))
    _refuse_bytes(source)
    layout = find_layout(source, delimiter or ("\t" if path.suffix.lower() in TAB_FILES else None))
    refuse_data(layout, path, named)
    names = {i: trimmed(name) for i, name in enumerate(layout.header) if trimmed(name)}
    if not names:
        raise DataError(
            "the first line has no column names",
            where=str(path),
            do="write the names of the columns above the data",
        )
    narrow = only is not None and (stored or not utf_8 or len(names) > WIDE)
    kept = (
        ({i: name for i, name in names.items() if name in (only or ())} or dict(list(names.items())[:1]))
        if narrow
        else names
    )
    texts = columns_in_standard_form(source.content(), layout) if stored else frozenset()
    cells = {i: f"nullif(fl__c{i}, '')" if i in texts else f"fl__c{i}" for i in kept}
    chosen = ", ".join(f"{cells[i]} AS {quoted(name)}" for i, name in kept.items())
    relation = _strict_rows(source, layout, chosen, con, stored=stored or not utf_8, typed=typed)
    return relation, list(names.values()), frozenset(name for i, name in kept.items() if i in texts)


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


def columns_in_standard_form(content: bytes, layout: Layout) -> frozenset[int]:
    """Returns the columns of a CSV file whose texts need no cleaning: no cell has blanks around its text, and
    no number is written as `1.0`. Empty cells may occur.

    The bytes of the file are searched, which takes much less time than cleaning every cell. A column that may
    need cleaning is left out. So the result is empty for a file with quotes, with a blank beside a delimiter
    or line end, with an unusual delimiter, or with more than 1,000 numbers such as `1.0`.

    Args:
        content: the whole file, in UTF-8.
        layout: the delimiter and the header.

    Returns:
        The columns, by their positions from 0.
    """
    delimiter = layout.delimiter.encode()
    if layout.delimiter not in DELIMITERS or b'"' in content or _has_outer_blanks(content, delimiter):
        return frozenset()
    left = set(range(len(layout.header)))
    for place, found in enumerate(re.finditer(rb"\.0+(?=[%s\r\n]|\Z)" % re.escape(delimiter), content)):
        if place == MOST_ZEROS:
            return frozenset()
        line = content.rfind(b"\n", 0, found.start()) + 1
        left.discard(content.count(delimiter, line, found.start()))
    return frozenset(left)


def with_numbers(relation: Any) -> Any:
    """Returns the rows of a CSV file with its numeric columns as numbers. A column is numeric if every value,
    converted to a number and back to text, is the same as written. All rows are checked, because the only
    text of a column may be in one of the last rows.

    All other columns stay text. So two different labels never become the same number: `01` and `1` stay
    different, and so do `1.10` and `1.1`, `1e1` and `10`, or `1.0` and `1`. In a file of more than 1,000
    columns, all columns stay text, because few of them are used.
    """
    names = [quoted(name) for name in relation.columns]
    if len(names) > WIDE:
        _facts(relation, {})
        return relation
    numbers = _number_columns(relation, names)
    if not numbers:
        return relation
    return relation.project(
        ", ".join(f"TRY_CAST({name} AS DOUBLE) AS {name}" if name in numbers else name for name in names)
    )


def _strict_rows(
    source: CsvSource,
    layout: Layout,
    chosen: str,
    con: duckdb.DuckDBPyConnection,
    *,
    stored: bool,
    typed: Callable[[Any], Any] | None,
) -> Any:
    """Returns the rows below the header as a DuckDB relation. Raises `DataError` if a row does not have as
    many cells as the header.

    Args:
        source: the text of the file.
        layout: the delimiter, the lines to skip, and the header.
        chosen: the columns to return, in SQL.
        con: the DuckDB connection.
        stored: whether the rows are read now, into a table of the connection.
        typed: converts the relation (see `open_csv`).
    """
    import duckdb

    written: dict[str, Any] = {
        "header": True,
        "auto_detect": False,
        "skiprows": layout.skipped,
        "strict_mode": True,
    }
    written |= {"delimiter": layout.delimiter, "quotechar": QUOTE, "escapechar": QUOTE, "na_values": NOT_NULL}
    written |= {"columns": {f"fl__c{i}": "VARCHAR" for i in range(len(layout.header))}}
    try:
        if source.decoded is None:
            file = con.read_csv(
                exact_path(source.path), compression="none", hive_partitioning=False, **written
            )
        else:
            file = con.read_csv(io.BytesIO(source.decoded), **written)
        relation = file.project(chosen)
        if stored:
            relation = into_memory(relation, con, f"fl__csv{next(TABLES)}")
        elif typed is None:
            relation.aggregate("count(*)").fetchall()
        return relation if typed is None else typed(relation)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise what_is_wrong(source, layout, str(error)) from None


# ------------------------------------------------------------------------------------------------------- byte


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _decoded(path: Path, encoding: str) -> bytes:
    """Returns the content of a text file, converted from its encoding to UTF-8. Raises `DataError` if a byte
    is not valid in the encoding. The message gives the line of the first such byte."""
    decoder, text, lines = codecs.getincrementaldecoder(encoding)("strict"), io.BytesIO(), 1
    with path.open("rb") as file:
        for chunk in chain(_chunks(file), [b""]):
            try:
                found = decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
                line = lines + before.decode(encoding, "replace").count("\n")
                raise DataError(
                    f"the file cannot be read: its text is not {encoding}",
                    where=str(path),
                    found=f"a byte that {encoding} does not have, in line {line}",
                    do="correct `encoding:` under `files:`, or check that the file is complete",
                ) from None
            lines += found.count("\n")
            text.write(found.encode("utf-8", "surrogatepass"))
    return text.getvalue().removeprefix(codecs.BOM_UTF8)


def _refuse_other_kind(path: Path) -> None:
    """Raise `DataError` if a file is named like a text file, but its first bytes show that it is of another
    kind, such as Excel. Without this check, the message would be about the encoding of the file, which is not
    the cause."""
    with path.open("rb") as file:
        head = file.read(16)
    if kind := next((kind for begins, kind in KINDS if head.startswith(begins)), ""):
        raise DataError(
            "the file is not text, although its name says so",
            where=str(path),
            found=kind,
            do=(
                "export the data as CSV, or give a Parquet, SPSS or Stata file its own ending (.parquet, "
                ".sav, .zsav, .dta)"
            ),
        )


def _refuse_bytes(source: CsvSource) -> None:
    """Raise `DataError` for bytes that are not UTF-8, and for the zero bytes of a damaged file. The message
    gives the line."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    start = 0
    with source.open() as file:
        for chunk in chain(_chunks(file), [b""]):
            if start == 0 and chunk.startswith(UTF_16):
                raise DataError(
                    "the file cannot be read",
                    where=str(source.path),
                    found="text in UTF-16",
                    do="give `encoding: utf-16` under `files:` (of `fltoolkit new`: --encoding utf-16)",
                )
            try:
                if (
                    not chunk.isascii() or decoder.getstate()[0]
                ):  # ASCII, as most files are, needs no decoding
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = max(start + error.start - (len(error.object) - len(chunk)), 0)
                raise DataError(
                    "the file cannot be read",
                    where=str(source.path),
                    found=f"text that is not UTF-8, in line {_line_at(source, at)}",
                    do=GIVE_ENCODING,
                ) from None
            if b"\0" in chunk:
                raise DataError(
                    "the file cannot be read: it holds zero bytes",
                    where=str(source.path),
                    found=f"a zero byte in line {_line_at(source, start + chunk.index(0))}",
                    do=(
                        "export the data again; if its text is UTF-16, give `encoding: utf-16-le` or "
                        "`utf-16-be` under `files:`"
                    ),
                )
            start += len(chunk)


def _line_at(source: CsvSource, place: int) -> int:
    """Returns the number of the line in which a byte is. `place` is the position of the byte in the file."""
    with source.open() as file:
        before = file.read(place)
    return 1 + (before.count(b"\n") or before.count(b"\r"))


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


def _has_outer_blanks(content: bytes, delimiter: bytes) -> bool:
    """Returns whether a cell of a file without quotes may begin or end with a blank. The result is also true
    for a file with line ends of CR only, which the search for blanks does not cover."""
    if content.count(b"\r") != content.count(b"\r\n") or content.endswith(b" "):
        return True
    beside = (delimiter, b"\n", b"\r")
    pairs = (pair for mark in beside for pair in (b" " + mark, mark + b" "))
    return any(bytes([blank]) in content for blank in ODD_BLANKS if bytes([blank]) != delimiter) or any(
        pair in content for pair in pairs
    )


def _number_columns(relation: Any, names: Sequence[str]) -> set[str]:
    """Returns the names of the numeric columns, those in which every value, converted to a number and back to
    text, is the same as written.

    The first rows are checked first, to save time. If the file has no more rows, this is all. Otherwise, a
    column with text in these rows is not numeric. If a column has only whole numbers in these rows, a faster
    check is tried on all rows first.
    """
    rows, first = _facts(relation.limit(FIRST), dict.fromkeys(names, _is_number))
    if rows < FIRST:
        return {name for name, number in first.items() if number}
    _, whole = _facts(relation.limit(FIRST), {name: _is_whole for name, number in first.items() if number})
    asked = {name: _is_whole if whole.get(name) else _is_number for name in names if first[name] is not False}
    _, found = _facts(relation, asked)
    if late := [name for name, is_whole in whole.items() if is_whole and not found[name]]:
        found |= _facts(relation, dict.fromkeys(late, _is_number))[1]
    return {name for name, number in found.items() if number}


def _facts(relation: Any, asked: Mapping[str, Callable[[str], str]]) -> tuple[int, dict[str, bool | None]]:
    """Returns the number of rows, and the result of a check for each column: true, false, or None for a
    column of blanks. All rows are read in one pass, even if there is nothing to check.

    Args:
        relation: the rows.
        asked: for each column, the function that returns the check as SQL.
    """
    (facts,) = relation.aggregate(
        ", ".join(["count(*)", *(fact(name) for name, fact in asked.items())])
    ).fetchall()
    return int(facts[0]), dict(zip(asked, facts[1:], strict=True))


def _is_whole(name: str) -> str:
    """Returns SQL that is true if a column has only blanks and whole numbers, written without leading
    zeros."""
    return f"bool_and(regexp_full_match({name}, ' *({WHOLE})? *'))"


def _is_number(name: str) -> str:
    """Returns SQL that checks a column. The SQL is true if the column has only blanks and numbers, and if
    each number stays the same when it is converted to a number and back to text. Python writes floats with
    `.0`. So if one number ends in `.0`, all numbers of the column must have a point."""
    value = f"nullif(trim({name}, ' '), '')"  # other blanks, such as a no-break space, would make the number blank in the cast
    back = (
        f"CASE WHEN length({value}) > {EXACT} THEN CAST(TRY_CAST({value} AS DOUBLE) AS VARCHAR) = "
        f"{value} ELSE true END"
    )
    plain = f"bool_and(regexp_full_match({value}, '{PLAIN}') AND {back})"
    return f"{plain} AND (bool_and(contains({value}, '.')) OR NOT bool_or(suffix({value}, '.0')))"
