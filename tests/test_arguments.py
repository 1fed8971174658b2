"""Tests the check of arguments: what each kind of type hint accepts and refuses, that tables are not copied,
and that a check needs few calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import pytest
import small_country as country
from effort import count_calls
from pydantic import Field

import fltoolkit as fl
from fltoolkit.arguments import Level, checked
from fltoolkit.errors import FltoolkitError, RequestError

By = Annotated[str | Sequence[str] | Sequence[Sequence[str]] | None, "name a group"]


@checked
def call(
    truth: bool = False,
    whole: int = 1,
    number: float = 0.5,
    choice: Literal["a", "b"] = "a",
    side: Literal[1, 2] = 1,
    names: str | Sequence[str] | None = None,
    path: str | Path = "",
    table: pd.DataFrame | None = None,
    level: Level = 0.9,
    by: By = None,
    rows: Mapping[str, Mapping[str | int, float] | Callable[[Any], Any]] | None = None,
    sizes: tuple[float, float] = (1, 2),
    positive: Annotated[int, Field(ge=1)] | None = None,
) -> dict[str, Any]:
    return dict(locals())


TAKEN: list[tuple[str, Any, Any]] = [
    ("truth", np.bool_(True), True),
    ("whole", np.int32(7), 7),
    ("number", np.float32(0.25), 0.25),
    ("number", 2, 2.0),
    ("choice", np.str_("b"), "b"),
    ("side", np.int64(2), 2),
    ("names", "sex", "sex"),
    ("names", ["sex"], ("sex",)),
    ("names", np.array(["sex"]), ("sex",)),
    ("names", pd.Index(["sex"]), ("sex",)),
    ("names", {"sex": 1}.keys(), ("sex",)),
    ("path", Path("x"), Path("x")),
    ("level", 0.5, 0.5),
    ("by", [["sex"], []], (("sex",), ())),
    ("sizes", [1, 2], (1.0, 2.0)),
    ("rows", {"gap": {"men": np.int64(1), 2: -1}}, {"gap": {"men": 1.0, 2: -1.0}}),
    ("positive", None, None),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("truth", "no", "str 'no'"),
    ("truth", 1, "int 1"),
    ("truth", None, "None"),
    ("whole", True, "bool True"),
    ("whole", 2.5, "float 2.5"),
    ("whole", "1", "str '1'"),
    ("number", float("nan"), "float nan"),
    ("number", -np.inf, "float -inf"),
    ("number", "0.95", "str '0.95'"),
    ("number", 1j, "complex 1j"),
    ("number", pd.NA, "NAType"),
    ("number", np.array([1.0]), "ndarray"),
    ("number", 10**5000, "int"),
    ("choice", "adjusted", "str 'adjusted'"),
    ("side", True, "bool True"),
    ("side", 3, "int 3"),
    ("names", 5, "int 5"),
    ("names", {"sex"}, "set"),
    ("path", b"x", "bytes"),
    ("table", [1], "list [1]"),
    ("table", pd.Series([1]), "Series"),
    ("level", 95, "int 95"),
    ("by", ["a", ["b"]], "list ['a', ['b']]"),
    ("rows", {"gap": 3}, "int 3"),
    ("sizes", [1], "list [1]"),
    ("rows", {"gap": {"men": np.nan}}, "float nan"),
    ("positive", 0, "int 0"),
    ("names", ["sex", 3], "int 3"),
]


@pytest.mark.parametrize(("name", "value", "expected"), TAKEN, ids=str)
def test_what_is_taken(name: str, value: Any, expected: Any) -> None:
    got = call(**{name: value})[name]
    assert got == expected
    assert type(got) is type(expected)


@pytest.mark.parametrize(
    ("name", "value", "found"), REFUSED, ids=[f"{name}: {found}" for name, _, found in REFUSED]
)
def test_what_is_refused(name: str, value: Any, found: str) -> None:
    with pytest.raises(RequestError) as error:
        call(**{name: value})
    told = error.value
    assert told.where.startswith(f"call: {name}")
    assert (told.problem, told.found) == ("this value is not allowed here", found)
    assert told.allowed
    assert told.do


def test_the_message_says_what_is_allowed_and_what_to_do() -> None:
    with pytest.raises(RequestError) as error:
        call(level=95)
    assert error.value.message == (
        "call: level: this value is not allowed here\n  found:   int 95\n"
        "  allowed: a finite number 0.5 or more and 0.999999 or less\n"
        "  do:      0.95 is usual"
    )
    with pytest.raises(RequestError, match=r"call: names: 1: (.|\n)*allowed: text"):
        call(names=["sex", 3])


def test_a_long_list_is_never_printed() -> None:
    """A column given as a list in place of its name: its values are persons'."""
    for values in (list(range(1000, 1050)), [f"answer {i}" for i in range(49)] + [3]):
        with pytest.raises(RequestError) as error:
            call(names=values)
        assert "1000" not in error.value.message
        assert "answer" not in error.value.message


def test_an_argument_that_is_unknown_or_missing_is_told() -> None:
    with pytest.raises(RequestError) as error:
        call(levl=0.9)  # type: ignore[call-arg]
    assert error.value.message.startswith(
        "call: there is no such argument\n  found:   levl; did you mean level?\n  allowed: truth, whole"
    )
    with pytest.raises(
        RequestError, match=r"SurveyDesign: the arguments(.|\n)*'weight'(.|\n)*allowed: data, weight"
    ):
        fl.SurveyDesign(pd.DataFrame({"w": [1]}))  # type: ignore[call-arg]


def test_a_misspelt_argument_comes_before_the_one_that_is_then_missing() -> None:
    with pytest.raises(RequestError, match="found:   weigth; did you mean weight"):
        fl.SurveyDesign(pd.DataFrame({"w": [1]}), weigth="w")  # type: ignore[call-arg]


@pytest.mark.parametrize("given", ["wlad", "Wald", "wal"])
def test_the_nearest_value_is_named(given: str) -> None:
    with pytest.raises(RequestError, match="did you mean wald"):
        fl.prevalence(fl.SurveyDesign(country.persons(), weight="W"), "WORK", interval=given)  # type: ignore[arg-type]


def test_a_column_in_place_of_its_name_is_refused_and_its_values_are_not_printed() -> None:
    table = country.persons().assign(name="a person's answer")
    design = fl.SurveyDesign(table, weight="W")
    for ask in (
        lambda: fl.prevalence(design, "WORK", by=table["name"]),
        lambda: fl.SurveyDesign(table, weight="W", strata=table["name"]),
        lambda: fl.SurveyDesign(table, weight=table["name"]),
        lambda: fl.mean(design, table["name"]),
    ):
        with pytest.raises(RequestError, match="not its values: 'name'") as error:
            ask()
        assert "a person's answer" not in error.value.message


@pytest.mark.parametrize("text", ["a\ud800", "a\0b"], ids=["half a letter", "NUL"])
def test_a_text_that_nothing_can_write_is_refused_and_its_message_can_be_printed(text: str) -> None:
    for given in ({"names": text}, {"names": ["sex", text]}, {"by": [[text]]}, {"path": text}):
        with pytest.raises(RequestError, match=r"call: (names|by|path)(.|\n)*found:   text with") as error:
            call(**given)
        error.value.message.encode()


def test_an_error_of_the_system_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("")
    with pytest.raises(FltoolkitError, match=r"a_file.out: a file stands where a folder is needed"):
        fl.report.write_estimates(country.published(), tmp_path / "a_file" / "out")


def test_tables_and_designs_are_passed_on_as_they_are() -> None:
    table = pd.DataFrame({"x": [1]})
    assert call(table=table)["table"] is table


def test_every_public_function_and_constructor_is_checked() -> None:
    """But for what nobody makes by hand: what a verb returns."""
    functions = [f for name in fl.__all__ if inspect.isfunction(f := getattr(fl, name))] + [
        fl.baseline,
        fl.evidence,
        fl.read_plan,
    ]
    for room in (fl.show, fl.report, fl.show.explore):
        functions += [
            f
            for name in room.__all__
            if inspect.isfunction(f := getattr(room, name)) and name != "write_index"
        ]
    functions += [fl.show.plan.targets, fl.show.plan.follow_up, fl.Estimates.contrast, fl.Published.select]
    constructors = [fl.SurveyDesign.__init__, fl.ReplicateDesign.__init__, fl.PublishedBaseline.__init__]
    assert len(functions) > 70
    assert [f.__qualname__ for f in [*functions, *constructors] if not hasattr(f, "__wrapped__")] == []


def test_every_hint_of_a_public_function_can_be_read() -> None:
    """An argument that nothing takes is refused by each of them, in the kit's words: so its hints were
    resolved."""
    for name in fl.__all__:
        function = getattr(fl, name)
        if inspect.isfunction(function):
            needed = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
            by_name = {p.name: object() for p in needed if p.kind is p.KEYWORD_ONLY}
            with pytest.raises(RequestError, match="this value is not allowed here"):
                function(*[object() for p in needed if p.kind is not p.KEYWORD_ONLY], **by_name)


DESIGN: dict[str, Any] = {"weight": "W", "strata": "S", "psu": "P"}
WRONG_DESIGNS = [
    {"single_psu": "adjusted"},
    {"nest": "no"},
    {"nest": 1},
    {"strata": 5},
    {"psu": ["P", 3]},
    {"weights": "other"},
    {"weight": None},
]


@pytest.mark.parametrize("wrong", WRONG_DESIGNS, ids=str)
def test_a_design_takes_no_argument_of_another_kind(wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match=f"SurveyDesign: {next(iter(wrong))}"):
        fl.SurveyDesign(country.persons(), **DESIGN | wrong)
    with pytest.raises(RequestError, match="ReplicateDesign: mse"):
        fl.ReplicateDesign(country.persons(), weight="W", replicates=["W", "W"], method="brr", mse="no")  # type: ignore[arg-type]


def test_a_check_of_arguments_takes_few_calls() -> None:
    arguments: dict[str, Any] = {
        "truth": True,
        "names": ["a", "b"],
        "table": pd.DataFrame(),
        "level": 0.9,
        "by": ["a", "b"],
    }
    call(**arguments)  # the first call builds the checker
    assert count_calls(lambda: call(**arguments)) < 250
