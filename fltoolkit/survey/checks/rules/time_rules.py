"""Rules on time: the reference period, the episodes (spells of work) in it, and the age at which the work
began."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import narwhals as nw

from fltoolkit.survey.answers import answered_yes
from fltoolkit.survey.checks.item_nonresponse import frames_with, questions, said_no_to_work, without_episode
from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import AGE, ASKED, CHILD, KEY, NUMBER_OF, SOURCE, Frame
from fltoolkit.survey.spec.questions import NumberOfEpisodes, ReferencePeriod

LONGEST = 120  # months; few people remember more than ten years
DAYS_OF_MONTH = 365.25 / 12
FIELDWORK = 24  # months between the first and the last interview; a survey that goes on has a round a year
LENGTH = re.compile(  # in English, French and Spanish: "12 months", "5 dernières années"
    r"\b(\d+)\s+(?:\w+\s+)?(?:(months?|mois|mes(?:es)?)|years?|ans?|ann[ée]es?|años?)\b", re.IGNORECASE
)
YOUNGEST_AT_WORK = 5  # years; children's modules begin there
ROWS = "fl__rows"
FEWEST = 5  # answers; with fewer, a pattern is chance


def period_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on the reference period. Dates may be those of different persons (the earliest start,
    and the latest interview), so they may span more than the period."""
    window, year, release = survey.spec.reference_period, survey.spec.year, survey.spec.release
    if window.months > LONGEST:
        yield _rule("period_long", "months", months=window.months)
    for text in (str(window.text), *window.text.others.values()):
        told = {int(number) * (1 if months else 12) for number, months in LENGTH.findall(text)}
        if told and window.months not in told:
            yield _rule("period_text", "text", text=text, months=window.months)
            break
    if window.start and window.end:
        spanned = ((window.end - window.start).days + 1) / DAYS_OF_MONTH
        dates = {
            "start": window.start,
            "end": window.end,
            "spanned": f"{spanned:.0f}",
            "months": window.months,
        }
        if spanned < window.months - 0.5:
            yield _rule("period_short_dates", "start", **dates)
        elif spanned > window.months + FIELDWORK:
            yield _rule("period_long_dates", "start", **dates)
    if (ends := _last_years(window)) and not ends[0] - 1 <= year <= ends[1] + 1:
        period = " – ".join(str(day) for day in (window.start, window.end) if day)
        yield _rule("period_other_year", "end" if window.end else "start", year=str(year), period=period)
    if release and (window.end or date(year, 1, 1)) > release.date:
        yield CheckRule(
            "release_too_early",
            "release.date",
            count="",
            values={"date": release.date, "end": window.end or str(year)},
        )


def month_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each column of months in which no answer is above 1, so that they may be years; and for
    one that is also the column of another question."""
    months = survey.spec.months
    if months is None:
        return
    form, place, module = survey.spec.form, survey.spec.place, survey.spec.module
    others = {part.column for part in (form, place, module, survey.spec.age) if part}
    if months.column in others:
        yield CheckRule("months_are_other", "months", count="", values={"column": months.column})
    names = [months.column.replace("{episode}", e) for e in survey.spec.episodes.wide or ("",)]
    for frame, held in frames_with(survey, names) if survey.spec.reference_period.months > 1 else ():
        for name in held:
            number, coded = nw.col(NUMBER_OF + name), nw.col(SOURCE + name).is_in(list(months.missing))
            given = (~coded & number.is_finite() & (number >= 0)).fill_null(False)
            above = (given & (number > 1)).fill_null(False)
            yield CheckRule("months_small", name, given, sums=(above,), when=_none_above, frame=frame)


def _none_above(given: int, above: int) -> bool:
    return given >= FEWEST and not above


def _rule(kind: str, key: str, **values: object) -> CheckRule:
    return CheckRule(kind, f"reference_period.{key}", count="", values=values)


def _last_years(window: ReferencePeriod) -> tuple[int, int] | None:
    """Returns the earliest and the latest year in which the period can end, by its dates. It is None if
    survey.yaml gives no date."""
    if window.end:
        return window.end.year, window.end.year
    if window.start is None:
        return None
    first, last = (
        window.start.year * 12 + window.start.month - 1 + window.months + n for n in (0, FIELDWORK)
    )
    return first // 12, last // 12


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
    idle = nw.col(ASKED) & ~nw.col(CHILD) & said_no_to_work(survey)
    yield CheckRule("episodes_without_work", "any_work", rows & idle, frame=persons)


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
