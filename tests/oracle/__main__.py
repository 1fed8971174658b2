"""Runs both sides and prints what differs; see the package."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from tests.checkouts import HOUSE, archive_of, copy_working_tree, git, has_commit

from .compare import Difference, differences, idle, read_meant, unexpected
from .inputs import write_all

FREEZE = HOUSE / ".freeze"  # ignored by git: inputs, sides, and bases that were run before
HERE = Path(__file__).parent
LOCK, SIDE = "requirements.lock", HERE / "side.py"
MOST_SHOWN = 100


def resolved(commit: str) -> str:
    return git("rev-parse", "--short=12", f"{commit}^{{commit}}").decode().strip()


def code_of(commit: str) -> Path:
    """Returns the folder of a commit's files."""
    folder, part = FREEZE / "code" / commit, FREEZE / "code" / "part"
    if not folder.exists():
        shutil.rmtree(part, ignore_errors=True)  # of a run that was stopped
        with archive_of(commit) as packed:
            packed.extractall(part, filter="data")
        part.rename(folder)
    return folder


def working_tree() -> Path:
    """Returns a copy of the working tree's files: its edits during a run change nothing."""
    folder = FREEZE / "code" / "new"
    shutil.rmtree(folder, ignore_errors=True)
    copy_working_tree(folder)
    return folder


def python_of(code: Path) -> str:
    """Returns the interpreter for some code: this one if its lock is equal, else one that make installs from its lock."""
    if (code / LOCK).read_bytes() == (HOUSE / LOCK).read_bytes():
        return sys.executable
    subprocess.run(["make", ".venv/.installed"], cwd=code, check=True)
    return str(code / ".venv" / "bin" / "python")


def digest(folder: Path) -> str:
    """Returns a digest of the inputs and of what is asked of them."""
    files = [SIDE, *sorted(file for file in folder.rglob("*") if file.is_file())]
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.relative_to(HOUSE).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:12]


def run_side(code: Path, inputs: Path, kept: Path) -> None:
    """Runs the code on the inputs, and puts what it gives into the folder `kept`. A side that was stopped leaves no such folder."""
    running = FREEZE / "running"  # one place for all sides, since messages name it
    for folder in (running, kept, inputs / "outputs"):
        shutil.rmtree(folder, ignore_errors=True)
    running.mkdir(parents=True)
    asked = {"PYTHONPATH": str(code), "COLUMNS": "120", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {
        name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    } | asked
    start, cpu = time.perf_counter(), os.times()
    subprocess.run(
        [python_of(code), str(SIDE), str(inputs), str(running)], env=environment, cwd=running, check=True
    )
    kept.parent.mkdir(parents=True, exist_ok=True)
    running.rename(kept)
    seconds = sum(os.times()[2:4]) - sum(cpu[2:4])  # of the processes that it started
    print(f"{kept.name}: {time.perf_counter() - start:.0f} s, {seconds:.0f} s of CPU", flush=True)


def freeze(base: str, kind: str) -> bool:
    """Compares a base with the working tree. Returns whether something differs that is not meant."""
    commit = resolved(base)
    listed = yaml.safe_load((HERE / "differences.yaml").read_text("utf-8"))
    of_base = listed["differences"] if resolved(listed["base"]) == commit else []
    meant = read_meant(of_base, (HOUSE / "CHANGELOG.md").read_text("utf-8"))
    if len(of_base) < len(listed["differences"]):
        print(f"differences.yaml is about {listed['base']}: what it lists does not count here")
    inputs, old, new = FREEZE / "inputs", code_of(commit), working_tree()
    write_all(inputs, old, kind)
    kept = FREEZE / "sides" / f"{commit} {kind} {digest(inputs)}"
    if not kept.exists():
        print(f"The base {commit} is run and kept, and then the working tree.", flush=True)
        run_side(old, inputs, kept)
    run_side(new, inputs, FREEZE / "sides" / "new")
    found = list(differences(kept, FREEZE / "sides" / "new"))
    wrong = unexpected(found, meant)
    gone = idle(found, meant) if kind == "whole" else []
    show(wrong)
    for lost in gone:
        print(f"listed in differences.yaml, and did not occur: {lost}")
    print(
        f"{commit}, {kind}: {len(found)} differences, {len(wrong)} of them not meant; {len(gone)} meant did not occur"
    )
    return bool(wrong or gone)


def show(found: list[Difference]) -> None:
    """Prints the first differences, and how many each file has."""
    for one in found[:MOST_SHOWN]:
        print(one)
    for file, number in Counter(one.file for one in found).most_common():
        print(f"{number:6} {file}")


def find_plants() -> bool:
    """Plants each change of plants.yaml in a copy of the working tree, and looks for it. Returns whether one is not found."""
    code, inputs = working_tree(), FREEZE / "inputs"
    sides = [FREEZE / "sides" / name for name in ("as it is", "planted")]
    write_all(inputs, code, "plants")
    run_side(code, inputs, sides[0])
    lost = []
    for plant in yaml.safe_load((HERE / "plants.yaml").read_text("utf-8")):
        file = code / "fltoolkit" / plant["file"]
        text = file.read_text("utf-8")
        file.write_text(text.replace(plant["before"], plant["after"]), "utf-8")
        run_side(code, inputs, sides[1])
        file.write_text(text, "utf-8")
        found = list(differences(*sides))
        there = [one for one in found if plant["found"] in f"{one.file}: {one.new}"]
        print(f"{plant['kind']}: {len(found)} differences; {there[0] if there else 'NOT FOUND'}", flush=True)
        lost += [plant["kind"]] * (not there)
    print(f"planted changes that were not found: {', '.join(lost) or 'none'}")
    return bool(lost)


def main() -> int:
    base = yaml.safe_load((HERE / "differences.yaml").read_text("utf-8"))["base"]
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("base", nargs="?", default=base, help="a commit (default: that of differences.yaml)")
    parser.add_argument(
        "--fast", action="store_true", help="few surveys and mutants; differences.yaml may list more"
    )
    parser.add_argument(
        "--plants", action="store_true", help="find the planted changes of plants.yaml instead"
    )
    told = parser.parse_args()
    if not has_commit(told.base):
        parser.error(
            f"git has no commit {told.base} here; give the name of one, such as HEAD~3 (make freeze BASE=HEAD~3)"
        )
    return find_plants() if told.plants else freeze(told.base, "fast" if told.fast else "whole")


if __name__ == "__main__":
    sys.exit(main())
