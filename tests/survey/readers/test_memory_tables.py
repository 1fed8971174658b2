"""Tests tables in memory: columns of one kind from any library. A column of several kinds is reported by its
name and rows."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.engine.columns import text
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.opened_file import open_named

D = decimal.Decimal
DAY, MOMENT = datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1, 5)
ROWS = 30_000  # beyond any sample


def objects(values: list[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype=object)


def mean_of(table: Any) -> float:
    return float(fl.mean(fl.SurveyDesign(table, weight="w"), "x").table["estimate"].iloc[0])


@pytest.mark.parametrize(
    "late",
    [0.4, D("0.4"), np.float32(0.5), np.int8(3), 2.5, 2**70],
)
def test_objects_that_are_all_numbers_are_numbers_however_late_one_differs(late: Any) -> None:
    values = [1] * (ROWS - 1) + [late]
    table = pd.DataFrame({"w": 1.0, "x": objects(values)})
    assert mean_of(table) == pytest.approx(sum(map(float, values)) / ROWS, rel=1e-14)
    weighted = pd.DataFrame({"w": objects(values), "x": [float(i % 7) for i in range(ROWS)]})
    total = sum(float(w) * (i % 7) for i, w in enumerate(values)) / sum(map(float, values))
    assert mean_of(weighted) == pytest.approx(total, rel=1e-14)


@pytest.mark.parametrize(
    ("late", "found"),
    [
        ("Rosa", "numbers (first in row 0); text (first in row 29999)"),
        (["Rosa"], "numbers (first in row 0); values of the type list (first in row 29999)"),
        (True, "numbers (first in row 0); true or false (first in row 29999)"),
        (DAY, "dates (first in row 29999); numbers (first in row 0)"),
    ],
)
@pytest.mark.parametrize("column", ["w", "x"])
def test_a_column_of_two_kinds_is_told_by_its_name_and_the_first_row_of_each(
    column: str, late: Any, found: str
) -> None:
    table = pd.DataFrame({"w": 1.0, "x": 1.0}, index=range(ROWS))
    table[column] = objects([1] * (ROWS - 1) + [late])
    with pytest.raises(DataError) as error:
        mean_of(table)
    assert f": {column}: the values of this column cannot be used\n  found:   {found}\n" in str(error.value)
    assert "rows are counted from 0" in str(error.value)
    assert "Rosa" not in str(error.value)


@pytest.mark.parametrize(
    "values", [[DAY, MOMENT], [MOMENT, DAY], ["a", b"b"], [DAY, "2020-01-02"], [True, "yes"]]
)
def test_kinds_that_arrow_or_duckdb_would_cast_to_each_other_are_two_kinds(values: list[Any]) -> None:
    with pytest.raises(DataError, match="the values of this column cannot be used"):
        fl.mean(fl.SurveyDesign(pd.DataFrame({"w": 1.0, "x": objects(values)}), weight="w"), "w", by="x")


def groups(table: Any) -> dict[str, int]:
    got = fl.mean(fl.SurveyDesign(table, weight="w"), "w", by="x").table
    return dict(zip(got["x"], got["n"].astype(int), strict=True))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (objects([1, pd.NA, None, float("nan")]), {"1": 1, "not stated": 3}),
        (objects(["a", None, pd.NA, float("nan")]), {"a": 1, "not stated": 3}),
        (objects([True, np.False_, None, True]), {"true": 2, "false": 1, "not stated": 1}),
        (objects([D("1.50"), D("NaN"), D("1.50"), None]), {"1.50": 2, "not stated": 2}),
        (objects([pd.Timestamp(MOMENT), pd.NaT, pd.NaT, None]), {"2020-01-01 05:00:00": 1, "not stated": 3}),
        (pd.Series(["a", None, "b", "b"], dtype="string[python]"), {"a": 1, "b": 2, "not stated": 1}),
        (pd.Series(["a", None, "b", "b"], dtype="string[pyarrow]"), {"a": 1, "b": 2, "not stated": 1}),
        (pd.Series(["a", None, "b", "b"], dtype="category"), {"a": 1, "b": 2, "not stated": 1}),
        (pd.Series([1, None, 2, 2], dtype="Int64").astype("category"), {"1": 1, "2": 2, "not stated": 1}),
        (pd.Series([1, None, 2, 2], dtype="Int8"), {"1": 1, "2": 2, "not stated": 1}),
        (pd.Series([True, None, True, True], dtype="boolean"), {"true": 3, "not stated": 1}),
        (pd.Series(pd.arrays.SparseArray([1.0, 0.0, 0.0, 0.0])), {"1": 1, "0": 3}),
        (pd.Series(np.array([1, 2, 2, 2], dtype="float16")), {"1": 1, "2": 3}),
        (pd.Series(np.array([1, 2, 2, 2], dtype="longdouble")), {"1": 1, "2": 3}),
        (pd.Series([None] * 4), {"not stated": 4}),
    ],
)
def test_every_kind_that_pandas_has_for_codes_is_codes(
    values: pd.Series[Any], expected: dict[str, int]
) -> None:
    assert groups(pd.DataFrame({"w": 1.0, "x": values})) == expected


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: pd.period_range("2020", periods=4), "pandas.period"),
        (lambda: pd.interval_range(0, 4), "pandas.interval"),
        (lambda: np.array([1j, 1, 2, 3]), "complex128"),
        (lambda: pd.to_timedelta(range(4)), "lengths of time"),
        (lambda: objects([["Rosa"]] * 4), "lists"),
        (lambda: objects([{"Rosa": 1}] * 4), "structures"),
        (lambda: objects([b"Rosa"] * 4), "bytes"),
        (lambda: objects([10**39] * 4), "numbers that are too long, or infinite"),
        (lambda: objects([2**60, 2**60 + 1, 1.5, 1]), "whole numbers of more than 15 digits beside others"),
    ],
)
def test_a_column_that_nothing_can_be_made_of_stops_nobody_who_does_not_ask_for_it(
    make: Callable[[], Any], found: str
) -> None:
    design = fl.SurveyDesign(pd.DataFrame({"w": 1.0, "x": make()}), weight="w")
    assert fl.mean(design, "w").table["n"].to_list() == [4]
    for ask in (lambda: fl.mean(design, "x"), lambda: fl.mean(design, "w", by="x")):
        with pytest.raises(DataError) as error:
            ask()
        assert f"x: the values of this column cannot be used\n  found:   {found}\n" in str(error.value)
        assert "Rosa" not in str(error.value)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(
            pl.DataFrame({"w": [1.0] * 3, "x": pl.Series([1, 2, 6], dtype=pl.Int128)}), id="Polars Int128"
        ),
        pytest.param(
            pl.DataFrame({"w": [1.0] * 3, "x": pl.Series([1, 2.5, 5.5], dtype=pl.Object)}),
            id="Polars objects",
        ),
        pytest.param(
            pa.table({"w": [1.0] * 3, "x": pa.array(np.array([1, 2, 6], "float16"))}), id="Arrow half floats"
        ),
        pytest.param(
            pa.table({"w": [1.0] * 3, "x": pa.array([D("1"), D("2"), D("6")], pa.decimal256(50, 2))}),
            id="Arrow decimal256",
        ),
        pytest.param(
            pa.table({"w": [1.0] * 3, "x": [1, 2, 6]}).to_reader(), id="a reader, which can be read once"
        ),
        pytest.param(pa.record_batch({"w": [1.0] * 3, "x": [1, 2, 6]}), id="a batch"),
    ],
)
def test_tables_of_polars_and_arrow_give_the_same_number_as_often_as_they_are_asked(table: Any) -> None:
    design = fl.SurveyDesign(table, weight="w")
    assert [fl.mean(design, "x").table["estimate"].iloc[0] for _ in range(2)] == [3.0, 3.0]


def test_a_single_column_is_no_table() -> None:
    with pytest.raises(DataError, match="not a table the kit reads"):
        fl.SurveyDesign(pd.Series([1.0]), weight="w")


def test_names_have_no_blanks_around_them_whoever_holds_the_table() -> None:
    table = pd.DataFrame({" w ": [1.0, 2.0], "x\t": [1.0, 4.0]})
    for data in (table, pl.from_pandas(table), pa.Table.from_pandas(table)):
        assert mean_of(data) == 3.0
    with pytest.raises(DataError, match=r"in blanks around them"):
        mean_of(table.assign(w=1))


def test_no_table_at_all_is_told_in_words() -> None:
    with pytest.raises(DataError, match=r"found:   nothing \(None\)"):
        fl.SurveyDesign(None, weight="w")


def _relation(query: str) -> duckdb.DuckDBPyRelation:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE people AS SELECT 2.0 AS w, i % 4 AS p, i % 2 AS y, 'Marta Lopez' AS name FROM "
        "range(8) AS t(i)"
    )
    return con.sql(query)


def test_a_duckdb_relation_that_fails_on_a_row_is_told_without_the_row() -> None:
    """DuckDB reads a relation when its rows are asked for, and its words quote the cell."""
    with pytest.raises(DataError) as raised:
        fl.SurveyDesign(
            _relation("SELECT * REPLACE (CAST(name AS INT) AS y) FROM people"), weight="w", psu="p"
        )
    assert "the DuckDB relation cannot be read" in raised.value.message
    assert "Marta" not in raised.value.message


def test_a_duckdb_relation_of_a_closed_connection() -> None:
    con = duckdb.connect()
    relation = con.sql("SELECT 1 AS w")
    con.close()
    with pytest.raises(DataError, match="see that its connection is open"):
        fl.SurveyDesign(relation, weight="w")


def test_a_duckdb_relation_is_read_once() -> None:
    """Rows that come to its table later are in no number: eight rows, four of them cases, weigh 2 each."""
    con = duckdb.connect()
    con.execute("CREATE TABLE people AS SELECT 2.0 AS w, i % 4 AS p, i % 2 AS y FROM range(8) AS t(i)")
    design = fl.SurveyDesign(con.table("people"), weight="w", psu="p")
    con.execute("INSERT INTO people SELECT 9.0, 1, 1 FROM range(50)")
    assert fl.total(design, "y").table["estimate"].tolist() == [8.0]


def test_a_table_without_columns_and_a_text_that_is_none() -> None:
    with pytest.raises(DataError, match="no column of the data can be used"):
        fl.SurveyDesign(pd.DataFrame(), weight="w")
    table = pa.table({"w": [1.0, 2.0], "p": pa.array([b"\xff", b"\xfe"]).view(pa.string())})
    with pytest.raises(DataError, match=r"p: the values of this column cannot be used(.|\n)*not UTF-8"):
        fl.SurveyDesign(table, weight="w", psu="p")


# ------------------------------------------------------------------------------------------------------- no v


def read_as_text(table: Any) -> list[Any]:
    frame = open_named(table, connect()).frame
    column = text("x", frame.collect_schema()["x"]).alias("x")
    values: list[Any] = frame.select(column).collect("pyarrow").to_native()["x"].to_pylist()
    return values


def test_the_largest_whole_numbers_of_duckdb_keep_their_digits() -> None:
    """Arrow has no unsigned whole numbers of 128 bits; the largest one became -1. Hashed household numbers
    are such numbers."""
    relation = duckdb.connect().sql(
        "SELECT unnest(['340282366920938463463374607431768211455', '7', NULL])::UHUGEINT AS x"
    )
    assert read_as_text(relation) == ["340282366920938463463374607431768211455", "7", None]


def test_whole_numbers_of_arrow_in_256_bits_keep_their_digits() -> None:
    """They became floats, so that neighbouring labels became one."""
    labels = [D("12345678901234567890123"), D("12345678901234567890124"), None]
    assert read_as_text(pa.table({"x": pa.array(labels, pa.decimal256(40, 0))})) == [
        label and str(label) for label in labels
    ]
    assert read_as_text(pa.table({"x": pa.array([D(1200)], pa.decimal128(5, -2))})) == ["1200"]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([D("9" * 40)], pa.decimal256(40, 0)),
        pd.Series([D("12345678901234567891"), 1.5], dtype=object),
        pd.Series([D("12345678901234567891"), 1], dtype=object),
    ],
)
def test_numbers_whose_digits_would_be_lost_are_left_out(values: Any) -> None:
    table = {"x": values, "y": [1] * len(values)}
    opened = open_named(pd.DataFrame(table) if isinstance(values, pd.Series) else pa.table(table), connect())
    assert opened.names == ("y",)
    assert "x" in opened.unreadable


def test_categories_that_are_intervals_stop_nobody_who_does_not_ask_for_them() -> None:
    """`pd.cut` makes such columns. One of them made the whole table unreadable."""
    opened = open_named(pd.DataFrame({"x": pd.cut(pd.Series([1, 2, 3]), 2), "y": [1, 2, 3]}), connect())
    assert opened.names == ("y",)
    assert "x" in opened.unreadable


def table() -> pd.DataFrame:
    return pd.DataFrame({"w": 1.0, "x": np.arange(40.0), "n": np.arange(40), "g": ["a", "b"] * 20})


CHANGES: dict[str, Callable[[pd.DataFrame], object]] = {
    "a value": lambda t: t.iloc.__setitem__((0, 1), 1e9),
    "a column in place": lambda t: t.loc.__setitem__((slice(None), "w"), t["w"] * 1000),
    "a whole number": lambda t: t.iloc.__setitem__((0, 2), 10**9),
    "a text": lambda t: t.loc.__setitem__((0, "g"), "b"),
    "a column": lambda t: t.__setitem__("x", 0.0),
    "no column": lambda t: t.pop("x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_table_changed_after_it_was_given_changes_no_estimate(change: str) -> None:
    """In place, numbers had changed and texts had not."""
    data = table()
    design = fl.SurveyDesign(data, weight="w")
    CHANGES[change](data)
    for column in ("x", "n"):
        got = fl.total(design, column, by=[[], ["g"]]).table["estimate"]
        assert (
            got.tolist()
            == fl.total(fl.SurveyDesign(table(), weight="w"), column, by=[[], ["g"]])
            .table["estimate"]
            .tolist()
        )


def test_a_name_in_the_index_is_told() -> None:
    data = table().set_index(["g", "n"])
    for ask in (
        lambda: fl.SurveyDesign(data, weight="w", strata="g"),
        lambda: fl.mean(fl.SurveyDesign(data, weight="w"), "x", by="g"),
    ):
        with pytest.raises(DataError, match=r": g: (.|\n)*index of the table(.|\n)*reset_index"):
            ask()


def test_a_name_in_the_index_that_is_a_column_too_is_the_column() -> None:
    data = table()
    data.index = data["n"].rename("g")  # type: ignore[assignment]
    assert len(fl.mean(fl.SurveyDesign(data, weight="w"), "x", by="g").table) == 2
