"""Measures how long a learner waits for the tables explorer: the seconds after each change of a control, on
the Norvia sample. The aim is 0.3 seconds.

python benchmarks/explorer.py
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import fltoolkit as fl
from fltoolkit.show import explore

SURVEY = Path(__file__).resolve().parents[1] / "data_samples" / "norvia_lfs_2025" / "survey.yaml"


def changes() -> dict[str, float]:
    """Returns the seconds by control and option. Each option is chosen in turn."""
    out = fl.publish_run(fl.classify(fl.read_survey(SURVEY)), every_profile=True)
    *pickers, _ = explore.tables(out, interactive=True).children
    found = {}
    for picker in pickers:
        for label, value in picker.options:
            start = time.perf_counter()
            picker.value = value
            found[f"{picker.description}: {label}"] = time.perf_counter() - start
    return found


if __name__ == "__main__":
    seconds = changes()
    print(f"{len(seconds)} changes: median {statistics.median(seconds.values()):.3f} s")
    for name, value in sorted(seconds.items(), key=lambda item: -item[1])[:5]:
        print(f"{value:.3f} s  {name}")
