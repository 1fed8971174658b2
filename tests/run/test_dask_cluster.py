"""Tests a batch on a Dask cluster: a scheduler and two workers in separate processes, which may fail."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import distributed
import fsspec
import pytest
import small_country as country
import yaml
from dask_cluster import Dask, dask, homes, started, until
from distributed.scheduler import KilledWorker
from killed_batch import quiet, tree

from fltoolkit.cli import main
from fltoolkit.errors import BatchError, RequestError
from fltoolkit.run import dask_cluster, run_record
from fltoolkit.run.batch import run_batch
from fltoolkit.run.dask_cluster import WorkerNeeds, why_unable
from fltoolkit.run.output_folders import FolderLock, locked
from fltoolkit.run.remote_batch import run_stored

pytestmark = pytest.mark.no_cover  # workers are not traced, and what runs here is run elsewhere too


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    with dask(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of two surveys. Who is killed and when is tested here, not what is estimated."""
    folder = tmp_path_factory.mktemp("place")
    for name in "ab":
        country.write(folder / name, country.changed(country.ONE_NUMBER, title=f"Country {name}"))
    content = {"outputs": "out", "surveys": [{"survey": f"{name}/survey.yaml"} for name in "ab"]}
    (folder / "batch.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return folder


@pytest.fixture
def out(place: Path) -> Path:
    """Where results go: nothing is there."""
    shutil.rmtree(place / "out", ignore_errors=True)
    return place / "out"


@pytest.fixture(scope="module")
def undisturbed(place: Path) -> dict[str, bytes]:
    """What both surveys leave that threads run."""
    assert run_batch(place / "batch.yaml", say=quiet)
    return tree(place / "out")


def left(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


WHOLE = {".lock", "a", "assets", "b", "index.html"}


# ------------------------------------------------------------------------------------------------ real worker


@pytest.mark.thorough("a cluster whose workers are killed")
def test_a_worker_killed_in_mid_run_is_survived_and_its_survey_done_again(
    place: Path, undisturbed: dict[str, bytes], out: Path, office: Dask
) -> None:
    said = list[str]()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_batch, place / "batch.yaml", scheduler=office.address, say=said.append)
        until(lambda: running.done() or office.at_work("a"))
        office.at_work("a")[0].kill()
        assert running.result()
    assert tree(out) == undisturbed
    assert left(out) == WHOLE
    assert said.count("a: 1_survey") == 2
    assert said.count("b: 1_survey") == 1
    assert said[-1].startswith("2 passed, 0 failed, 0 skipped: open ")


@pytest.mark.thorough("a cluster whose main process is killed")
def test_where_the_main_process_was_killed_the_next_takes_over_and_nothing_is_half_written(
    place: Path, undisturbed: dict[str, bytes], out: Path, office: Dask, tmp_path: Path
) -> None:
    command = ("-m", "fltoolkit.cli", "batch", str(place / "batch.yaml"), "--scheduler", office.address)
    with started(*command, log=tmp_path / "first.log") as process:
        until(lambda: office.at_work("a") and office.at_work("b"))
        process.kill()
        process.wait()
    with started(*command, "--resume", log=tmp_path / "second.log") as process:
        assert process.wait(timeout=200) == 0, (tmp_path / "second.log").read_text()
    assert tree(out) == undisturbed
    assert left(out) == WHOLE


@pytest.mark.thorough("a cluster that is asked to end")
def test_asked_to_end_the_workers_end_their_kernels_and_leave_nothing(
    place: Path, out: Path, office: Dask, tmp_path: Path
) -> None:
    command = ("-m", "fltoolkit.cli", "batch", str(place / "batch.yaml"), "--scheduler", office.address)
    with started(*command, log=tmp_path / "log") as process:
        until(lambda: office.at_work("a"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=100) == 130
    told = (tmp_path / "log").read_text()
    assert told.splitlines()[-1] == "stopped; finished: none (0 of 2). A batch goes on with --resume."
    assert "Traceback" not in told
    assert left(out) == WHOLE - {"a", "b"}
    until(lambda: not any(homes(worker) for worker in office.workers()), 30)


@pytest.mark.thorough("a scheduler and two workers")
def test_a_batch_at_an_address_is_run_by_workers_that_share_no_folder(
    place: Path, out: Path, tmp_path: Path, office: Dask
) -> None:
    assert run_batch(place / "batch.yaml", only="a", say=quiet)
    shutil.copytree(place / "a", tmp_path / "a")
    content = {"outputs": "out", "surveys": [{"survey": "a/survey.yaml"}]}
    (tmp_path / "batch.yaml").write_text(yaml.safe_dump(content), "utf-8")
    assert run_stored(f"file://{tmp_path}/batch.yaml", scheduler=office.address, say=quiet)
    found = tree(tmp_path / "out")
    assert {k: v for k, v in found.items() if k.startswith("a/")} == tree(out)
    assert "index.html" in found


# -------------------------------------------------------------------------------------------- before anything


def needs(hold: FolderLock) -> WorkerNeeds:
    return WorkerNeeds(hold, (), run_record.code_hash(), run_record.versions())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"versions": {**run_record.versions(), "numpy": "1.0"}}, "another version of numpy ("),
        ({"code": "x"}, "other code of fltoolkit"),
        ({"files": (Path("nowhere/survey.yaml"),)}, "files are not there: nowhere"),
        (
            {"hold": FolderLock(Path("nowhere"), "me")},
            "the folder of results is not there, or another: nowhere",
        ),
        ({}, ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_process_that_cannot_do_the_work_says_why(
    tmp_path: Path, changed: dict[str, object], why: str
) -> None:
    with locked(tmp_path / "out") as hold:
        found = why_unable(dataclasses.replace(needs(hold), **changed))  # type: ignore[arg-type]
    assert found.startswith(why)
    assert bool(found) == bool(why)


def test_a_worker_that_does_not_see_the_folder_is_named_before_anything_runs(
    office: Dask, tmp_path: Path
) -> None:
    wanted = needs(FolderLock(tmp_path / "elsewhere", "me"))
    with (
        pytest.raises(BatchError, match="a worker cannot do this batch") as error,
        dask_cluster.cluster(office.address, wanted, quiet),
    ):
        pass
    assert error.value.where.startswith("tcp://127.0.0.1:")
    assert "the folder of results is not there" in error.value.found
    assert "requirements.lock" in error.value.do


def test_where_no_scheduler_answers_the_address_is_named_and_nothing_is_left(
    place: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask_cluster, "ANSWERS_IN", 1)
    assert main(["batch", str(place / "batch.yaml"), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    told = capsys.readouterr().err
    assert "tcp://127.0.0.1:9: no Dask scheduler answers there" in told
    assert "`dask scheduler`" in told
    assert left(out) == {".lock", "assets"}


@pytest.mark.parametrize("address", ["nonsense", "foo://127.0.0.1:1"])
def test_what_is_no_address_is_told(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "ANSWERS_IN", 1)
    with (
        pytest.raises(BatchError, match=f"{address}: no Dask scheduler"),
        dask_cluster.cluster(address, needs(FolderLock(tmp_path, "")), quiet),
    ):
        pass


def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "COMES_IN", 0.2)
    said = list[str]()
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(BatchError, match="the scheduler has no workers") as error,
        dask_cluster.cluster(empty.scheduler_address, needs(FolderLock(tmp_path, "")), said.append),
    ):
        pass
    assert f"dask worker {empty.scheduler_address}" in error.value.do
    assert said == [f"waiting for the workers of {empty.scheduler_address}"]


def test_without_dask_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(RequestError, match=r"pip install 'fltoolkit\[cluster\]'"),
        dask_cluster.cluster("x", needs(FolderLock(tmp_path, "")), quiet),
    ):
        pass


def test_threads_and_a_scheduler_are_not_asked_for_at_once(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["batch", str(place / "batch.yaml"), "--workers", "3", "--scheduler", "tcp://x:1"])
    assert "not allowed with argument --workers" in capsys.readouterr().err


def test_nobody_pays_for_dask_who_does_not_use_it() -> None:
    code = (
        "import sys, fltoolkit.cli, fltoolkit.run.batch, fltoolkit.run.remote_batch; print({'dask', "
        "'distributed', 'fsspec'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


# ----------------------------------------------------------------------------------------------- how a worker


class Theirs:
    """A future of Dask's that has ended."""

    def __init__(self, status: str, result: Callable[[], object]) -> None:
        self.status, self.result, self.released = status, result, False

    def release(self) -> None:
        self.released = True


def settled(theirs: Theirs) -> object:
    ours: concurrent.futures.Future[object] = concurrent.futures.Future()
    dask_cluster._copy_outcome("a", theirs, ours, lambda why: ("failed", why))
    return ours.result()


def throw(error: BaseException) -> Callable[[], object]:
    def result() -> object:
        raise error

    return result


def test_what_was_handed_over_is_let_go_so_that_no_dying_worker_takes_it_along() -> None:
    theirs = Theirs("finished", lambda: "done")
    assert settled(theirs) == "done"
    assert theirs.released


def test_a_survey_that_every_worker_dies_of_fails_alone() -> None:
    state, why = settled(Theirs("error", throw(KilledWorker("a", None, 3))))  # type: ignore[misc,arg-type]
    assert state == "failed"
    assert "a: every worker that ran this survey died\n  found:   4 times" in why


def test_a_scheduler_that_goes_away_ends_the_batch_and_other_errors_are_what_they_are() -> None:
    with pytest.raises(BatchError, match="the connection to the Dask scheduler was lost"):
        settled(Theirs("lost", throw(concurrent.futures.CancelledError("lost"))))
    with pytest.raises(ZeroDivisionError):
        settled(Theirs("error", throw(ZeroDivisionError())))


def test_fsspec_is_there_with_the_extra() -> None:
    assert fsspec.filesystem("memory")
