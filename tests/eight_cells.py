"""A survey of eight cells (four regions by sex), for attacks on a user's own tables that are published after
a run. Everybody has the same weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from shared_surveys import classified
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl

REGIONS, SEXES = ("north", "south", "east", "west"), ("men", "women")
CELLS = list(product(REGIONS, SEXES))
ASKED = 60  # in each cell
NOBODY = (0,) * len(CELLS)
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def survey(folder: Path, cases: Sequence[int], alone: Sequence[int] = NOBODY) -> fl.ClassifiedSurvey:
    """Returns a survey with the given number of cases in each cell of `CELLS`, and the given number of
    persons who answered yes only to coercion."""
    people = [
        (
            "case" if k < cases[c] else "not",
            {"R": REGIONS.index(region) + 1, "SEX": SEXES.index(sex) + 1, "P": 100 * c + k % 13}
            | ({"COE": 1} if k < cases[c] + alone[c] else {}),
        )
        for c, (region, sex) in enumerate(CELLS)
        for k in range(ASKED)
    ]
    folder.mkdir(exist_ok=True)
    spec = {
        **{name: value for name, value in SPEC.items() if name != "sectors"},
        "populations": {"adults": SPEC["populations"]["adults"]},
        "tables": [{"measure": "total", "by": [[], "region", "sex"]}],
    }
    return classified(write_survey(folder, spec, persons=persons_table(people)))


def counted(row: Mapping[Any, Any]) -> Numbers:
    """Returns which of the eight cells a published row counts: those of its categories, within its domain."""
    wanted = {
        group: {str(row[group])}
        for group in ("region", "sex")
        if row.get(group, "total") not in ("total", np.nan)
    }
    for part in filter(None, str(row.get("domain", "") or "").split("; ")):
        group, _, labels = part.partition(": ")
        wanted[group] = wanted.get(group, set(labels.split(", "))) & set(labels.split(", "))
    return np.array(
        [all(dict(zip(("region", "sex"), c, strict=True))[g] in v for g, v in wanted.items()) for c in CELLS],
        float,
    )
