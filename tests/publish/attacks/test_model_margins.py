"""Attack: the cases of two hidden regions are calculated from the odds ratios of a published model
(`model_attack`).

The odds ratios of a model are as much as a table of weighted cases, one sum for each column of the model
matrix. Two digits are enough for a small number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
from model_attack import (
    REGIONS,
    classified,
    follows_from_rates,
    is_attackable,
    learned,
    people,
    read,
    without_defence,
    write_run,
)

import fltoolkit as fl

LIMITS = ["ci_low", "ci_high", "effect_low", "effect_high"]


@dataclass(frozen=True)
class Country:
    """A survey whose run hides two regions, and the folder with its files."""

    table: pd.DataFrame
    persons: fl.ClassifiedSurvey
    out: fl.Published
    folder: Path


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(True, id="equal weights"),
        pytest.param(False, id="varying weights", marks=pytest.mark.thorough("the same by optimisation")),
    ],
)
def country(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Country:
    folder, table = tmp_path_factory.mktemp("country"), people(9, equal=request.param)
    persons = classified(folder, table)
    out = fl.publish_run(persons)
    assert is_attackable(out)
    return Country(table, persons, out, folder)


def test_a_model_that_is_fitted_to_the_persons_tells_a_hidden_region(country: Country) -> None:
    with without_defence():
        write_run(country.folder, country.persons, country.out)
    found = learned(country.folder, country.table)
    assert found.broken
    assert found.exact == (country.table["W"].nunique() == 1)
    assert found.possible[0] <= found.true <= found.possible[1]


def test_the_printed_rates_alone_give_the_published_model(country: Country) -> None:
    write_run(country.folder, country.persons, country.out)
    assert follows_from_rates(read(country.folder, country.table))
    found = learned(country.folder, country.table)
    assert found.possible == found.tables
    assert not found.broken


def test_several_models_tell_no_more_than_one(country: Country) -> None:
    """Without the area, without the sex, and region alone: each follows from the printed rates."""
    fl.report.write_estimates(country.out, country.folder)
    for by in (["region", "sex"], ["area", "region"], ["region"]):
        fl.report.write_risk_factors(fl.risk_factors(country.persons, country.out, by), country.folder)
        assert follows_from_rates(read(country.folder, country.table))


def test_the_model_is_the_same_if_the_hidden_cases_are_elsewhere(country: Country, tmp_path: Path) -> None:
    """All urban cases of the west are moved to the capital: no printed rate changes, and no printed odds
    ratio or effect."""
    moved = country.table.copy()
    west, capital = (moved["R"] == REGIONS.index(name) for name in ("west", "capital"))
    for i in moved.index[west & (moved["INV"] == 1) & (moved["AREA"] == 0)]:
        same = (moved["SEX"] == moved.at[i, "SEX"]) & (moved["INV"] == 2)
        j = moved.index[capital & same][0]
        moved.loc[[i, j], ["INV", "COE"]] = moved.loc[[j, i], ["INV", "COE"]].to_numpy()
    out = replace(country.out, basis=None)  # of both, so that no check of the hash tells them apart
    other = classified(tmp_path, moved)
    tables = [
        fl.risk_factors(persons, out).table.drop(columns=LIMITS) for persons in (country.persons, other)
    ]
    pd.testing.assert_frame_equal(*tables)
    with without_defence():
        changed = [fl.risk_factors(persons, out).table["odds_ratio"] for persons in (country.persons, other)]
    assert not changed[0].equals(changed[1])
