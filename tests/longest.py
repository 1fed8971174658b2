"""Writes the seconds of the longest tests into longest.yaml, from pytest's report: `python -m tests.longest seconds.xml`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import yaml

FEW = 2.0  # seconds of a test with all its parameters; shorter ones are left out
HEAD = "# Seconds of the longest tests on two cores, with all their parameters. `make longest` writes this file.\n"


def longest(report: Path) -> dict[str, float]:
    """Returns the seconds of each test of a report, without its parameters, the longest first."""
    seconds: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        seconds[f"{file}::{case.get('name', '').partition('[')[0]}"] += float(case.get("time", 0))
    return {name: round(time, 1) for name, time in seconds.most_common() if time >= FEW}


if __name__ == "__main__":
    text = yaml.safe_dump(longest(Path(sys.argv[1])), sort_keys=False, width=200)
    Path(__file__).with_name("longest.yaml").write_text(HEAD + text, "utf-8")
