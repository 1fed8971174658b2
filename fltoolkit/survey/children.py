"""What survey.yaml says of children: how each works and for whom, under whose threat, and which adults are the parents."""

from __future__ import annotations

from typing import Literal

import narwhals as nw
from pydantic import Field, model_validator

from fltoolkit.survey.engines import looked_up
from fltoolkit.survey.internal import CODE_OF, SOURCE
from fltoolkit.survey.layout import ModuleStatus
from fltoolkit.survey.questions import Sources, refuse_double_codes
from fltoolkit.survey.read import PART, Frame
from fltoolkit.yamlfile import Codes, Model, Names

WorstForm = Literal["slavery", "commercial_sexual_exploitation", "illicit_activities"]


class ChildWork(Model):
    """One kind of a child's work: whether it was done, and whether under threat or menace of a penalty on child or parents.

    Only a third party's threat counts (docs/methods.md §1): where the questions of `threat` do not say whose it was,
    `by_third_party` does.
    """

    done: Sources
    threat: Sources
    by_third_party: Sources | None = None


class Parents(Model):
    """Which persons of the household are a child's parents.

    Args:
        line: the column with everybody's own line number in the household.
        columns: the columns of the child's row that hold the line number of a parent.
        none: codes of a parent who has died or is unknown: there is nobody to be in forced labour.
        elsewhere: codes of a parent who does not live in the household, and so was not asked.
    """

    line: str
    columns: Names = Field(min_length=1)
    none: Codes = ()
    elsewhere: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> Parents:
        refuse_double_codes(self, "none", "elsewhere")
        return self


class Children(Model):
    """The module on children (docs/methods.md §1). `module` says who answered it, where that is not the adults' column."""

    module: ModuleStatus | None = None
    third_party: ChildWork
    with_parents: ChildWork
    worst_forms: dict[WorstForm, Sources] = Field(default_factory=dict)
    parents: Parents | None = None

    def questions(self) -> list[tuple[str, Sources | None]]:
        """The questions of the module, with the key that maps them."""
        keyed: list[tuple[str, Sources | None]] = []
        for kind in ("third_party", "with_parents"):
            work: ChildWork = getattr(self, kind)
            keyed += [(f"children.{kind}.{part}", getattr(work, part)) for part in ChildWork.model_fields]
        return [*keyed, *((f"children.worst_forms.{form}", sources) for form, sources in self.worst_forms.items())]

    def columns(self) -> list[str]:
        """The columns that link a child to its parents."""
        return [self.parents.line, *self.parents.columns] if self.parents else []


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


def beside_parents(
    frame: Frame, parents: Parents, household: str, whose: nw.Expr, who: nw.Expr, known: dict[str, nw.Expr]
) -> Frame:
    """Each person with what is known of their parents, matched by household and line number.

    Args:
        frame: one row a person.
        parents: how they are linked.
        household: the column that names the household.
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
    return looked_up(frame, "fl__adult", [household, PART, "fl__line"], others, seen)
