"""Reads the earlier releases beside which a run is decided. Readers have them, so their numbers stay as they
are: a run hides what would tell, together with them, a number that they hide.

A release is a folder of results: estimates.csv has what it printed, run.json says of which survey. Its rows
are estimated again from the survey as it is now. Each number that it printed must follow from this survey;
otherwise the run stops.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn, get_args

import numpy as np
import pandas as pd

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.profile.characteristics import TOPICS
from fltoolkit.errors import FltoolkitError, PublicationError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.files import MB, read_bytes
from fltoolkit.languages.reasons import as_text
from fltoolkit.publish.disclosure.suppression_decision import Decision
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_cells import EarlierRows
from fltoolkit.survey.spec.files_and_design import RELEASE_FILES
from fltoolkit.survey.spec.groups import Measure, TableSpec, groups_of_breakdown
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import as_records
from fltoolkit.yaml_files.loading import normalised_name

TABLE_KEY = ["measure", "outcome", "reference_population", "rule_set", "breakdown"]
MARKERS = ["marker", "unresolved_marker"]
COUNTED = ["estimate", "n", "cases", "population", "unresolved", "resolved_only", "bound_high", "rounding"]
WITHOUT_NUMBER = ("x", "z")
READ = (*TABLE_KEY, "category", "cases_class", *MARKERS, *COUNTED)
SECOND_LOOK = (
    "name the folder of results of an earlier release of this survey, from the folder of survey.yaml"
)
PUT_BACK = "put the folder back as it was released"
RowName = tuple[Any, ...]


@dataclass(frozen=True)
class ReleasedRows:
    """The rows of a run that earlier releases have too, by position, and those that they hide: as a whole,
    only in their unresolved persons, or without even listing them."""

    released: frozenset[int]
    hidden: frozenset[int]
    unresolved_hidden: frozenset[int]
    unlisted: frozenset[int]

    def first(self, rows: int) -> EarlierRows:
        """Returns the first `rows` rows as rows that were published before."""
        hidden, unresolved_hidden, unlisted = (
            frozenset(i for i in found if i < rows)
            for found in (self.hidden, self.unresolved_hidden, self.unlisted)
        )
        return EarlierRows(rows, hidden, unresolved_hidden, unlisted)

    def kept_in(self, made: Decision) -> Decision:
        """Returns the decision, in which these rows are as they were released."""
        return replace(
            made,
            hidden=(made.hidden - self.released) | self.hidden,
            unresolved_hidden=(made.unresolved_hidden - self.released) | self.unresolved_hidden,
            unlisted=(made.unlisted - self.released) | self.unlisted,
        )


@dataclass(frozen=True)
class Releases:
    """The earlier releases that survey.yaml names.

    Attributes:
        where: the key that names them.
        folders: their folders, as survey.yaml names them.
        table: the rows of all their estimates.csv, as texts.
        digest: a hash of their files.
        estimates: the estimates that they printed, made from the survey as it is now.
    """

    where: str = ""
    folders: tuple[str, ...] = ()
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(READ)))
    digest: str = ""
    estimates: tuple[Estimates, ...] = ()

    def tables(self, spec: SurveySpec) -> list[TableSpec]:
        """Returns the tables of these releases, as far as the survey has their groups and populations."""
        known, made = {*spec.group_names, *TOPICS}, list[TableSpec]()
        asked = self.table[
            self.table["measure"].isin(get_args(Measure)) & ~self.table["marker"].isin(WITHOUT_NUMBER)
        ]
        for row in as_records(asked.drop_duplicates(TABLE_KEY)):
            measure, population = row["measure"], row["reference_population"]
            by = groups_of_breakdown(row["breakdown"])
            if population in spec.populations and known.issuperset(by):
                of = by[-1] if measure == "share" else None
                ends = TOPICS if measure in PROFILES else (of,)
                by = tuple(g for g in by if g not in ends)
                made.append(TableSpec(measure=measure, of=of, population=population, by=(by,)))
        return made

    def charted(self, spec: SurveySpec) -> list[str]:
        """Returns the populations of which these releases have a flowchart."""
        found = self.table.loc[self.table["measure"] == "flowchart", "reference_population"].unique()
        return [str(p) for p in found if p in spec.populations]

    def rows(self, table: pd.DataFrame) -> ReleasedRows:
        """Returns which rows of a table these releases have too, and which of them they hide."""
        seen, names = _seen(self.table), _table_names(self.table)
        unlisted_tables = {name for name, row in zip(names, self.table["category"], strict=True) if not row}
        at = list(enumerate(zip(row_names(table), _table_names(table), strict=True)))
        unlisted = {i for i, (name, of) in at if name not in seen and of in unlisted_tables}
        shown = {i: seen[name] for i, (name, _) in at if name in seen}
        return ReleasedRows(
            frozenset(shown.keys() | unlisted),
            frozenset({i for i, (is_shown, _) in shown.items() if not is_shown} | unlisted),
            frozenset(
                i for i, (is_shown, with_unresolved) in shown.items() if is_shown and not with_unresolved
            ),
            frozenset(unlisted),
        )

    def refuse_other_numbers(self, printed: pd.DataFrame, first: int, unlisted: Collection[int]) -> None:
        """Raises an error if these releases printed another number than follows from the survey as it is now.

        Args:
            printed: the rows of the run, as they are printed. The first ones are those of these releases.
            first: the number of these rows.
            unlisted: the rows that may not be listed.
        """
        printed = as_text(printed)
        names = row_names(printed)
        now = dict(zip(reversed(names), reversed(as_records(printed)), strict=True))
        before = self.table[(self.table["category"] != "") & ~self.table["marker"].isin(WITHOUT_NUMBER)]
        there = [*zip(row_names(before), as_records(before), strict=True)]
        other = [row for name, row in there if name not in now or _differ(row, now[name])]
        known = {name for name, _ in there}
        other += [
            now[name] for i, name in enumerate(names[:first]) if name not in known and i not in unlisted
        ]
        if other:
            raise PublicationError(
                f"not protected beside {', '.join(self.folders)}: these tables of it do not follow from this survey",
                where=self.where,
                found=list(dict.fromkeys(_words(row) for row in other)),
                allowed="the same answers, weights, populations and rule set, and the earlier groups under their names",
                do=(
                    "keep the earlier groups in `groups:`, and give groups of other categories other names; if "
                    "answers or weights changed, compare both releases by hand (docs/disclosure.md, Two runs)"
                ),
            )

    def refuse_unprotected(self) -> NoReturn:
        raise PublicationError(
            f"not protected beside {', '.join(self.folders)}: only rows of profiles that it shows could protect a number",
            where=self.where,
            do="ask for the profiles of that release only, or for no further groups",
        )


NO_RELEASES = Releases()


def earlier_releases(persons: ClassifiedSurvey) -> Releases:
    """Returns the earlier releases that survey.yaml names under `release`, in `beside` and `revises`.

    Raises:
        PublicationError: a folder has no complete results; they are of another survey or rule set, or were
            changed after their run; or they were decided beside a release that survey.yaml does not name.
    """
    named = persons.spec.release.earlier if persons.spec.release else ()
    if not named:
        return NO_RELEASES
    where = f"{persons.path.name}: release"
    read = [_read(persons.path.parent, name, persons, where) for name in named]
    digest = sha256("".join(hashed for _, hashed in read).encode()).hexdigest()
    return Releases(
        where, named, pd.concat([table for table, _ in read], ignore_index=True).fillna(""), digest
    )


def _read(folder: Path, name: str, persons: ClassifiedSurvey, where: str) -> tuple[pd.DataFrame, str]:
    """Returns the rows of a release's estimates.csv as texts, and the hash of this file."""

    def refuse(problem: str, found: object, allowed: object, do: str = SECOND_LOOK) -> NoReturn:
        raise PublicationError(f"{name}: {problem}", where=where, found=found, allowed=allowed, do=do)

    try:
        record, content = (read_bytes(folder / name / file, 100 * MB) for file in RELEASE_FILES)
        facts = json.loads(record)
        digest, written = sha256(content).hexdigest(), facts["outputs"][RELEASE_FILES[1]]
        is_of, status = _survey_named(facts), facts["status"]
        table = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False)
    except (FltoolkitError, ValueError, LookupError, TypeError):
        refuse(
            "there is no release in this folder",
            name,
            f"a folder of results, with {' and '.join(RELEASE_FILES)}",
        )
    if status != "complete":
        refuse("its run failed", status, "complete")
    if is_of != (own := _survey_named(vars(persons.spec))):
        refuse("it is of another survey", " ".join(is_of), " ".join(own))
    if digest != written or {*TABLE_KEY, *MARKERS, "category"} - {*table}:
        refuse("its estimates.csv is not as its run wrote it", "another file", "the published file", PUT_BACK)
    if other := {*table["rule_set"].head(1)} - {persons.rules}:
        refuse("not protected beside it: it is under another rule set", [*other], persons.rules)
    named = {Path(of).name for of in persons.spec.release.earlier} if persons.spec.release else set()
    if gone := {Path(of).name for of in _earlier_of(facts)} - named:
        refuse(
            "it was decided beside a release that is not named", sorted(gone), sorted(named), "name it too"
        )
    return table[[c for c in table if c in READ]], digest


def _survey_named(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(normalised_name(str(facts[key])) for key in ("country", "year", "round"))


def _earlier_of(facts: Mapping[str, Any]) -> list[str]:
    release = facts.get("release") or {}
    return [*release.get("beside", ()), *filter(None, [release.get("revises")])]


def row_names(table: pd.DataFrame) -> list[RowName]:
    """Returns a unique name for each row. The order of the row's groups does not matter."""
    values = table[[*TABLE_KEY, "category"]].astype(str).itertuples(index=False, name=None)
    return [
        (*row[:-2], frozenset(zip(groups_of_breakdown(row[-2]), groups_of_breakdown(row[-1]), strict=False)))
        for row in values
    ]


def _table_names(table: pd.DataFrame) -> list[RowName]:
    return [*table[TABLE_KEY].astype(str).itertuples(index=False, name=None)]


def _seen(table: pd.DataFrame) -> dict[RowName, tuple[bool, bool]]:
    """Returns, for each row, whether some release shows its number, and whether one shows its unresolved persons."""
    found = dict[RowName, tuple[bool, bool]]()
    marks = zip(row_names(table), table["marker"] != "c", table["unresolved_marker"] != "c", strict=True)
    for name, shown, unresolved in marks:
        before = found.get(name, (False, False))
        found[name] = (before[0] or shown, before[1] or (shown and unresolved))
    return found


def _differ(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> bool:
    """Returns whether two rows print different numbers. A number that only one of them prints tells nothing."""
    old, new = (
        pd.to_numeric(pd.Series(row).reindex(COUNTED), errors="coerce").astype(float) for row in (before, now)
    )
    both = old.notna() & new.notna()
    classes = {str(row["cases_class"]) for row in (before, now)} - {"", "nan"}
    return len(classes) > 1 or not np.allclose(old[both], new[both], rtol=1e-9, atol=0)


def _words(row: Mapping[Any, Any]) -> str:
    return f"{row['measure']} by {row['breakdown']}" if row["breakdown"] else str(row["measure"])
