"""Joins persons of the same household: each child with its parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import narwhals as nw

from fltoolkit.survey.data.engines import with_facts_of_others
from fltoolkit.survey.data.internal_columns import CODE_OF, HOUSEHOLD, PART, SOURCE
from fltoolkit.survey.data.person_frame import Frame
from fltoolkit.survey.spec.child_module import Parents


def line_numbers(frame: Frame, parents: Parents) -> dict[str, nw.Expr]:
    """Returns the columns with line numbers: each person's own line number and the line numbers of the
    parents, by the name of the column in the data. A line number is a person's number within the household.
    The columns are whole numbers if the file stores all of them as whole numbers. Otherwise they are text
    without leading zeros."""
    columns, there = (parents.line, *parents.columns), frame.collect_schema().names()
    if all(CODE_OF + column in there for column in columns):
        return {column: nw.col(CODE_OF + column) for column in columns}
    return {column: _line_as_text(column) for column in columns}


def _line_as_text(column: str) -> nw.Expr:
    """Returns a line number as text without leading zeros: `01` becomes `1`."""
    value = nw.col(SOURCE + column)
    digits = value.str.contains(r"^\d{1,9}$")
    return nw.when(digits).then(nw.when(digits).then(value).cast(nw.Int64).cast(nw.String)).otherwise(value)


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
