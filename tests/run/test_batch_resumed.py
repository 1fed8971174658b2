"""Tests a batch that is stopped, killed or repeated: results are complete or absent, and only results that
are not current are made again.

Two tests run and kill a real batch. The others replace the kernels, and end at every step of the file system
in turn.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import small_country as country
import yaml
from handed import evidence
from killed_batch import copied, quiet, tree

from fltoolkit.errors import BatchError
from fltoolkit.report.table_files import write_workbook
from fltoolkit.run import batch, run_record
from fltoolkit.run.batch import BatchOptions, run_batch, run_surveys
from fltoolkit.run.batch_file import Run, make_run
from fltoolkit.run.jupyter import Kernel
from fltoolkit.run.output_folders import finish_interrupted, locked
from fltoolkit.run.workers import RunEnd, Stopped

HOUSE = Path(__file__).parents[2]


def write_batch(folder: Path, *names: str, short: str = "") -> Path:
    """A batch of small countries, one a name; that named `short` asks for one number."""
    for name in names:
        survey = country.ONE_NUMBER if name == short else country.SURVEY
        country.write(folder / name, country.changed(survey, title=f"Country {name}"))
    path = folder / "batch.yaml"
    content = {"outputs": "out", "surveys": [{"survey": f"{name}/survey.yaml"} for name in names]}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def stand_in(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
    """Instead of a kernel: writes an executed notebook, and the numbers."""
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), work / f"{name}.ipynb")
    if name == "3_estimate":
        (work / "estimates.csv").write_text(country.published().table.to_csv(index=False), encoding="utf-8")


Execute = Callable[[str, Path, dict[str, Any], Any], None]
Stand = Callable[[Execute], None]


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Put something in the place of the kernels and the pages."""

    def put(execute: Execute) -> None:
        monkeypatch.setattr(batch, "_execute", execute)
        monkeypatch.setattr(batch, "page", copied)

    return put


@pytest.fixture
def calls(stand: Stand) -> list[str]:
    """The surveys whose first notebook was run, by a stand-in for the kernels."""
    seen: list[str] = []

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        if name == "1_survey":
            seen.append(Path(parameters["survey"]).parent.name)
        stand_in(name, work, parameters, kernel)

    stand(execute)
    return seen


# ------------------------------------------------------------------------------------------------------- what


def test_what_is_current_is_skipped_and_still_in_the_index(tmp_path: Path, calls: list[str]) -> None:
    path, said = write_batch(tmp_path, "a", "b"), list[str]()
    assert run_batch(path, say=quiet)
    before = tree(tmp_path / "out")
    assert run_batch(path, resume=True, say=said.append)
    assert sorted(calls) == ["a", "b"]
    assert tree(tmp_path / "out") == before
    assert {line.split(" (")[0] for line in said[:-1]} == {"a: current, skipped", "b: current, skipped"}
    assert said[-1].startswith("0 passed, 0 failed, 2 skipped: open ")
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Country a" in html
    assert "Country b" in html


def test_without_resume_everything_runs_again(tmp_path: Path, calls: list[str]) -> None:
    path = write_batch(tmp_path, "a")
    run_batch(path, say=quiet)
    run_batch(path, say=quiet)
    assert calls == ["a", "a"]


Change = Callable[[Path, pytest.MonkeyPatch], object]


def append(name: str) -> Change:
    """One more line break at the end of a file."""

    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")

    return change


def parameter(folder: Path, _: pytest.MonkeyPatch) -> None:
    content = yaml.safe_load((folder / "batch.yaml").read_text(encoding="utf-8"))
    content["surveys"][0]["parameters"] = {"profile": "profile.yaml"}
    (folder / "batch.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.copy(
        HOUSE / "fltoolkit" / "publish" / "publication_profiles" / "fltoolkit.yaml",
        folder / "a" / "profile.yaml",
    )


def failed(folder: Path, _: pytest.MonkeyPatch) -> None:
    path = folder / "out" / "a" / "run.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"complete"', '"failed"'), encoding="utf-8")


CHANGES: dict[str, Change] = {
    "survey.yaml changed": append("a/survey.yaml"),
    "persons.csv changed": append("a/persons.csv"),
    "profile.yaml changed": parameter,
    "parameters of 1_survey": lambda folder, _: move_outputs(folder),
    "the code changed": lambda _, patch: patch.setattr(run_record, "code_hash", lambda: "another"),
    "another version of numpy": lambda _, patch: patch.setattr(
        run_record, "version", lambda n: "0" if n == "numpy" else REAL(n)
    ),
    "estimates.csv changed after the run": append("out/a/estimates.csv"),
    "1_survey.ipynb changed after the run": append("out/a/1_survey.ipynb"),
    "3_estimate.html changed after the run": lambda folder, _: (
        folder / "out" / "a" / "3_estimate.html"
    ).unlink(),
    "there is no run.json": lambda folder, _: (folder / "out" / "a" / "run.json").write_text(
        "{", encoding="utf-8"
    ),
    "it failed": failed,
    "the latest run failed": lambda folder, _: (folder / "out" / "a.failed").mkdir(),
}
REAL = run_record.version


def move_outputs(folder: Path) -> None:
    """The same results one folder deeper: the paths in the notebooks no longer lead to the survey."""
    content = yaml.safe_load((folder / "batch.yaml").read_text(encoding="utf-8"))
    (folder / "batch.yaml").write_text(yaml.safe_dump({**content, "outputs": "deep/out"}), encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "out").rename(folder / "deep" / "out")


@pytest.mark.thorough("twelve batches")
@pytest.mark.parametrize(("reason", "change"), CHANGES.items(), ids=CHANGES)
def test_what_changed_is_done_again_and_the_reason_told(
    tmp_path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch, reason: str, change: Change
) -> None:
    path, said = write_batch(tmp_path, "a", "b"), list[str]()
    assert run_batch(path, say=quiet)
    calls.clear()
    change(tmp_path, monkeypatch)
    assert run_batch(path, resume=True, say=said.append)
    everywhere = reason.startswith(("the code", "another version", "parameters of"))
    assert sorted(calls) == (["a", "b"] if everywhere else ["a"])
    assert any(line.startswith(f"a: runs again, because {reason}") for line in said), said
    assert run_batch(path, resume=True, say=quiet)
    assert sorted(calls) == (["a", "b"] if everywhere else ["a"])


def test_a_file_of_parameters_is_an_input(
    tmp_path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_batch(tmp_path, "a")
    parameter(tmp_path, monkeypatch)
    assert run_batch(path, say=quiet)
    append("a/profile.yaml")(tmp_path, monkeypatch)
    assert run_batch(path, resume=True, say=quiet)
    assert calls == ["a", "a"]


def test_a_plan_is_an_input(tmp_path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    survey = country.write(tmp_path / "a")
    runs = [make_run(survey, survey.with_name("nap.yaml"))]
    run_surveys(runs, tmp_path / "out", say=quiet)
    append("a/nap.yaml")(tmp_path, monkeypatch)
    run_surveys(runs, tmp_path / "out", BatchOptions(resume=True), say=quiet)
    run_surveys(runs, tmp_path / "out", BatchOptions(resume=True), say=quiet)
    assert calls == ["a", "a"]


def test_an_input_that_changes_while_it_is_read_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stand: Stand
) -> None:
    path, said = write_batch(tmp_path, "a"), list[str]()

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        stand_in(name, work, parameters, kernel)
        if name == "2_classify":
            append("a/persons.csv")(tmp_path, monkeypatch)

    stand(execute)
    assert not run_batch(path, say=said.append)
    assert "a: failed: a: a file changed while it was read" in "\n".join(said)
    assert not (tmp_path / "out" / "a" / "estimates.csv").exists()


def test_restricted_numbers_of_before_are_not_kept_among_the_outputs_and_that_is_told(
    tmp_path: Path, calls: list[str]
) -> None:
    path, said = write_batch(tmp_path, "a"), list[str]()
    run_batch(path, say=quiet)
    kept = tmp_path / "out" / "a" / "restricted" / "estimates_full.csv"
    kept.parent.mkdir()
    kept.write_text("x", encoding="utf-8")
    run_batch(path, resume=True, say=said.append)
    assert kept.exists()
    run_batch(path, say=said.append)
    assert not kept.parent.exists()
    (told,) = [line for line in said if "restricted/" in line]
    assert told.startswith("a: restricted/ is not kept among the outputs; ")
    assert calls == ["a", "a"]


def test_a_scratch_file_of_the_database_never_comes_among_the_results(tmp_path: Path, stand: Stand) -> None:
    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        stand_in(name, work, parameters, kernel)
        (work / ".tmp").mkdir(exist_ok=True)
        (work / ".tmp" / "duckdb_temp_storage.tmp").write_text("persons", encoding="utf-8")

    stand(execute)
    assert run_batch(write_batch(tmp_path, "a"), say=quiet)
    assert not (tmp_path / "out" / "a" / ".tmp").exists()


# ------------------------------------------------------------------------------------------------------------


def surveys(folder: Path, *names: str) -> dict[str, Run]:
    write_batch(folder, *names)
    return {name: make_run(folder / name / "survey.yaml", None) for name in names}


def test_the_index_of_a_batch_has_its_surveys_and_no_other(tmp_path: Path, calls: list[str]) -> None:
    runs = surveys(tmp_path, "a", "b")
    run_surveys([runs["a"], runs["b"]], tmp_path / "out", say=quiet)
    run_surveys([runs["b"]], tmp_path / "out", say=quiet)
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Country b" in html
    assert "Country a" not in html


def test_one_survey_by_itself_leaves_the_others_in_the_index_unless_their_numbers_were_altered(
    tmp_path: Path, calls: list[str]
) -> None:
    runs = surveys(tmp_path, "a", "b", "c")
    run_surveys(list(runs.values()), tmp_path / "out", say=quiet)
    (tmp_path / "out" / "c" / "estimates.csv").write_text("edited", encoding="utf-8")
    run_surveys([runs["b"]], tmp_path / "out", BatchOptions(keep_others=True), say=quiet)
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert [f"Country {name}" in html for name in "abc"] == [True, True, False]


# --------------------------------------------------------------------------------------------------- one batc


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the block, however that ends."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HOUSE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(there: Callable[[], object]) -> None:
    """Wait until something is there; two minutes at most."""
    end = time.monotonic() + 120
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)  # each look goes through all processes, and takes the time of what is waited for


HOLD = """
import sys, time
from pathlib import Path
from fltoolkit.run.output_folders import locked, finish_interrupted

with locked(Path(sys.argv[1])):
    time.sleep(60)
"""


def test_a_folder_that_another_process_holds_is_refused_and_free_once_it_is_killed(
    tmp_path: Path, calls: list[str]
) -> None:
    runs = surveys(tmp_path, "a")
    lock = tmp_path / "out" / ".lock"
    with started([sys.executable, "-c", HOLD, str(tmp_path / "out")]) as other:
        until(lambda: lock.exists() and lock.read_text().startswith(f"process {other.pid} "))
        work = tmp_path / "out" / ".work-a-x"
        work.mkdir()
        with pytest.raises(
            BatchError, match=f"another batch is at work in this folder\n  found:   process {other.pid}"
        ):
            run_surveys(list(runs.values()), tmp_path / "out", say=quiet)
        assert work.is_dir()
    assert run_surveys(list(runs.values()), tmp_path / "out", say=quiet)
    assert not work.exists()


def test_surveys_of_a_batch_run_one_by_one_beside_each_other_and_the_batch_then_writes_the_index(
    tmp_path: Path, calls: list[str]
) -> None:
    path, out, names = write_batch(tmp_path, "a", "a-b", "c"), tmp_path / "out", ("a", "a-b", "c")
    for name in names:
        (out / f".work-{name}-abcdefgh").mkdir(parents=True)
    with locked(out, "a-b"):
        assert run_batch(path, only="a", say=quiet)
        assert {p.name for p in out.iterdir()} == {
            ".lock",
            ".lock-a",
            ".lock-a-b",
            ".work-a-b-abcdefgh",
            ".work-c-abcdefgh",
            "a",
        }
        for refused in ({"only": "a-b"}, {}):
            with pytest.raises(BatchError, match="another batch is at work in this folder"):
                run_batch(path, say=quiet, **refused)
    assert run_batch(path, only="a-b", resume=True, say=quiet)
    assert run_batch(path, resume=True, say=quiet)
    assert calls == ["a", "a-b", "c"]
    assert {p.name for p in out.iterdir()} - {".lock", *(f".lock-{name}" for name in names)} == {
        *names,
        "assets",
        "index.html",
    }
    html = (out / "index.html").read_text("utf-8")
    assert all(f"Country {name}" in html for name in names)


def test_a_survey_that_the_batch_does_not_have_is_told_with_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="found:   d\n  allowed: a, b"):
        run_batch(write_batch(tmp_path, "a", "b"), only="d", say=quiet)


def test_who_works_for_a_batch_that_lost_the_folder_can_tell_and_puts_nothing_in_place(
    tmp_path: Path, stand: Stand
) -> None:
    path, out, said = write_batch(tmp_path, "a"), tmp_path / "out", list[str]()
    with locked(out) as first:
        assert not first.is_set()
    with locked(out) as second:
        assert first.is_set()
        assert not second.is_set()
    assert second.is_set()

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        stand_in(name, work, parameters, kernel)
        if name == "3_estimate":
            finish_interrupted(out)  # as the batch does that comes after

    stand(execute)
    assert not run_batch(path, say=said.append)
    assert {path.name for path in out.iterdir()} == {".lock", "a.failed", "assets", "index.html"}
    assert any(line.startswith("a: failed: a: files cannot be read or written") for line in said), said


def test_a_survey_that_is_stopped_where_it_runs_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stand: Stand
) -> None:
    path, said = write_batch(tmp_path, "a", "b"), list[str]()
    real = batch.run_survey

    def run_survey(run: Run, outputs: Path, **named: Any) -> RunEnd:
        if run.name == "a":
            raise Stopped
        return real(run, outputs, **named)

    stand(stand_in)
    monkeypatch.setattr(batch, "run_survey", run_survey)
    assert not run_batch(path, say=said.append)
    assert any(
        line.startswith(
            "a: failed: a: the survey was stopped, because its worker could not see the folder of results"
        )
        for line in said
    )
    assert said[-1].startswith("1 passed, 1 failed, 0 skipped")


# ---------------------------------------------------------------------------------------------------- killed


@pytest.mark.thorough("kills a batch at each of its steps")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_step_results_are_the_old_or_the_new_and_the_next_run_makes_good(
    tmp_path: Path,
) -> None:
    """The killing is done by a process of its own: this one has threads (the database's, the test runner's),
    and may not fork."""
    write_batch(tmp_path, "a", "b")
    table = country.published().table
    table[table["breakdown"] == ""].to_csv(
        tmp_path / "estimates.csv", index=False
    )  # what the index reads, which is written each time
    told = tmp_path / "told.txt"  # a file, not a pipe, which a child that is left over would keep open
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HOUSE)}
    with told.open("w") as file:
        command = [sys.executable, str(HOUSE / "tests" / "killed_batch.py"), str(tmp_path)]
        done = subprocess.run(command, stdout=file, stderr=file, env=alone, timeout=200, check=False)
    assert done.returncode == 0, told.read_text()
    assert told.read_text().startswith("killed at ")


# ---------------------------------------------------------------------------------------------------------- s


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals to a thread")
def test_stopped_by_hand_it_says_what_is_finished_and_leaves_nothing_else(
    tmp_path: Path, stand: Stand
) -> None:
    runs, out, said = surveys(tmp_path, "a", "b", "c"), tmp_path / "out", list[str]()

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: Kernel) -> None:
        stand_in(name, work, parameters, kernel)
        if "b/" in parameters["survey"] and name == "2_classify":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            until(kernel._stop.is_set)  # a real one is killed then
            raise RuntimeError("Kernel died")

    stand(execute)
    with pytest.raises(KeyboardInterrupt):
        run_surveys(list(runs.values()), out, BatchOptions(workers=1), say=said.append)
    assert {path.name for path in out.iterdir()} == {".lock", "a", "assets", "index.html"}
    assert said[-1] == "stopped; finished: a (1 of 3). A batch goes on with --resume."
    assert "Country a" in (out / "index.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- real kerne


def start(path: Path, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
    return started([sys.executable, "-m", "fltoolkit.cli", "batch", str(path), "--workers", "1", *arguments])


def kernels(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of two surveys."""
    folder = tmp_path_factory.mktemp("killed")
    write_batch(folder, "a", "b", short="b")
    return folder


@pytest.mark.thorough("runs a batch of several surveys twice")
@pytest.mark.no_cover  # the lines it runs are covered by others
def test_a_batch_killed_in_mid_run_and_resumed_is_byte_for_byte_one_that_was_not(place: Path) -> None:
    path, out = place / "batch.yaml", place / "out"
    assert run_batch(path, workers=2, say=quiet)
    undisturbed = tree(out)
    shutil.rmtree(out)

    with start(path) as process:  # in the second notebook of the first survey
        until(lambda: list(out.glob(".work-a-*/2_classify.ipynb")) and kernels(process))
        running = kernels(process)
        process.kill()
    assert {p.name for p in out.iterdir()} - {".lock", "assets"} == {p.name for p in out.glob(".work-a-*")}
    assert not psutil.wait_procs(running, timeout=30)[1], "kernels outlived their batch"

    with start(path, "--resume") as process:  # as soon as the first survey is in place
        until(lambda: (out / "a").exists())
        process.kill()
    assert {k: v for k, v in tree(out).items() if k.startswith("a/")} == {
        k: v for k, v in undisturbed.items() if k.startswith("a/")
    }

    with start(path, "--resume") as process:
        told = process.communicate(timeout=120)[0]
    assert process.returncode == 0
    assert "a: current, skipped" in told
    assert "1 passed, 0 failed, 1 skipped" in told
    assert tree(out) == undisturbed


# Where this process hears no hangup (nohup), neither does a batch that it starts.
HANGUP = (
    signal.SIGTERM if os.name == "nt" or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN else signal.SIGHUP
)
MOMENTS = {
    "as the kernel starts": (signal.SIGINT, ".work-a-*"),
    "in the first notebook": (signal.SIGTERM, ".work-a-*/1_survey.ipynb"),
    "as the second starts": (HANGUP, ".work-a-*/1_survey.html"),
}


def of_surveys(out: Path) -> dict[str, bytes]:
    """What there is of the surveys: the front page and its script, which also a batch that ends leaves,
    aside."""
    return {
        name: content
        for name, content in tree(out).items()
        if name != "index.html" and not name.startswith("assets/")
    }


@pytest.mark.thorough("ends batches in three ways")
@pytest.mark.parametrize("moment", MOMENTS)
def test_asked_to_end_a_batch_ends_soon_with_its_kernels_and_leaves_what_was_there(
    place: Path, moment: str
) -> None:
    path, out, (number, there) = place / "batch.yaml", place / "out", MOMENTS[moment]
    before = of_surveys(out)
    with start(path) as process:
        until(lambda: list(out.glob(there)) and kernels(process))
        running = kernels(process)
        process.send_signal(number)
        asked = time.monotonic()
        told = process.communicate(timeout=60)[0]
    assert time.monotonic() - asked < 10  # five, on a machine that does nothing else
    assert process.returncode == 130
    assert told.splitlines()[-1] == "stopped; finished: none (0 of 2). A batch goes on with --resume."
    assert "Traceback" not in told
    assert not psutil.wait_procs(running, timeout=30)[1]
    assert of_surveys(out) == before


@pytest.mark.thorough("writes workbooks in two processes")
def test_the_same_evidence_is_the_same_workbook_to_the_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_workbook(evidence(), tmp_path / name)
        time.sleep(1.1)  # a workbook's own time counts seconds
    assert (tmp_path / "one" / "nap_workbook.xlsx").read_bytes() == (
        tmp_path / "two" / "nap_workbook.xlsx"
    ).read_bytes()
