"""Surveys in a Spark cluster: classified and estimated there, with the tables that the files give; Python receives sums alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from families import FAMILY
from small_surveys import NORVIA, SPEC, persons_table

import fltoolkit as fl
from fltoolkit.errors import DataError, RequestError

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
Both = Callable[[Path], tuple[fl.Survey, fl.Survey]]
SAMPLES = NORVIA.parent
DIGITS: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}


def same(one: fl.Estimates, other: fl.Estimates) -> None:
    """The same table; `atol` is for what is zero but for the last digit of a sum."""
    assert len(one.table)
    pd.testing.assert_frame_equal(one.table, other.table, **DIGITS)
    assert one.covariance == pytest.approx(other.covariance, rel=1e-9, abs=1e-18)


@pytest.fixture(scope="module")
def norvia(both: Both) -> tuple[fl.Survey, fl.Survey]:
    files, tables = both(NORVIA / "survey.yaml")
    return fl.classify(files), fl.classify(tables)


@pytest.fixture(scope="module")
def valdorie(both: Both) -> tuple[fl.Survey, fl.Survey]:
    files, tables = both(SAMPLES / "valdorie_enquete_2025" / "survey.yaml")
    return fl.classify(files), fl.classify(tables)


# ------------------------------------------------------------------------------------------------------ the same tables


def test_a_test_runs_on_two_executors(spark: Any) -> None:
    assert spark.sparkContext.master == "local-cluster[2,1,1024]"
    assert spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 3  # and the driver


@pytest.mark.parametrize(
    "estimate",
    [
        lambda p: fl.prevalence(p, by=[[], ["sex"], ["sex", "age_group"], ["region"], ["migrant"]]),
        lambda p: fl.prevalence(p, by=[["main_job_sector"], ["status"]], population="workers"),
        lambda p: fl.total(p, by=[[], ["sector"]]),
        lambda p: fl.share(p, "form"),
        lambda p: fl.duration(p, by=[[], ["sex"]]),
        fl.flowchart,
    ],
    ids=["prevalence", "of workers", "total", "share", "duration", "flowchart"],
)
def test_norvia(norvia: tuple[fl.Survey, fl.Survey], estimate: Callable[[fl.Survey], fl.Estimates]) -> None:
    same(*map(estimate, norvia))


@pytest.mark.parametrize("population", ["adults", "children", "everybody#thefirstistheheadline"])
def test_valdories_adults_children_and_both(valdorie: tuple[fl.Survey, fl.Survey], population: str) -> None:
    groups = ["route"] if population == "children" else ["sex"]
    same(*(fl.total(p, by=[[], ["region"], groups], population=population) for p in valdorie))


def test_findings_are_the_same(norvia: tuple[fl.Survey, fl.Survey], valdorie: tuple[fl.Survey, fl.Survey]) -> None:
    for files, tables in (norvia, valdorie):
        assert files.unclassified
        assert tables.unclassified
        pd.testing.assert_frame_equal(fl.check(files.unclassified), fl.check(tables.unclassified))
        pd.testing.assert_frame_equal(fl.check_cases(files), fl.check_cases(tables))


def test_two_files_joined_and_codes_of_stata(both: Both) -> None:
    files, tables = both(SAMPLES / "norvia_lfs_2027" / "survey.yaml")
    assert files.joins == tables.joins
    same(*(fl.prevalence(fl.classify(s), by=["sex"]) for s in (files, tables)))


# ---------------------------------------------------------------------------------------------------- what Python receives


def test_python_receives_sums_alone(both: Both, collected: list[int]) -> None:
    """Of 17,000 persons a row for each PSU, domain and status, a case's household apart; of what is checked the PSUs."""
    files, tables = both(NORVIA / "survey.yaml")
    persons = int(fl.describe(files).set_index("fact")["value"]["Persons in the file"].split()[0].replace(",", ""))
    psus = 331
    collected.clear()
    classified = fl.classify(tables)
    assert max(collected) <= psus < persons / 50
    collected.clear()
    found = fl.prevalence(classified, by=["sex"]).table
    assert len(collected) <= 2
    sexes, statuses = len(found), 4
    assert max(collected) <= psus * sexes * statuses + int(found["cases"].sum()) < persons / 5
    collected.clear()
    fl.prevalence(classified)
    assert max(collected) <= psus * statuses + int(found["cases"].sum()) < persons / 10
