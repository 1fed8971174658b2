"""Defines the content of a questionnaire.yaml: questions, answers and routing in each language, and the key
of survey.yaml for each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from fltoolkit.survey.spec.questions import AnswerCodes
from fltoolkit.yaml_files.loading import Code, Model, Names

Text = dict[str, str]  # by language
SOME, NONE, UNKNOWN, STOPPED = (
    "1",
    "2",
    "3",
    "4",
)  # values of a gate: yes, no, unclear, or the interview was stopped
REPEATS = {"member", "interview"}  # the form lists all members, then draws some of them for an interview
GO_ON = "1"  # the answer to a section's check with which the section is asked
SINGLE = ("form", "place", "months", "groups", "sectors")  # keys of survey.yaml that take one column


class Choice(Model):
    """One possible answer to a question of a questionnaire.

    Attributes:
        label: the text of the answer in each language.
        means: what the answer means for survey.yaml, such as `yes`.
        mode: whether the person experienced the event of the question, was threatened with it, or witnessed
            it; empty for *experienced*.
        detail: for an answer that means *yes*, a short name of the details that it adds, such as `abduction`.
            survey.yaml repeats it.
    """

    label: Text
    means: str = ""
    mode: str = ""
    detail: str = ""


class Question(Model):
    """A question of a questionnaire, or another row of its form, such as a note or a calculation.

    Args:
        type: the type of the answer. A calculation and a hidden field are never shown.
        choices: the name of the list of answers.
        when: a condition in XPath, in addition to the condition of `gate`.
        gate: names of gates (conditions on earlier questions) or of questions. This question is asked if at
            least one of them does not say *no*.
        sure: whether at least one gate must say *yes* for the question to be asked. Unclear answers are then
            not enough.
        allowed: the answers that the form accepts.
        message: the text that the form shows for any other answer.
        key: the key of survey.yaml for the answer. If it ends in `.*`, the last part of the key is the field
            `means` of each code.
        also: other keys for this question in survey.yaml.
    """

    type: Literal["select", "integer", "text", "note", "calculate", "hidden", "today"] = "select"
    choices: str = ""
    label: Text = Field(default_factory=dict)
    hint: Text = Field(default_factory=dict)
    short: Text = Field(default_factory=dict)
    when: str = ""
    gate: Names = ()
    sure: bool = False
    calculation: str = ""
    allowed: str = ""
    message: Text = Field(default_factory=dict)
    key: str = ""
    also: dict[str, Any] = Field(default_factory=dict)

    @property
    def seen(self) -> bool:
        return self.type not in ("calculate", "hidden", "today")

    @property
    def single(self) -> bool:
        """Returns whether the key of this question in survey.yaml takes a single column, such as the age.
        Other keys take one or more yes/no questions.
        """
        return self.key.split(".")[0] in SINGLE


Questions = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Question]


class Section(Model):
    """Questions of a questionnaire that are asked together.

    Attributes:
        label: the title of the section in each language.
        when: a condition in XPath for asking the section.
        gate: names of gates (conditions on earlier questions). The section is asked if at least one of them
            does not say *no*.
        sure: whether at least one gate must say *yes* for the section to be asked.
        check: whether the interviewer first says if the interview can go on. If it cannot, the section is
            skipped.
        questions: the questions, by name.
    """

    label: Text
    when: str = ""
    gate: Names = ()
    sure: bool = False
    check: bool = False
    questions: Questions


class Check(Model):
    """The question to the interviewer before a section: can the interview go on? It is written like any other
    question. `stop` is the text that the form shows to the interviewer if the interview cannot go on."""

    choices: str
    label: Text
    hint: Text
    stop: Text


class FormName(Model):
    id: str
    version: str


class Questionnaire(Model):
    """The whole content of a questionnaire.yaml, from which the form and the survey.yaml are made.

    Attributes:
        form: the id and the version of the form.
        languages: the name of each language of the form, by its short name.
        title, about: the title and a description of the form, in each language.
        survey: the parts of survey.yaml that do not come from questions.
        choices: the lists of possible answers, by the name of the list.
        check: the question whether the interview can go on.
        gates: conditions on earlier questions. For each gate: the names of the questions and sections on
            which it depends.
        repeats: the titles of the parts of the form that are repeated.
        household, roster, interview: the questions on the dwelling, on each member of the household, and on
            the interview.
        sections: the further questions, in sections.
    """

    form: FormName
    languages: Text
    title: Text
    about: Text
    survey: dict[str, Any]
    choices: dict[str, dict[Code, Choice]]
    check: Check
    gates: dict[str, Names] = Field(default_factory=dict)
    repeats: dict[str, Text]
    household: Questions
    roster: Questions
    interview: Questions
    sections: dict[str, Section]

    @property
    def answers(self) -> AnswerCodes:
        return AnswerCodes.model_validate(self.survey.get("answers", {}))

    def all_questions(self) -> Iterator[tuple[str, Question]]:
        yield from (*self.household.items(), *self.roster.items(), *self.interview.items())
        for section in self.sections.values():
            yield from section.questions.items()

    def section_of(self, name: str) -> Section | None:
        """Returns the section with this name, or the section that contains the question with this name."""
        return next((s for key, s in self.sections.items() if name == key or name in s.questions), None)

    def questions_of_gate(self, gate: str) -> dict[str, Question]:
        """Returns the questions on which a gate depends, by name. A gate is a condition for asking a
        question, made from earlier questions. Questions that have no code for *no* are left out."""
        named: dict[str, Question] = {}
        for name in self.gates[gate]:
            if section := self.section_of(name):
                named |= section.questions if name in self.sections else {name: section.questions[name]}
        return {
            name: question
            for name, question in named.items()
            if question.choices and self.codes_meaning(name, "no")
        }

    def codes_meaning(self, name: str, what: Literal["yes", "no", "not no"]) -> list[str]:
        """Returns the codes of a yes/no question, or of a gate (a condition made from such questions), that
        have one meaning. `what` names the meaning: `yes`, `no`, or `not no` (all codes except those for
        *no*).
        """
        if name in self.gates:
            return {"yes": [SOME], "no": [NONE], "not no": [SOME, UNKNOWN]}[what]
        listed = list(self.choices.get(dict(self.all_questions())[name].choices, {}))
        answers = self.answers
        if what == "no":
            return [code for code in listed if code in answers.no]
        silent = (*answers.no, *(() if what == "not no" else (*answers.dont_know, *answers.refused)))
        return [code for code in listed if code not in silent]

    @model_validator(mode="after")
    def _holds_together(self) -> Questionnaire:
        problems = [*_language_problems(self, self.languages), *self._names(), *self._references()]
        if problems:
            raise ValueError("; ".join(dict.fromkeys(problems)))
        return self

    def _names(self) -> Iterator[str]:
        names = (
            [name for name, _ in self.all_questions()]
            + list(self.gates)
            + list(self.sections)
            + list(REPEATS)
        )
        for name in names:
            if names.count(name) > 1:
                yield f"{name} is the name of two questions, sections or gates"
        if set(self.repeats) != REPEATS:
            yield f"repeats: name {' and '.join(sorted(REPEATS))}"
        for name, question in self.all_questions():
            if question.type == "select" and not question.choices:
                yield f"{name}: say choices, or another type"
            if question.seen and not question.label:
                yield f"{name}: label is required"
        lists = [(name, q.choices) for name, q in self.all_questions() if q.choices] + [
            ("check", self.check.choices)
        ]
        yield from (f"{name}: no list of choices {used}" for name, used in lists if used not in self.choices)

    def _references(self) -> Iterator[str]:
        """Yields a message for each name of a question or gate that does not exist, for example because it
        was removed from the form, and for each gate that cannot be answered *no*."""
        there = {name for name, q in self.all_questions()} | set(self.gates)
        of_section = [(name, s, s.gate) for name, s in self.sections.items()]
        for name, node, gates in [*of_section, *((name, q, q.gate) for name, q in self.all_questions())]:
            texts = str(node.model_dump(exclude={"questions"}))
            named = [r for r in re.findall(r"\$\{(\w+)\}", texts) if r != "member"] + list(gates)
            yield from (f"{name} names {gone}, which is not asked" for gone in named if gone not in there)
            yield from (
                f"{name}: its gate {g} can not say no"
                for g in gates
                if g in there and not self.codes_meaning(g, "no")
            )
        for gate, names in self.gates.items():
            yield from (
                f"gates.{gate} names {gone}, which is not asked"
                for gone in names
                if self.section_of(gone) is None
            )
            if not self.questions_of_gate(gate):
                yield f"gates.{gate} depends on no question that can be answered no"


def _language_problems(node: Any, languages: Text) -> Iterator[str]:
    """Yields a message for each text of a questionnaire that lacks one of the form's languages, or has
    another language. `node` is the questionnaire or a part of it."""
    if isinstance(node, Model):
        for name in type(node).model_fields:
            value = getattr(node, name)
            if (
                name in ("label", "hint", "short", "message", "title", "about", "stop")
                and value
                and set(value) != set(languages)
            ):
                yield (
                    f"{name} has {', '.join(value)}, not {', '.join(languages)}: "
                    f"{next(iter(value.values()))[:60]}"
                )
            elif isinstance(value, (Model, dict)):
                yield from _language_problems(value, languages)
    elif isinstance(node, dict):
        for value in node.values():
            yield from _language_problems(value, languages)
