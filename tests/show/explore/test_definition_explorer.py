"""The definition explorer: the real classification's verdict on hand-written answers, and the way that lights up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.classify.trace import LEAVES
from fltoolkit.errors import RequestError
from fltoolkit.show import explore
from fltoolkit.show.charts.definition_flowchart import LIT
from fltoolkit.show.explore.definition_explorer import panel, person, view
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
    ({**CASE, "very_low_or_no_wages": OPEN, "withheld_documents": "no"}, "no coercion"),  # no whatever the open answer is
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
    ({"with_parents": "yes", "parent_forced": "the parent was not asked", **THREATENED}, "for a third party, under threat (i)"),
    ({"parent_forced": "yes"}, "child, no work"),
    ({"worst_form": "yes"}, "worst form of child labour (iv)"),
    ({"worst_form": OPEN, "with_parents": "yes", "with_parents_threat": "yes"}, "with parents, under threat (ii)"),
    ({"worst_form": OPEN}, "child, unresolved"),
]


def lit(picture: Any) -> list[str]:
    """The words of the boxes that are framed thick, from the top."""
    layout = picture.figure.layout
    thick = [(s.x0, s.y1) for s in layout.shapes if s.line.width > 2]
    assert {s.fillcolor for s in layout.shapes if s.line.width > 2} == {LIT}
    texts = {(a.x, a.y): a.text for a in layout.annotations if a.text}
    boxes = [(s, texts[(s.x0 + s.x1) / 2, (s.y0 + s.y1) / 2]) for s in layout.shapes]
    return [text.replace("<b>", "").replace("</b>", "").replace("<br>", " ") for s, text in boxes if (s.x0, s.y1) in thick]


@pytest.mark.parametrize(("who", "answers", "step"), [*(("adult", *a) for a in ADULTS), *(("child", *c) for c in CHILDREN)])
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


def test_the_way_lights_up_to_the_leaf_and_no_further() -> None:
    told, picture = view("adult", {**CASE, "withheld_documents": "no"})
    assert lit(picture) == ["A made-up adult", "Any work? yes", "Involuntary? yes", "Coerced? no", "no coercion"]
    assert "Not in forced labour in this country**: no coercion" in str(told)
    assert "any work: yes → involuntary: yes" in picture.alt
    assert lit(view("adult", CASE)[1])[-2:] == ["In this country? yes", "in forced labour"]
    assert lit(view("adult", {**CASE, "withheld_documents": OPEN})[1])[3:] == [
        "Coerced? left open", "In the same work? yes", "Outside the exceptions? yes", "In this country? yes", "unresolved",
    ]  # fmt: skip
    assert "In this country? no" in lit(view("adult", {**CASE, "abroad": "yes"})[1])


def test_a_childs_way_lights_up() -> None:
    assert lit(view("child", THREATENED)[1]) == [
        "A made-up child", "Worst form of child labour (a)–(c)? no", "Working with or for the parents? no",
        "For a third party: threat or penalty by a third party? yes", "third party, threat (i)",
    ]  # fmt: skip
    said = lit(view("child", {"with_parents": "yes", "parent_forced": "the parent was not asked"})[1])
    assert "A parent in forced labour? left open" in said
    assert said[-1] == "unresolved"
    assert "In forced labour**: worst form" in str(view("child", {"worst_form": "yes"})[0])
    assert lit(view("child", {})[1]) == ["A made-up child", "did not work"]


def test_the_panel_flips_one_answer_and_then_asks_a_child() -> None:
    shown = panel()
    sheet, screen = shown.children
    who, adult, child = sheet.children
    controls = {c.description: c for group in (*adult.children, *child.children) for c in group.children[1:]}
    assert len(controls) == 22 + 6
    assert all(controls)
    text = lambda: screen.outputs[0]["data"]["text/plain"]  # noqa: E731
    assert text().startswith("**In forced labour.**")
    controls["Identity papers kept"].value = "no"
    assert "no coercion" in text()
    controls["Identity papers kept"].value = OPEN
    assert text().startswith("**Unresolved**")
    who.value = "child"
    assert (adult.layout.display, child.layout.display) == ("none", "")
    assert "parent in forced labour (iii)" in text()
    controls["A parent is in forced labour"].value = "no"
    assert "child with parents, no threat" in text()


def test_without_interaction_one_case_is_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.definition() is None
    assert str(seen[0]).startswith("**In forced labour.**")
    assert "in forced labour" in lit(seen[1])
