"""Tests the words of the sheets: codes in the plan's language, rows of the plan, and numbers as in all other
outputs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from handed import EN, ES, FR

from fltoolkit.languages.language import read_language
from fltoolkit.languages.reasons import Name, Reason
from fltoolkit.publish.measure_units import decimals
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.report.workbook.sheet_description import SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    SPARE,
    cases,
    choices,
    column,
    high,
    high_or_marker,
    mark,
    page,
    rounded,
    styled,
    who,
    word,
)
from fltoolkit.show.wording import english_numbers
from fltoolkit.show.wording.number_words import bracketed, legend, used_markers


@pytest.mark.parametrize(
    ("measure", "value", "read"),
    [("total", 6294.4, "6,290"), ("prevalence", 14.96694886, "15.0"), ("share", 49.84, "50")],
)
def test_a_number_is_the_one_that_the_documents_print(measure: str, value: float, read: str) -> None:
    told = styled({"measure": measure}, value)
    scale = {"total": 1, "prevalence": 1000, "share": 100}[measure]
    assert english_numbers.number(value / scale, measure) == read
    assert f"{told.value:,.{decimals(measure)}f}" == read
    assert told.value == float(read.replace(",", ""))


PERSONS = {"measure": "total"}


def test_what_is_missing_stays_missing() -> None:
    assert styled(PERSONS, None) == styled(PERSONS, float("nan")) == Styled(None, "whole")
    assert rounded(None, 1) is rounded(float("nan"), 1) is None
    assert rounded(0.40000001, 3) == 0.4


def test_a_code_has_its_word_and_another_stays_as_it_is() -> None:
    assert (word(FR, "flags", "suppress"), word(FR, "met", "partly"), word(FR, "met", "else")) == (
        "supprimé",
        "en partie",
        "else",
    )
    assert word(ES, "same_work", "by episode") == "por período"
    assert word(FR, "flags", None) == word(FR, "flags", "") == ""
    assert choices(FR, "category", ["capacity development"]) == {
        "capacity development": "renforcement des capacités"
    }


RATE = Reason.of("whom.rate", who=Name("kit.populations", "adults"))


def test_a_row_says_its_group_and_category() -> None:
    row: dict[str, Any] = {
        "indicator": "Rate",
        "group": "gender",
        "category": Reason.of("categories.women"),
        "unit": RATE,
    }
    assert who(FR, row) == ("Rate", "genre", "femmes", "pour 1\u202f000 adultes")
    assert who(EN, row | {"group": "total", "category": "total"}) == (
        "Rate",
        "–",
        "everyone",
        "per 1,000 adults",
    )


def test_cases_are_a_number_or_their_class() -> None:
    assert cases(FR, {"cases": 0, "cases_class": "0"}) == 0
    assert cases(FR, {"cases": None, "cases_class": Reason.of("whom.more", N=50)}) == "50 et plus"


@pytest.mark.parametrize(("marker", "told"), [("c", "[c]"), ("", ""), (None, ""), (float("nan"), "")])
def test_a_marker_stands_in_brackets_and_none_is_empty(marker: object, told: str) -> None:
    assert bracketed(mark({"marker": marker, "flag": ""})) == told


def test_a_number_to_be_used_with_caution_has_a_dagger_unless_it_has_a_marker() -> None:
    assert [bracketed(mark({"marker": marker, "flag": "caution"})) for marker in ("", None, "w")] == [
        "†",
        "†",
        "[w]",
    ]
    (told,) = legend(EN, ["u", "†"])
    assert told.endswith(": [u]\xa0unreliable; †\xa0use with caution (few cases or imprecise).")


def test_a_high_end_that_is_confidential_has_a_marker_in_its_place() -> None:
    row = {
        "measure": "prevalence", "baseline_value": 2.5, "unresolved": None, "unresolved_marker": "c",
        "bounds_note": "", "bound_high": None,
    }  # fmt: skip
    assert high_or_marker(row) == Styled("[c]", "in_place")
    assert high(row).value is None
    assert high_or_marker(row | {"unresolved_marker": None}) == Styled(
        "[z]", "in_place"
    )  # known of cases only
    assert high_or_marker(row | {"unresolved_marker": "", "unresolved": 3.0}).value is None
    assert high_or_marker(row | {"baseline_value": None}).value is None


def test_the_note_on_high_ends_explains_the_cells_without_one() -> None:
    limits = (column(EN, "interval_from", 10), column(EN, "interval_to", 10))
    columns = [column(EN, "baseline_value", 10), column(EN, *HIGH), *limits]
    told = [
        page(
            EN, "targets", columns, [SheetRow((Styled(2.5, "one_decimal"), high, 2.0, 3.0)) for high in highs]
        ).notes[-1]
        for highs in ((3.5,), (Styled(None, "text"), 3.5), (3.5, "[z]"))
    ]
    empty, cases = (f" {EN.say(f'workbook.high_end_cells.{kind}')}" for kind in ("empty", "cases"))
    assert told[1:] == [told[0] + empty, told[0] + cases]


def test_only_the_markers_of_a_sheet_are_explained() -> None:
    (told,) = legend(EN, ["c", "", None])
    assert "[c]\xa0hidden to protect people" in told
    assert "[u]" not in told
    assert legend(EN, [""]) == ()
    assert all(f"[{m}]" in legend(FR, MARKERS)[0] for m in MARKERS)


def test_only_the_markers_that_stand_in_a_text_are_used() -> None:
    assert used_markers(["2.5", "[w]", "2 categories not shown [c]", "8\u00a0†"]) == ["c", "w", "†"]
    assert used_markers(["2.5", ""]) == []


@pytest.mark.parametrize(
    ("value", "low", "change", "told"),
    [(2.5, 0.0, -1.0, "above"), (2.5, 1.0, "<0", "beyond"), (0.0, 0.0, 0.0, ""), (None, None, None, "")],
)
def test_a_sheet_explains_its_limits_that_round_to_zero(
    value: object, low: object, change: object, told: str
) -> None:
    columns = [column(EN, name, 10) for name in ("baseline_value", HIGH[0], "interval_from", "change_to")]
    cells = (
        Styled(value, "one_decimal"),
        Styled(None, "text"),
        Styled(low, "one_decimal"),
        Styled(change, "in_place"),
    )
    notes = page(EN, "targets", columns, [SheetRow(cells)]).notes
    assert [key for key in ("above", "beyond") if EN.say(f"tables.{key}_zero") in notes] == [
        *filter(None, [told])
    ]


def test_a_page_has_the_words_of_its_key() -> None:
    made = page(FR, "milestones", [column(FR, "year", 6)], [SheetRow((2025,))], ("first",))
    assert (made.name, made.columns[0].head, made.fills) == ("Jalons", "Année", "")
    assert made.notes[0] == "first"
    assert made.notes[1].startswith("Les valeurs prévues")


def test_a_column_is_as_wide_as_each_word_of_its_heading_and_each_number() -> None:
    assert column(EN, "marker", 4).width == len("Marker") + SPARE
    assert column(EN, "marker", 20).width == 20
    made = page(EN, "targets", [column(EN, "year", 4)], [SheetRow((Styled(1234567.5, "one_decimal"),))])
    assert made.columns[0].width == len("1,234,567.5") + SPARE


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_an_explanation_of_a_column_is_as_short_as_a_spreadsheet_takes(code: str) -> None:
    words = read_language(code).words
    told = {key: text for key, text in words.items() if re.fullmatch(r"workbook\.columns\.\w+\.help", key)}
    assert len(told) > 20
    assert {key: len(text) for key, text in told.items() if len(text) > 255} == {}
