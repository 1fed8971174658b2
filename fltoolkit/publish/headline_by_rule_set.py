"""The headline under every other rule set of the kit, beside the run's own, because experts disagree about thresholds.

A rule set that the survey cannot support has a row with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.applicability import obstacle
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.rules.rule_set import RuleSet, load_rules, shipped_rules
from fltoolkit.errors import FltoolkitError, NotAvailable, SpecError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.prevalence_and_totals import headline
from fltoolkit.languages.reasons import Reason, reason_of
from fltoolkit.survey.design.calibration_margins import with_calibration
from fltoolkit.survey.design.survey_opening import without_blanks
from fltoolkit.survey.spec.groups import TOTAL, crossed
from fltoolkit.survey.spec.survey_spec import SurveySpec

BLANKS = ", blanks unresolved"  # after the label of the run's rule set


@dataclass(frozen=True)
class Beside:
    """The other rule sets of a run: the headline under each that the survey supports, and why it does not support the rest."""

    made: tuple[Estimates, ...]
    obstacles: tuple[tuple[RuleSet, SpecError], ...]


def beside(persons: ClassifiedSurvey) -> Beside:
    """Prevalence, and number where weights gross up, of the default population under every shipped rule set but the run's own."""
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
    return Beside(tuple(made), tuple(obstacles))


def with_blanks_unresolved(persons: ClassifiedSurvey) -> ClassifiedSurvey | None:
    """The persons under the run's own rule set, with every blank that survey.yaml makes a *no* unresolved; None where it makes none."""
    declared = [source for _, source in persons.spec.questions() if source.blank]
    if not declared:
        return None
    columns = tuple(dict.fromkeys(source.column for source in declared))
    found = classify_checked(without_blanks(persons.unclassified), persons.rule)
    note = Reason.of("reasons.blanks", columns=columns)
    return _calibrated(replace(found, rules=persons.rules + BLANKS, rule_note=note), persons)


def _calibrated(other: ClassifiedSurvey, persons: ClassifiedSurvey) -> ClassifiedSurvey:
    """Another classification of the same persons, with the weights of the run."""
    return with_calibration(other, persons.calibration) if persons.calibration else other


def not_available(own: pd.DataFrame, rule: RuleSet, error: SpecError, numbers: list[str]) -> pd.DataFrame:
    """Published rows without a number for a rule set that the survey does not support, each with the reason.

    Args:
        own: the run's own published headline, whose rows these stand beside.
        rule: the rule set.
        error: why it cannot be applied.
        numbers: the columns to leave empty.
    """
    about = {"rule_set": rule.label, "to_verify": rule.to_be_verified, "rule_note": ""}
    return own.assign(**dict.fromkeys(numbers, np.nan), **_marks(error), **about)


@dataclass(frozen=True)
class Refused:
    """A measure of one population, by some breakdowns, that the survey cannot give, and why."""

    measure: str
    population: str
    by: tuple[tuple[str, ...], ...]
    error: NotAvailable


def refused_rows(own: pd.DataFrame, refused: Refused, spec: SurveySpec, numbers: list[str]) -> pd.DataFrame:
    """Published rows without a number for a measure that the survey cannot give: one a breakdown, with the reason.

    Args:
        own: one row of the run's own published set. spec: the survey.
        refused, numbers: what, and the columns to leave empty.
    """
    label = spec.populations[refused.population].label
    about = {
        "measure": refused.measure,
        "reference_population": refused.population,
        "reference_population_label": label,
        "ilostat": "",
    }
    there = [g for g in spec.group_names if g in own]
    rows = []
    for breakdown in refused.by:
        groups = {g: "" if g in breakdown else TOTAL for g in there}
        category = {"breakdown": crossed(breakdown), "category": "" if breakdown else TOTAL}
        rows.append(own.assign(**dict.fromkeys(numbers, np.nan), **_marks(refused.error), **about, **groups, **category))
    return pd.concat(rows, ignore_index=True)


def _marks(error: FltoolkitError) -> dict[str, Any]:
    return {"flag": "", "marker": "x", "unresolved_marker": "", "bounds_note": "", "reason": reason_of(error), "cases_class": ""}
