"""Measures the time of disclosure control for a very large survey: two million persons and twenty tables, one
of them district by sex.

Prints the number of persons, cells, kinds of persons and linear programmes, the seconds of `fl.publish_run`,
and which tables were hidden completely.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

import fltoolkit as fl
from benchmarks.disclosure_costs import watched

REGIONS, DISTRICTS_EACH = 20, 10
CODES = {"S": 2, "E": 5, "A": 2, "M": 4, "J": 6}  # by column, how many codes it has
LABELS = {"S": "sex", "E": "education", "A": "area", "M": "marital_status", "J": "status"}
TABLES: list[Any] = [
    [], "sex", "age_group", "education", "area", "marital_status", "status", "region", "district",
    ["sex", "age_group"], ["sex", "education"], ["sex", "area"], ["sex", "status"], ["sex", "region"],
    ["sex", "district"], ["age_group", "area"], ["age_group", "education"], ["area", "education"],
    ["region", "area"], ["sex", "age_group", "area"],
]  # fmt: skip


def large_survey(folder: Path, persons: int, rate: float) -> Path:
    """Writes a survey of `persons` adults in 200 districts of 20 regions, and returns its path. `rate` is the
    prevalence."""
    rng = np.random.default_rng(2200)
    region = rng.integers(1, REGIONS + 1, persons)
    district = region * 100 + rng.integers(0, DISTRICTS_EACH, persons)
    columns = {name: rng.integers(1, many + 1, persons) for name, many in CODES.items()}
    case = rng.random(persons) < rate * rng.lognormal(0, 0.5, REGIONS + 1)[region] * np.where(
        columns["S"] == 1, 1.2, 0.8
    )
    table = pd.DataFrame(
        {
            "HH": np.arange(persons),
            "LINE": 1,
            "W": (20 * rng.lognormal(0, 0.3, persons)).round(4),
            "R": region,
            "D": district,
            "P": district * 1000 + rng.integers(0, max(2, persons // 20_000), persons),
            "AGE": rng.integers(18, 90, persons),
            **columns,
            "WORK": 1,
            "INV": np.where(case, 1, 2),
            "COE": np.where(case | (rng.random(persons) < 0.2), 1, 2),
        }
    )
    table.to_parquet(folder / "persons.parquet", index=False)
    groups: dict[str, Any] = {
        LABELS[c]: {"column": c, "codes": {k: f"{LABELS[c]} {k}" for k in range(1, CODES[c] + 1)}}
        for c in CODES
    }
    groups["age_group"] = {"bands": [18, 30, 45, 60]}
    groups["region"] = {"column": "R", "codes": {r: f"region {r}" for r in range(1, REGIONS + 1)}}
    groups["district"] = {"column": "D", "codes": {int(d): f"district {d}" for d in np.unique(district)}}
    spec = {
        "title": "Large survey",
        "country": "Nowhere",
        "year": 2025,
        "reference_period": {"months": 12, "text": "the past 12 months"},
        "files": {"person": {"path": "persons.parquet", "key": ["HH", "LINE"]}},
        "design": {"weight": "W", "strata": "R", "psu": "P", "household": "HH", "selection": "pps"},
        "age": {"column": "AGE"},
        "any_work": {"column": "WORK"},
        "items": {
            "involuntary": {"very_low_or_no_wages": {"column": "INV"}},
            "coercion": {"withheld_wages": {"column": "COE"}},
        },
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "adults", "age": {"min": 18}}},
        "groups": groups,
        "tables": [{"measure": "prevalence", "by": TABLES}],
        "coverage_excludes": ["the homeless"],
    }
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, nargs="*", default=[100_000, 2_000_000])
    parser.add_argument("--rate", type=float, default=0.005)
    given = parser.parse_args()
    for persons in given.persons:
        with tempfile.TemporaryDirectory() as folder:
            classified = fl.classify(fl.read_survey(large_survey(Path(folder), persons, given.rate)))
            watch, start = watched(), time.perf_counter()
            out = fl.publish_run(classified)
            seconds = time.perf_counter() - start
        settled = [s for d in watch.decisions for s in d.suppressions]
        shown = int(out.table["estimate"].notna().sum())
        print(
            f"{persons:,} persons: {len(out.table):,} cells, {shown:,} shown; "
            f"{max((s.system.kinds for s in settled), default=0):,} kinds in "
            f"the largest system, {watch.programmes:,} programmes, {seconds:.1f} s"
        )
        for line in (line for d in watch.decisions for line in [*d.coarse, *d.crowded]):
            print(f"  hidden whole: {line}")


if __name__ == "__main__":
    main()
