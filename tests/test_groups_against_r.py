"""Compares the groups of the shipped survey that reports use with R: rates, standard errors, and who is in
each group (tests/golden/groups.R)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import shipped
from small_surveys import NORVIA

import fltoolkit as fl

GOLDEN = json.loads((Path(__file__).parent / "golden" / "groups.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in GOLDEN["records"]}


@pytest.fixture(scope="module")
def persons() -> fl.Survey:
    return shipped.persons(shipped.NORVIA)


def test_r_read_the_persons_that_are_shipped() -> None:
    assert hashlib.sha256((NORVIA / "persons.csv").read_bytes()).hexdigest() == GOLDEN["persons_sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_rates_by_a_group_agree_with_r(name: str, persons: fl.Survey) -> None:
    record = RECORDS[name]
    table = fl.prevalence(persons, by=record["group"], population=record["population"]).table
    found = {str(row[record["group"]]).replace("–", "-"): row for row in table.to_dict("records")}
    assert set(found) == {row["category"] for row in record["numbers"]}
    for expected in record["numbers"]:
        row = found[expected["category"]]
        assert row["n"] == expected["n"], expected["category"]
        assert row["estimate"] == pytest.approx(expected["estimate"], abs=1e-10)
        assert row["se"] == pytest.approx(expected["se"], abs=1e-10)
