"""Reads a column as codes, labels or numbers. A code always becomes the same text, whatever the type of the column."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

LARGEST_WHOLE = 2**53 - 1  # beyond it a float no longer tells whole numbers apart
NUMBER = r"^\s*([+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf(inity)?))|(?i:nan))\s*$"


def is_whole(dtype: nw.dtypes.DType) -> bool:
    """Whether a column holds whole numbers that can be grouped by, and compared, as they are."""
    return dtype.is_integer() and dtype not in (nw.Int128, nw.UInt128)


def text(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Column `name` as canonical text: trimmed, `1` and never `1.0`, blank as null."""
    column = nw.col(name)
    if dtype.is_float():
        whole = column.is_finite() & (column.round(0) == column) & (column.abs() <= LARGEST_WHOLE)
        return (
            nw.when(whole)
            .then(nw.when(whole).then(column).cast(nw.Int64).cast(nw.String))
            .otherwise(_finite(column).cast(nw.String))
        )
    as_text = column.cast(nw.String)
    if dtype.is_integer() or dtype == nw.Boolean:
        return as_text
    as_text = as_text.str.strip_chars()
    whole = nw.when(as_text.str.contains(r"^-?\d+\.0+$")).then(as_text.str.replace_all(r"\.0+$", "")).otherwise(as_text)
    told = nw.when(as_text != "").then(as_text)
    return nw.when(as_text.str.contains(".0", literal=True)).then(whole).otherwise(told)  # few have it, and a regex is dear


def written(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Column `name` as a label: text as it was written but for blanks around it, anything else as canonical text."""
    if dtype != nw.String:
        return text(name, dtype)
    trimmed = nw.col(name).str.strip_chars()
    return nw.when(trimmed != "").then(trimmed)


def number(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Column `name` as a number; text that is not one becomes null (and is counted where it matters), `NaN` and `Inf` stay what they are."""
    column = nw.col(name)
    if dtype.is_numeric() or dtype == nw.Boolean:
        return column.cast(nw.Float64)
    return nw.when(column.cast(nw.String).str.contains(NUMBER)).then(column).cast(nw.Float64)


def _finite(column: nw.Expr) -> nw.Expr:
    return nw.when(column.is_finite()).then(column)


def stated(value: nw.Expr, missing: Sequence[tuple[float, float]]) -> nw.Expr:
    """A number, blank where it is none and where the file declares it missing: a weight of 9999 is nobody's weight."""
    there = ~value.is_nan()
    for low, high in missing:
        there = there & ~((value >= low) & (value <= high))
    return nw.when(there).then(value)
