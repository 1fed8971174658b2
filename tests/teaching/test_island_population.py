"""Tests the island: its people and villages add up, a decrease changes only cases, and a survey of it has the
weights of its design."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit import teaching
from fltoolkit.teaching.island_population import TAKE, Island, _areas

ISLAND = teaching.island()


def test_the_island_adds_up_and_is_the_same_every_time() -> None:
    assert ISLAND.areas["adults"].sum() == len(ISLAND.persons)
    assert ISLAND.areas["cases"].sum() == ISLAND.persons["case"].sum()
    assert ISLAND.areas[["fishers", "kiln workers", "others"]].sum(axis=1).equals(ISLAND.areas["cases"])
    assert 0.018 < ISLAND.truth < 0.025
    again: Any = teaching.island.__wrapped__()
    assert again.persons.equals(ISLAND.persons)


def test_after_a_fall_only_cases_are_fewer() -> None:
    later = ISLAND.after_a_fall(0.25)
    assert later.truth == pytest.approx(0.75 * ISLAND.truth, rel=0.05)
    assert not (later.persons["case"] & ~ISLAND.persons["case"]).any()


def test_the_standard_error_of_the_kilns_is_larger_from_the_whole_survey() -> None:
    sample = teaching.island().sample()
    errors = []
    for rows in (sample, sample[sample["trade"] == "kiln workers"]):
        design = fl.SurveyDesign(rows, weight="weight", strata="stratum", psu="psu")
        errors.append(
            fl.total(design, "case", by=["trade"]).table.set_index("trade").loc["kiln workers", "se"]
        )
    assert errors[0] > 1.5 * errors[1]


def test_a_survey_takes_twenty_in_each_village_half_of_them_on_the_coast_and_its_weights_count_the_adults() -> (
    None
):
    sample = ISLAND.sample(persons=400, seed=3)
    assert sample.groupby("psu").size().to_list() == [TAKE] * 20
    assert sample.groupby("stratum")["psu"].nunique().to_dict() == {"coast": 10, "inland": 10}
    adults = ISLAND.areas.groupby("stratum")["adults"].sum()
    assert sample.groupby("stratum")["weight"].sum().to_dict() == pytest.approx(adults.to_dict())
    assert sample.groupby("stratum")["weight"].nunique().max() == 1
    assert not sample.equals(ISLAND.sample(persons=400, seed=4))
    assert sample.groupby("psu")["village"].nunique().max() == 1


def test_villages_are_counted_by_trade() -> None:
    persons = pd.DataFrame(
        [
            ("coast", 0, "men", "fishers", True),
            ("coast", 0, "men", "others", False),
            ("inland", 1, "women", "others", True),
            ("inland", 1, "men", "others", True),
            ("inland", 2, "men", "kiln workers", False),
        ],
        columns=["stratum", "village", "sex", "trade", "case"],
    )
    areas = _areas(persons)
    assert areas[["adults", "cases", "fishers", "others"]].to_numpy().tolist() == [
        [2, 1, 1, 0],
        [2, 2, 0, 2],
        [1, 0, 0, 0],
    ]
    assert areas["has kiln workers"].to_list() == [False, False, True]
    assert Island(persons, areas).truth == 3 / 5


def test_all_cases_fall_or_none() -> None:
    assert ISLAND.after_a_fall(1.0).truth == 0
    assert ISLAND.after_a_fall(0.0).truth == ISLAND.truth
