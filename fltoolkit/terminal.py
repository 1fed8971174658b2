"""Prints messages on the terminal. The last line can show progress and is then rewritten.

A closed terminal, a full disk, or a terminal that cannot print some letter, never stops a run.
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
_under_way: dict[str, Callable[[], str]] = {}  # the tasks that the last line shows, by name
_drawn = ""  # the last line as it now appears on the terminal
_lost: list[OSError] = []  # why something could not be printed


def say(text: str, *, error: bool = False) -> None:
    """Print a text and a line break in one step. Letters that the terminal cannot print become `?`.

    Args:
        text: one line, or several lines that stay together.
        error: whether to print the text on the error stream.
    """
    with _ONE_AT_A_TIME:
        if _drawn:
            _draw("")
        _write(f"{text}\n", sys.stderr if error else sys.stdout)
        if _under_way:
            _draw(_line())


def show(name: str, text: Callable[[], str] | None) -> None:
    """Show the progress of a task in the last line of the terminal. Messages appear above this line. Call
    this function only if `on_screen()` is true.

    Args:
        name: the name of the task. Several tasks share the line.
        text: a function that returns the words to show. It is called each time the line is drawn. None
            removes the task from the line.
    """
    with _ONE_AT_A_TIME:
        _under_way.pop(name, None) if text is None else _under_way.update({name: text})
        _draw(_line())


def redraw() -> None:
    """Draw the line of progress again, if there is one, because its words may have changed. The line of
    progress is the last line of the terminal."""
    with _ONE_AT_A_TIME:
        if _under_way:
            _draw(_line())


def _line() -> str:
    """Returns the progress of all tasks in one line of the terminal."""
    width = shutil.get_terminal_size().columns - 1  # a full line would wrap, and could then not be rewritten
    each = (width - 3 * (len(_under_way) - 1)) // max(1, len(_under_way))
    parts = (text().replace("\n", " ") for text in _under_way.values())
    return " | ".join(part if len(part) <= each else f"{part[: each - 3]}..." for part in parts)[:width]


def _draw(line: str) -> None:
    """Replace the last line that was drawn. The rest of the old line is covered with blanks, because not
    every terminal has a code to erase it."""
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
    except (BrokenPipeError, ValueError):  # the reader of the stream has ended, or the stream is closed
        _redirect_to_null(stream)
    except OSError as error:
        _lost.append(error)
        _redirect_to_null(stream)


def lost_output() -> OSError | None:
    """Returns why something could not be printed since the last call, such as a full disk; None if nothing is
    lost. A reader that took only the first lines has lost nothing."""
    found = next(iter(_lost), None)
    _lost.clear()
    return found


def _redirect_to_null(stream: TextIO) -> None:
    """Redirect a stream that accepts no more text to the null device. Otherwise Python would fail when it
    ends and flushes the stream."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def on_screen() -> bool:
    """Returns whether messages appear on a terminal. Returns False if the messages go somewhere else, such as
    to a file."""
    return sys.stdout is not None and sys.stdout.isatty()
