"""Builds the tables of a National Action Plan: baseline, targets and follow-up. Step 5 of the work."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # the names are listed in __init__.pyi
