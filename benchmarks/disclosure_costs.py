"""Measures what disclosure control costs: cells hidden and shown by table, seconds, and linear programmes.
Also compares the hidden cells of small tables with the cheapest possible choice.

The three samples and twenty random surveys are published with `fl.publish_run`. With `--base CHECKOUT`, the
code of another checkout of the kit does the same in a separate process. Writes docs/disclosure_costs.csv.
"""

from __future__ import annotations

import argparse
import heapq
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parents[1]
SAMPLES = ("norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025")
SURVEYS, SEED = 20, 2100
SMALL_ONE_WAY, SMALL_TWO_WAY = 8, (3, 4)  # cells of a table whose cheapest choice is looked for
MOST_AUDITS = 4000  # of one table; a choice that needs more is not proven
KEYS = ["survey", "measure", "population", "breakdown"]
SUMS = ["cells", "own", "complement", "unreliable", "shown"]


# -------------------------------------------------------------------------------------------------- random su


def random_survey(folder: Path, number: int) -> Path:
    """Writes a survey of 3,000 to 12,000 adults, with regions, districts, ages, sexes and education, and
    returns its path. Between two and twenty in a thousand adults are cases."""
    rng = np.random.default_rng(SEED + number)
    n, regions = int(rng.integers(3000, 12_001)), int(rng.integers(3, 9))
    region = rng.choice(regions, n, p=rng.dirichlet(np.full(regions, 3.0))) + 1
    district = region * 10 + rng.integers(1, 4, n)
    psu = district * 1000 + rng.integers(0, max(6, n // 15 // (3 * regions)), n)
    sex, education = rng.integers(1, 3, n), rng.choice([1, 2, 3], n, p=[0.5, 0.35, 0.15])
    age = (18 + rng.gamma(2.2, 11, n)).astype(int).clip(18, 95)
    rate = np.exp(rng.uniform(np.log(0.002), np.log(0.02)))
    risk = (
        rate
        * rng.lognormal(0, 0.5, regions + 1)[region]
        * np.where(sex == 1, 1.2, 0.8)
        * np.where(age < 30, 1.5, 0.8)
    )
    case, blank = rng.random(n) < risk, rng.random(n) < 0.002
    no = np.where(rng.random(n) < 0.7, 2, 1)
    table = pd.DataFrame(
        {
            "HH": np.arange(n),
            "LINE": 1,
            "W": (200 * rng.lognormal(0, 0.3, n)).round(4),
            "S": region,
            "P": psu,
            "AGE": age,
            "SEX": sex,
            "R": region,
            "D": district,
            "E": education,
            "WORK": 1,
            "INV": np.where(case, 1, np.where(blank, 8, 2)),
            "COE": np.where(case | blank, 1, no),
        }
    )
    own = folder / f"random_{number:02d}"
    own.mkdir()
    table.to_csv(own / "persons.csv", index=False)
    (own / "survey.yaml").write_text(yaml.safe_dump(_spec(regions, rng), sort_keys=False), encoding="utf-8")
    return own


def _spec(regions: int, rng: np.random.Generator) -> dict[str, Any]:
    """Returns the content of survey.yaml for a random survey. The tables differ from survey to survey."""
    bands = [[18, 30, 45, 60], [18, 25, 35, 45, 55, 65], [18, 40]][int(rng.integers(3))]
    by: list[Any] = [[], "sex", "age_group", "region", "education", ["sex", "age_group"]]
    by += [b for b in ("district", ["sex", "region"], ["region", "education"]) if rng.random() < 0.5]
    return {
        "title": "Random survey",
        "country": "Nowhere",
        "year": 2025,
        "reference_period": {"months": 12, "text": "the past 12 months"},
        "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
        "design": {"weight": "W", "strata": "S", "psu": "P", "household": "HH", "selection": "pps"},
        "age": {"column": "AGE"},
        "answers": {"yes": 1, "no": 2, "dont_know": 8},
        "any_work": {"column": "WORK"},
        "items": {
            "involuntary": {"very_low_or_no_wages": {"column": "INV"}},
            "coercion": {"withheld_wages": {"column": "COE"}},
        },
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "adults", "age": {"min": 18}}},
        "groups": {
            "sex": {"column": "SEX", "codes": {1: "men", 2: "women"}},
            "age_group": {"bands": bands},
            "education": {"column": "E", "codes": {1: "low", 2: "middle", 3: "high"}},
            "region": {"column": "R", "codes": {r: f"region {r}" for r in range(1, regions + 1)}},
            "district": {
                "column": "D",
                "codes": {
                    r * 10 + d: f"district {r * 10 + d}" for r in range(1, regions + 1) for d in (1, 2, 3)
                },
            },
        },
        "tables": [{"measure": "prevalence", "by": by}, {"measure": "total", "by": [[], "sex", "region"]}],
        "coverage_excludes": ["the homeless"],
    }


# -------------------------------------------------------------------------------------------------- one check


@dataclass
class Watch:
    """Counts what the kit does in a run: the linear programmes that it solves, and the decisions on what to
    hide."""

    programmes: int = 0
    decisions: list[Any] = field(default_factory=list)


def watched() -> Watch:
    """Returns a new `Watch` that counts from now on. To do this, replaces functions of SciPy and of the kit
    in this process."""
    import scipy.optimize

    watch = Watch()

    def counted(solver: Any) -> Any:
        def solve(*given: Any, **named: Any) -> Any:
            watch.programmes += 1
            return solver(*given, **named)

        return solve

    for name in ("milp", "linprog"):
        setattr(scipy.optimize, name, counted(getattr(scipy.optimize, name)))
    try:
        module = importlib.import_module("fltoolkit.publish.disclosure.run_decision")
    except ModuleNotFoundError:  # an older checkout
        return watch
    decide = module.decide

    def noted(*given: Any, **named: Any) -> Any:
        watch.decisions.append(decide(*given, **named))
        return watch.decisions[-1]

    module.decide = noted  # type: ignore[attr-defined]
    return watch


def measured(survey: str, watch: Watch, optimum: bool) -> dict[str, Any]:
    """Returns the results of one survey: the cells that its tables show and hide, the seconds, and the number
    of programmes."""
    import fltoolkit as fl

    persons = fl.classify(fl.read_survey(survey))
    plan = fl.plan_beside(survey)
    watch.programmes, watch.decisions[:] = 0, []
    start = time.perf_counter()
    out = fl.publish_run(persons, plan=plan)
    seconds, programmes = time.perf_counter() - start, watch.programmes
    settled = [s for d in watch.decisions for s in d.suppressions if s.outcome != "flowchart"]
    return {
        "survey": Path(survey).name,
        "seconds": round(seconds, 2),
        "programmes": programmes,
        "rows": sum(len(s.system.cells) for s in settled) or None,  # None: of a checkout without such systems
        "kinds": max((s.system.kinds for s in settled), default=None),
        "tables": tables_of(persons, out, plan, settled),
        "optimum": optima(persons, out) if optimum else [],
    }


def tables_of(persons: Any, out: Any, plan: Any, settled: Sequence[Any]) -> list[dict[str, Any]]:
    """Returns the number of cells of each table: confidential by their own counts (`own`), hidden to protect
    other cells (`complement`), blank because they are unreliable, and shown."""
    from fltoolkit.publish.published_set import restricted

    full = restricted(persons, plan=plan)
    shown = out.table.iloc[: len(full)].reset_index(drop=True)
    groups = [g for g in ("step", *out.groups) if g in shown]
    complement = {
        cell
        for s in settled
        if s.outcome in ("cases", "now")
        for cell, why in s.hidden.items()
        if why.startswith("hidden ")  # for others, or with a whole breakdown
    }
    rows = []
    for true, row in zip(full.to_dict("records"), shown.to_dict("records"), strict=True):
        if row["rule_set"] != out.rule_set:
            continue
        key = frozenset((g, str(row[g])) for g in groups if row[g] != "total")
        hidden = row["marker"] == "c"
        by_itself = confidential_by_itself(true, out) or (
            bool(settled) and (row["reference_population"], key) not in complement
        )
        rows.append(
            {
                "measure": row["measure"],
                "population": row["reference_population"],
                "breakdown": row["breakdown"] or "total",
                "cells": 1,
                "own": hidden and by_itself,
                "complement": hidden and not by_itself,
                "unreliable": not hidden and pd.isna(row["estimate"]),
                "shown": not pd.isna(row["estimate"]),
            }
        )
    table = pd.DataFrame(rows).groupby(KEYS[1:], sort=False, as_index=False)[SUMS].sum()
    return list(table.to_dict("records"))


def confidential_by_itself(row: Mapping[Any, Any], out: Any) -> bool:
    """Returns whether a cell may not be shown because of its own counts, under the rules of the checkout that
    runs."""
    from fltoolkit.publish.disclosure.confidential_cells import Cell, confidential, known_count

    cases, n = int(row["cases"]), int(row["n"])
    rate = row["measure"] in ("prevalence", "total") and out.case_only.isdisjoint(
        str(row["breakdown"]).split(" × ")
    )
    units = (known_count(row[f"{unit}_with_cases"]) for unit in ("psus", "households"))
    return bool(confidential(Cell(cases, n, n - cases if rate else None, *units), out.limits))


# -------------------------------------------------------------------------------------------------- the cheap


def optima(persons: Any, out: Any) -> list[dict[str, Any]]:
    """Returns, for each small table of prevalence, the cost of its complementary suppression, and the lowest
    possible cost. Each table is examined alone."""
    table = out.own_rows(measure="prevalence")
    found = []
    for population, rows in table.groupby("reference_population", sort=False):
        for breakdown in dict.fromkeys(rows["breakdown"]):
            groups = [g for g in str(breakdown).split(" × ") if g]
            sizes = sorted(rows.loc[rows["breakdown"] == g, g].nunique() for g in groups)
            one_way = len(groups) == 1 and sizes[0] <= SMALL_ONE_WAY
            two_way = len(groups) == 2 and all(
                0 < size <= most for size, most in zip(sizes, SMALL_TWO_WAY, strict=True)
            )
            if (one_way or two_way) and (row := optimum(persons, out, str(population), groups)):
                found.append({"population": str(population), "breakdown": str(breakdown), **row})
    return found


def optimum(persons: Any, out: Any, population: str, groups: list[str]) -> dict[str, Any] | None:
    """Returns the costs of one table with its total and, if it has two groups, its margins. Returns None if
    no cell of the table is confidential."""
    import fltoolkit as fl
    from fltoolkit.classify.category_names import label_of
    from fltoolkit.estimate.totals.person_patterns import read_patterns
    from fltoolkit.publish.disclosure.suppression_decision import decide
    from fltoolkit.publish.disclosure.survey_system import DisclosureScenario
    from fltoolkit.publish.printed_numbers import rounding_base
    from fltoolkit.survey.design.suppression_key import suppression_key

    by = [[], *([g] for g in groups), *([groups] if len(groups) == 2 else [])]
    est = fl.prevalence(persons, by=by, population=population)
    table = est.table.assign(measure="prevalence", outcome="forced_labour", reference_population=population)
    keys = [
        frozenset((g, label_of(persons.spec, g, str(row[g]))) for g in groups if row[g] != "total")
        for row in table.to_dict("records")
    ]
    scenario = DisclosureScenario(
        out.limits,
        suppression_key(persons).secret,
        rounding_base(table),
        read_patterns(persons, groups, [population]),
        out.case_only,
    )
    decision = decide(table, keys, [""] * len(table), scenario)
    settled = next(s for s in decision.suppressions if s.outcome == "cases")
    own = [c for c, why in settled.hidden.items() if not why.startswith("hidden ")]
    primary = [
        c for c in own if settled.system.cases[settled.system.place[c]] > 0
    ]  # a cell without cases needs no protection
    if decision.coarse or not primary:
        return None
    chosen = frozenset(c for c in settled.hidden if c not in own)
    costs = {
        c: (settled.system.cases[i] + 1) * (1 if c[1] else 1000)
        for c, i in settled.system.place.items()
        if len(c) == 2
    }
    cost = float(sum(costs[c] for c in chosen))
    choice = Choice(settled.system, own, primary, out.limits, costs)
    assert protects(choice, chosen), "the audit must pass what a run hides"
    best, audits = cheapest(choice, cost)
    return {
        "confidential": len(primary),
        "complements": len(chosen),
        "cost": cost,
        "cheapest": best,
        "audits": audits,
    }


@dataclass
class Choice:
    """The cells of one table that may be hidden to protect others, and the cost of each: its number of cases
    plus one.

    `own` are the cells that are hidden because of their own counts. Those of them with cases (`primary`) need
    protection.
    """

    system: Any
    own: Sequence[Any]
    primary: Sequence[Any]
    limits: Any
    costs: Mapping[Any, float]
    pool: list[Any] = field(default_factory=list)


def cheapest(choice: Choice, chosen: float) -> tuple[float | None, int]:
    """Returns the cost of the cheapest complementary suppression, and the number of sets of cells that were
    tried. The cost is None if too many sets would have to be tried."""
    for audits, (cost, subset) in enumerate(subsets(choice), 1):
        if cost >= chosen - 1e-9:
            return chosen, audits
        if protects(choice, subset):
            return cost, audits
        if audits == MOST_AUDITS:
            break
    return None, MOST_AUDITS


def subsets(choice: Choice) -> Iterator[tuple[float, frozenset[Any]]]:
    """Yields all sets of cells that are not confidential, each with its cost, the cheapest first."""
    free = sorted((c for c in choice.costs if c not in choice.own), key=choice.costs.__getitem__)
    costs = [choice.costs[c] for c in free]
    yield 0.0, frozenset()
    heap = [(costs[0], (0,))] if free else []
    while heap:
        cost, chosen = heapq.heappop(heap)
        yield cost, frozenset(free[i] for i in chosen)
        last = chosen[-1]
        if last + 1 < len(free):
            heapq.heappush(heap, (cost + costs[last + 1], (*chosen, last + 1)))
            heapq.heappush(heap, (cost - costs[last] + costs[last + 1], (*chosen[:-1], last + 1)))


def protects(choice: Choice, subset: frozenset[Any]) -> bool:
    """Returns whether all confidential cells are protected if the cells of `subset` are hidden as well. The
    audit is the same as in a run."""
    from fltoolkit.publish.disclosure.complementary_suppression import goals_of
    from fltoolkit.publish.disclosure.feasible_counts import Terms, solve

    system = choice.system
    shown = np.array([c not in subset and c not in choice.own for c in system.cells])
    goals = [goal for c in choice.primary for goal in goals_of(system, system.place[c], choice.limits)]
    usable = [s for s in choice.pool if not (s.changed_cells(system) & shown).any()]
    for whole in (False, True):
        for goal in goals:
            if any(s.whole == whole and goal.met(s) for s in usable):
                continue
            if (found := solve(system, [goal], Terms(np.where(shown, np.inf, 0.0), whole=whole))) is None:
                return False
            usable.append(found)
            choice.pool.append(found)
    return True


# -------------------------------------------------------------------------------------------------- both, sid


def run(checkout: Path, surveys: Sequence[str], optimum: bool) -> list[dict[str, Any]]:
    """Returns the results of some surveys with the code of another checkout, in a separate process."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    options = ["--optimum"] if optimum else []
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", *surveys, *options]
    done = subprocess.run(
        command, env=environment, cwd=checkout, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def side_by_side(after: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns one row per table, and one row per survey with the sums of its tables, the seconds and the
    programmes. The results before and after are in separate columns."""
    parts = {}
    for name, found in (("after", after), ("before", before)):
        if not found:
            continue
        tables = pd.DataFrame([{"survey": s["survey"], **t} for s in found for t in s["tables"]])
        whole = tables.groupby("survey", sort=False, as_index=False)[SUMS].sum()
        took = pd.DataFrame(
            [{c: s[c] for c in ("survey", "seconds", "programmes", "rows", "kinds")} for s in found]
        )
        whole = whole.merge(took, on="survey").assign(measure="all", population="all", breakdown="all")
        parts[name] = pd.concat([tables, whole]).set_index(KEYS)
    best = pd.DataFrame(
        [{"survey": s["survey"], "measure": "prevalence", **row} for s in after for row in s["optimum"]]
    )
    table = pd.concat([part.add_suffix(f"_{name}") for name, part in reversed(parts.items())], axis=1)
    if len(best):
        best = best.assign(
            ratio=(best["cost"] / best["cheapest"]).where(best["cheapest"] > 0).round(3)
        ).set_index(KEYS)
        table = table.join(best)
    counts = [c for c in table if c not in ("ratio", "seconds_after", "seconds_before")]
    return table.astype(dict.fromkeys(counts, "Float64")).astype(dict.fromkeys(counts, "Int64")).reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="another checkout of the kit, for the numbers before")
    parser.add_argument("--surveys", type=int, default=SURVEYS, help="random surveys")
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "disclosure_costs.csv")
    parser.add_argument("--measure", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--optimum", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        watch = watched()
        for survey in given.measure:
            print(json.dumps(measured(survey, watch, given.optimum), default=float), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        surveys = [str(HERE / "data_samples" / name) for name in SAMPLES]
        surveys += [str(random_survey(Path(folder), number)) for number in range(given.surveys)]
        after = run(HERE, surveys, optimum=True)
        before = run(given.base.resolve(), surveys, optimum=False) if given.base else []
    table = side_by_side(after, before)
    table.to_csv(given.out, index=False, lineterminator="\n")
    print(
        table[table["measure"] == "all"]
        .drop(columns=["measure", "population", "breakdown"])
        .to_string(index=False)
    )
    if "ratio" in table:
        print(
            table.loc[
                table["cheapest"].notna(),
                ["survey", "breakdown", "complements", "cost", "cheapest", "ratio", "audits"],
            ].to_string()
        )


if __name__ == "__main__":
    main()
