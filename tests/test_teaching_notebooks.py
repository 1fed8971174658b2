"""Runs every teaching notebook with papermill, without answers and with its answer file."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from fltoolkit import teaching
from fltoolkit.run import jupyter

FOLDER = Path(__file__).parents[1] / "notebooks" / "teaching"
NAMES = [p.stem for p in sorted(FOLDER.glob("*.ipynb"))]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], dict[str, Any]]:
    """What each notebook says, by its name, if it was solved or not."""

    @cache
    def run(solved: bool) -> dict[str, Any]:
        """One kernel for all four, emptied between them; nbval starts one for each."""
        jupyter.register_engine()
        folder = tmp_path_factory.mktemp("teaching")
        with jupyter.Kernel(FOLDER, threading.Event()) as kernel:
            return {
                name: papermill.execute_notebook(
                    str(FOLDER / f"{name}.ipynb"),
                    str(folder / f"{name}.ipynb"),
                    parameters={"answers": str(FOLDER / "answers" / f"{name}.yaml")} if solved else {},
                    engine_name=jupyter.ENGINE,
                    progress_bar=False,
                    kernel_name="python3",
                    kernel=kernel,
                )
                for name in NAMES
            }

    return run


def said(notebook: Any) -> list[str]:
    return [
        str(o.data.get("text/markdown", ""))
        for c in notebook.cells
        if c.cell_type == "code"
        for o in c.outputs
        if "data" in o
    ]


def test_there_are_four_and_each_has_its_exercises_and_its_answers() -> None:
    assert NAMES == ["1_definition", "2_sampling", "3_uncertainty", "4_plan"]
    for name in NAMES:
        source = "\n".join(c.source for c in nbformat.read(FOLDER / f"{name}.ipynb", as_version=4).cells)
        for exercise in teaching.lesson(name).exercises:
            whole, asked, answered = (
                source.count(f'.{verb}("{exercise}")') for verb in ("exercise", "ask", "answer")
            )
            assert (whole, asked, answered) in {(1, 0, 0), (0, 1, 1)}, exercise
        assert "**Aim.**" in source
        assert "**The story.**" in source
        assert "## A question without a right answer" in source


@pytest.mark.thorough("runs all lessons")
@pytest.mark.parametrize("name", NAMES)
def test_as_it_stands_every_exercise_waits(name: str, ran: Callable[[bool], dict[str, Any]]) -> None:
    told, exercises = said(ran(False)[name]), len(teaching.lesson(name).exercises)
    assert told.count("Not answered yet.") == exercises
    assert not [t for t in told if "Right." in t or "Not yet." in t]
    assert [t for t in told if t.startswith(f"**0 of {exercises} right.**")]


@pytest.mark.thorough("four lessons, cell by cell")
@pytest.mark.parametrize("name", NAMES)
def test_as_solved_every_exercise_is_right(name: str, ran: Callable[[bool], dict[str, Any]]) -> None:
    told, exercises = said(ran(True)[name]), len(teaching.lesson(name).exercises)
    assert sum(t.startswith("**Right.**") for t in told) == exercises
    assert f"**{exercises} of {exercises} right.**" in told
    assert not [t for t in told if t.startswith(("Not answered", "**Not yet"))]


def test_the_trainers_notes_time_every_notebook_to_the_minute() -> None:
    notes = (FOLDER / "TRAINER.md").read_text("utf-8")
    for name in NAMES:
        part = notes.split(f"## {name}")[1].split("\n## ")[0]
        spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", part, re.M)]
        assert spans[0][0] == 0
        assert spans[-1][1] == 45
        assert all(one[1] == two[0] for one, two in itertools.pairwise(spans))
        for heading in ("On the board", "Common mistakes", "Ask"):
            assert f"**{heading}" in part


def test_what_has_to_be_guessed_first_is_asked_before_it_is_shown_and_checked_after() -> None:
    guessed = 0
    for name in NAMES:
        cells = [
            c.source
            for c in nbformat.read(FOLDER / f"{name}.ipynb", as_version=4).cells
            if c.cell_type == "code"
        ]
        for key, exercise in teaching.lesson(name).exercises.items():
            asked, checked = (
                next(i for i, c in enumerate(cells) if re.search(rf'\.({verb}|exercise)\("{key}"', c))
                for verb in ("ask", "answer")
            )
            shown = [c for c in cells[asked + 1 : checked] if "teaching." in c and "play_" not in c]
            assert bool(shown) == ("then go on" in exercise.question), key
            guessed += bool(shown)
    assert guessed == 5
