"""Measures a batch of many small surveys on two workers, and the same surveys in a shell loop of papermill.
Also measures what the kit spends on a survey besides running its cells.

python benchmarks/batch.py 100           # three notebooks per survey
python benchmarks/batch.py 10 --plan     # four, with the plan's workbook and documents

The loop runs the same notebooks on the same surveys with the same parameters: `papermill NOTEBOOK OUT -p …`,
one call after the other. It makes no pages and no hashes. The table of parts is about a single survey that
runs alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

HOUSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOUSE / "tests"))

import small_country as country  # noqa: E402

from fltoolkit.run import batch, jupyter  # noqa: E402
from fltoolkit.run.batch_file import Run, make_run, notebooks_of  # noqa: E402
from fltoolkit.shipped_files import notebook_folder  # noqa: E402


def surveys(folder: Path, count: int, plan: bool) -> list[Run]:
    """Returns `count` small surveys of 412 adults each. The weights differ from survey to survey."""
    runs = []
    for n in range(count):
        table = country.persons()
        table["W"] += n % 7
        path = country.write(
            folder / f"s{n:03d}", country.changed(country.SURVEY, title=f"Country {n}"), table=table
        )
        runs.append(make_run(path, path.with_name("nap.yaml") if plan else None))
    return runs


def quiet(_: str) -> None:
    """Receives the progress messages of a batch, and prints nothing."""


def by_papermill(runs: Sequence[Run], out: Path) -> float:
    """Returns the seconds of a shell loop: one call of papermill per notebook."""
    start = time.monotonic()
    for run in runs:
        target = out / run.name
        target.mkdir(parents=True)
        for name in notebooks_of(run):
            given = [
                word
                for key, value in run.parameters_in(target, name).items()
                for word in ("-r", key, str(value))
            ]
            command = [
                sys.executable,
                "-m",
                "papermill",
                notebook_folder() / f"{name}.ipynb",
                target / f"{name}.ipynb",
                *given,
            ]
            subprocess.run([*command, "--cwd", target, "--no-progress-bar"], check=True, capture_output=True)
    return time.monotonic() - start


def by_batch(runs: Sequence[Run], out: Path, **where: Any) -> float:
    start = time.monotonic()
    assert batch.run_surveys(runs, out, batch.BatchOptions(**where), say=quiet)
    return time.monotonic() - start


def measured(work: Callable[[], float]) -> tuple[float, float]:
    """Returns the elapsed seconds that `work` returns, and the processor seconds of this process and of its
    children that have ended."""
    before = os.times()
    seconds, after = work(), os.times()
    return seconds, sum(after[:4]) - sum(before[:4])


def by_dask(runs: Sequence[Run], folder: Path) -> float:
    """Returns the seconds of a batch on a Dask cluster of two workers. The start of the cluster is not
    counted."""
    from dask_cluster import dask

    with dask(folder / "dask") as office:
        return by_batch(runs, folder / "by_dask", scheduler=office.address)


# ------------------------------------------------------------------------------------------------- what it is


@contextmanager
def timed(spent: Counter[str], label: str, owner: Any, name: str) -> Iterator[None]:
    """Adds the seconds spent in one function to `spent`, as long as the block lasts."""
    real: Callable[..., Any] = getattr(owner, name)

    def measured(*arguments: Any, **named: Any) -> Any:
        start = time.monotonic()
        try:
            return real(*arguments, **named)
        finally:
            spent[label] += time.monotonic() - start

    with mock.patch.object(owner, name, measured):
        yield


def parts(run: Run, folder: Path) -> Counter[str]:
    """Returns the seconds of one survey by part, such as the start of the kernel or the hashes. A first run,
    which is not counted, loads the libraries of this process."""
    spent: Counter[str] = Counter()
    by_batch([run], folder / "warm", workers=1)
    real = batch._page

    def with_cells(run: Run, work: Path, name: str, links: list[tuple[str, str]]) -> None:
        for cell in json.loads((work / f"{name}.ipynb").read_text("utf-8"))["cells"]:
            spent["its cells"] += cell["metadata"].get("papermill", {}).get("duration") or 0
        real(run, work, name, links)

    functions = [
        ("start of the kernel, with the kit's imports", jupyter.Kernel, "_start"),
        ("end of the kernel", jupyter.Kernel, "__exit__"), ("pages", batch, "page"),
        ("hashes of inputs, code and results", batch, "run_inputs"),
        ("hashes of inputs, code and results", batch, "file_hashes"),
        ("hashes of inputs, code and results", batch, "input_hashes"),
        ("the index and its script", batch, "write_index"),
        ("the index and its script", batch, "write_assets"),
    ]  # fmt: skip
    with ExitStack() as patched:
        patched.enter_context(mock.patch.object(batch, "_page", with_cells))
        for label, owner, name in functions:
            patched.enter_context(timed(spent, label, owner, name))
        whole = by_batch([run], folder / "parts", workers=1)
    spent["papermill: reading, parameters, messages, writing"] = whole - sum(spent.values())
    spent["in all"] = whole
    return spent


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=100, help="surveys (default: 100)")
    parser.add_argument(
        "--plan", action="store_true", help="with a plan: a fourth notebook, workbook and documents"
    )
    parser.add_argument(
        "--loop", type=int, metavar="SURVEYS", help="as many of them in papermill's loop (default: all)"
    )
    parser.add_argument(
        "--dask", action="store_true", help="also on two workers of a Dask cluster (extra `cluster`)"
    )
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        runs = surveys(folder, asked.count, asked.plan)
        print(
            f"{asked.count} surveys of {len(country.persons())} persons, {len(notebooks_of(runs[0]))} "
            "notebooks each\n"
        )
        print("| one survey by itself | seconds |\n|---|---|")
        for name, spent in sorted(parts(runs[0], folder).items(), key=lambda item: -item[1]):
            print(f"| {name} | {spent:.2f} |")
        print(
            (
                "\n| | surveys | seconds | a survey | times as long | processor seconds a survey |\n"
                "|---|---|---|---|---|---|"
            ),
            flush=True,
        )
        few = runs[: asked.loop]
        ways = {"fltoolkit batch --workers 2": (runs, lambda: by_batch(runs, folder / "two", workers=2))}
        if asked.dask:
            ways["fltoolkit batch --scheduler, two workers"] = runs, lambda: by_dask(runs, folder)
        ways["papermill, one call after the other"] = few, lambda: by_papermill(few, folder / "papermill")
        ours = 0.0
        for name, (done, work) in ways.items():
            seconds, processor = measured(work)
            ours = ours or seconds / len(done)
            each = (
                f"{seconds / len(done):.1f} | {seconds / len(done) / ours:.2f} | {processor / len(done):.1f}"
            )
            print(f"| `{name}` | {len(done)} | {seconds:.0f} | {each} |", flush=True)


if __name__ == "__main__":
    main()
