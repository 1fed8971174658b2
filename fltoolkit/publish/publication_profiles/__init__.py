"""Contains the publication profiles of the kit, one YAML file each. A publication profile is a set of rules
that judge reliability."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SHIPPED = Path(str(files("fltoolkit.publish"))) / "publication_profiles"


def shipped_publication_profiles() -> tuple[str, ...]:
    """Returns the names of the publication profiles that come with the kit. A publication profile is a set of
    reliability rules."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
