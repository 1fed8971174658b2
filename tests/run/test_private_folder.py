"""Tests private files: a folder that nobody else can read, never among the outputs, and its content."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import fsspec
import pytest
import small_country as country

from fltoolkit.cli import main
from fltoolkit.errors import RequestError
from fltoolkit.run.private_folder import private_place, write_private

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_the_folder_and_its_files_are_the_owners_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        place = private_place(str(tmp_path / "new" / "private"), tmp_path / "out")
        file = Path(write_private(place, "small", "a.csv", "x"))
        write_private(place, "small", "a.csv", "y")
    finally:
        os.umask(before)
    assert file == tmp_path / "new" / "private" / "small" / "a.csv"
    assert file.read_text() == "y"
    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    assert list(file.parent.iterdir()) == [file]


@POSIX
def test_a_part_that_somebody_laid_there_is_not_written_through(tmp_path: Path) -> None:
    place = private_place(str(tmp_path / "private"))
    (tmp_path / "private" / "small").mkdir()
    (tmp_path / "private" / "small" / ".part-a.csv").symlink_to(tmp_path / "public.csv")
    write_private(place, "small", "a.csv", "x")
    assert not (tmp_path / "public.csv").exists()


@pytest.mark.parametrize(
    "given", ["out", "out/private", ".", "link", "link/private", "out/../out/x", "elsewhere/back"]
)
def test_a_place_among_the_outputs_is_refused_whatever_way_leads_there(tmp_path: Path, given: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "out")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "out")
    with pytest.raises(RequestError, match="may not lie among the outputs"):
        private_place(str(tmp_path / given), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("marks", [[".lock", "index.html"], ["run.json"]])
def test_a_folder_of_outputs_is_known_where_no_outputs_are_named(tmp_path: Path, marks: list[str]) -> None:
    (tmp_path / "out").mkdir()
    for name in marks:
        (tmp_path / "out" / name).write_text("", "utf-8")
    with pytest.raises(RequestError, match="may not lie among the outputs"):
        private_place(str(tmp_path / "out" / "private"))


def test_outputs_within_the_private_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="nor the outputs among them"):
        private_place(str(tmp_path / "private"), tmp_path / "private" / "out")


@POSIX
@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o720])
def test_a_folder_that_others_can_enter_is_refused_with_the_command_that_closes_it(
    tmp_path: Path, mode: int
) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private").chmod(mode)
    with pytest.raises(RequestError, match=f"found:   {mode:o}\n  do:      chmod 700 "):
        private_place(str(tmp_path / "private"), tmp_path / "out")


def test_a_file_is_no_folder_and_a_link_no_surveys_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(RequestError, match="a file stands where the private folder should be"):
        private_place(str(tmp_path / "file"))
    place = private_place(str(tmp_path / "private"))
    (tmp_path / "public").mkdir()
    (tmp_path / "private" / "small").symlink_to(tmp_path / "public")
    with pytest.raises(RequestError, match="may not be a link"):
        write_private(place, "small", "a.csv", "x")


@pytest.mark.parametrize(
    ("given", "outputs", "refused"),
    [
        ("s3://secret/lfs", "s3://office/out", False),
        ("s3://office/out/private", "s3://office/out", True),
        ("s3://office", "s3://office/out", True),
        ("s3://office/outside", "s3://office/out", False),
        ("s3://secret", Path("out"), False),
    ],
)
def test_an_address_is_taken_where_it_is_named_and_does_not_meet_the_outputs(
    given: str, outputs: str | Path, refused: bool
) -> None:
    if refused:
        with pytest.raises(RequestError, match="may not lie among the outputs"):
            private_place(given, outputs)
    else:
        assert private_place(given, outputs) == given


def test_a_file_goes_to_an_address() -> None:
    assert write_private("memory://secret", "small", "a.csv", "x") == "memory://secret/small/a.csv"
    assert fsspec.filesystem("memory").cat_file("/secret/small/a.csv") == b"x"


def test_a_check_with_errors_still_tells_which_rows_they_are_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = country.persons()
    table.loc[70:80, "COE"] = 7
    survey = country.write(tmp_path / "small", table=table)
    assert main(["check", str(survey), "--private", str(tmp_path / "private"), "--name", "mine"]) == 1
    file = tmp_path / "private" / "mine" / "rows_behind_findings.csv"
    assert f"PRIVATE {file} lists the rows" in capsys.readouterr().out
    assert file.read_text("utf-8").startswith("check,where,what,file")


def test_the_rows_that_survey_yaml_corrects_stand_beside_them_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"HH": str(i), "LINE": "1"} for i in (3, 5)]
    one = {"rows": rows, "column": "AGE", "value": "41", "why": "typed in the wrong field"}
    survey = country.write(tmp_path / "small", survey={**country.SURVEY, "corrections": [one]})
    assert main(["check", str(survey), "--private", str(tmp_path / "private")]) == 0
    lines = (tmp_path / "private" / "small" / "corrections.csv").read_text("utf-8").splitlines()
    assert lines == [
        "entry,column,before,after,why,evidence,file,HH,LINE",
        "1,AGE,41,41,typed in the wrong field,,persons.csv,3,1",
        "1,AGE,20,41,typed in the wrong field,,persons.csv,5,1",
    ]
    said = capsys.readouterr().out
    assert "NOTE    AGE: corrected: typed in the wrong field [fewer than 5]" in said
