"""Tests the wheel in an empty environment, outside any checkout: what a new user does on the first day.

`make test-wheel` runs it; pip fetches what requirements.lock names. PYTHONS="python3.11 python3.13" names the
interpreters.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(1500)]
HOUSE = Path(__file__).parents[1]
PYTHONS = os.environ.get("PYTHONS", "").split() or [sys.executable]
SAMPLE = "data_samples/norvia_lfs_2025"
AS_ROOT = ["--jupyter=--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and its extra `all`, a project that it laid out, and what a bare
    install said."""

    scripts: Path
    project: Path
    bare: subprocess.CompletedProcess[str]
    times: dict[str, float]
    surroundings: dict[str, str]

    def run(self, *words: str, ends: int = 0, of: str = "fltoolkit", at: Path | None = None) -> str:
        """Run a command of the environment in the project, or in the folder `at`; gives what it said."""
        call = [str(self.scripts / of), *words]
        found = subprocess.run(
            call, cwd=at or self.project, env=self.surroundings, capture_output=True, text=True
        )
        assert found.returncode == ends, found.stdout + found.stderr
        return found.stdout + found.stderr


def constraints() -> str:
    """requirements.lock as pip takes it for constraints: without hashes, and without the extras of a pin."""
    lines = re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?(==[^\s;]+)\s*(;[^\\\n]*)?",
        (HOUSE / "requirements.lock").read_text("utf-8"),
        re.M,
    )
    return "".join(f"{name}{version} {marker}\n" for name, version, marker in lines)


def pip(python: Path, folder: Path, *wanted: str) -> None:
    call = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        str(folder / "constraints.txt"),
    ]
    found = subprocess.run(
        [*call, *wanted], cwd=folder, env=without_this_python(), capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr


def without_this_python() -> dict[str, str]:
    """This process's surroundings, without what points to its Python."""
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV", "JUPYTER", "COV"))
    }


@pytest.fixture(scope="module", params=PYTHONS)
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("empty")
    (wheel,) = WheelBuilder(str(HOUSE)).build(directory=str(folder), versions=["standard"])
    (folder / "constraints.txt").write_text(constraints(), "utf-8")
    subprocess.run([request.param, "-m", "venv", str(folder / "venv")], env=without_this_python(), check=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    begin = time.monotonic()
    pip(scripts / "python", folder, wheel)
    surroundings = {**without_this_python(), "HOME": str(folder)}
    call = [str(scripts / "fltoolkit"), "estimate", str(HOUSE / SAMPLE / "survey.yaml")]
    bare = subprocess.run(call, cwd=folder, env=surroundings, capture_output=True, text=True)
    pip(scripts / "python", folder, f"{wheel}[all]")
    times = {"begin": begin, "installed": time.monotonic(), "MB": Path(wheel).stat().st_size / 1e6}
    made = Installed(scripts, folder / "my_project", bare, times, surroundings)
    made.run("start", "my_project", at=folder)
    return made


def test_a_bare_install_says_what_it_lacks(installed: Installed) -> None:
    assert installed.bare.returncode == 2
    assert 'pip install "fltoolkit[all]"' in installed.bare.stderr


def test_a_first_check_and_a_first_estimate_give_rs_headline(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no errors" in installed.run("check", f"{SAMPLE}/survey.yaml")
    checked = time.monotonic()
    installed.run("estimate", f"{SAMPLE}/survey.yaml")
    estimated, begin = time.monotonic(), installed.times["begin"]
    assert (installed.project / "outputs" / "index.html").is_file()
    table = pd.read_csv(
        installed.project / "outputs" / "norvia_lfs_2025" / "estimates.csv",
        keep_default_na=False,
        na_values=[""],
    )
    head = table[
        (table["measure"] == "prevalence")
        & table["breakdown"].isna()
        & (table["reference_population"] == "adults")
    ].iloc[0]
    records = json.loads((HOUSE / "tests" / "golden" / "norvia.json").read_text("utf-8"))["records"]
    (record,) = [r for r in records if r["id"] == "norvia-adults-prevalence-overall+sex"]
    for column in ("estimate", "ci_low", "ci_high"):
        assert head[column] == pytest.approx(
            record["numbers"][0][column], abs=0.00005
        )  # what leaves is rounded to 0.1 per 1,000
    with capsys.disabled():
        print(
            f"\n{installed.run('--version', of='python').strip()}: wheel {installed.times['MB']:.2f} MB; "
            "after the start of pip install: "
            f"installed {installed.times['installed'] - begin:.0f} s, first check {checked - begin:.0f} s, "
            f"first estimate {estimated - begin:.0f} s"
        )


def test_the_help_and_the_project_are_whole(installed: Installed) -> None:
    assert "start" in installed.run("--help")
    assert {path.name for path in installed.project.iterdir()} >= {
        "README.md",
        "batch.yaml",
        "notebooks",
        "data_samples",
        "docs",
    }
    assert "the folder is not empty; nothing was written" in installed.run(
        "start", "my_project", ends=2, at=installed.project.parent
    )
    installed.run("questionnaire", "docs/questionnaire")
    installed.run("nap", "check", f"{SAMPLE}/nap.yaml")


def test_the_projects_batch_leaves_all_four_notebooks(installed: Installed) -> None:
    installed.run("batch", "batch.yaml", "--workers", "1")
    left = {path.name for path in (installed.project / "outputs" / "norvia_lfs_2025").iterdir()}
    assert {
        "1_survey.html",
        "2_classify.html",
        "3_estimate.html",
        "4_nap.html",
        "nap_workbook.xlsx",
        "run.json",
    } <= left
    assert "current, skipped" in installed.run("batch", "batch.yaml", "--resume")
    pages = [path.read_text("utf-8") for path in (installed.project / "outputs").rglob("*.html")]
    assert not [text for text in pages if str(installed.scripts.parent) in text]


def test_notebooks_find_a_sample_wherever_they_run_and_a_path_from_there(
    installed: Installed, tmp_path: Path
) -> None:
    notebooks = installed.project / "notebooks"
    for path in (notebooks / "teaching" / "1_definition.ipynb", notebooks / "1_survey.ipynb"):
        installed.run(str(path), str(tmp_path / path.name), of="papermill", at=tmp_path)
    assert "Norvia" in (tmp_path / "1_survey.ipynb").read_text("utf-8")
    call = ["notebooks/1_survey.ipynb", str(tmp_path / "own.ipynb"), "-p", "survey"]
    installed.run(*call, "data_samples/valdorie_enquete_2025/survey.yaml", of="papermill")
    assert "Valdorie" in (tmp_path / "own.ipynb").read_text("utf-8")
    assert "there is no such file" in installed.run(*call, "my_survey/survey.yaml", of="papermill", ends=1)


@contextmanager
def served(installed: Installed, *words: str) -> Iterator[int]:
    """A server that the command starts, asked to end afterwards; gives its port."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    call = [str(installed.scripts / "fltoolkit"), *[word.format(port=port) for word in words], *AS_ROOT]
    surroundings = {**installed.surroundings, "JUPYTER_TOKEN": "known"}
    server = subprocess.Popen(
        call, cwd=installed.project, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    with pytest.raises(OSError, match="refused"):
        ask(f"http://localhost:{port}/api", patience=0)


def ask(address: str, patience: float = 60) -> str:
    """What a server answers, which may still be starting."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(OSError):
            return urllib.request.urlopen(address, timeout=10).read().decode("utf-8")
        time.sleep(0.3)
    return str(urllib.request.urlopen(address, timeout=10).read().decode("utf-8"))


def test_lab_serves_the_project_asks_for_no_news_and_ends(installed: Installed) -> None:
    with served(installed, "lab", "--jupyter=--no-browser", "--jupyter=--ServerApp.port={port}") as port:
        page = ask(f"http://localhost:{port}/lab/tree/notebooks?token=known")
        off = json.loads(page.split('type="application/json">')[1].split("</script>")[0])[
            "disabledExtensions"
        ]
        assert "@jupyterlab/apputils-extension:announcements" in off
        names = {
            entry["name"]
            for entry in json.loads(ask(f"http://localhost:{port}/api/contents/notebooks?token=known"))[
                "content"
            ]
        }
    assert {"1_survey.ipynb", "teaching"} <= names


def test_a_class_is_served_and_ends(installed: Installed) -> None:
    with served(installed, "class", "my_class", "--learners", "2", "--port", "{port}") as port:
        ask(f"http://localhost:{port}/api")
        first = (installed.project / "my_class" / "links.txt").read_text("utf-8").splitlines()[0]
        page = ask(first)  # without code: it leads to the four lessons
        assert "open your own link again" in page
        assert page.count(".ipynb") >= 4
    handed = {path.name for path in (installed.project / "my_class" / "room" / "learner_02").iterdir()}
    assert {"1_definition.ipynb", "glossary.md"} <= handed
