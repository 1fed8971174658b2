"""What the hidden sheet of a workbook says about each cell."""

from __future__ import annotations

import json
from datetime import date

import pytest

from fltoolkit.report.workbook.cell_record import CellRecord, PartnersCell, typed


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ("", "")), ("", ("", "")), (True, ("bool", "True")), (3, ("number", "3")), (0.1, ("number", "0.1")),
        (2.0, ("number", "2")), (date(2026, 5, 1), ("date", "2026-05-01")), ("x", ("text", "x")), (0, ("number", "0")),
    ],
)  # fmt: skip
def test_a_value_is_a_type_and_a_text(value: object, told: tuple[str, str]) -> None:
    assert typed(value) == told


def test_a_cell_to_fill_is_recorded_with_its_place_in_partners_yaml_and_its_code() -> None:
    record = CellRecord()
    record.add("Costs", (4, 1), "input", "Travel", PartnersCell("costs", "2", "category", held=True), code="travel")
    record.add("Costs", (4, 2), "locked", 3)
    (about, text), (locked, number) = record.rows
    assert (json.loads(about), text) == (["Costs", 4, 1, "input", "costs", "2", "category", True, "text", "travel"], "Travel")
    assert (json.loads(locked), number) == (["Costs", 4, 2, "locked", "", "", "", False, "number"], "3")
