"""papermill without the grammar: left out while it is imported, and there for whoever asks for it afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from fltoolkit.run.batch_file import known
from fltoolkit.run.notebooks.papermill_import import GRAMMAR, load_papermill
known("1_survey")
print(load_papermill() is sys.modules["papermill"], "jsonschema" in sys.modules, GRAMMAR in sys.modules)
import rfc3987_syntax
print(GRAMMAR in sys.modules, load_papermill() is sys.modules["papermill"])
"""


def test_a_run_does_not_read_the_grammar_and_others_still_can() -> None:
    pytest.importorskip("rfc3987_syntax")
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", "False", "True", "True"]
