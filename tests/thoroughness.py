"""How much a test tries. `make test-all` sets THOROUGH: random tests then try all their examples, and the small
surveys that tests share are checked."""

from __future__ import annotations

import os


def is_thorough() -> bool:
    return bool(os.environ.get("THOROUGH"))


def tries(every: int, few: int) -> int:
    """Returns `every`, or in `make test` `few`: how many examples a test tries, or how far apart they are."""
    return every if is_thorough() else few
