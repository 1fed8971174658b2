"""Finds rows that somebody deleted from, or inserted into, a sheet of the workbook. One message then says so,
instead of an error for each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Place = tuple[int, int]
Cells = Mapping[Place, Any]
MOST = 50  # rows that can be moved at once


def moved(then: Cells, now: Cells, same: Callable[[Any, Any], bool]) -> str:
    """Returns in words which rows of a sheet somebody inserted or deleted. Returns an empty text if no row
    has moved, or if the rows changed in another way.

    Args:
        then: the locked cells that had a value when the kit wrote the sheet: `{(row, column): value}`, from
            1.
        now: all cells as they are now.
        same: a function that says whether two values are equal.
    """
    before, after = _by_row(then), _by_row(now)

    def is_at(row: int, place: int) -> bool:
        there = after.get(place, {})
        return all(column in there and same(there[column], value) for column, value in before[row].items())

    first = next((row for row in sorted(before) if not is_at(row, row)), None)
    if first is None:
        return ""
    for by in range(1, MOST):
        below = [row for row in before if row >= first + by]
        if below and all(is_at(row, row - by) for row in below):
            return f"{_rows_in_words(before, first, by)} deleted, so that all rows below moved up; undo that"
        if all(is_at(row, row + by) for row in before if row >= first):
            return (
                f"{by} row(s) were inserted above what was row {first} "
                f"({_longest_text(before[first])}); take them out"
            )
    last = [row for row in before if row >= first]
    if not any(row in after for row in last) and all(len(before[row]) > 1 for row in last):
        return f"{_rows_in_words(before, first, len(last))} deleted; undo that"
    return ""


def _by_row(cells: Cells) -> dict[int, dict[int, Any]]:
    found: dict[int, dict[int, Any]] = {}
    for (row, column), value in cells.items():
        found.setdefault(row, {})[column] = value
    return found


def _rows_in_words(rows: Mapping[int, Mapping[int, Any]], first: int, number: int) -> str:
    about = f" ({_longest_text(rows[first])})" if first in rows else ""
    return (
        f"row {first}{about} was"
        if number == 1
        else f"rows {first} to {first + number - 1}, from{about} on, were"
    )


def _longest_text(row: Mapping[int, Any]) -> str:
    """Returns the longest text of a row, shortened to 60 characters."""
    text = max((str(value) for value in row.values()), key=len)
    return text if len(text) <= 60 else f"{text[:57]}..."
