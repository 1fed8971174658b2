"""Tests the middle part of a draft: which questions are found and placed, whose codes differ, and what only
the user can answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from draft_columns import YES_NO, column, unused

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import usual_codes, usual_open_codes
from fltoolkit.authoring.draft.question_gates import Gate
from fltoolkit.authoring.draft.question_lines import (
    Questions,
    answers,
    definition_lines,
    find_questions,
    interview_lines,
    question_entry,
    question_line,
)
from fltoolkit.authoring.draft.yaml_lines import YamlLine

KNOWN = {**YES_NO, "8": "Don't know"}


def text(lines: Iterable[YamlLine]) -> list[str]:
    return [str(line) for line in lines]


def asked(
    placed: dict[str, list[ColumnContents]], gates: dict[str, Gate] | None = None, labelled: bool = True
) -> Questions:
    columns = tuple(c for found in placed.values() for c in found)
    usual = usual_codes(columns if labelled else ())
    one_each = {name: (gate,) for name, gate in (gates or {}).items()}
    return Questions(
        columns, labelled, usual, placed, one_each, usual_open_codes(columns if labelled else (), usual)
    )


def test_questions_are_found_by_labels_and_a_gate_by_the_rows(tmp_path: Path) -> None:
    rows = {
        "w": [1] * 12 + [2] * 8,
        "d": [1, 2] * 6 + [None] * 8,
        "p1": [1, 2] * 10,
        "p2": [1, 2] * 10,
        "n": [1, 2] * 10,
    }
    labels = {"w": "Worked at all", "d": "Documents kept", "p1": "A proxy", "p2": "Proxy, second visit"}
    held = unused(tmp_path, rows, labels, dict.fromkeys(labels, YES_NO))
    found = find_questions(held, None)
    assert {key: [c.name for c in columns] for key, columns in found.placed.items()} == {
        "worked": ["w"], "items.coercion.withheld_documents": ["d"], "proxy": ["p1"]
    }  # fmt: skip  # of proxies one
    assert found.worked is held.columns[0]
    assert (found.labelled, len(found.all), held.used) == (True, 4, {"w", "d", "p1"})
    assert found.gates == {"d": (Gate("w", ("1",), ("2",)),)}


def test_without_any_label_the_usual_codes_make_questions_and_what_yes_is_stays_open(tmp_path: Path) -> None:
    held = unused(tmp_path, {"worked": [1, 2] * 10, "q": [1, 2, 3, 1] * 5})
    found = find_questions(held, None)
    assert ([c.name for c in found.all], found.labelled, held.used) == (["worked"], False, set())
    assert text(answers(found)) == [
        (
            "answers: <answer>  # no label says what the codes mean; the usual ones are {yes: 1, no: 2, "
            "dont_know: 8, refused: 9}; found: 1, 2"
        )
    ]
    assert find_questions(unused(tmp_path, {"id": range(20)}), None).gates == {}


def test_answers_are_those_of_most_questions_with_the_words_of_one() -> None:
    codes = {**KNOWN, "9": "Not applicable"}
    assert text(answers(asked({"any_work": [column("a", codes=codes), column("b", codes=KNOWN)]}))) == [
        "answers:  # the codes of most yes/no questions; a question with other codes gives its own",
        "  yes: 1  # 1 Yes",
        "  no: 2  # 2 No",
        "  dont_know: 8  # 8 Don't know",
        "  not_applicable: 9  # 9 Not applicable",
        "  not_applicable_means: <answer>  # no, or unresolved",
    ]
    assert len(text(answers(asked({"any_work": [column("a", codes=KNOWN)]})))) == 4


def test_a_question_says_its_codes_where_they_differ_and_the_routing_that_the_rows_bear_out() -> None:
    turned = column("b", "Bound", {"1": "No", "2": "Yes"})
    q = asked(
        {"any_work": [column(name, codes=YES_NO) for name in "xyz"], "current": [turned]},
        {"b": Gate("x", ("1", "8"), ("2",))},
    )
    assert question_entry(q, q.all[0]) == "{column: x}"
    assert (
        question_entry(q, turned)
        == "{column: b, label: Bound, yes: 2, no: 1, routing: {column: x, asked: [1, 8], skipped: 2}}"
    )
    assert question_entry(q, turned, {"yes": "?"}) == (
        "{column: b, label: Bound, yes: ?, no: 1, routing: {column: x, asked: [1, 8], skipped: 2}}"
    )
    assert "yes" not in question_entry(asked({"current": [turned]}, labelled=False), turned)


def test_the_definition_asks_what_no_label_told_and_never_takes_the_codes_of_leaving() -> None:
    leave = column("L", "Free to leave", YES_NO)
    lines = text(
        definition_lines(
            asked({"items.involuntary.no_freedom_to_leave": [leave], "current": [column("C", codes=YES_NO)]})
        )
    )
    assert lines[0] == "any_work: <answer>  # the questions on any form of work, one per line"
    at = lines.index("  involuntary:")
    assert lines[at + 1 : at + 3] == [
        "    no_freedom_to_leave:",
        "      - {column: L, label: Free to leave, yes: <answer>, no: <answer>}"
        "  # yes: the codes that say the person could not leave; a threat is threats_or_violence too; of "
        "1 Yes, 2 No",
    ]
    assert lines[at + 3].startswith("  coercion: <answer>")
    assert [line.partition("  #")[0] for line in lines[at + 5 :]] == [
        "episodes:",
        "  same_work: <answer>",
        "",
        "current:",
        "  - {column: C, yes: <answer>, no: <answer>}",
    ]


def test_one_question_on_the_same_work_stands_alone_and_several_in_a_list() -> None:
    one, two = column("S", "Same work", YES_NO), column("T", "Same job", YES_NO)
    assert "  same_work: {column: S, label: Same work}" in text(definition_lines(asked({"same_work": [one]})))
    lines = text(definition_lines(asked({"same_work": [one, two]})))
    assert lines[lines.index("  same_work:") + 1 :] == [
        "    - {column: S, label: Same work}",
        "    - {column: T, label: Same job}",
    ]


def test_how_the_interview_went_rests_on_a_name_where_there_is_no_label() -> None:
    assert text(
        interview_lines(
            asked({"alone": [column("alone", codes=YES_NO)], "proxy": [column("P", "By proxy", YES_NO)]})
        )
    ) == ["interview:", "  proxy: {column: P, label: By proxy}", "  alone: {column: alone}  # the name alone"]
    assert text(interview_lines(asked({}))) == []


def test_what_codes_and_gates_leave_open_is_asked_in_the_line(tmp_path: Path) -> None:
    odd = column("b", "Locked in", {**KNOWN, "3": "Elsewhere"})
    q = asked(
        {"any_work": [column(name, codes=KNOWN) for name in "xyz"], "current": [odd]},
        {"b": Gate("x", ("1",), ("2",), ("3",))},
    )
    line = question_line(q, odd, "items.coercion.restricted_movement", "- ")
    assert str(line) == (
        "- {column: b, label: Locked in, yes: 1, no: 2, <answer>: 3, routing: {column: x, asked: 1, "
        "skipped: 2, <answer>: 3}}"
        "  # under yes, no, dont_know, refused or not_applicable: 3 Elsewhere; routing: persons with 3 "
        "in x were not asked; "
        "put the code under skipped if it means no"
    )
    skipped = column("s", "Locked in", {**YES_NO, "7": "Not applicable"})
    assert "not_applicable: 7, not_applicable_means: <answer>" in str(
        question_line(q, skipped, "current", "- ")
    )
    shared = asked({"any_work": [column(name, codes={**KNOWN, "5": "Elsewhere"}) for name in "xyz"]})
    assert (
        text(answers(shared))[-1]
        == "  <answer>: 5  # under yes, no, dont_know, refused or not_applicable: 5 Elsewhere"
    )
    assert question_entry(shared, shared.all[0]) == "{column: x}"
