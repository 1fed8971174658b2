"""Surveys that are so small that every person is written in the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import yaml

import fltoolkit as fl
from fltoolkit.survey.engine.engines import connect

NORVIA = Path(__file__).parents[1] / "data_samples" / "norvia_lfs_2025"

# What a person of a small survey answers: work, one involuntary circumstance, one element of coercion.
ANSWERS = {
    "case": {"WORK": 1, "INV": 1, "COE": 1},
    "not": {"WORK": 1, "INV": 2, "COE": 2},
    "open": {"WORK": 1, "INV": 8, "COE": 1},
    "idle": {"WORK": 2, "INV": "", "COE": ""},
}
SPEC: dict[str, Any] = {
    "title": "Small survey",
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
    "populations": {
        "adults": {"label": "adults", "age": {"min": 18}},
        "workers": {"label": "workers", "age": {"min": 18}, "where": {"WORK": 1}},
    },
    "groups": {
        "sex": {"column": "SEX", "codes": {1: "men", 2: "women"}},
        "region": {"column": "R", "codes": {1: "north", 2: "south", 3: "east", 4: "west"}},
    },
    "sectors": {
        "sector": {"column": "FISIC", "revision": "isic_rev4", "digits": 2, "job": "forced_labour"},
        "main_job_sector": {
            "column": "ISIC",
            "revision": "isic_rev4",
            "digits": 2,
            "job": "all_workers",
            "population": "workers",
        },
    },
    "coverage_excludes": ["the homeless"],
}

Person = tuple[str, dict[str, Any]]


def persons_table(people: Iterable[Person]) -> pd.DataFrame:
    """Returns one row per person, from (answer, differences from the usual row). Each person is a household.
    PSUs alternate in one stratum."""
    rows = []
    for i, (answer, own) in enumerate(people):
        usual = {
            "HH": i,
            "LINE": 1,
            "W": 10,
            "S": 1,
            "P": i % 4,
            "AGE": 30,
            "SEX": 1 + i % 2,
            "R": 1,
            "ISIC": "01",
            "FISIC": "",
        }
        rows.append(usual | ANSWERS[answer] | ({"FISIC": "01"} if answer == "case" else {}) | own)
    return pd.DataFrame(rows)


def write_survey(folder: Path, spec: Mapping[str, Any] | str, **tables: pd.DataFrame) -> Path:
    """Writes a spec (or YAML as text) and its tables into a folder, and returns the path of survey.yaml."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    path = folder / "survey.yaml"
    path.write_text(
        spec if isinstance(spec, str) else yaml.safe_dump(dict(spec), sort_keys=False), encoding="utf-8"
    )
    return path


def frame_of(**columns: Sequence[Any]) -> nw.LazyFrame[Any]:
    """Returns a few rows as the kind of frame that the kit's functions take: a relation of DuckDB."""
    frame: nw.LazyFrame[Any] = nw.from_native(connect().from_df(pd.DataFrame(columns))).lazy()
    return frame


def variance_of_the_mean(table: pd.DataFrame, **design: Any) -> tuple[float, int]:
    row = fl.mean(fl.SurveyDesign(table, **design), "age").table.loc[0]
    return round(row["se"] ** 2, 10), row["df"]
