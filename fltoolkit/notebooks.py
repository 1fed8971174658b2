"""Notebooks in git: run on the shipped samples, and written so that the same result is the same text."""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fltoolkit.errors import RequestError

ENGINE = "fltoolkit"
KEPT_METADATA = ("tags",)
KERNELS: weakref.WeakSet[Any] = weakref.WeakSet()
KERNELS_LOCK = threading.Lock()


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


def register_engine() -> None:
    """Register the kit's papermill engine: nbclient's, talking to its kernel over an encrypted channel."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):  # type: ignore[misc]
        """What passes between notebook and kernel is microdata: encrypt it where the kernel can."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            return super().execute_managed_notebook(nb_man, kernel_name, config=_config(), **kwargs)

    papermill_engines.register(ENGINE, Engine)


def stop_kernels() -> None:
    """End, at once, every kernel that this process runs for a notebook; the notebook then fails."""
    with KERNELS_LOCK:
        kernels = list(KERNELS)
    for kernel in kernels:
        if process := getattr(kernel.provisioner, "process", None):
            process.kill()


def _config() -> Any:
    from jupyter_client.manager import AsyncKernelManager
    from traitlets.config import Config

    class Manager(AsyncKernelManager):
        """A kernel that `stop_kernels` knows."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            with KERNELS_LOCK:
                KERNELS.add(self)

    return Config({"KernelManager": {"transport_encryption": "auto"}, "NotebookClient": {"kernel_manager_class": Manager}})
