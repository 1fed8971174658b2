"""Notebooks in git: run on the shipped samples, and written so that the same result is the same text."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any, Protocol

from fltoolkit.errors import RequestError

ENGINE = "fltoolkit"
KEPT_METADATA = ("tags",)
STARTS_IN = 30, 120  # seconds that a kernel may take to start, at the first try and the second
LOOKS_EVERY = 1  # seconds between two looks at whether to stop


def refresh(folder: Path, say: Callable[[str], None] = print) -> None:
    """Run each notebook under `folder` where it stands, with the parameters it holds, and write it back normalised."""
    import nbformat
    from nbclient import NotebookClient

    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise RequestError("no notebooks there", found=folder, do="give a folder that holds .ipynb files")
    for path in paths:
        say(f"refreshing {path.name}")
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}, config=_config()
        ).execute()
        nbformat.write(normalise(notebook), path)


def normalise_file(path: Path) -> None:
    """Normalise an executed notebook in place."""
    import nbformat

    nbformat.write(normalise(nbformat.read(path, as_version=4)), path)


def normalise(notebook: Any) -> Any:
    """Stable cell ids, no widget state, no times, no papermill metadata, one kernel name."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{i}:{cell.source}".encode()).hexdigest()[:8]
        cell.metadata = {k: cell.metadata[k] for k in KEPT_METADATA if k in cell.metadata}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    return notebook


class Stop(Protocol):
    """Tells whether work is to end, and lets one say so: a `threading.Event`, or what machines that share a folder find there."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


class Kernel:
    """The one kernel of a run's notebooks: started for the first of them, emptied for each other, ended with the `with` block.

    What a notebook costs above its own work is a kernel's start and the kit's imports: a run pays them once. When `stop` is set the
    kernel is killed, whatever it does; the notebook then fails.
    """

    def __init__(self, folder: Path, stop: Stop) -> None:
        self._folder, self._stop, self._open = folder, stop, ExitStack()
        self._client: Any = None

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, managed: Any) -> None:
        """Run a notebook that papermill manages, in the kernel with no name of an earlier one."""
        from papermill.clientwrap import PapermillNotebookClient

        if self._client is None:
            self._start()
        else:
            self._do("get_ipython().reset(new_session=True)")
        client = PapermillNotebookClient(managed, km=self._client.km)
        client.kc = self._client.kc  # a second client of one kernel would take the first one's answers
        client.execute()

    def _do(self, code: str) -> None:
        from jupyter_core.utils import run_sync

        async def ask() -> None:
            await self._client.kc.execute(code, silent=True, reply=True, timeout=STARTS_IN[-1])

        run_sync(ask)()

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
                self._open.enter_context(self._client.setup_kernel())
                break
            except RuntimeError:
                if seconds == STARTS_IN[-1]:
                    raise
        # What the kit leaves to the end of the process is done before this; after it Python would take its modules apart, for half a second.
        self._do("import atexit, os; atexit.register(os._exit, 0)")
        ended = threading.Event()
        self._open.callback(ended.set)
        threading.Thread(target=self._watch, args=(self._client.km.provisioner.process, ended), daemon=True).start()

    def _watch(self, process: Popen[bytes], ended: threading.Event) -> None:
        """Kill the kernel's process as soon as `stop` is set."""
        while not ended.wait(LOOKS_EVERY):
            if self._stop.is_set():
                process.kill()
                return


def register_engine() -> None:
    """Register the kit's papermill engine: a notebook in the run's own kernel, given as `kernel=`."""
    from papermill.engines import Engine, papermill_engines

    class InKernel(Engine):  # type: ignore[misc]
        @staticmethod
        def execute_managed_notebook(managed: Any, kernel_name: str, *, kernel: Kernel, **_: Any) -> None:
            kernel.run(managed)

    papermill_engines.register(ENGINE, InKernel)


def _config() -> Any:
    """What passes between notebook and kernel is microdata: encrypt it where the kernel can."""
    from traitlets.config import Config

    return Config({"KernelManager": {"transport_encryption": "auto"}})
