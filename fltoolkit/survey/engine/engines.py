"""Reads rows with DuckDB or Spark: connections, what the two say differently, and the only way by which rows,
counts and sums come home.

A file or a table in memory is read through the survey's DuckDB connection. A PySpark DataFrame stays in its
cluster.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
from narwhals import dependencies

from fltoolkit.errors import DataError, RequestError
from fltoolkit.survey.engine.columns import Frame, as_label, is_whole, quoted

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

WIDE = (
    1000  # columns; in a wider table, unused columns are set aside: narwhals names every column in every step
)
ROW = "fl__row"
FEW_ROWS = 20_000  # with at most this many rows, texts are grouped directly
TABLES = count()  # numbers of tables, so that their names on a connection differ
BITS_A_ROW, MOST_BITS = 64, 1_000_000_000  # beyond these, bits are not faster, or DuckDB does not make them
MEMORY, AMOUNT = "FLTOOLKIT_MEMORY", r"\d+(\.\d+)? ?[MG]i?B"


def to_pandas(frame: nw.LazyFrame[Any], where: object = "") -> pd.DataFrame:
    """Returns the rows of a lazy frame as a pandas table. Error messages give `where` as the source of the
    rows. Raises `DataError` if the rows cannot be read."""
    with readable(where):
        table: pd.DataFrame = frame.collect("pandas").to_native()
        return table


def to_rows(frame: nw.LazyFrame[Any], where: object = "") -> Sequence[tuple[Any, ...]]:
    """Returns the rows of a lazy frame as tuples of plain Python values, in the order of its columns. A blank
    is None. Error messages give `where` as the source of the rows.

    This function is meant for a few rows. It uses neither pandas nor Arrow, because importing one of these
    packages takes longer than reading a small survey.
    """
    table: Any = nw.to_native(frame)
    with readable(where):
        fetch = table.fetchall if hasattr(table, "fetchall") else table.collect  # DuckDB's, and Spark's
        return [tuple(row) for row in fetch()]


def to_sums(frame: nw.LazyFrame[Any], values: Sequence[nw.Expr], where: object = "") -> Sequence[Any]:
    """Returns, for each of the expressions in `values`, its sum over all rows. A true value counts as 1. The
    sum is 0 if all values are blank. Error messages give `where` as the source of the rows."""
    rows = frame.select([value.alias(f"fl__s{i}") for i, value in enumerate(values)])
    table: Any = nw.to_native(rows)
    if hasattr(
        table, "fetchall"
    ):  # DuckDB adds up all columns by one short text; narwhals would name each of them
        with readable(where):
            ((*sums,),) = table.aggregate("sum(COLUMNS(*))").fetchall()
    else:
        truths = [
            nw.col(name).cast(nw.Int64) for name, kind in rows.collect_schema().items() if kind == nw.Boolean
        ]
        numbers = rows.with_columns(*truths) if truths else rows
        ((*sums,),) = to_rows(numbers.select(nw.all().sum()), where)
    return [found or 0 for found in sums]


def to_count(frame: nw.LazyFrame[Any], where: object = "") -> int:
    """Returns the only value of a lazy frame with one row and one column, such as a count of rows. Error
    messages give `where` as the source of the rows."""
    ((count,),) = to_rows(frame, where)
    return int(count)


def to_arrow(frame: nw.LazyFrame[Any], where: object = "") -> Any:
    """Returns the rows of a lazy frame as an Arrow table. Error messages give `where` as the source of the
    rows."""
    with readable(where):
        return frame.collect("pyarrow").to_native()


def to_arrays(relation: Any, where: object = "") -> Mapping[str, Any]:
    """Returns the columns of a DuckDB relation, as {name: NumPy array}. Error messages give `where` as the
    source of the rows."""
    with readable(where):
        found: Mapping[str, Any] = relation.fetchnumpy()
        return found


@contextmanager
def readable(where: object = "") -> Iterator[None]:
    """Opens a context in which rows are read. If the data cannot be read (a damaged file, or more data than
    fits in memory), the error of DuckDB, Arrow or Spark becomes a `DataError`. The original message is not
    repeated, because it may quote a person's row. The new message gives `where` as the source of the rows: a
    file, or the survey.yaml with its files."""
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError):
        raise DataError(
            "the memory is too small to read the data",
            where=str(where),
            do=(
                "close other programs, or let FLTOOLKIT_MEMORY allow more (such as 8GB); a Parquet file "
                "takes less memory than a CSV"
            ),
        ) from None
    except Exception as error:
        library = type(error).__module__.partition(".")[
            0
        ]  # Arrow and Spark are not imported for this question
        if isinstance(error, duckdb.Error) or library == "pyarrow":
            raise DataError(
                "the file cannot be read" if where else "a file of the data cannot be read any more",
                where=str(where),
                found="its content does not have the format of such a file",
                do=(
                    "check that the file is complete and that its ending is right; export the data again "
                    "if it is not"
                ),
            ) from None
        if library not in ("pyspark", "py4j"):
            raise
        raise DataError(
            "the cluster could not read the tables",
            where=str(where),
            found=type(error).__name__,
            do=(
                "try table.count() by itself; Spark's own words are not repeated here, since they may "
                "quote a person's row"
            ),
        ) from None


def is_spark(data: object) -> bool:
    """Returns whether `data` is a PySpark DataFrame. PySpark is not imported for this check."""
    return bool(dependencies.is_pyspark_dataframe(data))  # also for Spark Connect, which spark_table refuses


def tables_in_place(tables: Any, names: Sequence[str], where: str) -> Mapping[str, Any]:
    """Returns the PySpark DataFrames that are used in place of files, as {name of the file in survey.yaml:
    DataFrame}.

    Args:
        tables: a mapping as in the result, or one DataFrame if survey.yaml names only one file.
        names: the names of the files in survey.yaml.
        where: the path of survey.yaml, for messages.

    Raises:
        RequestError: a table is not a PySpark DataFrame, or the tables are not exactly one for each file.
            Files and Spark tables cannot be joined with each other.
    """
    given = tables if isinstance(tables, Mapping) else dict.fromkeys(names[:1], tables)
    if wrong := sorted({type(t).__name__ for t in given.values() if not is_spark(t)}):
        raise RequestError(
            "only PySpark DataFrames can replace the files",
            where="tables",
            found=wrong,
            do="leave tables out: files of any size are read from where survey.yaml says",
        )
    if sorted(given) != sorted(names):
        raise RequestError(
            "the tables are not those of the files that survey.yaml names",
            where=f"{where}: files",
            found=sorted(given),
            allowed=names,
            do="give a dictionary with one PySpark DataFrame for each of these names",
        )
    return given


def spark_table(data: Any, only: Collection[str] | None) -> tuple[Any, Sequence[str]]:
    """Returns a PySpark DataFrame with only the columns in `only` (None: all), and the names of all its
    columns.

    Raises:
        DataError: the name of a needed column has a point or a backtick. (Spark would read a point as a part
            of another column.) Or the table is one of Spark Connect: narwhals does not have all the functions
            that the classification needs for such a table.
    """
    if dependencies.is_pyspark_connect_dataframe(data):
        raise DataError(
            "a table of Spark Connect cannot be read",
            where="tables",
            found=type(data).__module__,
            do=(
                "open the session on the cluster itself: SparkSession.builder.getOrCreate() with "
                "spark.api.mode = classic"
            ),
        )
    names = list(data.columns)
    needed = names if only is None else [name for name in names if name in only] or names[:1]
    if odd := [name for name in needed if "." in name or "`" in name]:
        raise DataError(
            "columns of a Spark table may not hold a point or a backtick",
            where="tables",
            found=odd,
            do="rename them",
        )
    return data.select(needed), names


@readable()
def contents(frame: Frame) -> str:
    """Returns a text that identifies the contents of a Spark table. The text changes if the rows change, but
    not if only their order changes."""
    from pyspark.sql import functions as F  # noqa: N812

    table: Any = nw.to_native(frame)
    rows = table.select(_fingerprint(table).cast("decimal(38, 0)").alias("row"))
    (found,) = rows.agg(F.count("row").alias("n"), F.sum("row").alias("sum")).collect()
    return f"{table.dtypes} {found['n']} {found['sum']}"


def with_row_labels(frame: Frame, name: str, buckets: int = 0) -> Frame:
    """Returns the rows with a new column `name`, which gives each row a label of its own. If `buckets` is
    given, the rows are put at random into this number of groups, and all rows of a group have the same label.

    In DuckDB, the label is the row number. Spark does not keep an order of rows. In Spark, the label is a
    hash of the row's content, and equal rows are numbered. So each row has the same label each time the rows
    are read.
    """
    table: Any = nw.to_native(frame)
    if not is_spark(table):
        label = f"hash(row_number() OVER ()) % {buckets}" if buckets else "row_number() OVER ()"
        return _lazy(table.project(f"*, CAST({label} AS BIGINT) AS {name}"))
    from pyspark.sql import (
        Window,
        functions as F,  # noqa: N812
    )

    row = _fingerprint(table)
    if buckets:
        return _lazy(table.withColumn(name, F.pmod(row, F.lit(buckets)).cast("string")))
    alike = F.row_number().over(Window.partitionBy(row).orderBy(F.lit(1)))
    return _lazy(table.withColumn(name, F.concat_ws("/", row.cast("string"), alike.cast("string"))))


def with_new_columns(frame: Frame, used: Collection[str], make: Callable[[Frame], Frame]) -> Frame:
    """Returns the frame with the columns that the function `make` adds or changes.

    If the frame has more than 1,000 columns, `make` gets only the columns in `used`, and its result is joined
    to the other columns by row number. This is done for speed: when narwhals adds columns, DuckDB compares
    each column with every other column, which takes a minute for 10,000 columns.

    Args:
        frame: any frame.
        used: the columns of `frame` that `make` uses or changes.
        make: a function that returns its frame with columns added or changed. It must keep the number of
            rows.
    """
    table: Any = nw.to_native(frame)
    if is_spark(table) or len(table.columns) <= WIDE:
        return make(frame)
    rows, kept = (
        table.project(f"*, row_number() OVER () AS {ROW}"),
        list(map(quoted, {ROW: None, **dict.fromkeys(used)})),
    )
    made: Any = nw.to_native(make(_lazy(rows.project(", ".join(kept)))))
    others = rows.project(f"* EXCLUDE ({', '.join(kept[1:])})").set_alias("others")
    return _lazy(others.join(made.set_alias("made"), ROW).project(f"* EXCLUDE ({ROW})"))


def with_facts_of_others(
    frame: Frame, who: str, key: Sequence[str], others: Mapping[str, str], known: Mapping[str, str]
) -> Frame:
    """Adds facts from other rows of the same frame to each row, such as the ages of the parents to the row of
    a child.

    Example: `key` is (household, line), `others` is {"mother_": "mother_line"}, and `known` is {"age":
    "years"}. The row of a child gets the column `mother_age`. Its value is `years` of the mother's row: the
    row in the same household whose line number is in `mother_line` of the child's row.

    Args:
        frame: any frame.
        who: a true/false column that marks the rows in which facts are looked up.
        key: the columns that together identify such a row. No two of the marked rows have the same key.
        others: {prefix of the new columns: column with the last part of the other row's key}. The other parts
            of the key are the same in both rows.
        known: the facts to look up: {name of the fact: its column}.

    Returns:
        The frame with the columns `<prefix><name>`. A new column is null if no marked row has this key. The
            columns in `who`, `others` and `known`, and the last column of `key`, are removed.
    """
    used, table = [who, key[-1], *others.values(), *known.values()], nw.to_native(frame)
    if is_spark(table):
        side = frame.filter(nw.col(who)).select(
            *[nw.col(k).alias(f"fl__of__{k}") for k in key], *known.values()
        )
        for prefix, line in others.items():
            found = side.rename({column: prefix + name for name, column in known.items()})
            frame = frame.join(
                found, left_on=[*key[:-1], line], right_on=[f"fl__of__{k}" for k in key], how="left"
            )
        return frame.drop(used)
    *same, last = key
    joins = [
        (
            f"LEFT JOIN found AS {p} ON "
            f"{' AND '.join([*(f'everybody.{k} = {p}.{k}' for k in same), f'everybody.{line} = {p}.{last}'])}"
        )
        for p, line in others.items()
    ]
    new = [f"{prefix}.{column} AS {prefix}{name}" for prefix in others for name, column in known.items()]
    return _lazy(
        table.query(
            "everybody",
            f"WITH found AS MATERIALIZED (SELECT {', '.join([*key, *known.values()])} FROM everybody "
            f"WHERE {who}) "
            f"SELECT everybody.* EXCLUDE ({', '.join(used)}), {', '.join(new)} FROM everybody "
            f"{' '.join(joins)}",
        )
    )


def kept_in_memory(frame: Frame, con: duckdb.DuckDBPyConnection, where: object) -> Frame:
    """Computes the rows of a frame once, and keeps them as a table in memory. Returns a frame of this table.
    Without this table, DuckDB would compute a column again each time the column is used.

    Args:
        frame: a frame of this connection.
        con: the DuckDB connection. The table exists as long as the connection.
        where: the files, for messages.
    """
    table: Any = nw.to_native(frame)
    name = f"fl__held{next(TABLES)}"
    with readable(where):
        return _lazy(into_memory(table, con, name))


@dataclass(frozen=True)
class Labels:
    """The different labels of a column, sorted. Each label has a number: its position from 0. Rows can be
    grouped by this number in place of the text, which is faster.

    Attributes:
        values: a DuckDB relation with one row per different value of the column (`fl__value`), and the
            position of its label (`fl__place`). Values that differ only in the blanks around them have the
            same label. A blank value has no position.
        texts: the labels by position, as an Arrow array.
    """

    values: Any
    texts: Any


def labels_of(values: Frame, where: object = "") -> Labels:
    """Reads the different labels of a column, and gives each a position. `values` is a DuckDB frame with only
    this column. `where` names the file in messages."""
    ((name, dtype),) = values.collect_schema().items()
    different_values = _lazy(nw.to_native(values).distinct())  # narwhals' unique() would number all rows
    read = different_values.select(nw.col(name).alias("fl__value"), as_label(name, dtype).alias("fl__label"))
    place = (
        "CASE WHEN fl__label IS NOT NULL THEN CAST(dense_rank() OVER (ORDER BY fl__label) - 1 AS "
        "INTEGER) END AS fl__place"
    )
    with readable(where):
        found: Any = nw.to_native(read).project(f"*, {place}").materialize()
    labels = found.to_arrow_table().drop_null()
    texts = (
        labels.group_by("fl__place")
        .aggregate([("fl__label", "min")])
        .sort_by("fl__place")
        .column("fl__label_min")
    )
    return Labels(found.project("fl__value, fl__place"), texts.combine_chunks())


def has_few(rows: Frame) -> bool:
    """Returns whether a DuckDB frame has at most 20,000 rows. The result is false for a Spark table. The rows
    are counted only up to 20,001, to save time."""
    return not is_spark(nw.to_native(rows)) and rows_of(rows.head(FEW_ROWS + 1)) <= FEW_ROWS


def labels_as_numbers(
    frame: Frame, sources: Mapping[str, str], labels: Callable[[str], Labels], *, few: bool
) -> tuple[Frame, Mapping[str, Any]]:
    """Returns the rows with numbers in place of the labels in some columns, because numbers are grouped
    faster. The number is the position of the label (see `Labels`). Columns of whole numbers are unchanged.

    A small table and a Spark table keep their labels as text: reading all their labels would take longer than
    it saves.

    Args:
        frame: any frame.
        sources: for each column of the frame, the name by which `labels` finds its labels.
        labels: a function that returns the labels of a column.
        few: whether there are few rows (`has_few`).

    Returns:
        The frame; and for each column that now has numbers, its labels by position, as an Arrow array.
    """
    table, schema = nw.to_native(frame), frame.collect_schema()
    read = {name: source for name, source in sources.items() if not is_whole(schema[name])}
    if few or is_spark(table):
        return frame.with_columns([as_label(name, schema[name]) for name in read]), {}
    if not read:
        return frame, {}
    known = {name: labels(source) for name, source in read.items()}
    for name, found in known.items():
        own = found.values.project(f"fl__value AS {name}_value, fl__place AS {name}_place").set_alias(
            f"{name}_labels"
        )
        table = table.join(own, f"{name} = {name}_value", "left")
    left_out = ", ".join(f"{name}_value, {name}_place" for name in known)
    numbers = ", ".join(f"{name}_place AS {name}" for name in known)
    return _lazy(table.project(f"* EXCLUDE ({left_out}) REPLACE ({numbers})")), {
        n: found.texts for n, found in known.items()
    }


@readable()
def rows_of(frame: Frame) -> int:
    """Returns the number of rows of a frame."""
    table: Any = nw.to_native(frame)
    return int(table.count()) if is_spark(table) else len(table)


def refuse_no_rows(frame: Frame, where: str) -> None:
    """Raise an error if a file has no row. For example, if one of four pooled quarterly files were empty, the
    totals of the year would be a quarter too low.

    Raises:
        DataError: the file has no row. `where` names the file.
    """
    if rows_of(frame.head(1)) == 0:
        raise DataError(
            "the file has no row of data", where=where, do="export the data again, or leave the file out"
        )


@readable()
def count_distinct(frame: Frame, key: Sequence[str]) -> int:
    """Returns the number of different combinations of values in the columns `key`."""
    rows = frame.select(key)
    table: Any = nw.to_native(rows)
    if is_spark(table):
        return int(table.distinct().count())
    if all(kind.is_integer() for kind in rows.collect_schema().values()) and (bit := _bit(table)):
        ((found,),) = table.aggregate(f"bit_count(bitstring_agg({bit}))").fetchall()
        return int(found)
    return len(table.distinct())


def small_table(frame: Frame, columns: Mapping[str, type], rows: Sequence[Sequence[Any]]) -> Frame:
    """Returns a few rows as a table in DuckDB or Spark, as `frame` is, so that the two can be joined.

    Args:
        frame: the frame to which the table will be joined.
        columns: the names of the columns, each with the type `str`, `int` or `float`.
        rows: the values of each row, in the order of `columns`.
    """
    table: Any = nw.to_native(frame)
    if is_spark(table):
        from pyspark.sql import functions as F  # noqa: N812

        kinds = {str: "string", int: "bigint", float: "double"}
        schema = ", ".join(f"{name} {kinds[kind]}" for name, kind in columns.items())
        made = table.sparkSession.createDataFrame([tuple(row) for row in rows], schema)
        return _lazy(F.broadcast(made))
    lines = ", ".join(f"({', '.join(map(_constant, row))})" for row in rows)
    return _lazy(table.query("fl__frame", f"SELECT * FROM (VALUES {lines}) AS given({', '.join(columns)})"))


def connect() -> duckdb.DuckDBPyConnection:
    """Returns a new DuckDB connection for a survey. It works in memory and never loads an extension from the
    network.

    The memory limit is that of the environment variable FLTOOLKIT_MEMORY, or DuckDB's own. Data beyond the
    limit go to a folder that only this account can read. The folder is removed when the process ends. The
    order of rows is kept. This matters if persons were drawn directly: the row numbers are then the labels of
    the sampling units, and must be the same each time the rows are read.

    Raises:
        RequestError: the value of FLTOOLKIT_MEMORY is not an amount of memory.
    """
    limit = os.environ.get(MEMORY, "").strip()
    if limit and not re.fullmatch(AMOUNT, limit):
        raise RequestError(
            "this is no amount of memory",
            where=MEMORY,
            found=limit,
            allowed="a number and MB or GB, such as 4GB",
            do=f"correct it, or leave {MEMORY} unset: the limit is then four fifths of the machine's memory",
        )
    import duckdb

    try:
        return _connection(limit)
    except (duckdb.FatalException, duckdb.ConnectionException):
        # After a fatal error, a database refuses every query. A new one is opened, so that one survey does
        # not stop all later ones.
        _database.cache_clear()
        return _connection(limit)


def into_memory(relation: Any, con: duckdb.DuckDBPyConnection, name: str) -> Any:
    """Computes the rows of a DuckDB relation once, and keeps them as a table in memory. Returns a relation of
    this table. The table exists as long as the connection, and no other connection can read it."""
    con.execute(f"CREATE TEMPORARY TABLE {name} AS {relation.sql_query()}")
    return con.table(name)


def _fingerprint(table: Any) -> Any:
    """Returns a column with a 64-bit hash of each row of a Spark table. Spark's own hash ignores blanks, so
    for each cell the hash also includes whether it is blank."""
    from pyspark.sql import functions as F  # noqa: N812

    return F.xxhash64(*table.columns, *(F.isnull(name) for name in table.columns))


def _bit(table: Any) -> str:
    """Returns SQL for DuckDB's function `bitstring_agg`, which counts the combinations of values in columns
    of whole numbers. The SQL has the three arguments of this function: each row's position among all possible
    combinations, the first position, and the last position.

    With one bit per combination, counting takes a third of the time and memory of a table of the
    combinations. The text is empty if there are too many possible combinations, if there is no row, or if a
    row has a blank.
    """
    names = ['"' + name.replace('"', '""') + '"' for name in table.columns]
    ((rows, *facts),) = table.aggregate(
        "count(*), " + ", ".join(f"count({c}), min({c}), max({c})" for c in names)
    ).fetchall()
    if not rows or any(count < rows for count in facts[::3]):
        return ""
    place, size = "CAST(0 AS BIGINT)", 1
    for name, low, high in zip(names, facts[1::3], facts[2::3], strict=True):
        if low <= -(2**63) or high >= 2**63:  # outside the range of a BIGINT
            return ""
        place = f"({place}) * {high - low + 1} + (CAST({name} AS BIGINT) - ({low}))"
        size *= high - low + 1
    return (
        f"{place}, CAST(0 AS BIGINT), CAST({size - 1} AS BIGINT)"
        if size <= min(BITS_A_ROW * rows, MOST_BITS)
        else ""
    )


def _constant(value: Any) -> str:
    """Returns a value as a constant in SQL that DuckDB reads exactly. A float is written as text and
    converted, because DuckDB would lose digits of a plain decimal number."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"CAST('{value!r}' AS DOUBLE)" if isinstance(value, float) else str(value)


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _connection(limit: str) -> duckdb.DuckDBPyConnection:
    con = _database(limit, os.getpid()).cursor()
    con.execute("SET enable_progress_bar = false")  # a bar would appear in notebooks and in printed output
    con.execute(
        "SET TimeZone = 'UTC'"
    )  # otherwise a moment would be another text, perhaps of another day, on each machine
    return con


@cache
def _database(limit: str, process: int) -> duckdb.DuckDBPyConnection:
    """Returns the one database of this process with this memory limit. All surveys share it, because opening
    a database takes as long as four queries. They do not share tables, because each survey keeps its rows in
    temporary tables of its own connection (see `into_memory`). `process` is the number of the process: after
    a fork, a database cannot be used in the child."""
    import duckdb

    _remember_folded_names()
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    settings["temp_directory"] = str(_spill_folder())
    settings["allocator_bulk_deallocation_flush_threshold"] = (
        "16MB"  # otherwise it keeps half a gigabyte that calculations need
    )
    return duckdb.connect(config=settings | ({"memory_limit": limit} if limit else {}))


@cache
def _remember_folded_names() -> None:
    """Let DuckDB remember the lower-case form of a column's name.

    DuckDB 2.0 computes this form for all columns of a table, for each expression of each step. For a small
    survey, this takes a fifth of the time. The results are the same. If a later version of DuckDB no longer
    has the function that is replaced here, nothing is done.
    """
    relation = sys.modules.get("duckdb._relation")  # `import duckdb` has loaded it
    if fold := getattr(relation, "fold_name", None):
        setattr(relation, "fold_name", lru_cache(maxsize=4096)(fold))  # noqa: B010


@cache
def _spill_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="fltoolkit_")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder, "spilled")  # DuckDB creates it when needed, and removes it when it is empty
