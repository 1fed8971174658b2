"""Tests the described people of the first lesson: the kit's classification of each, shown after the learner
has answered."""

from __future__ import annotations

import pytest

from fltoolkit import teaching
from fltoolkit.teaching.described_people import classified


def test_the_kit_takes_the_seven_people_where_the_exercises_do() -> None:
    exercises = teaching.lesson("1_definition").exercises
    ends = {"not involuntary": "not forced labour", "not in the same work": "not forced labour"}
    for name, step in classified()["step"].items():
        assert ends.get(step, step) == exercises[str(name)].right, name


def test_routes_are_shown_to_who_has_answered_and_to_nobody_else() -> None:
    lesson = teaching.lesson("1_definition")
    assert "papers_kept" not in teaching.routes(lesson).text
    lesson.check("amara", "forced labour abroad")
    lesson.check("ben", "unresolved")
    shown = teaching.routes(lesson).text
    assert shown.count("→") == 4
    assert "papers_kept" in shown
    assert shown.count("not yet") == 6


def test_each_person_is_classified_once_in_the_order_of_the_lesson() -> None:
    found = classified()
    exercises = [
        name for name, e in teaching.lesson("1_definition").exercises.items() if "unresolved" in e.choices
    ]
    assert [str(name) for name in found.index] == exercises
    assert found["trace"].str.len().min() > 10


@pytest.mark.parametrize("right", [True, False])
def test_a_wrong_answer_shows_no_route(right: bool) -> None:
    lesson = teaching.lesson("1_definition")
    answer = lesson.exercises["ben"].right
    lesson.check("ben", answer if right else next(c for c in lesson.exercises["ben"].choices if c != answer))
    (line,) = (line for line in teaching.routes(lesson).text.splitlines() if line.split()[0] == "Ben")
    assert ("not yet" in line) is not right
