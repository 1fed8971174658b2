"""Collects the counts of persons that a run prints outside its published set, and simulates a reader who adds
and subtracts all of them.

The test decides which persons a printed number counts, by its own conditions on the classified persons. The
reader knows more than a real one: the unknowns are the patterns that the persons really have, so that
combinations which nobody has are known to be empty.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shipped
from scipy.optimize import linprog
from scipy.sparse import csr_array

import fltoolkit as fl
from fltoolkit.classify.category_names import label_of
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.item_nonresponse import questions

Who = np.ndarray[Any, np.dtype[np.bool_]]
LIMIT = 5
KINDS = ("dont_know", "refused", "not_applicable")


@dataclass
class Reader:
    """A reader who knows, for some groups of persons, the smallest and the largest possible number, and that
    nobody counts less than once.

    `base` is the number to whose multiples printed counts are rounded; 1 if they are exact.
    """

    base: int
    facts: dict[bytes, tuple[Who, float, float]] = field(default_factory=dict)
    paths: list[Who] = field(default_factory=list)  # those on a path that is named

    def told(self, who: Who, printed: object) -> None:
        """Adds one printed count of the persons `who`."""
        low, high = self._meaning(printed)
        _, least, most = self.facts.get(who.tobytes(), (who, 0.0, np.inf))
        self.facts[who.tobytes()] = who, max(low, least), min(high, most)

    def exactly(self, who: Who) -> None:
        """Adds one count that is printed exactly."""
        self.facts[who.tobytes()] = who, float(who.sum()), float(who.sum())

    def _meaning(self, printed: object) -> tuple[float, float]:
        """Returns the smallest and the largest number that printed words or digits can mean."""
        text = "" if pd.isna(printed) else str(printed).replace(",", "")  # type: ignore[call-overload]
        number = int(found[0]) if (found := re.findall(r"\d+", text)) else LIMIT
        if not text or text.startswith("fewer"):
            return 1, number - 1
        if text.endswith("or more"):
            return number, np.inf
        if not number or self.base == 1:
            return number, number
        return number - self.base / 2, number + self.base / 2 - 1

    def groups(self) -> list[Who]:
        """Returns the groups that are counted."""
        return [who for who, *_ in self.facts.values()]

    def misled(self) -> list[int]:
        """Returns the true numbers of groups for which the reader's limits are wrong: a test of the test."""
        return [int(who.sum()) for who, low, high in self.facts.values() if not low <= who.sum() <= high]

    def works_out(self, targets: Iterable[Who]) -> list[int]:
        """Returns the true numbers of the groups of 1 to 4 persons for which only one number is possible."""
        told = list(self.facts.values())
        wanted = [t for t in targets if 0 < t.sum() < LIMIT]
        if not wanted:
            return []
        patterns = np.unique(np.array([who for who, *_ in told] + wanted), axis=1).astype(float)
        rows, goals = patterns[: len(told)], patterns[len(told) :]
        lows, highs = np.array([f[1] for f in told]), np.array([f[2] for f in told])
        finite = np.isfinite(highs)
        ties: dict[str, Any] = {
            "A_ub": csr_array(np.vstack([-rows, rows[finite]])),
            "b_ub": np.concatenate([-lows, highs[finite]]),
        }
        found = []
        for goal, who in zip(goals, wanted, strict=True):
            true = int(who.sum())
            if (
                np.ceil(linprog(goal, **ties).fun - 1e-6) == true
                and np.floor(-linprog(-goal, **ties).fun + 1e-6) == true
            ):
                found.append(true)
        return found


@dataclass(frozen=True)
class Run:
    """One run of a shipped survey: the classified persons, the published set, and the persons as a table."""

    persons: Any
    out: Any
    table: pd.DataFrame

    def of(self, column: str, *values: Hashable) -> Who:
        """Returns the persons with one of some values in a column. Returns no person who has none of them."""
        plain = [str(v) if isinstance(v, Reason) else v for v in values]
        return np.asarray(self.table[column].isin(plain).fillna(False), dtype=bool)


def run_of(sample: str) -> Run:
    persons = shipped.persons(sample)
    table = persons.frame.with_columns(persons.trace.alias("trace")).collect("pandas").to_native()
    return Run(persons, shipped.published(sample, planned=True), table)


def open_answers(run: Run) -> dict[tuple[str, str], Who]:
    """Returns the persons without an answer to a question, by the key of survey.yaml and the column, and by
    the kind of answer. No sample has codes under `missing`."""
    found = {}
    for q in questions(run.persons):
        inside = run.of("fl__asked", True) & run.of("fl__child", q.where.startswith("children"))
        for kind in KINDS:
            found[f"{q.where} {q.column}", kind] = inside & run.of(
                f"src__{q.column}", *getattr(q.codes, kind)
            )
    return found


def read(run: Run) -> Reader:
    """Returns a reader of everything that the run prints outside its published set, and of the exact numbers
    in the set."""
    ways, open_counts = fl.paths(run.persons, run.out), fl.nonresponse(run.persons)
    printed = pd.concat([ways["persons"], *(open_counts[kind] for kind in KINDS)]).dropna()
    reader = Reader(int(np.gcd.reduce(printed.astype(int))))  # what all printed numbers are multiples of
    case, asked = run.of("forced_labour", True), run.of("fl__asked", True)
    _of_questions(run, reader, open_counts)
    _of_findings(run, reader)
    for step, group in ways.groupby("step"):
        at = run.of("step", step) & asked
        named = run.of("trace", *group["trace"])
        for row in group.to_dict("records"):
            own = run.of("trace", row["trace"])
            reader.told(at & (~named if row["trace"] == "other paths" else own), row["persons"])
            reader.paths += [at & own] if own.any() else []
    _of_tables(run, reader, asked, case)
    return reader


def _of_questions(run: Run, reader: Reader, open_counts: pd.DataFrame) -> None:
    """Adds the table of item non-response, and the findings that sum it."""
    opened = open_answers(run)
    for row in open_counts.to_dict("records"):
        for kind in KINDS:
            reader.told(opened[f"{row['where']} {row['column']}", kind], row[kind])
    found = fl.check(fl.read_survey(str(run.persons.path)))
    for row in found[found["check"] == "non-response"].to_dict("records"):
        for column, count in listed(row):
            name = next(name for name, _ in opened if name.endswith(f" {column}"))
            reader.told(opened[name, "dont_know"] | opened[name, "refused"], count)
    (without_age,) = found[found["what"].str.startswith("age not stated")]["count"]
    reader.told(np.asarray(run.table["fl__age"].isna()), without_age)


def listed(finding: dict[Hashable, Any]) -> list[tuple[str, object]]:
    """Returns the columns of a finding, each with its printed count."""
    if finding["count"] != "" and finding["check"] != "unresolved":
        return [(finding["where"], finding["count"])]
    groups = re.findall(r"([\w., ]+) \(([^)]*)\)", finding["what"].rpartition(": ")[2])
    return [(column.strip(), text) for columns, text in groups for column in columns.split(",")]


def _of_unresolved(run: Run, reader: Reader, finding: dict[Hashable, Any]) -> None:
    """Adds the number of unresolved persons, and the number for each question on an item that is a reason."""
    spec = run.persons.spec
    who = run.of(f"fl__population__{spec.default_population}", True) & np.asarray(
        run.table["forced_labour"].isna()
    )
    reader.told(who, finding["count"])
    sources = {
        str(item): s for side in (spec.items.involuntary, spec.items.coercion) for item, s in side.items()
    }
    names = [
        (side, item, i, n)
        for side, items in run.persons.item_columns.items()
        for item, ns in items.items()
        for i, n in enumerate(ns)
    ]
    left = {
        sources[item][i].column: who
        & run.of("fl__child", False)
        & np.asarray(run.table[side].isna())
        & np.asarray(run.table[name].isna())
        for side, item, i, name in names
    }
    for column, count in listed(finding):
        if column in left:
            reader.told(left[column], count)


def _of_findings(run: Run, reader: Reader) -> None:
    """Adds the findings about cases and about unresolved persons."""
    age, case = run.table["fl__age"].to_numpy(float), run.of("forced_labour", True)
    case = (
        case
        & run.of("fl__child", False)
        & run.of(f"fl__population__{run.persons.spec.default_population}", True)
    )
    found = fl.check_cases(run.persons)
    (unresolved,) = found[found["check"] == "unresolved"].to_dict("records")
    _of_unresolved(run, reader, unresolved)
    for words, who in (
        ("cases without a duration", case & np.asarray(run.table["months"].isna())),
        ("cases younger than 19", case & (age >= 18) & (age < 19)),
    ):
        (count,) = found[found["what"].str.startswith(words)]["count"]
        reader.told(who, count)


def _of_tables(run: Run, reader: Reader, asked: Who, case: Who) -> None:
    """Adds the exact counts of rates and flowcharts by one group. Rounded counts are left out, because the
    tests of the published set attack them."""
    rows = run.out.table[
        run.out.table["measure"].isin(["prevalence", "flowchart"])
        & ~run.out.table["breakdown"].str.contains("×")
    ]
    for row in rows[rows["rule_set"] == run.out.rule_set].to_dict("records"):
        who = asked & run.of(f"fl__population__{row['reference_population']}", True)
        group = row["breakdown"]
        if group and group != "step":
            who = who & run.of(group, label_of(run.persons.spec, group, str(row["category"])))
        counted = who & (run.of("step", row["category"]) if group == "step" else case)
        for persons, printed in ((who, row["n"]), (counted, row["cases"])):
            if printed == persons.sum() and (
                persons is who or row["measure"] == "prevalence" or group == "step"
            ):
                reader.exactly(persons)
