"""Starts JupyterLab on a folder. JupyterLab does not ask the internet for news and updates.

The server and its kernels stop when the command that started them stops.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from fltoolkit.errors import RequestError

START = (sys.executable, "-m", "jupyterlab")
# JupyterLab requests news and updates from the network, and asks its reader for permission. Both are one
# plug-in, which is turned off for this server only: JupyterLab's own settings stay as they are.
SETTINGS = Path(__file__).with_name("lab_settings")


def open_lab(folder: Path, more: Sequence[str] = ()) -> int:
    """Shows a folder in JupyterLab, with its notebooks if it has any, until it is stopped. `more` are options
    of JupyterLab.

    Raises:
        RequestError: the folder does not exist, or JupyterLab is not installed.
    """
    if not folder.is_dir():
        raise RequestError(
            "there is no such folder",
            where=str(folder),
            do="name a folder of notebooks; `fltoolkit start FOLDER` makes one",
        )
    refuse_without_lab()
    return run_until_stopped(lab_call(folder.resolve(), more), os.environ)


def lab_call(folder: Path, more: Sequence[str]) -> list[str]:
    """Returns the command that starts the JupyterLab server for a folder. `more` are options of
    JupyterLab."""
    first = ["--LabApp.default_url=/lab/tree/notebooks"] if (folder / "notebooks").is_dir() else []
    return [*START, f"--ServerApp.root_dir={folder}", *first, f"--LabApp.app_settings_dir={SETTINGS}", *more]


def refuse_without_lab() -> None:
    """Raises an error if JupyterLab is not installed."""
    if find_spec("jupyterlab") is None:
        raise RequestError("JupyterLab is not installed", do='pip install "fltoolkit[all]"')


def run_until_stopped(call: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs the command of a server (`call`) until the server ends or the user stops it. Returns its exit
    code."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM does the same as Ctrl-C
    server = subprocess.Popen(call, env=environment)
    try:
        return server.wait()
    finally:  # the server and its kernels always end with this process
        server.terminate()
        server.wait()
        signal.signal(signal.SIGTERM, before)
