"""Tests the XLSForm: its rows in the order of the interview, its routing in XPath, and a workbook in which
every cell is text."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from small_questionnaire import en, questionnaire

from fltoolkit.authoring.questionnaire.xlsform import gate_formula, survey_rows, workbook


def rows() -> dict[str, dict[str, Any]]:
    """The rows of the sheet by their names, without what is blank; ends have no name."""
    return {
        row["name"]: {k: v for k, v in row.items() if v and k != "name"}
        for row in survey_rows(questionnaire())
        if "name" in row
    }


def test_rows_stand_in_the_order_of_the_interview_and_each_begin_has_its_end() -> None:
    told = [(row["type"], row.get("name")) for row in survey_rows(questionnaire())]
    assert [name for kind, name in told if kind != "calculate" and name] == [
        "members",
        "member",
        "called",
        "interview",
        "sex",
        "work",
        "worked",
        "check_involuntary",
        "stop_involuntary",
        "involuntary",
        "low_pay",
        "hazard",
        "coercion",
        "violence",
        "abroad",
        "end",
    ]
    assert [kind for kind, _ in told if kind.startswith(("begin", "end"))] == [
        "begin_repeat",
        "end_repeat",
        "begin_repeat",
        *["begin_group", "end_group"] * 3,
        "end_repeat",
    ]
    assert told[-3:] == [("calculate", "work_asked"), ("calculate", "case_asked"), ("end_repeat", None)]
    assert rows()["member"]["repeat_count"] == "${members}"


def test_who_is_asked_is_what_section_gate_and_check_say_together() -> None:
    found = rows()
    goes_on = "${age} > 17 and (${work_asked} = '1' or ${work_asked} = '3')"
    assert found["check_involuntary"]["relevant"] == goes_on
    assert (
        found["stop_involuntary"]["relevant"] == "${check_involuntary} != '' and ${check_involuntary} != '1'"
    )
    assert found["involuntary"]["relevant"] == f"({goes_on}) and ${{check_involuntary}} = '1'"
    assert found["hazard"]["relevant"] == "${low_pay} = '1'"  # only where it is sure
    assert found["coercion"]["relevant"] == "${case_asked} = '1' or ${case_asked} = '3'"
    assert "relevant" not in found["worked"]


def test_a_row_says_its_list_its_limits_and_whether_it_must_be_answered() -> None:
    found = rows()
    assert found["worked"] == {"type": "select_one yes_no", "label": en("About any_work?"), "required": "yes"}
    assert found["members"]["constraint"] == ". > 0"
    assert found["members"]["constraint_message"] == en("At least one")
    assert found["weight"] == {"type": "calculate", "calculation": "${member}/weight"}
    assert "required" not in found["end"]  # a note is read, not answered


def test_a_gate_is_no_where_all_are_and_sends_away_whom_an_earlier_one_sent_away() -> None:
    asked = questionnaire()
    assert gate_formula(asked, "work_asked") == "if(${worked} = '2', '2', if(${worked} = '1', '1', '3'))"
    # The question on hazards was not asked of those who say no to low pay, which is a no to it, too.
    own = (
        "if(${low_pay} = '2' and (${hazard} = '2' or ${low_pay} = '2'), '2', if(${low_pay} = '1' or "
        "${hazard} = '1', '1', '3'))"
    )
    stopped = f"if(${{work_asked}} = '4' or ${{check_involuntary}} != '1', '4', {own})"
    assert gate_formula(asked, "case_asked") == f"if(${{work_asked}} = '2', '2', {stopped})"
    assert rows()["case_asked"]["relevant"] == "${age} > 17"  # a gate is for those of whom its section is


def test_the_workbook_has_a_column_a_language_and_is_always_the_same_bytes() -> None:
    asked = questionnaire(choices__go_on__2__label=en("=1+1"))
    made = workbook(asked, ["en"])
    assert made == workbook(asked, ["en"])
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["survey", "choices", "settings", "about"]
    head = [cell.value for cell in book["survey"][1]]
    assert head[:4] == ["type", "name", "label::English (en)", "hint::English (en)"]
    assert [cell.value for cell in book["survey"][2]][:3] == ["integer", "members", "How many?"]
    assert [cell.value for cell in book["settings"][2]] == ["Small", "small", "1", "English (en)"]
    last = book["choices"][book["choices"].max_row]
    assert [(cell.value, cell.data_type) for cell in last] == [("go_on", "s"), ("2", "s"), ("=1+1", "s")]


@pytest.mark.parametrize(
    ("languages", "titles"),
    [(["en"], ["label::English (en)"]), (["fr", "en"], ["label::Français (fr)", "label::English (en)"])],
)
def test_the_languages_stand_in_the_order_asked_for(languages: list[str], titles: list[str]) -> None:
    asked = questionnaire()
    asked.languages["fr"] = "Français (fr)"
    asked.title["fr"], asked.about["fr"] = "Petit", "À propos"
    book = openpyxl.load_workbook(io.BytesIO(workbook(asked, languages)))
    assert [cell.value for cell in book["survey"][1] if str(cell.value).startswith("label")] == titles
    assert book["settings"]["A2"].value == asked.title[languages[0]]
