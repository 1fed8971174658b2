"""The checklists of the ILO toolkit, each of which is a sheet of the workbook. Their words are in languages/checklists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.groups import Name
from fltoolkit.yaml_files.loading import Model, Names, load_model


class ChecklistQuestion(Model):
    """One line of a checklist of the ILO toolkit: a question that partners answer in the workbook. Its words are under
    `checklists.questions.<id>` in the language files.

    Attributes:
        id: the name of the question in these files.
        tool: the number of the toolkit's tool.
        section: the part of the checklist to which the question belongs.
        evidence: names of results of the survey that help to answer it.
    """

    id: Name
    tool: int
    section: Name
    evidence: Names = ()


class Link(Model):
    """A link between forced labour and one target of the Sustainable Development Goals. `target` is the number of this target,
    such as 8.7. The words that explain the link are under `checklists.sdg.<id>` in the language files."""

    id: Name
    target: str


class Meaning(Model):
    """A term that the workbook explains, such as a measure. Its explanation, and the source of the explanation, are under
    `checklists.definitions.<id>` in the language files."""

    id: Name
    kind: Literal["definition", "measure", "method"]


class Checklists(Model):
    """The content of checklists.yaml. The words of each entry are in languages/checklists, one file per language.

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
