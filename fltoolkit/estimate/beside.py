"""The headline under every rule set that comes with the kit, beside the run's own: thresholds are what experts dispute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.fit import obstacle
from fltoolkit.classify.rules import RuleSet, load_rules, shipped_rules
from fltoolkit.errors import SpecError
from fltoolkit.estimate.estimates import Estimates, prevalence, total
from fltoolkit.survey.design import Survey
from fltoolkit.survey.margins import with_calibration


@dataclass(frozen=True)
class Beside:
    """The other rule sets of a run: the headline under each that the survey supports, and why it does not support the rest."""

    made: tuple[Estimates, ...]
    obstacles: tuple[tuple[RuleSet, SpecError], ...]


def beside(persons: Survey) -> Beside:
    """Prevalence, and number where weights gross up, of the default population under every shipped rule set but the run's own."""
    made: list[Estimates] = []
    obstacles = []
    for name in shipped_rules():
        rule = load_rules(name, persons.path.parent)
        if rule.label == persons.rules or persons.unclassified is None:
            continue
        if error := obstacle(persons.spec, rule, str(persons.path)):
            obstacles.append((rule, error))
            continue
        other = classify_checked(persons.unclassified, rule)
        if persons.calibration:
            other = with_calibration(other, persons.calibration)
        made += [prevalence(other), *([total(other)] if other.grosses_up else [])]
    return Beside(tuple(made), tuple(obstacles))


def not_available(headline: pd.DataFrame, rule: RuleSet, error: SpecError, numbers: list[str]) -> pd.DataFrame:
    """Published rows without a number for a rule set that the survey does not support, each with the reason.

    Args:
        headline: the run's own published headline, whose rows these stand beside.
        rule: the rule set.
        error: why it cannot be applied.
        numbers: the columns to leave empty.
    """
    marks = {"flag": "", "marker": "x", "unresolved_marker": "", "reason": f"{error.problem}: {error.found}"}
    about = {"rule_set": rule.label, "to_verify": rule.to_be_verified, "rule_note": ""}
    return headline.assign(**dict.fromkeys(numbers, np.nan), **marks, **about)
