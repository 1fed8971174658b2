"""Tests every check of an answer: a right answer is accepted, and a wrong one gets a hint that does not
contain the right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from fltoolkit import teaching
from fltoolkit.errors import FltoolkitError, RequestError, SpecError
from fltoolkit.teaching.lesson import LESSONS, TOLERANCES, Exercise, Sheet
from fltoolkit.teaching.true_answers import TRUTHS, truth
from fltoolkit.yaml_files.loading import build_model, load_yaml

ANSWERS = Path(__file__).parents[2] / "notebooks" / "teaching" / "answers"
NAMES = [p.stem for p in sorted(LESSONS.glob("*.yaml"))]
EXERCISES = [
    (lesson, name) for lesson in NAMES for name in load_yaml(LESSONS / f"{lesson}.yaml")["exercises"]
]
EACH = pytest.mark.parametrize(("lesson", "name"), EXERCISES, ids=[name for _, name in EXERCISES])


@cache
def sheet(lesson: str) -> dict[str, Exercise]:
    """The exercises of a lesson. Their right answers are computed, which takes longer than to collect all
    tests of this file."""
    return teaching.lesson(lesson).exercises


def fresh(lesson: str) -> teaching.Lesson:
    """A lesson in which nothing has been answered."""
    return teaching.Lesson(sheet(lesson), {})


def right(exercise: Exercise) -> str:
    return exercise.right if exercise.choices else str(truth(exercise.right))


def wrong(exercise: Exercise) -> list[str]:
    """All other choices; or the usual mistakes, other units, a bit more and less than is tolerated, and what
    is no answer."""
    if exercise.choices:
        return [*(c for c in exercise.choices if c != exercise.right), "perhaps", ""]
    value = truth(exercise.right)
    edge = max(1.5 * TOLERANCES[exercise.found], 0.02)
    numbers = [
        value * (1 + edge),
        value * (1 - edge),
        value * 1000,
        value / 1000,
        value / 10,
        0,
        -value,
        *map(truth, exercise.mistakes),
    ]
    return [*map(str, numbers), "many", ""]


def given_away(hint: str, exercise: Exercise) -> bool:
    """Whether a hint holds the right choice, or any number that would be right."""
    if exercise.choices:
        listed = f"Answer with {exercise.asks_for}."
        return (
            hint != listed and re.search(rf"(?<!\w){re.escape(exercise.right)}(?!\w)", hint, re.I) is not None
        )
    return any(exercise.met(n) for n in re.findall(r"\d+(?:\.\d+)?", hint.replace(",", "")))


@EACH
def test_a_right_answer_is_right(lesson: str, name: str) -> None:
    told = fresh(lesson).check(name, right(sheet(lesson)[name]))
    assert told.text.startswith("**Right.**")


@EACH
def test_a_wrong_answer_gets_a_hint_that_does_not_tell(lesson: str, name: str) -> None:
    exercise = sheet(lesson)[name]
    for answer in wrong(exercise):
        told = fresh(lesson).check(name, answer).text
        assert told.startswith("**Not yet.** "), answer
        assert len(told) > 30, answer
        assert not given_away(told.removeprefix("**Not yet.** "), exercise), told


def test_no_hint_about_a_person_judges_a_condition() -> None:
    """With both conditions judged there is one choice left: whoever reads that has not found the answer."""
    persons = [e for e in sheet("1_definition").values() if "unresolved" in e.choices]
    assert len(persons) == 7
    hints = [hint for e in persons for hint in (e.hint, *e.mistakes.values())]
    judged = re.compile(
        (
            r"conditions? (is|are) (not |both )?(met|established)|one of the two conditions is|(it|work) is "
            r"involuntary"
        ),
        re.I,
    )
    assert [hint for hint in hints if judged.search(hint)] == []


@EACH
def test_a_usual_mistake_has_its_own_hint_and_is_wrong(lesson: str, name: str) -> None:
    exercise = sheet(lesson)[name]
    for mistake, hint in exercise.mistakes.items():
        answer = mistake if exercise.choices else str(truth(mistake))
        assert exercise.judge(answer) == (False, hint)


@EACH
def test_no_answer_is_not_a_wrong_one(lesson: str, name: str) -> None:
    assert fresh(lesson).check(name).text == "Not answered yet."


@pytest.mark.parametrize("lesson", NAMES)
def test_the_trainers_answers_are_right_and_complete(lesson: str) -> None:
    solved = teaching.lesson(lesson, str(ANSWERS / f"{lesson}.yaml"))
    assert list(solved.answers) == list(solved.exercises)
    for name in solved.exercises:
        assert solved.check(name).text.startswith("**Right.**"), name
    assert solved.score().text == f"**{len(solved.exercises)} of {len(solved.exercises)} right.**"


def test_a_learners_own_answer_goes_before_the_file_and_the_score_forgets_what_is_taken_back() -> None:
    solved = teaching.lesson("4_plan", str(ANSWERS / "4_plan.yaml"))
    assert solved.check("verifiable", "yes").text.startswith("**Not yet.**")
    own = teaching.lesson("4_plan")
    own.check("verifiable", "No")
    assert own.score().text.startswith("**1 of 7 right.** Still open: exercise 1, 3")
    own.check("verifiable", None)
    assert own.score().text.startswith("**0 of 7 right.**")


def answering(lesson: str, name: str) -> tuple[teaching.Lesson, Any, Callable[[], str]]:
    """A lesson with controls, the control of one exercise, and what stands below it."""
    own = teaching.lesson(lesson, interactive=True)
    control, screen = own.answer(name).children
    return own, control, lambda: screen.outputs[0]["data"]["text/plain"]


def test_a_choice_is_clicked_and_a_wrong_one_gets_a_hint() -> None:
    own, control, told = answering("1_definition", "amara")
    assert control.value is None
    assert "Not answered yet." in told()
    assert control.options == own.exercises["amara"].choices
    control.value = "unresolved"
    assert "Not yet." in told()
    assert "also where it happened" in told()
    control.value = "forced labour abroad"
    assert "Right." in told()


def test_a_number_is_typed_and_what_is_none_is_told_kindly() -> None:
    _, control, told = answering("1_definition", "upper_bound")
    assert control.placeholder == "per 1,000 adults asked"
    assert not control.continuous_update
    control.value = "forced labour' ("
    assert "Answer with a number (per 1,000 adults asked)." in told()
    control.value = "24 per 1,000"
    assert "Right." in told()
    control.value = ""
    assert "Not answered yet." in told()


def test_the_score_and_the_kits_ways_follow_every_answer() -> None:
    own, control, _ = answering("1_definition", "ben")
    (score,), (ways,) = own.score().children, teaching.routes(own).children
    assert "0 of 9 right." in score.outputs[0]["data"]["text/plain"]
    control.value = "not forced labour"
    assert "1 of 9 right." in score.outputs[0]["data"]["text/plain"]
    assert ways.outputs[0]["data"]["text/plain"].count("not yet") == 6
    control.value = "unresolved"
    assert "0 of 9 right." in score.outputs[0]["data"]["text/plain"]


def test_a_cell_that_fails_says_so_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    notebook = InteractiveShell.instance()
    try:
        notebook.run_cell(
            "from fltoolkit import teaching\nclass_ = teaching.lesson('4_plan', interactive=True)"
        )
        failed = notebook.run_cell("class_.answer('no such')")
        notebook.run_cell("1 / 0")
    finally:
        InteractiveShell.clear_instance()
    told = capsys.readouterr().out
    assert isinstance(failed.error_in_exec, RequestError)
    assert told.count("This part did not work") == 2
    assert "smallest_fall" in told
    assert "ZeroDivisionError: division by zero" in told
    assert "Traceback" not in told


def test_the_trainers_answers_stand_in_the_controls() -> None:
    own = teaching.lesson("1_definition", str(ANSWERS / "1_definition.yaml"), interactive=True)
    assert [own.answer(name).children[0].value for name in ("amara", "upper_bound")] == [
        "forced labour abroad",
        "24.0",
    ]
    assert own.right == {"amara": True, "upper_bound": True}


@pytest.mark.parametrize(
    "typed",
    [
        16189,
        16189.0,
        "16,189",
        "16189",
        " 16188.3 ",
        "16\u202f189",
        "16\u00a0189 persons",
        "“16 189”",
        "16,189 persons in each round.",
    ],
)
def test_a_number_may_be_typed_in_many_ways(typed: object) -> None:
    assert teaching.lesson("4_plan").check("sample_needed", typed).text.startswith("**Right.**")


@pytest.mark.parametrize("typed", ["43,4", "43.4 %", "43,4\u202f%", 43.4])
def test_a_decimal_comma_and_a_percent_sign_are_understood(typed: object) -> None:
    assert teaching.lesson("4_plan").check("smallest_fall", typed).text.startswith("**Right.**")


@pytest.mark.parametrize(
    ("lesson", "name", "typed"),
    [
        ("2_sampling", "standard_error", "4,154 per 1000"),
        ("3_uncertainty", "zero_cases", "12.2 ‰"),
        ("3_uncertainty", "wald_coverage", "82 of 100"),
        ("2_sampling", "design_effect", "2.1 times"),
        ("1_definition", "upper_bound", "24 per 1,000 adults"),
        ("4_plan", "verifiable", False),
        ("3_uncertainty", "overlap", True),
        ("3_uncertainty", "overlap", " “Yes”. "),
        ("4_plan", "verifiable", "« no »"),
    ],
)
def test_a_unit_quotes_and_true_or_false_are_understood(lesson: str, name: str, typed: object) -> None:
    assert fresh(lesson).check(name, typed).text.startswith("**Right.**")


@pytest.mark.parametrize("typed", ["24 persons", "18 + 6", "1 2", "about 24"])
def test_what_cannot_be_read_is_asked_for_again(typed: str) -> None:
    told = fresh("1_definition").check("upper_bound", typed).text
    assert told == "**Not yet.** Answer with a number (per 1,000 adults asked)."


@pytest.mark.parametrize("typed", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_not_right(typed: str) -> None:
    assert teaching.lesson("4_plan").check("smallest_fall", typed).text.startswith("**Not yet.**")


def test_good_digits_in_another_unit_are_told_so_of_rates_alone() -> None:
    assert "Look at the unit: per 1,000 adults." in fresh("3_uncertainty").check("zero_cases", 0.01222).text
    for lesson, name, tenfold in (("2_sampling", "design_effect", 21), ("2_sampling", "expected_cases", 254)):
        assert "digits" not in fresh(lesson).check(name, tenfold).text


def test_a_mistake_in_another_unit_is_still_that_mistake_and_a_number_near_one_that_is_written_out_is_not() -> (
    None
):
    deviations = fresh("2_sampling")
    for variance in (0.0000172, 0.0172, 17.2):
        assert "That is the variance." in deviations.check("standard_error", variance).text
    assert "even chance" in deviations.check("standard_error", 144).text
    assert "the label" in fresh("3_uncertainty").check("wald_coverage", 95).text
    assert "the label" not in fresh("3_uncertainty").check("wald_coverage", 97).text


@pytest.mark.parametrize(
    ("lesson", "name", "missed"), [("3_uncertainty", "wald_coverage", 18), ("4_plan", "repeats", 71)]
)
def test_who_counts_the_other_lines_is_told_so(lesson: str, name: str, missed: int) -> None:
    assert "Those are the ones" in fresh(lesson).check(name, missed).text


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no such exercise"):
        teaching.lesson("4_plan").check("nobody")
    with pytest.raises(FltoolkitError, match="no such lesson"):
        teaching.lesson("5_nothing")
    path = tmp_path / "answers.yaml"
    path.write_text("nobody: 3\n", encoding="utf-8")
    with pytest.raises(RequestError, match="unknown exercises"):
        teaching.lesson("4_plan", str(path))


def test_an_exercise_whose_right_answer_is_no_choice_or_number_is_refused() -> None:
    for keys in ({"right": "maybe", "choices": ["yes", "no"]}, {"right": "no_such_truth"}):
        with pytest.raises(SpecError):
            build_model(
                {"exercises": {"x": {"question": "?", "hint": "!", "why": ".", **keys}}}, Sheet, "here"
            )


def test_every_truth_is_used() -> None:
    named = [e for lesson in NAMES for e in sheet(lesson).values()]
    assert set(TRUTHS) == {n for e in named if not e.choices for n in (e.right, *e.mistakes)} & set(TRUTHS)


def test_the_answer_files_are_apart_from_what_a_learner_opens() -> None:
    assert {p.stem for p in ANSWERS.glob("*.yaml")} == set(NAMES)
    for path in ANSWERS.parent.glob("*.ipynb"):
        text = path.read_text("utf-8")
        for answer in load_yaml(ANSWERS / f"{path.stem}.yaml").values():
            assert f'answer = "{answer}"' not in text
            assert f"answer = {answer}" not in text
