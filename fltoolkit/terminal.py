"""What the kit prints: whole lines, one at a time. A terminal that is closed or lacks a letter never stops a run."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

_ONE_AT_A_TIME = threading.Lock()


def say(text: str, *, error: bool = False) -> None:
    """Print a text and its line break at once; letters that the terminal lacks become `?`.

    Args:
        text: one line or several, which stay together. error: print it where errors go.
    """
    with _ONE_AT_A_TIME:
        stream: TextIO | None = sys.stderr if error else sys.stdout
        if stream is None:  # the program was started without a terminal
            return
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
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
