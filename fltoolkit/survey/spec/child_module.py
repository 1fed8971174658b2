"""The part of survey.yaml about children: how each works and for whom, under whose threat, and which adults are the parents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.questions import Sources
from fltoolkit.yaml_files.distinct_codes import refuse_double_codes
from fltoolkit.yaml_files.loading import Codes, Model, Names

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
