"""Compares the shipped survey with R: every estimate of tests/golden/norvia.json, before anything is
suppressed."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import shipped
from against_r import agrees
from small_surveys import NORVIA

import fltoolkit as fl

pytestmark = pytest.mark.usefixtures("summed_once")

GOLDEN = json.loads((Path(__file__).parent / "golden" / "norvia.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in GOLDEN["records"]}


@functools.cache
def persons() -> fl.Survey:
    return shipped.persons(shipped.NORVIA)


@pytest.fixture(scope="module")
def all_with_months(tmp_path_factory: pytest.TempPathFactory) -> fl.Survey:
    """The survey with 0 months for the cases that did not say: only so is there a stock to compare."""
    folder = tmp_path_factory.mktemp("norvia")
    shutil.copy(NORVIA / "survey.yaml", folder)
    table = pd.read_csv(NORVIA / "persons.csv", dtype=str, keep_default_na=False)
    open_ = table["FMONTHS"].isin(["98", "99", ""])
    table.assign(FMONTHS=table["FMONTHS"].mask(open_, "0")).to_csv(folder / "persons.csv", index=False)
    return fl.classify(fl.read_survey(folder))


def test_r_read_the_persons_that_are_shipped() -> None:
    assert hashlib.sha256((NORVIA / "persons.csv").read_bytes()).hexdigest() == GOLDEN["persons_sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_the_shipped_survey_agrees_with_r(name: str, all_with_months: fl.Survey) -> None:
    agrees(all_with_months if RECORDS[name]["verb"] == "stock" else persons(), RECORDS[name], least=10)


def test_the_golden_numbers_cover_every_breakdown_of_the_headline() -> None:
    asked = {(r["population"], r["verb"], r["by"][-1][0]) for r in RECORDS.values()}
    assert asked == {
        *(
            ("adults", verb, group)
            for verb in ("prevalence", "total")
            for group in ("sex", "age_group", "region")
        ),
        *(("workers", verb, "main_job_sector") for verb in ("prevalence", "total")),
        *(("adults", verb, "sector") for verb in ("total", "share")),
        ("adults", "share", "sex"),
        *(("adults", verb, "sex") for verb in ("duration", "stock")),
    }
