"""Tests what `check` asks if a draft left something out: numbered weights without a name in survey.yaml, a
question on leaving."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from shipped import SAMPLES, persons as classified

import fltoolkit as fl
from fltoolkit.yaml_files.loading import load_yaml

ASKED = ["items", "replicates"]
LEAVING = "items.involuntary.no_freedom_to_leave"
COLUMNS = "design.replicates.columns"


def found(spec: dict[str, Any], folder: Path) -> list[tuple[str, str, str]]:
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    table = fl.check(fl.read_survey(folder)).query("check in @ASKED or check == 'accept'")
    return list(table[["severity", "check", "where"]].itertuples(index=False, name=None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "norvia_lfs_2025", tmp_path / "norvia"))


@pytest.fixture
def spec(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = load_yaml(folder / "survey.yaml")
    return read


@pytest.mark.thorough("checks every sample anew")
@pytest.mark.parametrize("name", ["norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025"])
def test_the_samples_left_nothing_out(name: str) -> None:
    assert fl.check(classified(name)).query("check in @ASKED").empty


def test_a_survey_without_a_question_on_leaving_is_asked_about_it_until_it_says_why(
    spec: dict[str, Any], folder: Path
) -> None:
    del spec["items"]["involuntary"]["no_freedom_to_leave"]
    assert found(spec, folder) == [("warning", "items", LEAVING)]
    spec["accept"] = [{"finding": "items", "column": LEAVING, "why": "the module had no room for it"}]
    assert found(spec, folder) == [("note", "items", LEAVING)]


def test_an_acceptance_of_what_is_not_left_out_is_told(spec: dict[str, Any], folder: Path) -> None:
    spec["accept"] = [{"finding": "items", "column": LEAVING, "why": "none"}]
    assert found(spec, folder) == [("warning", "accept", LEAVING)]


@pytest.mark.thorough("writes Norvia ten times with other columns")
@pytest.mark.parametrize(
    ("names", "asked"),
    [
        ("RW{:03d}", True),
        ("repwt{}", True),
        ("W_LFS{}", True),
        ("BSW{}", True),
        ("poids_rep_{}", True),
        ("factor_exp_peso{}", True),
        ("JKW{}", True),
        ("income{}", False),
        ("ROSTER{}", False),
        ("Q{}", False),
    ],
)
def test_numbered_weights_without_a_name_in_the_survey_are_asked_about(
    names: str, asked: bool, spec: dict[str, Any], folder: Path
) -> None:
    path = folder / "persons.csv"
    persons = pd.read_csv(path, dtype=str, keep_default_na=False)
    more = {names.format(i): np.arange(len(persons)) % (i + 2) for i in range(1, 21)}
    pd.concat([persons, pd.DataFrame(more)], axis=1).to_csv(path, index=False)
    assert found(spec, folder) == [("warning", "replicates", COLUMNS)] * asked
    if asked:
        table = fl.check(fl.read_survey(folder)).query("check == 'replicates'")
        assert table["count"].tolist() == [20]
        spec["accept"] = [{"finding": "replicates", "column": COLUMNS, "why": "those of another design"}]
        assert found(spec, folder) == [("note", "replicates", COLUMNS)]


def test_a_short_series_of_weights_is_that_of_quarters(spec: dict[str, Any], folder: Path) -> None:
    path = folder / "persons.csv"
    persons = pd.read_csv(path, dtype=str, keep_default_na=False)
    persons.assign(**{f"weight{i}": "1" for i in range(1, 10)}).to_csv(path, index=False)
    assert found(spec, folder) == []
