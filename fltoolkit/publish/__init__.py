"""Decides which numbers may be published, rounds them, and marks each with its reliability and the reason. It
works on the estimates of the package `estimate`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # the names are listed in __init__.pyi
