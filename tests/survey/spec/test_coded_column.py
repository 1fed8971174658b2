"""Tests which columns a survey.yaml names, under which keys, and what their codes mean."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from fltoolkit.survey.spec.coded_column import CodedColumn, columns_named, paths_naming
from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.groups_and_tables import DisabilityGroup, Group, PopulationSpec
from fltoolkit.survey.spec.questions import AnswerCodes, Form, InterviewMode, Parents, Place, Routing

SIX = ("see", "hear", "walk", "remember", "care", "speak")
ANSWERS = {"1": "no_difficulty", "2": "some_difficulty", "3": "a_lot_of_difficulty", "4": "cannot_do_at_all"}
GROUPS = {
    "area": Group.model_validate({"column": ["AREA", "AREA2"], "codes": {"1": "urban"}}),
    "disability": DisabilityGroup.model_validate({"washington_group": SIX, "codes": ANSWERS}),
}


def test_every_column_of_every_group_is_named() -> None:
    assert columns_named(GROUPS) == ["AREA", "AREA2", *SIX]
    assert columns_named(None) == columns_named("AREA") == []


def test_a_column_is_found_under_its_key() -> None:
    named = dict(paths_naming(GROUPS))
    assert named["AREA2"] == ("area", "column")
    assert named["walk"] == ("disability", "washington_group")
    assert "urban" not in named
    where = PopulationSpec.model_validate({"label": "workers", "where": {"WORKED": "1"}, "weight": "W"})
    assert [(column, ".".join(path)) for column, path in paths_naming({"workers": where})] == [
        ("WORKED", "workers.where.WORKED.column"),
        ("W", "workers.weight"),
    ]


def test_the_label_of_a_code_is_no_column() -> None:
    codes = {"column": "columns of a temple", "number": "numbers", "2": "other"}
    group = Group.model_validate({"column": "SECT", "codes": codes})
    assert [column for column, _ in paths_naming(group)] == columns_named(group) == ["SECT"]


CODED: dict[type[CodedColumn], dict[str, object]] = {
    ModuleStatus: {"column": "M", "answered": "1", "refused": "2", "not_asked": "3"},
    Routing: {"column": "G", "asked": "1", "skipped": "2", "unknown": "8"},
    AnswerCodes: {
        "yes": "1",
        "no": "2",
        "dont_know": "8",
        "refused": "9",
        "not_applicable": "7",
        "not_applicable_means": "no",
        "missing": "99",
    },
    Form: {
        "column": "F",
        "state_imposed": "1",
        "forced_labour_exploitation": "2",
        "forced_commercial_sexual_exploitation": "3",
        "missing": "9",
    },
    Place: {"column": "P", "in_country": "1", "abroad": "2", "missing": "9"},
    InterviewMode: {"column": "I", "codes": {"1": "face to face"}, "missing": "9"},
    Parents: {"line": "L", "columns": ["M", "F"], "none": "0", "elsewhere": "97", "missing": "99"},
}


def test_every_key_with_codes_is_a_meaning() -> None:
    assert set(CODED) == set(CodedColumn.__subclasses__())
    for part in CODED:
        hints = {key: str(hint) for key, hint in part.__annotations__.items()}
        assert {key for key, hint in hints.items() if "Codes" in hint or key == "codes"} == {*part.meanings}


@pytest.mark.parametrize("part", CODED, ids=lambda part: part.__name__)
def test_a_code_means_one_thing(part: type[CodedColumn]) -> None:
    given = CODED[part]
    codes = [code for key in part.meanings for code in (given[key] if key == "codes" else [given[key]])]
    assert part.model_validate(given).named == tuple(codes)
    for one, other in zip(part.meanings, part.meanings[1:], strict=False):
        twice = {**given, other: next(iter(given[one]))} if one == "codes" else {**given, other: given[one]}
        with pytest.raises(ValidationError, match=f"means both {one} and {other}; it can mean only one"):
            part.model_validate(twice)
