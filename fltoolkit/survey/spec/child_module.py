"""Defines the part of survey.yaml about children: their work and for whom they do it, threats against the
child or the parents, and which adults are the parents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.questions import Sources
from fltoolkit.yaml_files.loading import Codes, EachOnce, Model, refuse_double_codes

WorstForm = Literal["slavery", "commercial_sexual_exploitation", "illicit_activities"]


class ChildWork(Model):
    """One kind of child work, such as work for a third party. Only a threat that was made by a third party
    counts (docs/methods.md §1).

    Attributes:
        done: the questions that ask whether the child did this work.
        threat: the questions that ask whether there was a threat or menace of a penalty against the child or
            the parents.
        by_third_party: the questions that ask whether a third party made the threat. They are left out if the
            questions of `threat` are only about threats of a third party.
    """

    done: Sources
    threat: Sources
    by_third_party: Sources | None = None


class Parents(Model):
    """The columns and codes that say which persons of the household are a child's parents.

    Attributes:
        line: the column with each person's own line number in the household.
        columns: the columns in the child's row that contain the line number of a parent.
        none: codes of a parent who has died, or of whom nobody knows who it was. Such a parent cannot be in
            forced labour. A code of *don't know* (where the parent is) belongs under `missing`.
        elsewhere: codes of a parent who does not live in the household, and so was not interviewed.
        missing: the codes for no answer. They and `elsewhere` leave the route by a parent unresolved.
    """

    line: str
    columns: EachOnce = Field(min_length=1)
    none: Codes = ()
    elsewhere: Codes = ()
    missing: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> Parents:
        refuse_double_codes(self, "none", "elsewhere", "missing")
        return self


class Children(Model):
    """The part of survey.yaml about the module on children (docs/methods.md §1): the questions, and who
    answered.

    Attributes:
        module: the column that says which children answered the module, with its codes. Without it: the column of
            the adults' module says it.
        third_party: the questions on work for a third party.
        with_parents: the questions on work with the parents.
        worst_forms: the questions on each worst form of child labour.
        parents: the columns by which a child is linked to its parents.
    """

    module: ModuleStatus | None = None
    third_party: ChildWork
    with_parents: ChildWork
    worst_forms: dict[WorstForm, Sources] = Field(default_factory=dict)
    parents: Parents | None = None

    def questions(self) -> list[tuple[str, Sources | None]]:
        """Returns the questions of the module on children as pairs: the key in survey.yaml, such as
        `children.third_party.threat`, and its questions (None if there are none)."""
        keyed: list[tuple[str, Sources | None]] = []
        for kind in ("third_party", "with_parents"):
            work: ChildWork = getattr(self, kind)
            keyed += [(f"children.{kind}.{part}", getattr(work, part)) for part in ChildWork.model_fields]
        return [
            *keyed,
            *((f"children.worst_forms.{form}", sources) for form, sources in self.worst_forms.items()),
        ]

    def columns(self) -> list[str]:
        """Returns the columns that link a child to its parents. The first has each person's own line number
        in the household. The others have the line numbers of the parents. The list is empty if survey.yaml
        has no `parents`."""
        return [self.parents.line, *self.parents.columns] if self.parents else []
