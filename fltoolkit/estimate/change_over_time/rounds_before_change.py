"""Checks two rounds of a survey before their change is estimated: the sampling units that both rounds have,
changed questions, and the conditions of the interviews."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.change_over_time.comparability import (
    differences,
    facts_of_one_round,
    question_changes,
    window_overlap,
)
from fltoolkit.estimate.measures.estimates import About
from fltoolkit.estimate.measures.prevalence_and_totals import facts_of
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.checks.interview_conditions import conditions_in_words
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.data.internal_columns import PSU, STRATA
from fltoolkit.survey.design.survey_design import Survey

NO_ANSWER = "survey.yaml does not say whether they are the same areas"
STATEMENTS = {"kept": "said to be the same areas", "new": "said to be drawn anew", "": NO_ANSWER}


def compare_before(before: ClassifiedSurvey, after: ClassifiedSurvey) -> pd.DataFrame:
    """Returns findings on what would prevent or weaken a comparison of two rounds by `fl.change`, as a table
    with the columns of `fl.check`. The findings are about the prevalence in the default population. Nothing
    is estimated.

    Args:
        before: the earlier round.
        after: the later round, classified under the same rule set.
    """
    old, new = (
        About(
            measure="prevalence",
            outcome="forced_labour",
            interval="",
            level=0.95,
            **facts_of(s, s.spec.default_population),
        )
        for s in (before, after)
    )
    met = [
        *_of_years(old, new),
        *_of_facts(old, new),
        *_of_units(before, after),
        *_of_questions(before, after),
    ]
    return findings([*met, *_of_interviews(before, after)], None)


def _of_years(old: About, new: About) -> Iterator[Finding]:
    if old.year is not None and new.year is not None and new.year < old.year:
        yield _finding(
            "error",
            "year",
            f"the earlier round is of {old.year}, the later of {new.year}",
            "give the earlier round after --before",
        )


def _of_facts(old: About, new: About) -> Iterator[Finding]:
    for reason in differences(old, new):
        yield _finding(
            "warning",
            "comparability",
            f"not comparable: {reason}",
            "no change is computed; a verdict needs the same in both rounds",
        )
    for name in facts_of_one_round(old, new):
        yield _finding(
            "note",
            "comparability",
            f"only one round states it: {name}",
            "state it in both, if it was the same",
        )
    if (overlap := window_overlap(old, new)) > 0:
        what = f"look-back windows overlap by {overlap:.0%}"
        yield _finding("warning", "reference_period", what, "the change is shown and no verdict is given")


def _of_units(before: Survey, after: Survey) -> Iterator[Finding]:
    """Yields one finding. It gives the number of PSUs that have the same stratum and label in both rounds,
    and says whether these PSUs were kept or drawn anew, according to the later survey.yaml. If number and
    survey.yaml contradict each other, the finding is an error."""
    if not (before.clustered and after.clustered):
        yield _finding(
            "note",
            "design",
            "one round has no PSUs with labels: the rounds are taken as independent",
            "nothing",
        )
        return
    one, two = (
        {*to_pandas(s.frame.select(STRATA, PSU).unique(), s.path).itertuples(index=False, name=None)}
        for s in (before, after)
    )
    kept_psus = after.spec.design.psus_of_earlier_rounds or ""
    what = (
        f"{len(one & two):,} of {len(two):,} PSUs have a stratum and label of the earlier round: "
        f"{STATEMENTS[kept_psus]}"
    )
    if one & two and not kept_psus:
        yield _finding("error", "design", what, "say design.psus_of_earlier_rounds: kept, or new")
    elif kept_psus == "kept" and not one & two:
        yield _finding(
            "error", "design", what, "give an area the same stratum and label in each round, or say new"
        )
    else:
        yield _finding(
            "note",
            "design",
            what if kept_psus or one & two else f"{what}; the rounds are taken as independent",
            "confirm it",
        )


def _of_questions(before: Survey, after: Survey) -> Iterator[Finding]:
    for what, keys in question_changes(before.spec, after.spec).items():
        yield _finding(
            "note",
            "questions",
            f"{what}: {', '.join(keys)}",
            "compare the two questionnaires: is it still the same question?",
        )


def _of_interviews(before: Survey, after: Survey) -> Iterator[Finding]:
    conditions = [f"{s.spec.year}: {words}" for s in (before, after) if (words := conditions_in_words(s))]
    if conditions:
        yield _finding(
            "note",
            "interview",
            " | ".join(conditions),
            "more proxies or listeners in one round move the rate by themselves",
        )


def _finding(severity: str, check: str, what: str, do: str) -> Finding:
    return Finding(severity, check, "before", what, "", do, counted="others")
