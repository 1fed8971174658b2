"""Tests the definition explorer: the real classification of answers that are written by hand, and the
highlighted path."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fltoolkit.show import explore
from fltoolkit.show.charts.definition_flowchart import LIT
from fltoolkit.show.explore.definition_explorer import panel, view

CASE = {"any_work": "yes", "very_low_or_no_wages": "yes", "withheld_documents": "yes", "same_work": "yes"}
OPEN = "no answer"
THREATENED = {"third_party": "yes", "third_party_threat": "yes"}


def lit(picture: Any) -> list[str]:
    """The words of the boxes that are framed thick, from the top."""
    layout = picture.figure.layout
    thick = [(s.x0, s.y1) for s in layout.shapes if s.line.width > 2]
    assert {s.fillcolor for s in layout.shapes if s.line.width > 2} == {LIT}
    texts = {(a.x, a.y): a.text for a in layout.annotations if a.text}
    boxes = [(s, texts[(s.x0 + s.x1) / 2, (s.y0 + s.y1) / 2]) for s in layout.shapes if s.type == "rect"]
    return [
        text.replace("<b>", "").replace("</b>", "").replace("<br>", " ")
        for s, text in boxes
        if (s.x0, s.y1) in thick
    ]


def test_the_way_lights_up_to_the_leaf_and_no_further() -> None:
    told, picture = view("adult", {**CASE, "withheld_documents": "no"})
    assert lit(picture) == [
        "A made-up adult",
        "Any work? yes",
        "Involuntary? yes (Very low wages or none)",
        "Coerced? no",
        "no coercion",
    ]
    assert "**Not in forced labour in this country: no coercion" in str(told)
    assert (
        "Any work? yes → Involuntary? yes (Very low wages or none) → Coerced? no → no coercion."
        in picture.alt
    )
    assert lit(view("adult", CASE)[1])[-2:] == ["In this country? yes", "in forced labour"]
    assert lit(view("adult", {**CASE, "withheld_documents": OPEN})[1])[3:] == [
        "Coerced? unresolved",
        "In the same work? yes",
        "Outside the exceptions? yes",
        "In this country? yes",
        "unresolved at a question",
    ]
    assert "In this country? no" in lit(view("adult", {**CASE, "abroad": "yes"})[1])


def test_a_childs_way_lights_up() -> None:
    assert lit(view("child", THREATENED)[1]) == [
        "A made-up child",
        "Worst form of child labour (a)–(c)? no",
        "Working with or for the parents? no",
        "For a third party: threat or penalty by a third party? yes",
        "third party, threat (i)",
    ]
    said = lit(view("child", {"with_parents": "yes", "parent_forced": "the parent was not asked"})[1])
    assert "A parent in forced labour? unresolved" in said
    assert said[-1] == "unresolved"
    assert "**In forced labour: worst form" in str(view("child", {"worst_form": "yes"})[0])
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
    assert text().startswith("**Unresolved: ")
    who.value = "child"
    assert (adult.layout.display, child.layout.display) == ("none", "")
    assert "parent in forced labour (iii)" in text()
    controls["A parent is in forced labour"].value = "no"
    assert "child with parents, no threat" in text()


def test_without_interaction_the_way_of_one_case_is_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.definition() is None
    (picture,) = seen
    assert "in forced labour" in lit(picture)
    assert "Involuntary? yes (Very low wages or none)" in picture.alt


@pytest.mark.parametrize("code", ["fr", "es"])
def test_it_speaks_the_language_that_is_asked_for(code: str) -> None:
    screen: Any = explore.definition(interactive=True, language=code)
    sheet, output = screen.children
    who, adult, child = sheet.children
    told = {c.description for group in (*adult.children, *child.children) for c in group.children[1:]}
    english = {
        c.description
        for group in panel().children[0].children[1:]
        for box in group.children
        for c in box.children[1:]
    }
    assert len(told) == len(english) == 28
    assert not told & english
    for person in ("adult", "child"):
        who.value = person
        words, picture = (part["data"]["text/plain"] for part in output.outputs)
        assert not re.search(r"\b(yes|forced|labour|way|child|work)\b", words + picture)
