"""Runs notebooks in a Jupyter kernel. Those in git are stored in a normal form, so that the same result is the same text."""

from __future__ import annotations

import hashlib
import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

from fltoolkit.errors import BatchError, RequestError
from fltoolkit.files import write_whole
from fltoolkit.run.notebooks.notebook_progress import Progress, section_of
from fltoolkit.run.notebooks.notebook_state import BEGIN, RESTORE
from fltoolkit.run.printable_errors import reduce_errors, told, told_of_cell
from fltoolkit.terminal import say as print_line

ENGINE = "fltoolkit"
KEPT_METADATA = ("tags",)
BANNER = "papermill-error-cell-tag"  # papermill's own, on the cells that it adds to a notebook that failed
STOPPED_HERE = "**The run stopped here.** Nothing below was run."
STARTS_IN = 30, 120  # seconds that a kernel may take to start, at the first try and the second
LOOKS_EVERY = 0.5  # seconds between two looks at whether to stop, and whether the kernel lives


def refresh(folder: Path, say: Callable[[str], None] = print_line) -> None:
    """Run each notebook under `folder` where it stands, with the parameters it holds, and write them all back normalised.

    Raises:
        RequestError: there is no notebook, a file is none, or a cell of one raises. Then none is written.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise RequestError("no notebooks there", found=folder, do="give a folder that holds .ipynb files")
    notebooks = {path: _read(path) for path in paths}
    for path, notebook in notebooks.items():
        say(f"refreshing {path.name}")
        client = NotebookClient(
            notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}, config=_config()
        )
        try:
            client.execute()
        except (CellExecutionError, RuntimeError) as error:  # a kernel that dies is the second
            normalise(notebook)
            found = next(reversed(reduce_errors(notebook)), "") or told(error)
            do = "mend that cell, or what it reads, then refresh again; no notebook was written"
            raise RequestError("a cell of the notebook fails", where=str(path), found=found, do=do) from None
    for path, notebook in notebooks.items():
        write_whole(path, nbformat.writes(normalise(notebook)) + "\n")


def _read(path: Path) -> Any:
    """A notebook. Raises `RequestError` where the file is none."""
    import nbformat
    from nbformat.validator import NotebookValidationError

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, NotebookValidationError) as error:
        do = "mend it in Jupyter, or take it from git again; no notebook was written"
        raise RequestError("this is not a notebook", where=str(path), found=type(error).__name__, do=do) from None
    return notebook


def normalise_file(path: Path) -> None:
    """Normalise an executed notebook in place."""
    import nbformat

    write_whole(path, nbformat.writes(normalise(nbformat.read(path, as_version=4))) + "\n")


def normalise(notebook: Any) -> Any:
    """A notebook in normal form: stable cell ids, one kernel name, no widget state, no times, no papermill metadata. Errors keep
    only what may be printed. Warnings are removed.
    """
    reduce_errors(notebook)
    _mark_the_stop(notebook)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{i}:{cell.source}".encode()).hexdigest()[:8]
        cell.metadata = {k: cell.metadata[k] for k in KEPT_METADATA if k in cell.metadata}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
        if cell.cell_type == "code":
            cell.outputs = _without_steps(cell.outputs)
    return notebook


def _without_steps(outputs: list[Any]) -> list[Any]:
    """The outputs of a cell without what it took back with backspaces: the steps that it told while it ran."""
    printed = [output for output in outputs if output.output_type == "stream" and output.name == "stdout"]
    if not any("\b" in output.text for output in printed):
        return outputs
    left: list[str] = []
    for letter in "".join(output.text for output in printed):
        if letter != "\b":
            left.append(letter)
        elif left:
            left.pop()
    printed[0].text = "".join(left)
    gone = printed[1:] if left else printed
    return [output for output in outputs if not any(output is one for one in gone)]


def _mark_the_stop(notebook: Any) -> None:
    """Say in a sentence where a run stopped, in place of the two headlines in red that papermill writes."""
    banners = [i for i, cell in enumerate(notebook.cells) if BANNER in cell.metadata.get("tags", [])]
    if banners:
        notebook.cells[banners[-1]].source = STOPPED_HERE
        notebook.cells = [cell for i, cell in enumerate(notebook.cells) if i not in banners[:-1]]


class Stop(Protocol):
    """A request to stop that can be set and asked for: a `threading.Event`, or a file in a folder that machines share."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


class Kernel:
    """The one kernel of a run's notebooks: started for the first of them, made new for each other, ended with the `with` block.

    What a notebook costs above its own work is a kernel's start, the kit's imports, and the survey read and classified: a run pays them
    once. Where a kernel died, or cannot be made new, the next notebook gets another. When `stop` is set the kernel is killed, whatever it
    does; the notebook then fails. `progress` is told of each cell.
    """

    def __init__(self, folder: Path, stop: Stop, progress: Progress | None = None) -> None:
        self._folder, self._stop, self._progress = folder, stop, progress
        self._open, self._running = ExitStack(), ExitStack()
        self._client: Any = None

    def __enter__(self) -> Kernel:
        ended = threading.Event()
        self._open.callback(ended.set)  # after the kernel, so that one which does not end is watched too
        self._open.callback(self._end)
        threading.Thread(target=self._watch, args=(ended,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, managed: Any) -> None:
        """Run a notebook that papermill manages, in the kernel as the first notebook found it."""
        from papermill.clientwrap import PapermillNotebookClient

        if not self._is_new():
            self._end()
            self._start()
        client = PapermillNotebookClient(managed, km=self._client.km, shell_timeout_interval=1, stdout_file=self._progress)
        if progress := self._progress:
            client.on_cell_start = lambda cell, cell_index: progress.section(section_of(managed.nb.cells, cell_index))
        client.kc = self._client.kc  # a second client of one kernel would take the first one's answers
        try:
            client.execute()
        except Exception:  # not a cell's, which papermill notes: the kernel died, or did not answer in time
            self._end()
            raise

    def _is_new(self) -> bool:
        """Whether there is a kernel, and it could be made as the first notebook found it."""
        from nbclient.exceptions import DeadKernelError

        if self._client is None:
            return False
        try:
            return self._do(RESTORE)
        except DeadKernelError:
            if self._stop.is_set():
                raise
            return False

    def _end(self) -> None:
        """End the kernel, if there is one."""
        try:
            self._running.close()
        finally:
            self._client = None

    def call(self, line: str) -> None:
        """Run a line of code in the kernel as its last notebook left it, however long it takes.

        Raises:
            BatchError: the line raises; of its error stands there what may be told. DeadKernelError: the kernel died.
        """
        if self._client is None:
            self._start()
        answer = self._answer(line, math.inf)
        if answer["status"] != "ok":
            found = told_of_cell(answer["ename"], answer["evalue"], answer["traceback"], None)
            raise BatchError(
                "what goes to the private folder could not be made",
                found=found,
                do="mend it, or leave --private out; then run again",
            )

    def _do(self, code: str) -> bool:
        """Run a line in the kernel; gives whether it was done without an error."""
        return bool(self._answer(code, STARTS_IN[-1])["status"] == "ok")

    def _answer(self, code: str, seconds: float) -> dict[str, Any]:
        """Run a line in the kernel, and wait for its answer as long as it lives, and no longer than some seconds."""
        from jupyter_core.utils import run_sync
        from nbclient.exceptions import DeadKernelError

        async def ask() -> dict[str, Any]:
            client, last = self._client.kc, time.monotonic() + seconds
            asked = client.execute(code, silent=True)
            while time.monotonic() < last and await self._client.km.is_alive():
                with suppress(queue.Empty):
                    answer = await client.get_shell_msg(timeout=LOOKS_EVERY)
                    if answer["parent_header"].get("msg_id") == asked:
                        return dict(answer["content"])
            raise DeadKernelError("the kernel died or does not answer")

        return dict(run_sync(ask)())

    def _start(self) -> None:
        """Start it; where that fails, or hangs (of some hundred that start, two may take one port), once more."""
        import nbformat
        from nbclient import NotebookClient

        for seconds in STARTS_IN:
            self._client = NotebookClient(
                nbformat.v4.new_notebook(), kernel_name="python3", startup_timeout=seconds, config=_config(),
                resources={"metadata": {"path": str(self._folder)}},
            )  # fmt: skip
            try:
                self._running.enter_context(self._client.setup_kernel())
                break
            except RuntimeError:
                if seconds == STARTS_IN[-1] or self._stop.is_set():
                    self._end()
                    raise
        if not self._do(BEGIN):
            self._end()
            raise RuntimeError("the kernel cannot import the kit")

    def _watch(self, ended: threading.Event) -> None:
        """Kill the kernel's process whenever `stop` is set, also while it starts or ends."""
        while not ended.wait(LOOKS_EVERY):
            manager = self._client and self._client.km
            process = manager and manager.provisioner and manager.provisioner.process
            if process and self._stop.is_set():
                process.kill()


def register_engine() -> None:
    """Register the kit's papermill engine: a notebook in the run's own kernel, given as `kernel=`."""
    from papermill.engines import Engine, papermill_engines

    class InKernel(Engine):  # type: ignore[misc]
        @staticmethod
        def execute_managed_notebook(managed: Any, kernel_name: str, *, kernel: Kernel, **_: Any) -> None:
            path, managed.output_path = managed.output_path, None  # papermill would write the whole notebook twice a cell
            try:
                kernel.run(managed)
            except Exception:
                managed.output_path = path  # what was run is written before the error goes on
                raise

    papermill_engines.register(ENGINE, InKernel)


def _config() -> Any:
    """What passes between notebook and kernel is microdata: encrypt it where the kernel can."""
    from traitlets.config import Config

    return Config({"KernelManager": {"transport_encryption": "auto"}})
