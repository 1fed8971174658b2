"""Tests outcomes that differ by few persons in a cell."""

from __future__ import annotations

from typing import Any

import pytest

import fltoolkit as fl


@pytest.mark.parametrize(
    ("alone", "hidden"),
    [(0, False), pytest.param(2, True, marks=pytest.mark.thorough("one more run")), (4, True), (5, False)],
)
def test_a_cell_that_differs_from_forced_labour_by_few_persons_is_hidden(
    alone: int, hidden: bool, small: Any
) -> None:
    """`alone` persons answered yes to coercion and no to the involuntary circumstance."""
    people = (
        [("case", {}) for _ in range(40)]
        + [("not", {"COE": 1}) for _ in range(alone)]
        + [("not", {}) for _ in range(200)]
    )
    persons = fl.outcome(small(people), "coercion")
    out = fl.publish(fl.total(persons, "forced_labour"))
    assert out.table["estimate"].notna().all()
    found = fl.publish(fl.total(persons, "coercion"), beside=out).select("total", outcome="coercion")
    assert (found["marker"] == "c").tolist() == [hidden]
