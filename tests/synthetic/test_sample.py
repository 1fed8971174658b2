"""Tests samples of an invented country: their weights by hand, the full count, and a redraw without
classification."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fltoolkit.synthetic import (
    Population,
    SampleSize,
    census,
    draw_sample,
    make_population,
    redraw,
    reported_status,
)
from fltoolkit.synthetic.sample import draw_households, grossed_up

NORVIA = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"
SIZE = SampleSize(areas=30, households=5)


@pytest.fixture(scope="module")
def small() -> Population:
    return make_population(seed=2, areas=60, households=20)


@pytest.fixture(scope="module")
def sample(small: Population) -> pd.DataFrame:
    return draw_sample(small, 7, SampleSize(areas=30, households=12))


def homes(areas: list[int]) -> Population:
    """One stratum; each area has so many households, of two adults and a child each."""
    area = np.repeat(np.arange(len(areas)), areas)
    persons = pd.DataFrame(
        {"household": np.repeat(np.arange(len(area)), 3), "area": np.repeat(area, 3), "REGION": 1, "AREA": 2}
    )
    return Population(persons.assign(true_age=[40, 18, 17] * len(area)), np.zeros(len(persons), bool))


def test_the_census_asks_every_adult_with_weight_one(small: Population) -> None:
    everybody = census(small)
    assert len(everybody) == small.adults.sum()
    assert (everybody[["W_LFS", "W_FL", "FL_RESULT"]] == 1).all(axis=None)
    assert not everybody.duplicated(["HH", "LINE"]).any()
    people = small.persons.loc[everybody.index]
    assert (everybody["HH"] - 1 == people["household"]).all()
    assert (everybody["EA"] - 1000 == people["area"]).all()  # as a sample numbers its areas
    assert (everybody["STRATUM"] == 10 * people["REGION"] + people["AREA"]).all()
    assert everybody["FISIC"].dropna().str.fullmatch(r"\d{4}").all()


def test_the_same_seed_draws_the_same_sample_and_another_another(small: Population) -> None:
    one, again, other = (draw_sample(small, seed, SIZE) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, again)
    assert not one["EA"].equals(other["EA"])


def test_a_household_stands_for_as_many_as_its_chance_says() -> None:
    """Ten areas of four households, five drawn by size and two households in each: chances 1/2 and 1/2, so a
    weight of four."""
    pool = draw_households(
        homes([4] * 10), np.random.default_rng(1), SampleSize(5, 2, household_response=1.0)
    )
    assert len(pool) == 10
    assert pool["W_LFS"].to_list() == pytest.approx([4.0] * 10)
    assert (pool["stratum"] == 12).all()
    assert (pool["adults"] == 2).all()


def test_weights_of_an_area_stand_for_those_who_did_not_respond() -> None:
    """Areas of 2 to 20 households: whatever responds, the weights of an area add up to all households by
    areas drawn, 110 / 4."""
    country = homes(list(range(2, 21, 2)))
    pool = draw_households(country, np.random.default_rng(5), SampleSize(4, 6, household_response=0.6))
    area = country.persons.drop_duplicates("household").set_index("household")["area"]
    sums = pool["W_LFS"].groupby(area.reindex(pool.index)).sum()
    assert len(pool) < 24  # some did not
    assert sums.to_list() == pytest.approx([110 / 4] * len(sums))


def test_at_least_two_areas_of_a_stratum_are_drawn_and_an_area_sure_to_be_drawn_has_chance_one() -> None:
    pool = draw_households(homes([3, 3]), np.random.default_rng(0), SampleSize(1, 9, household_response=1.0))
    assert pool["W_LFS"].to_list() == pytest.approx([1.0] * 6)


def test_who_answered_stands_for_those_of_the_stratum_who_did_not() -> None:
    weight = pd.Series([10.0, 10.0, 20.0, 5.0, 7.0])
    picked = pd.Series([True, True, True, True, False])
    answered = pd.Series([True, False, True, True, False])
    found = grossed_up(weight, picked, answered, pd.Series([1, 1, 1, 2, 2]))
    assert found.fillna(-1).to_list() == [
        13.333,
        -1,
        26.667,
        5.0,
        -1,
    ]  # 40/30 in the first stratum, 1 in the second


def test_each_row_is_the_person_of_the_small_its_index_names(small: Population, sample: pd.DataFrame) -> None:
    source = small.persons.loc[sample.index]
    assert (
        source[["LINE", "REGION", "AREA", "SEX", "AGE"]].to_numpy()
        == sample[["LINE", "REGION", "AREA", "SEX", "AGE"]]
    ).all(axis=None)
    assert (1000 + source["area"] == sample["EA"]).all()
    assert (
        source["household"]
        .map(dict(zip(source["household"], sample["HH"], strict=True)))
        .equals(sample["HH"])
    )


def test_one_adult_of_each_household_is_asked_the_module(sample: pd.DataFrame) -> None:
    asked = sample["FL_RESULT"] != 3
    assert sample[asked].groupby("HH").size().max() == 1
    assert (sample.loc[asked, "AGE"] >= 18).all()
    with_adults = sample[(sample["AGE"] >= 18) & (sample["AGE"] != 999)]["HH"].nunique()
    assert asked.sum() >= with_adults
    assert 0.02 < (sample.loc[asked, "FL_RESULT"] == 2).mean() < 0.07


def test_nobody_who_refused_the_module_or_was_not_asked_has_answers_or_a_weight_of_it(
    sample: pd.DataFrame,
) -> None:
    module = [
        c
        for c in sample.columns
        if c.startswith(("FI", "FC", "FLEAVE", "FSAME", "FEXC", "FWHO", "FPLACE", "FMONTHS"))
    ]
    assert len(module) > 25
    without = sample[sample["FL_RESULT"] != 1]
    assert len(without) > 500
    assert without[[*module, "W_FL", "PROXY", "ALONE"]].isna().all(axis=None)
    assert sample.loc[sample["FL_RESULT"] == 1, ["W_FL", "ALONE"]].notna().all(axis=None)


def test_no_true_status_leaves_with_the_sample(sample: pd.DataFrame) -> None:
    assert not {"truth", "true_age", "household", "area"} & set(sample.columns)


def test_one_adult_of_a_household_is_asked_and_the_weight_is_that_of_all_its_adults(
    small: Population,
) -> None:
    sample = draw_sample(small, 2, SampleSize(30, 5, module_response=1.0))
    people = small.persons.loc[sample.index]
    asked = sample["FL_RESULT"] == 1
    adults = (people["true_age"] >= 18).groupby(people["household"]).transform("sum")
    assert (people.loc[asked, "true_age"] >= 18).all()
    assert sample[asked].groupby("HH").size().eq(1).all()
    assert set(sample["HH"]) == set(sample.loc[asked, "HH"])  # line 1 is an adult: each household has one
    assert sample.loc[asked, "W_FL"].to_numpy() == pytest.approx(
        (sample["W_LFS"] * adults)[asked].to_numpy(float), abs=0.01
    )
    assert sample.loc[~asked, ["W_FL", "FC1", "FISIC", "ALONE"]].isna().all(axis=None)


def test_a_redraw_estimates_from_the_status_of_the_same_persons(small: Population) -> None:
    status = np.where(small.truth, 1.0, 0.0)
    sample = draw_sample(small, 3, SIZE)
    answered = sample[sample["FL_RESULT"] == 1]
    share = (answered["W_FL"] * status[answered.index]).sum() / answered["W_FL"].sum()
    rows = redraw(small, status, 3, SIZE).frame.collect("pandas").to_native()
    asked = rows[rows["case"].notna()]
    assert share > 0
    assert (asked["fl__weight"] * asked["case"]).sum() / asked["fl__weight"].sum() == pytest.approx(
        float(share)
    )
    assert len(asked) == len(answered)
    assert (len(rows), rows["fl__weight"].sum()) == (len(sample), pytest.approx(answered["W_FL"].sum()))


def test_a_full_count_finds_a_status_for_adults_and_none_for_children(small: Population) -> None:
    status = reported_status(small, NORVIA / "survey.yaml")
    assert np.isnan(status[~small.adults]).all()
    free = small.adults & (small.persons["WORKED"] == 2).to_numpy(bool, na_value=False)
    assert (status[free] == 0).all()
    found = status == 1
    assert found.sum() > 5
    assert (small.truth[found]).mean() > 0.5  # response error adds some, and takes some away
