"""Tests that files are written completely or not at all, and that a new file never replaces another by
mistake."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import small_country as country

from fltoolkit.cli import main
from fltoolkit.files import write_new, write_whole
from fltoolkit.run import output_folders


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills when half of a file is written."""
    real = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        real(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", write)


def test_on_a_full_disk_the_file_of_before_stays_and_no_half_one(tmp_path: Path, full: None) -> None:
    (tmp_path / "a").write_text("before", "utf-8")
    for write in (write_whole, write_new):
        with pytest.raises(OSError, match="No space left"):
            write(tmp_path / "a", "after")
    assert (tmp_path / "a").read_text("utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_takes_no_others_place_also_where_there_are_no_links(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:
        monkeypatch.setattr(output_folders.os, "link", no_links)
    write_new(tmp_path / "a", "first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", "second")
    assert (tmp_path / "a").read_text("utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_draft_on_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, full: None, capsys: pytest.CaptureFixture[str]
) -> None:
    country.persons().to_csv(tmp_path / "persons.csv", index=False)
    assert main(["new", str(tmp_path / "persons.csv")]) == 2
    assert f"{tmp_path / 'survey.yaml'}: the disk is full" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["persons.csv"]


def test_a_draft_never_replaces_a_file_that_came_while_the_data_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fltoolkit.authoring.draft import survey_draft

    country.persons().to_csv(tmp_path / "persons.csv", index=False)
    real = survey_draft.make_draft

    def slow(*given: Any) -> Any:
        (tmp_path / "survey.yaml").write_text("mine", "utf-8")
        return real(*given)

    monkeypatch.setattr(survey_draft, "make_draft", slow)
    assert main(["new", str(tmp_path / "persons.csv")]) == 2
    assert "the file exists already" in capsys.readouterr().err
    assert (tmp_path / "survey.yaml").read_text("utf-8") == "mine"


# --------------------------------------------------------------------------------------- folders that cannot


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["estimate", "{survey}", "--outputs", "{file}"], "something of that name is there already"),
        (["estimate", "{survey}", "--outputs", "{file}/out"], "a file stands where a folder is needed"),
        (["schema", "{file}"], "something of that name is there already"),
        (["schema", "{folder}"], "a folder stands where a file is needed"),
        (["estimate", "{survey}", "--outputs", "/proc/none"], "there is no such file or folder"),
    ],
)
def test_places_that_cannot_be_written_to_are_told_with_their_path(
    tmp_path: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = country.write(tmp_path / "small")
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "folder" / "nap.schema.json").mkdir(parents=True)
    given = {"survey": survey, "file": tmp_path / "file", "folder": tmp_path / "folder"}
    assert main([part.format(**given) for part in arguments]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert str(tmp_path) in told.err or "/proc/none" in told.err
    assert not list(tmp_path.rglob(".part-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_this_account_may_not_write_to_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = country.write(tmp_path / "small")
    (tmp_path / "out").mkdir(mode=0o500)
    assert main(["estimate", str(survey), "--outputs", str(tmp_path / "out")]) == 2
    assert "this account may not read or write there" in capsys.readouterr().err
