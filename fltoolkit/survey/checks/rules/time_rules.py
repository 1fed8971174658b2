"""Rules on the reference period of survey.yaml: whether its length, its words, its dates, the year of the survey
and the release agree with one another. They read no data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.questions import ReferencePeriod

LONGEST = 120  # months; few people remember more than ten years
DAYS_OF_MONTH = 365.25 / 12
FIELDWORK = 24  # months between the first and the last interview; a survey that goes on has a round a year
LENGTH = re.compile(  # in English, French and Spanish: "12 months", "5 dernières années"
    r"\b(\d+)\s+(?:\w+\s+)?(?:(months?|mois|mes(?:es)?)|years?|ans?|ann[ée]es?|años?)\b", re.IGNORECASE
)


def time_rules(survey: Survey) -> Iterator[CheckRule]:
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
    if (ends := _last_years(window)) and not ends[0] <= year + 1 <= ends[1] + 2:
        yield _rule(
            "period_other_year", "end" if window.end else "start", year=str(year), period=_dates(window)
        )
    if release and (window.end or date(year, 1, 1)) > release.date:
        yield CheckRule(
            "release_too_early",
            "release.date",
            count="",
            values={"date": release.date, "end": window.end or str(year)},
        )


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


def _dates(window: ReferencePeriod) -> str:
    return " – ".join(str(day) for day in (window.start, window.end) if day)
