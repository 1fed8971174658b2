"""Tests that a codebook renames and recodes a table, and writes it with the labels and missing values of SPSS
and Stata."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from fltoolkit.synthetic.codebook import Codebook, read_codebook, write_dta, write_sav

YES_NO = {"1": "oui", "2": "non"}
PEOPLE = pd.DataFrame(
    {"HH": [1, 2, 3], "Q": [1, 8, 9], "W_LFS": [1.5, None, 2.0], "ISIC12": ["0111", None, "9700"]}
)
COLUMNS = {
    "HOME": {"source": "HH", "label": "household"},
    "ITEM": {"source": "Q", "label": "item", "answers": "item"},
    "WEIGHT": {"source": "W_LFS", "label": "weight"},
    "ISIC": {"source": "ISIC12", "label": "industry"},
}


def book(**item: object) -> Codebook:
    return Codebook.model_validate({"title": "Small", "answers": {"item": item}, "columns": COLUMNS})


SPSS = book(
    labels={**YES_NO, "98": "ne sait pas", "99": "refus"}, recode={"8": "98", "9": "99"}, missing=["97", "99"]
)
STATA = book(labels={**YES_NO, ".a": "don't know", ".b": "refused"}, recode={"8": ".a", "9": ".b"})


def test_columns_are_renamed_and_answers_recoded() -> None:
    found = SPSS.apply(PEOPLE)
    assert list(found) == ["HOME", "ITEM", "WEIGHT", "ISIC"]
    assert found["ITEM"].to_list() == [1, 98, 99]
    assert STATA.apply(PEOPLE)["ITEM"].to_list() == [1, ".a", ".b"]
    assert book(labels=YES_NO).apply(PEOPLE)["ITEM"].to_list() == [1, 8, 9]
    assert found["ISIC"].iloc[0] == "0111"


def test_labels_and_missing_values_stand_by_column() -> None:
    assert SPSS.numbers == ["HOME", "ITEM", "WEIGHT"]
    assert SPSS.missing == {"ITEM": [{"lo": 97, "hi": 99}]}
    assert SPSS.value_labels == {"ITEM": {1: "oui", 2: "non", 98: "ne sait pas", 99: "refus"}}
    assert STATA.value_labels == {"ITEM": {1: "oui", 2: "non", "a": "don't know", "b": "refused"}}
    assert STATA.missing == {}
    part = SPSS.only(["ISIC", "HOME"])
    assert list(part.columns) == ["ISIC", "HOME"]
    assert part.column_labels == {"ISIC": "industry", "HOME": "household"}


def test_an_spss_file_holds_the_codes_with_their_meaning_and_is_the_same_twice(tmp_path: Path) -> None:
    for name in ("a.sav", "b.sav"):
        write_sav(SPSS.apply(PEOPLE), SPSS, tmp_path / name)
    assert (tmp_path / "a.sav").read_bytes() == (tmp_path / "b.sav").read_bytes()
    assert b"01 Jan 26" in (tmp_path / "a.sav").read_bytes()[:120]
    table, about = pyreadstat.read_sav(str(tmp_path / "a.sav"), user_missing=True)
    assert table["ITEM"].to_list() == [1, 98, 99]
    assert table["WEIGHT"].fillna(-1).to_list() == [1.5, -1, 2.0]
    assert table["ISIC"].to_list() == ["0111", "", "9700"]
    assert about.missing_ranges == {"ITEM": [{"lo": 97, "hi": 99}]}
    assert about.variable_value_labels == SPSS.value_labels
    assert (about.original_variable_types["WEIGHT"], about.original_variable_types["HOME"]) == (
        "F8.3",
        "F6.0",
    )


def test_a_stata_file_holds_tagged_missing_values_and_is_the_same_twice(tmp_path: Path) -> None:
    people = PEOPLE.assign(HH=pd.Series([1, None, 3], dtype="Int64"))
    for name in ("a.dta", "b.dta"):
        write_dta(STATA.apply(people), STATA, tmp_path / name)
    content = (tmp_path / "a.dta").read_bytes()
    assert content == (tmp_path / "b.dta").read_bytes()
    assert content.count(b"01 Jan 2028 00:00</timestamp>") == 1
    table, about = pyreadstat.read_dta(str(tmp_path / "a.dta"), user_missing=True)
    assert table["ITEM"].to_list() == [1, "a", "b"]
    assert table["HOME"].fillna(-1).to_list() == [1, -1, 3]
    assert table["WEIGHT"].fillna(-1).to_list() == [1.5, -1, 2.0]
    assert about.missing_user_values == {"ITEM": ["a", "b"]}
    assert about.column_names_to_labels["ITEM"] == "item"


@pytest.mark.parametrize("name", ["enquete_fr", "norvia_en"])
def test_a_shipped_codebook_has_every_kind_of_answers_it_names(name: str) -> None:
    shipped = read_codebook(name)
    assert {c.answers for c in shipped.columns.values() if c.answers} == set(shipped.answers)
    assert all(c.label for c in shipped.columns.values())
