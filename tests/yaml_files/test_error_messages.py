"""Tests Pydantic's errors in the kit's words: the key in the file, what is wanted, what was found, and one
line per mistake."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from fltoolkit.yaml_files.error_messages import LONGEST, cut_text, problems
from fltoolkit.yaml_files.loading import Model, Names


class Part(Model):
    """A part of the whole, in a list and under names."""

    weight: int
    kind: Literal["a", "b"] = "a"


class Whole(Model):
    """One of each kind of value that YAML models hold."""

    count: int
    ratio: float = 1.0
    many: Annotated[Names, Field(min_length=1)] = ("x",)
    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = (Part(weight=1),)
    by_name: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Part] = Field(default_factory=dict)
    choice: Part | Literal["none"] = "none"
    either: int | bool = 1


def told(data: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as error:
        Whole.model_validate({"count": "1", **data})
    return problems(error.value.errors(), Whole.model_json_schema(), data, lambda path: f" ({len(path)})")


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ({"count": "many"}, ["count: must be a whole number; found: 'many' (1)"]),
        ({"count": "1.5"}, ["count: must be a whole number; found: '1.5' (1)"]),
        ({"ratio": "half"}, ["ratio: must be a number; found: 'half' (1)"]),
        ({"by_name": ["x"]}, ["by_name: must be keys and values; found: ['x'] (1)"]),
        (
            {"parts": {"weight": "1"}},
            ["parts: must be a list (1)"],
        ),  # what was found has keys: it is not repeated
        ({"parts": []}, ["parts: needs at least 1 item(s); found: [] (1)"]),
        ({"parts": [{}]}, ["parts.0.weight: this key is required (3)"]),  # and not that the list is too short
        (
            {"parts": [{"weight": "1"}, {"weight": "1", "kind": "c"}]},
            ["parts.1.kind: must be 'a' or 'b'; found: 'c' (3)"],
        ),
        ({"by_name": {"x": {"weight": "w"}}}, ["by_name.x.weight: must be a whole number; found: 'w' (3)"]),
    ],
)
def test_a_mistake_is_told_with_its_key_and_what_is_wanted(data: dict[str, Any], lines: list[str]) -> None:
    assert told(data) == lines


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            {"cuont": "1"},
            (
                "cuont: unknown key; allowed: count, ratio, many, parts, by_name, choice, either; did you "
                "mean count? (1)"
            ),
        ),
        ({"zzz": "1"}, "zzz: unknown key; allowed: count, ratio, many, parts, by_name, choice, either (1)"),
        (
            {"parts": [{"weight": "1", "knd": "a"}]},
            "parts.0.knd: unknown key; allowed: weight, kind; did you mean kind? (3)",
        ),
        (
            {"by_name": {"x": {"weight": "1", "zz": "a"}}},
            "by_name.x.zz: unknown key; allowed: weight, kind (3)",
        ),
        (
            {"choice": {"weight": "1", "wieght": "1"}},
            "choice.wieght: unknown key; allowed: weight, kind; did you mean weight? (2)",
        ),
    ],
)
def test_an_unknown_key_is_told_with_those_of_its_place(data: dict[str, Any], line: str) -> None:
    assert told(data) == [line]


def test_of_several_kinds_of_value_the_one_that_was_given_is_told() -> None:
    assert told({"choice": {"weight": "w"}}) == ["choice.weight: must be a whole number; found: 'w' (2)"]
    assert told({"choice": "some"}) == ["choice: must be 'none'; found: 'some' (1)"]
    assert told({"either": "perhaps"}) == [
        "either: must be a whole number or true or false; found: 'perhaps' (1)"
    ]


def test_a_name_that_cannot_be_one_is_told_in_words() -> None:
    (line,) = told({"by_name": {"A b": {"weight": "1"}}})
    assert "must be small letters a to z, digits and _, a letter first; found: 'A b'" in line


def test_several_mistakes_are_several_lines() -> None:
    assert len(told({"count": "x", "ratio": "y", "zzz": "1"})) == 3


def test_what_was_found_is_cut_where_it_is_long() -> None:
    assert cut_text("x" * LONGEST) == "x" * LONGEST
    assert len(cut_text("x" * (LONGEST + 1))) == LONGEST
    assert cut_text("x" * (LONGEST + 1)).endswith("x …")
    (line,) = told({"count": "y" * 1000})
    assert len(line) < LONGEST + 60
