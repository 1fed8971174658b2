"""Imports papermill and Jupyter's validators in a fifth of the usual time."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

GRAMMAR = "rfc3987_syntax"


def import_without_grammar(name: str) -> Any:
    """A module of Jupyter. Import it here first: nothing else of Jupyter needs to be imported before.

    It validates notebooks with jsonschema, which reads a grammar of web addresses where one is installed, and JupyterLab installs it. That
    takes three times as long as pandas, and no schema of a notebook asks for an address: while the module is imported there is none.
    """
    if GRAMMAR in sys.modules:
        return import_module(name)
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        return import_module(name)
    finally:
        del sys.modules[GRAMMAR]
