"""A random survey whose cases have debts, one of them very large, for tests of means and medians of amounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from shared_surveys import classified
from small_surveys import ANSWERS, SPEC, write_survey

import fltoolkit as fl

SEX, REGION = {1: "men", 2: "women"}, {1: "north", 2: "south", 3: "east", 4: "west"}
BY: list[list[str]] = [[], ["sex"], ["region"]]
AMOUNTS: dict[str, Any] = {"debt": {"column": "DEBT", "unit": "crowns of 2025", "missing": 99999}}


def survey(folder: Path, seed: int, **keys: Any) -> tuple[fl.ClassifiedSurvey, pd.DataFrame]:
    """Returns a survey of 900 persons with about 150 to 250 cases, and its cases."""
    draw, n = np.random.default_rng(seed), 900
    case = draw.random(n) < draw.uniform(0.17, 0.28)
    table = pd.DataFrame({"HH": np.arange(n) // 2, "LINE": np.arange(n) % 2, "S": 1, "P": np.arange(n) % 45})
    table["W"] = draw.integers(5, 40, n)
    table["SEX"] = draw.choice([1, 2], n, p=[0.6, 0.4])
    table["R"] = draw.choice([1, 2, 3, 4], n, p=[0.4, 0.3, 0.2, 0.1])
    for column in ("WORK", "INV", "COE"):
        table[column] = np.where(case, ANSWERS["case"][column], ANSWERS["not"][column])
    debt = np.where(draw.random(n) < 0.2, 0, np.exp(draw.normal(6, draw.uniform(0.5, 1.2), n)).round())
    rich = draw.choice(np.flatnonzero(case & (table["SEX"] == 2)))
    debt[rich] = round(debt[case].sum() * draw.uniform(0.3, 1.2))
    table["DEBT"] = np.where(draw.random(n) < 0.1, 99999, debt.astype(int))
    tables = [{"measure": measure, "of": "debt", "by": BY} for measure in ("mean", "median")]
    spec = SPEC | {"sectors": {}, "amounts": AMOUNTS, "tables": tables} | keys
    write_survey(folder, spec, persons=table.assign(AGE=30, ISIC="01", FISIC=""))
    cases = table[case].assign(sex=table["SEX"].map(SEX), region=table["R"].map(REGION))
    return classified(folder), cases
