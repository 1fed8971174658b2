"""Tests the checklists of the ILO's tools: they are complete and in order, and each question has its own
id."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fltoolkit.languages.language import read_language
from fltoolkit.nap.checklists import Checklists, checklists


def test_the_checklists_are_those_of_the_tools_that_ask_questions() -> None:
    shipped = checklists()
    assert {q.tool for q in shipped.questions} == {1, 3, 4, 5, 8, 9, 15}
    assert [dict.fromkeys(q.section for q in shipped.of(5))] == [
        dict.fromkeys(("prevention", "protection", "prosecution", "partnerships"))
    ]


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_every_language_has_the_words_of_every_question_and_no_others(code: str) -> None:
    """A question without words would stop the workbook; words without a question would be asked by nobody."""
    language, shipped = read_language(code), checklists()
    for part, ids in (
        ("questions", {q.id for q in shipped.questions}),
        ("sections", {q.section for q in shipped.questions}),
        ("sdg", {link.id for link in shipped.sdg}),
        ("definitions", {d.id for d in shipped.definitions}),
    ):
        named = {key.split(".")[2] for key in language.words if key.startswith(f"checklists.{part}.")}
        assert named == ids
    asked = [language.say(f"checklists.questions.{q.id}") for q in shipped.questions]
    assert len(set(asked)) == len(asked)
    assert all(
        language.say(f"checklists.questions.{q.id}").partition(":")[2] for q in shipped.of(1)
    )  # the standard, then what is asked


def test_the_source_is_the_ilos_toolkit() -> None:
    source = read_language("en").say("checklists.source.one", tools="2")
    assert source.endswith(
        "ILO Toolkit on Developing National Action Plans on Forced Labour, Tool No.\u00a02."
    )


def of(*questions: tuple[str, int]) -> Checklists:
    """Checklists of some questions: the id and tool of each."""
    told: list[dict[str, Any]] = [{"id": name, "tool": tool, "section": "s"} for name, tool in questions]
    return Checklists.model_validate({"questions": told, "sdg": [], "definitions": []})


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
    assert all(
        q.evidence == () for q in checklists().of(1)
    )  # whether a convention is ratified no survey tells
