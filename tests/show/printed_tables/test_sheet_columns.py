"""Tests a printed table for a spreadsheet: numbers are numbers, an interval has two columns, and markers have a separate column."""

from __future__ import annotations

from handed import EN, FR
from published_rows import HIDDEN, of, published, row
from two_rounds import fell

from fltoolkit.show.printed_tables import change_tables, result_tables
from fltoolkit.show.printed_tables.printed_table import of_texts
from fltoolkit.show.printed_tables.sheet_columns import sheet_columns

UNRELIABLE = {"flag": "unreliable", "marker": "u", "reason": "fewer than 15 cases"}
ROWS = published(row(), of("sex", "men", **UNRELIABLE), of("sex", "women", **HIDDEN), groups=("sex",)).table


def test_each_column_has_a_key_its_words_and_typed_cells() -> None:
    found = {column.key: column for column in sheet_columns(EN, result_tables.table(EN, ROWS))}
    assert list(found) == [
        "heading", "category", "prevalence", "prevalence_marker", "interval_low", "interval_high", "n", "cases", "notes",
    ]  # fmt: skip
    assert found["heading"].values == ("", "Sex", "Sex")
    assert found["prevalence"].values == (20.0, 20.0, None)
    assert found["prevalence"].styles[:2] == ("one_decimal", "one_decimal")
    assert found["prevalence_marker"].values == (None, "[u]", "[c]")
    assert (found["interval_low"].values, found["interval_high"].values) == ((15.0, 15.0, None), (26.0, 26.0, None))
    assert (found["n"].values[0], found["n"].styles[0]) == (2000.0, "whole")
    assert found["notes"].values == (None, "a", None)
    assert found["interval_low"].head == "95% interval, from"


def test_keys_are_the_same_in_every_language_and_words_are_not() -> None:
    rows = fell().follow_up
    english, french = (sheet_columns(language, change_tables.follow_up(language, rows)) for language in (EN, FR))
    assert [column.key for column in english] == [column.key for column in french]
    assert len({column.key for column in english}) == len(english)
    assert [c.values for c in english if c.key in ("before", "after", "change")] == [
        c.values for c in french if c.key in ("before", "after", "change")
    ]
    assert next(c.head for c in english if c.key == "target") == "Target"
    assert "decreased" not in repr(french)


def test_a_table_without_lines_across_has_no_column_for_them() -> None:
    (only,) = sheet_columns(EN, of_texts("t", ("a",), [("x",), ("y",)]))
    assert only.values == ("x", "y")
