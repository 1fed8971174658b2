"""Estimates how many people are in forced labour from a labour force survey, and fills in the baseline of a
national action plan.

The packages are listed in the order of the work: survey, classify, estimate, publish, nap, show, report. Each
package uses only the packages before it.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # __init__.pyi lists the names


def __getattr__(name: str) -> Any:
    """Returns the object with a public name, such as `prevalence`. A package of the kit is imported only when
    one of its names is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("fltoolkit")
    return _load(name)
