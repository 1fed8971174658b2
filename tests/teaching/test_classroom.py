"""Tests a class on one machine: its folders, the server's options, and that nothing is lost, fetched or given
to others."""

from __future__ import annotations

import json
import re
import socket
import stat
from pathlib import Path
from typing import Any

import nbformat
import pytest

from fltoolkit import cli
from fltoolkit.errors import RequestError
from fltoolkit.shipped_files import notebook_folder, shipped_folder
from fltoolkit.teaching import classroom

LESSONS = {p.name for p in (notebook_folder() / "teaching").glob("*.ipynb")}
HANDED = {*LESSONS, "glossary.md", "start.html"}


def test_each_learner_has_the_lessons_and_neither_answers_nor_trainers_notes(tmp_path: Path) -> None:
    made = classroom.prepare(tmp_path, 3)
    assert [own.name for own in made] == ["learner_01", "learner_02", "learner_03"]
    for own in made:
        assert {p.name for p in own.iterdir()} == HANDED
        assert not any(
            cell.get("outputs") for p in own.glob("*.ipynb") for cell in nbformat.read(p, 4).cells
        )  # they show what is to be guessed
    assert len(LESSONS) >= 4
    assert {p.name for p in tmp_path.iterdir()} == {
        "room",
        "settings",
    }  # a sample goes by its name: the lessons need no copy
    assert {p.name for p in (tmp_path / "room").iterdir()} == {own.name for own in made}


def test_a_learners_copy_has_its_controls_on_its_code_hidden_and_goes_on_after_a_cell_that_fails(
    tmp_path: Path,
) -> None:
    (own,) = classroom.prepare(tmp_path, 1)
    for path in own.glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        assert all(cell.metadata["jupyter"]["source_hidden"] for cell in cells)
        assert all("raises-exception" in cell.metadata["tags"] for cell in cells)
        assert "interactive: bool = True" in cells[0].source
        assert "parameters" in cells[0].metadata["tags"]


def test_every_link_of_a_lesson_leads_to_a_file_that_its_learner_is_shown(tmp_path: Path) -> None:
    (own,) = classroom.prepare(tmp_path, 1)
    texts = [
        c.source for p in own.glob("*.ipynb") for c in nbformat.read(p, 4).cells if c.cell_type == "markdown"
    ]
    links = [link for text in texts for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert links == ["glossary.md"] * 3
    assert "forced labour" in (own / links[0]).read_text("utf-8")
    assert re.findall(r"\]\(", (own / links[0]).read_text("utf-8")) == []  # it leads nowhere else


def test_a_class_goes_on_where_it_stopped(tmp_path: Path) -> None:
    (own, *_) = classroom.prepare(tmp_path, 2)
    lesson = own / sorted(LESSONS)[0]
    lesson.write_text("my answers", encoding="utf-8")
    (own / sorted(LESSONS)[1]).unlink()
    assert len(classroom.prepare(tmp_path, 4)) == 4
    assert lesson.read_text("utf-8") == "my answers"
    assert {p.name for p in own.iterdir()} == HANDED


def test_a_class_of_none_or_of_hundreds_is_refused(tmp_path: Path) -> None:
    for wrong in (0, 100):
        with pytest.raises(RequestError, match="1 to 99 learners"):
            classroom.prepare(tmp_path, wrong)


def test_news_extensions_and_shared_links_are_turned_off(tmp_path: Path) -> None:
    classroom.prepare(tmp_path, 1)
    off = json.loads(
        (tmp_path / "settings" / "config" / "labconfig" / "page_config.json").read_text("utf-8")
    )["disabledExtensions"]
    assert all(off.values())
    assert {
        "@jupyterlab/apputils-extension:announcements",
        "@jupyterlab/filebrowser-extension:share-file",
    } <= off.keys()
    call, own = classroom.command(tmp_path, "localhost", 8888)
    assert own["JUPYTER_CONFIG_DIR"] == str(tmp_path / "settings" / "config")
    told = " ".join(call)
    assert "default-src 'self'" in told
    assert "http" not in told
    assert "--ServerApp.terminals_enabled=False" in call
    assert (
        "--PasswordIdentityProvider.allow_password_change=False" in call
    )  # a learner could lock the others out
    assert f"--ServerApp.root_dir={tmp_path / 'room'}" in call
    assert "token" not in told.lower()  # a list of processes would show it


class Server:
    """In place of a process."""

    seen: dict[str, Any]

    def __init__(self, call: list[str], env: dict[str, str]) -> None:
        Server.seen = {"call": call, "env": env, "ended": False}

    def wait(self) -> int:
        return 0

    def terminate(self) -> None:
        Server.seen["ended"] = True


def test_the_trainer_gets_a_link_a_learner_and_nobody_else_can_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("subprocess.Popen", Server)
    monkeypatch.setattr(classroom, "refuse_taken", lambda address, port: None)
    assert (
        cli.main(
            ["class", str(tmp_path / "c"), "--learners", "2", "--port", "8123", "--jupyter=--allow-root"]
        )
        == 0
    )
    lines = (tmp_path / "c" / "links.txt").read_text("utf-8").splitlines()
    token = Server.seen["env"]["JUPYTER_TOKEN"]
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines == [f"http://localhost:8123/files/learner_{i:02d}/start.html?token={token}" for i in (1, 2)]
    assert not [
        p for p in (tmp_path / "c" / "room").rglob("*") if p.is_file() and token in p.read_text("utf-8")
    ]
    assert stat.S_IMODE((tmp_path / "c" / "links.txt").stat().st_mode) == 0o600
    assert not list((tmp_path / "c" / "room").rglob("links.txt"))
    assert Server.seen["call"][-1] == "--allow-root"
    assert Server.seen["ended"]
    assert "Only this machine is served" in capsys.readouterr().out
    assert (
        cli.main(
            [
                "class",
                str(tmp_path / "c"),
                "--learners",
                "2",
                "--address",
                "192.0.2.7",
                "--jupyter=--allow-root",
            ]
        )
        == 0
    )
    assert Server.seen["env"]["JUPYTER_TOKEN"] != token
    assert "Only this machine" not in capsys.readouterr().out
    assert "--ServerApp.ip=192.0.2.7" in Server.seen["call"]


def test_a_class_at_a_port_that_is_taken_leaves_the_first_ones_links_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("subprocess.Popen", Server)
    (tmp_path / "links.txt").write_text("the links that learners hold", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        assert cli.main(["class", str(tmp_path), "--port", str(port), "--jupyter=--allow-root"]) == 2
    told = capsys.readouterr().err
    assert "something listens at that port already" in told
    assert f"--port {port + 1}" in told
    assert [p.name for p in tmp_path.iterdir()] == ["links.txt"]
    assert (tmp_path / "links.txt").read_text("utf-8") == "the links that learners hold"


@pytest.mark.parametrize(
    ("address", "port", "problem"),
    [
        ("192.0.2.7", 8123, "no such address"),
        ("no.such.machine.invalid", 8123, "no such address"),
        ("localhost", 0, "from 1 to 65535"),
    ],
)
def test_an_address_that_is_not_this_machines_is_named(address: str, port: int, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        classroom.refuse_taken(address, port)


def test_root_is_told_what_to_do_instead_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    assert cli.main(["class", str(tmp_path / "c")]) == 2
    assert "an account made for the class" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    classroom.refuse_root([])


def test_with_a_certificate_the_links_are_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", Server)
    monkeypatch.setattr(classroom, "refuse_taken", lambda address, port: None)
    certificate = (
        "--allow-root",
        "--ServerApp.certfile=/secret/room.pem",
        "--ServerApp.keyfile=/secret/room.key",
    )
    classroom.serve(tmp_path, 1, "192.0.2.7", 8888, certificate)
    assert (tmp_path / "links.txt").read_text("utf-8").startswith("https://192.0.2.7:8888/files/")


def test_every_option_that_the_class_or_its_page_names_exists() -> None:
    """JupyterLab passes over an option that it does not know: a certificate misspelt would leave the room in
    the clear."""
    from jupyter_client.manager import KernelManager
    from jupyter_server.auth.identity import PasswordIdentityProvider
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
    from jupyterlab.labapp import LabApp

    classes = {
        c.__name__: c
        for c in (KernelManager, LabApp, MappingKernelManager, PasswordIdentityProvider, ServerApp)
    }
    page = (shipped_folder("docs") / "class.md").read_text("utf-8")
    told = " ".join([page, *classroom.command(Path("class"), "localhost", 8888)[0]])
    named = re.findall(r"--(\w+)\.(\w+)=", told)
    assert {("ServerApp", "certfile"), ("ServerApp", "keyfile")} <= set(named)
    assert [f"{of}.{name}" for of, name in named if name not in classes[of].class_trait_names()] == []
