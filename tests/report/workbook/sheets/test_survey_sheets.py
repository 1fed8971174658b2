"""Tests the results of the survey and the plan on the sheets: SDG codes by goal, figures that are not
comparable, and a headline with its chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import promises
import pytest
import small_country as country
from handed import EN, FR, evidence
from two_rounds import fell

from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import Plan
from fltoolkit.publish.reliability import WIDE_BOUNDS
from fltoolkit.report.workbook.sheet_description import Page, Styled
from fltoolkit.report.workbook.sheets.survey_sheets import detail, framework, global_figures, headline, sdg


def cells(page: Page | None, line: int = 0) -> dict[str, Any]:
    assert page
    return dict(zip((c.head for c in page.columns), page.lines[line].cells, strict=True))


def planned(*rows: dict[str, Any]) -> Evidence:
    return replace(
        promises.evidence_before_a_repeat(promises.plan_with()),
        plan=Plan.model_validate(country.with_rows(*rows)),
    )


def test_an_indicator_stands_at_its_sdg_target_its_goal_or_by_itself() -> None:
    """Tool No. 6 lists 8.7 and 5.1 as targets, 4 and 9 as whole goals, and 6.1 not at all."""
    page = sdg(
        planned(
            {"id": "a", "indicator": "A", "sdg": ["8.7", "4.4"]},
            {"id": "b", "indicator": "B", "sdg": ["8.7", "9", "6.1"]},
        ),
        EN,
    )
    told = {str(line.cells[0]): line.cells[2] for line in page.lines}
    assert (told["8.7"], told["4"], told["9"], told["6.1"]) == ("A\nB", "A", "B", "B")
    assert told["5.1, 5.2, 5.4"] == ""
    assert page.lines[-1].cells[1] == "named by the plan; Tool No. 6 does not list it"
    assert "4.4" not in told


def test_the_framework_says_who_fills_an_indicator() -> None:
    page = framework(planned({"id": "a", "sdg": ["8.7", "5.2"]}, {"id": "b", "measure": None}), EN)
    assert [cells(page, n)["Filled from"] for n in (0, 1)] == ["survey", "partners"]
    assert cells(page)["SDG targets"] == "8.7, 5.2"
    assert page.notes[0] == "Goal: By 2030 nobody is in forced labour."


def test_global_figures_are_never_comparable() -> None:
    page = global_figures(EN)
    assert page.purpose.endswith("None may be compared with a number of this survey.")
    assert "Comparable" not in cells(page)
    assert all(isinstance(cells(page, n)["Source"], str) for n in range(len(page.lines)))
    assert "stock_prevalence" not in {cells(page, n)["Measure"] for n in range(len(page.lines))}
    (why,) = page.notes  # once, above the table
    assert why.startswith("A global model of a stock on an average day")


def test_the_headline_is_the_first_indicator_for_everyone_and_by_its_first_group() -> None:
    page = headline(evidence(), EN)
    assert page
    assert [cells(page, n)["Category"] for n in range(len(page.lines))] == ["everyone", "men", "women"]
    assert page.results[0].startswith(
        "At some time in the past 12 months, 99.5 of every 1,000 adults were in forced labour"
    )
    assert page.top[0][0].startswith(
        "At some time in the past 12 months, 99.5 of every 1,000"
    )  # the result comes first
    assert page.notes[0] == "Prevalence of forced labour, per 1,000 adults"
    assert page.notes[1].startswith("Based on: ")
    assert [c.head for c in page.printed if not c.hidden] == [
        "Category",
        "Year",
        "Value",
        "Interval from",
        "Interval to",
        "Marker",
    ]
    table = evidence().baseline.table
    men = table[(table["measure"] == "prevalence") & (table["category"] == "men")].iloc[0]
    row = cells(page, 1)
    assert row["Value"] == Styled(round(men["baseline_value"]), "whole")  # steps of 5 per 1,000
    assert row["Below"].value == pytest.approx(row["Value"].value - row["Interval from"].value)
    assert row["Above"].value == pytest.approx(row["Interval to"].value - row["Value"].value)
    assert page.chart
    assert (page.chart.rows, page.chart.lengths, page.chart.names) == (3, (8, 9), (1, 2))
    assert page.chart.axes.top >= max(cells(page, n)["Interval to"].value for n in range(3))
    assert page.chart.axes.up == "per 1,000 adults"
    assert cells(headline(evidence(), FR))["Catégorie"] == "ensemble"


def test_the_headline_has_the_latest_round_below_its_baseline_and_marks_what_is_hidden() -> None:
    """The notes tell the change in words; table and chart show both rounds."""
    made = fell()
    page = headline(made, EN)
    assert page
    assert any("Test of the change since 2025: decreased." in note for note in page.results)
    rows = [cells(page, n) for n in range(len(page.lines))]
    assert [row["Year"] for row in rows] == [2025, 2027] * (len(rows) // 2)
    assert [bool(row["Label"]) for row in rows] == [True, False] * (len(rows) // 2)
    assert rows[1]["Category"] == rows[0]["Category"]
    now = made.follow_up[made.follow_up["group"] == "total"].iloc[0]
    assert rows[1]["Value"] == Styled(round(now["value"], 1), "one_decimal")
    assert page.chart
    assert page.chart.rows == len(rows)
    assert [row["Earlier round"].value for row in rows] == [
        row["Value"].value if row["Year"] == 2025 else None for row in rows
    ]
    assert page.chart.earlier is not None
    marked = [row["Unreliable"].value == row["Value"].value for row in rows if row["Marker"] == "[u]"]
    assert all(marked)
    assert all(row["Unreliable"].value is None for row in rows if row["Marker"] != "[u]")
    assert (page.chart.hollow == 10) == bool(marked)
    doubtful = cells(headline(replace(made, follow_up=made.follow_up.assign(marker_after="u")), EN), 1)
    assert doubtful["Unreliable"] == doubtful["Value"]
    hidden = made.follow_up.assign(value=np.nan, ci_low=np.nan, ci_high=np.nan, marker_after="c")
    row = cells(headline(replace(made, follow_up=hidden), EN), 1)
    assert (row["Marker"], row["Value"].value, row["Below"]) == ("[c]", None, None)


def test_wide_bounds_are_a_column_of_the_headline_and_a_band_in_its_chart() -> None:
    made = evidence()
    head = "High end"

    def heads(page: Page | None) -> list[str]:
        assert page
        return [c.head for c in page.printed if not c.hidden]

    plain = headline(made, EN)
    assert plain
    assert plain.chart
    assert plain.chart.band is None
    assert head not in heads(plain)
    assert "grey bands" not in plain.chart.axes.across
    table = made.baseline.table
    of_men = table["category"] == "men"
    wide = table.assign(
        bounds_note=np.where(of_men, WIDE_BOUNDS, ""), bound_high=np.where(of_men, 400.0, 990.0)
    )
    page = headline(replace(made, baseline=replace(made.baseline, table=wide)), EN)
    assert page
    assert page.chart
    assert (page.chart.band, heads(page)[3], page.columns[11].head) == ((4, 11), head, "Reach")
    assert "grey bands: up to the high end" in page.chart.axes.across
    assert [cells(page, n)[head].value for n in (0, 2)] == [None, None]
    men = cells(page, 1)
    assert men[head] == Styled(400.0, "whole")
    assert men["Reach"].value == pytest.approx(400.0 - men["Value or low end"].value)
    assert 400 <= page.chart.axes.top < 990
    sheet = detail(replace(made.baseline, table=wide), EN)
    assert sheet
    rate = next(row for row in (cells(sheet, n) for n in range(len(sheet.lines))) if row["Category"] == "men")
    assert (rate["Baseline value or low end"], rate["High end"]) == (
        men["Value or low end"],
        men["High end"],
    )
    assert any(
        note.startswith("High end: the number if all unresolved persons were cases") for note in sheet.notes
    )
    hidden = wide.assign(bound_high=np.nan)
    assert head not in heads(headline(replace(made, baseline=replace(made.baseline, table=hidden)), EN))


def test_a_later_round_has_its_own_bounds_in_the_headline() -> None:
    made = fell()
    rows = made.follow_up
    first = (rows["measure"] == "prevalence") & (rows["group"] == "total")
    page = headline(replace(made, follow_up=rows.assign(bound=np.where(first, 400.0, np.nan))), EN)
    head = "High end"
    assert [cells(page, n)[head].value for n in (0, 1, 2)] == [None, 400.0, None]


def test_without_a_number_to_show_there_is_no_headline_and_no_detail() -> None:
    made = evidence()
    hidden = made.baseline.table.assign(baseline_value=None)
    assert headline(replace(made, baseline=replace(made.baseline, table=hidden)), EN) is None
    theirs = made.baseline.table.assign(filled_by="partners")
    assert detail(replace(made.baseline, table=theirs), EN) is None


def test_the_detail_says_once_above_the_table_why_numbers_are_confidential() -> None:
    made = evidence()
    page = detail(made.baseline, EN)
    assert page
    hidden = [n for n in range(len(page.lines)) if cells(page, n)["Marker"] == "[c]"]
    assert hidden
    assert {cells(page, n)["Reason"] for n in hidden} == {""}
    sentence = (
        "Confidential: too few persons or cases, or hidden so that such a cell cannot be worked out exactly."
    )
    assert page.notes.count(sentence) == 1
    shown = made.baseline.table.assign(reason="", marker="")
    assert sentence not in (detail(replace(made.baseline, table=shown), EN) or page).notes


def test_the_detail_has_the_rows_that_the_survey_fills_with_words_for_codes() -> None:
    page, table = detail(evidence().baseline, FR), evidence().baseline.table
    assert page
    theirs = table[table["filled_by"] != "partners"]
    headings = [n for n, line in enumerate(page.lines) if isinstance(line.cells[0], Styled)]
    assert len(page.lines) == len(theirs) + len(headings)
    assert len(headings) == len({(row["id"], str(row["unit"])) for row in theirs.to_dict("records")})
    assert cells(page)["Selon"] == Styled(
        "Prévalence du travail forcé, adults (pour 1\u202f000 adults)", "across"
    )
    row = cells(page, 1)
    assert (row["Mesure"], row["Selon"], row["Catégorie"]) == ("prévalence", "–", "ensemble")
    assert row["Rempli par"] == "enquête"
    assert row["Méthode de l’intervalle"].startswith("Korn-Graubard")
