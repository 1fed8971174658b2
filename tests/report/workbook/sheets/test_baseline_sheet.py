"""Tests the sheet of the baseline: each number with what it is based on, and a chart of the first
indicator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handed import EN, FR, evidence

from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.reliability import WIDE_BOUNDS
from fltoolkit.report.workbook.sheet_description import Page, Styled
from fltoolkit.report.workbook.sheets.baseline_sheet import baseline

HIGH = "High end"


def cells(page: Page | None, line: int = 0) -> dict[str, Any]:
    assert page
    return dict(zip((c.head for c in page.columns), page.lines[line].cells, strict=True))


def of_table(table: pd.DataFrame) -> Evidence:
    """The small country's evidence with another table of the baseline."""
    return replace(evidence(), baseline=replace(evidence().baseline, table=table))


def heads(page: Page | None) -> list[str]:
    assert page
    return [c.head for c in page.columns if not c.hidden]


def test_each_number_that_the_survey_gives_has_a_row_with_words_for_codes() -> None:
    page, table = baseline(evidence(), FR), evidence().baseline.table
    assert page
    assert len(page.lines) == (table["filled_by"] != "partners").sum()
    row = cells(page)
    assert (row["Indicateur"], row["Selon"], row["Catégorie"]) == (
        "Prévalence du travail forcé, adults (pour 1\u202f000 adults)",
        "–",
        "ensemble",
    )
    assert page.repeats[1] == {0}  # the indicator is shown once, and stands in every row


def test_without_a_number_of_the_survey_there_is_no_baseline_and_without_a_shown_one_no_chart() -> None:
    table = evidence().baseline.table
    assert baseline(of_table(table.assign(filled_by="partners")), EN) is None
    hidden = baseline(of_table(table.assign(baseline_value=np.nan)), EN)
    assert hidden
    assert hidden.chart is None


def test_the_chart_shows_the_first_indicator_with_its_intervals() -> None:
    page = baseline(evidence(), EN)
    assert page
    assert page.chart
    rows = [cells(page, n) for n in range(page.chart.first, page.chart.first + page.chart.rows)]
    assert len({row["Indicator"] for row in rows}) == 1
    assert [row["Category"] for row in rows[:3]] == ["everyone", "men", "women"]
    table = evidence().baseline.table
    men = table[(table["measure"] == "prevalence") & (table["category"] == "men")].iloc[0]
    row = rows[1]
    assert row["Baseline value"] == Styled(round(men["baseline_value"]), "whole")  # steps of 5 per 1,000
    assert row["Below"].value == pytest.approx(row["Baseline value"].value - row["Interval from"].value)
    assert row["Above"].value == pytest.approx(row["Interval to"].value - row["Baseline value"].value)
    assert page.chart.title == "Prevalence of forced labour, per 1,000 adults"
    assert page.chart.axes.top >= max(row["Interval to"].value or 0 for row in rows)
    assert page.chart.axes.up == "per 1,000 adults"
    places = {c.head: place for place, c in enumerate(page.columns)}
    assert page.chart.lengths == (places["Below"], places["Above"])
    assert all((row["Unreliable"].value is None) == (row["Marker"] != "[u]") for row in rows)
    assert (page.chart.hollow is None) == all(row["Marker"] != "[u]" for row in rows)


def test_a_range_has_a_column_for_its_high_end_and_a_band_in_the_chart() -> None:
    """A marker in the column of high ends would be drawn as 0: the band has a column of its own."""
    plain = baseline(evidence(), EN)
    assert plain
    assert plain.chart
    assert plain.chart.band is None
    assert HIGH not in heads(plain)
    assert "grey bands" not in plain.chart.axes.across
    table = evidence().baseline.table
    of_men = table["category"] == "men"
    wide = table.assign(
        bounds_note=np.where(of_men, WIDE_BOUNDS, ""), bound_high=np.where(of_men, 400.0, 990.0)
    )
    page = baseline(of_table(wide), EN)
    assert page
    assert page.chart
    assert HIGH in heads(page)
    drawn, reach = page.chart.band or (0, 0)
    assert [page.columns[place].head for place in (drawn, reach)] == ["Up to the high end", "Reach"]
    assert "grey bands: up to the high end" in page.chart.axes.across
    men = cells(page, 1)
    assert men[HIGH] == men["Up to the high end"] == Styled(400.0, "whole")
    assert men["Reach"].value == pytest.approx(400.0 - men["Baseline value or low end"].value)
    assert 400 <= page.chart.axes.top < 990
    assert any(note.startswith("High end: the number if all unresolved persons") for note in page.notes)


def test_the_markers_say_why_a_number_is_not_shown() -> None:
    page = baseline(evidence(), EN)
    assert page
    hidden = [n for n in range(len(page.lines)) if cells(page, n)["Marker"] == "[c]"]
    assert hidden
    assert {cells(page, n)["Baseline value"].value for n in hidden} == {None}
    assert any("[c]\u00a0hidden to protect people" in note for note in page.notes)
