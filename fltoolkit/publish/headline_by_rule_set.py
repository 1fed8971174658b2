"""Estimates the headline of a run (its prevalence and number of cases) under every other rule set of the kit.
It is printed next to the run's own headline, because experts disagree about thresholds.

If the survey does not support a rule set, its row is blank, and the column `reason` says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.rule_set import RuleSet, load_rules, obstacle, shipped_rules
from fltoolkit.errors import FltoolkitError, NotAvailable, SpecError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.prevalence_and_totals import headline
from fltoolkit.languages.reasons import Reason, reason_of
from fltoolkit.survey.design.calibration_margins import with_calibration
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.survey.survey_opening import without_blanks

BLANKS = ", blanks unresolved"  # after the label of the run's rule set


@dataclass(frozen=True)
class OtherHeadlines:
    """The headline of a run (prevalence and number of persons) under the rule sets that the run itself does
    not use.

    A rule set says which answers make a person a case. The kit comes with several, because experts disagree
    about thresholds.

    Attributes:
        made: the estimates, for each rule set that the survey supports. If survey.yaml counts blank answers
            as *no*, there are also the estimates with these blanks unresolved.
        obstacles: each rule set that the survey does not support, with the error that says why.
    """

    made: tuple[Estimates, ...]
    obstacles: tuple[tuple[RuleSet, SpecError], ...]


def other_headlines(persons: ClassifiedSurvey) -> OtherHeadlines:
    """Returns the headline of a run under every rule set that comes with the kit, except the run's own rule
    set.

    The headline is the prevalence in the default population. If the weights add up to the population, the
    number of persons is also part of it. If survey.yaml counts blank answers as *no*, the result also has the
    headline under the run's own rule set with these blanks unresolved.
    """
    made: list[Estimates] = []
    obstacles = []
    if open_blanks := with_blanks_unresolved(persons):
        made += headline(open_blanks)
    for name in shipped_rules():
        rule = load_rules(name, persons.path.parent)
        if rule.label == persons.rules:
            continue
        if error := obstacle(persons.spec, rule, str(persons.path)):
            obstacles.append((rule, error))
            continue
        made += headline(_calibrated(classify_checked(persons.unclassified, rule), persons))
    return OtherHeadlines(tuple(made), tuple(obstacles))


def with_blanks_unresolved(persons: ClassifiedSurvey) -> ClassifiedSurvey | None:
    """Classifies the same persons again, as if survey.yaml counted no blank answer as a *no*. Those blanks
    are then unresolved (not known).

    The rule set stays the same. Returns None if survey.yaml counts no blank as a *no*.
    """
    declared = [source for _, source in persons.spec.questions() if source.blank]
    if not declared:
        return None
    columns = tuple(dict.fromkeys(source.column for source in declared))
    found = classify_checked(without_blanks(persons.unclassified), persons.rule)
    note = Reason.of("reasons.blanks", columns=columns)
    return _calibrated(replace(found, rules=persons.rules + BLANKS, rule_note=note), persons)


def _calibrated(other: ClassifiedSurvey, persons: ClassifiedSurvey) -> ClassifiedSurvey:
    """Returns persons who were classified again with the weights of the run: calibrated weights, if
    survey.yaml asks for them.

    Args:
        other: the persons who were classified again.
        persons: the classified survey of the run.
    """
    return with_calibration(other, persons.calibration) if persons.calibration else other


def not_available(
    headline_rows: pd.DataFrame, rule: RuleSet, error: SpecError, numbers: list[str]
) -> pd.DataFrame:
    """Returns published rows without a number, for a rule set that the survey does not support. The column
    `reason` says why.

    Args:
        headline_rows: the run's own published headline. One row without a number is returned for each of its
            rows.
        rule: the rule set.
        error: why the rule set cannot be applied.
        numbers: the columns to leave empty.
    """
    about = {"rule_set": rule.label, "to_verify": rule.to_be_verified, "rule_note": ""}
    return headline_rows.assign(**dict.fromkeys(numbers, np.nan), **_marks(error), **about)


@dataclass(frozen=True)
class Refused:
    """A measure that survey.yaml asks for under `tables:`, but that the survey cannot give. Example: the
    number of cases on a day, in a survey without dates.

    `refused_rows` makes published rows without numbers from it.

    Attributes:
        measure, population: the measure, and the population.
        by: the breakdowns that were asked for, each as a tuple of groups.
        error: why the survey cannot give the measure.
    """

    measure: str
    population: str
    by: tuple[tuple[str, ...], ...]
    error: NotAvailable


def refused_rows(
    template: pd.DataFrame, refused: Refused, spec: SurveySpec, numbers: list[str]
) -> pd.DataFrame:
    """Returns published rows without a number, for a measure that the survey cannot give: one row for each
    breakdown. The column `reason` says why.

    Args:
        template: one row of the run's own published set, from which the other columns are copied.
        refused: the measure, its breakdowns and the reason.
        spec: the survey.
        numbers: the columns to leave empty.
    """
    label = spec.populations[refused.population].label
    about = {
        "measure": refused.measure,
        "reference_population": refused.population,
        "reference_population_label": label,
        "ilostat": "",
    }
    there = [g for g in spec.group_names if g in template]
    rows = []
    for breakdown in refused.by:
        groups = {g: "" if g in breakdown else TOTAL for g in there}
        category = {"breakdown": crossed(breakdown), "category": "" if breakdown else TOTAL}
        rows.append(
            template.assign(
                **dict.fromkeys(numbers, np.nan), **_marks(refused.error), **about, **groups, **category
            )
        )
    return pd.concat(rows, ignore_index=True)


def _marks(error: FltoolkitError) -> dict[str, Any]:
    return {
        "flag": "",
        "marker": "x",
        "unresolved_marker": "",
        "bounds_note": "",
        "reason": reason_of(error),
        "cases_class": "",
    }
