"""Decides which part of an error may be printed. The kit's own messages and file errors may be printed
completely. Of any other error, only the type and the line may be printed.

Messages of other libraries may quote a person's answer, so they are never repeated.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fltoolkit.errors import FltoolkitError
from fltoolkit.files import file_error
from fltoolkit.shipped_files import PACKAGE

SILENT = "its words are not repeated, since they may quote a person's answer"
REPORT = "report it to whoever keeps the kit, with these lines and the call; send no data"
AROUND = (
    "to go on, take what this section shows out of `tables:` of survey.yaml, or set that cell aside "
    "in a copy of the notebook"
)

NO_MEMORY = (
    "there is not enough memory: close other programs, give the machine more, or run fewer "
    "surveys at a time (--workers 1)"
)
NO_PACKAGE = 'a package is not installed: pip install "fltoolkit[all]"'
CAUSES = {
    "ModuleNotFoundError": NO_PACKAGE,
    "MemoryError": NO_MEMORY,
    "OutOfMemoryException": NO_MEMORY,
    "DeadKernelError": f"the notebook's kernel died or did not answer; most often {NO_MEMORY}",
}
FRAME = re.compile(r"File (.+?):(\d+)(?:, in|\n|$)")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def printable_text(error: BaseException) -> str:
    """Returns the printable part of an exception. For the kit's own errors and for file errors, this is the
    message. For a missing package, too little memory or a dead kernel, it is the cause in words. For other
    errors, it is the type and the line.
    """
    if isinstance(error, FltoolkitError):
        return error.message
    if isinstance(error, OSError):
        return file_error(error).message
    kind = type(error).__name__
    if kind in CAUSES:
        return CAUSES[kind]
    at = next(reversed(list(_own_frames(error))), "")
    return f"{kind}{f' at {at}' if at else ''}; {SILENT}"


def defect(error: BaseException) -> str:
    """Returns the message that the command line prints for an unexpected exception, which is a defect of the
    kit. It names the type of the exception, and the lines of the kit's code that the exception passed. It
    quotes no data.
    """
    lines = [f"  at:      {place}" for place in _own_frames(error)]
    return "\n".join(
        [f"This is a defect of the kit: {type(error).__name__}; {SILENT}.", *lines, f"  do:      {REPORT}"]
    )


def printable_cell_error(kind: str, words: str, trace: Sequence[str], count: int | None) -> str:
    """Returns the printable part of an error that a notebook's cell raised: the kit's own message, or only
    the type and the line, with what to do.

    Args:
        kind: the exception's class, as the kernel names it.
        words: its message.
        trace: the kernel's lines of its traceback.
        count: the cell's number, as in `In [3]`.
    """
    frames = [
        (Path(path).expanduser(), line) for path, line in FRAME.findall(COLOUR.sub("", "\n".join(trace)))
    ]
    own = [
        f"{path.relative_to(PACKAGE.parent).as_posix()}:{line}"
        for path, line in frames
        if path.is_relative_to(PACKAGE)
    ]
    # Other libraries have a DataError too. One that a line of the kit raised has no more than its message.
    if kind in {error.__name__ for error in _own_errors()} and [*trace] == [f"{kind}: {words}"]:
        return words
    told = f"{kind}{f' in cell [{count}]' if count else ''}{f' at {own[-1]}' if own else ''}: "
    if kind in CAUSES:
        return told + CAUSES[kind]
    of_kit = "this is a defect of the kit; " if own else ""
    return (
        f"{told}{of_kit}{SILENT}\n"
        f"  do:      {f'{REPORT}; {AROUND}' if own else 'correct that cell, or what it reads'}"
    )


def reduce_errors(notebook: Any) -> list[str]:
    """Changes the outputs of a notebook so that they quote no data. Of each error only the part that may be
    printed stays. All text on stderr, such as warnings, is removed. Returns the errors that stay, as texts.
    """
    errors = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for output in (o for o in outputs if o.output_type == "error"):
            if output.traceback != [output.evalue]:  # otherwise it was reduced before
                output.evalue = printable_cell_error(
                    output.ename, output.evalue, output.traceback, cell.get("execution_count")
                )
                output.traceback = [output.evalue]
            errors.append(output.evalue)
        if outputs:
            cell.outputs = [o for o in outputs if o.get("name") != "stderr"]
    return errors


def _own_errors(base: type[FltoolkitError] = FltoolkitError) -> Iterator[type[FltoolkitError]]:
    yield base
    for error in base.__subclasses__():
        yield from _own_errors(error)


def _own_frames(error: BaseException) -> Iterator[str]:
    """Yields the lines of the kit that an exception passed, the innermost last."""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(PACKAGE):
            yield f"{path.relative_to(PACKAGE.parent).as_posix()}:{frame.lineno}"
