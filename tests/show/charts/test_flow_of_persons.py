"""Tests the flowcharts with numbers of persons: the number on each arrow, and the text if there is no
number."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from families import persons

import fltoolkit as fl
from fltoolkit.show.charts.flow_of_persons import children, children_flow, flow, flow_table


@pytest.fixture(scope="module")
def out(tmp_path_factory: Any) -> fl.Published:
    """Weighted by ten: 12 children under (i), 9 under (ii), 90 free for a third party, 130 idle, 7 open;
    adults beside them."""
    people = [("by a third party", {"P": i % 40}) for i in range(12)] + [
        ("with parents", {"P": i % 40}) for i in range(9)
    ]
    people += [("free", {"P": i % 40}) for i in range(90)] + [
        ("idle child", {"P": i % 40}) for i in range(130)
    ]
    people += [("open child", {"P": i % 40}) for i in range(7)]
    people += [("case" if i % 6 == 0 else "not", {"P": i % 40}) for i in range(240)]
    return fl.publish_run(persons(tmp_path_factory.mktemp("family"), people))


def words(picture: Any) -> list[str]:
    return [a.text for a in picture.figure.layout.annotations if a.text]


def test_the_childrens_ways_hold_their_numbers(out: fl.Published) -> None:
    said = words(children_flow(out, "children"))
    assert [w for w in said if w.startswith(("yes", "no "))] == [
        "yes",
        "yes",
        "yes  <b>0</b>",
        "yes  <b>0</b>",
        "yes  <b>90 [u]</b>",
        "no  <b>0</b>",
        "yes  <b>120 [u]</b>",
        "no  <b>900</b>",
    ]
    assert any(w.startswith("<b>2,480</b><br>children") for w in said)
    assert "<b>1,300</b> did not work" in said
    assert "<b>70 [u]</b><br>unresolved at a question" in said


def test_the_adults_flow_is_that_of_adults_where_both_were_asked(out: fl.Published) -> None:
    said = words(flow(out))
    assert "<b>2,400</b><br>adults" in said
    assert "<b>400</b> in forced labour" in said


def test_a_hidden_step_has_its_marker_and_no_box_tells_how_many_go_on(out: fl.Published) -> None:
    """How many go on would be the hidden number and those below it."""
    steps = {
        "total": 1000,
        "no work": 300,
        "not involuntary": 500,
        "no coercion": 150,
        "unresolved": 10,
        "forced labour": 40,
    }
    hidden = ("not involuntary", "no coercion")
    first = out.select("flowchart", [[], ["step"]], population="adults").iloc[[0]]
    made = [
        first.assign(
            step=step,
            breakdown="" if step == "total" else "step",
            estimate=float("nan") if step in hidden else n,
            marker="c" if step in hidden else "",
        )
        for step, n in steps.items()
    ]
    others = out.table[(out.table["measure"] != "flowchart")]
    said = words(flow(replace(out, table=pd.concat([others, *made], ignore_index=True))))
    counts = [re.search(r"<b>([\d,]+|\[c\])</b>", word) for word in said]
    assert [found[1] for found in counts if found] == [
        "1,000",
        "300",
        "[c]",
        "[c]",
        "0",
        "0",
        "0",
        "40",
        "10",
    ]


def test_the_alternative_text_tells_every_number(out: fl.Published) -> None:
    alt = children_flow(out, "children").alt
    assert "with parents, under threat (ii): 90 [u]" in alt
    assert "child, unresolved: 70 [u]" in alt


def test_where_children_were_not_asked_it_is_said(
    monkeypatch: pytest.MonkeyPatch, norvia: fl.Published
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    children(norvia)
    assert [str(s) for s in shown] == [
        "This survey did not ask about children; its figures are about adults alone."
    ]


def test_where_no_adults_were_asked_or_no_numbers_are_published_it_is_said(norvia: fl.Published) -> None:
    """Before, notebook 2 stopped a survey of children alone, and every survey with normalised weights."""
    measure, step = norvia.table["measure"], norvia.table["step"]
    of_children = norvia.table.assign(step=step.replace("no work", "child, no work"))
    for show in (flow, flow_table):
        assert str(show(replace(norvia, table=of_children))).startswith(
            "This survey did not ask about adults"
        )
        assert str(show(replace(norvia, table=norvia.table[measure != "flowchart"]))) == (
            "This set has no flowchart: it is of single tables, or the weights do not add up to the population."
        )


def test_the_flowchart_comes_with_its_table(monkeypatch: pytest.MonkeyPatch, out: fl.Published) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    children(out)
    assert len(shown) == 3
    assert str(shown[0]).startswith("At some time")
    assert "For a third party, under threat (i)" in shown[2].text
