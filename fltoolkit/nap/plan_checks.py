"""Checks a plan before any survey is run: nap.yaml alone, or together with the survey.yaml that fills its
rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, permutations
from math import inf
from pathlib import Path

import pandas as pd

from fltoolkit.classify.category_names import names_in
from fltoolkit.classify.group_columns import group_order
from fltoolkit.errors import FltoolkitError, SpecError
from fltoolkit.estimate.change_over_time.published_baseline import doubts
from fltoolkit.languages.reasons import as_stated
from fltoolkit.nap.profile.profile_rows import PROFILE, allowed_characteristics, topic_and_name
from fltoolkit.nap.results_framework import (
    Indicator,
    Plan,
    PublishedFigure,
    can_break_down,
    group_of,
    read_plan,
)
from fltoolkit.nap.target_paths import Target, targets_of_row
from fltoolkit.publish.measure_units import CASE_SHARES, COUNT_MEASURES, is_rate, scale
from fltoolkit.publish.printed_numbers import class_limits
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec
from fltoolkit.table_records import as_records

Found = Iterator[Finding]
ROUNDED = 1.05  # times everybody's number: what rounded numbers of categories may add up to
OTHER_POPULATION = 3.0  # times the official number; so far from it, two numbers are of another population
NEARLY_ALL = 0.95  # of the persons of a publication
MONTHS, OTHER_TIME = -1.0, -2.0  # stand for units of time, which are no numbers of persons
# a number of persons, such as per 1,000; "per 12 months" and "in 2030" are none
PER = re.compile(r"(?:\b(?:per|pour|por|cada|sur|in|of) |/ ?)(1[\s.,'’0]*00)\b", re.IGNORECASE)
UNITS = tuple(
    (re.compile(words, re.IGNORECASE), of)
    for words, of in (  # words of a unit, and the scale that they say: of persons, a proportion is multiplied by it
        (r"%|per ?cent|pour ?cent|por ?cent|per hundred", 100.0),
        (r"\b(?:per|pour|por|cada) (?:(?:a|one|un) )?(?:thousand|mill?e?)\b|‰", 1000.0),
        (r"\b(?:thousands?|milliers?|miles)\b|(?<!\d)['’]000", 1e-3),
        (r"\b(?:millions?|millones)\b", 1e-6),
        (r"^(?:months?|mois|mes(?:es)?)\b", MONTHS),
        (r"^(?:years?|ans?|années?|años?|weeks?|semaines?|semanas?|days?|jours?|días?)\b", OTHER_TIME),
        (r"^(?:(?:number|nombre|número) (?:of |de ))?(?:persons?|people|personnes?|personas?)\b", 1.0),
    )
)
RATES = {"total": "prevalence", "stock": "stock_prevalence", "current": "current_prevalence"}
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
            *_rises(plan, indicator),
            *(
                f
                for target in indicator.targets
                for f in (*_years(plan, indicator, target, spec), *_unit(indicator, target))
            ),
        ]
        found += _unit_of_row(indicator)
    found += [*_late_baseline(plan, spec), *_doubtful_figures(plan), *_parts_of_figures(plan)]
    found += _other_targets(plan, spec)
    if spec is not None:
        found += [*_against_survey(plan, spec), *_against_population(plan, spec)]
        for _, indicator in plan.measured:
            found += [
                *_indicator_findings(indicator, spec),
                *_targets_apart(indicator, spec),
                *(f for target in indicator.targets for f in _target_findings(indicator, target, spec)),
            ]
    return findings(list(_with_acceptance(plan, found)), None)


def _with_acceptance(plan: Plan, found: Sequence[Finding]) -> Found:
    """Yields findings about a plan, after its entries under `accept` are applied: an accepted warning becomes
    a note with the reason. An entry that accepts nothing is a warning itself."""
    reasons = {entry.where: entry.why for entry in plan.accept}
    warnings = {str(finding.where) for finding in found if finding.severity == "warning"}
    for finding in found:
        if finding.severity != "warning":
            yield finding
        elif why := reasons.get(str(finding.where)):
            what = f"{finding.what}; accepted: {why}"
            yield replace(finding, severity="note", what=what, do="nothing: nap.yaml accepts it")
        else:
            yield replace(finding, do=f"{finding.do}; or name the place under accept: with the reason")
    for where in [place for place in reasons if place not in warnings]:
        yield warning(where=where, what="accept: there is no warning of this place", do="remove the entry")


def _years(plan: Plan, indicator: Indicator, target: Target, spec: SurveySpec | None) -> Found:
    where, start = f"targets of {indicator.id}", _baseline_year(plan, indicator, target, spec)
    if start is not None and target.year <= start:
        what = f"the target's year {target.year} is not after the baseline's ({start})"
        yield error(where=where, what=what, do="give a later year, or the right survey under baseline_survey")
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
            survey that is named as an earlier one is later than the run's own, or is this survey.
    """
    if earlier and earlier.resolve() == survey.resolve():
        raise SpecError(
            "the survey named as the earlier round is the survey of the run",
            where="before",
            found=str(earlier),
            do="name the survey.yaml of the earlier round, or leave it out",
        )
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
    measure, where = indicator.measure or "", f"targets of {indicator.id}"
    if not target.value or target.value >= 1:
        return
    said = f"the target's value {as_stated(target.value)} is"
    if measure in COUNT_MEASURES:
        do = "for a share of the baseline that goes away write cut; otherwise give the number of persons"
        yield warning(where=where, what=f"{said} less than one person", do=do)
    elif is_rate(measure) or measure in CASE_SHARES:
        factor = scale(measure)
        what = f"{said} per {factor:,.0f}, and so small that a proportion may be meant"
        do = f"if it is one, write {as_stated(target.value * factor)}; otherwise leave it"
        yield warning(where=where, what=what, do=do)


def _unit_of_row(indicator: Indicator) -> Found:
    """Yields a warning if the unit of a measured row says another scale than that of its measure."""
    measure = indicator.measure or ""
    own = scale(measure) if measure != "duration" else MONTHS
    if measure == "percent_decrease":
        return
    told = next((of for pattern, of in UNITS if pattern.search(str(indicator.unit))), None)
    if per := PER.search(str(indicator.unit)):
        told = float(re.sub(r"\D", "", per[1]))
    if told is not None and told != own:
        is_count = measure in COUNT_MEASURES
        said = "months" if own == MONTHS else "persons" if is_count else f"per {own:,.0f}"
        what = f"the unit says {indicator.unit}, and the kit reads and prints values of {measure} as {said}"
        yield warning(where=f"unit of {indicator.id}", what=what, do="give its values so, and leave unit out")


def _targets_apart(indicator: Indicator, spec: SurveySpec) -> Found:
    """Yields a warning if everybody's target of a year is beyond those of all categories of a group: a rate of
    everybody is between the rates of the categories, and so is its cut."""
    if not is_rate(indicator.measure or ""):
        return
    wholes = {t.year: t for t in indicator.targets if not t.group}
    for group, year in dict.fromkeys((t.group, t.year) for t in indicator.targets if t.group):
        whole, name = wholes.get(year), group_of(group, spec.group_names)
        parts = [t for t in indicator.targets if (t.group, t.year) == (group, year)]
        there = set(group_order(spec, name)) - {NOT_STATED} if name else set()
        if whole is None or not there or len(parts) < len(there):
            continue
        for key in ("cut", "value"):
            own, others = getattr(whole, key), [getattr(part, key) for part in parts]
            if own is not None and None not in others and not min(others) <= own <= max(others):
                what = f"the target of everybody in {year} ({own:g}) is not between those of {group}"
                do = "correct one of them: not all can be met"
                yield warning(where=f"targets of {indicator.id}", what=what, do=do)


def _other_targets(plan: Plan, spec: SurveySpec | None) -> Found:
    """Yields a warning if two rows are about the same number and have different targets for it in one year. A
    cut and a value are not compared, because that needs the baseline."""
    first: dict[tuple[object, ...], tuple[str, Target]] = {}
    for _, indicator in plan.measured:
        population = indicator.population or (spec and spec.default_population)
        for target in indicator.targets:
            number = (indicator.survey_measure, indicator.of, population, target.group, target.category)
            name, other = first.setdefault((*number, target.year), (indicator.id, target))
            cuts = {t.cut or 1.0 for t in (target, other) if t.value is None}
            values = {t.value or 0.0 for t in (target, other) if t.cut is None}
            if len(cuts) > 1 or len(values) > 1:
                what = f"{name} has another target for the same number in {target.year}"
                yield warning(
                    where=f"targets of {indicator.id}", what=what, do="correct one, or leave it out"
                )


def _against_population(plan: Plan, spec: SurveySpec) -> Found:
    """Yields a question if the official number of persons, where survey.yaml has it, contradicts the plan: more
    persons are planned for a sample; or a published rate and a published number of persons are of a population
    of another size."""
    official = {name: of.population for name, of in spec.populations.items() if of.population}
    planned = plan.planned_sample if isinstance(plan.planned_sample, dict) else {}
    if official and isinstance(plan.planned_sample, int):  # of which population, it does not say
        planned = {max(official, key=lambda name: official[name]): plan.planned_sample}
    for name, sample in planned.items():
        if sample > official.get(name, inf):
            what = f"{sample:,} persons are planned, and the population {name} has {official[name]:,.0f}"
            yield warning(where="planned_sample", what=what, do="give the persons who will answer")
    rows = {indicator.id: indicator for _, indicator in plan.measured}
    wholes = [
        (f, rows[f.indicator].survey_measure or "", rows[f.indicator].population or spec.default_population)
        for f in plan.figures
        if not f.group
    ]
    for (rate, measure, population), (count, counted, other) in permutations(wholes, 2):
        size, one = official.get(population), (measure, population, rate.year)
        if not size or not rate.value or (RATES.get(counted), other, count.year) != one:
            continue
        implied = count.value / rate.value * scale(measure)
        if max(implied / size, size / max(implied, 1)) > OTHER_POPULATION:
            what = (
                f"{rate.value:g} per {scale(measure):,.0f} and {count.value:,.0f} persons are of a population of "
                f"{implied:,.0f}, and survey.yaml says {size:,.0f}"
            )
            yield warning(
                where=count.row, what=what, do="give persons, not thousands, or correct one of the numbers"
            )


def _parts_of_figures(plan: Plan) -> Found:
    """Yields a question if the published numbers of the categories of a group contradict that of everybody:
    more cases or persons, or, if the categories have all its persons, a rate that is between none of
    theirs."""
    measures = {indicator.id: indicator.survey_measure or "" for _, indicator in plan.measured}
    wholes = {f.indicator: f for f in plan.figures if not f.group}
    of: dict[tuple[str, str], list[PublishedFigure]] = {}
    for figure in plan.figures:
        if figure.group and figure.indicator in wholes and figure.year == wholes[figure.indicator].year:
            of.setdefault((figure.indicator, figure.group), []).append(figure)
    for (name, group), parts in of.items():
        whole = wholes[name]
        most: dict[str, float | None] = {"cases": _most_cases(whole.cases), "n": whole.n}
        if measures[name] in COUNT_MEASURES:
            most["value"] = whole.value * ROUNDED
        for key, total in most.items():
            added = sum(getattr(part, key) or 0 for part in parts)
            if total is not None and added > total:
                given = f"{getattr(whole, key):,.0f}"
                what = f"the {key} of {group} add up to {added:,.0f}, and everybody has {given}"
                yield warning(
                    where=whole.row, what=what, do="correct the numbers of everybody or of the categories"
                )
        persons = sum(part.n or 0 for part in parts)
        values = sorted(part.value for part in parts)
        all_there = whole.n and len(parts) > 1 and persons >= NEARLY_ALL * whole.n
        if is_rate(measures[name]) and all_there and not values[0] <= whole.value <= values[-1]:
            what = f"value is {whole.value:g}, and no rate of {group} is on its other side"
            yield warning(where=whole.row, what=what, do="correct the number of everybody or of a category")


def _most_cases(cases: int | None) -> int | None:
    """Returns the largest number of cases that a publication can mean, which may give the lower end of a
    class; None if there is no limit."""
    if not cases:
        return cases
    least, most = class_limits(cases)
    return most if cases == least else cases


def _rises(plan: Plan, indicator: Indicator) -> Found:
    """Yields a warning for each target that is above the earlier target of the same row, or not below the
    published baseline, so that the planned path rises. A cut and a value are not compared, because that needs
    the baseline."""
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
    published = {(f.group, f.category): f.value for f in plan.figures if f.indicator == indicator.id}
    for target in indicator.targets:
        start = published.get((target.group, target.category), inf)
        if target.value is not None and target.value >= start:
            what = (
                f"the target's value {as_stated(target.value)} is not below the baseline ({as_stated(start)})"
            )
            yield warning(
                where=f"targets of {indicator.id}",
                what=what,
                do="give both in the row's unit, or a lower target",
            )


def _baseline_year(
    plan: Plan, indicator: Indicator | None, target: Target | None, spec: SurveySpec | None
) -> int | None:
    """Returns the year of the baseline: that of the survey, or that of a publication's number for the row of
    a target. If there is no such number, it is the first year of the indicator's numbers, or of all of them.
    None if no year is known."""
    mine = [f for f in plan.figures if indicator is None or f.indicator == indicator.id]
    of_row = [f for f in mine if target and (f.group, f.category) == (target.group, target.category)]
    years = [f.year for f in of_row or mine or plan.figures]
    return min(years, default=spec.year if spec else None)


def _late_baseline(plan: Plan, spec: SurveySpec | None) -> Found:
    """Yields a warning if a planned survey is not after the baseline, so that no change could be found
    between the two, or if the baseline is after the plan. Yields an error for a published number that is
    later than the survey of the run."""
    start = _baseline_year(plan, None, None, spec)
    if start is None:
        return
    if early := [str(year) for year in sorted(set(plan.planned_surveys)) if year <= start]:
        what = f"a planned survey is not after the baseline's year ({start}): {', '.join(early)}"
        yield warning(where="planned_surveys", what=what, do="name the years of the later surveys only")
    if start > plan.last_year:
        what = f"the baseline ({start}) is after the plan ({plan.first_year} to {plan.last_year})"
        yield warning(where="baseline_survey", what=what, do="name an earlier survey, or correct last_year")
    for figure in plan.figures:
        if spec and figure.year > spec.year:
            what = f"the number is of {figure.year}, later than the survey of the run ({spec.year})"
            yield error(where=figure.row, what=what, do="correct the year, or run a later survey")


def _doubtful_figures(plan: Plan) -> Found:
    """Yields a question for each published number that may be in another unit, or of another country."""
    rows = {indicator.id: indicator for _, indicator in plan.measured}
    for figure in plan.figures:
        measure, cases, where = rows[figure.indicator].survey_measure or "", figure.cases, figure.row
        if (counted := figure.far_from_cases(measure)) is not None:
            per = f"per {scale(measure):,.0f}"
            what = (
                f"value is {figure.value:.6g}, read {per}; its cases ÷ n are {counted:.3g} {per} "
                f"({cases} of {figure.n})"
            )
            do = f"give value and interval {per} (17.2, not 0.0172 or 1.72), or correct cases and n"
            yield warning(where=where, what=what, do=do)
        for doubt in doubts(figure.as_estimated(measure)) if counted is None and is_rate(measure) else ():
            do = "compare value, interval, n and deff with the publication"
            yield warning(where=where, what=str(doubt), do=do)
        if measure in COUNT_MEASURES and cases and figure.value < cases:
            what = f"value is {figure.value:.6g} persons, fewer than its cases in the sample ({cases})"
            yield warning(where=where, what=what, do="give persons, not thousands, or correct cases")
        if figure.country and not plan.is_of(figure.country):
            what = f"the number is of {figure.country}, and the plan of {plan.country}"
            yield warning(where=where, what=what, do="write the country alike, or take the number out")


def _against_survey(plan: Plan, spec: SurveySpec) -> Found:
    """Yields an error for each of these problems: plan and survey.yaml are of different countries; a planned
    sample is for a population that survey.yaml does not define; or a published number is for a group or a
    category that the survey does not have."""
    wrong: dict[str, SpecError] = {}
    for part in (plan.tables, plan.published_rows):
        try:
            part(spec)
        except SpecError as raised:
            wrong[raised.where] = raised  # both parts find a wrong country: it is kept once
    for found in wrong.values():
        yield error(where=found.where.partition(", ")[2], what=found.reason, do=found.do)
    rows = {indicator.id: indicator for _, indicator in plan.measured}
    for figure in plan.figures:
        yield from _no_category(rows[figure.indicator], figure, figure.row, spec)


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


def _target_findings(indicator: Indicator, target: Target, spec: SurveySpec) -> Found:
    """Yields a finding for each of these problems of a target: the survey does not have its group or
    category, or the measure cannot be broken down by its group."""
    where = f"targets of {indicator.id}"
    group = group_of(target.group, spec.group_names) if target.group else None
    yield from _no_category(indicator, target, where, spec)
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


def _no_category(indicator: Indicator, of: Target | PublishedFigure, where: str, spec: SurveySpec) -> Found:
    """Yields an error if the group of a target, or of a published number, has no such category in the
    survey. A population of children has its own names: `girls` in place of `women`."""
    group = group_of(of.group, spec.group_names) if of.group else None
    if group is None:
        return
    names = names_in(spec, indicator.population or spec.default_population).get(group, {})
    there = [str(names.get(label, label)) for label in group_order(spec, group)]
    if of.category not in there:
        what = f"{of.group} has no category {of.category}"
        yield error(where=where, what=what, do=f"name one of {', '.join(there)}")
