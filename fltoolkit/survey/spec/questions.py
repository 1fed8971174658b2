"""The part of survey.yaml about questions: the column, codes and routing of each, and the item that it measures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.languages.own_text import NO_WORKING_TEXT, OwnText, WorkingText
from fltoolkit.survey.spec.routing import Routing
from fltoolkit.yaml_files.distinct_codes import refuse_double_codes
from fltoolkit.yaml_files.editor_schema import ELEMENT, TEXT, Instead
from fltoolkit.yaml_files.loading import Code, Codes, Model, Names

InvoluntaryItem = Literal[
    "unfree_recruitment", "different_job", "unagreed_overtime", "hazardous_work", "very_low_or_no_wages",
    "degrading_living_conditions", "other_employers", "longer_than_agreed", "no_freedom_to_leave",
    "other_without_consent",
]  # fmt: skip
CoercionItem = Literal[
    "threats_or_violence", "restricted_movement", "debt_bondage", "withheld_wages", "withheld_documents",
    "abuse_of_vulnerability", "other_penalty",
]  # fmt: skip
ExceptionKind = Literal["military_conscription", "civic_obligations", "convict_labour", "emergencies", "minor_communal_services"]
Stage = Literal["recruitment", "work", "leaving"]
STAGES: tuple[Stage, ...] = get_args(Stage)
FORMS = ("state_imposed", "forced_labour_exploitation", "forced_commercial_sexual_exploitation")


class Age(Model):
    """Age in completed years at interview. Below `adult` a person is a child, and the definition is that of children.

    Where `at_start` names a column with the age at the start of the work, that age decides instead, episode by episode.
    """

    column: str
    missing: Codes = ()
    max: Annotated[int, Field(gt=0)] = 120
    adult: Annotated[int, Field(gt=0)] = 18
    at_start: str | None = None


class ReferencePeriod(Model):
    """The window the questions look back over; every figure names it (para 6a)."""

    months: Annotated[int, Field(gt=0)]
    text: OwnText
    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ReferencePeriod:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end ({self.end}) is before start ({self.start})")
        return self


class AnswerCodes(Model):
    """The codes of a yes/no question. A blank cell is always a missing answer and needs no code; codes of `missing` are as blank."""

    yes: Annotated[Codes, Field(min_length=1)] = ("1",)
    no: Codes = ("2",)
    dont_know: Codes = ()
    refused: Codes = ()
    not_applicable: Codes = ()
    not_applicable_means: Literal["no", "unresolved"] | None = None
    missing: Codes = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every code that has a meaning."""
        return (*self.yes, *self.no, *self.dont_know, *self.refused, *self.not_applicable, *self.missing)

    @model_validator(mode="before")
    @classmethod
    def _no_blank_of_all(cls, given: object) -> object:
        if isinstance(given, dict) and "blank" in given:
            raise ValueError("blank: no is said of one question, with why:, never of all; take it out of answers")
        return given

    @property
    def meaning_no(self) -> tuple[str, ...]:
        """The codes that say no."""
        return (*self.no, *(self.not_applicable if self.not_applicable_means == "no" else ()))

    @property
    def meaning_unresolved(self) -> tuple[str, ...]:
        """The codes that leave the question open."""
        return (*self.dont_know, *self.refused, *(self.not_applicable if self.not_applicable_means == "unresolved" else ()))

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> AnswerCodes:
        refuse_double_codes(self, "yes", "no", "dont_know", "refused", "not_applicable", "missing")
        if self.not_applicable and self.not_applicable_means is None:
            raise ValueError("not_applicable has codes: say not_applicable_means: no or unresolved")
        return self


class Source(Model):
    """One question that feeds an item. Codes left out are those of `answers`.

    `contains`: the column holds the codes of all options that were ticked, in one text; this is yes if one of these is among them.
    `separator`: what stands between them; left out, it is a blank, comma, semicolon or upright stroke. `blank`: a blank means no, and
    `why`; `if_ticked`: only where one of these columns, the other options of one question, holds a code of yes.
    """

    column: str
    yes: Annotated[Codes, Field(min_length=1)] | None = None
    no: Codes | None = None
    dont_know: Codes | None = None
    refused: Codes | None = None
    not_applicable: Codes | None = None
    not_applicable_means: Literal["no", "unresolved"] | None = None
    missing: Codes | None = None
    contains: Annotated[Codes, Field(min_length=1)] | None = None
    separator: str | None = None
    blank: Literal["no"] | None = None
    if_ticked: Names = ()
    why: str = ""
    mode: Literal["experienced", "threatened", "witnessed"] = "experienced"
    stage: Stage | None = None
    detail: WorkingText = NO_WORKING_TEXT
    label: WorkingText = NO_WORKING_TEXT
    routing: Routing | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Source:
        if self.contains and self.yes:
            raise ValueError("contains stands in place of yes: give one of the two")
        if self.separator is not None and not self.contains:
            raise ValueError("separator is of a column with several codes: it goes with contains")
        if self.separator is not None and (not self.separator or any(c.isalnum() for c in self.separator)):
            raise ValueError('separator may hold no letter and no digit; write it in quotes, as ";" or " "')
        if self.blank and not (self.why.strip() or self.if_ticked):
            raise ValueError("blank: no needs why: (who leaves the question blank, and how one knows), or if_ticked")
        if not self.blank and (self.why or self.if_ticked):
            raise ValueError("why and if_ticked go with blank: no")
        if self.column in self.if_ticked:
            raise ValueError(f"if_ticked names the other options, not {self.column} itself")
        return self

    @property
    def gates(self) -> tuple[Routing, ...]:
        """Every single gate before this question; none without routing."""
        return tuple(self.routing.gates()) if self.routing else ()

    @property
    def gate_columns(self) -> tuple[str, ...]:
        """The columns of its gates."""
        return tuple(self.routing.columns()) if self.routing else ()

    def codes(self, default: AnswerCodes) -> AnswerCodes:
        """The codes of this question: its own, and those of `answers` for the rest. Options that were ticked have codes of their own: of
        them no other yes and no holds."""
        own = {k: v for k in AnswerCodes.model_fields if (v := getattr(self, k)) is not None}
        if self.contains:
            own |= {"yes": self.contains, "no": self.no or ()}
        return AnswerCodes.model_validate({**default.model_dump(), **own})


def _one_or_many(value: object) -> object:
    many = value if isinstance(value, list) else [value]
    return [{"column": question} if isinstance(question, str) else question for question in many]


QUESTIONS = Instead((ELEMENT, TEXT))  # a column's name by itself is a question
Sources = Annotated[tuple[Source, ...], BeforeValidator(_one_or_many), Field(min_length=1), QUESTIONS]


class Form(Model):
    """Who imposed the work (docs/methods.md §1)."""

    column: str
    state_imposed: Codes = ()
    forced_labour_exploitation: Codes = ()
    forced_commercial_sexual_exploitation: Codes = ()
    missing: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> Form:
        refuse_double_codes(self, *FORMS, "missing")
        return self


class Exceptions(Model):
    """C29 Art. 2(2): inside their limits not forced labour, beyond them State-imposed forced labour."""

    kinds: Annotated[dict[ExceptionKind, Sources], Field(min_length=1)]
    within_limits: Sources


class Place(Model):
    """Where the work was done; forced labour abroad is shown apart."""

    column: str
    in_country: Annotated[Codes, Field(min_length=1)]
    abroad: Annotated[Codes, Field(min_length=1)]
    missing: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> Place:
        refuse_double_codes(self, "in_country", "abroad", "missing")
        return self


class NumberOfEpisodes(Model):
    """A column with the number of episodes of work of a person: the first so many of `wide` exist. `missing`: its codes of no answer."""

    number: str
    missing: Codes = ()


def _number_or_questions(value: object) -> object:
    return value if isinstance(value, dict) and "number" in value else _one_or_many(value)


class Episodes(Model):
    """How coercion is tied to the involuntary work (para 6c): by a question, by episodes, or only assumed."""

    same_work: Sources | Literal["assumed"] | None = None
    wide: Names = ()
    exists: Annotated[
        NumberOfEpisodes | Annotated[tuple[Source, ...], Field(min_length=1), QUESTIONS] | None,
        BeforeValidator(_number_or_questions),
    ] = None
    long: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Episodes:
        if sum((self.same_work is not None, bool(self.wide), self.long)) != 1:
            raise ValueError("give exactly one of same_work (a question, or assumed), wide (episode labels), long: true")
        if len(set(self.wide)) < len(self.wide) or not all(label.strip() for label in self.wide):
            raise ValueError("wide: give each episode one label, none of them blank")
        if self.counted and not self.wide:
            raise ValueError("exists.number counts the episodes that wide names; of rows of episodes leave it out")
        if self.counted and "{episode}" in self.counted.number:
            raise ValueError("exists.number is one column of the person, without {episode}")
        return self

    @property
    def counted(self) -> NumberOfEpisodes | None:
        """The number of episodes, where `exists` is one."""
        return self.exists if isinstance(self.exists, NumberOfEpisodes) else None

    @property
    def exist_questions(self) -> Sources:
        """The questions whether an episode exists. Empty if a number of episodes is asked, or if all exist."""
        return self.exists if isinstance(self.exists, tuple) else ()


class Months(Model):
    """Months in forced labour within the reference period.

    `bands`: the lower limits of the bands in which a profile of the cases shows them; the first band is below the first limit.
    """

    column: str
    covers: Literal["all_spells", "last_spell"]
    missing: Codes = ()
    bands: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)] = (3, 6, 12)

    @model_validator(mode="after")
    def _rising(self) -> Months:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must rise")
        return self


class Items(Model):
    """The questions of each side, by the item that they ask about. Without one on a side nobody could be in forced labour."""

    involuntary: Annotated[dict[InvoluntaryItem, Sources], Field(min_length=1)]
    coercion: Annotated[dict[CoercionItem, Sources], Field(min_length=1)]


class InterviewMode(Model):
    """How the interview was held: the codes of a column, each with its mode in words (`face to face`, `telephone`)."""

    column: str
    codes: Annotated[dict[Code, WorkingText], Field(min_length=1)]
    missing: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> InterviewMode:
        refuse_double_codes(self, "codes", "missing")
        return self


class Interview(Model):
    """Conditions of the interview that bear on the answers."""

    proxy: Sources | None = None
    alone: Sources | None = None
    mode: InterviewMode | None = None
