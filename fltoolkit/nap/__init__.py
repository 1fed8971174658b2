"""Builds the tables of a National Action Plan from published numbers: baseline, targets and follow-up."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # the names are listed in __init__.pyi
