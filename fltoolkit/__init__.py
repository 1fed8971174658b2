"""fltoolkit estimates how many people are in forced labour from a labour force survey, and fills the baseline of a national plan.

The packages stand in the order of the work: survey, classify, estimate, publish, nap, show, report. Each uses only those before it.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # the names stand in __init__.pyi


def __getattr__(name: str) -> Any:
    """A public name, its room opened when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("fltoolkit")
    return _load(name)
