"""Publishes the changes since an earlier survey or publication, protected by the rules of both rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import classify
from fltoolkit.classify.category_names import names_in
from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import group_order
from fltoolkit.errors import NotAvailable, SpecError
from fltoolkit.estimate.change_over_time.change_between_rounds import change, change_from_published
from fltoolkit.estimate.change_over_time.published_baseline import PublishedBaseline
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.measure_by_name import estimate_measure
from fltoolkit.languages.reasons import has_text
from fltoolkit.publish.published_change import publish_change
from fltoolkit.publish.published_set import HasTables, Published, publish_run, refuse_other_survey
from fltoolkit.remembered_results import key_from, remembered
from fltoolkit.survey.spec.groups_and_tables import TOTAL, groups_of_breakdown
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.survey.survey_opening import read_survey

COMPARED = (
    "prevalence",
    "total",
    "stock_prevalence",
    "stock",
    "current_prevalence",
    "current",
    "duration",
    "share",
    "profile",
)
Key = tuple[str, str, str | None]


@dataclass(frozen=True)
class PublishedRow:
    """One number of an earlier publication, and the row of this survey with which it is compared.

    Attributes:
        measure: the measure of the row.
        population: its population; None: the default population.
        group, category: a category of a group; both are empty for the whole population.
        figure: the number of the earlier publication.
        where: where this number is defined, for error messages.
    """

    measure: str
    population: str | None
    group: str
    category: str
    figure: PublishedBaseline
    where: str


@runtime_checkable
class HasBaseline(HasTables, Protocol):
    """The parts of a plan that `rounds` needs: the tables that the plan asks of a survey, and the source of
    its baseline (a survey or a publication)."""

    @property
    def baseline_path(self) -> Path | None: ...
    def published_rows(self, spec: SurveySpec) -> Sequence[PublishedRow]: ...


@dataclass(frozen=True, repr=False)
class Rounds:
    """The published set of a run, together with the baseline of its plan. The baseline is the first
    measurement, with which later surveys are compared.

    Attributes:
        now: the run's published set.
        start: the published set of the baseline. It is `now` itself if the run is the baseline, and None if
            the baseline is a publication.
        changed: the changes since the baseline, as from `publish_change`; None if the run is the baseline.
    """

    now: Published
    start: Published | None
    changed: Published | None = None

    def __repr__(self) -> str:
        there = ", ".join(name for name in ("now", "start", "changed") if getattr(self, name) is not None)
        return f"Rounds: {there}"


@checked
def rounds(
    plan: HasBaseline,
    persons: ClassifiedSurvey,
    out: Published,
    *,
    rules: str | Path = "icls_2018",
    profile: str | Path = "fltoolkit",
) -> Rounds:
    """Returns a run together with the baseline of its plan: the first measurement, with which later surveys
    are compared. The baseline is the survey itself, an earlier survey (then its numbers are computed again),
    or rows of a publication.

    Args:
        plan: the result of `fl.read_plan`.
        persons: the survey at hand, classified.
        out: its published set, made with this plan.
        rules, profile: the rule set and the publication profile of the run. The earlier round is also
            classified and published under them.

    Raises:
        SpecError, DataError: the earlier round cannot be read.
        DesignError: the rounds have PSUs with the same labels, and survey.yaml does not say whether they are
            the same areas.
    """
    refuse_other_survey(persons, out, "rounds")
    if rows := plan.published_rows(persons.spec):
        parts = [part for row in rows if (part := _since_publication(row, persons, out)) is not None]
        return Rounds(out, None, _combined(parts))
    if plan.baseline_path is None or plan.baseline_path.resolve() == persons.path.resolve():
        return Rounds(out, out)
    earlier = classify(read_survey(plan.baseline_path), rules=_of_the_run(rules, persons))
    start = publish_run(earlier, plan=plan, profile=_of_the_run(profile, persons))
    return Rounds(out, start, _changes_between(earlier, start, persons, out))


@checked
def changes(
    before: str | Path,
    persons: ClassifiedSurvey,
    out: Published,
    *,
    plan: HasTables | None = None,
    rules: str | Path = "icls_2018",
    profile: str | Path = "fltoolkit",
) -> Published | None:
    """Returns the change of every measure since an earlier round (an earlier survey of the same kind), for
    each population: for everyone, and by each group that both rounds publish. Crossed groups are left out.

    Args:
        before: the earlier round's survey.yaml, relative to the folder of this survey; empty if there is no
            earlier round.
        persons: the later round, classified.
        out: its published set.
        plan, rules, profile: the plan, the rule set and the publication profile of the run. The earlier round
            is also classified and published under them.

    Returns:
        A `Published` as from `publish_change`, prevalence first; None without an earlier round.

    Raises:
        SpecError, DataError: the earlier round cannot be read.
        DesignError: the rounds have PSUs with the same labels, and survey.yaml does not say whether they are
            the same areas.
    """
    refuse_other_survey(persons, out, "changes")
    if not str(before):
        return None
    earlier = classify(read_survey(persons.path.parent / before), rules=_of_the_run(rules, persons))
    published = publish_run(earlier, plan=plan, profile=_of_the_run(profile, persons))
    return _changes_between(earlier, published, persons, out)


def _of_the_run(name: str | Path, persons: ClassifiedSurvey) -> str | Path:
    """Returns the name of a rule set or profile for the earlier round. A file has its whole path, because a
    relative path would start from the folder of the earlier round."""
    return (persons.path.parent / name).resolve() if Path(name).suffix in (".yaml", ".yml") else name


def _changes_between(
    earlier: ClassifiedSurvey, published: Published, persons: ClassifiedSurvey, out: Published
) -> Published | None:
    """Returns the change of every number that both rounds publish for everybody or by one group.

    Args:
        earlier, published: the earlier round, and its published set.
        persons, out: the later round, and its published set.
    """
    later, parts = _single_groups(out), []
    for (measure, population, of), by in _single_groups(published).items():
        both = [b for b in by if b in later.get((measure, population, of), ())]
        try:
            pair = (
                [_estimates_of(survey, measure, of, population, both) for survey in (earlier, persons)]
                if both
                else []
            )
        except NotAvailable:  # the rows of the published sets give the reason
            continue
        if pair:
            parts.append(publish_change(change(*pair), published, out))
    return _combined(parts)


def _estimates_of(
    survey: ClassifiedSurvey, measure: str, of: str | None, population: str, by: list[tuple[str, ...]]
) -> Estimates:
    """Returns exact estimates of a survey and keeps them in memory for the run, because two callers need
    them. `of` is the group whose categories have the shares, if the measure is a share. `by` are the
    breakdowns."""
    key = key_from(survey, "estimates", measure, of, population, tuple(by))
    return remembered(key, lambda: estimate_measure(survey, measure, of, population, by))


def _single_groups(out: Published) -> dict[Key, list[tuple[str, ...]]]:
    """Returns the breakdowns of a run that use at most one group. The default population comes first. A
    breakdown whose categories may not be listed (`unlisted_breakdowns`) has no changes.

    The keys are the measure, the population and, for a share, the group whose categories have the shares.
    """
    found: dict[Key, list[tuple[str, ...]]] = {}
    listed = (out.own["breakdown"] == "") | out.own["category"].map(has_text)
    own = out.own[listed & (out.own["marker"] != "x")]
    for measure in COMPARED:
        rows = own[own["measure"] == measure][["reference_population", "breakdown"]].drop_duplicates()
        for population, breakdown in rows.itertuples(index=False):
            groups = [g for g in groups_of_breakdown(breakdown) if measure != "profile" or g not in TOPICS]
            of = groups.pop() if measure == "share" else None
            by = found.setdefault((measure, str(population), of), [])
            if len(groups) <= 1 and tuple(groups) not in by:
                by.append(tuple(groups))
    return dict(sorted(found.items(), key=lambda item: item[0][1] != out.headlines[0]))


def _since_publication(row: PublishedRow, persons: ClassifiedSurvey, out: Published) -> Published | None:
    """Returns the change since a published number. Returns None if this survey has no number to compare with
    it."""
    by = (row.group,) if row.group else ()
    population = row.population or persons.spec.default_population
    try:
        est = estimate_measure(persons, row.measure, None, population, [by])
    except NotAvailable:
        return None
    if row.group and row.category not in set(est.table[row.group].astype(str)):
        names = names_in(persons.spec, population).get(row.group, {})
        known = [names.get(label, label) for label in group_order(persons.spec, row.group)]
        if row.category in known:
            return None  # the category is known, but the later round asked nobody in it
        raise SpecError(
            "a row of the published baseline is for a category that the later round does not have",
            where=row.where,
            found=f"{row.group}: {row.category}",
            allowed=known,
            do="write the category as survey.yaml of the later round names it",
        )
    return publish_change(change_from_published(row.figure, est, row=row.category or TOTAL), None, out)


def _combined(parts: Sequence[Published]) -> Published | None:
    """Returns several published changes as one. The limits and notes of the result come from the first of
    them."""
    if not parts:
        return None
    tables = (pd.concat([getattr(p, name) for p in parts], ignore_index=True) for name in ("table", "exact"))
    table, exact = (t.assign(**{g: t[g].fillna(TOTAL) for g in parts[0].groups if g in t}) for t in tables)
    return replace(parts[0], table=table, exact=exact)
