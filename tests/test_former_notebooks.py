"""Tests that notebooks which an office copied with the release before still run. `former_notebooks/` has their code cells; it
is written anew at a release."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import small_country as country
from nbclient import NotebookClient

FORMER = sorted(Path(__file__).with_name("former_notebooks").glob("*.ipynb"))


@pytest.mark.thorough("four kernels")
@pytest.mark.parametrize("path", FORMER, ids=lambda path: path.stem)
def test_a_notebook_of_the_release_before_runs(path: Path, tmp_path: Path) -> None:
    survey = country.write(tmp_path / "mine")
    former = nbformat.read(path, as_version=4)
    given = f"survey = {str(survey)!r}; plan = 'nap.yaml'; outputs = {str(tmp_path)!r}"
    former.cells.insert(1, nbformat.v4.new_code_cell(given))
    ran = NotebookClient(former, timeout=240, kernel_name="python3").execute()
    shown = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in shown if output.output_type != "stream"]
    assert ("is gone" in str(shown)) == (path.stem == "2_classify")


def test_the_four_notebooks_of_the_release_before_are_there() -> None:
    assert [path.stem for path in FORMER] == ["1_survey", "2_classify", "3_estimate", "4_nap"]
