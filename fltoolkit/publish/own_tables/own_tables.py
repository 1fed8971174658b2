"""Publishes one table that a user made, alone or together with the published set of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.arguments import checked
from fltoolkit.cell_steps import show_step, steps
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import in_place_of_forced_labour
from fltoolkit.errors import PublicationError, RequestError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.prevalence_and_totals import prevalence
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.publish.disclosure.confidential_cells import CellId
from fltoolkit.publish.disclosure.run_decision import (
    DecidedRows,
    decide_new_rows,
    decided_rows,
    earlier_and_new_rows,
    limits_of,
    nothing_decided,
)
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_releases import row_names
from fltoolkit.publish.own_tables.outcome_differences import (
    SAME_PERSONS,
    protect_from_other_outcomes,
    with_told_cells,
)
from fltoolkit.publish.published_set import (
    Basis,
    Published,
    published_from_decision,
    refuse_other_survey,
    without_unlisted,
)
from fltoolkit.publish.reliability import load_publication_profile
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.survey.spec.survey_spec import PUBLISHED

OF_FORCED_LABOUR = ("forced_labour", NOW_COLUMN, MONTHS)
MOST_OUTCOMES = 2  # outcomes of one's own in a published set
SPREAD_COLUMNS = ["se", "cv", "deff", "deff_replace", "n_eff"]
OF_UNRESOLVED = ("unresolved", "resolved_only", "bound_high", "bound_ci_high")


@checked
def publish(
    est: Estimates, *, beside: Published | None = None, profile: str | Path | None = None
) -> Published:
    """Returns one `Estimates` as it may be published.

    With `beside`, the table is added to a published set. All cells are decided so that all tables together
    reveal no confidential cell. Published cells stay as they are, and cells of the new table are hidden as
    needed. A domain (`where=`) counts as a crossing of its groups with those of the table. Give the returned
    set to the next call: each call knows only the tables of the set that it gets.

    Without `beside`, the table is decided alone. Do not publish two tables in this way if they overlap, or if
    their groups come from one variable (nested age bands).

    Args:
        est: the estimates to publish, from a function such as `fl.prevalence`.
        beside: the published set of the same survey, from `fl.publish_run` or from an earlier call of this
            function; None: the table is decided alone.
        profile: the publication profile (reliability rules) if there is no `beside`; None: `fltoolkit`. With
            `beside`, the publication profile of the set is used.

    Returns:
        The table as a published set. With `beside`, it is that set with the rows of the table added at the
        end. Rows that the set already has are not added again.

    Raises:
        RequestError: a group has the name of a column of a published table; the set is of another survey; or
            profile and beside are both given.
        PublicationError: the table may not be published. It is of a third outcome of the user's own. Or it is a
            stack, whose parts overlap; a quantile; an amount; a ratio, or a mean of a true/false column; a flowchart or
            a profile of a domain; or a profile with `beside`. Or the set has another rule set or other
            weights. Or the publication profile lowers a confidentiality limit without
            `accept_lower_limits: true`.
    """
    _refuse_unpublishable(est)
    if beside is not None and est.about.measure in PROFILES:
        raise PublicationError(
            (
                "a profile is decided together with all tables of its run: added later, it could reveal "
                "what "
                "they hide"
            ),
            where="publish: beside",
            found=est.about.measure,
            do=f"add it to `tables:` of survey.yaml: {{measure: {est.about.measure}}}",
        )
    whole = est.whole or est
    if beside is None:
        rules = load_publication_profile(profile or "fltoolkit")
        limits, notes = limits_of(rules, None)
        decided = decided_rows([whole], limits, notes)
        return _with_outcome_label(
            _without_not_stated(without_unlisted(published_from_decision(decided, rules), decided), est),
            est,
            {_outcome(est): decided},
        )
    if profile is not None:
        raise RequestError(
            "a table beside a set is judged by the profile of the set",
            where="publish: profile",
            found=str(profile),
            allowed=beside.profile,
            do="leave profile out, or publish the run with it",
        )
    with steps():
        show_step("Deciding what may be shown …")
        return _with_table(est, beside)


def _with_table(table: Estimates, out: Published) -> Published:
    """Returns the published set `out` with the rows of one more table.

    If the table leaves out categories `not stated`, the rows of these categories are also decided, because a
    reader can subtract the other rows from the total.
    """
    est = table.whole or table
    persons, basis = _same_survey(est, out)
    outcome = _outcome(est)
    swapped = in_place_of_forced_labour(persons, outcome) if outcome else persons
    run = next(iter(basis.decided.values()))
    others = {name: found for name, found in basis.decided.items() if name != outcome}
    all_rows = earlier_and_new_rows(basis.decided.get(outcome) or nothing_decided(run), est, swapped)
    all_rows = with_told_cells(all_rows, others, persons, outcome, swapped)
    differences = protect_from_other_outcomes(all_rows, others, persons, outcome)
    families = dict(basis.decided)
    earlier_rows = differences.all_rows.earlier_rows
    for name, places in differences.alike.items():
        families[name], hidden = _decided_alike(
            est, [i - earlier_rows.rows for i in places], families[name], (persons, name)
        )
        close = {**earlier_rows.close, "cases": {**earlier_rows.close.get("cases", {}), **hidden}}
        earlier_rows = replace(earlier_rows, close=close)
    decided, new = (
        decide_new_rows(replace(differences.all_rows, earlier_rows=earlier_rows), swapped),
        all_rows.new,
    )
    families[outcome] = decided
    rows = decided.part(new)
    made = published_from_decision(rows, basis.publication_profile)
    suppressed = _crossing_hidden_rows(decided, new)
    made = replace(
        made,
        table=made.table.assign(
            **{c: made.table[c].mask(suppressed) for c in SPREAD_COLUMNS if c in made.table}
        ),
    )
    sets = {
        name: _with_rows_of_table(
            same_set,
            _without_not_stated(
                without_unlisted(published_from_decision(rows, same_set.basis.publication_profile), rows),
                table,
            ),
            est,
            families,
        )
        for name, same_set in out.profiles.items()
        if same_set.basis
    }
    return replace(
        _with_rows_of_table(out, _without_not_stated(without_unlisted(made, rows), table), est, families),
        profiles=sets,
    )


def _decided_alike(
    est: Estimates, places: list[int], other: DecidedRows, survey_and_outcome: tuple[ClassifiedSurvey, str]
) -> tuple[DecidedRows, dict[CellId, str]]:
    """Decides on new rows together with the rows of another outcome, if both count the same persons.
    Otherwise the new rows would reveal what the other outcome's rows hide.

    Args:
        est: the estimate.
        places: the positions of these rows in the estimate's table.
        other: the published rows of the other outcome.
        survey_and_outcome: the survey, and the name of the other outcome.

    Returns:
        The other outcome's rows with these rows below them. Also the cells of these rows that are hidden,
        each with the reason.
    """
    if not places:
        return other, {}
    persons, name = survey_and_outcome
    table, effects = (rows.iloc[places].reset_index(drop=True) for rows in (est.table, est.design_effects))
    same = replace(
        est, table=table.assign(**{c: np.nan for c in OF_UNRESOLVED if c in table}), design_effects=effects
    )
    swapped = in_place_of_forced_labour(persons, name) if name else persons
    all_rows = earlier_and_new_rows(other, same, swapped)
    found = decide_new_rows(all_rows, swapped)
    return found, {
        (found.populations[i], found.keys[i]): SAME_PERSONS
        for i in all_rows.new
        if i in found.decision.hidden
    }


def _without_not_stated(made: Published, est: Estimates) -> Published:
    """Returns the published rows without categories `not stated`, if the table leaves them out. A note gives
    the number of persons who are left out."""
    if est.whole is None:
        return made
    kept = ~np.logical_or.reduce([(made.table[g] == NOT_STATED).to_numpy() for b in est.by for g in b])
    tables = [table[kept].reset_index(drop=True) for table in (made.table, made.exact)]
    return replace(made, table=tables[0], exact=tables[1], notes=(*made.notes, est.about.not_stated))


def _with_rows_of_table(
    out: Published, made: Published, est: Estimates, families: dict[str, DecidedRows]
) -> Published:
    """Returns the published set `out` with the rows of `made` that it does not have yet.

    Args:
        out: the published set.
        made: the new table, as published.
        est: the estimate of the new table.
        families: for each outcome, all rows decided so far.
    """
    there = set(row_names(out.table))
    fresh = [i for i, name in enumerate(row_names(made.table)) if name not in there]
    tables = [
        _stacked(old, new.iloc[fresh]) for old, new in ((out.table, made.table), (out.exact, made.exact))
    ]
    notes = tuple(dict.fromkeys((*out.notes, *made.notes)))
    both = replace(
        out, table=tables[0], exact=tables[1], notes=notes, basis=Basis(families, out.publication_profile)
    )
    return _with_outcome_label(both, est, families)


def _with_outcome_label(out: Published, est: Estimates, families: dict[str, DecidedRows]) -> Published:
    """Returns the published set with the label of a user-defined outcome, if its new rows have one.
    `families` contains the decision about each outcome."""
    outcome = _outcome(est)
    words = {outcome: str(est.about.rule_note)} if outcome else {}
    basis = replace(out.basis, decided=families) if out.basis else None
    return replace(out, outcomes={**out.outcomes, **words}, basis=basis)


def _stacked(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of two tables, one below the other.

    If a column is missing in one table, the rows of this table are blank in it, or `total` if the column is a
    group.
    """
    groups = [
        c
        for c in (*new, *old)
        if (c in new) != (c in old) and c not in PUBLISHED and (new if c in new else old)[c].dtype == object
    ]
    table = pd.concat([old, new], ignore_index=True)
    filled = {c: table[c].where(table[c].notna(), "total") for c in groups}
    if "domain" in table:
        filled["domain"] = table["domain"].where(table["domain"].notna(), "")
    return table.assign(**filled)


def _crossing_hidden_rows(decided: DecidedRows, rows: range) -> NDArray[np.bool_]:
    """Returns, for each of these rows, whether a row of the same measure, population and groups is hidden in
    any table.

    If so, a measure of spread would reveal the hidden number.
    """

    def crossing(i: int) -> tuple[str, str, frozenset[str]]:
        return (
            str(decided.table["measure"].iloc[i]),
            decided.populations[i],
            frozenset(g.partition(": ")[0] for g, _ in decided.keys[i]),
        )

    hidden = {crossing(i) for i in decided.decision.hidden}
    return np.array([crossing(i) in hidden for i in rows], dtype=bool)


def _same_survey(est: Estimates, out: Published) -> tuple[ClassifiedSurvey, Basis]:
    """Returns the survey from which the estimate was made, and the basis of the published set: the exact
    numbers by which its hidden cells were chosen.

    Raises an error if the estimate and the set differ in survey, rule set or weights, if the outcome of the
    estimate is not one of this survey, or if this survey does not have an outcome or a group of the set.
    """
    persons, basis = est.design, out.basis
    if not isinstance(persons, ClassifiedSurvey) or basis is None:
        raise RequestError(
            "a table is published beside a set of the same survey",
            where="publish: beside",
            found="no classified survey",
            do="make the table from persons = fl.classify(survey), and the set with fl.publish_run(persons)",
        )
    refuse_other_survey(persons, out, "publish: beside")
    of_set = {str(of) for decided in basis.decided.values() for of in decided.table["calibration"]}
    if est.about.calibration not in of_set:
        raise PublicationError(
            "the set has other weights: two numbers for the same persons would reveal the weights",
            where="publish: beside",
            found=est.about.calibration or "weights as given",
            allowed=sorted(filter(None, of_set)) or "weights as given",
            do="calibrate before fl.publish_run, and make both from those persons",
        )
    if est.about.outcome not in {*OF_FORCED_LABOUR, *persons.outcomes}:
        raise RequestError(
            "a table beside a run is of forced labour, or of an outcome of one's own",
            where="publish",
            found=est.about.outcome,
            allowed=[*OF_FORCED_LABOUR, *persons.outcomes],
            do='make it an outcome: persons = fl.outcome(persons, "coercion")',
        )
    if gone := [g for g in est.groups if g not in persons.spec.group_names]:
        raise RequestError(
            "a table beside a run is by groups of survey.yaml",
            where="publish: beside",
            found=gone,
            allowed=persons.spec.group_names,
            do="add the group to `groups:` of survey.yaml, or make it of a column with fl.derive",
        )
    known = {*persons.spec.group_names, *TOPICS, "step"}
    if gone := sorted({g for decided in basis.decided.values() for g in decided.groups} - known):
        raise RequestError(
            "the set has groups that these persons do not have",
            where="publish: beside",
            found=gone,
            do="make the table from the persons that fl.derive returned for the tables before",
        )
    if gone := sorted(set(filter(None, basis.decided)) - set(persons.outcomes)):
        raise RequestError(
            "the set has outcomes that these persons do not have",
            where="publish: beside",
            found=gone,
            do="make the table from the persons that fl.outcome returned for the tables before",
        )
    own = [name for name in basis.decided if name]
    if len({*own, _outcome(est)} - {""}) > MOST_OUTCOMES:
        raise PublicationError(
            "outcomes of one's own are compared two at a time: three could together reveal a few persons",
            where="publish: beside",
            found=[*own, _outcome(est)],
            allowed=f"{MOST_OUTCOMES} outcomes beside a run",
            do="leave one of them out, here and in everything else that is published of this survey",
        )
    return persons, basis


def _outcome(est: Estimates) -> str:
    """Returns the name of the user-defined outcome that an estimate counts. Returns an empty text for forced
    labour."""
    user_defined = est.design.outcomes if isinstance(est.design, ClassifiedSurvey) else {}
    return est.about.outcome if est.about.outcome in user_defined else ""


def _is_true_or_false(est: Estimates) -> bool:
    """Returns whether an estimate is of a true/false column, such as forced_labour."""
    if est.design is None:
        return False
    try:
        prevalence(est.design, est.about.outcome)
    except RequestError:
        return False
    return True


def _refuse_unpublishable(est: Estimates) -> None:
    """Raises an error if an estimate may never be published as a single table."""
    if est.parts:
        raise PublicationError(
            "the parts of a stack overlap, and their differences could point to persons",
            found=list(est.parts),
            do="publish rule sets with fl.publish_run, which protects them together",
        )
    if est.about.amount_unit:
        raise PublicationError(
            "an amount is decided together with all tables of its run: alone, it could reveal what they hide",
            found=est.about.outcome,
            do=f"add it to `tables:` of survey.yaml: {{measure: mean, of: {est.about.outcome}}}",
        )
    if est.about.measure == "quantile":
        raise PublicationError(
            "a quantile is the answer of single persons",
            found=est.about.outcome,
            do="publish fl.duration or fl.mean instead",
        )
    if est.about.measure == "ratio" or (est.about.measure == "mean" and _is_true_or_false(est)):
        # Their limits count persons who answered, and not cases: one case alone may have all of the sum.
        raise PublicationError(
            f"this {est.about.measure} may rest on few cases, and nothing protects them",
            found=est.about.outcome,
            do="publish fl.prevalence or fl.share, whose cases are counted",
        )
    if est.about.measure in {"flowchart", *PROFILES} and est.about.where:
        raise PublicationError(
            (
                f"a {'profile' if est.about.measure in PROFILES else 'flowchart'} of a domain is not "
                "published: its rows are tied to no table"
            ),
            found=est.about.population_label,
            do="publish fl.prevalence or fl.total of the domain; or the profile by the group of the domain",
        )
    if taken := [g for b in est.by for g in b if g in PUBLISHED]:
        raise RequestError(
            "a published table has a column of this name",
            where="publish",
            found=taken[0],
            do="rename the column in the data",
        )
