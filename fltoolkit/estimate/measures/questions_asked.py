"""Lists the questions that a survey asked, and the ages of the persons who were asked. Two surveys are
compared by these lists. Some measures, such as the duration, need a certain question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.errors import NotAvailable
from fltoolkit.estimate.totals.breakdowns import By, breakdowns
from fltoolkit.estimate.totals.reference_population import population_of
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.spec.questions import Months
from fltoolkit.survey.spec.survey_spec import SurveySpec


def questionnaire_of(spec: SurveySpec, population: str) -> tuple[str, ...]:
    """Returns the questions that decide who is a case in a population, one text per item (such as debt
    bondage), sorted. For example, `debt_bondage: 2 experienced, 1 threatened` means two questions about own
    experience and one about threats.

    For adults, the module on children is left out. Wording, codes, order and routing are not included,
    because survey.yaml does not have all of them, and two surveys may code the same question differently.
    """
    left_out = (
        "interview.",
        "trafficking",
        *(("children.",) if spec.definition_of(population) == "adults" else ()),
    )
    asked = Counter(
        (where, source.mode) for where, source in spec.questions() if not where.startswith(left_out)
    )
    keys = dict.fromkeys(where for where, _ in sorted(asked))
    modes = {
        key: [f"{n} {mode}" for (where, mode), n in sorted(asked.items()) if where == key] for key in keys
    }
    return tuple(
        f"{key.removeprefix('items.')}: {', '.join(modes_of_key)}" for key, modes_of_key in modes.items()
    )


def ages_of(spec: SurveySpec, population: str) -> str:
    """Returns the ages of a population in words, such as `15 and over` or `5 to 17`. For a population that is
    the sum of others, the ages of each are given."""
    if parts := spec.populations[population].sum_of:
        return "; ".join(ages_of(spec, part) for part in parts)
    ages = spec.populations[population].age
    low = ages.min or 0
    return f"{low} and over" if ages.max is None else f"{low} to {ages.max}"


def asked_months(persons: ClassifiedSurvey, by: By, population: str | None, what: str) -> tuple[Months, int]:
    """Returns two things: the description of the question on months in forced labour in survey.yaml, and the
    number of months of the reference period.

    Raises an error if survey.yaml maps no such question, or if the population includes children. `what` is
    the wanted result, such as `stock`, for the message.
    """
    _refuse_children(persons, by, population, what)
    if persons.spec.months is None:
        raise NotAvailable(
            Reason.of("reasons.months_not_asked", what=Reason.of(f"needs.{what}")),
            where=str(persons.path),
            do="map the question under months: if it was asked",
        )
    return persons.spec.months, persons.spec.reference_period.months


def months_of_stock(persons: ClassifiedSurvey, by: By, population: str | None) -> tuple[Months, int]:
    months, window = asked_months(persons, by, population, "stock")
    if months.covers == "last_spell":
        raise NotAvailable(
            Reason.of("reasons.last_spell"),
            where=f"{persons.path}: months.covers",
            allowed="all_spells",
            do="ask for months over all spells; fl.total and fl.duration do not need them",
        )
    return months, window


def months_of_duration(persons: ClassifiedSurvey, by: By, population: str | None) -> tuple[Months, int]:
    return asked_months(persons, by, population, "duration")


def asked_now(persons: ClassifiedSurvey, by: By, population: str | None) -> None:
    _refuse_children(persons, by, population, "current")
    if persons.spec.current is None:
        raise NotAvailable(
            Reason.of("reasons.not_current"),
            where=str(persons.path),
            do="map the question under current: if it was asked; fl.stock gives the number on an average day",
        )


NEEDS: dict[str, Callable[[ClassifiedSurvey, By, str | None], object]] = {
    "stock": months_of_stock,
    "stock_prevalence": months_of_stock,
    "current": asked_now,
    "current_prevalence": asked_now,
    "duration": months_of_duration,
}


def not_asked(persons: ClassifiedSurvey) -> dict[str, NotAvailable]:
    """Returns the measures in time (such as `stock`) that `tables:` of survey.yaml asks for, but that the
    survey's questions do not allow. Each comes with an error that gives the reason. The error is not raised,
    and nothing is estimated."""
    out: dict[str, NotAvailable] = {}
    for table in persons.spec.tables:
        try:
            if needs := NEEDS.get(table.measure):
                needs(persons, table.by, table.population)
        except NotAvailable as error:
            out.setdefault(table.measure, error)
    return out


def _refuse_children(persons: ClassifiedSurvey, by: By, population: str | None, what: str) -> None:
    """Raises an error if the population includes children. Children are not asked about months in forced
    labour, or about forced labour on the day of the interview. `what` is the wanted result, such as `stock`,
    for the message."""
    groups = [g for b in breakdowns(by) for g in b]
    spec: SurveySpec = persons.spec
    chosen = population_of(persons, population, groups, "").name
    if spec.children and spec.definition_of(chosen) != "adults":
        raise NotAvailable(
            Reason.of("reasons.of_children", what=Reason.of(f"needs.{what}")),
            where="population",
            found=chosen,
            allowed=[p for p in spec.populations if spec.definition_of(p) == "adults"],
            do="name a population of adults",
        )
