"""The campaign on the command line; see the package."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator

from .campaign import Report, run, tried
from .judge import Outcome

EACH = 500  # mutants between two lines of progress


def counted(outcomes: Iterable[Outcome], mutants: int) -> Iterator[Outcome]:
    """The outcomes as they come, with each failure and, now and then, a line of progress on stderr."""
    start = time.perf_counter()
    failures = 0
    for number, outcome in enumerate(outcomes, 1):
        if outcome.kind == "failure":
            failures += 1
            print(f"mutant {outcome.number}: {outcome.why}", file=sys.stderr, flush=True)
        if number % EACH == 0 and number < mutants:
            seconds = time.perf_counter() - start
            print(
                f"{number} of {mutants} mutants, {failures} failures, {seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        yield outcome


def main() -> int:
    """Run the campaign and print its report; 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--only", type=int, help="the number of one mutant")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    if told.only is not None:
        outcome = tried(told.seed, told.only)
        print(f"{outcome.family}: {outcome.change}\n{outcome.kind}: {outcome.why}")
        return outcome.kind == "failure"
    start = time.perf_counter()
    report = Report(told.seed, tuple(counted(run(told.seed, told.mutants, told.workers), told.mutants)))
    print(report.text())
    print(f"{time.perf_counter() - start:.0f} s on {told.workers} processes")
    return bool(report.failures)


if __name__ == "__main__":
    sys.exit(main())
