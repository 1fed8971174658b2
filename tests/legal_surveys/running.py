"""Runs the cells of the four notebooks in this process, as a kernel would, and keeps what they show and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ("1_survey", "2_classify", "3_estimate", "4_nap")


@dataclass(frozen=True)
class Failure:
    """A cell that raised: its notebook, its last line, and the exception."""

    notebook: str
    cell: str
    error: BaseException


def run_cells(parameters: Mapping[str, Any]) -> Iterator[str | Failure]:
    """Runs all cells, and yields each text that they show and each failure. `parameters` take the place of those of a notebook
    that have the same names."""
    shell = InteractiveShell.instance()
    for name in NAMES:
        shell.reset(new_session=False)
        for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
            if cell.cell_type == "code":
                shown = list(_run(shell, name, cell, parameters))
                yield from shown
                if any(isinstance(one, Failure) for one in shown):
                    break  # a kernel stops there too


def _run(
    shell: InteractiveShell, name: str, cell: Any, parameters: Mapping[str, Any]
) -> Iterator[str | Failure]:
    with capture_output() as shown:
        ended = shell.run_cell(cell.source)
        if "parameters" in cell.metadata.get("tags", ()):
            shell.push({key: value for key, value in parameters.items() if key in shell.user_ns})
    error = ended.error_before_exec or ended.error_in_exec
    if error is not None:
        yield Failure(name, cell.source.splitlines()[-1], error)
        return
    yield shown.stdout
    for output in shown.outputs:
        yield from (
            text for kind, text in output.data.items() if kind in ("text/html", "text/markdown", "text/plain")
        )
