"""Starts JupyterLab on a folder, without requests for news. It stops, with its kernels, when the command that started it stops."""

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
# JupyterLab asks the network for news and updates, and its reader whether it may. Both are one plug-in, turned off for this server alone:
# JupyterLab's own settings stay as they are.
SETTINGS = Path(__file__).with_name("lab_settings")


def open_lab(folder: Path, more: Sequence[str] = ()) -> int:
    """Show a folder in JupyterLab, at its notebooks if it has any, until it is stopped; `more` are options of JupyterLab's.

    Raises:
        RequestError: there is no such folder; JupyterLab is not installed.
    """
    if not folder.is_dir():
        raise RequestError(
            "there is no such folder", where=str(folder), do="name a folder of notebooks; `fltoolkit start FOLDER` makes one"
        )
    refuse_without_lab()
    return run_until_stopped(lab_call(folder.resolve(), more), os.environ)


def lab_call(folder: Path, more: Sequence[str]) -> list[str]:
    """What starts the server on a folder."""
    first = ["--LabApp.default_url=/lab/tree/notebooks"] if (folder / "notebooks").is_dir() else []
    return [*START, f"--ServerApp.root_dir={folder}", *first, f"--LabApp.app_settings_dir={SETTINGS}", *more]


def refuse_without_lab() -> None:
    """Stop where JupyterLab is not installed."""
    if find_spec("jupyterlab") is None:
        raise RequestError("JupyterLab is not installed", do='pip install "fltoolkit[all]"')


def run_until_stopped(call: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a server until it ends or is stopped; gives how it ended."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite request to end does what Ctrl-C does
    server = subprocess.Popen(call, env=environment)
    try:
        return server.wait()
    finally:  # however this process ends, the server and its kernels end with it
        server.terminate()
        server.wait()
        signal.signal(signal.SIGTERM, before)
