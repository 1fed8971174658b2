"""Tells in a notebook which step of a long cell is under way. When the cell has ended, nothing of it is left there.

A step is a printed line, so that a batch, which reads what cells print, tells it on the terminal. Each step is taken back before the next
is printed: backspaces, blanks over its letters, and backspaces again, since some notebooks only move back at a backspace and others
delete a letter. Outside a notebook nothing is printed, nor in Voilà, whose pages are shown when the last cell has ended.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_shown: list[str] = []  # the step that stands in the cell, if any
_open = 0  # blocks that are under way, one within the other


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that tells a step; after the outermost block the last step is taken back, also where an error ends it."""
    global _open
    _open += 1
    try:
        yield tell
    finally:
        _open -= 1
        if not _open:
            tell("")


def tell(step: str) -> None:
    """Put a step in the place of the one before; nothing for an empty one."""
    if not _in_a_cell():
        return
    letters = len(_shown.pop()) if _shown else 0
    back = "\b" * letters + " " * letters + "\b" * letters
    if step:
        _shown.append(step)
    if back or step:
        print(f"{back}{step}", end="", flush=True)


def _in_a_cell() -> bool:
    """Whether what is printed goes to a notebook's cell."""
    is_voila = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    return type(sys.stdout).__module__.partition(".")[0] == "ipykernel" and not is_voila
