"""Writes the files that people receive: documents, the workbook of the plan, tables and web pages. Every
number comes from the published set (`Published`), which contains only numbers that may leave the office."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # the names are listed in __init__.pyi
