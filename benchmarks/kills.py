"""Kills batches at random moments, and tests whether the results are the same as without a kill. Prints a
table (not on Windows; needs the extra `cluster`).

python benchmarks/kills.py 20            # 20 times in each way
python benchmarks/kills.py 20 a worker   # only the ways whose name starts with "a worker"

Three surveys (one with a plan, so with workbooks, documents and charts) run on two threads or two Dask
workers. At a random moment of each batch, the main process or one of the workers gets a SIGKILL. If it was
the main process, the same command with --resume then finishes the batch. Every file is compared with that of
an undisturbed batch (`outputs.py`): notebooks after normalisation, run.json without its seconds, all other
files byte by byte.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

HOUSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOUSE / "tests"))

import small_country as country  # noqa: E402
from dask_cluster import Dask, dask, until  # noqa: E402
from outputs import contents  # noqa: E402

PLANS = {"a": True, "b": False, "c": False}


def write_batch(folder: Path) -> Path:
    """Writes three small surveys, which differ only in their titles, and their batch.yaml."""
    surveys = []
    for name, with_plan in PLANS.items():
        country.write(folder / name, country.changed(country.SURVEY, title=f"Country {name}"))
        surveys.append(
            {"survey": f"{name}/survey.yaml", **({"plan": f"{name}/nap.yaml"} if with_plan else {})}
        )
    path = folder / "batch.yaml"
    path.write_text(yaml.safe_dump({"outputs": "out", "surveys": surveys}), "utf-8")
    return path


@contextmanager
def started(batch: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "fltoolkit.cli", "batch", str(batch), *options]
    with (
        (batch.parent / "log").open("a") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=HOUSE, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


# ------------------------------------------------------------------------------------------------------------


def kill_main(process: subprocess.Popen[str], _: Dask | None) -> None:
    process.kill()
    process.wait()


def kill_worker(_: subprocess.Popen[str], office: Dask | None) -> None:
    assert office
    until(office.workers)  # one that was killed before comes back
    random.choice(office.workers()).kill()


def undisturbed(batch: Path, *options: str) -> tuple[float, dict[str, Any]]:
    """Returns the seconds of a batch without a kill, and its results."""
    start = time.monotonic()
    with started(batch, *options) as process:
        assert process.wait() == 0, (batch.parent / "log").read_text()
    found = contents(batch.parent / "out")
    shutil.rmtree(batch.parent / "out")
    return time.monotonic() - start, found


def in_place(out: Path) -> int:
    return sum((out / name / "run.json").exists() for name in PLANS)


def one(
    batch: Path,
    kill: Callable[[subprocess.Popen[str], Dask | None], None],
    office: Dask | None,
    length: float,
) -> dict[str, Any]:
    """Kills one batch, then lets it finish. Returns the second of the kill, what existed at that time, and
    how the batch ended."""
    out, options = batch.parent / "out", ("--scheduler", office.address) if office else ("--workers", "2")
    shutil.rmtree(out, ignore_errors=True)
    with started(batch, *options) as process:
        until(lambda: process.poll() is not None or list(out.glob(".work-*")), 600)
        assert process.poll() is None, (batch.parent / "log").read_text()
        start = time.monotonic()
        while time.monotonic() < start + length and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            return {"missed": True}
        kill(process, office)
        moment, there = time.monotonic() - start, in_place(out)
        code = process.wait()
    if kill is kill_main:
        with started(batch, *options, "--resume") as process:
            code = process.wait()
    return {"moment": moment, "there": there, "code": code, "left": contents(out)}


WAYS = ("the main process, threads", "a worker, Dask", "the main process, Dask")


def killed(
    way: str, batch: Path, times: int, expected: dict[str, Any], length: float, office: Dask | None
) -> None:
    """Repeats this `times` times for one way of killing, and prints a row of the table."""
    kill = kill_worker if way.startswith("a worker") else kill_main
    rounds: list[dict[str, Any]] = []
    while len(rounds) < times:
        found = one(batch, kill, office, random.uniform(0, length))
        if "missed" not in found:  # it had ended before
            rounds.append(found)
            same = "all the same" if found["left"] == expected else "NOT the same"
            told = (
                f"{way}, {len(rounds)} of {times}: killed at {found['moment']:.0f} s, "
                f"{found['there']} in place; ended with {found['code']}"
            )
            print(f"{told}; {len(found['left'])} files, {same}", file=sys.stderr)
    differing = [
        name
        for r in rounds
        for name in sorted(expected.keys() | r["left"].keys())
        if r["left"].get(name) != expected.get(name)
    ]
    moments, there = sorted(r["moment"] for r in rounds), Counter(r["there"] for r in rounds)
    finished = sum(r["code"] == 0 for r in rounds)
    compared = sum(len(r["left"]) for r in rounds)
    stood = ", ".join(f"{there[n]} × {n}" for n in sorted(there))
    print(
        (
            f"| {way} | {times} | {moments[0]:.1f} to {moments[-1]:.1f} | {stood} | {finished} | "
            f"{compared:,} | {len(differing)} |"
        ),
        flush=True,
    )
    for name, count in Counter(differing).most_common():
        print(f"  differs: {name}, {count} times")


def main(times: int, chosen: str) -> None:
    random.seed(20)
    with tempfile.TemporaryDirectory() as place, dask(Path(place) / "dask") as office:
        batch = write_batch(Path(place))
        length, expected = undisturbed(batch, "--workers", "2")
        kinds = Counter(Path(name).suffix for name in expected)
        print(f"undisturbed, by threads: {length:.0f} s, {len(expected)} files")
        print("  " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
        print(
            "| what was killed | times | at second | surveys that stood there | finished | files "
            "compared | differing |"
        )
        print("|---|---|---|---|---|---|---|")
        for way in (way for way in WAYS if way.startswith(chosen)):
            by_dask = way.endswith("Dask")
            killed(way, batch, times, expected, length, office if by_dask else None)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, " ".join(sys.argv[2:]))
