"""Draws surveys, runs them and prints what stopped or reads oddly; see the package."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from multiprocessing import get_context

from .trial import Found, tried


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.legal_surveys", description=__doc__)
    parser.add_argument("--surveys", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="of the first survey; the others follow")
    parser.add_argument("--only", type=int, nargs="+", help="the seeds of single surveys")
    parser.add_argument("--workers", type=int, default=2, help="1: this process itself")
    told = parser.parse_args()
    seeds = told.only or list(range(told.seed, told.seed + told.surveys))
    start, found = time.perf_counter(), list[Found]()
    # The executor of concurrent.futures stops for ever when its workers have done their tasks (Python 3.11).
    with get_context("spawn").Pool(told.workers, maxtasksperchild=20) as pool:
        trials = map(tried, seeds) if told.workers == 1 else pool.imap(tried, seeds)
        for number, one in enumerate(trials, 1):
            found += one
            for f in one:
                print(f"{f.seed}: {f.where}: {f.what}: {f.words}", flush=True)
            if number % 10 == 0:
                print(
                    f"{number} of {len(seeds)} surveys, {time.perf_counter() - start:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
    for what, number in Counter(f.what for f in found).most_common():
        print(f"{number:5} {what}")
    print(f"{len(seeds)} surveys, {len({f.seed for f in found})} of them with something odd")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
