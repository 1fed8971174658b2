"""Tests that a path is one file, in any spelling, and that a file is regular, complete, given once, and the
same for every estimate."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError, SpecError
from fltoolkit.survey import person_rows, survey_opening
from fltoolkit.survey.readers import file_stamps
from fltoolkit.survey.readers.file_stamps import stamp_of

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
DECOYS = ("a1", "a2", "ab", "aa", "a", "x")
NAMES = [
    "a[1]", "a*", "a?", "a[!b]", "a{a,b}", "**", "SEX=1/a", "it's", 'q"x', "50%", "~", "~/a", "é", "-l",
    "s3:a", "s3:/x/a", "https:/a", "a b", "a]b", "[12]/a", "file:a", "a\nb",
]  # fmt: skip


@pytest.mark.thorough("forty-four odd names of files")
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_the_file_of_that_name_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    save = pd.DataFrame.to_parquet if suffix == ".parquet" else pd.DataFrame.to_csv
    for other in (*DECOYS, "1/a"):
        Path(other + suffix).parent.mkdir(exist_ok=True)
        save(pd.DataFrame({"w": [1.0, 1.0], "x": [0.0, 0.0]}), other + suffix, index=False)
    path = Path(name + suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(pd.DataFrame({"w": [1.0, 1.0], "x": [3.0, 5.0]}), tmp_path / "made", index=False)
    (tmp_path / "made").replace(path)
    for given in (str(path), path, path.absolute()):
        assert fl.mean(fl.SurveyDesign(given, weight="w"), "x").table["estimate"].to_list() == [4.0]


def test_a_survey_reads_the_file_that_it_names(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    folder = tmp_path / "[12]" / "sex=1"
    (tmp_path / "1" / "sex=1").mkdir(parents=True)
    folder.mkdir(parents=True)
    for place in (tmp_path / "1" / "sex=1", folder):
        people.assign(q1="Y", q2="Y").to_csv(place / "people1.csv", index=False)
    write(changed(spec, {"files.person.path": "people[1].csv"})).rename(folder / "survey.yaml")
    people.to_csv(folder / "people[1].csv", index=False)
    found = fl.prevalence(fl.classify(fl.read_survey(folder / "survey.yaml"))).table
    assert found["cases"].to_list() == [1]


# ------------------------------------------------------------------------------------------------- what is no


def refused(path: Path) -> str:
    with pytest.raises((DataError, SpecError)) as error:
        fl.read_survey(path)
    return str(error.value)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
@pytest.mark.parametrize(("make", "kind"), [(_fifo, "a named pipe"), (_socket, "a socket")])
def test_a_pipe_and_a_socket_are_refused_at_once(
    spec: dict[str, Any],
    write: Write,
    changed: Change,
    tmp_path: Path,
    make: Callable[[Path], None],
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("p.csv"))
    message = refused(write(changed(spec, {"files.person.path": "p.csv"})))
    assert f"p.csv: this is {kind}, not a file" in message


@pytest.mark.skipif(os.name == "nt", reason="Windows has none")
def test_a_device_is_refused(tmp_path: Path) -> None:
    _device(tmp_path / "d.csv")
    with pytest.raises(DataError, match="this is a device, not a file"):
        fl.SurveyDesign(tmp_path / "d.csv", weight="w")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("none.csv", "there is no such file"),
        ("people.csv/more.csv", "there is no such file"),
        (".", "this is a folder, not a file"),
        ("a\0b.csv", "character"),
        ("x" * 300 + ".csv", "the path is longer than the system allows"),
    ],
)
def test_what_cannot_be_opened_is_told_in_words_of_its_own(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    tmp_path: Path,
    path: str,
    words: str,
) -> None:
    message = refused(write(changed(spec, {"files.person.path": path}), people=people))
    assert words in message
    assert "UTF-8" not in message
    with pytest.raises(DataError, match=words):
        fl.SurveyDesign(str(tmp_path / path), weight="w")


def test_a_file_that_this_account_may_not_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("w\n1\n")

    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file_stamps.Path, "open", closed)
    with pytest.raises(DataError, match="this account may not read the file"):
        fl.SurveyDesign(tmp_path / "a.csv", weight="w")


# -------------------------------------------------------------------------------------------------------- giv


def _same(folder: Path) -> str:
    (folder / "sub").mkdir()
    return "sub/../people.csv"


def _link(folder: Path) -> str:
    (folder / "again.csv").symlink_to("people.csv")
    return "again.csv"


def _hard_link(folder: Path) -> str:
    os.link(folder / "people.csv", folder / "again.csv")
    return "again.csv"


@pytest.mark.parametrize("again", [lambda _: "./people.csv", _same, _link, _hard_link])
def test_a_file_under_two_names_is_one_file(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, again: Callable[[Path], str]
) -> None:
    path = write(spec, people=people)
    paths = ["people.csv", again(path.parent)]
    message = refused(
        write(changed(spec, {"files.person.path": paths, "files.person.weight_factor": [0.5, 0.5]}))
    )
    assert "files.person.path: the same file is given more than once" in message
    assert "found:   " in message


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("path", [], "name at least one"),
        ("path", ["people.csv", "people.csv"], "the same name is given more than once: people.csv"),
        ("path", [" "], "name at least one, and none of them blank"),
        ("key", [], "name at least one"),
        ("key", ["hh", "hh"], "the same name is given more than once: hh"),
        ("delimiter", "||", "a delimiter is one character"),
        ("delimiter", '"', "a delimiter is one character"),
    ],
)
def test_a_key_or_a_path_that_names_nothing_or_the_same_twice_is_refused(
    spec: dict[str, Any], write: Write, changed: Change, key: str, value: object, words: str
) -> None:
    with pytest.raises(SpecError) as error:
        fl.read_survey(write(changed(spec, {f"files.person.{key}": value})))
    assert f"files.person.{key}" in str(error.value)
    assert words in str(error.value)


# ----------------------------------------------------------------------------------------------------- the sa


def _replaced(path: Path) -> None:
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _rewritten(path: Path) -> None:
    """The same number of bytes, and other answers."""
    path.write_bytes(path.read_bytes().replace(b",2.5,", b",9.5,"))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _extended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes().splitlines(keepends=True)[-1])


CHANGES = [_replaced, _rewritten, _cut, _extended, Path.unlink]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_changes_between_two_estimates_stops_the_second(
    people: pd.DataFrame, tmp_path: Path, change: Callable[[Path], None], kind: str
) -> None:
    path = tmp_path / f"people.{kind}"
    people.to_csv(path, index=False) if kind == "csv" else people.to_parquet(path)
    if kind == "parquet" and change is _rewritten:
        pytest.skip("a Parquet file holds no such text")
    design = fl.SurveyDesign(path, weight="w")
    assert fl.mean(design, "age").table["estimate"].to_list() == [27.5]
    change(path)
    with pytest.raises(DataError) as error:
        fl.mean(design, "age")
    assert f"{path}: the file changed since it was opened" in str(error.value)
    assert "open the survey again" in str(error.value)


@pytest.mark.thorough("large files")
@pytest.mark.parametrize("change", CHANGES)
def test_a_large_survey_notices_it_too_and_a_small_one_holds_what_it_read(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    change: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write(spec, people=people)
    held = fl.classify(fl.read_survey(path))
    monkeypatch.setattr(person_rows, "HELD", 0)
    large = fl.classify(fl.read_survey(path))
    before = fl.prevalence(held).table
    pd.testing.assert_frame_equal(before, fl.prevalence(large).table)
    change(path.with_name("people.csv"))
    pd.testing.assert_frame_equal(before, fl.prevalence(held).table)
    for verb in (fl.prevalence, fl.total):
        with pytest.raises(DataError, match=r"people\.csv: the file changed since it was opened"):
            verb(large)


def test_a_file_that_changes_while_it_is_opened_is_told(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is that of the bytes that were read."""
    path = write(spec, people=people)
    files = survey_opening.read_files

    def slow(*arguments: Any) -> Any:
        found = files(*arguments)
        _extended(path.with_name("people.csv"))
        return found

    monkeypatch.setattr(survey_opening, "read_files", slow)
    assert "people.csv: the file changed since it was opened" in refused(path)


def test_a_stamp_names_the_file_it_is_of(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("w\n1\n")
    found = stamp_of(tmp_path / "a.csv")
    assert (found.path, found.size) == (tmp_path / "a.csv", 4)
