"""Opens CSV, Parquet, SPSS and Stata files, and tables in memory, each as a relation of a DuckDB connection.

Codes are never replaced by their labels. The labels are kept beside the data, in `FileLabels`. Nothing is
written to disk, not even a temporary file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fltoolkit.errors import DataError
from fltoolkit.survey.engine.columns import LARGEST_WHOLE, quoted, trimmed
from fltoolkit.survey.engine.engines import is_spark, readable, spark_table
from fltoolkit.survey.readers.csv_files import TEXT_FILES, open_csv, with_numbers
from fltoolkit.survey.readers.file_stamps import exact_path, stamp_of
from fltoolkit.survey.readers.memory_tables import DIGITS, NO_COLUMN, MemoryTable, Unreadable, memory_table
from fltoolkit.yaml_files.loading import canonical_code

if TYPE_CHECKING:
    import duckdb

SPSS_FILES = (".sav", ".zsav")
Kind = Literal["number", "text", "date", "time"]
LABELLED_FILES = (*SPSS_FILES, ".dta")
VIEWS = count()  # numbers of opened SPSS and Stata files, so that their names on a connection differ
TIME_FORMAT = re.compile(
    r"D?TIME\d", re.IGNORECASE
)  # of SPSS, for times of day and for durations of any length
DATE_FORMAT = re.compile(r"%-?t|%-?d|.*(DATE|TIME|MOYR|QYR|WKYR|YMDHMS)", re.IGNORECASE)


@dataclass(frozen=True)
class FileLabels:
    """The names, labels and missing values of the columns of an SPSS or Stata file. For files of other kinds,
    only the names of the columns are known.

    Attributes:
        names: the names of the columns.
        labels: the label of each column.
        codes: for each column, the label of each code. Codes are text as in the data. Stata's missing value
            `.a` keeps its point.
        kinds: for each column, its type: number, text, date or time.
        ranges: for each column, the ranges that an SPSS file declares missing, as pairs of the lowest and the
            highest value.
        rows: the number of rows, or 0 if the file does not state it.
    """

    names: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    ranges: Mapping[str, Sequence[tuple[Any, Any]]] = field(default_factory=dict)
    rows: int = 0

    def is_missing(self, column: str, code: str) -> bool:
        """Returns whether the file itself declares that a code of a column means a missing answer: SPSS's
        user-missing values, and Stata's `.a` to `.z`."""
        if re.fullmatch(r"\.[a-z]", code):
            return True
        return any(_is_missing_code(code, low, high) for low, high in self.ranges.get(column, ()))


def _is_missing_code(code: str, low: Any, high: Any) -> bool:
    if isinstance(low, str):
        return code == low.strip()
    try:
        return bool(low <= float(code) <= high)
    except ValueError:
        return False


def read_labels(path: Path, encoding: str | None = None) -> FileLabels:
    """Returns the names, labels and missing values of an SPSS or Stata file. No row is read.

    Raises:
        DataError: the file is not of the type that its name says, or it has another encoding.
    """
    stamp_of(path)
    _, about = _pyreadstat(path, encoding, metadataonly=True, user_missing=True, output_format="dict")
    if not all(about.column_names):
        raise DataError(
            "the file has columns without a name", where=str(path), do="name them, or export the data again"
        )
    kinds = {name: _kind(about, name) for name in about.column_names}
    labelled = about.variable_value_labels.items()
    codes = {
        c: {_code_of_label(k, kinds[c]): str(v).strip() for k, v in values.items()}
        for c, values in labelled
        if c in kinds
    }
    ranges = {column: [(r["lo"], r["hi"]) for r in found] for column, found in about.missing_ranges.items()}
    labels = {
        column: " ".join(label.split()) for column, label in about.column_names_to_labels.items() if label
    }
    return FileLabels(tuple(about.column_names), labels, codes, kinds, ranges, about.number_rows or 0)


def missing_values(path: Path, encoding: str | None = None) -> Mapping[str, Sequence[tuple[Any, Any]]]:
    """Returns, for each column of an SPSS file, the values that the file declares missing: ranges of numbers,
    as pairs of the lowest and the highest number, and single texts, as pairs of the same text. The result is
    empty for any other file."""
    return read_labels(path, encoding).ranges if path.suffix.lower() in SPSS_FILES else {}


def _kind(about: Any, column: str) -> Kind:
    if about.readstat_variable_types[column] == "string":
        return "text"
    form = about.original_variable_types[column] or ""
    return "time" if TIME_FORMAT.match(form) else "date" if DATE_FORMAT.match(form) else "number"


def _code_of_label(code: object, kind: str) -> str:
    """Returns the code to which a label belongs, as text in the form in which the data have it. If a column
    of numbers or dates has a letter as its code, the letter is one of Stata's missing values: `a` becomes
    `.a`."""
    return f".{code}" if kind != "text" and isinstance(code, str) else canonical_code(code)


def open_path(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    as_text: bool,
    only: Collection[str] | None = None,
    named: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    numbers: Collection[str] = (),
    stored: bool = False,
) -> tuple[Any, Sequence[str], frozenset[str]]:
    """Opens a data file on a DuckDB connection.

    Args:
        path: the file. Its ending says of which kind it is.
        con: the connection.
        as_text: whether codes are kept as text, and values that the file declares missing are kept.
        only: the columns that are needed. None: all.
        named, encoding, delimiter, stored: for a CSV file, see `open_csv`. `encoding` is also used for SPSS
            and Stata.
        decimal: `,` if a CSV file has numbers such as `12,5`.
        numbers: columns that are needed as numbers. With a decimal comma, they may not have points between
            thousands.

    Returns:
        A DuckDB relation, the names of all columns as they are in the file (DuckDB would rename a second
            column with the same name), and the names of those columns whose texts need no cleaning.

    Raises:
        DataError: there is no such file, the kit does not read files of this kind, or the file cannot be
            read.
    """
    stamp_of(path)
    suffix = path.suffix.lower()
    with readable(str(path)):
        if suffix in LABELLED_FILES:
            return *_open_labelled(path, con, as_text, only, encoding), frozenset()
        if suffix == ".parquet":
            return *_open_parquet(path, con, only), frozenset()
        if suffix in TEXT_FILES:
            typed = None if as_text else with_numbers
            relation, names, texts = open_csv(
                path,
                con,
                encoding=encoding,
                delimiter=delimiter,
                only=only,
                named=named,
                stored=stored,
                typed=typed,
            )
            if decimal != ",":
                return relation, names, texts
            _refuse_thousands(relation, numbers, path)
            return _with_points(relation), names, frozenset()
    raise DataError(
        "the kit does not read this kind of file",
        where=str(path),
        found=suffix,
        allowed=", ".join([*TEXT_FILES, ".parquet", *LABELLED_FILES]),
        do="export the data again as one of these",
    )


def _open_parquet(
    path: Path, con: duckdb.DuckDBPyConnection, only: Collection[str] | None
) -> tuple[Any, Sequence[str]]:
    relation = con.read_parquet(exact_path(path), hive_partitioning=False)
    written = con.execute(
        "SELECT name, coalesce(num_children, 0), precision FROM parquet_schema(?)", [exact_path(path)]
    ).fetchall()
    names, long, inner = [], [], 0  # the parts of a structure stand behind its name
    for name, parts, digits in written[1:]:
        if inner:
            inner -= 1
        else:
            names.append(name)
            long += [name] if (digits or 0) > DIGITS and (only is None or trimmed(name) in only) else []
        inner += parts
    _refuse_rounded(relation, long, path)
    return relation, names


def _refuse_rounded(relation: Any, names: Collection[str], path: Path) -> None:
    """Raises `DataError` if a decimal column of a Parquet file has numbers that DuckDB would round. It reads
    decimals of more than 38 digits as floats. `names` are these columns."""
    tests = [f"coalesce(max(abs({quoted(name)})), 0) > {LARGEST_WHOLE}" for name in names]
    found = relation.aggregate(", ".join(tests)).fetchall()[0] if tests else ()
    if rounded := [name for name, is_rounded in zip(names, found, strict=True) if is_rounded]:
        raise DataError(
            "decimal columns have numbers of more than 15 digits, in a type of more than 38 digits",
            where=str(path),
            found=rounded,
            do=f"store them as text, or as decimals of at most {DIGITS} digits",
        )


def _with_points(relation: Any) -> Any:
    """Returns the rows of a CSV file with a decimal point in place of a decimal comma: `12,5` becomes `12.5`.
    Only texts that are such a number change; blanks around every text are removed."""
    columns = (
        f"regexp_replace(trim({name}), '^([+-]?\\d+),(\\d+)$', '\\1.\\2') AS {name}"
        for name in map(quoted, relation.columns)
    )
    return relation.project(", ".join(columns))


def _refuse_thousands(relation: Any, numbers: Collection[str], path: Path) -> None:
    """Raise `DataError` if a column of numbers of a file with decimal commas has points between thousands.
    `1.250` would be read as 1.25. A column is read if its points are certainly decimal points, as in `1.5`,
    and it has no decimal comma."""
    asked = [name for name in relation.columns if trimmed(name) in numbers]
    grouped = _rows_of_form(relation, asked, r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
    grouped = {name: rows for name, rows in grouped.items() if rows}
    points = _rows_of_form(relation, grouped, r"[+-]?(\d*\.(\d{1,2}|\d{4,})|0\.\d+)")
    commas = _rows_of_form(relation, grouped, r"[+-]?\d*,\d+")
    if wrong := [
        f"{name} ({rows} row(s))" for name, rows in grouped.items() if commas[name] or not points[name]
    ]:
        raise DataError(
            "numbers have points, although the decimals of this file have a comma",
            where=str(path),
            found=wrong,
            allowed="numbers such as 1250 or 1250,5",
            do=(
                "export the data again without thousands separators; if the points are decimals, leave "
                '`decimal: ","` out under `files:`'
            ),
        )


def _rows_of_form(relation: Any, names: Collection[str], form: str) -> dict[str, int]:
    """Returns, for each of the columns `names`, in how many rows the text has a form, given as a regular
    expression."""
    counts = [f"count(*) FILTER (regexp_full_match(trim({quoted(name)}), '{form}'))" for name in names]
    return (
        dict(zip(names, relation.aggregate(", ".join(counts)).fetchall()[0], strict=True)) if counts else {}
    )


def _open_labelled(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    as_text: bool,
    only: Collection[str] | None,
    encoding: str | None,
) -> tuple[Any, Sequence[str]]:
    """Opens an SPSS or Stata file with the columns in `only` (None: all). Codes are unchanged. Dates become
    text (2025-03-01). Values that the file declares missing are kept if `as_text`, and are otherwise blank.
    Returns a DuckDB relation, and the names of all columns of the file."""
    about = read_labels(path, encoding)
    # pyreadstat would read all columns if the list were empty.
    wanted = (
        None
        if only is None
        else [name for name in about.names if trimmed(name) in only] or list(about.names[:1])
    )
    # pyreadstat's own tables would need pandas, whose import takes a fifth of the time of a check.
    lists, _ = _pyreadstat(path, encoding, usecols=wanted, user_missing=as_text, output_format="dict")
    if times := [
        name for name in lists if about.kinds[name] == "time"
    ]:  # pyreadstat's times of day lose the days of a duration
        raw = {"user_missing": as_text, "output_format": "dict", "disable_datetime_conversion": True}
        lists |= _pyreadstat(path, encoding, usecols=times, **raw)[0]
    columns = {name: _array_of_list(lists.pop(name), about.kinds[name]) for name in list(lists)}
    view = f"fl__labelled{next(VIEWS)}"
    return con.register(view, columns).table(f'"{view}"'), about.names


def _array_of_list(values: list[Any], kind: str) -> Any:
    """Returns the values of a column of an SPSS or Stata file as a NumPy array. Numbers stay numbers. Dates
    and times become text. A column of numbers that has Stata's missing values (`.a` to `.z`) also becomes
    text."""
    import numpy as np

    types = set(map(type, values))
    if kind == "number" and types <= {int, float, type(None)}:
        return np.array(values, dtype=int if types == {int} else float)
    marked = (f".{value}" if kind != "text" and isinstance(value, str) else value for value in values)
    if kind == "time":
        return np.array(
            [_hours(value) if isinstance(value, (int, float)) else value for value in marked], dtype=object
        )
    return np.array(
        [None if value is None or value != value else str(value) for value in marked], dtype=object
    )


def _hours(seconds: float) -> str | None:
    """Returns a time of day or a duration in the form `07:05:00`. A duration of 48 hours is `48:00:00`.
    Fractions of a second have six digits, and stand only where there are any. NaN gives None."""
    if seconds != seconds:
        return None
    whole, fraction = divmod(round(abs(seconds) * 1_000_000), 1_000_000)
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}" + (
        f".{fraction:06}" if fraction else ""
    )
    return "-" + text if seconds < 0 else text


def _pyreadstat(path: Path, encoding: str | None, **options: Any) -> tuple[Any, Any]:
    """Reads an SPSS or Stata file with the package pyreadstat, and returns its table and its description.
    `options` are those of pyreadstat. Raises `DataError` if the package is missing or the file cannot be
    read."""
    try:
        import pyreadstat
    except ImportError:
        raise DataError(
            "SPSS and Stata files need the package pyreadstat",
            where=str(path),
            do='pip install "fltoolkit[all]"',
        ) from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    # iconv decodes the text. It knows Python's names of encodings only in canonical form and with a hyphen.
    name = codecs.lookup(encoding).name.replace("euc_", "euc-") if encoding else None
    try:
        return read(str(path), encoding=name, **options)
    except MemoryError:
        raise
    except Exception as error:  # from a C library; nobody has listed what a damaged file may raise
        raise DataError(
            "the file cannot be read",
            where=str(path),
            found=_kind_of_damage(error),
            do="check that the file is complete and that its ending is right; if it is old, give its "
            "`encoding:` under `files:`, such as cp1252 "
            "(of `fltoolkit new`: --encoding cp1252)",
        ) from None


def _kind_of_damage(error: Exception) -> str:
    """Returns, in the kit's own words, the reason why pyreadstat could not read a file. The message of
    pyreadstat is not used, because it may quote a cell."""
    message = str(error).lower()
    if "encoding" in message or "byte sequence" in message or isinstance(error, UnicodeError):
        return "text in another encoding than the file says"
    return (
        "a date that no calendar has"
        if isinstance(error, OverflowError)
        else "its content does not have the format of such a file"
    )


def open_object(
    data: Any, con: duckdb.DuckDBPyConnection, only: Collection[str] | None = None
) -> tuple[Any, Sequence[str], Mapping[str, Unreadable]]:
    """Opens a table (pandas, Polars, Arrow, a DuckDB relation or a PySpark DataFrame) on a DuckDB connection.
    A PySpark DataFrame is not converted: it is returned with the columns in `only`.

    Returns:
        A DuckDB relation (or the PySpark DataFrame), the names of all columns, and the columns that cannot be
            used, each with the reason.

    Raises:
        DataError: the object is not a table, it cannot be read, or it has no column that can be used.
    """
    if is_spark(data):
        return (*spark_table(data, only), {})
    table = _table_in_memory(data)
    if table is None:
        raise DataError(
            "this is not a table the kit reads",
            where="data",
            found="nothing (None)" if data is None else type(data).__name__,
            allowed=(
                "a path to CSV, Parquet, SPSS or Stata, a pandas, Polars or Arrow table, a DuckDB "
                "relation, a PySpark DataFrame"
            ),
            do="give one of these",
        )
    if not table.table.num_columns:
        found = sorted({why.found for why in table.unreadable.values()})
        raise DataError(
            NO_COLUMN,
            where="data",
            found=found,
            do="give a table of numbers and texts, whose columns have names",
        )
    return con.from_arrow(table.table), table.names, table.unreadable


def _table_in_memory(data: Any) -> MemoryTable | None:
    """Returns a table as Arrow columns in memory, or None if `data` is not a table that the kit reads. A
    DuckDB relation is read here, once, so that all later numbers come from the same rows."""
    import duckdb

    with readable("data"):
        try:
            return memory_table(data)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            raise DataError(
                "the DuckDB relation cannot be read",
                where="data",
                do=(
                    "see that its connection is open and that all its rows can be fetched; DuckDB's words "
                    "are not repeated, since they may quote a cell"
                ),
            ) from None
