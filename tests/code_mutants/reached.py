"""Notes which test reached a place of the code. A traced copy of the checkout imports it (`__main__.trace`)."""

from __future__ import annotations

import os
from pathlib import Path

NOTED: set[tuple[int, str]] = set()


def note(number: int) -> None:
    """Writes the number of a place, and the test that runs, into a file of this process."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    if test and (number, test) not in NOTED:
        NOTED.add((number, test))
        with (Path(os.environ["REACHED_INTO"]) / f"{os.getpid()}.txt").open("a", encoding="utf-8") as file:
            file.write(f"{number}\t{test}\n")
