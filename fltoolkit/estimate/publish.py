"""From estimates to what may be shown: confidentiality first, then reliability, always with the reason.

A run has one published set. Confidentiality is decided once on its cell counts and blanks the same cells in every measure;
reliability is decided for each number. `show`, `nap` and `report` take `Published`, never `Estimates`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from fltoolkit.errors import PublicationError, RequestError, SpecError
from fltoolkit.estimate import estimates as verbs
from fltoolkit.estimate.cells import By, breakdowns
from fltoolkit.estimate.estimates import About, Estimates
from fltoolkit.estimate.protect import Cell, Key, Limits, confidential, protect
from fltoolkit.survey.design import Survey
from fltoolkit.survey.spec import TOTAL, Confidentiality, SurveySpec, Table
from fltoolkit.yamlfile import Model, load_model

FLAGS = ("suppress", "unreliable", "caution", "review", "")
MARKERS = {
    "c": "confidential: not shown", "u": "low reliability", "w": "none recorded in the survey",
    "x": "not available", "z": "not applicable",
}  # fmt: skip
NUMBERS = ("estimate", "se", "ci_low", "ci_high", "cv", "deff", "n_eff", "resolved_only", "bound_high", "bound_ci_high")
COUNTS = ("df", "n", "cases", "population", "psus_with_cases", "households_with_cases", "unresolved")
OPEN = ("unresolved", "resolved_only", "bound_high", "bound_ci_high")
ABOUT_NAMES = {"population": "reference_population", "population_label": "reference_population_label"}
ZERO_EXEMPT = ("cases", "cv", "relative_width", "psus_with_cases")


class Rule(Model):
    """One reliability rule: a flag where a column is above or below a number."""

    flag: Literal["suppress", "unreliable", "caution", "review"]
    column: Literal["n", "n_eff", "cases", "cv", "relative_width", "df", "psus_with_cases"]
    below: float | None = None
    above: float | None = None
    reason: str


class Profile(Model):
    """A publication profile (estimate/profiles/*.yaml)."""

    name: str
    title: str
    confidentiality: Confidentiality = Confidentiality()
    reliability: tuple[Rule, ...]


def load_profile(profile: str | Path) -> Profile:
    """A profile by name or by the path of a YAML file. Raises `SpecError` where there is none."""
    folder = Path(str(files("fltoolkit.estimate"))) / "profiles"
    shipped = sorted(p.stem for p in folder.glob("*.yaml"))
    if str(profile) in shipped:
        return load_model(folder / f"{profile}.yaml", Profile)
    if Path(profile).suffix in (".yaml", ".yml"):
        return load_model(Path(profile), Profile)
    raise SpecError("no such profile", found=profile, allowed=[*shipped, "the path of a profile's YAML file"])


@dataclass(frozen=True)
class Published:
    """What may leave.

    Attributes:
        table: one row a number: `measure`, `outcome`, `reference_population`, `breakdown` (its groups), `category` (its values), a column
            a group (`total` where unused), the columns of `Estimates.table`, then `flag` (suppress, unreliable, caution,
            review or none), `marker` (c, u, w), `reason` in words, and what the number is about.
        profile: name of the profile.
        limits: the confidentiality limits in force.
        coverage_excludes: whom the survey could not reach.
        notes: sentences that go with every figure.
    """

    table: pd.DataFrame
    profile: str
    limits: Limits
    coverage_excludes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def select(self, measure: str, by: By = None, *, population: str | None = None) -> pd.DataFrame:
        """The rows of one measure and breakdown(s), in order. Raises `RequestError` naming what there is."""
        t = self.table[self.table["measure"] == measure]
        names = [" × ".join(b) for b in breakdowns(by)]
        if population is None and len(t):
            fits = t[t["breakdown"].isin(names)]
            population = str((fits if len(fits) else t)["reference_population"].iloc[0])
        rows = t[(t["reference_population"] == population) & t["breakdown"].isin(names)]
        missing = [n or TOTAL for n in names if n not in set(rows["breakdown"])]
        if missing:
            there = (t["reference_population"] + ": " + t["breakdown"].replace("", TOTAL)).unique()
            raise RequestError(
                f"{measure} by {', '.join(missing)} is not in the published set", found=f"population {population}",
                allowed=there if len(there) else self.table["measure"].unique(), do="add it to `tables:` of survey.yaml",
            )  # fmt: skip
        return rows.reset_index(drop=True)


class HasTables(Protocol):
    """Whatever asks for tables of its own: a plan's rows."""

    def tables(self, spec: SurveySpec) -> Sequence[Table]: ...


def publish_run(persons: Survey, *, plan: HasTables | None = None, profile: str | Path = "fltoolkit") -> Published:
    """Everything one run shows: the tables of survey.yaml and what the plan's rows ask, protected together.

    The headline (prevalence and number of the whole default population) and the flowchart's counts are always among them.

    Raises:
        PublicationError: survey.yaml lowers a confidentiality limit without `accept_lower_limits: true`.
    """
    wanted = [Table(measure="prevalence"), *persons.spec.tables, *(plan.tables(persons.spec) if plan else ())]
    if persons.grosses_up:
        wanted.insert(1, Table(measure="total"))
    made = [_make(persons, *request) for request in _merge(persons, wanted)]
    if persons.grosses_up:
        made.append(verbs.flowchart(persons))
    rules = load_profile(profile)
    limits, notes = _limits(rules, persons.spec)
    return _publish(made, rules, limits, persons.spec.coverage_excludes, notes)


def publish(est: Estimates, *, profile: str | Path = "fltoolkit") -> Published:
    """One `Estimates` by itself, outside a run. Never publish two that overlap one by one: use `publish_run`."""
    rules = load_profile(profile)
    limits, notes = _limits(rules, None)
    return _publish([est], rules, limits, (), notes)


def _merge(persons: Survey, wanted: Sequence[Table]) -> list[tuple[str, str | None, str, list[tuple[str, ...]]]]:
    """Tables of one measure and population become one request, so that each costs one pass."""
    merged: dict[tuple[str, str | None, str], list[tuple[str, ...]]] = {}
    spec = persons.spec
    for table in wanted:
        for by in table.by:
            own = next((spec.sectors[g].population for g in by if g in spec.sectors and spec.sectors[g].population), None)
            key = (table.measure, table.of, table.population or own or spec.default_population)
            if by not in merged.setdefault(key, []):
                merged[key].append(by)
    return [(measure, of, population, by) for (measure, of, population), by in merged.items()]


def _make(persons: Survey, measure: str, of: str | None, population: str, by: list[tuple[str, ...]]) -> Estimates:
    if measure == "share" and of is not None:
        return verbs.share(persons, of, by, population=population)
    verb = verbs.total if measure == "total" else verbs.prevalence
    return verb(persons, by=by, population=population)


def _limits(profile: Profile, spec: SurveySpec | None) -> tuple[Limits, tuple[str, ...]]:
    """The stricter of profile and survey; lowering needs the named key and is said."""
    names = ("cases", "non_cases", "psus", "households")
    standard, low = Limits(), []
    values = {n: getattr(profile.confidentiality, n) for n in names}
    accepted = profile.confidentiality.accept_lower_limits
    if spec is not None and "confidentiality" in spec.model_fields_set:
        values |= {n: getattr(spec.confidentiality, n) for n in spec.confidentiality.model_fields_set if n in names}
        accepted = accepted or spec.confidentiality.accept_lower_limits
    low = [f"{n} {values[n]} (standard {getattr(standard, n)})" for n in names if values[n] < getattr(standard, n)]
    if low and not accepted:
        raise PublicationError(
            "confidentiality limits are lower than the standard", found=low,
            do="raise them, or add accept_lower_limits: true under confidentiality and answer for it",
        )  # fmt: skip
    notes = (f"Confidentiality limits were lowered on purpose: {', '.join(low)}.",) if low else ()
    return Limits(**values), notes


def _publish(
    made: list[Estimates], profile: Profile, limits: Limits, coverage: tuple[str, ...], notes: tuple[str, ...]
) -> Published:
    frames = [_tidy(est) for est in made]
    groups = list(dict.fromkeys(g for est in made for b in est.by for g in b))
    table = pd.concat([f.reindex(columns=[*dict.fromkeys([*f.columns, *groups])]) for f in frames], ignore_index=True)
    table[groups] = table[groups].astype(object).where(table[groups].notna(), TOTAL)
    keys = [frozenset((g, row[g]) for g in groups if row[g] != TOTAL) for row in table[groups].to_dict("records")]
    hidden, open_hidden = _decide(table, keys, limits)
    reliability = [_reliability(row, profile) for row in table.to_dict("records")]
    flag, marker, reason = (pd.Series([r[i] for r in reliability], dtype=object) for i in range(3))
    is_hidden = pd.Series([i in hidden for i in range(len(table))])
    flag = flag.mask(is_hidden, "suppress")
    marker = marker.mask(is_hidden, "c")
    reason = pd.Series([f"confidential: {hidden[i]}" if i in hidden else r for i, r in enumerate(reason)], dtype=object)
    table["households_with_cases"] = table["households_with_cases"].astype("Float64")
    numbers, counts = [c for c in NUMBERS if c in table], [c for c in COUNTS if c in table]
    table = table.astype(dict.fromkeys((*numbers, *counts), float))
    table.loc[is_hidden, [*numbers, *counts]] = np.nan
    table.loc[flag == "suppress", numbers] = np.nan
    table.loc[sorted(open_hidden), [c for c in OPEN if c in table]] = np.nan
    not_shown = [("c" if i in open_hidden else "") for i in range(len(table))]
    table = table.assign(flag=flag, marker=marker, reason=reason, unresolved_marker=not_shown)
    first = ["measure", "outcome", "reference_population", "breakdown", "category", *groups]
    about = [ABOUT_NAMES.get(c, c) for c in About.__dataclass_fields__ if c != "case_only"]
    about = [c for c in about if c not in first]
    rest = [c for c in (*NUMBERS[:6], "df", *COUNTS[1:4], "n_eff", *COUNTS[4:], *NUMBERS[7:]) if c in table]
    return Published(
        table[[*first, *rest, "flag", "marker", "reason", "unresolved_marker", *about]],
        profile.name,
        limits,
        coverage,
        notes,
    )


def _tidy(est: Estimates) -> pd.DataFrame:
    """An Estimates with its breakdown, category and about in columns."""
    frame = est.table
    groups = list(dict.fromkeys(g for b in est.by for g in b))
    used = [[g for g in groups if row[g] != TOTAL] for row in frame.to_dict("records")]
    values = [" × ".join(str(row[g]) for g in u) or TOTAL for row, u in zip(frame.to_dict("records"), used, strict=True)]
    about = {ABOUT_NAMES.get(k, k): v for k, v in asdict(est.about).items() if k != "case_only"}
    return frame.assign(**about, breakdown=[" × ".join(u) for u in used], category=values)


def _decide(table: pd.DataFrame, keys: list[Key], limits: Limits) -> tuple[dict[int, str], set[int]]:
    """Rows to hide, with reasons; and rows whose unresolved count is to be hidden too."""
    hidden: dict[int, str] = {}
    open_hidden: set[int] = set()
    for _, rows in table.groupby("reference_population", sort=False):
        flow = rows["measure"] == "flowchart"
        main, chart = rows.index[~flow], rows.index[flow]
        cells, of_row = _cells(table, keys, main)
        primary = {k: why for k, c in cells.items() if (why := confidential(c, limits))}
        shown = protect(cells, primary, limits.cases)
        hidden |= {i: shown[k] for i, k in of_row.items() if k in shown}
        unresolved = _unresolved_cells(table, of_row)
        low = {k: "unresolved" for k, c in unresolved.items() if 0 < c.cases < limits.cases}
        blank = protect(unresolved, {**{k: shown[k] for k in unresolved if k in shown}, **low}, limits.cases)
        open_hidden |= {i for i, k in of_row.items() if k in blank}
        steps, of_step = _cells(table, keys, chart)
        forced, open_ = frozenset({("step", "forced labour")}), frozenset({("step", "unresolved")})
        first = {k: why for k, c in steps.items() if k and (why := confidential(c, limits))}
        first |= {forced: shown[frozenset()]} if frozenset() in shown and forced in steps else {}
        first |= {open_: "unresolved persons"} if frozenset() in blank and open_ in steps else {}
        gone = protect(steps, first, limits.cases, spare=[forced, frozenset()])
        hidden |= {i: gone[k] for i, k in of_step.items() if k in gone}
    return hidden, open_hidden


def _cells(table: pd.DataFrame, keys: list[Key], rows: pd.Index) -> tuple[dict[Key, Cell], dict[int, Key]]:
    """The distinct cells of some rows. A share's denominator is cases, so it says nothing about non-cases."""
    cells: dict[Key, Cell] = {}
    for i, row in zip(rows, table.loc[rows].to_dict("records"), strict=True):
        share = row["measure"] == "share"
        if share and keys[i] in cells:
            continue
        homes: Any = row["households_with_cases"]
        cells[keys[i]] = Cell(
            cases=int(row["cases"]), persons=int(row["n"]), non_cases=None if share else int(row["n"] - row["cases"]),
            psus=int(row["psus_with_cases"]), households=None if pd.isna(homes) else int(homes),
        )  # fmt: skip
    return cells, {int(i): keys[i] for i in rows}


def _unresolved_cells(table: pd.DataFrame, of_row: dict[int, Key]) -> dict[Key, Cell]:
    if "unresolved" not in table:
        return {}
    counted = {k: table.loc[i, "unresolved"] for i, k in of_row.items() if not pd.isna(table.loc[i, "unresolved"])}
    return {k: Cell(int(v), 0) for k, v in counted.items()}


def _reliability(row: dict[Hashable, Any], profile: Profile) -> tuple[str, str, str]:
    """The worst flag of a number, its marker, and every reason at that flag."""
    zero = row["cases"] == 0 and row["measure"] != "mean"
    estimate, low, high = (float(row[c]) for c in ("estimate", "ci_low", "ci_high"))
    facts = {**row, "relative_width": (high - low) / estimate if estimate else float("nan")}
    found: dict[str, list[str]] = {"review": ["no case recorded in the survey"]} if zero else {}
    for rule in profile.reliability:
        if zero and rule.column in ZERO_EXEMPT:
            continue
        value = float(facts[rule.column])
        if (rule.below is not None and value < rule.below) or (rule.above is not None and value > rule.above):
            found.setdefault(rule.flag, []).append(rule.reason)
    flag = next((f for f in FLAGS if f in found), "")
    marker = "u" if flag in ("suppress", "unreliable") else "w" if zero else ""
    return flag, marker, "; ".join(found.get(flag, []))
