"""Tests the forms in which a user may write breakdowns."""

from __future__ import annotations

import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.totals.breakdowns import breakdowns, cube, groups_of


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, ((),)),
        ([], ((),)),
        ([[]], ((),)),
        ("a", (("a",),)),
        (["a", "b"], (("a", "b"),)),
        ([["a"], []], (("a",), ())),
        ([["a"], ["a"], ["a", "b"]], (("a",), ("a", "b"))),
        (["a", "a"], (("a",),)),
        ([["a", "a"]], (("a",),)),
    ],
)
def test_by_is_read_as_breakdowns(by: object, expected: object) -> None:
    assert breakdowns(by) == expected  # type: ignore[arg-type]


def test_a_cube_holds_every_breakdown_and_the_total_first() -> None:
    assert cube("a", "b") == [[], ["a"], ["b"], ["a", "b"]]
    assert cube() == [[]]


def test_groups_of_breakdowns_stand_once_and_none_has_the_name_of_a_result() -> None:
    assert groups_of((("sex", "region"), ("sex",), ())) == ("sex", "region")
    with pytest.raises(RequestError, match="a result has a column of this name"):
        groups_of((("estimate",),))
    with pytest.raises(RequestError, match="joins two groups"):
        groups_of((("sex × region",),))


def test_a_cube_is_of_ten_groups_at_most() -> None:
    assert len(fl.cube(*"abcdefghij")) == 2**10
    with pytest.raises(RequestError, match=r"cube: (.|\n)*11 groups(.|\n)*list the breakdowns"):
        fl.cube(*"abcdefghijk")
