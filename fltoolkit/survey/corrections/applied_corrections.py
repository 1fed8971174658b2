"""Makes the corrections that survey.yaml lists, and counts the changed rows. This is done when the survey is
opened. A correction that matches no row is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.errors import DataError
from fltoolkit.survey.corrections.corrected_values import (
    ENTRY,
    TWICE,
    Numbered,
    corrected_columns,
    given_rows,
    is_changed,
    with_corrections,
    without_marks,
)
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.data.internal_columns import SOURCE
from fltoolkit.survey.data.person_frame import Frame, SourceTable, refuse_repeated_persons
from fltoolkit.survey.spec.corrections import Correction, NumberRange, key_in_words
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import pandas as pd

CHANGED = "fl__changed__"


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
    table: SourceTable, spec: SurveySpec, where: str
) -> tuple[SourceTable, AppliedCorrections | None]:
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
