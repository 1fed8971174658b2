"""Tests the kernel of a run: each notebook finds it empty, its start is tried twice, and it ends with the
run."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nbclient
import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient

from fltoolkit.errors import BatchError
from fltoolkit.run.jupyter import ENGINE, Kernel, Progress, normalise, register_engine

PROCESS = "import os; os.getpid()"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def kernel(home: Path) -> Iterator[Kernel]:
    """One for many tests, as for many notebooks: one that was lost is replaced."""
    with Kernel(home, threading.Event()) as kernel:
        yield kernel


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Kernel]:
    """One that no notebook has needed yet."""
    with Kernel(tmp_path, threading.Event()) as kernel:
        yield kernel


def run(folder: Path, kernel: Kernel, *cells: str) -> list[tuple[int, list[str]]]:
    """Run these cells as a notebook: each one's execution count, and what it gave."""
    source, target = folder / "source.ipynb", folder / "target.ipynb"
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=metadata),
        source,
    )
    register_engine()
    papermill.execute_notebook(
        str(source), str(target), engine_name=ENGINE, kernel=kernel, progress_bar=False
    )
    found = json.loads(target.read_text("utf-8"))["cells"]
    return [
        (
            c["execution_count"],
            ["".join(o.get("data", {}).get("text/plain", o.get("text", ""))) for o in c["outputs"]],
        )
        for c in found
    ]


def test_the_notebooks_of_a_run_share_a_process_and_no_names(tmp_path: Path, kernel: Kernel) -> None:
    first = run(tmp_path, kernel, PROCESS, "mine = 1; mine")
    second = run(tmp_path, kernel, PROCESS, "'mine' in globals(), 'os' in globals(), In[1]")
    assert [count for count, _ in first] == [count for count, _ in second] == [1, 2]
    assert first[0][1] == second[0][1]
    assert second[1][1] == [f"(False, True, '{PROCESS}')"]


def test_a_kernel_is_at_home_in_its_folder_and_ends_with_the_block(tmp_path: Path) -> None:
    with Kernel(tmp_path, threading.Event()) as kernel:
        ((_, (process,)), (_, (place,))) = run(
            tmp_path, kernel, PROCESS, "from pathlib import Path; str(Path.cwd())"
        )
        assert place == repr(str(tmp_path))
        assert psutil.pid_exists(int(process))
    assert not psutil.pid_exists(int(process))


def test_what_a_notebook_leaves_to_the_end_of_its_process_is_done(tmp_path: Path) -> None:
    """Such as the removal of a survey's folder of spilled rows."""
    with Kernel(tmp_path, threading.Event()) as kernel:
        run(tmp_path, kernel, "import atexit, pathlib; atexit.register(pathlib.Path('tidied').touch)")
        ((_, (folder,)),) = run(
            tmp_path,
            kernel,
            (
                "from fltoolkit.survey.engine.engines import connect; from fltoolkit.survey.engine.engines import _spill_folder; con = "
                "connect(); str(_spill_folder().parent)"
            ),
        )
        assert Path(folder.strip("'")).is_dir()
    assert (tmp_path / "tidied").exists()
    assert not Path(folder.strip("'")).exists()


def test_a_kernel_ignores_the_interrupt_that_jupyter_sends_when_it_ends_one(
    tmp_path: Path, kernel: Kernel
) -> None:
    interrupted = "import os, signal; os.kill(os.getpid(), signal.SIGINT); 6 * 7"
    assert run(tmp_path, kernel, interrupted) == [(1, ["42"])]


def test_a_kernel_that_no_notebook_needs_is_not_started(tmp_path: Path) -> None:
    before = psutil.Process().children(recursive=True)
    with Kernel(tmp_path, threading.Event()):
        assert psutil.Process().children(recursive=True) == before


@pytest.mark.parametrize("failures", [1, 2])
def test_a_kernel_that_did_not_start_is_tried_once_more(
    tmp_path: Path, new: Kernel, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    starts, real = list[int](), nbclient.NotebookClient.start_new_kernel_client

    def start(client: nbclient.NotebookClient) -> object:
        starts.append(client.startup_timeout)
        if len(starts) <= failures:
            client._cleanup_kernel()
            raise RuntimeError("Kernel died before replying to kernel_info")
        return real(client)

    monkeypatch.setattr(nbclient.NotebookClient, "start_new_kernel_client", start)
    if failures == 1:
        assert run(tmp_path, new, "1 + 1") == [(1, ["2"])]
    else:
        with pytest.raises(RuntimeError, match="Kernel died"):
            run(tmp_path, new, "1 + 1")
    first, second = starts
    assert first < second / 2  # one that hangs is not waited for as long as a slow machine may need


def test_after_a_kernel_that_died_the_next_notebook_gets_another(tmp_path: Path, kernel: Kernel) -> None:
    run(tmp_path, kernel, "1")
    with pytest.raises(Exception, match="died"):
        run(tmp_path, kernel, "6 * 7", "import os; os._exit(1)")
    half = json.loads((tmp_path / "target.ipynb").read_text("utf-8"))["cells"]
    assert half[0]["outputs"][0]["data"]["text/plain"] == ["42"]  # what was run stays to be seen
    assert run(tmp_path, kernel, "6 * 7") == [(1, ["42"])]


def test_after_a_cell_that_did_not_answer_in_time_the_next_notebook_gets_another(
    tmp_path: Path, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(tmp_path, kernel, PROCESS)

    def late(_: object) -> None:
        raise CellTimeoutError("too long")

    with monkeypatch.context() as patch:
        patch.setattr(PapermillNotebookClient, "execute", late)
        with pytest.raises(CellTimeoutError):
            run(tmp_path, kernel, PROCESS)
    assert run(tmp_path, kernel, PROCESS)[0][1] != first[0][1]


def test_a_kernel_that_cannot_be_made_new_is_replaced(tmp_path: Path, kernel: Kernel) -> None:
    spoil = "from fltoolkit.run import jupyter; jupyter._first = None"
    first = run(tmp_path, kernel, PROCESS, spoil)
    second = run(tmp_path, kernel, PROCESS)
    assert first[0][1] != second[0][1]
    assert second[0][0] == 1


def test_a_kernel_of_a_run_remembers_and_one_opened_by_hand_does_not(tmp_path: Path, kernel: Kernel) -> None:
    assert run(tmp_path, kernel, "from fltoolkit import remembered_results; remembered_results.is_on()") == [
        (1, ["True"])
    ]
    asked = [
        sys.executable,
        "-c",
        "import fltoolkit.remembered_results; print(fltoolkit.remembered_results.is_on())",
    ]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_run_is_told_of_each_section_and_of_what_a_long_cell_prints(tmp_path: Path) -> None:
    told: list[str] = []
    progress = Progress("s", 0.0, told.append)
    progress.section = told.append  # type: ignore[method-assign]
    with Kernel(tmp_path, threading.Event(), progress) as kernel:
        run(tmp_path, kernel, "1", "print('step one'); print('step two')")
    assert told == ["", "", "step two"] or told == ["", "", "step one", "step two"]


@pytest.mark.thorough("waits for kernels that start")
@pytest.mark.parametrize("after", [0.0, 0.3, 0.8, 1.6])
def test_told_to_stop_while_it_starts_a_kernel_is_not_waited_for(tmp_path: Path, after: float) -> None:
    stop, before = threading.Event(), set(psutil.Process().children(recursive=True))
    with Kernel(tmp_path, stop) as kernel:
        threading.Timer(after, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Exception, match=r"[Kk]ernel died|died or does not answer"):
            run(tmp_path, kernel, "import time; time.sleep(200)")
    assert time.monotonic() - started < 10
    assert not set(psutil.Process().children(recursive=True)) - before


@pytest.mark.thorough("waits for kernels that do not answer")
@pytest.mark.parametrize("when", ["between two notebooks", "as it ends"])
def test_told_to_stop_a_kernel_that_answers_nothing_is_not_waited_for(tmp_path: Path, when: str) -> None:
    """Between two notebooks nothing polls it; and what it leaves to its end may hang."""
    stop, hangs = threading.Event(), "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    if when == "as it ends":
        hangs = "import atexit, time; atexit.register(time.sleep, 200)"
    with suppress(DeadKernelError), Kernel(tmp_path, stop) as kernel:
        run(tmp_path, kernel, "import os; os.getpid()")
        kernel._client.kc.execute(hangs)
        time.sleep(0.5)
        process = kernel._client.km.provisioner.process
        threading.Timer(0.5, stop.set).start()
        started = time.monotonic()
        if when == "between two notebooks":
            run(tmp_path, kernel, "1")
    assert time.monotonic() - started < 5
    assert process.poll() is not None


def test_told_to_stop_a_kernel_is_killed_whatever_it_does(tmp_path: Path) -> None:
    stop, started = threading.Event(), time.monotonic()
    with Kernel(tmp_path, stop) as kernel:
        threading.Timer(2, stop.set).start()
        with pytest.raises(Exception, match="died"):
            run(tmp_path, kernel, "import time; time.sleep(200)")
    assert time.monotonic() - started < 60


def test_a_call_finds_the_kernel_as_its_last_notebook_left_it(home: Path, kernel: Kernel) -> None:
    run(home, kernel, "from pathlib import Path; mine = 7")
    kernel.call("Path('told').write_text(str(mine))")
    assert (home / "told").read_text() == "7"


def test_of_an_error_in_a_call_only_what_may_be_told_is_told(new: Kernel) -> None:
    """It needs no notebook before it."""
    with pytest.raises(BatchError, match="could not be made") as error:
        new.call("raise ValueError('an answer of a person')")
    assert "ValueError" in str(error.value)
    assert "an answer" not in str(error.value)


def test_steps_that_a_cell_took_back_are_not_stored_and_all_else_is() -> None:
    def printed(*texts: str) -> list[nbformat.NotebookNode]:
        return [nbformat.v4.new_output("stream", name="stdout", text=text) for text in texts]

    result = nbformat.v4.new_output("display_data", {"text/plain": "the result"})
    cells = [
        printed("Step", "\b" * 4 + "Next", "\b" * 4),
        [*printed("own\nStep", "\b" * 4), result],
        printed("one\n", "two\n"),
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x", outputs=outputs) for outputs in cells]
    )
    left = [[output.get("text", "result") for output in cell.outputs] for cell in normalise(notebook).cells]
    assert left == [[], ["own\n", "result"], ["one\n", "two\n"]]
