"""Tests the three surveys of tests/brought_in, each read through a survey.yaml that was written from its
printed form and the documentation: every person's outcome against the plain-Python truth, and the estimates
against R."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
import yaml
from brought_in.make_surveys import WRITERS, make
from brought_in.three_valued import Truth
from brought_in.truth import people

import fltoolkit as fl
from fltoolkit.survey.engine.columns import ASKED, SOURCE

HERE = Path(__file__).parent / "brought_in"
ASKED_OF_CHILDREN = {
    "lerova": {
        "children": {"men": "boys", "women": "girls"},
        "everybody": {"men": "men and boys", "women": "women and girls"},
    }
}
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


@pytest.mark.thorough("three whole surveys")
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
    theirs = {
        person.key: person.outcome if person.asked else "not asked" for person in people(name, folders[name])
    }
    assert len(rows) == len(theirs)
    assert {
        key: (ours.get(key), truth) for key, truth in theirs.items() if ours.get(key, "lost") != truth
    } == {}


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
            rate, total = (of_cell(name, table, row) for table in (rates, totals))
            assert [rate[c] for c in ("n", "cases", "unresolved", "df")] == [
                row[c] for c in ("n", "cases", "unresolved", "df")
            ]
            for column in ("estimate", "se", "population", "resolved_only", "bound_high"):
                assert rate[column] == pytest.approx(row[column], **EXACT), column
            assert (total["estimate"], total["se"]) == pytest.approx((row["total"], row["total_se"]), **EXACT)
            compared += 1
    assert compared == len(R[name]["rows"])


def of_cell(name: str, table: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """The row of an estimate for one of R's cells."""
    cell = {"sex": "total", "age_group": "total"}
    if row["by"] != "total":
        cell[row["by"]] = row["value"].replace("-", "–")
    cell["sex"] = ASKED_OF_CHILDREN.get(name, {}).get(row["population_of"], {}).get(cell["sex"], cell["sex"])
    found = table[(table["sex"] == cell["sex"]) & (table["age_group"] == cell["age_group"])].to_dict(
        "records"
    )
    assert len(found) == 1, cell
    return found[0]


@pytest.mark.parametrize(("name", "group"), [("tamaria", "form"), ("lerova", "route")])
def test_who_imposed_it_and_by_which_route_a_child_is_a_case(
    name: str, group: str, folders: dict[str, Path], surveys: dict[str, fl.ClassifiedSurvey]
) -> None:
    columns = [SOURCE + column for column in KEYS[name]]
    rows = (
        surveys[name]
        .frame.filter(nw.col("forced_labour"))
        .select(*columns, group)
        .collect("pandas")
        .to_native()
    )
    ours = {tuple(key): label for *key, label in rows.itertuples(index=False)}
    theirs = {
        person.key: person.label for person in people(name, folders[name]) if person.outcome and person.label
    }
    assert len(theirs) > 10
    assert {key: ours[key].rstrip(")").rpartition("(")[2] for key in theirs} == theirs


def test_columns_of_0_and_1_need_the_code_of_dont_know_to_be_set_blank(folders: dict[str, Path]) -> None:
    """Whoever says don't know has 0 in each option: read as it stands this is a no, and persons are resolved
    who are not."""
    spec = yaml.load((HERE / "maps" / "tamaria.yaml").read_text("utf-8"), yaml.BaseLoader)
    column = "grp_jobs/job{episode}_penalty"
    for item in spec["items"]["coercion"].values():
        if item[0]["column"] == column:
            item[0] = {"column": f"{column}/{item[0]['contains']}"}
    naive = unresolved(spec, folders["tamaria"])
    spec["corrections"] = [
        {
            "where": {f"grp_jobs/job{job}_penalty/{code}": 1},
            "column": f"grp_jobs/job{job}_penalty/{option}",
            "value": "missing",
            "why": "a 0 of who did not say is no answer",
            "evidence": "questionnaire, section 6",
        }
        for job, code in ((1, 98), (1, 99), (2, 98))
        for option in (1, 2, 3, 4)
    ]
    truth = sum(person.asked and person.outcome is None for person in people("tamaria", folders["tamaria"]))
    assert unresolved(spec, folders["tamaria"]) == truth > naive


def unresolved(spec: dict[str, Any], folder: Path) -> int:
    """How many persons a survey.yaml leaves unresolved in a folder's data."""
    path = folder / "other.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return int(fl.prevalence(fl.classify(fl.read_survey(path))).table.loc[0, "unresolved"])


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_stops_an_estimate(name: str, surveys: dict[str, fl.ClassifiedSurvey]) -> None:
    assert "error" not in set(fl.check(surveys[name])["severity"])


def test_quiramas_corrections_gain_a_case_and_lose_one(surveys: dict[str, fl.ClassifiedSurvey]) -> None:
    row = fl.corrected_cases(surveys["quirama"]).loc[0]
    assert row[["gained", "lost"]].to_list() == ["fewer than 5", "fewer than 5"]
