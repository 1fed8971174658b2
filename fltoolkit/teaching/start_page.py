"""Writes the page at which a learner starts. It shows the lessons in order, the aim of each, and how to
continue. It shows no code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fltoolkit.files import write_whole

NAME = "start.html"
TEMPLATE = "start_page.html.j2"


def write_start_page(folder: Path, lessons: Mapping[str, Any]) -> Path:
    """Write the start page into a learner's folder, and return the path of the page.

    Args:
        folder: the folder of the learner. Its name is also the name of the learner's JupyterLab workspace.
        lessons: the notebooks by file name. The first cell of each has the title as a heading and a paragraph
            that begins with `**Aim.**`.
    """
    shown = [{"file": name, **_head(notebook.cells[0].source)} for name, notebook in sorted(lessons.items())]
    write_whole(folder / NAME, _template().render(learner=folder.name, lessons=shown) + "\n")
    return folder / NAME


def _head(text: str) -> dict[str, str]:
    """Returns the title and the aim of a lesson, without Markdown marks."""
    title = text.partition("\n")[0].removeprefix("# ")
    aim = re.search(r"\*\*Aim\.\*\* (.*?)(?:\n\n|$)", text, re.S)
    sentence = " ".join(aim[1].split()).partition(". ")[0] if aim else ""
    return {"title": title, "aim": f"{sentence}." if sentence else ""}


@cache
def _template() -> Any:
    """Returns the jinja2 template of the page. It escapes all values."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(TEMPLATE)
