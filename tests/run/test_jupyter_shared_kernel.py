"""Tests the notebooks of one survey in one kernel: alone, in order, and after a failed one, their results are
the same bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
import pytest
import small_country as country
from papermill.exceptions import PapermillExecutionError

from fltoolkit.run import batch
from fltoolkit.run.batch_file import NOTEBOOKS, Run, make_run
from fltoolkit.run.jupyter import ENGINE, Kernel, normalise_file, register_engine

SPOILS = """
import os, random, warnings
import numpy, pandas, plotly.io
import fltoolkit as fl
data = fl.read_survey(survey)
persons = fl.classify(data)
out = fl.publish_run(persons, plan=fl.plan_beside(survey))
out.table["estimate"] = 0.5
data.spec.populations.clear()
mine = fl = None
pandas.set_option("display.precision", 2)
plotly.io.templates.default = "ggplot2"
warnings.simplefilter("error")
random.seed(1), numpy.random.seed(1)
os.chdir(os.sep)
raise ValueError("here it ends")
"""
Ran = dict[str, bytes]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = country.write(tmp_path_factory.mktemp("survey"))
    return make_run(path, path.with_name("nap.yaml"), "small")


@pytest.fixture(scope="module")
def ran(survey: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    """What the first three notebooks leave, each in the way named; every way is gone once."""
    known: dict[str, Ran] = {}

    def leave(way: str) -> Ran:
        if way not in known:
            folder = tmp_path_factory.mktemp("ran") / "small"
            folder.mkdir()
            known[way] = _run(survey, folder, way)
        return known[way]

    return leave


def _run(survey: Run, folder: Path, way: str) -> Ran:
    for names in [(name,) for name in NOTEBOOKS[:3]] if way == "alone" else [NOTEBOOKS[:3]]:
        with Kernel(folder, threading.Event()) as kernel:
            if way == "after a failed one":
                _fail(survey, folder, kernel)
            for name in names:
                batch._execute(name, folder, survey.parameters_in(folder, name), kernel)
    for notebook in folder.glob("*.ipynb"):
        normalise_file(notebook)
    return {
        file.name: file.read_bytes().replace(bytes(folder.parent), b"")
        for file in sorted(folder.iterdir())
        if file.is_file()
    }


def _fail(survey: Run, folder: Path, kernel: Kernel) -> None:
    source, target = folder.parent / "spoils.ipynb", folder.parent / "spoiled.ipynb"
    cells = [
        nbformat.v4.new_code_cell(f"survey = {survey.parameters_in(folder, NOTEBOOKS[0])['survey']!r}"),
        nbformat.v4.new_code_cell(SPOILS),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    register_engine()
    with pytest.raises(PapermillExecutionError, match="here it ends"):
        papermill.execute_notebook(
            str(source),
            str(target),
            engine_name=ENGINE,
            kernel_name="python3",
            kernel=kernel,
            progress_bar=False,
        )


@pytest.mark.thorough("runs the notebooks of two samples, together and alone")
@pytest.mark.parametrize("way", ["in order", "after a failed one"])
def test_notebooks_give_the_same_as_alone(ran: Callable[[str], Ran], way: str) -> None:
    alone, together = ran("alone"), ran(way)
    assert {f"{name}.ipynb" for name in NOTEBOOKS[:3]} | {"estimates.csv", "findings_data.csv"} <= set(alone)
    assert list(together) == list(alone)
    assert [name for name in alone if together[name] != alone[name]] == []
