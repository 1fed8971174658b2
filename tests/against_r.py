"""Compares our estimates of a shipped survey with those that R made from the exported persons."""

from __future__ import annotations

from typing import Any

import numpy as np

import fltoolkit as fl

EXACT, TIGHT, INTERVAL = 0.0, 1e-10, 1e-8  # the largest relative gap
GATES = dict.fromkeys(["df", "n", "cases", "unresolved"], EXACT) | dict.fromkeys(
    ["ci_low", "ci_high", "bound_ci_high"], INTERVAL
)


def estimates(persons: fl.Survey, record: dict[str, Any]) -> fl.Estimates:
    """Returns our estimates for a record of R's results."""
    if record["verb"] == "share":
        return fl.share(persons, record["by"][0][0], population=record["population"])
    est: fl.Estimates = getattr(fl, record["verb"])(persons, by=record["by"], population=record["population"])
    return est


def ours(est: fl.Estimates, row: dict[str, Any]) -> dict[str, float]:
    """Returns our numbers for the cell of one row of R's results. The export writes dashes in ASCII."""
    at = np.logical_and.reduce([est.table[g].str.replace("–", "-") == v for g, v in row["key"].items()])
    assert at.sum() == 1, row["key"]
    return {**est.table[at].iloc[0].to_dict(), **est.design_effects[at].iloc[0].to_dict()}


def agrees(persons: fl.Survey, record: dict[str, Any], least: int) -> None:
    """Asserts that every number of a record equals ours, that every row of ours is in the record, and that it
    has at least `least` numbers per row."""
    est, wrong, compared = estimates(persons, record), [], 0
    for row in record["numbers"]:
        mine = ours(est, row)
        for column, theirs in row.items():
            if column != "key":
                compared += 1
                number, r = float(mine[column]), float(theirs)
                gap = 0.0 if number == r or np.isnan([number, r]).all() else abs(number - r) / (abs(r) or 1.0)
                if not gap <= GATES.get(column, TIGHT):
                    wrong.append(f"{row['key']} {column}: ours {number!r}, R {r!r}, gap {gap:.1e}")
    assert not wrong, "\n".join(wrong)
    assert len(est.table) == len(record["numbers"])
    assert compared >= least * len(est.table)
