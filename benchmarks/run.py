"""Measures the time and memory of the kit, of svy, of R's survey package, and of a plain GROUP BY of DuckDB
(the floor). `make bench` runs it.

Each number comes from one process, with nothing else running, and all come from one run, so that their ratios
are valid. The time to read the Parquet file is included, except for R, which cannot read such files. The
results of the other programs are compared with those of the kit. Writes docs/performance/table.csv, and the
pictures.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import engines
import surveys
from measure import Measured, in_python, in_r, too_long
from pictures import draw

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "docs" / "performance"
SIZES = (100_000, 1_000_000, 10_000_000)
LARGEST, ITS_BYTES = 100_000_000, 8_000_000_000
SHORT = 10  # seconds
MOST_FOR_R = 200  # with more domains each run is halted, after as many minutes as the rest of the table takes
COLUMNS = (
    "task",
    "persons",
    "domains",
    "engine",
    "seconds",
    "cpu",
    "megabytes",
    "imports",
    "times_ours",
    "largest_gap",
    "blank",
)


@dataclass(frozen=True)
class Engine:
    """A program that does a task: the kit, the floor, or a program for comparison."""

    name: str
    call: Callable[[Path, int], Measured]


class Table:
    """The lines of the table. Each is printed as soon as it is measured, and kept for the file."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.smaller: dict[tuple[str, int, str], list[tuple[int, Measured]]] = {}
        print(
            f"{'task':<22}{'persons':>13}{'domains':>9}  "
            f"{'engine':<10}{'seconds':>9}{'cpu':>8}{'MB':>8}{'imports':>9}{'× ours':>9}  gap"
        )

    def measure(
        self, task: str, persons: int, domains: int, path: Path, all_engines: Sequence[Engine]
    ) -> None:
        ours = Measured()
        for engine in all_engines:
            before = self.smaller.setdefault((task, domains, engine.name), [])
            blank = too_long(before, persons) if engine.name in ("svy", "R survey") else ""
            if engine.name == "R survey" and domains > MOST_FOR_R:
                blank = f"not run: of {domains:,} domains it passed ten minutes at 100,000"
            found = Measured(blank=blank) if blank else best_of(engine, path, domains)
            ours = found if engine.name == "fltoolkit" else ours
            before.append((persons, found))
            self.add(task, persons, domains, engine.name, found, ours)

    def add(
        self, task: str, persons: int, domains: int, engine: str, found: Measured, ours: Measured
    ) -> None:
        compared = engine in ("svy", "R survey") and not found.blank and not ours.blank
        gap = (
            max(abs(a / b - 1) for a, b in zip(found.numbers, ours.numbers, strict=True))
            if compared
            else float("nan")
        )
        times = found.seconds / ours.seconds
        took = (found.seconds, found.cpu, found.megabytes, found.imports)
        values = (task, persons, domains, engine, *took, times, gap, found.blank)
        self.rows.append(dict(zip(COLUMNS, values, strict=True)))
        told = (
            "{:>9.2f}{:>8.2f}{:>8.0f}{:>9.0f}{:>9.2f}".format(*took, times)
            if not found.blank
            else f"  {found.blank}"
        )
        print(
            f"{task:<22}{persons:>13,}{domains:>9,}  {engine:<10}{told}{f'  {gap:.0e}' if compared else ''}",
            flush=True,
        )


def best_of(engine: Engine, path: Path, domains: int) -> Measured:
    """Returns the fastest of three measurements, if one takes less than ten seconds. Other programs on the
    machine can only add to the time."""
    found = [engine.call(path, domains)]
    while len(found) < 3 and found[0].seconds < SHORT:
        found.append(engine.call(path, domains))
    return min(found, key=lambda m: m.seconds)


def python(name: str, what: Callable[[Path, int], Sequence[float]]) -> Engine:
    return Engine(name, lambda path, domains: in_python(what, path, domains))


def by_r(task: str, columns: str) -> Engine:
    """Returns R as an engine, on a CSV copy of the given columns. `{d}` in a name stands for the number of
    domains."""

    def call(path: Path, domains: int) -> Measured:
        if shutil.which("Rscript") is None:
            return Measured(blank="no Rscript")
        import duckdb

        file, totals = path.with_suffix(".csv"), path.with_name("totals.csv")
        duckdb.sql(f"copy (select {columns.format(d=domains)} from '{path}') to '{file}' (header)")
        if task == "raking":
            with totals.open("w", newline="") as out:
                rows = [("margin", "category", "population")]
                rows += [
                    (m[0], k, str(v)) for m, parts in engines.margins(path).items() for k, v in parts.items()
                ]
                csv.writer(out).writerows(rows)
        found = in_r(task, file, [f"{'r' if task == 'districts' else 'd'}{domains}", str(totals)])
        file.unlink()
        return found

    return Engine("R survey", call)


def texts(table: Table, folder: Path, sizes: Sequence[int]) -> None:
    """Measures strata, PSUs and domains that are text, and for comparison the same as whole numbers."""
    whole = [python("fltoolkit", engines.ours_domains), python("floor", engines.floor_domains)]
    whole += [python("svy", engines.svy_domains), by_r("domains", "stratum, psu, w, y, d{d}")]
    text = [python("fltoolkit", engines.ours_texts), python("floor", engines.floor_texts)]
    text += [
        python("svy", engines.svy_texts),
        by_r("domains", "tstratum as stratum, tpsu as psu, w, y, td{d} as d{d}"),
    ]
    for persons in sizes:
        path = surveys.design(folder, persons)
        table.measure("keys, whole numbers", persons, surveys.TEXTS, path, whole)
        table.measure("keys, text", persons, surveys.TEXTS, path, text)
        path.unlink()


def domains(table: Table, folder: Path, sizes: Sequence[int]) -> None:
    task = [python("fltoolkit", engines.ours_domains), python("floor", engines.floor_domains)]
    oracles = [python("svy", engines.svy_domains), by_r("domains", "stratum, psu, w, y, d{d}")]
    districts = [python("fltoolkit", engines.ours_districts), python("floor", engines.floor_districts)]
    districts += [python("svy", engines.svy_districts), by_r("districts", "stratum, psu, w, y, r{d}")]
    for persons in sizes:
        path = surveys.design(folder, persons)
        for d in surveys.DOMAINS:
            table.measure("prevalence", persons, d, path, [*task, *oracles])
        table.measure("prevalence, districts", persons, 200, path, districts)
        path.unlink()
    if max(sizes) == SIZES[-1] and shutil.disk_usage(folder).free > ITS_BYTES:
        path = surveys.design(folder, LARGEST)
        table.measure("prevalence", LARGEST, 200, path, task)
        path.unlink()


def models(table: Table, folder: Path, sizes: Sequence[int]) -> None:
    columns = ", ".join(["stratum", "psu", "w", "y", "d20", *(f"g{g}" for g in surveys.GROUPS)])
    for persons in sizes[:2]:
        path = surveys.design(folder, persons)
        table.measure(
            "logit, 20 parameters",
            persons,
            1,
            path,
            [python("fltoolkit", engines.ours_logit), by_r("logit", columns)],
        )
        table.measure(
            "raking, 2 margins",
            persons,
            20,
            path,
            [python("fltoolkit", engines.ours_raking), by_r("raking", columns)],
        )
        path.unlink()
        path = surveys.replicates(folder, persons)
        task = [python("fltoolkit", engines.ours_replicates), python("floor", engines.floor_replicates)]
        table.measure("200 replicates", persons, 20, path, [*task, by_r("replicates", "*")])
        path.unlink()


def full_path(table: Table, folder: Path, sizes: Sequence[int]) -> None:
    task = [
        python("fltoolkit", engines.ours_survey),
        python("floor", engines.floor_survey),
        python("checks", engines.ours_checks),
    ]
    for persons in sizes[1:]:
        for name, children in (("full path, adults", False), ("full path, families", True)):
            path = surveys.survey(folder, persons, children)
            table.measure(name, persons, 200, path, task)
            shutil.rmtree(path)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--most", type=int, default=SIZES[-1], help="the largest survey but one of 100 million"
    )
    arguments.add_argument(
        "--only",
        choices=("domains", "texts", "models", "full_path"),
        help="one part; nothing is written then",
    )
    given = arguments.parse_args()
    sizes, table = [s for s in SIZES if s <= given.most], Table()
    with tempfile.TemporaryDirectory() as folder:
        for part in (domains, texts, models, full_path):
            if given.only in (None, part.__name__):
                part(table, Path(folder), sizes)
    if given.only is None and given.most == SIZES[-1]:
        RESULTS.mkdir(exist_ok=True)
        with (RESULTS / "table.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {k: f"{v:.3g}" if isinstance(v, float) else v for k, v in row.items()} for row in table.rows
            )
        draw(RESULTS)
        print(f"Written: {RESULTS}")


if __name__ == "__main__":
    sys.exit(main())
