"""Estimates how many people are in forced labour, and how precise each estimate is."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # the names are listed in __init__.pyi
