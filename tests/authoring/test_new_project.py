"""Tests the project of `fltoolkit start`: it is complete, it never changes a folder with files, and its own
instructions work."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from fltoolkit.authoring.new_project import start_project
from fltoolkit.cli import main
from fltoolkit.errors import RequestError
from fltoolkit.run.batch_file import Batch, plan_runs
from fltoolkit.shipped_files import shipped_folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start_project(tmp_path_factory.mktemp("parent") / "deep" / "my_project")


def test_all_that_the_kit_ships_is_there_and_nothing_that_only_builds_it(project: Path) -> None:
    assert {path.name for path in project.iterdir()} == {
        ".gitattributes",
        ".gitignore",
        "README.md",
        "batch.yaml",
        "data_samples",
        "docs",
        "notebooks",
    }
    assert len(list((project / "notebooks").rglob("*.ipynb"))) == 8
    copied, shipped = project / "notebooks" / "1_survey.ipynb", shipped_folder("notebooks") / "1_survey.ipynb"
    assert copied.read_bytes() == shipped.read_bytes()
    assert not (project / "docs" / "site").exists()


def test_git_stores_notebooks_without_outputs_and_nothing_confidential(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(project, tmp_path / "project", ignore=shutil.ignore_patterns("docs"))
    (folder / "my_survey").mkdir()
    (folder / "my_survey" / "persons.dta").write_bytes(b"x")
    for name in ("my_survey/suppression.key", "outputs/index.html"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", "utf-8")
    (command,) = re.findall(r"# git (config .*)", (folder / ".gitattributes").read_text("utf-8"))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)

    def git(*call: str) -> str:
        return subprocess.run(["git", *call], cwd=folder, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git(*shlex.split(command))
    git("add", "notebooks/1_survey.ipynb", "my_survey", "data_samples/norvia_lfs_2025")
    stored = git("show", ":notebooks/1_survey.ipynb")
    assert nbformat.reads(stored, 4).cells
    assert not [cell for cell in nbformat.reads(stored, 4).cells if cell.get("outputs")]
    assert not [name for name in git("ls-files").splitlines() if name.startswith("my_survey")]
    assert "data_samples/norvia_lfs_2025/suppression.key" in git("ls-files")


def test_its_batch_is_one_that_runs(project: Path) -> None:
    batch = Batch.model_validate(yaml.safe_load((project / "batch.yaml").read_text("utf-8")))
    (run,) = plan_runs(batch, project)
    assert run.survey == project.resolve() / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
    assert run.plan is not None


def test_its_readme_has_ten_lines_and_names_what_is_there(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (project / "README.md").read_text("utf-8")
    assert text.startswith("# my_project\n")
    assert len(text.splitlines()) == 10
    named = re.findall(r"\b((?:docs|data_samples|notebooks)/[\w/.]*)", text)
    assert len(named) >= 5
    assert [name for name in named if not (project / name.rstrip(".")).exists()] == []
    commands = re.findall(r"`fltoolkit (\w+)", text)
    assert {"check", "estimate", "batch", "lab", "class", "new"} <= set(commands)
    monkeypatch.chdir(project)
    for command in set(commands) - {"start"}:
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0


def test_every_link_of_its_notebooks_leads_to_a_file(project: Path) -> None:
    links = []
    for path in (project / "notebooks").rglob("*.ipynb"):
        text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
        links += [path.parent / link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert len(links) >= 3
    assert [link for link in links if not link.exists()] == []


def test_the_schema_that_a_sample_names_is_there(project: Path) -> None:
    sample = project / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
    assert (sample.parent / sample.read_text("utf-8").split("$schema=")[1].split()[0]).is_file()


@pytest.mark.parametrize("what", ["notes.txt", "notebooks"])
def test_what_is_there_is_never_overwritten(
    tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    (folder / "notebooks").mkdir(parents=True) if what == "notebooks" else folder.mkdir()
    if what == "notes.txt":
        (folder / what).write_text("mine", "utf-8")
    assert main(["start", str(folder)]) == 2
    assert "the folder is not empty; nothing was written" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == [what]


def test_a_file_in_its_place_is_an_error_and_an_empty_folder_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(RequestError, match="a file has the name that the project's folder should have"):
        start_project(tmp_path / "file")
    assert (tmp_path / "file").read_text("utf-8") == "mine"
    (tmp_path / "empty").mkdir()
    assert main(["start", str(tmp_path / "empty")]) == 0
    assert (tmp_path / "empty" / "batch.yaml").is_file()
    assert "fltoolkit estimate data_samples/norvia_lfs_2025/survey.yaml" in capsys.readouterr().out
