"""Resets the kernel between the notebooks of a run, so that no notebook depends on those before it."""

from __future__ import annotations

import atexit
import os
import random
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fltoolkit import memory
from fltoolkit.run.notebooks.jupyter_import import import_without_grammar

BEGIN, RESTORE = (f"__import__('{__name__}', fromlist=['*']).{call}" for call in ("begin()", "restore(get_ipython())"))


@dataclass(frozen=True)
class NotebookState:
    """The parts of a process that a cell may change and that outlive its names."""

    folder: Path
    filters: tuple[Any, ...]
    random: Any
    numpy_random: Any
    template: Any
    renderer: Any


_first: NotebookState | None = None


def begin() -> None:
    """Make a kernel one of a run: it knows how its first notebook finds it, remembers results for those after, and ends at once.

    What the kit leaves to the end of the process is done before `os._exit`; after it Python would take its modules apart, for half a second.
    """
    global _first
    _first = state()
    memory.turn_on()
    atexit.register(os._exit, 0)


def state() -> NotebookState:
    """The process as it is."""
    import numpy as np
    import plotly.io as plotly

    import_without_grammar("nbformat")  # plotly's renderers would import it whole
    return NotebookState(
        Path.cwd(), tuple(warnings.filters), random.getstate(), np.random.get_state(), plotly.templates.default, plotly.renderers.default
    )  # fmt: skip


def restore(shell: Any) -> None:
    """Let the next notebook find the process as the first one found it; only modules, and what the kit remembers, stay.

    Restored are the names, the counts of executions, plotly's, pandas' and matplotlib's defaults, the filters of warnings, the working
    folder and the states of random numbers.

    Args:
        shell: the kernel's IPython.
    """
    if _first is None:
        raise RuntimeError("no notebook has begun in this process")
    shell.reset(new_session=True)
    os.chdir(_first.folder)
    warnings.resetwarnings()  # which also makes Python look at its filters anew
    warnings.filters[:] = _first.filters  # type: ignore[index]
    _restore_random(_first)
    _restore_libraries(_first)


def _restore_random(first: NotebookState) -> None:
    import numpy as np

    random.setstate(first.random)
    np.random.set_state(first.numpy_random)


def _restore_libraries(first: NotebookState) -> None:
    """The defaults that a cell may have set for tables and charts."""
    import pandas as pd
    import plotly.io as plotly

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of options that pandas will drop
        # What is set for matplotlib imports it, also to be reset: a run without a plan has no other use for it.
        pd.reset_option("all" if "matplotlib" in sys.modules else "^(?!plotting.matplotlib)")
    plotly.templates.default, plotly.renderers.default = first.template, first.renderer
    if drawing := sys.modules.get("matplotlib"):  # the documents' charts; the other notebooks need it not
        drawing.rcParams.update(drawing.rcParamsOrig)
