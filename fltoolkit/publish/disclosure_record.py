"""Makes the record of the cells that a run hides, with the reasons. A disclosure officer reads it before the
outputs leave the office.

The record contains confidential numbers. It belongs in the private folder, never among the outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.category_names import names_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.totals.person_patterns import NOW_COLUMN
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.disclosure.cell_system import CLOSE
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT
from fltoolkit.publish.disclosure.confidential_cells import CellId, Key, Limits
from fltoolkit.publish.disclosure.derived_cells import AnyCell, DerivedCell
from fltoolkit.publish.disclosure.feasible_counts import feasible_range
from fltoolkit.publish.disclosure.run_decision import DecidedRows
from fltoolkit.publish.disclosure.suppression import WITH_BREAKDOWN, OutcomeSuppression
from fltoolkit.publish.disclosure.suppression_decision import CASES, OTHERS
from fltoolkit.publish.own_tables.earlier_cells import UNRESOLVED_OF
from fltoolkit.publish.published_set import HasTables, decided_run
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import as_records

READERS = (
    (
        "Anybody with the outputs: knows every table, chart, finding, document and file of this run, and "
        "the "
        "rules of docs/disclosure.md."
    ),
    "A researcher with a public-use file: also knows weights, strata, sampling points and groups of "
    "everybody asked, but no answer on "
    "forced labour.",
    "A case: knows that she or he is one, with weight and groups.",
    "A perpetrator or an employer: knows some of the cases of a place, a household or a business.",
    "A household member or an interviewer: knows who was interviewed, when and where.",
    (
        "Not assumed: a reader who has answers on forced labour, or outputs of this survey by other groups "
        "or other limits."
    ),
)
OTHER_RULE_SET = "another rule set: too few cases, or nearly as many as under a rule set that is shown"
WHOLE_CHART = "hidden with the whole flowchart"
HIDDEN_ITSELF = "hidden by itself"


@dataclass(frozen=True)
class HiddenCell:
    """A cell that a run hides, or a part of two cells that no table shows.

    Attributes:
        outcome: what is counted: `cases`, `now` (cases at the interview), `unresolved` and `now_unresolved`
            (persons whose answers do not decide whether they are cases), or `flowchart` (persons at a step).
        population, groups: the population of the cell, and its value in each group.
        part: for a part of two cells, the persons in both (`both`) or only in the first (`less`); empty for a
            cell of a table.
        other_population, other_groups: the second of the two cells.
        rule_set: the rule set of the count.
        cases, weighted: the number of persons that the cell counts, and the number of persons whom they
            represent; None if not known.
        reason: why the cell is hidden.
        complement: whether it is hidden only to protect another cell.
        against: the number of printed cells in the same system of equations. A reader could use them to
            calculate this cell.
        cases_range, weighted_range: the smallest and largest value that agrees with the printed cells, found
            by linear programmes (for cases: the whole numbers in this range). None if no printed cell is in
            the same system of equations, or if a programme finds no solution.
    """

    outcome: str
    population: str
    groups: Mapping[str, str]
    reason: str
    rule_set: str
    cases: int | None = None
    weighted: float | None = None
    part: str = ""
    other_population: str = ""
    other_groups: Mapping[str, str] = field(default_factory=dict)
    complement: bool = False
    against: int = 0
    cases_range: tuple[int, int] | None = None
    weighted_range: tuple[float, float] | None = None


@dataclass(frozen=True)
class TableCells:
    """One table of a run, with the numbers of its shown and hidden cells.

    Attributes:
        measure, population, breakdown, rule_set: these four identify the table.
        shown, hidden: numbers of cells.
        unresolved_hidden: the number of shown cells in which only the count of unresolved persons is hidden
            (persons whose answers do not decide whether they are cases).
    """

    measure: str
    population: str
    breakdown: str
    rule_set: str
    shown: int
    hidden: int
    unresolved_hidden: int


@dataclass(frozen=True)
class DisclosureRecord:
    """The facts that a disclosure officer needs before a run's outputs leave the office: the hidden cells,
    and the reasons.

    Attributes:
        title, country, year, round: the survey.
        rule_set, profile: the rule set and the publication profile of the run.
        limits: the confidentiality limits.
        base: the rounding base of weighted numbers, in persons.
        readers: the readers that are assumed, in words, with the knowledge of each.
        notes: the notes of the run about lowered limits, breakdowns hidden as a whole and a stricter rule.
        coarse: breakdowns hidden as a whole.
        stricter: whether it was assumed that readers know the cases of the rarest kinds of persons.
        tables: the tables.
        hidden: the hidden cells; parts of cells that no table shows come last.
    """

    title: str
    country: str
    year: int
    round: str
    rule_set: str
    profile: str
    limits: Limits
    base: float
    readers: tuple[str, ...]
    notes: tuple[Reason, ...]
    coarse: tuple[Reason, ...]
    stricter: bool
    tables: tuple[TableCells, ...]
    hidden: tuple[HiddenCell, ...]

    def as_dict(self) -> dict[str, Any]:
        """Returns the record as dictionaries, lists, numbers and texts, so that it can be written to a JSON
        file."""
        return asdict(self) | {name: tuple(map(str, getattr(self, name))) for name in ("notes", "coarse")}


@checked
def disclosure_record(
    persons: ClassifiedSurvey, *, plan: HasTables | None = None, profile: str | Path = "fltoolkit"
) -> DisclosureRecord:
    """Returns a record of the cells that `publish_run` hides if it gets the same arguments, with the reason
    for each.

    It is confidential: it shows the counts of hidden cells. `fltoolkit estimate --private FOLDER` writes it
    to that folder.

    Args:
        persons: a classified survey.
        plan, profile: as for `publish_run`.

    Raises:
        PublicationError: survey.yaml lowers a confidentiality limit without `accept_lower_limits: true`.
    """
    run, published = decided_run(persons, plan=plan, profile=profile)
    spec = persons.spec
    cells = [
        cell for suppression in run.decision.suppressions for cell in _hidden_cells(suppression, run.rule_set)
    ]
    cells += _other_rows(run, published)
    cells = [_as_published(cell, spec) for cell in cells]
    return DisclosureRecord(
        title=spec.title,
        country=spec.country,
        year=spec.year,
        round=spec.round,
        rule_set=run.rule_set,
        profile=str(profile),
        limits=run.limits,
        base=run.rounding_base,
        readers=READERS,
        notes=run.notes,
        coarse=(*run.decision.coarse, *run.decision.crowded),
        stricter=run.decision.stricter,
        tables=tuple(_tables(published)),
        hidden=tuple(sorted(cells, key=lambda c: c.part != "")),
    )


def _as_published(cell: HiddenCell, spec: SurveySpec) -> HiddenCell:
    """Returns a cell with the category names that the tables of its population use, such as `girls` for a
    population of children."""

    def named(population: str, groups: Mapping[str, str]) -> dict[str, str]:
        names = names_in(spec, population) if population else {}
        return {group: names.get(group, {}).get(value, value) for group, value in groups.items()}

    other = named(cell.other_population, cell.other_groups)
    return replace(cell, groups=named(cell.population, cell.groups), other_groups=other)


def _tables(published: pd.DataFrame) -> Iterator[TableCells]:
    """Yields one entry per table of the run, in the order of the run, with the numbers of shown and hidden
    cells."""
    by = ["measure", "reference_population", "breakdown", "rule_set"]
    for names, rows in published.groupby(by, sort=False):
        hidden = rows["marker"] == "c"
        measure, population, breakdown, rule_set = map(str, names)
        without = int((~hidden & (rows["unresolved_marker"] == "c")).sum())
        yield TableCells(
            measure, population, breakdown, rule_set, int((~hidden).sum()), int(hidden.sum()), without
        )


def _hidden_cells(suppression: OutcomeSuppression, rule_set: str) -> Iterator[HiddenCell]:
    """Yields the hidden cells of one outcome. Each has the range of values that agree with the printed
    cells."""
    system = suppression.system
    hidden = np.array([cell in suppression.hidden for cell in system.cells], dtype=bool)
    against = int(
        sum(
            not is_hidden and not isinstance(cell, DerivedCell)
            for cell, is_hidden in zip(system.cells, hidden, strict=True)
        )
    )
    for row in np.flatnonzero(hidden):
        cell = system.cells[row]
        if _is_unshown(cell):
            continue
        first, other, part = (
            (cell.one, cell.other, cell.part) if isinstance(cell, DerivedCell) else (cell, None, "")
        )
        unit, reason = suppression.units[first[0]], suppression.hidden[cell]
        cases, weighted = feasible_range(system, int(row), hidden)
        yield HiddenCell(
            suppression.outcome,
            first[0],
            _groups(first[1]),
            reason,
            rule_set,
            cases=round(float(system.cases[row])),
            weighted=_number_of_persons(float(system.weighted[row]), unit),
            part=part,
            other_population=other[0] if other else "",
            other_groups=_groups(other[1]) if other else {},
            complement=reason in (COMPLEMENT, WITH_BREAKDOWN),
            against=against,
            cases_range=_whole_number_range(*cases),
            weighted_range=_range_in_persons(*weighted, unit),
        )


def _is_unshown(cell: AnyCell) -> bool:
    """Returns whether a cell counts the persons of several flowchart steps together: all steps that count as
    a case (CASES), or all other steps (OTHERS). The table of the flowchart does not show these two sums."""
    return not isinstance(cell, DerivedCell) and cell[1] in (CASES, OTHERS)


def _groups(key: Key) -> dict[str, str]:
    """Returns a cell's values by group. For a flowchart step, the result does not say whether the step counts
    as a case."""
    values = dict(sorted(key))
    return {"step": values["step"]} if "step" in values and "case" in values else values


def _whole_number_range(least: float, most: float) -> tuple[int, int] | None:
    """Returns the smallest and the largest whole number in the range from `least` to `most`. Returns None if
    one of the two is nan."""
    return None if np.isnan(least) or np.isnan(most) else (ceil(least - CLOSE), floor(most + CLOSE))


def _range_in_persons(least: float, most: float, unit: float) -> tuple[float, float] | None:
    """Converts a range in mean weights to numbers of persons. `unit` is the mean weight. Returns None if an
    end of the range is nan."""
    low, high = _number_of_persons(least, unit), _number_of_persons(most, unit)
    return None if low is None or high is None else (low, high)


def _number_of_persons(weighted: float, unit: float) -> float | None:
    """Converts a number in mean weights to a number of persons. `unit` is the mean weight. Returns None if
    the number is nan."""
    return None if np.isnan(weighted) else round(weighted * unit, 1) + 0.0


def _other_rows(run: DecidedRows, published: pd.DataFrame) -> Iterator[HiddenCell]:
    """Yields hidden rows that belong to no system of equations. They are rows of other rule sets, rows of a
    flowchart that is hidden as a whole, and rows that are hidden by themselves.

    Args:
        run: the rows before anything is hidden, and the decision about them.
        published: the same rows as they are published.
    """
    reported = {
        (suppression.outcome, cell[0], frozenset(_groups(cell[1]).items()))
        for suppression in run.decision.suppressions
        for cell in suppression.hidden
        if not isinstance(cell, DerivedCell)
    }
    yielded = set[tuple[str, CellId, str]]()
    rows = zip(as_records(run.table), as_records(published), run.keys, run.share_groups, strict=True)
    for row, shown, key, share_group in rows:
        outcome, population, own = (
            _outcome(row),
            str(row["reference_population"]),
            row["rule_set"] == run.rule_set,
        )
        whole = frozenset((g, v) for g, v in key if g != share_group)
        if shown["marker"] != "c" and not own and shown["unresolved_marker"] == "c":
            outcome = UNRESOLVED_OF[outcome]
        elif shown["marker"] != "c" or (
            own and not reported.isdisjoint({(outcome, population, k) for k in (key, whole)})
        ):
            continue
        if (name := (outcome, (population, key), str(row["rule_set"]))) not in yielded:
            yielded.add(name)
            why = OTHER_RULE_SET if not own else WHOLE_CHART if outcome == "flowchart" else HIDDEN_ITSELF
            cases = int(row["unresolved" if outcome in UNRESOLVED_OF.values() else "cases"])
            yield HiddenCell(outcome, population, _groups(key), why, str(row["rule_set"]), cases=cases)


def _outcome(row: Mapping[Any, Any]) -> str:
    """Returns the name of the outcome that a row counts: `cases`, `now` (cases at the interview) or
    `flowchart` (persons at a step)."""
    if row["measure"] == "flowchart":
        return "flowchart"
    return "now" if row["outcome"] == NOW_COLUMN else "cases"
