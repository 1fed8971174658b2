"""Joins persons of one household: each child with its parents."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.data.engines import looked_up
from fltoolkit.survey.data.internal_columns import CODE_OF, HOUSEHOLD, SOURCE
from fltoolkit.survey.data.person_frame import PART, Frame
from fltoolkit.survey.spec.child_module import Parents


def line_numbers(frame: Frame, parents: Parents) -> dict[str, nw.Expr]:
    """Everybody's line number and those of their parents, by column: as whole numbers where the file has all of them as such, else
    as text that compares."""
    columns, there = (parents.line, *parents.columns), frame.collect_schema().names()
    if all(CODE_OF + column in there for column in columns):
        return {column: nw.col(CODE_OF + column) for column in columns}
    return {column: _line_as_text(column) for column in columns}


def _line_as_text(column: str) -> nw.Expr:
    """`01` is 1."""
    value = nw.col(SOURCE + column)
    digits = value.str.contains(r"^\d{1,9}$")
    return nw.when(digits).then(nw.when(digits).then(value).cast(nw.Int64).cast(nw.String)).otherwise(value)


def beside_parents(frame: Frame, parents: Parents, whose: nw.Expr, who: nw.Expr, known: dict[str, nw.Expr]) -> Frame:
    """Each person with what is known of their parents, matched by household and line number.

    Args:
        frame: one row a person.
        parents: how they are linked.
        whose: the rows whose parents are looked up. who: those that may be parents. known: what to look up on a parent's row, by name.

    Returns:
        The frame with `fl__parent<i>__<name>` for the i-th parent column; null where nobody of these has that line number.
    """
    line = line_numbers(frame, parents)
    named = {f"fl__parent{i}__": nw.when(whose).then(line[column]) for i, column in enumerate(parents.columns)}
    others, seen = {parent: f"{parent}line" for parent in named}, {name: f"fl__seen__{name}" for name in known}
    frame = frame.with_columns(
        who.fill_null(False).alias("fl__adult"), line[parents.line].alias("fl__line"),
        *[e.alias(others[parent]) for parent, e in named.items()], *[e.alias(seen[name]) for name, e in known.items()],
    )  # fmt: skip
    return looked_up(frame, "fl__adult", [HOUSEHOLD, PART, "fl__line"], others, seen)
