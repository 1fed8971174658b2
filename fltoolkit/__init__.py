"""fltoolkit: from a labour force survey to the number of people in forced labour, and to the baseline of a plan.

The rooms, in the order in which a statistician thinks: survey, classify, estimate, publish, nap, show, report.
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
