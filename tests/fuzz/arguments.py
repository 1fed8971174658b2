"""Trials of arguments: the same table each time, and another value of what a caller may say."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from .judge import Trial
from .loop.design import design_answer
from .tables import _before, asked, base, delivered

NAN = float("nan")
WRONG: tuple[Any, ...] = (None, 5, NAN, "", [], {}, True, object, 2.5, "nowhere", b"W", [None], ["W", 3])
VALUES: dict[str, tuple[Any, ...]] = {
    "level": (
        0.9,
        0.5,
        0.999,
        np.float64(0.9),
        np.float32(0.5),
        "0.95",
        95,
        0,
        1,
        -0.1,
        NAN,
        None,
        True,
        [0.95],
        1e-9,
        float("inf"),
        1 + 0j,
    ),
    "interval": (
        "wald",
        "logit",
        "beta",
        "korn_graubard",
        "asin",
        "wilson",
        "Wald",
        "clopper",
        5,
        "",
        ["wald"],
        NAN,
    ),
    "by": (
        None,
        "SEX",
        ["SEX"],
        [["SEX"], ["REGION"]],
        ["SEX", "REGION"],
        [[]],
        [[], ["S"]],
        ["NOWHERE"],
        "sex",
        5,
        NAN,
        {"SEX": 1},
        [5],
        [["SEX", 5]],
        ("SEX",),
        [None],
        [["SEX"], "REGION"],
        "",
        [""],
        ["SEX", "SEX"],
        [],
    ),
    "population": (None, "adults", 5, "", NAN),
    "single_psu": (
        "fail",
        "certainty",
        "remove",
        "adjust",
        "average",
        "adjusted",
        "Remove",
        None,
        5,
        "",
        NAN,
        ["remove"],
    ),
    "nest": (True, False, np.bool_(True), "no", "yes", 1, 0, None, NAN, [], 2),
    "weights": ("gross_up", "normalised", "normalized", None, 5, ""),
    "strata": (None, "S", ["S"], ["S", "SEX"], 5, [], {}, ["S", 3], "NOWHERE", NAN, True, ("S",), ""),
    "psu": (None, "P", ["P"], ["P", "SEX"], ["P", "SEX", "Y"], 5, [], "NOWHERE", NAN, True, ""),
    "weight": ("W", "REGION", "CASE", "Y", "NAME", *WRONG),
    "column": ("CASE", "Y", "SEX", "NAME", "W", *WRONG),
    "contrast": (
        {"m": 1, "f": -1},
        {"m": 0.5, "total": 0.5},
        {"m": np.float64(1)},
        {"m": NAN},
        {"m": "1"},
        {"x": 1},
        {},
        {"m": float("inf")},
        {"m": True},
        {"m": None},
        {"total": 2},
        {"m": -1e6, "f": 3},
    ),
    "margins": (
        {"SEX": {"m": 400, "f": 350}},
        {"SEX": {"m": 400, "f": 0}},
        {},
        {"SEX": {}},
        {"NOWHERE": {"m": 1}},
        {"SEX": {"m": NAN, "f": 3}},
        {"REGION": {"1": 10.0, "2": 20.0, "3": 30.0}},
        {"SEX": {"m": np.float64(400), "f": np.int64(350)}},
    ),
}


def argument_trial(rng: random.Random, folder: Path) -> Trial:
    """One argument, sometimes two, with another value."""
    ask = base()
    ask.verb, ask.column = rng.choice(
        [("prevalence", "CASE"), ("mean", "Y"), ("total", "CASE"), ("total", "Y")]
    )
    told = []
    for name in rng.sample(list(VALUES), 2 if rng.random() < 0.3 else 1):
        value = rng.choice(VALUES[name])
        told.append(f"{name} of {type(value).__name__}")
        setattr(ask, name, value)
        if name == "margins":
            ask.method = rng.choice(["rake", "poststratify"])
        if name == "interval" and ask.verb != "prevalence":
            ask.verb, ask.column = "prevalence", "CASE"
        if name in ("nest", "single_psu") and rng.random() < 0.5:
            ask.columns["S"] = [
                9 if p == 1 else s for s, p in zip(ask.columns["S"], ask.columns["P"], strict=True)
            ]
    data = delivered(ask, {}, "pandas", folder, rng)
    if rng.random() < 0.04:
        data, ask.columns = rng.choice([None, 5, "nowhere.csv", [1, 2], {}, str(folder)]), {}
        told.append("no table")
    answer = design_answer(ask)
    groups = 1 if ask.contrast is not None else _groups(ask.by)
    return Trial(
        "argument", ", ".join(told), lambda: asked(ask, data), answer, groups, _before(ask.verb), True
    )


def _groups(by: Any) -> int:
    if isinstance(by, str):
        return 1
    if not isinstance(by, (list, tuple)):
        return 0
    return len({name for b in by for name in (b if isinstance(b, list) else [b]) if isinstance(name, str)})
