"""Reads the results framework of a plan (objectives with their indicators) from nap.yaml (ILO toolkit, Tool
No. 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AllowInfNan, BeforeValidator, Field, FiniteFloat, PrivateAttr, model_validator

from fltoolkit.arguments import Level, checked
from fltoolkit.errors import SpecError
from fltoolkit.estimate.change_over_time.published_baseline import (
    AtLeastOne,
    Count,
    Deff,
    PublishedBaseline,
    Share,
    contradiction,
    far_from_cases,
)
from fltoolkit.languages.language import read_language
from fltoolkit.languages.own_text import (
    NO_TEXT,
    NO_WORKING_TEXT,
    LanguageCode,
    OwnText,
    WorkingText,
    refuse_two_translations,
)
from fltoolkit.nap.slides_template import check_template
from fltoolkit.nap.target_paths import Target
from fltoolkit.publish.measure_units import CASE_SHARES, COUNT_MEASURES, PERCENTAGES, PROFILES, is_rate, scale
from fltoolkit.publish.rounds_and_changes import PublishedRow
from fltoolkit.shipped_files import survey_file
from fltoolkit.survey.spec.corrections import Words
from fltoolkit.survey.spec.groups_and_tables import Measure as Estimated, Name, TableSpec
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.yaml_files.loading import ONE, Model, Names, Year, as_entries, load_model, normalised_name

Measure = Literal[
    "prevalence",
    "total",
    "share",
    "stock",
    "stock_prevalence",
    "current",
    "current_prevalence",
    "duration",
    "profile",
    "percent_decrease",
]
LEVEL = 0.95  # of the intervals of a run
PlannedSample = Annotated[int, Field(gt=0)]
BESIDE = "nap.yaml"  # the file name of a plan in the folder of its survey.yaml
WORDS = {"gender": ("gender", "sex"), "age": ("age", "age_group")}


YEARLY = WorkingText("yearly")  # the kit has its translations


class Definition(Model):
    """The definition of an indicator, as the ILO toolkit's results framework (Tool No. 16) asks for it.

    Attributes:
        counted: what is counted.
        unit_of_analysis: in which unit.
        stored: where the data are stored.
        type: the kind of the indicator.
    """

    counted: WorkingText
    unit_of_analysis: WorkingText = NO_WORKING_TEXT
    stored: WorkingText = NO_WORKING_TEXT
    type: Literal["quantitative", "qualitative"] = "quantitative"


class PublishedFigure(Model):
    """A number of an earlier publication that is the baseline of one indicator, in its unit (17.2 for 17.2
    per 1,000).

    Facts that the publication does not state, such as its rule set, are left out. They are then not compared
    with the facts of the survey.

    Attributes:
        indicator: the `id` of the indicator.
        value, ci_low, ci_high: the number and its interval, in the unit of the indicator.
        level: the confidence level of the interval: 0.95, as in a run.
        group, category: the names that the later survey uses, for a number of one category.
        cases, n: the cases, and the persons who answered. Of a class of cases, such as 30–49, the lower end.
        psus_with_cases, deff: the PSUs with cases, and the design effect (above 0). With one of them a
            verdict needs fewer cases.
        unresolved_share: the weighted share of unresolved persons among those asked (0.012 is 1.2%). Without
            it a second test counts every unresolved person of the later round as a case.
        year: the year of the survey.
        survey, country, rule_set, population_label, population_ages: what the publication says of them.
        reference_months, window_start, window_end: the reference period: its length, start and end.
    """

    indicator: Name
    value: FiniteFloat
    ci_low: FiniteFloat
    ci_high: FiniteFloat
    level: Level = 0.95
    group: str = ""
    category: str = ""
    cases: Count | None = None
    psus_with_cases: Count | None = None
    deff: Annotated[Deff, AllowInfNan(False)] | None = None
    n: AtLeastOne | None = None
    unresolved_share: Annotated[Share, AllowInfNan(False)] | None = None
    year: Year
    survey: str = ""
    country: str = ""
    rule_set: str = ""
    reference_months: AtLeastOne | None = None
    window_start: str = ""
    window_end: str = ""
    population_label: str = ""
    population_ages: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> PublishedFigure:
        if not self.ci_low <= self.value <= self.ci_high:
            raise ValueError(
                "value does not lie between ci_low and ci_high; give all three in the row's unit"
            )
        if self.level != LEVEL:
            raise ValueError(
                f"level is {self.level:g}, and a run computes intervals of {LEVEL:g}; give the limits of {LEVEL:g}: "
                "of a 90% interval, both distances from the value, on a log scale, times 1.19"
            )
        if bool(self.group) != bool(self.category):
            raise ValueError("group and category go together")
        if problem := contradiction(self):
            raise ValueError(problem)
        return self

    @property
    def row(self) -> str:
        """Returns the place of the number in nap.yaml, as messages name it: `baseline_survey, rate, women`."""
        return ", ".join(filter(None, ("baseline_survey", self.indicator, self.category)))

    def impossible(self, measure: str) -> str:
        """Returns, in words, why a number of this measure cannot have this value; empty if it can."""
        most = largest(measure)
        if self.ci_high > most:
            return (
                f"ci_high ({self.ci_high:.10g}) is more than everybody: its unit is per {most:,.0f}; give "
                f"{most:,.0f} where the publication printed more"
            )
        if is_rate(measure) and self.value / most + (self.unresolved_share or 0) > 1:
            return (
                f"value ({self.value:.10g} per {most:,.0f}) and unresolved_share ({self.unresolved_share:g}) "
                "are together more than everybody"
            )
        return ""

    def far_from_cases(self, measure: str) -> float | None:
        """Returns the cases divided by the persons who answered, in the unit of a rate, if the rate is far
        from it; None if not, or if this cannot be known."""
        counted = far_from_cases(self.as_estimated(measure)) if is_rate(measure) else None
        return None if counted is None else counted * scale(measure)

    def as_estimated(self, measure: str) -> PublishedBaseline:
        """Returns the number as estimates have it: 17.2 per 1,000 becomes 0.0172."""
        facts = self.model_dump(exclude={"indicator", "value", "ci_low", "ci_high", "group", "category"})
        value, low, high = (number / scale(measure) for number in (self.value, self.ci_low, self.ci_high))
        return PublishedBaseline(value, low, high, measure=measure, **facts)


def largest(measure: str) -> float:
    """Returns the largest value that a rate or a percentage can have in its unit, such as 1,000 for a rate
    per 1,000; infinite for a number of persons or of months."""
    return scale(measure) if is_rate(measure) or measure in PERCENTAGES else inf


class Indicator(Model):
    """An indicator of the plan. Its value comes from the survey if it has a `measure`, and else from the
    partner organisations.

    The measure `percent_decrease` gives two rows in the baseline: the prevalence, and the decrease that is
    computed from it.

    Attributes:
        id: a short name with small letters, digits and _, which starts with a letter.
        indicator, means_of_verification, unit, reporting_frequency, sdg: columns of Tool No. 16, as it
            defines them.
        lead: the organisation that is responsible.
        definition: how the indicator is defined.
        disaggregated_by: the groups by which it is split: `gender`, `age`, `region`, or any group of
            survey.yaml.
        measure: the number of the survey that fills the row. Without it partners fill it in.
        of: for `share` a group; for `profile` the characteristic: `debt_bondage`, or with its topic
            `coercion_stage/recruitment`.
        population: a population of survey.yaml. Without it: the first.
        targets: the targets of a row with a `measure`.
        baseline_value, target_year_1, target_year_2, final_target: of a row without a `measure`, as text.
    """

    id: Name
    indicator: OwnText
    definition: Definition
    disaggregated_by: Names = ()
    means_of_verification: OwnText
    unit: OwnText = NO_TEXT
    measure: Measure | None = None
    of: str | None = None
    population: str | None = None
    baseline_value: OwnText = NO_TEXT
    target_year_1: OwnText = NO_TEXT
    target_year_2: OwnText = NO_TEXT
    final_target: OwnText = NO_TEXT
    targets: tuple[Target, ...] = ()
    reporting_frequency: OwnText = YEARLY
    lead: OwnText
    sdg: Names = ()

    @model_validator(mode="after")
    def _share_of(self) -> Indicator:
        if (self.measure in CASE_SHARES) != (self.of is not None):
            raise ValueError(
                "`of` names the group that a share distributes, or the characteristic of a profile "
                "(debt_bondage); "
                "it goes with measure: share and measure: profile, and with no other"
            )
        if self.measure and self.baseline_value:
            raise ValueError(
                "baseline_value is for partners' rows; a row with a measure is filled from the survey"
            )
        return self

    @model_validator(mode="after")
    def _whose_targets(self) -> Indicator:
        if self.targets and not self.measure:
            raise ValueError(
                "targets are for rows with a measure; a partners' row has target_year_1, target_year_2 "
                "and final_target"
            )
        if self.targets and (self.target_year_1 or self.target_year_2):
            raise ValueError(
                "give targets, or target_year_1 and target_year_2, not both: these are calculated from "
                "the targets"
            )
        if self.measure and self.final_target:
            raise ValueError(
                "final_target is for rows without a measure; a row with a measure has targets, which "
                "the "
                "kit can verify"
            )
        most = largest(self.measure) if self.measure else inf
        for value in (t.value for t in self.targets if t.value is not None):
            if self.measure == "percent_decrease":
                raise ValueError(
                    f"a target of a % decrease is a cut, and value {value:.10g} is none; for a decrease "
                    "by 50% say cut: 0.5, for a rate of "
                    f"{value:.10g} per 1,000 say measure: prevalence"
                )
            if value > most:
                raise ValueError(
                    f"a target has the value {value:.10g}, which is more than everybody; its unit is "
                    "per "
                    f"{most:,.0f}"
                )
        wholes = [(t.group, t.category, t.year) for t in self.targets]
        if len(set(wholes)) < len(wholes):
            raise ValueError("two targets are for the same category and year")
        if wrong := sorted({t.group for t in self.targets if t.group} - set(self.disaggregated_by)):
            raise ValueError(
                f"a target is for {wrong[0]}, by which this row is not disaggregated; add it to "
                "disaggregated_by"
            )
        return self

    @property
    def survey_measure(self) -> Estimated | None:
        """Returns the measure that the survey must estimate for this indicator; None if partners fill it
        in."""
        return "prevalence" if self.measure == "percent_decrease" else self.measure


class Statement(Model):
    """Something that the plan wants to reach or do (an objective, outcome, output or activity), with its
    indicators.

    Attributes:
        level: what the statement is.
        code: its number, such as 1.2.
        statement: the statement.
        indicators: its indicators.
    """

    level: Literal["objective", "outcome", "output", "activity"]
    code: OwnText
    statement: OwnText
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class AcceptedWarning(Model):
    """An entry under `accept` in nap.yaml. Somebody has looked at a warning and says that the plan is right.

    Attributes:
        where: the place, as `fltoolkit nap check` prints it, such as `baseline_survey, rate`.
        why: the reason, which is printed with the warning. The warning becomes a note.
    """

    where: str
    why: Words


class Plan(Model):
    """The content of a nap.yaml.

    Attributes:
        title, goal: the title of the plan and its overall goal, as they are printed.
        country: the `country` of survey.yaml, in any language in which one of the two files gives it. If they
            differ, the run stops.
        first_year, last_year: the years of the plan, from 1900 to 2199. The baseline may be older.
        legal_basis: conventions and protocols on which the plan is based.
        baseline_survey: the survey.yaml of the baseline, or numbers of a publication. Without it: the survey
            of the run.
        planned_sample: how many persons will answer in a repeat of the survey: one number, or one per
            population (`{adults: 4500, children: 2500}`). Without it: as many as in the baseline.
        planned_surveys: the years of the repeats. A target in another year cannot be verified, and planned
            values of these years are marked *planned survey*. Without it: the year of each target.
        language: the language of the plan's own texts. Without it: the first of `languages`.
        languages: the languages in which the documents are written, of `en`, `fr` and `es`.
        slides_template: a PowerPoint file (.pptx) from the folder of nap.yaml, with the office's own look for
            the slides of the workshop. Without it: the kit's.
        framework: the results framework: a list of statements, such as an objective, each with its
            indicators.
        accept: warnings of `fltoolkit nap check` that somebody has looked at, each with the reason why the
            plan is right.
    """

    title: OwnText
    country: OwnText
    goal: OwnText
    first_year: Year
    last_year: Year
    legal_basis: tuple[OwnText, ...] = ()
    baseline_survey: str | tuple[PublishedFigure, ...] = ""
    planned_sample: PlannedSample | dict[str, PlannedSample] | None = None
    planned_surveys: tuple[Year, ...] = ()
    languages: Annotated[Names, Field(min_length=1)] = ("en",)
    language: LanguageCode | None = None
    slides_template: str = ""
    framework: Annotated[tuple[Statement, ...], Field(min_length=1)]
    accept: Annotated[tuple[AcceptedWarning, ...], BeforeValidator(as_entries), ONE] = ()
    _path: Path = PrivateAttr(default=Path("nap.yaml"))

    @model_validator(mode="after")
    def _ids_once(self) -> Plan:
        refuse_two_translations(self)
        ids = [i.id for s in self.framework for i in s.indicators]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"indicator id {min(twice)} is given twice")
        if self.last_year < self.first_year:
            raise ValueError(f"last_year ({self.last_year}) is before first_year ({self.first_year})")
        if self.baseline_survey == ():
            raise ValueError(
                "baseline_survey is a list without rows; leave it out, or give the rows of the publication"
            )
        _refuse_figures(self.figures, {i.id: i for _, i in self.measured})
        return self

    def __repr__(self) -> str:
        indicators = sum(len(statement.indicators) for statement in self.framework)
        return f"Plan: {self.title}, {self.first_year} to {self.last_year}, {indicators} indicators"

    @property
    def path(self) -> Path:
        """Returns the path of the file from which the plan was read."""
        return self._path

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """Returns the numbers of a publication that are the baseline; none if the baseline is a survey."""
        return () if isinstance(self.baseline_survey, str) else self.baseline_survey

    @property
    def baseline_path(self) -> Path | None:
        """Returns the path of the baseline's survey.yaml; None if the baseline is the run's own survey or a
        publication."""
        named = self.baseline_survey
        return self._path.parent / named if isinstance(named, str) and named else None

    @property
    def template_path(self) -> Path | None:
        """Returns the path of the template of the slides; None if the plan has none of its own."""
        return self._path.parent / self.slides_template if self.slides_template else None

    @property
    def measured(self) -> list[tuple[Statement, Indicator]]:
        """Returns the indicators that a survey measures, each after its statement: an objective, outcome,
        output or activity."""
        return [(s, i) for s in self.framework for i in s.indicators if i.measure]

    def is_of(self, country: str) -> bool:
        """Returns whether the plan is of a country. Both may have its name in several languages."""
        mine, theirs = (
            {normalised_name(name) for name in (text, *getattr(text, "others", {}).values())}
            for text in (self.country, country)
        )
        return not mine.isdisjoint(theirs)

    def expect_country(self, country: str) -> None:
        """Raises `SpecError` if survey and plan are of different countries. Each file may name the country in
        any language."""
        if not self.is_of(country):
            raise SpecError(
                "the plan is another country's than the survey",
                where=f"{self.path}, country",
                found=self.country,
                allowed=country,
                do="give the survey its own plan, or none; or correct `country` in one of the two files",
            )

    def accepts(self, where: str) -> bool:
        """Returns whether nap.yaml accepts the warning of a place, such as `baseline_survey, rate`."""
        return where in {entry.where for entry in self.accept}

    def planned(self, population: str, n: float, asked: float) -> float:
        """Returns the number of persons of a category (or of all persons) who will answer when the survey is
        repeated.

        Args:
            population: the population whose planned sample is used.
            n: persons of the category who answered in the baseline.
            asked: all persons who answered in the baseline.

        Returns:
            The category's share of the planned sample; `n` if no sample is planned; nan if the share is
            unknown.
        """
        sample = (
            self.planned_sample.get(population)
            if isinstance(self.planned_sample, dict)
            else self.planned_sample
        )
        return float(sample) * n / asked if sample else n

    def published_rows(self, spec: SurveySpec) -> list[PublishedRow]:
        """Returns the baseline's numbers from a publication, with the group names of the survey. A survey as
        baseline gives none. Raises `SpecError` if the countries differ, or the survey lacks a group."""
        self.expect_country(spec.country)
        rows = []
        for figure in self.figures:
            row = next(i for _, i in self.measured if i.id == figure.indicator)
            measure, group = (
                row.survey_measure or "",
                group_of(figure.group, spec.group_names) if figure.group else "",
            )
            where = f"{self.path}, {figure.row}"
            if group is None:
                raise SpecError(
                    "a row of the published baseline is by a group that the later round does not have",
                    where=where,
                    found=figure.group,
                    allowed=spec.group_names,
                    do="name a group of survey.yaml, or leave the row out",
                )
            if measure not in CASE_SHARES:
                estimated = figure.as_estimated(measure)
                rows.append(PublishedRow(measure, row.population, group, figure.category, estimated, where))
        return rows

    def tables(self, spec: SurveySpec) -> list[TableSpec]:
        """Returns the tables that the survey must estimate for the plan: each indicator in total, and by each
        group that the survey has.

        Raises `SpecError` if survey and plan are of different countries, planned_sample names an unknown
        population, or an indicator is a number of persons and the weights of the survey do not add up to the
        population.
        """
        self.expect_country(spec.country)
        named = self.planned_sample if isinstance(self.planned_sample, dict) else {}
        if wrong := [name for name in named if name not in spec.populations]:
            where, do = f"{self.path}, planned_sample", "name populations of survey.yaml"
            raise SpecError(
                "the survey has no such population",
                where=where,
                found=wrong,
                allowed=list(spec.populations),
                do=do,
            )
        groups, case_only = spec.group_names, spec.case_only
        wanted = []
        for statement in self.framework:
            for row in statement.indicators:
                if row.survey_measure is None:
                    continue
                found = [group_of(word, groups) for word in row.disaggregated_by]
                by = [
                    (g,)
                    for g in found
                    if g not in (None, row.of) and can_break_down(row.survey_measure, g, case_only)
                ]
                of = row.of if row.survey_measure == "share" else None
                wanted.append(
                    TableSpec(measure=row.survey_measure, of=of, population=row.population, by=((), *by))
                )
                if wanted[-1].counts_persons and spec.design.weights == "normalised":
                    where, asked = (
                        f"{self.path}, measure of {row.id}",
                        f"{row.measure}, with weights: normalised in survey.yaml",
                    )
                    do = (
                        "take another measure, such as prevalence, or name weights that add up to the "
                        "population in survey.yaml"
                    )
                    raise SpecError(
                        "a number of persons needs weights that add up to it", where=where, found=asked, do=do
                    )
        return wanted


@checked
def plan_beside(survey: str | Path, plan: str = BESIDE) -> Plan | None:
    """Read the plan that belongs to a survey.

    Args:
        survey: the path of the survey, as in `read_survey`.
        plan: the path of a nap.yaml, from the folder of survey.yaml; nap.yaml (if it exists) by default,
            empty for no plan.

    Returns:
        The plan; None if there is none.

    Raises:
        SpecError: the file does not exist, or is not valid.
    """
    path = survey_file(survey).parent / plan
    return read_plan(path) if plan and (plan != BESIDE or path.exists()) else None


@checked
def read_plan(path: str | Path) -> Plan:
    """Read and check a nap.yaml. Raises `SpecError` if keys are wrong (it names all), a language or survey.yaml
    is missing, or the template of the slides cannot be used."""
    plan = load_model(Path(path), Plan)
    for code in plan.languages:
        try:
            read_language(code)
        except SpecError as error:
            raise SpecError(
                error.problem,
                where=f"{path}, languages",
                found=error.found,
                allowed=error.allowed,
                do=error.do,
            ) from None
    plan._path = Path(path)
    if (survey := plan.baseline_path) and not survey.is_file():
        do = "give the path of a survey.yaml from the folder of nap.yaml"
        raise SpecError("there is no such file", where=f"{path}, baseline_survey", found=survey, do=do)
    if template := plan.template_path:
        check_template(template, f"{path}, slides_template")
    return plan


def _refuse_figures(figures: Sequence[PublishedFigure], rows: Mapping[str, Indicator]) -> None:
    """Raises `ValueError` if the numbers of a publication cannot be the baseline of these indicators
    (`rows`, by `id`), or contradict each other."""
    wholes = {figure.indicator: figure for figure in figures if not figure.group}
    seen = set[tuple[str, str, str]]()
    for figure in figures:
        key = (figure.indicator, figure.group, figure.category)
        if figure.indicator not in rows:
            raise ValueError(
                f"baseline_survey names the indicator {figure.indicator}; with a measure are: "
                f"{', '.join(sorted(rows))}"
            )
        if key in seen:
            raise ValueError(
                f"baseline_survey gives the same row twice: {' / '.join(filter(None, key))}; keep one of the "
                "two"
            )
        seen.add(key)
        measure = rows[figure.indicator].survey_measure or ""
        if problem := figure.impossible(measure) or _exceeds(figure, wholes.get(figure.indicator), measure):
            raise ValueError(f"{figure.row}: {problem}")


def _exceeds(part: PublishedFigure, whole: PublishedFigure | None, measure: str) -> str:
    """Returns, in words, why a number of one category contradicts that of the whole population (`whole`, if
    the publication has it): its cases, persons who answered or value are more. Empty if it does not."""
    if whole is None or part.year != whole.year:
        return ""
    for name in ("cases", "n", *(("value",) if measure in COUNT_MEASURES else ())):
        mine, all_ = getattr(part, name), getattr(whole, name)
        if mine is not None and all_ is not None and mine > all_:
            return f"{name} ({mine:.10g}) is more than that of the whole population ({all_:.10g})"
    return ""


def group_of(word: str, groups: Iterable[str]) -> str | None:
    """Returns the group of the survey that a word in nap.yaml means: `gender` means the group `gender` or
    `sex`, `age` means `age` or `age_group`. Returns None if the survey has no such group."""
    there = set(groups)
    return next((name for name in WORDS.get(word, (word,)) if name in there), None)


def can_break_down(measure: str, group: str, case_only: Iterable[str]) -> bool:
    """Returns whether a measure can be broken down by a group. A rate or a profile cannot if only cases have
    the group, such as the form of the forced labour (docs/methods.md §1)."""
    return not ((is_rate(measure) or measure in PROFILES) and group in set(case_only))
