"""Manages the folder of results. Only one batch at a time may use it, and every file or folder in it is
complete or absent.

A folder is written under a temporary name and then renamed. If a batch is killed, the next batch removes its
temporary folders.
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
RANDOM = (
    "?" * 8
)  # tempfile's suffix: without it, the folders of a survey `a` could not be distinguished from those of `a-b`
LOCKED_BYTE = 1 << 20  # far behind the text, because on Windows nobody can read a locked part


@dataclass(frozen=True)
class FolderLock:
    """The lock of a folder of results. It has the folder, and the text of its lock file, which names the
    batch that owns the folder (`holder`).

    A worker on another machine compares this text with the lock file. If they differ, the batch of the worker
    no longer owns the folder.
    """

    folder: Path
    holder: str

    def is_set(self) -> bool:
        """Returns whether this batch has lost the lock of the folder, so that its work must end. It has lost
        the lock if the folder was released, if another process has locked it, or if the folder cannot be
        reached from this machine."""
        try:
            return (self.folder / LOCK).read_text(encoding="utf-8") != self.holder
        except OSError:
            return True

    def unusable(self) -> str:
        """Returns the reason why this process cannot write results to the folder, or an empty text if it
        can."""
        if self.is_set():
            return f"the folder of results is not there, or another: {self.folder}"
        return (
            ""
            if os.access(self.folder, os.W_OK)
            else f"the folder of results cannot be written to: {self.folder}"
        )

    def set(self) -> None:
        """Releases the folder: the lock file is emptied. The workers of this batch see this and stop."""
        (self.folder / LOCK).write_text("", encoding="utf-8")


@contextmanager
def locked(outputs: Path, name: str = "") -> Iterator[FolderLock]:
    """Locks a folder for this process, and creates it if it does not exist. With a name, locks only that name
    within the folder, so that other processes can lock other names.

    The system releases the lock when the process ends in any way, so no lock is ever stale.

    Raises:
        BatchError: another process has the lock.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        if name:
            _open_and_lock(files, outputs, LOCK, shared=True)
        file = _open_and_lock(files, outputs, f"{LOCK}-{name}" if name else LOCK)
        holder = f"process {os.getpid()} on {socket.gethostname()}, {uuid.uuid4().hex[:8]}"
        file.truncate(0)
        file.write(holder)
        file.flush()
        os.fsync(file.fileno())  # so that other machines see it in a shared folder
        try:
            yield FolderLock(outputs, holder)
        finally:
            file.truncate(0)


def _open_and_lock(files: ExitStack, outputs: Path, name: str, *, shared: bool = False) -> IO[str]:
    file = files.enter_context((outputs / name).open("a+"))
    try:
        _lock(file, shared)
    except (BlockingIOError, PermissionError):
        file.seek(0)
        do = "wait until it has ended, or give this one another folder for its outputs"
        raise BatchError(
            "another batch is at work in this folder", where=str(outputs), found=file.read(), do=do
        ) from None
    return file


def _lock(file: IO[str], shared: bool) -> None:
    if sys.platform == "win32":  # Windows has no shared locks: there, only one process works at a time
        import msvcrt

        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def finish_interrupted(outputs: Path, name: str = "") -> None:
    """Removes unfinished folders that a killed batch left in a locked folder; if `name` is given, only those
    of this survey.

    If the batch was killed while it replaced a folder of results, the old folder is put back.
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
            work.replace(
                gone
            )  # first: then a process on another machine that still works in it cannot put it in place
    for gone in outputs.glob(f"{GONE}{WORK}{works}"):
        shutil.rmtree(gone, ignore_errors=True)


def failed_folder(target: Path) -> Path:
    """Returns the folder for the error of a failed run, beside the folder of results (`target`). Its name
    contains a dot. No survey's name does, so it cannot be the folder of another survey.

    Both folders have the same depth, so that a relative path leads to the same file from both.
    """
    return target.with_name(target.name + FAILED)


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """Creates a temporary folder in which a run works, beside the folder `target`. Both folders have the same
    depth, so that a relative path leads to the same file from both.

    The temporary folder is removed at the end.
    """
    work = Path(tempfile.mkdtemp(prefix=f"{WORK}{target.name}-", dir=target.parent))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put_in_place(work: Path, target: Path) -> None:
    """Renames a finished folder to `target`, in place of the previous one.

    Raises `OSError` if this fails. Then the previous folder stays.
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
