"""Tests that a child's parents are found by household and line number, in any spelling of the numbers."""

from __future__ import annotations

from typing import Any

import narwhals as nw
from small_surveys import frame_of

from fltoolkit.survey.person_rows import line_numbers, with_parent_facts
from fltoolkit.survey.spec.questions import Parents

PARENTS = Parents(line="L", columns=("M", "F"))


def read(frame: nw.LazyFrame[Any], *columns: str) -> list[list[Any]]:
    table = frame.select(*columns).collect("pyarrow").to_native().to_pydict()
    return [table[column] for column in columns]


def test_a_line_number_with_zeros_before_it_is_the_same_text_and_other_text_stays() -> None:
    frame = frame_of(src__L=["01", "1", "010", "a1", None], src__M=["2"] * 5, src__F=["0003"] * 5)
    assert read(frame.select(**line_numbers(frame, PARENTS)), "L", "M", "F") == [
        ["1", "1", "10", "a1", None],
        ["2"] * 5,
        ["3"] * 5,
    ]


def test_line_numbers_are_whole_numbers_only_where_all_columns_have_them_as_such() -> None:
    texts = {"src__L": ["1"], "src__M": ["2"], "src__F": ["3"]}
    whole = frame_of(**texts, fl__code__L=[1], fl__code__M=[2], fl__code__F=[3])
    assert read(whole.select(**line_numbers(whole, PARENTS)), "L", "M", "F") == [[1], [2], [3]]
    partly = frame_of(**texts, fl__code__L=[1], fl__code__M=[2])
    assert read(partly.select(**line_numbers(partly, PARENTS)), "L", "M", "F") == [["1"], ["2"], ["3"]]


def test_a_child_is_beside_the_parents_of_its_own_household_and_file() -> None:
    """Two homes whose lines restart, the first of them in a second quarter again; line 3 is a child and
    nobody's parent."""
    rows = [  # quarter, home, line, mother, father, adult, answer
        (0, "a", "1", None, None, True, "yes"),
        (0, "a", "2", None, None, True, "no"),
        (0, "a", "3", "01", "2", False, "child"),
        (0, "b", "1", None, None, None, "unknown"),
        (0, "b", "3", "1", "3", False, "child"),
        (1, "a", "1", None, None, True, "later"),
        (1, "a", "3", "1", "9", False, "child"),
    ]
    names = ("fl__part", "fl__household", "src__L", "src__M", "src__F", "adult", "answer")
    frame = frame_of(
        **{name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    )
    child = nw.col("src__L") == "3"
    found = with_parent_facts(frame, PARENTS, child, nw.col("adult"), {"said": nw.col("answer")})
    order = found.filter(child).sort("fl__part", "fl__household")
    assert read(order, "fl__parent0__said", "fl__parent1__said") == [
        ["yes", None, "later"],
        ["no", None, None],
    ]
    assert set(found.collect_schema().names()) == {*names, "fl__parent0__said", "fl__parent1__said"}


def test_only_the_rows_asked_for_are_given_parents() -> None:
    frame = frame_of(
        fl__part=[0, 0], fl__household=["a", "a"], src__L=["1", "2"], src__M=["2", "1"], src__F=["2", "1"]
    )
    found = with_parent_facts(
        frame, PARENTS, nw.col("src__L") == "2", nw.lit(True), {"line": nw.col("src__L")}
    )
    assert read(found.sort("src__L"), "fl__parent0__line") == [[None, "1"]]
