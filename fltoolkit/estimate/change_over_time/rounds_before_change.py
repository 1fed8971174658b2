"""Checks two rounds of a survey before their change is estimated: the sampling units that both rounds have,
changed questions, and the conditions of the interviews."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.checks.corrected_cases import population_sums
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.change_over_time.comparability import (
    differences,
    facts_of_one_round,
    given_in_wrong_order,
    is_told_by_dates,
    question_changes,
    sums_of_weights_differ,
    window_overlap,
)
from fltoolkit.estimate.measures.estimates import About
from fltoolkit.estimate.measures.prevalence_and_totals import facts_of
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.checks.rules.label_rules import moved_labels
from fltoolkit.survey.checks.survey_checks import with_acceptance
from fltoolkit.survey.checks.survey_facts import category_of_psus, conditions_in_words, have_same_data
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import PSU, STRATA
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec

NO_ANSWER = "survey.yaml does not say whether they are the same areas"
ROUNDS = "rounds"  # the check whose findings the later survey.yaml may accept
FEWEST_KEPT = 10  # PSUs; with fewer, a pattern is chance
NEARLY_ALL = 0.9  # of the PSUs; of areas that were drawn anew, few are those of the earlier round
STATEMENTS = {"kept": "said to be the same areas", "new": "said to be drawn anew", "": NO_ANSWER}


@checked
def compare_before(before: ClassifiedSurvey, after: ClassifiedSurvey) -> pd.DataFrame:
    """Returns findings on what would prevent or weaken a comparison of two rounds by `fl.change`, as a table
    with the columns of `fl.check`. The findings are about the prevalence in the default population. Nothing
    is estimated.

    Args:
        before: the earlier round.
        after: the later round, classified under the same rule set. Its survey.yaml may accept findings of the
            check `rounds`.
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
        *_of_names(old, new),
        *_of_facts(old, new),
        *_of_definitions(before.spec, after.spec),
        *_of_data(before, after),
        *_of_units(before, after),
        *_of_weights(before, after),
        *_of_questions(before, after),
        *_of_interviews(before, after),
    ]
    return findings(with_acceptance(met, after.spec.accept), None)


def _of_years(old: About, new: About) -> Iterator[Finding]:
    if found := given_in_wrong_order(old, new):
        yield _finding(
            "error",
            "year",
            f"the earlier round is of {found[0]}, the later of {found[1]}",
            "give the earlier round after --before",
        )


def _of_names(old: About, new: About) -> Iterator[Finding]:
    """Yields a warning if two rounds of one year do not have names of their own."""
    if (
        old.year == new.year
        and old.year is not None
        and not (old.round and new.round and old.round != new.round)
    ):
        yield _finding(
            "warning",
            ROUNDS,
            f"both surveys are of {old.year}, and round: does not tell them apart",
            "give each survey.yaml a round of its own, such as spring and autumn: documents then name it",
            "round",
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
        by = (
            "" if is_told_by_dates(old, new) else ", counted by the years of the surveys: not both give dates"
        )
        what = f"look-back windows overlap by {overlap:.0%}{by}"
        yield _finding("warning", "reference_period", what, "the change is shown and no verdict is given")


def _of_definitions(before: SurveySpec, after: SurveySpec) -> Iterator[Finding]:
    """Yields a warning for a group that gives a label to other codes than before, and for a population with
    other conditions."""
    for name, new in after.groups.items():
        old = before.groups.get(name)
        if isinstance(old, Group) and isinstance(new, Group) and old.column == new.column:
            known = {label for code, label in new.labels.items() if code in old.labels}
            moved = [label for label in moved_labels(new.labels, old.labels) if label in known]
            if moved:
                yield _finding(
                    "warning",
                    ROUNDS,
                    f"other codes than in the earlier round, of which some had another label: {', '.join(moved)}",
                    "compare the codes of both questionnaires",
                    f"groups.{name}",
                )
    old_where, new_where = (s.populations[s.default_population].where for s in (before, after))
    if sorted(old_where.values()) != sorted(new_where.values()):
        yield _finding(
            "warning",
            ROUNDS,
            "the population has other conditions than in the earlier round",
            "give both populations the same conditions, or different labels: they are then not compared",
            f"populations.{after.default_population}.where",
        )


def _of_data(before: Survey, after: Survey) -> Iterator[Finding]:
    """Yields a warning if both rounds have the same persons with the same weights and ages, which may be one
    file under two names."""
    if have_same_data(before, after):
        yield _finding(
            "warning",
            ROUNDS,
            "both rounds have the same number of persons, and the same weights and ages",
            "give each survey.yaml the data of its round",
            "files.person.path",
        )


def _moved_units(before: Survey, after: Survey) -> Iterator[Finding]:
    """Yields a warning for each group whose category nearly every PSU has alone, such as a region, if most
    PSUs that were kept have another category in the later round."""
    for name in after.spec.groups:
        old, new = (category_of_psus(s, name) for s in (before, after))
        kept = [unit for unit in new if unit in old]
        other = [unit for unit in kept if old[unit] != new[unit]]
        if len(kept) >= FEWEST_KEPT and 2 * len(other) > len(kept):
            yield _finding(
                "warning",
                ROUNDS,
                f"{len(other):,} of {len(kept):,} PSUs that were kept have another category than before",
                "compare labels of PSUs and codes of the group in both rounds",
                f"groups.{name}",
            )


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
    if kept_psus == "kept":
        yield from _moved_units(before, after)
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
    elif kept_psus == "new" and len(one & two) >= NEARLY_ALL * len(two):
        yield _finding(
            "warning",
            ROUNDS,
            what,
            "if the areas are those of the earlier round, say kept: their covariance then counts in the "
            "standard error of a change; labels that are only numbers of the draw can be equal by chance",
            "design.psus_of_earlier_rounds",
        )
    else:
        yield _finding(
            "note",
            "design",
            what if kept_psus or one & two else f"{what}; the rounds are taken as independent",
            "confirm it",
        )


def _of_weights(before: ClassifiedSurvey, after: ClassifiedSurvey) -> Iterator[Finding]:
    """Yields a warning if the weights of the default population add up to more than twice as much in one
    round as in the other."""
    if before.grosses_up and after.grosses_up:
        reason = sums_of_weights_differ(_sum_of_weights(before), _sum_of_weights(after))
        if reason:
            yield _finding(
                "warning",
                ROUNDS,
                str(reason),
                "give both in persons: numbers of persons are not compared otherwise",
                "design.weight",
            )


def _sum_of_weights(persons: ClassifiedSurvey) -> float:
    sums, name = population_sums(persons), persons.spec.default_population
    return sum(sums[part][1] for part in persons.spec.populations[name].sum_of or (name,))


def _of_questions(before: Survey, after: Survey) -> Iterator[Finding]:
    for what, keys in question_changes(before.spec, after.spec).items():
        yield _finding(
            "note",
            "questions",
            f"{what}: {', '.join(keys)}",
            "compare the two questionnaires: is it still the same question?",
        )


def _of_interviews(before: Survey, after: Survey) -> Iterator[Finding]:
    by_round = before.spec.year == after.spec.year and before.spec.round and after.spec.round
    named = [(s.spec.round if by_round else s.spec.year, conditions_in_words(s)) for s in (before, after)]
    conditions = [f"{name}: {words}" for name, words in named if words]
    if conditions:
        yield _finding(
            "note",
            "interview",
            " | ".join(conditions),
            "more proxies or listeners in one round move the rate by themselves",
        )


def _finding(severity: str, check: str, what: str, do: str, where: str = "before") -> Finding:
    acceptable = check == ROUNDS
    return Finding(severity, check, where, what, "", do, counted="others", acceptable=acceptable)
