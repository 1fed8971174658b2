"""The scale in which a measure is read: the only place where a proportion becomes a number per 1,000."""

from __future__ import annotations

SCALES = {"prevalence": (1000.0, "per 1,000"), "share": (100.0, "%"), "total": (1.0, "persons"), "flowchart": (1.0, "persons")}


def scale(measure: str) -> float:
    """What a published estimate is multiplied by before it is read."""
    return SCALES[measure][0]


def unit(measure: str, population: str = "") -> str:
    """The unit of the scaled number; a prevalence names whom it is per 1,000 of."""
    name = SCALES[measure][1]
    return f"{name} {population}".strip() if measure == "prevalence" else name
