"""Tests that each notebook in a run's kernel starts with the same state, whatever an earlier notebook
changed."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import plotly.io
import pytest
from IPython.core.interactiveshell import InteractiveShell

from fltoolkit.run import jupyter

CHANGES = {
    "names": ("mine = 1", lambda shell: sorted(name for name in shell.user_ns if not name.startswith("_"))),
    "what was given out": ("1 + 1", lambda shell: dict(shell.user_ns["Out"])),
    "counts of executions": ("1 + 1", lambda shell: shell.execution_count),
    "working folder": ("import os; os.chdir(os.sep)", lambda _: Path.cwd()),
    "filters of warnings": (
        "import warnings; warnings.simplefilter('error')",
        lambda _: list(warnings.filters),
    ),
    "plotly's template": (
        "import plotly.io; plotly.io.templates.default = 'ggplot2'",
        lambda _: plotly.io.templates.default,
    ),
    "plotly's renderer": (
        "import plotly.io; plotly.io.renderers.default = 'svg'",
        lambda _: plotly.io.renderers.default,
    ),
    "pandas' options": (
        "import pandas; pandas.set_option('display.max_rows', 3)",
        lambda _: pd.get_option("display.max_rows"),
    ),
    "matplotlib's look": (
        "import matplotlib; matplotlib.rcParams['font.size'] = 31",
        lambda _: matplotlib.rcParams["font.size"],
    ),
    "random numbers": ("import random; random.random()", lambda _: jupyter.kernel_state().random),
    "NumPy's random numbers": ("import numpy; numpy.random.rand()", lambda _: str(np.random.get_state())),
}


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell whose process knows how it began; what a test changes here is put back, whether `restore` did
    or not."""
    monkeypatch.setattr(jupyter, "_first", jupyter.kernel_state())
    monkeypatch.chdir(Path.cwd())
    options = pd.option_context(
        "display.max_rows", 60, "mode.string_storage", pd.get_option("mode.string_storage")
    )
    with options, matplotlib.rc_context(), warnings.catch_warnings():
        template, renderer = plotly.io.templates.default, plotly.io.renderers.default
        made = InteractiveShell()
        made.reset(new_session=True)
        yield made
        plotly.io.templates.default, plotly.io.renderers.default = template, renderer


@pytest.mark.parametrize("name", CHANGES)
def test_each_thing_is_as_the_first_notebook_found_it(shell: InteractiveShell, name: str) -> None:
    change, look = CHANGES[name]
    before: Any = look(shell)
    assert shell.run_cell(change, store_history=True, silent=False).success
    assert look(shell) != before
    jupyter.restore(shell)
    assert look(shell) == before


def test_texts_of_tables_stay_pythons(shell: InteractiveShell) -> None:
    """`restore` resets pandas' options, and then stores texts as Python objects again."""
    pd.set_option("mode.string_storage", "pyarrow")
    jupyter.restore(shell)
    assert pd.Series(["a"]).dtype.storage == "python"  # type: ignore[union-attr]


def test_modules_stay(shell: InteractiveShell) -> None:
    """What costs: the next notebook imports nothing anew."""
    jupyter.restore(shell)
    assert os is __import__("os")
    assert shell.run_cell("import pandas").success


def test_a_process_in_which_none_began_cannot_be_restored(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupyter, "_first", None)
    with pytest.raises(RuntimeError):
        jupyter.restore(shell)


def test_a_run_without_pictures_of_documents_imports_no_matplotlib() -> None:
    script = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; from "
        "fltoolkit.run import jupyter\n"
        "jupyter._first = jupyter.kernel_state(); jupyter.restore(InteractiveShell()); "
        "print('matplotlib' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == "False"
