"""Finds the cells that each correction changes and gives them their new values. The data files do not
change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import narwhals as nw

from fltoolkit.survey.data.column_values import NUMBER, number
from fltoolkit.survey.data.engines import small_table
from fltoolkit.survey.data.internal_columns import CODE_OF, NUMBER_OF, SOURCE
from fltoolkit.survey.data.person_frame import Frame
from fltoolkit.survey.spec.corrections import Correction, NumberRange

ENTRY, TWICE, BEFORE = "fl__entry__", "fl__twice__", "fl__before__"
WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")
Numbered = tuple[int, Correction]  # a correction with its position in survey.yaml, from 1


@dataclass(frozen=True)
class NewValue:
    """The new values that one correction gives to a column. Each attribute is an expression, with a value for
    each row.

    Attributes:
        applies: whether the correction applies to the row.
        entry: the position of the correction in survey.yaml, from 1.
        text: the new value as text; null if the cell becomes blank.
        number: the new value as a number; null if the cell becomes blank, or if the value is not a number.
        whole: the new value as a whole number; null if the cell becomes blank, or if the value is not a whole
            number.
    """

    applies: nw.Expr
    entry: nw.Expr
    text: nw.Expr
    number: nw.Expr
    whole: nw.Expr


def corrected_columns(corrections: Iterable[Numbered]) -> list[str]:
    """Returns the columns that some corrections change, each once."""
    return list(dict.fromkeys(correction.column for _, correction in corrections))


def with_corrections(frame: Frame, corrections: Sequence[Numbered], key: Sequence[str]) -> Frame:
    """Makes corrections in a frame, one after the other, in their order.

    Args:
        frame: the rows, with each column of the data as text (`src__<column>`). Some columns are also there
            as numbers (`num__<column>`) or whole numbers (`fl__code__<column>`). These columns are also
            corrected.
        corrections: the corrections of this frame's columns.
        key: the columns that identify a row of the frame.

    Returns:
        The frame with three new columns for each corrected column: `fl__before__<column>`, the text before
            the corrections; `fl__entry__<column>`, the position in survey.yaml of the first correction that
            applies to the row (0: none); and `fl__twice__<column>`, the position of the last correction that
            applies to the row, if there are several (0: at most one).
    """
    columns, there = corrected_columns(corrections), frame.collect_schema().names()
    odd = {c.column for _, c in corrections if c.text and not WHOLE.fullmatch(c.text)}
    # If a new value is not a whole number, the column keeps only its text form.
    frame = frame.drop([CODE_OF + column for column in odd if CODE_OF + column in there])
    frame = frame.with_columns(
        *[nw.col(SOURCE + column).alias(BEFORE + column) for column in columns],
        *[nw.lit(0).alias(mark + column) for column in columns for mark in (ENTRY, TWICE)],
    )
    for by_key, run in groupby(corrections, key=lambda numbered: bool(numbered[1].rows)):
        if by_key:
            frame = _by_key(frame, list(run), key)
        else:
            for entry, correction in run:
                frame = frame.with_columns(
                    _changed_columns(frame, correction.column, _value_by_condition(entry, correction))
                )
    return frame


def without_marks(frame: Frame, columns: Iterable[str]) -> Frame:
    """Returns the frame without the columns that `with_corrections` added (`fl__before__<column>` and so
    on)."""
    return frame.drop([mark + column for column in columns for mark in (ENTRY, TWICE, BEFORE)])


def is_changed(column: str) -> nw.Expr:
    """Returns, for each row, whether the text of a corrected column differs from the text before the
    corrections. The result is true or false, and never null."""
    before, now = nw.col(BEFORE + column), nw.col(SOURCE + column)
    return (before.is_null() != now.is_null()) | (before != now).fill_null(False)


def given_rows(frame: Frame, corrections: Iterable[Numbered], key: Sequence[str]) -> Frame:
    """Returns the keys of the rows that corrections name, each once, as a table with the columns `fl__k0`,
    `fl__k1`, and so on. The table is made in DuckDB or Spark, as `frame` is, so that the two can be
    joined."""
    rows = dict.fromkeys(tuple(row[name] for name in key) for _, c in corrections for row in c.rows)
    return small_table(frame, {f"fl__k{i}": str for i in range(len(key))}, list(rows))


def _by_key(frame: Frame, corrections: Sequence[Numbered], key: Sequence[str]) -> Frame:
    """Returns the frame after those corrections that name single rows by their key. All these corrections are
    made together, by one join."""
    columns = corrected_columns(corrections)
    cells: dict[tuple[str, ...], dict[str, tuple[int, str]]] = {}
    for entry, correction in corrections:
        for row in correction.rows:
            cells.setdefault(tuple(row[name] for name in key), {})[correction.column] = (
                entry,
                correction.text,
            )
    names = [f"fl__k{i}" for i in range(len(key))]
    given: dict[str, type] = dict.fromkeys(names, str)
    for i in range(len(columns)):
        given |= {f"fl__e{i}": int, f"fl__v{i}": str}
    rows = [[*row, *(part for c in columns for part in new.get(c, (0, "")))] for row, new in cells.items()]
    table = small_table(frame, given, rows)
    frame = frame.join(table, left_on=[SOURCE + name for name in key], right_on=names, how="left")
    changes = [
        part for i, column in enumerate(columns) for part in _changed_columns(frame, column, _value_by_key(i))
    ]
    return frame.with_columns(changes).drop(
        [name for name in given if name in frame.collect_schema().names()]
    )


def _value_by_key(i: int) -> NewValue:
    """Returns the new values that corrections by key give to the corrected column number `i` (from 0). An
    earlier join added two columns to the frame: `fl__e<i>` has the position in survey.yaml of the correction
    that applies to the row, and `fl__v<i>` has the new value."""
    entry, value = nw.col(f"fl__e{i}"), nw.col(f"fl__v{i}")
    whole = nw.when(value.str.contains(r"^-?\d{1,18}$")).then(value)
    return NewValue(
        (entry > 0).fill_null(False),
        entry,
        nw.when(value != "").then(value),
        number(f"fl__v{i}", nw.String()),
        whole.cast(nw.Int64),
    )


def _value_by_condition(entry: int, correction: Correction) -> NewValue:
    """Returns the new values that a correction with a condition gives to its column. `entry` is the position
    of the correction in survey.yaml."""
    value = correction.text
    is_number, is_whole = re.match(NUMBER, value), WHOLE.fullmatch(value)
    return NewValue(
        _meets_condition(correction.where),
        nw.lit(entry),
        nw.lit(value or None, dtype=nw.String()),
        nw.lit(float(value) if is_number else None, dtype=nw.Float64()),
        nw.lit(int(value) if is_whole else None, dtype=nw.Int64()),
    )


def _meets_condition(where: Mapping[str, tuple[str, ...] | NumberRange]) -> nw.Expr:
    """Returns, for each row, whether it meets a condition: {column: its codes, or a range of numbers}. The
    row must fit in every column. A blank cell does not fit."""
    return nw.all_horizontal(
        *[_meets_range_or_codes(c, of) for c, of in where.items()], ignore_nulls=False
    ).fill_null(False)


def _meets_range_or_codes(column: str, values: tuple[str, ...] | NumberRange) -> nw.Expr:
    if not isinstance(values, NumberRange):
        return nw.col(SOURCE + column).is_in(list(values))
    value, inside = number(SOURCE + column, nw.String()), nw.lit(True)
    if values.min is not None:
        inside = inside & (value >= values.min)
    return inside if values.max is None else inside & (value <= values.max)


def _changed_columns(frame: Frame, column: str, new: NewValue) -> list[nw.Expr]:
    """Returns the columns of the frame that one correction changes: the corrected column in each of its forms
    (text, number, whole number), and two columns with the positions of the corrections that apply (see
    `with_corrections`)."""
    there, reached = frame.collect_schema().names(), nw.col(ENTRY + column) > 0
    forms = ((SOURCE, new.text), (NUMBER_OF, new.number), (CODE_OF, new.whole))
    return [
        *[
            nw.when(new.applies).then(v).otherwise(nw.col(f + column)).alias(f + column)
            for f, v in forms
            if f + column in there
        ],
        nw.when(new.applies & ~reached)
        .then(new.entry)
        .otherwise(nw.col(ENTRY + column))
        .alias(ENTRY + column),
        nw.when(new.applies & reached)
        .then(new.entry)
        .otherwise(nw.col(TWICE + column))
        .alias(TWICE + column),
    ]
