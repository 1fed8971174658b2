"""Turns estimates into the published set: first confidentiality is decided, then reliability. Every hidden or
flagged number has a reason.

A run has one published set. Confidentiality is decided once, on cell counts, and hides the same cells in
every measure. Reliability is decided for each number. `show`, `nap` and `report` take `Published`, never
`Estimates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked, with_columns
from fltoolkit.cell_steps import show_step, steps
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import FORCED_LABOUR, of_forced_labour
from fltoolkit.errors import NotAvailable, PublicationError, RequestError, did_you_mean
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.measure_by_name import TOTAL_OF, estimate_measure, estimate_with_total
from fltoolkit.estimate.measures.prevalence_and_totals import flowchart
from fltoolkit.estimate.totals.breakdowns import By, breakdowns
from fltoolkit.languages.collected_texts import OwnWords, own_words
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.contrasts.published_contrasts import (
    Comparisons,
    comparisons,
    published_contrasts,
    with_answers,
)
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure.run_decision import (
    PUBLISHED_FACTS,
    DecidedRows,
    as_rows,
    decided_rows,
    limits_of,
)
from fltoolkit.publish.headline_by_rule_set import (
    OtherHeadlines,
    Refused,
    not_available,
    other_headlines,
    refused_rows,
)
from fltoolkit.publish.own_tables.earlier_releases import Releases, earlier_releases
from fltoolkit.publish.printed_numbers import (
    DOMAIN,
    ROUNDING,
    printed,
    without_few_months,
    without_population,
)
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.reliability import (
    PublicationProfile,
    bounds_notes,
    load_publication_profile,
    reliability,
)
from fltoolkit.publish.unlisted_breakdowns import with_one_row_each
from fltoolkit.remembered_results import key_from, remembered
from fltoolkit.survey.spec.files_and_design import Release
from fltoolkit.survey.spec.groups_and_tables import TOTAL, Measure, TableSpec, crossed, groups_of_breakdown
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import HoldsTable

MARKERS = {
    "c": "confidential: not shown", "u": "unreliable", "w": "none recorded in the survey",
    "low": "rounds to zero", "x": "not available", "z": "not applicable",
}  # fmt: skip
NUMBERS = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "deff",
    "deff_replace",
    "n_eff",
    "resolved_only",
    "bound_high",
    "bound_ci_high",
)
COUNTS = ("df", "n", "cases", "population", "psus_with_cases", "households_with_cases", "unresolved")
# One reason for all hidden cells: two different reasons would reveal something.
CONFIDENTIAL = Reason.of("reasons.confidential")
FIRST = (
    "category",
    "estimate",
    "ci_low",
    "ci_high",
    "cases_class",
    "marker",
    "reason",
)  # columns of `select`
UNRESOLVED_COLUMNS = ("unresolved", "resolved_only", "bound_high", "bound_ci_high")


@dataclass(frozen=True)
class Basis:
    """The exact numbers by which the hidden cells of a published set were chosen. They are needed when a
    further table is added to the set. They include hidden counts, so they stay in memory.

    Attributes:
        decided: for each outcome, the rows published so far and which of them are hidden. An outcome is the
            condition that makes a person a case: a user-defined name, or "" for forced labour.
        publication_profile: the rules that judge reliability.
    """

    decided: Mapping[str, DecidedRows]
    publication_profile: PublicationProfile


@dataclass(frozen=True, repr=False)
class Published(HoldsTable):
    """The published set of a run: every number that may leave the office, rounded and protected, with its
    reliability and the reason.

    The columns of `table`:

    - `measure`, `outcome`, `reference_population`: the kind of number, and the persons whom it is about.
    - `breakdown` (its groups), `category` (their values), `ilostat` (their codes in ILOSTAT, or the kit's own
      `FL_...`).
    - One column per group; `total` if the row does not use the group.
    - The columns of `Estimates.table`, as they are printed (`printed_numbers.printed`), and `cases_class`,
      the class of the cases (`5–14`).
    - `deff_replace`: the design effect against sampling with replacement; it does not need the size of the
      population.
    - `flag` (suppress, unreliable, caution, review or none), `marker` (c, u, w, low), `reason` in words.
    - `rounding`, `decimals`: the rounding base of the run's weighted numbers, in persons; and the decimals of
      the row in print.
    - `bounds_note`: `wide bounds` if `bound_high` (all unresolved as cases) is above `ci_high`. No title or
      verdict uses it.
    - `compared`, `p_adjusted`: whether the rate of the category is higher or lower than that of all others,
      or why this cannot be said, and the adjusted p-value (see `contrasts`).
    - `group_note`: a note that must be printed with a table by this group.
    - The facts about the number, as in `About`.

    Attributes:
        table: one row per number, as printed.
        exact: the same rows at full precision; hidden numbers are blank. Only decisions use it, for example
            whether a target can be verified. It is never written to a file, picture, notebook output,
            document or repr.
        profile: name of the publication profile.
        limits: the confidentiality limits in force.
        coverage_excludes, release: the persons whom the survey could not reach, and the office and date of
            the release, if survey.yaml gives them.
        notes: sentences that are printed with every number.
        groups, case_only: every group of the survey, and those that only cases have.
        headlines: the populations whose rate and number a run always shows (for example all, adults and
            children), the default first.
        judged: the publication profile, in words.
        rule_set: the run's own rule set; the last rows of the table are the headline under each other rule
            set.
        own_words: the survey's own texts, in each language of the documents.
        profiles: the same set as judged by other publication profiles, if `publish_run` was asked for them.
        outcomes: the labels of published user-defined outcomes by name. `select` and charts give their rows
            by name, no document does.
        lead: the group that survey.yaml names beforehand for the first comparison; empty if there is none.
        contrasts: the comparisons of each category with all others, one row each (see
            `published_contrasts.published_contrasts`).
        origins: the groups of single origins (nationalities, ethnicities). No picture and no title shows
            them; they come last.
        basis: the exact numbers that `publish` needs to decide about another table. It is confidential, like
            `exact`.
    """

    SHOWN = (
        "measure", "reference_population", "breakdown", "category", "estimate", "ci_low", "ci_high", "marker",
    )  # fmt: skip
    table: pd.DataFrame
    exact: pd.DataFrame = field(repr=False)
    profile: str
    limits: Limits
    coverage_excludes: tuple[str, ...] = ()
    notes: tuple[Reason | str, ...] = ()
    groups: tuple[str, ...] = ()
    case_only: frozenset[str] = frozenset()
    headlines: tuple[str, ...] = ()
    rule_set: str = ""
    judged: str = ""
    own_words: OwnWords = field(default_factory=OwnWords)
    profiles: Mapping[str, Published] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    contrasts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    origins: frozenset[str] = frozenset()
    release: Release | None = None
    basis: Basis | None = field(default=None, repr=False, compare=False)

    def about_it(self) -> list[str]:
        """Returns the survey, the rules of publication and the number of rows, in lines for a notebook."""
        of = [name for name in ("survey", "round") if name in self.table and len(self.table)]
        title = ", ".join(dict.fromkeys(str(self.table[name].iloc[0]) for name in of))
        return [
            f"Published: {title} ({self.rule_set}; {self.judged or self.profile}), {len(self.table):,} rows"
        ]

    @property
    def publication_profile(self) -> PublicationProfile:
        """The rules by which this set was published: those it was made with, or, in a set read from files,
        those of its profile."""
        return self.basis.publication_profile if self.basis else load_publication_profile(self.profile)

    @property
    def own(self) -> pd.DataFrame:
        """Returns the rows under the run's own rule set, without the headlines under other rule sets."""
        return self.own_rows()

    def own_rows(self, **values: str) -> pd.DataFrame:
        """Returns the rows under the run's own rule set with these values, such as `measure="prevalence"`, in
        these columns."""
        return self.table.take(self.places(values))

    def places(self, values: Mapping[str, str]) -> np.ndarray:
        """Returns the positions of the rows that `own_rows` returns. A document needs such rows some hundred
        times, and to copy a whole table each time would be slow.
        """
        wanted = {"rule_set": self.rule_set} | dict(values)
        held = [self.table[name].to_numpy() == value for name, value in wanted.items()]
        if self.outcomes and "outcome" not in values:
            held.append(~self.table["outcome"].isin(list(self.outcomes)).to_numpy())
        return np.flatnonzero(np.logical_and.reduce(held))

    def rule_sets(self, measure: str = "prevalence") -> pd.DataFrame:
        """Returns the headline (the number for the whole default population) under every rule set. The first
        row is that of the run's own rule set."""
        other = self.table[(self.table["rule_set"] != self.rule_set) & (self.table["measure"] == measure)]
        return pd.concat([self.select(measure), other], ignore_index=True)

    @checked
    def select(
        self, measure: str, by: By = None, *, population: str | None = None, outcome: str | None = None
    ) -> pd.DataFrame:
        """Returns the rows of one measure and breakdown(s) under the run's own rule set. Crossed groups may
        be in any order. What one reads first stands first: groups, category, estimate, interval, class of
        cases, marker and reason; then all other columns of `table`.

        Args:
            measure: as in the column `measure`.
            by: breakdowns, see `fl.cube`.
            population: as in the column `reference_population`, with the domain if there is one: `adults
                (area: rural)`; None: the first population that has these breakdowns.
            outcome: a user-defined outcome (see `fl.outcome`); `forced_labour` or None: forced labour.

        Raises:
            RequestError: there is no such row; the error names the rows that exist.
        """
        if outcome and outcome not in (known := [FORCED_LABOUR, *self.table["outcome"]]):
            do = 'add its table first: fl.publish(est, beside=out), of persons = fl.outcome(persons, "coercion")'
            raise RequestError(
                "the set has no such outcome", found=outcome, allowed=dict.fromkeys(known), do=do
            )
        places = self.places(
            {"measure": measure} | ({"outcome": outcome} if outcome not in (None, FORCED_LABOUR) else {})
        )
        populations, broken = (
            self.table[name].to_numpy()[places] for name in ("reference_population", "breakdown")
        )
        as_published = {frozenset(groups_of_breakdown(b)): str(b) for b in dict.fromkeys(broken)}
        names = [as_published.get(frozenset(b), crossed(b)) for b in breakdowns(by)]
        asked = np.isin(broken.astype(str), names)
        if population is None and len(places):
            population = str(populations[asked][0] if asked.any() else populations[0])
        found = asked & (populations == population)
        if missing := [n or TOTAL for n in names if n not in set(broken[found])]:
            there = dict.fromkeys(f"{p}: {b or TOTAL}" for p, b in zip(populations, broken, strict=True))
            own = (
                (
                    "; rows of an outcome of one's own: out.select(..., "
                    f"outcome={', '.join(map(repr, self.outcomes))})"
                )
                if self.outcomes
                else ""
            )
            raise RequestError(
                f"{measure} by {', '.join(missing)} is not in the published set",
                found=f"population {population}{did_you_mean(population, populations)}"
                + did_you_mean(missing[0], broken)
                if there
                else measure,
                allowed=", ".join(there) if there else list(self.table["measure"].unique()),
                do=(
                    "add it to `tables:` of survey.yaml, or add your own table with fl.publish(est, "
                    f"beside=out){own}"
                ),
            )
        rows = self.table.take(places[found]).reset_index(drop=True)
        groups = {group for breakdown in breakdowns(by) for group in breakdown}
        first = [*(name for name in rows if name in groups), *(name for name in FIRST if name in rows)]
        return rows[[*first, *(name for name in rows if name not in first)]]


NumberSet = Annotated[Published, with_columns("population"), "give what fl.publish_run or fl.publish returns"]
RunSet = Annotated[Published, with_columns("unresolved"), "give what fl.publish_run returns"]
ChangeSet = Annotated[
    Published, with_columns("marker_before"), "give what fl.changes or fl.publish_change returns"
]


@runtime_checkable
class HasTables(Protocol):
    """An object that needs further tables of a run, such as a plan whose rows need numbers. Its method
    returns these tables."""

    def tables(self, spec: SurveySpec) -> Sequence[TableSpec]: ...


def refuse_other_survey(persons: ClassifiedSurvey, out: Published, where: str) -> None:
    """Raises an error if a published set is not of these persons: of another survey, or under another rule
    set. `where` is the function that got both."""
    made = [] if out.basis is None else [decided.table for decided in out.basis.decided.values()]
    known = {str(of) for rows in made for of in rows["input_hash"]}
    if made and persons.input_hash not in known:
        raise RequestError(
            "the set is of another survey, or of other files",
            where=where,
            found=persons.spec.title,
            allowed=sorted({str(name) for rows in made for name in rows["survey"]}),
            do="publish the run of this survey first: fl.publish_run(persons)",
        )
    if made and persons.rules != out.rule_set:
        raise PublicationError(
            "the set is under another rule set: subtraction could reveal the few persons between two rule sets",
            where=where,
            found=persons.rules,
            allowed=out.rule_set,
            do="make both under the rule set of the run",
        )


@checked
def publish_run(
    persons: ClassifiedSurvey,
    *,
    plan: HasTables | None = None,
    profile: str | Path = "fltoolkit",
    every_profile: bool = False,
) -> Published:
    """Returns everything that one run may show as a published set: the tables of survey.yaml and those that
    the plan's rows need. The hidden cells are chosen once, for all tables together.

    The headlines are always included: prevalence and number of the whole default population, and of children
    and adults if both were asked. The counts of the flowcharts are also included. The last rows are the
    headline under every other rule set. If the survey cannot give a number (such as a stock), its row has the
    marker `x` and the reason. A user-defined publication profile is read from the folder of survey.yaml.

    With `every_profile` the set also contains copies of itself, one for each other publication profile of the
    kit (rules that say which numbers are reliable enough). The interactive explorer needs these copies.
    Confidentiality is decided once, so the same cells are blank under all publication profiles. A publication
    profile with other limits than those of the run is left out.

    Earlier releases that survey.yaml names (`release: {beside: [folder]}`) are decided with it: what they
    printed stays as it is, and the run hides what would tell their hidden numbers.

    Raises:
        PublicationError: survey.yaml lowers a confidentiality limit without `accept_lower_limits: true`; or
            the run cannot be protected beside an earlier release.
    """
    rules, asked = (
        load_publication_profile(profile, persons.path.parent),
        tuple(plan.tables(persons.spec)) if plan else (),
    )
    released = earlier_releases(persons).digest
    key = key_from(persons, "published", repr(asked), rules.model_dump_json(), every_profile, released)
    return remembered(key, lambda: _published(persons, asked, rules, every_profile), copied=_copied)


def _copied(out: Published) -> Published:
    """Returns a copy of the set. A change of its tables does not change the original."""
    return replace(
        out,
        table=out.table.copy(),
        exact=out.exact.copy(),
        profiles={name: _copied(other) for name, other in out.profiles.items()},
    )


def _published(
    persons: ClassifiedSurvey, asked: Sequence[TableSpec], rules: PublicationProfile, every: bool
) -> Published:
    """Does the work of `publish_run`. `asked` are the plan's tables, `rules` is the publication profile."""
    spec, run = persons.spec, _decide_run(persons, asked, rules)
    words = own_words(f"{persons.path.parent.name}/{persons.path.name}", spec, spec.group_labels)

    own = run.decided.own

    def complete(by: PublicationProfile) -> Published:
        made = without_unlisted(published_from_decision(own, by), own)
        made = replace(made, basis=Basis({"": run.decided}, by))
        out = _with_refused_measures(made, run.other, run.refused, spec)
        found = published_contrasts(run.comparisons, out.table, out.rule_set, by)
        table = with_answers(out.table, found, out.rule_set)
        return replace(out, table=table, own_words=words, lead=spec.lead_group, contrasts=found)

    more = [
        load_publication_profile(name)
        for name in shipped_publication_profiles()
        if every and name != rules.name
    ]
    return replace(
        complete(rules),
        profiles={p.name: complete(p) for p in more if limits_of(p, spec)[0] == run.decided.limits},
    )


class _Run(NamedTuple):
    """The estimates of a run, before they are rounded.

    Attributes:
        decided: all rows of the run, and which of them are hidden.
        other: the other rule sets. Their estimates are among these rows.
        refused: the measures that the survey cannot give.
        comparisons: the comparisons of each category with all others that survey.yaml names.
    """

    decided: DecidedRows
    other: OtherHeadlines
    refused: list[Refused]
    comparisons: Comparisons

    def copied(self) -> _Run:
        """Returns the same run, with a table that may be changed."""
        return self._replace(decided=self.decided.copied())


def _decide_run(persons: ClassifiedSurvey, asked: Sequence[TableSpec], rules: PublicationProfile) -> _Run:
    """Estimates a run and decides what is hidden. Publication profiles with the same limits share the
    result."""
    limits, notes = limits_of(rules, persons.spec)
    releases = earlier_releases(persons)

    def made() -> _Run:
        with steps():
            own, refused = _estimates(persons, asked)
            before = _estimates_again(persons, releases) if releases.folders else ()
            show_step("Estimating under the other rule sets …")
            other = other_headlines(persons)
            show_step("Deciding what may be shown …")
            rows = decided_rows(
                [*own, *other.made], limits, notes, persons, replace(releases, estimates=before)
            )
            if releases.folders:
                printed_now = published_from_decision(rows, rules).table
                releases.refuse_other_numbers(printed_now, rows.earlier, rows.decision.unlisted)
                releases.refuse_revealed(rows.revealed)
            show_step("Comparing each group with all others …")
            found = comparisons(persons, _single_groups(persons, asked))
        return _Run(rows, replace(other, made=()), refused, found)

    key = key_from(persons, "decided", repr(asked), repr((limits, notes)), releases.digest)
    return remembered(key, made, copied=_Run.copied)


def decided_run(
    persons: ClassifiedSurvey, *, plan: HasTables | None = None, profile: str | Path = "fltoolkit"
) -> tuple[DecidedRows, pd.DataFrame]:
    """Returns the rows of a run twice. First they are at full precision, with the decision (the hidden cells
    and the reasons). Then they are as published, but breakdowns that may not be listed have all their rows.
    Only persons who may see the microdata may use this function. Measures that the survey cannot give have no
    rows.
    """
    rules = load_publication_profile(profile, persons.path.parent)
    decided = _decide_run(persons, tuple(plan.tables(persons.spec)) if plan else (), rules).decided.own
    return decided, published_from_decision(decided, rules).table


def _with_refused_measures(
    out: Published, other: OtherHeadlines, refused: Sequence[Refused], spec: SurveySpec
) -> Published:
    """Adds rows for the measures that the survey cannot give (`refused`) and for the rule sets that it does
    not support (`other`), and facts about the survey."""
    first = out.own_rows(breakdown="", reference_population=spec.default_population)
    first = first[first["measure"].isin(["prevalence", "total"])]
    empty = [c for c in (*NUMBERS, *COUNTS) if c in first]
    gone = [refused_rows(first.head(1), what, spec, empty) for what in refused]
    gone += [not_available(first, rule, error, empty) for rule, error in other.obstacles]
    table = pd.concat([out.table, *gone], ignore_index=True)
    exact = pd.concat(
        [out.exact, *(rows.reindex(columns=out.exact.columns) for rows in gone)], ignore_index=True
    )
    return replace(
        out,
        table=table,
        exact=exact,
        coverage_excludes=spec.coverage_excludes,
        groups=spec.group_names,
        case_only=spec.case_only,
        origins=spec.origins,
        headlines=spec.headlines,
        release=spec.release,
    )


def restricted(persons: ClassifiedSurvey, *, plan: HasTables | None = None) -> pd.DataFrame:
    """Returns all estimates of a run without suppression, for persons who may see the microdata. Never
    publish this table."""
    own, _ = _estimates(persons, plan.tables(persons.spec) if plan else ())
    return pd.concat(
        [as_rows(est, persons.spec) for est in (*own, *other_headlines(persons).made)], ignore_index=True
    )


def _estimates(
    persons: ClassifiedSurvey, asked: Sequence[TableSpec]
) -> tuple[list[Estimates], list[Refused]]:
    """Makes all estimates of a run, one pass per measure and population. A rate and its total by the same
    groups share one pass. Also returns the measures that the survey cannot give. `asked` are the plan's
    tables."""
    always: tuple[Measure, ...] = ("prevalence", "total") if persons.grosses_up else ("prevalence",)
    wanted = [TableSpec(measure=m, population=p) for m in always for p in persons.spec.headlines]
    made, refused = _estimates_of(persons, [*wanted, *persons.spec.tables, *asked])
    if persons.grosses_up:
        made += [flowchart(of_forced_labour(persons), population=p) for p in persons.spec.charted]
    return made, refused


def _estimates_again(persons: ClassifiedSurvey, releases: Releases) -> tuple[Estimates, ...]:
    """Returns the estimates that earlier releases printed, from the survey as it is now."""
    charts = [flowchart(of_forced_labour(persons), population=p) for p in releases.charted(persons.spec)]
    return (*_estimates_of(persons, releases.tables(persons.spec))[0], *charts)


def _estimates_of(
    persons: ClassifiedSurvey, wanted: Sequence[TableSpec]
) -> tuple[list[Estimates], list[Refused]]:
    """Makes the estimates of some tables, and returns the measures that the survey cannot give."""
    made, refused, tables = list[Estimates](), list[Refused](), _merge(persons, wanted)
    of_same_pass: dict[tuple[str, str], Estimates] = {}
    for i, (measure, of, population, by) in enumerate(tables):
        show_step(f"Estimating: {measure.replace('_', ' ')}, {population.replace('_', ' ')} …")
        total = TOTAL_OF.get(measure, "")
        try:
            if (total, None, population, by) in tables[i:]:
                est, of_same_pass[total, population] = estimate_with_total(persons, measure, population, by)
            elif (measure, population) in of_same_pass:
                est = of_same_pass[measure, population]
            else:
                est = estimate_measure(persons, measure, of, population, by)
            made.append(est)
        except NotAvailable as error:
            refused.append(Refused(measure, population, tuple(by), error))
    return made, refused


def _merge(
    persons: ClassifiedSurvey, wanted: Sequence[TableSpec]
) -> list[tuple[str, str | None, str, list[tuple[str, ...]]]]:
    """Returns the tables as (measure, group of a share, population, breakdowns). Each measure and population
    needs one pass."""
    merged: dict[tuple[str, str | None, str], list[tuple[str, ...]]] = {}
    spec = persons.spec
    for table in wanted:
        for by in table.by:
            own = next(
                (spec.jobs[g].population for g in by if g in spec.jobs and spec.jobs[g].population), None
            )
            key = (table.measure, table.of, table.population or own or spec.default_population)
            if by not in merged.setdefault(key, []):
                merged[key].append(by)
    return [(measure, of, population, by) for (measure, of, population), by in merged.items()]


def _single_groups(persons: ClassifiedSurvey, asked: Sequence[TableSpec]) -> dict[str, list[str]]:
    """Returns, for each population, the single groups by which survey.yaml asks for the prevalence. Of the
    plan's tables (`asked`), only those by the lead group count, which survey.yaml names: a plan may be written
    after the numbers are known."""
    spec = persons.spec
    own = _merge(persons, spec.tables)
    named = {(population, b) for measure, _, population, by in own if measure == "prevalence" for b in by}
    return {
        population: [
            b[0] for b in by if len(b) == 1 and ((population, b) in named or b == (spec.lead_group,))
        ]
        for measure, _, population, by in _merge(persons, [*spec.tables, *asked])
        if measure == "prevalence"
    }


def without_unlisted(out: Published, decided: DecidedRows) -> Published:
    """Returns the published set of a decision without the categories that may not be listed
    (`unlisted_breakdowns`)."""
    unlisted = decided.decision.unlisted
    return replace(
        out, table=with_one_row_each(out.table, unlisted), exact=with_one_row_each(out.exact, unlisted)
    )


def published_from_decision(decided: DecidedRows, publication_profile: PublicationProfile) -> Published:
    """Returns the published set of a run. Numbers that are confidential or not reliable enough are blank."""
    table, unresolved_hidden, base = (
        decided.table.copy(),
        decided.decision.unresolved_hidden,
        decided.rounding_base,
    )
    flag, marker, reason = (column for _, column in reliability(table, publication_profile).items())
    is_hidden = pd.Series([i in decided.decision.hidden for i in range(len(table))]) | without_population(
        table, base
    )
    flag = flag.mask(is_hidden, "suppress")
    marker = marker.mask(is_hidden, "c")
    reason = reason.mask(is_hidden, CONFIDENTIAL)
    unknown = ["psus_with_cases", "households_with_cases"]  # may be missing: some designs do not give them
    table[unknown] = table[unknown].astype("Float64")
    numbers, counts = [c for c in NUMBERS if c in table], [c for c in COUNTS if c in table]
    table = table.astype(dict.fromkeys((*numbers, *counts), float))
    table.loc[is_hidden, [*numbers, *counts]] = np.nan
    table.loc[flag == "suppress", numbers] = np.nan
    table.loc[sorted(unresolved_hidden), [c for c in UNRESOLVED_COLUMNS if c in table]] = np.nan
    table = without_few_months(table, decided.limits)
    not_shown = [("c" if i in unresolved_hidden else "") for i in range(len(table))]
    table = table.assign(
        flag=flag, marker=marker, reason=reason, unresolved_marker=not_shown, bounds_note=bounds_notes(table)
    )
    first = [
        "measure",
        "outcome",
        "reference_population",
        "breakdown",
        "category",
        "ilostat",
        *decided.groups,
    ]
    about = [c for c in (*PUBLISHED_FACTS, *([DOMAIN] if DOMAIN in table else [])) if c not in first]
    rest = [
        c
        for c in (*NUMBERS[:7], "df", *COUNTS[1:4], "n_eff", *COUNTS[4:], *UNRESOLVED_COLUMNS[1:], ROUNDING)
        if c in table
    ]
    exact = table[
        [*first, *rest, "flag", "marker", "reason", "unresolved_marker", "bounds_note", "group_note", *about]
    ]
    return Published(
        printed(exact, base),
        exact,
        publication_profile.name,
        decided.limits,
        notes=decided.notes,
        judged=(
            f"{publication_profile.name}: "
            f"{publication_profile.title}{' (to be verified)' if publication_profile.to_verify else ''}"
        ),
        rule_set=decided.rule_set,
        basis=Basis({"": decided}, publication_profile),
    )
