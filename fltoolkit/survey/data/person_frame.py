"""Opens the files and tables of a survey as one lazy frame of persons. Codes are text in one form (`1`, never
`1.0`).

Every local file or table is read through DuckDB. So only the columns that an estimate uses are read, and only
when needed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.errors import DataError, RepeatedKeys, SpecError
from fltoolkit.files import path_inside
from fltoolkit.survey.data.column_names import trimmed
from fltoolkit.survey.data.column_values import (
    MissingRange,
    is_whole,
    label_without_missing,
    number,
    ranges_by_part,
    text,
    without_missing,
)
from fltoolkit.survey.data.engines import contents, count_distinct, is_spark, refuse_no_rows, rows_of
from fltoolkit.survey.data.fetch_rows import readable, to_count, to_pandas
from fltoolkit.survey.data.internal_columns import CODE_OF, INTERNAL, NUMBER_OF, PART, SOURCE
from fltoolkit.survey.data.usable_columns import refuse_clash, refuse_names, refuse_unreadable, usable
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, missing_values, open_object, open_path
from fltoolkit.survey.readers.file_stamps import refuse_same_file, stamp_of
from fltoolkit.survey.readers.header_line import header_is_known, refuse_missing
from fltoolkit.survey.readers.memory_tables import Unreadable
from fltoolkit.survey.spec.files_and_design import DataFile, Files

if TYPE_CHECKING:
    import duckdb

Frame = nw.LazyFrame[Any]
FACTOR = "fl__factor"
ROW_FACTS = ("check", "where", "what", "file")  # columns beside the key of a row behind a finding
HELD = 50_000_000  # bytes; smaller files are read once and kept in memory, as SPSS and Stata files always are


@dataclass(frozen=True)
class OpenedFile:
    """An opened file or table: its rows (`frame`, perhaps with only some of the columns) and the `names` of
    all usable columns.

    `texts` are the columns whose texts need no cleaning (no blanks around them, no `1.0`). `unreadable` are
    the columns that cannot be used, each with the reason. `missing` has, by column, the ranges of numbers
    that SPSS files declare missing.
    """

    frame: Frame
    names: tuple[str, ...]
    texts: frozenset[str] = frozenset()
    unreadable: Mapping[str, Unreadable] = field(default_factory=dict)
    missing: Mapping[str, Sequence[MissingRange]] = field(default_factory=dict)


def open_table(data: Any, con: duckdb.DuckDBPyConnection, *, as_text: bool = False, **options: Any) -> Frame:
    """Opens a path or a table on the DuckDB connection `con`, as `open_named` does, and returns only the
    rows."""
    return open_named(data, con, as_text=as_text, **options).frame


def open_named(
    data: Any,
    con: duckdb.DuckDBPyConnection,
    *,
    as_text: bool = False,
    only: Collection[str] | None = None,
    named: Collection[str] | None = None,
    **options: Any,
) -> OpenedFile:
    """Opens a path or a table on a DuckDB connection.

    Args:
        data: a path (CSV, Parquet, SPSS or Stata), or a pandas, Polars, Arrow or PySpark table.
        con: the connection.
        as_text: whether codes are kept as they are: a CSV's `0111` keeps its zero, and values that SPSS and
            Stata files declare missing are kept. Otherwise a CSV's columns of numbers become numbers, and
            such values become blank.
        only: the columns that are needed. The frame may have more. None: all columns.
        named: the columns that a CSV file should have. They show whether its first line is a header. None:
            the columns in `only`.
        options: `delimiter`, `encoding`, `decimal` and `numbers` of a file (see `open_path`). `stored`:
            whether a CSV file is read into memory now.

    Raises:
        DataError: there is no such file, the kit does not read files of this kind, or the file is empty.
    """
    unreadable: Mapping[str, Unreadable] = {}
    texts: frozenset[str] = frozenset()
    if isinstance(data, (str, Path)):
        given = {k: v for k, v in options.items() if v}
        asked = only if named is None else named
        relation, names, texts = open_path(Path(data), con, as_text=as_text, only=only, named=asked, **given)
    else:
        relation, names, unreadable = open_object(data, con, only)
    known = header_is_known(names, (named if named is not None else only) or (), [data])
    refuse_names(names, data if isinstance(data, (str, Path)) else type(data).__name__, known)
    if not is_spark(relation):
        names = [trimmed(name) for name in names]
        relation, more = usable(relation, only)
        unreadable = {**unreadable, **more}
    frame: Frame = nw.from_native(relation).lazy()
    return OpenedFile(frame, tuple(name for name in names if name not in unreadable), texts, unreadable)


def column(names: str | Sequence[str], episode: str = "") -> nw.Expr:
    """Returns a column of the data as text, by its name in survey.yaml (`episode` replaces `{episode}` in
    it). If there are several names, each row gets the first value that is not blank."""
    listed = [names] if isinstance(names, str) else names
    found = [nw.col(SOURCE + name.replace("{episode}", episode)) for name in listed]
    return found[0] if len(found) == 1 else nw.coalesce(*found)


def numeric(name: str, episode: str = "") -> nw.Expr:
    """Returns a column of the data as numbers, by its name in survey.yaml. A value that is not a number is
    null."""
    return nw.col(NUMBER_OF + name.replace("{episode}", episode))


@dataclass(frozen=True)
class Join:
    """The number of persons without a row in a joined file, and the number of rows of this file without a
    person. `file` is the kind of the file, such as `household`. `lost` contains the keys of these rows."""

    file: str
    unmatched_persons: int
    unmatched_rows: int
    lost: Frame | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class SourceTable:
    """The files of a survey, joined to one row per person (`persons`), with only the columns that survey.yaml
    names. `episodes` has the spells of work. It is None if there is no episodes file.

    `joins` counts rows without a match. `columns_of_files` has, by kind of file, the names of all its
    columns. `contents` is a text that changes if rows of Spark tables change (empty for files). `small` says
    whether all rows may be kept in memory.
    """

    persons: Frame
    episodes: Frame | None
    joins: tuple[Join, ...]
    columns_of_files: Mapping[str, tuple[str, ...]]
    contents: str
    small: bool


@dataclass(frozen=True)
class WantedColumns:
    """The columns of the data that a survey.yaml needs, and in which form.

    Attributes:
        persons: the columns of persons, each with the key of survey.yaml that names it.
        episodes: the columns of the episodes file, in the same form.
        numbers: the columns that are needed as numbers.
        bare: the columns in `numbers` that are not also needed as text.
        codes: the columns of persons by which rows are grouped or joined.
        units: the columns of strata and sampling units. A value that the file declares missing is a blank
            there.
        key_is_corrected: whether survey.yaml corrects the key of persons. The key must then be unique only
            after the corrections.
    """

    persons: Mapping[str, str]
    episodes: Mapping[str, str]
    numbers: Collection[str]
    bare: Collection[str]
    codes: Collection[str]
    units: Collection[str] = ()
    key_is_corrected: bool = False


@dataclass(frozen=True)
class FilePlace:
    """The place of a survey's files.

    Attributes:
        folder: the folder of survey.yaml. All paths start there, and may not lead out of it.
        where: the path of survey.yaml, for messages.
        con: the DuckDB connection of the survey.
        tables: PySpark DataFrames in place of the files, by path. If it is empty, the files are read.
    """

    folder: Path
    where: str
    con: duckdb.DuckDBPyConnection
    tables: Mapping[str, Any]

    def paths(self, file: DataFile, where: str) -> list[Path]:
        """Returns the paths of a kind of file. The list is empty if tables are used in place of files."""
        return [] if self.tables else [path_inside(self.folder, name, where) for name in file.path]


@dataclass(frozen=True)
class _NeededColumns:
    """The columns needed from all files (`columns`), those needed as numbers, and the key columns of all
    files. `joined` says whether several files are joined by their keys, and `small` whether all rows may be
    kept in memory."""

    columns: frozenset[str]
    numbers: frozenset[str]
    keys: frozenset[str]
    joined: bool
    small: bool


def read_files(files: Files, wanted: WantedColumns, place: FilePlace) -> SourceTable:
    """Opens the files of a survey, puts pooled files together, and joins the other files to the persons. Each
    wanted column is kept as text (`src__<column>`), and if needed also as number (`num__<column>`) or as
    whole number (`fl__code__<column>`).

    Raises:
        DataError: a file or column is missing, a key is repeated that must be unique, or names clash.
        SpecError: survey.yaml does not use the common name of a key column (see `files.person.key`).
    """
    where, given = place.where, files.given
    keys = frozenset(column for file in given.values() for column in file.key)
    paths = [path for file in given.values() for path in place.paths(file, where)]
    labelled = any(p.suffix.lower() in LABELLED_FILES for p in paths)
    small = bool(paths) and (labelled or sum(stamp_of(p).size for p in paths) <= HELD)
    needed = _NeededColumns(
        keys.union(wanted.persons, wanted.episodes), frozenset(wanted.numbers), keys, len(given) > 1, small
    )
    opened = {kind: _open_files_of_kind(file, kind, needed, place) for kind, file in given.items()}
    parts = {kind: pooled.frame for kind, pooled in opened.items()}
    of_person = [pooled for kind, pooled in opened.items() if kind != "episodes"]
    missing = {name: ranges for pooled in of_person for name, ranges in pooled.missing.items()}
    offered = [name for pooled in of_person for name in pooled.names]
    texts = frozenset().union(*(pooled.texts for pooled in of_person))
    _refuse_own_names(files.person, wanted.persons, offered, where)
    with readable(files.paths_in_words(where)):
        if not wanted.key_is_corrected:
            _refuse_repeated_keys(parts["person"], _person_key(files.person), "person", files.person, where)
        person, joins = _join(files, parts, where)
        own = {**wanted.persons, **dict.fromkeys(files.person.key, "files.person.key")}
        there = set(person.collect_schema().names())
        twins = {twin: name for twin, name in twin_columns(files, wanted).items() if twin in there}
        own = dict.fromkeys(twins, "files") | own
        numbers = {*wanted.numbers, *(twin for twin, name in twins.items() if name in wanted.numbers)}
        of_persons = OpenedFile(person, tuple(offered), texts, missing=missing)
        kept = _needed_forms(of_persons, replace(wanted, persons=own, numbers=numbers), paths, where)
        episodes = None
        if files.episodes is not None:
            episodes = parts["episodes"]
            joins.append(_count_join(person, episodes, [*files.person.key, PART], "episodes", where))
            _refuse_repeated_keys(episodes, [*files.episodes.key, PART], "episodes", files.episodes, where)
            if misplaced := [
                c for c in wanted.episodes if c in offered and c not in opened["episodes"].names
            ]:
                raise SpecError(
                    "questions or gates of the episodes name columns that only the persons have",
                    where=f"{where}: files.episodes",
                    found=misplaced,
                    do=(
                        "remove the gate (a person with a row there had that work), or add the column to "
                        "the episodes file"
                    ),
                )
            own_keys = dict.fromkeys([*files.person.key, *files.episodes.key], "files.episodes.key")
            of_each = replace(wanted, persons={**wanted.episodes, **own_keys}, bare=(), codes=(), units=())
            kept_of_each = _needed_forms(opened["episodes"], of_each, paths, f"{where}: files.episodes")
            episodes = episodes.select(*kept_of_each, nw.col(PART))
        persons = person.select(*kept, nw.col(FACTOR), nw.col(PART))
    columns = {kind: tuple(pooled.names) for kind, pooled in opened.items()}
    rows = "".join(map(contents, parts.values())) if place.tables else ""
    return SourceTable(persons, episodes, tuple(joins), columns, rows, small)


def twin_columns(files: Files, wanted: WantedColumns) -> dict[str, str]:
    """Returns the names that columns of persons have in other files, as {name there: name of the persons'
    column}: all wanted columns in the module file, and strata and PSUs in the household file. The weight, sex
    and age in a household file are those of the household and of its head."""
    kinds = ((files.household, wanted.units), (files.module, wanted.persons))
    return {file.prefix + name: name for file, names in kinds if file and file.prefix for name in names}


def _refuse_own_names(
    person: DataFile, wanted: Mapping[str, str], offered: Collection[str], where: str
) -> None:
    """Raise `SpecError` if survey.yaml names a key column by its name in the person file, not by its common
    name in all files."""
    if found := [f"{c} ({key})" for c, key in wanted.items() if c in person.renamed and c not in offered]:
        raise SpecError(
            "key columns are not named by their common name",
            where=where,
            found=found,
            allowed=list(person.key),
            do="use the name on the left in `files.person.key`: it is the name in all files",
        )


def _join(files: Files, parts: dict[str, Frame], where: str) -> tuple[Frame, list[Join]]:
    """Returns the persons with the columns of their household and module rows, and for each file the number
    of rows without a match. If there is one such file per quarter of persons, rows are joined within the
    quarter."""
    person, joins = parts["person"], []
    for kind in ("household", "module"):
        file: DataFile | None = getattr(files, kind)
        if file is None:
            continue
        other, key = parts[kind].drop(FACTOR), list(file.key)
        if len(file.path) > 1:
            key.append(PART)
        else:
            other = other.drop(PART)
        joins.append(_count_join(person, other, key, kind, where))
        _refuse_repeated_keys(other, key, kind, file, where)
        refuse_clash(person.collect_schema().names(), other.collect_schema().names(), key, kind, where)
        person = person.join(other, on=key, how="left")
    return person, joins


def _needed_forms(
    opened: OpenedFile, wanted: WantedColumns, paths: Collection[Path], where: str
) -> list[nw.Expr]:
    """Returns the columns of `wanted.persons` in the forms that are needed: as text, as number, as whole
    number (see `read_files`). Raises `DataError` if a column is missing."""
    schema, columns = opened.frame.collect_schema(), wanted.persons
    refuse_missing(columns, opened.names, where, paths, columns)
    values = [
        without_missing(number(c, schema[c]), opened.missing.get(c, ())).alias(NUMBER_OF + c)
        for c in columns
        if c in wanted.numbers
    ]
    values += [nw.col(c).alias(CODE_OF + c) for c in columns if c in wanted.codes and is_whole(schema[c])]
    codes = {
        c: nw.col(c) if c in opened.texts else text(c, schema[c]) for c in columns if c not in wanted.bare
    }
    codes |= {
        c: label_without_missing(codes[c], opened.missing.get(c, ()))
        for c in wanted.units
        if not is_whole(schema[c])
    }
    return [*(code.alias(SOURCE + c) for c, code in codes.items()), *values]


def _open_files_of_kind(file: DataFile, kind: str, needed: _NeededColumns, place: FilePlace) -> OpenedFile:
    """Opens one kind of file. If it has several paths, their rows are put together with their weight factors,
    and their columns become text. Key columns become text, unless they are whole numbers by which no other
    file is joined."""
    frames, offered, texts, where, tables = [], [], [], place.where, place.tables
    paths = place.paths(file, f"{where}: files.{kind}.path")
    refuse_same_file([stamp_of(path) for path in paths], f"{where}: files.{kind}.path")
    common = {*file.renamed.values()}
    only = ({*needed.columns, *(name.removeprefix(file.prefix) for name in needed.columns)} - common) | {
        *file.key.values()
    }
    options: dict[str, Any] = {
        "delimiter": file.delimiter,
        "encoding": file.encoding,
        "decimal": file.decimal,
    }
    options |= {"numbers": needed.numbers.union(name.removeprefix(file.prefix) for name in needed.numbers)}
    stored = (
        needed.small and not needed.joined
    )  # a joined file shows all its names, so that a clash is noticed
    for i, name in enumerate(file.path):
        source: Any = tables[name] if tables else paths[i]
        opened = open_named(source, place.con, as_text=True, only=only, stored=stored, **options)
        if kind != "episodes":
            refuse_no_rows(opened.frame, f"{where}: files.{kind}.path: {name}")
        refuse_unreadable(
            [c for c in opened.unreadable if file.prefix + c in needed.columns or c in file.key.values()],
            opened.unreadable,
            f"{where}: files.{kind}",
        )
        if i == 0:
            refuse_missing(file.key.values(), opened.names, f"{where}: files.{kind}.key", paths)
        names = _names_here(file, opened.names, f"{where}: files.{kind}.key")
        offered.append([*names.values()])
        texts.append({names[c] for c in opened.texts})
        there = [nw.col(c).alias(names.get(c, c)) for c in opened.frame.collect_schema().names()]
        factor = file.weight_factor[i] if file.weight_factor else 1.0
        frames.append(opened.frame.select(*there, nw.lit(factor).alias(FACTOR), nw.lit(i).alias(PART)))
    columns_of = [frame.collect_schema().names() for frame in frames]
    first = [c for c in columns_of[0] if all(c in names for names in columns_of)]
    used = dict.fromkeys(c for names in columns_of for c in names if c in needed.columns)
    lacking = [[c for c in used if c not in names] for names in columns_of]
    if any(lacking):
        pairs = zip(file.path, lacking, strict=True)
        raise DataError(
            "pooled files do not have the same columns",
            where=f"{where}: files.{kind}",
            found=[f"no {', '.join(columns)} in {name}" for name, columns in pairs if columns],
            do="pool only files with the same columns, and give each column the same name in all of them",
        )
    # Quarters may have different types in any column.
    schemas = [f.collect_schema() for f in frames]
    as_text = [
        c
        for c in first
        if (needed.joined and c in needed.keys) or (len(frames) > 1 and c not in (FACTOR, PART))
    ]
    as_text += [c for c in first if c in needed.keys and c not in as_text and not is_whole(schemas[0][c])]
    for i, schema in enumerate(schemas):
        if made := [text(c, schema[c]).alias(c) for c in as_text if c not in texts[i]]:
            frames[i] = frames[i].with_columns(made)
    pooled = frames[0] if len(frames) == 1 else nw.concat([f.select(first) for f in frames], how="vertical")
    declared = ranges_by_part([missing_values(path, file.encoding) for path in paths])
    missing_here = {file.name_of(c): ranges for c, ranges in declared.items()}
    return OpenedFile(
        pooled, tuple(offered[0]), frozenset(as_text).union(set.intersection(*texts)), missing=missing_here
    )


def _names_here(file: DataFile, columns: Sequence[str], where: str) -> dict[str, str]:
    """Returns the name of each column of a file in survey.yaml (see `DataFile.name_of`). Raises `DataError`
    if two columns have the same name."""
    names = {column: file.name_of(column) for column in columns}
    others = {name.lower() for column, name in names.items() if column not in file.renamed}
    if taken := [common for common in file.renamed.values() if common.lower() in others]:
        raise DataError(
            "the common name of a key column is that of another column of this file",
            where=where,
            found=taken,
            do="choose a name that the file does not have, and write it in the key of every file",
        )
    return names


def _person_key(file: DataFile) -> list[str]:
    return [*file.key, *([PART] if len(file.path) > 1 else [])]


def refuse_repeated_persons(persons: Frame, file: DataFile, where: str) -> None:
    """Raise `RepeatedKeys` if two persons have the same key. `persons` are rows as in `SourceTable`."""
    named = persons.select(*[nw.col(SOURCE + c).alias(c) for c in file.key], nw.col(PART))
    _refuse_repeated_keys(named, _person_key(file), "person", file, where)


def _refuse_repeated_keys(frame: Frame, key: Sequence[str], kind: str, file: DataFile, where: str) -> None:
    """Raise `RepeatedKeys` if two rows of a file have the same key. `kind` is the kind of the file, such as
    `person`."""
    if count_distinct(frame, key) == rows_of(frame):
        return
    repeated = (
        frame.group_by(list(key)).agg(nw.len().alias("fl__n")).filter(nw.col("fl__n") > 1).sort(list(key))
    )
    rows = to_pandas(repeated, where).rename(columns={"fl__n": "rows"})
    where, problem = f"{where}: files.{kind}.key", f"key(s) of the {kind} file occur in more than one row"
    paths = rows.pop(PART).map(lambda part: file.path[int(part)]) if PART in rows else file.path[0]
    named = [k for k in key if k != PART]
    raise RepeatedKeys(
        f"{len(rows)} {problem}",
        rows=rows.assign(check="files", where=where, what=problem, file=paths)[[*ROW_FACTS, *named, "rows"]],
        where=where,
        found=named,
        do="name the columns that make a row unique, remove the repeated rows, store keys of more than "
        "15 digits as text, or give "
        "a wrong row its key under `corrections` with `where:`; fltoolkit check --private FOLDER writes "
        "which they are",
    )


def _count_join(person: Frame, other: Frame, key: Sequence[str], kind: str, where: str) -> Join:
    on, named = list(key), [c for c in key if c != PART]
    refuse_missing(named, _names(person), f"{where}: files.{kind}.key, in the person file", ())
    refuse_missing(named, _names(other), f"{where}: files.{kind}", ())
    left = to_count(
        person.join(other.select(on).unique(), on=on, how="anti").select(nw.len().alias("n")), where
    )
    lost = other.select(on).join(person.select(on), on=on, how="anti")
    right = to_count(lost.select(nw.len().alias("n")), where)
    return Join(kind, left, right, lost.rename({c: SOURCE + c for c in named}))


def _names(frame: Frame) -> list[str]:
    """Returns the columns of a frame that come from the data."""
    return [c for c in frame.collect_schema().names() if not c.startswith(INTERNAL)]
