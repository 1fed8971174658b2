"""Compares nested gates, chains of gates, blanks that mean *no*, and several codes in one text with a loop in
plain Python over every person."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
import shared_surveys
from gated_persons import SPEC, persons, truths
from small_surveys import frame_of

import fltoolkit as fl
from fltoolkit.survey.answers import (
    answered_no,
    answered_yes,
    has_code,
    is_skipped,
    no_when_blank,
    one_of,
    with_skipped_gates,
)
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import AnswerCodes, Routing, Source

Write = Callable[..., Path]
ANSWERS = AnswerCodes.model_validate({"yes": "1", "no": "2", "dont_know": "8", "refused": "9"})


def found(frame: Any, expression: nw.Expr) -> list[bool | None]:
    """The truths of an expression, row by row."""
    values = frame.select(x=expression).collect("pandas").to_native()["x"]
    return [None if pd.isna(v) else bool(v) for v in values]


def mapped(*sources: dict[str, Any]) -> tuple[MappedQuestions, list[Source]]:
    made = [Source.model_validate(source) for source in sources]
    return MappedQuestions.of([("items.coercion.other_penalty", s) for s in made], ANSWERS), made


def classified(
    people: list[dict[str, str]], write: Write, spec: dict[str, Any] = SPEC
) -> fl.ClassifiedSurvey:
    table = pd.DataFrame(people).assign(WHO=[f"p{i:05d}" for i in range(len(people))], W=1, AGE=40)
    return shared_surveys.classified(write(spec, people=table))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(s, marks=pytest.mark.thorough("4,000 more persons")) for s in (1, 2))]
)
def test_every_person_is_classified_as_a_loop_in_plain_python_does(seed: int, write: Write) -> None:
    people = persons(4000, seed)
    by_hand = [truths(p) for p in people]
    # all three values of every truth are there
    assert all(
        {row[name] for row in by_hand} == {True, False, None} for name in by_hand[0] if name != "debt_bondage"
    )
    survey = classified(people, write)
    names = {item: columns for side in survey.item_columns.values() for item, columns in side.items()}
    wanted = [*(c for columns in names.values() for c in columns), "involuntary", "coercion", "forced_labour"]
    rows = survey.frame.select("src__WHO", *wanted).collect("pandas").to_native().sort_values("src__WHO")
    assert len(rows) == len(people)
    for row, own in zip(rows.to_dict("records"), by_hand, strict=True):
        truth = {c: None if pd.isna(row[c]) else bool(row[c]) for c in wanted}
        for item, columns in names.items():
            values = [truth.pop(c) for c in columns]
            truth[item] = True if True in values else None if None in values else False
        assert truth == own, row["src__WHO"]


def test_a_code_among_few_is_open_where_the_cell_is_blank() -> None:
    frame = frame_of(q=["1", "2", "7", None])
    assert found(frame, one_of(nw.col("q"), ["1", "7"])) == [True, False, True, None]
    assert found(frame, one_of(nw.col("q"), [])) == [False] * 4


def test_routing_skips_who_is_skipped_at_every_column_of_a_gate() -> None:
    frame = frame_of(src__a=["2", "2", "1", "2"], src__b=["2", None, "2", "1"])
    routing = Routing.model_validate({"column": ["a", "b"], "asked": "1", "skipped": "2"})
    assert found(frame, is_skipped(routing, mapped()[0])) == [True, False, False, False]


@pytest.mark.parametrize(
    ("join", "shut_of"),
    [
        ("all", [True, True, True, True, False, False, True, False, False]),
        ("any", [True, False, False, False, False, False, False, False, False]),
    ],
)
def test_of_all_gates_one_shuts_and_of_any_each_must(join: str, shut_of: list[bool]) -> None:
    codes = ["2", "1", "8"]
    pairs = [(a, b) for a in codes for b in codes]
    frame = frame_of(src__a=[a for a, _ in pairs], src__b=[b for _, b in pairs])
    routing = Routing.model_validate({join: [{"column": "a", "asked": "1"}, {"column": "b", "asked": "1"}]})
    assert found(frame, is_skipped(routing, mapped()[0])) == shut_of


def test_a_gate_that_was_skipped_itself_skips_what_follows() -> None:
    questions, (_, last) = mapped(
        {"column": "b", "routing": {"column": "a", "asked": "1"}},
        {"column": "c", "routing": {"column": "b", "asked": "1"}},
    )
    frame = frame_of(
        src__a=["2", "1", "8", None, "2"], src__b=[None, None, None, None, "1"], src__c=[None] * 5
    )
    assert last.routing is not None
    assert found(with_skipped_gates(frame, questions), is_skipped(last.routing, questions)) == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_gate_on_several_codes_opens_where_one_is_ticked() -> None:
    questions, _ = mapped({"column": "a", "contains": "1", "no": ["2", "3", "0"]})
    frame = frame_of(src__a=["1 2", "3", "0", "8", "2;8", None])
    gate = Routing.model_validate({"column": "a", "asked": ["1", "2"]})
    assert found(with_skipped_gates(frame, questions), is_skipped(gate, questions)) == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_blank_is_no_where_another_option_is_ticked() -> None:
    questions, (option, plain, neither) = mapped(
        {"column": "a", "blank": "no", "if_ticked": ["b", "none"]},
        {"column": "d", "blank": "no", "why": "w"},
        {"column": "e"},
    )
    frame = frame_of(src__a=[None] * 4, src__b=["1", None, "2", None], src__none=[None, "1", None, None])
    blank = no_when_blank(option, questions)
    assert blank is not None
    assert found(frame, blank) == [True, True, False, False]
    always = no_when_blank(plain, questions)
    assert always is not None
    assert found(frame, always) == [True] * 4
    assert no_when_blank(neither, questions) is None


def test_dont_know_among_several_codes_leaves_open_what_is_not_ticked() -> None:
    questions, (source,) = mapped({"column": "a", "contains": "3", "no": ["1", "2"]})
    frame = frame_of(src__a=["3", "1 3", "3 8", "1", "1 8", "9", None])
    assert found(frame, answered_yes(source, questions)) == [True, True, True, False, False, False, None]
    assert found(frame, answered_no(source, questions)) == [False, False, False, True, False, False, None]
    assert found(frame, has_code(source, ["8"])) == [False, False, True, False, True, False, None]


def gates_by_chance(draw: random.Random, before: list[str], depth: int = 0) -> dict[str, Any]:
    """Routing on some of the columns before a question, nested at random; the same gates come again and
    again."""
    if depth == 3 or draw.random() < 0.4:
        return {"column": draw.choice(before), "asked": "1"}
    join = draw.choice(["all", "any"])
    return {join: [gates_by_chance(draw, before, depth + 1) for _ in range(draw.randint(1, 3))]}


@pytest.mark.thorough("draws forty questionnaires")
@pytest.mark.parametrize("seed", range(40))
def test_chains_of_any_shape_skip_whom_the_logic_written_out_skips(seed: int) -> None:
    draw, names = random.Random(seed), ["a", "b", "c", "d", "e", "f"]
    routings = {name: gates_by_chance(draw, names[:i]) for i, name in enumerate(names) if i}
    rows = [{name: draw.choice(["1", "2", "8", None, None]) for name in names} for _ in range(300)]
    questions, sources = mapped(
        *({"column": n, **({"routing": routings[n]} if n in routings else {})} for n in names)
    )

    def skipped(row: dict[str, str | None], gate: dict[str, Any]) -> bool:
        if "all" in gate:
            return any(skipped(row, below) for below in gate["all"])
        if "any" in gate:
            return all(skipped(row, below) for below in gate["any"])
        name = gate["column"]
        return row[name] == "2" or (row[name] is None and name in routings and skipped(row, routings[name]))

    frame = frame_of(**{f"src__{name}": [row[name] for row in rows] for name in names})
    for source in sources[1:]:
        assert source.routing is not None
        assert found(with_skipped_gates(frame, questions), is_skipped(source.routing, questions)) == [
            skipped(row, routings[source.column]) for row in rows
        ]


@pytest.mark.parametrize("join", ["all", "any"])
def test_chains_that_branch_stay_cheap(join: str) -> None:
    """Each question stands behind three before it: written out, the sixtieth would hold more gates than there
    are atoms."""
    names = [f"q{i:02d}" for i in range(60)]
    first = {"column": "g", "asked": "1"}
    questions, sources = mapped(
        *(
            {
                "column": n,
                "routing": {join: [first, *({"column": m, "asked": "1"} for m in names[max(i - 3, 0) : i])]},
            }
            for i, n in enumerate(names)
        )
    )
    frame = frame_of(src__g=["2", "1"], **{f"src__{n}": [None, None] for n in names})
    assert sources[-1].routing is not None
    assert found(with_skipped_gates(frame, questions), is_skipped(sources[-1].routing, questions)) == [
        True,
        False,
    ]


def test_a_gate_whose_own_gate_is_in_another_file_is_unknown_where_it_is_blank() -> None:
    questions, (_, last) = mapped(
        {"column": "b", "routing": {"column": "a", "asked": "1"}},
        {"column": "c", "routing": {"column": "b", "asked": "1"}},
    )
    rows = with_skipped_gates(frame_of(src__b=["2", None], src__c=[None, None]), questions)
    assert last.routing is not None
    assert found(rows, is_skipped(last.routing, questions)) == [True, False]
