"""Shows in a notebook which step of a long cell is running. When the cell has ended, no step is left in its
output.

A step is a printed line. A batch reads what cells print, and shows the step on the terminal. Each step is
erased before the next is printed: with backspaces, blanks over its letters, and backspaces again. Blanks
alone or backspaces alone are not enough, because a backspace only moves back in some notebooks, and deletes a
letter in others. Nothing is printed outside a notebook, and nothing in Voilà, whose pages are shown only
after the last cell has ended.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_shown = ""  # the step that is in the cell now
_open = 0  # blocks that are under way, one within the other


@contextmanager
def steps() -> Iterator[None]:
    """Lets the code of a `with` block show its steps with `show_step`. After the outermost block the last
    step is erased, even if an error ends the block.
    """
    global _open
    _open += 1
    try:
        yield
    finally:
        _open -= 1
        if not _open:
            show_step("")


def show_step(step: str) -> None:
    """Shows a step of a long cell in the place of the previous step. An empty text only erases the previous
    step."""
    global _shown
    if not _in_a_cell():
        return
    letters = len(_shown)
    _shown, back = step, "\b" * letters + " " * letters + "\b" * letters
    if back or step:
        print(f"{back}{step}", end="", flush=True)


def _in_a_cell() -> bool:
    """Returns whether printed text appears in the output of a notebook's cell."""
    is_voila = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    return type(sys.stdout).__module__.partition(".")[0] == "ipykernel" and not is_voila
