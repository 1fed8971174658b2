"""Resets the kernel between the notebooks of a run, so that no notebook depends on those before it."""

from __future__ import annotations

import atexit
import os
import random
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fltoolkit import memory
from fltoolkit.run.notebooks.jupyter_import import import_without_grammar

BEGIN, RESTORE = (
    f"__import__('{__name__}', fromlist=['*']).{call}"
    for call in ("begin(get_ipython())", "restore(get_ipython())")
)


@dataclass(frozen=True)
class NotebookState:
    """The settings of the kernel's process that a notebook's cell can change, besides its own variables: for
    example the working folder, the filters of warnings, and the defaults of plotly.
    """

    folder: Path
    filters: tuple[Any, ...]
    random: Any
    numpy_random: Any
    template: Any
    renderer: Any


_first: NotebookState | None = None


def begin(shell: Any) -> None:
    """Prepares a kernel for a run. `shell` is the kernel's IPython. The kernel's first state is stored, so
    that each further notebook can start from it. Results are kept in memory for the further notebooks. Python
    collects garbage less often. pandas stores texts as Python objects. The kernel ignores interrupts: Jupyter
    sends one to each kernel that it ends, and a kernel that has just answered would print an error. A batch
    that is stopped kills its kernels.

    At its end, the process runs the exit functions of the kit and then leaves by `os._exit`. A normal exit
    would need half a second to clear Python's modules.
    """
    global _first
    _first = state()
    _store_texts_in_python()
    memory.turn_on()
    memory.collect_garbage_less_often()
    atexit.register(os._exit, 0)
    # These two turn interrupts on and off.
    shell.kernel.pre_handler_hook = shell.kernel.post_handler_hook = lambda: None
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def state() -> NotebookState:
    """Returns the present state of the kernel's process, as far as a cell can change it."""
    import numpy as np
    import plotly.io as plotly

    import_without_grammar("nbformat")  # plotly's renderers would import it with the grammar
    return NotebookState(
        Path.cwd(),
        tuple(warnings.filters),
        random.getstate(),
        np.random.get_state(),
        plotly.templates.default,
        plotly.renderers.default,
    )


def restore(shell: Any) -> None:
    """Resets the process to its state before the first notebook. Imported modules stay, and so does the data
    that the kit keeps in memory.

    These are reset: the variables, the counts of executions, the defaults of plotly, pandas and matplotlib,
    the filters of warnings, the working folder, and the states of random numbers.

    Args:
        shell: the kernel's IPython.
    """
    if _first is None:
        raise RuntimeError("no notebook has begun in this process")
    shell.reset(new_session=True)
    os.chdir(_first.folder)
    warnings.resetwarnings()  # this also makes Python read its filters again
    warnings.filters[:] = _first.filters  # type: ignore[index]
    _restore_random(_first)
    _restore_libraries(_first)
    memory.collect_garbage_less_often()


def _restore_random(first: NotebookState) -> None:
    import numpy as np

    random.setstate(first.random)
    np.random.set_state(first.numpy_random)


def _restore_libraries(first: NotebookState) -> None:
    """Resets the defaults that a cell may have set for tables and charts. `first` contains these defaults as
    they were before the first notebook."""
    import pandas as pd
    import plotly.io as plotly

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns about options that it will remove
        # Resetting matplotlib's options imports matplotlib. A run without a plan does not need it.
        pd.reset_option("all" if "matplotlib" in sys.modules else "^(?!plotting.matplotlib)")
    _store_texts_in_python()
    plotly.renderers.default = first.renderer
    if plotly.templates.default != first.template:  # plotly checks a template at length
        plotly.templates.default = first.template
    if drawing := sys.modules.get(
        "matplotlib"
    ):  # used by the documents' charts; the other notebooks do not need it
        drawing.rcParams.update(drawing.rcParamsOrig)


def _store_texts_in_python() -> None:
    """Makes pandas store the texts of a table as Python objects instead of in Arrow's memory.

    The tables of a run have some hundred rows, and rows and cells are taken out of them many times. From
    Arrow's memory each text would be copied.
    """
    import pandas as pd

    pd.set_option("mode.string_storage", "python")
