"""Makes the estimates of a measure that survey.yaml names under `tables:`."""

from __future__ import annotations

from dataclasses import replace

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import of_forced_labour
from fltoolkit.estimate.measures import prevalence_and_totals as verbs, stock_and_duration
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.profile_of_cases import profile, profile_and_total
from fltoolkit.estimate.measures.quantiles import quantile
from fltoolkit.survey.spec.groups_and_tables import MEASURES_OF_AMOUNTS

# For each measure that is a rate, the number of persons that is computed from the same sums.
TOTAL_OF = {"prevalence": "total", "profile": "profile_total"}


def estimate_measure(
    persons: ClassifiedSurvey, measure: str, of: str | None, population: str, by: list[tuple[str, ...]]
) -> Estimates:
    """Returns the estimates of one measure, by its name in `tables:`. For a share, the argument `of` names
    the group over whose categories the cases are distributed; for a mean or median, the amount. Raises `NotAvailable` if the survey cannot give
    the measure.
    """
    persons = of_forced_labour(persons)
    if measure in MEASURES_OF_AMOUNTS and of is not None:
        whole = list(dict.fromkeys(((), *by)))  # the number of all is what those of groups are rounded by
        if measure == "mean":
            return verbs.mean(persons, of, whole, population=population)
        return median(persons, of, whole, population)
    if measure == "share" and of is not None:
        return verbs.share(persons, of, by, population=population)
    if measure in ("profile", "profile_total"):
        return profile(
            persons, by, measure="share" if measure == "profile" else "total", population=population
        )
    if measure == "duration":
        return stock_and_duration.duration(persons, by, population=population)
    name, _, rate = measure.partition("_")
    if measure in stock_and_duration.IN_TIME:
        in_time = stock_and_duration.stock if name == "stock" else stock_and_duration.current
        return in_time(persons, by, measure="prevalence" if rate else "total", population=population)
    verb = verbs.total if measure == "total" else verbs.prevalence
    return verb(persons, by=by, population=population)


def median(persons: ClassifiedSurvey, amount: str, by: list[tuple[str, ...]], population: str) -> Estimates:
    """Returns the median of one of `amounts` among persons in forced labour, as `quantile` gives it."""
    made = quantile(persons, amount, 0.5, by, population=population)
    about = replace(made.about, measure="median")
    return replace(made, table=made.table.drop(columns="quantile"), by=tuple(by), about=about)


def estimate_with_total(
    persons: ClassifiedSurvey, measure: str, population: str, by: list[tuple[str, ...]]
) -> tuple[Estimates, Estimates]:
    """Returns the estimates of a measure and those of its total (see `TOTAL_OF`), by the same groups, from
    one pass over the persons. Both equal the results of `estimate_measure`.

    Raises:
        NotAvailable: the survey cannot give the measure.
        DesignError: the weights do not add up to the population.
    """
    if measure == "profile":
        return profile_and_total(of_forced_labour(persons), by, population)
    return verbs.prevalence_and_total(persons, by, population)
