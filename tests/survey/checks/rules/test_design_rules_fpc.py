"""Tests the findings about the finite population correction (FPC) of survey.yaml."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl

GOLDEN = Path(__file__).resolve().parents[3] / "golden"
PERCENT = {r["id"]: r for r in json.loads((GOLDEN / "fpc_units.json").read_text("utf-8"))["records"]}
Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Found = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def found(spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change) -> Found:
    def check(table: dict[str, Any], accept: bool = False, **design: Any) -> list[tuple[str, str]]:
        """Four strata of three villages, unless the table says otherwise."""
        rows = pd.concat([people.assign(hh=people["hh"] + f"/{i}", n=i) for i in range(6)], ignore_index=True)
        stratum = rows["n"] // 2 * 2 + rows["stratum"]
        rows = rows.assign(stratum=stratum, village=stratum * 10 + rows.index % 3, q1="N", q2="N")
        rows.loc[0, ["q1", "q2"]] = "Y"
        for name, of in table.items():
            rows[name] = of(rows) if callable(of) else of
        keys = {f"design.{key}": value for key, value in ({"fpc": "fpc"} | design).items()}
        if accept:
            keys["accept"] = [{"finding": "fpc", "column": "fpc", "why": "looked at"}]
        findings = fl.check(fl.read_survey(write(changed(spec, keys), people=rows)))
        here = findings[findings["check"] == "fpc"]
        return list(zip(here["severity"], here["what"].astype(str), strict=True))

    return check


def test_a_number_of_persons_is_no_number_of_psus(found: Found) -> None:
    persons = {"fpc": lambda t: t.groupby("stratum")["w"].transform("sum").round()}
    assert [(severity, "number of persons" in what) for severity, what in found(persons)] == [
        ("warning", True)
    ]
    assert [severity for severity, _ in found(persons, accept=True)] == ["note"]
    assert found({"fpc": lambda t: t.groupby("stratum")["w"].transform("sum").round() // 2}) == []
    assert found(persons, psu=None) == []


def test_strata_that_were_drawn_whole_are_named(found: Found) -> None:
    counts = {0: 3, 1: 9, 2: 3, 3: 10, 4: 12, 5: 9}
    ((severity, what),) = found({"fpc": lambda t: t["stratum"].map(counts)})
    assert severity == "note"
    assert what.endswith("this stage adds no variance there: 0, 2")
    fractions = {0: 1.0, 1: 0.1, 2: 0.25, 3: 1.0, 4: 0.5, 5: 0.5}
    ((severity, what),) = found({"fpc": lambda t: t["stratum"].map(fractions)})
    assert (severity, what[-4:]) == ("note", "0, 3")


@pytest.mark.parametrize("fpc", [3, 1.0])
def test_no_variance_at_all_is_an_error_unless_it_is_a_census(found: Found, fpc: float) -> None:
    """The number of PSUs of the sample in place of those of the population."""
    assert [severity for severity, _ in found({"fpc": fpc})] == ["error"]
    assert [severity for severity, _ in found({"fpc": fpc}, accept=True)] == ["warning"]


def test_with_a_second_stage_the_first_may_be_whole(found: Found) -> None:
    stages = {"ssu": "hh", "fpc": ["fpc", "homes"]}
    ((severity, what),) = found({"fpc": 3, "homes": 50}, **stages)
    assert severity == "note"
    assert "this stage adds no variance" in what
    homes = {"homes": lambda t: t.groupby("village")["hh"].transform("nunique")}
    assert [severity for severity, _ in found({"fpc": 3, **homes}, **stages)] == ["error"]
    assert found({"fpc": 8, **homes}, **stages) == []


def test_persons_drawn_directly(found: Found) -> None:
    direct = {"psu": None}
    assert found({"fpc": 500}, **direct) == []
    assert [severity for severity, _ in found({"fpc": 16}, **direct)] == ["error"]


@pytest.mark.parametrize(
    ("fpc", "villages", "expected"),
    [
        (20, 2, ["warning"]),
        (20, 3, []),  # equal samples
        (120, 2, []),
        (0.2, 2, []),
    ],
)
def test_a_percentage_that_all_strata_share(
    found: Found, fpc: float, villages: int, expected: list[str]
) -> None:
    """R's standard error of such a survey is too small."""
    uneven = {
        "village": lambda t: t["stratum"] * 10 + t.index % (3 - (t["stratum"] == 1) * (3 - villages)),
        "fpc": fpc,
        "w": lambda t: t["w"] * 10,
    }
    got = found(uneven)
    assert [severity for severity, _ in got] == expected
    assert all("the FPC is 20 in all strata" in what for _, what in got)
    assert {severity for severity, _ in found(uneven, accept=True)} <= {"note"}
    assert PERCENT["fpc-percent-same"]["wrong"] < 0.95 * PERCENT["fpc-percent-same"]["right"]
