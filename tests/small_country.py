"""A country that is so small that the result of each region, and its reason, is written here. A run of it is
short.

Of 412 adults, 41 are cases. By region: north 20 cases (shown), south 12 (unreliable), east 6 (hidden, so that
west cannot be calculated), west 3 (too few to show), plain none among 90 persons, island none among 12 (too
few persons for an estimate).
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from shared_surveys import published as published_once

import fltoolkit as fl

REGIONS = {
    "north": (90, 20),
    "south": (80, 12),
    "east": (70, 6),
    "west": (60, 3),
    "plain": (90, 0),
    "island": (12, 0),
    "": (10, 0),
}

SURVEY: dict[str, Any] = {
    "title": "Small country 2025",
    "country": "Smallland",
    "year": 2025,
    "round": "first",
    "reference_period": {"months": 12, "text": "the past 12 months"},
    "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
    "design": {"weight": "W", "strata": "S", "psu": "P", "household": "HH", "selection": "pps"},
    "age": {"column": "AGE", "missing": 999},
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
        "age_group": {"bands": [18, 30]},
        "region": {"column": "R", "codes": {i: name for i, name in enumerate(REGIONS, 1) if name}},
    },
    "sectors": {"sector": {"column": "FISIC", "revision": "isic_rev4", "digits": 2, "job": "forced_labour"}},
    "tables": [
        {"measure": "prevalence", "by": [[], "sex", "age_group", "region", ["sex", "region"]]},
        {"measure": "total", "by": [[], "region", "sector"]},
        {"measure": "share", "of": "sector"},
    ],
    "coverage_excludes": ["the homeless"],
}

# For tests of what becomes of a run, whatever it estimates: its notebooks take two thirds of the time.
ONE_NUMBER: dict[str, Any] = {
    **SURVEY,
    "groups": {},
    "sectors": {},
    "tables": [{"measure": "prevalence", "by": [[]]}],
}

PLAN: dict[str, Any] = {
    "title": "Plan of Smallland",
    "country": "Smallland",
    "goal": "By 2030 nobody is in forced labour.",
    "first_year": 2026,
    "last_year": 2030,
    "framework": [
        {
            "level": "objective",
            "code": "Objective",
            "statement": "Forced labour reduced",
            "indicators": [
                {
                    "id": "decrease",
                    "indicator": "% decrease of prevalence",
                    "definition": {"counted": "Change of prevalence."},
                    "disaggregated_by": ["gender", "age", "region", "sector", "nationality"],
                    "means_of_verification": "survey",
                    "unit": "%",
                    "measure": "percent_decrease",
                    "lead": "Commission",
                },
                {
                    "id": "persons",
                    "indicator": "Persons in forced labour",
                    "definition": {"counted": "Persons."},
                    "disaggregated_by": ["gender", "region", "sector"],
                    "means_of_verification": "survey",
                    "measure": "total",
                    "lead": "Commission",
                },
            ],
        },
        {
            "level": "output",
            "code": "Output 1.1",
            "statement": "Capacity developed",
            "indicators": [
                {
                    "id": "trained",
                    "indicator": "Inspectors trained",
                    "definition": {
                        "counted": "Inspectors.",
                        "unit_of_analysis": "person",
                        "stored": "registry",
                    },
                    "means_of_verification": "registry list",
                    "unit": "person",
                    "target_year_1": "80",
                    "target_year_2": "more than 150",
                    "lead": "Ministry",
                }
            ],
        },
    ],
}


def persons() -> pd.DataFrame:
    """Returns one row per person. Each person is a household. Sexes, ages and the 40 sampling points
    alternate."""
    rows = []
    for region, (size, cases) in REGIONS.items():
        code = list(REGIONS).index(region) + 1 if region else None
        for i in range(size):
            n, case = len(rows), i < cases
            answers = (
                {"INV": 1, "COE": 1, "FISIC": "01" if i % 2 else "41"}
                if case
                else {"INV": 8 if i == 59 else 2, "COE": 1}
            )
            age = 999 if n % 40 == 39 else 20 + 7 * (n % 5)
            who = {
                "HH": n,
                "LINE": 1,
                "W": 10,
                "S": n % 4,
                "P": n % 40,
                "R": code,
                "SEX": 1 + n // 2 % 2,
                "AGE": age,
                "WORK": 1,
            }
            rows.append({**who, "FISIC": None, **answers})
    return pd.DataFrame(rows).astype({"R": "Int64"})


def changed(spec: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    """Returns a copy of SURVEY or PLAN with some keys set."""
    return {**copy.deepcopy(dict(spec)), **keys}


def with_rows(*rows: Mapping[str, Any]) -> dict[str, Any]:
    """Returns PLAN with other rows. Each row is given by its differences from the row `persons`. None removes
    a key."""
    plan = copy.deepcopy(PLAN)
    usual = plan["framework"][0]["indicators"][1]
    mine = [{k: v for k, v in {**usual, **row}.items() if v is not None} for row in rows]
    plan["framework"] = [{**plan["framework"][0], "indicators": mine}]
    return plan


def write(
    folder: Path,
    survey: Mapping[str, Any] = SURVEY,
    plan: Mapping[str, Any] | None = None,
    table: pd.DataFrame | None = None,
) -> Path:
    """Writes the survey, its data and a plan into `folder`, and returns the path of survey.yaml. Without a
    given plan, writes PLAN."""
    plan = plan or {**PLAN, "country": survey["country"]}
    folder.mkdir(parents=True, exist_ok=True)
    (persons() if table is None else table).to_csv(folder / "persons.csv", index=False)
    for name, content in (("survey.yaml", survey), ("nap.yaml", plan)):
        (folder / name).write_text(
            yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
    return folder / "survey.yaml"


def run(path: Path) -> tuple[fl.Published, fl.Plan]:
    """Returns the published set and the plan of a survey that `write` has written."""
    plan = fl.read_plan(path.with_name("nap.yaml"))
    return published_once(path, plan), plan


@cache
def _as_it_stands() -> tuple[fl.Published, fl.Plan]:
    """Returns the published set of the country as written above, and its plan."""
    with tempfile.TemporaryDirectory() as folder:
        return run(write(Path(folder)))


def published() -> fl.Published:
    """Returns the published set of the country as written above."""
    return _as_it_stands()[0]


@cache
def filled() -> fl.Baseline:
    """Returns the baseline of its plan."""
    out, plan = _as_it_stands()
    return fl.baseline(plan, out)
