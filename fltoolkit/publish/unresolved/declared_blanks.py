"""Shows the effect of each line `blank: no` of survey.yaml. Such a line counts a blank answer to a question
as *no*.

The module gives the number of persons for each line, and the headline (the prevalence) that would result if
all these blanks were unresolved (not known).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.publish.headline_by_rule_set import BLANKS
from fltoolkit.publish.published_set import Published, refuse_other_survey
from fltoolkit.survey.checks.item_nonresponse import declared_counts
from fltoolkit.survey.printed_values import rounded_columns

HEADLINE = [
    "blanks",
    "estimate",
    "ci_low",
    "ci_high",
    "marker",
    "unresolved",
    "bound_high",
    "bound_ci_high",
    "unresolved_marker",
    "reason",
]


@dataclass(frozen=True)
class DeclaredBlanks:
    """The effect of blank answers that survey.yaml counts as *no*: the headline with and without them, and
    the number of persons.

    The columns of `headline`:

    - `blanks`: how blanks are counted: `no` (the headline as published) or `unresolved`.
    - `estimate`, `ci_low`, `ci_high`: proportions.
    - `bound_high`, `bound_ci_high`: the estimate if all unresolved persons were cases, and its upper
    confidence limit; proportions.
    - `unresolved`: the number of unresolved persons.
    - `marker`, `unresolved_marker` and `reason`: why a number is not shown.

    Attributes:
        lines: one row per question with `blank: no`: `where` (the key), `column`, `why`, `persons`
            (unweighted, rounded as in `fl.nonresponse`; missing if fewer than the confidentiality limit).
        headline: the published prevalence of the default population. If no blank is declared, there is only
            the first row.
    """

    lines: pd.DataFrame
    headline: pd.DataFrame


@checked
def blanks(persons: ClassifiedSurvey, out: Published) -> DeclaredBlanks:
    """Returns, for each line `blank: no` of survey.yaml, the number of persons whose blank answer is counted
    as *no* because of it. Also returns the headline (the prevalence) that would result if these blanks were
    unresolved (not known) instead of *no*.

    The second row of the table `headline` is part of the run's published set (its rule set ends in `, blanks
    unresolved`). This row is protected together with all others: if the two rows differ by a few persons, the
    second is hidden.

    Args:
        persons: a classified survey.
        out: its published set, from `fl.publish_run`.
    """
    refuse_other_survey(persons, out, "blanks")
    counts = declared_counts(persons, "blank")
    lines = rounded_columns(counts, ["persons"], persons.spec.confidentiality.smallest_printed_count)
    rows = out.rule_sets("prevalence")
    named = {out.rule_set: "no", out.rule_set + BLANKS: "unresolved"}
    rows = rows[rows["rule_set"].isin(named)]
    headline = rows.assign(blanks=rows["rule_set"].map(named)).reindex(columns=HEADLINE)
    return DeclaredBlanks(lines, headline.reset_index(drop=True))
