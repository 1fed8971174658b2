"""Time and memory of the one pass over microdata. Run by `make bench`.

First beside the floor, DuckDB's bare GROUP BY of the same columns; then the full covariance of 200 domains over 1 million persons beside
`svy` and R's `survey` (where Rscript has it), each in a process of its own. Ours and svy's include reading the Parquet file, R's
does not (it has no reader for it). All three must find the same estimates and covariance.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STRATA, PSUS = 500, 10_000
SIZES = {"100 thousand": 100_000, "1 million": 1_000_000}
DOMAINS = (1, 20, 200)


def make_data(path: Path, persons: int) -> None:
    """A survey in random order: weight, stratum, PSU, a rare outcome, and groups of 1, 20 and 200 values."""
    import duckdb

    groups = ", ".join(f"cast(floor(random() * {d}) as integer)::varchar as d{d}" for d in DOMAINS)
    duckdb.sql("select setseed(0.5)")
    duckdb.sql(
        f"copy (select (p % {STRATA})::varchar as stratum, p::varchar as psu, 1 + random() as w, "
        f"cast(random() < 0.005 as integer) as y, {groups} "
        f"from (select cast(floor(random() * {PSUS}) as integer) as p from range({persons}))) to '{path}' (format parquet)"
    )


def ours(path: Path, domains: int) -> None:
    import fltoolkit as fl

    design = fl.SurveyDesign(path, weight="w", strata="stratum", psu="psu")
    fl.prevalence(design, "y", by=[f"d{domains}"])


def floor(path: Path, domains: int) -> None:
    import duckdb

    duckdb.sql(f"select stratum, psu, d{domains}, y, count(*), sum(w), sum(w * w) from '{path}' group by all").fetchnumpy()


def ours_covariance(path: Path, domains: int) -> tuple[float, float]:
    import fltoolkit as fl

    est = fl.prevalence(fl.SurveyDesign(path, weight="w", strata="stratum", psu="psu"), "y", by=[f"d{domains}"])
    return float(est.table["estimate"].sum()), float(est.covariance.sum())


def svy_covariance(path: Path, domains: int) -> tuple[float, float]:
    import numpy as np
    import polars as pl
    import svy

    columns = ["stratum", "psu", "w", "y", f"d{domains}"]
    sample = svy.Sample(pl.read_parquet(path, columns=columns), svy.Design(stratum="stratum", psu="psu", wgt="w"))
    found = sample.estimation.mean("y", by=f"d{domains}")
    return float(found.to_polars()["est"].sum()), float(np.asarray(found.covariance).sum())


def measure(what: Callable[[Path, int], Any], path: Path, domains: int) -> tuple[float, float, Any]:
    """Seconds, peak memory (MB) and result of one call in a process of its own."""
    results = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(what, path, domains, results))
    process.start()
    found: tuple[float, float, Any] = results.get()
    process.join()
    return found


def _measured(what: Callable[[Path, int], Any], path: Path, domains: int, results: multiprocessing.Queue[Any]) -> None:
    import fltoolkit  # noqa: F401 - imports are not what is measured

    if what is svy_covariance:
        import svy  # noqa: F401

    start = time.perf_counter()
    found = what(path, domains)
    results.put((time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found))


def by_r(path: Path, domains: int) -> tuple[float, float, tuple[float, float]] | str:
    """The same from R, or why there is none."""
    if shutil.which("Rscript") is None:
        return "no Rscript"
    import duckdb

    csv = path.with_suffix(".csv")
    duckdb.sql(f"copy (select stratum, psu, w, y, d{domains} from '{path}') to '{csv}' (header)")
    run = subprocess.run(["Rscript", Path(__file__).with_name("by_r.R"), csv, f"d{domains}"], capture_output=True, text=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if run.returncode:
        return run.stderr.strip().splitlines()[-1]
    seconds, estimates, covariance = (float(x) for x in run.stdout.split())
    return seconds, peak, (estimates, covariance)


def beside_the_floor(folder: Path) -> None:
    print(f"{'persons':<14}{'domains':>8}{'ours, s':>10}{'floor, s':>10}{'ratio':>8}{'peak, MB':>10}")
    for name, persons in SIZES.items():
        path = folder / f"{persons}.parquet"
        make_data(path, persons)
        for domains in DOMAINS:
            (a, peak, _), (b, _, _) = measure(ours, path, domains), measure(floor, path, domains)
            print(f"{name:<14}{domains:>8}{a:>10.2f}{b:>10.2f}{a / b:>8.1f}{peak:>10.0f}")


def beside_the_peers(folder: Path, persons: int = 1_000_000, domains: int = 200) -> None:
    path = folder / f"{persons}.parquet"
    first = measure(ours_covariance, path, domains)
    found = {"fltoolkit": first, "svy": measure(svy_covariance, path, domains), "R survey": by_r(path, domains)}
    print(f"\n{persons:,} persons, {domains} domains, full covariance")
    print(f"{'':<12}{'seconds':>9}{'ratio':>8}{'peak, MB':>10}  largest relative gap")
    for name, entry in found.items():
        if isinstance(entry, str):
            print(f"{name:<12}{'':>9}{'':>8}{'':>10}  not run: {entry}")
            continue
        seconds, peak, numbers = entry
        gap = max(abs(a / b - 1) for a, b in zip(numbers, first[2], strict=True))
        print(f"{name:<12}{seconds:>9.2f}{seconds / first[0]:>8.1f}{peak:>10.0f}  {gap:.0e}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        beside_the_floor(Path(folder))
        beside_the_peers(Path(folder))


if __name__ == "__main__":
    main()
