"""Tests the progress of a run: one line per notebook in a file; on a terminal, one line with section, step
and seconds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from fltoolkit import terminal
from fltoolkit.run.jupyter import Progress, place_of_cell, section_of

HOUSE = Path(__file__).parents[3]


def test_where_nothing_is_rewritten_each_notebook_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(terminal, "on_screen", lambda: True)  # whoever takes the lines may keep them
    progress = Progress("norvia", 40.0, said.append)
    progress.notebook("1_survey")
    progress.section("What it is")
    progress.write("Documents in English\n")
    progress.ended()
    assert said == ["norvia: 1_survey"]


def test_on_a_terminal_the_line_tells_notebook_section_or_step_and_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(terminal, "on_screen", lambda: True)
    monkeypatch.setattr(
        terminal, "show", lambda name, text: drawn.append(text() if text else f"end of {name}")
    )
    for expected in (40.4, 0.0):
        progress = Progress("norvia", expected, terminal.say)
        progress.notebook("1_survey")
        progress.section("What it is")
        progress.write("Documents in English\nand more\n")
        progress.write("\b\b\b")  # a step taken back
        progress.write("\n")
        progress.ended()
    assert drawn[:4] == [
        "0 of about 40 s  norvia: 1_survey",
        "0 of about 40 s  norvia: 1_survey, What it is",
        "0 of about 40 s  norvia: 1_survey, and more",
        "end of norvia",
    ]
    assert drawn[4] == "0 s  norvia: 1_survey"


def test_the_section_of_a_cell_is_the_last_heading_above_it() -> None:
    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [code("a"), text("# One\n\n## Two  \nwords"), code("b"), text("no # heading"), code("c")]
    assert [section_of(cells, i) for i in range(5)] == ["", "Two", "Two", "Two", "Two"]


SCRIPT = """
import sys, time
from fltoolkit import terminal
from fltoolkit.run.jupyter import Progress
both = [Progress(name, 9.0, terminal.say) for name in ("alpha", "beta")]
for progress in both:
    progress.notebook("1_survey")
    progress.section("A section whose name is longer than a narrow terminal has room for")
both[0].ended()
terminal.say("alpha: done")
both[1].notebook("2_classify")
both[1].ended()
terminal.say("beta: done")
"""


def standing(line: str) -> str:
    """What stands in a line of a terminal at the end: each text is written over the one before."""
    screen = ""
    for text in line.split("\r"):
        screen = text + screen[len(text) :]
    return screen.rstrip()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_two_surveys_share_one_line_of_a_terminal_and_what_is_said_stands_above_it() -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(HOUSE), "COLUMNS": "60"}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=theirs, stderr=theirs, env=environment
    ) as program:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 10_000)
            except OSError:  # the program has ended
                break
            if not part:
                break
            said += part
    os.close(ours)
    assert program.returncode == 0
    lines = said.decode().replace("\r\n", "\n").split("\n")
    assert [standing(line) for line in lines] == ["alpha: done", "beta: done", ""]
    drawn = [text.rstrip() for line in lines for text in line.split("\r")]
    assert max(map(len, drawn)) <= 59
    assert any(re.fullmatch(r"0 of about 9 s .*\.\.\. \| 0 of about 9 s .*\.\.\.", text) for text in drawn)
    assert "0 of about 9 s  beta: 2_classify" in drawn


def test_a_cell_is_named_by_its_notebook_and_section(tmp_path: Path) -> None:
    """papermill's note above the failed cell is no heading, and the title of the notebook is no section."""
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("An exception was encountered"),
        new.new_markdown_cell("# 3 How many"),
        new.new_code_cell("# 1", execution_count=1),
        new.new_markdown_cell("## Prevalence\n\nwords"),
        new.new_markdown_cell("stopped here"),
        new.new_code_cell("# 2", execution_count=2),
    ]
    path = tmp_path / "3_estimate.ipynb"
    assert place_of_cell(path, 2) == "3_estimate"
    nbformat.write(new.new_notebook(cells=cells), path)
    assert [place_of_cell(path, n) for n in (1, 2)] == ["3_estimate", "3_estimate, Prevalence"]
    path.write_text("half", encoding="utf-8")
    assert place_of_cell(path, 2) == "3_estimate"
