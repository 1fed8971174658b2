"""Tests how a question is mapped: its own codes and the common ones, its routing, and how episodes are
linked."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fltoolkit.survey.spec.questions import AnswerCodes, Episodes, Form, Place, Routing, Source, Sources
from fltoolkit.yaml_files.loading import Model

ANSWERS = AnswerCodes.model_validate({"yes": "Y", "no": "N", "dont_know": "D", "refused": ["R", "S"]})


def test_a_question_takes_from_all_others_the_codes_that_it_does_not_give() -> None:
    codes = Source.model_validate({"column": "Q", "no": ["2", "3"], "refused": []}).codes(ANSWERS)
    assert (codes.yes, codes.no, codes.dont_know, codes.refused) == (("Y",), ("2", "3"), ("D",), ())
    assert Source(column="Q").codes(ANSWERS) == ANSWERS


def test_codes_that_meet_others_only_together_are_refused() -> None:
    with pytest.raises(ValidationError, match="code N means both yes and no"):
        Source.model_validate({"column": "Q", "yes": "N"}).codes(ANSWERS)


@pytest.mark.parametrize(
    ("written", "columns"),
    [
        ("Q1", ["Q1"]),
        (["Q1", "Q2"], ["Q1", "Q2"]),
        ({"column": "Q1"}, ["Q1"]),
        (["Q1", {"column": "Q2", "mode": "threatened"}], ["Q1", "Q2"]),
    ],
)
def test_a_question_may_be_a_name_or_many(written: object, columns: list[str]) -> None:
    read = TypeAdapter(Sources).validate_python(written)
    assert [source.column for source in read] == columns
    assert read[0].mode == "experienced"


ROUTING = {"column": "G", "asked": "1", "skipped": ["2", "3"]}
PLACE = {"column": "P", "in_country": "1", "abroad": "2"}


@pytest.mark.parametrize(
    ("model", "keys", "says"),
    [
        (Routing, {**ROUTING, "skipped": ["2", "1.0"]}, "code 1 means both asked and skipped"),
        (Routing, {**ROUTING, "column": []}, "at least 1 item"),
        (AnswerCodes, {"yes": "1", "no": "2", "refused": "2"}, "code 2 means both no and refused"),
        (AnswerCodes, {"yes": ["1", "1"]}, "code 1 means both yes and yes"),
        (AnswerCodes, {"not_applicable": "7"}, "say not_applicable_means: no or unresolved"),
        (
            Form,
            {"column": "F", "state_imposed": "1", "missing": "1"},
            "code 1 means both state_imposed and missing",
        ),
        (Place, {**PLACE, "missing": "2"}, "code 2 means both abroad and missing"),
        (Episodes, {}, "give exactly one of"),
        (Episodes, {"same_work": "assumed", "long": "true"}, "give exactly one of"),
        (Episodes, {"wide": ["a", "b"], "long": "true"}, "give exactly one of"),
        (Episodes, {"wide": ["a", "a"]}, "give each episode one label"),
        (Episodes, {"wide": ["a", " "]}, "none of them blank"),
    ],
)
def test_what_means_two_things_or_nothing_is_refused(
    model: type[Model], keys: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        model.model_validate(keys)


def test_what_means_one_thing_is_taken() -> None:
    assert Routing.model_validate(ROUTING).skipped == ("2", "3")
    assert Place.model_validate(PLACE).abroad == ("2",)
    assert AnswerCodes.model_validate(
        {"not_applicable": "7", "not_applicable_means": "no"}
    ).not_applicable == ("7",)
    assert AnswerCodes.model_validate({"not_applicable_means": "no"}).yes == ("1",)
    assert (
        Form.model_validate({"column": "F", "state_imposed": "1", "forced_labour_exploitation": "2"}).missing
        == ()
    )
    for keys in ({"same_work": "assumed"}, {"same_work": "Q9"}, {"wide": ["a", "b"]}, {"long": "true"}):
        Episodes.model_validate(keys)
    (source,) = Episodes.model_validate({"same_work": "Q9"}).same_work or ()
    assert isinstance(source, Source)
    assert source.column == "Q9"
