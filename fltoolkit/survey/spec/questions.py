"""Defines the questions of survey.yaml: their columns, codes and routing, the episodes of work, and the
module on children."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.languages.own_text import NO_WORKING_TEXT, OwnText, WorkingText
from fltoolkit.survey.spec.coded_column import CodedColumn
from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.yaml_files.editor_schema import ELEMENT, TEXT, SimplerForm
from fltoolkit.yaml_files.loading import (
    ONE,
    Code,
    Codes,
    EachOnce,
    Model,
    Names,
    as_entries,
)

InvoluntaryItem = Literal[
    "unfree_recruitment",
    "different_job",
    "unagreed_overtime",
    "hazardous_work",
    "very_low_or_no_wages",
    "degrading_living_conditions",
    "other_employers",
    "longer_than_agreed",
    "no_freedom_to_leave",
    "other_without_consent",
]
CoercionItem = Literal[
    "threats_or_violence",
    "restricted_movement",
    "debt_bondage",
    "withheld_wages",
    "withheld_documents",
    "abuse_of_vulnerability",
    "other_penalty",
]
ExceptionKind = Literal[
    "military_conscription", "civic_obligations", "convict_labour", "emergencies", "minor_communal_services"
]
Stage = Literal["recruitment", "work", "leaving"]
STAGES: tuple[Stage, ...] = get_args(Stage)
OLDEST = 130  # years; an age above it is a code, or in months
LONGEST_PERIOD = 1440  # months; nobody's answers reach further back
FORMS = ("state_imposed", "forced_labour_exploitation", "forced_commercial_sexual_exploitation")
QUESTIONS = SimplerForm((ELEMENT, TEXT))  # the name of a column alone is also accepted as a question
WorstForm = Literal["slavery", "commercial_sexual_exploitation", "illicit_activities"]
S = TypeVar("S")


class Routing(CodedColumn):
    """The rule that says who is asked a question. Answers to earlier questions decide this. Such an earlier
    question is a gate: the question is asked if the gate is open, and skipped if the gate is closed.

    Gates can be joined: with `all`, all gates must be open; with `any`, at least one gate must be open. Both
    can be nested. A single gate has the keys `column`, `asked`, `skipped`, `unknown` and `why`. If a gate has
    several columns, one answer in `asked` opens the gate, and the gate is closed only if the answers in all
    columns are in `skipped`.

    Attributes:
        all, any: a list of gates that are joined.
        column: the column or columns of the earlier question.
        asked: the codes that open the gate.
        skipped: the codes that close the gate. Without it: the `no` codes of the question with this column, or the
            `no` codes of `answers` if there is no such question.
        unknown: codes after which nobody knows whether the question was asked. Codes that are not listed also
            count as unknown.
        why: the reason, if a code of *don't know* or *refused* closes the gate.
    """

    column: Annotated[Names, Field(min_length=1)] | None = None
    asked: Annotated[Codes, Field(min_length=1)] | None = None
    skipped: Codes | None = None
    unknown: Codes = ()
    why: str = ""
    all: Annotated[tuple[Routing, ...], Field(min_length=1), BeforeValidator(as_entries), ONE] | None = None
    any: Annotated[tuple[Routing, ...], Field(min_length=1), BeforeValidator(as_entries), ONE] | None = None
    meanings = ("asked", "skipped", "unknown")

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> Routing:  # in place of the check of the base, which comes last
        if (self.all is not None) + (self.any is not None) + (self.column is not None) != 1:
            raise ValueError(
                "give exactly one of column (a gate), all (every gate must be open), any (one gate must "
                "be open)"
            )
        if self.column is None and (self.asked or self.skipped or self.unknown or self.why):
            raise ValueError(
                "asked, skipped, unknown and why belong to a gate with a column; all and any only "
                "combine gates"
            )
        if self.column is not None and self.asked is None:
            raise ValueError("asked is required with column: the codes of persons who are asked the question")
        return self.refuse_double_codes()

    @property
    def joined(self) -> tuple[Routing, ...]:
        """Returns the routings that `all` or `any` joins. The result is empty if the routing is a single gate
        (an earlier question that decides whether another is asked)."""
        return self.all or self.any or ()

    def gates(self) -> Iterator[Routing]:
        """Yields each single gate of a routing, also those within `all` and `any`. A gate is one earlier
        question, with the codes that decide whether the next question is asked."""
        if self.column:
            yield self
        for below in self.joined:
            yield from below.gates()

    def columns(self) -> list[str]:
        """Returns the columns of all gates of the routing (the earlier questions that decide whether a
        question is asked)."""
        return [name for gate in self.gates() for name in gate.column or ()]


class Age(Model):
    """The key `age` of survey.yaml: the age in completed years.

    Attributes:
        column: the column with the age at interview.
        missing: the codes for an unknown age.
        max: the highest possible age.
        adult: the age at which a person is an adult. The definition for children applies to younger persons.
        at_start: the column with the age at the start of the work. If this column is given, the age at the
            start of each episode (spell) of work decides which definition applies, and not the age at
            interview. Codes of `missing` are no age there too.
    """

    column: str
    missing: Codes = ()
    max: Annotated[int, Field(gt=0, le=OLDEST)] = 120
    adult: Annotated[int, Field(gt=0)] = 18
    at_start: str | None = None

    @model_validator(mode="after")
    def _adults_live(self) -> Age:
        if self.adult > self.max:
            raise ValueError(f"adult ({self.adult}) is above max ({self.max}): nobody would be an adult")
        return self


class ReferencePeriod(Model):
    """The reference period: the time that the questions ask about, such as the last five years. Every printed
    number names this period (20th ICLS guidelines, para 6a).

    Attributes:
        months: the length of the period in months.
        text: the period in words, as it is printed.
        start, end: the first and the last day of the period, if they are known.
    """

    months: Annotated[int, Field(gt=0)]
    text: OwnText
    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ReferencePeriod:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end ({self.end}) is before start ({self.start})")
        if self.months > LONGEST_PERIOD:
            raise ValueError(
                f"months ({self.months}) is more than {LONGEST_PERIOD}, which are 120 years; give the number of "
                "months that the questions ask about, such as 12"
            )
        return self


class AnswerCodes(CodedColumn):
    """The codes of the possible answers to a yes/no question. A blank cell always counts as a missing answer
    and needs no code.

    Attributes:
        yes, no, dont_know, refused, not_applicable: the codes of these answers.
        not_applicable_means: whether `not applicable` counts as *no* or as unresolved (neither *yes* nor
            *no*).
        missing: the codes that count as a blank cell.
    """

    yes: Annotated[Codes, Field(min_length=1)] = ("1",)
    no: Codes = ("2",)
    dont_know: Codes = ()
    refused: Codes = ()
    not_applicable: Codes = ()
    not_applicable_means: Literal["no", "unresolved"] | None = None
    missing: Codes = ()
    meanings = ("yes", "no", "dont_know", "refused", "not_applicable", "missing")

    @model_validator(mode="before")
    @classmethod
    def _no_blank_of_all(cls, given: object) -> object:
        if isinstance(given, dict) and "blank" in given:
            raise ValueError(
                "blank: no is for single questions, with why:, never for all; take it out of answers"
            )
        return given

    @property
    def meaning_no(self) -> tuple[str, ...]:
        """Returns the codes that count as *no*: the codes of `no`, and the codes of `not_applicable` if
        survey.yaml says so."""
        return (*self.no, *(self.not_applicable if self.not_applicable_means == "no" else ()))

    @property
    def meaning_unresolved(self) -> tuple[str, ...]:
        """Returns the codes that leave a question unresolved (neither *yes* nor *no*): the codes of
        `dont_know` and `refused`, and the codes of `not_applicable` if survey.yaml says so."""
        return (
            *self.dont_know,
            *self.refused,
            *(self.not_applicable if self.not_applicable_means == "unresolved" else ()),
        )

    @model_validator(mode="after")
    def _not_applicable_means_something(self) -> AnswerCodes:
        if self.not_applicable and self.not_applicable_means is None:
            raise ValueError("not_applicable has codes: say not_applicable_means: no or unresolved")
        return self


class Source(Model):
    """One question of the survey that says whether something is true of a person, such as debt bondage. If
    survey.yaml gives the question no codes of some kind, such as `yes`, the codes under `answers` in
    survey.yaml apply.

    Attributes:
        column: the column with the answers.
        yes, no, dont_know, refused, not_applicable: the codes of these answers. Without one, the codes under
            `answers` apply.
        not_applicable_means: whether `not applicable` counts as *no* or as unresolved.
        missing: the codes that count as a blank cell in this question.
        contains: for a column whose cells contain the codes of all ticked options in one text: the codes that
            mean *yes*. One of these codes is enough.
        separator: the text between the codes in such a cell. If it is left out, blanks, commas, semicolons
            and vertical bars all separate codes.
        blank: `no` if a blank cell counts as *no*.
        why: the reason for `blank: no`, which is printed.
        if_ticked: the columns of the other options of the same question. If they are given, a blank counts as
            *no* only for a person who has a code of *yes* in one of these columns, and `why` may be left out.
        mode: whether the question is about something that the person experienced, was threatened with, or saw
            happen to others (`witnessed`).
        stage: what the question is about: being recruited, the work itself, or not being able to leave. Only
            rule sets with stages, such as `hts_2012`, need it, for every question on their items.
        detail: a short name of what the answer adds, such as `order_or_force`.
        label: the question in words.
        routing: the earlier questions that decide whether this question is asked.
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
    def _has_one_meaning(self) -> Source:
        if self.contains and self.yes:
            raise ValueError("contains replaces yes: give one of the two")
        if self.separator is not None and not self.contains:
            raise ValueError("separator is for a column with several codes: give it together with contains")
        if self.separator is not None and (not self.separator or any(c.isalnum() for c in self.separator)):
            raise ValueError('separator may hold no letter and no digit; write it in quotes, as ";" or " "')
        if self.blank and not (self.why.strip() or self.if_ticked):
            raise ValueError(
                "blank: no needs why: (who leaves the question blank, and how one knows), or if_ticked"
            )
        if not self.blank and (self.why or self.if_ticked):
            raise ValueError("why and if_ticked go with blank: no")
        if self.column in self.if_ticked:
            raise ValueError(f"if_ticked names the other options, not {self.column} itself")
        return self

    @property
    def gates(self) -> tuple[Routing, ...]:
        """Returns all gates of this question. A gate is an earlier question whose answer decides whether this
        one is asked. The result is empty if the question has no routing."""
        return tuple(self.routing.gates()) if self.routing else ()

    @property
    def gate_columns(self) -> tuple[str, ...]:
        """Returns the columns of all gates of this question (the earlier questions that decide whether it is
        asked)."""
        return tuple(self.routing.columns()) if self.routing else ()

    def codes(self, default: AnswerCodes) -> AnswerCodes:
        """Returns the codes of this question. Where the question has no codes of its own, it gets the codes
        of `default` (the codes under `answers` in survey.yaml).

        A question with `contains` never gets the codes of *yes* and *no* from `default`, because its options
        have their own codes.
        """
        own = {k: v for k in AnswerCodes.model_fields if (v := getattr(self, k)) is not None}
        if self.contains:
            own |= {"yes": self.contains, "no": self.no or ()}
        if not own:
            return default
        return AnswerCodes.model_validate({**default.model_dump(), **own})


def _one_or_many(value: object) -> object:
    many = value if isinstance(value, list) else [value]
    return [{"column": question} if isinstance(question, str) else question for question in many]


Sources = Annotated[tuple[Source, ...], BeforeValidator(_one_or_many), Field(min_length=1), QUESTIONS]


class Form(CodedColumn):
    """The form of forced labour (docs/methods.md §1): imposed by the State, or by others. If others imposed
    the work, the form also says which kind of exploitation it was.

    Attributes:
        column: the column with the form.
        state_imposed, forced_labour_exploitation, forced_commercial_sexual_exploitation: the codes of each
            form.
        missing: the codes for no answer.
    """

    column: str
    state_imposed: Codes = ()
    forced_labour_exploitation: Codes = ()
    forced_commercial_sexual_exploitation: Codes = ()
    missing: Codes = ()
    meanings = (*FORMS, "missing")


class Exceptions(Model):
    """Work that the ILO Forced Labour Convention (C29), Art. 2(2), excepts from forced labour, such as
    military service. Within certain limits, such work is not forced labour. Beyond these limits, it is
    state-imposed forced labour.

    Attributes:
        kinds: for each kind of such work, the questions that ask whether the person did it.
        within_limits: the questions that ask whether the work stayed within the limits.
    """

    kinds: Annotated[dict[ExceptionKind, Sources], Field(min_length=1)]
    within_limits: Sources


class Place(CodedColumn):
    """The country where the work was done. Forced labour in another country is shown separately.

    Attributes:
        column: the column with the country.
        in_country, abroad: the codes of the country of the survey, and of other countries.
        missing: the codes for no answer.
        label: the question in words.
    """

    column: str
    in_country: Annotated[Codes, Field(min_length=1)]
    abroad: Annotated[Codes, Field(min_length=1)]
    missing: Codes = ()
    label: WorkingText = NO_WORKING_TEXT
    meanings = ("in_country", "abroad", "missing")


class NumberOfEpisodes(Model):
    """A column that contains how many episodes (spells) of work a person had. If it is 2, the person has the
    first two of the episodes under `episodes.wide`, or two rows in the episodes file. A person with fewer rows
    there, or without a number, may have had further work: the person is a case if a row shows it, and otherwise
    unresolved.

    Attributes:
        number: the column with the number of episodes.
        missing: the codes for no answer.
    """

    number: str
    missing: Codes = ()


def _number_or_questions(value: object) -> object:
    return value if isinstance(value, dict) and "number" in value else _one_or_many(value)


class Episodes(Model):
    """The part of survey.yaml that makes sure that the involuntary work and the coercion were in the same
    work, as the definition requires (20th ICLS guidelines, para 6c). Exactly one of `same_work`, `wide` and
    `long` is given.

    Attributes:
        same_work: the questions that ask whether both were in the same work; or `assumed`, if the survey did
            not ask this.
        wide: the labels of the episodes (spells of work), if each episode has its own columns.
        exists: the person's column with the number of episodes that the person had; or yes/no questions that
            ask whether the person had them.
        long: true if the episodes are rows of a separate file.
    """

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
            raise ValueError(
                "give exactly one of same_work (a question, or assumed), wide (episode labels), long: true"
            )
        if len(set(self.wide)) < len(self.wide) or not all(label.strip() for label in self.wide):
            raise ValueError("wide: give each episode one label, none of them blank")
        if self.counted and self.same_work is not None:
            raise ValueError("exists.number counts the episodes of wide or long; leave it out with same_work")
        if self.counted and "{episode}" in self.counted.number:
            raise ValueError("exists.number is one column of the person, without {episode}")
        return self

    @property
    def counted(self) -> NumberOfEpisodes | None:
        """Returns the column with the number of episodes (spells of work) of a person, with its codes for no
        answer. Returns None if survey.yaml names no such column."""
        return self.exists if isinstance(self.exists, NumberOfEpisodes) else None

    @property
    def exist_questions(self) -> Sources:
        """Returns the yes/no questions that ask whether a person had an episode (spell of work). The result
        is empty if survey.yaml has no such question."""
        return self.exists if isinstance(self.exists, tuple) else ()

    @property
    def basis(self) -> str:
        """Returns a word for the way in which the survey links the coercion to the involuntary work.
        `assumed`: the kit assumes that both are in the same work. `asked`: the survey asks this. `by
        episode`: the survey records each episode of work separately."""
        if self.same_work == "assumed":
            return "assumed"
        return "asked" if self.same_work else "by episode"


class Months(Model):
    """The question that asks how many months a person was in forced labour within the reference period.

    Attributes:
        column: the column with the months.
        covers: whether the months are those of all spells of forced labour, or of the last spell.
        missing: the codes for no answer.
        bands: the lower limits of the bands of months by which tables describe persons in forced labour.
            Months below the first limit form one more band.
    """

    column: str
    covers: Literal["all_spells", "last_spell"]
    missing: Codes = ()
    bands: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)] = (3, 6, 12)

    @model_validator(mode="after")
    def _rising(self) -> Months:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("the limits of bands must be in rising order")
        return self


class Items(Model):
    """The questions about involuntary work and about coercion, the two sides of the definition of forced
    labour. Each item of a side, such as `debt_bondage`, has one or more questions. Each side needs at least
    one item, because otherwise nobody could be in forced labour.

    Attributes:
        involuntary: for each involuntary circumstance (6d of the guidelines), its questions.
        coercion: for each element of coercion (6c), its questions.
    """

    involuntary: Annotated[dict[InvoluntaryItem, Sources], Field(min_length=1)]
    coercion: Annotated[dict[CoercionItem, Sources], Field(min_length=1)]


class InterviewMode(CodedColumn):
    """How the interview was held, such as by telephone.

    Attributes:
        column: the column that says how the interview was held.
        codes: for each code a text such as `face to face`.
        missing: the codes for no answer.
    """

    column: str
    codes: Annotated[dict[Code, WorkingText], Field(min_length=1)]
    missing: Codes = ()


class Interview(Model):
    """Questions about the interview itself, because its conditions may influence the answers.

    Attributes:
        proxy: questions on whether another person answered.
        alone: questions on whether the person was alone.
        mode: how the interview was held. If it differs for a tenth of the interviews or more, two rounds are
            *not comparable*.
    """

    proxy: Sources | None = None
    alone: Sources | None = None
    mode: InterviewMode | None = None


class ChildWork(Model):
    """One kind of child work, such as work for a third party. Only a threat that was made by a third party
    counts (docs/methods.md §1).

    Attributes:
        done: the questions that ask whether the child did this work.
        threat: the questions that ask whether there was a threat or menace of a penalty against the child or
            the parents.
        by_third_party: the questions that ask whether a third party made the threat. They are left out if the
            questions of `threat` are only about threats of a third party.
    """

    done: Sources
    threat: Sources
    by_third_party: Sources | None = None


class Parents(CodedColumn):
    """The columns and codes that say which persons of the household are a child's parents.

    Attributes:
        line: the column with each person's own line number in the household.
        columns: the columns in the child's row that contain the line number of a parent.
        none: codes of a parent who has died, or of whom nobody knows who it was. Such a parent cannot be in
            forced labour. A code of *don't know* (where the parent is) belongs under `missing`.
        elsewhere: codes of a parent who does not live in the household, and so was not interviewed.
        missing: the codes for no answer. They and `elsewhere` leave the route by a parent unresolved.
    """

    line: str
    columns: EachOnce = Field(min_length=1)
    none: Codes = ()
    elsewhere: Codes = ()
    missing: Codes = ()
    meanings = ("none", "elsewhere", "missing")


class Children(Model):
    """The part of survey.yaml about the module on children (docs/methods.md §1): the questions, and who
    answered.

    Attributes:
        module: the column that says which children answered the module, with its codes. Without it: the column of
            the adults' module says it.
        third_party: the questions on work for a third party.
        with_parents: the questions on work with the parents.
        worst_forms: the questions on each worst form of child labour.
        parents: the columns by which a child is linked to its parents.
    """

    module: ModuleStatus | None = None
    third_party: ChildWork
    with_parents: ChildWork
    worst_forms: dict[WorstForm, Sources] = Field(default_factory=dict)
    parents: Parents | None = None

    def questions(self) -> list[tuple[str, Sources | None]]:
        """Returns the questions of the module on children as pairs: the key in survey.yaml, such as
        `children.third_party.threat`, and its questions (None if there are none)."""
        keyed: list[tuple[str, Sources | None]] = []
        for kind in ("third_party", "with_parents"):
            work: ChildWork = getattr(self, kind)
            keyed += [(f"children.{kind}.{part}", getattr(work, part)) for part in ChildWork.model_fields]
        return [
            *keyed,
            *((f"children.worst_forms.{form}", sources) for form, sources in self.worst_forms.items()),
        ]

    def columns(self) -> list[str]:
        """Returns the columns that link a child to its parents. The first has each person's own line number
        in the household. The others have the line numbers of the parents. The list is empty if survey.yaml
        has no `parents`."""
        return [self.parents.line, *self.parents.columns] if self.parents else []


def without_declared_blanks(node: S) -> S:
    """Returns a copy of the content of survey.yaml in which no question has `blank: no`. Blanks of these
    questions are then unresolved (neither *yes* nor *no*). `node` is the whole content or a part of it: a
    model, a mapping or a tuple. The function calls itself for the parts."""
    if isinstance(node, Source):
        return node.model_copy(update={"blank": None, "if_ticked": (), "why": ""})
    changed: Any = node
    if isinstance(node, Model):
        below = {name: without_declared_blanks(getattr(node, name)) for name in type(node).model_fields}
        changed = node.model_copy(
            update={name: new for name, new in below.items() if new is not getattr(node, name)}
        )
    elif isinstance(node, dict):
        changed = {key: without_declared_blanks(value) for key, value in node.items()}
    elif isinstance(node, tuple):
        changed = tuple(without_declared_blanks(value) for value in node)
    return changed  # type: ignore[no-any-return]
