"""Measures how many learners a machine can serve. Several kernels run a teaching notebook at the same time.
Prints time and memory (Linux only).

python benchmarks/classroom.py 2_sampling 1 5 10 20 30
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

HOUSE = Path(__file__).resolve().parents[1]


def memory(process: int) -> float:
    """Returns the memory of a process in MB. Of memory that several processes share, each counts its part
    (PSS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def learners(name: str, count: int) -> tuple[list[float], list[float]]:
    """Returns two lists, with one number per learner: the seconds until the whole notebook has run, and the
    memory of the kernel at the end. All learners start at the same time."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "room" / "learner"
        own.mkdir(parents=True)
        source = HOUSE / "notebooks" / "teaching" / f"{name}.ipynb"
        with ThreadPoolExecutor(count) as pool:
            done = list(pool.map(lambda _: _run(nbformat.read(source, 4), own), range(count)))
        return [seconds for seconds, _ in done], [held for _, held in done]


def _run(notebook: nbformat.NotebookNode, folder: Path) -> tuple[float, float]:
    start, held = time.monotonic(), 0.0

    def measure(**_: object) -> None:
        nonlocal held
        held = memory(client.km.provisioner.pid)

    config = Config({"KernelManager": {"transport_encryption": "auto"}})  # as the class's server has it
    for last in (False, False, True):
        client = NotebookClient(
            notebook,
            timeout=None,
            startup_timeout=600,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            config=config,
            on_cell_executed=measure,
        )
        try:
            client.execute()
        except (
            RuntimeError
        ):  # of thirty kernels that start at once two may take one port; a learner would start it again
            if last:
                raise
        else:
            break
    return time.monotonic() - start, held


def main(arguments: Sequence[str]) -> None:
    name, *counts = arguments or ["2_sampling", "1", "5", "10", "20", "30"]
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    print(
        f"{name} on {os.cpu_count()} cores\nlearners  seconds (median, longest)  MB a learner (median, most)"
    )
    for count in map(int, counts):
        seconds, held = (sorted(values) for values in learners(name, count))
        print(
            (
                f"{count:>8}  {seconds[count // 2]:>8.1f} {seconds[-1]:>8.1f}  {held[count // 2]:>18.0f} "
                f"{held[-1]:>6.0f}"
            ),
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
