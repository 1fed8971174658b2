"""The checklists of the ILO's tools: whole, in order, and each question with one id."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fltoolkit.nap.checklists import Checklists, checklists


def test_the_checklists_are_those_of_the_tools_that_ask_questions() -> None:
    shipped = checklists()
    assert {q.tool for q in shipped.questions} == {1, 3, 5, 8, 9, 15}
    assert [dict.fromkeys(q.section for q in shipped.of(5))] == [
        dict.fromkeys(("Prevention", "Protection", "Prosecution", "Partnerships"))
    ]
    assert "ILO Toolkit on Developing National Action Plans on Forced Labour" in shipped.source
    assert len({q.question for q in shipped.questions if q.tool != 1}) == len([q for q in shipped.questions if q.tool != 1])


def of(*questions: tuple[str, int]) -> Checklists:
    """Checklists of some questions: the id and tool of each."""
    told: list[dict[str, Any]] = [{"id": name, "tool": tool, "section": "s", "question": "q?"} for name, tool in questions]
    return Checklists.model_validate({"source": "ILO", "questions": told, "sdg": [], "definitions": []})


def test_the_questions_of_a_tool_stand_in_the_files_order() -> None:
    made = of(("late", 5), ("other", 3), ("early", 5))
    assert [q.id for q in made.of(5)] == ["late", "early"]
    assert made.of(9) == []


def test_an_id_that_stands_twice_and_a_file_without_questions_are_refused() -> None:
    """An answer in partners.yaml is joined with its question by the id."""
    with pytest.raises(ValidationError, match="question id same is given twice"):
        of(("same", 5), ("other", 5), ("same", 9))
    with pytest.raises(ValidationError, match="questions"):
        of()


def test_what_the_survey_can_put_beside_a_question_is_told_in_the_plans_words() -> None:
    """The workbook fills these cells; a word that no plan can have would leave one blank for good."""
    words = {word for q in checklists().questions for word in q.evidence}
    assert {"total", "change", "region", "sector"} <= words
    assert all(q.evidence == () for q in checklists().of(1))  # whether a convention is ratified no survey tells
