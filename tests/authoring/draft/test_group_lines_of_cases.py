"""Tests the draft's lines on who imposed the forced labour, where it was and how many months it took."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from draft_columns import YES_NO, column, unused

from fltoolkit.authoring.draft.group_lines import coded_lines, month_lines
from fltoolkit.authoring.draft.yaml_lines import YamlLine


def text(lines: Iterable[YamlLine]) -> list[str]:
    return [str(line) for line in lines]


def test_codes_of_who_imposed_it_stand_under_their_kind_and_the_others_are_asked(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    codes = {"1": "Employer", "2": "Army", "3": "Somebody", "8": "Don't know"}
    held.columns = [
        column("F", "Who imposed it", codes, filled=20),
        column("where", codes={"1": "Abroad", "2": "Here"}, filled=20),
    ]
    lines = text(coded_lines("form", held))
    assert lines[:2] == ["form:", "  column: F  # F: Who imposed it"]
    assert sorted(lines[2:]) == [
        "  forced_commercial_sexual_exploitation: <answer>  # which of: 3 Somebody",
        "  forced_labour_exploitation: 1  # 1 Employer",
        "  missing: 8  # 8 Don't know",
        "  state_imposed: 2  # 2 Army",
    ]
    assert text(coded_lines("place", held))[2:] == ["  abroad: 1  # 1 Abroad", "  in_country: 2  # 2 Here"]
    held.used, held.columns = set(), [column("who", codes=codes), column("who", codes=YES_NO, filled=20)]
    assert (
        text(coded_lines("form", held)) == []
    )  # asked of everybody, or answered yes and no: not of the forced labour


def test_months_are_of_a_few_persons_and_at_most_sixty(tmp_path: Path) -> None:
    held = unused(tmp_path, {"months": [1, 5, 60, 61, 99, *[None] * 9]})
    assert text(month_lines(held)) == [
        "months:",
        "  column: months  # the name months",
        "  covers: <answer>  # all_spells of forced labour in the window, or the last_spell",
        "  missing: [61, 99]  # 61, 99",
    ]
    assert text(month_lines(unused(tmp_path, {"months": [1, 5, 60, 61, 99]}))) == []
    assert text(month_lines(unused(tmp_path, {"months": [1, 60, None]}))) == []  # two values and a blank


def test_a_question_that_names_months_is_no_number_of_months(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    facts = {"filled": 20, "distinct": 4, "low": 1.0, "high": 9.0}
    held.columns = [
        column(
            "q",
            "Any work in the last 12 months",
            {**YES_NO, "8": "Don't know", "9": "Refused"},
            missing=["8", "9"],
            **facts,
        )
    ]
    assert text(month_lines(held)) == []
    held.columns = [column("q", "How many months", {"98": "Don't know"}, missing=["98"], **facts)]
    assert text(month_lines(held))[1] == "  column: q  # q: How many months"


def test_who_imposed_it_is_asked_where_each_job_has_a_column(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    codes = {"1": "Abroad", "2": "Here"}
    held.columns = [column("where_1", codes=codes, filled=20), column("where_2", codes=codes, filled=10)]
    assert text(coded_lines("place", held))[1] == (
        "  column: <answer>  # the name where_1; and where_2: if the number is that of a job, write "
        "{episode} in its place"
    )


def test_a_code_that_tells_two_kinds_or_denies_one_is_asked(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    codes = {"1": "Abroad", "2": "Here", "3": "Not in this country", "4": "Here, later abroad"}
    held.columns = [column("where", codes=codes, filled=20)]
    assert text(coded_lines("place", held))[2:] == [
        "  abroad: 1  # 1 Abroad",
        "  in_country: 2  # 2 Here",
        (
            "  <answer>: [3, 4]  # under abroad, in_country or missing: 3 Not in this country, 4 Here, "
            "later "
            "abroad"
        ),
    ]
