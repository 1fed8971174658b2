"""Opens one file or table of any kind, and finds the columns that the kit can use. A message may print the
names of columns only if the first line is certainly a header: without one, it has the answers of a person."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.errors import DataError
from fltoolkit.survey.engine.columns import (
    INTERNAL,
    NUMBER_OF,
    PREFIXES,
    SOURCE,
    Frame,
    MissingRange,
    printable_name,
    quoted,
    trimmed,
)
from fltoolkit.survey.engine.engines import (
    WIDE,
    is_spark,
)
from fltoolkit.survey.readers.csv_files import TEXT_FILES
from fltoolkit.survey.readers.file_formats import open_object, open_path
from fltoolkit.survey.readers.memory_tables import NO_COLUMN, Unreadable, unusable_type

if TYPE_CHECKING:
    import duckdb

UNUSABLE = {
    "list": "lists", "array": "lists", "struct": "structures", "map": "structures", "union": "structures",
    "blob": "bytes", "bit": "bytes", "interval": "lengths of time",
}  # fmt: skip


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


def usable(relation: Any, only: Collection[str] | None) -> tuple[Any, dict[str, Unreadable]]:
    """Returns a DuckDB relation without the columns that the kit cannot use. Also returns the columns with
    unusable values, each with the reason. Columns without a name are left out of both. Blanks around the
    names of the other columns are removed. If there are more than 1,000 columns, only those in `only` are
    kept (None: all).

    Raises:
        DataError: no column can be used.
    """
    kinds = dict(zip(relation.columns, (kind.id for kind in relation.types), strict=True))
    unusable = {
        trimmed(name): unusable_type(UNUSABLE[kind]) for name, kind in kinds.items() if kind in UNUSABLE
    }
    kept = {name: trimmed(name) for name in kinds if trimmed(name) and trimmed(name) not in unusable}
    if not kept:
        found = sorted({why.found for why in unusable.values()})
        raise DataError(NO_COLUMN, where="data", found=found, do="give a table of numbers and texts")
    if only is not None and len(kept) > WIDE:
        kept = {name: new for name, new in kept.items() if new in only} or dict(list(kept.items())[:1])
    if len(kept) == len(kinds) and all(name == new for name, new in kept.items()):
        return relation, {}
    return relation.project(
        ", ".join(f"{quoted(name)} AS {quoted(new)}" for name, new in kept.items())
    ), unusable


def refuse_unreadable(wanted: Iterable[str], unreadable: Mapping[str, Unreadable], where: str) -> None:
    """Raise an error if a column in `wanted` cannot be used. `unreadable` has the columns that cannot be
    used, each with the reason. `where` is the place that the message names.

    Raises:
        DataError: the message names the column and the types of its values.
    """
    for name in wanted:
        if why := unreadable.get(name):
            raise DataError(
                "the values of this column cannot be used",
                where=f"{where}: {name}",
                found=why.found,
                do=why.do,
            )


def refuse_names(columns: Sequence[str], where: object, known: bool) -> None:
    """Raise an error if the kit cannot use the name of a column. Two names may not be equal, or differ only
    in capitals, because DuckDB does not distinguish them. A name may not be `*`, which DuckDB reads as all
    columns. A name may not begin with one of the kit's own prefixes.

    Args:
        columns: the names.
        where: the file or the type of table, for the message.
        known: whether `columns` certainly contains column names. If it is false, `columns` may be a person's
            answers, because a CSV file can lack its header line.

    Raises:
        DataError: the message lists the names only if `known` is true.
    """
    times = Counter(trimmed(c).lower() for c in columns)
    if repeated := [c for c in columns if times[trimmed(c).lower()] > 1]:
        raise DataError(
            "column names are repeated, or differ only in capitals or in blanks around them",
            where=str(where),
            found=printed_names(repeated, known),
            do="rename one of them",
            withheld=", ".join(repeated),
        )
    own = [c for c in columns if trimmed(c).lower().startswith(PREFIXES) or trimmed(c) == "*"]
    if own:
        raise DataError(
            f"columns may not start with {INTERNAL}, {SOURCE} or {NUMBER_OF}, nor be called *",
            where=str(where),
            found=printed_names(own, known),
            do="rename them",
            withheld=", ".join(own),
        )


def refuse_clash(
    persons: Sequence[str], columns: Sequence[str], key: Collection[str], kind: str, where: str
) -> None:
    """Raise `DataError` if a joined file and the person file have columns of the same name, apart from the
    key.

    Args:
        persons: the columns of the person file.
        columns: the columns of the joined file.
        key: the columns by which the file is joined.
        kind: the kind of the joined file, such as `household`.
        where: the path of survey.yaml, for the message.
    """
    mine = {c.lower() for c in persons}
    if clash := [c for c in columns if c not in key and c.lower() in mine]:
        raise DataError(
            f"columns of the {kind} file are in another file too",
            where=f"{where}: files.{kind}",
            found=clash,
            do=(
                f"add `prefix:` under files.{kind}; its columns are then named prefix + name everywhere "
                "in survey.yaml"
            ),
        )


def header_is_known(present: Sequence[str], wanted: Collection[str], paths: Collection[object]) -> bool:
    """Returns whether the first line of a data file certainly contains column names. In a CSV file without a
    header, the first line contains a person's answers, which no message may print.

    Args:
        present: the names found in the first line.
        wanted: the columns that survey.yaml or the caller names. If at least half of them are in `present`,
            in upper or lower case, the first line is a header.
        paths: the sources of the data: files, or tables in memory. If none of them is a CSV file, the result
            is true.
    """
    if not any(isinstance(path, (str, Path)) and Path(path).suffix.lower() in TEXT_FILES for path in paths):
        return True
    there = {trimmed(name).casefold() for name in present}
    return bool(wanted) and 2 * sum(trimmed(name).casefold() in there for name in wanted) >= len(wanted)


def printed_names(names: Sequence[str], known: bool) -> Sequence[str] | str:
    """Returns names of columns as a message may print them: a list of names, or only a text with their number
    if `known` is false. The names may then be a person's answers from the first line of a CSV file without a
    header."""
    return (
        [printable_name(str(name)) for name in names]
        if known
        else (
            f"{len(names):,} name{'s' if len(names) != 1 else ''}, not printed: the first line may be a "
            "person's answers"
        )
    )


def refuse_missing(
    wanted: Collection[str],
    present: Sequence[str],
    where: str,
    paths: Collection[object],
    keys: Mapping[str, str] | None = None,
) -> None:
    """Raise an error if the data do not have all columns that survey.yaml names.

    Args:
        wanted: the columns that survey.yaml names.
        present: the columns of the data.
        where: the place that the message names, such as a key of survey.yaml.
        paths: the files that were read. The list is empty if `present` certainly contains column names, and
            not the answers of a person.
        keys: for each column in `wanted`, the key of survey.yaml that names it.

    Raises:
        DataError: a column is missing. The message gives the names that were probably meant, if it may print
            them.
    """
    missing = [c for c in wanted if c not in present]
    if not missing:
        return
    known = header_is_known(present, wanted, paths)
    guesses = {m: difflib.get_close_matches(m, present, n=1, cutoff=0.6) if known else [] for m in missing}
    hints = {
        m: [*([keys[m]] if keys else []), *(f"did you mean {printable_name(g)}?" for g in guesses[m])]
        for m in missing
    }
    do = "correct the names; upper and lower case count"
    if len(present) == 1:
        do = "the file has a single column: give its `delimiter:` under `files:`, or correct the names"
    elif not known:
        do = (
            "write the names of the columns into the first line, or correct those in survey.yaml; "
            "fltoolkit check --show-values prints that line"
        )
    raise DataError(
        "columns that survey.yaml names are not in the data",
        where=where,
        found=[f"{m} ({'; '.join(words)})" if words else m for m, words in hints.items()],
        allowed=printed_names(present, known),
        do=do,
        withheld=", ".join(present),
    )
