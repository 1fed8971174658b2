"""Tests the part of survey.yaml on children: the keys of their questions, and the columns that identify
parents."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fltoolkit.survey.spec.questions import Children, Parents

WORK: dict[str, Any] = {"done": "D1", "threat": ["T1", "T2"]}


def test_each_question_has_the_key_that_maps_it() -> None:
    children = Children.model_validate(
        {
            "third_party": WORK,
            "with_parents": {"done": "D2", "threat": "T3", "by_third_party": "B2"},
            "worst_forms": {"slavery": "S", "illicit_activities": "I"},
        }
    )
    columns = {
        key: None if sources is None else [s.column for s in sources] for key, sources in children.questions()
    }
    assert columns == {
        "children.third_party.done": ["D1"],
        "children.third_party.threat": ["T1", "T2"],
        "children.third_party.by_third_party": None,
        "children.with_parents.done": ["D2"],
        "children.with_parents.threat": ["T3"],
        "children.with_parents.by_third_party": ["B2"],
        "children.worst_forms.slavery": ["S"],
        "children.worst_forms.illicit_activities": ["I"],
    }


def test_the_columns_of_parents_are_those_that_link_and_none_where_nobody_is_linked() -> None:
    work = {"third_party": WORK, "with_parents": WORK}
    linked = Children.model_validate(
        {**work, "parents": {"line": "L", "columns": ["M", "F"], "none": "0", "elsewhere": "99"}}
    )
    assert linked.columns() == ["L", "M", "F"]
    assert linked.parents is not None
    assert (linked.parents.none, linked.parents.elsewhere) == (("0",), ("99",))
    assert Children.model_validate(work).columns() == []


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {"line": "L", "columns": "M", "none": ["0", "98"], "elsewhere": "98.0"},
            "code 98 means both none and elsewhere",
        ),
        ({"line": "L", "columns": []}, "at least 1 item"),
        ({"columns": "M"}, "line"),
    ],
)
def test_parents_that_cannot_be_looked_up_are_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Parents.model_validate(keys)


def test_a_worst_form_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="worst_forms"):
        Children.model_validate({"third_party": WORK, "with_parents": WORK, "worst_forms": {"chores": "C"}})
