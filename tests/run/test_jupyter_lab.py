"""Tests JupyterLab for a folder: its options, and that it ends with the command."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from fltoolkit.cli import main
from fltoolkit.errors import RequestError
from fltoolkit.run import jupyter
from fltoolkit.run.jupyter import lab_call, open_lab, run_until_stopped


def test_it_opens_at_the_notebooks_of_a_folder_that_has_any(tmp_path: Path) -> None:
    assert not [option for option in lab_call(tmp_path, []) if "default_url" in option]
    (tmp_path / "notebooks").mkdir()
    call = lab_call(tmp_path, ["--no-browser"])
    assert call[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path}" in call
    assert "--LabApp.default_url=/lab/tree/notebooks" in call
    assert call[-1] == "--no-browser"


def test_the_part_that_asks_for_news_is_off_by_an_option_that_exists(tmp_path: Path) -> None:
    """JupyterLab passes over an option that it does not know, and over a folder that is not there."""
    from jupyterlab.labapp import LabApp
    from jupyterlab_server.config import get_page_config

    app = LabApp()
    app.parse_command_line(lab_call(tmp_path, [])[3:])
    assert get_page_config([], app.app_settings_dir)["disabledExtensions"] == [
        "@jupyterlab/apputils-extension:announcements"
    ]


def test_the_command_opens_the_working_folder_or_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(
        jupyter, "run_until_stopped", lambda call, environment: called.append(list(call)) or 0
    )
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--jupyter=--no-browser", "--jupyter=--port=8889"]) == 0
    (tmp_path / "deep").mkdir()
    assert main(["lab", "deep"]) == 0
    assert [next(o for o in call if "root_dir" in o) for call in called] == [
        f"--ServerApp.root_dir={folder}" for folder in (tmp_path, tmp_path / "deep")
    ]
    assert called[0][-2:] == ["--no-browser", "--port=8889"]


def test_a_folder_that_is_not_there_is_told_with_what_makes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", str(tmp_path / "gone")]) == 2
    told = capsys.readouterr().err
    assert "there is no such folder" in told
    assert "fltoolkit start FOLDER" in told


def test_root_is_told_what_to_do_and_may_confirm_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(
        jupyter, "run_until_stopped", lambda call, environment: called.append(list(call)) or 0
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert main(["lab", str(tmp_path)]) == 2
    assert not called
    assert "--jupyter=--allow-root" in capsys.readouterr().err
    assert main(["lab", str(tmp_path), "--jupyter=--allow-root"]) == 0
    assert called[0][-1] == "--allow-root"


def test_without_jupyterlab_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r'pip install "fltoolkit\[all\]"'):
        open_lab(tmp_path)


def test_it_gives_how_the_server_ended() -> None:
    assert run_until_stopped([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3


@pytest.mark.skipif(os.name != "posix", reason="a signal to this process")
def test_a_request_to_end_ends_the_server_too(tmp_path: Path) -> None:
    started = tmp_path / "started"
    code = (
        f"import os, pathlib, time; pathlib.Path({str(started)!r}).write_text(str(os.getpid())); "
        "time.sleep(60)"
    )

    def ask() -> None:
        while not (started.is_file() and started.read_text()):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=ask, daemon=True).start()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        run_until_stopped([sys.executable, "-c", code], os.environ)
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
