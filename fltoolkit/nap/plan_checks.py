"""Checks a plan before any survey is run: nap.yaml alone, or together with the survey.yaml that fills its
rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd

from fltoolkit.classify.category_codes import names_in
from fltoolkit.errors import FltoolkitError, SpecError
from fltoolkit.languages.reasons import as_stated
from fltoolkit.nap.profile.profile_rows import PROFILE, allowed_characteristics, topic_and_name
from fltoolkit.nap.results_framework import Indicator, Plan, can_break_down, group_of, read_plan
from fltoolkit.nap.target_paths import Target, targets_of_row
from fltoolkit.publish.measure_units import CASE_SHARES, is_rate, scale
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.spec.groups import TOTAL
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec
from fltoolkit.table_records import as_records

Found = Iterator[Finding]
error, warning, note = (
    partial(Finding, severity, "plan", count="") for severity in ("error", "warning", "note")
)


def check_plan(plan: Plan, spec: SurveySpec | None) -> pd.DataFrame:
    """Returns findings about a plan, the worst first, as a table with the columns of `fl.check`. A finding is
    an error if the plan would stop a run, or if a target would be lost.

    Args:
        plan: a plan, as `fl.read_plan` returns it.
        spec: the content of the survey.yaml of the baseline; None: only the plan is checked.
    """
    found = []
    for _, indicator in plan.measured:
        found += [
            *_rises(indicator),
            *(
                f
                for target in indicator.targets
                for f in (*_years(plan, indicator, target), *_unit(indicator, target))
            ),
        ]
    if spec is not None:
        found += [*_against_survey(plan, spec), *_surveys_of_the_past(plan, spec)]
        for _, indicator in plan.measured:
            found += [
                *_indicator_findings(indicator, spec),
                *(f for target in indicator.targets for f in _target_findings(plan, indicator, target, spec)),
            ]
    return findings(found, None)


def _years(plan: Plan, indicator: Indicator, target: Target) -> Found:
    where = f"targets of {indicator.id}"
    if not plan.first_year <= target.year <= plan.last_year:
        what = (
            f"the target's year {target.year} lies outside the plan ({plan.first_year} to {plan.last_year})"
        )
        yield warning(where=where, what=what, do="move the target, or first_year and last_year")
    if plan.planned_surveys and target.year not in plan.planned_surveys:
        years = ", ".join(map(str, plan.planned_surveys))
        what = f"no survey is planned in {target.year}, so that the target cannot be verified"
        yield warning(
            where=where,
            what=what,
            do=f"move it to a year of planned_surveys ({years}), or add that year there",
        )


def refuse_unfit_inputs(survey: Path, plan: Path | None, earlier: Path | None) -> None:
    """Raises an error if a plan or an earlier survey would stop a run, or if a target would be lost. So a run
    stops before its first notebook. An error of the run's own survey.yaml is left to the notebook that reads
    it.

    Args:
        survey: the path of the run's survey.yaml.
        plan: the path of its nap.yaml; None if it has no plan.
        earlier: the path of the survey.yaml of an earlier round (`before`); None if there is none.

    Raises:
        SpecError: nap.yaml is not valid; `check_plan` finds an error (the message has the first one); or a
            survey that is named as an earlier one is later than the run's own.
    """
    _refuse_later(survey, earlier, "before")
    if plan is None:
        return
    read = read_plan(plan)
    _refuse_later(survey, read.baseline_path, f"{plan}, baseline_survey")
    try:
        spec = read_spec(read.baseline_path or survey)
    except FltoolkitError:
        return
    for found in as_records(check_plan(read, spec).query("severity == 'error'").head(1)):
        raise SpecError(
            found["what"],
            where=f"{plan}, {found['where']}",
            do=f"{found['do']}; fltoolkit nap check lists all errors",
        )


def _refuse_later(survey: Path, earlier: Path | None, where: str) -> None:
    """Raises an error if the survey that `where` names as an earlier one (`earlier`) is later than the run's
    own."""
    if earlier is None:
        return
    try:
        old, new = read_spec(earlier), read_spec(survey)
    except FltoolkitError:
        return
    if old.year > new.year:
        raise SpecError(
            f"the survey named here is later than the survey of the run ({new.title}, {new.year})",
            where=where,
            found=f"{earlier} ({old.title}, {old.year})",
            do="name an earlier survey, or run the later survey instead",
        )


def _unit(indicator: Indicator, target: Target) -> Found:
    """Yields a warning if the value of a target is so small that it is probably a proportion, and not in the
    unit of its row."""
    measure = indicator.measure or ""
    if target.value and target.value < 1 and (is_rate(measure) or measure in CASE_SHARES):
        factor = scale(measure)
        what = (
            f"the target's value {as_stated(target.value)} is per {factor:,.0f}, and so small that a "
            "proportion may be meant"
        )
        do = f"if it is one, write {as_stated(target.value * factor)}; otherwise leave it"
        yield warning(where=f"targets of {indicator.id}", what=what, do=do)


def _rises(indicator: Indicator) -> Found:
    """Yields a warning for each target that is above the earlier target of the same row, so that the planned
    path rises. A cut and a value are not compared, because that needs the baseline."""
    for group, category in dict.fromkeys((t.group, t.category) for t in indicator.targets):
        for before, after in pairwise(targets_of_row(indicator.targets, group or TOTAL, category)):
            both = [(t.value, t.cut and -t.cut) if not t.eradicate else (0.0, -1.0) for t in (before, after)]
            if any(old is not None and new is not None and new > old for old, new in zip(*both, strict=True)):
                what = (
                    f"the target of {after.year} is above that of {before.year}, so that the planned "
                    "path rises"
                )
                yield warning(
                    where=f"targets of {indicator.id}",
                    what=what,
                    do="exchange the two, or correct one of them",
                )


def _baseline_year(plan: Plan, indicator: Indicator | None, spec: SurveySpec) -> int:
    """Returns the year of the baseline: that of the survey, or the first year for which a publication has
    numbers (of the indicator, if one is given)."""
    figures = () if isinstance(plan.baseline_survey, str) else plan.baseline_survey
    return min(
        (f.year for f in figures if indicator is None or f.indicator == indicator.id), default=spec.year
    )


def _surveys_of_the_past(plan: Plan, spec: SurveySpec) -> Found:
    """Yields a warning if a planned survey is not after the baseline, so that no change could be found
    between the two."""
    start = _baseline_year(plan, None, spec)
    if early := [str(year) for year in sorted(set(plan.planned_surveys)) if year <= start]:
        what = f"a planned survey is not after the baseline's year ({start}): {', '.join(early)}"
        yield warning(where="planned_surveys", what=what, do="name the years of the later surveys only")


def _against_survey(plan: Plan, spec: SurveySpec) -> Found:
    """Yields an error for each of these problems: plan and survey.yaml are of different countries; a planned
    sample is for a population that survey.yaml does not define; a published number is for a category of a
    group that the survey does not have; or a published number does not fit its number of cases."""
    wrong: dict[str, SpecError] = {}
    for part in (plan.tables, plan.published_rows):
        try:
            part(spec)
        except SpecError as raised:
            wrong[raised.where] = raised  # both parts find a wrong country: it is kept once
    for found in wrong.values():
        yield error(where=found.where.partition(", ")[2], what=found.reason, do=found.do)


def _indicator_findings(indicator: Indicator, spec: SurveySpec) -> Found:
    """Yields a finding for each part of an indicator that the survey cannot give: its population, its
    measure, the group in `of`, or a group in `disaggregated_by`."""
    where, measure = indicator.id, indicator.survey_measure or ""
    if indicator.population and indicator.population not in spec.populations:
        do = f"name one of {', '.join(spec.populations)}"
        yield error(where=where, what=f"the survey has no population {indicator.population}", do=do)
    if measure == PROFILE:
        yield from _characteristic_of_cases(indicator, spec)
    elif indicator.of and indicator.of not in spec.group_names:
        yield error(
            where=where,
            what=f"the survey has no group {indicator.of}",
            do=f"name one of {', '.join(spec.group_names)}",
        )
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
            yield note(
                where=where, what=what, do=f"ask for it in a row of measure: total, or share of {group}"
            )


def _characteristic_of_cases(indicator: Indicator, spec: SurveySpec) -> Found:
    """Yields findings about an indicator on a characteristic of cases, such as debt bondage. A finding is an
    error if the survey does not have this characteristic, or if the indicator is about adults and children
    together."""
    allowed, whole = (
        allowed_characteristics(spec),
        spec.populations.get(indicator.population or spec.default_population),
    )
    if topic_and_name(indicator.of or "")[1] not in {topic_and_name(name)[1] for name in allowed}:
        do = f"name one of {', '.join(allowed)}"
        yield error(
            where=indicator.id, what=f"the survey has no characteristic of cases {indicator.of}", do=do
        )
    if whole and whole.sum_of:
        do = f"name one of {', '.join(whole.sum_of)} as its population"
        yield error(where=indicator.id, what="adults and children each have a profile of their own", do=do)


def _target_findings(plan: Plan, indicator: Indicator, target: Target, spec: SurveySpec) -> Found:
    """Yields a finding for each of these problems of a target: its year is not after the year of the
    baseline, the survey does not have its group or category, or the measure cannot be broken down by its
    group."""
    where, start = f"targets of {indicator.id}", _baseline_year(plan, indicator, spec)
    if target.year <= start:
        what = f"the target's year {target.year} is not after the baseline's ({start})"
        yield error(where=where, what=what, do="give a later year, or the right survey under baseline_survey")
    group = group_of(target.group, spec.group_names) if target.group else None
    there = _labels(spec, group, indicator.population or spec.default_population) if group else []
    if there and target.category not in there:
        what = f"{target.group} has no category {target.category}"
        yield error(where=where, what=what, do=f"name one of {', '.join(there)}")
    if group and not can_break_down(indicator.survey_measure or "", group, spec.case_only):
        what = f"{target.group} has no rate, because only cases have one"
        yield error(
            where=where, what=what, do=f"ask for a target in a row of measure: total, or share of {group}"
        )
    if target.group and group is None:
        yield error(
            where=where,
            what=f"the survey has no {target.group}",
            do=f"name one of {', '.join(spec.group_names)}",
        )


def _labels(spec: SurveySpec, group: str, population: str) -> list[str]:
    """Returns the names of a group's categories in a population. A population of children has its own names:
    `girls` in place of `women`. The list is empty if survey.yaml does not list the categories, as for a
    sector, whose categories come from the industrial classification ISIC."""
    labels = spec.groups[group].labels if group in spec.groups else ()
    names = names_in(spec, population).get(group, {})
    return [names.get(label, label) for label in (labels.values() if isinstance(labels, dict) else labels)]
