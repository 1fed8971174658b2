"""Draws the mutants, or tries them against the tests; see the package."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import yaml

from tests.checkouts import HOUSE, copy_working_tree

from .changes import KINDS, NOTES, Mutant, mutated, noted, place_of, places

LIST = Path(__file__).with_name("mutants.yaml")
# Four mutants in each room; what is hidden has a list of its own, since the kit exists for it.
ROOMS = (
    "survey", "classify", "estimate", "publish", "publish/disclosure", "nap", "show", "report", "authoring",
    "run", "synthetic", "teaching", "languages", "yaml_files", "",
)  # fmt: skip
MOST_SECONDS = 300  # of the tests of one mutant; a mutant that takes longer has survived
OUTSIDE = "not browser and not spark and not wheel"
PARTS = {"test": f"not thorough and {OUTSIDE}", "test-all": f"thorough and {OUTSIDE}"}
FOUND = Path(__file__).with_name(
    "found.yaml"
)  # which test found which mutant, in the suite that later ones must match
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
    part: str = ""  # "test" if `make test` found it, "test-all" if only the thorough tests did
    by: str = ""  # the first test that failed
    seconds: float = 0.0


def reached_by(record: Path) -> dict[int, list[str]]:
    """Returns the tests that reached each mutant (by its number, from 1), from the folder that `trace` wrote."""
    found: dict[int, set[str]] = {}
    for file in record.iterdir():
        for line in file.read_text("utf-8").splitlines():
            number, _, test = line.partition("\t")
            found.setdefault(int(number), set()).add(test)
    return {number: sorted(tests) for number, tests in found.items()}


def nearest_first(mutant: Mutant, reached: Collection[str], there: Iterable[str]) -> list[str]:
    """Returns the tests of the files that reach a mutant: those that reach it themselves first, and of these those
    with the name of its module, then those of its room. The others of a file may read what a shared fixture made."""
    files = {test.partition("::")[0] for test in reached}
    stem, folder = Path(mutant.module).stem, Path(mutant.module).parent.as_posix()
    return sorted(
        (test for test in there if test.partition("::")[0] in files),
        key=lambda test: (
            test not in reached,
            f"test_{stem}" not in test,
            f"tests/{folder}/" not in test,
            test,
        ),
    )


def trace(mutants: Sequence[Mutant], record: Path, words: Sequence[str]) -> int:
    """Runs the tests on a copy in which each mutant's expression writes down the test that reaches it, also in
    the kernels and commands that a test starts. Returns pytest's exit code."""
    shutil.rmtree(record, ignore_errors=True)
    record.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(0, Path(folder))
        for module in {mutant.module for mutant in mutants}:
            file = copy / "fltoolkit" / module
            text = file.read_text("utf-8")
            here = {n: place_of(m, text) for n, m in enumerate(mutants, 1) if m.module == module}
            file.write_text(noted(here, text), "utf-8")
        shutil.copy2(Path(__file__).with_name("reached.py"), copy / f"{NOTES}.py")
        environment = {**os.environ, "PYTHONPATH": str(copy), "REACHED_INTO": str(record.resolve())}
        command = [sys.executable, "-m", "pytest", "-p", "no:nbval", "--timeout=1200", "-m", OUTSIDE, *words]
        return subprocess.run(command, cwd=copy, env=environment).returncode


def tried(
    mutant: Mutant, reached: Collection[str], parts: Mapping[str, frozenset[str]], copy: Path, known: str = ""
) -> Verdict:
    """Runs the tests that reach a mutant on a copy of the checkout, those of `make test` first, and returns what
    they said. `parts` are the tests of `make test` and the thorough ones; `known` is the test that found the mutant
    before, and runs before all others."""
    file = copy / "fltoolkit" / mutant.module
    text = (HOUSE / "fltoolkit" / mutant.module).read_text("utf-8")
    place = place_of(mutant, text)
    start = time.perf_counter()
    file.write_text(mutated(place, text), "utf-8")
    said = "survived" if reached else "not reached"
    try:
        for part, there in parts.items():
            ends = time.perf_counter() + MOST_SECONDS
            here = nearest_first(mutant, reached, there)
            for some in ([known] if known in there else [], here[:FIRST], here[FIRST:]):
                try:
                    failed = _first_failure(some, copy, ends - time.perf_counter())
                except subprocess.TimeoutExpired:
                    said = "time-out"
                    break
                if failed:
                    return Verdict(mutant, "killed", part, failed, time.perf_counter() - start)
    finally:
        file.write_text(text, "utf-8")
    return Verdict(mutant, said, seconds=time.perf_counter() - start)


def collected(marked: str) -> frozenset[str]:
    """Returns the tests with these marks that the suite has now: a trace may be of an older one."""
    command = [sys.executable, "-m", "pytest", "-p", "no:nbval", "--collect-only", "-q"]
    told = subprocess.run([*command, "-m", marked], cwd=HOUSE, capture_output=True, text=True, check=True)
    return frozenset(line for line in told.stdout.splitlines() if "::" in line)


def _first_failure(tests: list[str], copy: Path, seconds: float) -> str:
    """Returns the first of the tests that fails, or "" if all pass or none is left."""
    if not tests:
        return ""
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
    ]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryFile("w+") as out:
        run = subprocess.run(
            [*command, "-m", OUTSIDE, f"@{listed}"],
            cwd=copy,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=max(seconds, 1.0),
        )
        if run.returncode == pytest.ExitCode.OK:
            return ""
        out.seek(0)
        lines = out.read().splitlines()
    named = [line.split(" ", 1)[1] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return named[0].split(" - ")[0] if named else f"pytest ended with {run.returncode}"


def copied(number: int, folder: Path) -> Path:
    """Returns a copy of the checkout, in which a worker changes modules."""
    copy = folder / str(number)
    copy_working_tree(copy)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    return copy


def run(
    mutants: Mapping[int, Mutant], record: Path, workers: int, found_before: Mapping[str, str]
) -> list[Verdict]:
    """Tries the mutants on so many copies at once, and prints each verdict as it comes."""
    verdicts, reached = [], reached_by(record)
    parts = {part: collected(marked) for part, marked in PARTS.items()}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies = [copied(number, Path(folder)) for number in range(workers)]

        def verdict(number: int) -> Verdict:
            copy, mutant = copies.pop(), mutants[number]
            try:
                return tried(mutant, reached.get(number, ()), parts, copy, found_before.get(str(mutant), ""))
            finally:
                copies.append(copy)

        for number, found in zip(mutants, pool.map(verdict, mutants), strict=True):
            print(
                f"{number:3} {found.said:11} {found.part:8} {found.seconds:5.0f} s  {found.mutant}  {found.by}",
                flush=True,
            )
            verdicts.append(found)
    return verdicts


def lost(verdicts: Iterable[Verdict], before: Iterable[Mapping[str, str]]) -> list[str]:
    """Returns the mutants that the suite of `found.yaml` killed and this one does not."""
    killed = {found["mutant"] for found in before if found["said"] == "killed"}
    return [str(found.mutant) for found in verdicts if found.said != "killed" and str(found.mutant) in killed]


def main() -> int:
    """Draws or tries the mutants."""
    parser = argparse.ArgumentParser(prog="python -m tests.code_mutants", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    draw = parts.add_parser("draw", help="draw the mutants anew, into mutants.yaml")
    draw.add_argument("--seed", type=int, default=42)
    tracing = parts.add_parser("trace", help="run the suite, and write down which tests reach which mutant")
    tracing.add_argument("record", type=Path, help="a folder, which is written anew")
    tracing.add_argument("words", nargs="*", help="for pytest, after --")
    trial = parts.add_parser("run", help="try them against the tests")
    trial.add_argument("record", type=Path, help="the folder that trace wrote")
    trial.add_argument("--workers", type=int, default=2)
    trial.add_argument("--only", type=int, nargs="*", help="numbers of mutants, from 1")
    trial.add_argument(
        "--keep", action="store_true", help="write found.yaml: the suite that later ones must match"
    )
    told = parser.parse_args()
    if told.part == "draw":
        LIST.write_text(
            yaml.safe_dump([asdict(mutant) for mutant in drawn(told.seed)], sort_keys=False, width=130),
            "utf-8",
        )
        return 0
    mutants = read_mutants()
    if told.part == "trace":
        return trace(mutants, told.record, told.words)
    before = yaml.safe_load(FOUND.read_text("utf-8")) if FOUND.exists() else []
    chosen = {n: mutants[n - 1] for n in told.only or range(1, len(mutants) + 1)}
    tests = {found["mutant"]: found["by"] for found in before}
    verdicts = run(chosen, told.record, told.workers, tests)
    for part in PARTS:
        print(
            f"{sum(found.part == part for found in verdicts)} of {len(verdicts)} mutants killed first by make {part}"
        )
    gone = lost(verdicts, before)
    print(*(f"no longer killed: {mutant}" for mutant in gone), sep="\n")
    if told.keep:
        kept = [
            {**asdict(found), "mutant": str(found.mutant), "seconds": round(found.seconds)}
            for found in verdicts
        ]
        FOUND.write_text(yaml.safe_dump(kept, sort_keys=False, width=200), "utf-8")
    return bool(gone)


if __name__ == "__main__":
    sys.exit(main())
