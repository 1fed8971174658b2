"""Tests that a column of a CSV is numeric only if all its rows are, also rows far from the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.csv_files import FIRST
from fltoolkit.survey.readers.opened_file import open_table

PERSONS = FIRST + 50


@pytest.mark.parametrize(
    ("late", "is_number"),
    [
        ("2.5", True),
        ("", True),
        ("  ", True),
        (" 7", True),
        ("x", False),
        ("01", False),
        ("1.0", False),
        ("1.10", False),
        ("-0", False),
        ("1.5\N{NO-BREAK SPACE}", False),
        ("\N{NO-BREAK SPACE}2", False),
        ("1234567890123456", False),
        ("123456789012345", True),
        ("-3", True),
    ],
)
def test_one_late_value_decides(tmp_path: Path, late: str, is_number: bool) -> None:
    """Whole numbers in all rows but the last."""
    cells = [*(str(i % 9 + 1) for i in range(PERSONS)), late]
    (tmp_path / "a.csv").write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells))
    got = open_table(tmp_path / "a.csv", connect()).collect("pyarrow").to_native().to_pydict()["a"]
    assert got == ([float(cell) if cell.strip() else None for cell in cells] if is_number else cells)


@pytest.mark.parametrize(("early", "late"), [("", "1"), ("", "2.5"), ("1.5", "x"), ("1.0", "2"), ("x", "1")])
def test_the_first_rows_alone_decide_nothing(tmp_path: Path, early: str, late: str) -> None:
    """Blank, decimal or text in the first rows, something else behind them."""
    cells = [early] * PERSONS + [late] * 3
    (tmp_path / "a.csv").write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells))
    got = open_table(tmp_path / "a.csv", connect()).collect("pyarrow").to_native().to_pydict()["a"]
    assert got == ([None] * PERSONS + [float(late)] * 3 if not early else cells)
