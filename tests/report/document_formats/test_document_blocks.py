"""The tables of documents: titles and heads from the language's file, numbers to the right."""

from __future__ import annotations

import dataclasses

import pytest
from handed import EN, FR

from fltoolkit.errors import SpecError
from fltoolkit.report.document_formats.document_blocks import DocumentTable, Heading, Paragraph, TableColumns, table_in


def test_a_table_takes_its_title_and_heads_from_the_language() -> None:
    made = table_in(EN, "milestones", TableColumns(("year", "value"), (0.4, 0.6), numbers=(1,)), [("2026", "4.5")], "note")
    assert made == DocumentTable("Milestones", ("Year", "Value"), (("2026", "4.5"),), (0.4, 0.6), (False, True), "note", False)
    french = table_in(FR, "milestones", TableColumns(("year", "value"), (0.4, 0.6), wide=True), [])
    assert (french.title, french.columns) == (FR.words["milestones.title"], (FR.words["columns.year"], FR.words["columns.value"]))
    assert (french.numbers, french.rows, french.wide) == ((False, False), (), True)


def test_the_body_may_be_made_on_the_way() -> None:
    rows = ((str(year),) for year in (2026, 2027))
    assert table_in(EN, "milestones", TableColumns(("year",), (1.0,), numbers=(0,)), rows).rows == (("2026",), ("2027",))


def test_a_column_that_the_language_does_not_know_is_named() -> None:
    with pytest.raises(SpecError, match=r"columns\.nosuch"):
        table_in(EN, "milestones", TableColumns(("nosuch",), (1.0,)), [])


def test_blocks_are_values_that_nobody_changes() -> None:
    assert Heading("a") == Heading("a", 1, new_page=False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Paragraph("a").text = "b"  # type: ignore[misc]
