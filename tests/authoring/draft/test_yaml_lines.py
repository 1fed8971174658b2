"""Tests the lines of the draft: a text is read back from YAML unchanged, and lines with a question are
recognised."""

from __future__ import annotations

from pathlib import Path

import pytest
from draft_columns import column

from fltoolkit.authoring.draft.yaml_lines import (
    Draft,
    YamlLine,
    in_one_line,
    meanings,
    name_and_label,
    printable,
    yaml_scalar,
)
from fltoolkit.yaml_files.loading import UNANSWERED, load_yaml


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "a: b",
        "- a",
        "# a",
        "a #b",
        "{a",
        "[a]",
        "'a'",
        '"a"',
        "=1+2",
        "@a",
        "*a",
        "&a",
        "!a",
        "%a",
        "|",
        ">",
        "?",
        "a\nb",
        "\\n",
        "~",
        " ",
    ],
)
def test_text_is_the_same_after_yaml(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(
        f"a: {{b: {yaml_scalar(text)}, {yaml_scalar('k' + text)}: c}}  # end\n", "utf-8"
    )
    expected = " ".join(text.split())
    assert load_yaml(tmp_path / "a.yaml")["a"] == ({"b": expected} if expected else {}) | {
        " ".join(f"k{text}".split()): "c"
    }


def test_a_draft_counts_what_it_says_and_lists_what_it_asks_by_line() -> None:
    lines = (
        YamlLine("age:", "in years"),
        YamlLine(),
        YamlLine("# a comment"),
        YamlLine(f"  column: {UNANSWERED}", "which?"),
        YamlLine(f"# {UNANSWERED}"),
    )
    draft = Draft(lines)
    assert (
        draft.text == f"age:  # in years\n\n# a comment\n  column: {UNANSWERED}  # which?\n# {UNANSWERED}\n"
    )
    assert draft.count_complete == 1
    assert draft.unanswered == [(4, lines[3])]


def test_a_reason_never_leaves_its_comment() -> None:
    assert str(YamlLine("a: b", "one\ntwo\x07")) == "a: b  # one two "
    assert printable("  a \u2028 b\x00 ") == "a b "


def test_one_code_stands_alone_and_several_in_a_list() -> None:
    assert [in_one_line(["1"]), in_one_line(["1", "a b", "c: d"]), in_one_line([])] == [
        "1",
        '[1, a b, "c: d"]',
        "[]",
    ]


def test_a_choice_rests_on_the_label_where_there_is_one_and_codes_are_told_with_theirs() -> None:
    assert [name_and_label(column("Q1", "Age")), name_and_label(column("AGE"))] == ["Q1: Age", "the name AGE"]
    codes = column("Q", codes={"1": "Yes", "2": "No", "3": ""})
    assert meanings(codes, ["1", "3", "9"]) == "1 Yes, 3, 9"
    assert meanings(codes, codes.codes, most=3) == "1 Yes, 2 No, 3"
    assert meanings(codes, codes.codes, most=2) == "1 Yes, 2 No, …"
