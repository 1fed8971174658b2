"""Describes each case (person in forced labour) by characteristics, such as debt bondage, the stage at which
it happened, or the duration.

Each characteristic is yes, no or unresolved (null: the answers do not decide it). One case can have several
characteristics, so their numbers do not add up to the number of cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise

import narwhals as nw

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.rule_set import SIDES, Side, item_sources
from fltoolkit.languages.reasons import Name, Reason, Remark
from fltoolkit.survey.answers import any_answer, any_of
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.survey.spec.questions import FORMS, STAGES, Months, Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

ANSWERS = "fl__characteristics"
YES, NO, OPEN = "y", "n", "u"
MODES = ("experienced", "threatened", "witnessed")
GOES_ON = Reason.of("profile.goes_on")
OF_ADULTS = (
    "involuntary",
    "coercion",
    "involuntary_stage",
    "coercion_stage",
    "involuntary_mode",
    "coercion_mode",
    "form",
    "duration",
    "at_interview",
)
OF_CHILDREN = ("worst_form",)
TOPICS = (*OF_ADULTS, *OF_CHILDREN)
"""The topics of the characteristics. Each table of a profile has one topic."""
FAMILIES = {
    "involuntary": ("involuntary", "involuntary_stage", "involuntary_mode"),
    "coercion": ("coercion", "coercion_stage", "coercion_mode"),
    "situation": ("form", "duration", "at_interview"),
    "children": OF_CHILDREN,
}
"""The topics that are drawn in one picture, in the order of the questionnaire."""
EXCLUSIVE = ("form", "duration")
"""The topics of which a case has at most one characteristic."""
UNORDERED = ("involuntary", "coercion")
"""The topics whose characteristics have no order of their own. A picture has the largest share first; a table
keeps the order of the questionnaire."""


def picture_families(topics: Iterable[str]) -> list[str]:
    """Returns the names of the pictures that show some topics: `coercion` for the topic `coercion_stage`. The
    names are in the order of the questionnaire. A topic is a set of characteristics in one table. A family
    (`FAMILIES`) is a set of topics in one picture."""
    there = set(topics)
    return [name for name, family in FAMILIES.items() if there & set(family)]


@dataclass(frozen=True)
class Characteristic:
    """A fact that can be true of a case (a person in forced labour), such as debt bondage or a duration of
    one to three months.

    Attributes:
        topic: the table to which the characteristic belongs, one of `TOPICS`, such as `coercion`.
        name: the name of the characteristic, such as `debt_bondage`; unique within the topic.
        truth: a column: true, false or null (the answers do not decide it) for each case. It has no meaning
            for other persons.
        questions: the columns of the questions, if one *yes* to any of them is enough. The tuple is empty if
            the characteristic comes from something else, such as the duration.
    """

    topic: str
    name: str
    truth: nw.Expr
    questions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseProfile:
    """A classified survey together with the characteristics of its cases, such as debt bondage or a threat at
    recruitment.

    Attributes:
        persons: the survey. Its column `ANSWERS` has a text for each case: one letter per characteristic, `y`
            (yes), `n` (no) or `u` (unresolved). The text is null for persons who are not cases.
        of: the topic and the name of each characteristic, in the order of the letters. A topic is a set of
            characteristics that are in one table, such as `coercion`.
    """

    persons: ClassifiedSurvey
    of: tuple[tuple[str, str], ...]

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Returns the topics of this profile, in order. A topic is a set of characteristics that have one
        table, such as `coercion`.
        """
        return tuple(dict.fromkeys(topic for topic, _ in self.of))


def with_characteristics(persons: ClassifiedSurvey, *, children: bool) -> CaseProfile:
    """Returns a classified survey with the characteristics of its cases. Each case gets one letter per
    characteristic (such as debt bondage): `y`, `n` or `u` (unresolved). Answers about several spells of work
    of a person are combined.

    Args:
        persons: a classified survey.
        children: whether to describe the cases who are children. The definition for children has other
            questions.

    Returns:
        The survey with its characteristics, topic by topic, in the order in which survey.yaml has the
        questions.
    """
    found = characteristics_of(persons, children=children)
    letters = [
        nw.when(c.truth)
        .then(nw.lit(YES))
        .otherwise(nw.when(~c.truth).then(nw.lit(NO)).otherwise(nw.lit(OPEN)))
        for c in found
    ]
    answers = (
        nw.when(nw.col("forced_labour"))
        .then(nw.concat_str(letters) if letters else nw.lit(""))
        .alias(ANSWERS)
    )
    marked = replace(persons, rows=persons.frame.with_columns(answers))
    return CaseProfile(marked, tuple((c.topic, c.name) for c in found))


def characteristics_of(persons: ClassifiedSurvey, *, children: bool) -> tuple[Characteristic, ...]:
    """Returns the characteristics of cases that this survey can describe, such as debt bondage. The
    characteristics are ordered by topic (the table to which they belong). If `children` is true, they are the
    characteristics of children, otherwise of adults."""
    return tuple(_of_children(persons) if children else _of_adults(persons))


def _of_adults(persons: ClassifiedSurvey) -> Iterator[Characteristic]:
    """Yields the characteristics of adults in forced labour, such as debt bondage, topic by topic (a topic is
    one table)."""
    spec = persons.spec
    sources = item_sources(spec, persons.rule)
    order: list[str] = [*spec.items.involuntary, *spec.items.coercion]
    asked = {side: sorted(sources[side], key=lambda question: order.index(question[1])) for side in SIDES}
    for side in SIDES:
        yield from _characteristics_by_name(side, [(item, column) for column, item, _ in asked[side]])
    for side in SIDES:
        yield from _stages(side, asked[side])
    for side in SIDES:
        yield from _modes(side, asked[side])
    yield from _form(spec)
    if spec.months:
        yield from _durations(spec.months)
    if spec.current:
        yield Characteristic("at_interview", str(GOES_ON), nw.col("forced_labour_now"))


def _of_children(persons: ClassifiedSurvey) -> Iterator[Characteristic]:
    """Yields the characteristics of children in forced labour: each worst form of child labour that the
    survey asked about.

    The routes (the ways by which a child can be in forced labour) are not among them; they have their own
    tables.
    """
    spec = persons.spec
    if spec.children:
        for form, questions in spec.children.worst_forms.items():
            yield Characteristic("worst_form", form, any_answer(questions, spec.mapped))


def _characteristics_by_name(topic: str, columns: Sequence[tuple[str, str]]) -> Iterator[Characteristic]:
    """Yields one characteristic per name. A case has the characteristic if any question with this name is
    answered *yes*.

    Args:
        topic: the topic (the table to which the characteristics belong).
        columns: pairs of a name and the column of a question. The name is an item (`debt_bondage`), a stage
            or a mode.
    """
    for name in dict.fromkeys(name for name, _ in columns):
        asked = [column for of, column in columns if of == name]
        yield Characteristic(topic, name, any_of([nw.col(column) for column in asked]), frozenset(asked))


def _stages(side: Side, asked: Sequence[tuple[str, str, Source]]) -> Iterator[Characteristic]:
    """Yields one characteristic for each stage at which something happened: recruitment, work or leaving.

    The function yields nothing if a question of this side does not state its stage, or if all questions have
    the same stage.

    Args:
        side: the side of the definition (involuntary or coercion).
        asked: the questions of the side: internal column, item (such as `debt_bondage`) and question.
    """
    at = [(source.stage, column) for column, _, source in asked]
    known = [(stage, column) for stage, column in at if stage]
    if len(known) == len(at) and len({stage for stage, _ in known}) > 1:
        yield from _characteristics_by_name(
            f"{side}_stage", sorted(known, key=lambda pair: STAGES.index(pair[0]))
        )


def _modes(side: Side, asked: Sequence[tuple[str, str, Source]]) -> Iterator[Characteristic]:
    """Yields one characteristic for each mode of the questions on one side of the definition: something was
    experienced, threatened or witnessed. The function yields nothing if all these questions have the same
    mode.

    Args:
        side: the side of the definition (involuntary or coercion).
        asked: the questions of the side: internal column, item (such as `debt_bondage`) and question.
    """
    columns = [(source.mode, column) for column, _, source in asked]
    if len({mode for mode, _ in columns}) > 1:
        yield from _characteristics_by_name(
            f"{side}_mode", sorted(columns, key=lambda pair: MODES.index(pair[0]))
        )


def _form(spec: SurveySpec) -> Iterator[Characteristic]:
    """Yields one characteristic for each form of forced labour (who imposed it) that survey.yaml
    distinguishes."""
    if spec.form:
        possible = [
            form
            for form in FORMS
            if getattr(spec.form, form) or (form == "state_imposed" and spec.exceptions)
        ]
        stated = nw.when(nw.col("form") != NOT_STATED).then(nw.col("form"))
        for form in possible:  # null for a case whose form is not stated
            yield Characteristic("form", form, stated == form)


def _durations(months: Months) -> Iterator[Characteristic]:
    """Yields one characteristic for each band of months in forced labour, such as 3 to under 6 months."""
    for label, (low, high) in duration_bands(months).items():
        at_least = nw.col("months") >= low
        yield Characteristic(
            "duration", str(label), at_least if high is None else at_least & (nw.col("months") < high)
        )


def duration_bands(months: Months) -> Mapping[Remark, tuple[int, int | None]]:
    """Returns the bands of months in forced labour, as {label: band}. Each band is a pair: its first month,
    and the first month of the next band (None for the last band). For example, `(3, 6)` is 3 to under 6
    months."""
    ends = months.bands
    found: dict[Remark, tuple[int, int | None]] = {Reason.of("profile.less", N=ends[0]): (0, ends[0])}
    for low, high in pairwise(ends):
        found[Reason.of("profile.between", N=low, M=high)] = (low, high)
    return found | {Reason.of("profile.more", N=ends[-1]): (ends[-1], None)}


def characteristic_labels(spec: SurveySpec, topic: str) -> dict[str, Remark]:
    """Returns the labels of the characteristics of a topic (such as `coercion`) in the kit's words, which
    exist in every language. The keys are the names of the characteristics.

    The result is empty for the topic `form`. This topic is also a group, so `category_labels` returns its
    labels.
    """
    if topic in SIDES:
        return {item: Name("kit.items", item) for item in chain(spec.items.involuntary, spec.items.coercion)}
    if topic == "duration" and spec.months:
        return {str(label): label for label in duration_bands(spec.months)}
    if topic == "at_interview":
        return {str(GOES_ON): GOES_ON}
    forms = spec.children.worst_forms if topic == "worst_form" and spec.children else ()
    return {name: Name("kit.characteristics", name) for name in (*STAGES, *MODES, *forms)}
