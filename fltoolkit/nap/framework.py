"""The results framework of a National Action Plan, as nap.yaml says it (ILO toolkit, Tool No. 16)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fltoolkit.nap.units import is_rate
from fltoolkit.survey.breakdowns import Measure as Estimated
from fltoolkit.survey.breakdowns import Name, Table
from fltoolkit.survey.spec import SurveySpec
from fltoolkit.yamlfile import Model, Names, load_model

Measure = Literal[
    "prevalence", "total", "share", "stock", "stock_prevalence", "current", "current_prevalence", "duration", "percent_decrease"
]
WORDS = {"gender": ("gender", "sex"), "age": ("age", "age_group")}


class Definition(Model):
    """What Tool No. 16 asks of every indicator's definition."""

    counted: str
    unit_of_analysis: str = ""
    stored: str = ""
    type: Literal["quantitative", "qualitative"] = "quantitative"


class Indicator(Model):
    """One row of the matrix. `measure` says that a survey fills it; without it the row is the partners'.

    `percent_decrease` has no baseline of its own: the kit writes two rows for it, the prevalence and the derived decrease.
    """

    id: Name
    indicator: str
    definition: Definition
    disaggregated_by: Names = ()
    means_of_verification: str
    unit: str = ""
    measure: Measure | None = None
    of: str | None = None
    population: str | None = None
    baseline_value: str = ""
    target_year_1: str = ""
    target_year_2: str = ""
    reporting_frequency: str = "yearly"
    lead: str
    sdg: Names = ()

    @model_validator(mode="after")
    def _share_of(self) -> Indicator:
        if (self.measure == "share") != (self.of is not None):
            raise ValueError("`of` names the group a share distributes; it goes with measure: share only")
        if self.measure and self.baseline_value:
            raise ValueError("baseline_value is for partners' rows; a row with a measure is filled from the survey")
        return self

    @property
    def survey_measure(self) -> Estimated | None:
        """What is estimated to fill the row."""
        return "prevalence" if self.measure == "percent_decrease" else self.measure


class Statement(Model):
    """An objective, outcome, output or activity, with its indicators."""

    level: Literal["objective", "outcome", "output", "activity"]
    code: str
    statement: str
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class Plan(Model):
    """The whole of a nap.yaml."""

    title: str
    country: str
    goal: str
    first_year: int
    last_year: int
    legal_basis: tuple[str, ...] = ()
    framework: Annotated[tuple[Statement, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> Plan:
        ids = [i.id for s in self.framework for i in s.indicators]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"indicator id {min(twice)} is given twice")
        if self.last_year < self.first_year:
            raise ValueError("last_year is before first_year")
        return self

    def tables(self, spec: SurveySpec) -> list[Table]:
        """What the survey must estimate to fill the plan's rows: for each the total, then each breakdown it can give."""
        groups, case_only = spec.group_names, spec.case_only
        wanted = []
        for statement in self.framework:
            for row in statement.indicators:
                if row.survey_measure is None:
                    continue
                found = [group_of(word, groups) for word in row.disaggregated_by]
                by = [(g,) for g in found if g not in (None, row.of) and can_break_down(row.survey_measure, g, case_only)]
                wanted.append(Table(measure=row.survey_measure, of=row.of, population=row.population, by=((), *by)))
        return wanted


def read_plan(path: str | Path) -> Plan:
    """Read and check a nap.yaml. Raises `SpecError` naming every key that needs a change."""
    return load_model(Path(path), Plan)


def group_of(word: str, groups: Iterable[str]) -> str | None:
    """The survey's group behind the plan's word: `gender` is `gender` or `sex`, `age` is `age_group`; None without one."""
    there = set(groups)
    return next((name for name in WORDS.get(word, (word,)) if name in there), None)


def can_break_down(measure: str, group: str, case_only: Iterable[str]) -> bool:
    """A rate has no breakdown by what only cases have (docs/methods.md §1)."""
    return not (is_rate(measure) and group in set(case_only))
