"""Time and memory of the one pass over microdata, beside DuckDB's bare GROUP BY of the same columns. Run by `make bench`."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def measure(what: Callable[[Path, int], None], path: Path, domains: int) -> tuple[float, float]:
    """Seconds and peak memory (MB) of one call in a process of its own."""
    results = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(what, path, domains, results))
    process.start()
    seconds, peak = results.get()
    process.join()
    return seconds, peak


def _measured(
    what: Callable[[Path, int], None], path: Path, domains: int, results: multiprocessing.Queue[tuple[float, float]]
) -> None:
    import fltoolkit  # noqa: F401 - imports are not what is measured

    start = time.perf_counter()
    what(path, domains)
    results.put((time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    print(f"{'persons':<14}{'domains':>8}{'ours, s':>10}{'floor, s':>10}{'ratio':>8}{'peak, MB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, persons in SIZES.items():
            path = Path(folder) / f"{persons}.parquet"
            make_data(path, persons)
            for domains in DOMAINS:
                (a, peak), (b, _) = measure(ours, path, domains), measure(floor, path, domains)
                print(f"{name:<14}{domains:>8}{a:>10.2f}{b:>10.2f}{a / b:>8.1f}{peak:>10.0f}")


if __name__ == "__main__":
    main()
