"""The shipped survey against R: every estimate of tests/golden/norvia.json, before anything is suppressed."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

import pytest
from against_r import agrees
from small_surveys import NORVIA

import fltoolkit as fl

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "norvia.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in GOLDEN["records"]}


@functools.cache
def persons() -> fl.Survey:
    return fl.classify(fl.read_survey(NORVIA))


def test_r_read_the_persons_that_are_shipped() -> None:
    assert hashlib.sha256((NORVIA / "persons.csv").read_bytes()).hexdigest() == GOLDEN["persons_sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_the_shipped_survey_agrees_with_r(name: str) -> None:
    agrees(persons(), RECORDS[name], least=10)


def test_the_golden_numbers_cover_every_breakdown_of_the_headline() -> None:
    asked = {(r["population"], r["verb"], r["by"][-1][0]) for r in RECORDS.values()}
    assert asked == {
        *(("adults", verb, group) for verb in ("prevalence", "total") for group in ("sex", "age_group", "region")),
        *(("workers", verb, "main_job_sector") for verb in ("prevalence", "total")),
        *(("adults", verb, "sector") for verb in ("total", "share")),
    }
