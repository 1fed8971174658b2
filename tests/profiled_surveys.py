"""A small random survey with ten items and three stages, for attacks on its profiles of cases."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from shared_surveys import classified
from small_surveys import SPEC

import fltoolkit as fl

ITEMS = {
    "involuntary": [
        "different_job",
        "hazardous_work",
        "other_employers",
        "unagreed_overtime",
        "very_low_or_no_wages",
    ],
    "coercion": [
        "threats_or_violence",
        "debt_bondage",
        "withheld_wages",
        "withheld_documents",
        "other_penalty",
    ],
}
STAGES = {
    "different_job": "recruitment", "other_employers": "recruitment", "hazardous_work": "work",
    "unagreed_overtime": "work", "very_low_or_no_wages": "leaving", "threats_or_violence": "work",
    "debt_bondage": "leaving", "withheld_wages": "work", "withheld_documents": "leaving",
    "other_penalty": "work",
}  # fmt: skip
CELLS = list(product(("men", "women"), ("north", "south", "east")))
LETTERS = {"1": "yes", "2": "no", "8": "open"}
BY = {"sex": ("men", "women"), "region": ("north", "south", "east")}


def survey(folder: Path, seed: int) -> tuple[fl.ClassifiedSurvey, pd.DataFrame]:
    """Returns a survey of 900 persons with about 45 to 130 cases, and its persons."""
    draw = np.random.default_rng(seed)
    n = 900
    table = pd.DataFrame(
        {
            "HH": range(n),
            "LINE": 1,
            "W": 10,
            "S": 1,
            "P": np.arange(n) % 45,
            "AGE": 30,
            "WORK": 1,
            "FISIC": "",
            "ISIC": "01",
        }
    )
    table["SEX"], table["R"] = draw.choice([1, 2], n), draw.choice([1, 2, 3], n, p=[0.46, 0.48, 0.06])
    asked = draw.random(n) < draw.uniform(0.05, 0.15)
    for item in (i for side in ITEMS.values() for i in side):
        share, open_ = draw.choice([0.05, 0.3, 0.6, 0.9, 0.96]), draw.choice([0.0, 0.02, 0.08])
        answers = np.where(draw.random(n) < open_, "8", np.where(draw.random(n) < share, "1", "2"))
        table[item.upper()] = np.where(asked, answers, "2")
    table.to_csv(folder / "persons.csv", index=False)
    items = {
        side: {item: {"column": item.upper(), "stage": STAGES[item]} for item in names}
        for side, names in ITEMS.items()
    }
    spec = SPEC | {
        "items": items,
        "sectors": {},
        "tables": [
            {"measure": "profile", "by": [[], ["sex"], ["region"]]},
            {"measure": "total", "by": [[], ["sex"], ["region"]]},
        ],
    }
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    return classified(folder), table


def truths(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Returns, for the cases, the answer to each characteristic in the questionnaire."""
    answers = {item: table[item.upper()] for side in ITEMS.values() for item in side}
    sides = [np.logical_or.reduce([answers[i] == "1" for i in side]) for side in ITEMS.values()]
    case = sides[0] & sides[1]
    found = {item: answer[case].map(LETTERS) for item, answer in answers.items()}
    for side, names in ITEMS.items():
        for stage in ("recruitment", "work", "leaving"):
            if parts := [found[i] for i in names if STAGES[i] == stage]:
                some, none = (
                    np.logical_or.reduce([p == "yes" for p in parts]),
                    np.logical_and.reduce([p == "no" for p in parts]),
                )
                found[f"{side}_stage: {stage}"] = pd.Series(
                    np.where(some, "yes", np.where(none, "no", "open")), parts[0].index
                )
    return found


def cases_of(share: float, cases: float) -> tuple[float, float]:
    """Returns the smallest and the largest number of cases with a characteristic, if its share of `cases` is
    printed as a whole per cent."""
    least, most = np.ceil((share - 0.005) * cases - 1e-6), np.floor((share + 0.005) * cases + 1e-6)
    assert least <= most, (share, cases)
    return float(least), float(most)
