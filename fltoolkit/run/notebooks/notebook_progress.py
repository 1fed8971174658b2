"""Shows the progress of a survey's notebooks: on a terminal one line that is rewritten, elsewhere one line
per notebook."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from fltoolkit import terminal


class Progress:
    """Shows the progress of one survey: its notebook, the section, the seconds so far, and the seconds that
    the last run took.

    Args:
        name: the name of the survey.
        expected: the seconds of its last run; 0 if there is none.
        say: a function that prints a line for each notebook, if lines cannot be rewritten.
    """

    def __init__(self, name: str, expected: float, say: Callable[[str], None]) -> None:
        self._name, self._expected, self._say = name, expected, say
        self._started, self._notebook, self._section = time.monotonic(), "", ""
        self._rewrites = say is terminal.say and terminal.on_screen()

    def notebook(self, name: str) -> None:
        """Shows that a notebook begins. If lines cannot be rewritten, prints a new line."""
        self._notebook, self._section = name, ""
        if not self._rewrites:
            self._say(f"{self._name}: {name}")
        self._show()

    def section(self, heading: str) -> None:
        """Shows that a section of the notebook begins, or a step of a long cell. If lines cannot be
        rewritten, prints nothing."""
        self._section = heading
        self._show()

    def write(self, text: str) -> None:
        """Shows, as the name of a step, the text that a cell prints. Backspaces that erase the step before
        are left out.

        papermill calls this method, because it takes this object for an output file.
        """
        if lines := text.strip("\b \n").splitlines():
            self.section(lines[-1])

    def flush(self) -> None:
        """Does nothing: `write` keeps no text back. papermill calls this method, because it takes this object
        for an output file."""

    def ended(self) -> None:
        """Removes the survey's line of progress from the terminal."""
        if self._rewrites:
            terminal.show(self._name, None)

    def text(self) -> str:
        """Returns the text of the line that shows the progress of the survey."""
        where = ", ".join(part for part in (self._notebook, self._section) if part)
        expected = f" of about {self._expected:.0f}" if self._expected else ""
        return f"{time.monotonic() - self._started:.0f}{expected} s  {self._name}: {where}"

    def _show(self) -> None:
        if self._rewrites:
            terminal.show(self._name, self.text)


def section_of(cells: Sequence[Any], position: int) -> str:
    """Returns the heading of the section that contains a notebook's cell, without Markdown marks. Returns an
    empty text if no heading is above the cell."""
    for cell in reversed(cells[: position + 1]):
        if cell.cell_type == "markdown":
            headings = [line.lstrip("#").strip() for line in cell.source.splitlines() if line.startswith("#")]
            if headings:
                return str(headings[-1])
    return ""


def place_of_cell(notebook: Path, count: int) -> str:
    """Returns the name of a half-run notebook and the heading of the section that has the cell with a number,
    as in `In [3]`: `3_estimate, Prevalence`. If the notebook cannot be read, or if the cell is below its
    title, the result is the name alone."""
    import nbformat

    with suppress(OSError, ValueError):
        cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if not _is_title(cell)]
        found = (section_of(cells, i) for i, cell in enumerate(cells) if cell.get("execution_count") == count)
        return ", ".join(filter(None, (notebook.stem, next(found, ""))))
    return notebook.stem


def _is_title(cell: Any) -> bool:
    return bool(cell.cell_type == "markdown" and cell.source.startswith("# "))
