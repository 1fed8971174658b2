"""Tests which columns a survey.yaml needs, and who is a child, answered the module, or was taken with
certainty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
from small_surveys import frame_of

from fltoolkit.survey.person_rows import answered_module, certain, is_child, person_key, wanted_columns
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
WORK = {"done": "k1", "threat": "k2"}
CHILDREN = {
    "children.third_party": WORK,
    "children.with_parents": WORK,
    "populations.children": {"label": "children", "age": {"min": 5, "max": 17}},
}


def values(expr: nw.Expr, **columns: list[Any]) -> list[Any]:
    found: list[Any] = frame_of(**columns).select(x=expr).collect("pyarrow").to_native()["x"].to_pylist()
    return found


def test_a_column_of_episodes_is_asked_for_under_each_label(
    spec: dict[str, Any], write: Write, changed: Change
) -> None:
    keys = {"episodes": {"wide": ["1", "2"]}, "items.coercion.debt_bondage": "q2_{episode}"}
    wanted = wanted_columns(read_spec(write(changed(spec, keys))))
    persons, episodes = wanted.persons, wanted.episodes
    assert {c for c in persons if c.startswith("q2")} == {"q2_1", "q2_2"}
    assert persons["q2_1"] == persons["q2_2"] == "items.coercion.debt_bondage"
    assert persons["w"] == "design.weight"
    assert episodes == {}


def test_what_is_asked_of_spells_is_wanted_of_their_file_alone(
    spec: dict[str, Any], write: Write, changed: Change
) -> None:
    keys = {"files.episodes": {"path": "s.csv", "key": ["hh", "line", "no"]}, "episodes": {"long": "true"}}
    wanted = wanted_columns(read_spec(write(changed(spec, keys))))
    persons, episodes = wanted.persons, wanted.episodes
    assert episodes["q2"] == "items.coercion.debt_bondage"
    assert "q2" not in persons
    assert "age" in persons


def test_a_psu_is_certain_by_its_codes_and_a_blank_is_not(
    spec: dict[str, Any], write: Write, changed: Change
) -> None:
    assert certain(read_spec(write(spec))) is None
    flag = {"design.certainty": {"column": "self", "codes": [1, 3]}}
    expr = certain(read_spec(write(changed(spec, flag))))
    assert expr is not None
    assert values(expr, src__self=["1", "2", "3", None]) == [True, False, True, False]


def of_children(spec: dict[str, Any], changed: Change, write: Write, **more: Any) -> SurveySpec:
    return read_spec(write(changed(spec, {**CHILDREN, **more})))


def test_a_child_is_younger_than_adults_and_of_an_unknown_age_who_answered_their_module_alone(
    spec: dict[str, Any], write: Write, changed: Change
) -> None:
    ages = {
        "fl__age": [17, 18, None, None, None],
        "src__result": ["no", "done", "no", "done", "out"],
        "src__kid": ["1", "1", "1", "1", None],
    }
    assert values(is_child(read_spec(write(spec))), one=[1, 2]) == [False, False]  # no module for children
    assert values(is_child(of_children(spec, changed, write)), **ages) == [True, False, False, False, False]
    own = of_children(spec, changed, write, **{"children.module": {"column": "kid", "answered": 1}})
    assert values(is_child(own), **ages) == [True, False, True, False, False]


def test_each_answers_the_module_meant_for_them(spec: dict[str, Any], write: Write, changed: Change) -> None:
    columns = {
        "kid": [True, True, False, False, False],
        "src__result": ["done", "no", "done", "no", None],
        "src__own": ["2", "1", "2", "1", "1"],
    }
    child = nw.col("kid")
    assert values(answered_module(of_children(spec, changed, write), child), **columns) == [
        True,
        False,
        True,
        False,
        False,
    ]
    own = of_children(spec, changed, write, **{"children.module": {"column": "own", "answered": 1}})
    assert values(answered_module(own, child), **columns) == [False, True, True, False, False]
    without = read_spec(write(changed(spec, {"module": None})))
    assert values(answered_module(without, nw.lit(False)), **columns) == [True] * 5


def test_a_persons_key_holds_the_quarter_and_keeps_apart_what_a_plain_join_would_not(
    spec: dict[str, Any], write: Write
) -> None:
    found = values(
        person_key(read_spec(write(spec))),
        fl__part=[0, 1, 0, 0, 0],
        src__hh=["a", "a", "a / b", "a", None],
        src__line=["1", "1", "c", "b / c", "1"],
    )
    assert found == ["0 / a / 1", "1 / a / 1", "0 / a // b / c", "0 / a / b // c", None]
