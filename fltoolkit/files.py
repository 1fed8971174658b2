"""Reads and writes files safely. Only regular files up to a size limit are read. Each file is written whole
or not at all."""

from __future__ import annotations

import codecs
import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fltoolkit.errors import DataError, FltoolkitError

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
# What went wrong with a file, and what to do.
CAUSES = {
    errno.ENOENT: ("there is no such file or folder", "check the path"),
    errno.EACCES: ("this account may not read or write there", "ask for the right to, or name another place"),
    errno.ENOSPC: ("the disk is full", "make room on it, or name another place; then run again"),
    errno.EFBIG: ("the file would be larger than this account may write", "ask for the right to write it"),
    errno.EROFS: ("it can only be read", "name a place that can be written to"),
    errno.EISDIR: ("a folder stands where a file is needed", "name a file"),
    errno.ENOTDIR: ("a file stands where a folder is needed", "name a folder"),
    errno.EEXIST: ("something of that name is there already", "move it away, or name another place"),
    errno.ENAMETOOLONG: ("the name is too long", "give a shorter one"),
    errno.ELOOP: ("links lead in a circle", "name the file itself"),
    errno.EIO: ("the disk or the connection failed", "check it, then run again"),
    errno.EMFILE: (
        "too many files are open",
        "close other programs, or run fewer surveys at a time; then run again",
    ),
    errno.EBUSY: ("another program uses it", "close it there, then run again"),
}
CAUSES |= {
    errno.EPERM: CAUSES[errno.EACCES],
    errno.EDQUOT: CAUSES[errno.ENOSPC],
    errno.ENFILE: CAUSES[errno.EMFILE],
}
# Some libraries raise these without a number.
NUMBERLESS = (
    (FileNotFoundError, errno.ENOENT),
    (PermissionError, errno.EACCES),
    (IsADirectoryError, errno.EISDIR),
    (NotADirectoryError, errno.ENOTDIR),
    (FileExistsError, errno.EEXIST),
    (ConnectionError, errno.EIO),
    (TimeoutError, errno.EIO),
)
MB = 1_000_000
NEW_LINE = b"\n"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def refuse_irregular(path: Path, raised: type[FltoolkitError] = DataError, do: str = "") -> int:
    """Raises an error unless a path leads to a regular file. This function is needed because reading from a
    pipe or a device may never end.

    Args:
        path: the path that the user gave. Links are followed.
        raised: the class of the error.
        do: the advice of the message if there is no such file; by default, to check the path.

    Returns:
        The size of the file, in bytes.

    Raises:
        FltoolkitError: there is no such file, it is not a regular file, or it cannot be reached. The error
            has the class `raised`.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable_error(path, error, raised, do) from None
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        raise raised(
            f"this is {kind}, not a file", where=printable_path(path), do="give the path of a regular file"
        )
    return found.st_size


def read_bytes(path: Path, most: int, raised: type[FltoolkitError] = DataError, do: str = "") -> bytes:
    """Returns the whole content of a regular file of at most `most` bytes.

    Raises:
        FltoolkitError: there is no such file, it is not a regular file, it is too large, or it may not be
            read. The error has the class `raised`. If there is no such file, the message gives the advice
            `do`.
    """
    size = refuse_irregular(path, raised, do)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise unreadable_error(path, error, raised, do) from None
    if len(content) > most:
        raise raised(
            "the file is too large for a file of this kind",
            where=printable_path(path),
            found=f"{max(size, len(content)):,} bytes",
            allowed=f"at most {most / MB:g} MB",
            do="check that the path is right",
        )
    return content


def read_text(path: Path, most: int, raised: type[FltoolkitError] = DataError, do: str = "") -> str:
    """Returns the text of a regular file in UTF-8, with or without a byte order mark. The file may have at
    most `most` bytes.

    Raises:
        FltoolkitError: the file cannot be read (see `read_bytes`), or a byte is not UTF-8. The error has the
            class `raised`. For a byte that is not UTF-8, the message gives the line.
    """
    content = read_bytes(path, most, raised, do).removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = f", line {content.count(NEW_LINE, 0, error.start) + 1}"
        line, found = (
            ("", "UTF-16 text") if content.startswith(UTF_16) else (line, "a byte that is not UTF-8")
        )
        raise raised(
            "the file cannot be read as UTF-8 text",
            where=f"{printable_path(path)}{line}",
            found=found,
            do="save it as UTF-8 (in a spreadsheet: CSV UTF-8; in an editor: Save with encoding)",
        ) from None


def unreadable_error(
    path: Path, error: Exception, raised: type[FltoolkitError] = DataError, do: str = ""
) -> FltoolkitError:
    """Returns the kit's error for an error that the operating system reported about a path. `error` is an
    `OSError`, or the `ValueError` that Python raises for a path with a NUL character."""
    code = getattr(error, "errno", None)
    problem, advice = {
        errno.ENOENT: ("there is no such file", do or "check the path; it is looked up as written"),
        errno.ENOTDIR: ("there is no such file", "a part of the path before its end is a file, not a folder"),
        errno.EACCES: ("this account may not read the file", "ask its owner for the right to read it"),
        errno.EPERM: ("this account may not read the file", "ask its owner for the right to read it"),
        errno.EISDIR: ("this is a folder, not a file", "give the path of a regular file"),
        errno.ELOOP: ("the path goes in a circle", "remove the symbolic link that leads back to itself"),
        errno.ENAMETOOLONG: ("the path is longer than the system allows", "give a shorter one"),
        None: ("the path holds a character that no path may hold", "check the path for a NUL character"),
    }.get(
        code, (f"the file cannot be read: {os.strerror(code or 0)}", "try again, or copy it to another disk")
    )
    return raised(problem, where=printable_path(path), do=advice)


def file_error(error: OSError) -> FltoolkitError:
    """Returns an error of the kit for an error of the operating system about a file. It names the path, the
    cause in plain words, and what to do.
    """
    if isinstance(error, shutil.Error):  # of a folder that was copied: the first file, and the error in words
        _, path, why = error.args[0][0]
        code = re.match(r"\[Errno (\d+)\]", str(why))
        return file_error(OSError(int(code[1]) if code else 0, str(why), str(path)))
    number = error.errno or next((number for kind, number in NUMBERLESS if isinstance(error, kind)), None)
    problem, do = CAUSES.get(
        number or 0, ("a file cannot be read or written", "check the disk and the path, then run again")
    )
    found = "" if number in CAUSES else error.strerror or type(error).__name__
    path = error.filename2 or error.filename
    # the name that the reader knows, without the mark of a temporary file
    where = "" if path is None or isinstance(path, int) else str(path).replace(".part-", "")
    return FltoolkitError(problem, where=where, found=found, do=do)


def printable_path(path: Path) -> str:
    """Returns a path as a message prints it: on one line, and with its middle left out if it is very long."""
    text = "".join(c if c.isprintable() else "?" for c in str(path))
    return text if len(text) <= 500 else f"{text[:250]} … {text[-100:]}"


def path_inside(folder: Path, name: str, where: str) -> Path:
    """Returns the path `folder / name`. Raises `DataError` if the path is outside the folder, for example
    because `name` contains `..`.

    `where` is the place in a YAML file that the error names.
    """
    try:
        path = (folder / name).resolve()
    except ValueError as error:
        raise DataError(
            unreadable_error(Path(name), error).problem,
            where=where,
            found=printable_path(Path(name)),
            do="correct the path",
        ) from None
    except (OSError, RuntimeError):
        raise DataError(
            "the path goes in a circle", where=where, found=name, do="remove the symbolic link"
        ) from None
    if not path.is_relative_to(folder.resolve()):
        raise DataError(
            "the path leaves the folder of its YAML file",
            where=where,
            found=name,
            do="put the file beside it",
        )
    return path


def write_whole(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Write a file so that other programs always see the old file or the new file, never a part of it.

    Args:
        path: the file.
        content: the content. Text is written as UTF-8.
        mode: the permissions of the file. None: the default permissions of the system.

    Raises:
        OSError: the file cannot be written. The old file then stays as it was, and no temporary file is left.
    """
    with _temporary_file(path, content, mode) as part:
        part.replace(path)


def write_new(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Write a whole file, but never overwrite one. `mode`: its permissions; None: those of the system.

    Raises:
        FileExistsError: there is a file already. It is not changed.
        OSError: the file cannot be written. No file is left.
    """
    with _temporary_file(path, content, mode, secrets.token_hex(4) if mode else "") as part:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # some file systems have no links: create an empty file, then replace it
            path.touch(exist_ok=False)
            part.replace(path)


@contextmanager
def _temporary_file(
    path: Path, content: str | bytes, mode: int | None = None, mark: str = ""
) -> Iterator[Path]:
    """Yields the path of a temporary file beside `path` with this content. Its permissions are `mode` (None:
    the default permissions of the system). With a `mark`, no other process uses the same temporary file.
    After the `with` block the temporary file is removed, unless the block has renamed it."""
    part = path.with_name(f".part-{mark}{path.name}")
    try:
        if (
            mode is not None
        ):  # nobody else may open it at any time, and it must not be a link that somebody put there
            part.unlink(missing_ok=True)
            part.touch(mode=mode, exist_ok=False)
        try:
            part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        except OSError as error:
            error.filename = error.filename or str(path)  # the system does not name the file of a full disk
            raise
        yield part
    finally:
        part.unlink(missing_ok=True)


def known_encoding(name: str) -> str:
    """Returns the name of a text encoding if Python knows it. Otherwise raises a `ValueError` whose message
    names common encodings."""
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        usual = (
            "utf-8, cp1252 (western Europe), cp1251 (Cyrillic), cp1256 (Arabic), gb18030 (Chinese), shift_jis"
        )
        raise ValueError(f"not an encoding that Python knows; usual ones: {usual}") from None
    return name
