"""Estimates prevalence, totals, means, ratios and shares. Each function reads the persons once and returns
`Estimates`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.category_names import named_in
from fltoolkit.classify.children import ROUTES
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import stated_number
from fltoolkit.classify.outcomes_and_domains import (
    Where,
    domain_in_words,
    named,
    named_outcome,
    refuse_own_outcomes,
    within,
)
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.counts_and_design_effects import (
    counts,
    design_effects,
    unresolved,
    unresolved_persons,
    with_intervals,
)
from fltoolkit.estimate.measures.estimates import About, Estimates, NotStated, stated_only
from fltoolkit.estimate.measures.intervals import DEFAULT, Confidence, ProportionInterval
from fltoolkit.estimate.measures.questions_asked import ages_of, questionnaire_of
from fltoolkit.estimate.totals.breakdowns import Breakdowns, By, breakdowns, groups_of
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, case_only, sum_persons
from fltoolkit.estimate.totals.reference_population import ReferencePopulation, population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN
from fltoolkit.languages.reasons import Reason, Reasons, joined_reasons
from fltoolkit.survey.checks.survey_facts import conditions_in_words, mode_shares
from fltoolkit.survey.classifications.job_codes import to_verify
from fltoolkit.survey.design.survey_design import FALSE, TRUE, Design, Survey, require_totals
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.spec.groups_and_tables import TOTAL

CLASSIFIED = (
    "forced_labour",
    "forced_labour_abroad",
    "forced_labour_now",
    "any_work",
    "involuntary",
    "coercion",
    "same_work",
    "trafficking",
    *ROUTES,
)

AMOUNT = "fl__amount_"  # before the name of an amount: its column among the persons


@checked
def prevalence(
    design: Design,
    outcome: str | None = None,
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    interval: ProportionInterval = DEFAULT,
    level: Level = 0.95,
) -> Estimates:
    """Estimate the share of persons for whom a true/false outcome is true: Σw·case / Σw over the persons of
    each category.

    For a classified survey, the rate is established cases divided by all persons who answered
    (docs/methods.md §1). Persons whose answers do not decide whether they are cases (*unresolved*) stay in
    the denominator, and the table has their number.

    Args:
        design: a classified survey, or any design.
        outcome: a true/false column; None: `forced_labour`. Persons with an outcome of their own
            (`fl.outcome`) need a name.
        by: the breakdowns, such as ["sex"] for a row per sex (see `fl.cube`).
        population: a population of survey.yaml. By default, it is the first population; if `by` has a sector
            of all workers, it is the population that was asked about this sector.
        where: the persons included, by group and label: {"area": "rural"}, {"area": ["rural", "peri-urban"],
            "sex": "women"}. They are a domain: sampling units without any of them still count in the
            variance. None: everybody.
        not_stated: `show`: categories `not stated` are in the table; `drop`: they are left out and counted in
            `about.not_stated`.
        interval: the method for the interval (see `intervals.proportion`).
        level: the confidence level.

    Raises:
        RequestError: there is no such column or population; the persons carry an outcome of their own, and
            `outcome` is None; or `by` names a group that only cases have, such as the sector of forced
            labour, so that a rate has no denominator.
    """
    outcome = named_outcome(design, outcome, "prevalence")
    _refuse_rate_of_cases(design, breakdowns(by))
    estimand = Estimand(truth_of(design, outcome), "prevalence", breakdowns(by))
    return stated_only(
        estimate(within(design, where), estimand, population, Confidence(interval, level)), not_stated
    )


@checked
def total(
    design: Design,
    outcome: str | None = None,
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate a total. For a true/false outcome, this is the number of cases Σw·case, with an interval on
    the log scale. For a numeric outcome y, this is the sum Σw·y, with a Wald interval.

    Args:
        design, outcome, by, population, where, not_stated, level: as in `prevalence`.

    Raises:
        RequestError: as in `prevalence`.
        DesignError: the weights do not add up to the population (normalised weights).
    """
    outcome = named_outcome(design, outcome, "total")
    require_totals(design, "total")
    design = within(design, where)
    if isinstance(design, Survey) or is_truth(design, outcome):
        estimand = Estimand(truth_of(design, outcome), "total", breakdowns(by))
        return stated_only(estimate(design, estimand, population, Confidence(DEFAULT, level)), not_stated)
    estimand = Estimand(Outcome("number", outcome), "total", breakdowns(by))
    return stated_only(estimate(design, estimand, population, Confidence("wald", level)), not_stated)


@checked
def mean(
    design: Design,
    y: str,
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate the weighted mean Σw·y / Σw of a numeric column y, with a Wald t interval. If y is one of the
    `amounts` of survey.yaml, such as a debt, this is the mean among the persons in forced labour who answered.
    Other arguments are as in `prevalence`."""
    confidence = Confidence("wald", level)
    if is_amount(design, y):
        persons, outcome = with_amount(design, y, "mean")
        est = estimate(
            within(persons, where), Estimand(outcome, "duration", breakdowns(by)), population, confidence
        )
        return stated_only(replace(est, about=about_amount(est.about, design, y, "mean")), not_stated)
    estimand = Estimand(Outcome("number", y), "mean", breakdowns(by))
    return stated_only(estimate(within(design, where), estimand, population, confidence), not_stated)


@checked
def ratio(
    design: Design,
    y: str,
    x: str,
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate the ratio Σw·y / Σw·x of two numeric columns, with a Wald t interval. Other arguments are as
    in `prevalence`."""
    estimand = Estimand(Outcome("ratio", y, x), "ratio", breakdowns(by))
    return stated_only(
        estimate(within(design, where), estimand, population, Confidence("wald", level)), not_stated
    )


@checked
def share(
    design: Design,
    group: str,
    by: By = None,
    *,
    outcome: str | None = None,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    interval: ProportionInterval = DEFAULT,
    level: Level = 0.95,
) -> Estimates:
    """Estimate how the cases of a classified survey (persons in forced labour) are distributed over the
    categories of a group, such as 40% women and 60% men. For another design, all persons are distributed.

    The shares add up to one, within each category of `by`. `n` is the number of cases that are distributed.
    The interval has the degrees of freedom of `profile`: it also counts the PSUs that have cases of other
    categories.

    Args:
        group: the group over which the cases are distributed.
        design, by, outcome, population, where, not_stated, interval, level: as in `prevalence`.

    Raises:
        RequestError: as in `prevalence`; or `group` is also in `by`.
    """
    outcome = named_outcome(design, outcome, "share")
    wanted = tuple((*b, group) for b in breakdowns(by))
    if any(group in b[:-1] for b in wanted):
        raise RequestError(
            "a share over a group cannot be broken down by that group",
            where="share: by",
            found=group,
            do="leave it out of by=",
        )
    what = truth_of(design, outcome) if isinstance(design, Survey) else Outcome("everyone")
    estimand = Estimand(what, "share", wanted, of=group)
    return stated_only(
        estimate(within(design, where), estimand, population, Confidence(interval, level)), not_stated
    )


@checked
def flowchart(
    persons: ClassifiedSurvey, *, population: str | None = None, where: Where = None, level: Level = 0.95
) -> Estimates:
    """Estimate how many persons end at each step of the flowchart of the definition of forced labour, such as
    `not involuntary`. The result has one row per `step` and one for the total.

    The steps of adults are `trace.LEAVES`, those of children `children.CHILD_LEAVES` (ILO toolkit, Tool No.
    2). Arguments are as in `prevalence`.
    """
    refuse_own_outcomes(persons, "flowchart")
    require_totals(persons, "flowchart")
    estimand = Estimand(Outcome("everyone"), "total", ((), ("step",)), of="step")
    est = estimate(within(persons, where), estimand, population, Confidence(DEFAULT, level))
    return replace(est, about=replace(est.about, measure="flowchart", outcome="step"))


def traces(persons: ClassifiedSurvey, *, population: str | None = None) -> Estimates:
    """Returns the estimated number of persons with each trace, by step of the flowchart. A trace says in
    words how a person was classified.

    Traces reveal single answers. So the result is confidential, and only `paths_to_outcomes.paths` may
    publish a part of it.
    """
    estimand = Estimand(Outcome("everyone"), "total", (("step",), ("step", "trace", "short_trace")))
    return estimate(persons, estimand, population, Confidence())


def estimate(design: Design, estimand: Estimand, population: str | None, confidence: Confidence) -> Estimates:
    """Returns the estimates that `estimand` describes. The persons are read once and summed by PSU and cell,
    and the estimates are computed from these sums.

    Args:
        design: a classified survey, or any design.
        estimand: what is estimated, and by which groups.
        population: a population of survey.yaml, as in `prevalence`.
        confidence: the method and the level of the intervals.
    """
    _refuse_groups_of_cases(design, estimand)
    chosen = population_of(design, population, groups_of(estimand.by), estimand.outcome.y)
    return estimates_from_sums(design, sum_persons(design, estimand, chosen), chosen, confidence)


def prevalence_and_total(persons: ClassifiedSurvey, by: By, population: str) -> tuple[Estimates, Estimates]:
    """Returns the prevalence and the number of persons in forced labour, from one pass over the persons. The
    two results, the arguments and the errors are those of `prevalence` and `total`."""
    require_totals(persons, "total")
    _refuse_rate_of_cases(persons, breakdowns(by))
    rate, number = _of_measures(persons, ("prevalence", "total"), breakdowns(by), population)
    return rate, number


def _refuse_rate_of_cases(design: Design, wanted: Breakdowns) -> None:
    """Raises an error if a prevalence is broken down by a group that only cases of forced labour have, such
    as the form."""
    if only := case_only(design) & set(groups_of(wanted)):
        raise RequestError(
            f"no rate by {min(only)}: only cases have one, so there is nobody to divide by",
            where="prevalence",
            do=f'ask for fl.share(persons, "{min(only)}") or fl.total(persons, by=["{min(only)}"])',
        )


def _refuse_groups_of_cases(design: Design, estimand: Estimand) -> None:
    """Raises an error if a user-defined outcome is broken down by a group that only cases of forced labour
    have, such as the form."""
    only = case_only(design) & set(estimand.groups)
    if only and isinstance(design, ClassifiedSurvey) and estimand.outcome.y in design.outcomes:
        raise RequestError(
            f"only cases of forced labour have {min(only)}",
            where="by",
            found=estimand.outcome.y,
            allowed=[g for g in design.spec.group_names if g not in design.spec.case_only],
            do="name a group that everybody has",
        )


def headline(persons: ClassifiedSurvey) -> list[Estimates]:
    """Returns the main results of a survey, from one pass over the persons: the prevalence in the default
    population, and the number of persons in forced labour. The second is left out if the weights do not add
    up to the population."""
    return _of_measures(persons, ("prevalence", *(["total"] if persons.grosses_up else [])), ((),), None)


def _of_measures(
    persons: ClassifiedSurvey, measures: Sequence[str], by: Breakdowns, population: str | None
) -> list[Estimates]:
    """Returns estimates of forced labour, one for each measure, from one pass over the persons. The pass is
    made for the last measure, because only a total also needs the smallest weight."""
    sums, chosen = _sums_of_cases(persons, measures[-1], by, population)
    made = [replace(sums, estimand=replace(sums.estimand, measure=measure)) for measure in measures]
    return [estimates_from_sums(persons, each, chosen, Confidence()) for each in made]


def _sums_of_cases(
    persons: ClassifiedSurvey, measure: str, by: Breakdowns, population: str | None
) -> tuple[EstimandSums, ReferencePopulation]:
    """Returns two things for a measure of forced labour: the sums over all persons of a population, from one
    pass, and this population."""
    chosen = population_of(persons, population, groups_of(by), "forced_labour")
    return sum_persons(persons, Estimand(truth_of(persons, "forced_labour"), measure, by), chosen), chosen


def estimates_from_sums(
    design: Design, sums: EstimandSums, chosen: ReferencePopulation, confidence: Confidence
) -> Estimates:
    """Returns the estimates of what `sums` has the sums of, as `estimate` does after its pass over the
    persons."""
    estimand = sums.estimand
    outcome, measure, groups = estimand.outcome, estimand.measure, groups_of(estimand.by)
    counted = sums.counted if estimand.is_of_cases else None
    weights = sums.by_unit("w", sums.denominators, counted)
    rows = counts(sums, weights, counted)
    y, x, by_x = sums.y, rows["population"].to_numpy(), sums.denominator_values(weights)
    if measure == "ratio":
        x = sums.denominator_values(sums.denominators.sums(sums.table["wx"].to_numpy()))
        by_x = sums.denominator_values(sums.by_unit("wx", sums.denominators))
        if not np.any(x):
            raise RequestError(
                "no ratio exists: the total of the lower column is 0",
                where="ratio: x",
                found=outcome.x,
                do="name a column with other values; fl.total(design, x) shows its total",
            )
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = y / x
    estimate = y if measure == "total" else rate
    z = sums.units.influence(sums.cases, None if measure == "total" else by_x, estimate, overwrite_x=True)
    rows.insert(0, "estimate", estimate)
    rows.insert(1, "se", np.sqrt(sums.units.variances(z)))
    if measure == "share":
        rows["psus_without_it"] = sums.psus_with_other_cases()
    effects = design_effects(sums, rows, rate, design)
    whole = measure == "total" and design.grosses_up and bool(sums.table["lowest"].min() >= 1)
    table = with_intervals(estimand, rows, effects, rate, confidence, whole=whole)
    only, shares = case_only(design) & set(groups), None
    if estimand.is_proportion and outcome.three_valued and measure in ("prevalence", "total"):
        columns, shares = unresolved(sums, rows, effects, confidence.level, unresolved_persons(sums))
        if only:
            columns = columns.mask((sums.cells.keys[sorted(only)] != TOTAL).any(axis=1))
        table = pd.concat([table, columns], axis=1)
    about = about_of(design, sums, chosen.name, confidence)
    keys = sums.cells.keys.drop(columns=BREAKDOWN)
    if isinstance(design, ClassifiedSurvey):
        keys = named_in(design.spec, keys, chosen.name)
    return Estimates(
        pd.concat([keys, table], axis=1),
        z,
        sums.units,
        about,
        effects,
        estimand.by,
        unresolved_shares=shares,
        design=design,
    )


def is_amount(design: Design, name: str) -> TypeGuard[ClassifiedSurvey]:
    """Returns whether a name is one of the `amounts` of a survey.yaml."""
    return isinstance(design, ClassifiedSurvey) and name in design.spec.amounts


def with_amount(persons: ClassifiedSurvey, name: str, what: str) -> tuple[ClassifiedSurvey, Outcome]:
    """Returns the persons with a column of an amount, and the outcome that sums it over the cases.

    Args:
        persons: a classified survey.
        name: one of its `amounts`.
        what: the call, for the message if the persons carry an outcome of the user's own.
    """
    refuse_own_outcomes(persons, what)
    column = stated_number(persons.spec.amounts[name]).alias(AMOUNT + name)
    made = replace(persons, rows=persons.frame.with_columns(column))
    return made, Outcome("amount", "forced_labour", AMOUNT + name, most=inf)


def about_amount(about: About, persons: ClassifiedSurvey, name: str, measure: str) -> About:
    """Returns the facts about estimates of an amount: also its name, label and unit, and the measure."""
    of = persons.spec.amounts[name]
    label = of.label or name.replace("_", " ")
    return replace(about, measure=measure, outcome=name, amount=label, amount_unit=of.unit)


def refuse_unusable_design(persons: ClassifiedSurvey) -> None:
    """Raises a `DesignError` if the sample design or its weights do not allow any estimate. The persons are
    read and summed, but nothing is estimated."""
    _sums_of_cases(persons, "prevalence", ((),), None)


def truth_of(design: Design, outcome: str) -> Outcome:
    own = design.outcomes if isinstance(design, ClassifiedSurvey) else {}
    return Outcome(
        "truth",
        outcome,
        three_valued=outcome in own or (isinstance(design, Survey) and outcome in CLASSIFIED),
    )


def is_truth(design: Design, name: str) -> bool:
    """Returns whether a column has only true and false, or only 0 and 1. The function is for a design without
    survey.yaml, and makes one small query."""
    value = design.text(name)
    found = to_pandas(design.frame.select(value.alias("v")).unique().head(4), design.source)["v"].dropna()
    return len(found) > 0 and set(found) <= {*TRUE, *FALSE}


def about_of(design: Design, sums: EstimandSums, population: str, confidence: Confidence) -> About:
    """Returns the facts behind a result, such as the measure and the reference period.

    Args:
        design: a classified survey, or any design.
        sums: the sums from one pass over the persons.
        population: the name of the reference population (the persons in the denominator).
        confidence: the method and the level of the intervals.
    """
    outcome, measure = sums.estimand.outcome, sums.estimand.measure
    groups = (*sums.estimand.groups, *(group for group, _ in design.domain))
    name = outcome.y if outcome.kind != "ratio" else f"{outcome.y}/{outcome.x}"
    missing = int(sums.table["missing"].sum() + sums.table["n"][sums.table["status"] == 2].sum())
    base = About(
        missing=missing,
        measure=measure,
        outcome=name,
        interval="log" if measure == "total" and confidence.method != "wald" else confidence.method,
        level=confidence.level,
        calibration=sums.calibration,
        population_label=domain_in_words(design),
        where=design.domain,
    )
    if not isinstance(design, ClassifiedSurvey):
        return base
    jobs = {s.job for g, s in design.spec.jobs.items() if g in groups}
    facts = facts_of(design, population)
    if name in design.outcomes:
        facts |= {"rule_note": named(design.outcomes[name])}
    return replace(
        base,
        **facts,
        sector_basis=", ".join(sorted(jobs)),
        case_only=tuple(sorted(design.spec.case_only & set(groups))),
        to_verify=_to_verify(design, groups),
    )


def facts_of(persons: ClassifiedSurvey, population: str) -> dict[str, Any]:
    """Returns the facts that all estimates of a population have in common, such as the survey's title and
    year. The keys are names of fields of `About`."""
    spec, period = persons.spec, persons.spec.reference_period
    domain = f" ({domain_in_words(persons, population)})" if persons.domain else ""
    return {
        "survey": spec.title,
        "country": spec.country,
        "round": spec.round,
        "year": spec.year,
        "rule_set": persons.rules,
        "reference_period": period.text,
        "reference_months": period.months,
        "window_start": str(period.start or ""),
        "window_end": str(period.end or ""),
        "population": population,
        "population_label": spec.populations[population].label + domain,
        "population_ages": ages_of(spec, population),
        "questionnaire": questionnaire_of(spec, population),
        "psus_of_earlier_rounds": spec.design.psus_of_earlier_rounds or "",
        "accepted_rounds": tuple(entry.column for entry in spec.accept if entry.finding == "rounds"),
        "same_work": spec.episodes.basis,
        "age_basis": Reason.of("whom.start" if spec.age.at_start else "whom.interview"),
        "input_hash": persons.input_hash,
        "rule_note": persons.rule_note,
        "interview_conditions": conditions_in_words(persons),
        "interview_modes": mode_shares(persons),
    }


def _to_verify(design: ClassifiedSurvey, groups: Sequence[str]) -> Reason | Reasons | str:
    """Returns, in words, those facts behind an estimate that were written from memory and that nobody has
    compared with their source yet. The text is empty if there are none."""
    sectors = [to_verify(s) for name, s in design.spec.sectors.items() if name in groups]
    return joined_reasons((design.to_verify, *sectors))  # type: ignore[no-any-return]
