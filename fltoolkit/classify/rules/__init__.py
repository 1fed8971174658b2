"""Contains the rule sets: YAML files that define what counts as forced labour. No other file defines it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SHIPPED = Path(str(files("fltoolkit.classify"))) / "rules"


def shipped_rules() -> tuple[str, ...]:
    """Returns the names of the rule sets that come with the kit."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
