"""Compares our numbers with R's: every number of tests/golden/*.json, which R's `survey` made with the
scripts in that folder.

R is never called here. `python -m tests.test_golden` prints how many numbers agree, and how closely.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError

# The lines it runs are covered by others, and tracing them takes half as long again.
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("summed_once")]

GOLDEN = Path(__file__).parent / "golden"
GOLDENS = {path.stem: json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*.json"))}
RECORDS = {record["id"]: record for golden in GOLDENS.values() for record in golden["records"]}
COMPARED = {key: r for key, r in RECORDS.items() if "rows" in r}

EXACT, TIGHT, INTERVAL = 0.0, 1e-10, 1e-8  # the largest relative gap
GROUPS = [
    "means",
    "totals",
    "ratios",
    "deff",
    "covariance",
    "lonely",
    "stages",
    "replicates",
    "intervals",
    "worldbank",
]
WHOLE = ("lonely", "stages", "replicates", "worldbank")  # counted as one group each
GATES = dict.fromkeys(["df", "n", "cases"], EXACT) | dict.fromkeys(["ci_low", "ci_high"], INTERVAL)
DESIGN_EFFECTS = ["deff", "deff_replace", "kish"]


@dataclass(frozen=True)
class Pair:
    """One number of ours beside R's; `scale` measures a gap where R's number is exactly 0."""

    group: str
    what: str
    ours: float
    theirs: float
    gate: float
    scale: float = 1.0

    @property
    def gap(self) -> float:
        if math.isnan(self.theirs) or math.isnan(self.ours):
            return 0.0 if math.isnan(self.theirs) and math.isnan(self.ours) else math.inf
        if self.ours == self.theirs:
            return 0.0
        return abs(self.ours - self.theirs) / (abs(self.theirs) or self.scale)


# Reads the sample bundled with svy; it stands beside the R script that uses it too.
WORLDBANK = SimpleNamespace(**runpy.run_path(str(GOLDEN / "export_worldbank.py")))
NEEDS_SVY = pytest.mark.skipif(
    WORLDBANK.source() is None, reason="svy, which bundles the World Bank sample, is not installed"
)


@functools.cache
def _replicates() -> pd.DataFrame:
    """The file of replicate weights, read once: of its many columns each is looked through for text."""
    return pd.read_csv(GOLDEN / "data" / "replicates.csv")


@functools.cache
def _design(spec: str) -> fl.SurveyDesign | fl.ReplicateDesign:
    arguments = json.loads(spec)
    data = arguments.pop("data")
    if "replicates" in arguments:
        return fl.ReplicateDesign(_replicates(), **arguments)
    frame = WORLDBANK.frame(WORLDBANK.source()) if data.startswith("svy:") else GOLDEN / "data" / data
    return fl.SurveyDesign(frame, **arguments)


def _estimates(record: dict[str, Any], **options: Any) -> fl.Estimates:
    """The call that a record stands for."""
    by = record["by"]
    if by != [[]]:
        options["by"] = by if len(by) > 1 else by[0]
    verb = getattr(fl, record["verb"])
    return verb(_design(json.dumps(record["design"])), *record["y"], **options)


def _call(record: dict[str, Any]) -> str:
    """All that a record says of its call but the breakdown."""
    return json.dumps([record["design"], record["verb"], record["y"], _options(record)])


def _options(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("interval", "level") if name in record}


@functools.cache
def _by_call() -> dict[str, list[dict[str, Any]]]:
    """The records by their call."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in COMPARED.values():
        found.setdefault(_call(record), []).append(record)
    return found


@functools.cache
def _in_one_call(call: str) -> fl.Estimates:
    """The estimates of all records that differ in their breakdown alone: a pass for each would take as long
    again as all else."""
    records = _by_call()[call]
    breakdowns = [list(by) for by in dict.fromkeys(tuple(by) for record in records for by in record["by"])]
    return _estimates({**records[0], "by": breakdowns}, **_options(records[0]))


@functools.cache
def _pairs(key: str) -> list[Pair]:
    """Every number of a record beside ours."""
    record = COMPARED[key]
    if record["verb"] == "share":
        return [
            pair
            for method in ("beta", "korn_graubard")
            for pair in _compare(_share_of(record, method), _estimates(record, interval=method))
        ]
    return list(_compare(record, _in_one_call(_call(record))))


def _share_of(record: dict[str, Any], method: str) -> dict[str, Any]:
    """A record of shares with the limits of one interval."""
    rows = [
        row | {"ci_low": row[f"{method}_low"], "ci_high": row[f"{method}_high"]} for row in record["rows"]
    ]
    return record | {"rows": rows}


def _compare(record: dict[str, Any], est: fl.Estimates) -> Iterator[Pair]:
    groups = list(est.table.columns[: est.table.columns.get_loc("estimate")])
    cells = est.table[groups].astype(str).itertuples(index=False)
    position = {tuple(values): i for i, values in enumerate(cells)}
    table, effects = est.table.to_dict("list"), est.design_effects.to_dict("list")
    rows = record["rows"]
    at = [position[tuple(row["key"].get(group, "total") for group in groups)] for row in rows]
    for i, row in zip(at, rows, strict=True):
        label = "/".join(row["key"].values()) or "overall"
        for column, theirs in row.items():
            if column in ("estimate", "se", "population", *DESIGN_EFFECTS, *GATES):
                source = effects if column in DESIGN_EFFECTS else table
                gate = GATES.get(column, TIGHT)
                yield Pair(
                    _group(record, column), f"{label} {column}", float(source[column][i]), float(theirs), gate
                )
        if "deff" in row:
            yield Pair(
                _group(record, "deff"),
                f"{label} table.deff",
                float(table["deff"][i]),
                float(row["deff"]),
                TIGHT,
            )
    if "covariance" in record:
        yield from _compare_covariance(record, est, at)


def _compare_covariance(record: dict[str, Any], est: fl.Estimates, at: list[int]) -> Iterator[Pair]:
    ours, theirs = est.covariance, record["covariance"]  # R's lower triangle
    for i, line in enumerate(theirs):
        for j, number in enumerate(line):
            scale = math.sqrt(theirs[i][i] * theirs[j][j]) or 1.0
            for a, b in {(i, j), (j, i)}:
                what = f"covariance[{a}, {b}]"
                yield Pair(
                    _group(record, "covariance"), what, float(ours[at[a], at[b]]), float(number), TIGHT, scale
                )


def _group(record: dict[str, Any], column: str) -> str:
    if record["group"] in WHOLE:
        return record["group"]
    if column in ("ci_low", "ci_high"):
        return "intervals"
    return "deff" if column in DESIGN_EFFECTS else "covariance" if column == "covariance" else record["group"]


@pytest.mark.parametrize("name", GOLDENS)
def test_the_json_comes_from_the_committed_script_and_data(name: str) -> None:
    golden = GOLDENS[name]
    files = golden["files_sha256"] | {golden["script"]: golden["script_sha256"]}
    assert golden["script"] == f"{name}.R"
    assert {file: hashlib.sha256((GOLDEN / file).read_bytes()).hexdigest() for file in files} == files


def test_every_script_has_its_json() -> None:
    scripts = {path.stem for path in GOLDEN.glob("*.R")} - {"common", "make_all"}
    assert scripts == set(GOLDENS)


@NEEDS_SVY
def test_the_world_bank_sample_is_the_one_r_saw() -> None:
    assert WORLDBANK.sha256(WORLDBANK.source()) == GOLDENS["worldbank"]["parquet_sha256"]


@pytest.mark.parametrize(
    "key",
    [pytest.param(key, marks=NEEDS_SVY if r["group"] == "worldbank" else ()) for key, r in COMPARED.items()],
)
def test_agrees_with_r(key: str) -> None:
    wrong = [pair for pair in _pairs(key) if pair.gap > pair.gate]
    lines = [
        f"{p.what}: ours {p.ours!r}, R {p.theirs!r}, gap {p.gap:.1e}, allowed {p.gate:.0e}" for p in wrong
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(_pairs(key))} numbers differ", *lines[:20]])


@pytest.mark.parametrize("key", ["lonely-fail-error", "stages-lonely-fail-error"])
def test_a_lonely_unit_is_refused_by_name(key: str) -> None:
    record = RECORDS[key]
    with pytest.raises(DesignError) as error:
        _estimates({"verb": "mean", "by": [[]], "y": record["y"], "design": record["design"]})
    for name in record["names"]:
        assert re.search(rf"\b{name}\b", str(error.value))


def test_zero_cases_as_nchs_publishes_them() -> None:
    record = RECORDS["nchs-zero-of-152"]
    persons = pd.DataFrame({"award": [0] * record["n"], "weight": 1.0})
    persons["psu"] = persons.index % (record["df"] + 1)
    design = fl.SurveyDesign(persons, weight="weight", psu="psu")
    row = fl.prevalence(design, "award", interval=record["interval"], level=record["level"]).table.iloc[0]
    assert (row["n"], row["df"], row["ci_low"]) == (record["n"], record["df"], record["ci_low"])
    assert row["ci_high"] == pytest.approx(record["ci_high"], rel=INTERVAL)
    assert round(row["ci_high"], 10) == record["published"]


def agreement() -> pd.DataFrame:
    """Per group of numbers: how many were compared, how many are within their gate, the worst relative
    gap."""
    has_svy = WORLDBANK.source() is not None
    keys = [key for key, record in COMPARED.items() if has_svy or record["group"] != "worldbank"]
    pairs = pd.DataFrame(
        [(p.group, p.gap, p.gap <= p.gate) for k in keys for p in _pairs(k)], columns=["group", "gap", "ok"]
    )
    groups = pairs.groupby("group").agg(
        compared=("gap", "size"), within=("ok", "sum"), worst_gap=("gap", "max")
    )
    return groups.reindex([g for g in GROUPS if g in groups.index])


def test_nothing_is_left_uncompared() -> None:
    summary = agreement()
    print(f"\n{summary.to_string()}")
    expected = [group for group in GROUPS if group != "worldbank" or WORLDBANK.source()]
    assert list(summary.index) == expected
    assert (summary["within"] == summary["compared"]).all()


if __name__ == "__main__":
    print(agreement().to_string())
