"""Tests the persons of a survey as a pandas table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.errors import RequestError


@pytest.mark.parametrize(
    ("sample", "population"),
    [("norvia_lfs_2025", "adults"), ("valdorie_enquete_2025", None), ("valdorie_enquete_2025", "workers")],
)
def test_a_design_of_the_table_gives_the_kits_numbers(sample: str, population: str | None) -> None:
    persons = shipped.persons(sample)
    table = fl.frame(persons, population)
    design = fl.SurveyDesign(table, weight="weight", strata="strata", psu="psu")
    own = fl.prevalence(design, "forced_labour", by="sex").table
    kit = fl.prevalence(persons, population=population, by="sex").table
    for column in ("estimate", "se", "df", "n", "cases"):
        np.testing.assert_allclose(own[column].to_numpy(float), kit[column].to_numpy(float), rtol=1e-12)
    assert (
        table["unresolved"].sum() == fl.prevalence(persons, population=population).table["unresolved"].sum()
    )
    assert not (table["forced_labour"] & table["unresolved"]).any()


def test_a_line_says_that_it_is_microdata(capsys: pytest.CaptureFixture[str]) -> None:
    fl.frame(shipped.persons("norvia_lfs_2025"))
    assert capsys.readouterr().out.startswith("microdata: one row per person. It stays in the office")


def test_groups_have_labels_and_own_outcomes_their_unresolved_persons() -> None:
    persons = fl.outcome(shipped.persons("norvia_lfs_2025"), "coercion", "forced")
    table = fl.frame(persons)
    assert set(table["sex"]) <= set(persons.groups["sex"])
    assert pd.api.types.is_bool_dtype(table["forced"])
    assert table["forced_unresolved"].any()


def test_another_population_is_told() -> None:
    with pytest.raises(RequestError, match="no such population") as error:
        fl.frame(shipped.persons("norvia_lfs_2025"), "adlts")
    assert "did you mean adults?" in error.value.message
