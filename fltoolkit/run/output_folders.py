"""Manages the folder of results: one batch at a time, and every file or folder in it is complete or absent.

A folder is written under a temporary name and then renamed. The next batch removes what a killed batch leaves behind.
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
RANDOM = "?" * 8  # tempfile's suffix: without it, the folders of a survey `a` could not be distinguished from those of `a-b`
LOCKED_BYTE = 1 << 20  # far behind the text, because on Windows nobody can read a locked part


@dataclass(frozen=True)
class Hold:
    """The content of the lock file of a locked folder.

    A remote worker compares it to see that its batch still owns the folder.
    """

    folder: Path
    holder: str

    def is_set(self) -> bool:
        """Returns whether the folder was released, is locked by another process, or cannot be seen from here.

        Then the work of this holder must end.
        """
        try:
            return (self.folder / LOCK).read_text(encoding="utf-8") != self.holder
        except OSError:
            return True

    def unusable(self) -> str:
        """Returns in words why results cannot be written to the folder from here; empty if they can."""
        if self.is_set():
            return f"the folder of results is not there, or another: {self.folder}"
        return "" if os.access(self.folder, os.W_OK) else f"the folder of results cannot be written to: {self.folder}"

    def set(self) -> None:
        """Releases the folder."""
        (self.folder / LOCK).write_text("", encoding="utf-8")


@contextmanager
def held(outputs: Path, name: str = "") -> Iterator[Hold]:
    """Locks a folder for this process, and creates it if it does not exist. With a name, locks only that name within the folder,
    so that other processes can lock other names.

    The system releases the lock when the process ends in any way, so no lock is ever stale.

    Raises:
        BatchError: another process has the lock.
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
        os.fsync(file.fileno())  # so that other machines see it in a shared folder
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
    if sys.platform == "win32":  # Windows has no shared locks: there, only one process works at a time
        import msvcrt

        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def recover(outputs: Path, name: str = "") -> None:
    """Removes what a killed batch left in a locked folder (or under a name in it).

    Folders that were about to be replaced come back.
    """
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
            work.replace(gone)  # first: then a process on another machine that still works in it cannot put it in place
    for gone in outputs.glob(f"{GONE}{WORK}{works}"):
        shutil.rmtree(gone, ignore_errors=True)


def failed_folder(target: Path) -> Path:
    """Returns the folder with the error of the latest run, beside the folder of results. The names do not clash, because no
    survey's name has a point.

    The folder is at the same depth, so that relative paths mean the same in it.
    """
    return target.with_name(target.name + FAILED)


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """Creates a temporary folder beside `target`, at the same depth, so that relative paths mean the same.

    It is removed at the end.
    """
    work = Path(tempfile.mkdtemp(prefix=f"{WORK}{target.name}-", dir=target.parent))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put_in_place(work: Path, target: Path) -> None:
    """Renames a finished folder to `target`, in place of the previous one.

    Raises `OSError` if this fails; then the previous one stays.
    """
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
