"""Reads the checklists of the ILO toolkit, which partners answer in the Excel workbook of the plan. The texts
of their questions are in `languages/checklists`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.groups_and_tables import Name
from fltoolkit.yaml_files.loading import Model, Names, load_model

PARTNERS = "partners.yaml"  # beside nap.yaml: what partners filled in in the workbook


class ChecklistQuestion(Model):
    """One line of a checklist of the ILO toolkit: a question that the partner organisations answer in the
    workbook. The language files have its text under `checklists.questions.<id>`.

    Attributes:
        id: the name of the question in the language files.
        tool: the number of the tool in the toolkit to which the checklist belongs.
        section: the part of the checklist to which the question belongs.
        evidence: the results of the survey that help to answer the question.
        partly: results of the survey that answer a part of the question only. The rest is left to research.
    """

    id: Name
    tool: int
    section: Name
    evidence: Names = ()
    partly: Names = ()


class Link(Model):
    """A link between forced labour and one target of the Sustainable Development Goals. `target` is the
    number of this target, such as 8.7. The language files explain the link under `checklists.sdg.<id>`."""

    id: Name
    target: str


class Meaning(Model):
    """A term that the workbook explains, such as a measure. The language files have the explanation and its
    source under `checklists.definitions.<id>`."""

    id: Name
    kind: Literal["definition", "measure", "method"]


class Checklists(Model):
    """The content of checklists.yaml. The texts that belong to it are in `languages/checklists`, one file per
    language.

    Attributes:
        questions: the questions of the ILO toolkit's checklists, in order.
        sdg: the links to targets of the Sustainable Development Goals.
        definitions: the terms that the workbook explains.
    """

    questions: tuple[ChecklistQuestion, ...] = Field(min_length=1)
    sdg: tuple[Link, ...]
    definitions: tuple[Meaning, ...]

    @model_validator(mode="after")
    def _ids_once(self) -> Checklists:
        ids = [q.id for q in self.questions]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"question id {min(twice)} is given twice")
        return self

    def of(self, tool: int) -> list[ChecklistQuestion]:
        """Returns the questions of one checklist, by the number of its tool in the ILO toolkit, in order."""
        return [q for q in self.questions if q.tool == tool]


@cache
def checklists() -> Checklists:
    """Returns the checklists of the ILO toolkit, as they come with the kit."""
    return load_model(Path(__file__).with_name("checklists.yaml"), Checklists)
