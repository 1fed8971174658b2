"""Tests the import of Jupyter's modules without the grammar: it is left out during the import, and can be
imported afterwards."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

RUN = """
import sys
from fltoolkit.run.batch_file import declared_parameters
from fltoolkit.run.jupyter import GRAMMAR, import_without_grammar
declared_parameters("1_survey")
print(import_without_grammar("papermill") is sys.modules["papermill"], "jsonschema" in sys.modules, GRAMMAR in sys.modules)
import rfc3987_syntax
print(GRAMMAR in sys.modules, import_without_grammar("papermill") is sys.modules["papermill"])
"""
KERNEL = """
import sys
from fltoolkit.run.jupyter import GRAMMAR
from fltoolkit.run.jupyter import kernel_state
kernel_state()
print("plotly.io._renderers" in sys.modules, "jsonschema" in sys.modules, GRAMMAR in sys.modules)
"""


@pytest.mark.thorough("starts Python anew")
@pytest.mark.parametrize(
    ("script", "told"),
    [(RUN, "True True False True True"), (KERNEL, "True True False")],
    ids=["run", "kernel"],
)
def test_the_grammar_is_not_read_and_others_still_can(script: str, told: str) -> None:
    if find_spec("rfc3987_syntax") is None:
        pytest.skip("JupyterLab, which brings the grammar, is not installed")
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == told.split()
