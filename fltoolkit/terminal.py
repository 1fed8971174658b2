"""Prints messages on the terminal: whole lines, and one last line that is rewritten to show progress.

A closed terminal, or one that cannot print a letter, never stops a run.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

_ONE_AT_A_TIME = threading.Lock()
_under_way: dict[str, Callable[[], str]] = {}  # what the rewritten line tells, by name
_drawn = ""  # that line as it stands on the terminal


def say(text: str, *, error: bool = False) -> None:
    """Print a text and its line break at once; letters that the terminal lacks become `?`.

    Args:
        text: one line or several, which stay together. error: print it where errors go.
    """
    with _ONE_AT_A_TIME:
        if _drawn:
            _draw("")
        _write(f"{text}\n", sys.stderr if error else sys.stdout)
        if _under_way:
            _draw(_line())


def show(name: str, told: Callable[[], str] | None) -> None:
    """Tell in the last line of a terminal how something goes on, until it is None; what is said stands above. Ask `on_screen` first.

    Args:
        name: of what goes on, which shares the line with whatever else does. told: gives the words; asked whenever the line is drawn.
    """
    with _ONE_AT_A_TIME:
        _under_way.pop(name, None) if told is None else _under_way.update({name: told})
        _draw(_line())


def redraw() -> None:
    """Draws the rewritten last line again, if there is one, because its words may have changed."""
    with _ONE_AT_A_TIME:
        if _under_way:
            _draw(_line())


def _line() -> str:
    """How everything goes on, in one line of the terminal."""
    width = shutil.get_terminal_size().columns - 1  # a full line would wrap, and could not be rewritten
    each = (width - 3 * (len(_under_way) - 1)) // max(1, len(_under_way))
    parts = (told().replace("\n", " ") for told in _under_way.values())
    return " | ".join(part if len(part) <= each else f"{part[: each - 3]}..." for part in parts)[:width]


def _draw(line: str) -> None:
    """Put a line over the one that is drawn. Blanks do what not every terminal has a code for."""
    global _drawn
    ended = "" if line else "\r"
    _write(f"\r{line.ljust(len(_drawn))}{ended}", sys.stdout)
    _drawn = line


def _write(text: str, stream: TextIO | None) -> None:
    if stream is None:  # the program was started without a terminal
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except (OSError, ValueError):  # whoever read it has gone, or it was closed
        _lead_nowhere(stream)


def _lead_nowhere(stream: TextIO) -> None:
    """Let a stream that takes no more swallow what comes, so that Python does not fail over it at its own end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def on_screen() -> bool:
    """Whether what is said appears on a terminal, and so is kept in no file."""
    return sys.stdout is not None and sys.stdout.isatty()
