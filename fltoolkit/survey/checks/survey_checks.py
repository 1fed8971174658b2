"""Checks the quality of the data before any estimate: what is wrong, where, how often, how serious, and what
to do.

Errors in the design stop all estimates. Their numbers of rows are exact, because no table is printed beside
them. Other counts of persons are rounded, and small counts are not printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from fltoolkit.arguments import checked
from fltoolkit.languages.word_files import BASE, Shipped
from fltoolkit.survey.checks.accepted_findings import correction_rules, unused_entries, with_acceptance
from fltoolkit.survey.checks.findings import Finding, finding_facts, findings
from fltoolkit.survey.checks.rules.answer_rules import answer_rules, declared_rules
from fltoolkit.survey.checks.rules.code_rules import code_rules
from fltoolkit.survey.checks.rules.design_rules import design_rules
from fltoolkit.survey.checks.rules.job_code_rules import job_code_rules
from fltoolkit.survey.checks.rules.person_rules import (
    age_rules,
    episode_rules,
    family_rules,
    file_rules,
    group_rules,
    module_rules,
)
from fltoolkit.survey.checks.rules.replicate_rules import replicate_rules
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.checks.rules.weight_rules import dominant_weight_rules, weight_rules, weight_sum_rules
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey

if TYPE_CHECKING:
    import pandas as pd

_KNOWN: WeakKeyDictionary[Survey, dict[Mask, list[Finding]]] = (
    WeakKeyDictionary()
)  # kept for `fl.classify` after `fl.check`


@checked
def check(survey: Survey, *, show_values: bool = False, language: Shipped = BASE) -> pd.DataFrame:
    """Returns the findings of all checks: errors in the data, and what a statistician should know before an
    estimate.

    Args:
        survey: the survey, as `fl.read_survey` returns it.
        show_values: True prints exact counts and all values of the data. The table is then confidential: keep
            it on the screen. By default, a value of the data is printed only if it cannot identify a person,
            and no exact number of persons is printed.
        language: the language of the words: `en`, `fr` or `es`.

    Returns:
        One row per finding, with the columns `severity` (error, warning, note), `check`, `where` (the column
            or key), `what`, `count` (persons, rounded: `about 30`, `fewer than 5`; exact in an error about
            the design, and for things other than persons), `do`. Errors are first. If nothing was found, the
            table is empty.
    """
    return findings(*_findings_and_limit(survey, show_values), language)


def check_facts(
    survey: Survey, *, show_values: bool = False, language: Shipped = BASE
) -> list[dict[str, Any]]:
    """Returns the rows of `check` as a list of mappings, for code that only prints them or looks for
    errors."""
    return finding_facts(*_findings_and_limit(survey, show_values), language)


def _findings_and_limit(survey: Survey, show_values: bool) -> tuple[list[Finding], int | None]:
    limit = survey.spec.confidentiality.smallest_printed_count
    return all_findings(survey, Mask(limit, off=show_values)), None if show_values else limit


def all_findings(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns all findings about the data of a survey, with the rows that they are about. `mask` decides
    which values the findings may print. The survey is checked at the first call; later calls with the same
    `mask` return the same findings."""
    known = _KNOWN.setdefault(survey, {})
    if mask not in known:
        known[mask] = _check_everything(survey, mask)
    return known[mask]


def _check_everything(survey: Survey, mask: Mask) -> list[Finding]:
    rules = [
        *weight_rules(survey),
        *weight_sum_rules(survey),
        *dominant_weight_rules(survey),
        *replicate_rules(survey),
        *design_rules(survey, mask),
        *code_rules(survey, mask),
        *job_code_rules(survey, mask),
        *age_rules(survey),
        *file_rules(survey),
        *family_rules(survey),
        *group_rules(survey),
        *answer_rules(survey, mask),
        *declared_rules(survey),
        *episode_rules(survey),
        *module_rules(survey),
        *correction_rules(survey),
    ]
    found, accepted = apply_rules(rules, survey.frame, mask, survey.path), survey.spec.accept
    unused = apply_rules(unused_entries(found, accepted), survey.frame, mask)
    return [*with_acceptance(found, accepted), *unused]
