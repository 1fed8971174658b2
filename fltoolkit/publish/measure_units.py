"""The scale in which a measure is read: the only place where a proportion becomes a number per 1,000."""

from __future__ import annotations

import math

SCALES = {
    "prevalence": (1000.0, "per 1,000"),
    "share": (100.0, "%"),
    "total": (1.0, "persons"),
    "flowchart": (1.0, "persons"),
    "stock": (1.0, "persons on an average day"),
    "stock_prevalence": (1000.0, "on an average day per 1,000"),
    "current": (1.0, "persons at the time of the interview"),
    "current_prevalence": (1000.0, "at the time of the interview per 1,000"),
    "duration": (1.0, "months"),
}
COUNTED = ("total", "flowchart", "stock", "current")
"""Measures that are numbers of persons."""


def scale(measure: str) -> float:
    """What a published estimate is multiplied by before it is read."""
    return SCALES[measure][0]


def scaled(value: float, measure: str) -> float:
    """A published estimate as it is read: 18.7 of 0.0187, without what multiplying adds to the sixteenth digit."""
    return round(float(value) * scale(measure), 12)


def as_read(value: float, measure: str) -> float:
    """A number in its unit as people read it, in documents, notebooks and the workbook alike: numbers of persons with three significant
    digits (6,290), everything else with one decimal (17.2). Missing where it is missing."""
    if math.isnan(value):
        return value
    if measure in COUNTED:
        return round(value, -max(0, len(str(int(abs(value)))) - 3))
    return round(value, 1)


def unit(measure: str, population: str = "") -> str:
    """The unit of the scaled number; a rate names whom it is per 1,000 of."""
    name = SCALES[measure][1]
    return f"{name} {population}".strip() if is_rate(measure) else name


def is_rate(measure: str) -> bool:
    """Whether a measure divides cases by all persons."""
    return measure.endswith("prevalence")
