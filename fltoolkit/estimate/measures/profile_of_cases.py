"""Estimates shares and numbers of cases with a characteristic, such as debt bondage or a threat at
recruitment.

One case can have several characteristics, for example debt bondage and confiscated papers. So the shares do
not add up to 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.category_names import named_in
from fltoolkit.classify.characteristics import ANSWERS, NO, OPEN, YES, CaseProfile, with_characteristics
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import Where, refuse_own_outcomes, within
from fltoolkit.errors import NotAvailable, RequestError
from fltoolkit.estimate.measures.counts_and_design_effects import (
    UnresolvedPersons,
    counts,
    design_effects,
    households_of_cases,
    unresolved,
    with_intervals,
)
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.intervals import DEFAULT, Confidence
from fltoolkit.estimate.measures.prevalence_and_totals import about_of
from fltoolkit.estimate.totals.breakdowns import Breakdowns, By, breakdowns, groups_of
from fltoolkit.estimate.totals.cluster_totals import KEY, Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, case_only, sum_persons
from fltoolkit.estimate.totals.reference_population import ReferencePopulation, population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN, Cells
from fltoolkit.estimate.variance import Array
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.survey_design import require_totals
from fltoolkit.survey.spec.groups_and_tables import TOTAL, Measure

LEAST_CASES = 30
"""A profile needs at least this many cases."""
FEW_OF_PROFILE = Reason.of("profile.few", N=LEAST_CASES)


@checked
def profile(
    persons: ClassifiedSurvey,
    by: By = None,
    *,
    measure: Literal["share", "total"] = "share",
    population: str | None = None,
    where: Where = None,
    level: Level = 0.95,
) -> Estimates:
    """Estimate, among the cases (persons in forced labour), the share (R = Σw·y / Σw) or the number (Σw·y)
    that have each characteristic, such as debt bondage.

    The characteristics of adults are the involuntary circumstances and the elements of coercion that were
    asked. If survey.yaml gives them, there are also the stage (recruitment, work, leaving) and the mode
    (experienced, threatened, witnessed) of each of these two, the form, the band of months, and whether the
    forced labour continues at the interview. The characteristics of children are the worst forms of child
    labour. There is a separate table for each topic, such as coercion (docs/methods.md §2).

    Args:
        persons: a classified survey.
        by: the breakdowns (see `fl.cube`). Each has at most one group, which everybody has (not only cases).
        measure: `share` of the cases, or `total`, the number of persons.
        population: a population of survey.yaml, of adults or of children; by default the first.
        where: the persons included, by the labels of one group, as in `prevalence`. This argument cannot be
            combined with `by`. A profile with `where` cannot be published; publish the profile by this group
            instead.
        level: the confidence level.

    Returns:
        Estimates whose measure is `profile`, or `profile_total` for the number. `table` has one column per
        topic (`involuntary`, `coercion`, `form` …) with the characteristic of the row, and the columns of
        `by`. `n` and `population` are all cases of the row's category, unweighted and weighted; `cases` are
        the cases with the characteristic. A case without an answer stays in the denominator. `unresolved`,
        `resolved_only`, `bound_high` and `bound_ci_high` are defined as for a prevalence. In the last two,
        cases whose answers do not decide whether they have the characteristic count as cases with it.
        `cases_without`, `psus_without` and `households_without` are the numbers of cases without the
        characteristic, of their PSUs and of their households. `largest_share` is the largest weighted share
        that one household or PSU has of the cases with the characteristic. `largest_share_without` is the
        same for the cases without it. The interval of a share is Korn and Graubard's with df' = min(df, PSUs
        with the characteristic − 1, PSUs with cases without it − 1).

    Raises:
        RequestError: a breakdown has more than one group, or a group that only cases have; `where` has more
            than one group, or is given together with `by`; the population has adults and children; the
            persons carry an outcome of their own (`fl.outcome`).
        NotAvailable: the population has fewer than 30 cases.
        DesignError: the weights do not add up to the population (normalised weights), and a number is wanted.
    """
    refuse_own_outcomes(persons, "profile")
    wanted = breakdowns(by)
    if measure == "total":
        require_totals(persons, "profile")
    chosen = population_of(persons, population, groups_of(wanted), "")
    _refuse(persons, wanted, chosen.name)
    if len(taken := [*(where or {}), *groups_of(wanted)]) > 1 and where:
        raise RequestError(
            "a profile is by one group at a time: with two the cells are too small",
            where="profile: where",
            found=taken,
            do="name one group, in where or in by",
        )
    persons = within(persons, where)
    return _estimates(
        persons, _answers(persons, wanted, chosen), measure, Confidence(DEFAULT, level), chosen.name
    )


def profile_and_total(persons: ClassifiedSurvey, by: By, population: str) -> tuple[Estimates, Estimates]:
    """Returns the profile as shares and as numbers of cases, from one pass over the persons. The results,
    arguments and errors are those of `profile` for the measures `share` and `total`."""
    wanted = breakdowns(by)
    require_totals(persons, "profile")
    chosen = population_of(persons, population, groups_of(wanted), "")
    _refuse(persons, wanted, chosen.name)
    answers, confidence = _answers(persons, wanted, chosen), Confidence(DEFAULT)
    return (
        _estimates(persons, answers, "share", confidence, chosen.name),
        _estimates(persons, answers, "total", confidence, chosen.name),
    )


def _answers(persons: ClassifiedSurvey, wanted: Breakdowns, chosen: ReferencePopulation) -> _Answers:
    """Returns the answers of the cases, from one pass over the persons. Raises `NotAvailable` if there are
    fewer than 30 cases."""
    described = with_characteristics(persons, children=persons.spec.of_children(chosen.name))
    estimand = Estimand(
        Outcome("truth", "forced_labour", three_valued=True), "profile", wanted, split=ANSWERS
    )
    sums = sum_persons(described.persons, estimand, chosen)
    if sums.table["n"].to_numpy()[sums.counted].sum() < LEAST_CASES:
        raise NotAvailable(
            FEW_OF_PROFILE,
            where="profile",
            allowed=f"{LEAST_CASES} cases or more",
            do="report the number of cases; a share of so few says nothing of all",
        )
    answers = _Answers(sums, described)
    return replace(answers, sums=replace(sums, cells=answers.cells_answering(YES), parent=answers.parent))


def _refuse(persons: ClassifiedSurvey, wanted: Breakdowns, population: str) -> None:
    """Raises an error if a profile (a description of the cases) by these groups, or for this population, is
    not possible. `wanted` are the breakdowns, each a tuple of groups."""
    if crossed := [b for b in wanted if len(b) > 1]:
        raise RequestError(
            "a profile is by one group at a time: with two the cells are too small",
            where="profile: by",
            found=list(crossed[0]),
            do=f"write each as a breakdown of its own: by={[[g] for g in crossed[0]]}",
        )
    if only := case_only(persons) & {g for b in wanted for g in b}:
        raise RequestError(
            f"no profile by {min(only)}, which only cases have",
            where="profile: by",
            found=min(only),
            do="name a group that everybody has, such as sex",
        )
    if persons.spec.populations[population].sum_of:
        raise RequestError(
            "the definitions of adults and of children differ, so that each has a profile of its own",
            where="profile: population",
            found=population,
            allowed=list(persons.spec.populations[population].sum_of),
            do="name one of these",
        )


@dataclass(frozen=True)
class _Answers:
    """The answers of the cases (persons in forced labour) about each characteristic, such as debt bondage.

    The result of a profile has one row for each characteristic in each category of the breakdowns: debt
    bondage among all cases, among women, among men.

    Attributes:
        sums: the sums from one pass over the persons. At first its cells are the cells of the breakdowns (all
            cases, women, men). The method `limited_to` returns sums whose cells are the rows of the result.
        described: the characteristics.
    """

    sums: EstimandSums
    described: CaseProfile

    @cached_property
    def _coded_answers(self) -> NDArray[np.str_]:
        """Returns one letter for each row of the table of sums (`sums.table`) and each characteristic (rows ×
        characteristics): `y`, `n` or `u` (unresolved). The letters are empty for rows of persons who are not
        cases."""
        text, many = self.sums.table[KEY + ANSWERS].astype(str).to_numpy(dtype=object), len(self.described.of)
        found = np.full((len(text), many), "", dtype="<U1")
        found[self.sums.counted] = [list(row) for row in text[self.sums.counted]]
        return found

    @cached_property
    def _row_positions(self) -> NDArray[np.intp]:
        """Returns the position in the result of each characteristic in each category of the breakdowns
        (characteristics × categories).

        The rows of the result are sorted by topic (a topic is a set of characteristics in one table), then by
        breakdown.
        """
        cells = self.sums.denominators.keys
        topics = [self.described.topics.index(topic) for topic, _ in self.described.of]
        rank = [
            (topics[k], cells[BREAKDOWN].iloc[c], k, c)
            for k, c in product(range(len(topics)), range(len(cells)))
        ]
        place = np.empty(len(rank), dtype=np.intp)
        place[sorted(range(len(rank)), key=rank.__getitem__)] = np.arange(len(rank))
        return place.reshape(len(topics), len(cells))

    @cached_property
    def parent(self) -> NDArray[np.intp]:
        """Returns, for each row of the result, the position of its denominator: all cases of the row's
        category."""
        found = np.empty(self._row_positions.size, dtype=np.intp)
        found[self._row_positions] = np.arange(self._row_positions.shape[1])
        return found

    @cached_property
    def keys(self) -> pd.DataFrame:
        """Returns the columns that name each row of the result: one column per topic with the characteristic,
        then the group columns. A topic is a set of characteristics in one table."""
        of = np.empty(self._row_positions.size, dtype=np.intp)
        of[self._row_positions] = np.arange(len(self.described.of))[:, None]
        chosen = [self.described.of[k] for k in of]
        topics = {
            topic: [name if own == topic else TOTAL for own, name in chosen]
            for topic in self.described.topics
        }
        return pd.concat(
            [
                pd.DataFrame(topics, dtype="str"),
                self.sums.denominators.keys.iloc[self.parent].reset_index(drop=True),
            ],
            axis=1,
        )

    def cells_answering(self, *letters: str) -> Cells:
        """Returns, for each row of the result (one characteristic in one category), the set of cases that
        answered with one of `letters`: `y`, `n` or `u` (unresolved)."""
        there = np.isin(self._coded_answers, letters)
        codes = [
            np.where((code >= 0) & there[:, k], own[code], -1).astype(np.intp)
            for code in self.sums.denominators.codes
            for k, own in enumerate(self._row_positions)
        ]
        return Cells(self.keys, tuple(codes))

    def limited_to(self, *letters: str) -> EstimandSums:
        """Returns the sums, but only of cases that answered with one of `letters`: `y`, `n` or `u`
        (unresolved). The cells of these sums are the rows of the result."""
        return replace(self.sums, cells=self.cells_answering(*letters))

    def by(self) -> Breakdowns:
        """Returns the breakdowns of the result: a tuple for each topic and each breakdown asked for, such as
        `("coercion", "sex")`."""
        return tuple((topic, *b) for topic in self.described.topics for b in self.sums.estimand.by)

    @cached_property
    def unresolved_cases(self) -> UnresolvedPersons:
        """Returns, for each row of the result, the cases for whom it is unresolved whether they have the
        characteristic (their answers do not decide it)."""
        sums, cells = self.sums, self.cells_answering(OPEN)
        n, w = (cells.sums(sums.table[c].to_numpy(), sums.counted) for c in ("n", "w"))
        with_or_open, rest = (self.limited_to(*letters).psus_with_cases() for letters in ((YES, OPEN), (NO,)))
        return UnresolvedPersons(n, w, sums.by_unit("w", cells, sums.counted), with_or_open, rest)

    @cached_property
    def cases_without(self) -> pd.DataFrame:
        """Returns a table with one row per row of the result. It gives the number of cases without the
        characteristic, of their PSUs and of their households. It also gives the largest weighted share that
        one household or PSU has: of the cases with the characteristic, and of the cases without it."""
        sums, without = self.sums, self.limited_to(NO)
        return pd.DataFrame(
            {
                "cases_without": without.cells.sums(sums.table["n"].to_numpy(), sums.counted).astype(
                    np.int64
                ),
                "psus_without": without.psus_with_cases(),
                "households_without": households_of_cases(without),
                "largest_share": _largest_share(sums),
                "largest_share_without": _largest_share(without),
            }
        )


def _estimates(
    persons: ClassifiedSurvey,
    answers: _Answers,
    measure: Literal["share", "total"],
    confidence: Confidence,
    population: str,
) -> Estimates:
    """Returns the shares or numbers of cases with each characteristic, from the sums of one pass over the
    persons.

    Args:
        persons: the classified survey.
        answers: the answers of the cases, with the sums.
        measure: whether shares or numbers are wanted.
        confidence: the method and the level of the intervals.
        population: the name of the population.
    """
    total = measure == "total"
    sums = replace(
        answers.sums, estimand=replace(answers.sums.estimand, measure="total" if total else "profile")
    )
    weights = sums.by_unit("w", sums.denominators, sums.counted)
    rows = counts(sums, weights, sums.counted)
    y, x = sums.y, rows["population"].to_numpy()
    rate = y / x
    z = sums.units.influence(
        sums.cases, None if total else sums.denominator_values(weights), y if total else rate
    )
    rows.insert(0, "estimate", y if total else rate)
    rows.insert(1, "se", np.sqrt(sums.units.variances(z)))
    if not total:
        rows["psus_without_it"] = answers.limited_to(NO, OPEN).psus_with_cases()
    effects = design_effects(sums, rows, rate, persons)
    whole = total and persons.grosses_up and bool(sums.table["w"][sums.counted].min() >= 1)
    table = with_intervals(sums.estimand, rows, effects, rate, confidence, whole=whole)
    columns, shares = unresolved(sums, rows, effects, confidence.level, answers.unresolved_cases)
    table = pd.concat([table, columns, answers.cases_without], axis=1)
    name: Measure = "profile_total" if total else "profile"
    about = replace(about_of(persons, sums, population, confidence), measure=name)
    keys = named_in(persons.spec, answers.keys.drop(columns=BREAKDOWN), population)
    return Estimates(
        pd.concat([keys, table], axis=1),
        z,
        sums.units,
        about,
        effects,
        answers.by(),
        unresolved_shares=shares,
    )


def _largest_share(sums: EstimandSums) -> Array:
    """Returns, for each cell, the largest share of its weighted cases that are in one household or one PSU.
    It is 0 for a cell without cases."""
    t, cases = sums.table, sums.counted
    whole = sums.cells.sums(t["w"].to_numpy(float), cases)
    most = np.zeros(len(sums.cells))
    units: list[NDArray[np.integer[Any]]] = (
        [t["household"].to_numpy()] if (t["household"].to_numpy() >= 0).any() else []
    )
    units += [] if sums.unit is None else [t["psu"].cat.codes.to_numpy()]
    weight = t["w"].to_numpy(float)[cases]
    for unit in units:
        of_case = unit[cases].astype(np.int64) + 1  # a person without a household has unit -1
        many = of_case.max(initial=0) + 1
        for code in (code[cases] for code in sums.cells.codes):
            inside = code >= 0
            # One number for cell and unit: pandas takes three times as long for a pair.
            held = pd.Series(weight[inside]).groupby(code[inside] * many + of_case[inside]).sum()
            np.maximum.at(most, held.index.to_numpy() // many, held.to_numpy())
    return np.divide(most, whole, out=np.zeros(len(most)), where=whole > 0)
