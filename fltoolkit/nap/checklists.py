"""The ILO toolkit's checklists, as checklists.yaml says them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from fltoolkit.survey.spec.groups import Name
from fltoolkit.yaml_files.loading import Model, Names, load_model


class ChecklistQuestion(Model):
    """One line of a checklist; `evidence` says what the survey can put beside it."""

    id: Name
    tool: int
    section: str
    question: str
    evidence: Names = ()


class Link(Model):
    """How forced labour is linked to targets of the Sustainable Development Goals."""

    target: str
    link: str


class Meaning(Model):
    """What a word means, and where that is laid down."""

    section: str
    term: str
    meaning: str
    source: str = ""


class Checklists(Model):
    """The whole of checklists.yaml."""

    source: str
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
