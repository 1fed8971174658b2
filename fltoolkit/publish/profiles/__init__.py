"""The publication profiles that come with the kit, a YAML file each, and their names (`reliability` reads them)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SHIPPED = Path(str(files("fltoolkit.publish"))) / "profiles"


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the kit."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
