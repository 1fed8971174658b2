"""Tests the guess of each column's role: by the words of its label and name, and only if its values fit."""

from __future__ import annotations

import pytest
from draft_columns import YES_NO, column

from fltoolkit.authoring.draft.column_roles import (
    FITS,
    answer_codes,
    differing_codes,
    is_age,
    is_coded,
    is_isic,
    is_weight,
    is_yes_no,
    key_of_question,
    may_be_yes_no,
    open_codes,
    rank_columns,
    score,
    usual_codes,
    usual_open_codes,
)


def test_a_label_says_more_than_a_name_and_what_does_not_fit_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named, labelled, both, neither = (
        column("w"),
        column("x", "Sampling weight"),
        column("wt", "Weight"),
        column("x"),
    )
    assert [score(c, "weight") for c in (named, labelled, both, neither)] == [1, 2, 3, 0]
    twice = column("x", "weighting factor: the expansion factor of the weight")
    assert score(twice, "weight") == 4  # two words of its label count, no third
    monkeypatch.setitem(FITS, "weight", lambda c: c is not labelled)
    assert rank_columns([neither, named, labelled, both], "weight") == [both, named]
    equals = [column("w"), column("wt")]
    assert rank_columns(equals, "weight") == equals  # in the order of the file


def test_numbers_are_weights_or_ages_only_where_they_can_be() -> None:
    weight = {"distinct": 2, "low": 0.0, "high": 9.0, "width": 3}
    assert is_weight(column("w", **weight))
    for wrong in ({"low": None}, {"low": -0.5}, {"distinct": 1}, {"width": 1}):
        assert not is_weight(column("w", **{**weight, **wrong}))
    assert not is_weight(column("w", codes={"1": "Urban"}, **weight))
    age = {"distinct": 16, "low": 0.0, "high": 99.0, "width": 3}
    assert is_age(column("a", **age))
    for wrong in ({"low": None}, {"low": -1.0}, {"distinct": 15}, {"width": 4}):
        assert not is_age(column("a", **{**age, **wrong}))


def test_codes_are_between_two_and_the_most_that_are_wanted() -> None:
    sizes = (1, 2, 9, 10)
    assert [is_coded(column("q", codes={str(i): "" for i in range(n)}), 9) for n in sizes] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("distinct", "low", "width", "isic"),
    [
        (4, None, 1, True),
        (3, None, 1, False),
        (4, None, 2, False),
        (9, 1.0, 2, True),
        (8, 1.0, 2, False),
        (9, 1.0, 4, True),
        (9, 1.0, 5, False),
        (9, 1.0, 1, False),
    ],
)
def test_an_industry_is_a_letter_or_two_to_four_digits(
    distinct: int, low: float | None, width: int, isic: bool
) -> None:
    assert is_isic(column("b", distinct=distinct, low=low, width=width)) is isic


def test_a_question_is_answered_yes_or_no_and_nothing_else() -> None:
    assert is_yes_no(column("q", codes={**YES_NO, "8": "Don't know"}))
    assert is_yes_no(column("q", codes={**YES_NO, "3": "Sometimes"}))  # what 3 is, is asked
    assert not is_yes_no(column("q", codes={**YES_NO, **{str(i): f"Sort {i}" for i in range(3, 10)}}))
    assert not is_yes_no(column("q", codes={"1": "Yes"}))
    bare = [("1", "2"), ("0", "1", "9"), ("1", "2", "3"), ("1", "2", "4"), ("2", "8"), ("0", "2")]
    assert [may_be_yes_no(column("q", codes=dict.fromkeys(codes, ""))) for codes in bare] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert not may_be_yes_no(column("q", codes={"1": "Men", "2": "Women"}))


def test_usual_codes_are_those_of_most_questions_and_no_code_means_two_things() -> None:
    plain = [column(name, codes={**YES_NO, "8": "Don't know"}) for name in "ab"]
    odd = [column(str(code), codes={str(code): "Yes", "1": "No"}) for code in (3, 4, 5)]
    assert usual_codes([*plain, *odd]) == {
        "yes": ["1"],
        "no": ["2"],
        "dont_know": ["8"],
        "refused": [],
        "not_applicable": [],
    }


def test_a_question_says_its_own_codes_where_they_differ_from_the_usual() -> None:
    usual = usual_codes([column("q", codes={**YES_NO, "8": "Don't know", "9": "Refused"})])
    assert differing_codes(column("q", codes=YES_NO), usual) == {}
    turned = column("q", codes={"1": "No", "2": "Yes", "8": "Not applicable", "9": "No answer"})
    assert answer_codes(turned)["dont_know"] == ["9"]  # not stated is one more way of not knowing
    assert differing_codes(turned, usual) == {
        "yes": ["2"],
        "no": ["1"],
        "dont_know": ["9"],
        "not_applicable": ["8"],
        "refused": [],
    }


def test_a_code_that_no_label_surely_tells_is_open_and_asked_once_where_half_the_questions_share_it() -> None:
    said = {**YES_NO, "8": "Don't know"}
    odd = column("q", codes={**said, "3": "Sometimes", "7": "", "9": ""}, missing=["9"])
    assert open_codes(odd) == {"3": "Sometimes", "7": "", "9": ""}
    plain, shared = column("p", codes=said), [column(name, codes={**said, "3": "Sometimes"}) for name in "ab"]
    usual = usual_codes([*shared, odd, plain])
    assert usual_open_codes([*shared, odd, plain], usual) == {"3": "Sometimes"}
    assert usual_open_codes([odd, plain, plain], usual) == {}
    # 8 is the usual don't know, and is open here: the question must not fall back on what the others say of
    # it.
    assert differing_codes(column("r", codes={**YES_NO, "8": "Elsewhere"}), usual) == {"dont_know": []}


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Documents kept", "items.coercion.withheld_documents"),
        ("The job was dangerous", "items.involuntary.hazardous_work"),
        ("Documents kept because of a debt", None),  # two items
        ("Do you like sweets?", None),
        ("Answered by a proxy", "proxy"),
        ("Filter: the documents", None),  # a filter can only be whether one worked
        ("Filter: worked at all", "worked"),
    ],
)
def test_a_question_belongs_where_one_key_alone_fits_best(label: str, key: str | None) -> None:
    assert key_of_question(column("q", label, YES_NO)) == key
