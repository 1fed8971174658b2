"""Tests that equal small surveys are read once, that none is handed on after a change, and that they are
checked in `make test-all`."""

from __future__ import annotations

from pathlib import Path

import pytest
import shared_surveys
from small_surveys import SPEC, Person, persons_table, write_survey

from fltoolkit.errors import DataError

PEOPLE: list[Person] = [("case", {})] * 5 + [("not", {})] * 15


def written(folder: Path, title: str = "Shared", **more: object) -> Path:
    folder.mkdir()
    return write_survey(folder, {**SPEC, "title": title}, persons=persons_table(PEOPLE).assign(**more))


def test_equal_files_are_read_once_wherever_they_are(tmp_path: Path) -> None:
    paths = [written(tmp_path / "a"), written(tmp_path / "b"), written(tmp_path / "c", SEX=1)]
    one, same, other = (shared_surveys.classified(path) for path in paths)
    assert one.frame is same.frame
    assert one.frame is not other.frame
    assert [one.path, same.path] == paths[:2]


def test_a_published_set_is_made_once_and_handed_out_as_a_copy(tmp_path: Path) -> None:
    first = shared_surveys.published(written(tmp_path / "a"))
    first.table["cases"] = -1
    second = shared_surveys.published(written(tmp_path / "b"))
    assert second.basis is first.basis
    assert not (second.table["cases"] == -1).any()


def test_a_changed_survey_fails_its_test(tmp_path: Path) -> None:
    persons = shared_surveys.classified(written(tmp_path / "a", title="Changed in a test"))
    shared_surveys.refuse_changes()
    persons = shared_surveys.classified(persons.path)
    vars(persons.spec)["title"] = "Another"
    with pytest.raises(AssertionError, match="changes a survey that others share"):
        shared_surveys.refuse_changes()


def test_a_test_that_patches_has_its_own_and_it_is_checked_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THOROUGH", raising=False)
    path = written(tmp_path / "a", W=0.1)
    assert shared_surveys.classified(path).frame is not shared_surveys.classified(path).frame
    monkeypatch.setenv("THOROUGH", "1")
    with pytest.raises(DataError, match="weights"):
        shared_surveys.classified(path)
