"""Opens and joins the files of a survey to one lazy table with a row for each person. Codes are text in one
form (`1`, never `1.0`).

Every local file or table is read through DuckDB. So only the columns that an estimate uses are read, and only
when needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.errors import DataError, RepeatedKeys, SpecError
from fltoolkit.files import path_inside
from fltoolkit.survey.engine.columns import (
    AGE,
    CODE_OF,
    FACTOR,
    HOUSEHOLD,
    INTERNAL,
    KEY,
    NUMBER_OF,
    PART,
    SOURCE,
    Frame,
    is_whole,
    joined_labels,
    label_without_missing,
    number,
    ranges_by_part,
    text,
    without_missing,
)
from fltoolkit.survey.engine.engines import (
    contents,
    count_distinct,
    readable,
    refuse_no_rows,
    rows_of,
    to_count,
    to_pandas,
    with_facts_of_others,
)
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, missing_values
from fltoolkit.survey.readers.file_stamps import refuse_same_file, stamp_of
from fltoolkit.survey.readers.opened_file import (
    OpenedFile,
    open_named,
    refuse_clash,
    refuse_missing,
    refuse_unreadable,
)
from fltoolkit.survey.spec.files_and_design import DataFile, Files, ModuleStatus
from fltoolkit.survey.spec.questions import Parents
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import duckdb

ROW_FACTS = ("check", "where", "what", "file")  # columns beside the key of a row behind a finding
HELD = 50_000_000  # bytes; smaller files are read once and kept in memory, as SPSS and Stata files always are


@dataclass(frozen=True)
class Join:
    """The number of persons without a row in a joined file, and the number of rows of this file without a
    person. `file` is the kind of the file, such as `household`. `lost` contains the keys of these rows."""

    file: str
    unmatched_persons: int
    unmatched_rows: int
    lost: Frame | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class PersonRows:
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


def read_files(files: Files, wanted: WantedColumns, place: FilePlace) -> PersonRows:
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
    return PersonRows(persons, episodes, tuple(joins), columns, rows, small)


def twin_columns(files: Files, wanted: WantedColumns) -> dict[str, str]:
    """Returns the names that columns of persons have in other files, as {name there: name of the persons'
    column}: all wanted columns in the module file, and strata and PSUs in the household file. The weight, sex
    and age in a household file are those of the household and of its head."""
    kinds = ((files.household, wanted.units), (files.module, wanted.persons))
    return {file.prefix + name: name for file, names in kinds if file and file.prefix for name in names}


def refuse_repeated_persons(persons: Frame, file: DataFile, where: str) -> None:
    """Raise `RepeatedKeys` if two persons have the same key. `persons` are rows as in `PersonRows`."""
    named = persons.select(*[nw.col(SOURCE + c).alias(c) for c in file.key], nw.col(PART))
    _refuse_repeated_keys(named, _person_key(file), "person", file, where)


def wanted_columns(spec: SurveySpec) -> WantedColumns:
    """Returns the columns of the data that have to be read for a survey.yaml, and in which form (text or
    number). The columns in the conditions of corrections are included. A column with `{episode}` in its name
    is replaced by one column for each episode (spell) of work."""
    persons, episodes = spec.keys_of(spec.person_columns()), spec.keys_of(spec.episode_columns())
    if not spec.episodes.long:
        filled = {
            c.replace("{episode}", e): key
            for c, key in episodes.items()
            for e in (spec.episodes.wide or ("",))
        }
        persons, episodes = {**persons, **filled}, {}
    key = spec.files.person.key
    for correction in spec.corrections:
        of = persons if correction.column in (*persons, *key) else episodes
        of |= {c: "corrections.where" for c in correction.where if c not in of}
    touched = {c for correction in spec.corrections for c in (correction.column, *correction.where)}
    corrected = any(correction.column in key for correction in spec.corrections)
    units = [c for c in (*spec.design.strata, spec.design.psu, *spec.design.second_stage) if c]
    bare = spec.bare_columns() - touched
    return WantedColumns(
        persons, episodes, spec.number_columns(), bare, spec.code_columns(), units, corrected
    )


def certain(spec: SurveySpec) -> nw.Expr | None:
    """Returns, for each person, whether the person is in a PSU that was taken into the sample with certainty.
    The function returns None if survey.yaml names no column for this."""
    flag = spec.design.certainty
    return None if flag is None else nw.col(SOURCE + flag.column).is_in(list(flag.codes)).fill_null(False)


def is_child(spec: SurveySpec) -> nw.Expr:
    """Returns, for each person, whether the definition of forced labour for children applies. The age at
    interview decides. A person of unknown age counts as a child if they answered the children's module and
    not the adults' module. If the survey has no module on children, nobody is a child."""
    if spec.children is None:
        return nw.lit(False)
    own = spec.children.module
    only_theirs = nw.lit(False) if own is None else _answered(own) & ~_answered(spec.module)
    return nw.when(nw.col(AGE).is_null()).then(only_theirs).otherwise(nw.col(AGE) < spec.age.adult)


def answered_module(spec: SurveySpec, child: nw.Expr) -> nw.Expr:
    """Returns, for each person, whether the person answered the module (set of questions on forced labour)
    that applies: the children's module for children, and the adults' module for adults. `child` says who is a
    child."""
    own = spec.children and spec.children.module
    return nw.when(child).then(_answered(own or spec.module)).otherwise(_answered(spec.module))


def person_key(spec: SurveySpec) -> nw.Expr:
    """Returns a text that identifies each person. Rows of the person file and of the episodes file have the
    same text if they belong to the same person."""
    return joined_labels(
        [nw.col(PART).cast(nw.String), *(nw.col(SOURCE + c) for c in spec.files.person.key)]
    ).alias(KEY)


def line_numbers(frame: Frame, parents: Parents) -> dict[str, nw.Expr]:
    """Returns the columns with line numbers: each person's own line number and the line numbers of the
    parents, by the name of the column in the data. A line number is a person's number within the household.
    The columns are whole numbers if the file stores all of them as whole numbers. Otherwise they are text
    without leading zeros."""
    columns, there = (parents.line, *parents.columns), frame.collect_schema().names()
    if all(CODE_OF + column in there for column in columns):
        return {column: nw.col(CODE_OF + column) for column in columns}
    return {column: _line_as_text(column) for column in columns}


def with_parent_facts(
    frame: Frame, parents: Parents, whose: nw.Expr, who: nw.Expr, known: dict[str, nw.Expr]
) -> Frame:
    """Returns the persons with facts about their parents, such as their age. A parent is the person of the
    same household whose line number is in the child's row. A line number is a person's number within the
    household.

    Args:
        frame: one row per person.
        parents: the columns that link a child to its parents.
        whose: a true/false expression: whether the parents of a person are looked up.
        who: a true/false expression: whether a person may be found as a parent.
        known: the facts to look up in a parent's row: {name of the fact: its expression}.

    Returns:
        The frame with a column `fl__parent<i>__<name>` for each fact and for the i-th column of parents (from
            0). The column is null if no person who may be a parent has this line number.
    """
    return parents_found(frame.with_columns(parent_links(frame, parents, whose, who, known)), parents, known)


def parent_links(
    frame: Frame, parents: Parents, whose: nw.Expr, who: nw.Expr, known: Mapping[str, nw.Expr]
) -> list[nw.Expr]:
    """Returns the columns by which `parents_found` looks up the parents. The arguments are those of
    `with_parent_facts`. With this function, a caller that also adds other columns can add all columns in one
    step."""
    line = line_numbers(frame, parents)
    lines_of_parents = [nw.when(whose).then(line[column]) for column in parents.columns]
    return [
        who.fill_null(False).alias("fl__adult"),
        line[parents.line].alias("fl__line"),
        *[e.alias(f"fl__parent{i}__line") for i, e in enumerate(lines_of_parents)],
        *[e.alias(f"fl__seen__{name}") for name, e in known.items()],
    ]


def parents_found(frame: Frame, parents: Parents, known: Iterable[str]) -> Frame:
    """Returns the persons with facts about their parents, as `with_parent_facts` does. `known` has the names
    of the facts. The frame must have the columns of `parent_links`. These columns are removed."""
    others = {f"fl__parent{i}__": f"fl__parent{i}__line" for i, _ in enumerate(parents.columns)}
    return with_facts_of_others(
        frame,
        "fl__adult",
        [HOUSEHOLD, PART, "fl__line"],
        others,
        {name: f"fl__seen__{name}" for name in known},
    )


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


def _answered(module: ModuleStatus | None) -> nw.Expr:
    """Returns, for each person, whether the person answered a module. The result is true for everyone if
    survey.yaml names no column for this (`module` is None)."""
    if module is None:
        return nw.lit(True)
    return nw.col(SOURCE + module.column).is_in(list(module.answered)).fill_null(False)


def _line_as_text(column: str) -> nw.Expr:
    """Returns a line number as text without leading zeros: `01` becomes `1`."""
    value = nw.col(SOURCE + column)
    digits = value.str.contains(r"^\d{1,9}$")
    return nw.when(digits).then(nw.when(digits).then(value).cast(nw.Int64).cast(nw.String)).otherwise(value)
