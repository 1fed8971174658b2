"""Checks a plan before any survey is run: nap.yaml alone, or together with the survey.yaml that fills its rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from fltoolkit.classify.category_codes import names_in
from fltoolkit.errors import SpecError
from fltoolkit.nap.profile.profile_rows import PROFILE, allowed_characteristics, topic_and_name
from fltoolkit.nap.results_framework import Indicator, Plan, can_break_down, group_of
from fltoolkit.nap.target_paths import Target
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.spec.survey_spec import SurveySpec

Found = Iterator[Finding]
error, warning, note = (partial(Finding, severity, "plan", count="") for severity in ("error", "warning", "note"))


def check_plan(plan: Plan, spec: SurveySpec | None) -> pd.DataFrame:
    """Returns findings about a plan, the worst first, as a table with the columns of `fl.check`. A finding is an error if the
    plan would stop a run, or if a target would be lost.

    Args:
        plan: a plan, as `fl.read_plan` returns it.
        spec: the content of the survey.yaml of the baseline; None: only the plan is checked.
    """
    found = [f for _, indicator in plan.measured for target in indicator.targets for f in _years(plan, indicator, target)]
    if spec is not None:
        found += _against_survey(plan, spec)
        for _, indicator in plan.measured:
            found += [
                *_indicator_findings(indicator, spec),
                *(f for target in indicator.targets for f in _target_findings(indicator, target, spec)),
            ]
    return findings(found, None)


def _years(plan: Plan, indicator: Indicator, target: Target) -> Found:
    where = f"targets of {indicator.id}"
    if not plan.first_year <= target.year <= plan.last_year:
        what = f"the target's year {target.year} lies outside the plan ({plan.first_year} to {plan.last_year})"
        yield warning(where=where, what=what, do="move the target, or first_year and last_year")
    if plan.planned_surveys and target.year not in plan.planned_surveys:
        years = ", ".join(map(str, plan.planned_surveys))
        what = f"no survey is planned in {target.year}, so that the target cannot be verified"
        yield warning(where=where, what=what, do=f"move it to a year of planned_surveys ({years}), or add that year there")


def _against_survey(plan: Plan, spec: SurveySpec) -> Found:
    """Yields an error for each of these problems: plan and survey.yaml are of different countries; a planned sample is for a
    population that survey.yaml does not define; a published number is for a category of a group that the survey does not have; or
    a published number does not fit its number of cases."""
    wrong: dict[str, SpecError] = {}
    for part in (plan.tables, plan.published_rows):
        try:
            part(spec)
        except SpecError as raised:
            wrong[raised.where] = raised  # both parts find a wrong country: it is kept once
    for found in wrong.values():
        yield error(where=found.where.partition(", ")[2], what=found.reason, do=found.do)


def _indicator_findings(indicator: Indicator, spec: SurveySpec) -> Found:
    """Yields a finding for each part of an indicator that the survey cannot give: its population, its measure, the group in `of`,
    or a group in `disaggregated_by`."""
    where, measure = indicator.id, indicator.survey_measure or ""
    if indicator.population and indicator.population not in spec.populations:
        do = f"name one of {', '.join(spec.populations)}"
        yield error(where=where, what=f"the survey has no population {indicator.population}", do=do)
    if measure == PROFILE:
        yield from _characteristic_of_cases(indicator, spec)
    elif indicator.of and indicator.of not in spec.group_names:
        yield error(where=where, what=f"the survey has no group {indicator.of}", do=f"name one of {', '.join(spec.group_names)}")
    lacks = {
        "stock": spec.months,
        "stock_prevalence": spec.months,
        "duration": spec.months,
        "current": spec.current,
        "current_prevalence": spec.current,
    }
    if measure in lacks and lacks[measure] is None:
        key = "current" if measure.startswith("current") else "months"
        what = f"{measure} needs `{key}` in survey.yaml; the row will be [x]"
        yield warning(where=where, what=what, do="take another measure, or map the question if it was asked")
    for word in indicator.disaggregated_by:
        group = group_of(word, spec.group_names)
        if group is None:
            do = f"leave it if partners give it; the survey has {', '.join(spec.group_names)}"
            yield note(where=where, what=f"the survey has no {word}; the row will say so", do=do)
        elif not can_break_down(measure, group, spec.case_only):
            what = f"no rate by {word}, which only cases have; the row will say so"
            yield note(where=where, what=what, do=f"ask for it in a row of measure: total, or share of {group}")


def _characteristic_of_cases(indicator: Indicator, spec: SurveySpec) -> Found:
    """Yields findings about an indicator on a characteristic of cases, such as debt bondage. A finding is an error if the survey
    does not have this characteristic, or if the indicator is about adults and children together."""
    allowed, whole = allowed_characteristics(spec), spec.populations.get(indicator.population or spec.default_population)
    if topic_and_name(indicator.of or "")[1] not in {topic_and_name(name)[1] for name in allowed}:
        do = f"name one of {', '.join(allowed)}"
        yield error(where=indicator.id, what=f"the survey has no characteristic of cases {indicator.of}", do=do)
    if whole and whole.sum_of:
        do = f"name one of {', '.join(whole.sum_of)} as its population"
        yield error(where=indicator.id, what="adults and children each have a profile of their own", do=do)


def _target_findings(indicator: Indicator, target: Target, spec: SurveySpec) -> Found:
    """Yields a finding for each of these problems of a target: its year is not after the year of the baseline, or the survey does
    not have its group or category."""
    where = f"targets of {indicator.id}"
    if target.year <= spec.year:
        what = f"the target's year {target.year} is not after the baseline's ({spec.year})"
        yield error(where=where, what=what, do="give a later year, or the right survey under baseline_survey")
    group = group_of(target.group, spec.group_names) if target.group else None
    there = _labels(spec, group, indicator.population or spec.default_population) if group else []
    if there and target.category not in there:
        what = f"{target.group} has no category {target.category}"
        yield error(where=where, what=what, do=f"name one of {', '.join(there)}")
    if target.group and group is None:
        yield error(where=where, what=f"the survey has no {target.group}", do=f"name one of {', '.join(spec.group_names)}")


def _labels(spec: SurveySpec, group: str, population: str) -> list[str]:
    """Returns the names of a group's categories in a population. A population of children has its own names: `girls` in place of
    `women`. The list is empty if survey.yaml does not list the categories, as for a sector, whose categories come from the
    industrial classification ISIC."""
    labels = spec.groups[group].labels if group in spec.groups else ()
    names = names_in(spec, population).get(group, {})
    return [names.get(label, label) for label in (labels.values() if isinstance(labels, dict) else labels)]
