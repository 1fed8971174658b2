"""Tests the comparison of outputs in benchmarks/: one changed word of one file is reported with its place,
and the time of a run is ignored."""

from __future__ import annotations

import json
import runpy
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest

OUTPUTS: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "outputs.py"))


def write(
    folder: Path, word: str = "could", cell: str = "partners", seconds: float = 1.0, code: str = "a"
) -> Path:
    """Results of one run: a page, a Word file, a workbook, a notebook and run.json."""
    folder.mkdir()
    (folder / "page.html").write_text(
        f"<p>First</p>\n<p>The survey {word} not reach everybody.</p>\n", "utf-8"
    )
    with zipfile.ZipFile(folder / "brief.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:t>{word} not</w:t>")
        archive.writestr("word/styles.xml", "<w:styles/>")
    book = openpyxl.Workbook()
    book.active["B3"] = f"for the plan's {cell}"
    book.save(folder / "book.xlsx")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_markdown_cell(word)]
    )
    nbformat.write(notebook, folder / "1_survey.ipynb")
    (folder / "run.json").write_text(
        json.dumps({"title": "A survey", "seconds": seconds, "code": code}), "utf-8"
    )
    (folder / ".lock").write_text(str(seconds), "utf-8")
    return folder


def told(before: Path, after: Path, *left_out: str) -> list[str]:
    pair = (OUTPUTS["contents"](folder, left_out or OUTPUTS["TIME"]) for folder in (before, after))
    return [
        line for line in OUTPUTS["differences"](*pair) if "docProps" not in line
    ]  # openpyxl writes the time there


def test_the_same_results_are_the_same_whenever_they_were_made(tmp_path: Path) -> None:
    before, after = write(tmp_path / "a"), write(tmp_path / "b", seconds=2.0)
    assert told(before, after) == []


def test_a_changed_word_is_told_by_file_part_and_line(tmp_path: Path) -> None:
    lines = told(write(tmp_path / "a"), write(tmp_path / "b", word="did"))
    assert [line.partition(": line")[0] for line in lines] == [
        "1_survey.ipynb: cell 1",
        "brief.docx: word/document.xml",
        "page.html",
    ]
    assert "line 2: '<p>The survey could not" in lines[-1]
    assert "'<p>The survey did not" in lines[-1]


def test_a_changed_cell_is_told_by_its_place(tmp_path: Path) -> None:
    lines = told(write(tmp_path / "a"), write(tmp_path / "b", cell="people"))
    assert any(line.startswith("book.xlsx: Sheet!B3: ") for line in lines)


@pytest.mark.parametrize(("left_out", "differ"), [((), True), (("seconds", "code"), False)])
def test_the_code_of_a_run_is_compared_unless_it_is_left_out(
    tmp_path: Path, left_out: tuple[str, ...], differ: bool
) -> None:
    lines = told(write(tmp_path / "a"), write(tmp_path / "b", code="b"), *left_out)
    assert [line.partition(": line")[0] for line in lines] == (["run.json: code"] if differ else [])


def test_a_file_that_only_one_of_two_folders_has_is_told(tmp_path: Path) -> None:
    before, after = write(tmp_path / "a"), write(tmp_path / "b")
    (before / "page.html").unlink()
    (after / "run.json").unlink()
    assert told(before, after) == ["run.json: only before", "page.html: only after"]
