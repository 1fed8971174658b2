"""Tests the made-up adult and child: the real classification of answers that are written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from fltoolkit.classify.children import CHILD_LEAVES, PARENT, WITH
from fltoolkit.classify.classification_path import LEAVES
from fltoolkit.classify.made_up_person import Person, Who
from fltoolkit.errors import RequestError
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem

CASE = {"any_work": "yes", "very_low_or_no_wages": "yes", "withheld_documents": "yes", "same_work": "yes"}
OPEN = "no answer"
ADULTS: list[tuple[Mapping[str, str], str]] = [  # what is asked of the definition by hand: the leaf
    ({}, "no work"),
    ({"any_work": "yes"}, "not involuntary"),
    ({"any_work": "yes", "withheld_documents": "yes", "same_work": "yes"}, "not involuntary"),
    ({**CASE, "withheld_documents": "no"}, "no coercion"),
    ({**CASE, "same_work": "no"}, "not in the same work"),
    ({**CASE, "exception": "yes", "within_limits": "yes"}, "exception within its limits"),
    ({**CASE, "exception": "yes", "within_limits": "no"}, "forced labour"),
    ({**CASE, "abroad": "yes"}, "forced labour abroad"),
    (CASE, "forced labour"),
    ({**CASE, "any_work": OPEN}, "unresolved"),
    ({**CASE, "withheld_documents": OPEN}, "unresolved"),
    ({**CASE, "withheld_documents": OPEN, "debt_bondage": "yes"}, "forced labour"),  # another answer decides
    (
        {**CASE, "very_low_or_no_wages": OPEN, "withheld_documents": "no"},
        "no coercion",
    ),  # no whatever the open answer is
    ({**CASE, "exception": "yes", "within_limits": OPEN}, "unresolved"),
    ({**CASE, "exception": OPEN, "within_limits": "no"}, "forced labour"),
    ({**CASE, "abroad": OPEN}, "unresolved"),
]
THREATENED = {"third_party": "yes", "third_party_threat": "yes"}
CHILDREN: list[tuple[Mapping[str, str], str]] = [
    ({}, "child, no work"),
    (THREATENED, "for a third party, under threat (i)"),
    ({"third_party": "yes"}, "child for a third party, no threat"),
    ({"third_party": "yes", "third_party_threat": OPEN}, "child, unresolved"),
    ({"with_parents": "yes", "with_parents_threat": "yes"}, "with parents, under threat (ii)"),
    ({"with_parents": "yes"}, "child with parents, no threat"),
    ({"with_parents": "yes", "parent_forced": "yes"}, "parent in forced labour (iii)"),
    (
        {"with_parents": "yes", "parent_forced": "yes", "with_parents_threat": "yes"},
        "parent in forced labour (iii)",
    ),  # the first holds
    ({"with_parents": "yes", "parent_forced": "the parent was not asked"}, "child, unresolved"),
    (
        {"with_parents": "yes", "parent_forced": "the parent was not asked", **THREATENED},
        "for a third party, under threat (i)",
    ),
    ({"parent_forced": "yes"}, "child, no work"),
    ({"worst_form": "yes"}, "worst form of child labour (iv)"),
    (
        {"worst_form": OPEN, "with_parents": "yes", "with_parents_threat": "yes"},
        "with parents, under threat (ii)",
    ),
    ({"worst_form": OPEN}, "child, unresolved"),
]


@cache
def person(who: Who) -> Person:
    """Read and classified once."""
    return Person(who)


@pytest.mark.parametrize(
    ("who", "answers", "step"), [*(("adult", *a) for a in ADULTS), *(("child", *c) for c in CHILDREN)]
)
def test_the_verdict_is_the_definitions(who: Any, answers: Mapping[str, str], step: str) -> None:
    found = person(who).verdict(answers)
    assert found.step == step
    assert found.trace.endswith(f"→ {step}")


def test_every_leaf_that_the_definition_has_is_among_the_cases() -> None:
    assert {s for _, s in ADULTS} == set(LEAVES) - {"below the rule's thresholds", "abroad, unresolved"}
    assert {s for _, s in CHILDREN} == set(CHILD_LEAVES)


def test_every_item_of_the_guidelines_makes_a_case_by_itself() -> None:
    items = person("adult").items
    assert set(items["involuntary"]) == set(InvoluntaryItem.__args__)  # type: ignore[attr-defined]
    assert set(items["coercion"]) == set(CoercionItem.__args__)  # type: ignore[attr-defined]
    base = {"any_work": "yes", "same_work": "yes"}
    for one in items["involuntary"]:
        assert person("adult").verdict({**base, one: "yes", "other_penalty": "yes"}).step == "forced labour"
    for one in items["coercion"]:
        assert person("adult").verdict({**base, one: "yes", "different_job": "yes"}).step == "forced labour"


def test_an_answer_is_forgotten_when_the_next_sheet_comes() -> None:
    assert person("adult").verdict(CASE).step == "forced labour"
    assert person("adult").verdict({}).step == "no work"
    assert person("child").verdict({"with_parents": "yes", "parent_forced": "yes"}).step.endswith("(iii)")
    assert person("child").verdict({"with_parents": "yes"}).step == "child with parents, no threat"


def test_what_is_not_asked_and_what_nobody_answers_is_refused() -> None:
    with pytest.raises(RequestError, match="no such question"):
        person("adult").verdict({"shoe size": "yes"})
    with pytest.raises(RequestError, match="no such answer"):
        person("adult").verdict({"any_work": "'); DROP TABLE fl__persons; --"})
    with pytest.raises(RequestError, match="no such answer"):
        person("child").verdict({"parent_forced": OPEN})


def test_a_condition_is_true_false_or_open_as_its_answers_are() -> None:
    found = person("adult").verdict({**CASE, "withheld_documents": OPEN}).truths
    assert found == {
        "any_work": True,
        "involuntary": True,
        "coercion": None,
        "fl__linked": True,
        "fl__excluded": False,
    }
    child = (
        person("child").verdict({"with_parents": "yes", "parent_forced": "the parent was not asked"}).truths
    )
    assert (child[WITH], child[PARENT]) == (True, None)


def test_all_that_can_be_answered_is_asked_in_the_order_of_the_flowchart() -> None:
    adult, child = person("adult").questions, person("child").questions
    assert [len(adult), len(child)] == [
        22,
        6,
    ]  # 10 + 7 items, work, place, same work, an exception and its limits; a child's own
    assert (adult[0], adult[-4:], child[-1]) == (
        "any_work",
        ("same_work", "exception", "within_limits", "abroad"),
        "parent_forced",
    )
    assert "low_wages" not in child  # of the parent only the verdict counts
