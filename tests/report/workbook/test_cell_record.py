"""What the hidden sheet of a workbook says about each cell."""

from __future__ import annotations

import json
from datetime import date

import pytest

from fltoolkit.report.workbook.cell_record import RecordedCell, read_record, record, typed


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ("", "")),
        ("", ("", "")),
        (True, ("bool", "True")),
        (3, ("number", "3")),
        (0.1, ("number", "0.1")),
        (2.0, ("number", "2")),
        (date(2026, 5, 1), ("date", "2026-05-01")),
        ("x", ("text", "x")),
        (0, ("number", "0")),
    ],
)
def test_a_value_is_a_type_and_a_text(value: object, told: tuple[str, str]) -> None:
    assert typed(value) == told


def test_a_cell_to_fill_is_recorded_with_its_place_in_partners_yaml_and_its_code() -> None:
    cell = RecordedCell("input", "Travel", "costs", "2", "category", True, "travel")
    about, text = record("Costs", (4, 1), cell)
    assert (json.loads(about), text) == (
        ["Costs", 4, 1, "input", "costs", "2", "category", True, "text", "travel"],
        "Travel",
    )
    assert read_record(about, text) == ("Costs", (5, 2), cell)
    locked, number = record("Costs", (4, 2), RecordedCell("locked", 3))
    assert (json.loads(locked), number) == (["Costs", 4, 2, "locked", "", "", "", False, "number"], "3")


def test_what_the_kit_did_not_write_is_no_record() -> None:
    about, text = record("Costs", (4, 2), RecordedCell("typed", 3))
    with pytest.raises(ValueError, match="not a line"):
        read_record(about, text)
