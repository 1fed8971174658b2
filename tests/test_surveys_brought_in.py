"""The three surveys of tests/brought_in, each read through a survey.yaml that was written from its printed form and the documentation:
every person's outcome beside the plain-Python truth, and what is estimated beside R."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from brought_in.make_surveys import WRITERS, make
from brought_in.three_valued import Truth
from brought_in.truth import people

import fltoolkit as fl
from fltoolkit.survey.data.internal_columns import ASKED, SOURCE

HERE = Path(__file__).parent / "brought_in"
R = json.loads((HERE / "truth.json").read_text("utf-8"))["surveys"]
KEYS = {"quirama": ("FOLIO", "LIN"), "tamaria": ("HOUSEHOLD", "LINE"), "lerova": ("HHID", "LINE")}
EXACT = {"rel": 1e-9, "abs": 1e-15}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("brought_in")
    made = {name: make(name, folder) for name in WRITERS}
    for name, place in made.items():
        shutil.copy(HERE / "maps" / f"{name}.yaml", place / "survey.yaml")
    return made


@pytest.fixture(scope="module")
def surveys(folders: dict[str, Path]) -> dict[str, fl.ClassifiedSurvey]:
    return {name: fl.classify(fl.read_survey(place / "survey.yaml")) for name, place in folders.items()}


@pytest.mark.parametrize("name", WRITERS)
def test_everybody_is_what_the_questionnaire_says(
    name: str, folders: dict[str, Path], surveys: dict[str, fl.ClassifiedSurvey]
) -> None:
    columns = [SOURCE + column for column in KEYS[name]]
    rows = surveys[name].frame.select(*columns, ASKED, "forced_labour").collect("pandas").to_native()
    ours: dict[tuple[str, ...], Truth | str] = {
        tuple(key): ("not asked" if not asked else None if pd.isna(case) else bool(case))
        for *key, asked, case in rows.itertuples(index=False)
    }
    theirs = {person.key: person.outcome if person.asked else "not asked" for person in people(name, folders[name])}
    assert len(rows) == len(theirs)
    assert {key: (ours.get(key), truth) for key, truth in theirs.items() if ours.get(key, "lost") != truth} == {}


@pytest.mark.parametrize("name", WRITERS)
def test_estimates_errors_and_bounds_are_rs(name: str, surveys: dict[str, fl.ClassifiedSurvey]) -> None:
    compared = 0
    for population in dict.fromkeys(row["population_of"] for row in R[name]["rows"]):
        by = [[], ["sex"], ["age_group"]]
        rates = fl.prevalence(surveys[name], by=by, population=population).table
        totals = fl.total(surveys[name], by=by, population=population).table
        for row in R[name]["rows"]:
            if row["population_of"] != population:
                continue
            rate, total = (of_cell(table, row) for table in (rates, totals))
            assert [rate[c] for c in ("n", "cases", "unresolved", "df")] == [row[c] for c in ("n", "cases", "unresolved", "df")]
            for column in ("estimate", "se", "population", "resolved_only", "bound_high"):
                assert rate[column] == pytest.approx(row[column], **EXACT), column
            assert (total["estimate"], total["se"]) == pytest.approx((row["total"], row["total_se"]), **EXACT)
            compared += 1
    assert compared == len(R[name]["rows"])


def of_cell(table: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """The row of an estimate for one of R's cells."""
    cell = {"sex": "total", "age_group": "total"}
    if row["by"] != "total":
        cell[row["by"]] = row["value"].replace("-", "–")
    found = table[(table["sex"] == cell["sex"]) & (table["age_group"] == cell["age_group"])].to_dict("records")
    assert len(found) == 1, cell
    return found[0]


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_stops_an_estimate(name: str, surveys: dict[str, fl.ClassifiedSurvey]) -> None:
    assert "error" not in set(fl.check(surveys[name])["severity"])


def test_quiramas_corrections_gain_a_case_and_lose_one(surveys: dict[str, fl.ClassifiedSurvey]) -> None:
    row = fl.corrected_cases(surveys["quirama"]).loc[0]
    assert row[["gained", "lost"]].to_list() == ["fewer than 5", "fewer than 5"]
