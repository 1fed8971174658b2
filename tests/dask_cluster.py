"""Starts a Dask scheduler and two workers, each as a separate process, like an office that uses a cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from fltoolkit.run.output_folders import WORK

HOUSE = Path(__file__).parents[1]


def until(there: Callable[[], object], seconds: float = 120) -> None:
    """Waits until a condition is true."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)  # each look goes through all processes, and takes the time of what is waited for


@contextmanager
def started(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a process. At the end of the block, it and its children are stopped."""
    with log.open("wb") as file:
        environment = {**os.environ, "PYTHONPATH": f"{HOUSE}{os.pathsep}{HOUSE / 'tests'}"}
        process = subprocess.Popen(
            [sys.executable, *command], stdout=file, stderr=file, cwd=log.parent, env=environment
        )
        try:
            yield process
        finally:
            family = (
                [*psutil.Process(process.pid).children(recursive=True), process]
                if process.poll() is None
                else []
            )
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            process.wait()


@dataclass(frozen=True)
class Dask:
    """A running cluster: its address, and the process of its nannies, which start a worker again if it
    died."""

    address: str
    nannies: int

    def at_work(self, name: str) -> list[psutil.Process]:
        """Returns the workers that run a kernel for this survey."""
        return [
            worker for worker in self.workers() if any(f"{WORK}{name}-" in home for home in homes(worker))
        ]

    def workers(self) -> list[psutil.Process]:
        """Returns the worker processes. They are children of the nannies."""
        return [child for child in psutil.Process(self.nannies).children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "multiprocessing.spawn" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def homes(process: psutil.Process) -> list[str]:
    """Returns the working folders of the kernels of a process."""
    with suppress(psutil.Error):
        return [
            child.cwd()
            for child in process.children(recursive=True)
            if "ipykernel" in " ".join(child.cmdline())
        ]
    return []


@contextmanager
def dask(folder: Path, workers: int = 2) -> Iterator[Dask]:
    """Starts a scheduler and its workers, each with one thread. Their files go into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "scheduler.json"
    with ExitStack() as running:
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
        running.enter_context(started("-m", "dask", "scheduler", *options, log=folder / "scheduler.log"))
        until(lambda: told.exists() and told.read_text("utf-8").endswith("}"))
        address = json.loads(told.read_text("utf-8"))["address"]
        options = [address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"]
        options += ["--local-directory", str(folder)]
        nannies = running.enter_context(started("-m", "dask", "worker", *options, log=folder / "worker.log"))
        found = Dask(address, nannies.pid)
        until(lambda: len(found.workers()) == workers)
        yield found
