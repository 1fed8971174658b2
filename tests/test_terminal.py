"""Tests what the kit prints: whole lines in every terminal, and the command line in the usual terminals."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import small_country as country

from fltoolkit.terminal import say

HOUSE = Path(__file__).parents[1]


class Terminal(io.StringIO):
    """Takes a text in two parts, as a slow one would, and remembers how often it was written to."""

    encoding = "ascii"  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def write(self, text: str) -> int:
        self.texts.append(text)
        return len(text)


class Gone(Terminal):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_line_is_written_once_with_its_end_and_letters_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    say("Enquête …\nzwei")
    assert terminal.texts == ["Enqu?te ?\nzwei\n"]


def test_two_workers_never_share_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    workers = [
        threading.Thread(target=lambda name=name: [say(name * 30) for _ in range(300)]) for name in "abcd"
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(terminal.texts) == 1200
    assert all(re.fullmatch(r"(.)\1{29}\n", text) for text in terminal.texts)


@pytest.mark.parametrize("terminal", [None, Gone()])
def test_a_terminal_that_is_gone_stops_nothing(
    terminal: Terminal | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal)
    say("done")


# ---------------------------------------------------------------------------------------------------- real pr


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> str:
    spec = country.changed(country.ONE_NUMBER, title="Enquête “2025” – première")
    return str(country.write(tmp_path_factory.mktemp("survey"), spec))


TERMINALS = {
    "a narrow code page": ("{run}", {"PYTHONIOENCODING": "cp1252:strict"}),
    "no language": ("{run}", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "a reader that has gone": ("{run} | true", {}),
    "closed": ("{run} >&- 2>&-", {}),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell")
@pytest.mark.parametrize("name", TERMINALS)
def test_no_terminal_stops_a_command(name: str, survey: str) -> None:
    shell, more = TERMINALS[name]
    run = f"{sys.executable} -m fltoolkit.cli check '{survey}'"
    command = f"set -o pipefail; {shell.format(run=run)}"
    environment = {**os.environ, "PYTHONPATH": str(HOUSE), "OPENBLAS_NUM_THREADS": "1", **more}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell")
@pytest.mark.parametrize(
    "command", ["check '{}'", "--help", "check --help", "schema '{}-schemas'", "nap check '{}'"]
)
def test_output_on_a_full_disk_is_not_success(command: str, survey: str) -> None:
    path = Path(survey).with_name("nap.yaml") if command.startswith("nap") else survey
    run = f"{sys.executable} -m fltoolkit.cli {command.format(path)} > /dev/full"
    environment = {**os.environ, "PYTHONPATH": str(HOUSE), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(["bash", "-c", run], env=environment, capture_output=True, timeout=120, check=False)
    prints = not command.startswith("schema")  # which prints nothing, so nothing is lost
    assert done.returncode == int(prints)
    assert done.stderr.decode().count("\n") == int(prints)
    assert ("the disk is full" in done.stderr.decode()) is prints
