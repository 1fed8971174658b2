"""Tests evidence.json: null if there is no number, and a schema that refuses a file with errors."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
import small_country as country

from fltoolkit.nap.results_framework import Plan
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.published_set import Published
from fltoolkit.report.exchange.evidence_json import FRAMES, HIDDEN, document, schema

PLAN = Plan.model_validate(country.changed(country.PLAN, legal_basis=["C29"]))
OUT = Published(
    pd.DataFrame(),
    pd.DataFrame(),
    "strict",
    Limits(cases=7),
    ("the homeless",),
    ("rounded",),
    rule_set="icls_2018 v1",
)


def frames() -> dict[str, pd.DataFrame]:
    """A row a frame with every column filled; where a frame can hide numbers, a second row that does."""
    made = {}
    for name, (_, text, numbers) in FRAMES.items():
        row: dict[str, Any] = dict.fromkeys(text.split(), "said") | dict.fromkeys(numbers.split(), 1.5)
        hidden = row | {"marker": "c"} | dict.fromkeys(HIDDEN.get(name, "").split())
        made[name] = pd.DataFrame([row, hidden] if name in HIDDEN else [row])
    return made


def problems(made: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema()).iter_errors(made)]


def test_what_is_no_number_is_null_and_what_is_no_text_is_empty() -> None:
    told = frames()
    told["targets"] = pd.DataFrame(
        [
            told["targets"].iloc[0].to_dict()
            | {"cut": np.inf, "deff": np.nan, "power": -np.inf, "sample_needed": np.int64(3), "reason": None}
        ]
    )
    (row,) = document(PLAN, OUT, told)["targets"]
    assert row["cut"] is row["deff"] is row["power"] is None
    assert (row["sample_needed"], type(row["sample_needed"])) == (3, int)
    assert (row["reason"], row["baseline_value"]) == ("", 1.5)
    assert json.loads(json.dumps(document(PLAN, OUT, told), allow_nan=False))["targets"] == [row]


def test_the_head_says_the_plan_the_limits_and_by_which_profile_numbers_were_judged() -> None:
    made = document(PLAN, OUT, frames())
    assert made["plan"] == {
        "title": "Plan of Smallland",
        "country": "Smallland",
        "goal": "By 2030 nobody is in forced labour.",
        "first_year": 2026,
        "last_year": 2030,
        "legal_basis": ["C29"],
    }
    told = made["publication"]
    assert told["confidentiality"] == {"cases": 7, "non_cases": 5, "psus": 3, "households": 3, "persons": 30}
    assert (told["rule_set"], told["profile"], told["coverage_excludes"], told["notes"]) == (
        "icls_2018 v1",
        "strict",
        ["the homeless"],
        ["rounded"],
    )
    assert (
        document(PLAN, replace(OUT, judged="mine, made stricter"), frames())["publication"]["profile"]
        == "mine, made stricter"
    )


SPOIL: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a hidden baseline": lambda d: d["targets"][1].update(baseline_value=3),
    "a hidden change": lambda d: d["follow_up"][1].update(change=-0.3),
    "a hidden row that does not say why": lambda d: d["targets"][1].update(reason=""),
    "a lost column": lambda d: d["follow_up"][0].pop("reason"),
    "a number as text": lambda d: d["targets"][0].update(ci_low="3"),
    "the numbers that estimates.csv has": lambda d: d.update(published=[]),
    "a list where one value stands": lambda d: d["targets"][0].update(more=[1]),
    "a key of its own": lambda d: d.update(persons=[]),
    "a plan without a goal": lambda d: d["plan"].pop("goal"),
    "a limit that is no whole number": lambda d: d["publication"]["confidentiality"].update(cases=0.5),
    "another format": lambda d: d.update(format="another"),
}


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL)
def test_the_schema_refuses_a_hidden_number_a_lost_column_and_a_key_of_its_own(
    spoil: Callable[[dict[str, Any]], Any],
) -> None:
    made = document(PLAN, OUT, frames())
    assert problems(made) == []
    spoilt = copy.deepcopy(made)
    spoil(spoilt)
    assert problems(spoilt)
