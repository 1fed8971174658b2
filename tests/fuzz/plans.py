"""Trials of nap.yaml: a plan whose baseline was published, beside a survey that was read once."""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

import fltoolkit as fl

from .cases import PLAIN, Case, _people, _sheet
from .judge import Trial
from .loop.plan import plan_answer
from .loop.verdict import Row
from .mutate_yaml import ODD, at, nodes, put

CATEGORIES = {"sex": {"men", "women"}, "region": {"north", "south", "east"}}


def _row(name: str, measure: str, unit: str) -> dict[str, Any]:
    return {
        "id": name,
        "indicator": f"Forced labour, {measure}",
        "definition": {"counted": "persons"},
        "disaggregated_by": ["sex"],
        "means_of_verification": "labour force survey",
        "unit": unit,
        "measure": measure,
        "lead": "Ministry of Labour",
    }


PLAN: dict[str, Any] = {
    "title": "Plan",
    "country": "Nowhere",
    "goal": "No forced labour",
    "first_year": 2025,
    "last_year": 2030,
    "baseline_survey": [
        {
            "indicator": "rate",
            "value": 310,
            "ci_low": 220,
            "ci_high": 405,
            "cases": 70,
            "n": 230,
            "year": 2023,
        },
        {
            "indicator": "rate",
            "group": "sex",
            "category": "women",
            "value": 290,
            "ci_low": 200,
            "ci_high": 400,
            "cases": 35,
            "n": 118,
            "deff": 1.3,
            "year": 2023,
        },
        {
            "indicator": "number",
            "value": 1100,
            "ci_low": 800,
            "ci_high": 1500,
            "cases": 70,
            "n": 230,
            "year": 2023,
        },
    ],
    "framework": [
        {
            "level": "objective",
            "code": "1",
            "statement": "Less forced labour",
            "indicators": [_row("rate", "prevalence", "per 1,000"), _row("number", "total", "person")],
        }
    ],
}
VALUES: dict[str, tuple[Any, ...]] = {
    "value": (300, 0.3, -1, "nan", "inf", 1e9, "x", 0),
    "ci_low": (100, -5, 500, "nan", "-inf", ""),
    "ci_high": (500, 100, "inf", 2000, "nan"),
    "cases": (40, 0, -3, 500, 2.5, "x"),
    "n": (200, 0, -1, 1e9, "x", 60),
    "deff": (1.5, 0, -1, "inf", "nan", 50),
    "level": (0.95, 0.9, 95, 0, 1, "nan"),
    "category": ("men", "women", "others", "", "total"),
    "group": ("sex", "region", "age", "gender", ""),
    "indicator": ("rate", "number", "none"),
    "year": (2020, 2026, "x", 1e5),
}


@cache
def _survey() -> tuple[Any, Any]:
    """The survey at hand, classified, and its published set; read once a process, from a folder that is gone
    afterwards."""
    folder = Path(_kept().name)
    case = Case("plan", copy.deepcopy(PLAIN), {"persons.csv": _sheet(_people(11, 300, 3, 8))}, [[]])
    persons = fl.classify(fl.read_survey(case.write(folder)))
    plan = folder / "nap.yaml"
    plan.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    return persons, fl.publish_run(persons, plan=fl.read_plan(plan))


@cache
def _kept() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="fuzz-plan-")


def plan_trial(rng: random.Random, folder: Path) -> Trial:
    """A mutant of nap.yaml."""
    _survey()  # before the clock runs
    plan = copy.deepcopy(PLAN)
    told = rng.choice((_figure, _figure, _figure, _twice, _targets, _any_key))(plan, rng)
    path = folder / "nap.yaml"
    path.write_text(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return Trial(
        "nap.yaml",
        told,
        lambda: _baseline(path),
        plan_answer(path, CATEGORIES),
        3,
        _before(),
        not told.startswith("odd"),
        str(path),
    )


@cache
def _before() -> dict[tuple[str, ...], Row]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nap.yaml"
        path.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
        return plan_answer(path, CATEGORIES).rows


def _baseline(path: Path) -> Any:
    """The baseline's numbers that a plan's documents show."""
    plan, (persons, out) = fl.read_plan(path), _survey()
    table = fl.evidence(plan, fl.rounds(plan, persons, out)).baseline.table
    table = table[table["baseline_value"].notna() & (table["filled_by"] == "publication")]
    made = table[["id", "group", "category", "baseline_value"]].rename(columns={"baseline_value": "estimate"})
    return made.assign(group=made["group"].replace("total", ""))


def _figure(plan: dict[str, Any], rng: random.Random) -> str:
    row, name = rng.choice(plan["baseline_survey"]), rng.choice(list(VALUES))
    value = rng.choice(VALUES[name])
    row[name] = value
    if value == "":
        del row[name]
    return f"a figure's {name}: {value}"


def _twice(plan: dict[str, Any], rng: random.Random) -> str:
    rows = plan["baseline_survey"]
    if rng.random() < 0.5:
        rows.append(dict(rng.choice(rows)))
        return "a figure twice"
    del rows[rng.randrange(len(rows))]
    return "a figure gone"


def _targets(plan: dict[str, Any], rng: random.Random) -> str:
    row = rng.choice(plan["framework"][0]["indicators"])
    row["targets"] = [
        rng.choice(
            [
                {"year": 2030, "cut": 0.5},
                {"year": 2030, "cut": 50},
                {"year": 2030, "value": 10, "cut": 0.5},
                {"year": 2030},
                {"year": 2030, "value": -1},
                {"year": 2030, "eradicate": True},
                {"year": 2010, "cut": 0.5},
                {"year": 2030, "cut": 0.2, "group": "sex", "category": "women"},
                {"year": 2030, "cut": 0.2, "group": "sex", "category": "nobody"},
                {"year": 2030, "cut": 0.2, "group": "region", "category": "north"},
                {"year": 2030, "cut": "nan"},
                {"year": 2030, "value": "inf"},
                {"year": 2030, "cut": 0.5, "path": "geometric"},
                {"year": 10**9, "cut": 0.5},
            ]
        )
    ]
    return "targets"


def _any_key(plan: dict[str, Any], rng: random.Random) -> str:
    path = rng.choice([path for path, _ in nodes(plan)])
    if rng.random() < 0.4:
        del at(plan, path[:-1])[path[-1]]
        return f"drop {path[-1]}"
    value = rng.choice(ODD)
    put(plan, path, value)
    return f"odd value in {path[0]}: {type(value).__name__}"
