"""The publication profiles of the kit: one YAML file each, read by `reliability`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SHIPPED = Path(str(files("fltoolkit.publish"))) / "profiles"


def shipped_profiles() -> tuple[str, ...]:
    """Returns the names of the profiles that come with the kit."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
