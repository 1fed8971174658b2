"""The checklists of the ILO toolkit, and the sheet of the workbook on which each stands. Their words are in languages/checklists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.groups import Name
from fltoolkit.yaml_files.loading import Model, Names, load_model


class ChecklistQuestion(Model):
    """One line of a checklist. `evidence` names what the survey can contribute. The words are `checklists.questions.<id>` of a
    language.
    """

    id: Name
    tool: int
    section: Name
    evidence: Names = ()


class Link(Model):
    """How forced labour is linked to targets of the Sustainable Development Goals; in words, `checklists.sdg.<id>`."""

    id: Name
    target: str


class Meaning(Model):
    """A word to be explained; what it means and where that is laid down is `checklists.definitions.<id>`."""

    id: Name
    kind: Literal["definition", "measure", "method"]


class Checklists(Model):
    """The content of checklists.yaml: the questions in order. Their words stand in languages/checklists, one file per language."""

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
        """The questions of a tool, in order."""
        return [q for q in self.questions if q.tool == tool]


@cache
def checklists() -> Checklists:
    """The checklists that the kit ships."""
    return load_model(Path(__file__).with_name("checklists.yaml"), Checklists)
