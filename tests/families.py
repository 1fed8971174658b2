"""Adults, children and their sum. The surveys are so small that every person is written in the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from shared_surveys import classified
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl

BY: list[Any] = [[], "sex", "region", ["sex", "region"]]
FAMILY: dict[str, Any] = {
    **SPEC,
    "design": {k: v for k, v in SPEC["design"].items() if k != "strata"},
    "sectors": {},
    "children": {
        "third_party": {"done": "C1", "threat": "C2"},
        "with_parents": {"done": "C3", "threat": "C4"},
    },
    "populations": {
        "everybody": {"label": "everybody", "sum_of": ["adults", "children"]},
        "adults": {"label": "adults", "age": {"min": 18}},
        "children": {"label": "children", "age": {"max": 17}},
    },
    "tables": [
        *(
            {"measure": m, "by": BY, "population": p}
            for m in ("prevalence", "total")
            for p in ("everybody", "adults", "children")
        ),
        {"measure": "total", "by": ["route"], "population": "children"},
    ],
}
CHILD = {
    "by a third party": {"C1": 1, "C2": 1, "C3": 2, "C4": 2},
    "with parents": {"C1": 2, "C2": 2, "C3": 1, "C4": 1},
    "free": {"C1": 1, "C2": 2, "C3": 2, "C4": 2},
    "idle child": {"C1": 2, "C2": "", "C3": 2, "C4": ""},
    "open child": {"C1": 1, "C2": 8, "C3": 2, "C4": ""},
}


def persons(folder: Path, people: list[tuple[str, dict[str, Any]]]) -> fl.Survey:
    blank = {"AGE": 10, "C1": 2, "C2": "", "C3": 2, "C4": ""}
    rows = [
        ("idle", blank | CHILD[what] | own) if what in CHILD else (what, {"AGE": 30} | own)
        for what, own in people
    ]
    table = persons_table(rows)
    for column in ("C1", "C2", "C3", "C4"):
        table[column] = table.get(column, pd.Series("", index=table.index))
    return classified(write_survey(folder, FAMILY, persons=table))
