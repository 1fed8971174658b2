"""Tests errors while rows are read, also long after the file was opened: they are reported in the kit's
words."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.engine.engines import to_rows, to_sums

MARK = "Ana Secret"


@pytest.fixture
def design(tmp_path: Path) -> fl.SurveyDesign:
    rows = 50_000
    pd.DataFrame(
        {
            "W": np.arange(rows) % 7 + 0.5,
            "P": np.arange(rows) // 10,
            "Y": np.arange(rows) % 3 // 2,
            "G": np.arange(rows) % 4,
            "NAME": [f"{MARK} {i}" for i in range(rows)],
        }
    ).to_parquet(tmp_path / "a.parquet", compression="snappy")
    return fl.SurveyDesign(tmp_path / "a.parquet", weight="W", psu="P")


def damage(path: Path) -> None:
    """Spoil the pages of a Parquet file and leave its size, its time and its list of columns, as a bad disk
    does."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(4)
        file.write(b"\xff" * (before.st_size // 2))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


VERBS = {
    "prevalence": lambda d: fl.prevalence(d, "Y"),
    "mean": lambda d: fl.mean(d, "Y", by="G"),
    "by": lambda d: fl.prevalence(d, "Y", by="NAME"),
    "rake": lambda d: fl.rake(d, {"G": {"0": 9.0, "1": 9.0, "2": 9.0, "3": 9.0}}),
    "logit": lambda d: fl.logit(d, "Y ~ G"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_damaged_page_is_told_without_a_cell_and_with_the_file(
    design: fl.SurveyDesign, tmp_path: Path, verb: str
) -> None:
    damage(tmp_path / "a.parquet")
    with pytest.raises(DataError) as error:
        VERBS[verb](design)
    assert str(tmp_path / "a.parquet") in str(error.value)
    assert "check that the file is complete" in str(error.value)
    assert MARK not in str(error.value)
    assert error.value.__cause__ is None


def test_too_little_memory_is_told_at_the_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLTOOLKIT_MEMORY", "4MB")
    rows = 300_000
    pd.DataFrame(
        {"W": np.ones(rows), "P": [f"{MARK} {i}" for i in range(rows)], "Y": np.arange(rows) % 2}
    ).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="the memory is too small") as error:
        fl.prevalence(fl.SurveyDesign(tmp_path / "a.parquet", weight="W", psu="P"), "Y", by="P")
    assert "FLTOOLKIT_MEMORY" in str(error.value)
    assert MARK not in str(error.value)


def test_a_file_that_goes_between_the_look_and_the_reading(tmp_path: Path, design: fl.SurveyDesign) -> None:
    frame = design.frame
    shutil.move(tmp_path / "a.parquet", tmp_path / "b.parquet")
    from fltoolkit.survey.engine.engines import to_arrow

    with pytest.raises(DataError, match="cannot be read any more"):
        to_arrow(frame)


def test_few_rows_are_pythons_own_values_and_a_blank_is_none() -> None:
    design = fl.SurveyDesign(pd.DataFrame({"w": [1.5, 2.0], "y": [1, None], "g": ["a", None]}), weight="w")
    rows = to_rows(design.frame.select("w", "y", "g"))
    assert [tuple(row) for row in rows] == [(1.5, 1.0, "a"), (2.0, None, None)]
    assert {type(value) for row in rows for value in row} == {float, str, type(None)}


def test_sums_leave_out_blanks_and_are_zero_without_a_row() -> None:
    frame = fl.SurveyDesign(pd.DataFrame({"w": [1.5, 2.0, 4.0], "y": [1, 0, None]}), weight="w").frame
    asked = [nw.col("w"), nw.col("y") > 0, nw.lit(1)]
    assert list(to_sums(frame, asked)) == [7.5, 1, 3]
    assert list(to_sums(frame.filter(nw.col("w") > 9), asked)) == [0, 0, 0]
