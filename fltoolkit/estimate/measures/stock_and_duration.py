"""Measures forced labour in time: on an average day (stock), on the day of the interview (current), and how
long it lasts (duration).

`prevalence` and `total` measure something else, the flow: everybody who was in forced labour at any time in
the reference period. So a stock is never compared with a flow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import Where, refuse_own_outcomes, within
from fltoolkit.errors import NotAvailable, RequestError
from fltoolkit.estimate.measures.estimates import Estimates, NotStated, stated_only
from fltoolkit.estimate.measures.intervals import DEFAULT, Confidence
from fltoolkit.estimate.measures.prevalence_and_totals import estimate, prevalence, total
from fltoolkit.estimate.measures.questions_asked import asked_now, months_of_duration, months_of_stock
from fltoolkit.estimate.totals.breakdowns import By, breakdowns
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, case_only
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.survey_design import require_totals
from fltoolkit.survey.printed_values import class_of_cases
from fltoolkit.survey.spec.groups_and_tables import Measure
from fltoolkit.survey.spec.questions import Months

As = Literal["total", "prevalence"]
NOW = "forced_labour_now"
IN_TIME: tuple[Measure, ...] = ("stock_prevalence", "stock", "current_prevalence", "current", "duration")
BASIS = {"all_spells": Reason.of("reasons.basis_all"), "last_spell": Reason.of("reasons.basis_last")}


@checked
def stock(
    persons: ClassifiedSurvey,
    by: By = None,
    *,
    measure: As = "total",
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate the persons in forced labour on an average day of the reference period: Σ w·m/T over
    established cases.

    T is the length of the period in months. m is the number of these months that a case was in forced labour,
    so m/T is a share of the days (docs/methods.md §2). The variance is that of a weighted total.

    A number of persons has an interval on the log scale, as in `total`. If every weight is at least 1, the
    lower limit is at least the unweighted Σ m/T. A rate has the interval of proportions, which is somewhat
    too wide here. Without a case, the interval of a number goes from 0 to the population times the upper
    limit of the rate. In `bound_high`, persons whose answers do not decide whether they are cases
    (*unresolved*) count as if they were in forced labour all the time.

    Args:
        persons: a classified survey.
        by: the breakdowns (see `fl.cube`).
        measure: `total`, the number of persons, or `prevalence`, Σ w·m/T / Σ w.
        population: a population of adults in survey.yaml; by default the first population.
        where, not_stated: as in `prevalence`.
        level: the confidence level.

    Returns:
        Estimates whose measure is `stock`, or `stock_prevalence` for the rate.

    Raises:
        NotAvailable: months were not asked, or only for the last spell; the population has children; a case
            has no months, or more months than the period (the message says whether these cases are few).
        RequestError: as in `prevalence`; or the persons carry an outcome of their own (`fl.outcome`).
        DesignError: the weights do not add up to the population (normalised weights), and a number is wanted.
    """
    refuse_own_outcomes(persons, "stock")
    name: Measure = "stock" if measure == "total" else "stock_prevalence"
    if measure == "total":
        require_totals(persons, "stock")
    else:
        _refuse_rate(persons, by, "stock")
    months, window = months_of_stock(persons, by, population)
    outcome = Outcome("amount", "forced_labour", MONTHS, three_valued=True, most=window, per=window)
    made = estimate(
        within(persons, where),
        Estimand(outcome, measure, breakdowns(by)),
        population,
        Confidence(DEFAULT, level),
    )
    if missing := made.about.missing:
        raise NotAvailable(
            Reason.of("reasons.no_months"),
            where=str(persons.path),
            found=class_of_cases(missing, persons.spec.confidentiality.smallest_printed_count),
            do="ask again, or report the flow (fl.total) and fl.duration",
        )
    return stated_only(
        replace(made, about=replace(made.about, measure=name, duration_basis=months_counted(months))),
        not_stated,
    )


@checked
def current(
    persons: ClassifiedSurvey,
    by: By = None,
    *,
    measure: As = "total",
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate the persons in forced labour at the time of the interview. The survey must have asked this
    (`current` in survey.yaml).

    Args:
        persons, by, population, where, not_stated, level: as in `stock`.
        measure: `total`, the number of persons, or `prevalence`, their share.

    Returns:
        Estimates like those of `fl.total` or `fl.prevalence` for the outcome `forced_labour_now`: established
        cases who answered *yes*. A case without an answer to this question is unresolved. The measure is
        `current`, or `current_prevalence`.

    Raises:
        NotAvailable: the question was not asked, or the population has children.
        RequestError, DesignError: as in `prevalence` and `total`.
    """
    refuse_own_outcomes(persons, "current")
    name: Measure = "current" if measure == "total" else "current_prevalence"
    asked_now(persons, by, population)
    made = (total if measure == "total" else prevalence)(
        persons, NOW, by, population=population, where=where, level=level
    )
    return stated_only(replace(made, about=replace(made.about, measure=name)), not_stated)


@checked
def duration(
    persons: ClassifiedSurvey,
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate the mean months in forced labour among cases: Σ w·m / Σ w over the cases with a duration, with
    a Wald t interval.

    Args:
        persons, by, population, where, not_stated, level: as in `stock`; `by` may also name groups that only
            cases have.

    Returns:
        Estimates in months. `n` counts the cases with a duration and `population` their weights; `cases` are
        all established cases of the category. `about.missing` counts the cases without a duration.
        `about.duration_basis` says which months were asked.

    Raises:
        NotAvailable: months were not asked, the population has children, or a case has more months than the
            reference period.
    """
    refuse_own_outcomes(persons, "duration")
    months, window = months_of_duration(persons, by, population)
    outcome = Outcome("amount", "forced_labour", MONTHS, most=window)
    made = estimate(
        within(persons, where),
        Estimand(outcome, "duration", breakdowns(by)),
        population,
        Confidence("wald", level),
    )
    return stated_only(
        replace(made, about=replace(made.about, outcome=MONTHS, duration_basis=months_counted(months))),
        not_stated,
    )


def _refuse_rate(persons: ClassifiedSurvey, by: By, what: str) -> None:
    """Raises an error if a rate is wanted by a group that only cases have, such as the form of forced labour.
    Such a rate has no denominator. `what` is the name of the measure, for the message."""
    if only := case_only(persons) & {g for b in breakdowns(by) for g in b}:
        raise RequestError(
            f"no rate by {min(only)}: only cases have one, so there is nobody to divide by",
            where=what,
            do=f'ask for the number: fl.{what}(persons, by=["{min(only)}"])',
        )


def months_counted(months: Months) -> Reason:
    """Returns, in words, the months that a stock or a duration counts: the months of all spells of forced
    labour, or the months of the last spell.
    """
    return BASIS[months.covers]
