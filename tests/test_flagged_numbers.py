"""Tests that a number with a flag in estimates.csv has its flag wherever a document prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import shipped
from handed import EN, FR

from fltoolkit.languages.language import Language
from fltoolkit.show.wording import number_words
from fltoolkit.table_records import as_records

GOLDEN = Path(__file__).parent / "golden_texts"
SAMPLES = (shipped.NORVIA, shipped.VALDORIE)
CAREFUL = ("caution", "unreliable")
SHOWN_AS_FLAGGED = {
    "en": r"†|\[u\]|use with caution|unreliable",
    "fr": r"†|\[u\]|à utiliser avec prudence|peu fiable",
}
NUMBER = re.compile(r"(?<![\d.,])\d+[.,]\d(?![\d.,])")


Labelled = tuple[str, str]
"""The label of a category, and its rate as it is printed."""


def flagged_rates(sample: str, language: Language) -> set[Labelled]:
    """Returns the rates that have a flag, without those that another number of the same label is printed like."""
    rows = as_records(shipped.published(sample, planned=True).table.query("estimate.notna()"))
    named = [(number_words.category(language, row).casefold(), row) for row in rows]
    careful = {
        (label, number_words.of_row(language, row["estimate"], row))
        for label, row in named
        if row["measure"] == "prevalence" and row["flag"] in CAREFUL
    }
    return careful - {
        (label, number_words.of_row(language, row[column], row))
        for label, row in named
        for column in ("estimate", "ci_low", "ci_high", "bound_high")
        if pd.notna(row[column]) and not (column == "estimate" and row["flag"] in CAREFUL)
    }


def unflagged_lines(lines: list[str], flagged: set[Labelled], language: str) -> Iterator[str]:
    """Yields the parts of lines, up to a semicolon, that have a label and its rate without its flag."""
    for line in lines:
        for part in line.split(";"):
            numbers, words = NUMBER.findall(part), " ".join(part.casefold().split())
            there = any(rate in numbers and label in words for label, rate in flagged)
            if there and not re.search(SHOWN_AS_FLAGGED[language], part):
                yield part


@pytest.mark.parametrize("language", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_flag_stands_wherever_its_number_is_printed(sample: str, language: Language) -> None:
    flagged = flagged_rates(sample, language)
    assert len(flagged) > 3
    pages = {file.stem: file.read_text("utf-8").splitlines() for file in (GOLDEN / sample).glob("*.txt")}
    assert {"3_estimate", "4_nap", "nap_workbook", "index"} < pages.keys()
    found = {name: [*unflagged_lines(lines, flagged, language.code)] for name, lines in sorted(pages.items())}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_number_without_its_flag_is_found() -> None:
    parts = ["Coast: 22.0 (13.8 to 34.4)", "Coast: 22.0 † (13.8 to 34.4)", "men: 22.0", "Coast: 22.04"]
    assert list(unflagged_lines([";".join(parts)], {("coast", "22.0")}, "en")) == parts[:1]
