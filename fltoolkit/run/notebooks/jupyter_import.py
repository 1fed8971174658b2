"""Imports papermill and Jupyter's validators in a fifth of the usual time."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

GRAMMAR = "rfc3987_syntax"


def import_without_grammar(name: str) -> Any:
    """Imports a module of Jupyter. Call it before any other part of Jupyter is imported: after that it saves
    no time.

    Jupyter validates notebooks with jsonschema, which reads a grammar of web addresses if one is installed.
    JupyterLab installs one. Reading the grammar takes three times as long as importing pandas, and notebooks
    do not need it. So the grammar is hidden while Jupyter's module is imported.
    """
    if GRAMMAR in sys.modules:
        return import_module(name)
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        return import_module(name)
    finally:
        del sys.modules[GRAMMAR]
