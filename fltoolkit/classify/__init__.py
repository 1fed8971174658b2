"""Decides which persons of a survey are in forced labour, by the guidelines of the 20th ICLS (International
Conference of Labour Statisticians, 2018), and records the reasons."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # the names are listed in __init__.pyi
