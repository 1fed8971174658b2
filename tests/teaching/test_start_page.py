"""Tests the start page of a learner: every lesson with its aim, and links to the learner's files."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat

from fltoolkit.shipped_files import notebook_folder
from fltoolkit.teaching import classroom
from fltoolkit.teaching.start_page import write_start_page


def test_it_names_every_lesson_with_its_aim_and_leads_to_the_learners_own_copy(tmp_path: Path) -> None:
    (own,) = classroom.prepare(tmp_path, 1)
    page = (own / "start.html").read_text("utf-8")
    links = [unquote(link).partition("?")[0] for link in re.findall(r'href="([^"]+)"', page)]
    assert all(link.startswith("../../doc/workspaces/learner_01/tree/learner_01/") for link in links)
    files = [link.rpartition("/")[2] for link in links]
    assert files == [*sorted(p.name for p in (notebook_folder() / "teaching").glob("*.ipynb")), "glossary.md"]
    assert all((own / file).is_file() for file in files)
    assert page.count("After these 45 minutes") == 4
    assert "The definition, person by person</a>" in page


def test_it_is_made_anew_at_every_start_and_shows_no_code(tmp_path: Path) -> None:
    (own,) = classroom.prepare(tmp_path, 1)
    (own / "start.html").write_text("of an earlier class", encoding="utf-8")
    classroom.prepare(tmp_path, 1)
    page = (own / "start.html").read_text("utf-8")
    assert "of an earlier class" not in page
    assert not re.search(r"import |class_|interactive|<script|<code|://", page)


def test_a_title_is_shown_as_it_is_written(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# <b>One</b>\n\n**Aim.** To see. Then more.\n\nText.")]
    )
    page = write_start_page(tmp_path, {"1 one.ipynb": notebook}).read_text("utf-8")
    assert "&lt;b&gt;One&lt;/b&gt;</a>" in page
    assert "<p>To see.</p>" in page
    assert "/1%20one.ipynb" in page
