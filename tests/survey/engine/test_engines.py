"""Tests the count of different keys: whole numbers close together are marked as bits, and others are looked
up, with the same result."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import narwhals as nw
import pytest
from hypothesis import example, given, strategies as st

from fltoolkit.survey.engine import engines
from fltoolkit.survey.engine.engines import connect

KINDS = {"TINYINT": 2**7, "SMALLINT": 2**15, "INTEGER": 2**31, "BIGINT": 2**63}


TABLES = itertools.count()
connection = cache(connect)  # one for all examples: opening it takes longer than counting


def table(rows: list[tuple[Any, ...]], kinds: list[str]) -> nw.LazyFrame[Any]:
    con, name = connection(), f"t{next(TABLES)}"
    names = [f'"a ""key"" {i}"' for i in range(len(kinds))]
    con.execute(f"CREATE TABLE {name} ({', '.join(f'{n} {k}' for n, k in zip(names, kinds, strict=True))})")
    row = f"({', '.join('?' for _ in kinds)})"
    con.execute(
        f"INSERT INTO {name} VALUES {', '.join(row for _ in rows)}", [value for row in rows for value in row]
    )
    return nw.from_native(con.table(name)).lazy()


@st.composite
def keys(draw: st.DrawFn) -> tuple[list[tuple[int | None, ...]], list[str]]:
    """Rows of one to three whole numbers of some kind: near each other or near both ends of what the kind
    holds."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3))
    columns = []
    for kind in kinds:
        end = KINDS[kind] - 1
        start, spread = draw(st.integers(-end, end - 5)), draw(st.integers(0, 5))
        near = st.integers(start, start + spread)
        far = st.sampled_from([-end - 1, -end, 0, end])
        columns.append(draw(st.sampled_from([near, near, near | far, near | st.none()])))
    return draw(st.lists(st.tuples(*columns), min_size=1, max_size=30)), kinds


@pytest.mark.thorough("large tables")
@given(keys())
@example(([(127,), (-128,), (127,)], ["TINYINT"]))
@example(([(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)], ["TINYINT", "BIGINT", "INTEGER"]))
def test_different_keys_are_counted_as_a_set_counts_them(
    given_: tuple[list[tuple[int | None, ...]], list[str]],
) -> None:
    rows, kinds = given_
    frame = table(rows, kinds)
    assert engines.count_distinct(frame, frame.collect_schema().names()) == len(set(rows))


@pytest.mark.parametrize(
    ("rows", "kinds", "marked"),
    [
        pytest.param([(7, 1), (7, 2), (9, 1)], ["INTEGER", "TINYINT"], True, id="close together"),
        pytest.param([(0,), (2**40,)], ["BIGINT"], False, id="more bits than they are worth"),
        pytest.param([(2**63 - 2,), (2**63 - 1,)], ["BIGINT"], True, id="the last that a number holds"),
        pytest.param([(2**63,), (2**63 + 1,)], ["UBIGINT"], False, id="more than it holds"),
        pytest.param([(1,), (None,)], ["INTEGER"], False, id="a blank is a value of its own"),
        pytest.param([("a",), ("b",)], ["VARCHAR"], False, id="text"),
    ],
)
def test_only_close_whole_numbers_are_marked_as_bits(
    rows: list[tuple[Any, ...]], kinds: list[str], marked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, looked_at, bit = table(rows, kinds), [], engines._bit

    def seen(of: Any) -> str:
        looked_at.append(bit(of))
        return looked_at[-1]

    monkeypatch.setattr(engines, "_bit", seen)
    assert engines.count_distinct(frame, frame.collect_schema().names()) == len(rows)
    assert any(looked_at) == marked


def test_of_no_rows_no_key_differs() -> None:
    frame = table([(1,)], ["INTEGER"])
    frame = frame.filter(nw.col(frame.collect_schema().names()[0]) > 1)
    assert engines.count_distinct(frame, frame.collect_schema().names()) == 0


def test_what_is_held_is_worked_out_once() -> None:
    """A random number is another one each time its column is worked out: a lazy frame gives other numbers at
    each look, one that is held the same."""
    con = connect()
    lazy = nw.from_native(con.sql("SELECT random() AS number FROM range(10)")).lazy()
    held = engines.kept_in_memory(lazy, con, "survey.yaml")
    first, second = (held.collect("pyarrow").to_native().to_pylist() for _ in range(2))
    assert first == second


def test_two_frames_are_held_beside_each_other() -> None:
    con = connect()
    one, two = (
        engines.kept_in_memory(nw.from_native(con.sql(f"SELECT {n} AS n")).lazy(), con, "") for n in (1, 2)
    )
    assert [frame.collect("pyarrow").to_native().to_pylist() for frame in (one, two)] == [
        [{"n": 1}],
        [{"n": 2}],
    ]


def coded(values: str, kind: str) -> tuple[list[int | None], list[str]]:
    """The numbers of a column, row by row, and the labels they stand for."""
    frame = nw.from_native(
        connect().sql(f"SELECT CAST(v AS {kind}) AS k, i FROM (VALUES {values}) AS t(v, i)")
    ).lazy()
    found, labels = engines.labels_as_numbers(
        frame, {"k": "k"}, lambda name: engines.labels_of(frame.select(name)), few=False
    )
    return [k for k, _ in nw.to_native(found.sort("i")).project("k, i").fetchall()], labels["k"].to_pylist()


def test_texts_are_numbered_in_their_order_and_blanks_around_them_do_not_count() -> None:
    rows = (
        "(' b', 0), ('b', 1), ('a', 2), ('1.0', 3), ('', 4), ('  ', 5), (NULL, 6), ('1', 7), ('É', "
        "8), ('a''b\"', 9)"
    )
    numbers, labels = coded(rows, "VARCHAR")
    assert labels == ["1", "1.0", "a", "a'b\"", "b", "É"]
    assert numbers == [4, 4, 2, 1, None, None, None, 0, 5, 3]


def test_what_is_neither_text_nor_whole_is_numbered_by_its_canonical_text() -> None:
    numbers, labels = coded("('2', 0), ('10', 1), ('1.5', 2), ('nan', 3), (NULL, 4), ('2.0', 5)", "DOUBLE")
    assert (numbers, labels) == ([2, 1, 0, None, None, 2], ["1.5", "10", "2"])
    assert coded("('y', 0), ('n', 1), (NULL, 2), ('y', 3)", "ENUM('y', 'n')") == ([1, 0, None, 1], ["n", "y"])
    assert coded("(true, 0), (NULL, 1), (false, 2)", "BOOLEAN") == ([1, None, 0], ["false", "true"])


def test_a_column_of_nothing_but_blanks_has_no_labels() -> None:
    assert coded("('', 0), (NULL, 1)", "VARCHAR") == ([None, None], [])
