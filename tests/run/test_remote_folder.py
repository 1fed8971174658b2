"""Tests a folder at an address, in fsspec's memory: the files fetched and written, and that incomplete
results do not count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from fltoolkit.errors import RequestError
from fltoolkit.run.remote_folder import Store, is_address


@pytest.fixture
def memory() -> Iterator[Any]:
    files = fsspec.filesystem("memory")
    files.pipe(
        {
            "/far/a/run.json": b"old",
            "/far/a/stale.txt": b"old",
            "/far/a/deep/x.csv": b"1",
            "/far/ab/y.csv": b"2",
        }
    )
    yield files
    files.rm("/far", recursive=True)


@pytest.fixture
def store(memory: Any) -> Store:
    return Store("memory://far")


def held(memory: Any) -> dict[str, bytes]:
    return {path.removeprefix("/far/"): memory.cat_file(path) for path in memory.find("/far")}


@pytest.mark.parametrize(
    ("place", "told"), [("s3://bucket/b.yaml", True), ("C:/b.yaml", False), ("a/b.yaml", False)]
)
def test_an_address_has_its_kind_before_it(place: str, told: bool) -> None:
    assert is_address(place) is told


def test_a_folder_is_fetched_with_all_it_holds_and_no_other(store: Store, tmp_path: Path) -> None:
    assert store.fetch("a", tmp_path)
    got = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert got == {"a/run.json": b"old", "a/stale.txt": b"old", "a/deep/x.csv": b"1"}
    assert store.fetch("ab/y.csv", tmp_path)
    assert not store.fetch("nothing", tmp_path)


def test_a_folder_takes_the_place_of_the_one_before_it(store: Store, memory: Any, tmp_path: Path) -> None:
    for name, content in {"run.json": "new", "deep/x.csv": "3"}.items():
        (tmp_path / "a" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / name).write_text(content, encoding="utf-8")
    store.replace("a", tmp_path)
    assert held(memory) == {"a/run.json": b"new", "a/deep/x.csv": b"3", "ab/y.csv": b"2"}
    store.replace("ab", tmp_path)  # where there is none, that one goes
    assert set(held(memory)) == {"a/run.json", "a/deep/x.csv"}


def test_the_record_goes_first_and_comes_last(
    store: Store, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is cut short: a folder with run.json is whole."""
    steps: list[str] = []
    remove, write = type(memory).rm_file, type(memory).pipe_file

    def removed(files: Any, path: str) -> None:
        steps.append(f"- {path.removeprefix('/far/a/')}")
        remove(files, path)

    def written(files: Any, path: str, content: bytes, **more: Any) -> None:
        steps.append(f"+ {path.removeprefix('/far/a/')}")
        write(files, path, content, **more)

    monkeypatch.setattr(type(memory), "rm_file", removed)
    monkeypatch.setattr(type(memory), "pipe_file", written)
    for name in ("a.csv", "run.json", "z.csv"):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / name).write_text("new", encoding="utf-8")
    store.replace("a", tmp_path)
    assert steps == ["- run.json", "- deep/x.csv", "- stale.txt", "+ a.csv", "+ z.csv", "+ run.json"]


def test_a_file_is_written_into_folders_that_were_not_there_and_read_again(
    store: Store, tmp_path: Path
) -> None:
    store.write("new/deep/file.txt", b"x")
    assert store.read("new/deep/file.txt") == b"x"
    (tmp_path / "mine.txt").write_bytes(b"mine")
    store.put("mine.txt", tmp_path)
    assert Store("memory://far/").read("mine.txt") == b"mine"  # a slash at the end is no other folder


def test_an_address_of_no_known_kind_is_told() -> None:
    with pytest.raises(RequestError, match=r"there is no such kind of address\n  found:   nonsense\n"):
        Store("nonsense://far").read("a")
