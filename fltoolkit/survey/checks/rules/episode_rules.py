"""Rules on episodes (spells of work): how many a person had, answers on episodes that the person did not have,
and the age at which the work began."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from fltoolkit.survey.answers.skips_and_blanks import answered_yes
from fltoolkit.survey.checks.item_nonresponse import questions, said_no, without_episode
from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD, KEY, NUMBER_OF, SOURCE
from fltoolkit.survey.data.person_frame import Frame
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.questions import NumberOfEpisodes

YOUNGEST_AT_WORK = 5  # years; children's modules begin there
ROWS = "fl__rows"


def episode_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on episodes. A survey with neither episodes nor ages at the start of the work has none."""
    spec = survey.spec
    if spec.episodes.exists and spec.episodes.wide:
        yield from _absent_rules(survey)
    persons = survey.frame
    if survey.episodes is not None:
        rows = survey.episodes.group_by(KEY).agg(nw.len().alias(ROWS))
        persons = persons.join(rows, on=KEY, how="left").with_columns(nw.col(ROWS).fill_null(0))
        yield from _row_rules(survey, persons)
    if counted := spec.episodes.counted:
        yield from _number_rules(survey, persons, counted)
    if spec.age.at_start:
        yield from _start_rules(survey, spec.age.at_start)


def _number_rules(survey: Survey, persons: Frame, counted: NumberOfEpisodes) -> Iterator[CheckRule]:
    code, number = nw.col(SOURCE + counted.number), nw.col(NUMBER_OF + counted.number)
    answered = nw.col(ASKED) & ~code.is_null() & ~code.is_in(list(counted.missing))
    whole = answered & (number.is_finite() & (number >= 0) & (number.round(0) == number)).fill_null(False)
    yield CheckRule("episodes_no_number", counted.number, answered & ~whole)
    if survey.spec.episodes.long:
        adult = whole & ~nw.col(CHILD)
        yield CheckRule(
            "episodes_without_row", counted.number, adult & (number > nw.col(ROWS)), frame=persons
        )
        yield CheckRule(
            "episodes_not_counted", counted.number, adult & (number < nw.col(ROWS)), frame=persons
        )
    else:
        named = len(survey.spec.episodes.wide)
        yield CheckRule(
            "episodes_not_read", counted.number, whole & (number > named), values={"named": named}
        )


def _row_rules(survey: Survey, persons: Frame) -> Iterator[CheckRule]:
    """Yields the rules on rows of the episodes file of persons who should have none."""
    rows, where = nw.col(ROWS) > 0, "files.episodes"
    yield CheckRule("episodes_not_asked", where, rows & ~nw.col(ASKED), frame=persons)
    work = [q for q in questions(survey) if q.where == "any_work"]
    idle = nw.all_horizontal(*[said_no(q, survey.spec.mapped) for q in work], ignore_nulls=False)
    yield CheckRule(
        "episodes_without_work", "any_work", rows & nw.col(ASKED) & ~nw.col(CHILD) & idle, frame=persons
    )


def _absent_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule on persons who say yes to an item in an episode that they did not have by
    `episodes.exists`: such an answer does not count."""
    listed, mapped = questions(survey), survey.spec.mapped
    exist = [q for q in listed if q.where == "episodes.exists"]
    names = survey.frame.collect_schema().names()
    told = []
    for episode in survey.spec.episodes.wide:
        items = [q for q in listed if q.where.startswith("items.") and q.episode == episode]
        if items and (absent := without_episode(survey, exist, names, episode)):
            yes = [answered_yes(q.source, mapped, episode).fill_null(False) for q in items]
            told.append(
                nw.all_horizontal(*absent, ignore_nulls=False) & nw.any_horizontal(*yes, ignore_nulls=False)
            )
    if told:
        rows = nw.col(ASKED) & ~nw.col(CHILD) & nw.any_horizontal(*told, ignore_nulls=False)
        yield CheckRule("episodes_absent", "episodes.exists", rows)


def _start_rules(survey: Survey, at_start: str) -> Iterator[CheckRule]:
    """Yields the rules on ages at the start of the work: no ages, ages at which nobody works, and ages above
    the age at interview."""
    age, frame = survey.spec.age, survey.frame
    if survey.episodes is not None:
        frame = survey.episodes.join(survey.frame.select(KEY, AGE, ASKED, CHILD), on=KEY, how="inner")
    adult = nw.col(ASKED) & ~nw.col(CHILD)
    for label in survey.spec.episodes.wide if "{episode}" in at_start else ("",):
        name = at_start.replace("{episode}", label)
        code, start = nw.col(SOURCE + name), nw.col(NUMBER_OF + name)
        given = adult & ~code.is_null() & ~code.is_in(list(age.missing))
        young = given & (start >= 0) & (start < YOUNGEST_AT_WORK)
        yield CheckRule("start_outside", name, given & (start.is_null() | (start < 0)), frame=frame)
        yield CheckRule("start_young", name, young, values={"age": YOUNGEST_AT_WORK}, frame=frame)
        yield CheckRule("start_later", name, given & (start > nw.col(AGE)), frame=frame)
