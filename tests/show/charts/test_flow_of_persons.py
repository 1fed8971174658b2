"""Tests the flowcharts with numbers of persons: the number on each arrow, and the text if there is no
number."""

from __future__ import annotations

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
    assert "<b>2,400</b>" in said
    assert said[-2:] == ["<b>In forced labour</b>", "<b>400</b>"]


def flow_with(out: fl.Published, **hidden: str) -> tuple[list[str], list[list[float]]]:
    """The words and the lengths of the bars of a flow of 1,000 persons, of whose steps some are hidden."""
    steps = {
        "total": 1000,
        "no work": 300,
        "not involuntary": 500,
        "no coercion": 150,
        "unresolved": 10,
        "forced labour": 40,
    }
    rows = out.select("flowchart", [[], ["step"]], population="adults")
    first = rows.iloc[[0]]
    made = [
        first.assign(
            step=step,
            breakdown="" if step == "total" else "step",
            estimate=float("nan") if step in hidden.values() else n,
            marker="c" if step in hidden.values() else "",
        )
        for step, n in steps.items()
    ]
    others = out.table[(out.table["measure"] != "flowchart")]
    picture = flow(replace(out, table=pd.concat([others, *made], ignore_index=True)))
    return words(picture), [list(bar.x) for bar in picture.figure.data]


def test_how_many_go_on_is_what_the_published_numbers_leave(out: fl.Published) -> None:
    said, (on, left) = flow_with(out)
    assert on == [1000, 700, 200, 50, 50, 50, 50, 10, 40]
    assert left == [0, 300, 500, 150, 0, 0, 0, 0, 0]
    assert "300 leave: did not work" in said
    assert said.count("nobody leaves") == 3  # the same work, the exceptions, the country


def test_how_many_go_on_is_reckoned_from_the_end_past_a_hidden_step(out: fl.Published) -> None:
    said, (on, left) = flow_with(out, one="not involuntary")
    assert on == [1000, 700, 200, 50, 50, 50, 50, 10, 40]
    assert left == [0, 300, 0, 150, 0, 0, 0, 0, 0]
    assert "[c] leave: not involuntary" in said


def test_between_two_hidden_steps_the_flow_says_what_is_published_below_and_no_more(
    out: fl.Published,
) -> None:
    said, (on, _) = flow_with(out, one="not involuntary", two="no coercion")
    assert on == [1000, 700, 50, 50, 50, 50, 50, 10, 40]
    assert "<b>50 + [c] go on</b>" in said
    assert "<b>50 go on</b>" in said


def test_the_numbers_of_the_flow_are_added_up_below_it(out: fl.Published) -> None:
    said, _ = flow_with(out, one="no coercion")
    (summed,) = (text for text in said if text.startswith("Sum: "))
    assert summed.startswith(
        "Sum: 1,000 represented = 300 + 500 + [c] who leave, + 40 in forced labour, + 10 unresolved."
    )


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
