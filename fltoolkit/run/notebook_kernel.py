"""Runs notebooks in a Jupyter kernel. Notebooks in git are stored in a normal form, so that the same result
is the same text."""

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
from fltoolkit.run.printable_errors import printable_cell_error, printable_text, reduce_errors
from fltoolkit.terminal import say as print_line

ENGINE = "fltoolkit"
KEPT_METADATA = ("tags",)
BANNER = "papermill-error-cell-tag"  # papermill's tag for the cells that it adds to a failed notebook
STOPPED_HERE = "**The run stopped here.** Nothing below was run."
STARTS_IN = 30, 120  # seconds that a kernel may take to start, at the first and at the second try
LOOKS_EVERY = 0.5  # seconds between two checks of `stop` and of the kernel


def refresh(folder: Path, say: Callable[[str], None] = print_line) -> None:
    """Runs each notebook under `folder` in its own folder, with its own parameters, and writes all of them
    back normalised.

    Raises:
        RequestError: there is no notebook, a file is not a notebook, or a cell raises. Then no notebook is
            written.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise RequestError(
            "there are no notebooks in this folder", found=folder, do="give a folder that holds .ipynb files"
        )
    notebooks = {path: _read(path) for path in paths}
    for path, notebook in notebooks.items():
        say(f"refreshing {path.name}")
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            config=_config(),
        )
        try:
            client.execute()
        except (CellExecutionError, RuntimeError) as error:  # RuntimeError: the kernel died
            normalise(notebook)
            found = next(reversed(reduce_errors(notebook)), "") or printable_text(error)
            do = "correct that cell, or what it reads, then refresh again; no notebook was written"
            raise RequestError("a cell of the notebook fails", where=str(path), found=found, do=do) from None
    for path, notebook in notebooks.items():
        write_whole(path, nbformat.writes(normalise(notebook)) + "\n")


def _read(path: Path) -> Any:
    """Returns a notebook. Raises `RequestError` if the file is not one."""
    import nbformat
    from nbformat.validator import NotebookValidationError

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, NotebookValidationError) as error:
        do = "correct it in Jupyter, or take it from git again; no notebook was written"
        raise RequestError(
            "this is not a notebook", where=str(path), found=type(error).__name__, do=do
        ) from None
    return notebook


def normalise_file(path: Path) -> None:
    """Brings the file of an executed notebook into its normal form (see `normalise`), and writes it back."""
    import nbformat

    write_whole(path, nbformat.writes(normalise(nbformat.read(path, as_version=4))) + "\n")


def normalise(notebook: Any) -> Any:
    """Returns a notebook in normal form, so that the same results always give the same file. Cell ids and the
    name of the kernel are always the same. The state of widgets, times, papermill's metadata and warnings are
    removed. Of an error, only the printable part stays.
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
    """Returns the outputs of a cell without the progress messages that the cell printed and then erased with
    backspaces."""
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
    """papermill adds red headings to a failed notebook. This function replaces the last of them by a sentence
    which says that the run stopped here. The other red headings are removed."""
    banners = [i for i, cell in enumerate(notebook.cells) if BANNER in cell.metadata.get("tags", [])]
    if banners:
        notebook.cells[banners[-1]].source = STOPPED_HERE
        notebook.cells = [cell for i, cell in enumerate(notebook.cells) if i not in banners[:-1]]


class Stop(Protocol):
    """A request to stop a batch. It can be set and checked. This is an interface: a `threading.Event`
    implements it, and so does a lock file in a folder that machines share."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


class Kernel:
    """The one Jupyter kernel in which all notebooks of a run are executed. It starts for the first notebook,
    is reset for each further one, and ends with the `with` block.

    Every notebook needs the start of a kernel, the kit's imports, and the survey read and classified. With
    one kernel a run pays these costs once. If the kernel dies or cannot be reset, the next notebook gets a
    new one. If `stop` is set, the kernel is killed at once, and the notebook fails. `progress` gets the
    section of each cell.
    """

    def __init__(self, folder: Path, stop: Stop, progress: Progress | None = None) -> None:
        self._folder, self._stop, self._progress = folder, stop, progress
        self._open, self._running = ExitStack(), ExitStack()
        self._client: Any = None

    def __enter__(self) -> Kernel:
        ended = threading.Event()
        self._open.callback(
            ended.set
        )  # called after the kernel ended, so that a kernel that does not end is still watched
        self._open.callback(self._end)
        threading.Thread(target=self._watch, args=(ended,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, managed: Any) -> None:
        """Runs one notebook in the kernel. Before that, the kernel is reset to its first state. `managed` is
        the notebook as papermill manages it.
        """
        from papermill.clientwrap import PapermillNotebookClient

        if not self._is_new():
            self._end()
            self._start()
        client = PapermillNotebookClient(
            managed, km=self._client.km, shell_timeout_interval=1, stdout_file=self._progress
        )
        if progress := self._progress:
            client.on_cell_start = lambda cell, cell_index: progress.section(
                section_of(managed.nb.cells, cell_index)
            )
        client.kc = self._client.kc  # a second client of the same kernel would take the answers of the first
        try:
            client.execute()
        except (
            Exception
        ):  # no error of a cell (papermill notes those): the kernel died, or did not answer in time
            self._end()
            raise

    def _is_new(self) -> bool:
        """Resets the kernel to its first state. Returns whether there is a kernel and the reset worked."""
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
        """Ends the kernel, if there is one."""
        try:
            self._running.close()
        finally:
            self._client = None

    def call(self, line: str) -> None:
        """Runs a line of code in the kernel, without a time limit. The kernel is not reset, so the line can
        use what the last notebook left in memory.

        Raises:
            BatchError: the line raises an error; only the printable part of it is in the message.
            DeadKernelError: the kernel died.
        """
        if self._client is None:
            self._start()
        answer = self._answer(line, math.inf)
        if answer["status"] != "ok":
            found = printable_cell_error(answer["ename"], answer["evalue"], answer["traceback"], None)
            raise BatchError(
                "the files for the private folder could not be made",
                found=found,
                do="correct the error, or leave --private out; then run again",
            )

    def _do(self, code: str) -> bool:
        """Runs a line of code in the kernel. Returns whether it ended without an error."""
        return bool(self._answer(code, STARTS_IN[-1])["status"] == "ok")

    def _answer(self, code: str, seconds: float) -> dict[str, Any]:
        """Runs a line of code in the kernel, and returns the kernel's reply. Waits for it as long as the
        kernel lives, but at most `seconds`."""
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
        """Starts the kernel.

        If that fails or takes too long, tries once more. (If hundreds of kernels start, two may take the same
        port.)
        """
        import nbformat
        from nbclient import NotebookClient

        for seconds in STARTS_IN:
            self._client = NotebookClient(
                nbformat.v4.new_notebook(),
                kernel_name="python3",
                startup_timeout=seconds,
                config=_config(),
                resources={"metadata": {"path": str(self._folder)}},
            )
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
        """Kills the kernel's process when `stop` is set, even while the kernel starts or ends."""
        while not ended.wait(LOOKS_EVERY):
            manager = self._client and self._client.km
            process = manager and manager.provisioner and manager.provisioner.process
            if process and self._stop.is_set():
                process.kill()


def register_engine() -> None:
    """Registers the kit's papermill engine. With this engine papermill does not start a kernel: it runs a
    notebook in the kernel that is given as `kernel=`.
    """
    from papermill.engines import Engine, papermill_engines

    class InKernel(Engine):  # type: ignore[misc]
        @staticmethod
        def execute_managed_notebook(managed: Any, kernel_name: str, *, kernel: Kernel, **_: Any) -> None:
            # with an output path, papermill would write the whole notebook twice per cell
            path, managed.output_path = managed.output_path, None
            try:
                kernel.run(managed)
            except Exception:
                managed.output_path = path  # the part that was run is written before the error is passed on
                raise

    papermill_engines.register(ENGINE, InKernel)


def _config() -> Any:
    """Returns a configuration that encrypts the messages between notebook and kernel if the kernel can,
    because they contain microdata.
    """
    from traitlets.config import Config

    return Config({"KernelManager": {"transport_encryption": "auto"}})
