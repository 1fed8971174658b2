"""Tests a printed table: lines across it, letters of footnotes, markers with their meaning, and nothing that
a row does not need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from handed import EN, FR

from fltoolkit.errors import SpecError
from fltoolkit.show.printed_tables.printed_table import (
    Head,
    PrintedCell,
    PrintedTable,
    TableColumn,
    TableLayout,
    TableWords,
    letter,
    of_texts,
    printed,
)

NBSP = "\xa0"
LAYOUT = TableLayout(
    (
        TableColumn("category", lambda _, row: PrintedCell(row["name"]), "label"),
        TableColumn(
            "value",
            lambda _, row: PrintedCell(row.get("text", ""), row.get("marker", ""), row.get("number", False)),
            "value",
        ),
    ),
    headings=lambda _, row: row.get("across", ()),
    reasons=lambda _, row: row.get("why", ()),
)


def made(*rows: Mapping[str, Any], notes: tuple[str, ...] = ()) -> PrintedTable:
    return printed(EN, LAYOUT, rows, TableWords("t", notes=notes))


def test_a_marker_stands_behind_its_number_or_in_its_place_and_never_breaks_from_it() -> None:
    table = made(
        {"name": "a", "text": "8.0", "marker": "u", "number": True},
        {"name": "b", "marker": "c"},
        {"name": "d", "text": "9.1"},
    )
    assert [row[1] for row in table.texts] == [f"8.0{NBSP}[u]", "[c]", "9.1"]
    assert table.note == "[c]\xa0hidden to protect people, whether high or low; [u]\xa0unreliable."
    assert dict(table.meanings)["[u]"] == "unreliable"
    assert "[w]" not in dict(table.meanings)
    assert table.marked == (False, True)
    assert not made({"name": "b", "marker": "c"}, {"name": "d", "text": "9.1"}).marked[
        1
    ]  # none behind a number


def test_each_reason_is_one_footnote_whatever_rows_share_it() -> None:
    table = made(
        {"name": "a", "why": ("few cases", "")}, {"name": "b", "why": ("wide", "few cases")}, {"name": "c"}
    )
    assert [row[-1] for row in table.texts] == ["a", "a, b", ""]
    assert table.lettered == (("a", "Few cases"), ("b", "Wide"))
    assert table.heads[-1] == Head("notes", "Notes", "notes")


def test_in_a_document_a_letter_means_the_same_in_all_tables() -> None:
    first, other = made({"name": "a", "why": ("few cases",)}), made({"name": "b", "why": ("wide",)})
    other = other.with_letters((*first.footnotes, *other.footnotes))
    assert [row[-1] for row in (*first.texts, *other.texts)] == ["a", "b"]
    assert (first.lettered, other.lettered) == ((("a", "Few cases"),), (("b", "Wide"),))


def test_the_sign_of_caution_stands_behind_its_number_without_brackets() -> None:
    table = made({"name": "a", "text": "8.0", "marker": "†", "number": True})
    assert (table.texts[0][1], table.marked) == (f"8.0{NBSP}†", (False, True))
    assert table.note == f"†{NBSP}use with caution (few cases or imprecise)."


def test_the_reasons_for_a_marker_stand_once_behind_it_and_no_other_marker_has_them() -> None:
    layout = replace(LAYOUT, flagged=lambda _, row: row.get("flagged", ()))
    rows = [
        {"name": "a", "text": "8.0", "marker": "u", "number": True, "flagged": ("few cases", "wide")},
        {"name": "b", "text": "9.0", "marker": "u", "number": True, "flagged": ("wide",)},
        {"name": "d", "marker": "c", "flagged": ("few cases",)},
    ]
    note = printed(EN, layout, rows, TableWords("t")).note
    assert note.endswith(f"; [u]{NBSP}unreliable (few cases, wide).")
    assert note.count("few cases") == 1


def test_rows_without_any_number_are_one_row_of_their_block() -> None:
    shown, hidden = {"text": "8.0", "number": True}, {"marker": "c"}
    table = made(
        {"name": "Coast", "across": ("Region",)} | hidden,
        {"name": "Delta", "across": ("Region",)} | shown,
        {"name": "Hills", "across": ("Region",)} | hidden,
        {"name": "Not stated", "across": ("Region",)} | hidden | {"why": ("not asked",)},
        {"name": "Men", "across": ("Sex",)} | hidden,
    )
    assert [row[0] for row in table.texts] == [
        "Region",
        "Coast; Hills",
        "Delta",
        "Not stated",
        "Sex",
        "Men",
    ]


def test_without_a_reason_there_is_no_column_of_letters() -> None:
    table = made({"name": "a"}, {"name": "b", "across": ("group",)}, notes=("One.", "Two"))
    assert table.texts == (("a", ""), ("group",), ("b", ""))
    assert [head.key for head in table.heads] == ["category", "value"]
    assert table.note == "One. Two."


def test_a_line_across_stands_once_above_the_rows_that_share_it_and_again_below_another() -> None:
    rows = [("x", ""), ("x", "sex"), ("x", "sex"), ("y", ""), ("y", "sex")]
    table = made(*({"name": str(i), "across": across} for i, across in enumerate(rows)))
    assert [row[0] for row in table.texts] == ["x", "0", "sex", "1", "2", "y", "3", "sex", "4"]


def test_a_table_may_print_some_of_its_columns_in_another_order() -> None:
    assert [column.key for column in LAYOUT.only("value", "category").columns] == ["value", "category"]
    with pytest.raises(KeyError):
        LAYOUT.only("nosuch")


def test_heads_are_in_the_files_of_each_language() -> None:
    head = TableLayout((TableColumn("x", lambda _, __: PrintedCell(), head="round_after"),))
    assert printed(FR, head, [], TableWords("t", heads={"after": 2027})).heads == (
        Head("x", "2027", "number"),
    )
    nosuch = TableLayout((TableColumn("nosuch", lambda _, __: PrintedCell()),))
    with pytest.raises(SpecError, match=r"columns\.nosuch"):
        printed(EN, nosuch, [], TableWords("t"))


def test_letters_go_on_after_z() -> None:
    assert [letter(place) for place in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "a",
        "z",
        "aa",
        "ab",
        "az",
        "ba",
        "zz",
        "aaa",
    ]


def test_a_table_of_texts_knows_which_columns_hold_numbers() -> None:
    table = of_texts("t", ("a", "b"), [("x", "1")], numbers=(1,), note="n")
    assert [head.kind for head in table.heads] == ["words", "number"]
    assert (table.texts, table.note, table.footnotes) == ((("x", "1"),), "n", ())
