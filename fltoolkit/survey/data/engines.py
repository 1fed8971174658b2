"""Contains the few operations that are written differently for DuckDB and for Spark. All other operations are
written once, in narwhals.

A file or a table in memory is read through the survey's DuckDB connection. A PySpark DataFrame stays in its
cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import narwhals as nw
from narwhals import dependencies

from fltoolkit.errors import DataError, RequestError
from fltoolkit.survey.data.column_names import quoted
from fltoolkit.survey.data.column_values import as_label, is_whole
from fltoolkit.survey.data.duckdb_connection import into_memory
from fltoolkit.survey.data.fetch_rows import readable

if TYPE_CHECKING:
    import duckdb

Frame = nw.LazyFrame[Any]
WIDE = (
    1000  # columns; in a wider table, unused columns are set aside: narwhals names every column in every step
)
ROW = "fl__row"
FEW_ROWS = 20_000  # with at most this many rows, texts are grouped directly
TABLES = count()  # numbers of tables, so that their names on a connection differ
BITS_A_ROW, MOST_BITS = 64, 1_000_000_000  # beyond these, bits are not faster, or DuckDB does not make them


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


def _fingerprint(table: Any) -> Any:
    """Returns a column with a 64-bit hash of each row of a Spark table. Spark's own hash ignores blanks, so
    for each cell the hash also includes whether it is blank."""
    from pyspark.sql import functions as F  # noqa: N812

    return F.xxhash64(*table.columns, *(F.isnull(name) for name in table.columns))


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


def _constant(value: Any) -> str:
    """Returns a value as a constant in SQL that DuckDB reads exactly. A float is written as text and
    converted, because DuckDB would lose digits of a plain decimal number."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"CAST('{value!r}' AS DOUBLE)" if isinstance(value, float) else str(value)


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame
