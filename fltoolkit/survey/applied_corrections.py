"""Makes the corrections of the data that survey.yaml lists, before anything else reads the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.errors import DataError
from fltoolkit.survey.engine.columns import CODE_OF, NUMBER, NUMBER_OF, SOURCE, Frame, number
from fltoolkit.survey.engine.engines import small_table, to_pandas
from fltoolkit.survey.person_rows import PersonRows, refuse_repeated_persons
from fltoolkit.survey.spec.corrections import Correction, NumberRange, key_in_words
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import pandas as pd

CHANGED = "fl__changed__"
ENTRY, TWICE, BEFORE = "fl__entry__", "fl__twice__", "fl__before__"
WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")
Numbered = tuple[int, Correction]  # a correction with its position in survey.yaml, from 1


@dataclass(frozen=True)
class AppliedCorrections:
    """The rows of a survey before its corrections, and the number of rows that each correction changed.

    Attributes:
        persons, episodes: the rows as they were read, before any correction. `episodes` is None if there is
            no episodes file.
        keyed: the persons after only those corrections that change their key (the columns that identify a
            person).
        changed: for each correction, in the order of survey.yaml, the number of rows with a new value. These
            numbers are confidential.
    """

    persons: Frame
    keyed: Frame
    episodes: Frame | None
    changed: tuple[int, ...]


@dataclass(frozen=True)
class NumberedCorrections:
    """The corrections of survey.yaml, each with its position in the list (from 1), in three parts.

    Attributes:
        keys: the corrections that change the columns that identify a person.
        persons: the corrections that change other columns of persons.
        episodes: the corrections that change columns of episodes (spells of work).
    """

    keys: list[Numbered]
    persons: list[Numbered]
    episodes: list[Numbered]


def numbered(spec: SurveySpec) -> NumberedCorrections:
    """Returns the corrections of survey.yaml with their positions in the list, in three parts: corrections of
    the persons' key, corrections of other columns of persons, and corrections of columns of episodes."""
    columns, every = spec.correctable(), list(enumerate(spec.corrections, 1))
    keys = [n for n in every if n[1].column in columns.person_key]
    persons = [n for n in every if n[1].column in columns.persons and n not in keys]
    return NumberedCorrections(keys, persons, [n for n in every if n[1].column not in columns.persons])


def corrected(
    table: PersonRows, spec: SurveySpec, where: str
) -> tuple[PersonRows, AppliedCorrections | None]:
    """Returns the rows of a survey after its corrections, and the number of rows that each correction
    changed. Without corrections in survey.yaml, the rows are unchanged, and the second value is None.

    Args:
        table: the rows as they were read from the files.
        spec: the survey.yaml.
        where: the path of survey.yaml, for messages.

    Raises:
        DataError: a correction matches no row, or one key matches several rows; two corrections apply to the
            same cell; or a key is not unique.
    """
    if not spec.corrections:
        return table, None
    listed, keys, pooled = numbered(spec), spec.correctable(), len(spec.files.person.path) > 1
    keyed, changed = _corrected_frame(table.persons, listed.keys, keys.person_key, pooled, where)
    if listed.keys:
        refuse_repeated_persons(keyed, spec.files.person, where)
    persons, found = _corrected_frame(keyed, listed.persons, keys.person_key, pooled, where)
    changed |= found
    episodes = table.episodes
    if episodes is not None:
        episodes, found = _corrected_frame(episodes, listed.episodes, keys.episode_key, pooled, where)
        changed |= found
    applied = AppliedCorrections(
        table.persons, keyed, table.episodes, tuple(changed[i] for i in sorted(changed))
    )
    return replace(table, persons=persons, episodes=episodes), applied


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


def _corrected_frame(
    frame: Frame, corrections: Sequence[Numbered], key: Sequence[str], pooled: bool, where: str
) -> tuple[Frame, dict[int, int]]:
    """Returns a frame after its corrections, and for each correction (by its position) the number of rows
    that it changed.

    Args:
        frame: the rows.
        corrections: the corrections of this frame's columns, with their positions in survey.yaml.
        key: the columns that identify a row.
        pooled: whether the rows come from several files, in which the same key may occur.
        where: the path of survey.yaml, for messages.

    Raises:
        DataError: a correction matches no row, or one key matches several rows, or two corrections apply to
            the same cell.
    """
    if not corrections:
        return frame, {}
    columns, marked = corrected_columns(corrections), with_corrections(frame, corrections, key)
    reached = _rows_by_correction(marked, columns, where)
    changed: dict[int, int] = {}
    where = f"{where}: corrections"
    for entry, correction in corrections:
        own = reached[reached[ENTRY + correction.column] == entry]
        twice = [int(other) for other in own[TWICE + correction.column].unique() if other]
        if twice:
            raise DataError(
                "two corrections change the same column of the same row",
                where=where,
                found=f"entries {entry} and {twice[0]}, column {correction.column}",
                do="narrow one of the two, or remove it",
            )
        matched = int(own["fl__rows"].sum())
        if correction.where and not matched:
            raise _matches_nothing(entry, correction, where)
        if correction.rows and (pooled or matched != len(correction.rows)):
            _refuse_lost_rows(frame, entry, correction, key, where)
        changed[entry] = int(own["fl__rows"][own[CHANGED + correction.column] == 1].sum())
    return without_marks(marked, columns), changed


def _rows_by_correction(marked: Frame, columns: Sequence[str], where: str) -> pd.DataFrame:
    """Counts the rows to which corrections apply, in one pass. Rows to which the same corrections apply are
    counted together.

    Args:
        marked: the rows as `with_corrections` returns them, with the columns that say which corrections
            apply.
        columns: the corrected columns.
        where: the path of survey.yaml, for messages.

    Returns:
        One row per combination of corrections and changes, with the columns `fl__entry__<column>`,
            `fl__twice__<column>` (see `with_corrections`), `fl__changed__<column>` (1 if the value changed,
            otherwise 0) and `fl__rows` (the number of rows).
    """
    flags = [CHANGED + column for column in columns]
    marks = [mark + column for column in columns for mark in (ENTRY, TWICE)]
    touched = marked.filter(nw.any_horizontal(*[nw.col(ENTRY + c) > 0 for c in columns], ignore_nulls=False))
    in_words = touched.with_columns(
        [is_changed(c).cast(nw.Int64).alias(CHANGED + c) for c in columns]
    ).select(*marks, *flags)
    return to_pandas(in_words.group_by([*marks, *flags]).agg(nw.len().alias("fl__rows")), where)


def _matches_nothing(entry: int, correction: Correction, where: str) -> DataError:
    """Returns the error for a correction whose condition no row of the data meets. `entry` is the position of
    the correction in survey.yaml, and `where` is the place that the message names."""
    return DataError(
        f"entry {entry} matches no row",
        where=where,
        found=f"column {correction.column}, where {_condition(correction)}",
        do=(
            "corrections are applied in order, each to the values that earlier ones left: correct the "
            "condition, or remove the entry"
        ),
    )


def _condition(correction: Correction) -> str:
    """Returns the condition of a correction in words, such as `AGE 999` or `HOURS from 100`."""

    def in_words(values: tuple[str, ...] | NumberRange) -> str:
        if not isinstance(values, NumberRange):
            return " or ".join(values)
        ends = (
            f"{word} {end:.15g}"
            for word, end in (("from", values.min), ("to", values.max))
            if end is not None
        )
        return " ".join(ends)

    return ", ".join(f"{column} {in_words(values)}" for column, values in correction.where.items())


def _refuse_lost_rows(
    frame: Frame, entry: int, correction: Correction, key: Sequence[str], where: str
) -> None:
    """Raise `DataError` if a row that a correction names by its key is not in the data, or if several rows
    have this key."""
    sources = [SOURCE + name for name in key]
    rows = given_rows(frame, [(entry, correction)], key)
    found = frame.select(sources).join(
        rows, left_on=sources, right_on=[f"fl__k{i}" for i in range(len(key))], how="inner"
    )
    counted = to_pandas(found.group_by(sources).agg(nw.len().alias("fl__rows")), where)
    times = {
        tuple(row[:-1]): int(row[-1])
        for row in counted[[*sources, "fl__rows"]].itertuples(index=False, name=None)
    }
    lost = [row for row in correction.rows if not times.get(tuple(row[name] for name in key))]
    several = [row for row in correction.rows if times.get(tuple(row[name] for name in key), 0) > 1]
    if lost:
        raise DataError(
            f"entry {entry} matches no row",
            where=where,
            found="; ".join(key_in_words(row, key) for row in lost[:20]),
            allowed=f"keys of {', '.join(key)} as they are in the data",
            do="correct the key (leading zeros count), or remove the row",
        )
    if several:
        raise DataError(
            f"entry {entry} matches several rows by one key",
            where=where,
            found="; ".join(key_in_words(row, key) for row in several[:20]),
            do="say where: with the key's columns and one more in which these rows differ",
        )


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
