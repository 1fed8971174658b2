"""Stops batches at random moments by a signal, and measures how long they take to end and what they leave.
Prints a table (not on Windows).

python benchmarks/signals.py 20

A batch of two small surveys runs on two threads. It gets one SIGINT, SIGTERM or SIGHUP at a random moment
between its start and the end of an undisturbed batch: while libraries are imported, a kernel starts, a
notebook runs, between two notebooks, during the index, or at the end of the process. The table gives the
seconds until the end, the processes that are still running, tracebacks in the output, and files in the folder
of results other than whole surveys and an index.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
import yaml
from kills import country, started

LONGEST = 5.0  # seconds that a batch may take to end
WHOLE = {".lock", "assets", "index.html", "a", "b"}


def write_batch(folder: Path) -> Path:
    """Writes two surveys with one number each, and their batch.yaml."""
    for name in "ab":
        country.write(folder / name, country.changed(country.ONE_NUMBER, title=f"Country {name}"))
    path = folder / "batch.yaml"
    path.write_text(
        yaml.safe_dump({"outputs": "out", "surveys": [{"survey": f"{n}/survey.yaml"} for n in "ab"]}), "utf-8"
    )
    return path


def ended_after(batch: Path, moment: float, number: int) -> tuple[float, list[str]] | None:
    """Returns the seconds from a signal to the end of a batch, and the problems. Returns None if the batch
    had ended before the signal."""
    out, log = batch.parent / "out", batch.parent / "log"
    shutil.rmtree(out, ignore_errors=True)
    log.write_text("", "utf-8")
    with started(batch, "--workers", "2") as process:
        end = time.monotonic() + moment
        while time.monotonic() < end and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            return None
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        start = time.monotonic()
        process.wait(timeout=120)
        seconds = time.monotonic() - start
    wrong = [f"{len(left)} kernel(s) left"] if (left := psutil.wait_procs(kernels, timeout=1)[1]) else []
    wrong += ["traceback"] if "Traceback" in log.read_text("utf-8") else []
    if process.returncode not in (130, -number, 0):
        wrong.append(f"ended with {process.returncode}")
    if out.exists() and (more := {p.name for p in out.iterdir()} - WHOLE):
        wrong.append(f"left {', '.join(sorted(more))}")
        wrong += [json.loads(record.read_text("utf-8"))["error"] for record in out.glob("*.failed/run.json")]
    if any((out / name).exists() for name in "ab") and not (out / "index.html").exists():
        wrong.append("no index")
    return seconds, wrong


def main(times: int) -> None:
    random.seed(16)
    with tempfile.TemporaryDirectory() as place:
        batch = write_batch(Path(place))
        start = time.monotonic()
        with started(batch, "--workers", "2") as process:
            assert process.wait() == 0, (batch.parent / "log").read_text("utf-8")
        length = time.monotonic() - start
        print(f"undisturbed: {length:.0f} s", flush=True)
        seconds, wrong = list[float](), Counter[str]()
        while len(seconds) < times:
            moment = random.uniform(0, length)
            number = random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
            if (found := ended_after(batch, moment, number)) is None:
                continue
            seconds.append(found[0])
            wrong.update(found[1])
            print(
                f"{number.name} at {moment:.1f} s: ended after {found[0]:.1f} s {'; '.join(found[1])}",
                file=sys.stderr,
                flush=True,
            )
    ordered = sorted(seconds)
    late = sum(s > LONGEST for s in ordered)
    print(
        f"{times} signals; seconds to the end: median {ordered[times // 2]:.1f}, longest "
        f"{ordered[-1]:.1f}; above {LONGEST:.0f}: {late}"
    )
    print("wrong: " + (", ".join(f"{n} × {what}" for what, n in wrong.items()) or "nothing"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
