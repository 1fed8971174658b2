"""Measures what users wait for: the commands, and the import of the kit. `import pandas` is measured in the
same run for comparison.

python benchmarks/waits.py                          # this checkout
python benchmarks/waits.py ../before . --times 5    # two checkouts, in turn

For each wait, the table gives the median processor seconds (children included), their ratio to those of
`import pandas`, and the median elapsed seconds. Each call runs in a separate process, and checkouts
alternate. A first run of each, which is not counted, compiles the byte code. The survey of 5,000 persons has
every third household of Norvia's survey. The survey of 15,500 persons is Valdorie's, with children.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

HOUSE = Path(__file__).resolve().parents[1]
SAMPLES = HOUSE / "data_samples"
KIT = "import pandas; import fltoolkit as fl; fl.prevalence; fl.read_survey"


def waits(folder: Path, tree: Path) -> Mapping[str, Sequence[str]]:
    """Returns, for each wait, the arguments of the interpreter. `folder` contains the survey of 5,000
    persons, and receives the files that are written."""
    out, small, two = (
        folder / f"out_{tree.name}",
        folder / "norvia" / "survey.yaml",
        SAMPLES / "valdorie_enquete_2025" / "survey.yaml",
    )
    drafted = small.with_name(f"draft_{time.monotonic_ns()}.yaml")
    cli = ("-m", "fltoolkit.cli")
    estimate = (*cli, "estimate", str(small), "--outputs")
    return {
        "import pandas": ("-c", "import pandas"),
        "import fltoolkit": ("-c", KIT),
        "--help": (*cli, "--help"),
        "check, 5,000 persons": (*cli, "check", str(small)),
        "check, 15,500 with children": (*cli, "check", str(two)),
        "new, 5,000 persons": (*cli, "new", str(small.with_name("persons.csv")), "--out", str(drafted)),
        "estimate, no plan": (*estimate, str(out / "alone")),
        "estimate, plan in two languages": (
            *estimate,
            str(out / "plan"),
            "--plan",
            str(small.with_name("nap.yaml")),
        ),
        "batch of 3": (*cli, "batch", str(folder / f"batch_{tree.name}.yaml")),
    }


def prepare(folder: Path, trees: Sequence[Path]) -> None:
    """Writes the survey of 5,000 persons, and a batch of the three samples for each checkout."""
    small, whole = folder / "norvia", SAMPLES / "norvia_lfs_2025"
    small.mkdir()
    people = pd.read_csv(whole / "persons.csv", dtype=str, keep_default_na=False)
    people[pd.util.hash_array(people["HH"].to_numpy(object)) % 100 < 30].to_csv(
        small / "persons.csv", index=False
    )
    for name in ("survey.yaml", "nap.yaml"):
        (small / name).write_bytes((whole / name).read_bytes())
    given = (SAMPLES / "batch.yaml").read_text("utf-8")
    for tree in trees:
        (folder / f"out_{tree.name}").mkdir()
        text = given.replace("outputs: ../outputs", f"outputs: out_{tree.name}/batch")
        for name in ("norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025"):
            text = text.replace(f": {name}/", f": {SAMPLES / name}/")
        (folder / f"batch_{tree.name}.yaml").write_text(text, "utf-8")


def measured(tree: Path, arguments: Sequence[str]) -> tuple[float, float]:
    """Returns the processor seconds and the elapsed seconds of a call in a checkout, with all processes that
    it starts."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": str(tree)
    }
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument(
        "trees",
        nargs="*",
        type=Path,
        default=[HOUSE],
        help="checkouts, the earlier first (default: this one)",
    )
    given.add_argument("--times", type=int, default=3, help="how often each is measured (default: 3)")
    given.add_argument("--only", default="", help="only those whose name holds this, beside import pandas")
    asked = given.parse_args()
    trees = [tree.resolve() for tree in asked.trees]
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch), trees)
        found: dict[tuple[str, Path], list[tuple[float, float]]] = {}
        for name in waits(Path(scratch), trees[0]):
            if asked.only in name or name == "import pandas":
                for turn in range(asked.times + 1):
                    for tree in trees:
                        took = measured(tree, waits(Path(scratch), tree)[name])
                        if turn:  # the first compiles
                            found.setdefault((name, tree), []).append(took)
    print(f"{'':34}" + "".join(f"{tree.name:>12} {'× pandas':>9} {'clock':>7}" for tree in trees))
    for name in dict.fromkeys(name for name, _ in found):
        line = f"{name:34}"
        for tree in trees:
            cpu, clock = (statistics.median(took[i] for took in found[name, tree]) for i in (0, 1))
            pandas = statistics.median(took[0] for took in found["import pandas", tree])
            line += f"{cpu:10.2f} s {cpu / pandas:9.1f} {clock:5.1f} s"
        print(line)


if __name__ == "__main__":
    main()
