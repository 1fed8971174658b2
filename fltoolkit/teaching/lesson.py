"""Reads the exercises of the lessons, and checks answers. The exercises are in `lessons/*.yaml`. The reply to
an answer says that it is right, or gives a hint. The hint never contains the right answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from fltoolkit.errors import RequestError
from fltoolkit.run.jupyter import load_ipython_extension
from fltoolkit.show.explore.explorer_controls import with_controls
from fltoolkit.show.wording.section_words import Words
from fltoolkit.teaching.question_controls import choice, number_field
from fltoolkit.teaching.true_answers import TRUTHS, truth
from fltoolkit.yaml_files.loading import Code, Model, load_shipped, load_yaml

LESSONS = Path(__file__).parent / "lessons"
# How near an answer must be, relative to the right number. Two digits are enough for a calculation; redraws
# vary by chance.
TOLERANCES = {"counted": 0.0, "worked out": 0.03, "redrawn": 0.06}
WRITTEN = 0.005  # the same for a usual mistake that a lesson gives as a number: 97 is not 95
RATES = (
    "%",
    "of 100",
    "per 1,000",
)  # learners often use another of these units, so their number is too large or small
SCALES = (10, 100, 1000)  # by one of these factors. Persons and times have only one unit
QUOTES = " \"'`“”„‘’‚«»‹›"
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?", re.I)


class Exercise(Model):
    """One question of a lesson, with its right answer and the hints for wrong answers.

    Attributes:
        right: the right answer: one of `choices`, a number, or the name of a number in `true_answers`.
        found: the way in which a learner finds the number. It decides how near the answer must be.
        mistakes: the result of a usual mistake (in the form of `right`), and the hint for it.
        hint: the hint for every other wrong answer.
        why: the explanation after a right answer.
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
        """Returns whether an answer to the exercise is right. The answer is in the form that `read`
        returns."""
        return (
            answer == self.right
            if self.choices
            else _is_near(float(answer), truth(self.right), TOLERANCES[self.found])
        )

    def judge(self, answer: str) -> tuple[bool, str]:
        """Returns whether an answer to the exercise is right, and the reply to it. The answer is in the form
        that `read` returns."""
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
            if _is_near(value, truth(name), TOLERANCES["worked out"] if name in TRUTHS else WRITTEN):
                return hint
        return ""

    def read(self, answer: object) -> str | None:
        """Returns the answer of a learner in the form in which it is judged. This form is a choice, or a
        number as text: for `17,2 per 1,000 adults` it is `17.2`. Returns None if the answer is neither.

        The function accepts quotes, unusual spaces, the question's own unit, a decimal comma and, for
        persons, commas between thousands.
        """
        words = {"True": "yes", "False": "no"}.get(str(answer), str(answer))
        text = " ".join(words.split()).strip(QUOTES).rstrip(".").strip(QUOTES)
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
        return f"one of: {'; '.join(self.choices)}" if self.choices else f"a number ({self.unit})"


def _is_near(value: float, wanted: float, tolerance: float) -> bool:
    return abs(value - wanted) <= tolerance * abs(wanted) + 1e-9


def _letters(unit: str) -> str:
    """Returns a unit without spaces, commas and points, which people write in several ways:
    `per1000adults`."""
    return re.sub(r"[\s,.]", "", unit).casefold()


class Sheet(Model):
    """All exercises of one lesson, in order, as read from its YAML file."""

    exercises: dict[Code, Exercise]


@dataclass(frozen=True)
class Lesson:
    """A lesson's exercises and the progress of a learner.

    Attributes:
        exercises: the exercises, by name.
        answers: answers from a YAML file, by exercise. They are checked if the learner does not answer with
            controls.
        interactive: whether the learner answers with controls.
        right: whether the last answer was right, by exercise.
        changes: functions that are called after each answer, so that the score is shown again.
    """

    exercises: Mapping[str, Exercise]
    answers: Mapping[str, object]
    interactive: bool = False
    right: dict[str, bool] = field(default_factory=dict)
    changes: list[Callable[[], None]] = field(default_factory=list)

    def exercise(self, name: str) -> Any:
        """Show the question. Below it is the control with which a learner answers, or the reply. The function
        `ask` shows only the question, and `answer` shows only the control or the reply.

        Raises:
            RequestError: the lesson has no such exercise.
        """
        from IPython.display import display

        offered = self.interactive and self._exercise(name).choices  # the control shows the choices
        display(Words(self._question(name)) if offered else self.ask(name))
        return self.answer(name)

    def ask(self, name: str) -> Words:
        """Returns the text of a question, with a note on the kind of answer that it needs (a choice, or a
        number and its unit)."""
        return Words(f"{self._question(name)}\n\n*Answer with {self._exercise(name).asks_for}.*")

    def _question(self, name: str) -> str:
        question = self._exercise(name).question
        return f"**Exercise {list(self.exercises).index(name) + 1}.** {question}"

    def answer(self, name: str) -> Any:
        """Returns the control with which a learner answers, with the reply below it. If the lesson is not
        interactive, returns only the reply to the answer in the YAML file of answers.

        A choice is judged when it is clicked. A number is judged when Enter is pressed or the field is left.

        Raises:
            RequestError: the lesson has no such exercise.
        """
        if not self.interactive:
            return self.check(name)
        exercise, given = self._exercise(name), self.answers.get(name)
        start = None if given is None else exercise.read(given)
        control = (
            number_field(exercise.unit, start) if not exercise.choices else choice(exercise.choices, start)
        )

        def reply() -> tuple[Words]:
            feedback = self.check(name, control.value or None)
            for changed in self.changes:
                changed()
            return (feedback,)

        return with_controls([control], reply)

    def check(self, name: str, answer: object = None) -> Words:
        """Returns the reply to a learner's answer. It says that the answer is right, and why, or it gives a
        hint.

        If `answer` is None, the answer in the YAML file of answers is checked. If the file also has no
        answer, the reply says that the exercise is not answered yet.
        """
        exercise = self._exercise(name)
        answer = self.answers.get(name) if answer is None else answer
        if answer is None:
            self.right.pop(name, None)
            return Words("Not answered yet.")
        read = exercise.read(answer)
        self.right[name], feedback = (
            exercise.judge(read) if read is not None else (False, f"Answer with {exercise.asks_for}.")
        )
        return Words(f"**{'Right.' if self.right[name] else 'Not yet.'}** {feedback}")

    def score(self) -> Any:
        """Returns a text with the number of right answers, and with the exercises that are not solved yet. In
        an interactive lesson it changes after every answer.
        """
        return self.follow(self._score)

    def follow(self, view: Callable[[], Any]) -> Any:
        """Returns the text or table that `view` returns. In an interactive lesson, `view` is called and shown
        again after every answer."""
        return with_controls([], lambda: (view(),), changes=self.changes) if self.interactive else view()

    def _score(self) -> Words:
        still = [str(i) for i, name in enumerate(self.exercises, 1) if not self.right.get(name)]
        open_exercises = f" Still open: exercise {', '.join(still)}." if still else ""
        return Words(
            f"**{len(self.exercises) - len(still)} of {len(self.exercises)} right.**{open_exercises}"
        )

    def _exercise(self, name: str) -> Exercise:
        if name not in self.exercises:
            raise RequestError("no such exercise", found=name, allowed=list(self.exercises))
        return self.exercises[name]


def lesson(name: str, answers: str = "", *, interactive: bool = False) -> Lesson:
    """Returns the exercises of the lesson that belongs to a notebook.

    Args:
        name: the name of the notebook.
        answers: the path of a YAML file of answers by exercise (`notebooks/teaching/answers`); "" for none.
        interactive: whether there is a control under each question.

    Raises:
        SpecError, RequestError: there is no such lesson; the file is not YAML, or answers a question that
            does not exist.
    """
    from IPython import get_ipython

    found = load_shipped(LESSONS, name, Sheet, "lesson").exercises
    given = load_yaml(Path(answers)) if answers else {}
    if strangers := [key for key in given if key not in found]:
        raise RequestError(
            "the file answers unknown exercises", where=answers, found=strangers, allowed=list(found)
        )
    if interactive and (notebook := get_ipython()):  # in a class, the kernel has done so already
        load_ipython_extension(notebook)
    return Lesson(found, given, interactive)
