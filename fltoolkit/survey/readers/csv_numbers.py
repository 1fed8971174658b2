"""Finds the numeric columns of a CSV file: columns in which every value, converted to a number and back to
text, is the same as written. All other columns stay text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fltoolkit.survey.data.column_names import quoted
from fltoolkit.survey.data.engines import WIDE

# A number that prints exactly as it was written by R (1, 2.5) or by Python (1.0, 2.5). `_is_number` checks
# the longest ones.
WHOLE = r"0|-?[1-9]\d{0,14}"
PLAIN = WHOLE + r"|-?([1-9]\d{0,14}|0)\.0|-?[1-9]\d{0,14}\.\d*[1-9]|-?0\.0{0,3}[1-9](\d*[1-9])?"
EXACT = 16  # characters; a number that is not longer always prints as it was written
FIRST = 2000  # the first rows, which decide what is checked in all rows


def with_numbers(relation: Any) -> Any:
    """Returns the rows of a CSV file with its numeric columns as numbers. A column is numeric if every value,
    converted to a number and back to text, is the same as written. All rows are checked, because the only
    text of a column may be in one of the last rows.

    All other columns stay text. So two different labels never become the same number: `01` and `1` stay
    different, and so do `1.10` and `1.1`, `1e1` and `10`, or `1.0` and `1`. In a file of more than 1,000
    columns, all columns stay text, because few of them are used.
    """
    names = [quoted(name) for name in relation.columns]
    if len(names) > WIDE:
        _facts(relation, {})
        return relation
    numbers = _number_columns(relation, names)
    if not numbers:
        return relation
    return relation.project(
        ", ".join(f"TRY_CAST({name} AS DOUBLE) AS {name}" if name in numbers else name for name in names)
    )


def _number_columns(relation: Any, names: Sequence[str]) -> set[str]:
    """Returns the names of the numeric columns, those in which every value, converted to a number and back to
    text, is the same as written.

    The first rows are checked first, to save time. If the file has no more rows, this is all. Otherwise, a
    column with text in these rows is not numeric. If a column has only whole numbers in these rows, a faster
    check is tried on all rows first.
    """
    rows, first = _facts(relation.limit(FIRST), dict.fromkeys(names, _is_number))
    if rows < FIRST:
        return {name for name, number in first.items() if number}
    _, whole = _facts(relation.limit(FIRST), {name: _is_whole for name, number in first.items() if number})
    asked = {name: _is_whole if whole.get(name) else _is_number for name in names if first[name] is not False}
    _, found = _facts(relation, asked)
    if late := [name for name, is_whole in whole.items() if is_whole and not found[name]]:
        found |= _facts(relation, dict.fromkeys(late, _is_number))[1]
    return {name for name, number in found.items() if number}


def _facts(relation: Any, asked: Mapping[str, Callable[[str], str]]) -> tuple[int, dict[str, bool | None]]:
    """Returns the number of rows, and the result of a check for each column: true, false, or None for a
    column of blanks. All rows are read in one pass, even if there is nothing to check.

    Args:
        relation: the rows.
        asked: for each column, the function that returns the check as SQL.
    """
    (facts,) = relation.aggregate(
        ", ".join(["count(*)", *(fact(name) for name, fact in asked.items())])
    ).fetchall()
    return int(facts[0]), dict(zip(asked, facts[1:], strict=True))


def _is_whole(name: str) -> str:
    """Returns SQL that is true if a column has only blanks and whole numbers, written without leading
    zeros."""
    return f"bool_and(regexp_full_match({name}, ' *({WHOLE})? *'))"


def _is_number(name: str) -> str:
    """Returns SQL that checks a column. The SQL is true if the column has only blanks and numbers, and if
    each number stays the same when it is converted to a number and back to text. Python writes floats with
    `.0`. So if one number ends in `.0`, all numbers of the column must have a point."""
    value = f"nullif(trim({name}, ' '), '')"  # other blanks, such as a no-break space, would make the number blank in the cast
    back = (
        f"CASE WHEN length({value}) > {EXACT} THEN CAST(TRY_CAST({value} AS DOUBLE) AS VARCHAR) = "
        f"{value} ELSE true END"
    )
    plain = f"bool_and(regexp_full_match({value}, '{PLAIN}') AND {back})"
    return f"{plain} AND (bool_and(contains({value}, '.')) OR NOT bool_or(suffix({value}, '.0')))"
