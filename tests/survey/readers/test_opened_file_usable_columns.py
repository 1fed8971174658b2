"""Tests the columns that can be used: which are left out and why, and which names stop the reading."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fltoolkit.errors import DataError
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers import opened_file
from fltoolkit.survey.readers.opened_file import refuse_names, refuse_unreadable, usable


def test_columns_of_no_use_are_left_out_and_names_are_tidied() -> None:
    relation = connect().sql(
        "SELECT 1 AS a, [1, 2] AS many, {'x': 1} AS parts, 2 AS \" b \", 'z'::BLOB AS raw, 3 AS \" \""
    )
    kept, unusable = usable(relation, None)
    assert kept.columns == ["a", "b"]
    assert kept.fetchall() == [(1, 2)]
    assert {name: why.found.split()[-1] for name, why in unusable.items()} == {
        "many": "lists",
        "parts": "structures",
        "raw": "bytes",
    }
    as_it_is = connect().sql("SELECT 1 AS a, 2 AS b")
    assert usable(as_it_is, ["a"]) == (as_it_is, {})  # few columns: none is dropped for not being asked for


def test_of_a_very_wide_table_only_what_is_asked_for_stays_and_at_least_one_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opened_file, "WIDE", 3)
    relation = connect().sql("SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d")
    assert usable(relation, ["d", "b"])[0].columns == ["b", "d"]
    assert usable(relation, ["none"])[0].columns == ["a"]
    assert usable(relation, None)[0].columns == ["a", "b", "c", "d"]
    assert usable(relation.project("a, b, c"), ["a"])[0].columns == ["a", "b", "c"]


def test_a_table_without_any_column_of_use_is_refused() -> None:
    with pytest.raises(DataError, match="no column of the data can be used") as error:
        usable(connect().sql("SELECT [1] AS a, [2] AS b"), None)
    assert str(error.value.found).count("lists") == 1  # told once


def test_only_a_column_that_is_asked_for_stops() -> None:
    _, unusable = usable(connect().sql("SELECT 1 AS a, [1] AS b"), None)
    refuse_unreadable(["a"], unusable, "weight")
    with pytest.raises(DataError, match="weight: b: the values of this column cannot be used"):
        refuse_unreadable(["a", "b"], unusable, "weight")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["SEX", "age", " sex"], ["differ only in capitals", "found:   SEX,  sex"]),
        (["a", "b", "a"], ["names are repeated", "found:   a, a"]),
        (
            ["a", "fl__x", "SRC__y", "num__z", "*"],
            ["may not start with fl__, src__ or num__", "found:   fl__x, SRC__y, num__z, *"],
        ),
    ],
)
def test_names_that_collide_stop_and_are_printed_only_where_they_are_names(
    columns: Sequence[str], said: list[str]
) -> None:
    with pytest.raises(DataError) as error:
        refuse_names(columns, "a.csv", known=True)
    assert [words for words in ["a.csv: column", *said] if words not in str(error.value)] == [], str(
        error.value
    )
    with pytest.raises(DataError, match="not printed: the first line may be a person's answers") as masked:
        refuse_names(columns, "a.csv", known=False)
    assert masked.value.withheld == said[1].removeprefix("found:   ")


def test_names_that_are_told_apart_are_taken() -> None:
    refuse_names(["a", "b", "A1", "flat", "source"], "a.csv", known=True)
