"""Compares the shipped survey of adults and children with R: every estimate of tests/golden/valdorie.json,
before anything is suppressed."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

import pytest
import shipped
from against_r import agrees

import fltoolkit as fl

pytestmark = pytest.mark.usefixtures("summed_once")

HOUSE = Path(__file__).parents[1]
VALDORIE = HOUSE / "data_samples" / "valdorie_enquete_2025"
GOLDEN = json.loads((HOUSE / "tests" / "golden" / "valdorie.json").read_text("utf-8"))
CALLED = {  # R has the labels of the codes; a population's tables call them by its own words
    "adults": {},
    "children": {"men": "boys", "women": "girls"},
    "everybody": {"men": "men and boys", "women": "women and girls"},
}
RECORDS = {record["id"]: record for record in GOLDEN["records"]}


@functools.cache
def persons() -> fl.Survey:
    return shipped.persons(shipped.VALDORIE)


def test_r_read_the_persons_that_are_shipped() -> None:
    assert hashlib.sha256((VALDORIE / "persons.sav").read_bytes()).hexdigest() == GOLDEN["persons_sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_adults_children_and_both_agree_with_r(name: str) -> None:
    record = RECORDS[name]
    called = CALLED[record["population"]]
    numbers = [
        {**row, "key": {g: called.get(v, v) for g, v in row["key"].items()}} for row in record["numbers"]
    ]
    agrees(persons(), {**record, "numbers": numbers}, least=9)


def test_the_golden_numbers_cover_every_population_and_every_route() -> None:
    asked = {(r["population"], r["verb"], r["by"][-1][0]) for r in RECORDS.values()}
    populations = ("adults", "children", "everybody")
    groups = ("sex", "age_group", "region")
    assert asked == {
        *(
            (population, verb, group)
            for population in populations
            for verb in ("prevalence", "total")
            for group in groups
        ),
        *((population, verb, "route") for population in populations[1:] for verb in ("total", "share")),
    }
    routes = [row["key"]["route"] for row in RECORDS["valdorie-everybody-total-route"]["numbers"]]
    assert len(routes) == 5  # adults, and children on each of the four


def test_a_cluster_that_adults_and_children_share_is_in_the_variance_of_their_sum() -> None:
    """Were they independent, the variances would add up; R's do not, and the sum is wider."""
    variance = {
        population: RECORDS[f"valdorie-{population}-total-overall+sex"]["numbers"][0]["se"] ** 2
        for population in ("adults", "children", "everybody")
    }
    assert variance["everybody"] > 1.1 * (variance["adults"] + variance["children"])
