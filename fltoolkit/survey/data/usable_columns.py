"""Finds the columns of a table that the kit can use. The names of such columns are all different, and the kit
itself does not use them. The values can be counted, grouped or added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from fltoolkit.errors import DataError
from fltoolkit.survey.data.column_names import quoted, trimmed
from fltoolkit.survey.data.engines import WIDE
from fltoolkit.survey.data.internal_columns import INTERNAL, NUMBER_OF, PREFIXES, SOURCE
from fltoolkit.survey.readers.header_line import printed_names
from fltoolkit.survey.readers.memory_tables import NO_COLUMN, Unreadable, unusable_type

UNUSABLE = {
    "list": "lists", "array": "lists", "struct": "structures", "map": "structures", "union": "structures",
    "blob": "bytes", "bit": "bytes", "interval": "lengths of time",
}  # fmt: skip


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
