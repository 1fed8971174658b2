"""Finds the numeric columns of a CSV file: every value must print exactly as it was written. All other columns stay text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fltoolkit.survey.data.column_names import quoted
from fltoolkit.survey.data.engines import WIDE

# A number that comes back as it was written, from R (1, 2.5) or from Python (1.0, 2.5); `_is_number` looks at the longest.
WHOLE = r"0|-?[1-9]\d{0,14}"
PLAIN = WHOLE + r"|-?([1-9]\d{0,14}|0)\.0|-?[1-9]\d{0,14}\.\d*[1-9]|-?0\.0{0,3}[1-9](\d*[1-9])?"
EXACT = 16  # characters: so many of a number always come back
FIRST = 2000  # rows that say what all rows are asked


def with_numbers(relation: Any) -> Any:
    """A CSV's columns as numbers where every one of them comes back as it was written: all rows are looked at, since a code may come late.

    All else stays text, so that no two labels become one: `01`, `1.10` beside `1.1`, `1e1` beside `10`, `1.0` beside `1`, `NaN`,
    identifiers of 17 digits, yes and no, dates. So does a very wide file, of which few columns are asked for: what is needed as a number
    becomes one then.
    """
    names = [quoted(name) for name in relation.columns]
    if len(names) > WIDE:
        _facts(relation, {})
        return relation
    numbers = _number_columns(relation, names)
    if not numbers:
        return relation
    return relation.project(", ".join(f"TRY_CAST({name} AS DOUBLE) AS {name}" if name in numbers else name for name in names))


def _number_columns(relation: Any, names: Sequence[str]) -> set[str]:
    """The columns of nothing but numbers that come back.

    A look at the first rows saves time: a column that holds text there is text, and most others hold whole numbers, for which a
    cheaper question will do.
    """
    first = _facts(relation.limit(FIRST), dict.fromkeys(names, _is_number))
    whole = _facts(relation.limit(FIRST), {name: _is_whole for name, number in first.items() if number})
    found = _facts(relation, {name: _is_whole if whole.get(name) else _is_number for name in names if first[name] is not False})
    if late := [name for name, is_whole in whole.items() if is_whole and not found[name]]:
        found |= _facts(relation, dict.fromkeys(late, _is_number))
    return {name for name, number in found.items() if number}


def _facts(relation: Any, asked: Mapping[str, Callable[[str], str]]) -> dict[str, bool | None]:
    """What is asked of columns, in one pass over all rows, which reads every row even if nothing is asked; None of a blank column."""
    (facts,) = relation.aggregate(", ".join(["count(*)", *(fact(name) for name, fact in asked.items())])).fetchall()
    return dict(zip(asked, facts[1:], strict=True))


def _is_whole(name: str) -> str:
    """In SQL, whether a column holds whole numbers that come back, and blanks, alone."""
    return f"bool_and(regexp_full_match({name}, ' *({WHOLE})? *'))"


def _is_number(name: str) -> str:
    """In SQL, whether a column holds numbers that come back, and blanks, alone: if some end in `.0`, as Python writes them, all have a point."""
    value = f"nullif(trim({name}), '')"
    back = f"CASE WHEN length({value}) > {EXACT} THEN CAST(TRY_CAST({value} AS DOUBLE) AS VARCHAR) = {value} ELSE true END"
    plain = f"bool_and(regexp_full_match({value}, '{PLAIN}') AND {back})"
    return f"{plain} AND (bool_and(contains({value}, '.')) OR NOT bool_or(suffix({value}, '.0')))"
