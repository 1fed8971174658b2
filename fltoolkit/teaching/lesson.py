"""Exercises are data (`lessons/*.yaml`); a check says right, or gives a hint, which never names the number or the choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from fltoolkit.errors import FltoolkitError, RequestError
from fltoolkit.show.explore.explorer_controls import shell
from fltoolkit.show.wording.section_words import Words
from fltoolkit.teaching.answer_controls import choice, number_field
from fltoolkit.teaching.true_answers import TRUTHS, truth
from fltoolkit.yaml_files.loading import Code, Model, load_shipped, load_yaml

LESSONS = Path(__file__).parent / "lessons"
# How near an answer must be, relative to what is right: two digits are enough for what is worked out; redraws have luck of their own.
TOLERANCES = {"counted": 0.0, "worked out": 0.03, "redrawn": 0.06}
WRITTEN = 0.005  # how near an answer is to a usual mistake that is written out as a number: 97 is no 95
RATES = ("%", "of 100", "per 1,000")  # units for which another is often taken, which is so many times as large or small;
SCALES = (10, 100, 1000)  # persons and times have no other
QUOTES = " \"'`“”„‘’‚«»‹›"
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?", re.I)


class Exercise(Model):
    """One question.

    `right`: one of `choices`; or a number, or the name of one in `true_answers`. `found`: how a learner comes by the number, which says how near
    it must be. `mistakes`: what a usual wrong way gives (as `right`), and the hint for it. `hint`: for every other wrong answer. `why`: told
    once it is right.
    """

    question: str
    right: Code
    hint: str
    why: str
    unit: str = ""
    choices: tuple[Code, ...] = ()
    found: Literal["counted", "worked out", "redrawn"] = "worked out"
    mistakes: dict[Code, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Exercise:
        for name in (self.right, *self.mistakes):
            if self.choices and name not in self.choices:
                raise ValueError(f"{name} is none of the choices")
            if not self.choices:
                truth(name)
        return self

    def met(self, answer: str) -> bool:
        """Whether an answer, as it was read, is right."""
        return answer == self.right if self.choices else _near(float(answer), truth(self.right), TOLERANCES[self.found])

    def judge(self, answer: str) -> tuple[bool, str]:
        """Whether an answer, as it was read, is right, and what is said."""
        if self.met(answer):
            return True, self.why
        if self.choices:
            return False, self.mistakes.get(answer, self.hint)
        value = float(answer)
        others = [k for n in SCALES for k in (n, 1 / n)] if self.unit.startswith(RATES) else []
        if hint := self._of_mistake(value):
            return False, hint
        if any(self.met(str(value * k)) for k in others):
            return False, f"The digits are good. Look at the unit: {self.unit}."
        return False, next((hint for k in others if (hint := self._of_mistake(value * k))), self.hint)

    def _of_mistake(self, value: float) -> str:
        for name, hint in self.mistakes.items():
            if _near(value, truth(name), TOLERANCES["worked out"] if name in TRUTHS else WRITTEN):
                return hint
        return ""

    def read(self, answer: object) -> str | None:
        """An answer as it was typed, in the form in which it is judged; None if it is none.

        Quotes, unusual spaces, the question's own unit, a decimal comma and, of persons, commas between thousands are all understood.
        """
        said = {"True": "yes", "False": "no"}.get(str(answer), str(answer))
        text = " ".join(said.split()).strip(QUOTES).rstrip(".").strip(QUOTES)
        if self.choices:
            return next((choice for choice in self.choices if choice.casefold() == text.casefold()), None)
        between = "[ ,]" if self.unit.startswith("persons") else " "
        text = re.sub(rf"(?<=\d){between}(?=\d{{3}}\b)", "", text.replace("−", "-"))
        number = NUMBER.match(text)
        unit = _letters(text[number.end() :]) if number else ""
        if number is None or not (unit in ("%", "‰") or _letters(self.unit).startswith(unit)):
            return None
        return str(float(number[0].replace(",", ".")))

    @property
    def asks_for(self) -> str:
        return f"one of: {'; '.join(f'`{c}`' for c in self.choices)}" if self.choices else f"a number ({self.unit})"


def _near(value: float, wanted: float, tolerance: float) -> bool:
    return abs(value - wanted) <= tolerance * abs(wanted) + 1e-9


def _letters(unit: str) -> str:
    """A unit without what people write in several ways: `per 1,000 adults` as `per1000adults`."""
    return re.sub(r"[\s,.]", "", unit).casefold()


class Sheet(Model):
    """All exercises of a lesson, in order."""

    exercises: dict[Code, Exercise]


@dataclass(frozen=True)
class Lesson:
    """A lesson's exercises and how far a learner has come.

    `answers` come from a file, by exercise. With `interactive` a learner answers by a control. `right` says, by exercise, whether
    the last answer was right. `changes` are called after each answer, so that what shows the score follows.
    """

    exercises: Mapping[str, Exercise]
    answers: Mapping[str, object]
    interactive: bool = False
    right: dict[str, bool] = field(default_factory=dict)
    changes: list[Callable[[], None]] = field(default_factory=list)

    def ask(self, name: str) -> Words:
        """The question, and what kind of answer it wants."""
        found = self.exercise(name)
        return Words(f"**Exercise {list(self.exercises).index(name) + 1}.** {found.question}\n\n*Answer with {found.asks_for}.*")

    def answer(self, name: str) -> Any:
        """Where a learner answers: a control with the reply below it; without interaction, the reply to the file's answer.

        A choice is judged when it is clicked, a number when Enter is pressed or the field is left.

        Raises:
            RequestError: the lesson has no such exercise.
        """
        if not self.interactive:
            return self.check(name)
        exercise, given = self.exercise(name), self.answers.get(name)
        start = None if given is None else exercise.read(given)
        control = number_field(exercise.unit, start) if not exercise.choices else choice(exercise.choices, start)

        def reply() -> tuple[Words]:
            told = self.check(name, control.value or None)
            for changed in self.changes:
                changed()
            return (told,)

        return shell([control], reply)

    def check(self, name: str, answer: object = None) -> Words:
        """Right, with the reason; or a hint. None: the answer of the file, if there is one."""
        exercise = self.exercise(name)
        answer = self.answers.get(name) if answer is None else answer
        if answer is None:
            self.right.pop(name, None)
            return Words("Not answered yet.")
        read = exercise.read(answer)
        self.right[name], told = exercise.judge(read) if read is not None else (False, f"Answer with {exercise.asks_for}.")
        return Words(f"**{'Right.' if self.right[name] else 'Not yet.'}** {told}")

    def score(self) -> Any:
        """How many are right, and which are still open; with interaction it follows every answer."""
        return self.follow(self._score)

    def follow(self, view: Callable[[], Any]) -> Any:
        """What `view` gives; with interaction it is shown anew after every answer."""
        return shell([], lambda: (view(),), changes=self.changes) if self.interactive else view()

    def _score(self) -> Words:
        still = [str(i) for i, name in enumerate(self.exercises, 1) if not self.right.get(name)]
        told = f" Still open: exercise {', '.join(still)}." if still else ""
        return Words(f"**{len(self.exercises) - len(still)} of {len(self.exercises)} right.**{told}")

    def exercise(self, name: str) -> Exercise:
        """One exercise.

        Raises:
            RequestError: the lesson has none of that name.
        """
        if name not in self.exercises:
            raise RequestError("no such exercise", found=name, allowed=list(self.exercises))
        return self.exercises[name]


def lesson(name: str, answers: str = "", *, interactive: bool = False) -> Lesson:
    """A lesson by the name of its notebook.

    Args:
        answers: the path of a YAML file of answers by exercise (`notebooks/teaching/answers`); "" for none.
        interactive: whether there is a control under each question.

    Raises:
        SpecError, RequestError: there is no such lesson; the file is no YAML, or answers what was not asked.
    """
    found = load_shipped(LESSONS, name, Sheet, "lesson").exercises
    given = load_yaml(Path(answers)) if answers else {}
    if strangers := [key for key in given if key not in found]:
        raise RequestError("the file answers what was not asked", where=answers, found=strangers, allowed=list(found))
    if interactive:
        _tell_errors_kindly()
    return Lesson(found, given, interactive)


def _tell_errors_kindly() -> None:
    """From now on, a cell of this notebook that fails says what was wrong in words, without the lines of code that it went through."""
    from IPython import get_ipython
    from IPython.display import display

    def told(
        shell: object, kind: type[BaseException], error: BaseException, trace: object, tb_offset: int | None = None
    ) -> list[str]:
        why = str(error) if isinstance(error, FltoolkitError) else f"{kind.__name__}: {error}"
        display(
            Words(
                f"**This part did not work.** All other parts work all the same; go on, or ask for help.\n\n```text\n{why}\n```"
            )
        )
        return [why]

    if notebook := get_ipython():
        notebook.set_custom_exc((Exception,), told)
