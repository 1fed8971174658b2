"""Tests that a failed run leaves no value of the data in a file. `python -m tests.failing_runs` runs the
other kinds."""

from __future__ import annotations

from pathlib import Path

import failing_runs
import pytest

pytestmark = pytest.mark.no_cover  # the lines it runs are covered by others

# One that stops where the file is read, one where findings are counted, one in a finding of units.
FEW = ("no_header_but_words", "free_text_in_an_item", "psu_in_two_strata")


@pytest.mark.thorough("twenty-one runs that fail")
def test_no_file_of_a_failed_run_holds_a_value_of_the_data(tmp_path: Path) -> None:
    assert failing_runs.leaks(tmp_path, [kind for kind in failing_runs.KINDS if kind.name in FEW]) == []
    assert {p.name for p in (tmp_path / "outputs").iterdir() if p.is_dir()} >= {
        f"{name}.failed" for name in FEW
    }


def test_there_are_twenty_kinds_and_more() -> None:
    assert len({kind.name for kind in failing_runs.KINDS}) == len(failing_runs.KINDS) > 20
