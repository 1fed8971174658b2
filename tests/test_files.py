"""Tests files that a user names: one that is not a regular, readable file of a fitting size gives one clear
error, at once."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fltoolkit.errors import DataError, SpecError
from fltoolkit.files import (
    file_error,
    known_encoding,
    printable_path,
    read_bytes,
    read_text,
    refuse_irregular,
    write_new,
    write_whole,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path may not be long
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(here)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, "there is no such file"),
    "below a file": (
        lambda path: path.parent.rmdir() or path.parent.write_bytes(b"x"),
        "there is no such file",
    ),  # type: ignore[func-returns-value]
    "a folder": (lambda path: path.mkdir(), "this is a folder, not a file"),
    "a named pipe": (os.mkfifo, "this is a named pipe, not a file"),
    "a socket": (_socket, "this is a socket, not a file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "this is a device, not a file"),
    "a link to itself": (lambda path: path.symlink_to(path), "the path goes in a circle"),
    "a link to nothing": (lambda path: path.symlink_to("gone"), "there is no such file"),
}


@posix
@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_regular_file_is_told_at_once(tmp_path: Path, kind: str) -> None:
    make, told = ODD[kind]
    path = tmp_path / "in" / "a.yaml"
    path.parent.mkdir()
    make(path)
    for read in (lambda: refuse_irregular(path, SpecError), lambda: read_text(path, 10, SpecError)):
        with pytest.raises(SpecError, match=told) as error:
            read()
        assert error.value.where == str(path)
        assert error.value.do


def test_a_path_with_a_nul_or_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="NUL") as error:
        read_bytes(tmp_path / "a\0b", 10)
    assert "a?b" in error.value.where
    with pytest.raises(DataError, match="longer than the system allows"):
        read_bytes(tmp_path / ("x" * 5000), 10)
    assert len(printable_path(Path("x" * 5000))) < 400


@posix
def test_a_file_without_the_right_to_read_it_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right is denied by a stand-in, since root may read everything."""
    (tmp_path / "a.csv").write_bytes(b"x")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(DataError, match="may not read the file") as error:
        read_bytes(tmp_path / "a.csv", 10)
    assert "UTF-8" not in str(error.value)


def test_a_file_may_be_as_large_as_is_said_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, 10) == b"x" * 10
    with pytest.raises(DataError, match="too large") as error:
        read_bytes(path, 9)
    assert error.value.found == "10 bytes"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # takes no room on the disk
    with pytest.raises(DataError, match="too large") as error:
        read_bytes(path, 1_000_000)
    assert (error.value.found, error.value.allowed) == ("2,000,000,000 bytes", "at most 1 MB")


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b"a\nb\nSecret \xff\n", ", line 3", "a byte that is not UTF-8"),
        (b"\xef\xbb\xbfa\n\xe9", ", line 2", "a byte that is not UTF-8"),
        ("a\n".encode("utf-16"), "", "UTF-16 text"),
    ],
)
def test_text_that_is_not_utf_8_is_told_with_its_line_and_without_its_words(
    tmp_path: Path, content: bytes, line: str, found: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read as UTF-8 text") as error:
        read_text(path, 100)
    assert (error.value.where, error.value.found) == (f"{path}{line}", found)
    assert "Secret" not in str(error.value)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfa")
    assert read_text(tmp_path / "a.csv", 100) == "a"


def test_an_encoding_is_one_that_python_knows() -> None:
    assert known_encoding("cp1251") == "cp1251"
    for name in ("utf-99", "a\0b"):
        with pytest.raises(ValueError, match="not an encoding that Python knows"):
            known_encoding(name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
@pytest.mark.parametrize("write", [write_whole, write_new])
def test_a_full_disk_names_the_file(write: Callable[[Path, str], None], tmp_path: Path) -> None:
    path = tmp_path / "survey.yaml"
    (tmp_path / ".part-survey.yaml").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as error:
        write(path, "title: x")
    told = file_error(error.value)
    assert (told.problem, told.where) == ("the disk is full", str(path))
    assert not list(tmp_path.iterdir())
