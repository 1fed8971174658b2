"""Tests the Valdorie survey of a small country: who is asked, whom each weight represents, and the codes of
questions that were not asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fltoolkit.synthetic import Families, SampleSize, draw_families, full_count_of_families, make_families

SKIPPED = 97


@pytest.fixture(scope="module")
def families() -> Families:
    return make_families(1, areas=120, households=30)


@pytest.fixture(scope="module")
def sample(families: Families) -> pd.DataFrame:
    return draw_families(families, 2, SampleSize(areas=80, households=13))


def test_the_weights_of_a_module_stand_for_all_whom_it_was_meant_for(
    families: Families, sample: pd.DataFrame
) -> None:
    """By stratum they add up to the household weights of all adults, and of all children of 5 to 17, answered
    or not."""
    age = families.persons.loc[sample.index, "true_age"]
    for column, meant in (("PADULTE", age >= 18), ("PENFANT", age.between(5, 17))):
        sums = sample.groupby("STRATE")[column].sum()
        whole = sample["PMENAGE"].where(meant, 0).groupby(sample["STRATE"]).sum()
        assert sums.to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-3), column  # rounded to three digits


def test_all_adults_of_a_household_are_asked_and_one_child_of_5_to_17(
    families: Families, sample: pd.DataFrame
) -> None:
    age = families.persons.loc[sample.index, "true_age"]
    assert ((sample["A_RESULT"] == 4) == (age < 18)).all()
    picked = sample[sample["E_RESULT"] != 3]
    assert age[picked.index].between(5, 17).all()
    assert not picked["MENAGE"].duplicated().any()
    assert set(picked["MENAGE"]) == set(sample.loc[age.between(5, 17), "MENAGE"])
    adults = sample[sample["A_RESULT"] != 4]
    assert (adults["A_RESULT"] == 2).sum() > 50  # refused
    assert (adults["A_RESULT"] == 3).sum() > 100  # absent


def test_cluster_numbers_restart_in_each_stratum(families: Families, sample: pd.DataFrame) -> None:
    clusters = sample.groupby("STRATE")["GRAPPE"]
    assert (clusters.min() == 1).all()
    assert (clusters.nunique() == clusters.max()).all()
    assert clusters.nunique().min() >= 2
    area = families.persons.loc[sample.index, "area"]
    assert sample[["STRATE", "GRAPPE"]].drop_duplicates().shape[0] == area.nunique()


def test_who_did_not_answer_a_module_has_no_answers_and_who_did_no_blank(sample: pd.DataFrame) -> None:
    """97 stands where the questionnaire skips: what an adult who did not work, a child under no threat is not
    asked."""
    columns = list(sample)
    adult, child = (
        columns[columns.index("I1") : columns.index("E_RESULT")],
        columns[columns.index("E1") : columns.index("QUI")],
    )
    for own, asked in ((adult, sample["A_RESULT"] == 1), (child, sample["E_RESULT"] == 1)):
        assert sample.loc[~asked, own].isna().all(axis=None)
        assert sample.loc[asked, own].notna().all(axis=None)
    asked = sample[sample["A_RESULT"] == 1]
    assert ((asked["I1"] == 97) == (asked["TRAVAIL"] == 2)).all()
    children = sample[sample["E_RESULT"] == 1]
    for work in ("E1", "E2"):
        assert ((children[f"{work}M"] == 97) == (children[work] == 2)).all()
        assert ((children[f"{work}Q"] == 97) == children[f"{work}M"].isin([2, 97])).all()
    assert (children[["E1Q", "E2Q"]] == 3).any(axis=None)  # the parents themselves threatened


def test_no_true_status_leaves_with_the_sample(sample: pd.DataFrame) -> None:
    assert not [c for c in sample if c.lower().startswith(("truth", "true", "route"))]
    assert not {"household", "area", "adult", "child"} & set(sample)


def test_who_is_asked_everything_has_weight_one_and_no_blank(families: Families) -> None:
    everybody = full_count_of_families(families)
    adult, child = families.adults, families.children
    assert everybody["A_RESULT"].to_list() == np.where(adult, 1, 4).tolist()
    assert everybody["E_RESULT"].to_list() == np.where(child, 1, 3).tolist()
    for column, asked in (
        ("PADULTE", adult),
        ("PENFANT", child),
        ("I1", adult),
        ("E1", child),
        ("QUI", adult | child),
    ):
        assert (everybody[column].notna() == asked).all(), column
    assert everybody.loc[adult, "PADULTE"].eq(1).all()
    assert everybody["PMENAGE"].eq(1).all()
    people = families.persons
    assert (everybody["MENAGE"] == people["household"] + 1).all()  # from 1, as in a sample
    assert (everybody["STRATE"] == 10 * people["REGION"] + people["AREA"]).all()
    idle = adult & (people["WORKED"] == 2).to_numpy(bool, na_value=False)
    assert everybody.loc[idle, "I1"].eq(SKIPPED).all()
    assert everybody.loc[adult & ~idle, "I1"].ne(SKIPPED).all()


def test_an_industry_is_text_of_four_digits(families: Families) -> None:
    codes = full_count_of_families(families)[["CITI12", "CITI_TF"]]
    for column in codes:
        assert codes[column].dropna().str.fullmatch(r"\d{4}").all()
    assert codes["CITI12"].notna().sum() == (families.persons["WORKED"] == 1).sum()
