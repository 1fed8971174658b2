"""Checks the files of a survey: each can be read, none is given twice, and none changes during the run."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fltoolkit.errors import DataError
from fltoolkit.files import printable_path, refuse_irregular, unreadable_error

PATH_ADVICE = "check `path:`; it is read from the folder of survey.yaml"


@dataclass(frozen=True)
class Stamp:
    """Facts that identify a file at the time when it was opened, such as its size. If one of these facts
    differs later, the file was changed.

    Attributes:
        path: the path of the file.
        device, inode: the numbers by which the operating system identifies the file.
        size: the size of the file in bytes.
        changed: the time of the last change of the file, in nanoseconds.
    """

    path: Path
    device: int
    inode: int
    size: int
    changed: int


def stamp_of(path: Path) -> Stamp:
    """Returns the facts that identify a file now (see `Stamp`).

    Raises:
        DataError: there is no such file, it is empty, it is a folder or a device, or it may not be read.
    """
    if refuse_irregular(path, do=PATH_ADVICE) == 0:
        raise DataError("the file is empty", where=printable_path(path), do="export the data again")
    try:
        path.open("rb").close()
        found = path.stat()
    except OSError as error:
        raise unreadable_error(path, error, do=PATH_ADVICE) from None
    return Stamp(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def refuse_changed(stamps: Iterable[Stamp]) -> None:
    """Raise an error if one of the files was changed after it was opened. `stamps` has one `Stamp` per file,
    made when the file was opened.

    Raises:
        DataError: a file was replaced, cut, extended, written again or removed.
    """
    for was in stamps:
        try:
            same = stamp_of(was.path) == was
        except DataError:
            same = False
        if not same:
            raise DataError(
                "the file changed since it was opened",
                where=str(was.path),
                do="open the survey again, so that every number is of the same data",
            )


def refuse_same_file(stamps: Sequence[Stamp], where: str) -> None:
    """Raise an error if two paths lead to the same file, because every person in it would count twice.

    Args:
        stamps: the files.
        where: the place that the message names, such as a key of survey.yaml.

    Raises:
        DataError: two paths lead to the same file. The message names them.
    """
    paths = defaultdict(list)
    for file in stamps:
        paths[file.device, file.inode].append(str(file.path))
    if twice := next((found for found in paths.values() if len(found) > 1), None):
        raise DataError(
            "the same file is given more than once: everybody in it would count more than once",
            where=where,
            found=twice,
            do="name each file once; two names of one file (a link) are one file",
        )


def exact_path(path: Path) -> str:
    """Returns a path in a form that DuckDB reads as exactly one file. DuckDB would otherwise take `*`, `?`
    and `[` for a pattern, and `s3:` for an address.

    Raises:
        DataError: the name of the file or of one of its folders is not UTF-8.
    """
    try:
        name = os.fsencode(path.absolute()).decode(
            "utf-8"
        )  # the program's locale may decode the name in another way
    except UnicodeDecodeError:
        do = "rename the file or folder, with letters that every program can write"
        raise DataError("the path is not UTF-8", where=printable_path(path), do=do) from None
    return re.sub(r"([*?[])", r"[\1]", name)


def input_hash(paths: Iterable[Path]) -> str:
    """Returns one SHA-256 hash of the contents of some files, in the given order, as hexadecimal text."""
    return hashed(paths).hexdigest()


def hashed(paths: Iterable[Path]) -> hashlib._Hash:
    """Returns a SHA-256 hash object that has read the contents of the files, in order. The caller can add
    more bytes and then take the digest."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest
