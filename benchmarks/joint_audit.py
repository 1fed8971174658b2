"""Audits what a run prints, all its tables together: how far can a reader narrow down each hidden number?

    python benchmarks/joint_audit.py [--surveys 100] [--first 0] [--seconds 20]

The reader knows the weights, groups and populations of everybody asked (a public-use file), and each number
of cases and of unresolved persons that stands behind a row that is shown. That is more than the printed
classes. The weighted cases of a shown row are known to half a rounding base. The unknowns, by all
combinations of groups and populations, are the cases, their weight, the unresolved, and the cases by category
of each group that only cases have. Profiles are attacked in tests/publish/attacks/test_profiles.py.

The audit has no code of the kit's disclosure control. The least and the most of each hidden number are found
by linear programmes, then in whole numbers (`--seconds` for each). A hidden number is *narrowed* if fewer
than three whole values are possible, or if its weighted cases are known to less than five mean weights
although the cell weighs more. A time-out counts as narrowed, and is listed. Prints one row a survey. Ends
with 1 if a number was narrowed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, lil_array

import fltoolkit as fl
from fltoolkit.classify.category_names import label_of
from fltoolkit.errors import FltoolkitError

HERE = Path(__file__).resolve().parents[1]
sys.path += [str(HERE), str(HERE / "tests")]
from benchmarks.disclosure_costs import SAMPLES, random_survey  # noqa: E402

Floats = NDArray[np.float64]
VALUES, WEIGHTS, ENOUGH = 3, 5, 5  # values that must be possible; mean weights; cases that are not few
CASES_OF = ("prevalence", "total", "share")
TOTAL, SMALL = "total", 1e-6


def person_table(persons: Any, groups: list[str], populations: list[str]) -> pd.DataFrame:
    """Returns everybody in a population: the label of each group, the weight in each population (0 outside),
    and the status `case`, `open` or `not`."""
    keys = [persons.key(g).column.alias(f"key {g}") for g in groups]
    frame = (persons.frame.with_columns(*keys) if keys else persons.frame).collect("pandas").to_native()
    table = pd.DataFrame(index=frame.index)
    for g in groups:
        labels, column = persons.key(g).labels, frame[f"key {g}"].astype(object)
        named = column.map(labels) if labels is not None else column
        table[g] = named.where(named.notna(), "not stated").astype(str)
    for q in populations:
        inside = frame[f"fl__population__{q}"].fillna(False).astype(bool)
        table[f"weight {q}"] = frame[f"fl__weight__{q}"].where(inside, 0.0).fillna(0.0).astype(float)
    case = frame["forced_labour"]
    table["status"] = np.where(case.isna(), "open", np.where(case.fillna(False).astype(bool), "case", "not"))
    return table[table.filter(like="weight ").gt(0).any(axis=1)]


@dataclass
class Reader:
    """What is known of the unknowns: equations and limits."""

    kinds: pd.DataFrame
    case_only: dict[str, list[str]]
    populations: list[str]
    names: dict[tuple[Any, ...], int] = field(default_factory=dict)
    rows: list[dict[int, float]] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    possible: list[Floats] = field(default_factory=list)  # solutions in whole numbers

    def unknown(self, *name: Any) -> int:
        return self.names.setdefault(name, len(self.names))

    def know(self, terms: dict[int, float], least: float, most: float) -> None:
        self.rows.append(terms)
        self.least.append(least)
        self.most.append(most)

    def learn_persons(self) -> None:
        for k, kind in enumerate(self.kinds.to_dict("records")):
            n = kind["n"]
            x, z, s = self.unknown("case", k), self.unknown("open", k), self.unknown("excess", k)
            self.know({x: 1, z: 1}, 0, n)
            self.know({s: 1, x: -1}, -np.inf, 0)
            self.know({s: 1, x: -1}, -n, np.inf)
            for g, values in self.case_only.items():
                self.know({x: -1, **{self.unknown(g, v, k): 1 for v in values}}, 0, 0)

    def cases(self, where: Any, what: str = "case") -> dict[int, float]:
        return {self.unknown(what, k): 1.0 for k in where}

    def weighted(self, where: Any, q: str) -> dict[int, float]:
        terms = {}
        for k in where:
            low, high = self.kinds[f"low {q}"].iat[k], self.kinds[f"high {q}"].iat[k]
            terms[self.unknown("case", k)] = low
            terms[self.unknown("excess", k)] = high - low
        return terms

    def finish(self) -> None:
        self.matrix = lil_array((len(self.rows), len(self.names)))
        for i, row in enumerate(self.rows):
            for j, value in row.items():
                self.matrix[i, j] = value
        self.known = LinearConstraint(csr_array(self.matrix), np.array(self.least), np.array(self.most))
        self.whole = np.array([name[0] != "excess" for name in self.names], dtype=int)

    def vector(self, terms: dict[int, float]) -> Floats:
        found = np.zeros(len(self.names))
        for j, value in terms.items():
            found[j] = value
        return found

    def end(self, goal: Floats, sign: int) -> float:
        """Returns the least (`sign` 1) or most (-1) of a sum, if fractions of persons were possible."""
        found = milp(sign * goal, constraints=self.known)
        assert found.status == 0, found.message
        return sign * float(found.fun)

    def whole_values(self, goal: Floats, true: float, seconds: float) -> set[float]:
        """Returns whole values that a sum can have: three, or all if there are fewer. The true one is among
        them. Adds nan if a search did not end."""
        values = {true} | {round(float(goal @ x)) for x in self.possible}
        tried = set()
        while len(values) < VALUES:
            ordered = sorted(v for v in values if not np.isnan(v))
            gaps = zip([-np.inf, *(v + 1 for v in ordered)], [*(v - 1 for v in ordered), np.inf], strict=True)
            left = [gap for gap in gaps if gap[0] <= gap[1] and gap not in tried]
            if not left:
                break
            tried.add(left[0])
            more = LinearConstraint(csr_array(goal[None, :]), *left[0])
            found = milp(
                np.zeros(len(goal)),
                constraints=[self.known, more],
                integrality=self.whole,
                options={"time_limit": seconds},
            )
            if found.x is not None:
                self.possible.append(found.x)
                values.add(round(float(goal @ found.x)))
            elif found.status != 2:  # neither found nor impossible
                values.add(np.nan)
        return values


@dataclass(frozen=True)
class Hidden:
    """A hidden number: its name, its terms, those of its weighted cases, and whether it is small itself."""

    name: str
    terms: dict[int, float]
    weighted: dict[int, float]
    true: float
    needed: float  # the range that the weighted cases must have
    primary: bool


def audit(survey: Path, seconds: float) -> dict[str, Any]:
    persons = fl.classify(fl.read_survey(survey))
    plan = fl.plan_beside(survey)
    out = fl.publish_run(persons, plan=plan)
    return {"survey": survey.parent.name, **narrowed(persons, out, seconds)}


def narrowed(persons: Any, out: Any, seconds: float) -> dict[str, Any]:
    table = out.own
    table = table[table["outcome"].eq("forced_labour") & table["measure"].isin(CASES_OF)]
    for g in [g for g in out.groups if g in table]:  # girls are women in the data
        table = table.assign(**{g: [label_of(persons.spec, g, str(v)) for v in table[g]]})
    only = [g for g in persons.spec.case_only if g in table]
    groups = [g for g in out.groups if g in table and g not in only]
    groups = [g for g in groups if g != "step" and table[g].ne(TOTAL).any()]
    populations = list(dict.fromkeys(map(str, table["reference_population"])))
    everybody = person_table(persons, [*groups, *only], populations)
    reader, truth = reader_of(everybody, groups, only, populations, table)
    hidden = list(learn(reader, truth, table, groups, only))
    reader.finish()
    found: dict[str, Any] = {"kinds": len(reader.kinds), "hidden": 0, "few": 0, "unique": 0, "narrowed": 0}
    found["time-outs"], told = 0, []
    for h in hidden:
        found["hidden"] += 1
        found["few"] += h.primary
        goal = reader.vector(h.terms)
        values = reader.whole_values(goal, h.true, seconds)
        known = [v for v in values if not np.isnan(v)]
        weight_known = False
        if h.needed:
            weighted = reader.vector(h.weighted)
            low, high = (reader.end(weighted, sign) for sign in (1, -1))
            weight_known = bool(high - low < h.needed * (1 - 1e-4))
        found["time-outs"] += len(known) < VALUES and len(values) > len(known)
        found["unique"] += len(values) == 1
        if len(known) < VALUES or weight_known:
            found["narrowed"] += 1
            kind = "few" if h.primary else "complement"
            told.append(f"{h.name} ({kind}): {sorted(values)}{', weight known' * weight_known}")
    return found | {"told": "; ".join(told)}


def reader_of(
    everybody: pd.DataFrame, groups: list[str], only: list[str], populations: list[str], table: pd.DataFrame
) -> tuple[Reader, pd.DataFrame]:
    flags = {f"in {q}": everybody[f"weight {q}"] > 0 for q in populations}
    everybody = everybody.assign(**flags)
    by = [*groups, *flags]
    everybody["kind"] = everybody.groupby(by, sort=True).ngroup()
    first = everybody.drop_duplicates("kind").sort_values("kind")
    kinds = first[by].reset_index(drop=True)
    kinds["n"] = everybody.groupby("kind").size().to_numpy()
    for q in populations:
        weights = everybody.groupby("kind")[f"weight {q}"]
        kinds[f"low {q}"], kinds[f"high {q}"] = weights.min().to_numpy(), weights.max().to_numpy()
    listed = {g: sorted({*everybody.loc[everybody["status"] == "case", g]}) for g in only}
    reader = Reader(kinds, listed, populations)
    reader.learn_persons()
    return reader, everybody


def learn(
    reader: Reader, truth: pd.DataFrame, table: pd.DataFrame, groups: list[str], only: list[str]
) -> Iterator[Hidden]:
    """Gives the reader every row that is shown, and yields every hidden number."""
    kinds, seen = reader.kinds, set()
    for row in table.to_dict("records"):
        if row["marker"] == "x":
            continue
        q = str(row["reference_population"])
        inside = kinds[f"in {q}"].to_numpy().copy()
        mine = truth[f"in {q}"].to_numpy().copy()
        own = {g: str(row[g]) for g in groups if str(row[g]) != TOTAL}
        for g, value in own.items():
            inside &= (kinds[g] == value).to_numpy()
            mine &= (truth[g] == value).to_numpy()
        if domain := str(row.get("domain") or ""):
            if not domain_is_read(domain, groups):
                continue
            for g, values in domain_parts(domain):
                inside &= kinds[g].isin(values).to_numpy()
                mine &= truth[g].isin(values).to_numpy()
        at = np.flatnonzero(inside)
        cat = [(g, str(row[g])) for g in only if str(row[g]) != TOTAL]
        if len(cat) > 1:
            continue
        terms = reader.cases(at)
        is_case = mine & (truth["status"] == "case").to_numpy()
        for g, value in cat:
            terms = {reader.unknown(g, value, k): 1.0 for k in at if value in reader.case_only[g]}
            is_case &= (truth[g] == value).to_numpy()
        cases, opened = int(is_case.sum()), int((mine & (truth["status"] == "open")).sum())
        n = int(mine.sum())
        name = f"{q}: {row['category']}" + (f" [{domain}]" if domain else "")
        key = (q, tuple(sorted(own.items())), tuple(cat), domain)
        shown = row["marker"] != "c"
        if shown:
            reader.know(terms, cases, cases)
            if not cat and row["measure"] != "share":
                weight = float(truth[f"weight {q}"][is_case].sum())
                base = float(row["rounding"])
                printed = np.floor(weight / base + 0.5) * base
                reader.know(reader.weighted(at, q), printed - base / 2, printed + base / 2)
        elif cases and ("cases", key) not in seen:
            seen.add(("cases", key))
            population = truth[f"weight {q}"][truth[f"in {q}"]]
            few = 0 < cases < ENOUGH or (not cat and 0 < n - cases < ENOUGH)
            needed = 0.0
            if few and not cat:
                needed = min(WEIGHTS * population.mean(), truth[f"weight {q}"][mine].sum()) - SMALL
            yield Hidden(name, terms, reader.weighted(at, q) if not cat else {}, cases, needed, few)
        if not cat and row["measure"] in ("prevalence", "total"):
            if shown and pd.notna(row["unresolved"]):
                reader.know(reader.cases(at, "open"), opened, opened)
            elif 0 < opened < ENOUGH and ("open", key) not in seen:
                seen.add(("open", key))
                yield Hidden(f"{name}: unresolved", reader.cases(at, "open"), {}, opened, 0.0, True)


def domain_is_read(domain: str, groups: list[str]) -> bool:
    return all(part.partition(": ")[0] in groups for part in domain.split("; "))


def domain_parts(domain: str) -> Iterator[tuple[str, list[str]]]:
    for part in domain.split("; "):
        group, _, values = part.partition(": ")
        yield group, values.split(", ")


def surveys(number: int, first: int, folder: Path) -> Iterator[Path]:
    if first == 0:
        yield from (HERE / "data_samples" / name / "survey.yaml" for name in SAMPLES)
    drawing = importlib.import_module("legal_surveys.drawing")
    for i in range(first, first + number):
        if i % 2:
            yield drawing.drawn(40_000 + i, later=False).write(folder / f"legal_{40_000 + i}")
        else:
            yield random_survey(folder, 500 + i) / "survey.yaml"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--surveys", type=int, default=100)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seconds", type=float, default=20)
    asked = options.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for path in surveys(asked.surveys, asked.first, Path(folder)):
            try:
                row = audit(path, asked.seconds)
            except FltoolkitError as error:
                row = {"survey": path.parent.name, "told": f"not published: {str(error).splitlines()[0]}"}
            found.append(row)
            print(row, flush=True)
    table = pd.DataFrame(found)
    sums = table[["hidden", "few", "unique", "narrowed", "time-outs"]].sum()
    print(sums.to_string())
    return int(bool(sums["narrowed"] + sums["time-outs"]))


if __name__ == "__main__":
    sys.exit(main())
