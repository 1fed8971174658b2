"""Manages the folder of results: one batch at a time, and every file or folder in it is whole or absent.

A folder is written under a temporary name and then renamed. What a killed batch leaves behind, the next batch removes.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fltoolkit.errors import BatchError

LOCK, WORK, OLD, GONE, FAILED = ".lock", ".work-", ".old-", ".gone", ".failed"
RANDOM = "?" * 8  # what tempfile adds to a name: without it, a's folders could not be told from those of a-b
LOCKED_BYTE = 1 << 20  # far behind the text, since Windows lets nobody read what is locked


@dataclass(frozen=True)
class Hold:
    """What the lock file of a held folder says; a process on another machine compares it to see that it still works for the holder."""

    folder: Path
    holder: str

    def is_set(self) -> bool:
        """Whether the folder was let go, is held by another, or is not seen from here: then this holder's work is to end."""
        try:
            return (self.folder / LOCK).read_text(encoding="utf-8") != self.holder
        except OSError:
            return True

    def unusable(self) -> str:
        """Why results cannot be left in it from here, in words; empty where they can."""
        if self.is_set():
            return f"the folder of results is not there, or another: {self.folder}"
        return "" if os.access(self.folder, os.W_OK) else f"the folder of results cannot be written to: {self.folder}"

    def set(self) -> None:
        """Let go of it."""
        (self.folder / LOCK).write_text("", encoding="utf-8")


@contextmanager
def held(outputs: Path, name: str = "") -> Iterator[Hold]:
    """Locks a folder for this process, and makes it if it does not exist. With a name, it locks only that name within the folder,
    so that others may lock other names.

    The system lets go of it when the process ends, however it ends, so no lock is ever stale.

    Raises:
        BatchError: another process holds it.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        if name:
            _hold(files, outputs, LOCK, shared=True)
        file = _hold(files, outputs, f"{LOCK}-{name}" if name else LOCK)
        holder = f"process {os.getpid()} on {socket.gethostname()}, {uuid.uuid4().hex[:8]}"
        file.truncate(0)
        file.write(holder)
        file.flush()
        os.fsync(file.fileno())  # a shared folder shows it to other machines
        try:
            yield Hold(outputs, holder)
        finally:
            file.truncate(0)


def _hold(files: ExitStack, outputs: Path, name: str, *, shared: bool = False) -> IO[str]:
    file = files.enter_context((outputs / name).open("a+"))
    try:
        _lock(file, shared)
    except (BlockingIOError, PermissionError):
        file.seek(0)
        do = "wait until it has ended, or give this one another folder for its outputs"
        raise BatchError("another batch is at work in this folder", where=str(outputs), found=file.read(), do=do) from None
    return file


def _lock(file: IO[str], shared: bool) -> None:
    if sys.platform == "win32":  # which has no shared locks: there one at a time is at work
        import msvcrt

        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def recover(outputs: Path, name: str = "") -> None:
    """Clear away what a killed batch left in a folder (or of a name in it) that is held: what it was about to replace comes back."""
    works = f"{name}-{RANDOM}" if name else "*"
    olds = [outputs / f"{OLD}{name}", outputs / f"{OLD}{name}{FAILED}"] if name else outputs.glob(f"{OLD}*")
    for old in filter(Path.exists, list(olds)):
        target = outputs / old.name.removeprefix(OLD)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.replace(target)
    for work in outputs.glob(f"{WORK}{works}"):
        gone = work.with_name(GONE + work.name)
        with suppress(OSError):
            work.replace(gone)  # at once: whoever may still work in it on another machine can put nothing in place
    for gone in outputs.glob(f"{GONE}{WORK}{works}"):
        shutil.rmtree(gone, ignore_errors=True)


def failed_folder(target: Path) -> Path:
    """The folder with the error of the latest run, beside the folder of results. The names do not clash, because no survey's name
    has a point.

    It is as deep as the other, so that relative paths mean the same in it.
    """
    return target.with_name(target.name + FAILED)


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target`, at the same depth, so that relative paths mean the same. It is removed at the end."""
    work = Path(tempfile.mkdtemp(prefix=f"{WORK}{target.name}-", dir=target.parent))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put_in_place(work: Path, target: Path) -> None:
    """Rename a finished folder to `target`, in place of the one before it. Raises `OSError`; then that one stays."""
    old = target.with_name(OLD + target.name)
    shutil.rmtree(old, ignore_errors=True)
    try:
        if target.exists():
            target.replace(old)
        work.replace(target)
    except OSError:
        with suppress(OSError):
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
