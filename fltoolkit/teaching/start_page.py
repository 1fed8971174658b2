"""The page at which a learner arrives: the lessons in their order, what each is for, and how to go on in it. No code is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fltoolkit.files import write_whole

NAME = "start.html"
TEMPLATE = "start_page.html.j2"


def write_start_page(own: Path, lessons: Mapping[str, Any]) -> Path:
    """Write the start page into a learner's folder; gives its path.

    Args:
        own: the folder, whose name is the learner's and that of their JupyterLab workspace.
        lessons: by file name, the notebook: its first cell has the title as a heading and a paragraph that begins with `**Aim.**`.
    """
    shown = [{"file": name, **_head(notebook.cells[0].source)} for name, notebook in sorted(lessons.items())]
    write_whole(own / NAME, _template().render(learner=own.name, lessons=shown) + "\n")
    return own / NAME


def _head(text: str) -> dict[str, str]:
    """The title and the aim of a lesson, without their marks."""
    title = text.partition("\n")[0].removeprefix("# ")
    aim = re.search(r"\*\*Aim\.\*\* (.*?)(?:\n\n|$)", text, re.S)
    sentence = " ".join(aim[1].split()).partition(". ")[0] if aim else ""
    return {"title": title, "aim": f"{sentence}." if sentence else ""}


@cache
def _template() -> Any:
    """The page as jinja2 reads it: what is put into it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(TEMPLATE)
