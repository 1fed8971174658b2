"""Tests the findings about replicate weights of survey.yaml: which stop an estimate, which warn, and which a
method allows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl

GOLDEN = Path(__file__).resolve().parents[3] / "golden"
Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


@pytest.fixture
def found(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> Callable[..., list[tuple[str, str]]]:
    def check(
        columns: dict[str, Any], method: str = "jk1", named: str = "r{1..4}", **more: Any
    ) -> list[tuple[str, str]]:
        villages = list(people["village"].unique())
        w = people["w"] + people["line"]
        factors = {f"r{i + 1}": (people["village"] != v) * 4 / 3 for i, v in enumerate(villages)}
        table = people.assign(w=w, **{name: factor * w for name, factor in factors.items()})
        for name, of in columns.items():
            table[name] = of(table)
        keys = {"design.psu": None, "design.replicates": {"columns": named, "method": method, **more}}
        findings = fl.check(fl.read_survey(write(changed(spec, keys), people=table)))
        here = findings[findings["check"] == "replicates"]
        return list(
            zip(
                here["severity"],
                here["where"].str.removeprefix("design.replicates.") + ": " + here["what"],
                strict=True,
            )
        )

    return check


def test_replicates_that_are_right_have_no_finding(found: Callable[..., list[tuple[str, str]]]) -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("columns", "keys", "expected"),
    [
        (
            {f"r{i}": lambda t, i=i: t[f"r{i}"] / t["w"] for i in range(1, 5)},
            {},
            [("error", "combined: ", "factors of the weight, not weights")],
        ),
        ({}, {"combined": "false"}, [("error", "combined: ", "weights, not factors of the weight")]),
        ({"r2": lambda t: 0}, {}, [("error", "columns: ", "zero for everybody: r2")]),
        ({"r2": lambda t: 1}, {}, [("error", "columns: ", "the same for everybody")]),
        (
            {"r2": lambda t: t["w"]},
            {},
            [("warning", "columns: ", "equal the weight, or a multiple of it: they add no variance: r2")],
        ),
        ({"r2": lambda t: t["w"]}, {"method": "successive_difference"}, []),
        (
            {f"r{i}": lambda t: t["w"] for i in range(1, 5)},
            {},
            [("error", "columns: ", "is the weight itself")],
        ),
        (
            {"r4": lambda t: t["r2"]},
            {},
            [("warning", "columns: ", "the same as another one for everybody: r4 (as r2)")],
        ),
        (
            {"r4": lambda t: t["r2"]},
            {"method": "successive_difference"},
            [("note", "method: ", "no clear pattern of the method successive_difference")],
        ),
        (
            {},
            {"named": "r{1..3}"},
            [("warning", "columns: ", "are not named: without some replicates the variance is wrong: r4")],
        ),
        ({"r5": lambda t: t["r4"]}, {}, [("warning", "columns: ", "variance is wrong: r5")]),
        ({"r7": lambda t: 1, "r0": lambda t: 1, "r5b": lambda t: 1}, {}, []),
    ],
)
def test_findings(
    found: Callable[..., list[tuple[str, str]]],
    columns: dict[str, Any],
    keys: dict[str, Any],
    expected: list[tuple[str, str, str]],
) -> None:
    got = found(columns, **keys)
    assert len(got) == len(expected), got
    for (severity, text), (wanted, where, words) in zip(got, expected, strict=True):
        assert severity == wanted
        assert text.startswith(where)
        assert words in text


def test_equal_sums_of_two_replicates_are_compared_person_by_person(
    found: Callable[..., list[tuple[str, str]]],
) -> None:
    """Two halves of the sample with the same sums of weights, squares and ages."""
    ages = {"age": lambda t: 30, "w": lambda t: 2.5}
    halves = {f"r{i + 1}": lambda t, i=i: np.where(np.arange(16) // 4 == i, 0, 2.5 * 4 / 3) for i in range(4)}
    assert found({**ages, **halves}) == []


def test_a_method_that_the_replicates_exclude_is_an_error(
    found: Callable[..., list[tuple[str, str]]],
) -> None:
    """Four PSUs, each dropped once: 3/4 is the coefficient of a squared deviation. Fay's method has 1 / (4 ·
    0.1²), whose root is 5.8 times that of 3/4."""
    ((severity, text),) = found({}, method="fay", rho=0.9)
    assert severity == "error"
    assert text.startswith("method: the replicates are not those of the method fay")
    assert "about 5.8 times" in text


def test_the_method_other_says_its_own_coefficients(found: Callable[..., list[tuple[str, str]]]) -> None:
    assert found({}, method="other", scale=0.01, rscales=1) == []


@pytest.mark.parametrize(("scale", "expected"), [(0.75, []), (0.6, []), (0.3, ["warning"]), (1.5, ["error"])])
def test_a_coefficient_of_the_users_own_may_contain_an_fpc(
    found: Callable[..., list[tuple[str, str]]], scale: float, expected: list[str]
) -> None:
    """The coefficient of this jackknife is 3/4: 0.6 is that of an FPC of 1/5."""
    assert [severity for severity, _ in found({}, scale=scale)] == expected


def test_negative_replicate_weights(found: Callable[..., list[tuple[str, str]]]) -> None:
    names = [f"r{i}" for i in range(1, 5)]
    spread = {name: lambda t, name=name: t["w"] + 3 * (t[name] - t["w"]) for name in names}
    got = found(spread, scale=0.75 / 9)
    assert [severity for severity, _ in got] == ["warning"]
    assert "persons with a replicate weight below zero" in got[0][1]


@pytest.mark.parametrize(
    ("method", "accepted", "severities"),
    [
        ({"method": "brr"}, False, ["error"]),
        ({"method": "brr"}, True, ["error"]),
        ({"method": "bootstrap"}, False, ["warning"]),
        ({"method": "bootstrap"}, True, ["note"]),
        ({"method": "fay", "rho": 0.3}, False, []),
    ],
)
def test_accept_takes_a_warning_away_and_no_error(
    spec: dict[str, Any],
    write: Write,
    changed: Change,
    method: dict[str, Any],
    accepted: bool,
    severities: list[str],
) -> None:
    """Fay's replicates of R, with rho 0.3. A bootstrap with an FPC of one half could have them."""
    table = pd.read_csv(GOLDEN / "data/replicate_methods_pairs.csv")
    rows = range(len(table))
    people = table.filter(regex="^w$|^fay3_|^sex$").assign(
        hh=rows, line=1, result="done", age=30, worked="Y", q1=["Y", *"N" * (len(table) - 1)]
    )
    keys: dict[str, Any] = {"design.psu": None, "design.strata": None}
    keys["design.replicates"] = {"columns": "fay3_{1..12}", **method}
    if accepted:
        keys["accept"] = [{"finding": "replicates", "column": "design.replicates.method", "why": "FPC"}]
    findings = fl.check(fl.read_survey(write(changed(spec, keys), people=people.assign(q2=people["q1"]))))
    here = findings[findings["check"] == "replicates"]
    assert here["severity"].to_list() == severities


@pytest.mark.parametrize(("df", "asked"), [(3, False), (4, False), (500, True)])
def test_degrees_of_freedom_are_not_more_than_the_replicates(
    found: Callable[..., list[tuple[str, str]]], df: int, asked: bool
) -> None:
    told = found({}, df=df)
    assert told == (
        [
            (
                "warning",
                f"df: {df} degrees of freedom are more than the 4 replicate weights: intervals would be too narrow",
            )
        ]
        if asked
        else []
    )


@pytest.mark.parametrize(
    ("wrong", "named", "accepted", "severities"),
    [
        (1, True, False, ["note"]),
        (10, True, False, ["warning"]),
        (0.1, True, False, ["warning"]),
        (10, True, True, ["note"]),
        (10, False, False, []),
    ],
)
def test_replicates_without_a_pattern_are_compared_with_the_psus(
    spec: dict[str, Any],
    write: Write,
    changed: Change,
    wrong: float,
    named: bool,
    accepted: bool,
    severities: list[str],
) -> None:
    """R's calibrated bootstrap, under the method `other`, whose coefficient nothing else can test."""
    table = pd.read_csv(GOLDEN / "data/replicate_methods_many.csv")
    people = table.filter(regex="^bootgreg|^sex$|^psu$|^stratum$").assign(
        w=table["w_bootgreg"] if "w_bootgreg" in table else table["w"],
        hh=range(len(table)),
        line=1,
        result="done",
        age=30,
        worked="Y",
        q1=np.where(table["y"] == 1, "Y", "N"),
    )
    keys: dict[str, Any] = {
        "design.psu": "psu" if named else None,
        "design.strata": "stratum",
        "design.replicates": {
            "columns": "bootgreg{1..40}",
            "method": "other",
            "scale": wrong / 39,
            "rscales": 1,
        },
    }
    if accepted:
        keys["accept"] = [{"finding": "replicates", "column": "design.replicates.method", "why": "FPC"}]
    findings = fl.check(fl.read_survey(write(changed(spec, keys), people=people.assign(q2=people["q1"]))))
    here = findings[findings["check"] == "replicates"]
    assert here["severity"].to_list() == severities
    records = json.loads((GOLDEN / "replicate_methods.json").read_text("utf-8"))["records"]
    (record,) = [record for record in records if record["id"] == "replicate-methods-many-bootgreg"]
    times = record["own_se"] / record["taylor_se"] * math.sqrt(wrong)
    assert all(f"is {times:.2g} times" in text for text in here["what"])
