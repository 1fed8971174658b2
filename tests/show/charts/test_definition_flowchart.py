"""Tests the two flowcharts: the place of the boxes, the words on the arrows, and the highlighted path."""

from __future__ import annotations

from typing import Any

from fltoolkit.show.charts.chart_style import BLUE, GREY, ORANGE
from fltoolkit.show.charts.definition_flowchart import ASKED, LIT, adults, children

LEAVES = (
    "no work",
    "not involuntary",
    "no coercion",
    "below the rule's thresholds",
    "not in the same work",
    "exception within its limits",
    "forced labour abroad",
)
WORDS = {name: f"leaf: {name}" for name in (*LEAVES, ASKED, "forced labour")}
CHILD = {ASKED: "asked", "child, no work": "did not work", "child, unresolved": "unresolved"}


def boxes(fig: Any) -> dict[str, Any]:
    """Each box by its words, which stand in its middle."""
    told = {
        (round(a.x, 6), round(a.y, 6)): a.text
        for a in fig.layout.annotations
        if not a.showarrow and a.xanchor is None
    }
    middles = {
        (round((s.x0 + s.x1) / 2, 6), round((s.y0 + s.y1) / 2, 6)): s
        for s in fig.layout.shapes
        if s.type == "rect"
    }
    return {told[place]: shape for place, shape in middles.items()}


def ways(fig: Any) -> list[tuple[tuple[float, float], tuple[float, float], str]]:
    """The arrows of answers: from where, to where, and BLUE where lit."""
    arrows = [a for a in fig.layout.annotations if a.showarrow and a.arrowcolor != ORANGE]
    return [((a.ax, round(a.ay, 6)), (a.x, round(a.y, 6)), a.arrowcolor) for a in arrows]


def words_on_ways(fig: Any) -> list[str]:
    return [a.text for a in fig.layout.annotations if not a.showarrow and a.xanchor is not None]


def lit(fig: Any) -> list[str]:
    return [text for text, shape in boxes(fig).items() if shape.fillcolor == LIT]


def test_adults_pass_a_question_or_leave_there() -> None:
    fig = adults("T", "", WORDS)
    found = boxes(fig)
    assert len(found) == 1 + 2 * len(LEAVES) + 2
    assert (
        found["leaf: total"].y0
        > found["<b>Any work?</b>"].y0
        > found["<b>Involuntary?</b>"].y0
        > found["<b>Coerced?</b>"].y0
    )
    for question, leaf in (
        ("Any work?", "no work"),
        ("Outside the exceptions?", "exception within its limits"),
    ):
        asked, left = found[f"<b>{question}</b>"], found[f"leaf: {leaf}"]
        assert asked.y0 == left.y0
        assert asked.x1 < left.x0
        assert left.line.color == GREY
    assert found["leaf: forced labour"].fillcolor == BLUE
    assert found["unresolved at a question"].line.color == ORANGE
    assert words_on_ways(fig) == [
        "no",
        *["yes", "no"] * 6,
        "yes",
    ]  # nobody is asked before the first question
    assert all(x0 == x1 or y0 == y1 for (x0, y0), (x1, y1), _ in ways(fig))


def test_every_question_leads_to_the_box_of_unresolved_persons() -> None:
    for fig, words, asked in (
        (adults("T", "", WORDS), "unresolved at a question", len(LEAVES)),
        (children("T", "", CHILD), "unresolved", 5),
    ):
        lines = [shape for shape in fig.layout.shapes if shape.type == "path"]
        starts = [
            tuple(map(float, part.split("L")[0].split(",")))
            for line in lines
            for part in line.path.split("M")[1:-1]
        ]
        sides = {
            (side, round((box.y0 + box.y1) / 2, 6))
            for text, box in boxes(fig).items()
            if "?" in text
            for side in (box.x0, box.x1)
        }
        assert len(starts) == asked
        assert sides.issuperset(starts)
        box = boxes(fig)[words]
        ends = [
            (a.x, round(a.y, 6)) for a in fig.layout.annotations if a.showarrow and a.arrowcolor == ORANGE
        ]
        assert all(
            (box.x0 <= x <= box.x1 and y == round(box.y0, 6)) or (x == box.x1 and box.y0 <= y <= box.y1)
            for x, y in ends
        )
        assert len(ends) == len(lines)


def test_a_question_whose_leaf_has_no_words_is_not_drawn() -> None:
    fewer = {name: told for name, told in WORDS.items() if name != "below the rule's thresholds"}
    fig = adults("T", "", fewer)
    assert "<b>Enough for the rule set?</b>" not in boxes(fig)
    assert adults("T", "", WORDS).layout.height - fig.layout.height == 46
    shorter, longer = (
        max(-y for (x0, _), (x, y), _ in ways(adults("T", "", words)) if x == x0) for words in (fewer, WORDS)
    )
    assert round(longer - shorter, 6) == 1


def test_an_adults_way_is_lit_and_the_answers_stand_beside_their_questions() -> None:
    fig = adults("T", "", WORDS, {"no work": "yes"}, (ASKED, "?no work", "no work"))
    assert lit(fig) == ["leaf: total", "<b>Any work?</b> yes", "leaf: no work"]
    framed = boxes(fig)
    assert framed["leaf: no work"].line.width == 3
    assert framed["leaf: no coercion"].line.width < 3
    assert [way[:2] for way in ways(fig) if way[2] == BLUE] == [
        ((3.0, -0.3), (3.0, -0.7)),
        ((5.5, -1), (6.5, -1)),
    ]


def test_children_have_four_ways_into_forced_labour_and_their_counts_stand_on_them() -> None:
    """Tool No. 2's flowchart: (iv) worst forms, (iii) a parent, (ii) with parents, (i) for a third party."""
    counts = {
        "worst form of child labour (iv)": ": 4", "parent in forced labour (iii)": ": 3",
        "with parents, under threat (ii)": ": 2", "for a third party, under threat (i)": ": 1",
        "child with parents, no threat": ": 20", "child for a third party, no threat": ": 10",
    }  # fmt: skip
    fig = children("T", "", CHILD, counts=counts)
    cases = [text for text, shape in boxes(fig).items() if shape.fillcolor == BLUE]
    assert cases == [
        "worst form<br>(iv)",
        "parent in forced<br>labour (iii)",
        "with parents,<br>threat (ii)",
        "third party,<br>threat (i)",
    ]
    told = words_on_ways(fig)
    assert [text for text in told if ":" in text] == [
        "yes: 4",
        "yes: 3",
        "yes: 2",
        "no: 20",
        "yes: 1",
        "no: 10",
    ]
    assert [text for text in told if ":" not in text][:5] == ["yes", "no", "yes", "no", "no"]
    assert "<b>Any work?</b> no" in told
    rows = {text: shape.y0 for text, shape in boxes(fig).items()}
    assert rows["worst form<br>(iv)"] == rows["<b>Worst form of child<br>labour (a)–(c)?</b>"]
    assert rows["parent in forced<br>labour (iii)"] == rows["<b>A parent in<br>forced labour?</b>"]
    assert rows["unresolved"] == rows["not in forced labour"]


def test_a_childs_way_is_lit_with_its_answers() -> None:
    way = (
        ASKED,
        "?worst form of child labour (iv)",
        "with parents?",
        "?for a third party, under threat (i)",
        "for a third party, under threat (i)",
    )
    fig = children(
        "T",
        "",
        CHILD,
        answers={"with parents?": "no", "?for a third party, under threat (i)": "yes"},
        lit=way,
    )
    assert lit(fig) == [
        "asked",
        "<b>Worst form of child<br>labour (a)–(c)?</b>",
        "<b>Working with or for<br>the parents?</b> no",
        "<b>For a third party: threat<br>or penalty by a third party?</b> yes",
        "third party,<br>threat (i)",
    ]
    assert sum(colour == BLUE for *_, colour in ways(fig)) == 4
