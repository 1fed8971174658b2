"""Tests when the first line of a file may be printed, and which name was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from fltoolkit.errors import DataError
from fltoolkit.survey.readers.opened_file import header_is_known, printed_names, refuse_missing

CSV = Path("people.CSV")


@pytest.mark.parametrize(
    ("present", "wanted", "paths", "known"),
    [
        (["34", "Marta"], ["W"], ["a.parquet"], True),  # its names are apart from its rows
        (["34", "Marta"], ["W"], [pd.DataFrame()], True),
        (["34", "Marta"], ["W"], [], True),
        (["34", "Marta"], ["W"], [CSV], False),
        (["34", "Marta"], ["W"], ["a.parquet", "b.txt"], False),
        (["w ", "S"], ["W", "P"], [CSV], True),  # half of them, whatever their capitals and blanks
        (["w", "S"], ["W", "P", "R"], [CSV], False),
        (["w", "S"], [], [CSV], False),  # nothing shows that these are names
    ],
)
def test_names_are_known_where_no_persons_answers_can_stand(
    present: Sequence[str], wanted: Sequence[str], paths: Sequence[object], known: bool
) -> None:
    assert header_is_known(present, wanted, paths) is known


def test_names_that_may_be_answers_are_counted() -> None:
    assert printed_names(["a", "b\u200b"], True) == ["a", r"b\u200b"]
    assert printed_names(["Marta"], False) == "1 name, not printed: the first line may be a person's answers"
    assert str(printed_names(["x"] * 1234, False)).startswith("1,234 names, not printed")


def refused(wanted: Sequence[str], present: Sequence[str], keys: dict[str, str] | None = None) -> DataError:
    with pytest.raises(DataError, match=r"columns that survey\.yaml names are not in the data") as error:
        refuse_missing(wanted, present, "survey.yaml", [CSV], keys)
    assert error.value.withheld == ", ".join(present)
    return error.value


def test_a_missing_column_is_told_with_its_key_and_the_name_that_was_meant() -> None:
    error = refused(
        ["WEIGHT", "AGE", "SEX"], ["WEIGTH", "AGE", "SEX"], {"WEIGHT": "design.weight", "AGE": "age.column"}
    )
    assert error.found == "WEIGHT (design.weight; did you mean WEIGTH?)"
    assert error.allowed == "WEIGTH, AGE, SEX"
    assert error.do == "correct the names; upper and lower case count"
    assert refused(["zzz", "AGE"], ["AGE", "SEX"]).found == "zzz"


def test_where_the_first_line_may_be_data_no_guess_quotes_it() -> None:
    error = refused(["Mart", "AGE"], ["Marta", "34", "1"])
    assert "Marta" not in str(error)
    assert error.do.startswith("write the names of the columns into the first line")


def test_of_a_single_column_the_delimiter_is_asked_for() -> None:
    assert "give its `delimiter:`" in refused(["AGE"], ["AGE;SEX"]).do


def test_nothing_missing_is_no_error() -> None:
    refuse_missing(["AGE"], ["AGE", "SEX"], "survey.yaml", [CSV])
