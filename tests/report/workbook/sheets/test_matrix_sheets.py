"""Tests the matrix of Tool No. 16: a row for each indicator and each target, each cell under its head, and
four cells for partners."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from handed import EN, FR, evidence
from promises import evidence_from
from published_rows import published, row as published_row

from fltoolkit.languages.reasons import Name, Reason
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.nap.results_framework import Indicator
from fltoolkit.publish.reliability import WIDE_BOUNDS
from fltoolkit.report.workbook.sheet_description import Page, SheetRow, Styled
from fltoolkit.report.workbook.sheets.matrix_sheets import as_number, definition, matrix, name_of
from fltoolkit.show.wording import plan_words

FILLED = Partners.model_validate({"matrix": {"trained": {"target_year_2": 12}}})


def cells(page: Page, line: SheetRow) -> dict[str, Any]:
    return dict(zip((c.head for c in page.columns), line.cells, strict=True))


def plain(cell: object) -> object:
    return cell.value if isinstance(cell, Styled) else cell


@pytest.fixture(scope="module")
def page() -> Page:
    return matrix(replace(evidence(), partners=FILLED), EN)


def test_an_indicator_has_a_row_for_everyone_and_one_for_each_category_with_a_target(page: Page) -> None:
    """The sheet of the baseline has the other categories."""
    table, aims = evidence().baseline.table, evidence().targets
    keys = ["id", "group", "category"]
    aimed = set(aims.loc[aims["target_year"].notna(), keys].astype(str).itertuples(index=False, name=None))
    wanted = [
        row
        for row in table.to_dict("records")
        if plan_words.is_total(row) or tuple(str(row[key]) for key in keys) in aimed
    ]
    assert 0 < len(wanted) - table["id"].nunique() < len(table) - table["id"].nunique()
    assert len(page.lines) == len(wanted)
    for row, line in zip(wanted, page.lines, strict=True):
        told = cells(page, line)
        caution = "†" if row["flag"] == "caution" else ""
        assert plain(told["Marker"]) == (
            f"[{row['marker']}]" if isinstance(row["marker"], str) and row["marker"] else caution
        )
        if row["measure"] == "prevalence" and row["baseline_value"] == row["baseline_value"]:
            assert told["Baseline value"] == Styled(
                round(row["baseline_value"], 1), "one_decimal" if row["decimals"] else "whole"
            )
        if row["measure"] == "total" and row["baseline_value"] == row["baseline_value"]:
            assert told["Baseline value"].style == "whole"


def test_an_indicators_words_are_shown_in_its_first_row_and_stand_in_the_others_too(page: Page) -> None:
    first, second, third = (cells(page, line) for line in page.lines[:3])
    heads = [c.head for c in page.columns]
    for head in ("Objective/Outcome/Output/Activities", "Indicator", "Definition", "Reporting frequency"):
        assert second[head] == first[head]
        assert heads.index(head) in page.repeats[1]
    assert (second["Disaggregated by"], third["Disaggregated by"]) == ("region: north", "region: west")


def test_partners_fill_four_cells_of_their_rows_and_of_no_other(page: Page) -> None:
    theirs = [line for line in page.lines if line.inputs]
    mine = ("baseline_value", "target_year_1", "target_year_2", "final_target")
    assert [(line.id, line.inputs) for line in theirs] == [("trained", mine)]
    row = cells(page, theirs[0])
    assert (row["Targets: Year +1"], row["Targets: Year +2"]) == (80.0, 12)
    assert (theirs[0].held, row["Target"]) == ({"target_year_2"}, "")


def test_the_final_target_of_partners_stands_in_the_column_of_targets() -> None:
    typed = Partners.model_validate({"matrix": {"trained": {"final_target": "300 by 2030"}}})
    page = matrix(replace(evidence(), partners=typed), EN)
    assert [cells(page, line)["Target"] for line in page.lines if line.inputs] == ["300 by 2030"]


def test_the_notes_say_the_years_of_the_columns_and_the_level_of_the_intervals(page: Page) -> None:
    years = "Year +1” (2026) and “Year +2” (2027) are"
    assert any("the baseline (2025) is measured" in note and years in note for note in page.notes)
    assert any("Intervals are 95% confidence intervals." in note for note in page.notes)


def test_a_baseline_that_partners_have_not_given_is_an_empty_cell(page: Page) -> None:
    (row,) = (
        cells(page, line) for line in page.lines if cells(page, line)["Indicator"] == "Inspectors trained"
    )
    assert plain(row["Baseline value"]) is None


def test_the_target_itself_stands_beside_the_years_on_its_path() -> None:
    made = evidence_from(published(published_row()), {"year": 2030, "cut": 0.5})
    first = cells(matrix(made, EN), matrix(made, EN).lines[0])
    aim = "a cut of 50% by 2030, to 10.0; linear path"
    assert first["Target"] == Styled(f"{aim}; not verifiable", "warn")
    could = replace(made, targets=made.targets.assign(verifiable="yes"))
    assert cells(matrix(could, EN), matrix(could, EN).lines[0])["Target"] == aim
    without = evidence_from(published(published_row()))
    assert cells(matrix(without, EN), matrix(without, EN).lines[0])["Target"] == Styled("none set", "quiet")


def test_a_baseline_with_wide_bounds_has_its_high_end_beside_it() -> None:
    made = evidence_from(published(published_row()))
    table = made.baseline.table.assign(bounds_note=made.baseline.table["bounds_note"].astype(object))
    table.loc[0, ["bound_high", "bounds_note"]] = [40.0, WIDE_BOUNDS]
    page = matrix(replace(made, baseline=replace(made.baseline, table=table)), EN)
    row = cells(page, page.lines[0])
    assert (plain(row["Baseline value or low end"]), plain(row["High end"])) == (20.0, 40.0)
    assert row["Interval (low end)"] == "15.0 to 26.0"
    assert [c.head for c in page.columns if c.hidden] == []
    assert page.key == "matrix"  # by which a renamed sheet is found
    assert [c.head for c in matrix(made, EN).columns if c.hidden] == ["High end"]


def test_a_definition_is_the_plans_words_between_the_kits() -> None:
    indicator = Indicator.model_validate({
        "id": "i", "indicator": "I",
        "definition": {"counted": "Those counted.", "unit_of_analysis": "person", "type": "qualitative"},
        "means_of_verification": "m", "lead": "l",
    })  # fmt: skip
    assert (
        definition(EN, indicator, {"indicator": "I"})
        == "Those counted. Unit of analysis: person. Qualitative."
    )
    said = definition(FR.with_stars(), indicator, {"indicator": "I"})
    assert said == "Those counted.* Unité d’analyse\u202f: person*. Qualitatif."
    base = definition(FR, indicator, {"indicator": PREVALENCE["indicator"]})
    assert base.startswith("Personnes en situation de travail forcé")
    assert base.endswith("Quantitatif.")


def test_the_row_that_the_kit_adds_says_what_it_is_for() -> None:
    row = {
        "indicator": PREVALENCE["indicator"],
        "unit": Reason.of("whom.rate", who=Name("kit.populations", "adults")),
    }
    fall = Indicator.model_construct(indicator="% decrease")
    assert name_of(EN, fall, row) == "Prevalence of forced labour, adults (base of “% decrease”)"
    assert name_of(FR, fall, row) == (
        "Prévalence du travail forcé, adultes (base de «\u202f% decrease\u202f»)"
    )
    assert name_of(FR, fall, {"indicator": "Inspectors trained", "unit": "person"}) == "Inspectors trained"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("80", 80.0),
        ("-3.5", -3.5),
        ("0", 0.0),
        ("0.25", 0.25),
        ("007", "007"),
        ("1e5", "1e5"),
        ("1,000", "1,000"),
        ("5.", "5."),
        ("more than 150", "more than 150"),
        ("", ""),
        (" 8", " 8"),
        (None, None),
        (12, 12),
    ],
)
def test_a_text_is_a_number_only_where_nobody_could_mean_a_code(written: object, found: object) -> None:
    told = as_number(written)
    assert (told, type(told)) == (found, type(found))
