"""Decides who is in forced labour by the 20th ICLS guidelines (2018), and records the reasons."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # the names are listed in __init__.pyi
