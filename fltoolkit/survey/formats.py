"""What the files are: CSV, Parquet, SPSS and Stata, and tables in memory, each as a relation of a DuckDB connection.

Value labels are never applied: a code stays the code it is. What a file says of itself is in `FileLabels`. Nothing is
written anywhere, not even for a while.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fltoolkit.errors import DataError
from fltoolkit.survey.engines import is_of_spark, is_spark, spark_table
from fltoolkit.yamlfile import canonical_code

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TEXT_FILES = (".csv", ".tsv", ".txt")
DELIMITERS = ",;\t|"
WIDE = 1000
PLAIN = r"(?i)[+-]?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan"  # a number that comes back from a float as it was written
LABELLED_FILES = (".sav", ".zsav", ".dta")
DATE_FORMAT = re.compile(r"%-?t|%-?d|.*(DATE|TIME|MOYR|QYR|WKYR|YMDHMS)", re.IGNORECASE)


@dataclass(frozen=True)
class FileLabels:
    """What an SPSS or Stata file says of its columns; of other files the names alone.

    `labels`: by column, its label. `codes`: by column, the label of each code, as canonical text (Stata's `.a` with its
    point). `kinds`: by column, number, text or date. `ranges`: by column, the user-missing values of SPSS, from and to.
    """

    names: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, Literal["number", "text", "date"]] = field(default_factory=dict)
    ranges: Mapping[str, Sequence[tuple[Any, Any]]] = field(default_factory=dict)
    rows: int = 0

    def is_missing(self, column: str, code: str) -> bool:
        """Whether the file itself declares a code missing: SPSS's user-missing values, Stata's .a to .z."""
        if re.fullmatch(r"\.[a-z]", code):
            return True
        return any(_within(code, low, high) for low, high in self.ranges.get(column, ()))


def _within(code: str, low: Any, high: Any) -> bool:
    if isinstance(low, str):
        return code == low.strip()
    try:
        return bool(low <= float(code) <= high)
    except ValueError:
        return False


def read_labels(path: Path, encoding: str | None = None) -> FileLabels:
    """Names, labels and missing values of an SPSS or Stata file; no row is read.

    Raises:
        DataError: the file is not what its name says, or its encoding is another.
    """
    _refuse_absent(path)
    _, about = _pyreadstat(path, encoding, metadataonly=True, user_missing=True)
    if not all(about.column_names):
        raise DataError("the file has columns without a name", where=str(path), do="name them, or export the data again")
    kinds = {name: _kind(about, name) for name in about.column_names}
    labelled = about.variable_value_labels.items()
    codes = {c: {_code(k, kinds[c]): str(v).strip() for k, v in values.items()} for c, values in labelled if c in kinds}
    ranges = {column: [(r["lo"], r["hi"]) for r in found] for column, found in about.missing_ranges.items()}
    labels = {column: " ".join(label.split()) for column, label in about.column_names_to_labels.items() if label}
    return FileLabels(tuple(about.column_names), labels, codes, kinds, ranges, about.number_rows or 0)


def _kind(about: Any, column: str) -> Literal["number", "text", "date"]:
    if about.readstat_variable_types[column] == "string":
        return "text"
    return "date" if DATE_FORMAT.match(about.original_variable_types[column] or "") else "number"


def _code(code: object, kind: str) -> str:
    """The code of a value label as the data have it; a letter on a number is one of Stata's tagged missing values."""
    return f".{code}" if kind == "number" and isinstance(code, str) else canonical_code(code)


def open_path(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    as_text: bool,
    only: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> tuple[Any, Sequence[str]]:
    """A file's relation, and its column names as they are written: DuckDB renames those that collide.

    Raises:
        DataError: no such file, not a format the kit reads, or it cannot be read.
    """
    _refuse_absent(path)
    suffix = path.suffix.lower()
    if suffix in LABELLED_FILES:
        return _open_labelled(path, con, as_text, only, encoding)
    with readable(str(path)):
        if suffix == ".parquet":
            relation = con.read_parquet(str(path))
            written = con.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()[1:]
            flat = len(written) == len(relation.columns)
            return relation, [name for (name,) in written] if flat else relation.columns
        if suffix in TEXT_FILES:
            foreign = encoding is not None and codecs.lookup(encoding).name != "utf-8"
            if foreign or _is_wide(path):
                relation, names = _through_memory(path, con, encoding or "utf-8-sig", delimiter, only)
                return _with_points(relation) if decimal == "," else relation, names
            relation, names = _open_text(path, con, delimiter)
            relation = _with_points(relation) if decimal == "," else relation
            return relation if as_text else _with_numbers(relation), names
    raise DataError(
        "the kit does not read this kind of file", where=str(path), found=suffix,
        allowed=", ".join([*TEXT_FILES, ".parquet", *LABELLED_FILES]), do="export the data again as one of these",
    )  # fmt: skip


def _open_text(path: Path, con: duckdb.DuckDBPyConnection, delimiter: str | None) -> tuple[Any, list[str]]:
    """A CSV as text, and the names in its first line. How it is written is found once, as DuckDB would find it anew for each relation.

    A line that begins with `#` is a row like others, and quotes are quotes even if the lines DuckDB looks at have none.
    """
    told = "Delimiter, Quote, Escape, SkipRows, list_transform(Columns, lambda c: c.name)"
    given = [str(path), *([delimiter] if delimiter else [])]
    options = f"header = true, all_varchar = true, comment = ''{', delim = ?' if delimiter else ''}"
    ((parted, quote, escape, skipped, columns),) = con.execute(f"SELECT {told} FROM sniff_csv(?, {options})", given).fetchall()
    quote = '"' if quote == "(empty)" else quote
    written = {
        "delimiter": parted,
        "quotechar": quote,
        "escapechar": quote if escape == "(empty)" else escape,
        "skiprows": skipped,
    }

    def relation(header: bool, names: Sequence[str]) -> Any:
        kinds = dict.fromkeys(names, "VARCHAR")
        return con.read_csv(str(path), header=header, columns=kinds, auto_detect=False, **written)

    (first,) = relation(False, [f"column{i}" for i in range(len(columns))]).limit(1).fetchall()
    return relation(True, columns), [name for name in first if name]


def _quoted(relation: Any) -> list[str]:
    return ['"' + name.replace('"', '""') + '"' for name in relation.columns]


def _with_points(relation: Any) -> Any:
    """A CSV's numbers with a decimal comma as the kit has them: `12,5` is `12.5`; every other text as it is."""
    told = (f"regexp_replace(trim({name}), '^([+-]?\\d+),(\\d+)$', '\\1.\\2') AS {name}" for name in _quoted(relation))
    return relation.project(", ".join(told))


def _with_numbers(relation: Any) -> Any:
    """A CSV's columns as numbers where every row holds one or nothing: all rows are looked at, since a code may come late.

    What would not come back as it was written stays text: `01`, identifiers beyond 15 digits, yes and no, dates.
    """
    names = _quoted(relation)
    (plain,) = relation.aggregate(
        ", ".join(f"bool_and(regexp_full_match(trim({name}), '{PLAIN}|'))" for name in names)
    ).fetchall()
    cast = (f"TRY_CAST({name} AS DOUBLE) AS {name}" if number else name for name, number in zip(names, plain, strict=True))
    return relation.project(", ".join(cast))


def _refuse_absent(path: Path) -> None:
    if not path.is_file():
        raise DataError("there is no such file", where=str(path), do="check `path:`; it is read from the folder of survey.yaml")
    if path.stat().st_size == 0:
        raise DataError("the file is empty", where=str(path), do="export the data again")


def _open_labelled(
    path: Path, con: duckdb.DuckDBPyConnection, as_text: bool, only: Collection[str] | None, encoding: str | None
) -> tuple[Any, Sequence[str]]:
    """An SPSS or Stata file: of its columns those in `only`, codes as they are, dates as text (2025-03-01)."""
    about = read_labels(path, encoding)
    # pyreadstat takes an empty list for all columns.
    wanted = None if only is None else [name for name in about.names if name in only] or list(about.names[:1])
    table, _ = _pyreadstat(path, encoding, usecols=wanted, user_missing=as_text)
    return con.from_df(table.apply(lambda column: _plain(column, about.kinds[column.name]))), about.names


def _plain(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Python objects (dates, numbers among tagged missing values) as text; numbers and text as they are."""
    if column.dtype != object and kind != "date":
        return column
    tagged = kind == "number"
    return column.map(lambda v: f".{v}" if tagged and isinstance(v, str) else str(v), na_action="ignore").astype("string")


def _pyreadstat(path: Path, encoding: str | None, **options: Any) -> tuple[Any, Any]:
    """pyreadstat's table and description of a file. Whatever it meets in a damaged file is one `DataError`."""
    try:
        import pyreadstat
    except ImportError:
        raise DataError(
            "SPSS and Stata files need the package pyreadstat", where=str(path), do='pip install "fltoolkit[formats]"'
        ) from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    # iconv, which decodes here, knows Python's names once they are canonical and hyphened.
    name = codecs.lookup(encoding).name.replace("euc_", "euc-") if encoding else None
    try:
        return read(str(path), encoding=name, **options)
    except Exception as error:  # a C library's: there is no list of what a damaged file may raise
        raise DataError(
            "the file cannot be read",
            where=str(path),
            found=str(error).splitlines()[0] if str(error) else type(error).__name__,
            do="check that it is whole and what its name says; if it is old, give its `encoding:` under `files:`, such as cp1252 "
            "(of `fltoolkit new`: --encoding cp1252)",
        ) from None


def _is_wide(path: Path) -> bool:
    """Whether a text file has so many columns that DuckDB would take longer to find them than to read them."""
    with path.open("rb") as file:
        head = file.readline()
    return max(head.count(delimiter) for delimiter in DELIMITERS.encode("ascii")) > WIDE


def _through_memory(
    path: Path, con: duckdb.DuckDBPyConnection, encoding: str, delimiter: str | None, only: Collection[str] | None
) -> tuple[Any, Sequence[str]]:
    """A CSV that DuckDB does not read by itself (its encoding) or reads slowly (its width): the columns in `only`, as text."""
    import pandas as pd

    with path.open(encoding=encoding, newline="") as file:
        sep = delimiter or csv.Sniffer().sniff(file.readline(), DELIMITERS).delimiter
    given: dict[str, Any] = {"sep": sep, "encoding": encoding, "header": None, "dtype": str, "keep_default_na": False}
    names = pd.read_csv(path, nrows=1, **given).iloc[0].to_list()
    wanted = [i for i, name in enumerate(names) if only is None or name in only] or [0]
    lines = pd.read_csv(path, skiprows=1, usecols=wanted, names=range(len(names)), **given)
    return con.from_df(lines.set_axis([names[i] for i in wanted], axis=1)), names


@contextmanager
def readable(where: str) -> Iterator[None]:
    """What goes wrong inside is told as a `DataError`: a file that is damaged, or laid out otherwise than expected."""
    import duckdb
    import pandas as pd

    try:
        yield
    except (duckdb.Error, csv.Error, UnicodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(
            "the file cannot be read",
            where=where,
            found=_found(error),
            do="check that it is whole; if its text is not UTF-8, give its `encoding:` under `files:`, such as cp1252, and of `fltoolkit new` "
            "as --encoding cp1252; if what parts its columns is unusual, give `delimiter:` under `files:`",
        ) from None
    except Exception as error:
        if not is_of_spark(error):
            raise
        raise DataError(
            "the cluster could not read the tables", where=where, found=type(error).__name__,
            do="try table.count() by itself; Spark's own words are not repeated here, since they may quote a person's row",
        ) from None  # fmt: skip


def _found(error: Exception) -> str:
    """The first line of an error: those after it may quote a person's row."""
    if re.search(r"unicode|utf-8", str(error), re.IGNORECASE):
        return "text that is not UTF-8"
    return str(error).splitlines()[0]


def open_object(data: Any, con: duckdb.DuckDBPyConnection, only: Collection[str] | None = None) -> tuple[Any, Sequence[str]]:
    """The relation of a pandas, Polars or Arrow table, and its column names; a PySpark DataFrame stays what it is."""
    if is_spark(data):
        return spark_table(data, only)
    import duckdb
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return con.from_df(data), [str(c) for c in data.columns]
    if isinstance(data, duckdb.DuckDBPyRelation):
        return data, data.columns
    arrow = data.to_arrow() if hasattr(data, "to_arrow") else data
    if hasattr(arrow, "__arrow_c_stream__"):
        return con.from_arrow(arrow), arrow.schema.names
    raise DataError(
        "this is not a table the kit reads",
        found=type(data).__name__,
        allowed="a path to CSV, Parquet, SPSS or Stata, a pandas, Polars or Arrow table, a DuckDB relation, a PySpark DataFrame",
    )
