"""Exercises are data (`lessons/*.yaml`); a check says right, or gives a hint, and never the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, model_validator

from fltoolkit.errors import RequestError
from fltoolkit.show.words import Words
from fltoolkit.teaching.truths import truth
from fltoolkit.yamlfile import Code, Model, load_shipped, load_yaml

LESSONS = Path(__file__).parent / "lessons"
UNITS = (10, 100, 1000)  # by how much an answer is often out: %, per 1,000, proportions
MISTAKEN = 0.03  # how near an answer is to a usual mistake that is taken for it


class Exercise(Model):
    """One question.

    `right`: one of `choices`; or a number, or the name of one in `truths`, met within `tolerance` (relative). `mistakes`: what a usual
    wrong way gives (as `right`), and the hint for it. `hint`: for every other wrong answer. `why`: told once it is right.
    """

    question: str
    right: Code
    hint: str
    why: str
    unit: str = ""
    choices: tuple[Code, ...] = ()
    tolerance: float = 0.02
    mistakes: dict[Code, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Exercise:
        for name in (self.right, *self.mistakes):
            if self.choices and name not in self.choices:
                raise ValueError(f"{name} is none of the choices")
            if not self.choices:
                truth(name)
        return self

    def near(self, answer: str, name: str, tolerance: float) -> bool:
        """Whether an answer is the one of that name."""
        if self.choices:
            return answer.casefold() == name.casefold()
        return abs(float(answer) - truth(name)) <= tolerance * abs(truth(name)) + 1e-9

    def met(self, answer: str) -> bool:
        """Whether it is right."""
        return self.near(answer, self.right, self.tolerance)

    def judge(self, answer: str) -> tuple[bool, str]:
        """Whether it is right, and what is said."""
        if self.met(answer):
            return True, self.why
        for name, hint in self.mistakes.items():
            if self.near(answer, name, min(self.tolerance, MISTAKEN)):
                return False, hint
        if not self.choices and any(self.met(str(float(answer) * k)) for n in UNITS for k in (n, 1 / n)):
            return False, f"The digits are good. Look at the unit: {self.unit}."
        return False, self.hint

    def read(self, answer: object) -> str | None:
        """An answer as it was typed, in the form in which it is judged; None if it is none."""
        text = str(answer).strip().removesuffix("%").strip()
        if self.choices:
            return text if text.casefold() in {c.casefold() for c in self.choices} else None
        try:
            return str(float(re.sub(r",(?=\d{3}\b)", "", text).replace(",", ".")))
        except ValueError:
            return None

    @property
    def asks_for(self) -> str:
        return f"one of: {'; '.join(f'`{c}`' for c in self.choices)}" if self.choices else f"a number ({self.unit})"


class Sheet(Model):
    """All exercises of a lesson, in order."""

    exercises: dict[Code, Exercise]


@dataclass(frozen=True)
class Lesson:
    """A lesson's exercises, what was answered so far (`right`, by exercise), and `answers` given in a file."""

    exercises: Mapping[str, Exercise]
    answers: Mapping[str, object]
    right: dict[str, bool] = field(default_factory=dict)

    def ask(self, name: str) -> Words:
        """The question, and what kind of answer it wants."""
        found = self._exercise(name)
        return Words(f"**Exercise {list(self.exercises).index(name) + 1}.** {found.question}\n\n*Answer with {found.asks_for}.*")

    def check(self, name: str, answer: object = None) -> Words:
        """Right, with the reason; or a hint. None: the answer of the file, if there is one."""
        exercise = self._exercise(name)
        answer = self.answers.get(name) if answer is None else answer
        if answer is None:
            self.right.pop(name, None)
            return Words("Not answered yet.")
        read = exercise.read(answer)
        self.right[name], told = exercise.judge(read) if read is not None else (False, f"Answer with {exercise.asks_for}.")
        return Words(f"**{'Right.' if self.right[name] else 'Not yet.'}** {told}")

    def score(self) -> Words:
        """How many are right, and which are still open."""
        still = [str(i) for i, name in enumerate(self.exercises, 1) if not self.right.get(name)]
        told = f" Still open: exercise {', '.join(still)}." if still else ""
        return Words(f"**{len(self.exercises) - len(still)} of {len(self.exercises)} right.**{told}")

    def _exercise(self, name: str) -> Exercise:
        if name not in self.exercises:
            raise RequestError("no such exercise", found=name, allowed=list(self.exercises))
        return self.exercises[name]


def lesson(name: str, answers: str = "") -> Lesson:
    """A lesson by the name of its notebook.

    Args:
        answers: the path of a YAML file of answers by exercise (`notebooks/teaching/answers`); "" for none.

    Raises:
        SpecError, RequestError: there is no such lesson; the file is no YAML, or answers what was not asked.
    """
    found = load_shipped(LESSONS, name, Sheet, "lesson").exercises
    given = load_yaml(Path(answers)) if answers else {}
    if strangers := [key for key in given if key not in found]:
        raise RequestError("the file answers what was not asked", where=answers, found=strangers, allowed=list(found))
    return Lesson(found, given)
