"""Tests gates in survey.yaml: single ones, and several that are combined."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fltoolkit.survey.spec.questions import Routing

A, B = {"column": "A", "asked": "1"}, {"column": "B", "asked": ["1", "2"], "skipped": "3", "unknown": "8"}


def test_gates_nest_and_tell_their_columns() -> None:
    routing = Routing.model_validate({"all": [A, {"any": [B, {"column": ["C", "D"], "asked": "1"}]}]})
    assert routing.columns() == ["A", "B", "C", "D"]
    assert [gate.asked for gate in routing.gates()] == [("1",), ("1", "2"), ("1",)]
    assert [gate.skipped for gate in routing.gates()] == [None, ("3",), None]
    assert routing.joined[1].any is not None


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "give exactly one of column"),
        ({"all": [A], "any": [B]}, "give exactly one of column"),
        ({**A, "all": [B]}, "give exactly one of column"),
        ({"column": "A"}, "asked is required with column"),
        ({"all": [A], "asked": "1"}, "belong to a gate with a column"),
        ({"all": [A], "why": "so"}, "belong to a gate with a column"),
        ({"all": []}, "at least 1 item"),
        ({"any": [{"all": [{"column": "A"}]}]}, "asked is required with column"),
        ({**A, "unknown": "1"}, "code 1 means both asked and unknown"),
        ({**A, "skipped": "2", "unknown": ["8", "2.0"]}, "code 2 means both skipped and unknown"),
        ({**A, "skiped": "2"}, "Extra inputs"),
    ],
)
def test_what_is_no_gate_is_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Routing.model_validate(keys)
