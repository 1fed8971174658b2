"""Draws the mutants, or tries them against the tests; see the package."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from coverage.numbits import numbits_to_nums

from .changes import KINDS, Mutant, mutated, place_of, places

HOUSE = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutants.yaml")
# Four mutants in each room; what is hidden has a list of its own, since the kit exists for it.
ROOMS = (
    "survey", "classify", "estimate", "publish", "publish/disclosure", "nap", "show", "report", "authoring",
    "run", "synthetic", "teaching", "languages", "yaml_files", "",
)  # fmt: skip
MOST_SECONDS = 300  # of the tests of one mutant; a mutant that takes longer has survived
FIRST = 60  # tests nearest to the mutant's module run before all others


def rooms_files(room: str) -> list[Path]:
    """Returns the modules of a room; "" stands for those beside the rooms."""
    package = HOUSE / "fltoolkit"
    files = sorted((package / room).rglob("*.py") if room else package.glob("*.py"))
    return [file for file in files if room != "publish" or "disclosure" not in file.parts]


def drawn(seed: int) -> list[Mutant]:
    """Returns one mutant of each kind in each room, each place of a room as likely as another."""
    lots = random.Random(seed)
    chosen = []
    for room in ROOMS:
        all_places = [
            place.mutant
            for file in rooms_files(room)
            for place in places(file.relative_to(HOUSE / "fltoolkit").as_posix(), file.read_text("utf-8"))
        ]
        chosen += [lots.choice([mutant for mutant in all_places if mutant.kind == kind]) for kind in KINDS]
    return chosen


def read_mutants() -> list[Mutant]:
    """Returns the mutants of the list, in its order."""
    return [Mutant(**mutant) for mutant in yaml.safe_load(LIST.read_text("utf-8"))]


@dataclass(frozen=True)
class Verdict:
    """What the tests said of a mutant: `killed`, `survived`, `time-out` (which counts as survived) or `not
    reached`."""

    mutant: Mutant
    said: str
    by: str  # the first test that failed
    seconds: float


class Reached:
    """Which tests reached a line, from a traced run (`--cov --cov-context=test`)."""

    def __init__(self, traced: Path) -> None:
        self.lines = sqlite3.connect(traced)

    def tests(self, module: str, first: int, last: int) -> list[str]:
        """Returns the tests that reached one of the lines, those of files with the module's name and folder
        first."""
        rows = self.lines.execute(
            "select context, numbits from line_bits join file on file.id = file_id join context on "
            "context.id = context_id "
            "where path like ?",
            (f"%/fltoolkit/{module}",),
        )
        lines = set(range(first, last + 1))
        found = {name.partition("|")[0] for name, bits in rows if name and lines & set(numbits_to_nums(bits))}
        stem, folder = Path(module).stem, Path(module).parent.as_posix()
        return sorted(
            found, key=lambda test: (f"test_{stem}" not in test, f"tests/{folder}/" not in test, test)
        )


def tried(mutant: Mutant, reached: Reached, copy: Path) -> Verdict:
    """Runs the tests that reach a mutant on a copy of the checkout, and returns what they said."""
    file = copy / "fltoolkit" / mutant.module
    text = (HOUSE / "fltoolkit" / mutant.module).read_text("utf-8")
    place = place_of(mutant, text)
    tests = reached.tests(mutant.module, place.node.lineno, place.node.end_lineno or place.node.lineno)
    if not tests:
        return Verdict(mutant, "not reached", "", 0.0)
    start = time.perf_counter()
    file.write_text(mutated(place, text), "utf-8")
    try:
        for part in filter(None, (tests[:FIRST], tests[FIRST:])):
            left = MOST_SECONDS - (time.perf_counter() - start)
            failed = _first_failure(part, copy, left)
            if failed:
                return Verdict(mutant, "killed", failed, time.perf_counter() - start)
    except subprocess.TimeoutExpired:
        return Verdict(mutant, "time-out", "", time.perf_counter() - start)
    finally:
        file.write_text(text, "utf-8")
    return Verdict(mutant, "survived", "", time.perf_counter() - start)


def _first_failure(tests: list[str], copy: Path, seconds: float) -> str:
    """Returns the first of the tests that fails, or "" if all pass."""
    listed = copy / "tests_of_mutant.txt"
    listed.write_text("\n".join(tests), "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:nbval",
        "-p",
        "no:cacheprovider",
        "--no-header",
        f"@{listed}",
    ]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryFile("w+") as out:
        run = subprocess.run(
            command,
            cwd=copy,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=max(seconds, 1.0),
        )
        if run.returncode == 0:
            return ""
        out.seek(0)
        lines = out.read().splitlines()
    named = [line.split(" ", 1)[1] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return named[0].split(" - ")[0] if named else f"pytest ended with {run.returncode}"


def copied(number: int, folder: Path) -> Path:
    """Returns a copy of the checkout's tracked files in which a worker changes modules."""
    copy = folder / str(number)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HOUSE / name, copy / name)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    return copy


def run(mutants: Iterable[Mutant], traced: Path, workers: int) -> list[Verdict]:
    """Tries the mutants on so many copies at once, and prints each verdict as it comes."""
    verdicts = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies = [copied(number, Path(folder)) for number in range(workers)]

        def verdict(mutant: Mutant) -> Verdict:
            copy = copies.pop()
            try:
                return tried(mutant, Reached(traced), copy)
            finally:
                copies.append(copy)

        for number, found in enumerate(pool.map(verdict, mutants), 1):
            print(
                f"{number:3} {found.said:11} {found.seconds:5.0f} s  {found.mutant}  {found.by}", flush=True
            )
            verdicts.append(found)
    return verdicts


def main() -> int:
    """Draws or tries the mutants."""
    parser = argparse.ArgumentParser(prog="python -m tests.code_mutants", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    draw = parts.add_parser("draw", help="draw the mutants anew, into mutants.yaml")
    draw.add_argument("--seed", type=int, default=42)
    trial = parts.add_parser("run", help="try them against the tests")
    trial.add_argument("traced", type=Path, help="the .coverage of a run with --cov-context=test")
    trial.add_argument("--workers", type=int, default=2)
    trial.add_argument("--only", type=int, nargs="*", help="numbers of mutants, from 1")
    told = parser.parse_args()
    if told.part == "draw":
        LIST.write_text(
            yaml.safe_dump([asdict(mutant) for mutant in drawn(told.seed)], sort_keys=False, width=130),
            "utf-8",
        )
        return 0
    mutants = read_mutants()
    verdicts = run([mutants[n - 1] for n in told.only] if told.only else mutants, told.traced, told.workers)
    killed = sum(found.said == "killed" for found in verdicts)
    print(f"{killed} of {len(verdicts)} mutants killed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
