"""The shipped survey against R: every estimate of tests/golden/norvia.json, before anything is suppressed."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_surveys import NORVIA

import fltoolkit as fl

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "norvia.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in GOLDEN["records"]}
EXACT, TIGHT, INTERVAL = 0.0, 1e-10, 1e-8  # the largest relative gap
GATES = dict.fromkeys(["df", "n", "cases", "unresolved"], EXACT) | dict.fromkeys(["ci_low", "ci_high", "bound_ci_high"], INTERVAL)


@functools.cache
def persons() -> fl.Survey:
    return fl.classify(fl.read_survey(NORVIA))


def estimates(record: dict[str, Any]) -> fl.Estimates:
    if record["verb"] == "share":
        return fl.share(persons(), record["by"][0][0], population=record["population"])
    return getattr(fl, record["verb"])(persons(), by=record["by"], population=record["population"])


def ours(est: fl.Estimates, row: dict[str, Any]) -> dict[str, float]:
    """Our numbers of the cell that a row of R's is about; the export spells dashes in ASCII."""
    at = np.logical_and.reduce([est.table[g].str.replace("–", "-") == v for g, v in row["key"].items()])
    assert at.sum() == 1, row["key"]
    return {**est.table[at].iloc[0].to_dict(), **est.design_effects[at].iloc[0].to_dict()}


def test_r_read_the_persons_that_are_shipped() -> None:
    assert hashlib.sha256((NORVIA / "persons.csv").read_bytes()).hexdigest() == GOLDEN["persons_sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_the_shipped_survey_agrees_with_r(name: str) -> None:
    record = RECORDS[name]
    est, wrong, compared = estimates(record), [], 0
    for row in record["numbers"]:
        mine = ours(est, row)
        for column, theirs in row.items():
            if column != "key":
                compared += 1
                number, r = float(mine[column]), float(theirs)
                gap = 0.0 if number == r or np.isnan([number, r]).all() else abs(number - r) / (abs(r) or 1.0)
                if not gap <= GATES.get(column, TIGHT):
                    wrong.append(f"{row['key']} {column}: ours {number!r}, R {r!r}, gap {gap:.1e}")
    assert not wrong, "\n".join(wrong)
    assert len(est.table) == len(record["numbers"])
    assert compared >= 10 * len(est.table)


def test_the_golden_numbers_cover_every_breakdown_of_the_headline() -> None:
    asked = {(r["population"], r["verb"], r["by"][-1][0]) for r in RECORDS.values()}
    assert asked == {
        *(("adults", verb, group) for verb in ("prevalence", "total") for group in ("sex", "age_group", "region")),
        *(("workers", verb, "main_job_sector") for verb in ("prevalence", "total")),
        *(("adults", verb, "sector") for verb in ("total", "share")),
    }
