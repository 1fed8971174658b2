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

from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.errors import FltoolkitError, PublicationError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.files import MB, read_bytes
from fltoolkit.languages.reasons import as_text
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.own_tables.earlier_cells import EarlierRows
from fltoolkit.survey.spec.files_and_design import RELEASE_FILES, Release
from fltoolkit.survey.spec.groups_and_tables import (
    MEASURES_OF_AMOUNTS,
    Measure,
    TableSpec,
    groups_of_breakdown,
)
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
RowName = tuple[Any, ...]


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
        asked = self.table[self.table["measure"].isin(get_args(Measure))]
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

    def rows(self, table: pd.DataFrame, first: int) -> tuple[set[int], EarlierRows]:
        """Returns the positions of the rows of a table that these releases have too, and which of them no
        release shows. The `first` rows of the table are theirs."""
        before, shown = row_names(self.table), self.table["marker"] != "c"
        seen, with_unresolved = (
            {name for name, there in zip(before, of, strict=True) if there}
            for of in (shown, shown & (self.table["unresolved_marker"] != "c"))
        )
        of_unlisted, names = set(_tables(self.table[self.table["category"] == ""])), row_names(table)
        known = {i for i, name in enumerate(names) if name in set(before)}
        unlisted = {i for i, of in enumerate(_tables(table)) if of in of_unlisted} - known
        known |= unlisted
        hidden = frozenset(i for i in known if names[i] not in seen)
        unresolved_hidden = frozenset(i for i in known - hidden if names[i] not in with_unresolved)
        return known, EarlierRows(first, hidden, unresolved_hidden, frozenset(unlisted))

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
            self.refuse(
                "these tables of it do not follow from this survey",
                found=list(dict.fromkeys(_words(row) for row in other)),
                allowed="the same answers, weights, populations and rule set, and the earlier groups under their names",
                do=(
                    "keep the earlier groups in `groups:`, and give groups of other categories other names; if "
                    "answers or weights changed, compare both releases by hand (docs/disclosure.md, Two runs)"
                ),
            )

    def refuse_revealed(self, revealed: bool) -> None:
        """Raises an error if these releases reveal a number, whatever the run hides (`revealed`)."""
        if revealed:
            self.refuse(
                "what it shows reveals a number, whatever this run hides",
                do="ask for profiles by no further group; if it still stops, that release protects too little",
            )

    def refuse(self, why: str, **more: Any) -> NoReturn:
        """Raises the error of a run that cannot be protected beside these releases."""
        folders = ", ".join(self.folders)
        raise PublicationError(f"not protected beside {folders}: {why}", where=self.where, **more)


NO_RELEASES = Releases()


def earlier_releases(persons: ClassifiedSurvey) -> Releases:
    """Returns the earlier releases that survey.yaml names under `release`, in `beside` and `revises`.

    Raises:
        PublicationError: a folder has no complete results; they are of another survey or rule set, or were
            changed after their run; they were decided beside a release that survey.yaml does not name; or they
            and this run print amounts.
    """
    named = persons.spec.release.earlier if persons.spec.release else ()
    if not named:
        return NO_RELEASES
    found = Releases(f"{persons.path.name}: release", named)
    read = [_read(persons, replace(found, folders=(name,))) for name in named]
    digest = sha256("".join(hashed for _, hashed in read).encode()).hexdigest()
    table = pd.concat([table for table, _ in read], ignore_index=True)
    amounts = table["measure"].isin(MEASURES_OF_AMOUNTS)
    if amounts.any() and any(asked.of_amount for asked in persons.spec.tables):
        found.refuse(
            "means and medians of amounts of two releases are not protected together",
            do="leave the amounts out of `tables:`",
        )
    return replace(found, table=table[~amounts].reset_index(drop=True), digest=digest)


def _read(persons: ClassifiedSurvey, release: Releases) -> tuple[pd.DataFrame, str]:
    """Returns the rows of a release's estimates.csv as texts, and the hash of this file."""
    spec, (name,) = persons.spec, release.folders
    try:
        content = [read_bytes(persons.path.parent / name / file, 100 * MB) for file in RELEASE_FILES]
        record, digest = json.loads(content[0]), sha256(content[1]).hexdigest()
        table = pd.read_csv(BytesIO(content[1]), dtype=str, keep_default_na=False, usecols=list(READ))
        of, (own,) = _survey_named(record), {_survey_named(vars(spec))}
        complete, altered = record["status"] == "complete", record["outputs"][RELEASE_FILES[1]] != digest
    except (FltoolkitError, ValueError, LookupError, TypeError):
        complete = False
    allowed = f"a folder of complete results of this survey, with {' and '.join(RELEASE_FILES)}"
    if not complete:
        release.refuse("no complete results are there", found=name, allowed=allowed, do=SECOND_LOOK)
    if of != own:
        release.refuse("another survey", found=" ".join(of), allowed=" ".join(own), do=SECOND_LOOK)
    if altered:
        release.refuse(
            "its estimates.csv was changed after its run", do="put the folder back as it was released"
        )
    if other := {*table["rule_set"].head(1)} - {persons.rules}:
        release.refuse(
            "another rule set", found=[*other], allowed=persons.rules, do="give --rules of that release"
        )
    known = {Path(folder).name for folder in spec.release.earlier} if spec.release else set()
    beside = Release.model_validate(record["release"]).earlier if record.get("release") else ()
    if gone := {Path(folder).name for folder in beside} - known:
        release.refuse(
            "it was decided beside others", found=sorted(gone), allowed=sorted(known), do="name them too"
        )
    return table, digest


def _survey_named(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(normalised_name(str(facts[key])) for key in ("country", "year", "round"))


def row_names(table: pd.DataFrame) -> list[RowName]:
    """Returns a unique name for each row. The order of the row's groups does not matter."""
    values = table[[*TABLE_KEY, "category"]].astype(str).itertuples(index=False, name=None)
    return [
        (*row[:-2], frozenset(zip(groups_of_breakdown(row[-2]), groups_of_breakdown(row[-1]), strict=False)))
        for row in values
    ]


def _tables(table: pd.DataFrame) -> list[RowName]:
    return [*table[TABLE_KEY].astype(str).itertuples(index=False, name=None)]


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
