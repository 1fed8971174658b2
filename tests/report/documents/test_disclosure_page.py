"""Tests the page that a disclosure officer signs: it has everything that the record says about hidden
cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from file_texts import lines

from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure_record import READERS, DisclosureRecord, HiddenCell, TableCells
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.documents.disclosure_page import disclosure_page

WEST = HiddenCell(
    "cases",
    "adults",
    {"region": "west", "age_group": "18–24"},
    "fewer than 5 cases",
    "icls_2018 v1",
    3,
    1234.5,
    against=40,
    cases_range=(0, 9),
    weighted_range=(0.0, 4321.4),
)
PART = replace(
    WEST,
    outcome="unresolved",
    part="less",
    other_population="older",
    cases=2,
    weighted=None,
    weighted_range=None,
)
OTHER = HiddenCell("cases", "adults", {}, "another rule set: too few", "hts_2012 v1", 20)
RECORD = DisclosureRecord(
    "Labour force survey <2025>",
    "Nowhere",
    2025,
    "",
    "icls_2018 v1",
    "fltoolkit",
    Limits(cases=7),
    2000.0,
    READERS,
    ("Limits were lowered on purpose.",),
    (),
    False,
    (TableCells("stock_prevalence", "adults", "sex × region", "icls_2018 v1", 17, 3, 2),),
    (WEST, PART, OTHER),
)


def page(record: DisclosureRecord, folder: Path) -> list[str]:
    path = folder / "page.html"
    path.write_text(as_html(disclosure_page(record)), "utf-8")
    return [" ".join(line.split()) for line in lines(path)]


def test_an_officer_reads_what_is_hidden_why_and_what_stays_possible(tmp_path: Path) -> None:
    found = page(RECORD, tmp_path)
    assert (
        "| adults | region: west × age group: 18–24 | 3 | 0 to 9 | 1,234 | 0 to 4,321 | fewer than 5 cases"
        in found
    )
    assert (
        "| adults | region: west × age group: 18–24, without total of older | 2 | 0 to 9 | | | fewer "
        "than 5 cases"
    ) in found
    assert "| adults | total, by hts_2012 v1 | 20 | | | | another rule set: too few" in found
    assert "| stock prevalence | adults | sex × region | icls_2018 v1 | 17 | 2 | 3" in found
    assert "17 cells are shown and 3 are hidden. Rule set: icls_2018 v1. Profile: fltoolkit." in found
    assert "Labour force survey <2025>, Nowhere, 2025" in found
    assert "A reader can hold 40 shown cells against them." in found


def test_readers_limits_notes_and_a_place_to_sign_stand_on_it(tmp_path: Path) -> None:
    found = page(RECORD, tmp_path)
    assert set(READERS) <= set(found)
    assert {"cases, unless there are none: 7", "persons: 30", "Limits were lowered on purpose."} <= set(found)
    assert {"| Name |", "| Date |", "| Signature |"} <= set(found)
    assert any("rounded to 2,000 persons" in line for line in found)
    assert any(line.startswith("Confidential: ") for line in found)


def test_a_run_that_hides_nothing_says_so(tmp_path: Path) -> None:
    assert "None." in page(replace(RECORD, hidden=()), tmp_path)
