"""The checklists of the ILO toolkit, and the workbook sheet of each. Their words are in languages/checklists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.groups import Name
from fltoolkit.yaml_files.loading import Model, Names, load_model


class ChecklistQuestion(Model):
    """One line of a checklist. `evidence` names what the survey can contribute.

    The words of the line are under `checklists.questions.<id>` in the files of the languages.
    """

    id: Name
    tool: int
    section: Name
    evidence: Names = ()


class Link(Model):
    """A link between forced labour and targets of the Sustainable Development Goals.

    Its words are under `checklists.sdg.<id>`.
    """

    id: Name
    target: str


class Meaning(Model):
    """A word to be explained. Its meaning and the source of that meaning are under `checklists.definitions.<id>`."""

    id: Name
    kind: Literal["definition", "measure", "method"]


class Checklists(Model):
    """The content of checklists.yaml: the questions in order. Their words are in languages/checklists, one file per language."""

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
        """Returns the questions of one tool, in order."""
        return [q for q in self.questions if q.tool == tool]


@cache
def checklists() -> Checklists:
    """Returns the checklists that the kit ships."""
    return load_model(Path(__file__).with_name("checklists.yaml"), Checklists)
