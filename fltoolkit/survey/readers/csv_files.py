"""Reads CSV files strictly: every row must have as many cells as the header, and every character must be
valid in the file's encoding.

All CSV files are read in the same way. DuckDB reads UTF-8 text with the given delimiter and quotes. A file in
another encoding is first decoded in memory. No message quotes a cell.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Collection, Iterator
from itertools import chain, count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fltoolkit.errors import DataError
from fltoolkit.survey.data.column_names import quoted, trimmed
from fltoolkit.survey.data.duckdb_connection import into_memory
from fltoolkit.survey.data.engines import WIDE
from fltoolkit.survey.readers.csv_layout import TAB_FILES, CsvSource, Layout, find_layout, refuse_data
from fltoolkit.survey.readers.csv_rows import what_is_wrong
from fltoolkit.survey.readers.csv_texts import columns_in_standard_form
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
