"""Checks that no code has two meanings."""

from __future__ import annotations

from fltoolkit.yaml_files.loading import Model


def refuse_double_codes(model: Model, *kinds: str) -> None:
    """Raise `ValueError` if a code is listed under more than one of the keys `kinds`. The message names the
    code and both keys."""
    seen: dict[str, str] = {}
    for kind in kinds:
        for code in getattr(model, kind) or ():
            if code in seen:
                raise ValueError(f"code {code} means both {seen[code]} and {kind}; it can mean only one")
            seen[code] = kind
