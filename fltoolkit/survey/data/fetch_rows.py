"""Fetches counts and sums from files and clusters. All reading is done here, so that every reading error gets a clear message.

Files are read again for every estimate. So each call can find a damaged page, a full disk or a file that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def to_pandas(frame: nw.LazyFrame[Any], where: object = "") -> pd.DataFrame:
    """Returns the rows of a lazy frame as a pandas table. `where` is the file, for messages. Raises `DataError` if the rows
    cannot be read."""
    with readable(where):
        table: pd.DataFrame = frame.collect("pandas").to_native()
        return table


def to_count(frame: nw.LazyFrame[Any], where: object = "") -> int:
    """Returns the number in a lazy frame that holds only one value, such as a count of rows. `where` is the source of the rows
    that error messages name."""
    return int(to_arrow(frame, where).column(0)[0].as_py())


def to_arrow(frame: nw.LazyFrame[Any], where: object = "") -> Any:
    """Returns the rows of a lazy frame as an Arrow table. `where` is the source of the rows that error messages name."""
    with readable(where):
        return frame.collect("pyarrow").to_native()


def to_arrays(relation: Any, where: object = "") -> Mapping[str, Any]:
    """Returns the columns of a DuckDB relation as NumPy arrays. `where` is the source of the rows that error messages name."""
    with readable(where):
        found: Mapping[str, Any] = relation.fetchnumpy()
        return found


@contextmanager
def readable(where: object = "") -> Iterator[None]:
    """A context in which rows are read: an error of DuckDB or another library becomes a `DataError` (a damaged file, or more data
    than fits in memory). The messages of other libraries are not repeated, because they may quote a person's row. `where` is the
    file, or the survey.yaml that names the files."""
    import duckdb
    from pyarrow import ArrowException

    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError):
        raise DataError(
            "the memory is too small to read the data", where=str(where),
            do="close other programs, or let FLTOOLKIT_MEMORY allow more (such as 8GB); a Parquet file takes less memory than a CSV",
        ) from None  # fmt: skip
    except (duckdb.Error, ArrowException):
        raise DataError(
            "the file cannot be read" if where else "a file of the data cannot be read any more",
            where=str(where), found="it is not laid out as such a file is",
            do="check that it is whole and what its name says; export the data again if it is not",
        ) from None  # fmt: skip
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyspark", "py4j"):
            raise
        raise DataError(
            "the cluster could not read the tables", where=str(where), found=type(error).__name__,
            do="try table.count() by itself; Spark's own words are not repeated here, since they may quote a person's row",
        ) from None  # fmt: skip
