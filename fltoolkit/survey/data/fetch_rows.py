"""Fetches rows, counts and sums from files and clusters. All reading is done here, so that every reading
error gets a clear message.

Files are read again for every estimate. So each of these functions may find a damaged file, a full disk or a
file that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


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
