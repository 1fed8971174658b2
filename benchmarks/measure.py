"""Measures the seconds and the peak memory of one call, in a separate process, within limits."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SECONDS, MOST_MEGABYTES = 600, 20_000


@dataclass(frozen=True)
class Measured:
    """The time and memory of one call. `blank` is the reason if there are no numbers.

    `cpu` is the seconds of all cores together. Other programs on the machine hardly change it. `megabytes` is
    the peak memory of the process, and `imports` is its memory before the call.
    """

    seconds: float = float("nan")
    cpu: float = float("nan")
    megabytes: float = float("nan")
    imports: float = float("nan")
    numbers: tuple[float, ...] = ()
    blank: str = ""


def in_python(what: Callable[[Path, int], Sequence[float]], path: Path, domains: int) -> Measured:
    """Measures a function of `engines`. The time of imports is not counted."""
    results = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(
        target=_measured, args=(what, path, domains, results)
    )
    process.start()
    found: Measured | None = None
    end = time.monotonic() + MOST_SECONDS + 60
    while found is None and time.monotonic() < end and (process.is_alive() or not results.empty()):
        if not results.empty():
            found = results.get()
        time.sleep(0.05)
    process.kill()
    process.join()
    return found or Measured(blank=f"stopped: more than {MOST_SECONDS} s, or more memory than there is")


def _measured(
    what: Callable[[Path, int], Sequence[float]],
    path: Path,
    domains: int,
    results: multiprocessing.Queue[Any],
) -> None:
    import fltoolkit  # noqa: F401

    if what.__name__.startswith("svy"):
        import polars  # noqa: F401
        import svy  # noqa: F401
    else:
        import duckdb  # noqa: F401
        import scipy.stats  # noqa: F401
    imports, start, cpu = _peak(), time.perf_counter(), time.process_time()
    try:
        numbers = tuple(what(path, domains))
    except (MemoryError, Exception) as error:  # an oracle's failure is a line of the table, not the end of it
        results.put(
            Measured(
                blank=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:100]
            )
        )
        return
    results.put(Measured(time.perf_counter() - start, time.process_time() - cpu, _peak(), imports, numbers))


def _peak() -> float:
    """Returns the peak memory of this process in MB. On Linux, ru_maxrss also includes the memory of the
    process that started this one; this part is excluded."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        / 1024
    )


def in_r(task: str, path: Path, arguments: Sequence[str]) -> Measured:
    """Measures a task of by_r.R. R gets a CSV file; the time to read it is not counted."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        call = ["Rscript", str(Path(__file__).with_name("by_r.R")), task, str(path), *arguments]
        process = subprocess.Popen(call, stdout=out, stderr=err, preexec_fn=_limited)
        timer = time.monotonic() + MOST_SECONDS + 120
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > timer:
                process.send_signal(signal.SIGKILL)
            time.sleep(0.05)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if process.returncode:
            last = (err.read().strip().splitlines() or ["stopped"])[-1]
            return Measured(blank=last[:100])
        seconds, cpu, *numbers = (float(x) for x in out.read().split())
        return Measured(seconds, cpu, usage.ru_maxrss / 1024, numbers=tuple(numbers))


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEGABYTES * 2**20, MOST_MEGABYTES * 2**20))


def too_long(smaller: Sequence[tuple[int, Measured]], persons: int) -> str:
    """Returns the reason why another program is not run with so many persons: by linear extrapolation from
    fewer persons, it would exceed a limit. Returns an empty text if it can run."""
    if not smaller:
        return ""
    if smaller[-1][1].blank:
        return smaller[-1][1].blank
    if len(smaller) == 1:
        return ""
    (few, a), (more, b) = smaller[-2:]
    times = (persons - more) / (more - few)
    seconds, memory = (
        b.seconds + (b.seconds - a.seconds) * times,
        b.megabytes + (b.megabytes - a.megabytes) * times,
    )
    if seconds > MOST_SECONDS:
        return f"not run: would need about {seconds / 60:,.0f} min"
    return f"not run: would need about {memory / 1000:,.0f} GB" if memory > MOST_MEGABYTES else ""
