"""Puts all rows of a run into one table and decides which rows are hidden.

The result contains confidential numbers. So it stays in memory and is never written to a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify.category_names import category_code, crossed_labels, label_of
from fltoolkit.classify.characteristics import Characteristic, characteristics_of
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import named_domain
from fltoolkit.errors import PublicationError
from fltoolkit.estimate.measures.estimates import About, Estimates
from fltoolkit.estimate.totals.person_patterns import IN, NOW_COLUMN, read_patterns
from fltoolkit.languages.reasons import Name, Reason, joined_reasons
from fltoolkit.publish.amounts.amount_decision import decide_amounts
from fltoolkit.publish.disclosure.confidential_cells import Key, Limits
from fltoolkit.publish.disclosure.profile.characteristic_cells import characteristic_key
from fltoolkit.publish.disclosure.profile.profile_decision import (
    ProfileRows,
    cells_for_other_tables,
    decide_cases_at_interview,
    decide_profile,
)
from fltoolkit.publish.disclosure.rule_set_differences import decide_rule_sets
from fltoolkit.publish.disclosure.suppression_decision import Decision, decide
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_cells import NO_EARLIER, EarlierRows
from fltoolkit.publish.own_tables.earlier_releases import NO_RELEASES, Releases
from fltoolkit.publish.printed_numbers import DOMAIN, ROUNDING, rounding_base
from fltoolkit.publish.reliability import PublicationProfile
from fltoolkit.survey.design.suppression_key import suppression_key
from fltoolkit.survey.design.survey_design import Domain
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import as_records

T = TypeVar("T")
STRICTER = Reason.of("reasons.stricter")
ABOUT_COLUMNS = {n: f"reference_{n}" for n in ("population", "population_label", "population_ages")}
ABOUT_LEFT_OUT = (
    "case_only",
    "questionnaire",
    "psus_of_earlier_rounds",
    "accepted_rounds",
    "interview_modes",
    "where",
    "not_stated",
)
# No hash of the data: with all the data except one person's answers, a reader could try every answer until
# the hash fits.
PUBLISHED_FACTS = tuple(
    ABOUT_COLUMNS.get(c, c) for c in About.__dataclass_fields__ if c not in (*ABOUT_LEFT_OUT, "input_hash")
)


def limits_of(
    publication_profile: PublicationProfile, spec: SurveySpec | None
) -> tuple[Limits, tuple[Reason, ...]]:
    """Returns the confidentiality limits of a run, and the notes about lowered limits.

    For each count, the strictest of three limits is used: the kit's standard, the limit of the publication
    profile, and the limit of survey.yaml. The last two can lower a limit only with the key
    `accept_lower_limits`. Every output then has a note.

    Raises:
        PublicationError: a limit is lower than the standard, without this key.
    """
    standard = asdict(Limits())
    values, without = dict(standard), dict(standard)
    asked = {f"profile {publication_profile.name}: confidentiality": publication_profile.confidentiality}
    for where, wanted in (
        asked | ({"survey.yaml: confidentiality": spec.confidentiality} if spec else {})
    ).items():
        given = {n: getattr(wanted, n) for n in standard if n in wanted.model_fields_set}
        if wanted.accept_lower_limits:
            values |= given
        elif low := [f"{n} {v} (standard {standard[n]})" for n, v in given.items() if v < standard[n]]:
            raise PublicationError(
                "confidentiality limits are lower than the standard",
                where=where,
                found=low,
                do=(
                    "raise them, or add accept_lower_limits: true under confidentiality, and take "
                    "responsibility for it"
                ),
            )
        else:
            values |= {n: max(v, values[n]) for n, v in given.items()}
        without = {n: max(without[n], values[n]) for n in standard}
    lowered = tuple(
        Reason.of("reasons.limit", what=Name("kit.limits", n), N=v, M=without[n])
        for n, v in values.items()
        if v < without[n]
    )
    notes = (Reason.of("reasons.lowered", what=lowered),) if lowered else ()
    return Limits(**values), notes


@dataclass(frozen=True)
class DecidedRows:
    """All rows of a run, with the decision about the hidden rows. The numbers are exact: nothing is removed
    yet.

    Attributes:
        table: the rows, one for each number that the tables of the run ask for.
        groups: the columns of the table that are groups, such as sex.
        keys: for each row, its group values, including those of its domain.
        share_groups: for a share, the group whose categories have the shares, such as sex; empty for other
            measures.
        populations: for each row, its reference population as in survey.yaml, without the domain.
        unions: new groups for domains that have several labels of one group. For each new group, by name: the
            original group, and the labels.
        decision: the hidden rows, the rows in which the count of unresolved persons is hidden, and the cells
            of these rows.
        limits: the confidentiality limits.
        rounding_base: weighted numbers are rounded to multiples of this number.
        notes: sentences that are printed with every number.
        rule_set: the run's own rule set.
        earlier: the number of first rows that are not the run's own, but of releases beside which it is
            decided.
        revealed: whether these releases reveal a number, whatever the run hides.
    """

    table: pd.DataFrame
    groups: tuple[str, ...]
    keys: tuple[Key, ...]
    share_groups: tuple[str, ...]
    populations: tuple[str, ...]
    unions: Mapping[str, tuple[str, tuple[str, ...]]]
    decision: Decision
    limits: Limits
    rounding_base: float
    notes: tuple[Reason, ...]
    rule_set: str
    earlier: int = 0
    revealed: bool = False

    def copied(self) -> DecidedRows:
        """Returns the same rows and decision, with a table that may be changed."""
        return replace(self, table=self.table.copy())

    @property
    def own(self) -> DecidedRows:
        """Returns the run's own rows, without those of earlier releases."""
        return self.part(range(self.earlier, len(self.table))) if self.earlier else self

    def part(self, rows: range) -> DecidedRows:
        """Returns only the rows whose positions are in `rows`, with the decision about the hidden ones."""
        made = self.decision
        hidden, unresolved_hidden, unlisted = (
            {i - rows.start for i in rows_hidden if i in rows}
            for rows_hidden in (made.hidden, made.unresolved_hidden, made.unlisted)
        )
        part = slice(rows.start, rows.stop)
        table = self.table.iloc[part].reset_index(drop=True)
        groups = tuple(g for g in self.groups if (table[g] != TOTAL).any())
        return replace(
            self,
            table=table.drop(columns=[g for g in self.groups if g not in groups]),
            groups=groups,
            keys=self.keys[part],
            share_groups=self.share_groups[part],
            populations=self.populations[part],
            decision=replace(made, hidden=hidden, unresolved_hidden=unresolved_hidden, unlisted=unlisted),
            earlier=0,
        )


def decided_rows(
    made: list[Estimates],
    limits: Limits,
    notes: tuple[Reason, ...],
    persons: ClassifiedSurvey | None = None,
    releases: Releases = NO_RELEASES,
) -> DecidedRows:
    """Returns all rows of some estimates, with the decision about the hidden rows.

    Args:
        made: the estimates. The first one has the run's own rule set.
        limits: the confidentiality limits.
        notes: sentences that are printed with every number.
        persons: the survey. The decision then also uses its nested groups, overlapping populations and age
            bands.
        releases: earlier releases of the survey, with their estimates, which become the first rows. What
            they printed stays as it is.

    Raises:
        PublicationError: the survey has no key.
    """
    rows = _rows_of([*releases.estimates, *made], persons.spec if persons else None)
    in_own_rule_set = rows.table["rule_set"] == made[0].about.rule_set
    case_only = (
        persons.spec.case_only if persons else frozenset(g for est in made for g in est.about.case_only)
    )
    key = suppression_key(persons or made[0].design).secret
    scenario = DisclosureScenario(limits, key, rounding_base(rows.table), case_only=case_only)
    if persons:
        scenario = _with_persons(scenario, rows, persons)
    first = sum(len(est.table) for est in releases.estimates)
    known, earlier = releases.rows(rows.table, first)
    decision = _decide(rows, in_own_rule_set.to_numpy(), scenario, persons, earlier)
    revealed = bool(decision.exposed or any(i < first for i in decision.hidden - earlier.hidden))
    found = decide_rule_sets(rows.table, in_own_rule_set, decision, limits)
    if persons and (rows.table["amount_unit"] != "").any():
        cells = list(zip(rows.populations, rows.keys, strict=True))
        bases, closed = decide_amounts(rows.table, cells, found.hidden, persons, key)
        rows = replace(rows, table=rows.table.assign(**{ROUNDING: bases}))
        found = replace(found, hidden=found.hidden | closed)
    # What was released is known: hidden or shown, it stays so, also in flowcharts and under other rule sets.
    found = replace(
        found,
        hidden=found.hidden - known | earlier.hidden,
        unresolved_hidden=found.unresolved_hidden - known | earlier.unresolved_hidden,
        unlisted=found.unlisted - known | earlier.unlisted,
    )
    decided = _decided(rows, found, scenario, notes, made[0].about.rule_set)
    return replace(decided, earlier=first, revealed=revealed)


def nothing_decided(run: DecidedRows) -> DecidedRows:
    """Returns a `DecidedRows` without rows. It has the limits, the rounding base and the rule set of a run.

    It is used for the first table of a user-defined outcome: the rows of this table are added to it.
    """
    no_rows = pd.DataFrame({"rule_set": pd.Series(dtype=object)})
    return replace(
        run,
        table=no_rows,
        groups=(),
        keys=(),
        share_groups=(),
        populations=(),
        unions={},
        decision=Decision(),
    )


@dataclass(frozen=True)
class EarlierAndNewRows:
    """Rows of one outcome that were published before, followed by the rows of one more estimate. A decision
    about the new rows needs both.

    Attributes:
        rows: all rows, the earlier ones first.
        scenario: what the assumed reader knows of these rows.
        earlier_rows: the number of earlier rows, and the hidden rows among them.
        earlier: the decision about the earlier rows.
    """

    rows: Rows
    scenario: DisclosureScenario
    earlier_rows: EarlierRows
    earlier: DecidedRows

    @property
    def new(self) -> range:
        """Returns the positions of the new rows."""
        return range(self.earlier_rows.rows, len(self.rows.table))


def earlier_and_new_rows(
    earlier: DecidedRows, est: Estimates, persons: ClassifiedSurvey
) -> EarlierAndNewRows:
    """Returns rows that were published before, followed by the rows of one more estimate.

    Args:
        earlier: the rows published before, of one outcome. An outcome is the condition that makes a person a
            case: forced labour, or a condition that the user defined.
        est: the estimate.
        persons: the survey from which the estimate was made. For a user-defined outcome, the cases of this
            survey are the persons with this outcome.
    """
    before = [i for i, rule in enumerate(earlier.table["rule_set"]) if rule == earlier.rule_set]
    rows = _with_new_rows(earlier, before, _rows_of([est], persons.spec))
    place = {old: new for new, old in enumerate(before)}
    made = earlier.decision
    hidden, unresolved_hidden, unlisted = (
        frozenset(place[i] for i in rows_hidden if i in place)
        for rows_hidden in (made.hidden, made.unresolved_hidden, made.unlisted)
    )
    known = DisclosureScenario(
        earlier.limits,
        suppression_key(persons).secret,
        earlier.rounding_base,
        case_only=persons.spec.case_only,
    )
    scenario = _with_persons(known, rows, persons)
    return EarlierAndNewRows(
        rows, scenario, EarlierRows(len(before), hidden, unresolved_hidden, unlisted), earlier
    )


def knowing_groups_of(
    all_rows: EarlierAndNewRows, other: DecidedRows, persons: ClassifiedSurvey
) -> EarlierAndNewRows:
    """Returns the same rows, with kinds of persons that also differ in the groups and populations of the rows
    of another outcome. `persons`: the survey, as for `earlier_and_new_rows`."""
    rows = all_rows.rows
    known = replace(
        rows,
        groups=(*rows.groups, *other.groups),
        keys=(*rows.keys, *other.keys),
        populations=(*rows.populations, *other.populations),
        unions={**rows.unions, **other.unions},
    )
    return replace(all_rows, scenario=_with_persons(all_rows.scenario, known, persons))


def decide_new_rows(all_rows: EarlierAndNewRows, persons: ClassifiedSurvey) -> DecidedRows:
    """Decides which new rows are hidden, after earlier rows were published. Returns the earlier rows first,
    then the new ones.

    Published rows stay as they are. New rows are hidden if they would reveal a confidential cell, alone or
    together with other rows.

    Args:
        all_rows: the earlier and the new rows.
        persons: the survey, as for `earlier_and_new_rows`.
    """
    rows, scenario, earlier_rows, new = all_rows.rows, all_rows.scenario, all_rows.earlier_rows, all_rows.new
    found = _decide(rows, np.ones(len(rows.table), dtype=bool), scenario, persons, earlier_rows)
    # A row of a profile is protected by hiding other rows of the same profile. If one of these was published
    # before, it cannot be hidden any more. Then the new table is hidden instead.
    late = any(i < new.start for i in found.hidden - earlier_rows.hidden)
    found = replace(
        found,
        hidden=set(new if late else found.hidden.intersection(new)) | earlier_rows.hidden,
        unresolved_hidden=found.unresolved_hidden.intersection(new) | earlier_rows.unresolved_hidden,
        unlisted=found.unlisted.intersection(new) | earlier_rows.unlisted,
    )
    return _decided(rows, found, scenario, all_rows.earlier.notes, all_rows.earlier.rule_set)


@dataclass(frozen=True)
class Rows:
    """The rows of some estimates in one table, and the cell of persons that each row is about. The fields are
    as in `DecidedRows`."""

    table: pd.DataFrame
    groups: tuple[str, ...]
    keys: tuple[Key, ...]
    share_groups: tuple[str, ...]
    populations: tuple[str, ...]
    unions: Mapping[str, tuple[str, tuple[str, ...]]]

    def of_populations(self, kept: NDArray[np.bool_]) -> pd.DataFrame:
        """Returns the rows for which `kept` is True, with the populations of survey.yaml. If a row is about a
        domain (a part of the population), only its key names the domain."""
        return self.table.assign(reference_population=list(self.populations))[kept]


def _rows_of(made: list[Estimates], spec: SurveySpec | None) -> Rows:
    """Returns the rows of some estimates in one table, each with the cell of persons that it is about."""
    frames = [as_rows(est, spec) for est in made]
    groups = list(dict.fromkeys(g for est in made for g in est.groups))
    table = pd.concat(
        [f.reindex(columns=[*dict.fromkeys([*f.columns, *groups])]) for f in frames], ignore_index=True
    )
    table[groups] = table[groups].astype(object).where(table[groups].notna(), TOTAL)
    if DOMAIN in table:
        table[DOMAIN] = table[DOMAIN].fillna("")
    domains = [_domain_key(est.about.where) for est in made for _ in range(len(est.table))]
    # The label links a cell of children to the same cell of all persons: `girls` in one row and `women` in
    # another are one category.
    label = partial(label_of, spec) if spec else lambda group, category: category
    keys = [
        frozenset((g, label(g, row[g])) for g in groups if row[g] != TOTAL)
        for row in as_records(table[groups])
    ]
    share_groups = [
        est.by[0][-1] if est.about.measure == "share" else "" for est in made for _ in range(len(est.table))
    ]
    for i in np.flatnonzero(table["measure"].isin(PROFILES)):
        keys[i], share_groups[i] = characteristic_key(keys[i])
    return Rows(
        table,
        tuple(groups),
        tuple(key | domain for key, domain in zip(keys, domains, strict=True)),
        tuple(share_groups),
        tuple(est.about.population for est in made for _ in range(len(est.table))),
        {
            _union_name(g, labels): (g, labels)
            for est in made
            for g, labels in est.about.where
            if len(labels) > 1
        },
    )


def _with_new_rows(earlier: DecidedRows, kept: list[int], more: Rows) -> Rows:
    """Returns the earlier rows at the positions in `kept`, followed by new rows."""
    table = pd.concat([earlier.table.iloc[kept], more.table], ignore_index=True)
    groups = tuple(dict.fromkeys((*earlier.groups, *more.groups)))
    table[list(groups)] = table[list(groups)].astype(object).where(table[list(groups)].notna(), TOTAL)
    if DOMAIN in table:
        table[DOMAIN] = table[DOMAIN].fillna("")
    keys = _kept_then_new(earlier.keys, more.keys, kept)
    share_groups = _kept_then_new(earlier.share_groups, more.share_groups, kept)
    populations = _kept_then_new(earlier.populations, more.populations, kept)
    return Rows(table, groups, keys, share_groups, populations, {**earlier.unions, **more.unions})


def _kept_then_new(old: tuple[T, ...], new: tuple[T, ...], kept: list[int]) -> tuple[T, ...]:
    """Returns those old values whose positions are in `kept`, followed by all new values."""
    return (*(old[i] for i in kept), *new)


def _with_persons(scenario: DisclosureScenario, rows: Rows, persons: ClassifiedSurvey) -> DisclosureScenario:
    """Returns what the assumed reader knows, with the kinds of persons of the survey. A kind is all persons
    with the same values in all groups that the rows or their domains use."""
    spec, populations = persons.spec, list(dict.fromkeys(rows.populations))
    children = frozenset(filter(spec.of_children, populations))
    # The flowchart of children reveals their routes, even if no table shows routes.
    used = [*rows.groups, *(["route"] if children else []), *(g for key in rows.keys for g, _ in sorted(key))]
    used += [group for group, _ in rows.unions.values()]
    patterns = read_patterns(persons, [g for g in dict.fromkeys(used) if g in spec.group_names], populations)
    return replace(
        scenario,
        patterns=patterns.with_unions(rows.unions) if rows.unions else patterns,
        children=children,
    )


def _decided(
    rows: Rows, found: Decision, scenario: DisclosureScenario, notes: tuple[Reason, ...], rule_set: str
) -> DecidedRows:
    """Returns the rows with the decision, and with the notes that explain it. `found` is the decision."""
    whole = [_hidden_whole("coarse", what) for what in found.coarse] + [
        _hidden_whole("crowded", what) for what in found.crowded
    ]
    notes = tuple(dict.fromkeys((*notes, *whole, *([STRICTER] if found.stricter else []))))
    return DecidedRows(
        rows.table,
        rows.groups,
        rows.keys,
        rows.share_groups,
        rows.populations,
        rows.unions,
        found,
        scenario.limits,
        scenario.rounding_base,
        notes,
        rule_set,
    )


def _domain_key(where: Domain) -> Key:
    """Returns a domain (a part of the population, such as rural areas) as the group values that define a
    cell. Several labels of one group together form a new group.
    """
    return frozenset(
        (g, labels[0]) if len(labels) == 1 else (_union_name(g, labels), IN) for g, labels in where
    )


def _union_name(group: str, labels: tuple[str, ...]) -> str:
    """Returns the name of the new group that several labels of one group form. No group of survey.yaml has
    such a name."""
    return f"{group}: {', '.join(sorted(labels))}"


def _hidden_whole(why: str, what: Reason) -> Reason:
    """Returns a note that a breakdown is hidden as a whole.

    Args:
        why: `coarse`, if no smaller choice protects its confidential cells; `crowded`, if it has too many of
            them.
        what: the breakdown in words.
    """
    return Reason.of(f"reasons.{why}", what=what)


def _decide(
    rows: Rows,
    kept: NDArray[np.bool_],
    scenario: DisclosureScenario,
    persons: ClassifiedSurvey | None,
    earlier: EarlierRows = NO_EARLIER,
) -> Decision:
    """Decides which rows of a run are hidden.

    The rows of profiles (shares of cases with a characteristic) are decided last, because they may not change
    other tables.

    Args:
        rows: the rows, each with its cell.
        kept: for each row, whether to decide about it.
        scenario: what the assumed reader knows.
        persons: the survey, if there is one.
        earlier: rows published before, which stay as they are.
    """
    table, keys, share_groups = rows.of_populations(kept), list(rows.keys), list(rows.share_groups)
    is_profile = table["measure"].isin(PROFILES)
    if not is_profile.any():
        return decide(table, keys, share_groups, scenario, earlier=earlier)
    profiles = ProfileRows(table[is_profile], keys, share_groups)
    apart = is_profile & ~pd.Series(share_groups, dtype=object).loc[table.index].isin(scenario.case_only)
    revealed = cells_for_other_tables(profiles, scenario)
    tables = decide(table[~apart], keys, share_groups, scenario, revealed, earlier=earlier)
    mine = profiles.of(apart[is_profile])
    found: tuple[Characteristic, ...] = ()
    if persons:
        found = characteristics_of(persons, children=False)
        used = {g for i in mine.table.index for g, _ in keys[i]}
        used |= {rows.unions[g][0] for g in used if g in rows.unions}
        groups = [g for g in persons.spec.group_names if g in used]
        populations = list(dict.fromkeys(mine.table["reference_population"]))
        scenario = replace(
            scenario, patterns=read_patterns(persons, groups, populations).with_unions(rows.unions)
        )
    return decide_cases_at_interview(
        mine,
        table[table["outcome"] == NOW_COLUMN],
        keys,
        decide_profile(mine, tables, scenario, found, earlier),
    )


def as_rows(est: Estimates, spec: SurveySpec | None = None) -> pd.DataFrame:
    """Returns the table of an estimate with further columns: the design effect against sampling with
    replacement, the breakdown, the category, the codes of the categories (if `spec` is given), and facts
    about the estimate (population, period and others)."""
    frame = est.table
    columns = [(g, frame[g].tolist()) for g in est.groups]
    cells = [
        [(g, categories[i]) for g, categories in columns if categories[i] != TOTAL] for i in range(len(frame))
    ]
    used = [[g for g, _ in cell] for cell in cells]
    values = [
        (crossed_labels(spec, cell) if spec else crossed(category for _, category in cell)) or TOTAL
        for cell in cells
    ]
    codes = [
        crossed(category_code(spec, g, str(category)) for g, category in cell) if spec else ""
        for cell in cells
    ]
    group_notes = spec.group_notes if spec else {}
    notes = [joined_reasons(group_notes[g] for g in u if g in group_notes) for u in used]
    about = {ABOUT_COLUMNS.get(k, k): v for k, v in vars(est.about).items() if k not in ABOUT_LEFT_OUT}
    if est.about.where:
        own = est.design.spec if isinstance(est.design, ClassifiedSurvey) else None
        where = named_domain(own, est.about.where, est.about.population) if own else est.about.where
        about[DOMAIN] = "; ".join(f"{group}: {', '.join(labels)}" for group, labels in where)
        about["reference_population"] = f"{est.about.population} ({about[DOMAIN]})".strip()
    return frame.assign(
        deff_replace=est.design_effects["deff_replace"].to_numpy(float),
        **about,
        breakdown=[crossed(u) for u in used],
        group_note=pd.Series(notes, frame.index, dtype=object),
        category=pd.Series(values, frame.index, dtype=object),
        ilostat=codes,
    )
