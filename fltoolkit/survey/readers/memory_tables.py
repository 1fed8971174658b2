"""Converts tables in memory (pandas, Polars, Arrow, a DuckDB relation) to Arrow tables in which each column
has one type. The values decide the type of a column of Python objects.

A column that has mixed types, or a type that no estimate uses, is left out, with the reason. This is an error
only if the survey needs the column.
"""

from __future__ import annotations

import datetime
import decimal
import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import finalize

from narwhals import dependencies

from fltoolkit.survey.engine.columns import LARGEST_WHOLE, quoted, trimmed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NO_COLUMN = "no column of the data can be used"
NUMBERS, TRUTHS, TEXTS = "numbers", "true or false", "text"
# The order matters: to Python, a boolean is also a number, and a time stamp is also a date.
KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool,), TRUTHS),
    ((str,), TEXTS),
    ((datetime.datetime,), "dates with a time"),
    ((datetime.date,), "dates"),
    ((datetime.time,), "times of day"),
)
DIGITS = 38  # the most digits of a decimal number in DuckDB


@dataclass(frozen=True)
class Unreadable:
    """The reason why a column of the data cannot be used, in words.

    Attributes:
        found: what the column contains.
        do: what the user can do.
    """

    found: str
    do: str


@dataclass(frozen=True)
class MemoryTable:
    """A table in memory that the kit can read.

    Attributes:
        table: an Arrow table of the columns that can be used. Each column has one type.
        names: the names of all columns.
        unreadable: the columns that were left out, each with the reason.
    """

    table: pa.Table
    names: tuple[str, ...]
    unreadable: Mapping[str, Unreadable] = field(default_factory=dict)


OF_INDEX = Unreadable(
    "the index of the table, which is no column", "make it a column: give data.reset_index() in place of data"
)


class NoColumn(Exception):
    """The error for a column that cannot be used. It is raised and caught inside this module. `why` is the
    reason, which quotes no value of the column."""

    def __init__(self, why: Unreadable) -> None:
        self.why = why
        super().__init__(why.found)


def memory_table(data: Any) -> MemoryTable | None:
    """Returns a table as Arrow columns in memory (see `MemoryTable`). Columns without a name are left out. If
    `data` gives its rows in batches, all batches are read. Returns None if `data` is not a table that the kit
    reads."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(data, pd.DataFrame):
        # Arrow shares the memory of numbers. As long as pandas knows of another user of it, a later change of
        # a value in `data` copies the column first, so that all estimates are of the same data.
        held = data.copy(deep=pd.__version__ < "3")
        made = _memory_table([(trimmed(name), held.iloc[:, i]) for i, name in enumerate(held.columns)])
        finalize(made.table, lambda _: None, held)
        names = {trimmed(name) for name in data.index.names if name is not None} - {*made.names}
        return replace(made, unreadable={**made.unreadable, **dict.fromkeys(names, OF_INDEX)})
    if dependencies.is_polars_dataframe(data):
        return _memory_table([(trimmed(name), data.get_column(name)) for name in data.columns])
    if hasattr(data, "__arrow_c_stream__") and not hasattr(data, "lazy"):
        try:
            held = pa.table(_with_large_as_text(data) if dependencies.is_duckdb_relation(data) else data)
        except (pa.ArrowException, TypeError, ValueError):  # a single column
            return None
        return _memory_table([(trimmed(name), held.column(i)) for i, name in enumerate(held.column_names)])
    return None


def _with_large_as_text(relation: Any) -> Any:
    """Returns a DuckDB relation with unsigned whole numbers of 128 bits, such as those of `md5_number`, as
    text. Arrow has no such type, and DuckDB would give -1 for the largest one."""
    if "uhugeint" not in (kind.id for kind in relation.types):
        return relation
    names = zip(map(quoted, relation.columns), relation.types, strict=True)
    return relation.project(
        ", ".join(f"{n}::VARCHAR AS {n}" if kind.id == "uhugeint" else n for n, kind in names)
    )


def _memory_table(columns: Sequence[tuple[str, Any]]) -> MemoryTable:
    import pyarrow as pa

    arrays: list[Any] = []
    names: list[str] = []
    unreadable: dict[str, Unreadable] = {}
    for name, column in columns:
        if not name:
            continue
        try:
            arrays.append(_array(column))
            names.append(name)
        except NoColumn as error:
            unreadable[name] = error.why
    return MemoryTable(pa.table(arrays, names=names), tuple(name for name, _ in columns if name), unreadable)


def _array(column: Any) -> Any:
    """Returns a column (pandas, Polars or Arrow) as an Arrow array of one type that DuckDB accepts. Raises
    `NoColumn` if the column has mixed types, or a type that no estimate uses."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(column, pd.Series):
        array = _of_pandas(column)
    elif isinstance(column, (pa.Array, pa.ChunkedArray)):
        array = column
    else:
        array = _of_polars(column)
    return _duckdb_array(array)


def _of_pandas(column: pd.Series[Any]) -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    kind: Any = column.dtype
    if isinstance(kind, pd.SparseDtype):
        column = pd.Series(column.array.to_dense())
        kind = column.dtype
    if isinstance(kind, np.dtype) and kind.hasobject:
        return _of_objects(column.to_list())
    if isinstance(kind, pd.CategoricalDtype):
        codes = pa.array(column.cat.codes.to_numpy(), mask=column.isna().to_numpy())
        return pa.DictionaryArray.from_arrays(codes, _of_pandas(column.cat.categories.to_series()))
    if getattr(kind, "kind", "") == "f" and kind.itemsize not in (4, 8):  # half and extended precision
        column = column.astype("float64")
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise NoColumn(unusable_type(str(kind))) from None


def _of_polars(column: Any) -> Any:
    import polars as pl
    import pyarrow as pa

    try:
        if column.dtype == pl.Object:
            return _of_objects(column.to_list())
        if (
            column.dtype.is_integer()
            and column.dtype.to_python() is int
            and str(column.dtype).endswith("128")
        ):
            return pa.array(column.to_list(), pa.decimal128(DIGITS, 0))
        return column.to_arrow()
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise NoColumn(unusable_type(str(column.dtype))) from None


def _of_objects(values: Sequence[Any]) -> Any:
    """Returns a list of Python objects as an Arrow array. All values must have one type, but different types
    of numbers may be mixed. None, NaN, NaT and NA count as blank. Raises `NoColumn` if the types are mixed,
    or if Arrow has no such type."""
    import pyarrow as pa

    there = _kinds(values)
    if len(there) > 1:
        raise NoColumn(
            Unreadable(
                "; ".join(
                    f"{kind} (first in row {_first_row_of_kind(values, kind)})" for kind in sorted(there)
                ),
                (
                    "make every value of the column one kind, such as text; rows are counted from 0, from "
                    "the top of the table"
                ),
            )
        )
    kind = next(iter(there), TEXTS)
    try:
        if kind == NUMBERS:
            return _of_numbers(values)
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise NoColumn(
            unusable_type(f"{kind} that are too long, or infinite" if kind == NUMBERS else kind)
        ) from None


def _of_numbers(values: Sequence[Any]) -> Any:
    """Returns a list of numbers as an Arrow array of one type: whole numbers, decimals or floats. Raises
    `NoColumn` if whole numbers of more than 15 digits are mixed with other numbers, because floats would
    change them."""
    import pyarrow as pa

    if all(isinstance(v, (int, numbers.Integral)) or _blank(v) for v in values):
        whole = [None if _blank(v) else int(v) for v in values]
        large = any(v is not None and not -(2**63) <= v < 2**63 for v in whole)
        return pa.array(whole, pa.decimal128(DIGITS, 0) if large else pa.int64())
    if all(isinstance(v, decimal.Decimal) or _blank(v) for v in values):
        return pa.array(values, from_pandas=True)
    exact = (numbers.Integral, decimal.Decimal)
    if any(isinstance(v, exact) and abs(int(v)) > LARGEST_WHOLE for v in values if not _blank(v)):
        raise NoColumn(unusable_type("whole numbers of more than 15 digits beside others"))
    return pa.array([None if _blank(v) else float(v) for v in values], pa.float64())


def _kinds(values: Sequence[Any]) -> set[str]:
    """Returns the types of the values of a column, in words, such as `numbers` or `text`. Blanks have no
    type."""
    types = set(map(type, values))
    by_value = any(
        issubclass(t, (float, decimal.Decimal)) for t in types
    )  # NaN is blank, so each value must be checked
    return ({_kind(v) for v in values} if by_value else {_kind_of(t) for t in types}) - {""}


def _first_row_of_kind(values: Iterable[Any], kind: str) -> int:
    return next(row for row, value in enumerate(values) if _kind(value) == kind)


def _kind(value: Any) -> str:
    """Returns the type of a value in words, such as `numbers` or `text`. The text is empty if the value is
    blank."""
    return "" if _blank(value) else _kind_of(type(value))


def _kind_of(of: type) -> str:
    import numpy as np
    import pandas as pd

    if of in (type(None), type(pd.NA), type(pd.NaT)):
        return ""
    if issubclass(of, np.bool_):
        return TRUTHS
    named = next((kind for types, kind in KINDS if issubclass(of, types)), "")
    number = issubclass(of, (numbers.Real, decimal.Decimal))
    return named or (NUMBERS if number else f"values of the type {of.__name__}")


def _blank(value: Any) -> bool:
    import pandas as pd

    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _duckdb_array(array: Any) -> Any:
    """Returns an Arrow array in a type that DuckDB accepts. A type that DuckDB does not have becomes the
    nearest one. Raises `NoColumn` for an array that is damaged, and for a type that Arrow itself does not
    define."""
    import pyarrow as pa

    kind, types = array.type, pa.types
    try:
        array.validate(full=True)  # bytes that are not text would break DuckDB's connection
    except pa.ArrowException:
        raise NoColumn(
            Unreadable("text that is not UTF-8, or a damaged column", "make the column anew")
        ) from None
    if isinstance(kind, pa.BaseExtensionType):
        if not kind.extension_name.startswith("arrow."):
            raise NoColumn(unusable_type(kind.extension_name))
        return array
    if types.is_dictionary(kind):
        if types.is_string(kind.value_type) or types.is_large_string(kind.value_type):
            return array
        return _duckdb_array(_cast(array, kind.value_type))
    if types.is_null(kind):
        return array.cast(pa.string())
    if types.is_float16(kind):
        return array.cast(pa.float32())
    if types.is_decimal(kind) and (kind.scale < 0 or (types.is_decimal256(kind) and kind.scale == 0)):
        return _cast(
            array, pa.decimal128(DIGITS, 0)
        )  # a whole number may be a label, of which every digit counts
    return array.cast(pa.float64()) if types.is_decimal256(kind) else array


def _cast(array: Any, kind: Any) -> Any:
    """Returns an Arrow array in another type. Raises `NoColumn` if Arrow cannot convert it, or would change a
    value."""
    import pyarrow as pa

    try:
        return array.cast(kind)
    except pa.ArrowException:
        raise NoColumn(unusable_type(f"values of the type {array.type}")) from None


def unusable_type(found: str) -> Unreadable:
    """Returns the reason for leaving out a column whose values cannot be counted, grouped or added. `found`
    says what the column contains."""
    return Unreadable(found, "make it numbers, text, dates, or true and false, before the table is given")
