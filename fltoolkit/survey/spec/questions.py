"""What was asked, as survey.yaml maps it: each question's column, codes and routing, and what the questions are about."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

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


def refuse_double_codes(model: Model, *kinds: str) -> None:
    """A code stands under one of the keys `kinds` only. Raises `ValueError` naming the code and both keys."""
    seen: dict[str, str] = {}
    for kind in kinds:
        for code in getattr(model, kind):
            if code in seen:
                raise ValueError(f"code {code} means both {seen[code]} and {kind}; it can mean only one")
            seen[code] = kind


class Routing(Model):
    """Who is asked a question: those whose answer to `column` is in `asked`; a skip by those in `skipped` means no.

    Of several columns one answer in `asked` is enough; only a skip by those whose every answer is in `skipped` means no.
    """

    column: Annotated[Names, Field(min_length=1)]
    asked: Annotated[Codes, Field(min_length=1)]
    skipped: Codes

    @model_validator(mode="after")
    def _asked_or_skipped(self) -> Routing:
        refuse_double_codes(self, "asked", "skipped")
        return self


class AnswerCodes(Model):
    """The codes of a yes/no question. A blank cell is always a missing answer and needs no code."""

    yes: Annotated[Codes, Field(min_length=1)] = ("1",)
    no: Codes = ("2",)
    dont_know: Codes = ()
    refused: Codes = ()
    not_applicable: Codes = ()
    not_applicable_means: Literal["no", "unresolved"] | None = None

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> AnswerCodes:
        refuse_double_codes(self, "yes", "no", "dont_know", "refused", "not_applicable")
        if self.not_applicable and self.not_applicable_means is None:
            raise ValueError("not_applicable has codes: say not_applicable_means: no or unresolved")
        return self


class Source(Model):
    """One question that feeds an item. Codes left out are those of `answers`."""

    column: str
    yes: Annotated[Codes, Field(min_length=1)] | None = None
    no: Codes | None = None
    dont_know: Codes | None = None
    refused: Codes | None = None
    not_applicable: Codes | None = None
    not_applicable_means: Literal["no", "unresolved"] | None = None
    mode: Literal["experienced", "threatened", "witnessed"] = "experienced"
    stage: Stage | None = None
    detail: str = ""
    label: str = ""
    routing: Routing | None = None

    def codes(self, default: AnswerCodes) -> AnswerCodes:
        """The codes of this question: its own, and those of `answers` for the rest."""
        own = {k: v for k in AnswerCodes.model_fields if (v := getattr(self, k)) is not None}
        return AnswerCodes.model_validate({**default.model_dump(), **own})


def _one_or_many(value: object) -> object:
    many = value if isinstance(value, list) else [value]
    return [{"column": question} if isinstance(question, str) else question for question in many]


Sources = Annotated[tuple[Source, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


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


class Episodes(Model):
    """How coercion is tied to the involuntary work (para 6c): by a question, by episodes, or only assumed."""

    same_work: Sources | Literal["assumed"] | None = None
    wide: Names = ()
    exists: Sources | None = None
    long: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Episodes:
        if sum((self.same_work is not None, bool(self.wide), self.long)) != 1:
            raise ValueError("give exactly one of same_work (a question, or assumed), wide (episode labels), long: true")
        if len(set(self.wide)) < len(self.wide) or not all(label.strip() for label in self.wide):
            raise ValueError("wide: give each episode one label, none of them blank")
        return self


class Months(Model):
    """Months in forced labour within the reference period."""

    column: str
    covers: Literal["all_spells", "last_spell"]
    missing: Codes = ()


class Items(Model):
    """The questions of each side, by the item that they ask about. Without one on a side nobody could be in forced labour."""

    involuntary: Annotated[dict[InvoluntaryItem, Sources], Field(min_length=1)]
    coercion: Annotated[dict[CoercionItem, Sources], Field(min_length=1)]


class InterviewMode(Model):
    """How the interview was held: the codes of a column, each with its mode in words (`face to face`, `telephone`)."""

    column: str
    codes: Annotated[dict[Code, str], Field(min_length=1)]
    missing: Codes = ()


class Interview(Model):
    """Conditions of the interview that bear on the answers."""

    proxy: Sources | None = None
    alone: Sources | None = None
    mode: InterviewMode | None = None
