"""Shows the effect of `blank: no`: how many persons each such line counts as a no, and the headline with all of them
unresolved.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.publish.headline_by_rule_set import BLANKS
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.checks.declared_answers import declared_counts
from fltoolkit.survey.checks.printed_counts import rounded_columns

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
    """Blanks that survey.yaml counts as a no.

    The columns of `headline`:

    - `blanks`: `no`, as published, or `unresolved`.
    - `estimate`, `ci_low`, `ci_high`: proportions.
    - `bound_high`, `bound_ci_high`: the upper bound with all unresolved persons as cases, and its limit; proportions.
    - `unresolved`: persons.
    - The markers, and the `reason` why a number is not shown.

    Attributes:
        lines: one row per question with `blank: no`: `where` (the key), `column`, `why`, `persons` (unweighted, rounded as in
            `fl.nonresponse`; missing: fewer than the limit).
        headline: the published prevalence of the default population. If no blank is declared, there is only the first row.
    """

    lines: pd.DataFrame
    headline: pd.DataFrame


@checked
def blanks(persons: ClassifiedSurvey, out: Published) -> DeclaredBlanks:
    """Returns how many persons each `blank: no` of survey.yaml counts as a no, and the headline with all these unresolved.

    The second row of the headline is part of the run's published set (its rule set ends in `, blanks unresolved`). It is
    protected together with all others: if the two rows differ by a few persons, it is hidden.

    Args:
        persons: a classified survey.
        out: its published set, from `fl.publish_run`.
    """
    counts = declared_counts(persons, "blank")
    lines = rounded_columns(counts, ["persons"], persons.spec.confidentiality.least_told)
    rows = out.rule_sets("prevalence")
    named = {out.rule_set: "no", out.rule_set + BLANKS: "unresolved"}
    rows = rows[rows["rule_set"].isin(named)]
    headline = rows.assign(blanks=rows["rule_set"].map(named)).reindex(columns=HEADLINE)
    return DeclaredBlanks(lines, headline.reset_index(drop=True))
